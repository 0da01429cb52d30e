/* SPDX-License-Identifier: MIT */
/* Which of both roots each sweep has, from the sum of all shares: with weak roots taken it is short
 * of 1 by D, and each strong root adds its term. A subset of the terms adds up to D: what bounds
 * on the rest allow no choice is fixed first (in a large array a strong root adds nearly 1 and D is
 * small: nothing stays free), then the halves of what is left meet in the middle (Horowitz &
 * Sahni, J. ACM 21 p. 277, 1974). */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "calib/rev.h"
#include "kernels/core/c64.h"
#include "kernels/core/size.h"

enum { FREE_MOST = 36, HALF_MOST = FREE_MOST / 2, PAIRS_MOST = 1 << 22 };
static const double sigmas = 5.0, rounding = 1e-12;

typedef struct subset {
    double sum;
    uint32_t mask;
} subset;

typedef struct closing {
    size_t count;   /* free terms */
    size_t *sweep;  /* [count] */
    double *term;   /* [count] */
    double missing; /* D less what was fixed */
    double tolerance, deviation;
    uint64_t all, any; /* of free terms: in every combination, in at least one */
    double best;       /* misfit */
    bool found, exhausted;
} closing;

static double term_of(const double *weight, const cph_rev_sweep *sweep, size_t c)
{
    return weight[c] * (sweep[c].root[1].z.re - sweep[c].root[0].z.re);
}

/* Terms, D and tolerances; false where the imaginary parts, which know no choice, don't close. */
static bool set_up(size_t sweeps, const double *weight, const cph_rev_sweep *sweep, closing *k)
{
    double sum = 0.0, imaginary = 0.0, size = 1.0, re = 0.0, im = 0.0;
    for (size_t c = 0; c < sweeps; c++) {
        const cph_rev_sweep *const s = &sweep[c];
        if (!s->usable || weight[c] == 0.0)
            continue;
        const bool strong = s->decided && s->choice == CPH_REV_ROOT_STRONG;
        const cph_c64 z = s->root[strong].z;
        sum += weight[c] * z.re;
        imaginary += weight[c] * z.im;
        size += fabs(weight[c]) * (fabs(z.re) + fabs(z.im));
        re += weight[c] * weight[c] * fmax(s->root[0].re, s->root[1].re);
        im += weight[c] * weight[c] * fmax(s->root[0].im, s->root[1].im);
        if (s->decided)
            continue;
        k->sweep[k->count] = c;
        k->term[k->count++] = term_of(weight, sweep, c);
    }
    k->missing = 1.0 - sum;
    k->deviation = sqrt(re) + rounding * size;
    k->tolerance = sigmas * k->deviation;
    return fabs(imaginary) <= sigmas * (sqrt(im) + rounding * size);
}

static void fix(closing *k, size_t i, bool strong, cph_rev_sweep *sweep)
{
    cph_rev_sweep *const s = &sweep[k->sweep[i]];
    s->choice = strong ? CPH_REV_ROOT_STRONG : CPH_REV_ROOT_WEAK;
    s->decided = true;
    k->missing -= strong ? k->term[i] : 0.0;
    k->count--;
    k->sweep[i] = k->sweep[k->count];
    k->term[i] = k->term[k->count];
}

/* Whether others between low and high can make up for `missing`. */
static bool reachable(double low, double high, double missing, double tolerance)
{
    return low - tolerance <= missing && missing <= high + tolerance;
}

/* Fixes what has no choice; false where something can be neither. */
static bool propagate(closing *k, cph_rev_sweep *sweep)
{
    for (bool changed = true; changed;) {
        double low = 0.0, high = 0.0;
        for (size_t i = 0; i < k->count; i++) {
            low += fmin(k->term[i], 0.0);
            high += fmax(k->term[i], 0.0);
        }
        changed = false;
        for (size_t i = 0; i < k->count;) {
            const double t = k->term[i], l = low - fmin(t, 0.0), h = high - fmax(t, 0.0);
            const bool weak = reachable(l, h, k->missing, k->tolerance);
            const bool strong = reachable(l, h, k->missing - t, k->tolerance);
            if (!weak && !strong)
                return false;
            if (weak && strong) {
                i++;
                continue;
            }
            fix(k, i, strong, sweep);
            low = l;
            high = h;
            changed = true;
        }
    }
    return reachable(0.0, 0.0, k->missing, k->tolerance) || k->count > 0;
}

/* All sums of count terms, in order: each term merges the list with itself shifted. */
static void enumerate(size_t count, const double *term, subset *list, subset *scratch)
{
    size_t n = 1;
    list[0] = (subset){0.0, 0};
    for (size_t i = 0; i < count; i++, n *= 2) {
        const double t = term[i];
        const uint32_t bit = UINT32_C(1) << i;
        for (size_t a = 0, b = 0, o = 0; o < 2 * n; o++) {
            const bool first = b == n || (a < n && list[a].sum <= list[b].sum + t);
            scratch[o] = first ? list[a] : (subset){list[b].sum + t, list[b].mask | bit};
            a += first;
            b += !first;
        }
        for (size_t o = 0; o < 2 * n; o++)
            list[o] = scratch[o];
    }
}

