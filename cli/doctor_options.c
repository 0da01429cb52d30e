/* SPDX-License-Identifier: MIT */
#include "cli/doctor_options.h"

enum { KEY_SOURCE = CPH_KEY_VERB, KEY_TIME, KEY_CHANNEL, KEY_LIST };
enum { LIST_USUAL = 6, LIST_MOST = 1000, SOURCES_MOST = 16 };

static const struct argp_option own_options[] = {
    {"source", KEY_SOURCE, "DIR", 0,
     "A source that the data hold, sky:AZ,EL azel:AZ,EL thetaphi:THETA,PHI or uv:U,V; repeat it "
     "for more, all that are nearly as strong",
     0},
    {"time", KEY_TIME, "N", 0, "Dump of a covariance file (default: 0)", 0},
    {"channel", KEY_CHANNEL, "N", 0, "Channel (default: 0)", 0},
    {"list", KEY_LIST, "N", 0, "Show the N best conventions (default: 6)", 0},
    {0}};

static error_t add_source(cph_doctor_options *o, const char *arg, const struct argp_state *state)
{
    cph_error error;
    if (o->source.count == SOURCES_MOST)
        return cph_usage(state, "--source %s: expected at most %d", arg, SOURCES_MOST);
    return cph_parsed(state, cph_directions_add(&o->source, arg, NULL, &error), &error);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    cph_doctor_options *o = state->input;
    cph_error error;
    switch (key) {
    case ARGP_KEY_INIT:
        return cph_cli_children(state, &o->cli);
    case KEY_SOURCE:
        return add_source(o, arg, state);
    case KEY_TIME:
        return cph_parsed(state, cph_parse_count(arg, 0, SIZE_MAX, &o->time, &error), &error);
    case KEY_CHANNEL:
        return cph_parsed(state, cph_parse_count(arg, 0, SIZE_MAX, &o->channel, &error), &error);
    case KEY_LIST:
        return cph_parsed(state, cph_parse_count(arg, 1, LIST_MOST, &o->list, &error), &error);
    case ARGP_KEY_END:
        return o->source.count > 0
                   ? 0
                   : cph_usage(state, "no source: expected --source DIRECTION, as in --source "
                                      "azel:20,10");
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {{&cph_argp_input, 0, NULL, 0},
                                             {&cph_argp_calibration, 0, NULL, 0},
                                             {&cph_argp_range, 0, NULL, 0},
                                             {&cph_argp_common, 0, NULL, 0},
                                             {0}};
static const struct argp argp = {
    own_options,
    parse,
    "INPUT --source DIRECTION",
    "Says in which convention a covariance or capture was written, by sources whose directions are "
    "known: whether data are conjugated, axes of the positions mirrored or swapped, elements "
    "listed in another order, directions meant in another way; and, with a calibration, which "
    "channels are swapped. Each convention is fitted as it is, no gains are fitted: the elements "
    "must be in phase to some 60 degrees rms, or --calibration must make them so. Ends with 0 "
    "where the data fit as they are, with 4 where they don't."
    "\v"
    "A convention stands above another by so many standard errors of the difference, found by "
    "leaving out one element after the other, or of the phases of elements against what errors "
    "and noise make of them under the better one; what is called significant happens by chance "
    "once "
    "in 1000 times, over all conventions tried. Conventions that predict the same data are one "
    "line.\n\n"
    "Examples:\n"
    "  cophase doctor cap.h5 --source azel:20,10\n"
    "  cophase doctor burst.hdf5 --positions antennas.txt --pol XX \\\n"
    "    --source sky:282.4,74.4 --json\n"
    "  cophase doctor cap.h5 --source azel:20,10 --calibration cal.h5",
    children,
    NULL,
    NULL};

cph_exit cph_doctor_parse(int argc, char **argv, cph_doctor_options *options)
{
    *options = (cph_doctor_options){.list = LIST_USUAL};
    return cph_cli_parse(&argp, argc, argv, options);
}

void cph_doctor_options_free(cph_doctor_options *options)
{
    cph_directions_free(&options->source);
    cph_cli_free(&options->cli);
}
