/* SPDX-License-Identifier: MIT */
#include "cli/direction_table.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cophase/array.h"
#include "datasets/import/csv.h"
#include "datasets/import/text_table.h"

/* Columns; pairs of numbers stand together, in the order of a direction's word. Extra ones follow.
 */
enum {
    DIRECTION,
    AZIMUTH,
    ELEVATION,
    SKY_AZIMUTH,
    SKY_ELEVATION,
    THETA,
    PHI,
    U,
    V,
    NAME,
    OWN_COLUMNS,
    COLUMNS = OWN_COLUMNS + CPH_DIRECTION_EXTRAS
};
static const char *const column_names[OWN_COLUMNS] = {
    "direction", "az_deg",  "el_deg", "sky_az_deg", "sky_el_deg",
    "theta_deg", "phi_deg", "u",      "v",          "name"};

static const struct {
    int first;
    const char *word;
} pairs[] = {{AZIMUTH, "azel"}, {SKY_AZIMUTH, "sky"}, {THETA, "thetaphi"}, {U, "uv"}};
enum { PAIRS = sizeof pairs / sizeof pairs[0] };

typedef struct reader {
    const char *path;
    const char *const *extra;
    cph_direction_take *take;
    void *context;
    cph_error *error;
    size_t line, taken;
    char separator;
    size_t columns;
    int column[COLUMNS]; /* what the cells of a line are */
    int pair;            /* index into pairs, or -1: a column `direction` */
    bool named;          /* the header was there */
} reader;

/* ---- texts ---- */

const char *cph_texts_keep(cph_texts *texts, const char *text)
{
    char **all = texts->item;
    if ((texts->count & (texts->count - 1)) == 0) /* full at every power of two */
        all = reallocarray(texts->item, texts->count > 0 ? 2 * texts->count : 1, sizeof *all);
    if (all == NULL)
        return NULL;
    texts->item = all;
    char *copy = strdup(text);
    if (copy != NULL)
        all[texts->count++] = copy;
    return copy;
}

void cph_texts_free(cph_texts *texts)
{
    for (size_t i = 0; i < texts->count; i++)
        free(texts->item[i]);
    free(texts->item);
    *texts = (cph_texts){0};
}

/* ---- the first line ---- */

CPH_PRINTF(2, 3)
static cph_status fail(const reader *r, const char *format, ...)
{
    char why[300];
    va_list args;
    va_start(args, format);
    vsnprintf(why, sizeof why, format, args);
    va_end(args);
    return cph_fail(r->error, CPH_ERR_FORMAT, "%s:%zu: %s", r->path, r->line, why);
}

/* "direction, ...; and name, taper". */
static const char *forms(const reader *r, size_t size, char *text)
{
    size_t used = (size_t)snprintf(text, size, "%s; and name", CPH_DIRECTION_COLUMNS);
    for (size_t i = 0; r->extra[i] != NULL && used < size; i++)
        used += (size_t)snprintf(text + used, size - used, ", %s", r->extra[i]);
    return text;
}

/* One way to say where, whole and no other beside it. */
static cph_status choose_direction(reader *r, const bool *seen)
{
    char text[200];
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
               : fail(r, "expected one of these columns or pairs: %s", forms(r, sizeof text, text));
}

/* The column's number, or -1. */
static int find_column(const reader *r, const char *name)
{
    for (int c = 0; c < OWN_COLUMNS; c++)
        if (strcmp(name, column_names[c]) == 0)
            return c;
    for (int i = 0; r->extra[i] != NULL; i++)
        if (strcmp(name, r->extra[i]) == 0)
            return OWN_COLUMNS + i;
    return -1;
}

static cph_status take_header(reader *r, char *line)
{
    char *cell[COLUMNS], text[200];
    bool seen[COLUMNS] = {false};
    r->separator = cph_csv_separator(line);
    r->columns = cph_csv_cut(line, r->separator, COLUMNS, cell);
    if (r->columns > COLUMNS)
        return fail(r, "more than %d columns, expected %s", COLUMNS, forms(r, sizeof text, text));
    for (size_t i = 0; i < r->columns; i++) {
        const int c = find_column(r, cell[i]);
        if (c < 0)
            return fail(r, "no column is called '%.40s', expected %s", cell[i],
                        forms(r, sizeof text, text));
        if (seen[c])
            return fail(r, "column %s twice", cell[i]);
        seen[c] = true;
        r->column[i] = c;
    }
    r->named = true;
    return choose_direction(r, seen);
}

/* ---- a line ---- */

static cph_status take_cells(reader *r, char *cell[COLUMNS])
{
    char word[128];
    const char *text = cell[DIRECTION];
    cph_error why = {.status = CPH_OK};
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
    r->taken++;
    const cph_status status = r->take(r->context, text, cell[NAME], cell + OWN_COLUMNS, &why);
    if (status == CPH_ERR_MEMORY)
        return cph_fail(r->error, status, "%s: out of memory", r->path);
    return status == CPH_OK ? CPH_OK : fail(r, "%s", why.message);
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
    return take_cells(r, of);
}

cph_status cph_direction_table_read(const char *path, const char *what, const char *const *extra,
                                    cph_direction_take *take, void *context, cph_error *error)
{
    reader r = {.path = path, .extra = extra, .take = take, .context = context, .error = error};
    char line[CPH_TEXT_LINE];
    bool got = true;
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return cph_fail(error, CPH_ERR_IO, "%s: %s", path, strerror(errno));
    cph_status status = CPH_OK;
    while (status == CPH_OK && got) {
        status = cph_text_line(file, path, ++r.line, line, sizeof line, &got, error);
        if (status == CPH_OK && got)
            status = take_line(&r, line);
    }
    if (status == CPH_OK && r.taken == 0)
        status = cph_fail(error, CPH_ERR_FORMAT,
                          "%s: no %ss: expected a line of column names and a line a %s", path, what,
                          what);
    fclose(file);
    return status;
}
