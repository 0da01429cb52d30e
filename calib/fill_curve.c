/* SPDX-License-Identifier: MIT */
/* An integrated random walk by filters of information from both ends: their start is nothing at
 * all, exactly, and what they tell of a place adds up. */
#include "calib/fill.h"

#include <math.h>

/* A step of d upward. With M the information of the slope's straight line and Q = q (d^3/3, d^2/2;
 * d^2/2, d) that of the walk: (M^-1 + Q)^-1 = (M + det M adj Q)/(1 + tr M Q + det M det Q), which
 * needs no inverse of M. */
static cph_fill_state step(const cph_fill_state *s, double q, double d)
{
    const double q11 = q * d * d * d / 3.0, q12 = q * d * d / 2.0, q22 = q * d;
    const double m11 = s->y11, m12 = s->y12 - d * s->y11;
    const double m22 = s->y22 - 2.0 * d * s->y12 + d * d * s->y11;
    const double z2 = s->z2 - d * s->z1;
    const double trace = m11 * q11 + 2.0 * m12 * q12 + m22 * q22;
    const double share = 1.0 / (1.0 + trace + s->det * (q11 * q22 - q12 * q12));
    /* (I + M Q)^-1 z = adj(I + M Q) z share */
    const double a11 = 1.0 + m12 * q12 + m22 * q22, a12 = -(m11 * q12 + m12 * q22);
    const double a21 = -(m12 * q11 + m22 * q12), a22 = 1.0 + m11 * q11 + m12 * q12;
    return (cph_fill_state){.y11 = share * (m11 + s->det * q22),
                            .y12 = share * (m12 - s->det * q12),
                            .y22 = share * (m22 + s->det * q11),
                            .det = share * s->det,
                            .z1 = share * (a11 * s->z1 + a12 * z2),
                            .z2 = share * (a21 * s->z1 + a22 * z2)};
}

static void take(cph_fill_state *s, double y, double variance)
{
    s->y11 += 1.0 / variance;
    s->det += s->y22 / variance;
    s->z1 += y / variance;
}

/* The same seen from the other end, where slopes have the other sign. */
static cph_fill_state turned(const cph_fill_state *s)
{
    cph_fill_state t = *s;
    t.y12 = -t.y12;
    t.z2 = -t.z2;
    return t;
}

double cph_fill_misfit(const cph_fill_curve *curve, double q)
{
    cph_fill_state s = {0};
    double total = 0.0;
    for (size_t k = 0; k < curve->count; k++) {
        if (k > 0)
            s = step(&s, q, curve->x[k] - curve->x[k - 1]);
        if (k > 1) { /* the first two tell level and slope alone */
            const double f = s.y22 / s.det + curve->variance[k];
            const double v = curve->y[k] - (s.y22 * s.z1 - s.y12 * s.z2) / s.det;
            total += log(f) + v * v / f;
        }
        take(&s, curve->y[k], curve->variance[k]);
    }
    return total;
}

void cph_fill_pass(const cph_fill_curve *curve, double q, cph_fill_state *before,
                   cph_fill_state *after)
{
    cph_fill_state s = {0};
    for (size_t k = 0; k < curve->count; k++) {
        if (k > 0)
            s = step(&s, q, curve->x[k] - curve->x[k - 1]);
        take(&s, curve->y[k], curve->variance[k]);
        before[k] = s;
    }
    s = (cph_fill_state){0};
    for (size_t k = curve->count; k-- > 0;) {
        if (k + 1 < curve->count)
            s = step(&s, q, curve->x[k + 1] - curve->x[k]);
        take(&s, curve->y[k], curve->variance[k]);
        after[k] = s; /* turned */
    }
}

/* The last reading at or below x; the caller knows that there is one. */
static size_t below(const cph_fill_curve *curve, double x)
{
    size_t low = 0, high = curve->count;
    while (high - low > 1) {
        const size_t middle = low + (high - low) / 2;
        if (curve->x[middle] <= x)
            low = middle;
        else
            high = middle;
    }
    return low;
}

bool cph_fill_at(const cph_fill_curve *curve, double q, const cph_fill_state *before,
                 const cph_fill_state *after, double x, double gap, double *level, double *variance)
{
    if (curve->count < 2 || !(x >= curve->x[0] && x <= curve->x[curve->count - 1]))
        return false;
    const size_t k = below(curve, x);
    cph_fill_state s = before[k], other = {0};
    if (x > curve->x[k]) {
        if (curve->x[k + 1] - curve->x[k] > gap)
            return false;
        s = step(&s, q, x - curve->x[k]);
    }
    if (k + 1 < curve->count)
        other = step(&after[k + 1], q, curve->x[k + 1] - x);
    other = turned(&other);
    const double det =
        s.det + other.det + s.y11 * other.y22 + s.y22 * other.y11 - 2.0 * s.y12 * other.y12;
    const double y12 = s.y12 + other.y12, y22 = s.y22 + other.y22;
    *level = (y22 * (s.z1 + other.z1) - y12 * (s.z2 + other.z2)) / det;
    *variance = y22 / det;
    return true;
}
