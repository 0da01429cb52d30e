/* SPDX-License-Identifier: MIT */
/* MVDR with as much loading as a rule asks for. With x = (R' + load I)^-1 v both rules are that a
 * monotone function of x crosses zero; its slope takes one more solve, y = (R' + load I)^-1 x,
 * since dx = -y d(load). All is in logarithms: loads range over as many decades as eigenvalues. */
#include <stdlib.h>
#include <string.h>

#include "kernels/adaptive/adaptive_plan.h"
#include "kernels/adaptive/cholesky.h"
#include "kernels/core/c64.h"
#include "kernels/core/fail.h"
#include "kernels/core/size.h"

static const double tolerance = 1e-10;
/* Less than this of the mean power is no load. */
static const double least_load = 1e-15;
/* Bisection alone would need some 45. */
enum { MOST_STEPS = 100 };

typedef struct search {
    size_t n;
    cph_robust_rule rule;
    double limit;
    cph_c64 *r;      /* [n][n] R', the lower triangle */
    cph_c64 *factor; /* [n][n] */
    cph_c64 *v;      /* [n] */
    cph_c64 *x;      /* [n] (R' + load I)^-1 v */
    cph_c64 *y;      /* [n] (R' + load I)^-1 x */
} search;

static double inner_re(size_t n, const cph_c64 *x, const cph_c64 *y)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += cph_c64_mulc(x[i], y[i]).re;
    return sum;
}

static cph_status reserve(search *s)
{
    size_t bytes = 0, square, at[5];
    if (s->n == 0 || !cph_size_mul(s->n, s->n, &square) ||
        !cph_size_place(&bytes, square, sizeof *s->r, &at[0]) ||
        !cph_size_place(&bytes, square, sizeof *s->factor, &at[1]) ||
        !cph_size_place(&bytes, s->n, sizeof *s->v, &at[2]) ||
        !cph_size_place(&bytes, s->n, sizeof *s->x, &at[3]) ||
        !cph_size_place(&bytes, s->n, sizeof *s->y, &at[4]))
        return CPH_ERR_OVERFLOW;
    void *memory = calloc(1, bytes);
    if (memory == NULL)
        return CPH_ERR_MEMORY;
    s->r = cph_size_at(memory, at[0]);
    s->factor = cph_size_at(memory, at[1]);
    s->v = cph_size_at(memory, at[2]);
    s->x = cph_size_at(memory, at[3]);
    s->y = cph_size_at(memory, at[4]);
    return CPH_OK;
}

/* R' = L L^H; returns its trace. */
static double multiply(search *s, const cph_c64 *l)
{
    double trace = 0.0;
    for (size_t p = 0; p < s->n; p++) {
        for (size_t q = 0; q <= p; q++) {
            cph_c64 sum = {0.0, 0.0};
            for (size_t k = 0; k <= q; k++)
                sum = cph_c64_add(sum, cph_c64_mulc(l[p * s->n + k], l[q * s->n + k]));
            s->r[p * s->n + q] = sum;
        }
        trace += s->r[p * s->n + p].re;
    }
    return trace;
}

/* Negative where the load is too small; rises with it. *slope: over the load's logarithm. */
static double excess(search *s, double load, double *slope)
{
    size_t row = 0;
    memcpy(s->factor, s->r, s->n * s->n * sizeof *s->r);
    for (size_t p = 0; p < s->n; p++)
        s->factor[p * s->n + p].re += load;
    (void)cph_cholesky_factor(s->n, s->factor, &row); /* R' did factor, with less */
    memcpy(s->x, s->v, s->n * sizeof *s->v);
    cph_cholesky_forward(s->n, s->factor, s->x);
    cph_cholesky_backward(s->n, s->factor, s->x);
    memcpy(s->y, s->x, s->n * sizeof *s->x);
    cph_cholesky_forward(s->n, s->factor, s->y);
    cph_cholesky_backward(s->n, s->factor, s->y);
    const double vv = inner_re(s->n, s->v, s->v), xx = inner_re(s->n, s->x, s->x);
    const double xv = inner_re(s->n, s->x, s->v), xy = inner_re(s->n, s->x, s->y);
    if (s->rule == CPH_ROBUST_CAPON) {
        *slope = 2.0 - 2.0 * load * xy / xx;
        return log(load * load * xx / (s->limit * vv));
    }
    *slope = 2.0 * load * (xy / xx - xx / xv);
    return log(s->limit * xv * xv / (xx * vv));
}

