/* SPDX-License-Identifier: MIT */
/* The gauge: J exp(K), K open, of the least sum of |d|^2 + m (phase of X)^2 + m (phase of Y)^2, d
 * being leakages, m inputs. A row j, own entry j_a and d = j_b/j_a, changes by (change of j)/j_a =
 * (K_aa + d K_ba, K_ab + d K_bb): its logarithm by the first, d by e(K) = K_ab + d (K_bb - K_aa) -
 * d^2 K_ba. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "calib/invert.h"
#include "calib/jones.h"
#include "calib/tiles.h"
#include "kernels/core/fail.h"
#include "kernels/core/size.h"

#define TURN 6.28318530717958647693

enum { STEPS_MOST = 200, OPEN_MOST = 4, TAYLOR = 16 };
/* Generators of norm 1 are taken so far in one step at most; less is at rest. */
static const double longest = 0.5, at_rest = 1e-14;

/* A row under a generator. */
typedef struct row_change {
    cph_c64 logarithm, leakage;
    cph_c64 slope; /* derivative of `leakage` by d, less that which K_ba adds elsewhere */
    cph_c64 mixed; /* K_ba: derivative of `logarithm` by d */
} row_change;

static cph_c64 leakage_of(const cph_jones_system *s, size_t i)
{
    const cph_c64 *const j = s->jones + 2 * i;
    const size_t a = cph_jones_side(s, i);
    return cph_c64_mul(j[1 - a], cph_jones_inverse(j[a]));
}

static row_change change_row(const cph_jones_system *s, size_t i, unsigned g)
{
    const size_t a = cph_jones_side(s, i), b = 1 - a;
    const cph_c64 d = leakage_of(s, i);
    const cph_c64(*const k)[2] = s->generator[g];
    row_change c = {.mixed = k[b][a]};
    const cph_c64 twice = cph_c64_mul(d, k[b][a]), straight = cph_c64_sub(k[b][b], k[a][a]);
    c.logarithm = cph_c64_add(k[a][a], twice);
    c.leakage = cph_c64_add(k[a][b], cph_c64_mul(d, cph_c64_sub(straight, twice)));
    c.slope = cph_c64_sub(straight, cph_c64_scale(2.0, twice));
    return c;
}

/* Share of input i in the phase of its side. */
static double mean_share(const cph_jones_system *s, size_t i, const size_t *count)
{
    const size_t reference = s->options->reference;
    if (reference != SIZE_MAX)
        return s->input[i] / 2 == reference ? 1.0 : 0.0;
    return 1.0 / (double)count[cph_jones_side(s, i)];
}

/* The same; 0: that phase is not the gauge's. */
static double phase_share(const cph_jones_system *s, size_t i, const size_t *count)
{
    return cph_jones_side(s, i) == 1 && !s->y_free ? 0.0 : mean_share(s, i, count);
}

static double wrap(double phase)
{
    return phase - TURN * round(phase / TURN);
}

/* The phases of both sides, in (-pi, pi], and how many inputs each has. */
static void phases(const cph_jones_system *s, size_t *count, double *phase)
{
    cph_c64 sum[2] = {{0.0, 0.0}, {0.0, 0.0}};
    double mean[2] = {0.0, 0.0};
    count[0] = count[1] = 0;
    for (size_t i = 0; i < s->m; i++)
        count[cph_jones_side(s, i)]++;
    for (size_t i = 0; i < s->m; i++) {
        const size_t side = cph_jones_side(s, i);
        const cph_c64 j = s->jones[2 * i + side];
        const double share = mean_share(s, i, count);
        sum[side] = cph_c64_add(sum[side], cph_c64_scale(share / sqrt(cph_c64_power(j)), j));
    }
    const double centre[2] = {atan2(sum[0].im, sum[0].re), atan2(sum[1].im, sum[1].re)};
    for (size_t i = 0; i < s->m; i++) {
        const size_t side = cph_jones_side(s, i);
        const cph_c64 j = s->jones[2 * i + side];
        mean[side] += mean_share(s, i, count) * wrap(atan2(j.im, j.re) - centre[side]);
    }
    for (size_t side = 0; side < 2; side++)
        phase[side] = wrap(centre[side] + mean[side]);
}

/* What the phases of both sides are off the gauge. */
static void phases_off(const cph_jones_system *s, size_t *count, double *off)
{
    phases(s, count, off);
    off[1] = s->y_free ? wrap(off[1] - s->options->y_phase) : 0.0;
}

/* slope [2]: derivatives of the X-Y phase by the parts of the own entry of row i, Im(dj_a/j_a). */
static void xy_slope(const cph_jones_system *s, size_t i, const size_t *count, double *slope)
{
    const size_t a = cph_jones_side(s, i);
    const double share = (a == 1 ? 1.0 : -1.0) * mean_share(s, i, count);
    const cph_c64 inverse = cph_jones_inverse(s->jones[2 * i + a]);
    slope[0] = share * inverse.im;
    slope[1] = share * inverse.re;
}

