/* SPDX-License-Identifier: MIT */
/* cophase apply: a calibration divided out of data. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/apply_jones.h"
#include "cli/flagged.h"
#include "cli/history.h"
#include "cli/json.h"
#include "cli/option_values.h"
#include "cli/verbs.h"

enum { KEY_FORCE = CPH_KEY_VERB, KEY_TYPE };

typedef struct options {
    cph_cli cli;
    bool force, has_type;
    cph_type type;
} options;

static const char *const type_names[CPH_TYPE_COUNT] = {"c8", "c16", "c32"};

static const struct argp_option own_options[] = {
    {"force", KEY_FORCE, NULL, 0,
     "Use a calibration that is for other data, or that was applied already; what is overridden is "
     "said",
     0},
    {"type", KEY_TYPE, "TYPE", 0,
     "Samples of a capture: c32 (default), or c16 or c8, rounded and saturated", 0},
    {0}};

static error_t parse_type(options *o, const char *arg, const struct argp_state *state)
{
    size_t index = 0;
    const error_t code = cph_chosen(state, arg, type_names, CPH_TYPE_COUNT, &index);
    o->type = (cph_type)index;
    o->has_type = true;
    return code;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    options *o = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        return cph_cli_children(state, &o->cli);
    case ARGP_KEY_ARG:
        return cph_cli_take_input(&o->cli, arg);
    case KEY_FORCE:
        o->force = true;
        return 0;
    case KEY_TYPE:
        return parse_type(o, arg, state);
    case ARGP_KEY_END:
        if (o->cli.input == NULL)
            return cph_usage(state, "no input: expected a file");
        return o->cli.calibration == NULL
                   ? cph_usage(state, "no calibration: expected --calibration FILE")
                   : 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {{&cph_argp_calibration, 0, NULL, 0},
                                             {&cph_argp_path, 0, NULL, 0},
                                             {&cph_argp_range, 0, NULL, 0},
                                             {&cph_argp_follow, 0, NULL, 0},
                                             {&cph_argp_channels, 0, NULL, 0},
                                             {&cph_argp_output, 0, NULL, 0},
                                             {&cph_argp_resume, 0, NULL, 0},
                                             {&cph_argp_common, 0, NULL, 0},
                                             {0}};
static const struct argp argp = {
    own_options,
    parse,
    "INPUT --calibration FILE -o FILE",
    "Divides the gains of a calibration out of a capture, a covariance or UVH5 visibilities; where "
    "the calibration holds leakages, by inverses of the antennas' Jones matrices."
    "\v"
    "The output has the layout of the input; UVH5 is copied but for visibilities and flags. Each "
    "channel takes the gains of the nearest channel of the calibration, each time those of the "
    "nearest solution; nothing is interpolated. What is for other inputs, positions, frequencies "
    "or times is refused, and so is data that a calibration was divided out of before. What is "
    "flagged in the calibration becomes flagged in UVH5, NaN in a covariance, 0 in a capture; an "
    "input that is flagged throughout is listed.\n\n"
    "Examples:\n"
    "  cophase apply cap.h5 --calibration cal.h5 -o calibrated.h5\n"
    "  cophase apply zen.uvh5 --calibration cal.h5 -o calibrated.uvh5 --json\n"
    "  cophase apply cap.h5 --calibration cal.h5 --type c16 -o calibrated.h5",
    children,
    NULL,
    NULL};

/* ---- results ---- */

/* Root mean square of a part of what was rounded, in steps of the integers; NaN where nothing was.
 */
static double rms_steps(const cph_applier *a)
{
    return a->rounded > 0 ? sqrt(0.5 * a->power / (double)a->rounded) : NAN;
}

