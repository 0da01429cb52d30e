/* SPDX-License-Identifier: MIT */
/** @file text_table.h
 *  Lines of text tables. */
#ifndef CPH_DATASETS_TEXT_TABLE_H
#define CPH_DATASETS_TEXT_TABLE_H

#include <stdbool.h>
#include <stdio.h>

#include "cophase/types.h"

enum { CPH_TEXT_FIELDS = 16, CPH_TEXT_LINE = 4096 };

/** Cuts a line at blanks, commas and semicolons, behind a `#` nothing counts; returns how many
 *  fields there are, at most CPH_TEXT_FIELDS. Changes the line; the fields point into it. */
size_t cph_text_split(char *line, char *field[CPH_TEXT_FIELDS]);

/** The decimal number that text begins with, blanks before it, written as in the C locale whatever
 *  the caller's; returns its bytes, 0 where there is none. Hexadecimal ones are none; inf and nan
 *  are what they are. */
size_t cph_text_decimal(const char *text, double *value);

/** Whether the whole word is a finite number. */
bool cph_text_number(const char *text, double *value);

/** Whether the whole word is a whole number in [0, limit], limit below 2^53. */
bool cph_text_whole(const char *text, double limit, double *value);

/** Opens a file that is not a folder; NULL: *error says so (IO). */
FILE *cph_text_source(const char *path, cph_error *error);

/** The next line, number `line`, into text[size] without its end; *got: false at the end of the
 *  file. IO, FORMAT (longer than size - 1, or with a zero byte). */
CPH_MUST_CHECK cph_status cph_text_line(FILE *file, const char *path, size_t line, char *text,
                                        size_t size, bool *got, cph_error *error);

/** What is done with a line that has fields; the error must be filled in. */
typedef cph_status cph_text_take(void *context, size_t line, char *field[], size_t fields);

/** Hands every line of a file that is not blank or a remark over to `take`, up to its first
 *  error. A byte-order mark at the start is passed over. IO, FORMAT, and the errors of `take`. */
CPH_MUST_CHECK cph_status cph_text_each(const char *path, cph_text_take *take, void *context,
                                        cph_error *error);

#endif
