/* SPDX-License-Identifier: MIT */
#include "cli/compare_pair.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/gain_path.h"
#include "cli/geometry.h"
#include "kernels/core/fail.h"

/* Words of a gauge that has set what files would differ in. */
static const char *const scale_set = "mean |g", *const slope_set = "slopes 0";

/* ---- which elements ---- */

static bool has_polarization(const cph_array *array, char polarization)
{
    for (size_t n = 0; n < array->elements; n++)
        if (array->element[n].polarization == polarization)
            return true;
    return false;
}

static cph_status group_open(const cph_calibration calibration[2], char polarization,
                             cph_compare_group *g)
{
    const cph_array *const array = &calibration[0].array;
    const size_t n = array->elements;
    g->polarization = polarization;
    g->index[0] = calloc(n, sizeof *g->index[0]);
    g->index[1] = calloc(n, sizeof *g->index[1]);
    g->position = calloc(n, 3 * sizeof *g->position);
    if (g->index[0] == NULL || g->index[1] == NULL || g->position == NULL)
        return CPH_ERR_MEMORY;
    for (size_t i = 0; i < n; i++) {
        if (array->element[i].polarization != polarization)
            continue;
        g->index[1][g->elements] = cph_array_find(&calibration[1].array, &array->element[i]);
        g->index[0][g->elements++] = i;
    }
    return cph_array_select(array, g->index[0], g->elements, &g->array);
}

/* A difference beam has its null where it looks: nothing there can be lost. Weights that cancel do
 * to roundings. */
static cph_status check_sum(const cph_compare_options *o, const cph_compare_group *g,
                            cph_error *error)
{
    double sum = 0.0, size = 0.0;
    for (size_t n = 0; n < g->elements; n++) {
        sum += g->taper[n];
        size += fabs(g->taper[n]);
    }
    if (fabs(sum) > 1e-9 * size)
        return CPH_OK;
    return cph_fail(error, CPH_ERR_ARGUMENT,
                    "--taper %s: has its null in the look direction, where beams are compared; "
                    "expected a taper whose beam has its peak there",
                    o->cli.taper_text);
}

static cph_status group_aim(const cph_compare_options *o, cph_compare_group *g, cph_error *error)
{
    cph_status status = cph_array_positions(&g->array, g->position);
    if (status != CPH_OK)
        return cph_fail(error, status,
                        "%s: /array/position: missing; a comparison needs positions, as "
                        "--data FILE may have them",
                        o->cli.input);
    status = cph_direction_resolve(&o->cli.steer.item[0], &g->array, g->look, error);
    if (status != CPH_OK || o->cli.taper_text == NULL)
        return status;
    g->taper = calloc(g->elements, sizeof *g->taper);
    status = g->taper == NULL ? CPH_ERR_MEMORY
                              : cph_taper_array(&o->cli.taper, g->elements, g->position,
                                                g->array.pitch_m, g->taper);
    if (status != CPH_OK)
        return cph_fail(error, status, "--taper %s: %s", o->cli.taper_text,
                        cph_status_name(status));
    return check_sum(o, g, error);
}

static cph_status make_groups(const cph_compare_options *o, cph_compare_pair *p, cph_error *error)
{
    static const char polarizations[] = {'X', 'Y', '\0'};
    const cph_array *const before = &p->calibration[0].array, *const after =
                                                                  &p->calibration[1].array;
    for (size_t k = 0; k < sizeof polarizations; k++) {
        if (!has_polarization(before, polarizations[k]) ||
            p->groups == sizeof p->group / sizeof p->group[0])
            continue;
        cph_compare_group *const g = &p->group[p->groups++];
        cph_status status = group_open(p->calibration, polarizations[k], g);
        if (status == CPH_OK)
            status = group_aim(o, g, error);
        else
            (void)cph_fail(error, status, "%s: %s", o->cli.input, cph_status_name(status));
        if (status != CPH_OK)
            return status;
    }
    for (size_t n = 0; n < after->elements; n++)
        p->only_after += cph_array_find(before, &after->element[n]) == before->elements;
    return CPH_OK;
}

/* ---- the gains ---- */

static cph_status estimate_create(size_t elements, cph_gain_estimate *e)
{
    *e = (cph_gain_estimate){.gain = calloc(elements, sizeof *e->gain),
                             .phase_sigma = calloc(elements, sizeof(double)),
                             .amplitude_sigma = calloc(elements, sizeof(double)),
                             .flag = calloc(elements, 1)};
    return e->gain != NULL && e->phase_sigma != NULL && e->amplitude_sigma != NULL &&
                   e->flag != NULL
               ? CPH_OK
               : CPH_ERR_MEMORY;
}

static void estimate_free(cph_gain_estimate *e)
{
    free(e->gain);
    free(e->phase_sigma);
    free(e->amplitude_sigma);
    free(e->flag);
}

