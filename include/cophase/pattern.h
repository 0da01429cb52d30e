/* SPDX-License-Identifier: MIT */
/** @file pattern.h
 *  Far-field patterns of weighted arrays of isotropic elements. */
#ifndef COPHASE_PATTERN_H
#define COPHASE_PATTERN_H

#include "cophase/exec.h"
#include "cophase/types.h"

CPH_BEGIN_DECLS

/** What is analysed: response(u) = w^H (g a(u)). */
typedef struct cph_pattern_input {
    size_t elements;
    const double *position; /**< [N][3] metres, array frame */
    double freq_hz;
    const cph_c64 *weights; /**< [N] w (not conjugated) */
    const cph_c64 *gain;    /**< [N] observed = gain * true; NULL for 1 */
    double look[3];         /**< where the beam is meant to point: the search for the peak starts
                                 here, so that of equal lobes this one is taken */
    const cph_exec *exec;
} cph_pattern_input;

typedef struct cph_pattern_metrics {
    double peak[3];        /**< unit vector of the peak of the main lobe */
    double peak_power_db;  /**< 20 log10 |response| there */
    double look_power_db;  /**< 20 log10 |response| toward `look` */
    double directivity_db; /**< over the whole sphere, isotropic elements (closed form) */
    size_t planes;         /**< 1 for a line of elements, else 2 */
    double hpbw_rad[2];    /**< full width at half power in the principal planes through the peak:
                                [0] along the projection of the array's long axis, [1] across */
    double psll_db;        /**< highest lobe outside the main one relative to the peak, over the
                                visible region; NaN when there is none */
    double psll_at[3];     /**< where */
} cph_pattern_metrics;

/** response[D] toward direction [D][3] unit vectors, in double. */
CPH_MUST_CHECK CPH_API cph_status cph_pattern_response(const cph_pattern_input *input,
                                                       size_t directions, const double *direction,
                                                       cph_c64 *response);

/** Peak, widths, sidelobe, directivity. Angles are refined to 1e-7 rad, levels to 1e-4 dB. The
 *  visible region is |u| <= 1 for a line, the forward hemisphere u^2 + v^2 <= 1, w >= 0 for a
 *  planar array, the whole sphere otherwise. */
CPH_MUST_CHECK CPH_API cph_status cph_pattern_analyse(const cph_pattern_input *input,
                                                      cph_pattern_metrics *metrics);

/** power_db[grid][grid], relative to the largest value, over u (fastest) and v in [-1, 1]; NaN
 *  outside the visible region. For pictures. */
CPH_MUST_CHECK CPH_API cph_status cph_pattern_map(const cph_pattern_input *input, size_t grid,
                                                  float *power_db);

CPH_END_DECLS

#endif
