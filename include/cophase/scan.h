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
    size_t elements;        /**< N */
    const double *position; /**< [N][3] metres, array frame */
    double freq_hz;
    size_t grid;   /**< points along u and along v over [-1, 1]; 201 is usual */
    double radius; /**< u^2 + v^2 < radius^2; 0.98 is usual */
    const cph_exec *exec;
} cph_scan_config;

/** image[iv * grid + iu] = sum_{p != q} conj(a_p) C_pq a_q / (number of unflagged elements)^2 for
 *  each grid direction u = -1 + 2 iu / (grid - 1), v alike, w >= 0; NaN outside the radius.
 *  C_pq = R_pq / (g_p conj(g_q)) where gain is given; with `normalise`, that is then divided by
 *  sqrt(C_pp C_qq): every element counts alike, and only the phases of the gains still matter.
 *  Without it (a covariance without autocorrelations) gains act in full, so that an element of
 *  small gain must be flagged.
 *  r [N][ld] Hermitian: what is above the diagonal is read, with `normalise` the diagonal too.
 *  gain [N] observed = gain * true, or NULL; flag [N], non-zero: left out, or NULL. image_add: adds
 *  to the image (to sum polarisations); the same grid and radius. image overlaps no input.
 *  Error of a value: at most (2 N + 20) 2^-23 times the mean |C_pq| (float inside, N unflagged).
 *  Threads by config->exec; results do not depend on them. Errors: ARGUMENT, OVERFLOW, MEMORY;
 *  TOO_FEW below 2 unflagged elements; NOT_FINITE where C of unflagged elements is not finite (a
 *  NaN in R, a gain of 0, a power of 0 to be normalised). Outputs are then unchanged. */
CPH_MUST_CHECK CPH_API cph_status cph_scan_image(const cph_scan_config *config, const cph_c64 *r,
                                                 size_t ld, const cph_c64 *gain,
                                                 const unsigned char *flag, bool normalise,
                                                 bool image_add, double *image);

/** Standard deviation of the values of an image [count], NaN left out; NaN where all are. */
CPH_API double cph_scan_deviation(size_t count, const double *image);

typedef struct cph_scan_peak {
    double u, v;  /**< refined by a paraboloid through the neighbours, where all are there */
    double value; /**< of the image at the grid point */
    double snr;   /**< value / standard deviation of the whole image */
} cph_scan_peak;

/** Local maxima over the 8 neighbours (what is NaN is no neighbour), strongest first; at most
 *  `max`; *count receives how many. A line of elements in the aperture plane (config->position,
 *  freq_hz) cannot tell the directions around it apart: its peaks are those in the plane of the
 *  line and boresight. Without positions only the grid of config is used. */
CPH_MUST_CHECK CPH_API cph_status cph_scan_peaks(const cph_scan_config *config, const double *image,
                                                 size_t max, cph_scan_peak *peaks, size_t *count);

/** A covariance to clean: of one polarisation. */
typedef struct cph_scan_view {
    size_t elements;        /**< N */
    const double *position; /**< [N][3] metres, array frame */
    const cph_c64 *r;       /**< [N][ld], as cph_scan_image reads it */
    size_t ld;
    const cph_c64 *gain;       /**< [N] or NULL */
    const unsigned char *flag; /**< [N] or NULL */
    bool normalise;
    double samples; /**< independent samples behind R, whose diagonal is read then; 0: not known */
} cph_scan_view;

typedef struct cph_scan_source {
    double direction[3];  /**< unit vector from the array to the source */
    double flux;          /**< in units of C_pq of cph_scan_image; of several views the sum */
    double covariance[3]; /**< of (u, v): uu, uv, vv; NaN where a view's samples are not known */
    double sigma;         /**< standard error on the sphere along the worst direction, radians */
    double flux_sigma;    /**< of the flux */
} cph_scan_source;

/** Sources one after the other: the highest place of the image joins the list, then fluxes (of
 *  each view its own) and directions of all are fitted together to C off its diagonal by least
 *  squares, and subtracted (CLEAN: Hogbom, A&A Suppl. 15 p. 417, 1974; with the joint fit of what
 *  was found it is orthogonal matching pursuit, in the visibilities). Ends after `most`, at a flux
 *  that is not above 0, or where sources are too close to be told apart. config->elements and
 *  ->position are not used. source [most] strongest first, *count of them; image [grid][grid] what
 *  is left (of several views the sum), NaN beyond the radius. Directions are better than the grid:
 *  exact data of as many sources as are asked for leave 1e-6 of the image, the float's rounding.
 *  Standard errors are those of the fit of all that were found, for Gaussian samples (propagated
 *  from E[dR_ij dR_kl] = R_il R_kj / K: covariance matching, Ottersten, Stoica & Roy, Digital
 *  Signal Processing 8 p. 185, 1998): noise and every source are in them, also those left, by their
 *  noise though not by where their sidelobes pull; views are taken for independent. On a line they
 *  are those along it.
 *  Errors: those of cph_scan_image; outputs are then unchanged. */
CPH_MUST_CHECK CPH_API cph_status cph_scan_clean(const cph_scan_config *config, size_t views,
                                                 const cph_scan_view *view, size_t most,
                                                 cph_scan_source *source, size_t *count,
                                                 double *image);

CPH_END_DECLS

#endif
