/* SPDX-License-Identifier: MIT */
/* cophase calibrate --method model: gains from sources in known directions and covariances of the
 * sky. */
#include <string.h>

#include "cli/model_sheet.h"
#include "cli/progress.h"
#include "cli/sky_model.h"
#include "kernels/core/fail.h"

static void fill_problem(const cph_calibrate_bench *b, const cph_selection *selection,
                         const double *direction, cph_gain_problem *problem)
{
    const cph_calibrate_options *o = b->o;
    const double f = b->dump.freq_hz;
    problem->has_diagonal = b->dump.has_diagonal;
    problem->position = selection->position;
    problem->freq_hz = f;
    problem->direction = direction;
    problem->min_baseline_wl = cph_length_wavelengths(o->min_baseline, f);
    problem->max_baseline_wl = cph_length_wavelengths(o->max_baseline, f);
    problem->samples = b->dump.samples;
}

static cph_gain_options options_of(const cph_calibrate_bench *b, const cph_calibrate_row *row)
{
    cph_gain_options options = cph_gain_defaults();
    options.reference = cph_calibrate_reference(b, row);
    options.weak_below = cph_calibrate_weak_below(b->o);
    options.tolerance = b->o->tolerance;
    options.rule = b->o->model.rule;
    if (b->o->model.plain)
        options.robust = 0.0;
    if (b->o->max_iterations > 0)
        options.max_iterations = (unsigned)b->o->max_iterations;
    return options;
}

static void swap(cph_c64 **a, cph_c64 **b)
{
    cph_c64 *const held = *a;
    *a = *b;
    *b = held;
}

/* Row `at` of the sheet: its covariance and what is known of the elements. Matrices of the sheet
 * are lent to who reads. */
static cph_exit load(cph_calibrate_bench *b, cph_calibrated *made, cph_calibrate_row *row,
                     cph_sky_model *sky, cph_model_sheet *sheet, size_t at)
{
    const size_t n = sheet->elements;
    b->dump.held = sheet->held;
    swap(&b->dump.r, &sheet->matrix[at].r);
    const cph_exit code = cph_calibrate_load(b, row, made);
    swap(&b->dump.r, &sheet->matrix[at].r);
    if (code != CPH_EXIT_DONE)
        return code;
    if (b->o->model_path != NULL) {
        cph_error error = {.status = CPH_OK};
        swap(&sky->r, &sheet->matrix[at].model);
        const cph_status status =
            cph_sky_model_read(sky, row->selection, b->dump.freq_hz, b->dump.time_unix_s, &error);
        swap(&sky->r, &sheet->matrix[at].model);
        if (status != CPH_OK)
            return cph_report_input(b->o->cli.name, &error);
        sheet->problem[at].model = sheet->matrix[at].model;
    }
    sheet->problem[at].r = sheet->matrix[at].r;
    memcpy(sheet->flag + at * n, b->flag, n);
    fill_problem(b, row->selection, made->direction, &sheet->problem[at]);
    return CPH_EXIT_DONE;
}

static void keep(cph_calibrate_bench *b, cph_calibrated *made, cph_calibrate_row *row,
                 const cph_model_sheet *sheet, size_t at)
{
    double *flux = row->found.flux;
    memcpy(b->flag, sheet->flag + at * sheet->elements, sheet->elements);
    /* A reference that the solver found to be weak or dead, or that was so before. */
    if (cph_calibrate_reference_check(b, row, b->flag) != CPH_OK) {
        cph_calibrate_fail(b, row, made);
        return;
    }
    row->error = sheet->error[at];
    if (sheet->status[at] == CPH_ERR_ARGUMENT && cph_calibrate_reference(b, row) != SIZE_MAX)
        (void)cph_fail(&row->error, CPH_ERR_TOO_FEW,
                       "the reference element %zu has next to no gain", b->o->reference);
    if (sheet->status[at] != CPH_OK) {
        cph_calibrate_fail(b, row, made);
        return;
    }
    memcpy(flux, sheet->solution[at].flux, sheet->sources * sizeof *flux);
    cph_calibrate_keep(b, &sheet->solution[at], row, made);
    row->found.flux = flux;
    row->found.flux_sigma = row->found.noise = row->found.noise_sigma = NULL;
    row->found.direction = row->found.direction_sigma = NULL;
    cph_model_sheet_say(sheet, at, b->o, row);
}

