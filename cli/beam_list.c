/* SPDX-License-Identifier: MIT */
#include "cli/beam_list.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/csv.h"
#include "cli/history.h"
#include "cli/options.h"
#include "cophase/array.h"
#include "datasets/import/text_table.h"

enum { KEY_BEAM_LIST = 0x1c0 };

/* Columns; pairs of numbers stand together, in the order of a direction's word. */
enum { DIRECTION, AZIMUTH, ELEVATION, THETA, PHI, U, V, NAME, TAPER, COLUMNS };
static const char *const column_names[COLUMNS] = {
    "direction", "az_deg", "el_deg", "theta_deg", "phi_deg", "u", "v", "name", "taper"};
#define COLUMN_FORMS                                                                               \
    "direction, az_deg and el_deg, theta_deg and phi_deg, or u and v; and name, taper"

static const struct {
    int first;
    const char *word;
} pairs[] = {{AZIMUTH, "azel"}, {THETA, "thetaphi"}, {U, "uv"}};
enum { PAIRS = sizeof pairs / sizeof pairs[0] };

typedef struct reader {
    cph_beam_list *list;
    cph_directions *directions;
    cph_error *error;
    size_t line;
    char separator;
    size_t columns;
    int column[COLUMNS]; /* what the cells of a line are */
    int pair;            /* index into pairs, or -1: a column `direction` */
    bool named;          /* the header was there */
} reader;

CPH_PRINTF(2, 3)
static cph_status fail(const reader *r, const char *format, ...)
{
    char why[200];
    va_list args;
    va_start(args, format);
    vsnprintf(why, sizeof why, format, args);
    va_end(args);
    return cph_fail(r->error, CPH_ERR_FORMAT, "%s:%zu: %s", r->list->path, r->line, why);
}

static cph_status no_memory(const reader *r)
{
    return cph_fail(r->error, CPH_ERR_MEMORY, "%s: out of memory", r->list->path);
}

/* ---- the first line ---- */

/* One way to say where beams point, whole and no other beside it. */
static cph_status choose_direction(reader *r, const bool *seen)
{
    size_t ways = seen[DIRECTION], halves = 0;
    r->pair = -1;
    for (int k = 0; k < PAIRS; k++) {
        const bool a = seen[pairs[k].first], b = seen[pairs[k].first + 1];
        ways += a && b;
        halves += a != b;
        r->pair = a && b ? k : r->pair;
    }
    return ways == 1 && halves == 0
               ? CPH_OK
               : fail(r, "expected one of these columns or pairs: " COLUMN_FORMS);
}

static cph_status take_header(reader *r, char *line)
{
    char *cell[COLUMNS];
    bool seen[COLUMNS] = {false};
    r->separator = cph_csv_separator(line);
    r->columns = cph_csv_cut(line, r->separator, COLUMNS, cell);
    if (r->columns > COLUMNS)
        return fail(r, "more than %d columns, expected " COLUMN_FORMS, COLUMNS);
    for (size_t i = 0; i < r->columns; i++) {
        int c = 0;
        while (c < COLUMNS && strcmp(cell[i], column_names[c]) != 0)
            c++;
        if (c == COLUMNS)
            return fail(r, "no column is called '%.40s', expected " COLUMN_FORMS, cell[i]);
        if (seen[c])
            return fail(r, "column %s twice", column_names[c]);
        seen[c] = true;
        r->column[i] = c;
    }
    r->named = true;
    return choose_direction(r, seen);
}

/* ---- a beam ---- */

/* Keeps a copy of the text with the list; NULL without memory. */
static char *keep(cph_beam_list *list, const char *text)
{
    char **all = list->text;
    if ((list->texts & (list->texts - 1)) == 0) /* full at every power of two */
        all = reallocarray(list->text, list->texts > 0 ? 2 * list->texts : 1, sizeof *all);
    if (all == NULL)
        return NULL;
    list->text = all;
    char *copy = strdup(text);
    if (copy != NULL)
        all[list->texts++] = copy;
    return copy;
}

static cph_status find_taper(const reader *r, const char *text, const cph_named_taper **taper)
{
    cph_beam_list *list = r->list;
    for (size_t i = 0; i < list->tapers; i++)
        if (strcmp(list->taper[i]->text, text) == 0) {
            *taper = list->taper[i];
            return CPH_OK;
        }
    cph_named_taper made = {.text = keep(list, text)};
    cph_error why;
    if (made.text == NULL)
        return no_memory(r);
    if (cph_parse_taper(text, &made.taper, &why) != CPH_OK)
        return fail(r, "%s", why.message);
    cph_named_taper **all = reallocarray(list->taper, list->tapers + 1, sizeof(cph_named_taper *));
    if (all == NULL)
        return no_memory(r);
    list->taper = all;
    cph_named_taper *kept = malloc(sizeof *kept);
    if (kept == NULL)
        return no_memory(r);
    *kept = made;
    *taper = all[list->tapers++] = kept;
    return CPH_OK;
}

