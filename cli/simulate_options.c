/* SPDX-License-Identifier: MIT */
#include "cli/simulate_options.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/attitude_word.h"
#include "cli/json.h"

enum {
    KEY_ARRAY = CPH_KEY_VERB,
    KEY_FREQ,
    KEY_SOURCE,
    KEY_JAMMER,
    KEY_IN_TURN,
    KEY_MOVING,
    KEY_ATTITUDE,
    KEY_BURSTS,
    KEY_COUPLING,
    KEY_SAMPLES,
    KEY_SAMPLE_RATE,
    KEY_CHANNELS,
    KEY_TIME_START,
    KEY_TYPE,
    KEY_GAIN_ERRORS,
    KEY_DELAY_ERRORS,
    KEY_COVER,
    KEY_DEAD,
    KEY_DEAD_COUNT,
    KEY_DEAD_MODE,
    KEY_WEAK,
    KEY_WEAK_COUNT,
    KEY_SEED
};

static const struct argp_option own_options[] = {
    {"array", KEY_ARRAY, "ARRAY", 0, CPH_ARRAY_FORMS, 0},
    {"freq", KEY_FREQ, "FREQ", 0, "Frequency at the aperture", 0},
    {"source", KEY_SOURCE, "DIR[,snr=P]", 0,
     "Add a source; its power in each element over that of the noise (default: 0dB)", 0},
    {"jammer", KEY_JAMMER, "DIR[,inr=P]", 0, "Add a jammer", 0},
    {"in-turn", KEY_IN_TURN, NULL, 0,
     "Sources and jammers sound one after the other, each for its share of the samples", 0},
    {"moving", KEY_MOVING, "TABLE[,inr=P]", 0,
     "Add a jammer (snr=P: a source) for every satellite of a pointing table, which it follows", 0},
    {"attitude", KEY_ATTITUDE, "R,P,Y|FILE", 0,
     "How the array stands: roll, pitch, yaw in degrees, or a table over time", 0},
    {"bursts", KEY_BURSTS, "N,TIME", 0,
     "Record N samples every TIME, with gaps between, as in 64,100ms", 0},
    {"coupling", KEY_COUPLING, "FILE.sNp", 0,
     "Touchstone file of the elements' ports: they hear what couples into them, too, (I + S)^T a "
     "in "
     "place of a; :radiator=voltage (default) or current behind it",
     0},
    {"samples", KEY_SAMPLES, "N", 0,
     "Times to make (default: 4096; with --moving to the end of the tables)", 0},
    {"sample-rate", KEY_SAMPLE_RATE, "FREQ", 0, "Samples a second (default: 1MHz)", 0},
    {"channel-count", KEY_CHANNELS, "N", 0,
     "Make so many channels around --freq, as wide as the sample rate each (default: 1)", 0},
    {"time-start", KEY_TIME_START, "TIME", 0,
     "When the first sample was taken: Unix seconds, or UTC as 2026-11-23T10:00:00Z (default: not "
     "known; with --moving the tables' first row)",
     0},
    {"type", KEY_TYPE, "TYPE", 0, "c8 (default), c16 or c32", 0},
    {"gain-errors", KEY_GAIN_ERRORS, "dB,DEG", 0, "Gaussian errors of the gains, rms", 0},
    {"delay-errors", KEY_DELAY_ERRORS, "TIME", 0,
     "With --channel-count: Gaussian delays of the elements' cables, rms", 0},
    {"cover", KEY_COVER, "KEY=VALUE,...", 0,
     "Lay a cover over the elements: each loses between loss and loss-to dB, lags by phase "
     "degrees rms (alike within grain, as in 3cm), a wedge of tilt degrees toward an angle from "
     "x, standing waves of ripple dB from crest to crest ripple-length, and a wet-share of them "
     "loses wet dB and lags wet-phase degrees more",
     0},
    {"dead", KEY_DEAD, "LIST", 0, "Elements that are dead, as in 3,17,20-25", 0},
    {"dead-count", KEY_DEAD_COUNT, "N", 0, "N more of them at random", 0},
    {"dead-mode", KEY_DEAD_MODE, "MODE", 0,
     "What dead elements give: zero (default), or noise alone", 0},
    {"weak", KEY_WEAK, "LIST", 0, "Elements whose gain is 20 dB down", 0},
    {"weak-count", KEY_WEAK_COUNT, "N", 0, "N more of them at random", 0},
    {"seed", KEY_SEED, "N", 0, "Number that decides all that is random (default: 1)", 0},
    {0}};

