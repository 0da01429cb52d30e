/* SPDX-License-Identifier: MIT */
/** @file pattern_monopulse.h
 *  A beam and the difference of its halves, about the axis where it looks. */
#ifndef CPH_CLI_PATTERN_MONOPULSE_H
#define CPH_CLI_PATTERN_MONOPULSE_H

#include "cophase/pattern.h"

/** The pair in a plane. The difference has the beam's own weights, their sign turned in the half of
 *  the elements (by their place along the plane's tangent, about the middle of where they reach)
 * that lies against the tangent, 0 in the middle; of a beam that is a difference itself, the sum
 * has.
 */
typedef struct cph_monopulse {
    size_t planes;
    double slope_per_rad[2]; /**< of difference over sum, on the axis, toward the tangent; the ratio
                                is imaginary, its imaginary part is meant */
} cph_monopulse;

/** Draws both and their ratio within two widths at half power of the axis, and tells the slopes: in
 *  the principal planes through the beam's peak, for a difference beam in that of its two lobes.
 *  Errors: of cph_pattern_response, cph_plot_monopulse; TOO_FEW for an array without two halves. */
cph_status cph_pattern_draw_monopulse(const char *path, const char *subtitle,
                                      const cph_pattern_input *input,
                                      const cph_pattern_metrics *metrics, cph_monopulse *pair,
                                      cph_error *error);

#endif
