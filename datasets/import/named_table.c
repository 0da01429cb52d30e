/* SPDX-License-Identifier: MIT */
#include "datasets/import/named_table.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "datasets/h5/h5.h"
#include "datasets/import/csv.h"
#include "datasets/import/text_table.h"
#include "datasets/import/utc.h"

enum { BUFFER = 1 << 18, CELL_SHOWN = 60 };

/* ---- lines ---- */

/* Moves what is left to the start of the buffer, and reads behind it. */
static cph_status refill(cph_named_table *t, cph_error *error)
{
    memmove(t->text, t->text + t->start, t->end - t->start);
    t->end -= t->start;
    t->start = 0;
    ssize_t got;
    do
        got = read(t->fd, t->text + t->end, BUFFER - t->end);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return cph_h5_error(error, CPH_ERR_IO, t->path, NULL, "cannot be read: %s",
                            strerror(errno));
    t->last = got == 0;
    t->end += (size_t)got;
    return CPH_OK;
}

cph_status cph_named_open(const char *path, cph_named_table *table, cph_error *error)
{
    struct stat about;
    *table = (cph_named_table){.path = path, .fd = open(path, O_RDONLY | O_CLOEXEC)};
    if (table->fd < 0)
        return cph_h5_error(error, CPH_ERR_IO, path, NULL, "cannot open: %s", strerror(errno));
    if (fstat(table->fd, &about) == 0 && S_ISDIR(about.st_mode))
        return cph_h5_error(error, CPH_ERR_IO, path, NULL, "cannot open: is a folder");
    table->text = malloc(BUFFER + 1);
    if (table->text == NULL)
        return cph_h5_error(error, CPH_ERR_MEMORY, path, NULL, "no memory");
    return refill(table, error);
}

void cph_named_close(cph_named_table *table)
{
    if (table->fd >= 0)
        close(table->fd);
    free(table->text);
    *table = (cph_named_table){.fd = -1};
}

/* *line: NULL at the end. */
static cph_status next_line(cph_named_table *t, char **line, cph_error *error)
{
    char *stop = NULL;
    for (;;) {
        stop = memchr(t->text + t->start, '\n', t->end - t->start);
        if (stop != NULL || t->last || t->end - t->start >= CPH_TEXT_LINE)
            break;
        const cph_status status = refill(t, error);
        if (status != CPH_OK)
            return status;
    }
    *line = t->text + t->start;
    const size_t length = stop != NULL ? (size_t)(stop - *line) : t->end - t->start;
    if (stop == NULL && length == 0) {
        *line = NULL;
        return CPH_OK;
    }
    t->line++;
    if (memchr(*line, '\0', length < CPH_TEXT_LINE ? length : CPH_TEXT_LINE) != NULL)
        return cph_h5_error(error, CPH_ERR_FORMAT, t->path, NULL,
                            "line %zu has a zero byte, expected text", t->line);
    if (length >= CPH_TEXT_LINE)
        return cph_h5_error(error, CPH_ERR_FORMAT, t->path, NULL,
                            "line %zu is longer than %d bytes", t->line, CPH_TEXT_LINE - 1);
    (*line)[length] = '\0';
    t->start += length + (stop != NULL ? 1 : 0);
    return CPH_OK;
}

/* ---- the first line ---- */

static int find(const cph_named_table *t, const char *name)
{
    for (size_t i = 0; i < t->columns; i++)
        if (strcasecmp(t->cell[i], name) == 0)
            return (int)i;
    return -1;
}

/* The line that names columns, past remarks and a byte-order mark. */
static cph_status read_names(cph_named_table *t, const char *example, cph_error *error)
{
    static const char mark[] = "\xEF\xBB\xBF";
    while (t->columns == 0) {
        char *line = NULL;
        const cph_status status = next_line(t, &line, error);
        if (status != CPH_OK)
            return status;
        if (line == NULL)
            return cph_h5_error(error, CPH_ERR_FORMAT, t->path, NULL,
                                "is empty, expected a first line that names columns: %s", example);
        if (t->line == 1 && strncmp(line, mark, strlen(mark)) == 0)
            line += strlen(mark);
        for (const char *c = line; *c != '\0'; c++)
            if (((unsigned char)*c < ' ' && *c != '\t' && *c != '\r') || *c == '\x7f')
                return cph_h5_error(error, CPH_ERR_FORMAT, t->path, NULL,
                                    "line %zu is not text, expected names of columns: %s", t->line,
                                    example);
        t->separator = cph_csv_separator(line);
        t->columns = cph_csv_cut(line, t->separator, CPH_NAMED_COLUMNS, t->cell);
    }
    if (t->columns > CPH_NAMED_COLUMNS)
        return cph_h5_error(error, CPH_ERR_FORMAT, t->path, NULL,
                            "line %zu names no columns, or more than %d, expected %s", t->line,
                            CPH_NAMED_COLUMNS, example);
    return CPH_OK;
}

