/* SPDX-License-Identifier: MIT */
/** @file pattern_metrics.h
 *  What cph_pattern_analyse found, in JSON and words. */
#ifndef CPH_CLI_PATTERN_METRICS_H
#define CPH_CLI_PATTERN_METRICS_H

#include "cli/json.h"
#include "cli/pattern_subject.h"
#include "cophase/pattern.h"

/** Sets "directivity_db", "hpbw_deg", "psll_db", "psll_at", "peak", "peak_power_db", "look",
 *  "look_power_db" and "difference", null unless the beam is one. */
void cph_pattern_metrics_json(const cph_pattern_subject *s, const cph_pattern_metrics *m,
                              json_t *object);

/** Directivity, widths, peak, look and highest sidelobe, a line each. */
void cph_pattern_metrics_print(const cph_pattern_subject *s, const cph_pattern_metrics *m);

#endif