static void take(const cph_calibration *c, size_t time, size_t channel, const size_t *index,
                 size_t elements, cph_gain_estimate *e)
{
    const size_t base = (time * c->channels + channel) * c->array.elements;
    for (size_t i = 0; i < elements; i++) {
        const bool known = index[i] < c->array.elements;
        const size_t at = known ? base + index[i] : 0;
        e->flag[i] = known ? c->flag[at] : (unsigned char)CPH_FLAG_UNSOLVED;
        e->gain[i] = known ? c->gain[at] : (cph_c64){(double)NAN, (double)NAN};
        e->phase_sigma[i] = known ? c->phase_sigma[at] : (double)NAN;
        e->amplitude_sigma[i] = known ? c->amplitude_sigma[at] : (double)NAN;
    }
}

/* Elements of a group that B has. */
static size_t count_found(const cph_compare_pair *p, const cph_compare_group *g)
{
    size_t found = 0;
    for (size_t i = 0; i < g->elements; i++)
        found += g->index[1][i] < p->calibration[1].array.elements;
    return found;
}

/* A polarisation is lost where B has none of it but has another. */
static bool is_lost(const cph_compare_pair *p, const cph_compare_group *g)
{
    size_t others = 0;
    for (size_t k = 0; k < p->groups; k++)
        others += count_found(p, &p->group[k]);
    return others > 0 && count_found(p, g) == 0;
}

/* The checks of every calibration that is used for an array: matched inputs, positions, frequency.
 */
static cph_status check_match(const cph_compare_options *o, const cph_compare_pair *p,
                              cph_compare_row *row, cph_error *error)
{
    cph_error why;
    cph_gain_estimate *const e = &row->estimate[1];
    const cph_calibration *const after = &p->calibration[1];
    cph_status status = CPH_OK;
    if (!is_lost(p, row->group))
        status = cph_calibration_lookup(after, &row->group->array, row->freq_hz, o->time[1],
                                        e->gain, e->flag, &why);
    if (status == CPH_OK)
        status = cph_channel_find(after->channel_freq_hz, after->channels, row->freq_hz,
                                  &row->channel[1], &why);
    return status == CPH_OK ? CPH_OK : cph_fail(error, status, "%s: %s", o->after, why.message);
}

/* ---- one comparison ---- */

static size_t find_worst(const cph_compare_row *row)
{
    size_t worst = 0;
    double most = -1.0;
    for (size_t n = 0; n < row->group->elements; n++) {
        const double size = hypot(row->change.phase_residual[n], row->change.amplitude_residual[n]);
        if (size > most) {
            most = size;
            worst = n;
        }
    }
    return worst;
}

/* Of a row without a comparison, too. */
static void count_gains(cph_compare_row *row)
{
    row->change.used = row->change.lost = row->change.recovered = 0;
    for (size_t n = 0; n < row->group->elements; n++) {
        const bool before = row->estimate[0].flag[n] == CPH_FLAG_NONE;
        const bool after = row->estimate[1].flag[n] == CPH_FLAG_NONE;
        row->change.used += before && after;
        row->change.lost += before && !after;
        row->change.recovered += after && !before;
    }
}

/* Errors of the files are the verb's; a row's own ends in it. */
static cph_status compare(const cph_compare_options *o, const cph_compare_pair *p,
                          cph_compare_row *row)
{
    const cph_compare_group *const g = row->group;
    const cph_compare_config config = {.elements = g->elements,
                                       .position = g->position,
                                       .freq_hz = row->freq_hz,
                                       .before = &row->estimate[0],
                                       .after = &row->estimate[1]};
    cph_compare_view view = {.taper = g->taper, .relative = !p->has_scale, .exec = &o->cli.exec};
    memcpy(view.look, g->look, sizeof view.look);
    take(&p->calibration[0], o->time[0], row->channel[0], g->index[0], g->elements,
         &row->estimate[0]);
    take(&p->calibration[1], o->time[1], row->channel[1], g->index[1], g->elements,
         &row->estimate[1]);
    cph_status status = cph_compare(&config, &row->change, &row->error);
    if (status != CPH_OK) {
        count_gains(row);
        return status;
    }
    status = cph_compare_point(&row->change, row->freq_hz, g->look, &row->pointing);
    if (status == CPH_OK)
        status = cph_compare_predict(&config, &row->change, &view, &row->effect);
    if (status != CPH_OK)
        return cph_fail(&row->error, status, "beams: %s", cph_status_name(status));
    row->worst = find_worst(row);
    return CPH_OK;
}

static cph_status row_open(const cph_compare_options *o, cph_compare_pair *p, size_t index,
                           cph_error *error)
{
    const size_t channels = o->channel == SIZE_MAX ? p->calibration[0].channels : 1;
    const size_t channel = o->channel == SIZE_MAX ? index % channels : o->channel;
    cph_compare_row *const row = &p->row[index];
    row->group = &p->group[index / channels];
    row->channel[0] = channel;
    row->freq_hz = p->calibration[0].channel_freq_hz[channel];
    row->error.status = CPH_OK;
    const size_t n = row->group->elements;
    row->change.phase_residual = calloc(n, sizeof(double));
    row->change.amplitude_residual = calloc(n, sizeof(double));
    if (estimate_create(n, &row->estimate[0]) != CPH_OK ||
        estimate_create(n, &row->estimate[1]) != CPH_OK || row->change.phase_residual == NULL ||
        row->change.amplitude_residual == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "out of memory");
    if (isnan(row->freq_hz))
        return cph_fail(error, CPH_ERR_MISSING,
                        "%s: /channel_freq_hz: missing; a comparison "
                        "needs the frequency",
                        o->cli.input);
    return check_match(o, p, row, error);
}

