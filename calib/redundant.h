/* SPDX-License-Identifier: MIT */
/** @file redundant.h
 *  The steps of redundant-baseline calibration. */
#ifndef CPH_CALIB_REDUNDANT_H
#define CPH_CALIB_REDUNDANT_H

#include "cophase/redundant.h"

/** R[first][second] = g_first conj(g_second) u[group]; first may be above second. */
typedef struct cph_redundant_baseline {
    uint32_t first, second, group;
} cph_redundant_baseline;

/** What remains of the layout for some elements and baselines. */
typedef struct cph_redundant_set {
    size_t elements; /**< N of the array */
    size_t n;        /**< live elements */
    size_t *element; /**< [n] their numbers */
    size_t baselines, groups;
    cph_redundant_baseline *baseline; /**< [baselines] by group; elements count in [0, n) */
    size_t *start;                    /**< [groups + 1] first baseline of each */
    size_t *origin;                   /**< [groups] number in the plan */
    double *position;                 /**< [n][3] */
    double tolerance;
    /* Orthonormal bases of the null spaces, [.][n]: log amplitudes (the overall one first); phases
     * (overall, slopes, others). */
    double *amplitude_null, *phase_null;
    size_t amplitude_nulls, phase_nulls, slopes;
    size_t step[3]; /**< [slopes] groups whose baselines tell the slopes apart */
    bool *open;     /**< [n] nothing is known of this gain */
} cph_redundant_set;

struct cph_redundant_plan {
    size_t elements;
    double *vector;        /**< [groups][3] */
    cph_redundant_set all; /**< every baseline of every element, without null spaces */
    cph_redundant_set set; /**< of the elements of the configuration */
    uint32_t *group;       /**< [N][N] of p < q: 1 + 2 group + turned, of `set`'s baselines; or 0 */
};

/** Every baseline of the array, by groups. `set` is zero before, and for cph_redundant_set_free in
 *  every case. vector [groups][3] is allocated. */
CPH_MUST_CHECK cph_status cph_redundant_sort(const cph_redundant_config *config,
                                             cph_redundant_set *set, double **vector,
                                             cph_error *error);

/** `set`: what of `all` is between elements without flag [N] (NULL: none) on baselines of
 *  weight > 0 (weight [N][N] p < q, NULL: all), and its null spaces. Errors as cph_redundant_solve.
 *  Free it in every case. */
CPH_MUST_CHECK cph_status cph_redundant_select(const cph_redundant_set *all,
                                               const unsigned char *flag, const double *weight,
                                               cph_redundant_set *set, cph_error *error);
void cph_redundant_set_free(cph_redundant_set *set);
void cph_redundant_count(const cph_redundant_set *set, cph_redundant_info *info);

/** Null spaces, names and open elements of a set whose baselines are there. */
CPH_MUST_CHECK cph_status cph_redundant_nulls(cph_redundant_set *set);

/** Fills step, by which slopes are measured and turned; fewer slopes where none tells them. */
void cph_redundant_choose_steps(cph_redundant_set *set);

/** Which of the two systems: log|R| = eta_p + eta_q + log|u|, arg R = phi_p - phi_q + arg u. */
typedef enum cph_redundant_part { CPH_AMPLITUDES, CPH_PHASES } cph_redundant_part;

/** normal [n][n] = sum over groups of sum W a a^T - (sum W a)(sum W a)^T / sum W, a = e_first +-
 *  e_second: the normal equations with u eliminated. W [baselines], NULL: 1. */
CPH_MUST_CHECK cph_status cph_redundant_normal(const cph_redundant_set *set,
                                               cph_redundant_part part, const double *weight,
                                               double *normal);

/** normal becomes its inverse with the null space pinned, less what the pins brought in: the
 *  pseudo-inverse. SINGULAR, MEMORY. */
CPH_MUST_CHECK cph_status cph_redundant_invert(const cph_redundant_set *set,
                                               cph_redundant_part part, double *normal);

/** x [n] = inverse sum_b a_b (W_b y_b - W_b / sum W sum W y): least squares with u eliminated. wy
 *  [baselines] holds W y. scratch [n]. */
void cph_redundant_apply(const cph_redundant_set *set, cph_redundant_part part,
                         const double *inverse, const double *weight, const double *wy,
                         double *scratch, double *x);

