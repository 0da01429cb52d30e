/* SPDX-License-Identifier: MIT */
/* cophase channelize: a wideband capture to one with channels, by a polyphase filter bank. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/channelizer.h"
#include "cli/json.h"
#include "cli/progress.h"
#include "cli/verbs.h"

enum { KEY_INTO = CPH_KEY_VERB, KEY_OVERSAMPLE, KEY_TAPS, KEY_TRANSITION };

typedef struct options {
    cph_cli cli;
    size_t channels, oversample, taps;
    double transition;
} options;

static error_t parse_transition(options *o, const char *arg, const struct argp_state *state)
{
    static const double range[2] = {DBL_MIN, 1.0};
    cph_error error;
    return cph_parsed(state,
                      cph_parse_within(CPH_NUMBER, arg, range, "a number above 0, at most 1",
                                       &o->transition, &error),
                      &error);
}

static error_t check(const options *o, const struct argp_state *state)
{
    if (o->channels == 0)
        return cph_usage(state, "expected --into N");
    if (o->oversample == 2 && o->channels > 1 && o->channels % 2 != 0)
        return cph_usage(state, "--into %zu: expected an even number with --oversample 2",
                         o->channels);
    if (o->channels == 1 && (o->oversample == 2 || o->taps > 0 || o->transition > 0.0))
        return cph_usage(state,
                         "--into 1: --oversample 2, --taps and --transition are for channels");
    return 0;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    options *o = state->input;
    cph_error error;
    switch (key) {
    case ARGP_KEY_INIT:
        return cph_cli_children(state, &o->cli);
    case KEY_INTO:
        return cph_parsed(
            state, cph_parse_count(arg, 1, CPH_CHANNELIZE_CHANNELS_MAX / 2, &o->channels, &error),
            &error);
    case KEY_OVERSAMPLE:
        return cph_parsed(state, cph_parse_count(arg, 1, 2, &o->oversample, &error), &error);
    case KEY_TAPS:
        return cph_parsed(state, cph_parse_count(arg, 1, CPH_CHANNELIZE_TAPS_MAX, &o->taps, &error),
                          &error);
    case KEY_TRANSITION:
        return parse_transition(o, arg, state);
    case ARGP_KEY_END:
        return check(o, state);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option own[] = {
    {"into", KEY_INTO, "N", 0,
     "Channels of the output, over the whole band; 1: real samples to complex baseband", 0},
    {"oversample", KEY_OVERSAMPLE, "1|2", 0,
     "Samples of a channel for each hertz of its width: 1 (default), or 2, which keeps aliases out",
     0},
    {"taps", KEY_TAPS, "T", 0, "Taps of a branch of the filter bank (default 8)", 0},
    {"transition", KEY_TRANSITION, "WIDTH", 0,
     "From passed to rejected, in channels (default 0.5): narrower asks for more taps", 0},
    {0}};
static const struct argp_child children[] = {{&cph_argp_input, 0, NULL, 0},
                                             {&cph_argp_range, 0, NULL, 0},
                                             {&cph_argp_follow, 0, NULL, 0},
                                             {&cph_argp_channels, 0, NULL, 0},
                                             {&cph_argp_output, 0, NULL, 0},
                                             {&cph_argp_common, 0, NULL, 0},
                                             {0}};
static const struct argp argp = {
    own,
    parse,
    "CAPTURE -o FILE",
    "Divides a capture's band into channels by a polyphase filter bank, as a stream: a capture "
    "[time, channel, element] whose channels covariance, calibrate and beamform take one by one. "
    "Of a capture that has channels already, --channels picks the one to be divided. "
    "Real samples become complex: their channels span 0 to half the sample rate."
    "\v"
    "FFTW finds its plans by trial once and keeps them in $XDG_CACHE_HOME/cophase.\n\n"
    "Examples:\n"
    "  cophase channelize cap.h5 --into 64 -o channels.h5\n"
    "  cophase channelize cap.h5 --into 64 --oversample 2 -o ch.h5 --json\n"
    "  cophase channelize ch.h5 --channels 3 --into 16 -o fine.h5",
    children,
    NULL,
    NULL};

/* ---- results ---- */