static cph_status take_beam(const reader *r, char *cell[COLUMNS])
{
    char word[128];
    const char *text = cell[DIRECTION];
    if (r->pair >= 0) {
        const int first = pairs[r->pair].first;
        const int length = snprintf(word, sizeof word, "%s:%s,%s", pairs[r->pair].word, cell[first],
                                    cell[first + 1]);
        if (length >= (int)sizeof word)
            return fail(r, "'%.40s...' is too long for a direction", word);
        text = word;
    }
    if (strlen(cell[NAME]) >= CPH_NAME_SIZE)
        return fail(r, "name '%.40s': expected at most %d bytes", cell[NAME], CPH_NAME_SIZE - 1);
    const char *kept = keep(r->list, text);
    const char *name = cell[NAME][0] != '\0' ? keep(r->list, cell[NAME]) : kept;
    const cph_named_taper *taper = NULL;
    cph_error why;
    if (kept == NULL || name == NULL)
        return no_memory(r);
    cph_status status = cell[TAPER][0] != '\0' ? find_taper(r, cell[TAPER], &taper) : CPH_OK;
    if (status != CPH_OK)
        return status;
    status = cph_directions_add(r->directions, kept, NULL, &why);
    if (status != CPH_OK)
        return status == CPH_ERR_MEMORY ? no_memory(r) : fail(r, "%s", why.message);
    cph_direction *added = &r->directions->item[r->directions->count - 1];
    added->text = name;
    added->taper = taper;
    return CPH_OK;
}

static cph_status take_line(reader *r, char *line)
{
    static const char mark[] = "\xEF\xBB\xBF"; /* that some editors begin a file with */
    static char none[] = "";
    char *cell[COLUMNS], *of[COLUMNS];
    if (r->line == 1 && strncmp(line, mark, sizeof mark - 1) == 0)
        line += sizeof mark - 1;
    if (!r->named)
        return line[strspn(line, " \t\r\n")] == '\0' || line[strspn(line, " \t")] == '#'
                   ? CPH_OK
                   : take_header(r, line);
    const size_t cells = cph_csv_cut(line, r->separator, r->columns, cell);
    if (cells == 0)
        return CPH_OK;
    if (cells != r->columns)
        return fail(r, "expected %zu cells, as the first line has; quote what holds a separator",
                    r->columns);
    for (int c = 0; c < COLUMNS; c++)
        of[c] = none;
    for (size_t i = 0; i < cells; i++)
        of[r->column[i]] = cell[i];
    return take_beam(r, of);
}

static cph_status read_list(cph_beam_list *list, cph_directions *directions, cph_error *error)
{
    reader r = {.list = list, .directions = directions, .error = error};
    const size_t before = directions->count;
    char line[CPH_TEXT_LINE];
    bool got = true;
    FILE *file = fopen(list->path, "re");
    if (file == NULL)
        return cph_fail(error, CPH_ERR_IO, "%s: %s", list->path, strerror(errno));
    cph_status status = CPH_OK;
    while (status == CPH_OK && got) {
        status = cph_text_line(file, list->path, ++r.line, line, sizeof line, &got, error);
        if (status == CPH_OK && got)
            status = take_line(&r, line);
    }
    if (status == CPH_OK && directions->count == before)
        status =
            cph_fail(error, CPH_ERR_FORMAT,
                     "%s: no beams: expected a line of column names and a line a beam", list->path);
    fclose(file);
    return status;
}

cph_exit cph_beam_list_load(cph_cli *cli)
{
    cph_error error = {.status = CPH_OK};
    if (cli->beam_list.path == NULL)
        return CPH_EXIT_DONE;
    const cph_exit code = cph_output_check(cli, &cli->beam_list.path, 1);
    if (code != CPH_EXIT_DONE)
        return code;
    if (read_list(&cli->beam_list, &cli->steer, &error) != CPH_OK)
        return cph_report_input(cli->name, &error);
    return cli->beam_list.tapers > 0 && cli->method.kind != CPH_METHOD_CONVENTIONAL
               ? cph_report_line(cli->name, CPH_EXIT_USAGE,
                                 "%s: column taper goes with --method conventional",
                                 cli->beam_list.path)
               : CPH_EXIT_DONE;
}

void cph_beam_list_free(cph_beam_list *list)
{
    for (size_t i = 0; i < list->texts; i++)
        free(list->text[i]);
    for (size_t i = 0; i < list->tapers; i++)
        free(list->taper[i]);
    free(list->text);
    free(list->taper);
    *list = (cph_beam_list){0};
}

/* ---- the option ---- */

static error_t parse(int key, char *arg, struct argp_state *state)
{
    cph_cli *cli = state->input;
    if (key != KEY_BEAM_LIST)
        return ARGP_ERR_UNKNOWN;
    if (cli->beam_list.path != NULL)
        return cph_usage(state, "more than one --beam-list");
    cli->beam_list.path = arg;
    return 0;
}

static const struct argp_option options[] = {
    {"beam-list", KEY_BEAM_LIST, "FILE.csv", 0,
     "A beam for every line of a table whose first line names its columns: direction (as --steer "
     "has it), or az_deg,el_deg theta_deg,phi_deg u,v; name and taper where wanted",
     0},
    {0}};
const struct argp cph_argp_beam_list = {options, parse, NULL, NULL, NULL, NULL, NULL};
