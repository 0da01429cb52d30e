/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <math.h>

#include "cli/export.h"
#include "datasets/import/csv.h"

/* What is not known stays empty. */
static void put(FILE *file, double value)
{
    if (isnan(value))
        fputc(',', file);
    else
        fprintf(file, ",%.17g", value);
}

static void put_element(FILE *file, const cph_calibration *c, size_t at)
{
    const cph_element *const element = &c->array.element[at % c->array.elements];
    const cph_flag flag = (cph_flag)c->flag[at];
    fprintf(file, ",%" PRIu32 ",", element->number);
    cph_csv_put(file, element->name);
    fprintf(file, ",%.1s,%s", &element->polarization, cph_flag_name(flag));
    const double known = flag == CPH_FLAG_NONE ? 0.0 : (double)NAN;
    put(file, c->gain[at].re + known);
    put(file, c->gain[at].im + known);
    put(file, c->phase_sigma[at] + known);
    put(file, c->amplitude_sigma[at] + known);
    fprintf(file, ",%d\n", cph_export_filled(c, at));
}

cph_status cph_export_csv(const cph_export_options *options, const cph_calibration *calibration,
                          FILE *file, cph_exported *done, cph_error *error)
{
    const cph_calibration *const c = calibration;
    const size_t elements = c->array.elements;
    (void)error;
    fputs("time,time_unix_s,channel,freq_hz,element,name,polarization,flag,gain_re,gain_im,"
          "phase_sigma_rad,amplitude_sigma,filled\n",
          file);
    for (size_t at = 0; at < c->times * c->channels * elements; at++) {
        const size_t time = at / elements / c->channels, channel = at / elements % c->channels;
        if ((options->has_time && time != options->time) ||
            (options->has_channel && channel != options->channel))
            continue;
        fprintf(file, "%zu", time);
        put(file, c->time_unix_s[time]);
        fprintf(file, ",%zu", channel);
        put(file, c->channel_freq_hz[channel]);
        put_element(file, c, at);
        done->rows++;
        done->flagged += c->flag[at] != CPH_FLAG_NONE;
        done->filled += cph_export_filled(c, at);
    }
    return CPH_OK;
}
