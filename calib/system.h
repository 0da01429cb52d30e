/* SPDX-License-Identifier: MIT */
/** @file system.h
 *  The equations of a gain solution: live elements only, packed, normalised.
 *
 *  Matrices over baselines are [n][n]; p < q is filled and read, the rest is not. */
#ifndef CPH_CALIB_SYSTEM_H
#define CPH_CALIB_SYSTEM_H

#include "cophase/calib.h"

typedef struct cph_system {
    size_t n, sources;
    size_t *element;  /**< [n] which of the problem's elements */
    double *scale;    /**< [n] r = R / (scale scale); gains here are gains of R over scale */
    cph_c64 *r;       /**< [n][n] */
    double *weight;   /**< [n][n] >= 0, 0 where a baseline is not used */
    double *robust;   /**< [n][n] the weights in force: `weight`, or less for outliers */
    cph_c64 *a;       /**< [sources][n] steering vectors */
    cph_c64 *m;       /**< [n][n] model: base + sum flux a a^H */
    cph_c64 *base;    /**< [n][n] covariances given, or NULL */
    double *flux;     /**< [sources] */
    double *position; /**< [n][3] metres */
    double freq_hz;
    double *direction; /**< [sources][3] */
    size_t held;       /**< sources before this one stand where they were said to be */
    double *slope;     /**< [2 (sources - held)][n] phases that a radian makes of a moving source's
                            two offsets, perpendicular to its direction and to each other */
    bool fit;          /**< fluxes are fitted (none given, and several sources or a base) */
    bool absolute;     /**< fluxes or a base were given: gains carry the scale */
    bool diagonal;     /**< r is normalised by autocorrelations: its diagonal is 1 */
    size_t baselines;  /**< of weight > 0 */
    double total;      /**< sum of weight |r|^2 */
    bool suspects;     /**< robust is less than `weight` for baselines that screening suspects */
    size_t left_out;   /**< baselines that are impossible: of weight 0 */
    size_t worst[2];   /**< elements of the worst of them */
    double nu;         /**< degrees of freedom of the robust weights in force; INFINITY: none */
    void *memory;
} cph_system;

/** Packs the elements whose flag is 0. Flags UNSOLVED those without a used baseline, and DEAD
 *  those without power where there is a diagonal, and leaves them out. Weights in force are
 *  `weight`, the model that of the fluxes given, or of equal fluxes of 1 (0 beside a base). Errors
 * as cph_gains_solve; *system and flag are then unchanged. */
CPH_MUST_CHECK cph_status cph_system_create(const cph_gain_problem *problem, unsigned char *flag,
                                            cph_system *system, cph_error *error);
void cph_system_free(cph_system *system);

/** m of the fluxes. */
void cph_system_model(cph_system *system);

/** a and slope of the directions. Errors as cph_steer_c64. */
CPH_MUST_CHECK cph_status cph_system_steer(cph_system *system);

/** How many parameters there are beside the gains: fluxes where they are fitted, then offsets. */
size_t cph_system_extras(const cph_system *system);

/** Derivative of g_p g_q* m_pq by such a parameter. */
cph_c64 cph_system_derivative(const cph_system *system, const cph_c64 *g, size_t extra, size_t p,
                              size_t q);

/** Weighted sum of |r - g m g*|^2 with the weights given (robust or weight). square [baselines]
 *  (may be NULL) receives |r - g m g*|^2 of the used baselines in row order. */
double cph_system_residual(const cph_system *system, const double *weight, const cph_c64 *g,
                           double *square);

/** The factor s >= 0 that minimises sum weight |r - s g m g*|^2 with the weights given (robust or
 *  weight); *explained (may be NULL) receives the share of sum weight |r|^2 that this explains. */
double cph_system_scale(const cph_system *system, const double *weight, const cph_c64 *g,
                        double *explained);

/** Leaves baselines out that are impossible, and sets `robust` so that those far above the others
 *  count less in a start. CPH_ERR_MEMORY. */
CPH_MUST_CHECK cph_status cph_system_screen(cph_system *system);

/** SINGULAR, and words for it, where data or model are zero, or the data constant alone. */
CPH_MUST_CHECK cph_status cph_system_sound(const cph_system *system, cph_error *error);

#endif