void cph_jones_xy_phase(const cph_jones_system *s, const double *covariance, double *phase,
                        double *sigma)
{
    const size_t order = CPH_JONES_ROW * s->m;
    size_t count[2];
    double side[2], variance = 0.0;
    phases(s, count, side);
    for (size_t i = 0; i < s->m; i++)
        for (size_t k = 0; k < s->m; k++) {
            const size_t row = CPH_JONES_ROW * i + 2 * cph_jones_side(s, i),
                         column = CPH_JONES_ROW * k + 2 * cph_jones_side(s, k);
            double left[2], right[2];
            xy_slope(s, i, count, left);
            xy_slope(s, k, count, right);
            for (size_t a = 0; a < 2; a++)
                for (size_t b = 0; b < 2; b++)
                    variance += left[a] * right[b] * covariance[(row + a) * order + column + b];
        }
    *phase = wrap(side[1] - side[0]);
    *sigma = sqrt(fmax(variance, 0.0));
}

/* Halves of the gradient and of the Hessian (Gauss and Newton's) of the sum along the generators.
 */
static void slopes(const cph_jones_system *s, double *gradient, double *gram)
{
    const size_t n = s->open;
    const double m = (double)s->m;
    size_t count[2];
    double off[2], phase[2][OPEN_MOST] = {{0.0}};
    phases_off(s, count, off);
    memset(gradient, 0, n * sizeof *gradient);
    memset(gram, 0, n * n * sizeof *gram);
    for (size_t i = 0; i < s->m; i++) {
        row_change c[OPEN_MOST];
        const cph_c64 d = leakage_of(s, i);
        for (unsigned g = 0; g < n; g++) {
            c[g] = change_row(s, i, g);
            phase[cph_jones_side(s, i)][g] += phase_share(s, i, count) * c[g].logarithm.im;
            gradient[g] += cph_c64_mulc(c[g].leakage, d).re;
            for (unsigned h = 0; h <= g; h++)
                gram[g * n + h] += cph_c64_mulc(c[g].leakage, c[h].leakage).re;
        }
    }
    for (unsigned g = 0; g < n; g++)
        for (size_t side = 0; side < 2; side++) {
            gradient[g] += m * off[side] * phase[side][g];
            for (unsigned h = 0; h <= g; h++)
                gram[g * n + h] += m * phase[side][g] * phase[side][h];
        }
    for (unsigned g = 0; g < n; g++)
        for (unsigned h = 0; h < g; h++)
            gram[h * n + g] = gram[g * n + h];
}

static void multiply(const cph_c64 *a, const cph_c64 *b, cph_c64 *c)
{
    for (size_t i = 0; i < 2; i++)
        for (size_t k = 0; k < 2; k++)
            c[2 * i + k] =
                cph_c64_add(cph_c64_mul(a[2 * i], b[k]), cph_c64_mul(a[2 * i + 1], b[2 + k]));
}

/* jones = jones exp(sum step K). */
static void turn_by(cph_jones_system *s, const double *step)
{
    cph_c64 k[4] = {{0.0, 0.0}}, power[4] = {{1.0, 0.0}, {0.0, 0.0}, {0.0, 0.0}, {1.0, 0.0}},
            u[4] = {{1.0, 0.0}, {0.0, 0.0}, {0.0, 0.0}, {1.0, 0.0}};
    for (unsigned g = 0; g < s->open; g++)
        for (size_t c = 0; c < 4; c++)
            k[c] = cph_c64_add(k[c], cph_c64_scale(step[g], s->generator[g][c / 2][c % 2]));
    for (unsigned t = 1; t <= TAYLOR; t++) {
        cph_c64 product[4];
        multiply(power, k, product);
        for (size_t c = 0; c < 4; c++) {
            power[c] = cph_c64_scale(1.0 / t, product[c]);
            u[c] = cph_c64_add(u[c], power[c]);
        }
    }
    for (size_t i = 0; i < s->m; i++) {
        cph_c64 *const j = s->jones + 2 * i;
        const cph_c64 x = cph_c64_add(cph_c64_mul(j[0], u[0]), cph_c64_mul(j[1], u[2]));
        j[1] = cph_c64_add(cph_c64_mul(j[0], u[1]), cph_c64_mul(j[1], u[3]));
        j[0] = x;
    }
}

cph_status cph_jones_turn(cph_jones_system *s)
{
    for (unsigned t = 0; t < STEPS_MOST; t++) {
        double gradient[OPEN_MOST], gram[OPEN_MOST * OPEN_MOST], step[OPEN_MOST] = {0.0},
                                                                 size = 0.0;
        slopes(s, gradient, gram);
        const cph_status status = cph_tiles_invert(s->open, gram);
        if (status != CPH_OK)
            return cph_fail(s->error, status, "no gauge: leakages are as large as gains");
        for (unsigned g = 0; g < s->open; g++) {
            for (unsigned h = 0; h < s->open; h++)
                step[g] -= gram[g * s->open + h] * gradient[h];
            size += step[g] * step[g];
        }
        size = sqrt(size);
        for (unsigned g = 0; g < s->open && size > longest; g++)
            step[g] *= longest / size;
        turn_by(s, step);
        if (!(size > at_rest))
            break;
    }
    return CPH_OK;
}

