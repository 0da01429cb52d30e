/* SPDX-License-Identifier: MIT */
#include "cli/calibrate_solve.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "calib/median.h"
#include "cli/calibrate_redundant.h"
#include "cli/geometry.h"
#include "cli/progress.h"
#include "kernels/core/size.h"

/* What one solution after the other uses. */
typedef struct bench {
    const cph_calibrate_options *o;
    const cph_input *input;
    size_t first_time, first_channel;
    size_t reference[2]; /* index in each selection, or SIZE_MAX */
    cph_redundant_desk desk;
    cph_dump dump;
    unsigned char *flag; /* [N] */
    cph_c64 *gain;       /* [N] */
    double *sigma;       /* [2 N]: phase, amplitude */
    double *scratch;     /* [N] */
} bench;

/* ---- what there is to solve ---- */

static cph_exit check_indices(const cph_calibrate_options *o, const cph_input *input)
{
    const size_t times = cph_input_dumps(input), channels = input->header->channels;
    if (times == 0 || input->times == 0 || input->selections == 0)
        return cph_report_line(o->cli.name, CPH_EXIT_INPUT, "%s: %zu times of %zu elements",
                               o->cli.input, input->times, input->header->array.elements);
    if (o->time != CPH_ALL && o->time >= times)
        return cph_report_line(o->cli.name, CPH_EXIT_USAGE, "--time %zu: %s has %zu", o->time,
                               o->cli.input, times);
    if (o->channel != CPH_ALL && o->channel >= channels)
        return cph_report_line(o->cli.name, CPH_EXIT_USAGE, "--channel %zu: %s has %zu", o->channel,
                               o->cli.input, channels);
    return CPH_EXIT_DONE;
}

static cph_exit resolve_sources(const cph_calibrate_options *o, const cph_input *input,
                                double *direction)
{
    cph_error error = {.status = CPH_OK};
    for (size_t i = 0; i < o->sources; i++)
        if (cph_direction_resolve(&o->direction[i], &input->header->array, direction + 3 * i,
                                  &error) != CPH_OK)
            return cph_report_input(o->cli.name, &error);
    return CPH_EXIT_DONE;
}

/* The inputs of all selections in the order of the file. */
static cph_status merge(const cph_input *input, cph_calibrated *made)
{
    const cph_array *all = &input->header->array;
    size_t *index = calloc(all->elements + 1, sizeof *index), count = 0;
    cph_array array = {0};
    made->place = calloc(all->elements + 1, sizeof *made->place);
    if (index == NULL || made->place == NULL) {
        free(index);
        return CPH_ERR_MEMORY;
    }
    for (size_t i = 0; i < input->selections; i++)
        for (size_t n = 0; n < input->selection[i].elements; n++)
            made->place[input->selection[i].index[n]] = 1; /* wanted */
    for (size_t n = 0; n < all->elements; n++)
        if (made->place[n] != 0) {
            made->place[n] = count;
            index[count++] = n;
        }
    cph_status status = cph_array_select(all, index, count, &array);
    if (status == CPH_OK)
        status = cph_calibration_create(&array, made->times, made->channels, &made->calibration);
    if (status == CPH_OK)
        made->calibration.path = input->cli->path;
    cph_array_free(&array);
    free(index);
    return status;
}

static cph_status make_rows(const bench *b, cph_calibrated *made)
{
    const cph_input *input = b->input;
    size_t grid, flux;
    if (!cph_size_mul(made->times, made->channels, &grid) ||
        !cph_size_mul(grid, input->selections, &made->rows) ||
        !cph_size_mul(made->rows, b->o->sources, &flux))
        return CPH_ERR_OVERFLOW;
    made->row = calloc(made->rows + 1, sizeof *made->row);
    made->flux = calloc(flux + 1, sizeof *made->flux);
    if (made->row == NULL || made->flux == NULL)
        return CPH_ERR_MEMORY;
    for (size_t i = 0; i < made->rows; i++)
        made->row[i] = (cph_calibrate_row){.selection = &input->selection[i / grid],
                                           .base = i % grid * made->calibration.array.elements,
                                           .time = b->first_time + i % grid / made->channels,
                                           .channel = b->first_channel + i % made->channels,
                                           .found = {.flux = made->flux + i * b->o->sources}};
    return CPH_OK;
}

