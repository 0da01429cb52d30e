/* SPDX-License-Identifier: MIT */
/* One curve P_m = |u + b s_m|^2, u real and positive the field of all others, b that of what is
 * turned: the share is z = b / (u + b). First c0 + 2 Re(c s) by linear least squares, whose roots
 * u^2, |b|^2 are those of t^2 - c0 t + |c|^2 for states of equal amplitude; then Gauss-Newton
 * (damped) on the curve as it is, from either root. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "calib/rev.h"
#include "kernels/core/c64.h"
#include "kernels/core/fail.h"

enum { ITERATIONS = 60 };

/* A residual that rounding alone leaves, as a share of the readings: below it fits cannot be told
 * apart. */
static const double rounding = 64 * 2.220446049250313e-16;
/* Pivots of a 3 x 3 matrix of unit diagonal below this are rounding. */
static const double least_pivot = 1e-13;
/* Chi-squares further apart than this tell a wrong root. */
static const double apart = 25.0;
static const double same_root = 1e-7;

typedef struct curve {
    size_t m;
    const double *power;
    const cph_c64 *state;
} curve;

typedef struct normal {
    double a[3][3], y[3];
} normal;

/* Inverse of the symmetric positive definite a, through unit diagonal; false: singular. */
static bool invert3(const double a[3][3], double inverse[3][3])
{
    double l[3][3] = {{0.0}}, scale[3], w[3][3] = {{0.0}};
    for (int i = 0; i < 3; i++) {
        if (!(a[i][i] > 0.0))
            return false;
        scale[i] = 1.0 / sqrt(a[i][i]);
    }
    for (int i = 0; i < 3; i++)
        for (int j = 0; j <= i; j++) {
            double sum = a[i][j] * scale[i] * scale[j];
            for (int k = 0; k < j; k++)
                sum -= l[i][k] * l[j][k];
            if (i == j && !(sum > least_pivot))
                return false;
            l[i][j] = i == j ? sqrt(sum) : sum / l[j][j];
        }
    for (int j = 0; j < 3; j++)
        for (int i = j; i < 3; i++) {
            double sum = i == j ? 1.0 : 0.0;
            for (int k = j; k < i; k++)
                sum -= l[i][k] * w[k][j];
            w[i][j] = sum / l[i][i];
        }
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++) {
            inverse[i][j] = 0.0;
            for (int k = 0; k < 3; k++)
                inverse[i][j] += w[k][i] * w[k][j] * scale[i] * scale[j];
        }
    return true;
}

static void add(normal *e, const double row[3], double value)
{
    for (int i = 0; i < 3; i++) {
        for (int j = 0; j < 3; j++)
            e->a[i][j] += row[i] * row[j];
        e->y[i] += row[i] * value;
    }
}

static bool solve(const normal *e, double x[3])
{
    double inverse[3][3];
    if (!invert3(e->a, inverse))
        return false;
    for (int i = 0; i < 3; i++) {
        x[i] = 0.0;
        for (int j = 0; j < 3; j++)
            x[i] += inverse[i][j] * e->y[j];
    }
    return true;
}

/* c0, c of c0 + 2 Re(c s); a second pass takes back what rounding did to the normal equations. */
static bool fit_linear(const curve *k, double x[3])
{
    memset(x, 0, 3 * sizeof *x);
    for (int pass = 0; pass < 2; pass++) {
        normal e = {{{0.0}}, {0.0}};
        double step[3];
        for (size_t m = 0; m < k->m; m++) {
            const double row[3] = {1.0, 2.0 * k->state[m].re, -2.0 * k->state[m].im};
            add(&e, row, k->power[m] - row[0] * x[0] - row[1] * x[1] - row[2] * x[2]);
        }
        if (!solve(&e, step))
            return false;
        for (int i = 0; i < 3; i++)
            x[i] += step[i];
    }
    return true;
}

