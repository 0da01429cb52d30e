/* SPDX-License-Identifier: MIT */
/* calibrate --method positions: where elements stand, and how the array is turned, from pilots in
 * known directions, one a dump. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "calib/median.h"
#include "cli/calibrate_looks.h"
#include "cli/calibrate_positions.h"
#include "cli/element_table.h"

enum { AXES = 3, FEWEST = 4 };
static const double degree = 0.017453292519943295769;

/* Residual phases above it: a turn may have been missed (survey.h). */
static const double clear_rad = 2.0;

typedef cph_positions_part part;

typedef struct work {
    const cph_calibrate_options *o;
    const cph_input *input;
    cph_pilot_looks looks; /* its array becomes the table */
    part part[2];
} work;

static void work_free(work *w)
{
    for (size_t i = 0; i < 2; i++) {
        free(w->part[i].found.position);
        free(w->part[i].found.sigma);
        free(w->part[i].found.flag);
    }
    cph_pilot_looks_free(&w->looks);
}

static cph_exit make_room(work *w)
{
    const size_t n = w->looks.made.calibration.array.elements + 1; /* no calloc of 0 */
    bool ok = true;
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

/* ---- solving ---- */

static void summarise(double *scratch, part *p)
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
            scratch[known++] = p->found.sigma[i];
    }
    p->shift = sqrt(sum * AXES / (double)good);
    p->sigma = cph_median(scratch, known);
}

static cph_exit solve_part(work *w, part *p)
{
    cph_error error = {.status = CPH_OK};
    cph_pilot_looks *const looks = &w->looks;
    const char polarization[] = {p->selection->polarization, '\0'};
    cph_survey_config config = {.elements = p->selection->elements,
                                .looks = looks->looks,
                                .direction = looks->direction,
                                .freq_hz = looks->freq_hz,
                                .response = looks->response,
                                .position = p->selection->position};
    config.sigma = cph_pilot_looks_take(looks, (size_t)(p - w->part), p->found.flag) ? 1.0 : 0.0;
    const cph_status status = cph_survey_locate(&config, &p->found, &error);
    if (status != CPH_OK)
        return cph_report_line(w->o->cli.name,
                               status == CPH_ERR_MEMORY ? CPH_EXIT_FAILED : CPH_EXIT_INPUT,
                               "%s: %s%s%s", w->o->cli.input, polarization,
                               polarization[0] != '\0' ? ": " : "", error.message);
    summarise(looks->scratch, p);
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
    cph_calibrated *const made = &w->looks.made;
    cph_array *const array = &made->calibration.array;
    memset(w->looks.flag, 0, array->elements);
    for (size_t i = 0; i < w->input->selections; i++) {
        const part *const p = &w->part[i];
        for (size_t k = 0; k < p->selection->elements; k++) {
            const size_t at = made->place[p->selection->index[k]];
            w->looks.flag[at] = p->found.flag[k];
            if (w->looks.flag[at] == CPH_FLAG_NONE)
                memcpy(array->element[at].position, p->found.position + AXES * k,
                       sizeof array->element[at].position);
        }
    }
}

/* ---- the method ---- */

/* What is known before anything is read. */
static cph_exit check_input(const cph_calibrate_options *o, const cph_input *input)
{
    const cph_exit code = cph_pilot_looks_check(o, input);
    return code != CPH_EXIT_DONE || input->header->array.frame != CPH_FRAME_ECEF
               ? code
               : cph_report_line(o->cli.name, CPH_EXIT_INPUT,
                                 "%s: positions in frame \"ecef\", which a table of elements does "
                                 "not have",
                                 o->cli.input);
}

static cph_exit write(work *w)
{
    const char *paths[5] = {NULL};
    cph_error error = {.status = CPH_OK};
    size_t count = cph_input_paths(w->input, paths);
    if (w->o->sources_path != NULL)
        paths[count++] = w->o->sources_path;
    paths[count] = NULL;
    return cph_element_table_write(w->o->cli.output, paths, &w->looks.made.calibration.array,
                                   &error) == CPH_OK
               ? CPH_EXIT_DONE
               : cph_report(w->o->cli.name, &error);
}

static cph_exit run(const cph_calibrate_options *o, const cph_input *input)
{
    work w = {.o = o, .input = input};
    cph_exit code = check_input(o, input);
    if (code == CPH_EXIT_DONE)
        code = cph_pilot_looks_open(o, input, &w.looks);
    if (code == CPH_EXIT_DONE)
        code = make_room(&w);
    for (size_t i = 0; i < input->selections && code == CPH_EXIT_DONE; i++)
        code = solve_part(&w, &w.part[i]);
    if (code == CPH_EXIT_DONE) {
        keep(&w);
        code = write(&w);
    }
    if (code == CPH_EXIT_DONE)
        code = cph_positions_print(o, &w.looks.made, w.looks.flag, w.part, input->selections);
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
