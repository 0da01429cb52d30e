/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <inttypes.h>
#include <math.h>

#include "cli/coefficients.h"
#include "cli/export.h"

void cph_export_upper(const char *prefix, char upper[64])
{
    size_t length = 0;
    for (; prefix[length] != '\0' && length + 1 < 64; length++)
        upper[length] = (char)toupper((unsigned char)prefix[length]);
    upper[length] = '\0';
}

static void put_top(const cph_export_options *o, const cph_calibration *c, const char *upper,
                    FILE *file)
{
    const double freq_hz = c->channel_freq_hz[o->channel];
    fputs("/* Calibration ", file);
    cph_export_words(file, cph_export_name(o->cli.input));
    fprintf(file, ", %s path, channel %zu, time %zu; gauge: ", cph_gain_path_name(c->path),
            o->channel, o->time);
    cph_export_words(file, c->gauge[0] != '\0' ? c->gauge : "not told");
    fprintf(file,
            ".\n"
            " * An element observes gain times the true signal. %s_coefficient is the hardware\n"
            " * coefficient 1 / gain, {re, im}: the complex factor that a phase shifter and "
            "attenuator\n"
            " * apply, c = conj(w) for weights of y = w^H x, on receive and on transmit. Multiply "
            "it by the\n"
            " * conjugate of the steering vector exp(+j 2 pi f u.r / c) to point a beam. Flagged "
            "elements\n"
            " * have coefficient 0. */\n",
            o->prefix);
    if (!c->time_factor)
        fputs("/* The calibration does not say its time factor: taken as exp(+j 2 pi f t). */\n",
              file);
    fprintf(file, "#ifndef %s_CALIBRATION_H\n#define %s_CALIBRATION_H\n\n", upper, upper);
    fprintf(file, "#define %s_ELEMENTS %zu\n", upper, c->array.elements);
    if (isfinite(freq_hz))
        fprintf(file, "#define %s_FREQ_HZ %.17e\n", upper, freq_hz);
}

static void put_arrays(const cph_export_options *o, const cph_calibration *c, const char *upper,
                       FILE *file, cph_exported *done)
{
    const size_t n = c->array.elements, base = (o->time * c->channels + o->channel) * n;
    fprintf(file,
            "\n/* What people call the elements. */\n"
            "static const unsigned long %s_number[%s_ELEMENTS] = {\n",
            o->prefix, upper);
    for (size_t i = 0; i < n; i++)
        fprintf(file, "    %" PRIu32 "ul,\n", c->array.element[i].number);
    fprintf(file,
            "};\n\n/* 'X', 'Y', or 0 for an array of one polarisation. */\n"
            "static const char %s_polarization[%s_ELEMENTS] = {\n",
            o->prefix, upper);
    for (size_t i = 0; i < n; i++) {
        const char polarization = c->array.element[i].polarization;
        fprintf(file, polarization != '\0' ? "    '%c',\n" : "    0,\n", polarization);
    }
    fprintf(file,
            "};\n\n/* 1: flagged, not to be used. */\n"
            "static const unsigned char %s_flag[%s_ELEMENTS] = {\n",
            o->prefix, upper);
    for (size_t i = 0; i < n; i++) {
        const cph_flag flag = (cph_flag)c->flag[base + i];
        const bool filled = cph_export_filled(c, base + i);
        fprintf(file, "    %d, /* %s%s */\n", flag != CPH_FLAG_NONE, cph_flag_name(flag),
                filled ? ", filled in from other channels" : "");
        done->flagged += flag != CPH_FLAG_NONE;
        done->filled += filled;
    }
    fprintf(file, "};\n\nstatic const float %s_coefficient[%s_ELEMENTS][2] = {\n", o->prefix,
            upper);
    for (size_t i = 0; i < n; i++) {
        const cph_c64 correction = cph_coefficient(c, base + i);
        fprintf(file, "    {%.9ef, %.9ef},\n", correction.re, correction.im);
    }
    fputs("};\n\n#endif\n", file);
    done->rows = n;
}

cph_status cph_export_header(const cph_export_options *options, const cph_calibration *calibration,
                             FILE *file, cph_exported *done, cph_error *error)
{
    char upper[64];
    const cph_status status = cph_coefficients_check(options->cli.input, calibration, options->time,
                                                     options->channel, error);
    if (status != CPH_OK)
        return status;
    cph_export_upper(options->prefix, upper);
    put_top(options, calibration, upper, file);
    put_arrays(options, calibration, upper, file, done);
    return CPH_OK;
}