static error_t add_source(cph_simulate_options *o, char *arg, bool jammer,
                          const struct argp_state *state)
{
    cph_error error;
    cph_source_word made = {.power = 1.0, .jammer = jammer};
    const cph_key keys[] = {{jammer ? "inr" : "snr", CPH_POWER, &made.power, NULL}, {0}};
    cph_status status = cph_parse_direction(arg, keys, &made.direction, &error);
    if (status != CPH_OK)
        return cph_parsed(state, status, &error);
    cph_source_word *grown = reallocarray(o->source, o->sources + 1, sizeof *grown);
    if (grown == NULL)
        return ENOMEM;
    o->source = grown;
    o->source[o->sources++] = made;
    return 0;
}

static error_t add_moving(cph_simulate_options *o, const char *arg, const struct argp_state *state)
{
    cph_error error;
    if (o->movings == CPH_MOVING_TABLES)
        return cph_usage(state, "--moving: %d tables at most", CPH_MOVING_TABLES);
    const cph_status status = cph_moving_parse(arg, &o->moving[o->movings], &error);
    o->movings += status == CPH_OK;
    return cph_parsed(state, status, &error);
}

/* 64,100ms */
static cph_status parse_bursts(const char *arg, cph_simulate_options *o, cph_error *error)
{
    char word[24];
    const size_t length = strcspn(arg, ",");
    size_t burst = 0;
    double every = 0.0;
    if (length >= sizeof word || arg[length] == '\0')
        return cph_fail(error, CPH_ERR_ARGUMENT, "'%s': expected N,TIME as in 64,100ms", arg);
    memcpy(word, arg, length);
    word[length] = '\0';
    cph_status status = cph_parse_count(word, 1, SIZE_MAX / 2, &burst, error);
    if (status == CPH_OK)
        status = cph_parse_quantity(CPH_SPAN, arg + length + 1, &every, error);
    if (status == CPH_OK) {
        o->burst = burst;
        o->every_s = every;
    }
    return status;
}

static cph_status parse_dead_mode(const char *arg, cph_dead_mode *mode, cph_error *error)
{
    static const char *const names[] = {[CPH_DEAD_ZERO] = "zero", [CPH_DEAD_NOISE] = "noise"};
    size_t index = 0;
    cph_status status = cph_parse_choice(arg, names, 2, &index, error);
    if (status == CPH_OK)
        *mode = (cph_dead_mode)index;
    return status;
}

