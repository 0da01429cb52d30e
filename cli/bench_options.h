/* SPDX-License-Identifier: MIT */
/** @file bench_options.h
 *  The command line of `cophase bench`. */
#ifndef CPH_CLI_BENCH_OPTIONS_H
#define CPH_CLI_BENCH_OPTIONS_H

#include "cli/bench_pipeline.h"
#include "cli/bench_report.h"

typedef struct cph_bench_options {
    cph_cli cli;
    cph_bench_report report;
    cph_bench_pipeline pipeline;
    bench_case own; /* a case of the command line, where `has_own` */
    bool has_own, has_size, list, all, channelizer;
    bool has_temperature; /* --cold or --hot */
    bool no_peer, best_only;
    size_t regime; /* of AUTO, ROWS, COLUMNS */
    const char *filter;
    double seconds;
    size_t seed;
} cph_bench_options;

/** Parses the command line into *o, a case of one's own made whole; o->cli is freed with
 *  cph_cli_free whatever comes back. */
cph_exit cph_bench_parse(int argc, char **argv, cph_bench_options *o);

#endif