/* out [4] += derivatives of Re(own log j_a + other d) by the parts of row i. */
static void by_parts(const cph_jones_system *s, size_t i, cph_c64 own, cph_c64 other, double *out)
{
    const size_t a = cph_jones_side(s, i), b = 1 - a;
    const cph_c64 inverse = cph_jones_inverse(s->jones[2 * i + a]);
    const cph_c64 by_own =
                      cph_c64_mul(inverse, cph_c64_sub(own, cph_c64_mul(other, leakage_of(s, i)))),
                  by_other = cph_c64_mul(inverse, other);
    out[2 * a] += by_own.re;
    out[2 * a + 1] -= by_own.im;
    out[2 * b] += by_other.re;
    out[2 * b + 1] -= by_other.im;
}

/* condition [open][4 m]: derivatives of the gradient along each generator; null: rows' changes. */
static void fill_open(const cph_jones_system *s, double *null, double *condition)
{
    const double m = (double)s->m;
    size_t count[2];
    double off[2], phase[2];
    phases_off(s, count, off);
    for (unsigned g = 0; g < s->open; g++) {
        phase[0] = phase[1] = 0.0;
        for (size_t i = 0; i < s->m; i++)
            phase[cph_jones_side(s, i)] +=
                phase_share(s, i, count) * change_row(s, i, g).logarithm.im;
        for (size_t i = 0; i < s->m; i++) {
            const size_t side = cph_jones_side(s, i), at = CPH_JONES_ROW * (g * s->m + i);
            const row_change c = change_row(s, i, g);
            const cph_c64 *const j = s->jones + 2 * i;
            const double share = m * phase_share(s, i, count);
            /* Re(-j x) = Im x */
            const cph_c64 own = {0.0, -share * phase[side]};
            cph_c64 other = cph_c64_add(cph_c64_conj(c.leakage),
                                        cph_c64_mul(cph_c64_conj(leakage_of(s, i)), c.slope));
            other = cph_c64_add(other, cph_c64_mul((cph_c64){0.0, -share * off[side]}, c.mixed));
            by_parts(s, i, own, other, condition + at);
            for (size_t e = 0; e < 2; e++) {
                const cph_c64 z = cph_c64_add(cph_c64_mul(j[0], s->generator[g][0][e]),
                                              cph_c64_mul(j[1], s->generator[g][1][e]));
                null[at + 2 * e] = z.re;
                null[at + 2 * e + 1] = z.im;
            }
        }
    }
}

/* The last row: a common scale, and sum of |g|. */
static void fill_scale(const cph_jones_system *s, double *null, double *condition)
{
    for (size_t i = 0; i < s->m; i++) {
        const cph_c64 *const j = s->jones + 2 * i;
        const double size = s->root[i] * sqrt(cph_c64_power(j[cph_jones_side(s, i)]));
        by_parts(s, i, (cph_c64){size, 0.0}, (cph_c64){0.0, 0.0}, condition + CPH_JONES_ROW * i);
        for (size_t e = 0; e < 2; e++) {
            null[CPH_JONES_ROW * i + 2 * e] = j[e].re;
            null[CPH_JONES_ROW * i + 2 * e + 1] = j[e].im;
        }
    }
}

/* condition = (condition null^T)^-1 condition. */
static cph_status divide(size_t count, size_t order, const double *null, double *condition)
{
    cph_c64 square[CPH_JONES_GAUGE_MOST * CPH_JONES_GAUGE_MOST] = {{0.0, 0.0}},
                                          inverse[CPH_JONES_GAUGE_MOST * CPH_JONES_GAUGE_MOST];
    for (size_t a = 0; a < count; a++)
        for (size_t b = 0; b < count; b++)
            for (size_t i = 0; i < order; i++)
                square[a * count + b].re += condition[a * order + i] * null[b * order + i];
    const cph_status status = cph_pseudo_inverse(count, count, square, inverse, NULL);
    for (size_t i = 0; i < order && status == CPH_OK; i++) {
        double column[CPH_JONES_GAUGE_MOST];
        for (size_t a = 0; a < count; a++)
            column[a] = condition[a * order + i];
        for (size_t a = 0; a < count; a++) {
            condition[a * order + i] = 0.0;
            for (size_t b = 0; b < count; b++)
                condition[a * order + i] += inverse[a * count + b].re * column[b];
        }
    }
    return status;
}

cph_status cph_jones_projection(const cph_jones_system *s, size_t *count, double *null,
                                double *condition)
{
    const size_t order = CPH_JONES_ROW * s->m, scale = order * s->open;
    *count = s->open + (s->options->relative ? 1 : 0);
    memset(null, 0, *count * order * sizeof *null);
    memset(condition, 0, *count * order * sizeof *condition);
    fill_open(s, null, condition);
    if (s->options->relative)
        fill_scale(s, null + scale, condition + scale);
    const cph_status status = divide(*count, order, null, condition);
    return status == CPH_OK ? CPH_OK : cph_fail(s->error, status, "no gauge for what is open");
}
