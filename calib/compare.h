/* SPDX-License-Identifier: MIT */
/** @file compare.h
 *  The steps of a comparison of two calibrations. */
#ifndef CPH_CALIB_COMPARE_H
#define CPH_CALIB_COMPARE_H

#include <math.h>

#include "cophase/compare.h"
#include "kernels/core/c64.h"

/** Whether element n has a gain, and a place. */
static inline bool cph_compare_has_gain(const cph_gain_estimate *e, size_t n)
{
    return e->flag[n] == CPH_FLAG_NONE && cph_c64_finite(e->gain[n]) &&
           cph_c64_power(e->gain[n]) > 0.0;
}

static inline bool cph_compare_has_place(const double *position, size_t n)
{
    return isfinite(position[3 * n]) && isfinite(position[3 * n + 1]) &&
           isfinite(position[3 * n + 2]);
}

/** The terms that n elements tell apart. */
typedef struct cph_compare_basis {
    size_t n, count;
    size_t dims;                    /**< tilts searched for, count of `place` */
    size_t term[CPH_COMPARE_TERMS]; /**< [count] cph_compare_term, rising; the first is COMMON */
    double *column;                 /**< [count][n] */
    double *place;                  /**< [dims][n] wavelengths along the axes, mean 0 */
    double extent_wl[3];            /**< [dims] */
} cph_compare_basis;

/** Fills dims, axis, centre, radius_m and spread_m of c, and the basis, for position [n][3] at a
 *  wavelength in metres; n at least 1, 7 n doubles can be counted. Free it. MEMORY. */
CPH_MUST_CHECK cph_status cph_compare_lay(size_t n, const double *position, double wavelength,
                                          cph_comparison *c, cph_compare_basis *basis);
void cph_compare_basis_free(cph_compare_basis *basis);

/** One quantity over the elements: phases of unit phasors z, or values y where z is NULL. */
typedef struct cph_compare_data {
    const cph_compare_basis *basis;
    const cph_c64 *z;    /**< [n] */
    const double *y;     /**< [n] */
    const double *sigma; /**< [n] above 0; 1 where they are not known */
    bool known;
} cph_compare_data;

/** What a fit found. */
typedef struct cph_compare_fit {
    double value[CPH_COMPARE_TERMS];                  /**< [count] in: the start */
    double cov[CPH_COMPARE_TERMS][CPH_COMPARE_TERMS]; /**< [count][count] */
    double residual_rms;
    double chi2;      /**< plain sum of squares over sigma^2 */
    double coherence; /**< of phases: |sum z exp(-j model) / sigma^2| / sum 1 / sigma^2 */
} cph_compare_fit;

/** Doubles of scratch that cph_compare_refine wants for a basis. */
size_t cph_compare_scratch(const cph_compare_basis *basis);

/** Robust least squares of the first `terms` terms (at most count) from fit->value; the other ones
 *  are 0. residual [n] is what is left. SINGULAR. */
CPH_MUST_CHECK cph_status cph_compare_refine(const cph_compare_data *data, size_t terms,
                                             double *scratch, double *residual,
                                             cph_compare_fit *fit);

/** The fit of phases whose start was searched for. MEMORY, OVERFLOW, SINGULAR. */
CPH_MUST_CHECK cph_status cph_compare_search(const cph_compare_data *data, double reach,
                                             double *scratch, double *residual,
                                             cph_compare_fit *fit);

#endif
