/* SPDX-License-Identifier: MIT */
/** @file bench_report.h
 *  What `cophase bench` does beside timing cases: writes runs as CSV or as a page, compares two,
 *  times single calls, counts what threads gain. */
#ifndef CPH_CLI_BENCH_REPORT_H
#define CPH_CLI_BENCH_REPORT_H

#include "bench/bench.h"
#include "bench/report/report.h"
#include "cli/options.h"

typedef struct cph_bench_report {
    const char *csv, *html;           /**< outputs, or NULL; "-" is stdout for CSV */
    const char *from;                 /**< a run that was kept, or NULL */
    const char *compare, *compare_to; /**< old and new run, or NULL */
    bool latency, scaling;            /**< instead of cases */
} cph_bench_report;

/** --csv --html --from --compare --latency --scaling; its input is a cph_bench_report. */
extern const struct argp cph_argp_bench_report;

/** Compares the two runs; prints a table or JSON. CPH_EXIT_LIMIT: something became slower. */
cph_exit cph_bench_compare(const cph_cli *cli, const cph_bench_report *options);

/** Writes the run of --from. */
cph_exit cph_bench_render(const cph_cli *cli, const cph_bench_report *options);

/** Whether the outputs may be written: before a run of minutes. */
cph_exit cph_bench_check_outputs(const cph_cli *cli, const cph_bench_report *options);

/** Writes a run that was just made to the outputs that are asked for. */
cph_exit cph_bench_write(const cph_cli *cli, const cph_bench_report *options, json_t *run);

/** Whether the run goes to stdout as CSV, where a table would be in the way. */
bool cph_bench_csv_to_stdout(const cph_bench_report *options);

/** The modes of latency and scaling: time, print, write. CPH_EXIT_LIMIT: something is not within
 *  its bound. */
cph_exit cph_bench_latency(const cph_cli *cli, const cph_bench_report *options,
                           const bench_options *with);
cph_exit cph_bench_scaling(const cph_cli *cli, const cph_bench_report *options,
                           const bench_options *with, const bench_case *cases, size_t count);

#endif
