/* SPDX-License-Identifier: MIT */
/** @file receiver.h
 *  Faults of single receivers, found blindly (offset, image of unequal I and Q), and the ratio of
 *  transmit to receive gain. */
#ifndef COPHASE_RECEIVER_H
#define COPHASE_RECEIVER_H

#include "cophase/estimate.h"
#include "cophase/types.h"

CPH_BEGIN_DECLS

/** What is done to the samples y of each element: z = (y - offset) + image conj(y - offset). The
 *  caller gives the arrays. */
typedef struct cph_iq_correction {
    cph_c64 *offset;      /**< [N] mean of the samples, in their unit; NaN where flagged */
    double *offset_sigma; /**< [N] of a part, root mean square of both */
    cph_c64 *image;       /**< [N] w; the image stands |w|^2 below the signal before correction */
    double *image_sigma;  /**< [N] of a part, root mean square of both */
    unsigned char *flag;  /**< [N] cph_flag, in and out */
} cph_iq_correction;

/** Blind correction from samples [T][ld] of circular signals (noise, most communication signals;
 *  not real or BPSK ones, whose own E[y^2] would be taken for an image): y = a x + b conj(x) has
 *  c = E[y^2] = 2 a b E|x|^2, gam = E|y|^2, and w = -c/(gam + sqrt(gam^2 - |c|^2)) = -b/conj(a)
 *  makes z = (a - |b|^2/conj(a)) x (Anttila, Valkama & Renfors, IEEE Trans. VT-57 p. 2099, 2008).
 *  Standard errors for independent samples: offset sqrt(gam/(2T)); image sqrt((E|y|^4 - |c|^2)/(8 T
 * gam^2)), 1/(2 sqrt(T)) for Gaussian signals and small images, where it is the Cramer-Rao bound.
 *  Flags out: NOT_FINITE; DEAD (no power beside the offset); UNSOLVED (|c| > 0.8 gam: no circular
 *  signal, or one of I and Q is dead). Errors: ARGUMENT, OVERFLOW, TOO_FEW (under 16 times; all
 *  flagged), MEMORY; *error (may be NULL) says which, outputs are then unchanged. */
CPH_MUST_CHECK CPH_API cph_status cph_iq_solve(size_t times, size_t elements,
                                               const cph_c32 *samples, size_t ld,
                                               cph_iq_correction *correction, cph_error *error);

/** Corrects samples [T][ld] in place; flagged elements stay as they are. Errors: ARGUMENT,
 * OVERFLOW. */
CPH_MUST_CHECK CPH_API cph_status cph_iq_apply(size_t times, size_t elements,
                                               const cph_iq_correction *correction,
                                               cph_c32 *samples, size_t ld);

typedef struct cph_reciprocity_config {
    size_t soundings, elements; /**< T >= 2, N */
    const cph_c64 *forward;     /**< [T][N] response from element m to the reference */
    const cph_c64
        *backward; /**< [T][N] from the reference to element m, of the same path at the same time */
    double noise_ratio; /**< error power of forward over that of backward; 0: 1 */
} cph_reciprocity_config;

/** c_m = forward/backward = transmit over receive gain of element m (against the reference's), from
 *  soundings over changing paths h: forward = c h + noise, backward = h + noise. Phasors are
 * summed, never angles; amplitudes by total least squares (the dominant eigenvector of the 2 x 2
 * matrix of their products), since noise in what is divided by would bias them (Shepard et al.,
 * Argos, MobiCom 2012; Vieira et al., IEEE Trans. WC-16 p. 3042, 2017). Standard errors from the
 * residual, phase and relative amplitude alike: for l, the largest over the smallest eigenvalue,
 * l/(T (l - 1)^2) / (2 |u_1|^2 |u_2|^2), the Cramer-Rao bound; independent between elements for
 * independent noise, as cph_estimate_gauge takes them. Flags: in; out NOT_FINITE, DEAD (coherence
 * of both that chance explains in more than one of 1e6 cases). Errors: ARGUMENT, OVERFLOW, TOO_FEW
 * (under 2 soundings; all flagged); *error (may be NULL) says which, outputs are then unchanged. */
CPH_MUST_CHECK CPH_API cph_status cph_reciprocity_solve(const cph_reciprocity_config *config,
                                                        cph_gain_estimate *estimate,
                                                        cph_error *error);

CPH_END_DECLS

#endif
