/* SPDX-License-Identifier: MIT */
/** @file compare_report.h
 *  What `cophase compare` says of two calibrations. */
#ifndef CPH_CLI_COMPARE_REPORT_H
#define CPH_CLI_COMPARE_REPORT_H

#include "cli/compare_limits.h"

/** On stdout: one JSON object or a table. */
cph_exit cph_compare_print(const cph_compare_options *options, const cph_compare_pair *pair,
                           const cph_verdict *verdict, size_t verdicts);

/** The change of every element, of the first comparison of each polarisation, into options->plot.
 */
cph_exit cph_compare_draw(const cph_compare_options *options, const cph_compare_pair *pair);

#endif
