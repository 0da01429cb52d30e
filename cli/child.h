/* SPDX-License-Identifier: MIT */
/** @file child.h
 *  Other runs of this command. */
#ifndef CPH_CLI_CHILD_H
#define CPH_CLI_CHILD_H

#include <stdbool.h>
#include <stddef.h>

typedef struct cph_child {
    int failed;  /**< errno of what could not be started, 0: it ran */
    bool exited; /**< by itself: not ended by a signal */
    int code;    /**< its exit code where it exited */
    double peak; /**< its resident memory in bytes, which Linux counts from that of this process
                      on */
} cph_child;

/** Runs `cophase WORDS...` (NULL-terminated, "cophase" first) to its end. Its stdout and stderr are
 *  written to these files; NULL: stdout is dropped, stderr is that of this process. */
cph_child cph_child_run(const char *const *word, const char *out, const char *err);

#endif
