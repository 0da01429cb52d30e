/* SPDX-License-Identifier: MIT */
/* A table of the states of real shifters, from sums under codes in each of them. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/calibrate_readings.h"
#include "cli/flagged.h"
#include "cli/text_output.h"
#include "cophase/coded.h"
#include "cophase/state_table.h"
#include "kernels/core/c64.h"
#include "kernels/core/size.h"

typedef struct desk {
    const cph_calibrate_options *o;
    const cph_input *input;
    cph_coded_readings readings;
    cph_c64 *mean;     /* [K][signs] of one state */
    cph_c64 *response; /* [N][S] */
    double *sigma;     /* [N] of a response */
    bool known;        /* sigma is */
    cph_gain_estimate estimate;
    cph_state_table_solution table;
} desk;

static void desk_free(desk *d)
{
    cph_coded_readings_free(&d->readings);
    cph_readings_estimate_free(&d->estimate);
    free(d->mean);
    free(d->response);
    free(d->sigma);
    free(d->table.value);
    free(d->table.phase_sigma);
    free(d->table.amplitude_sigma);
    free(d->table.spread);
    free(d->table.offset);
    free(d->table.chi2);
    free(d->table.flag);
    free(d->table.stuck);
}

static bool make_room(desk *d)
{
    const size_t n = d->readings.array.elements, s = d->readings.states;
    size_t count;
    cph_state_table_solution *const t = &d->table;
    d->mean = calloc(d->readings.codes * d->readings.signs, sizeof *d->mean);
    d->response = cph_size_mul(n, s, &count) ? calloc(count, sizeof *d->response) : NULL;
    d->sigma = calloc(n, sizeof *d->sigma);
    *t = (cph_state_table_solution){.value = calloc(s, sizeof *t->value),
                                    .phase_sigma = calloc(s, sizeof *t->phase_sigma),
                                    .amplitude_sigma = calloc(s, sizeof *t->amplitude_sigma),
                                    .spread = calloc(s, sizeof *t->spread),
                                    .offset = calloc(n, sizeof *t->offset),
                                    .chi2 = calloc(n, sizeof *t->chi2),
                                    .flag = calloc(n, sizeof *t->flag),
                                    .stuck = calloc(n, sizeof *t->stuck)};
    return cph_readings_estimate(n, &d->estimate) && d->mean != NULL && d->response != NULL &&
           d->sigma != NULL && t->value != NULL && t->phase_sigma != NULL &&
           t->amplitude_sigma != NULL && t->spread != NULL && t->offset != NULL &&
           t->chi2 != NULL && t->flag != NULL && t->stuck != NULL;
}

/* ---- responses ---- */

/* Gains in state s: what every element does there. */
static cph_status solve_state(desk *d, size_t s, double noise, cph_error *error)
{
    const cph_coded_readings *const r = &d->readings;
    const size_t n = r->array.elements;
    cph_code_solution solution = {.estimate = d->estimate};
    const cph_code_config config = {.elements = n,
                                    .rows = r->codes,
                                    .reading = d->mean,
                                    .code = r->code,
                                    .pairs = r->signs == 2,
                                    .sigma = noise};
    for (size_t e = 0; e < n; e++)
        d->estimate.flag[e] = CPH_FLAG_NONE;
    const cph_status status = cph_code_solve(&config, &solution, error);
    for (size_t e = 0; status == CPH_OK && e < n; e++) {
        const cph_c64 g = d->estimate.gain[e];
        d->response[e * r->states + s] = g;
        d->sigma[e] = M_SQRT2 * d->estimate.phase_sigma[e] * sqrt(cph_c64_power(g));
    }
    return status;
}

static cph_status find_responses(desk *d, cph_error *error)
{
    const cph_coded_readings *const r = &d->readings;
    const double noise = cph_readings_noise(r);
    cph_status status = CPH_OK;
    for (size_t s = 0; s < r->states && status == CPH_OK; s++) {
        cph_readings_average(r, s, d->mean);
        status = solve_state(d, s, noise, error);
    }
    d->known = noise > 0.0;
    return status;
}

