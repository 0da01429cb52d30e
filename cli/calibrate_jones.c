/* SPDX-License-Identifier: MIT */
/* cophase calibrate --method jones: X and Y of all antennas together. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/calibrate_jones.h"
#include "cli/progress.h"
#include "cli/sky_model.h"
#include "kernels/core/fail.h"
#include "kernels/core/size.h"

static void desk_free(cph_jones_desk *d)
{
    free(d->both.index);
    free(d->place);
    free(d->position);
    free(d->stokes);
    free(d->flag);
    free(d->sigma);
    free(d->value);
}

static bool desk_open(const cph_calibrate_bench *b, cph_jones_desk *d)
{
    const size_t most = 2 * b->input->selection[0].elements;
    d->both.index = calloc(most, sizeof *d->both.index);
    d->place = calloc(most, sizeof *d->place);
    d->position = calloc(most, 3 * sizeof *d->position);
    d->stokes = calloc(b->o->sources + 1, 4 * sizeof *d->stokes);
    d->flag = calloc(most, 1);
    d->sigma = calloc(most, 5 * sizeof *d->sigma);
    d->value = calloc(most, 4 * sizeof *d->value);
    if (d->both.index == NULL || d->place == NULL || d->position == NULL || d->stokes == NULL ||
        d->flag == NULL || d->sigma == NULL || d->value == NULL)
        return false;
    for (size_t s = 0; s < b->o->sources; s++) {
        const double power = cph_calibrate_has_flux(b->o) ? b->o->flux[s] : 1.0;
        d->stokes[4 * s] = power;
        for (size_t k = 0; k < 3; k++)
            d->stokes[4 * s + 1 + k] = power * b->o->stokes[3 * s + k];
    }
    d->found =
        (cph_jones_solution){.jones = d->value + 2 * most,
                             .jones_sigma = d->sigma + 3 * most,
                             .estimate = {d->value, d->sigma + most, d->sigma + 2 * most, d->flag},
                             .leakage = d->value + most,
                             .leakage_sigma = d->sigma,
                             .xy_phase_sigma = NAN};
    return true;
}

static void pair_up(const cph_input *input, cph_jones_desk *d)
{
    const cph_selection *const x = &input->selection[0], *const y = &input->selection[1];
    for (size_t n = 0; n < x->elements; n++)
        for (size_t m = 0; m < y->elements; m++) {
            const size_t k = d->antennas;
            if (x->array.element[n].number != y->array.element[m].number)
                continue;
            d->place[2 * k] = n;
            d->place[2 * k + 1] = m;
            d->both.index[2 * k] = x->index[n];
            d->both.index[2 * k + 1] = y->index[m];
            memcpy(d->position + 3 * k, x->position + 3 * n, 3 * sizeof *d->position);
            d->antennas++;
            break;
        }
    d->both.elements = 2 * d->antennas;
}

/* bench->flag [of a selection] and its gains: what was solved, UNSOLVED elsewhere. */
static cph_gain_solution side_of(cph_calibrate_bench *b, const cph_jones_desk *d,
                                 const cph_calibrate_row *row, size_t side)
{
    const cph_selection *const selection = row->selection;
    cph_gain_solution found = cph_calibrate_found(b, row);
    cph_gain_estimate e = {found.gain, found.phase_sigma, found.amplitude_sigma, found.flag};
    for (size_t n = 0; n < selection->elements; n++) {
        e.gain[n].re = e.gain[n].im = e.phase_sigma[n] = e.amplitude_sigma[n] = NAN;
        e.flag[n] = selection->flag[n] != CPH_FLAG_NONE ? selection->flag[n]
                                                        : (unsigned char)CPH_FLAG_UNSOLVED;
    }
    for (size_t i = side; i < 2 * d->antennas; i += 2) {
        const size_t n = d->place[i];
        e.gain[n] = d->found.estimate.gain[i];
        e.phase_sigma[n] = d->found.estimate.phase_sigma[i];
        e.amplitude_sigma[n] = d->found.estimate.amplitude_sigma[i];
        e.flag[n] = d->found.estimate.flag[i];
    }
    for (size_t s = 0; s < b->o->sources; s++)
        found.flux[s] = cph_calibrate_has_flux(b->o) ? b->o->flux[s] : NAN;
    found.iterations = d->found.iterations;
    found.stop = d->found.stop;
    found.explained_before = d->found.explained_before;
    found.explained_after = d->found.explained_after;
    found.chi2_dof = d->found.chi2_dof;
    found.dof = d->found.dof;
    found.baselines = d->found.baselines;
    found.outliers = d->found.outliers;
    found.outlier[0] = found.outlier[1] = SIZE_MAX;
    return found;
}

