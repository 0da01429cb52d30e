/* SPDX-License-Identifier: MIT */
/** @file coupling.h
 *  The steps of calibration by mutual coupling. Unknowns are complex logarithms: of r [N], of t
 *  [N], of c [groups], counted in this order. */
#ifndef CPH_CALIB_COUPLING_H
#define CPH_CALIB_COUPLING_H

#include "cophase/coupling_calib.h"

/** log S = x[unknown 0] + x[unknown 1] + x[unknown 2], of r, t and c. */
typedef struct cph_coupling_link {
    uint32_t unknown[3];
    cph_c64 s;
} cph_coupling_link;

typedef struct cph_coupling_net {
    size_t elements, groups, unknowns; /**< 2 N + groups */
    size_t links;
    cph_coupling_link *link;
    cph_c64 *x; /**< [unknowns], NaN where no link has it */
    /* Phases are phase + sum step theta, of `thetas` numbers that no link gives directly. */
    size_t thetas;
    uint32_t *theta_at; /**< [thetas] the unknown that each stands for */
    int64_t *step;      /**< [unknowns][thetas] */
    double *phase;      /**< [unknowns] */
    /* What loops say of theta, in echelon: sum equation theta = value, modulo a turn. */
    size_t equations;
    int64_t *equation;        /**< [equations][thetas] */
    double *value;            /**< [equations] */
    size_t *pivot;            /**< [equations] the first theta in each */
    uint32_t *part;           /**< [2 N] of r, of t: sub-lattices; UINT32_MAX: no link */
    size_t parts[2], main[2]; /**< number of them; the largest */
    size_t choices;
    double margin;
    unsigned iterations;
    cph_stop stop;
    double residual;    /**< sum |S - model|^2 */
    double *covariance; /**< [unknowns][unknowns] of log amplitudes and of phases, per error power
                             1/2; 0 where pinned */
} cph_coupling_net;

/** Phases of all unknowns by chains of links, and what loops say of theta. Errors: MEMORY,
 *  OVERFLOW, SINGULAR. */
CPH_MUST_CHECK cph_status cph_coupling_walk(cph_coupling_net *net);

/** Reduces `candidates` rows of net->equation and net->value to the echelon above. */
CPH_MUST_CHECK cph_status cph_coupling_reduce(cph_coupling_net *net, size_t candidates);

/** Sub-lattices. Errors: MEMORY, OVERFLOW. */
CPH_MUST_CHECK cph_status cph_coupling_parts(cph_coupling_net *net);

/** Takes the phases of x that make gains nearest to these. Errors: MEMORY, OVERFLOW, SINGULAR. */
CPH_MUST_CHECK cph_status cph_coupling_choose(cph_coupling_net *net, const cph_c64 *transmit_near,
                                              const cph_c64 *receive_near);

/** Least squares from phases of x to all of x and the covariance. Errors: MEMORY, OVERFLOW,
 *  SINGULAR. */
CPH_MUST_CHECK cph_status cph_coupling_fit(cph_coupling_net *net);

#endif