static cph_status find_table(desk *d, cph_error *error)
{
    const cph_coded_readings *const r = &d->readings;
    const cph_state_table_config config = {.elements = r->array.elements,
                                           .states = r->states,
                                           .response = d->response,
                                           .ld = r->states,
                                           .sigma = d->known ? d->sigma : NULL,
                                           .code = r->setting};
    for (size_t i = 0; i < d->input->selections; i++) {
        const cph_selection *const selection = &d->input->selection[i];
        for (size_t k = 0; k < selection->elements; k++)
            if (selection->flag[k] != CPH_FLAG_UNSOLVED) /* positions are not needed */
                d->table.flag[selection->index[k]] = selection->flag[k];
    }
    return cph_state_table_solve(&config, &d->table, error);
}

/* ---- what it says ---- */

static uint32_t code_of(const desk *d, size_t s)
{
    return d->readings.setting != NULL ? d->readings.setting[s] : (uint32_t)s;
}

static double degrees(double radians)
{
    return radians * 180.0 / M_PI;
}

/* Relative error in dB. */
static double decibels(double relative)
{
    return 20.0 / M_LN10 * relative;
}

static double db_of(cph_c64 z)
{
    return 10.0 * log10(cph_c64_power(z));
}

static double phase_of(cph_c64 z)
{
    return degrees(atan2(z.im, z.re));
}

static json_t *list_states(const desk *d)
{
    json_t *list = json_array();
    for (size_t s = 0; s < d->readings.states; s++) {
        const cph_c64 value = d->table.value[s];
        json_t *one = json_object();
        cph_json_set_count(one, "code", code_of(d, s));
        cph_json_set_number(one, "phase_deg", phase_of(value));
        cph_json_set_number(one, "gain_db", db_of(value));
        cph_json_set_number(one, "phase_sigma_deg", degrees(d->table.phase_sigma[s]));
        cph_json_set_number(one, "gain_sigma_db", decibels(d->table.amplitude_sigma[s]));
        cph_json_set_number(one, "spread", d->table.spread[s]);
        cph_json_set_number(one, "off_deg", phase_of(cph_c64_mulc(value, d->readings.state[s])));
        cph_json_append(list, one);
    }
    return list;
}

static json_t *list_flagged(const desk *d)
{
    json_t *list = json_array();
    size_t at = 0;
    (void)cph_flagged_append(list, &d->readings.array, d->table.flag);
    for (size_t n = 0; n < d->readings.array.elements; n++) {
        if (d->table.flag[n] == CPH_FLAG_NONE)
            continue;
        json_t *const one = json_array_get(list, at++);
        const uint32_t stuck = d->table.stuck[n];
        json_t *bit = json_null();
        if (stuck != CPH_STUCK_NONE) {
            bit = json_object();
            const uint32_t value = stuck % CPH_STUCK_VALUES;
            cph_json_set_count(bit, "bit", stuck / CPH_STUCK_VALUES);
            cph_json_set_number(bit, "value",
                                value == CPH_STUCK_EITHER ? (double)NAN : (double)value);
        }
        cph_json_set_number(one, "chi2", d->table.chi2[n]);
        cph_json_set(one, "stuck", bit);
    }
    return list;
}

/* rms over states of an off-set from what they are meant to be. */
static double rms_off(const desk *d, bool phase)
{
    double sum = 0.0;
    for (size_t s = 0; s < d->readings.states; s++) {
        const cph_c64 off = cph_c64_mulc(d->table.value[s], d->readings.state[s]);
        const double value = phase ? phase_of(off) : db_of(d->table.value[s]);
        sum += value * value / (double)d->readings.states;
    }
    return sqrt(sum);
}

static cph_exit print_json(const desk *d)
{
    json_t *object = json_object();
    cph_json_set_text(object, "method", d->o->method->name);
    cph_json_set_count(object, "elements", d->readings.array.elements);
    cph_json_set(object, "states", list_states(d));
    cph_json_set(object, "flagged", list_flagged(d));
    cph_json_set_number(object, "phase_off_rms_deg", rms_off(d, true));
    cph_json_set_number(object, "gain_rms_db", rms_off(d, false));
    cph_json_set_number(object, "sigma", d->table.sigma);
    cph_json_set_number(object, "chi2_dof", d->table.chi2_dof);
    cph_json_set_text(object, "output", d->o->cli.output);
    return cph_json_print(&d->o->cli, object);
}

