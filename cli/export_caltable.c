/* SPDX-License-Identifier: MIT */
/* LOFAR's station calibration tables. Layout as StatCal of LOFAR's BeamServer reads it: lines of
 * text from "HeaderStart" to "HeaderStop", then for each of 512 subbands, each dipole, X and Y, a
 * correction as two doubles, little-endian. The station multiplies by it. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/coefficients.h"
#include "cli/export.h"
#include "kernels/core/fail.h"

enum { SUBBANDS = 512, BYTE_BITS = 8 };

/* RCU modes: where the band begins, and how wide a subband is (clock / 1024). */
static const struct {
    double start_hz, width_hz;
} modes[] = {{0.0, 0.0},      {0.0, 195312.5},   {0.0, 195312.5},   {0.0, 195312.5},
             {0.0, 195312.5}, {100e6, 195312.5}, {160e6, 156250.0}, {200e6, 195312.5}};
static const double off_centre = 0.01; /* of a subband: the frequency is one of the mode's */

/* ---- which input is which ---- */

static int by_number(const void *a, const void *b)
{
    const cph_element *const x = *(const cph_element *const *)a;
    const cph_element *const y = *(const cph_element *const *)b;
    if (x->polarization != y->polarization)
        return x->polarization < y->polarization ? -1 : 1;
    return (x->number > y->number) - (x->number < y->number);
}

/* X and Y of a dipole share a number, or are an even one and the next. */
static bool is_dipole(const cph_element *x, const cph_element *y)
{
    return x->number == y->number || (x->number % 2 == 0 && y->number == x->number + 1);
}

/* order [N]: the element of each receiver unit, 2 dipole + (0 for X, 1 for Y). */
static cph_status order_inputs(const cph_export_options *o, const cph_array *array, size_t *order,
                               const cph_element **sorted, cph_error *error)
{
    const size_t n = array->elements, half = n / 2;
    for (size_t i = 0; i < n; i++)
        sorted[i] = &array->element[i];
    qsort(sorted, n, sizeof(const cph_element *), by_number); /* all X, then all Y */
    if (n % 2 != 0 || sorted[0]->polarization != 'X' || sorted[half - 1]->polarization != 'X' ||
        sorted[half]->polarization != 'Y' || sorted[n - 1]->polarization != 'Y')
        return cph_fail(error, CPH_ERR_FORMAT,
                        "%s: /array/polarization: a calibration table has X and Y of every dipole",
                        o->cli.input);
    for (size_t d = 0; d < half; d++) {
        const cph_element *const x = sorted[d], *const y = sorted[half + d];
        if (!is_dipole(x, y))
            return cph_fail(error, CPH_ERR_FORMAT,
                            "%s: /array/number: X %" PRIu32 " and Y %" PRIu32
                            " are no dipole: expected the same number, or an even one and the next",
                            o->cli.input, x->number, y->number);
        order[2 * d] = (size_t)(x - array->element);
        order[2 * d + 1] = (size_t)(y - array->element);
    }
    return CPH_OK;
}

/* channel [SUBBANDS] of the calibration, or its channels where there is none. */
static cph_status order_channels(const cph_export_options *o, const cph_calibration *c,
                                 size_t *channel, cph_error *error)
{
    const double start = modes[o->mode].start_hz, width = modes[o->mode].width_hz;
    for (size_t s = 0; s < SUBBANDS; s++)
        channel[s] = c->channels;
    for (size_t k = 0; k < c->channels; k++) {
        const double place = (c->channel_freq_hz[k] - start) / width;
        const double subband = round(place);
        if (!(fabs(place - subband) < off_centre && subband >= 0.0 && subband < SUBBANDS))
            return cph_fail(error, CPH_ERR_FORMAT,
                            "%s: /channel_freq_hz: %.9g Hz is no subband of mode %zu (%g Hz and "
                            "then every %g Hz)",
                            o->cli.input, c->channel_freq_hz[k], o->mode, start, width);
        if (channel[(size_t)subband] != c->channels)
            return cph_fail(error, CPH_ERR_FORMAT, "%s: /channel_freq_hz: subband %g twice",
                            o->cli.input, subband);
        channel[(size_t)subband] = k;
    }
    return CPH_OK;
}

/* ---- writing ---- */

static void put_double(FILE *file, double value)
{
    uint64_t bits;
    unsigned char bytes[sizeof bits];
    memcpy(&bits, &value, sizeof bits);
    for (size_t i = 0; i < sizeof bits; i++)
        bytes[i] = (unsigned char)(bits >> (BYTE_BITS * i));
    (void)fwrite(bytes, 1, sizeof bytes, file);
}

static void put_top(const cph_export_options *o, size_t subbands, FILE *file)
{
    fputs("HeaderStart\n", file);
    if (o->station != NULL)
        fprintf(file, "CalTableHeader.Observation.Station = %s\n", o->station);
    fprintf(file,
            "CalTableHeader.Observation.Mode = %zu\nCalTableHeader.Comment = cophase: ", o->mode);
    cph_export_words(file, cph_export_name(o->cli.input));
    fprintf(file, ", %zu of %d subbands, the others 0\nHeaderStop\n", subbands, SUBBANDS);
}

static void put_table(const cph_export_options *o, const cph_calibration *c, const size_t *order,
                      const size_t *channel, FILE *file, cph_exported *done)
{
    const size_t n = c->array.elements;
    for (size_t s = 0; s < SUBBANDS; s++)
        for (size_t i = 0; i < n; i++) {
            const size_t at = (o->time * c->channels + channel[s]) * n + order[i];
            const bool known = channel[s] < c->channels;
            const cph_c64 value = known ? cph_coefficient(c, at) : (cph_c64){0.0, 0.0};
            put_double(file, value.re);
            put_double(file, value.im);
            done->rows += known;
            done->flagged += known && c->flag[at] != CPH_FLAG_NONE;
            done->filled += known && cph_export_filled(c, at);
        }
}

cph_status cph_export_caltable(const cph_export_options *options,
                               const cph_calibration *calibration, FILE *file, cph_exported *done,
                               cph_error *error)
{
    const size_t n = calibration->array.elements;
    size_t channel[SUBBANDS];
    size_t *const order = calloc(n, sizeof *order);
    const cph_element **const sorted = calloc(n, sizeof(const cph_element *));
    if (order == NULL || sorted == NULL) {
        free(order);
        free(sorted);
        return cph_fail(error, CPH_ERR_MEMORY, "out of memory");
    }
    cph_status status = order_inputs(options, &calibration->array, order, sorted, error);
    if (status == CPH_OK)
        status = order_channels(options, calibration, channel, error);
    if (status == CPH_OK) {
        done->subbands = calibration->channels;
        put_top(options, done->subbands, file);
        put_table(options, calibration, order, channel, file, done);
    }
    free(order);
    free(sorted);
    return status;
}
