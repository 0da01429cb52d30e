/* SPDX-License-Identifier: MIT */
/** @file progress.h
 *  A bar on stderr while a stream runs, only where stderr is a terminal; and signals. */
#ifndef CPH_CLI_PROGRESS_H
#define CPH_CLI_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/options.h"

typedef struct cph_progress {
    const char *label;
    size_t total;
    int shown; /**< percent drawn last; -1: the bar is off */
} cph_progress;

void cph_progress_start(cph_progress *progress, const cph_cli *cli, const char *label,
                        size_t total);
void cph_progress_update(cph_progress *progress, size_t done);
/** Clears the bar's line. */
void cph_progress_end(cph_progress *progress);

/** From here on SIGHUP, SIGINT and SIGTERM set a flag, unless they are ignored; one that comes
 *  seconds later ends the process. Idempotent. */
void cph_interrupt_catch(void);
/** Whether to stop. Loops over blocks ask after each block. */
bool cph_interrupted(void);

#endif
