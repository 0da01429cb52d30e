/* SPDX-License-Identifier: MIT */
/* cophase calibrate --method jones: X and Y of all antennas together. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/calibrate_method.h"
#include "cophase/jones.h"
#include "kernels/core/fail.h"
#include "kernels/core/size.h"

/* Antennas with both inputs; input 2 k is X of antenna k, 2 k + 1 its Y. */
typedef struct desk {
    size_t antennas;
    cph_selection both; /* array is empty */
    size_t *place;      /* [2 antennas] in their selections */
    double *position;   /* [antennas][3] */
    double *stokes;     /* [S][4] */
    unsigned char *flag;
    double *sigma;  /* [5][2 antennas]: of leakage, phase, amplitude, J */
    cph_c64 *value; /* [4][2 antennas]: gains, leakage, J */
    cph_jones_solution found;
} desk;

static void desk_free(desk *d)
{
    free(d->both.index);
    free(d->place);
    free(d->position);
    free(d->stokes);
    free(d->flag);
    free(d->sigma);
    free(d->value);
}

static bool desk_open(const cph_calibrate_bench *b, desk *d)
{
    const size_t most = 2 * b->input->selection[0].elements;
    d->both.index = calloc(most, sizeof *d->both.index);
    d->place = calloc(most, sizeof *d->place);
    d->position = calloc(most, 3 * sizeof *d->position);
    d->stokes = calloc(b->o->sources, 4 * sizeof *d->stokes);
    d->flag = calloc(most, 1);
    d->sigma = calloc(most, 5 * sizeof *d->sigma);
    d->value = calloc(most, 4 * sizeof *d->value);
    if (d->both.index == NULL || d->place == NULL || d->position == NULL || d->stokes == NULL ||
        d->flag == NULL || d->sigma == NULL || d->value == NULL)
        return false;
    for (size_t s = 0; s < b->o->sources; s++)
        d->stokes[4 * s] = cph_calibrate_has_flux(b->o) ? b->o->flux[s] : 1.0;
    d->found =
        (cph_jones_solution){.jones = d->value + 2 * most,
                             .jones_sigma = d->sigma + 3 * most,
                             .estimate = {d->value, d->sigma + most, d->sigma + 2 * most, d->flag},
                             .leakage = d->value + most,
                             .leakage_sigma = d->sigma};
    return true;
}

