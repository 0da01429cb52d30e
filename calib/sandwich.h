/* SPDX-License-Identifier: MIT */
/** @file sandwich.h
 *  Covariance H^-1 V H^-1 of an estimate in its gauge; with V = H the inverse itself. */
#ifndef CPH_CALIB_SANDWICH_H
#define CPH_CALIB_SANDWICH_H

#include <stdbool.h>

#include "cophase/types.h"

/** Where parameters stand in a block of `order`: log amplitudes and phases of n elements, others
 *  anywhere. CPH_ABSENT: not in this block. */
typedef struct cph_block_layout {
    size_t order, n, amplitude, phase;
} cph_block_layout;

#define CPH_ABSENT SIZE_MAX

/** Directions that the data don't determine, and what is asked for instead. */
typedef struct cph_gauge {
    const cph_c64 *gain; /**< [n]: relative amplitudes are against the mean of |gain| */
    size_t reference;    /**< phases are against this element's, or the mean (SIZE_MAX) */
    bool absolute;       /**< amplitudes are against nothing */
    bool scale_free;     /**< the common amplitude is not determined (fluxes are fitted with it) */
} cph_gauge;

/** Other quantities that depend on the parameters, linearly: none of the gauge. */
typedef struct cph_functionals {
    size_t count;
    double *gradient; /**< [count][order] */
    double *score;    /**< [count][order] covariance of an error of its own with the gradient's
                           right side, by which estimates are H^-1 of it */
    double *variance; /**< [count] in: of the error of its own; out: of own error less gradient
                         times estimate */
} cph_functionals;

/** hessian and covariance are [order][order] symmetric, full; both are overwritten. Where the
 *  layout has them, amplitude_var and phase_var [n] receive variances in the gauge. functionals and
 *  trace may be NULL; *trace (may be
 *  NULL) receives tr(H^-1 V). Errors: as cph_tiles_invert (SINGULAR: H
 *  determines less than the gauge leaves open), OVERFLOW. */
CPH_MUST_CHECK cph_status cph_sandwich(const cph_block_layout *layout, const cph_gauge *gauge,
                                       double *hessian, double *covariance, double *amplitude_var,
                                       double *phase_var, cph_functionals *functionals,
                                       double *trace);

/** Bytes of heap that cph_sandwich takes beside its arguments; false where there are too many. */
bool cph_sandwich_bytes(size_t order, size_t *bytes);

#endif