static void name_gauge(const cph_calibrate_options *o, size_t size, char *text)
{
    if (o->redundant.wanted) {
        snprintf(text, size, "%s",
                 o->sources > 0 ? "mean phase 0, slopes and |g| by given sources"
                                : "mean phase and phase slopes 0, mean |g| 1");
        return;
    }
    char phase[40] = "mean phase 0";
    if (o->reference != SIZE_MAX)
        snprintf(phase, sizeof phase, "phase of element %zu 0", o->reference);
    snprintf(text, size, "%s, %s", phase,
             cph_calibrate_has_flux(o) ? "|g| by given powers" : "mean |g| 1");
}

/* The reference element in each selection. */
static cph_exit find_reference(bench *b)
{
    for (size_t i = 0; i < b->input->selections; i++) {
        const cph_selection *selection = &b->input->selection[i];
        b->reference[i] = SIZE_MAX;
        if (b->o->reference == SIZE_MAX)
            continue;
        size_t n = 0;
        while (n < selection->elements && selection->array.element[n].number != b->o->reference)
            n++;
        if (n == selection->elements)
            return cph_report_line(b->o->cli.name, CPH_EXIT_USAGE,
                                   "--reference: %s has no element %zu%.1s", b->o->cli.input,
                                   b->o->reference, &selection->polarization);
        b->reference[i] = n;
    }
    return CPH_EXIT_DONE;
}

static cph_exit prepare(bench *b, cph_calibrated *made)
{
    const cph_calibrate_options *o = b->o;
    cph_exit code = check_indices(o, b->input);
    if (code == CPH_EXIT_DONE)
        code = find_reference(b);
    if (code != CPH_EXIT_DONE)
        return code;
    b->first_time = o->time == CPH_ALL ? 0 : o->time;
    b->first_channel = o->channel == CPH_ALL ? 0 : o->channel;
    made->times = o->time == CPH_ALL ? cph_input_dumps(b->input) : 1;
    made->channels = o->channel == CPH_ALL ? b->input->header->channels : 1;
    cph_status status = merge(b->input, made);
    if (status == CPH_OK)
        status = make_rows(b, made);
    if (status != CPH_OK)
        return cph_report_line(o->cli.name, cph_exit_of(status), "%s: %zu dumps x %zu channels: %s",
                               o->cli.input, made->times, made->channels, cph_status_name(status));
    const size_t n = made->calibration.array.elements;
    b->flag = calloc(n, sizeof *b->flag);
    b->gain = calloc(n, sizeof *b->gain);
    b->sigma = calloc(n, 2 * sizeof *b->sigma);
    b->scratch = calloc(n, sizeof *b->scratch);
    made->direction = calloc(o->sources, 3 * sizeof *made->direction);
    if (b->flag == NULL || b->gain == NULL || b->sigma == NULL || b->scratch == NULL ||
        made->direction == NULL)
        return cph_report_memory(o->cli.name);
    name_gauge(o, sizeof made->calibration.gauge, made->calibration.gauge);
    return resolve_sources(o, b->input, made->direction);
}

/* ---- one solution ---- */

/* Index of a selection's element in the arrays of the calibration. */
static size_t place_of(const cph_calibrated *made, const cph_calibrate_row *row, size_t n)
{
    return row->base + made->place[row->selection->index[n]];
}

/* Of the elements that have gains. */
static double median_of(const bench *b, const cph_gain_solution *found, const double *value,
                        size_t elements)
{
    size_t good = 0;
    for (size_t n = 0; n < elements; n++)
        if (found->flag[n] == CPH_FLAG_NONE)
            b->scratch[good++] = value[n];
    return cph_median(b->scratch, good);
}

static void keep(const bench *b, const cph_gain_solution *found, cph_calibrate_row *row,
                 cph_calibrated *made)
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

/* No gains; what was known before remains the reason. */
static void keep_flags(const bench *b, cph_calibrate_row *row, cph_calibrated *made)
{
    row->flagged = row->selection->elements;
    for (size_t n = 0; n < row->selection->elements; n++)
        if (b->flag[n] != CPH_FLAG_NONE)
            made->calibration.flag[place_of(made, row, n)] = b->flag[n];
}