static void pair_up(const cph_input *input, desk *d)
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
static cph_gain_solution side_of(cph_calibrate_bench *b, const desk *d,
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
static void keep_leakages(const desk *d, const cph_calibrate_row *row, size_t side,
                          cph_calibrated *made)
{
    for (size_t i = side; i < 2 * d->antennas; i += 2) {
        const size_t at = row->base + made->place[d->both.index[i]];
        made->calibration.leakage[at] = d->found.leakage[i];
        made->calibration.leakage_sigma[at] = d->found.leakage_sigma[i];
    }
}

static void say(const cph_calibrate_options *o, const desk *d, cph_calibrate_row *row, size_t side)
{
    char open[120];
    double sum = 0.0, good = 0.0;
    cph_jones_open_name(d->found.open, d->found.named, sizeof open, open);
    json_t *const list = o->cli.json ? json_array() : NULL;
    for (size_t i = side; i < 2 * d->antennas; i += 2) {
        const cph_c64 z = d->found.leakage[i];
        if (d->flag[i] == CPH_FLAG_NONE) {
            sum += z.re * z.re + z.im * z.im;
            good += 1.0;
        }
        if (list == NULL)
            continue;
        json_t *const one = json_object();
        cph_json_set_count(one, "number", row->selection->array.element[d->place[i]].number);
        cph_json_set_number(one, "re", z.re);
        cph_json_set_number(one, "im", z.im);
        cph_json_set_number(one, "sigma", d->found.leakage_sigma[i]);
        cph_json_append(list, one);
    }
    const double rms = good > 0.0 ? sqrt(sum / good) : NAN;
    snprintf(row->line, sizeof row->line, "leakage %.3g rms; left open by the sky: %s", rms, open);
    if (!o->cli.json)
        return;
    row->extra = json_object();
    cph_json_set_number(row->extra, "leakage_rms", rms);
    cph_json_set_count(row->extra, "open", d->found.open);
    cph_json_set_text(row->extra, "open_names", open);
    cph_json_set(row->extra, "leakage", list);
}

static cph_status solve_cell(const cph_calibrate_bench *b, const cph_calibrated *made, desk *d,
                             cph_error *error)
{
    cph_jones_options options = cph_jones_defaults();
    const size_t inputs = d->both.elements, reference = b->reference[0];
    const cph_jones_problem problem = {.antennas = d->antennas,
                                       .r = b->dump.r,
                                       .ld = inputs,
                                       .has_diagonal = b->dump.has_diagonal,
                                       .position = d->position,
                                       .freq_hz = b->dump.freq_hz,
                                       .sources = b->o->sources,
                                       .direction = made->direction,
                                       .stokes = d->stokes,
                                       .samples = b->dump.samples};
    options.weak_below = cph_calibrate_weak_below(b->o);
    options.relative = !cph_calibrate_has_flux(b->o);
    for (size_t k = 0; k < d->antennas && reference != SIZE_MAX; k++)
        if (d->place[2 * k] == reference)
            options.reference = k;
    const cph_status status =
        cph_health_finite(inputs, b->dump.r, inputs, b->dump.has_diagonal, d->flag);
    return status == CPH_OK ? cph_jones_solve(&problem, &options, &d->found, error)
                            : cph_fail(error, status, "%s", cph_status_name(status));
}

/* Both polarisations of one time and channel. */
static cph_exit solve_pair(cph_calibrate_bench *b, cph_calibrated *made, desk *d,
                           cph_calibrate_row *const *row)
{
    bool spoilt = false;
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
    cph_error error = {.status = CPH_OK};
    const cph_status status = solve_cell(b, made, d, &error);
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
        say(b->o, d, row[side], side);
    }
    return CPH_EXIT_DONE;
}

static cph_exit solve(cph_calibrate_bench *b, cph_calibrated *made)
{
    const cph_cli *const cli = &b->o->cli;
    if (b->input->selections != 2)
        return cph_report_line(cli->name, CPH_EXIT_INPUT,
                               "%s: --method jones needs inputs X and Y, and both chosen",
                               cli->input);
    desk d = {.antennas = 0};
    cph_exit code = CPH_EXIT_DONE;
    if (desk_open(b, &d) && cph_calibration_add_leakages(&made->calibration) == CPH_OK)
        pair_up(b->input, &d);
    else
        code = cph_report_memory(cli->name);
    if (code == CPH_EXIT_DONE && d.antennas == 0)
        code = cph_report_line(cli->name, CPH_EXIT_INPUT,
                               "%s: no number is that of an input X and of an input Y", cli->input);
    const size_t half = made->rows / 2;
    for (size_t i = 0; i < half && code == CPH_EXIT_DONE; i++) {
        cph_calibrate_row *const row[2] = {&made->row[i], &made->row[half + i]};
        code = solve_pair(b, made, &d, row);
    }
    desk_free(&d);
    return code;
}

static cph_exit check(const cph_calibrate_options *o)
{
    if (o->sources == 0)
        return cph_report_line(o->cli.name, CPH_EXIT_USAGE,
                               "--source: --method jones needs one at least");
    return o->sources == 1 || cph_calibrate_has_flux(o)
               ? CPH_EXIT_DONE
               : cph_report_line(o->cli.name, CPH_EXIT_USAGE,
                                 "--source: --method jones needs the powers of several sources");
}

const cph_calibrate_method cph_calibrate_jones = {
    .name = "jones",
    .input = CPH_TAKES_CAPTURE | CPH_TAKES_COVARIANCE | CPH_NEEDS_FREQUENCY | CPH_NEEDS_POSITIONS,
    .options = CPH_OF_SOURCES CPH_OF_COVARIANCES " flux= reference weak-below",
    .check = check,
    .solve = solve};