static cph_exit compare_all(const cph_compare_options *o, cph_compare_pair *p)
{
    size_t done = 0;
    cph_error error = {.status = CPH_OK};
    const size_t channels = o->channel == SIZE_MAX ? p->calibration[0].channels : 1;
    p->row = calloc(p->groups * channels, sizeof *p->row);
    if (p->row == NULL)
        return cph_report_memory(o->cli.name);
    for (size_t i = 0; i < p->groups * channels; i++) {
        p->rows = i + 1;
        if (row_open(o, p, i, &error) != CPH_OK)
            return cph_report_input(o->cli.name, &error);
        done += compare(o, p, &p->row[i]) == CPH_OK;
    }
    if (done > 0)
        return CPH_EXIT_DONE;
    return cph_report_line(o->cli.name, cph_exit_of(p->row[0].error.status), "%s, %s: %s",
                           o->cli.input, o->after, p->row[0].error.message);
}

/* ---- the whole ---- */

static cph_exit check_indices(const cph_compare_options *o, const cph_compare_pair *p)
{
    const char *const path[2] = {o->cli.input, o->after};
    for (size_t k = 0; k < 2; k++)
        if (o->time[k] >= p->calibration[k].times)
            return cph_report_line(o->cli.name, CPH_EXIT_USAGE, "--time %zu: %s has %zu",
                                   o->time[k], path[k], p->calibration[k].times);
    if (o->channel != SIZE_MAX && o->channel >= p->calibration[0].channels)
        return cph_report_line(o->cli.name, CPH_EXIT_USAGE, "--channel %zu: %s has %zu", o->channel,
                               path[0], p->calibration[0].channels);
    return CPH_EXIT_DONE;
}

/* The same sign of the time factor. */
static cph_exit adapt(const cph_compare_options *o, cph_calibration calibration[2])
{
    cph_exit code = cph_gains_settle(&o->cli, o->cli.input, &calibration[0]);
    if (code == CPH_EXIT_DONE)
        code = cph_gains_settle(&o->cli, o->after, &calibration[1]);
    if (code != CPH_EXIT_DONE)
        return code;
    if (calibration[0].time_factor == calibration[1].time_factor)
        return CPH_EXIT_DONE;
    return cph_report_line(o->cli.name, CPH_EXIT_INPUT,
                           "%s: /gain: does not say its time_factor, %s does; name data that they "
                           "are for by --data FILE",
                           calibration[0].time_factor ? o->after : o->cli.input,
                           calibration[0].time_factor ? o->cli.input : o->after);
}

cph_exit cph_compare_pair_make(const cph_compare_options *options, cph_compare_pair *pair)
{
    cph_error error = {.status = CPH_OK};
    *pair = (cph_compare_pair){.groups = 0};
    cph_calibration *const c = pair->calibration;
    cph_status status = cph_calibration_read(options->cli.input, &c[0], &error);
    if (status == CPH_OK)
        status = cph_gains_read(options->after, c[0].path, &c[1], &error);
    if (status != CPH_OK)
        return cph_report_input(options->cli.name, &error);
    pair->has_scale =
        strstr(c[0].gauge, scale_set) == NULL && strstr(c[1].gauge, scale_set) == NULL;
    pair->has_slope =
        strstr(c[0].gauge, slope_set) == NULL && strstr(c[1].gauge, slope_set) == NULL;
    cph_exit code = adapt(options, c);
    if (code == CPH_EXIT_DONE)
        code = check_indices(options, pair);
    if (code != CPH_EXIT_DONE)
        return code;
    if (make_groups(options, pair, &error) != CPH_OK)
        return cph_report_input(options->cli.name, &error);
    return compare_all(options, pair);
}

void cph_compare_pair_free(cph_compare_pair *pair)
{
    for (size_t i = 0; i < pair->rows; i++) {
        estimate_free(&pair->row[i].estimate[0]);
        estimate_free(&pair->row[i].estimate[1]);
        free(pair->row[i].change.phase_residual);
        free(pair->row[i].change.amplitude_residual);
    }
    free(pair->row);
    for (size_t i = 0; i < pair->groups; i++) {
        free(pair->group[i].index[0]);
        free(pair->group[i].index[1]);
        free(pair->group[i].position);
        free(pair->group[i].taper);
        cph_array_free(&pair->group[i].array);
    }
    cph_calibration_free(&pair->calibration[0]);
    cph_calibration_free(&pair->calibration[1]);
    *pair = (cph_compare_pair){.groups = 0};
}
