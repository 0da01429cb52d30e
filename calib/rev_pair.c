/* SPDX-License-Identifier: MIT */
/* Roots from two sets of sweeps: turn_n z_n = q z'_n. Each of the four pairs of roots of an element
 * proposes a q; that which most elements agree on is taken. */
#include <math.h>
#include <stdlib.h>

#include "calib/estimate_parts.h"
#include "calib/rev.h"
#include "kernels/core/fail.h"
#include "kernels/core/size.h"

enum { PAIRS = 4 };
/* Squared misfits count up to this; what lies further apart is told apart. */
static const double apart = 25.0;
static const double same_ratio = 1e-6;

typedef struct ratio {
    cph_c64 q;
    double variance;
} ratio;

typedef struct pairing {
    size_t n;
    const cph_c64 *turn;
    const unsigned char *flag;
    cph_rev_sweep *first, *second; /* [n] */
} pairing;

static double variance(const cph_rev_root *r)
{
    return 0.5 * (r->re + r->im);
}

static bool usable(const pairing *k, size_t n)
{
    return k->flag[n] == CPH_FLAG_NONE && k->first[n].usable && k->second[n].usable;
}

/* Whether pair p (bit 0: first, bit 1: second) is possible. */
static bool possible(const pairing *k, size_t n, unsigned p)
{
    const cph_rev_sweep *const a = &k->first[n], *const b = &k->second[n];
    return (!a->decided || a->choice == (p & 1)) && (!b->decided || b->choice == (p >> 1));
}

static ratio propose(const pairing *k, size_t n, unsigned p)
{
    const cph_rev_root *const a = &k->first[n].root[p & 1], *const b = &k->second[n].root[p >> 1];
    const cph_c64 tz = cph_c64_mul(k->turn[n], a->z);
    const double size = cph_c64_power(b->z), turned = cph_c64_power(k->turn[n]);
    ratio r = {cph_c64_scale(1.0 / size, cph_c64_mulc(tz, b->z)), 0.0};
    r.variance = (turned * variance(a) + cph_c64_power(r.q) * variance(b)) / size;
    return r;
}

/* Squared misfit of a pair over its variance, at most `apart`. */
static double misfit(const pairing *k, size_t n, unsigned p, const ratio *r)
{
    if (!possible(k, n, p))
        return apart;
    const cph_rev_root *const a = &k->first[n].root[p & 1], *const b = &k->second[n].root[p >> 1];
    const cph_c64 left = cph_c64_sub(cph_c64_mul(k->turn[n], a->z), cph_c64_mul(r->q, b->z));
    const double expected = cph_c64_power(k->turn[n]) * variance(a) +
                            cph_c64_power(r->q) * variance(b) + cph_c64_power(b->z) * r->variance;
    return fmin(cph_c64_power(left) / expected, apart);
}

static double cost(const pairing *k, const ratio *r)
{
    double sum = 0.0;
    for (size_t n = 0; n < k->n; n++) {
        double least = apart;
        for (unsigned p = 0; usable(k, n) && p < PAIRS; p++)
            least = fmin(least, misfit(k, n, p, r));
        sum += usable(k, n) ? least : 0.0;
    }
    return sum;
}

/* The ratio of least cost. A single element agrees with whatever it proposes. */
static ratio elect(const pairing *k)
{
    ratio best = {{NAN, NAN}, INFINITY};
    double least = INFINITY;
    for (size_t n = 0; n < k->n; n++)
        for (unsigned p = 0; usable(k, n) && p < PAIRS; p++) {
            const ratio r = propose(k, n, p);
            const double c = possible(k, n, p) && cph_c64_finite(r.q) && isfinite(r.variance)
                                 ? cost(k, &r)
                                 : INFINITY;
            if (c < least) {
                least = c;
                best = r;
            }
        }
    return best;
}

static bool other_ratio(const ratio *a, const ratio *b)
{
    const double distance = cph_c64_power(cph_c64_sub(a->q, b->q));
    return distance > apart * (a->variance + b->variance) &&
           distance > same_ratio * same_ratio * cph_c64_power(a->q);
}

/* The root of the first set that this ratio asks of element n, or UNKNOWN. */
static cph_rev_choice asked(const pairing *k, size_t n, const ratio *r)
{
    double least[2];
    for (unsigned root = 0; root < 2; root++)
        least[root] = fmin(misfit(k, n, root, r), misfit(k, n, root + 2, r));
    return fabs(least[1] - least[0]) < 0.5 * apart ? CPH_REV_ROOT_UNKNOWN
           : least[0] < least[1]                   ? CPH_REV_ROOT_WEAK
                                                   : CPH_REV_ROOT_STRONG;
}

