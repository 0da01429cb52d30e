/* SPDX-License-Identifier: MIT */
/** @file bench_pipeline.h
 *  Whole processes on a capture in the page cache, beside reading alone and computing alone. */
#ifndef CPH_CLI_BENCH_PIPELINE_H
#define CPH_CLI_BENCH_PIPELINE_H

#include "cli/options.h"

typedef struct cph_bench_pipeline {
    bool on;
    double bytes;        /**< of the samples of the capture that is made */
    const char *capture; /**< used instead, or NULL */
} cph_bench_pipeline;

/** Times covariance, a beamform of two beams, and, where a capture is simulated with one source and
 *  has no fewer times than elements, calibrate; prints a table or JSON. What it makes in TMPDIR is
 *  removed again. */
cph_exit cph_bench_pipeline_run(const cph_cli *cli, const cph_bench_pipeline *options);

#endif
