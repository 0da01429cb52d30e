/* SPDX-License-Identifier: MIT */
/* cophase export: a calibration in a format of others. */
#include <ctype.h>
#include <string.h>

#include "cli/export.h"
#include "cli/gain_path.h"
#include "cli/history.h"
#include "cli/json.h"
#include "cli/text_output.h"
#include "cli/verbs.h"
#include "kernels/core/c64.h"

enum { CSV, CALTABLE, HEADER, FORMATS };
static const char *const names[FORMATS] = {
    [CSV] = "csv", [CALTABLE] = "lofar-caltable", [HEADER] = "c-header"};
static cph_export_write *const writers[FORMATS] = {
    [CSV] = cph_export_csv, [CALTABLE] = cph_export_caltable, [HEADER] = cph_export_header};

cph_c64 cph_export_correction(const cph_calibration *calibration, size_t at)
{
    const cph_c64 g = calibration->gain[at];
    if (calibration->flag[at] != CPH_FLAG_NONE)
        return (cph_c64){0.0, 0.0};
    return cph_c64_scale(1.0 / cph_c64_power(g), cph_c64_conj(g));
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

enum { KEY_TO = CPH_KEY_VERB, KEY_TIME, KEY_CHANNEL, KEY_NAME, KEY_MODE, KEY_STATION };
enum { NAME_MOST = 40, STATION_MOST = 40, MODES = 7 };

static error_t take_name(const char *arg, cph_export_options *o, const struct argp_state *state)
{
    size_t length = 0;
    while (isalpha((unsigned char)arg[length]) || arg[length] == '_' ||
           (length > 0 && isdigit((unsigned char)arg[length])))
        length++;
    if (length == 0 || arg[length] != '\0' || length > NAME_MOST)
        return cph_usage(state, "--name '%s': expected letters, digits and _, at most %d", arg,
                         (int)NAME_MOST);
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

/* Options that the format would not look at. */
static error_t check(const cph_export_options *o, const struct argp_state *state)
{
    if (o->cli.input == NULL)
        return cph_usage(state, "no input: expected a calibration");
    if (o->format == FORMATS)
        return cph_usage(state, "no format: expected --to csv, lofar-caltable or c-header");
    if (o->format != HEADER && o->prefix != NULL)
        return cph_usage(state, "--name: is for --to c-header");
    if (o->format != CALTABLE && (o->mode > 0 || o->station != NULL))
        return cph_usage(state, "--mode and --station are for --to lofar-caltable");
    if (o->format == CALTABLE && o->mode == 0)
        return cph_usage(state, "--to lofar-caltable: expected --mode, the RCU mode 1 to 7");
    if (o->format == CALTABLE && o->has_channel)
        return cph_usage(state, "--channel: a calibration table has all of them");
    return 0;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    cph_export_options *o = state->input;
    cph_error error;
    switch (key) {
    case ARGP_KEY_INIT:
        return cph_cli_children(state, &o->cli);
    case ARGP_KEY_ARG:
        if (o->cli.input != NULL)
            return ARGP_ERR_UNKNOWN;
        o->cli.input = arg;
        return 0;
    case KEY_TO:
        return cph_parsed(state, cph_parse_choice(arg, names, FORMATS, &o->format, &error), &error);
    case KEY_TIME:
        o->has_time = true;
        return cph_parsed(state, cph_parse_count(arg, 0, SIZE_MAX, &o->time, &error), &error);
    case KEY_CHANNEL:
        o->has_channel = true;
        return cph_parsed(state, cph_parse_count(arg, 0, SIZE_MAX, &o->channel, &error), &error);
    case KEY_NAME:
        return take_name(arg, o, state);
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
    {"to", KEY_TO, "FORMAT", 0,
     "csv: all gains in a table; lofar-caltable: corrections 1/g for a LOFAR station; c-header: "
     "coefficients 1/g as arrays of C",
     0},
    {"time", KEY_TIME, "N", 0, "Solution (default: 0; csv: all)", 0},
    {"channel", KEY_CHANNEL, "N", 0, "Channel (default: 0; csv: all)", 0},
    {"name", KEY_NAME, "WORD", 0, "What names in the C header begin with (default: cal)", 0},
    {"mode", KEY_MODE, "N", 0,
     "RCU mode of the LOFAR station: 1 to 4 below 100 MHz, 5 from 100, 6 from 160, 7 from 200 MHz",
     0},
    {"station", KEY_STATION, "WORD", 0, "LOFAR station, as its own software calls it", 0},
    {0}};
static const struct argp_child children[] = {{&cph_argp_data, 0, NULL, 0},
                                             {&cph_argp_output, 0, NULL, 0},
                                             {&cph_argp_common, 0, NULL, 0},
                                             {0}};
static const struct argp argp = {
    own,
    parse,
    "CAL.h5 --to FORMAT -o FILE",
    "Writes a calibration for other programs. Calibrations hold the gain g, observed = g * true; a "
    "LOFAR table and the C header hold what hardware multiplies by, 1/g, and 0 for flagged "
    "elements.\v"
    "Examples:\n"
    "  cophase export cal.h5 --to csv -o gains.csv\n"
    "  cophase export cal.h5 --to c-header --name rx -o rx_cal.h\n"
    "  cophase export station.h5 --to lofar-caltable --mode 3 --station RS509 \\\n"
    "    -o CalTable_509_mode3.dat",
    children,
    NULL,
    NULL};

/* ---- the verb ---- */

static cph_exit tell(const cph_export_options *o, const cph_calibration *c,
                     const cph_exported *done)
{
    if (!o->cli.json) {
        printf("%s: %s, %zu gains of %zu elements (%zu flagged)", o->cli.output, names[o->format],
               done->rows, c->array.elements, done->flagged);
        if (done->filled > 0)
            printf(", %zu filled in from other channels", done->filled);
        if (o->format == CALTABLE)
            printf(", %zu of 512 subbands", done->subbands);
        putchar('\n');
        return cph_stdout_check(&o->cli);
    }
    json_t *object = json_object();
    cph_json_set_text(object, "input", o->cli.input);
    cph_json_set_text(object, "format", names[o->format]);
    cph_json_set_text(object, "data", o->cli.settle);
    cph_json_set(object, "time_factor_known", json_boolean(c->time_factor));
    cph_json_set_text(object, "holds", o->format == CSV ? "gain" : "correction");
    cph_json_set_text(object, "path", cph_gain_path_name(c->path));
    cph_json_set_count(object, "elements", c->array.elements);
    cph_json_set_count(object, "times", c->times);
    cph_json_set_count(object, "channels", c->channels);
    cph_json_set_count(object, "rows", done->rows);
    cph_json_set_count(object, "flagged", done->flagged);
    cph_json_set_count(object, "filled", done->filled);
    cph_json_set(object, "subbands",
                 o->format == CALTABLE ? cph_json_count(done->subbands) : json_null());
    cph_json_set_text(object, "output", o->cli.output);
    return cph_json_print(&o->cli, object);
}

static cph_exit write_file(const cph_export_options *o, const cph_calibration *c)
{
    const char *const inputs[] = {o->cli.input, o->cli.settle, NULL};
    cph_error error = {.status = CPH_OK};
    cph_exported done = {.rows = 0};
    cph_text_output output;
    if (cph_text_open(&output, o->cli.output, inputs, &error) != CPH_OK)
        return cph_report(o->cli.name, &error);
    if (writers[o->format](o, c, output.file, &done, &error) != CPH_OK) {
        cph_text_drop(&output);
        return cph_report_input(o->cli.name, &error);
    }
    if (cph_text_commit(&output, &error) != CPH_OK)
        return cph_report(o->cli.name, &error);
    return tell(o, c, &done);
}

static cph_exit run(const cph_export_options *o)
{
    cph_calibration c;
    cph_error error = {.status = CPH_OK};
    if (cph_calibration_read(o->cli.input, &c, &error) != CPH_OK)
        return cph_report_input(o->cli.name, &error);
    cph_exit code = cph_gains_settle(&o->cli, o->cli.input, &c);
    if (code == CPH_EXIT_DONE)
        code = cph_report_index(o->cli.name, "--time", o->time, o->cli.input, c.times);
    if (code == CPH_EXIT_DONE)
        code = cph_report_index(o->cli.name, "--channel", o->channel, o->cli.input, c.channels);
    if (code == CPH_EXIT_DONE)
        code = write_file(o, &c);
    cph_calibration_free(&c);
    return code;
}

int cph_verb_export(int argc, char **argv)
{
    cph_export_options o = {.format = FORMATS};
    cph_exit code = cph_cli_parse(&argp, argc, argv, &o);
    if (code == CPH_EXIT_DONE) {
        o.prefix = o.prefix != NULL ? o.prefix : "cal";
        const char *const inputs[] = {o.cli.input, o.cli.settle};
        code = cph_output_check(&o.cli, inputs, o.cli.settle == NULL ? 1 : 2);
    }
    if (code == CPH_EXIT_DONE)
        code = run(&o);
    cph_cli_free(&o.cli);
    return (int)code;
}
