/* SPDX-License-Identifier: MIT */
#include "cli/calibrate_solve.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "calib/median.h"
#include "cli/calibrate_method.h"
#include "cli/progress.h"

/* ---- one solution ---- */

/* Index of a selection's element in the arrays of the calibration. */
static size_t place_of(const cph_calibrated *made, const cph_calibrate_row *row, size_t n)
{
    return row->base + made->place[row->selection->index[n]];
}

/* Of the elements that have it. */
static double median_of(const cph_calibrate_bench *b, const cph_gain_solution *found,
                        const double *value, size_t elements)
{
    size_t good = 0;
    for (size_t n = 0; n < elements; n++)
        if (found->flag[n] == CPH_FLAG_NONE && !isnan(value[n]))
            b->scratch[good++] = value[n];
    return cph_median(b->scratch, good);
}

void cph_calibrate_keep(const cph_calibrate_bench *b, const cph_gain_solution *found,
                        cph_calibrate_row *row, cph_calibrated *made)
{
    const size_t elements = row->selection->elements;
    cph_calibration *c = &made->calibration;
    for (size_t n = 0; n < elements; n++) {
        const size_t at = place_of(made, row, n);
        c->gain[at] = found->gain[n];
        c->flag[at] = found->flag[n];
        c->phase_sigma[at] = found->phase_sigma[n];
        c->amplitude_sigma[at] = found->amplitude_sigma[n];
        row->flagged += found->flag[n] != CPH_FLAG_NONE;
    }
    row->phase_sigma_deg = median_of(b, found, found->phase_sigma, elements) * 180.0 / M_PI;
    row->amplitude_sigma = median_of(b, found, found->amplitude_sigma, elements);
    row->found = *found;
    row->found.gain = NULL;
    row->found.phase_sigma = row->found.amplitude_sigma = NULL;
    row->found.flag = NULL;
}

void cph_calibrate_fail(const cph_calibrate_bench *b, cph_calibrate_row *row, cph_calibrated *made)
{
    row->flagged = row->selection->elements;
    for (size_t n = 0; n < row->selection->elements; n++)
        if (b->flag[n] != CPH_FLAG_NONE)
            made->calibration.flag[place_of(made, row, n)] = b->flag[n];
}

cph_exit cph_calibrate_load(cph_calibrate_bench *b, cph_calibrate_row *row, cph_calibrated *made)
{
    const cph_selection *selection = row->selection;
    bool spoilt = false;
    const cph_exit code = cph_calibrate_grid_read(&made->grid, b->input, selection, row->slot[0],
                                                  row->channel, b->o->samples, &b->dump, &spoilt);
    if (code != CPH_EXIT_DONE)
        return code;
    row->freq_hz = b->dump.freq_hz;
    row->time_unix_s = b->dump.time_unix_s;
    made->calibration.channel_freq_hz[row->slot[1]] = row->freq_hz;
    made->calibration.time_unix_s[row->slot[0]] = row->time_unix_s;
    memcpy(b->flag, selection->flag, selection->elements);
    for (size_t n = 0; n < selection->elements && spoilt; n++)
        if (b->flag[n] == CPH_FLAG_NONE)
            b->flag[n] = CPH_FLAG_INTERFERENCE;
    return b->o->method->gaps ? cph_input_health_gaps(b->input, &b->dump, b->flag)
                              : cph_input_health(b->input, &b->dump, b->flag);
}

cph_gain_solution cph_calibrate_found(cph_calibrate_bench *b, const cph_calibrate_row *row)
{
    return (cph_gain_solution){.gain = b->gain,
                               .phase_sigma = b->sigma,
                               .amplitude_sigma = b->sigma + row->selection->elements,
                               .flag = b->flag,
                               .flux = row->found.flux,
                               .explained_before = NAN,
                               .explained_after = NAN,
                               .chi2_dof = NAN,
                               .dof = NAN,
                               .second_eigenvalue = NAN,
                               .residual_excess = NAN};
}

static cph_exit solve_row(cph_calibrate_bench *b, cph_calibrate_solver *solve, void *context,
                          cph_calibrate_row *row, cph_calibrated *made)
{
    const cph_exit code = cph_calibrate_load(b, row, made);
    if (code != CPH_EXIT_DONE)
        return code;
    cph_gain_solution found = cph_calibrate_found(b, row);
    const cph_status status = solve(context, b, made, row, &found);
    if (status == CPH_ERR_MEMORY)
        return cph_report(b->o->cli.name, &row->error);
    if (status == CPH_OK)
        cph_calibrate_keep(b, &found, row, made);
    else
        cph_calibrate_fail(b, row, made);
    return CPH_EXIT_DONE;
}

/* ---- all of them ---- */