static cph_exit tell_json(const cph_channelizer *c)
{
    const cph_channelize_info *const info = &c->info;
    const cph_cli *const cli = c->input->cli;
    json_t *object = json_object();
    cph_json_set_text(object, "kind", cph_kind_name(CPH_KIND_CAPTURE));
    cph_json_set_text(object, "output", cli->output);
    cph_json_set_count(object, "elements", c->elements);
    cph_json_set_count(object, "channels", c->header.channels);
    cph_json_set_count(object, "times", c->made);
    cph_json_set_number(object, "sample_rate_hz", c->header.sample_rate_hz);
    cph_json_set_number(object, "channel_width_hz", c->width_hz);
    cph_json_set_number(object, "first_channel_hz", c->header.channel_freq_hz[0]);
    cph_json_set_count(object, "gaps", c->header.gaps);
    cph_input_follow_json(c->input, object);
    const double error = c->input->header->baseband_error;
    cph_json_set(object, "real_sampling",
                 json_boolean(error > 0.0 || c->input->header->real_sampling));
    cph_json_set_count(object, "oversample", info->oversample);
    cph_json_set_count(object, "samples_per_time", error > 0.0 ? 2 : info->step);
    if (error > 0.0) {
        cph_json_set_number(object, "error_db", 20.0 * log10(error));
        return cph_json_print(cli, object);
    }
    cph_json_set_count(object, "samples_left_out", c->left_out);
    cph_json_set_count(object, "taps", info->taps);
    cph_json_set_number(object, "passband_hz", 2.0 * info->passband * c->width_hz);
    cph_json_set_number(object, "stopband_from_hz", info->stopband * c->width_hz);
    cph_json_set_number(object, "ripple_db", info->ripple_db);
    cph_json_set_number(object, "edge_db", info->edge_db);
    cph_json_set_number(object, "alias_db", info->alias_db);
    cph_json_set_number(object, "independent", info->independent);
    return cph_json_print(cli, object);
}

static cph_exit tell(const cph_channelizer *c)
{
    const cph_channelize_info *const info = &c->info;
    const cph_cli *const cli = c->input->cli;
    if (cli->json)
        return tell_json(c);
    printf("%s: %zu channels of %.6g Hz, %zu elements, %zu times at %.9g Hz, %zu gaps\n",
           cli->output, c->header.channels, c->width_hz, c->elements, c->made,
           c->header.sample_rate_hz, c->header.gaps);
    if (c->plan == NULL) {
        printf("amplitudes and images within %.1f dB over nine tenths of the band\n",
               20.0 * log10(c->input->header->baseband_error));
        return cph_stdout_check(cli);
    }
    printf("flat within %.2g dB over %.3g %% of a channel, %.1f dB at its edge; what is %.3g "
           "channels off and more: %.1f dB\n",
           info->ripple_db, 200.0 * info->passband, info->edge_db, info->stopband, info->alias_db);
    return cph_stdout_check(cli);
}

int cph_verb_channelize(int argc, char **argv)
{
    options o = {.oversample = 1};
    cph_input input;
    cph_interrupt_catch();
    cph_exit code = cph_cli_parse(&argp, argc, argv, &o);
    if (code == CPH_EXIT_DONE)
        code = cph_input_open(
            &o.cli, CPH_TAKES_CAPTURE | (o.channels > 1 ? CPH_TAKES_REAL : CPH_NEEDS_BASEBAND),
            &input);
    if (code == CPH_EXIT_DONE) {
        const cph_channelize_config config = {.channels = o.channels,
                                              .oversample = o.oversample,
                                              .taps = o.taps,
                                              .transition = o.transition,
                                              .exec = &o.cli.exec};
        cph_channelizer c;
        code = cph_channelizer_run(&input, &config, &c);
        if (code == CPH_EXIT_DONE)
            code = tell(&c);
        cph_channelizer_free(&c);
        cph_input_close(&input);
    }
    cph_cli_free(&o.cli);
    return code;
}
