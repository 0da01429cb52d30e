/* SPDX-License-Identifier: MIT */
/** @file c64.h
 *  Complex arithmetic in double. */
#ifndef COPHASE_CORE_C64_H
#define COPHASE_CORE_C64_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>

#include "cophase/types.h"

static inline cph_c64 cph_c64_add(cph_c64 a, cph_c64 b)
{
    return (cph_c64){a.re + b.re, a.im + b.im};
}

static inline cph_c64 cph_c64_sub(cph_c64 a, cph_c64 b)
{
    return (cph_c64){a.re - b.re, a.im - b.im};
}

static inline cph_c64 cph_c64_scale(double s, cph_c64 a)
{
    return (cph_c64){s * a.re, s * a.im};
}

static inline cph_c64 cph_c64_conj(cph_c64 a)
{
    return (cph_c64){a.re, -a.im};
}

/** a b */
static inline cph_c64 cph_c64_mul(cph_c64 a, cph_c64 b)
{
    return (cph_c64){a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};
}

/** a conj(b) */
static inline cph_c64 cph_c64_mulc(cph_c64 a, cph_c64 b)
{
    return (cph_c64){a.re * b.re + a.im * b.im, a.im * b.re - a.re * b.im};
}

/** |a|^2 */
static inline double cph_c64_power(cph_c64 a)
{
    return a.re * a.re + a.im * a.im;
}

/** x^H y of n each */
static inline cph_c64 cph_c64_inner(size_t n, const cph_c64 *x, const cph_c64 *y)
{
    cph_c64 sum = {0.0, 0.0};
    for (size_t i = 0; i < n; i++)
        sum = cph_c64_add(sum, cph_c64_mulc(y[i], x[i]));
    return sum;
}

/* 1/a where |a|^2 is a number that is not 0. */
static inline cph_c64 cph_c64_inverse(cph_c64 a)
{
    return cph_c64_scale(1.0 / cph_c64_power(a), cph_c64_conj(a));
}

static inline bool cph_c64_is_zero(cph_c64 a)
{
    return a.re == 0.0 && a.im == 0.0;
}

static inline bool cph_c64_finite(cph_c64 a)
{
    return isfinite(a.re) && isfinite(a.im);
}

static inline bool cph_c64_all_finite(size_t n, const cph_c64 *x)
{
    for (size_t i = 0; i < n; i++)
        if (!cph_c64_finite(x[i]))
            return false;
    return true;
}

#endif