/* Normal equations at x = (u, Re b, Im b); returns the sum of squared residuals. */
static double linearise(const curve *k, const double x[3], normal *e)
{
    double sum = 0.0;
    memset(e, 0, sizeof *e);
    for (size_t m = 0; m < k->m; m++) {
        const cph_c64 s = k->state[m];
        const cph_c64 f = {x[0] + x[1] * s.re - x[2] * s.im, x[1] * s.im + x[2] * s.re};
        const double left = k->power[m] - cph_c64_power(f);
        const double row[3] = {2.0 * f.re, 2.0 * (f.re * s.re + f.im * s.im),
                               2.0 * (f.im * s.re - f.re * s.im)};
        add(e, row, left);
        sum += left * left;
    }
    return sum;
}

/* Levenberg's and Marquardt's descent; returns the sum of squares reached. */
static double descend(const curve *k, double x[3])
{
    normal here, there;
    double sum = linearise(k, x, &here), damping = 1e-9;
    for (int i = 0; i < ITERATIONS; i++) {
        normal damped = here;
        double step[3], next[3], moved = 0.0, size = 0.0;
        for (int j = 0; j < 3; j++)
            damped.a[j][j] *= 1.0 + damping;
        if (!solve(&damped, step)) {
            damping = fmax(10.0 * damping, 1e-12);
            continue;
        }
        for (int j = 0; j < 3; j++) {
            next[j] = x[j] + step[j];
            moved += step[j] * step[j];
            size += x[j] * x[j];
        }
        const double reached = linearise(k, next, &there);
        if (!(reached <= sum)) {
            damping = fmax(10.0 * damping, 1e-12);
            if (moved <= 1e-30 * size)
                break;
            continue;
        }
        memcpy(x, next, sizeof next);
        here = there;
        sum = reached;
        damping *= 0.1;
        if (moved <= 1e-32 * size)
            break;
    }
    return sum;
}

/* The share at x and its covariance for readings of unit variance: dz/du = -b/T^2, dz/db = u/T^2,
 * T = u + b. */
static void share(const curve *k, const double x[3], double chi2, cph_rev_root *root)
{
    const cph_c64 b = {x[1], x[2]}, total = {x[0] + x[1], x[2]};
    const double power = cph_c64_power(total);
    const cph_c64 inverse = cph_c64_scale(1.0 / power, cph_c64_conj(total));
    const cph_c64 square = cph_c64_mul(inverse, inverse);
    const cph_c64 du = cph_c64_scale(-1.0, cph_c64_mul(b, square));
    const cph_c64 db = cph_c64_scale(x[0], square);
    const double d[2][3] = {{du.re, db.re, -db.im}, {du.im, db.im, db.re}};
    normal e;
    double inside[3][3], v[2][2];
    root->z = cph_c64_mul(b, inverse);
    root->chi2 = chi2;
    root->re = root->im = INFINITY;
    root->cross = 0.0;
    (void)linearise(k, x, &e);
    if (!invert3(e.a, inside))
        return;
    for (int p = 0; p < 2; p++)
        for (int q = 0; q < 2; q++) {
            v[p][q] = 0.0;
            for (int i = 0; i < 3; i++)
                for (int j = 0; j < 3; j++)
                    v[p][q] += d[p][i] * inside[i][j] * d[q][j];
        }
    root->re = v[0][0];
    root->im = v[1][1];
    root->cross = v[0][1];
}

static bool equal_amplitudes(const curve *k)
{
    for (size_t m = 1; m < k->m; m++)
        if (fabs(cph_c64_power(k->state[m]) - cph_c64_power(k->state[0])) > 1e-14)
            return false;
    return fabs(cph_c64_power(k->state[0]) - 1.0) <= 1e-14;
}

/* The other root where it makes the same curve. */
static cph_rev_root mirror(const cph_rev_root *root)
{
    cph_rev_root other = *root;
    other.z.re = 1.0 - root->z.re;
    other.cross = -root->cross;
    return other;
}

static void sort_roots(cph_rev_sweep *s)
{
    if (s->root[0].z.re <= s->root[1].z.re)
        return;
    const cph_rev_root kept = s->root[0];
    s->root[0] = s->root[1];
    s->root[1] = kept;
}

