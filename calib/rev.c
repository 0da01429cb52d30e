/* SPDX-License-Identifier: MIT */
/* Sweeps fitted, roots chosen, shares of elements. */
#include "calib/rev.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "calib/estimate_parts.h"
#include "calib/invert.h"
#include "kernels/core/fail.h"
#include "kernels/core/size.h"

enum { STEPS_LEAST = 3 };

/* Weights of sweeps below this are zeros of the inverse membership that rounding moved: a variance
 * that is infinite is not to pass through them. */
static const double no_share = 1e-12, rounding = 1e-9;

typedef struct solver {
    const cph_rev_config *config;
    cph_rev_sweep *sweep; /* [C] */
    double *weight;       /* [C] of a sweep's share in the sum over elements */
    unsigned char *use;   /* [C] */
    unsigned char *large; /* [C] sweeps that turn half of all or more */
    cph_c64 *inverse;     /* [N][C] of the membership; NULL: a sweep an element */
    double sigma, chi2_dof, closure;
    cph_rev_verdict verdict;
    cph_error *error;
} solver;

static bool finite_states(const cph_rev_config *c)
{
    const size_t tables = c->state_ld == 0 ? 1 : c->sweeps;
    for (size_t i = 0; i < tables; i++)
        if (!cph_c64_all_finite(c->steps, c->state + i * c->state_ld))
            return false;
    return true;
}

static cph_status check_sizes(const cph_rev_config *c, cph_error *error)
{
    if (c->sweeps == 0 || c->elements == 0 || (c->member == NULL && c->sweeps != c->elements))
        return cph_fail(error, CPH_ERR_ARGUMENT, "%zu sweeps cannot turn %zu elements one by one",
                        c->sweeps, c->elements);
    if (c->steps < STEPS_LEAST || (c->steps == STEPS_LEAST && !(c->sigma > 0.0)))
        return cph_fail(error, CPH_ERR_ARGUMENT,
                        "%zu states a sweep: three are needed, and a fourth where the residuals "
                        "must tell the noise",
                        c->steps);
    if (!cph_size_matrix(c->sweeps, c->ld, c->steps, sizeof *c->power) ||
        (c->state_ld != 0 && !cph_size_matrix(c->sweeps, c->state_ld, c->steps, sizeof *c->state)))
        return cph_fail(error, CPH_ERR_OVERFLOW, "%zu sweeps of %zu states do not fit", c->sweeps,
                        c->steps);
    return CPH_OK;
}

cph_status cph_rev_check(const cph_rev_config *config, const cph_rev_solution *solution,
                         cph_error *error)
{
    if (config == NULL || solution == NULL || config->power == NULL || config->state == NULL ||
        !cph_estimate_complete(&solution->estimate) || solution->root == NULL ||
        solution->root_sigma == NULL || solution->choice == NULL || !(config->sigma >= 0.0))
        return cph_fail(error, CPH_ERR_ARGUMENT,
                        "readings, states and arrays for the answer are "
                        "needed");
    const cph_status status = check_sizes(config, error);
    if (status != CPH_OK)
        return status;
    if (!finite_states(config))
        return cph_fail(error, CPH_ERR_NOT_FINITE, "a state is not finite");
    return CPH_OK;
}

void cph_rev_report(const cph_rev_config *config, const cph_rev_sweep *sweep,
                    cph_rev_solution *solution)
{
    for (size_t c = 0; c < config->sweeps; c++) {
        const cph_rev_sweep *const s = &sweep[c];
        for (size_t i = 0; i < 2; i++) {
            const cph_rev_root *const r = &s->root[i];
            const double nothing = (double)NAN;
            solution->root[i * config->sweeps + c] = s->usable ? r->z : (cph_c64){nothing, nothing};
            solution->root_sigma[i * config->sweeps + c] =
                s->usable ? sqrt(0.5 * (r->re + r->im)) : nothing;
        }
        solution->choice[c] =
            s->usable && s->decided ? s->choice : (unsigned char)CPH_REV_ROOT_UNKNOWN;
    }
}

/* Standard error; what rounding leaves below 0 is 0, NaN stays. */
static double root_of(double variance)
{
    return variance < 0.0 ? 0.0 : sqrt(variance);
}

void cph_rev_keep(cph_gain_estimate *estimate, size_t n, const cph_rev_root *share)
{
    const double power = cph_c64_power(share->z), x = share->z.re, y = share->z.im;
    const double along = x * x * share->re + 2.0 * x * y * share->cross + y * y * share->im;
    const double across = y * y * share->re - 2.0 * x * y * share->cross + x * x * share->im;
    estimate->gain[n] = share->z;
    estimate->flag[n] = CPH_FLAG_NONE;
    /* Where a part is not determined, infinity times a direction of 0 is not 0. */
    const bool open = isinf(share->re) || isinf(share->im);
    estimate->amplitude_sigma[n] = open ? INFINITY : root_of(along) / power;
    estimate->phase_sigma[n] = open ? INFINITY : root_of(across) / power;
}

