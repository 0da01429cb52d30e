/* SPDX-License-Identifier: MIT */
/* calibrate --method positions: where elements stand, and how the array is turned, from pilots in
 * known directions, one a dump. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "calib/median.h"
#include "cli/calibrate_method.h"
#include "cli/calibrate_pilot.h"
#include "cli/calibrate_positions.h"
#include "cli/calibrate_report.h"
#include "cli/element_table.h"
#include "cli/geometry.h"

enum { AXES = 3, FEWEST = 4 };
static const double degree = 0.017453292519943295769;

/* Residual phases above it: a turn may have been missed (survey.h). */
static const double clear_rad = 2.0;

typedef cph_positions_part part;

typedef struct work {
    const cph_calibrate_options *o;
    const cph_input *input;
    size_t looks;        /* S: pilots times channels */
    double *direction;   /* [S][3] */
    double *freq_hz;     /* [S] */
    cph_c64 *response;   /* [S][N] of the part at hand */
    double *scratch;     /* [3 N] */
    unsigned char *flag; /* [N] of all elements, in the order of the table */
    cph_calibrated made; /* phases of the looks; its array becomes the table */
    part part[2];
} work;

static void work_free(work *w)
{
    for (size_t i = 0; i < 2; i++) {
        free(w->part[i].found.position);
        free(w->part[i].found.sigma);
        free(w->part[i].found.flag);
    }
    free(w->direction);
    free(w->freq_hz);
    free(w->response);
    free(w->scratch);
    free(w->flag);
    cph_calibrated_free(&w->made);
}

/* ---- looks ---- */

/* The command line as it is for the phases alone: pilots hear no others, what is wanted of them is
 * all but their direction. */
static cph_exit find_phases(work *w)
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

static cph_exit make_room(work *w)
{
    const size_t n = w->made.calibration.array.elements + 1; /* no calloc of 0 */
    w->looks = w->made.times * w->made.channels;
    w->direction = calloc(w->looks + 1, AXES * sizeof *w->direction);
    w->freq_hz = calloc(w->looks + 1, sizeof *w->freq_hz);
    w->response = calloc((w->looks + 1) * n, sizeof *w->response);
    w->scratch = calloc(n, AXES * sizeof *w->scratch);
    w->flag = calloc(n, 1);
    bool ok = w->direction != NULL && w->freq_hz != NULL && w->response != NULL &&
              w->scratch != NULL && w->flag != NULL;
    for (size_t i = 0; i < w->input->selections; i++) {
        part *const p = &w->part[i];
        p->selection = &w->input->selection[i];
        p->found.position = calloc(n, AXES * sizeof *p->found.position);
        p->found.sigma = calloc(n, AXES * sizeof *p->found.sigma);
        p->found.flag = calloc(n, 1);
        ok = ok && p->found.position != NULL && p->found.sigma != NULL && p->found.flag != NULL;
    }
    return ok ? CPH_EXIT_DONE : cph_report_memory(w->o->cli.name);
}

static cph_exit aim(work *w)
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
static size_t place(const work *w, const cph_calibrate_row *row, size_t n)
{
    return row->base + w->made.place[row->selection->index[n]];
}

/* Phases alone, with moduli that make 1 the noise's that has the standard errors of the phases
 * (2 |y|^2 v = sigma^2). True where these are known; else the estimates as they are. */
static bool take_look(work *w, const cph_calibrate_row *row, unsigned char *flag, cph_c64 *y)
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

/* All looks of a part, and its elements that are flagged in every one. True where standard errors
 * of all phases are known; where not, none is used. */
static bool take_looks(work *w, part *p)
{
    const size_t n = p->selection->elements;
    const cph_calibrate_row *const row =
        w->made.row + (size_t)(p->selection - w->input->selection) * w->looks;
    unsigned char *const flag = w->flag;
    bool known = true;
    for (size_t s = 0; s < w->looks; s++) {
        known = take_look(w, &row[s], flag, w->response + s * n) && known;
        for (size_t k = 0; k < n; k++)
            p->found.flag[k] = s == 0 || flag[k] == CPH_FLAG_NONE ? flag[k] : p->found.flag[k];
    }
    for (size_t s = 0; s < w->looks && !known; s++)
        cph_calibrate_gains(&w->made, &row[s], w->response + s * n, flag);
    return known;
}

/* ---- solving ---- */

static void summarise(work *w, part *p)
{
    const double *const nominal = p->selection->position;
    double sum = 0.0;
    size_t good = 0, known = 0;
    for (size_t i = 0; i < AXES * p->selection->elements; i++) {
        if (p->found.flag[i / AXES] != CPH_FLAG_NONE)
            continue;
        const double off = p->found.position[i] - nominal[i];
        sum += off * off;
        good++;
        if (!isnan(p->found.sigma[i]))
            w->scratch[known++] = p->found.sigma[i];
    }
    p->shift = sqrt(sum * AXES / (double)good);
    p->sigma = cph_median(w->scratch, known);
}

