/* SPDX-License-Identifier: MIT */
#include "kernels/track/look.h"

#include <math.h>

#include "kernels/core/c64.h"
#include "kernels/core/vec3.h"

static const double turn = 6.28318530717958647692;

/* sum c a, and its moments over the phases p1, p2 that a step along the tangents adds: straight on,
 * which in a plane of elements is a step over it, and the peak as high. */
typedef struct moments {
    cph_c64 sum, first[2], second[3];
} moments;

static cph_c64 term(cph_c64 c, cph_c32 a)
{
    return cph_c64_mul(c, (cph_c64){(double)a.re, (double)a.im});
}

static void add(cph_c64 *sum, double scale, cph_c64 z)
{
    sum->re += scale * z.re;
    sum->im += scale * z.im;
}

static cph_c64 respond(size_t n, const cph_c64 *c, const cph_c32 *a)
{
    cph_c64 sum = {0.0, 0.0};
    for (size_t i = 0; i < n; i++)
        sum = cph_c64_add(sum, term(c[i], a[i]));
    return sum;
}

double cph_look_power(size_t elements, const cph_c64 *c, const cph_c32 *a)
{
    return cph_c64_power(respond(elements, c, a));
}

/* Two unit vectors across u. */
static void tangents(const double u[3], double e[2][3])
{
    const double x[3] = {1.0, 0.0, 0.0}, y[3] = {0.0, 1.0, 0.0};
    (void)cph_reject3(fabs(u[0]) < 0.7 ? x : y, u, e[0]);
    (void)cph_unit3(e[0]);
    cph_cross3(u, e[0], e[1]);
}

static moments gather(size_t n, const double *position, double k, const cph_c64 *c,
                      const cph_c32 *a, const double e[2][3])
{
    moments m = {.sum = {0.0, 0.0}};
    for (size_t i = 0; i < n; i++) {
        const cph_c64 z = term(c[i], a[i]);
        const double *const r = position + 3 * i;
        const double p1 = k * cph_dot3(r, e[0]), p2 = k * cph_dot3(r, e[1]);
        m.sum = cph_c64_add(m.sum, z);
        add(&m.first[0], p1, z);
        add(&m.first[1], p2, z);
        add(&m.second[0], p1 * p1, z);
        add(&m.second[1], p1 * p2, z);
        add(&m.second[2], p2 * p2, z);
    }
    return m;
}

/* z / A, from z and conj(A) / |A|^2. */
static cph_c64 over(cph_c64 z, cph_c64 inverse)
{
    return cph_c64_mul(z, inverse);
}

/* How far ln power rises from the middle to its top: -g^T H^-1 g / 2, H < 0; along directions in
 * which it is flat (a line of elements) there is no way to go. */
static double rise(const moments *m)
{
    const double power = cph_c64_power(m->sum);
    const cph_c64 inverse = cph_c64_scale(1.0 / power, cph_c64_conj(m->sum)), j = {0.0, 1.0};
    const cph_c64 a1 = cph_c64_mul(j, over(m->first[0], inverse)),
                  a2 = cph_c64_mul(j, over(m->first[1], inverse));
    const double g1 = 2.0 * a1.re, g2 = 2.0 * a2.re;
    const cph_c64 s11 = over(m->second[0], inverse), s12 = over(m->second[1], inverse),
                  s22 = over(m->second[2], inverse);
    const double h11 = -2.0 * (s11.re + cph_c64_mul(a1, a1).re);
    const double h22 = -2.0 * (s22.re + cph_c64_mul(a2, a2).re);
    const double h12 = -2.0 * (s12.re + cph_c64_mul(a1, a2).re);
    const double middle = 0.5 * (h11 + h22), half = hypot(0.5 * (h11 - h22), h12);
    const double sharp = middle - half, flat = middle + half; /* eigenvalues, sharp <= flat */
    if (!(sharp < 0.0))
        return NAN;
    const double angle = 0.5 * atan2(h12, 0.5 * (h11 - h22)); /* of the flat one's axis */
    const double along = g1 * cos(angle) + g2 * sin(angle),
                 across = g2 * cos(angle) - g1 * sin(angle);
    const double gain = -0.5 * across * across / sharp;
    if (fabs(flat) <= 1e-6 * fabs(sharp))
        return gain;
    return flat < 0.0 ? gain - 0.5 * along * along / flat : NAN;
}

void cph_look_measure(size_t elements, const double *position, double freq_hz, const cph_c64 *c,
                      const cph_c32 *a, const double u[3], cph_look *look)
{
    double e[2][3];
    tangents(u, e);
    const double k = turn * freq_hz / CPH_SPEED_OF_LIGHT;
    const moments m = gather(elements, position, k, c, a + elements, (const double(*)[3])e);
    look->power[0] = cph_look_power(elements, c, a);
    look->power[1] = cph_c64_power(m.sum);
    look->power[2] = cph_look_power(elements, c, a + 2 * elements);
    look->total = 0.0;
    for (size_t i = 0; i < elements; i++)
        look->total += cph_c64_power(c[i]);
    look->peak = look->power[1] * exp(rise(&m));
}
