/* SPDX-License-Identifier: MIT */
/** @file progress.h
 *  A bar on stderr while a stream runs, with rate and time left, only where stderr is a terminal;
 *  and signals. */
#ifndef CPH_CLI_PROGRESS_H
#define CPH_CLI_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/options.h"

typedef struct cph_progress {
    const char *label;
    size_t total;                    /**< followed: the time that units are counted from */
    double unit_bytes;               /**< bytes a unit of `total` stands for; 0: no rate is shown */
    double start_s, drawn_s;         /**< when it began, when it was drawn last; monotonic */
    const cph_data_header *followed; /**< what grows, its times being units; NULL: total holds */
    bool on, drawn;
} cph_progress;

enum { CPH_PROGRESS_SIZE = 160 };
/** The line that is drawn after elapsed_s: bar, percent and, once they mean something, rate and
 * time left. */
void cph_progress_line(const cph_progress *progress, size_t done, double elapsed_s,
                       char line[CPH_PROGRESS_SIZE]);

void cph_progress_start(cph_progress *progress, const cph_cli *cli, const char *label,
                        size_t total);
/** Of a capture that is followed, from time `first` on: no total, but how far behind what is there.
 *  The header may grow between updates. */
void cph_progress_follow(cph_progress *progress, const cph_cli *cli, const cph_data_header *header,
                         size_t first);
void cph_progress_update(cph_progress *progress, size_t done);
/** Clears the bar's line. */
void cph_progress_end(cph_progress *progress);

/** From here on SIGHUP, SIGINT and SIGTERM set a flag, unless they are ignored; one that comes
 *  seconds later ends the process. Idempotent. */
void cph_interrupt_catch(void);
/** Whether to stop. Loops over blocks ask after each block. */
bool cph_interrupted(void);

#endif
