/* SPDX-License-Identifier: MIT */
/* cophase info: what a file says of itself, what it lacks, and how its elements are doing. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/info_gains.h"
#include "cli/info_header.h"
#include "cli/info_health.h"
#include "cli/info_picture.h"
#include "cli/info_pointing.h"
#include "cli/info_readings.h"
#include "cli/info_track.h"
#include "cli/progress.h"
#include "cli/verbs.h"
#include "cophase/pointing.h"
#include "cophase/track_log.h"

typedef struct options {
    cph_cli cli;
    bool all;
} options;

enum { KEY_ALL = CPH_KEY_VERB };

static const struct argp_option own[] = {
    {"all", KEY_ALL, NULL, 0, "Look at all samples of the range, not at 32 MiB from many places",
     0},
    {0}};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    (void)arg;
    options *o = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        return cph_cli_children(state, &o->cli);
    case KEY_ALL:
        o->all = true;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {{&cph_argp_input, 0, NULL, 0},
                                             {&cph_argp_range, 0, NULL, 0},
                                             {&cph_argp_follow, 0, NULL, 0},
                                             {&cph_argp_channels, 0, NULL, 0},
                                             {&cph_argp_plot, 0, NULL, 0},
                                             {&cph_argp_common, 0, NULL, 0},
                                             {0}};
static const struct argp argp = {
    own,
    parse,
    "FILE",
    "Says what a file is, what it lacks, and what is wrong with its elements."
    "\v"
    "FILE is a capture, covariance, calibration, weights, beams or readings of a calibration, in "
    "Cophase's own layout or another one that it reads in place; or a pointing table, or a log of "
    "track. Powers are relative to the median of the good elements of the same polarisation. "
    "Samples tell level, clipping, offset (DC), imbalance of I and Q "
    "with "
    "its standard error, kurtosis (0 of Gaussian noise) and spectrum of each element.\n\n"
    "Examples:\n"
    "  cophase info cap.h5\n"
    "  cophase info cap.h5 --duration 1s --json\n"
    "  cophase info cap.h5 --plot health.png\n"
    "  cophase info correlation_burst.hdf5 --positions antenna_locations.txt",
    children,
    NULL,
    NULL};

/* What some kinds of file have beside a header. */
typedef struct extras {
    cph_info_readings readings;
    cph_info_gains gains;
} extras;

static cph_exit print_json(const cph_input *input, const extras *more, const cph_health *health)
{
    json_t *object = cph_info_header_json(input->cli->input, input->header);
    cph_json_set(object, "readings", cph_info_readings_json(&more->readings));
    cph_json_set(object, "gains", cph_info_gains_json(&more->gains));
    cph_json_set(object, "history", cph_info_history_json(input->cli->input));
    cph_info_health_json(input->header, health, object);
    cph_input_follow_json(input, object);
    return cph_json_print(input->cli, object);
}

static cph_exit print_text(const cph_input *input, const extras *more, const cph_health *health)
{
    const cph_cli *cli = input->cli;
    const cph_data_header *h = input->header;
    printf("%s: %s (%s)\n", cli->input, cph_kind_name(h->kind), h->format);
    cph_info_print_size(h);
    cph_info_readings_print(&more->readings);
    cph_info_gains_print(&more->gains);
    cph_info_print_rest(h);
    if (!cph_info_is_readings(h)) /* of all elements together: they tell no element's */
        cph_info_health_print(h, health);
    return cph_stdout_check(cli);
}

/* What only samples serve. */
static cph_exit check_samples(const options *o, const cph_input *input)
{
    const char *option = o->all ? "--all" : o->cli.plot != NULL ? "--plot" : NULL;
    return option == NULL || cph_health_has_samples(input)
               ? CPH_EXIT_DONE
               : cph_report_line(o->cli.name, CPH_EXIT_USAGE,
                                 "%s: is of kind %s; %s is for samples", o->cli.input,
                                 cph_kind_name(input->header->kind), option);
}

/* Directions over time, or what was made of them: neither samples nor elements. */
static cph_exit run_rows(const options *o, cph_kind kind)
{
    const cph_cli *const cli = &o->cli;
    if (o->all || cli->plot != NULL || cph_cli_has_part(cli))
        return cph_report_line(cli->name, CPH_EXIT_USAGE, "%s: is of kind %s; %s is for samples",
                               cli->input, cph_kind_name(kind),
                               o->all              ? "--all"
                               : cli->plot != NULL ? "--plot"
                                                   : "a part of it");
    return (kind == CPH_KIND_TRACK ? cph_info_track : cph_info_pointing)(cli);
}

static cph_exit run(const options *o)
{
    enum { ANY = (1 << CPH_KIND_COUNT) - 1 };
    const cph_cli *cli = &o->cli;
    cph_input input;
    cph_health health = {0};
    extras more;
    if (cph_pointing_probe(cli->input))
        return run_rows(o, CPH_KIND_POINTING);
    if (cph_track_log_probe(cli->input))
        return run_rows(o, CPH_KIND_TRACK);
    cph_exit code = cph_input_open(cli, ANY | CPH_TAKES_REAL, &input);
    if (code != CPH_EXIT_DONE)
        return code;
    code = check_samples(o, &input);
    if (code == CPH_EXIT_DONE)
        code = cph_info_readings_read(cli, input.header->kind, &more.readings);
    if (code == CPH_EXIT_DONE)
        code = cph_info_gains_read(cli, input.header->kind, &more.gains);
    if (code == CPH_EXIT_DONE)
        code = cph_health_measure(&input, o->all, &health);
    if (code == CPH_EXIT_DONE && cli->plot != NULL)
        code = cph_info_picture(cli, input.header, &health);
    if (code == CPH_EXIT_DONE)
        code = (cli->json ? print_json : print_text)(&input, &more, &health);
    cph_health_free(&health);
    cph_input_close(&input);
    return code;
}

int cph_verb_info(int argc, char **argv)
{
    options o = {.all = false};
    cph_interrupt_catch();
    cph_exit code = cph_cli_parse(&argp, argc, argv, &o);
    if (code == CPH_EXIT_DONE)
        code = run(&o);
    cph_cli_free(&o.cli);
    return code;
}