/* The weights with which sweeps add up to the shares of all elements; the pseudo-inverse of the
 * membership. Flagged elements have no column. */
static cph_status weigh_groups(solver *v, const unsigned char *flag)
{
    const cph_rev_config *const c = v->config;
    size_t live = 0, count;
    for (size_t n = 0; n < c->elements; n++)
        live += flag[n] == CPH_FLAG_NONE;
    if (!cph_size_mul(c->sweeps, c->elements, &count))
        return cph_fail(v->error, CPH_ERR_OVERFLOW, "groups do not fit");
    if (live == 0 || c->sweeps < live)
        return cph_fail(v->error, live == 0 ? CPH_ERR_TOO_FEW : CPH_ERR_SINGULAR,
                        "%zu groups do not determine %zu elements", c->sweeps, live);
    cph_c64 *const a = calloc(count, sizeof *a);
    v->inverse = calloc(count, sizeof *v->inverse);
    cph_status status = a == NULL || v->inverse == NULL ? CPH_ERR_MEMORY : CPH_OK;
    if (status == CPH_OK) {
        for (size_t i = 0; i < c->sweeps; i++)
            for (size_t n = 0, p = 0; n < c->elements; n++)
                if (flag[n] == CPH_FLAG_NONE)
                    a[i * live + p++].re = c->member[i * c->elements + n] != 0 ? 1.0 : 0.0;
        status = cph_pseudo_inverse(c->sweeps, live, a, v->inverse, NULL);
    }
    free(a);
    if (status != CPH_OK)
        return cph_fail(v->error, status,
                        status == CPH_ERR_SINGULAR ? "the groups do not determine the elements: "
                                                     "their membership is singular"
                                                   : "no memory for the groups");
    for (size_t i = 0; i < c->sweeps; i++) {
        size_t turned = 0;
        for (size_t n = 0; n < c->elements; n++)
            turned += flag[n] == CPH_FLAG_NONE && c->member[i * c->elements + n] != 0;
        v->large[i] = 2 * turned >= live;
    }
    for (size_t p = 0; p < live; p++)
        for (size_t i = 0; i < c->sweeps; i++) {
            double *const w = &v->inverse[p * c->sweeps + i].re;
            *w = fabs(*w) <= no_share ? 0.0 : *w;
            v->weight[i] += *w;
        }
    return CPH_OK;
}

/* A sweep that cannot be read leaves the sum open. */
static bool all_usable(const solver *v)
{
    for (size_t i = 0; i < v->config->sweeps; i++)
        if (v->use[i] && v->weight[i] != 0.0 && !v->sweep[i].usable)
            return false;
    return true;
}

/* How far the sum of the shares is off 1, in standard errors, for the roots chosen. */
static double find_closure(const solver *v)
{
    double re = -1.0, im = 0.0, variance[2] = {0.0, 0.0};
    for (size_t i = 0; i < v->config->sweeps; i++) {
        const cph_rev_sweep *const s = &v->sweep[i];
        const double w = v->use[i] ? v->weight[i] : 0.0;
        if (w == 0.0)
            continue;
        if (!s->usable || !s->decided)
            return NAN;
        const cph_rev_root *const r = &s->root[s->choice == CPH_REV_ROOT_STRONG];
        re += w * r->z.re;
        im += w * r->z.im;
        variance[0] += w * w * r->re;
        variance[1] += w * w * r->im;
    }
    /* Rounding is no error of the readings. */
    const double off = fmax(fabs(re), fabs(im));
    return off < rounding ? 0.0 : hypot(re / sqrt(variance[0]), im / sqrt(variance[1]));
}

/* Whether some combination of roots adds up to 1, as of an array that is closed. */
static cph_status find_closable(const solver *v, bool *closable)
{
    const size_t sweeps = v->config->sweeps;
    cph_rev_verdict verdict = CPH_REV_INCONSISTENT;
    double closure;
    *closable = false;
    if (!all_usable(v))
        return CPH_OK;
    cph_rev_sweep *const copy = malloc(sweeps * sizeof *copy);
    if (copy == NULL)
        return CPH_ERR_MEMORY;
    memcpy(copy, v->sweep, sweeps * sizeof *copy);
    const cph_status status = cph_rev_close(sweeps, v->weight, copy, &verdict, &closure);
    *closable = verdict != CPH_REV_INCONSISTENT;
    free(copy);
    return status;
}

static cph_status choose_roots(solver *v)
{
    const cph_rev_config *const c = v->config;
    bool closable = false;
    v->verdict = CPH_REV_SETTLED;
    v->closure = (double)NAN;
    if (c->rule == CPH_REV_WEAK && c->member != NULL) {
        const cph_status status = find_closable(v, &closable);
        if (status != CPH_OK)
            return status;
    }
    if (c->rule == CPH_REV_CLOSED && all_usable(v))
        return cph_rev_close(c->sweeps, v->weight, v->sweep, &v->verdict, &v->closure);
    for (size_t i = 0; i < c->sweeps; i++) {
        cph_rev_sweep *const s = &v->sweep[i];
        if (!s->usable || s->decided)
            continue;
        s->decided = c->rule == CPH_REV_WEAK && !(closable && v->large[i]);
        s->choice = s->decided ? CPH_REV_ROOT_WEAK : CPH_REV_ROOT_UNKNOWN;
        if (!s->decided)
            v->verdict = CPH_REV_AMBIGUOUS;
    }
    if (c->rule == CPH_REV_WEAK)
        v->closure = find_closure(v);
    return CPH_OK;
}

