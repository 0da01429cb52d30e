/* SPDX-License-Identifier: MIT */
/** @file text_table.h
 *  Lines of text tables. */
#ifndef CPH_DATASETS_TEXT_TABLE_H
#define CPH_DATASETS_TEXT_TABLE_H

#include <stdbool.h>
#include <stddef.h>

enum { CPH_TEXT_FIELDS = 16 };

/** Cuts a line at blanks, commas and semicolons, behind a `#` nothing counts; returns how many
 *  fields there are, at most CPH_TEXT_FIELDS. Changes the line; the fields point into it. */
size_t cph_text_split(char *line, char *field[CPH_TEXT_FIELDS]);

/** Whether the whole word is a finite number. */
bool cph_text_number(const char *text, double *value);

#endif
