/* SPDX-License-Identifier: MIT */
/** @file parse_internal.h
 *  What the files of the grammar share. */
#ifndef CPH_CLI_PARSE_INTERNAL_H
#define CPH_CLI_PARSE_INTERNAL_H

#include "cli/parse.h"

/** Room for one value of a list. */
enum { CPH_PIECE_SIZE = 64 };

/** Copies what stands before the next comma; *text then points behind the comma, or is NULL at
 *  the end of the word. */
cph_status cph_parse_piece(const char **text, char *piece, size_t size, cph_error *error);

/** What follows "NAME:" in text, or NULL. */
const char *cph_parse_after_name(const char *text, const char *name);

/** `key=value,key=value`; text NULL: none. */
cph_status cph_parse_keys(const char *text, const cph_key *keys, cph_error *error);

#endif
