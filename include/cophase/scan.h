/* SPDX-License-Identifier: MIT */
/** @file scan.h
 *  Images of the sky (Bartlett scan) from a covariance matrix. */
#ifndef COPHASE_SCAN_H
#define COPHASE_SCAN_H

#include <stdbool.h>

#include "cophase/exec.h"
#include "cophase/types.h"

CPH_BEGIN_DECLS

typedef struct cph_scan_config {
    size_t elements;
    const double *position; /**< [N][3] metres, array frame */
    double freq_hz;
    size_t grid;   /**< points along u and along v over [-1, 1]; 201 is usual */
    double radius; /**< u^2 + v^2 < radius^2; 0.98 is usual */
    const cph_exec *exec;
} cph_scan_config;

/** image[iv * grid + iu] = a^H C a / (number of unflagged elements)^2 for each grid direction
 *  (w >= 0), NaN outside the radius. C is R with its diagonal left out, divided by
 *  g_p conj(g_q) where gain is given, after normalisation by sqrt(R_pp R_qq) where `normalise`
 *  is set (the gains are then divided by sqrt(R_pp) alike, so that R / (g g^H) keeps its
 *  phases and every element its weight). flag non-zero: left out. r [N][ld], gain [N] or NULL,
 *  flag [N] or NULL. image_add: adds to the image (to sum polarisations).
 *  Errors: TOO_FEW below 2 unflagged elements. */
CPH_MUST_CHECK CPH_API cph_status cph_scan_image(const cph_scan_config *config, const cph_c64 *r,
                                                 size_t ld, const cph_c64 *gain,
                                                 const unsigned char *flag, bool normalise,
                                                 bool image_add, double *image);

typedef struct cph_scan_peak {
    double u, v;  /**< refined by a paraboloid through the neighbours */
    double value; /**< of the image at the grid point */
    double snr;   /**< value / standard deviation of the whole image */
} cph_scan_peak;

/** Local maxima over the 8 neighbours, strongest first; at most `max`; *count receives how many. */
CPH_MUST_CHECK CPH_API cph_status cph_scan_peaks(const cph_scan_config *config, const double *image,
                                                 size_t max, cph_scan_peak *peaks, size_t *count);

CPH_END_DECLS

#endif
