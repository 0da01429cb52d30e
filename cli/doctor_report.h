/* SPDX-License-Identifier: MIT */
/** @file doctor_report.h
 *  What `cophase doctor` found, in words. */
#ifndef CPH_CLI_DOCTOR_REPORT_H
#define CPH_CLI_DOCTOR_REPORT_H

#include "cli/doctor_options.h"
#include "cli/doctor_readings.h"
#include "cli/input.h"
#include "cli/json.h"
#include "cophase/doctor.h"

/** What was found in one polarisation. */
typedef struct cph_doctor_finding {
    const cph_selection *selection;
    double freq_hz, time_unix_s;
    bool calibrated;
    const cph_readings *readings;
    json_t *flagged;
    cph_doctor_result result;
    cph_doctor_row *row;   /**< [result.rows] */
    cph_doctor_swap *swap; /**< [swaps.count] */
    cph_doctor_swaps swaps;
} cph_doctor_finding;

/** Whether the data fit as they are. */
bool cph_doctor_fits(const cph_doctor_finding *finding);

/** Prints all; then CPH_EXIT_LIMIT, with a line on stderr, unless all fit. */
cph_exit cph_doctor_print(const cph_doctor_options *options, const cph_input *input,
                          const cph_doctor_finding *finding, size_t count);

#endif
