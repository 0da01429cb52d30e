/* SPDX-License-Identifier: MIT */
/** @file direction_table.h
 *  Tables of directions in CSV. The first line names the columns, in any order: the direction as
 * one column `direction` (a word of the command line) or two of az_deg el_deg (azel), sky_az_deg
 *  sky_el_deg (sky), theta_deg phi_deg, u v; and, where wanted, `name` and what the reader of the
 *  table asks for. Cells are cut at commas, semicolons or tabs, whichever the first line has;
 * quotes go round what holds one; lines that begin with # are remarks. */
#ifndef CPH_CLI_DIRECTION_TABLE_H
#define CPH_CLI_DIRECTION_TABLE_H

#include "cli/parse.h"

/** Columns that say where, for help and messages. */
#define CPH_DIRECTION_COLUMNS                                                                      \
    "direction, az_deg and el_deg, sky_az_deg and sky_el_deg, theta_deg and phi_deg, or u and v"

enum { CPH_DIRECTION_EXTRAS = 4 };

/** Copies of texts. Zero-initialise; free with cph_texts_free. */
typedef struct cph_texts {
    size_t count;
    char **item;
} cph_texts;

/** The copy, which stays where it is; NULL without memory. */
const char *cph_texts_keep(cph_texts *texts, const char *text);
void cph_texts_free(cph_texts *texts);

/** What is done with a line: its direction as a word of the command line, its name ("" for none)
 *  and its extra cells, in the order of the wanted columns ("" where absent). Nothing of it lives
 *  longer. An error other than MEMORY is filled in; file and line are put before it. */
typedef cph_status cph_direction_take(void *context, const char *direction, const char *name,
                                      char *const *extra, cph_error *error);

/** Hands every line over. extra: names of further columns, at most CPH_DIRECTION_EXTRAS, ended by
 *  NULL; what: "beam", for messages. IO, FORMAT (also without any line), MEMORY, with the file. */
cph_status cph_direction_table_read(const char *path, const char *what, const char *const *extra,
                                    cph_direction_take *take, void *context, cph_error *error);

#endif