static void accept(closing *k, const subset *a, const subset *b, size_t half)
{
    const uint64_t mask = (uint64_t)a->mask | (uint64_t)b->mask << half;
    k->best = fmin(k->found ? k->best : INFINITY, fabs(a->sum + b->sum - k->missing));
    k->all = k->found ? k->all & mask : mask;
    k->any = k->found ? k->any | mask : mask;
    k->found = true;
}

static void meet(closing *k, const subset *left, const subset *right, size_t half)
{
    const size_t n = (size_t)1 << half, m = (size_t)1 << (k->count - half);
    size_t end = m, pairs = 0;
    for (size_t i = 0; i < n; i++) {
        while (end > 0 && left[i].sum + right[end - 1].sum > k->missing + k->tolerance)
            end--;
        for (size_t j = end; j-- > 0;) {
            if (left[i].sum + right[j].sum < k->missing - k->tolerance)
                break;
            accept(k, &left[i], &right[j], half);
            if (++pairs == PAIRS_MOST) {
                k->exhausted = true;
                return;
            }
        }
    }
}

static cph_status combine(closing *k)
{
    const size_t half = k->count / 2, room = (size_t)1 << (k->count - half);
    subset *const list = malloc(3 * room * sizeof *list);
    if (list == NULL)
        return CPH_ERR_MEMORY;
    enumerate(half, k->term, list, list + 2 * room);
    enumerate(k->count - half, k->term + half, list + room, list + 2 * room);
    meet(k, list, list + room, half);
    free(list);
    return CPH_OK;
}

/* What all combinations agree on is settled. */
static cph_rev_verdict settle(const closing *k, cph_rev_sweep *sweep)
{
    bool open = false;
    for (size_t i = 0; i < k->count; i++) {
        const bool every = (k->all >> i & 1) != 0, some = (k->any >> i & 1) != 0;
        cph_rev_sweep *const s = &sweep[k->sweep[i]];
        s->decided = every == some && !k->exhausted;
        s->choice = !s->decided ? CPH_REV_ROOT_UNKNOWN
                    : every     ? CPH_REV_ROOT_STRONG
                                : CPH_REV_ROOT_WEAK;
        open = open || !s->decided;
    }
    return open ? CPH_REV_AMBIGUOUS : CPH_REV_SETTLED;
}

static void leave_open(size_t sweeps, const bool *given, cph_rev_sweep *sweep)
{
    for (size_t c = 0; c < sweeps; c++)
        if (sweep[c].usable && !given[c]) {
            sweep[c].decided = false;
            sweep[c].choice = CPH_REV_ROOT_UNKNOWN;
        }
}

static cph_status choose(size_t sweeps, const double *weight, closing *k, cph_rev_sweep *sweep,
                         cph_rev_verdict *verdict)
{
    cph_status status = CPH_OK;
    *verdict = CPH_REV_INCONSISTENT;
    if (!set_up(sweeps, weight, sweep, k) || !propagate(k, sweep))
        return CPH_OK;
    *verdict = CPH_REV_AMBIGUOUS;
    k->exhausted = k->count > FREE_MOST;
    if (!k->exhausted)
        status = combine(k);
    if (status == CPH_OK && (k->found || k->exhausted))
        *verdict = settle(k, sweep);
    else
        *verdict = CPH_REV_INCONSISTENT;
    return status;
}

cph_status cph_rev_close(size_t sweeps, const double *weight, cph_rev_sweep *sweep,
                         cph_rev_verdict *verdict, double *closure)
{
    size_t bytes = 0, at[3];
    if (!cph_size_place(&bytes, sweeps, sizeof(size_t), &at[0]) ||
        !cph_size_place(&bytes, sweeps, sizeof(double), &at[1]) ||
        !cph_size_place(&bytes, sweeps, sizeof(bool), &at[2]))
        return CPH_ERR_OVERFLOW;
    void *const memory = malloc(bytes);
    if (memory == NULL)
        return CPH_ERR_MEMORY;
    closing k = {.sweep = cph_size_at(memory, at[0]), .term = cph_size_at(memory, at[1])};
    bool *const given = cph_size_at(memory, at[2]);
    for (size_t c = 0; c < sweeps; c++)
        given[c] = sweep[c].decided;
    const cph_status status = choose(sweeps, weight, &k, sweep, verdict);
    if (*verdict == CPH_REV_INCONSISTENT)
        leave_open(sweeps, given, sweep);
    *closure = k.found ? k.best / k.deviation : (double)NAN;
    free(memory);
    return status;
}
