/* SPDX-License-Identifier: MIT */
/* cophase export: a calibration or weights in a format of others. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "cli/coefficients.h"
#include "cli/export.h"
#include "cli/history.h"
#include "cli/option_values.h"
#include "cli/text_output.h"
#include "cli/verbs.h"

enum { CSV, CALTABLE, HEADER, FW_TABLE, PACKED, ADAR1000, ADAR300X, FORMATS };

/* What is written of a calibration as such, and of beams: weights, or without a writer of its own a
 * calibration's coefficients. */
static const struct {
    const char *name;
    cph_export_write *gains;
    cph_export_beams_write *beams;
    cph_fw_layout layout; /* of an image; 0: none */
    bool all;             /* of all times or channels */
} formats[FORMATS] = {
    [CSV] = {.name = "csv", .gains = cph_export_csv, .all = true},
    [CALTABLE] = {.name = "lofar-caltable", .gains = cph_export_caltable, .all = true},
    [HEADER] = {.name = "c-header", .gains = cph_export_header, .beams = cph_export_beams_header},
    [FW_TABLE] = {.name = "fw-table", .beams = cph_export_fw_table},
    [PACKED] = {"packed", NULL, cph_export_image, CPH_FW_LAYOUT_PACKED, false},
    [ADAR1000] = {"adar1000", NULL, cph_export_image, CPH_FW_LAYOUT_ADAR1000, false},
    [ADAR300X] = {"adar300x", NULL, cph_export_image, CPH_FW_LAYOUT_ADAR300X, false}};

const char *cph_export_format(const cph_export_options *options)
{
    return formats[options->format].name;
}

cph_fw_layout cph_export_layout(const cph_export_options *options)
{
    return formats[options->format].layout;
}

cph_status cph_export_image_format(const char *name, size_t *format, cph_error *error)
{
    for (size_t i = 0; i < FORMATS; i++)
        if (formats[i].layout != 0 && strcmp(name, formats[i].name) == 0) {
            *format = i;
            return CPH_OK;
        }
    return cph_fail(error, CPH_ERR_ARGUMENT, "'%s': expected packed, adar1000 or adar300x", name);
}

bool cph_export_filled(const cph_calibration *calibration, size_t at)
{
    return calibration->filled != NULL && calibration->filled[at] != 0;
}

void cph_export_words(FILE *file, const char *text)
{
    for (; *text != '\0'; text++) {
        const bool plain = isprint((unsigned char)*text) && strchr("*/\\", *text) == NULL;
        fputc(plain ? *text : '_', file);
    }
}