/* The load whose excess is zero, in [low, high]; s->x is that of it. */
static double find(search *s, double low, double high)
{
    double load = sqrt(low * high), slope = 0.0;
    for (int step = 0; step < MOST_STEPS; step++) {
        const double over = excess(s, load, &slope);
        if (over < 0.0)
            low = load;
        else
            high = load;
        const double newton = load * exp(-over / slope);
        const double next = newton > low && newton < high ? newton : sqrt(low * high);
        if (fabs(next - load) <= tolerance * load)
            break;
        load = next;
    }
    return load;
}

/* Of the smallest and the largest eigenvalue the load is at least, and at most, r / (1 - r) times:
 * r = sqrt(limit) for Capon. A trace bounds the largest. White noise is less by what the largest
 * over the load says: its bound grows until it holds. */
static double find_load(search *s, double trace)
{
    const double mean = trace / (double)s->n;
    double low = least_load * mean, high = trace, slope = 0.0;
    if (s->rule == CPH_ROBUST_CAPON)
        high = trace * sqrt(s->limit) / (1.0 - sqrt(s->limit));
    else if (excess(s, low, &slope) >= 0.0)
        return 0.0;
    while (excess(s, high, &slope) < 0.0 && high < trace / tolerance)
        high *= 4.0;
    low = fmin(low, high * least_load);
    return find(s, low, high);
}

static double quadratic(search *s, const cph_c64 *l, const cph_c64 *x)
{
    memcpy(s->y, x, s->n * sizeof *x);
    cph_cholesky_adjoint(s->n, l, s->y);
    return inner_re(s->n, s->y, s->y);
}

cph_status cph_adaptive_robust(const cph_adaptive *adaptive, cph_robust_rule rule, double limit,
                               const cph_c64 *a, cph_c64 *w, double *power, double *load,
                               cph_error *error)
{
    const cph_c64 unit = {1.0, 0.0};
    cph_constraints k = {0};
    const bool capon = rule == CPH_ROBUST_CAPON;
    if ((unsigned)rule >= CPH_ROBUST_COUNT || !isfinite(limit) ||
        !(capon ? limit > 0.0 && limit < 1.0 : limit > 1.0))
        return cph_fail(error, CPH_ERR_ARGUMENT, "a robust limit of %g: expected one %s", limit,
                        capon ? "between 0 and 1" : "above 1");
    cph_status status = cph_constraints_take(adaptive, 1, a, &unit, &k, error);
    if (status != CPH_OK)
        return status;
    search s = {.n = adaptive->live, .rule = rule, .limit = limit};
    status = reserve(&s);
    if (status == CPH_OK) {
        memcpy(s.v, k.v, s.n * sizeof *s.v);
        const double found = find_load(&s, multiply(&s, adaptive->factor));
        const double gain = 1.0 / inner_re(s.n, s.x, s.v);
        for (size_t i = 0; i < s.n; i++)
            s.x[i] = cph_c64_scale(gain, s.x[i]);
        cph_adaptive_scatter(adaptive, s.x, w);
        if (power != NULL)
            *power = quadratic(&s, adaptive->factor, s.x);
        if (load != NULL)
            *load = found;
    } else {
        (void)cph_fail(error, status, "robust weights: %s", cph_status_name(status));
    }
    free(s.r);
    cph_constraints_free(&k);
    return status;
}