/* Options that say how the capture is taken. */
static error_t parse_capture(int key, char *arg, struct argp_state *state, cph_simulate_options *o)
{
    cph_error error;
    switch (key) {
    case KEY_ARRAY:
        return cph_parsed(state, cph_parse_array(arg, &o->array, &error), &error);
    case KEY_FREQ:
        return cph_parsed(state, cph_parse_quantity(CPH_FREQUENCY, arg, &o->freq_hz, &error),
                          &error);
    case KEY_BURSTS:
        return cph_parsed(state, parse_bursts(arg, o, &error), &error);
    case KEY_SAMPLES:
        o->samples_given = true;
        return cph_parsed(state, cph_parse_count(arg, 1, SIZE_MAX / 2, &o->samples, &error),
                          &error);
    case KEY_SAMPLE_RATE:
        return cph_parsed(state, cph_parse_quantity(CPH_FREQUENCY, arg, &o->sample_rate_hz, &error),
                          &error);
    case KEY_CHANNELS:
        return cph_parsed(
            state, cph_parse_count(arg, 1, CPH_SIMULATE_CHANNELS, &o->channels, &error), &error);
    case KEY_TIME_START:
        return cph_parsed(state, cph_parse_moment(arg, &o->time_start_unix_s, &error), &error);
    case KEY_TYPE:
        return cph_parsed(state, cph_parse_type(arg, &o->type, &error), &error);
    case KEY_SEED:
        return cph_parsed(state, cph_parse_u64(arg, &o->seed, &error), &error);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* Options that say what there is to find. */
static error_t parse_scene(int key, char *arg, struct argp_state *state, cph_simulate_options *o)
{
    cph_error error;
    cph_fault_words *f = &o->faults;
    switch (key) {
    case KEY_SOURCE:
    case KEY_JAMMER:
        return add_source(o, arg, key == KEY_JAMMER, state);
    case KEY_COUPLING:
        return cph_parsed(state, cph_coupling_choice_parse(arg, &o->coupling, &error), &error);
    case KEY_IN_TURN:
        o->in_turn = true;
        return 0;
    case KEY_MOVING:
        return add_moving(o, arg, state);
    case KEY_ATTITUDE:
        o->attitude = arg;
        return cph_parsed(state, cph_attitude_check(arg, &error), &error);
    case KEY_GAIN_ERRORS:
        return cph_parsed(state, cph_parse_gain_errors(arg, o->gain_errors, &error), &error);
    case KEY_DELAY_ERRORS:
        return cph_parsed(state, cph_parse_quantity(CPH_SPAN, arg, &o->delay_error_s, &error),
                          &error);
    case KEY_COVER:
        o->covered = true;
        return cph_parsed(state, cph_cover_parse(arg, &o->cover, &error), &error);
    case KEY_DEAD:
        return cph_parsed(state, cph_ranges_add(&f->dead, arg, &error), &error);
    case KEY_DEAD_COUNT:
        return cph_parsed(state, cph_parse_count(arg, 0, SIZE_MAX, &f->dead_more, &error), &error);
    case KEY_DEAD_MODE:
        return cph_parsed(state, parse_dead_mode(arg, &o->dead_mode, &error), &error);
    case KEY_WEAK:
        return cph_parsed(state, cph_ranges_add(&f->weak, arg, &error), &error);
    case KEY_WEAK_COUNT:
        return cph_parsed(state, cph_parse_count(arg, 0, SIZE_MAX, &f->weak_more, &error), &error);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* Bursts are whole samples apart, as far as products of what was written are exact. */
static error_t check_bursts(const cph_simulate_options *o, const struct argp_state *state)
{
    static const double rounding = 1e-9;
    const double every = o->every_s * o->sample_rate_hz, whole = round(every);
    if (whole < (double)o->burst)
        return cph_usage(state, "--bursts: %zu samples take longer than the %g s between bursts",
                         o->burst, o->every_s);
    return fabs(every - whole) <= rounding * every
               ? 0
               : cph_usage(state,
                           "--bursts: %.12g s are %.12g samples of --sample-rate: expected a whole "
                           "number of them, as %.12gs are",
                           o->every_s, every, whole / o->sample_rate_hz);
}

static error_t check_channels(const cph_simulate_options *o, const struct argp_state *state)
{
    const error_t code = cph_readings_check(&o->readings, state);
    if (code != 0)
        return code;
    if (o->movings > 0 && o->in_turn)
        return cph_usage(state, "--in-turn: is not for --moving");
    if (o->attitude != NULL && o->movings == 0 && !cph_attitude_stays(o->attitude))
        return cph_usage(state,
                         "--attitude %s: a table turns the array under --moving: expected "
                         "that, or three angles",
                         o->attitude);
    if (o->burst > 0 && check_bursts(o, state) != 0)
        return EINVAL;
    if (o->delay_error_s > 0.0 && o->channels == 1)
        return cph_usage(state, "--delay-errors: one channel is turned by no delay; expected "
                                "--channel-count, as in --channel-count 16");
    if (o->channels > 1 && 0.5 * (double)o->channels * o->sample_rate_hz >= o->freq_hz)
        return cph_usage(state, "--channel-count: %zu of %g Hz around %g Hz reach down to 0 Hz",
                         o->channels, o->sample_rate_hz, o->freq_hz);
    return 0;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    cph_simulate_options *o = state->input;
    cph_readings_note(&o->readings, own_options, key);
    switch (key) {
    case ARGP_KEY_INIT:
        return cph_cli_children(state, &o->cli);
    case ARGP_KEY_END:
        if (o->passes.asked || o->passes.given != NULL)
            return cph_passes_check(&o->passes,
                                    o->readings.givens > 0 ? o->readings.given[0] : NULL, state);
        if (o->array.text == NULL)
            return cph_usage(state, "no array: expected --array, as in --array ura:8x8,0.5wl");
        if (isnan(o->freq_hz))
            return cph_usage(state, "no frequency: expected --freq, as in --freq 11.7e9");
        o->cover.seed = o->seed;
        return check_channels(o, state);
    default: {
        error_t taken = parse_capture(key, arg, state, o);
        return taken == ARGP_ERR_UNKNOWN ? parse_scene(key, arg, state, o) : taken;
    }
    }
}

static const struct argp_child children[] = {{&cph_argp_simulate_readings, 0, NULL, 0},
                                             {&cph_argp_simulate_passes, 0, NULL, 0},
                                             {&cph_argp_output, 0, NULL, 0},
                                             {&cph_argp_common, 0, NULL, 0},
                                             {0}};
static const struct argp argp = {
    own_options,
    parse,
    "-o FILE",
    "Makes a capture: sources and jammers far away, noise of unit power in each element, gains "
    "with "
    "errors, dead and weak elements. The truth goes into the file's /truth. With --kind, what a "
    "power meter or receiver reads (toward --source, else with all elements in phase) while "
    "elements are turned or coded, or the field in front of the array. With --passes, a table of "
    "where satellites are over a site."
    "\v"
    "Examples:\n"
    "  cophase simulate --array ura:8x8,0.5wl --freq 11.7e9 --samples 4096 \\\n"
    "    --source azel:20,10,snr=0dB --jammer azel:-40,5,inr=30dB \\\n"
    "    --gain-errors 1dB,20deg --dead 3,17 --seed 7 -o cap.h5\n"
    "  cophase simulate --array disc:1280,12.8mm --freq 11.7GHz \\\n"
    "    --source thetaphi:30,70,snr=-10dB --dead-count 12 -o terminal.h5\n"
    "  cophase simulate --kind rev --array ura:4x4,0.5wl --freq 11.7GHz \\\n"
    "    --states adar1000 --steps 16 --noise -50dB -o rev.h5\n"
    "  cophase simulate --passes --site 50,8.5 --shell starlink-550 \\\n"
    "    --start 2026-11-23T10:00:00Z --min-elevation 25 -o passes.csv\n"
    "  cophase simulate --array disc:1280,12.8mm --freq 11.7GHz --attitude 0,0,0 \\\n"
    "    --moving passes.csv,inr=40dB --bursts 64,100ms -o pass.h5",
    children,
    NULL,
    NULL};

cph_exit cph_simulate_parse(int argc, char **argv, cph_simulate_options *options)
{
    *options = (cph_simulate_options){.freq_hz = NAN,
                                      .time_start_unix_s = NAN,
                                      .sample_rate_hz = 1e6,
                                      .samples = 4096,
                                      .channels = 1,
                                      .type = CPH_C8,
                                      .seed = 1,
                                      .readings = cph_readings_choice_defaults(),
                                      .passes = cph_passes_choice_defaults()};
    return cph_cli_parse(&argp, argc, argv, options);
}

void cph_simulate_options_free(cph_simulate_options *options)
{
    free(options->source);
    cph_coupling_choice_free(&options->coupling);
    cph_ranges_free(&options->faults.dead);
    cph_ranges_free(&options->faults.weak);
    cph_cli_free(&options->cli);
}

const cph_sim_cover *cph_simulate_options_cover(const cph_simulate_options *options)
{
    return options->covered ? &options->cover : NULL;
}

/* Larger seeds than JSON integers of jansson hold are text. */
json_t *cph_simulate_seed_json(uint64_t seed)
{
    char text[24];
    if (seed <= INT64_MAX)
        return json_integer((json_int_t)seed);
    snprintf(text, sizeof text, "%" PRIu64, seed);
    return cph_json_text(text);
}