cph_status cph_named_head(cph_named_table *table, size_t wanted, const cph_named_column *column,
                          const char *example, int *at, cph_error *error)
{
    cph_status status = read_names(table, example, error);
    for (size_t i = 0; status == CPH_OK && i < wanted; i++) {
        const char *other = column[i].other;
        at[i] = find(table, column[i].name);
        if (at[i] < 0 && !column[i].optional && (other == NULL || find(table, other) < 0))
            status = cph_h5_error(error, CPH_ERR_MISSING, table->path, NULL,
                                  "line %zu names no column %s%s%s, expected a first line as %s",
                                  table->line, column[i].name, other != NULL ? " or " : "",
                                  other != NULL ? other : "", example);
    }
    for (size_t i = 0; status == CPH_OK && i < table->columns; i++)
        if (table->cell[i][0] != '\0' && find(table, table->cell[i]) != (int)i)
            status = cph_h5_error(error, CPH_ERR_FORMAT, table->path, NULL,
                                  "line %zu names column %.*s twice", table->line, CELL_SHOWN,
                                  table->cell[i]);
    return status;
}

/* ---- rows ---- */

cph_status cph_named_row(cph_named_table *table, bool *more, cph_error *error)
{
    size_t cells = 0;
    while (cells == 0) {
        char *line = NULL;
        const cph_status status = next_line(table, &line, error);
        if (status != CPH_OK)
            return status;
        if (line == NULL) {
            *more = false;
            return CPH_OK;
        }
        cells = cph_csv_cut(line, table->separator, CPH_NAMED_COLUMNS, table->cell);
    }
    *more = true;
    if (cells == table->columns)
        return CPH_OK;
    return cells > CPH_NAMED_COLUMNS
               ? cph_h5_error(
                     error, CPH_ERR_FORMAT, table->path, NULL,
                     "line %zu has more than %d cells, or letters behind a quote, expected "
                     "%zu cells as the first line has",
                     table->line, CPH_NAMED_COLUMNS, table->columns)
               : cph_h5_error(error, CPH_ERR_FORMAT, table->path, NULL,
                              "line %zu has %zu cells, expected %zu as the first line has",
                              table->line, cells, table->columns);
}

static cph_status refuse(const cph_named_table *t, int at, const char *name, const char *expected,
                         cph_error *error)
{
    const char *cell = t->cell[at];
    return cell[0] == '\0'
               ? cph_h5_error(error, CPH_ERR_FORMAT, t->path, NULL,
                              "line %zu: %s is empty, expected %s", t->line, name, expected)
               : cph_h5_error(error, CPH_ERR_FORMAT, t->path, NULL,
                              "line %zu: %s is %.*s, expected %s", t->line, name, CELL_SHOWN, cell,
                              expected);
}

cph_status cph_named_number(const cph_named_table *table, int at, const char *name, double least,
                            double most, const char *expected, double *value, cph_error *error)
{
    double read = NAN;
    if (!cph_text_number(table->cell[at], &read) || !(read >= least && read <= most))
        return refuse(table, at, name, expected, error);
    *value = read;
    return CPH_OK;
}

cph_status cph_named_time(const cph_named_table *table, int at, bool utc, double *unix_s,
                          cph_error *error)
{
    double whole = 0.0, rest = 0.0;
    if (!utc)
        return cph_named_number(table, at, "time_unix_s", -1e11, 1e11, "Unix seconds", unix_s,
                                error);
    if (!cph_utc_parse(table->cell[at], &whole, &rest))
        return refuse(table, at, "time", "UTC as 2026-11-23T10:00:00.5Z", error);
    *unix_s = whole + rest;
    return CPH_OK;
}
