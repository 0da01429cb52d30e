/* SPDX-License-Identifier: MIT */
/* x = 1/N - sum mu_i h_i, h_i less its mean: the dual is the quadratic programme
 * 1/N + 2 b.mu - mu.Q mu over mu >= 0, b_i = reach_i - t limit_i, Q the Gram matrix. */
#include "kernels/weights/synthesis_dual.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/core/exec.h"
#include "kernels/core/size.h"

/* A cut is exceeded, or falls short although it has a multiplier, by no more than this share. */
static const double tolerance = 2e-5;
/* Cuts are kept that have this share of their limit to spare, or less. */
static const double near = 0.02;
/* Of the diagonal, added to it: cuts that depend on each other still have a factor, multipliers of
 * cuts that contradict each other an end. A larger Q makes bounds no better than they are. */
static const double ridge = 1e-11;

void cph_synthesis_dual_free(cph_synthesis_dual *dual)
{
    free(dual->cut);
    free(dual->mu);
    free(dual->proof);
    free(dual->vector);
    free(dual->gram);
    free(dual->factor);
    free(dual->slope);
    free(dual->step);
    free(dual->trial);
    free(dual->chosen);
}

/* Four sums side by side, which the compiler makes vectors of. */
static double dot(size_t n, const double *a, const double *b)
{
    double sum[4] = {0};
    size_t i = 0;
    for (; i + 4 <= n; i += 4)
        for (size_t k = 0; k < 4; k++)
            sum[k] += a[i + k] * b[i + k];
    for (; i < n; i++)
        sum[0] += a[i] * b[i];
    return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

static void add_scaled(size_t n, double s, const double *a, double *out)
{
    for (size_t i = 0; i < n; i++)
        out[i] += s * a[i];
}

/* ---- cuts ---- */

static void forget(cph_synthesis_dual *d)
{
    const size_t width = 2 * d->elements;
    size_t kept = 0;
    for (size_t i = 0; i < d->cuts; i++)
        if (d->mu[i] > 0.0 || d->proof[i] > 0.0 || d->slope[i] > -near * d->cut[i].limit)
            d->chosen[kept++] = i;
    for (size_t i = 0; i < kept; i++) {
        const size_t from = d->chosen[i];
        d->cut[i] = d->cut[from];
        d->mu[i] = d->mu[from];
        d->proof[i] = d->proof[from];
        if (from != i)
            memcpy(d->vector + i * width, d->vector + from * width, width * sizeof *d->vector);
        for (size_t j = 0; j < kept; j++)
            d->gram[i * d->room + j] = d->gram[from * d->room + d->chosen[j]];
    }
    d->cuts = kept;
}

/* memory of `room` items, what was there kept; the old one, and *ok false, when there is no more.
 */
static void *grow(void *memory, size_t room, size_t size, bool *ok)
{
    void *larger = reallocarray(memory, room, size);
    if (larger == NULL) {
        *ok = false;
        return memory;
    }
    return larger;
}

static bool grow_gram(cph_synthesis_dual *d, size_t room)
{
    double *larger = calloc(room * room + 1, sizeof *larger); /* the product was checked */
    if (larger == NULL)
        return false;
    for (size_t i = 0; i < d->cuts; i++)
        memcpy(larger + i * room, d->gram + i * d->room, d->cuts * sizeof *larger);
    free(d->gram);
    d->gram = larger;
    return true;
}

cph_status cph_synthesis_dual_reserve(cph_synthesis_dual *d, size_t more)
{
    enum { SPARE = 64 };
    size_t width, bytes, row, room;
    forget(d);
    if (!cph_size_add(d->cuts, more, &room) || !cph_size_add(room, SPARE, &bytes) ||
        !cph_size_mul(2 * sizeof(double), d->elements, &width) ||
        !cph_size_mul(bytes, sizeof(double), &row) || !cph_size_mul(bytes, width, &width) ||
        !cph_size_mul(bytes, row, &row))
        return CPH_ERR_OVERFLOW;
    width = 2 * sizeof(double) * d->elements;
    if (room <= d->room)
        return CPH_OK;
    bool ok = true;
    room += SPARE;
    d->cut = grow(d->cut, room, sizeof *d->cut, &ok);
    d->mu = grow(d->mu, room, sizeof *d->mu, &ok);
    d->proof = grow(d->proof, room, sizeof *d->proof, &ok);
    d->vector = grow(d->vector, room, width, &ok);
    d->factor = grow(d->factor, room, room * sizeof *d->factor, &ok);
    d->slope = grow(d->slope, room, sizeof *d->slope, &ok);
    d->step = grow(d->step, room, sizeof *d->step, &ok);
    d->trial = grow(d->trial, room, sizeof *d->trial, &ok);
    d->chosen = grow(d->chosen, room, sizeof *d->chosen, &ok);
    if (!ok || !grow_gram(d, room))
        return CPH_ERR_MEMORY;
    d->room = room;
    return CPH_OK;
}

typedef struct products {
    cph_synthesis_dual *dual;
    size_t row;
} products;

static void multiply(void *context, size_t begin, size_t end, size_t worker)
{
    const products *job = context;
    cph_synthesis_dual *d = job->dual;
    const size_t width = 2 * d->elements, i = job->row;
    (void)worker;
    for (size_t j = begin; j < end; j++) {
        const double product = dot(width, d->vector + i * width, d->vector + j * width);
        d->gram[i * d->room + j] = d->gram[j * d->room + i] = product;
    }
}

void cph_synthesis_dual_set(cph_synthesis_dual *d, size_t i, const double u[3], const cph_c64 *h,
                            double limit)
{
    const size_t n = d->elements;
    double re = 0.0, im = 0.0, *vector = d->vector + i * 2 * n;
    cph_synthesis_cut *cut = &d->cut[i];
    for (size_t k = 0; k < n; k++) {
        re += h[k].re;
        im += h[k].im;
    }
    re /= (double)n;
    im /= (double)n;
    for (size_t k = 0; k < n; k++) {
        vector[2 * k] = h[k].re - re;
        vector[2 * k + 1] = h[k].im - im;
    }
    *cut = (cph_synthesis_cut){.limit = limit, .reach = re};
    memcpy(cut->u, u, sizeof cut->u);
    if (i == d->cuts) {
        d->mu[i] = d->proof[i] = d->slope[i] = 0.0;
        d->cuts++;
    }
    products job = {d, i};
    cph_exec_run(d->exec, d->cuts, multiply, &job);
    d->gram[i * d->room + i] *= 1.0 + ridge;
}

/* ---- values and bounds ---- */

typedef struct totals {
    double reach, limit, square; /* reach.mu, limit.mu, mu.Q mu */
} totals;

static totals sum_up(const cph_synthesis_dual *d, const double *multiplier)
{
    totals sum = {0};
    for (size_t i = 0; i < d->cuts; i++) {
        const double mu = multiplier[i];
        if (!(mu > 0.0))
            continue;
        sum.reach += mu * d->cut[i].reach;
        sum.limit += mu * d->cut[i].limit;
        sum.square += mu * dot(d->cuts, d->gram + i * d->room, multiplier);
    }
    return sum;
}

/* The value at s mu, for the best s. */
double cph_synthesis_dual_least(const cph_synthesis_dual *d, double t)
{
    const totals sum = sum_up(d, d->mu);
    const double b = sum.reach - t * sum.limit, least = 1.0 / (double)d->elements;
    return b > 0.0 ? least + b * b / sum.square : least;
}

/* most >= 1/N + 2 s (reach - t limit) - s^2 square, for the s that bounds t best. */
static double excess(const cph_synthesis_dual *d, const double *multiplier, double most)
{
    const totals sum = sum_up(d, multiplier);
    const double spare = fmax(most - 1.0 / (double)d->elements, 0.0);
    return sum.limit > 0.0 ? (sum.reach - sqrt(spare * fmax(sum.square, 0.0))) / sum.limit : 0.0;
}

double cph_synthesis_dual_excess(cph_synthesis_dual *d, double most)
{
    const double before = excess(d, d->proof, most), now = excess(d, d->mu, most);
    if (now > before)
        memcpy(d->proof, d->mu, d->cuts * sizeof *d->proof);
    return fmax(before, now);
}

double cph_synthesis_dual_weights(const cph_synthesis_dual *d, cph_c64 *x)
{
    const size_t n = d->elements;
    double power = 0.0;
    for (size_t k = 0; k < n; k++)
        x[k] = (cph_c64){1.0 / (double)n, 0.0};
    for (size_t i = 0; i < d->cuts; i++) {
        const double mu = d->mu[i], *h = d->vector + i * 2 * n;
        for (size_t k = 0; k < n && mu > 0.0; k++) {
            x[k].re -= mu * h[2 * k];
            x[k].im -= mu * h[2 * k + 1];
        }
    }
    for (size_t k = 0; k < n; k++)
        power += x[k].re * x[k].re + x[k].im * x[k].im;
    return power;
}

/* ---- maximum ---- */

static void find_slope(cph_synthesis_dual *d, double t)
{
    for (size_t i = 0; i < d->cuts; i++)
        d->slope[i] = d->cut[i].reach - t * d->cut[i].limit;
    for (size_t j = 0; j < d->cuts; j++)
        if (d->mu[j] > 0.0)
            add_scaled(d->cuts, -d->mu[j], d->gram + j * d->room, d->slope);
}

static bool is_maximum(const cph_synthesis_dual *d, double t)
{
    for (size_t i = 0; i < d->cuts; i++) {
        const double within = tolerance * t * d->cut[i].limit;
        if (d->slope[i] > within || (d->mu[i] > 0.0 && d->slope[i] < -within))
            return false;
    }
    return true;
}

/* One multiplier after the other: finds out cheaply which ones are 0. */
static void relax(cph_synthesis_dual *d)
{
    for (size_t i = 0; i < d->cuts; i++) {
        const double *row = d->gram + i * d->room;
        const double mu = fmax(d->mu[i] + d->slope[i] / row[i], 0.0);
        if (!(row[i] > 0.0) || mu == d->mu[i])
            continue;
        add_scaled(d->cuts, d->mu[i] - mu, row, d->slope);
        d->mu[i] = mu;
    }
}

/* L of the chosen rows and columns. */
static void factorise(cph_synthesis_dual *d, size_t count)
{
    for (size_t p = 0; p < count; p++) {
        double *lower = d->factor + p * d->room;
        for (size_t q = 0; q <= p; q++)
            lower[q] = d->gram[d->chosen[p] * d->room + d->chosen[q]];
        for (size_t q = 0; q < p; q++) {
            const double *other = d->factor + q * d->room;
            lower[q] = (lower[q] - dot(q, lower, other)) / other[q];
        }
        lower[p] = sqrt(fmax(lower[p] - dot(p, lower, lower), 0.5 * ridge * lower[p]));
    }
}

/* step [chosen] = the factor's inverse times the slope there. */
static void solve_chosen(cph_synthesis_dual *d, size_t count)
{
    double *z = d->trial;
    for (size_t p = 0; p < count; p++) {
        const double *lower = d->factor + p * d->room;
        z[p] = (d->slope[d->chosen[p]] - dot(p, lower, z)) / lower[p];
    }
    for (size_t p = count; p-- > 0;) {
        const double *lower = d->factor + p * d->room;
        z[p] /= lower[p];
        add_scaled(p, -z[p], lower, z);
    }
    memset(d->step, 0, d->cuts * sizeof *d->step);
    for (size_t p = 0; p < count; p++)
        d->step[d->chosen[p]] = z[p];
}

/* Newton's step over multipliers that are not at 0, or that leave it: those that would only be
 * pushed back are taken out again. */
static void find_step(cph_synthesis_dual *d)
{
    size_t count = 0, kept = 0;
    for (size_t i = 0; i < d->cuts; i++)
        if (d->mu[i] > 0.0 || d->slope[i] > 0.0)
            d->chosen[kept++] = i;
    while (kept != count) {
        count = kept;
        kept = 0;
        factorise(d, count);
        solve_chosen(d, count);
        for (size_t p = 0; p < count; p++)
            if (d->mu[d->chosen[p]] > 0.0 || d->step[d->chosen[p]] > 0.0)
                d->chosen[kept++] = d->chosen[p];
    }
}

/* Goes along the step, held at 0; false when the value does not rise. */
static bool advance_held(cph_synthesis_dual *d, double length)
{
    double rise = 0.0, bend = 0.0;
    size_t count = 0;
    for (size_t i = 0; i < d->cuts; i++) {
        d->trial[i] = fmax(d->mu[i] + length * d->step[i], 0.0) - d->mu[i];
        rise += d->trial[i] * d->slope[i];
        if (d->trial[i] != 0.0)
            d->chosen[count++] = i;
    }
    for (size_t p = 0; p < count; p++)
        bend += d->trial[d->chosen[p]] * dot(d->cuts, d->gram + d->chosen[p] * d->room, d->trial);
    if (!(rise - 0.5 * bend > 1e-4 * fabs(rise)))
        return false;
    for (size_t p = 0; p < count; p++) {
        const size_t i = d->chosen[p];
        d->mu[i] = fmax(d->mu[i] + length * d->step[i], 0.0);
    }
    return true;
}

/* Goes along the step to where the first multiplier is 0: the value rises all the way. */
static void advance_inside(cph_synthesis_dual *d)
{
    double length = 1.0;
    for (size_t i = 0; i < d->cuts; i++)
        if (d->step[i] < 0.0)
            length = fmin(length, -d->mu[i] / d->step[i]);
    for (size_t i = 0; i < d->cuts; i++) {
        const double mu = d->mu[i] + length * d->step[i];
        d->mu[i] = mu > 1e-14 * d->mu[i] ? mu : 0.0;
    }
}

static void advance(cph_synthesis_dual *d)
{
    static const double length[] = {1.0, 0.5, 0.25};
    for (size_t i = 0; i < sizeof length / sizeof length[0]; i++)
        if (advance_held(d, length[i]))
            return;
    advance_inside(d);
}

/* To the scale of the highest value: none of them, when what they stand for is not violated. */
static void rescale(cph_synthesis_dual *d, double t)
{
    const totals sum = sum_up(d, d->mu);
    const double b = fmax(sum.reach - t * sum.limit, 0.0);
    for (size_t i = 0; i < d->cuts; i++)
        d->mu[i] *= sum.square > 0.0 ? b / sum.square : 0.0;
}

bool cph_synthesis_dual_solve(cph_synthesis_dual *d, double t, double most)
{
    enum { STEPS = 200, SWEEPS = 6 };
    rescale(d, t);
    for (int i = 0; i < STEPS; i++) {
        find_slope(d, t);
        for (int sweep = 0; i == 0 && sweep < SWEEPS && !is_maximum(d, t); sweep++)
            relax(d);
        if (is_maximum(d, t))
            break;
        find_step(d);
        d->iterations++;
        advance(d);
        if (cph_synthesis_dual_least(d, t) > most)
            return false;
    }
    return cph_synthesis_dual_least(d, t) <= most;
}
