/* SPDX-License-Identifier: MIT */
/* Readings of calibrations of a known array: what is turned or coded, made and written. */
#include "cli/simulate_readings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/geometry.h"
#include "cli/history.h"
#include "cli/simulate_scene.h"
#include "cli/text_output.h"
#include "cophase/coded.h"
#include "cophase/steer.h"

static void scene_free(cph_simulate_scene *s)
{
    cph_rev_readings_free(&s->made.rev);
    cph_coded_readings_free(&s->made.codes);
    cph_shifter_free(&s->shifter);
    cph_states_free(&s->states);
    cph_faults_free(&s->faults);
    cph_array_free(&s->array);
    free(s->gain);
    free(s->signal);
    free(s->response);
}

/* ---- the array ---- */

/* The meter is far away in the direction of the one source; without it all are in phase. */
static cph_status place_meter(cph_simulate_scene *s, cph_error *error)
{
    const cph_simulate_options *o = s->o;
    const size_t n = s->array.elements;
    double u[3];
    if (o->sources == 0)
        return CPH_OK;
    if (o->sources > 1 || o->source[0].power != 1.0)
        return cph_fail(error, CPH_ERR_ARGUMENT,
                        "--source says where the meter is: expected one, without snr=");
    cph_status status = cph_direction_resolve(&o->source[0].direction, &s->array, u, error);
    double *const position = calloc(n, 3 * sizeof *position);
    s->signal = calloc(n, sizeof *s->signal);
    if (status == CPH_OK && (position == NULL || s->signal == NULL))
        status = cph_scene_no_memory(error);
    if (status == CPH_OK) {
        status = cph_array_positions(&s->array, position);
        if (status == CPH_OK)
            status = cph_steer_c64(n, position, o->freq_hz, u, s->signal);
        if (status != CPH_OK)
            (void)cph_fail(error, status, "%s: %s", o->array.text, cph_status_name(status));
    }
    free(position);
    return status;
}

/* ---- rev ---- */

/* Rows of Hadamard matrices over blocks of `group` elements, what is left one by one. */
static cph_status fill_groups(const cph_simulate_scene *s, size_t group, unsigned char *member,
                              cph_error *error)
{
    const size_t n = s->array.elements, whole = n / group * group;
    signed char *const code = calloc(group, group);
    if (code == NULL)
        return cph_scene_no_memory(error);
    cph_status status = cph_hadamard_fill(group, code);
    if (status != CPH_OK)
        status = cph_fail(error, CPH_ERR_ARGUMENT,
                          "--group-size %zu: there is no Hadamard matrix of that order", group);
    for (size_t c = 0; status == CPH_OK && c < n; c++) {
        if (c >= whole)
            member[c * n + c] = 1;
        for (size_t k = 0; c < whole && k < group; k++)
            member[c * n + c / group * group + k] = code[c % group * group + k] > 0;
    }
    free(code);
    return status;
}

static cph_status make_rev(cph_simulate_scene *s, cph_error *error)
{
    cph_rev_readings *const r = &s->made.rev;
    const size_t n = s->array.elements, group = s->c->group;
    const cph_sim_meter meter = {.noise = s->c->noise, .seed = s->o->seed};
    cph_status status = cph_shifter_pick(&s->states, s->c->steps, &s->shifter, error);
    if (status != CPH_OK)
        return status;
    if (group > n)
        return cph_fail(error, CPH_ERR_ARGUMENT, "--group-size %zu: there are %zu elements", group,
                        n);
    const size_t steps = s->shifter.steps;
    status = cph_rev_readings_create(&s->array, n, steps, 1, group > 0, r);
    if (status != CPH_OK)
        return cph_fail(error, status, "%zu sweeps: %s", n, cph_status_name(status));
    if (group > 0)
        status = fill_groups(s, group, r->member, error);
    if (status != CPH_OK)
        return status;
    memcpy(r->state, s->c->unknown ? s->shifter.nominal : s->shifter.state,
           steps * sizeof *r->state);
    r->setting = calloc(steps, sizeof *r->setting);
    r->truth = cph_scene_copy(s->gain, n);
    r->signal = cph_scene_copy(s->signal, n);
    if (r->setting == NULL || r->truth == NULL || (s->signal != NULL && r->signal == NULL))
        return cph_scene_no_memory(error);
    memcpy(r->setting, s->shifter.setting, steps * sizeof *r->setting);
    r->freq_hz = s->o->freq_hz;
    status = cph_simulate_power(&meter, s->shifter.state, r);
    return status == CPH_OK ? CPH_OK
                            : cph_fail(error, status, "%s: all elements at rest make no power",
                                       s->o->array.text);
}

static cph_status scene_build(cph_simulate_scene *s, cph_error *error)
{
    const cph_simulate_options *o = s->o;
    cph_states_options states = s->c->states;
    enum { BITS = 4 };
    if (!cph_states_asked(&states))
        states.phase_bits = BITS;
    cph_status status = cph_simulate_truth(o, &s->array, &s->faults, &s->gain, error);
    if (status == CPH_OK)
        status = place_meter(s, error);
    if (status == CPH_OK)
        status = cph_states_load(&states, &s->states, error);
    s->made.coded = s->c->kind == CPH_KIND_CODED;
    if (status == CPH_OK)
        status = s->made.coded ? cph_scene_make_coded(s, error) : make_rev(s, error);
    return status;
}

