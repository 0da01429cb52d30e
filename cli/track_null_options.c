/* SPDX-License-Identifier: MIT */
#include "cli/track_null_options.h"

#include <math.h>

enum {
    KEY_NULL = CPH_KEY_VERB + 0x110, /* beside those of the verb and of states */
    KEY_NULL_WIDTH,
    KEY_JAMMERS,
    KEY_JAMMER_INR,
    KEY_JAMMER_CAPTURE,
    KEY_JAMMER_TRUTH
};

static const double usual_inr = 1e4;

static const struct argp_option own[] = {
    {NULL, 0, NULL, 0, "What it does not hear, or send to:", 3},
    {"null", KEY_NULL, "DIRECTION", 0,
     "Null toward DIRECTION on both paths: sky:AZ,EL azel:AZ,EL thetaphi:THETA,PHI uv:U,V; "
     "repeated",
     3},
    {"jammers", KEY_JAMMERS, "TABLE", 0,
     "Null toward jammers on receive, a pointing table of their places", 3},
    {"jammer-capture", KEY_JAMMER_CAPTURE, "FILE", 0,
     "Null toward what is learned from a capture of the array at a frequency of --freq, beside the "
     "run: at each time the last burst of samples that has ended; once for each frequency",
     3},
    {"jammer-truth", KEY_JAMMER_TRUTH, "TABLE", 0,
     "Where the jammers of --jammer-capture are, a pointing table: nulls are told toward them", 3},
    {"null-width", KEY_NULL_WIDTH, "ANGLE", 0,
     "How wide nulls are (default: 0; what moves is covered from one update to the next)", 3},
    {"jammer-inr", KEY_JAMMER_INR, "POWER", 0,
     "Power of each jammer of --null, --jammers and --jammer-truth in an element over its noise "
     "(default: 40dB)",
     3},
    {0}};

static error_t parse_width(const char *arg, double *width, const struct argp_state *state)
{
    static const double range[2] = {0.0, M_PI / 2};
    cph_error error;
    return cph_parsed(
        state, cph_parse_within(CPH_ANGLE, arg, range, "0 to 90 degrees", width, &error), &error);
}

static error_t parse_inr(const char *arg, double *inr, const struct argp_state *state)
{
    cph_error error;
    const cph_status status = cph_parse_quantity(CPH_POWER, arg, inr, &error);
    if (status == CPH_OK && !(*inr > 0.0))
        return cph_usage(state, "--jammer-inr %s: a power above 0 was expected", arg);
    return cph_parsed(state, status, &error);
}

static error_t check(cph_track_null_options *o, const struct argp_state *state)
{
    if (!cph_track_null_asked(o) && o->width > 0.0)
        return cph_usage(state, "--null-width goes with --null, --jammers or --jammer-capture");
    if (o->fixed.count == 0 && o->jammers == NULL && o->truth == NULL && o->inr > 0.0)
        return cph_usage(state, "--jammer-inr goes with --null, --jammers or --jammer-truth: "
                                "a capture tells the powers of its own");
    if (o->captures == 0 && o->truth != NULL)
        return cph_usage(state, "--jammer-truth goes with --jammer-capture");
    if (!(o->inr > 0.0))
        o->inr = usual_inr;
    return 0;
}

static error_t add_capture(const char *arg, cph_track_null_options *o,
                           const struct argp_state *state)
{
    if (o->captures == CPH_TRACK_CAPTURES_MAX)
        return cph_usage(state, "more than %d of --jammer-capture", (int)CPH_TRACK_CAPTURES_MAX);
    o->capture[o->captures++] = arg;
    return 0;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    cph_track_null_options *const o = state->input;
    cph_error error;
    switch (key) {
    case KEY_NULL:
        return cph_parsed(state, cph_directions_add(&o->fixed, arg, NULL, &error), &error);
    case KEY_NULL_WIDTH:
        return parse_width(arg, &o->width, state);
    case KEY_JAMMERS:
        o->jammers = arg;
        return 0;
    case KEY_JAMMER_INR:
        return parse_inr(arg, &o->inr, state);
    case KEY_JAMMER_CAPTURE:
        return add_capture(arg, o, state);
    case KEY_JAMMER_TRUTH:
        o->truth = arg;
        return 0;
    case ARGP_KEY_END:
        return check(o, state);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp cph_argp_track_nulls = {own, parse, NULL, NULL, NULL, NULL, NULL};

void cph_track_null_options_free(cph_track_null_options *options)
{
    cph_directions_free(&options->fixed);
}

bool cph_track_null_asked(const cph_track_null_options *options)
{
    return options->fixed.count > 0 || options->jammers != NULL || options->captures > 0;
}
