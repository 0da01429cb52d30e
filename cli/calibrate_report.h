/* SPDX-License-Identifier: MIT */
/** @file calibrate_report.h
 *  What `cophase calibrate` says of its solutions. */
#ifndef CPH_CLI_CALIBRATE_REPORT_H
#define CPH_CLI_CALIBRATE_REPORT_H

#include "cli/calibrate_solve.h"

/** On stderr, unless --quiet: solutions that failed or did not converge, and signs of a source that
 *  the model lacks; a line each for all of them. */
void cph_calibrate_remark(const cph_calibrate_options *options, const cph_calibrated *made);

/** On stdout: one JSON object or a table. */
cph_exit cph_calibrate_print(const cph_calibrate_options *options, const cph_calibrated *made);

#endif
