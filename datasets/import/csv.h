/* SPDX-License-Identifier: MIT */
/** @file csv.h
 *  Lines of comma-separated tables, as spreadsheets write them. */
#ifndef CPH_DATASETS_CSV_H
#define CPH_DATASETS_CSV_H

#include <stddef.h>
#include <stdio.h>

/** What stands between the columns of a table with this first line: the first comma, semicolon or
 *  tab outside quotes; '\0' where there is one column alone. */
char cph_csv_separator(const char *header);

/** Cuts a line into cells: without the blanks around them, "..." may hold separators, and "" in
 *  it is a quote. Changes the line; the cells point into it. Returns how many there are, most + 1
 *  for more than `most`, 0 for an empty line or one that begins with #. Separator '\0': one. */
size_t cph_csv_cut(char *line, char separator, size_t most, char **cell);

/** Writes text as a cell, in quotes where it needs them: also for blanks around it. */
void cph_csv_put(FILE *file, const char *text);

#endif
