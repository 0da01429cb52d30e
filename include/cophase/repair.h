/* SPDX-License-Identifier: MIT */
/** @file repair.h
 *  A beam whose elements have failed, made again over those that live. */
#ifndef COPHASE_REPAIR_H
#define COPHASE_REPAIR_H

#include "cophase/types.h"

CPH_BEGIN_DECLS

typedef struct cph_repair_config {
    size_t elements;
    const double *position; /**< [N][3] metres, array frame */
    double freq_hz;
    double look[3];            /**< unit vector */
    const cph_c64 *gain;       /**< [N] observed = gain * true; NULL for 1 */
    const unsigned char *flag; /**< [N] non-zero = failed; NULL for none */
    const double *taper;       /**< [N] of the intact beam, its sum not 0; NULL for uniform */
    size_t rounds;             /**< 1: least mean power of sidelobes; more: the peaks weigh more
                                    each round; 8 serves */
} cph_repair_config;

/** Sidelobes of all elements, of the live ones as they are, and repaired. NaN where there is none.
 */
typedef struct cph_repair_result {
    double intact_db, before_db, after_db; /**< highest, relative to the peak: psll_db of
                                                cph_pattern_analyse, isotropic elements */
    double mean_before_db, mean_after_db;  /**< mean over u and v outside the intact beam's main
                                                lobe, over the visible half space of the look,
                                                relative to the response toward it */
    double loss_before_db, loss_after_db;  /**< taper loss, n sum|f|^2 over |response|^2 */
    size_t live, directions, rounds; /**< rounds: the one whose weights they are; 0: as before */
} cph_repair_result;

/** w [N], 0 where flagged, of unit response w^H (g a): with f_n = conj(g_n) w_n the f that
 * minimises sum_k s_k |f^H a(u_k)|^2 / sum_k s_k + m n / 10 |f|^2 under f^H a(look) = 1, over
 * directions u_k a quarter of wavelength over extent apart in u and v, outside the ellipse of the
 * intact beam's first nulls along u and v; m is the mean before, n the live elements: taper loss
 * counts a little. s_k is 1 in the first round, then grows with |f^H a(u_k)|: least squares drawn
 * to the least peak (Lawson, 1961; for failed elements: Peters, IEEE TAP 39 p. 519, 1991). The
 * rounds end where the peak is no higher than the intact beam's. The one with the lowest peak at no
 * more than 1.5 dB of loss is kept, or the conventional weights of the live elements where none is
 * lower. An isolated failure inside an array of half a wavelength's pitch leaves the mean nearly as
 * it is: its field goes where the others cannot follow; peaks come down. About P n^2 / 2 complex
 * products a round for P directions. Errors: ARGUMENT (sizes; rounds; a taper whose sum is 0; a
 * look that is no unit vector), NOT_FINITE (positions, tapers; a live element's gain, which may not
 * be 0), TOO_FEW (all are flagged, or their taper is 0), SINGULAR, MEMORY, OVERFLOW (ten
 * million directions or more: about 400 wavelengths across both ways); outputs are then unchanged.
 */
CPH_MUST_CHECK CPH_API cph_status cph_weights_repair(const cph_repair_config *config, cph_c64 *w,
                                                     cph_repair_result *result);

CPH_END_DECLS

#endif
