/* SPDX-License-Identifier: MIT */
/* The command line of `track`. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/attitude_word.h"
#include "cli/export.h"
#include "cli/parse_internal.h"
#include "cli/plot/plot.h"
#include "cli/track_options.h"

enum {
    KEY_ARRAY = CPH_KEY_VERB,
    KEY_FREQ,
    KEY_TRANSMIT_FREQ,
    KEY_TRANSMIT_CALIBRATION,
    KEY_TRUTH,
    KEY_TRANSMIT_TRUTH,
    KEY_TAPER,
    KEY_TRANSMIT_TAPER,
    KEY_ELEMENT,
    KEY_ATTITUDE,
    KEY_HORIZON,
    KEY_FLOOR,
    KEY_SLOT,
    KEY_SLOT_START,
    KEY_HYSTERESIS,
    KEY_OVERLAP,
    KEY_ROW_GAP,
    KEY_RATE,
    KEY_DUTY_BELOW,
    KEY_IMAGES,
    KEY_TARGET,
    KEY_PLOT_SKY,
    KEY_PLOT_GAIN
};

static const double degree = M_PI / 180.0;

/* "11.7GHz,11.95GHz", behind what the path has; all of receive come first. */
static error_t parse_freqs(const char *arg, cph_gain_path path, cph_track_options *o,
                           const struct argp_state *state)
{
    const char *rest = arg;
    while (rest != NULL) {
        char piece[CPH_PIECE_SIZE];
        double freq_hz = 0.0;
        cph_error error;
        cph_status status = cph_parse_piece(&rest, piece, sizeof piece, &error);
        if (status == CPH_OK)
            status = cph_parse_quantity(CPH_FREQUENCY, piece, &freq_hz, &error);
        if (status != CPH_OK)
            return cph_parsed(state, status, &error);
        for (size_t i = 0; i < o->columns; i++)
            if (o->column[i].path == path && o->column[i].freq_hz == freq_hz)
                return cph_usage(state, "%s: %s was given before",
                                 path == CPH_GAIN_RECEIVE ? "--freq" : "--transmit-freq", piece);
        if (o->columns == CPH_TRACK_COLUMNS_MAX)
            return cph_usage(state, "more than %d frequencies", (int)CPH_TRACK_COLUMNS_MAX);
        size_t at = o->columns++;
        for (; path == CPH_GAIN_RECEIVE && at > 0 && o->column[at - 1].path != path; at--)
            o->column[at] = o->column[at - 1];
        o->column[at].path = path;
        o->column[at].freq_hz = freq_hz;
    }
    return 0;
}

static error_t parse_angle(const char *arg, double least, double *angle, const char *expected,
                           const struct argp_state *state)
{
    cph_error error;
    const double range[2] = {least, M_PI / 2};
    return cph_parsed(state, cph_parse_within(CPH_ANGLE, arg, range, expected, angle, &error),
                      &error);
}

/* 10Hz, or auto: 0. */
static error_t parse_rate(const char *arg, double *rate_hz, const struct argp_state *state)
{
    static const double range[2] = {0.0, 1000.0};
    cph_error error;
    *rate_hz = 0.0;
    if (strcmp(arg, "auto") == 0)
        return 0;
    return cph_parsed(state,
                      cph_parse_within(CPH_FREQUENCY, arg, range,
                                       "updates a second, above 0 and at most 1kHz, or auto",
                                       rate_hz, &error),
                      &error);
}

/* UTC or Unix seconds, these also with their unit. */
static error_t parse_start(const char *arg, double *start, const struct argp_state *state)
{
    cph_error error;
    return cph_parse_quantity(CPH_TIME, arg, start, NULL) == CPH_OK
               ? 0
               : cph_parsed(state, cph_parse_moment(arg, start, &error), &error);
}

static error_t parse_path(const char *arg, const char **path, const struct argp_state *state)
{
    cph_error error;
    *path = arg;
    return cph_parsed(state, cph_plot_check_path(arg, &error), &error);
}

static error_t parse_taper(const char *arg, cph_gain_path path, cph_track_options *o,
                           const struct argp_state *state)
{
    cph_error error;
    o->taper_text[path] = arg;
    const cph_status status = cph_parse_taper(arg, &o->taper[path], &error);
    if (status == CPH_OK && o->taper[path].kind == CPH_TAPER_BAYLISS)
        return cph_usage(state, "'%s': a difference beam gives nothing toward the satellite", arg);
    return cph_parsed(state, status, &error);
}