static cph_exit solve_part(work *w, part *p)
{
    cph_error error = {.status = CPH_OK};
    const char polarization[] = {p->selection->polarization, '\0'};
    cph_survey_config config = {.elements = p->selection->elements,
                                .looks = w->looks,
                                .direction = w->direction,
                                .freq_hz = w->freq_hz,
                                .response = w->response,
                                .position = p->selection->position};
    config.sigma = take_looks(w, p) ? 1.0 : 0.0;
    const cph_status status = cph_survey_locate(&config, &p->found, &error);
    if (status != CPH_OK)
        return cph_report_line(w->o->cli.name,
                               status == CPH_ERR_MEMORY ? CPH_EXIT_FAILED : CPH_EXIT_INPUT,
                               "%s: %s%s%s", w->o->cli.input, polarization,
                               polarization[0] != '\0' ? ": " : "", error.message);
    summarise(w, p);
    /* Displaced elements are this one's noise: what the residuals say. */
    config.sigma = 0.0;
    p->is_turned =
        cph_survey_orient(&config, p->found.flag, NULL, 0.0, &p->turned, &p->turn_error) == CPH_OK;
    if (p->found.fit.largest_rad > clear_rad && !w->o->cli.quiet)
        (void)cph_report_line(w->o->cli.name, CPH_EXIT_DONE,
                              "%s%sphases are up to %.0f degrees off what positions explain: "
                              "nominal ones may be wrong by more than a third of a wavelength",
                              polarization, polarization[0] != '\0' ? ": " : "",
                              p->found.fit.largest_rad / degree);
    return CPH_EXIT_DONE;
}

/* Into the array of the table, in the axes that directions are in. What is flagged stays where it
 * was. */
static void keep(work *w)
{
    cph_array *const array = &w->made.calibration.array;
    memset(w->flag, 0, array->elements);
    for (size_t i = 0; i < w->input->selections; i++) {
        const part *const p = &w->part[i];
        for (size_t k = 0; k < p->selection->elements; k++) {
            const size_t at = w->made.place[p->selection->index[k]];
            w->flag[at] = p->found.flag[k];
            if (w->flag[at] == CPH_FLAG_NONE)
                memcpy(array->element[at].position, p->found.position + AXES * k,
                       sizeof array->element[at].position);
        }
    }
}

/* ---- the method ---- */

/* What is known before anything is read. */
static cph_exit check_input(const cph_calibrate_options *o, const cph_input *input)
{
    cph_calibrate_grid grid = {0};
    const cph_array *const array = &input->header->array;
    cph_exit code = cph_calibrate_grid_make(o, input, &grid);
    if (code == CPH_EXIT_DONE && grid.times != o->sources)
        code = cph_report_line(o->cli.name, CPH_EXIT_USAGE,
                               "%zu sources for %zu dumps of %s: expected one for each, in order",
                               o->sources, grid.times, o->cli.input);
    cph_calibrate_grid_free(&grid);
    if (code == CPH_EXIT_DONE && array->frame == CPH_FRAME_ECEF)
        code =
            cph_report_line(o->cli.name, CPH_EXIT_INPUT,
                            "%s: positions in frame \"ecef\", which a table of elements does not "
                            "have",
                            o->cli.input);
    for (size_t i = 0; i < input->selections && code == CPH_EXIT_DONE; i++)
        for (size_t k = 0; k < AXES * input->selection[i].elements; k++)
            if (!isfinite(input->selection[i].position[k]))
                return cph_report_line(o->cli.name, CPH_EXIT_INPUT,
                                       "%s: element %u has no position to begin with", o->cli.input,
                                       input->selection[i].array.element[k / AXES].number);
    return code;
}

static cph_exit write(work *w)
{
    const char *paths[5] = {NULL};
    cph_error error = {.status = CPH_OK};
    size_t count = cph_input_paths(w->input, paths);
    if (w->o->sources_path != NULL)
        paths[count++] = w->o->sources_path;
    paths[count] = NULL;
    return cph_element_table_write(w->o->cli.output, paths, &w->made.calibration.array, &error) ==
                   CPH_OK
               ? CPH_EXIT_DONE
               : cph_report(w->o->cli.name, &error);
}

static cph_exit run(const cph_calibrate_options *o, const cph_input *input)
{
    work w = {.o = o, .input = input};
    cph_exit code = check_input(o, input);
    if (code == CPH_EXIT_DONE)
        code = find_phases(&w);
    if (code == CPH_EXIT_DONE)
        code = make_room(&w);
    if (code == CPH_EXIT_DONE)
        code = aim(&w);
    for (size_t i = 0; i < input->selections && code == CPH_EXIT_DONE; i++)
        code = solve_part(&w, &w.part[i]);
    if (code == CPH_EXIT_DONE) {
        keep(&w);
        code = write(&w);
    }
    if (code == CPH_EXIT_DONE)
        code = cph_positions_print(o, &w.made, w.flag, w.part, input->selections);
    work_free(&w);
    return code;
}

static cph_exit check(const cph_calibrate_options *o)
{
    if (o->cli.plot != NULL || o->cli.has_path)
        return cph_report_line(o->cli.name, CPH_EXIT_USAGE, "--%s: is not for --method positions",
                               o->cli.plot != NULL ? "plot" : "path");
    if (o->sources < FEWEST)
        return cph_report_line(o->cli.name, CPH_EXIT_USAGE,
                               "%zu sources: --method positions needs %d and more (--sources), one "
                               "a dump",
                               o->sources, FEWEST);
    return CPH_EXIT_DONE;
}

const cph_calibrate_method cph_calibrate_positions = {
    .name = "positions",
    .input = CPH_TAKES_COVARIANCE | CPH_NEEDS_FREQUENCY | CPH_NEEDS_POSITIONS,
    .options = CPH_OF_SOURCES CPH_OF_COVARIANCES " weak-below",
    .check = check,
    .run = run};
