/* SPDX-License-Identifier: MIT */
#include "cli/calibrate_looks.h"

#include <math.h>
#include <stdlib.h>

#include "cli/calibrate_pilot.h"
#include "cli/calibrate_report.h"
#include "cli/geometry.h"

enum { AXES = 3 };

/* The command line as it is for the pilots alone: pilots hear no others, what is wanted of them is
 * all but their direction. */
static cph_exit hear(cph_pilot_looks *w)
{
    cph_error error = {.status = CPH_OK};
    cph_calibrate_options o = *w->o;
    o.sources = 0;
    if (cph_calibrate_method_find("pilot", &o.method, &error) != CPH_OK)
        return cph_report(o.cli.name, &error);
    const cph_exit code = cph_calibrate_solve(&o, w->input, &w->made);
    if (code == CPH_EXIT_DONE)
        cph_calibrate_remark(&o, &w->made);
    return code;
}

static cph_exit make_room(cph_pilot_looks *w)
{
    const size_t n = w->made.calibration.array.elements + 1; /* no calloc of 0 */
    w->looks = w->made.times * w->made.channels;
    w->direction = calloc(w->looks + 1, AXES * sizeof *w->direction);
    w->freq_hz = calloc(w->looks + 1, sizeof *w->freq_hz);
    w->response = calloc((w->looks + 1) * n, sizeof *w->response);
    w->scratch = calloc(n, AXES * sizeof *w->scratch);
    w->flag = calloc(n, 1);
    const bool ok = w->direction != NULL && w->freq_hz != NULL && w->response != NULL &&
                    w->scratch != NULL && w->flag != NULL;
    return ok ? CPH_EXIT_DONE : cph_report_memory(w->o->cli.name);
}

static cph_exit aim(cph_pilot_looks *w)
{
    cph_error error = {.status = CPH_OK};
    for (size_t s = 0; s < w->looks; s++) {
        const size_t pilot = s / w->made.channels;
        if (cph_direction_resolve(&w->o->direction[pilot], &w->input->header->array,
                                  w->direction + AXES * s, &error) != CPH_OK)
            return cph_report_input(w->o->cli.name, &error);
        w->freq_hz[s] = w->made.calibration.channel_freq_hz[s % w->made.channels];
    }
    return CPH_EXIT_DONE;
}

/* Where the calibration has an element of a row. */
static size_t place(const cph_pilot_looks *w, const cph_calibrate_row *row, size_t n)
{
    return row->base + w->made.place[row->selection->index[n]];
}

/* Phases alone, with moduli that make 1 the noise's that has the standard errors of the phases
 * (2 |y|^2 v = sigma^2). True where these are known; else the estimates as they are. */
static bool take_look(cph_pilot_looks *w, const cph_calibrate_row *row, unsigned char *flag,
                      cph_c64 *y)
{
    const size_t n = row->selection->elements;
    const double *const sigma = w->made.calibration.phase_sigma;
    double *const of = w->scratch;
    bool known = true;
    cph_calibrate_gains(&w->made, row, y, flag);
    for (size_t k = 0; k < n; k++) {
        of[k] = sigma[place(w, row, k)];
        if (flag[k] != CPH_FLAG_NONE)
            y[k] = (cph_c64){NAN, NAN};
    }
    if (row->error.status != CPH_OK)
        return true;
    const cph_gain_estimate estimate = {.gain = y, .phase_sigma = of, .flag = flag};
    const cph_phase_gauge gauge = cph_pilot_gauge(n, &estimate);
    for (size_t k = 0; k < n; k++)
        known = known && (flag[k] != CPH_FLAG_NONE || cph_pilot_variance(&gauge, of[k]) > 0.0);
    for (size_t k = 0; k < n && known; k++) {
        if (flag[k] != CPH_FLAG_NONE)
            continue;
        const double size = hypot(y[k].re, y[k].im),
                     want = sqrt(0.5 / cph_pilot_variance(&gauge, of[k]));
        y[k] = (cph_c64){y[k].re / size * want, y[k].im / size * want};
    }
    return known;
}

bool cph_pilot_looks_take(cph_pilot_looks *looks, size_t selection, unsigned char *flag)
{
    cph_pilot_looks *const w = looks;
    const size_t n = w->input->selection[selection].elements;
    const cph_calibrate_row *const row = w->made.row + selection * w->looks;
    unsigned char *const one = w->flag;
    bool known = true;
    for (size_t s = 0; s < w->looks; s++) {
        known = take_look(w, &row[s], one, w->response + s * n) && known;
        for (size_t k = 0; k < n; k++)
            flag[k] = s == 0 || one[k] == CPH_FLAG_NONE ? one[k] : flag[k];
    }
    for (size_t s = 0; s < w->looks && !known; s++)
        cph_calibrate_gains(&w->made, &row[s], w->response + s * n, one);
    return known;
}

void cph_pilot_looks_free(cph_pilot_looks *looks)
{
    cph_pilot_looks *const w = looks;
    free(w->direction);
    free(w->freq_hz);
    free(w->response);
    free(w->scratch);
    free(w->flag);
    cph_calibrated_free(&w->made);
}

cph_exit cph_pilot_looks_open(const cph_calibrate_options *options, const cph_input *input,
                              cph_pilot_looks *looks)
{
    cph_pilot_looks *const w = looks;
    *w = (cph_pilot_looks){.o = options, .input = input};
    cph_exit code = hear(w);
    if (code == CPH_EXIT_DONE)
        code = make_room(w);
    return code == CPH_EXIT_DONE ? aim(w) : code;
}

cph_exit cph_pilot_looks_check(const cph_calibrate_options *options, const cph_input *input)
{
    const cph_calibrate_options *const o = options;
    cph_calibrate_grid grid = {0};
    cph_exit code = cph_calibrate_grid_make(o, input, &grid);
    if (code == CPH_EXIT_DONE && grid.times != o->sources)
        code = cph_report_line(o->cli.name, CPH_EXIT_USAGE,
                               "%zu sources for %zu dumps of %s: expected one for each, in order",
                               o->sources, grid.times, o->cli.input);
    cph_calibrate_grid_free(&grid);
    for (size_t i = 0; i < input->selections && code == CPH_EXIT_DONE; i++)
        for (size_t k = 0; k < AXES * input->selection[i].elements; k++)
            if (!isfinite(input->selection[i].position[k]))
                return cph_report_line(o->cli.name, CPH_EXIT_INPUT,
                                       "%s: element %u has no position to begin with", o->cli.input,
                                       input->selection[i].array.element[k / AXES].number);
    return code;
}