/* That transmit beams can be quiet. */
static error_t check_quiet(const cph_track_options *o, const struct argp_state *state)
{
    if (o->taper_text[CPH_GAIN_TRANSMIT] != NULL)
        return cph_usage(state, "--quiet-below finds the taper itself: expected no "
                                "--transmit-taper");
    if (o->quiet.below_rad > o->schedule.floor_rad)
        return cph_usage(state,
                         "--quiet-below: expected at most --floor, %.4g degrees: satellites from "
                         "there on are sent to",
                         o->schedule.floor_rad / degree);
    return o->null.fixed.count == 0
               ? 0
               : cph_usage(state, "expected either --quiet-below or --null, which holds on both "
                                  "paths");
}

static error_t check(cph_track_options *o, const struct argp_state *state)
{
    bool receive = false, transmit = false;
    for (size_t i = 0; i < o->columns; i++) {
        receive = receive || o->column[i].path == CPH_GAIN_RECEIVE;
        transmit = transmit || o->column[i].path == CPH_GAIN_TRANSMIT;
    }
    if (o->cli.input == NULL)
        return cph_usage(state, "no input: expected a pointing table");
    if (o->array == NULL)
        return cph_usage(state, "expected --array ARRAY");
    if (!receive)
        return cph_usage(state, "expected --freq HZ, of what is received");
    if (!transmit &&
        (o->calibration[CPH_GAIN_TRANSMIT] != NULL || o->truth[CPH_GAIN_TRANSMIT] != NULL ||
         o->taper_text[CPH_GAIN_TRANSMIT] != NULL))
        return cph_usage(state, "--transmit-calibration, --transmit-truth and --transmit-taper go "
                                "with --transmit-freq");
    if (!transmit && (o->duty_below > 0.0 || cph_quiet_asked(&o->quiet)))
        return cph_usage(state, "--duty-below and --quiet-below are for what is sent: expected "
                                "--transmit-freq");
    if (cph_density_asked(&o->quiet) && !(o->duty_below > 0.0))
        return cph_usage(state, "--eirp-density goes with --duty-below, which tells where");
    if (cph_quiet_asked(&o->quiet) && check_quiet(o, state) != 0)
        return EINVAL;
    if ((o->images == NULL) != (o->target == NULL))
        return cph_usage(state, "--images and --target go together");
    if (o->target != NULL && (strcmp(o->target, "packed") == 0) != (o->states.table == NULL) &&
        (o->states.phase_bits > 0 || o->states.table != NULL))
        return cph_usage(state, "--target %s: expected %s", o->target,
                         strcmp(o->target, "packed") == 0 ? "--bits" : "--states, or neither");
    if (o->target != NULL &&
        (o->states.amplitude_bits > 0 ||
         (o->states.phase_bits > 0 && (o->states.phase_bits < 4 || o->states.phase_bits > 8))))
        return cph_usage(state, "--target packed: expected --bits 4 to 8 of phase alone");
    if (o->schedule.overlap_s > o->schedule.slot_s)
        return cph_usage(state, "--overlap: %g s is longer than a slot: expected at most %g s",
                         o->schedule.overlap_s, o->schedule.slot_s);
    o->calibration[CPH_GAIN_RECEIVE] = o->cli.calibration;
    return 0;
}

