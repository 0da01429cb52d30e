/* SPDX-License-Identifier: MIT */
/* The field on a plane in front of a known array, or what its elements hear of each other: made and
 * written. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/geometry.h"
#include "cli/history.h"
#include "cli/simulate_readings.h"
#include "cophase/coupling_calib.h"

typedef struct scene {
    const cph_simulate_options *o;
    cph_array array;
    cph_faults faults;
    cph_c64 *gain; /* [N] */
    bool coupled;
    cph_near_field_readings field;
    cph_coupling_readings coupling;
} scene;

static void scene_free(scene *s)
{
    cph_near_field_readings_free(&s->field);
    cph_coupling_readings_free(&s->coupling);
    cph_faults_free(&s->faults);
    cph_array_free(&s->array);
    free(s->gain);
}

typedef struct grid {
    double first, step;
    size_t count;
} grid;

/* Samples along axis k, the margin beyond the elements at either end. */
static cph_status lay_axis(const scene *s, const double *position, size_t k, grid *g,
                           cph_error *error)
{
    const cph_readings_choice *const c = &s->o->readings;
    const double margin = cph_length_metres(c->margin, s->o->freq_hz);
    double low = position[k], high = low;
    for (size_t n = 1; n < s->array.elements; n++) {
        low = fmin(low, position[3 * n + k]);
        high = fmax(high, position[3 * n + k]);
    }
    const double step = cph_length_metres(c->spacing, s->o->freq_hz),
                 steps = ceil((high - low + 2.0 * margin) / step);
    if (!(steps < (double)CPH_ELEMENTS_MAX))
        return cph_fail(error, CPH_ERR_ARGUMENT, "--spacing: makes %g samples a line", steps);
    *g = (grid){.first = 0.5 * (low + high - steps * step), .step = step, .count = 1};
    g->count += (size_t)steps;
    return CPH_OK;
}

static cph_status lay_grid(const scene *s, grid g[2], cph_error *error)
{
    double *const position = calloc(s->array.elements, 3 * sizeof *position);
    if (position == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "out of memory");
    cph_status status = cph_array_positions(&s->array, position);
    if (status != CPH_OK)
        (void)cph_fail(error, status, "%s: %s", s->o->array.text, cph_status_name(status));
    for (size_t k = 0; k < 2 && status == CPH_OK; k++)
        status = lay_axis(s, position, k, &g[k], error);
    free(position);
    return status;
}

static cph_status make_field(scene *s, cph_error *error)
{
    const cph_readings_choice *const c = &s->o->readings;
    const cph_sim_meter meter = {.noise = sqrt(c->noise), .seed = s->o->seed};
    cph_near_field_readings *const r = &s->field;
    grid g[2] = {{.step = NAN}, {.step = NAN}};
    cph_status status = lay_grid(s, g, error);
    if (status != CPH_OK)
        return status;
    status = cph_near_field_readings_create(&s->array, g[1].count, g[0].count, r);
    if (status != CPH_OK)
        return cph_fail(error, status, "%zu x %zu samples: %s", g[0].count, g[1].count,
                        cph_status_name(status));
    for (size_t k = 0; k < 2; k++) {
        r->origin_m[k] = g[k].first;
        r->spacing_m[k] = g[k].step;
    }
    r->height_m = cph_length_metres(c->height, s->o->freq_hz);
    r->probe_cosine = c->probe_cosine;
    r->element_cosine = c->element_cosine;
    r->freq_hz = s->o->freq_hz;
    r->truth = s->gain;
    s->gain = NULL;
    status = cph_simulate_field(&meter, r);
    return status == CPH_OK ? CPH_OK
                            : cph_fail(error, status, "%s",
                                       status == CPH_ERR_ARGUMENT
                                           ? "--height: not all elements stand below the plane"
                                           : cph_status_name(status));
}

/* ---- coupling ---- */

/* Elements of the edge, as calibrations find them. */
static cph_status find_edge(const scene *s, unsigned char *edge, cph_error *error)
{
    const size_t n = s->array.elements;
    double *const position = calloc(n, 3 * sizeof *position);
    if (position == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "out of memory");
    cph_status status = cph_array_positions(&s->array, position);
    if (status == CPH_OK)
        status = cph_coupling_edges(n, position, 0.0, 1, edge);
    free(position);
    return status == CPH_OK
               ? CPH_OK
               : cph_fail(error, status, "%s: %s", s->o->array.text, cph_status_name(status));
}

static cph_status couple(scene *s, const unsigned char *edge, cph_error *error)
{
    const double *const rms = s->o->readings.edge_errors;
    const cph_sim_meter meter = {.noise = sqrt(s->o->readings.noise), .seed = s->o->seed};
    const cph_sim_edge off = {.at = edge, .error_db = rms[0], .error_rad = rms[1]};
    const cph_status status = cph_simulate_coupling(&meter, &off, &s->coupling);
    return status == CPH_OK ? CPH_OK
                            : cph_fail(error, status, "%s: %s", s->o->array.text,
                                       status == CPH_ERR_NOT_FINITE ? "elements stand together"
                                                                    : cph_status_name(status));
}