cph_exit cph_calibrate_each(cph_calibrate_bench *b, cph_calibrated *made,
                            cph_calibrate_solver *solve, void *context)
{
    const cph_cli *cli = &b->o->cli;
    cph_progress progress;
    cph_exit code = CPH_EXIT_DONE;
    /* A capture's stream has a bar of its own. */
    const bool bar = b->input->header->kind == CPH_KIND_COVARIANCE;
    cph_interrupt_catch();
    cph_progress_start(&progress, cli, cli->name, bar ? made->rows : 0);
    for (size_t i = 0; i < made->rows && code == CPH_EXIT_DONE; i++) {
        code = cph_interrupted() ? cph_report_line(cli->name, CPH_EXIT_FAILED, "interrupted")
                                 : solve_row(b, solve, context, &made->row[i], made);
        cph_progress_update(&progress, i + 1);
    }
    cph_progress_end(&progress);
    return code;
}

/* Chi-square of all polarisations together, over their degrees of freedom. */
static void pool_chi2(cph_calibrated *made)
{
    const size_t grid = made->times * made->channels;
    for (size_t at = 0; at < grid; at++) {
        double chi2 = 0.0, dof = 0.0;
        for (size_t i = at; i < made->rows; i += grid) {
            const cph_gain_solution *found = &made->row[i].found;
            if (made->row[i].error.status != CPH_OK || !isfinite(found->chi2_dof))
                continue;
            chi2 += found->chi2_dof * found->dof;
            dof += found->dof;
        }
        made->calibration.chi2_dof[at] = dof > 0.0 ? chi2 / dof : NAN;
    }
}

/* Nothing of use is a failure. */
static cph_exit check_use(const cph_calibrate_bench *b, const cph_calibrated *made)
{
    const cph_cli *cli = &b->o->cli;
    const cph_calibrate_row *row = made->row;
    char name[80];
    for (size_t i = 0; i < made->rows; i++)
        if (row[i].error.status == CPH_OK && row[i].flagged < row[i].selection->elements)
            return CPH_EXIT_DONE;
    cph_calibrate_row_name(made, row, sizeof name, name);
    if (row->error.status == CPH_OK)
        return cph_report_line(cli->name, CPH_EXIT_FAILED, "%s: %s%sthe solver stopped as %s",
                               cli->input, name, name[0] != '\0' ? ": " : "",
                               cph_stop_name(row->found.stop));
    return cph_report_line(cli->name, CPH_EXIT_INPUT, "%s: %s%s%s", cli->input, name,
                           name[0] != '\0' ? ": " : "", row->error.message);
}

cph_exit cph_calibrate_solve(const cph_calibrate_options *options, const cph_input *input,
                             cph_calibrated *made)
{
    *made = (cph_calibrated){0};
    cph_calibrate_bench b = {.o = options, .input = input};
    cph_exit code = cph_calibrate_prepare(&b, made);
    if (code == CPH_EXIT_DONE)
        code = options->method->solve(&b, made);
    if (code == CPH_EXIT_DONE)
        code = check_use(&b, made);
    if (code == CPH_EXIT_DONE)
        pool_chi2(made);
    cph_calibrate_bench_free(&b);
    return code;
}

void cph_calibrated_free(cph_calibrated *made)
{
    cph_calibration_free(&made->calibration);
    for (size_t i = 0; made->row != NULL && i < made->rows; i++)
        json_decref(made->row[i].extra);
    free(made->row);
    free(made->flux);
    free(made->direction);
    free(made->place);
    cph_calibrate_grid_free(&made->grid);
    *made = (cph_calibrated){0};
}

void cph_calibrate_gains(const cph_calibrated *made, const cph_calibrate_row *row, cph_c64 *gain,
                         unsigned char *flag)
{
    for (size_t n = 0; n < row->selection->elements; n++) {
        gain[n] = made->calibration.gain[place_of(made, row, n)];
        flag[n] = made->calibration.flag[place_of(made, row, n)];
    }
}

void cph_calibrate_row_name(const cph_calibrated *made, const cph_calibrate_row *row, size_t size,
                            char *text)
{
    const bool both = made->rows > made->times * made->channels;
    size_t used = 0;
    text[0] = '\0';
    if (row->selection->polarization != 0 && both)
        used += (size_t)snprintf(text, size, "polarisation %c", row->selection->polarization);
    if (made->times > 1 && used < size)
        used += (size_t)snprintf(text + used, size - used, "%stime %zu", used > 0 ? ", " : "",
                                 row->time);
    if (made->channels > 1 && used < size)
        (void)snprintf(text + used, size - used, "%schannel %zu", used > 0 ? ", " : "",
                       row->channel);
}
