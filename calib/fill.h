/* SPDX-License-Identifier: MIT */
/** @file fill.h
 *  A smooth curve through readings of one quantity: its slope is a random walk. */
#ifndef CPH_CALIB_FILL_H
#define CPH_CALIB_FILL_H

#include <stdbool.h>
#include <stddef.h>

/** What readings on one side tell of level and slope at a place: the information matrix, with its
 *  determinant, and that times the mean. Zero-initialised it is nothing. */
typedef struct cph_fill_state {
    double y11, y12, y22, det;
    double z1, z2;
} cph_fill_state;

/** Readings of one element, one quantity. */
typedef struct cph_fill_curve {
    size_t count;
    const double *x;        /**< [count] rising */
    const double *y;        /**< [count] */
    const double *variance; /**< [count] above 0 */
} cph_fill_curve;

/** -2 log likelihood of rate^2 = q, level and slope unknown. */
double cph_fill_misfit(const cph_fill_curve *curve, double q);

/** What readings up to and with each one tell there: before[count] of those below, after[count] of
 *  those above. */
void cph_fill_pass(const cph_fill_curve *curve, double q, cph_fill_state *before,
                   cph_fill_state *after);

/** Level at x and its variance, from cph_fill_pass; false outside of the readings and in a gap
 * wider than `gap`. */
bool cph_fill_at(const cph_fill_curve *curve, double q, const cph_fill_state *before,
                 const cph_fill_state *after, double x, double gap, double *level,
                 double *variance);

#endif