/* Chooses by the best ratio; what another ratio that fits as well asks otherwise stays open. */
static cph_rev_verdict settle(const pairing *k)
{
    const ratio best = elect(k);
    const double least = cost(k, &best);
    bool open = false;
    size_t count = 0;
    for (size_t n = 0; n < k->n; n++) {
        if (!usable(k, n))
            continue;
        count++;
        if (!k->first[n].decided)
            k->first[n].choice = (unsigned char)asked(k, n, &best);
    }
    for (size_t n = 0; n < k->n; n++)
        for (unsigned p = 0; usable(k, n) && p < PAIRS; p++) {
            const ratio r = propose(k, n, p);
            if (!possible(k, n, p) || !isfinite(r.variance) || !other_ratio(&best, &r) ||
                cost(k, &r) > least + apart * 0.5)
                continue;
            for (size_t i = 0; i < k->n; i++)
                if (usable(k, i) && !k->first[i].decided &&
                    asked(k, i, &r) != (cph_rev_choice)k->first[i].choice)
                    k->first[i].choice = CPH_REV_ROOT_UNKNOWN;
        }
    for (size_t n = 0; n < k->n; n++) {
        cph_rev_sweep *const s = &k->first[n];
        s->decided = s->decided || (usable(k, n) && s->choice != CPH_REV_ROOT_UNKNOWN);
        open = open || (s->usable && !s->decided);
    }
    /* Even the best is more than chance from most elements. */
    if (least > 0.5 * apart * (double)count)
        return CPH_REV_INCONSISTENT;
    return open ? CPH_REV_AMBIGUOUS : CPH_REV_SETTLED;
}

static cph_status run(const cph_rev_config *const config[2], pairing *k, cph_rev_sweep *sweep,
                      unsigned char *use, cph_rev_solution *solution, cph_error *error)
{
    double sigma[2], chi2[2];
    for (size_t n = 0; n < k->n; n++)
        use[n] = k->flag[n] == CPH_FLAG_NONE;
    for (size_t i = 0; i < 2; i++) {
        const cph_status status =
            cph_rev_fit(config[i], use, sweep + i * k->n, &sigma[i], &chi2[i], error);
        if (status != CPH_OK)
            return status;
    }
    k->first = sweep;
    k->second = sweep + k->n;
    solution->verdict = settle(k);
    for (size_t n = 0; n < k->n; n++) {
        const cph_rev_sweep *const s = &k->first[n];
        if (k->flag[n] != CPH_FLAG_NONE || !s->usable || !s->decided ||
            solution->verdict == CPH_REV_INCONSISTENT)
            cph_estimate_drop(&solution->estimate, n,
                              k->flag[n] != CPH_FLAG_NONE ? (cph_flag)k->flag[n]
                              : s->usable                 ? CPH_FLAG_UNSOLVED
                                                          : CPH_FLAG_NOT_FINITE);
        else
            cph_rev_keep(&solution->estimate, n, &s->root[s->choice]);
    }
    cph_rev_report(config[0], sweep, solution);
    solution->closure = (double)NAN;
    solution->sigma = sigma[0];
    solution->chi2_dof = chi2[0];
    return CPH_OK;
}

cph_status cph_rev_solve_pair(const cph_rev_config *first, const cph_rev_config *second,
                              const cph_c64 *turn, cph_rev_solution *solution, cph_error *error)
{
    cph_status status = cph_rev_check(first, solution, error);
    if (status == CPH_OK)
        status = cph_rev_check(second, solution, error);
    if (status != CPH_OK)
        return status;
    const size_t n = first->elements;
    if (turn == NULL || second->elements != n || first->member != NULL || second->member != NULL)
        return cph_fail(error, CPH_ERR_ARGUMENT,
                        "two sets of sweeps need the same elements, turned one by one, and what "
                        "was turned between them");
    pairing k = {.n = n, .turn = turn, .flag = solution->estimate.flag};
    cph_rev_sweep *const sweep = calloc(n, 2 * sizeof *sweep);
    unsigned char *const use = calloc(n, sizeof *use);
    status =
        sweep != NULL && use != NULL
            ? run((const cph_rev_config *const[2]){first, second}, &k, sweep, use, solution, error)
            : cph_fail(error, CPH_ERR_MEMORY, "no memory for %zu sweeps", n);
    free(sweep);
    free(use);
    return status;
}