static cph_status make_coupling(scene *s, cph_error *error)
{
    cph_coupling_readings *const r = &s->coupling;
    const double *const rms = s->o->readings.edge_errors;
    cph_status status = cph_coupling_readings_create(&s->array, r);
    if (status != CPH_OK)
        return cph_fail(error, status, "%zu elements: %s", s->array.elements,
                        cph_status_name(status));
    r->freq_hz = s->o->freq_hz;
    r->truth = s->gain;
    s->gain = NULL;
    status = cph_simulate_draw(s->o, &s->array, &s->faults, ~s->o->seed, &r->truth_transmit, error);
    if (status != CPH_OK)
        return status;
    unsigned char *const edge = calloc(s->array.elements, 1);
    if (edge == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "out of memory");
    if (rms[0] > 0.0 || rms[1] > 0.0)
        status = find_edge(s, edge, error);
    if (status == CPH_OK)
        status = couple(s, edge, error);
    free(edge);
    return status;
}

/* ---- what it says, and the files ---- */

static void put_field(json_t *object, const cph_near_field_readings *r)
{
    cph_json_set_count(object, "columns", r->columns);
    cph_json_set_count(object, "rows", r->rows);
    cph_json_set_number(object, "spacing_m", r->spacing_m[0]);
    cph_json_set_number(object, "height_m", r->height_m);
}

static cph_exit say(const scene *s)
{
    const cph_simulate_options *const o = s->o;
    const cph_near_field_readings *const r = &s->field;
    if (!o->cli.json) {
        if (s->coupled)
            printf("%s: %zu elements, what each hears of the others\n", o->cli.output,
                   s->array.elements);
        else
            printf("%s: %zu elements, %zu x %zu samples %.4g m in front\n", o->cli.output,
                   s->array.elements, r->columns, r->rows, r->height_m);
        return cph_stdout_check(&o->cli);
    }
    json_t *object = json_object();
    cph_json_set_text(object, "kind", cph_kind_name(o->readings.kind));
    cph_json_set_text(object, "output", o->cli.output);
    cph_json_set_text(object, "array", s->array.label);
    cph_json_set_count(object, "elements", s->array.elements);
    cph_json_set_number(object, "center_freq_hz", o->freq_hz);
    cph_json_set_text(object, "csv", o->readings.csv);
    if (!s->coupled)
        put_field(object, r);
    cph_json_set_number(object, "sigma", s->coupled ? s->coupling.sigma : r->sigma);
    cph_json_set(object, "dead", cph_faults_json(s->faults.dead, s->faults.dead_count));
    cph_json_set(object, "weak", cph_faults_json(s->faults.weak, s->faults.weak_count));
    cph_json_set(object, "cover",
                 cph_cover_json(cph_simulate_options_cover(o), &s->array, o->freq_hz));
    cph_json_set(object, "seed", cph_simulate_seed_json(o->seed));
    return cph_json_print(&o->cli, object);
}

static cph_exit write_files(const scene *s, const cph_history *history)
{
    const cph_cli *const cli = &s->o->cli;
    const char *const csv = s->o->readings.csv;
    cph_error error = {.status = CPH_OK};
    cph_status status = CPH_OK;
    if (csv != NULL)
        status = s->coupled ? cph_coupling_csv(csv, history->inputs, &s->coupling, &error)
                            : cph_near_field_csv(csv, history->inputs, &s->field, &error);
    if (status == CPH_OK)
        status =
            s->coupled
                ? cph_coupling_readings_write(cli->output, &s->coupling, &history->options, &error)
                : cph_near_field_readings_write(cli->output, &s->field, &history->options, &error);
    return status == CPH_OK ? CPH_EXIT_DONE : cph_report(cli->name, &error);
}

cph_exit cph_simulate_scan(const cph_simulate_options *options, const char **inputs, size_t count)
{
    const cph_cli *const cli = &options->cli;
    scene s = {.o = options, .coupled = options->readings.kind == CPH_KIND_COUPLING};
    cph_history history = {0};
    cph_error error = {.status = CPH_OK};
    cph_exit code = cph_simulate_outputs_check(options, inputs, count);
    if (code != CPH_EXIT_DONE)
        return code;
    cph_status status = cph_simulate_truth(options, &s.array, &s.faults, &s.gain, &error);
    if (status == CPH_OK)
        status = s.coupled ? make_coupling(&s, &error) : make_field(&s, &error);
    if (status != CPH_OK)
        code = options->array.kind == CPH_ARRAY_FILE ? cph_report_input(cli->name, &error)
                                                     : cph_report(cli->name, &error);
    if (code == CPH_EXIT_DONE)
        code = cph_history_make(cli, inputs, count, &history);
    if (code == CPH_EXIT_DONE)
        code = write_files(&s, &history);
    if (code == CPH_EXIT_DONE)
        code = say(&s);
    cph_history_free(&history);
    scene_free(&s);
    return code;
}
