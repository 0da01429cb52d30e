/* SPDX-License-Identifier: MIT */
/** @file redundant_vector.h
 *  Real vectors of [n], and bases of them. */
#ifndef CPH_CALIB_REDUNDANT_VECTOR_H
#define CPH_CALIB_REDUNDANT_VECTOR_H

#include <math.h>
#include <stddef.h>

static inline double cph_vector_dot(size_t n, const double *x, const double *y)
{
    double sum = 0.0;
    for (size_t p = 0; p < n; p++)
        sum += x[p] * y[p];
    return sum;
}

/* x less its parts along basis [count][n], twice, lest rounding bring them back; what is left. */
static inline double cph_vector_orthogonalise(size_t n, size_t count, const double *basis,
                                              double *x)
{
    for (size_t k = 0; k < 2 * count; k++) {
        const double *b = basis + k % count * n;
        const double along = cph_vector_dot(n, b, x);
        for (size_t p = 0; p < n; p++)
            x[p] -= along * b[p];
    }
    return sqrt(cph_vector_dot(n, x, x));
}

static inline void cph_vector_normalise(size_t n, double length, double *x)
{
    for (size_t p = 0; p < n; p++)
        x[p] /= length;
}

#endif
