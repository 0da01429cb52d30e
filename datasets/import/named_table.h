/* SPDX-License-Identifier: MIT */
/** @file named_table.h
 *  Text tables whose first line names the columns, in any order, read line by line: memory does not
 *  grow with them. Cells are cut as csv.h says, lines that begin with # are remarks. */
#ifndef CPH_DATASETS_NAMED_TABLE_H
#define CPH_DATASETS_NAMED_TABLE_H

#include <stdbool.h>

#include "cophase/types.h"

enum { CPH_NAMED_COLUMNS = 64 };

/** A column that is looked for. */
typedef struct cph_named_column {
    const char *name;  /**< whatever the case */
    const char *other; /**< a column that serves as well; or NULL */
    bool optional;
} cph_named_column;

typedef struct cph_named_table {
    const char *path; /**< the caller's */
    int fd;
    char *text; /**< what was read: [start, end) is still to be used */
    size_t start, end;
    bool last;      /**< nothing is behind it */
    size_t line;    /**< number of the line that the cells are of, from 1 */
    size_t columns; /**< that the first line names; 0 before it was read */
    char separator;
    char *cell[CPH_NAMED_COLUMNS]; /**< [columns] of the last row, until the next */
} cph_named_table;

/** Opens a file or pipe (*table is filled in, even on error; close it with cph_named_close) and
 *  reads its start, which `text` then has. IO, MEMORY. */
CPH_MUST_CHECK cph_status cph_named_open(const char *path, cph_named_table *table,
                                         cph_error *error);
void cph_named_close(cph_named_table *table);

/** Reads the first line: at[i] becomes the place of column i among the cells, or -1 where an
 *  optional one is absent. `example` is a first line, for messages. FORMAT, MISSING, IO. */
CPH_MUST_CHECK cph_status cph_named_head(cph_named_table *table, size_t wanted,
                                         const cph_named_column *column, const char *example,
                                         int *at, cph_error *error);

/** The cells of the next line; *more: false at the end. FORMAT (other than `columns` cells, a zero
 *  byte, a line too long), IO. */
CPH_MUST_CHECK cph_status cph_named_row(cph_named_table *table, bool *more, cph_error *error);

/** A cell as a finite number in [least, most]; `name` and `expected` are for the message. FORMAT.
 */
CPH_MUST_CHECK cph_status cph_named_number(const cph_named_table *table, int at, const char *name,
                                           double least, double most, const char *expected,
                                           double *value, cph_error *error);

/** A cell as Unix seconds in [-1e11, 1e11], or as UTC (utc.h). FORMAT. */
CPH_MUST_CHECK cph_status cph_named_time(const cph_named_table *table, int at, bool utc,
                                         double *unix_s, cph_error *error);

#endif
