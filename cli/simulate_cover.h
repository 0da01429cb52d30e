/* SPDX-License-Identifier: MIT */
/** @file simulate_cover.h
 *  `simulate --cover`: what is laid over a simulated array. */
#ifndef CPH_CLI_SIMULATE_COVER_H
#define CPH_CLI_SIMULATE_COVER_H

#include "cli/json.h"
#include "cli/parse.h"
#include "cophase/simulate.h"

/** The keys, for help and messages. */
#define CPH_COVER_FORMS                                                                            \
    "loss=DB,loss-to=DB,phase=DEG,grain=LENGTH,tilt=DEG,toward=DEG,ripple=DB,"                     \
    "ripple-length=LENGTH,wet=DB,wet-phase=DEG,wet-share=PART"

/** `KEY=VALUE,...`, in any order. */
cph_status cph_cover_parse(const char *text, cph_sim_cover *cover, cph_error *error);

/** What it takes from the elements of an array by itself, at the frequency: {"loss_mean_db",
 *  "loss_rms_db", "phase_rms_deg"} of the mean power, of dB about their mean, and of phases about
 *  that of the mean; null of no cover (NULL). The array's gains under it must have been drawn. */
json_t *cph_cover_json(const cph_sim_cover *cover, const cph_array *array, double freq_hz);

#endif
