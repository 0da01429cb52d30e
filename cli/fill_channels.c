/* SPDX-License-Identifier: MIT */
#include "cli/fill_channels.h"

#include <stdlib.h>
#include <string.h>

#include "cophase/fill.h"
#include "kernels/core/size.h"

/* Solutions of one polarisation and time, [channels][elements]. */
typedef struct sheet {
    size_t channels, elements;
    const cph_calibrate_row *row; /* [channels] */
    cph_c64 *gain, *filled;
    double *sigma[2], *filled_sigma[2];
    unsigned char *flag, *filled_flag;
    void *memory;
} sheet;

static bool sheet_make(size_t channels, size_t elements, sheet *s)
{
    const size_t all = channels * elements; /* the calibration holds as many */
    const size_t one = 2 * sizeof(cph_c64) + 4 * sizeof(double) + 2;
    void *memory = calloc(all + 1, one);
    if (memory == NULL)
        return false;
    double *number = cph_size_at(memory, 2 * all * sizeof(cph_c64));
    *s = (sheet){.channels = channels,
                 .elements = elements,
                 .gain = memory,
                 .filled = (cph_c64 *)memory + all,
                 .sigma = {number, number + all},
                 .filled_sigma = {number + 2 * all, number + 3 * all},
                 .flag = (unsigned char *)(number + 4 * all),
                 .filled_flag = (unsigned char *)(number + 4 * all) + all,
                 .memory = memory};
    return true;
}

/* Where the calibration has element n of the sheet's channel c. */
static size_t place(const cph_calibrated *made, const sheet *s, size_t c, size_t n)
{
    return s->row[c].base + made->place[s->row[c].selection->index[n]];
}

static void take(const cph_calibrated *made, const sheet *s)
{
    const cph_calibration *k = &made->calibration;
    for (size_t c = 0; c < s->channels; c++)
        for (size_t n = 0; n < s->elements; n++) {
            const size_t from = place(made, s, c, n), to = c * s->elements + n;
            s->gain[to] = k->gain[from];
            s->sigma[0][to] = k->phase_sigma[from];
            s->sigma[1][to] = k->amplitude_sigma[from];
            s->flag[to] = k->flag[from];
        }
}

/* Whether element n is one that some channels lack, not a broken one with a gain here and there,
 * and not one that is left out on purpose. */
static bool may_fill(const sheet *s, size_t n)
{
    size_t used = 0, good = 0;
    for (size_t c = 0; c < s->channels; c++) {
        const unsigned char *flag = s->flag + c * s->elements;
        bool any = false;
        for (size_t i = 0; i < s->elements && !any; i++)
            any = flag[i] == CPH_FLAG_NONE;
        used += any;
        good += flag[n] == CPH_FLAG_NONE;
        if (flag[n] == CPH_FLAG_LISTED || flag[n] == CPH_FLAG_EXCLUDED)
            return false;
    }
    return 2 * good >= used;
}

static void give(cph_calibrated *made, const sheet *s)
{
    cph_calibration *k = &made->calibration;
    for (size_t n = 0; n < s->elements; n++) {
        const bool allowed = may_fill(s, n);
        for (size_t c = 0; c < s->channels; c++) {
            const size_t from = c * s->elements + n, to = place(made, s, c, n);
            if (s->flag[from] == CPH_FLAG_NONE)
                continue;
            if (!allowed || s->filled_flag[from] != CPH_FLAG_NONE) {
                made->filled.left++;
                continue;
            }
            k->gain[to] = s->filled[from];
            k->phase_sigma[to] = s->filled_sigma[0][from];
            k->amplitude_sigma[to] = s->filled_sigma[1][from];
            k->flag[to] = CPH_FLAG_NONE;
            made->calibration.filled[to] = 1;
            made->filled.gains++;
        }
    }
}

/* What keeps one polarisation and time from being filled is said, and no failure. */
static cph_exit fill(const cph_calibrate_options *o, cph_calibrated *made, const sheet *s)
{
    const cph_fill_config config = {.channels = s->channels,
                                    .elements = s->elements,
                                    .freq_hz = made->calibration.channel_freq_hz,
                                    .gain = s->gain,
                                    .phase_sigma = s->sigma[0],
                                    .amplitude_sigma = s->sigma[1],
                                    .flag = s->flag,
                                    .wanted = s->channels,
                                    .wanted_hz = made->calibration.channel_freq_hz,
                                    .max_gap_hz = o->fill_gap_hz,
                                    .absolute = o->gauge == CPH_GAUGE_NONE};
    cph_fill_solution solution = {.gain = s->filled,
                                  .phase_sigma = s->filled_sigma[0],
                                  .amplitude_sigma = s->filled_sigma[1],
                                  .flag = s->filled_flag};
    cph_error error = {.status = CPH_OK};
    const cph_status status = cph_fill_solve(&config, &solution, &error);
    if (status == CPH_ERR_MEMORY)
        return cph_report(o->cli.name, &error);
    if (status != CPH_OK) {
        memset(s->filled_flag, CPH_FLAG_UNSOLVED, s->channels * s->elements);
        if (!o->cli.quiet)
            (void)cph_report_line(o->cli.name, CPH_EXIT_DONE, "--fill-channels: %s", error.message);
    }
    give(made, s);
    return CPH_EXIT_DONE;
}

cph_exit cph_fill_channels(const cph_calibrate_options *o, cph_calibrated *made)
{
    cph_exit code = CPH_EXIT_DONE;
    if (!(o->fill_gap_hz > 0.0))
        return code;
    if (cph_calibration_add_filled(&made->calibration) != CPH_OK)
        return cph_report_memory(o->cli.name);
    for (size_t i = 0; i < made->rows && code == CPH_EXIT_DONE; i += made->channels) {
        sheet s;
        if (!sheet_make(made->channels, made->row[i].selection->elements, &s))
            return cph_report_memory(o->cli.name);
        s.row = &made->row[i];
        take(made, &s);
        code = fill(o, made, &s);
        free(s.memory);
    }
    return code;
}

/* Channels of the input in which an element was filled at a time, or NULL: none. */
static json_t *channels_of(const cph_calibrated *made, size_t time, size_t n)
{
    const size_t elements = made->calibration.array.elements;
    json_t *list = NULL;
    for (size_t c = 0; c < made->channels; c++) {
        if (!made->calibration.filled[(time * made->channels + c) * elements + n])
            continue;
        if (list == NULL)
            list = json_array();
        cph_json_append(list, cph_json_count(made->grid.channel[c]));
    }
    return list;
}

json_t *cph_fill_channels_json(const cph_calibrate_options *o, const cph_calibrated *made)
{
    if (made->calibration.filled == NULL)
        return json_null();
    json_t *object = json_object(), *list = json_array();
    const cph_array *array = &made->calibration.array;
    for (size_t t = 0; t < made->times; t++)
        for (size_t n = 0; n < array->elements; n++) {
            json_t *channels = channels_of(made, t, n);
            if (channels == NULL)
                continue;
            const char polarization[] = {array->element[n].polarization, '\0'};
            json_t *item = json_object();
            cph_json_set_count(item, "element", array->element[n].number);
            cph_json_set_text(item, "polarization", polarization[0] != '\0' ? polarization : NULL);
            cph_json_set_count(item, "time", made->row[t * made->channels].time);
            cph_json_set(item, "channels", channels);
            cph_json_append(list, item);
        }
    cph_json_set_number(object, "max_gap_hz", o->fill_gap_hz);
    cph_json_set_count(object, "gains", made->filled.gains);
    cph_json_set_count(object, "left", made->filled.left);
    cph_json_set(object, "elements", list);
    return object;
}