/* Leakages of one polarisation into the calibration, NaN where flagged. */
static void keep_leakages(const cph_jones_desk *d, const cph_calibrate_row *row, size_t side,
                          cph_calibrated *made)
{
    for (size_t i = side; i < 2 * d->antennas; i += 2) {
        const size_t at = row->base + made->place[d->both.index[i]];
        made->calibration.leakage[at] = d->found.leakage[i];
        made->calibration.leakage_sigma[at] = d->found.leakage_sigma[i];
    }
}

static cph_jones_options options_of(const cph_calibrate_bench *b, const cph_jones_desk *d)
{
    const cph_calibrate_options *const o = b->o;
    cph_jones_options options = cph_jones_defaults();
    options.weak_below = cph_calibrate_weak_below(o);
    options.relative = !cph_calibrate_has_flux(o) && o->model_path == NULL;
    options.tolerance = o->tolerance;
    options.rule = o->model.rule;
    if (o->model.plain)
        options.robust = 0.0;
    if (o->max_iterations > 0)
        options.max_iterations = (unsigned)o->max_iterations;
    for (size_t k = 0; k < d->antennas && b->reference[0] != SIZE_MAX; k++)
        if (d->place[2 * k] == b->reference[0])
            options.reference = k;
    return options;
}

/* sky: NULL without --model. */
static cph_status solve_cell(const cph_calibrate_bench *b, const cph_calibrated *made,
                             const cph_sky_model *sky, cph_jones_desk *d, cph_error *error)
{
    const size_t inputs = d->both.elements;
    const double f = b->dump.freq_hz;
    const cph_jones_options options = options_of(b, d);
    const cph_jones_problem problem = {
        .antennas = d->antennas,
        .r = b->dump.r,
        .ld = inputs,
        .has_diagonal = b->dump.has_diagonal,
        .position = d->position,
        .freq_hz = f,
        .sources = b->o->sources,
        .direction = made->direction,
        .stokes = d->stokes,
        .model = sky == NULL ? NULL : sky->r,
        .min_baseline_wl = cph_length_wavelengths(b->o->min_baseline, f),
        .max_baseline_wl = cph_length_wavelengths(b->o->max_baseline, f),
        .samples = b->dump.samples};
    const cph_status status =
        cph_health_finite(inputs, b->dump.r, inputs, b->dump.has_diagonal, d->flag);
    return status == CPH_OK ? cph_jones_solve(&problem, &options, &d->found, error)
                            : cph_fail(error, status, "%s", cph_status_name(status));
}

/* Where the sky tells the phase between X and Y, it is no longer the gauge's. */
static void name_gauge(const cph_calibrate_options *o, const cph_jones_desk *d,
                       cph_calibration *made)
{
    const char *amplitude = o->model_path != NULL       ? "|g| by the model"
                            : cph_calibrate_has_flux(o) ? "|g| by given powers"
                                                        : "mean |g| 1";
    char words[48];
    snprintf(words, sizeof words, "%s%s", isnan(d->found.xy_phase_sigma) ? "" : "X-Y by the sky, ",
             amplitude);
    cph_calibrate_gauge_name(o, words, sizeof made->gauge, made->gauge);
}

/* Both polarisations of one time and channel. */
static cph_exit solve_pair(cph_calibrate_bench *b, cph_calibrated *made, cph_sky_model *sky,
                           cph_jones_desk *d, cph_calibrate_row *const *row)
{
    bool spoilt = false;
    cph_error error = {.status = CPH_OK};
    const cph_exit code =
        cph_calibrate_grid_read(&made->grid, b->input, &d->both, row[0]->slot[0], row[0]->channel,
                                b->o->samples, &b->dump, &spoilt);
    if (code != CPH_EXIT_DONE)
        return code;
    made->calibration.channel_freq_hz[row[0]->slot[1]] = b->dump.freq_hz;
    made->calibration.time_unix_s[row[0]->slot[0]] = b->dump.time_unix_s;
    for (size_t i = 0; i < d->both.elements; i++) {
        const unsigned char known = row[i % 2]->selection->flag[d->place[i]];
        d->flag[i] =
            known == CPH_FLAG_NONE && spoilt ? (unsigned char)CPH_FLAG_INTERFERENCE : known;
    }
    if (sky != NULL &&
        cph_sky_model_read(sky, &d->both, b->dump.freq_hz, b->dump.time_unix_s, &error) != CPH_OK)
        return cph_report_input(b->o->cli.name, &error);
    const cph_status status = solve_cell(b, made, sky, d, &error);
    if (status == CPH_ERR_MEMORY)
        return cph_report(b->o->cli.name, &error);
    for (size_t side = 0; side < 2; side++) {
        row[side]->freq_hz = b->dump.freq_hz;
        row[side]->time_unix_s = b->dump.time_unix_s;
        row[side]->error = error;
        if (status != CPH_OK) {
            memcpy(b->flag, row[side]->selection->flag, row[side]->selection->elements);
            cph_calibrate_fail(b, row[side], made);
            continue;
        }
        const cph_gain_solution found = side_of(b, d, row[side], side);
        cph_calibrate_keep(b, &found, row[side], made);
        keep_leakages(d, row[side], side, made);
        cph_calibrate_jones_say(b->o, d, row[side], side);
    }
    if (status == CPH_OK && !isnan(d->found.xy_phase_sigma))
        name_gauge(b->o, d, &made->calibration);
    return CPH_EXIT_DONE;
}

