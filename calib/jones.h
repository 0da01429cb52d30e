/* SPDX-License-Identifier: MIT */
/** @file jones.h
 *  The steps of cph_jones_solve. A row j of J belongs to an input: j[a] of its own polarisation a,
 *  j[1 - a] of the other. Real parameters: [m][2][2], inputs, entries of the row, parts. */
#ifndef CPH_CALIB_JONES_H
#define CPH_CALIB_JONES_H

#include "cophase/jones.h"
#include "kernels/core/c64.h"

/** Most generators of what is open, and with a free scale. */
enum { CPH_JONES_OPEN_MOST = 8, CPH_JONES_GAUGE_MOST = 9, CPH_JONES_ROW = 4 };

typedef struct cph_jones_system {
    const cph_jones_problem *problem;
    const cph_jones_options *options;
    cph_error *error;
    size_t m;         /**< live inputs */
    size_t baselines; /**< in use */
    size_t outliers;
    size_t worst[2]; /**< inputs of the largest of them; SIZE_MAX: there is none */
    double worst_power;
    double total;    /**< sum of w |r|^2, w as given */
    double weights;  /**< sum of w over baselines, in force */
    double nu;       /**< Student's, in force; INFINITY: none */
    bool heavy;      /**< residuals were found to have heavy tails */
    bool reweighted; /**< robust weights are in force */
    bool refining;   /**< nu stays what it is */
    size_t *input;   /**< [m] 2 antenna + polarisation */
    double *root;    /**< [m] square roots of powers, or 1 */
    cph_c64 *r;      /**< [m][m] normalised, full */
    double *given;   /**< [m][m] weights, 0: not in use */
    double *weight;  /**< [m][m] those in force */
    double *square;  /**< [baselines] scratch */
    cph_c64 *model;  /**< [N][N][2][2] */
    cph_c64 *jones;  /**< [m][2] normalised */
    unsigned open;   /**< generators */
    unsigned named;
    bool y_free;                                  /**< the gauge sets the phase of Y */
    bool xy_known;                                /**< no part of the X-Y phase is open */
    cph_c64 generator[CPH_JONES_OPEN_MOST][2][2]; /**< orthonormal */
} cph_jones_system;

static inline size_t cph_jones_side(const cph_jones_system *s, size_t i)
{
    return s->input[i] % 2;
}

/** M of the antennas of inputs i and k. */
static inline const cph_c64 *cph_jones_block(const cph_jones_system *s, size_t i, size_t k)
{
    return s->model + 4 * (s->input[i] / 2 * s->problem->antennas + s->input[k] / 2);
}

/** z [2] = M j^H, so that r_ik ~ j_i z. */
static inline void cph_jones_heard(const cph_c64 *block, const cph_c64 *j, cph_c64 *z)
{
    z[0] = cph_c64_add(cph_c64_mulc(block[0], j[0]), cph_c64_mulc(block[1], j[1]));
    z[1] = cph_c64_add(cph_c64_mulc(block[2], j[0]), cph_c64_mulc(block[3], j[1]));
}

/** j z */
static inline cph_c64 cph_jones_meet(const cph_c64 *j, const cph_c64 *z)
{
    return cph_c64_add(cph_c64_mul(j[0], z[0]), cph_c64_mul(j[1], z[1]));
}

/** 1 / z */
static inline cph_c64 cph_jones_inverse(cph_c64 z)
{
    return cph_c64_scale(1.0 / cph_c64_power(z), cph_c64_conj(z));
}

/** Weight of a pair of inputs of the problem; 0: it is not used. */
double cph_jones_weight(const cph_jones_problem *problem, size_t i, size_t k);

/** Packs what flag [2 N] leaves; start [2 N] is the diagonal of J. Errors of cph_jones_solve, said.
 *  Free it in any case. */
CPH_MUST_CHECK cph_status cph_jones_pack(cph_jones_system *s, const unsigned char *flag,
                                         const cph_c64 *start);
void cph_jones_free(cph_jones_system *s);

/** model [N][N][2][2] of the problem, blocks of all p != q. NOT_FINITE and others, said. */
CPH_MUST_CHECK cph_status cph_jones_model(const cph_jones_problem *problem, cph_c64 *model,
                                          cph_error *error);

/** Gains [2 N] of X and Y apart, in units of R, and flags [2 N], in and out. */
CPH_MUST_CHECK cph_status cph_jones_start(const cph_jones_problem *problem,
                                          const cph_jones_options *options, const cph_c64 *model,
                                          unsigned char *flag, cph_c64 *gain, cph_error *error);

/** Weighted sum of squared residuals; weight: s->weight or s->given. */
double cph_jones_residual(const cph_jones_system *s, const double *weight, const cph_c64 *jones);

/** Sets weights in force by the robust rule where the residuals of s->jones have heavy tails, or
 *  had them before; else to those given. What is found stays found where `judge`: jones is near its
 *  end. Returns whether weights may have changed. */
bool cph_jones_reweight(cph_jones_system *s, bool judge);

/** Sum of squared residuals of s->jones, those that robust weights hold down as far as they pull.
 */
double cph_jones_noise(const cph_jones_system *s);

/** cph_robust_power of the weights in force. */
double cph_jones_robust_power(const cph_jones_system *s);

/** How many baselines were left out or have a tenth of their weight and less, and the inputs [2] of
 *  the worst. */
void cph_jones_find_outliers(const cph_jones_system *s, size_t *outliers, size_t *worst);

/** Alternates. SINGULAR (said) or MEMORY. */
CPH_MUST_CHECK cph_status cph_jones_alternate(cph_jones_system *s, unsigned *iterations,
                                              cph_stop *stop);

/** Fills open, named, y_free, xy_known and generator. SINGULAR, said. */
CPH_MUST_CHECK cph_status cph_jones_find_open(cph_jones_system *s);

/** Turns jones into the gauge; but not its scale. */
CPH_MUST_CHECK cph_status cph_jones_turn(cph_jones_system *s);

/** *phase of Y less that of X, as in cph_jones_solution, and *sigma, of the parameters' covariance
 *  [4 m][4 m]; whatever is open. */
void cph_jones_xy_phase(const cph_jones_system *s, const double *covariance, double *phase,
                        double *sigma);

/** Projection onto the gauge: a [4 m] change of the parameters becomes that change less its part
 *  along what is open: change - null (condition change). Both [count][4 m], count <= 9; condition
 *  is divided so that condition null^T = 1. SINGULAR, OVERFLOW, MEMORY. */
CPH_MUST_CHECK cph_status cph_jones_projection(const cph_jones_system *s, size_t *count,
                                               double *null, double *condition);

/** What a fit leaves and how sure it is. */
typedef struct cph_jones_errors {
    double *covariance; /**< [4 m][4 m] of the parameters in the gauge */
    double residual, expected, chi2, dof;
    unsigned refinements;
    bool settled; /**< the last step was below the tolerance */
} cph_jones_errors;

/** Steps of Gauss and Newton from jones, where `refine` is, then the covariance; free it in any
 *  case. SINGULAR (said), OVERFLOW, MEMORY. */
CPH_MUST_CHECK cph_status cph_jones_refine(cph_jones_system *s, bool refine, cph_jones_errors *out);

/** hessian [4 m][4 m] of half the sum of squares, and score [4 m] where jones stands. */
void cph_jones_normal(const cph_jones_system *s, double *hessian, double *score);

/** variance [4 m][4 m] of the score by the statistics of samples; scratch is its own. OVERFLOW,
 *  MEMORY. */
CPH_MUST_CHECK cph_status cph_jones_score_variance(const cph_jones_system *s, double *variance);

#endif