/* Rows [first, first + count): neighbours in channel, or in time where there is one channel. */
static cph_exit solve_sheet(cph_calibrate_bench *b, cph_calibrated *made, size_t first,
                            size_t count, cph_sky_model *sky, cph_model_sheet *sheet)
{
    cph_calibrate_row *row = made->row + first;
    cph_exit code = CPH_EXIT_DONE;
    for (size_t i = 0; i < count && code == CPH_EXIT_DONE; i++)
        code = load(b, made, &row[i], sky, sheet, i);
    if (code != CPH_EXIT_DONE)
        return code;
    const cph_gain_options options = options_of(b, row);
    if (cph_gains_batch(&sheet->exec, 1, count, sheet->problem, &options, sheet->solution,
                        sheet->status, sheet->error) != CPH_OK)
        return CPH_EXIT_FAILED;
    for (size_t i = 0; i < count; i++) {
        if (sheet->status[i] == CPH_ERR_MEMORY)
            return cph_report(b->o->cli.name, &sheet->error[i]);
        keep(b, made, &row[i], sheet, i);
    }
    return CPH_EXIT_DONE;
}

/* How many rows from `first` on belong together, `most` at most. */
static size_t together(const cph_calibrated *made, size_t first, size_t most)
{
    const cph_calibrate_row *row = made->row + first;
    const size_t run = made->channels > 1 ? made->channels : made->times;
    size_t count = 1;
    while (count < most && first + count < made->rows && (first + count) % run != 0 &&
           row[count].selection == row->selection)
        count++;
    return count;
}

static cph_exit solve(cph_calibrate_bench *b, cph_calibrated *made)
{
    const cph_cli *cli = &b->o->cli;
    cph_model_sheet sheet = {0};
    cph_sky_model sky = {0};
    cph_progress progress;
    cph_exit code = CPH_EXIT_DONE;
    /* A capture's stream has a bar of its own. */
    const bool bar = b->input->header->kind == CPH_KIND_COVARIANCE;
    if (b->o->model_path != NULL) {
        code = cph_sky_model_open(b->o->model_path, b->input, &sky);
        cph_calibrate_gauge_name(b->o, "|g| by the model", sizeof made->calibration.gauge,
                                 made->calibration.gauge);
    }
    cph_interrupt_catch();
    cph_progress_start(&progress, cli, cli->name, bar ? made->rows : 0);
    for (size_t first = 0, count; first < made->rows && code == CPH_EXIT_DONE; first += count) {
        const size_t elements = made->row[first].selection->elements;
        if (sheet.matrix == NULL || sheet.elements != elements) {
            cph_model_sheet_free(&sheet);
            code = cph_model_sheet_create(b->o, b->input, made->rows, elements, &sheet);
        }
        count = together(made, first, sheet.rows);
        if (code == CPH_EXIT_DONE && cph_interrupted())
            code = cph_report_line(cli->name, CPH_EXIT_FAILED, "interrupted");
        if (code == CPH_EXIT_DONE)
            code = solve_sheet(b, made, first, count, &sky, &sheet);
        cph_progress_update(&progress, first + count);
    }
    cph_progress_end(&progress);
    cph_model_sheet_free(&sheet);
    cph_sky_model_close(&sky);
    return code;
}

static cph_exit check(const cph_calibrate_options *o)
{
    if (o->sources == 0 && o->model_path == NULL)
        return cph_report_line(o->cli.name, CPH_EXIT_USAGE,
                               "no source: expected --source DIRECTION, as in --source "
                               "azel:20,10, or --model FILE");
    if (o->model.directions && o->sources < 2)
        return cph_report_line(o->cli.name, CPH_EXIT_USAGE,
                               "--fit directions: the first --source stays where it is; expected "
                               "two or more");
    return CPH_EXIT_DONE;
}

const cph_calibrate_method cph_calibrate_model = {
    .name = "model",
    .input = CPH_TAKES_CAPTURE | CPH_TAKES_COVARIANCE | CPH_NEEDS_POSITIONS | CPH_NEEDS_FREQUENCY,
    .options = CPH_OF_SOURCES CPH_OF_COVARIANCES CPH_OF_GAUGES
    " flux= model min-baseline max-baseline tolerance max-iterations robust fit fill-channels",
    .check = check,
    .solve = solve};