static cph_exit print_text(const desk *d)
{
    static const char *const always[CPH_STUCK_VALUES] = {"0", "1", [CPH_STUCK_EITHER] = "the same"};
    printf(
        "%s: %zu states of %zu elements; %.3g deg and %.3g dB rms off what they are meant to be\n",
        d->o->cli.output, d->readings.states, d->readings.array.elements, rms_off(d, true),
        rms_off(d, false));
    for (size_t n = 0; n < d->readings.array.elements; n++) {
        const uint32_t stuck = d->table.stuck[n];
        if (d->table.flag[n] == CPH_FLAG_NONE)
            continue;
        printf("flagged  %4u  %s", d->readings.array.element[n].number,
               cph_flag_name((cph_flag)d->table.flag[n]));
        if (stuck != CPH_STUCK_NONE)
            printf(": bit %u is always %s", stuck / CPH_STUCK_VALUES,
                   always[stuck % CPH_STUCK_VALUES]);
        putchar('\n');
    }
    return cph_stdout_check(&d->o->cli);
}

static cph_status write_table(const desk *d, const char *const *inputs, cph_error *error)
{
    cph_text_output output;
    const cph_state_table_solution *const t = &d->table;
    const cph_status status = cph_text_open(&output, d->o->cli.output, inputs, error);
    if (status != CPH_OK)
        return status;
    fputs("code,phase_deg,gain_db,phase_sigma_deg,gain_sigma_db,spread\n", output.file);
    for (size_t s = 0; s < d->readings.states; s++)
        fprintf(output.file, "%u,%.17g,%.17g,%.3g,%.3g,%.3g\n", code_of(d, s),
                phase_of(t->value[s]), db_of(t->value[s]), degrees(t->phase_sigma[s]),
                decibels(t->amplitude_sigma[s]), t->spread[s]);
    return cph_text_commit(&output, error);
}

/* ---- the method ---- */

static cph_exit load(desk *d)
{
    const cph_cli *const cli = &d->o->cli;
    const cph_exit code = cph_readings_load_coded(d->o, &d->readings);
    if (code != CPH_EXIT_DONE)
        return code;
    if (d->readings.states < 2)
        return cph_report_line(cli->name, CPH_EXIT_INPUT,
                               "%s: is of one state; --method states needs readings in several "
                               "(/reading [state, code, sign, repeat])",
                               cli->input);
    return make_room(d) ? CPH_EXIT_DONE : cph_report_memory(cli->name);
}

static cph_exit run(const cph_calibrate_options *o, const cph_input *input)
{
    desk d = {.o = o, .input = input};
    const char *paths[4] = {NULL};
    cph_error error = {.status = CPH_OK};
    cph_exit code = load(&d);
    cph_status status = code == CPH_EXIT_DONE ? find_responses(&d, &error) : CPH_OK;
    if (code == CPH_EXIT_DONE && status == CPH_OK)
        status = find_table(&d, &error);
    if (status != CPH_OK)
        code = cph_report_line(o->cli.name,
                               status == CPH_ERR_MEMORY ? CPH_EXIT_FAILED : CPH_EXIT_INPUT,
                               "%s: %s", o->cli.input, error.message);
    paths[cph_input_paths(input, paths)] = NULL;
    if (code == CPH_EXIT_DONE && write_table(&d, paths, &error) != CPH_OK)
        code = cph_report(o->cli.name, &error);
    if (code == CPH_EXIT_DONE)
        code = o->cli.json ? print_json(&d) : print_text(&d);
    desk_free(&d);
    return code;
}

/* A table is no picture. */
static cph_exit check(const cph_calibrate_options *o)
{
    if (o->cli.plot == NULL && !o->cli.has_path)
        return CPH_EXIT_DONE;
    return cph_report_line(o->cli.name, CPH_EXIT_USAGE, "--%s: is not for --method states",
                           o->cli.plot != NULL ? "plot" : "path");
}

static cph_exit open_coded(const cph_calibrate_options *o, cph_input *input)
{
    return cph_readings_open(o, CPH_KIND_CODED, input);
}

const cph_calibrate_method cph_calibrate_states = {
    .name = "states", .options = " array freq", .check = check, .open = open_coded, .run = run};
