/* SPDX-License-Identifier: MIT */
/** @file pattern_budget.h
 *  What errors of the elements do to a beam, predicted from their statistics. */
#ifndef CPH_CLI_PATTERN_BUDGET_H
#define CPH_CLI_PATTERN_BUDGET_H

#include "cli/json.h"
#include "cli/pattern_options.h"
#include "cli/pattern_subject.h"

/** Errors from one source, or from all of them together. */
typedef struct cph_budget_row {
    const char *source;   /**< "calibration", "bits", "errors" */
    double phase_rms_rad; /**< of the elements in use */
    double amplitude_rms; /**< relative */
    double floor_db;      /**< mean power away from the main lobe relative to its peak:
                               (phase^2 + amplitude^2) / (N taper efficiency) */
} cph_budget_row;

typedef struct cph_budget {
    size_t sources; /**< 0: nothing was asked */
    cph_budget_row source[3], total;
    double loss_db; /**< of directivity that the total costs on average: cph_budget_loss_db */
} cph_budget;

/** The standard errors of the calibration file (NULL: none), --bits and --errors. A file that does
 *  not know those of all elements in use has a row of NaN, which the total leaves out. Errors: of
 *  cph_calibration_read. */
cph_status cph_budget_make(const cph_pattern_options *options, const char *calibration,
                           const cph_pattern_subject *subject, cph_budget *budget,
                           cph_error *error);

/** rms error in radians of a phase rounded to `bits`, and what it costs in decibels, when phases
 * are spread evenly: step / sqrt 12, and sinc^2 of half a step. */
double cph_budget_phase_rms(size_t bits);
double cph_budget_phase_loss_db(size_t bits);

/** What random errors cost in directivity on average: 1 + phase^2 + amplitude^2, in decibels
 *  (Mailloux, Phased Array Antenna Handbook, 2nd edition 2005, section 7.2). */
double cph_budget_loss_db(double phase_rms_rad, double amplitude_rms);

/** null without sources. */
json_t *cph_budget_object(const cph_budget *budget);
void cph_budget_print(const cph_budget *budget);

#endif
