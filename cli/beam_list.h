/* SPDX-License-Identifier: MIT */
/** @file beam_list.h
 *  --beam-list FILE.csv: a table of beams (direction_table.h); a column `taper` may be there, in
 *  which an empty cell stands for that of all. */
#ifndef CPH_CLI_BEAM_LIST_H
#define CPH_CLI_BEAM_LIST_H

#include <argp.h>

#include "cli/direction_table.h"
#include "cli/report.h"

struct cph_cli;

/** Zero-initialise; free with cph_beam_list_free. */
typedef struct cph_beam_list {
    const char *path; /**< NULL: none was asked for */
    cph_texts texts;  /**< what the beams are called */
    size_t tapers;
    cph_named_taper **taper; /**< [tapers] those that differ */
} cph_beam_list;

/** --beam-list, for cph_cli.beam_list. */
extern const struct argp cph_argp_beam_list;

/** Adds the beams of the table to cli->steer, whose texts and tapers are the list's from then on;
 *  nothing without --beam-list. What is wrong is said with file and line. */
cph_exit cph_beam_list_load(struct cph_cli *cli);
void cph_beam_list_free(cph_beam_list *list);

#endif