static cph_exit print_result(const options *o, const cph_applier *a)
{
    const cph_data_header *h = a->input->header;
    json_t *flagged = json_array();
    const size_t lost = cph_flagged_append(flagged, &h->array, a->lost);
    const bool capture = h->kind == CPH_KIND_CAPTURE;
    size_t taken, left;
    cph_apply_jones_count(a, &taken, &left);
    if (!o->cli.json) {
        printf("%zu inputs (%zu without a gain), %zu times, %zu channels, %zu solutions\n",
               a->elements, lost, cph_input_times(a->input), a->channels, a->solutions);
        cph_flagged_print(flagged);
        if (taken > 0)
            printf("leakage taken out of %zu inputs\n", taken);
        if (a->saturated > 0)
            printf("%llu samples saturated\n", (unsigned long long)a->saturated);
        printf("%s\n", o->cli.output);
        json_decref(flagged);
        return cph_stdout_check(&o->cli);
    }
    json_t *object = json_object(), *overridden = json_array();
    for (unsigned i = 0; i < CPH_APPLY_CHECKS; i++)
        if (a->overridden[i])
            cph_json_append(overridden, cph_json_text(cph_apply_check_name((cph_apply_check)i)));
    cph_json_set_text(object, "kind", cph_kind_name(h->kind));
    cph_json_set_text(object, "format", h->format);
    cph_json_set_text(object, "calibration", o->cli.calibration);
    cph_json_set_count(object, "elements", a->elements);
    cph_json_set(object, "flagged", flagged);
    cph_json_set_count(object, "times", cph_input_times(a->input));
    cph_json_set_count(object, "channels", a->channels);
    cph_json_set_count(object, "solutions", a->solutions);
    cph_json_set(object, "leakage_taken_out", a->mix != NULL ? cph_json_count(taken) : json_null());
    cph_json_set(object, "leakage_left", a->mix != NULL ? cph_json_count(left) : json_null());
    cph_json_set_text(object, "type", capture ? type_names[a->type] : NULL);
    cph_json_set(object, "saturated", capture ? cph_json_count((size_t)a->saturated) : json_null());
    cph_json_set_number(object, "rms_steps", rms_steps(a));
    cph_json_set(object, "overridden", overridden);
    cph_json_set_text(object, "output", o->cli.output);
    cph_input_follow_json(a->input, object);
    return cph_json_print(&o->cli, object);
}

/* ---- the verb ---- */

static cph_exit write_output(const options *o, cph_applier *a)
{
    const char *path[3];
    cph_history history;
    cph_exit code = cph_history_make(&o->cli, path, cph_input_paths(a->input, path), &history);
    if (code != CPH_EXIT_DONE)
        return code;
    char *applied = cph_history_file(o->cli.calibration);
    code = applied == NULL ? cph_report_memory(o->cli.name)
                           : cph_apply_write(a, applied, &history.options);
    free(applied);
    cph_history_free(&history);
    return code;
}

/* What stays in the data; known of leakages once all is written. */
static void remark(const options *o, const cph_applier *a)
{
    const cph_calibration *const c = &a->input->calibration;
    size_t taken, left;
    cph_apply_jones_count(a, &taken, &left);
    if (o->cli.quiet)
        return;
    if (left > 0)
        (void)cph_report_line(
            o->cli.name, CPH_EXIT_DONE,
            "%s: holds leakages (/leakage), which stay in %zu of %zu inputs, for want of the "
            "antenna's other input or its leakage: only the gains are divided out of these",
            o->cli.calibration, left, left + taken);
    if (rms_steps(a) < 1.0)
        (void)cph_report_line(o->cli.name, CPH_EXIT_DONE,
                              "%s: its samples have an rms of %.3g steps, so that rounding took "
                              "what is smaller than a step; expected --type c32, to which convert "
                              "--type %s finds a scale that fits",
                              o->cli.output, rms_steps(a), type_names[a->type]);
    if (c->coupling != NULL)
        (void)cph_report_line(o->cli.name, CPH_EXIT_DONE,
                              "%s: holds coupling (/coupling), which stays in the data: only the "
                              "gains are divided out",
                              o->cli.calibration);
}

static cph_exit run(const options *o, const cph_input *input)
{
    cph_applier a = {.input = input, .force = o->force, .type = o->has_type ? o->type : CPH_C32};
    if (o->has_type && input->header->kind != CPH_KIND_CAPTURE)
        return cph_report_line(o->cli.name, CPH_EXIT_USAGE, "%s: is a %s; --type is for captures",
                               o->cli.input, cph_kind_name(input->header->kind));
    cph_exit code = cph_applier_make(&a);
    if (code == CPH_EXIT_DONE)
        code = write_output(o, &a);
    if (code == CPH_EXIT_DONE) {
        remark(o, &a);
        code = print_result(o, &a);
    }
    cph_applier_free(&a);
    return code;
}

int cph_verb_apply(int argc, char **argv)
{
    options o = {0};
    cph_input input;
    cph_exit code = cph_cli_parse(&argp, argc, argv, &o);
    if (code == CPH_EXIT_DONE)
        code = cph_input_open(
            &o.cli, CPH_TAKES_CAPTURE | CPH_TAKES_COVARIANCE | CPH_TAKES_CALIBRATED, &input);
    if (code == CPH_EXIT_DONE) {
        code = run(&o, &input);
        cph_input_close(&input);
    }
    cph_cli_free(&o.cli);
    return (int)code;
}
