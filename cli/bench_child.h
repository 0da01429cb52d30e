/* SPDX-License-Identifier: MIT */
/** @file bench_child.h
 *  Other runs of this command, timed. */
#ifndef CPH_CLI_BENCH_CHILD_H
#define CPH_CLI_BENCH_CHILD_H

#include "cli/options.h"

enum { CPH_BENCH_WORDS = 16, CPH_BENCH_PATH = 512, CPH_BENCH_ROUNDS = 3 };

/** Runs `cophase WORDS...` (NULL-terminated, "cophase" first) with nothing on stdout; *peak is its
 *  resident memory in bytes, which Linux counts from that of this process on. */
cph_exit cph_bench_child(const cph_cli *cli, const char *const *word, double *seconds,
                         double *peak);

/** An uncounted run, then CPH_BENCH_ROUNDS: their median, and the largest peak. */
cph_exit cph_bench_child_median(const cph_cli *cli, const char *const *word, double *seconds,
                                double *peak);

/** Of CPH_BENCH_ROUNDS values, which it sorts. */
double cph_bench_median(double *value);

#endif
