/* SPDX-License-Identifier: MIT */
#include "cli/fw_decode.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "kernels/core/c64.h"
#include "kernels/core/fail.h"

enum { CODES = 65536 };

void cph_fw_decoded_free(cph_fw_decoded *decoded)
{
    free(decoded->words);
    free(decoded->index);
    cph_states_free(&decoded->states);
    *decoded = (cph_fw_decoded){0};
}

cph_gain_path cph_fw_decoded_path(const cph_fw_decoded *decoded)
{
    return decoded->image.transmit ? CPH_GAIN_TRANSMIT : CPH_GAIN_RECEIVE;
}

/* ---- the file ---- */

static cph_status read_file(const char *path, cph_fw_decoded *d, cph_error *error)
{
    struct stat about;
    FILE *file = fopen(path, "rbe");
    if (file == NULL)
        return cph_fail(error, CPH_ERR_IO, "%s: %s", path, strerror(errno));
    cph_status status = CPH_OK;
    if (fstat(fileno(file), &about) != 0 || !S_ISREG(about.st_mode))
        status = cph_fail(error, CPH_ERR_FORMAT, "%s: no beam image: not a file", path);
    else if (about.st_size <= 0)
        status = cph_fail(error, CPH_ERR_FORMAT, "%s: no beam image: it is empty", path);
    else if (about.st_size > (off_t)UINT32_MAX)
        status = cph_fail(error, CPH_ERR_FORMAT, "%s: no beam image: beyond 4 GiB", path);
    d->bytes = status == CPH_OK ? (size_t)about.st_size : 0;
    uint32_t *words = status == CPH_OK ? calloc(d->bytes / 4 + 1, sizeof *words) : NULL;
    d->words = words;
    if (status == CPH_OK && words == NULL)
        status = cph_fail(error, CPH_ERR_MEMORY, "%s: out of memory", path);
    if (status == CPH_OK && fread(words, 1, d->bytes, file) != d->bytes)
        status = cph_fail(error, CPH_ERR_IO, "%s: cannot be read to its end", path);
    fclose(file);
    return status;
}

static cph_status say_damaged(const char *path, const cph_fw_decoded *d, cph_error *error)
{
    const void *beam = NULL;
    size_t b = 0;
    while (b + 1 < d->image.beams && cph_fw_image_beam(d->words, d->bytes, b, &beam) == CPH_OK)
        b++;
    return cph_fail(error, CPH_ERR_FORMAT, "%s: beam %zu is damaged: wrong CRC", path, b);
}

/* Header and beams are looked at once: what takes beams afterwards relies on it. */
static cph_status check_image(const char *path, cph_fw_decoded *d, cph_error *error)
{
    if (d->bytes < 4 || memcmp(d->words, "CPHB", 4) != 0)
        return cph_fail(error, CPH_ERR_FORMAT, "%s: no beam image: it does not begin with CPHB",
                        path);
    if (cph_fw_image_open(d->words, d->bytes, &d->image) != CPH_OK)
        return cph_fail(error, CPH_ERR_FORMAT,
                        "%s: the header of the image is damaged, or the file is cut short", path);
    if (cph_fw_image_size(&d->image) != d->bytes)
        return cph_fail(error, CPH_ERR_FORMAT, "%s: %zu bytes, the image has %zu", path, d->bytes,
                        cph_fw_image_size(&d->image));
    return cph_fw_image_crc(d->words, d->bytes, &d->crc) == CPH_OK ? CPH_OK
                                                                   : say_damaged(path, d, error);
}

/* Without --states an ADAR1000's registers are read as a linear vector modulator. */
static cph_status load_states(const cph_image_options *options, cph_fw_decoded *d, cph_error *error)
{
    cph_image_options asked = *options;
    if (asked.states == NULL && d->image.chip.layout == CPH_FW_LAYOUT_ADAR1000)
        asked.states = "adar1000:vectors";
    const cph_status status = cph_image_states(&asked, &d->image.chip, &d->states, error);
    if (status != CPH_OK)
        return status;
    d->index = calloc(CODES, sizeof *d->index);
    if (d->index == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "out of memory");
    memset(d->index, 0xFF, CODES * sizeof *d->index);
    for (size_t i = d->states.count; i-- > 0;) /* of two with one code the first */
        if (d->states.code[i] < CODES)
            d->index[d->states.code[i]] = (uint32_t)i;
    return CPH_OK;
}

cph_status cph_fw_decode_open(const char *path, const cph_image_options *options, double step_db,
                              cph_fw_decoded *decoded, cph_error *error)
{
    decoded->step_db = step_db;
    cph_status status = read_file(path, decoded, error);
    if (status == CPH_OK)
        status = check_image(path, decoded, error);
    return status == CPH_OK ? load_states(options, decoded, error) : status;
}

/* ---- a beam ---- */

/* What the gain byte of an ADAR1000 multiplies by, of the first element driven 1. */
static bool gain_factor(const cph_fw_decoded *d, uint32_t gain, uint32_t *first, double *factor)
{
    *first = *first == UINT32_MAX ? gain : *first;
    *factor = 1.0;
    if (gain == *first || d->image.chip.layout != CPH_FW_LAYOUT_ADAR1000)
        return true;
    if (isnan(d->step_db) || ((gain ^ *first) & 0x80) != 0)
        return false;
    *factor = pow(10.0, d->step_db * ((double)gain - (double)*first) / 20.0);
    return true;
}