static cph_gain_problem problem_of(const bench *b, const cph_selection *selection,
                                   const double *direction)
{
    const cph_calibrate_options *o = b->o;
    const double f = b->dump.freq_hz;
    return (cph_gain_problem){.elements = selection->elements,
                              .r = b->dump.r,
                              .ld = selection->elements,
                              .has_diagonal = b->dump.has_diagonal,
                              .position = selection->position,
                              .freq_hz = f,
                              .sources = o->sources,
                              .direction = direction,
                              .flux = cph_calibrate_has_flux(o) ? o->flux : NULL,
                              .min_baseline_wl = cph_length_wavelengths(o->min_baseline, f),
                              .max_baseline_wl = cph_length_wavelengths(o->max_baseline, f),
                              .samples = o->samples > 0.0 ? o->samples : b->dump.samples};
}

static cph_status solve(bench *b, const double *direction, cph_calibrate_row *row,
                        cph_gain_solution *found)
{
    if (b->o->redundant.wanted)
        return cph_calibrate_redundant(&b->desk, b->o, &b->dump, direction, row, found);
    const cph_selection *selection = row->selection;
    const cph_gain_problem problem = problem_of(b, selection, direction);
    cph_gain_options options = cph_gain_defaults();
    options.reference = b->reference[selection - b->input->selection];
    options.tolerance = b->o->tolerance;
    if (b->o->max_iterations > 0)
        options.max_iterations = (unsigned)b->o->max_iterations;
    if (options.reference != SIZE_MAX && b->flag[options.reference] != CPH_FLAG_NONE)
        return cph_fail(&row->error, CPH_ERR_TOO_FEW, "the reference element %zu is %s",
                        b->o->reference, cph_flag_name((cph_flag)b->flag[options.reference]));
    const cph_status status = cph_gains_solve(&problem, &options, found, &row->error);
    /* Fluxes and limits were checked before: it has turned out to be weak or dead. */
    return status == CPH_ERR_ARGUMENT && options.reference != SIZE_MAX
               ? cph_fail(&row->error, CPH_ERR_TOO_FEW,
                          "the reference element %zu has next to no gain", b->o->reference)
               : status;
}

/* What is wrong with the data of a row is its own affair; what stops the verb is returned. */
static cph_exit solve_row(bench *b, cph_calibrate_row *row, cph_calibrated *made)
{
    const cph_selection *selection = row->selection;
    const size_t n = selection->elements;
    cph_exit code = cph_input_covariance(b->input, selection, row->time, row->channel, &b->dump);
    if (code != CPH_EXIT_DONE)
        return code;
    row->freq_hz = b->dump.freq_hz;
    row->time_unix_s = b->dump.time_unix_s;
    made->calibration.channel_freq_hz[row->channel - b->first_channel] = row->freq_hz;
    made->calibration.time_unix_s[row->time - b->first_time] = row->time_unix_s;
    memcpy(b->flag, selection->flag, n);
    code = cph_input_health(b->input, &b->dump, b->flag);
    if (code != CPH_EXIT_DONE)
        return code;
    cph_gain_solution found = {.gain = b->gain,
                               .phase_sigma = b->sigma,
                               .amplitude_sigma = b->sigma + n,
                               .flag = b->flag,
                               .flux = row->found.flux};
    const cph_status status = solve(b, made->direction, row, &found);
    if (status == CPH_ERR_MEMORY)
        return cph_report(b->o->cli.name, &row->error);
    if (status == CPH_OK)
        keep(b, &found, row, made);
    else
        keep_flags(b, row, made);
    return CPH_EXIT_DONE;
}

/* ---- all of them ---- */

static cph_exit solve_rows(bench *b, cph_calibrated *made)
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
                                 : solve_row(b, &made->row[i], made);
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
static cph_exit check_use(const bench *b, const cph_calibrated *made)
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
    bench b = {.o = options, .input = input};
    cph_exit code = prepare(&b, made);
    if (code == CPH_EXIT_DONE)
        code = solve_rows(&b, made);
    if (code == CPH_EXIT_DONE)
        code = check_use(&b, made);
    if (code == CPH_EXIT_DONE)
        pool_chi2(made);
    cph_redundant_desk_free(&b.desk);
    cph_dump_free(&b.dump);
    free(b.flag);
    free(b.gain);
    free(b.sigma);
    free(b.scratch);
    return code;
}

void cph_calibrated_free(cph_calibrated *made)
{
    cph_calibration_free(&made->calibration);
    for (size_t i = 0; made->row != NULL && i < made->rows; i++)
        free(made->row[i].chi2);
    free(made->row);
    free(made->flux);
    free(made->direction);
    free(made->place);
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