/* All times and channels. */
static cph_exit solve_all(cph_calibrate_bench *b, cph_calibrated *made, cph_sky_model *sky,
                          cph_jones_desk *d)
{
    const cph_cli *const cli = &b->o->cli;
    const size_t half = made->rows / 2;
    /* A capture's stream has a bar of its own. */
    const bool bar = b->input->header->kind == CPH_KIND_COVARIANCE;
    cph_exit code = CPH_EXIT_DONE;
    cph_progress progress;
    cph_interrupt_catch();
    cph_progress_start(&progress, cli, cli->name, bar ? half : 0);
    for (size_t i = 0; i < half && code == CPH_EXIT_DONE; i++) {
        cph_calibrate_row *const row[2] = {&made->row[i], &made->row[half + i]};
        code = cph_interrupted() ? cph_report_line(cli->name, CPH_EXIT_FAILED, "interrupted")
                                 : solve_pair(b, made, sky, d, row);
        cph_progress_update(&progress, i + 1);
    }
    cph_progress_end(&progress);
    return code;
}

static cph_exit solve(cph_calibrate_bench *b, cph_calibrated *made)
{
    const cph_cli *const cli = &b->o->cli;
    if (b->input->selections != 2)
        return cph_report_line(cli->name, CPH_EXIT_INPUT,
                               "%s: --method jones needs inputs X and Y, and both chosen",
                               cli->input);
    cph_jones_desk d = {.antennas = 0};
    cph_sky_model sky = {0};
    cph_exit code = CPH_EXIT_DONE;
    if (desk_open(b, &d) && cph_calibration_add_leakages(&made->calibration) == CPH_OK)
        pair_up(b->input, &d);
    else
        code = cph_report_memory(cli->name);
    if (code == CPH_EXIT_DONE && d.antennas == 0)
        code = cph_report_line(cli->name, CPH_EXIT_INPUT,
                               "%s: no number is that of an input X and of an input Y", cli->input);
    if (code == CPH_EXIT_DONE && b->o->model_path != NULL)
        code = cph_sky_model_open(b->o->model_path, b->input, &sky);
    if (code == CPH_EXIT_DONE) {
        name_gauge(b->o, &d, &made->calibration);
        code = solve_all(b, made, b->o->model_path == NULL ? NULL : &sky, &d);
    }
    cph_sky_model_close(&sky);
    desk_free(&d);
    return code;
}

static cph_exit check(const cph_calibrate_options *o)
{
    const bool model = o->model_path != NULL;
    if (o->sources == 0 && !model)
        return cph_report_line(o->cli.name, CPH_EXIT_USAGE,
                               "--source: --method jones needs one at least, or --model FILE");
    return o->sources == 0 || (o->sources == 1 && !model) || cph_calibrate_has_flux(o)
               ? CPH_EXIT_DONE
               : cph_report_line(o->cli.name, CPH_EXIT_USAGE,
                                 "--source: --method jones needs the powers of %s (flux=)",
                                 model ? "sources beside a --model" : "several sources");
}

const cph_calibrate_method cph_calibrate_jones = {
    .name = "jones",
    .input = CPH_TAKES_CAPTURE | CPH_TAKES_COVARIANCE | CPH_NEEDS_FREQUENCY | CPH_NEEDS_POSITIONS,
    .options = CPH_OF_SOURCES CPH_OF_COVARIANCES
    " flux= q_over_i= model reference weak-below min-baseline max-baseline tolerance "
    "max-iterations robust",
    .check = check,
    .solve = solve};
