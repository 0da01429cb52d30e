/* SPDX-License-Identifier: MIT */
/** @file repaired.h
 *  What --repair made of a beam. */
#ifndef CPH_CLI_REPAIRED_H
#define CPH_CLI_REPAIRED_H

#include "cli/json.h"
#include "cli/nulls.h"

/** Adds "repair" to beam b; nothing without --repair. */
void cph_repaired_json(const cph_nulls *nulls, size_t b, json_t *beam);
/** The same as a line of text. */
void cph_repaired_print(const cph_nulls *nulls, size_t b);

#endif