static error_t parse_schedule(int key, const char *arg, cph_track_options *o,
                              const struct argp_state *state)
{
    cph_error error;
    switch (key) {
    case KEY_FLOOR:
        return parse_angle(arg, -M_PI / 2, &o->schedule.floor_rad, "-90 to 90 degrees", state);
    case KEY_HYSTERESIS:
        return parse_angle(arg, 0.0, &o->schedule.hysteresis_rad, "0 to 90 degrees", state);
    case KEY_SLOT: {
        static const double range[2] = {1e-3, 1e14};
        return cph_parsed(state,
                          cph_parse_within(CPH_SPAN, arg, range, "a time of 1ms or more, as in 15s",
                                           &o->schedule.slot_s, &error),
                          &error);
    }
    case KEY_SLOT_START:
        return parse_start(arg, &o->schedule.slot_start_s, state);
    case KEY_OVERLAP:
        return cph_parsed(state, cph_parse_quantity(CPH_TIME, arg, &o->schedule.overlap_s, &error),
                          &error);
    case KEY_ROW_GAP:
        return cph_parsed(state, cph_parse_quantity(CPH_SPAN, arg, &o->schedule.join_s, &error),
                          &error);
    case KEY_RATE:
        return parse_rate(arg, &o->rate_hz, state);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static error_t parse_array(const char *arg, cph_track_options *o, const struct argp_state *state)
{
    cph_error error;
    o->array = arg;
    return cph_parsed(state, cph_parse_array(arg, &o->spec, &error), &error);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    cph_track_options *o = state->input;
    cph_error error;
    switch (key) {
    case ARGP_KEY_INIT:
        cph_cli_children(state, &o->cli);
        state->child_inputs[0] = &o->states;
        state->child_inputs[1] = &o->null;
        state->child_inputs[2] = &o->quiet;
        return 0;
    case ARGP_KEY_ARG:
        return cph_cli_take_input(&o->cli, arg);
    case KEY_ARRAY:
        return parse_array(arg, o, state);
    case KEY_FREQ:
        return parse_freqs(arg, CPH_GAIN_RECEIVE, o, state);
    case KEY_TRANSMIT_FREQ:
        return parse_freqs(arg, CPH_GAIN_TRANSMIT, o, state);
    case KEY_TRANSMIT_CALIBRATION:
        o->calibration[CPH_GAIN_TRANSMIT] = arg;
        return 0;
    case KEY_TRUTH:
        o->truth[CPH_GAIN_RECEIVE] = arg;
        return 0;
    case KEY_TRANSMIT_TRUTH:
        o->truth[CPH_GAIN_TRANSMIT] = arg;
        return 0;
    case KEY_TAPER:
        return parse_taper(arg, CPH_GAIN_RECEIVE, o, state);
    case KEY_TRANSMIT_TAPER:
        return parse_taper(arg, CPH_GAIN_TRANSMIT, o, state);
    case KEY_ELEMENT:
        return cph_parsed(state, cph_element_choose(arg, &o->element, &error), &error);
    case KEY_ATTITUDE:
        o->attitude = arg;
        return cph_parsed(state, cph_attitude_check(arg, &error), &error);
    case KEY_HORIZON:
        o->horizon = arg;
        return 0;
    case KEY_DUTY_BELOW:
        return parse_angle(arg, 0x1p-1074, &o->duty_below, "above 0 and at most 90 degrees", state);
    case KEY_IMAGES:
        o->images = arg;
        return 0;
    case KEY_TARGET:
        o->target = arg;
        return cph_parsed(state, cph_export_image_format(arg, &o->target_format, &error), &error);
    case KEY_PLOT_SKY:
        return parse_path(arg, &o->plot_sky, state);
    case KEY_PLOT_GAIN:
        return parse_path(arg, &o->plot_gain, state);
    case ARGP_KEY_END:
        return check(o, state);
    default:
        return parse_schedule(key, arg, o, state);
    }
}

static const struct argp_option own[] = {
    {"array", KEY_ARRAY, "ARRAY", 0, CPH_ARRAY_FORMS, 0},
    {"freq", KEY_FREQ, "HZ[,HZ..]", 0, "What is received: weights for each of them", 0},
    {"transmit-freq", KEY_TRANSMIT_FREQ, "HZ[,HZ..]", 0, "What is sent (default: nothing)", 0},
    {"transmit-calibration", KEY_TRANSMIT_CALIBRATION, "FILE", 0,
     "Gains of the transmit path; --calibration has those of receive", 0},
    {"taper", KEY_TAPER, "TAPER", 0, "Weigh the aperture on receive (default: uniform)", 0},
    {"transmit-taper", KEY_TRANSMIT_TAPER, "TAPER", 0, "and on transmit (default: uniform)", 0},
    {"element", KEY_ELEMENT, "ELEMENT", 0,
     "Pattern of every element: isotropic (default), cos:q=1, dipole:height=0.25,axis=x, or a "
     "FILE.csv of angle,level",
     0},
    {"attitude", KEY_ATTITUDE, "R,P,Y|FILE", 0,
     "How the array stands: roll, pitch and yaw in degrees, or a table of them over time (default: "
     "as its file says, else 0,0,0: x east, y north, boresight up)",
     0},
    {"truth", KEY_TRUTH, "FILE", 0,
     "Tell the gain through the true receive gains of FILE, which simulate has written (default: "
     "through those of the calibration)",
     0},
    {"transmit-truth", KEY_TRANSMIT_TRUTH, "FILE", 0, "The same of the transmit path", 0},
    {NULL, 0, NULL, 0, "Whom it serves:", 2},
    {"floor", KEY_FLOOR, "ANGLE", 0, "Least elevation (default: 25 degrees)", 2},
    {"horizon", KEY_HORIZON, "FILE", 0, "Obstructions: a table of az_deg,el_deg", 2},
    {"slot", KEY_SLOT, "TIME", 0,
     "Length of a slot; at its start satellites are chosen (default: 15s)", 2},
    {"slot-start", KEY_SLOT_START, "TIME", 0,
     "A slot's edge: Unix seconds or UTC (default: 0: Unix time's)", 2},
    {"hysteresis", KEY_HYSTERESIS, "ANGLE", 0,
     "How much higher another satellite must be to take over (default: 0)", 2},
    {"overlap", KEY_OVERLAP, "TIME", 0,
     "How long the next satellite's receive beam stands before a hand-over (default: 1s)", 2},
    {"row-gap", KEY_ROW_GAP, "TIME", 0,
     "Rows of a satellite further apart are not one pass (default: 60s)", 2},
    {"rate", KEY_RATE, "RATE", 0,
     "Updates of the weights a second (default: 10Hz), or auto: as seldom as motion below a tenth "
     "of the beamwidth allows",
     2},
    {"duty-below", KEY_DUTY_BELOW, "ANGLE", 0,
     "Tell what is sent between the horizon and this elevation: time, share of the power, the most "
     "gain; of the beam in the middle of each slot",
     4},
    {NULL, 0, NULL, 0, "For chips:", 5},
    {"images", KEY_IMAGES, "DIR", 0,
     "Write the beams as images for chips into a new or empty folder, some for each slot, and "
     "schedule.csv: when which is recalled",
     5},
    {"target", KEY_TARGET, "CHIP", 0,
     "Which ones: packed (codes of --bits), adar1000 or adar300x (of --states or their own)", 5},
    {NULL, 0, NULL, 0, "Pictures:", 6},
    {"plot-sky", KEY_PLOT_SKY, "FILE", 0, "Draw the sky with what was served", 6},
    {"plot-gain", KEY_PLOT_GAIN, "FILE", 0, "Draw the gain over time", 6},
    {0}};
static const struct argp_child children[] = {
    {&cph_argp_states_table, 0, NULL, 0}, /* the first three have options of their own */
    {&cph_argp_track_nulls, 0, NULL, 0},  {&cph_argp_quiet, 0, NULL, 0},
    {&cph_argp_calibration, 0, NULL, 0},  {&cph_argp_output, 0, NULL, 0},
    {&cph_argp_common, 0, NULL, 0},       {0}};
static const struct argp argp = {
    own,
    parse,
    "TABLE",
    "Follows satellites of a pointing table: a schedule of slots with hand-overs, weights for "
    "every "
    "path and frequency at every update, the Doppler shift to make up for, and a log of what the "
    "beams give.\v"
    "The table: time_unix_s (or time), satellite, az_deg, el_deg, and if known range_m, "
    "range_rate_m_s; as CSV or HDF5. Examples:\n"
    "  cophase track passes.csv --array disc:1280,12.8mm --freq 11.7GHz --transmit-freq 14.25GHz "
    "--calibration rx.h5 --transmit-calibration tx.h5 --bits 6 --element cos -o track.h5\n"
    "  cophase track passes.csv --array disc:1280,12.8mm --freq 11.7GHz --horizon trees.csv "
    "--plot-sky sky.svg -o track.h5",
    children,
    NULL,
    NULL};

cph_image_options cph_track_image(const cph_track_options *options)
{
    return (cph_image_options){.bits = options->states.phase_bits,
                               .states = options->states.table,
                               .delay = options->states.delay,
                               .gain_code = 127};
}

cph_exit cph_track_parse(int argc, char **argv, cph_track_options *options)
{
    *options = (cph_track_options){
        .rate_hz = 10.0,
        .schedule = {.slot_s = 15.0, .floor_rad = 25.0 * degree, .overlap_s = 1.0, .join_s = 60.0}};
    return cph_cli_parse(&argp, argc, argv, options);
}