static bool is_off(const cph_fw_decoded *d, size_t n, uint32_t code)
{
    return cph_fw_image_dead(d->words, n) || (d->image.chip.layout != CPH_FW_LAYOUT_PACKED &&
                                              code == cph_fw_beam_off(&d->image.chip));
}

cph_status cph_fw_decode_beam(const cph_fw_decoded *d, const char *path, size_t beam, cph_c64 *w,
                              cph_error *error)
{
    uint32_t first = UINT32_MAX;
    const size_t size = cph_fw_beam_size(&d->image.chip, d->image.elements);
    /* beams, each with its checksum, are the end of the image */
    const uint32_t *const bytes =
        d->words + (d->bytes - (d->image.beams - beam) * (size + sizeof(uint32_t))) / 4;
    cph_status status = CPH_OK;
    for (size_t n = 0; status == CPH_OK && n < d->image.elements; n++) {
        uint32_t code = 0;
        double factor = 1.0;
        status = cph_fw_beam_get(&d->image.chip, bytes, size, n, &code);
        w[n] = (cph_c64){0.0, 0.0};
        if (status != CPH_OK || is_off(d, n, code))
            continue;
        const uint32_t told = cph_image_unpack_code(&d->image.chip, code);
        const uint32_t state = told < CODES ? d->index[told] : CPH_STATE_OFF;
        if (state == CPH_STATE_OFF)
            return cph_fail(error, CPH_ERR_FORMAT,
                            "%s: beam %zu, element %zu: code %#" PRIx32 " is no state of the table",
                            path, beam, n, told);
        if (!gain_factor(d, code & 0xFF, &first, &factor))
            return cph_fail(error, CPH_ERR_FORMAT,
                            "%s: beam %zu, element %zu: gain %#" PRIx32 ", others have %#" PRIx32
                            ": give --gain-step, what a step of the amplifier adds",
                            path, beam, n, code & 0xFF, first);
        w[n] = cph_c64_scale(factor, cph_c64_conj(d->states.value[state]));
    }
    return status == CPH_OK
               ? status
               : cph_fail(error, status, "%s: beam %zu: %s", path, beam, cph_status_name(status));
}

/* ---- against what was wanted ---- */

cph_status cph_fw_compare(size_t elements, const cph_c64 *wanted, cph_c64 *w,
                          cph_fw_compared *compared)
{
    double own = 0.0, its = 0.0, both_own = 0.0, both_its = 0.0;
    cph_fw_compared made = {.pointing_rad = NAN, .sidelobe_rise_db = NAN};
    const cph_c64 cross = cph_c64_inner(elements, wanted, w); /* sum conj(wanted) w */
    for (size_t n = 0; n < elements; n++) {
        const double a = cph_c64_power(wanted[n]), b = cph_c64_power(w[n]);
        own += a;
        its += b;
        const bool asked = !cph_c64_is_zero(wanted[n]), drives = !cph_c64_is_zero(w[n]);
        made.lost += asked && !drives;
        made.extra += !asked && drives;
        if (asked && drives) {
            both_own += a;
            both_its += b;
            made.driven++;
        }
    }
    if (!(cph_c64_power(cross) > 1e-20 * own * its))
        return CPH_ERR_TOO_FEW;
    const cph_c64 fit = cph_c64_scale(own / cph_c64_power(cross), cph_c64_conj(cross));
    const double scale = sqrt(both_own / both_its);
    for (size_t n = 0; n < elements; n++) {
        if (!cph_c64_is_zero(wanted[n]) && !cph_c64_is_zero(w[n])) {
            const cph_c64 ratio = cph_c64_mulc(cph_c64_mul(w[n], fit), wanted[n]);
            const double phase = atan2(ratio.im, ratio.re);
            const double gain =
                10.0 * log10(cph_c64_power(w[n]) / cph_c64_power(wanted[n])) + 20.0 * log10(scale);
            made.phase_max_rad = fmax(made.phase_max_rad, fabs(phase));
            made.gain_max_db = fmax(made.gain_max_db, fabs(gain));
            made.phase_rms_rad += phase * phase / (double)made.driven;
            made.gain_rms_db += gain * gain / (double)made.driven;
        }
        w[n] = cph_c64_mul(w[n], fit);
    }
    made.phase_rms_rad = sqrt(made.phase_rms_rad);
    made.gain_rms_db = sqrt(made.gain_rms_db);
    made.loss_db = fmax(0.0, -10.0 * log10(cph_c64_power(cross) / (own * its)));
    *compared = made;
    return CPH_OK;
}

cph_status cph_fw_compare_patterns(size_t elements, const double *position, double freq_hz,
                                   const double look[3], const cph_c64 *wanted, const cph_c64 *w,
                                   cph_fw_compared *compared)
{
    cph_pattern_metrics before, after;
    cph_pattern_input input = {
        .elements = elements, .position = position, .freq_hz = freq_hz, .weights = wanted};
    memcpy(input.look, look, sizeof input.look);
    cph_status status = cph_pattern_analyse(&input, &before);
    input.weights = w;
    if (status == CPH_OK)
        status = cph_pattern_analyse(&input, &after);
    if (status != CPH_OK)
        return status;
    double across = 0.0;
    for (size_t i = 0; i < 3; i++)
        across += pow(after.peak[i] - before.peak[i], 2);
    compared->has_pattern = true;
    compared->wanted = before;
    compared->made = after;
    compared->pointing_rad = 2.0 * asin(fmin(sqrt(across) / 2.0, 1.0));
    compared->sidelobe_rise_db = after.psll_db - before.psll_db;
    return CPH_OK;
}