/* ---- what it says ---- */

static cph_exit say(const cph_simulate_scene *s)
{
    const cph_simulate_options *o = s->o;
    const cph_rev_readings *rev = &s->made.rev;
    const cph_coded_readings *codes = &s->made.codes;
    if (!o->cli.json) {
        if (s->made.coded)
            printf("%s: %zu elements, %zu codes%s x %zu, %zu state%s\n", o->cli.output,
                   s->array.elements, codes->codes, codes->signs == 2 ? " in pairs" : "",
                   codes->repeats, codes->states, codes->states == 1 ? "" : "s");
        else
            printf("%s: %zu elements, %zu sweeps of %zu steps\n", o->cli.output, s->array.elements,
                   rev->sweeps, rev->steps);
        return cph_stdout_check(&o->cli);
    }
    json_t *object = json_object();
    cph_json_set_text(object, "kind", cph_kind_name(s->c->kind));
    cph_json_set_text(object, "output", o->cli.output);
    cph_json_set_text(object, "csv", s->c->csv);
    cph_json_set_text(object, "array", s->array.label);
    cph_json_set_count(object, "elements", s->array.elements);
    cph_json_set_number(object, "center_freq_hz", o->freq_hz);
    if (s->made.coded) {
        cph_json_set_count(object, "codes", codes->codes);
        cph_json_set(object, "pairs", json_boolean(codes->signs == 2));
        cph_json_set_count(object, "repeats", codes->repeats);
        cph_json_set_count(object, "states", codes->states);
    } else {
        cph_json_set_count(object, "sweeps", rev->sweeps);
        cph_json_set_count(object, "steps", rev->steps);
        cph_json_set_count(object, "group_size", s->c->group > 0 ? s->c->group : 1);
    }
    cph_json_set_number(object, "sigma", s->made.coded ? codes->sigma : rev->sigma);
    cph_json_set(object, "dead", cph_faults_json(s->faults.dead, s->faults.dead_count));
    cph_json_set(object, "weak", cph_faults_json(s->faults.weak, s->faults.weak_count));
    cph_json_set(object, "cover",
                 cph_cover_json(cph_simulate_options_cover(o), &s->array, o->freq_hz));
    cph_json_set(object, "seed", cph_simulate_seed_json(o->seed));
    return cph_json_print(&o->cli, object);
}

/* ---- the files ---- */

static cph_exit write_files(const cph_simulate_scene *s, const cph_history *history)
{
    const cph_cli *cli = &s->o->cli;
    cph_error error = {.status = CPH_OK};
    cph_status status = CPH_OK;
    if (s->c->csv != NULL)
        status = cph_readings_csv(s->c->csv, history->inputs, &s->made, &error);
    if (status == CPH_OK)
        status =
            s->made.coded
                ? cph_coded_readings_write(cli->output, &s->made.codes, &history->options, &error)
                : cph_rev_readings_write(cli->output, &s->made.rev, &history->options, &error);
    return status == CPH_OK ? CPH_EXIT_DONE : cph_report(cli->name, &error);
}

cph_exit cph_simulate_outputs_check(const cph_simulate_options *o, const char *const *inputs,
                                    size_t count)
{
    const cph_named_output outputs[] = {{"-o", o->cli.output}, {"--csv", o->readings.csv}};
    return cph_outputs_check(&o->cli, outputs, sizeof outputs / sizeof outputs[0], inputs, count);
}

bool cph_simulate_readings_asked(const cph_simulate_options *options)
{
    return options->readings.kind != CPH_KIND_CAPTURE;
}

cph_exit cph_simulate_readings(const cph_simulate_options *options, const char **inputs,
                               size_t count)
{
    const bool from_file = options->array.kind == CPH_ARRAY_FILE;
    const char *const table = cph_states_path(&options->readings.states);
    cph_simulate_scene s = {.o = options, .c = &options->readings};
    cph_history history = {0};
    cph_error error = {.status = CPH_OK};
    if (s.c->kind == CPH_KIND_NEAR_FIELD || s.c->kind == CPH_KIND_COUPLING)
        return cph_simulate_scan(options, inputs, count);
    if (table != NULL)
        inputs[count++] = table;
    cph_exit code = cph_simulate_outputs_check(options, inputs, count);
    if (code == CPH_EXIT_DONE && scene_build(&s, &error) != CPH_OK)
        code = from_file || table != NULL ? cph_report_input(options->cli.name, &error)
                                          : cph_report(options->cli.name, &error);
    if (code == CPH_EXIT_DONE)
        code = cph_history_make(&options->cli, inputs, count, &history);
    if (code == CPH_EXIT_DONE)
        code = write_files(&s, &history);
    if (code == CPH_EXIT_DONE)
        code = say(&s);
    cph_history_free(&history);
    scene_free(&s);
    return code;
}