const char *cph_export_name(const char *path)
{
    const char *const slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

/* ---- command line ---- */

enum {
    KEY_TARGET = CPH_KEY_VERB,
    KEY_TIME,
    KEY_CHANNEL,
    KEY_BEAMS,
    KEY_NAME,
    KEY_CHIP,
    KEY_MODE,
    KEY_STATION
};
enum { NAME_MOST = 40, STATION_MOST = 40, MODES = 7 };

static error_t take_name(const char *arg, cph_export_options *o, const struct argp_state *state)
{
    size_t length = 0;
    while (isalpha((unsigned char)arg[length]) || arg[length] == '_' ||
           (length > 0 && isdigit((unsigned char)arg[length])))
        length++;
    if (length == 0 || arg[length] != '\0' || length > NAME_MOST)
        return cph_usage(state,
                         "--name '%s': expected a name of C: a letter or _, then letters, digits "
                         "and _, at most %d",
                         arg, (int)NAME_MOST);
    o->prefix = arg;
    return 0;
}

static error_t take_station(const char *arg, cph_export_options *o, const struct argp_state *state)
{
    size_t length = 0;
    while (isgraph((unsigned char)arg[length]))
        length++;
    if (length == 0 || arg[length] != '\0' || length > STATION_MOST)
        return cph_usage(state, "--station '%s': expected a word of at most %d letters", arg,
                         (int)STATION_MOST);
    o->station = arg;
    return 0;
}

/* Options on chips that the format would not look at. */
static error_t check_chip(const cph_export_options *o, const struct argp_state *state)
{
    const cph_image_options *image = &o->image;
    if (image->bits > 0 && o->format != PACKED)
        return cph_usage(state, "--bits is for --target packed");
    if (image->states != NULL && formats[o->format].layout == 0 && o->format != FW_TABLE)
        return cph_usage(state, "--states is for images and --target fw-table");
    if (o->chip != CPH_EXPORT_CHIP_UNKNOWN && (o->format != FW_TABLE || image->states == NULL))
        return cph_usage(state, "--chip is for --target fw-table with --states");
    if (o->format == FW_TABLE && o->chip == CPH_EXPORT_CHIP_UNKNOWN &&
        cph_image_states_path(image) != NULL)
        return cph_usage(state,
                         "--states %s: expected --chip adar1000 or other, whose codes they "
                         "are",
                         image->states);
    if (image->has_sense && formats[o->format].layout == 0)
        return cph_usage(state, "--state-sense is for images");
    if (image->has_chip && o->format != ADAR1000)
        return cph_usage(state, "--attenuator-bit and --gain-code are for --target adar1000");
    return 0;
}

/* Options that the format would not look at. */
static error_t check(const cph_export_options *o, const struct argp_state *state)
{
    if (o->cli.input == NULL)
        return cph_usage(state, "no input: expected a calibration or weights");
    if (o->format == FORMATS)
        return cph_usage(state, "no format: expected --target csv, lofar-caltable, c-header, "
                                "fw-table, packed, adar1000 or adar300x");
    if (o->format != HEADER && o->format != FW_TABLE && o->prefix != NULL)
        return cph_usage(state, "--name: is for --target c-header and fw-table");
    if (o->format != CALTABLE && (o->mode > 0 || o->station != NULL))
        return cph_usage(state, "--mode and --station are for --target lofar-caltable");
    if (o->format == CALTABLE && o->mode == 0)
        return cph_usage(state, "--target lofar-caltable: expected --mode, the RCU mode 1 to 7");
    if (o->format == CALTABLE && o->has_channel)
        return cph_usage(state, "--channel: a calibration table has all of them");
    if (formats[o->format].beams == NULL && o->beams.count > 0)
        return cph_usage(state, "--beams: %s is of calibrations", formats[o->format].name);
    return check_chip(o, state);
}

static error_t take_format(const char *arg, cph_export_options *o, const struct argp_state *state)
{
    const char *names[FORMATS];
    for (size_t i = 0; i < FORMATS; i++)
        names[i] = formats[i].name;
    return cph_chosen(state, arg, names, FORMATS, &o->format);
}

static error_t take_chip(const char *arg, cph_export_options *o, const struct argp_state *state)
{
    static const char *const names[] = {"adar1000", "other"};
    bool other = false;
    const error_t code = cph_chosen_second(state, arg, names, &other);
    o->chip = other ? CPH_EXPORT_CHIP_OTHER : CPH_EXPORT_CHIP_ADAR1000;
    return code;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    cph_export_options *o = state->input;
    cph_error error;
    switch (key) {
    case ARGP_KEY_INIT:
        (void)cph_cli_children(state, &o->cli);
        state->child_inputs[0] = &o->image;
        return 0;
    case ARGP_KEY_ARG:
        return cph_cli_take_input(&o->cli, arg);
    case KEY_TARGET:
        return take_format(arg, o, state);
    case KEY_BEAMS:
        return cph_parsed(state, cph_ranges_add(&o->beams, arg, &error), &error);
    case KEY_TIME:
        o->has_time = true;
        return cph_parsed(state, cph_parse_count(arg, 0, SIZE_MAX, &o->time, &error), &error);
    case KEY_CHANNEL:
        o->has_channel = true;
        return cph_parsed(state, cph_parse_count(arg, 0, SIZE_MAX, &o->channel, &error), &error);
    case KEY_NAME:
        return take_name(arg, o, state);
    case KEY_CHIP:
        return take_chip(arg, o, state);
    case KEY_MODE:
        return cph_parsed(state, cph_parse_count(arg, 1, MODES, &o->mode, &error), &error);
    case KEY_STATION:
        return take_station(arg, o, state);
    case ARGP_KEY_END:
        return check(o, state);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option own[] = {
    {"target", KEY_TARGET, "FORMAT", 0,
     "Of a calibration: csv: all gains in a table; lofar-caltable: corrections 1/g for a LOFAR "
     "station. Of weights, or a calibration's 1/g: c-header: coefficients as arrays of C; "
     "fw-table: "
     "the same in fixed point, for the firmware profile; packed, adar1000, adar300x: an image of "
     "packed beams for such chips",
     0},
    {"to", 0, NULL, OPTION_ALIAS, NULL, 0},
    {"time", KEY_TIME, "N", 0, "Solution (default: 0; csv: all)", 0},
    {"channel", KEY_CHANNEL, "N", 0, "Channel (default: 0; csv: all)", 0},
    {"beams", KEY_BEAMS, "LIST", 0, "Beams of the weights, such as 0,3-5 (default: all)", 0},
    {"name", KEY_NAME, "WORD", 0,
     "What names in C begin with (default: cal for calibrations, beam for weights)", 0},
    {"chip", KEY_CHIP, "CHIP", 0,
     "fw-table: whose codes those of a --states file are: adar1000 (256 I + Q, which become I + "
     "256 "
     "Q as in its memory) or other (they stay as they are)",
     0},
    {"mode", KEY_MODE, "N", 0,
     "RCU mode of the LOFAR station: 1 to 4 below 100 MHz, 5 from 100, 6 from 160, 7 from 200 MHz",
     0},
    {"station", KEY_STATION, "WORD", 0, "LOFAR station, as its own software calls it", 0},
    {0}};
static const struct argp_child children[] = {{&cph_argp_image, 0, NULL, 0},
                                             {&cph_argp_data, 0, NULL, 0},
                                             {&cph_argp_output, 0, NULL, 0},
                                             {&cph_argp_common, 0, NULL, 0},
                                             {0}};
static const struct argp argp = {
    own,
    parse,
    "CAL.h5|WEIGHTS.h5 --target FORMAT -o FILE",
    "Writes a calibration or weights for other programs. Calibrations hold the gain g, observed = "
    "g * true, weights w, y = w^H x; tables for LOFAR, for C and for chips hold what hardware "
    "multiplies by, 1/g or conj(w), and 0 (off) for what is flagged or not driven.\v"
    "Examples:\n"
    "  cophase export cal.h5 --target csv -o gains.csv\n"
    "  cophase export cal.h5 --target c-header --name rx -o rx_cal.h\n"
    "  cophase export w.h5 --target adar1000 -o beams.img\n"
    "  cophase export w.h5 --target packed --bits 5 -o beams.img\n"
    "  cophase export cal.h5 --target fw-table --name rx -o rx_units.h\n"
    "  cophase export station.h5 --target lofar-caltable --mode 3 --station RS509 \\\n"
    "    -o CalTable_509_mode3.dat",
    children,
    NULL,
    NULL};

/* ---- the verb ---- */

static cph_exit write_file(const cph_export_options *o, const cph_export_subject *s)
{
    const char *const inputs[] = {
        o->cli.input, o->cli.settle != NULL ? o->cli.settle : cph_image_states_path(&o->image),
        o->cli.settle != NULL ? cph_image_states_path(&o->image) : NULL, NULL};
    cph_error error = {.status = CPH_OK};
    cph_exported done = {.rows = 0};
    cph_text_output output;
    if (cph_text_open(&output, o->cli.output, inputs, &error) != CPH_OK)
        return cph_report(o->cli.name, &error);
    const cph_status status =
        s->calibration != NULL
            ? formats[o->format].gains(o, s->calibration, output.file, &done, &error)
            : formats[o->format].beams(o, s->beams, output.file, &done, &error);
    cph_exit code;
    if (status != CPH_OK) {
        cph_text_drop(&output);
        code = cph_report_input(o->cli.name, &error);
    } else if (cph_text_commit(&output, &error) != CPH_OK) {
        code = cph_report(o->cli.name, &error);
    } else {
        code = cph_export_tell(o, s, &done);
    }
    free(done.beam);
    return code;
}

static cph_exit write_beams(const cph_export_options *o, const cph_weights *weights,
                            bool calibration)
{
    size_t *index = NULL, count = 0;
    cph_exit code = cph_report_ranges(o->cli.name, "--beams", &o->beams, o->cli.input,
                                      weights->beams, &index, &count);
    if (code == CPH_EXIT_DONE) {
        const cph_export_beams beams = {
            .weights = weights, .index = index, .count = count, .calibration = calibration};
        code = write_file(o, &(cph_export_subject){.beams = &beams});
    }
    free(index);
    return code;
}

static cph_exit run_calibration(const cph_export_options *o)
{
    cph_calibration c = {.times = 0};
    cph_weights weights = {.beams = 0};
    cph_error error = {.status = CPH_OK};
    cph_exit code = cph_coefficients_read(&o->cli, o->cli.input, o->time, o->channel, &c);
    if (code == CPH_EXIT_DONE && formats[o->format].gains != NULL) {
        code = write_file(o, &(cph_export_subject){.calibration = &c});
    } else if (code == CPH_EXIT_DONE) {
        code =
            cph_coefficients_beam(o->cli.input, &c, o->time, o->channel, &weights, &error) == CPH_OK
                ? write_beams(o, &weights, true)
                : cph_report_input(o->cli.name, &error);
        cph_weights_free(&weights);
    }
    cph_calibration_free(&c);
    return code;
}

static cph_exit run_weights(const cph_export_options *o)
{
    cph_weights weights;
    cph_error error = {.status = CPH_OK};
    if (formats[o->format].beams == NULL)
        return cph_report_line(o->cli.name, CPH_EXIT_INPUT,
                               "%s: holds weights; %s is of calibrations", o->cli.input,
                               formats[o->format].name);
    if (o->has_time || o->cli.settle != NULL)
        return cph_report_line(o->cli.name, CPH_EXIT_USAGE,
                               "--time and --data are for calibrations");
    if (cph_weights_read(o->cli.input, &weights, &error) != CPH_OK)
        return cph_report_input(o->cli.name, &error);
    cph_exit code =
        cph_report_index(o->cli.name, "--channel", o->channel, o->cli.input, weights.channels);
    if (code == CPH_EXIT_DONE)
        code = write_beams(o, &weights, false);
    cph_weights_free(&weights);
    return code;
}

static cph_exit run(cph_export_options *o)
{
    bool weights = false;
    const cph_exit code = cph_coefficients_kind(&o->cli, o->cli.input, &weights);
    if (code != CPH_EXIT_DONE)
        return code;
    if (o->prefix == NULL)
        o->prefix = weights ? "beam" : "cal";
    return weights ? run_weights(o) : run_calibration(o);
}

int cph_verb_export(int argc, char **argv)
{
    cph_export_options o = {.format = FORMATS};
    cph_exit code = cph_cli_parse(&argp, argc, argv, &o);
    if (code == CPH_EXIT_DONE) {
        const char *const inputs[] = {o.cli.input, o.cli.settle, cph_image_states_path(&o.image)};
        code = cph_output_check(&o.cli, inputs, sizeof inputs / sizeof inputs[0]);
    }
    if (code == CPH_EXIT_DONE)
        code = run(&o);
    cph_ranges_free(&o.beams);
    cph_cli_free(&o.cli);
    return (int)code;
}