/** One solution in the making. */
typedef struct cph_redundant_solver {
    const cph_redundant_problem *problem;
    const cph_redundant_options *options;
    const cph_redundant_set *set;
    cph_c64 *data;   /**< [baselines] R in the group's sense */
    double *weight;  /**< [baselines] 1 / E|error|^2, or relative */
    bool known;      /**< weights are absolute */
    bool wishart;    /**< errors are those of a sample covariance: not independent */
    cph_c64 *g;      /**< [n] */
    cph_c64 *u;      /**< [groups] */
    cph_c64 *trial;  /**< [n] */
    double *inverse; /**< [2][n][n] of the normal equations: amplitudes, phases */
    double *w, *wy;  /**< [baselines], [2][baselines] */
    double *x;       /**< [3][n] */
    double total;    /**< sum w|data|^2 */
    double residual; /**< sum w|data - model|^2 */
    unsigned iterations;
    cph_stop stop;
} cph_redundant_solver;

/** Data and weights of a problem on a set; free in every case. Errors: NOT_FINITE, SINGULAR,
 *  ARGUMENT, MEMORY, OVERFLOW. */
CPH_MUST_CHECK cph_status cph_redundant_open(cph_redundant_solver *v, cph_error *error);
void cph_redundant_close(cph_redundant_solver *v);

/** u that fit g best; returns sum w|data - model|^2. */
double cph_redundant_fit(cph_redundant_solver *v, const cph_c64 *g);

/** g where its phases are those of the walk: data [C][baselines] (the same elements at C
 *  frequencies), weight [baselines]. Errors: MEMORY, OVERFLOW. */
CPH_MUST_CHECK cph_status cph_redundant_walk(const cph_redundant_set *set, size_t channels,
                                             const cph_c64 *data, const double *weight, cph_c64 *g);

/** A start: problem->start, or the walk and logcal. */
CPH_MUST_CHECK cph_status cph_redundant_begin(cph_redundant_solver *v);

/** Iterates from v->g. Fills residual, iterations, stop. */
CPH_MUST_CHECK cph_status cph_redundant_iterate(cph_redundant_solver *v);

/** v->inverse for the present g and u, from weights w |m|^2. */
CPH_MUST_CHECK cph_status cph_redundant_equations(cph_redundant_solver *v);

/** Adds the phase slopes to g that step [slopes] radians along set->step's baselines. */
void cph_redundant_turn(cph_redundant_solver *v, const double *step);

/** Puts g and u in the gauge. Errors: SINGULAR (the model is zero where it would have to say
 *  something), NOT_FINITE (the model), MEMORY. */
CPH_MUST_CHECK cph_status cph_redundant_gauge(cph_redundant_solver *v);

/** The part of it about phases: slopes and other directions of the null space, or the overall phase
 *  alone. Uses v->set, g, x [n] and problem->reference. */
void cph_redundant_fix_phases(cph_redundant_solver *v, bool overall_only);

/** How the gauge follows the data: x becomes x - sum_c v_c (k_c . x), plus errors of covariance
 *  v^T g v of its own (g NULL: none). */
typedef struct cph_redundant_binding {
    size_t count;
    double *v, *k; /**< [count][n] */
    double *g;     /**< [count][count] */
    double *s;     /**< [count][groups] what moves it: sum of w conj(model) error of a group; or
                        NULL */
} cph_redundant_binding;

/** The binding of phases or log amplitudes to the model, or of log amplitudes to mean |g|. Wants
 *  v->w as of cph_redundant_equations. Free it in every case. */
CPH_MUST_CHECK cph_status cph_redundant_bind(const cph_redundant_solver *v, cph_redundant_part part,
                                             cph_redundant_binding *binding);
void cph_redundant_unbind(cph_redundant_binding *binding);

/** Moves g along null vectors so that u comes nearest to the model's. */
CPH_MUST_CHECK cph_status cph_redundant_meet(cph_redundant_solver *v);

/** Variances [n] of phase and of relative amplitude for errors of power 1 / weight, and
 *  expectation [n] of the element's sum of w|residual|^2, from v->inverse. */
CPH_MUST_CHECK cph_status cph_redundant_errors(cph_redundant_solver *v, double *phase_var,
                                               double *amplitude_var, double *expected);

/** The same for errors of a sample covariance, E[E_pq E_rs*] = R_pr R_sq / K: from draws of such
 *  errors, each taken through the linearised solution. MEMORY, OVERFLOW. */
CPH_MUST_CHECK cph_status cph_redundant_draw(cph_redundant_solver *v,
                                             const cph_redundant_binding binding[2],
                                             double *const var[2], double *expected);

#endif