static void deliver_elements(const solver *v, cph_gain_estimate *e)
{
    for (size_t n = 0; n < v->config->elements; n++) {
        const cph_rev_sweep *const s = &v->sweep[n];
        if (e->flag[n] != CPH_FLAG_NONE)
            cph_estimate_drop(e, n, (cph_flag)e->flag[n]);
        else if (!s->usable)
            cph_estimate_drop(e, n, CPH_FLAG_NOT_FINITE);
        else if (!s->decided)
            cph_estimate_drop(e, n, CPH_FLAG_UNSOLVED);
        else
            cph_rev_keep(e, n, &s->root[s->choice == CPH_REV_ROOT_STRONG]);
    }
}

static void deliver_groups(const solver *v, cph_gain_estimate *e)
{
    const size_t sweeps = v->config->sweeps;
    bool known = true;
    for (size_t i = 0; i < sweeps; i++)
        known = known && v->sweep[i].usable && v->sweep[i].decided;
    for (size_t n = 0, p = 0; n < v->config->elements; n++) {
        if (e->flag[n] != CPH_FLAG_NONE || !known) {
            p += e->flag[n] == CPH_FLAG_NONE;
            cph_estimate_drop(
                e, n, e->flag[n] != CPH_FLAG_NONE ? (cph_flag)e->flag[n] : CPH_FLAG_UNSOLVED);
            continue;
        }
        cph_rev_root share = {{0.0, 0.0}, 0.0, 0.0, 0.0, 0.0};
        const cph_c64 *const row = v->inverse + p++ * sweeps;
        for (size_t i = 0; i < sweeps; i++) {
            const cph_rev_root *const r =
                &v->sweep[i].root[v->sweep[i].choice == CPH_REV_ROOT_STRONG];
            const double w = row[i].re;
            if (w == 0.0)
                continue;
            share.z = cph_c64_add(share.z, cph_c64_scale(w, r->z));
            share.re += w * w * r->re;
            share.im += w * w * r->im;
            share.cross += w * w * r->cross;
        }
        cph_rev_keep(e, n, &share);
    }
}

static cph_status run(solver *v, cph_rev_solution *solution)
{
    const cph_rev_config *const c = v->config;
    for (size_t i = 0; i < c->sweeps; i++) {
        v->use[i] = c->member != NULL || solution->estimate.flag[i] == CPH_FLAG_NONE;
        v->weight[i] = c->member == NULL ? 1.0 : 0.0;
    }
    cph_status status = c->member == NULL ? CPH_OK : weigh_groups(v, solution->estimate.flag);
    if (status == CPH_OK)
        status = cph_rev_fit(c, v->use, v->sweep, &v->sigma, &v->chi2_dof, v->error);
    if (status != CPH_OK)
        return status;
    status = choose_roots(v);
    if (status != CPH_OK)
        return cph_fail(v->error, status, "no memory for combinations of roots");
    if (c->member == NULL)
        deliver_elements(v, &solution->estimate);
    else
        deliver_groups(v, &solution->estimate);
    cph_rev_report(c, v->sweep, solution);
    solution->verdict = v->verdict;
    solution->closure = v->closure;
    solution->sigma = v->sigma;
    solution->chi2_dof = v->chi2_dof;
    return CPH_OK;
}

cph_status cph_rev_solve(const cph_rev_config *config, cph_rev_solution *solution, cph_error *error)
{
    cph_status status = cph_rev_check(config, solution, error);
    if (status != CPH_OK)
        return status;
    size_t bytes = 0, at[4];
    if (!cph_size_place(&bytes, config->sweeps, sizeof(cph_rev_sweep), &at[0]) ||
        !cph_size_place(&bytes, config->sweeps, sizeof(double), &at[1]) ||
        !cph_size_place(&bytes, config->sweeps, 1, &at[2]) ||
        !cph_size_place(&bytes, config->sweeps, 1, &at[3]) || bytes == 0)
        return cph_fail(error, CPH_ERR_OVERFLOW, "%zu sweeps do not fit", config->sweeps);
    void *const memory = calloc(1, bytes);
    if (memory == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "no memory for %zu sweeps", config->sweeps);
    solver v = {.config = config,
                .sweep = cph_size_at(memory, at[0]),
                .weight = cph_size_at(memory, at[1]),
                .use = cph_size_at(memory, at[2]),
                .large = cph_size_at(memory, at[3]),
                .error = error};
    status = run(&v, solution);
    free(v.inverse);
    free(memory);
    return status;
}
