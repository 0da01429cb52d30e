/* SPDX-License-Identifier: MIT */
/** @file pattern_detail.h
 *  What surrounds the main lobe of the beam that `pattern` analyses, and what its weights cost. */
#ifndef CPH_CLI_PATTERN_DETAIL_H
#define CPH_CLI_PATTERN_DETAIL_H

#include "cli/pattern_budget.h"
#include "cli/pattern_monopulse.h"
#include "cophase/lobes.h"

/** Grating lobes that are listed; there may be more. */
enum { CPH_GRATING_LOBES = 64 };

/** Zero-initialise; free with cph_pattern_detail_free. */
typedef struct cph_pattern_detail {
    cph_pattern_lobes lobes;
    size_t grating_lobes; /**< lobes within 3 dB of the main one, all that there are */
    cph_pattern_lobe grating_lobe[CPH_GRATING_LOBES];
    double *null_direction; /**< [--null][3] */
    double *null_db;        /**< [--null] power there, 20 log10 |response| */
    double phasing_loss_db; /**< what the phases of the weights give away toward the look, those of
                                 perfect ones being all alike there; NaN for a difference beam */
    cph_budget budget;
    cph_monopulse monopulse; /**< planes 0 without --plot-monopulse */
} cph_pattern_detail;

cph_status cph_pattern_detail_make(const cph_pattern_options *options, const char *calibration,
                                   const cph_pattern_subject *subject,
                                   const cph_pattern_input *input,
                                   const cph_pattern_metrics *metrics, cph_pattern_detail *detail,
                                   cph_error *error);
void cph_pattern_detail_free(cph_pattern_detail *detail);

/** Sets "first_nulls_deg", "first_nulls_db", "mean_sidelobe_db", "mean_sidelobe_sphere_db",
 *  "grating_lobes", "grating_lobe_count", "nulls", "phasing_loss_db", "quantisation",
 *  "error_budget", "monopulse". */
void cph_pattern_detail_json(const cph_pattern_options *options, const cph_pattern_subject *subject,
                             const cph_pattern_metrics *metrics, const cph_pattern_detail *detail,
                             json_t *object);

/** The same for a person. */
void cph_pattern_detail_print(const cph_pattern_options *options,
                              const cph_pattern_subject *subject,
                              const cph_pattern_metrics *metrics, const cph_pattern_detail *detail);

#endif