/* Both roots; false where the states do not determine the curve. */
static bool fit_curve(const curve *k, cph_rev_sweep *s)
{
    double linear[3], level = 0.0;
    if (!fit_linear(k, linear))
        return false;
    for (size_t m = 0; m < k->m; m++)
        level += cph_c64_power(k->state[m]) / (double)k->m;
    const double half = 0.5 * linear[0], c = hypot(linear[1], linear[2]);
    const double root = sqrt(fmax(half * half - c * c * level, 0.0));
    s->usable = half > 0.0;
    for (int i = 0; s->usable && i < 2; i++) {
        /* Large u: weak; small u by the product of the roots, which rounding spares. */
        const double large = half + root, square = i == 0 ? large : c * c * level / large;
        const double u = sqrt(square);
        double x[3] = {u, linear[1] / u, linear[2] / u};
        if (i == 1 && c <= rounding * half) {
            x[0] = 0.0;
            x[1] = sqrt(half + root);
            x[2] = 0.0;
        }
        const double chi2 = descend(k, x);
        share(k, x, chi2, &s->root[i]);
        s->usable = cph_c64_finite(s->root[i].z);
    }
    if (s->usable && equal_amplitudes(k))
        s->root[1] = mirror(&s->root[0]);
    sort_roots(s);
    return true;
}

static bool usable_readings(const curve *k)
{
    for (size_t m = 0; m < k->m; m++)
        if (!isfinite(k->power[m]))
            return false;
    return true;
}

static double mean(const curve *k)
{
    double sum = 0.0;
    for (size_t m = 0; m < k->m; m++)
        sum += fabs(k->power[m]) / (double)k->m;
    return sum;
}

static curve sweep_of(const cph_rev_config *c, size_t i)
{
    return (curve){c->steps, c->power + i * c->ld, c->state + i * c->state_ld};
}

/* Variances and chi-squares in their units, and which root the amplitudes of the states exclude. */
static void finish(const curve *k, double sigma, cph_rev_sweep *s)
{
    const double variance = fmax(sigma * sigma, pow(rounding * mean(k), 2.0));
    for (int i = 0; i < 2; i++) {
        s->root[i].re *= variance;
        s->root[i].im *= variance;
        s->root[i].cross *= variance;
        s->root[i].chi2 /= variance;
    }
    const double difference = s->root[1].chi2 - s->root[0].chi2;
    const cph_c64 between = cph_c64_sub(s->root[1].z, s->root[0].z);
    s->choice = difference >= 0.0 ? CPH_REV_ROOT_WEAK : CPH_REV_ROOT_STRONG;
    s->decided = fabs(difference) > apart || cph_c64_power(between) <= same_root * same_root;
}

cph_status cph_rev_fit(const cph_rev_config *config, const unsigned char *use, cph_rev_sweep *sweep,
                       double *sigma, double *chi2_dof, cph_error *error)
{
    double sum = 0.0;
    size_t fitted = 0;
    for (size_t i = 0; i < config->sweeps; i++) {
        const curve k = sweep_of(config, i);
        sweep[i].usable = false;
        sweep[i].choice = CPH_REV_ROOT_UNKNOWN;
        if ((use != NULL && !use[i]) || !usable_readings(&k))
            continue;
        if (!fit_curve(&k, &sweep[i]))
            return cph_fail(error, CPH_ERR_SINGULAR,
                            "sweep %zu: %zu states do not determine a curve (three different "
                            "phases are needed)",
                            i, config->steps);
        if (!sweep[i].usable)
            continue;
        sum += fmin(sweep[i].root[0].chi2, sweep[i].root[1].chi2);
        fitted++;
    }
    if (fitted == 0)
        return cph_fail(error, CPH_ERR_TOO_FEW, "none of %zu sweeps has usable readings",
                        config->sweeps);
    const double dof = (double)fitted * (double)(config->steps - 3);
    *chi2_dof = config->sigma > 0.0 && dof > 0.0 ? sum / dof / (config->sigma * config->sigma)
                                                 : (double)NAN;
    *sigma = config->sigma > 0.0 ? config->sigma : dof > 0.0 ? sqrt(sum / dof) : (double)NAN;
    for (size_t i = 0; i < config->sweeps; i++)
        if (sweep[i].usable) {
            const curve k = sweep_of(config, i);
            finish(&k, *sigma, &sweep[i]);
        }
    return CPH_OK;
}
