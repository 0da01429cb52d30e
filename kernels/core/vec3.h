/* SPDX-License-Identifier: MIT */
/** @file vec3.h
 *  Vectors of three doubles (host files). */
#ifndef COPHASE_CORE_VEC3_H
#define COPHASE_CORE_VEC3_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>

static inline double cph_dot3(const double a[3], const double b[3])
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

static inline double cph_norm3(const double a[3])
{
    return sqrt(cph_dot3(a, a));
}

/** out = a x b; out is neither a nor b. */
static inline void cph_cross3(const double a[3], const double b[3], double out[3])
{
    out[0] = a[1] * b[2] - a[2] * b[1];
    out[1] = a[2] * b[0] - a[0] * b[2];
    out[2] = a[0] * b[1] - a[1] * b[0];
}

/** out = a + s b; out may be a or b. */
static inline void cph_add3(const double a[3], double s, const double b[3], double out[3])
{
    for (int i = 0; i < 3; i++)
        out[i] = a[i] + s * b[i];
}

/** The angle between two vectors, neither zero, of any length; as accurate near 0
 *  and pi as between. */
static inline double cph_angle3(const double a[3], const double b[3])
{
    double across[3];
    cph_cross3(a, b, across);
    return atan2(cph_norm3(across), cph_dot3(a, b));
}

/** out = m v, m [3][3] by rows; out may be v. */
static inline void cph_rotate3(const double m[9], const double v[3], double out[3])
{
    const double from[3] = {v[0], v[1], v[2]};
    for (size_t i = 0; i < 3; i++)
        out[i] = cph_dot3(m + 3 * i, from);
}

/** out = m^T v: the inverse of cph_rotate3 where m is a rotation; out may be v. */
static inline void cph_rotate_back3(const double m[9], const double v[3], double out[3])
{
    const double from[3] = {v[0], v[1], v[2]};
    for (size_t i = 0; i < 3; i++)
        out[i] = m[i] * from[0] + m[3 + i] * from[1] + m[6 + i] * from[2];
}

/** Makes a (not zero) a unit vector; returns the length it had. */
static inline double cph_unit3(double a[3])
{
    double length = cph_norm3(a);
    for (int i = 0; i < 3; i++)
        a[i] /= length;
    return length;
}

/** out = the part of a that is perpendicular to the unit vector n, unnormalised; returns its
 *  length. out may be a. */
static inline double cph_reject3(const double a[3], const double n[3], double out[3])
{
    cph_add3(a, -cph_dot3(a, n), n, out);
    return cph_norm3(out);
}

/** Whether the rows of m[9] are orthonormal and right-handed within `tolerance`; NaN is not. */
static inline bool cph_is_rotation3(const double m[9], double tolerance)
{
    double third[3];
    for (size_t i = 0; i < 3; i++)
        for (size_t j = 0; j < 3; j++)
            if (!(fabs(cph_dot3(m + 3 * i, m + 3 * j) - (i == j ? 1.0 : 0.0)) < tolerance))
                return false;
    cph_cross3(m, m + 3, third);
    return cph_dot3(third, m + 6) > 0.0;
}

#endif
