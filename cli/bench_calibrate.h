/* SPDX-License-Identifier: MIT */
/** @file bench_calibrate.h
 *  What `cophase calibrate` does beside summing a capture's covariance. */
#ifndef CPH_CLI_BENCH_CALIBRATE_H
#define CPH_CLI_BENCH_CALIBRATE_H

#include "cli/options.h"
#include "cophase/covariance.h"
#include "cophase/data.h"

/** Whether a capture is one that gains can be found from: simulated with a single source, whose
 *  direction u is, and with no fewer times than elements. */
bool cph_bench_source(cph_data *data, double u[3]);

/** Gains from the sums of a capture and that source, on one thread as the verb finds them. */
cph_status cph_bench_gains(const cph_data_header *header, const cph_covariance_plan *plan,
                           const cph_covariance_sums *sums, const double u[3], cph_error *error);

#endif
