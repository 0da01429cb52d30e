/* SPDX-License-Identifier: MIT */
/* With z_ik = M_ik j_k^H a baseline changes by dj_i z_ik + conj(dj_k z_ki), so that half the
 * Hessian of sum w |e|^2 has blocks Re(dj_i A dj_i^H), A = sum w z z^H, and Re(dj_i C dj_k^T), C =
 * w z_ik z_ki^T; the score of row i is sum_k w e_ik z_ik^H. For errors with E[e_ab e_cd*] = R_ac
 * R_db and F_ic[a] = w_ia z_ia,c, T_kd[i] = sum_b R_ib F*_kd[b]: E[s_ic s*_kd] = R_ik sum_b T_ic[b]
 * F_kd[b], E[s_ic s_kd] = T_kd[i] T_ic[k]. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "calib/jones.h"
#include "calib/tiles.h"
#include "kernels/core/fail.h"
#include "kernels/core/size.h"

/* Robust weights change from step to step, and have them follow each other slowly. */
enum { STEPS_MOST = 10, ROBUST_STEPS_MOST = 40, HALVES_MOST = 6 };
/* With robust weights, that change from step to step, a thirtieth does. */
static const double robust_at_rest = 1e-3;
/* A step of which the sum of squares gains no more than this share of what one degree of freedom
 * has (a thousandth of a standard error), or of all data, is at rest. */
static const double at_rest = 1e-6, rounding = 1e-26;

/* hessian [2 parts][2 parts] of one pair of entries: += Re(x h conj(y)), or Re(x h y). */
static void add_hermitian(size_t order, double *at, cph_c64 h)
{
    at[0] += h.re;
    at[1] += h.im;
    at[order] -= h.im;
    at[order + 1] += h.re;
}

static void add_bilinear(size_t order, double *at, cph_c64 h)
{
    at[0] += h.re;
    at[1] -= h.im;
    at[order] -= h.im;
    at[order + 1] -= h.re;
}

static void add_pair(const cph_jones_system *s, size_t i, size_t k, double *hessian, double *score)
{
    const size_t order = CPH_JONES_ROW * s->m;
    const double w = s->weight[i * s->m + k];
    cph_c64 z[2], back[2];
    cph_jones_heard(cph_jones_block(s, i, k), s->jones + 2 * k, z);
    cph_jones_heard(cph_jones_block(s, k, i), s->jones + 2 * i, back);
    const cph_c64 e =
        cph_c64_scale(w, cph_c64_sub(s->r[i * s->m + k], cph_jones_meet(s->jones + 2 * i, z)));
    for (size_t c = 0; c < 2; c++) {
        const size_t row = CPH_JONES_ROW * i + 2 * c;
        const cph_c64 along = cph_c64_mulc(e, z[c]);
        score[row] += along.re;
        score[row + 1] += along.im;
        for (size_t d = 0; d < 2; d++) {
            add_hermitian(order, hessian + row * order + CPH_JONES_ROW * i + 2 * d,
                          cph_c64_scale(w, cph_c64_mulc(z[c], z[d])));
            add_bilinear(order, hessian + row * order + CPH_JONES_ROW * k + 2 * d,
                         cph_c64_scale(w, cph_c64_mul(z[c], back[d])));
        }
    }
}

void cph_jones_normal(const cph_jones_system *s, double *hessian, double *score)
{
    const size_t order = CPH_JONES_ROW * s->m;
    memset(hessian, 0, order * order * sizeof *hessian);
    memset(score, 0, order * sizeof *score);
    for (size_t i = 0; i < s->m; i++)
        for (size_t k = 0; k < s->m; k++)
            if (s->weight[i * s->m + k] > 0.0)
                add_pair(s, i, k, hessian, score);
}

/* Covariance of inputs as the model has it, between those of one antenna as it was measured;
 * without powers that of independent errors. */
static cph_c64 covariance(const cph_jones_system *s, size_t i, size_t k)
{
    const cph_jones_problem *const p = s->problem;
    cph_c64 z[2];
    if (i == k)
        return (cph_c64){1.0, 0.0};
    if (!p->has_diagonal)
        return (cph_c64){0.0, 0.0};
    if (s->input[i] / 2 == s->input[k] / 2) {
        const size_t low = s->input[i < k ? i : k], high = s->input[i < k ? k : i];
        const cph_c64 r = cph_c64_scale(1.0 / (s->root[i] * s->root[k]), p->r[low * p->ld + high]);
        const bool usable = cph_c64_finite(r) && cph_c64_power(r) <= 1.0;
        return !usable ? (cph_c64){0.0, 0.0} : i < k ? r : cph_c64_conj(r);
    }
    cph_jones_heard(cph_jones_block(s, i, k), s->jones + 2 * k, z);
    return cph_jones_meet(s->jones + 2 * i, z);
}

/* f [2 m][2 m] = conj(F), r likewise; columns beyond m are 0. */
static void fill_score_parts(const cph_jones_system *s, cph_c64 *f, cph_c64 *r)
{
    const size_t n = 2 * s->m;
    for (size_t i = 0; i < s->m; i++)
        for (size_t k = 0; k < s->m; k++) {
            cph_c64 z[2];
            r[i * n + k] = covariance(s, i, k);
            cph_jones_heard(cph_jones_block(s, i, k), s->jones + 2 * k, z);
            for (size_t c = 0; c < 2; c++)
                f[(2 * i + c) * n + k] = cph_c64_scale(s->weight[i * s->m + k], cph_c64_conj(z[c]));
        }
}

cph_status cph_jones_score_variance(const cph_jones_system *s, double *variance)
{
    const size_t n = 2 * s->m, order = CPH_JONES_ROW * s->m;
    cph_c64 *const f = calloc(4 * n * n, sizeof *f);
    if (f == NULL)
        return cph_fail(s->error, CPH_ERR_MEMORY, "no memory for %zu inputs", s->m);
    cph_c64 *const r = f + n * n, *const t = r + n * n, *const both = t + n * n;
    fill_score_parts(s, f, r);
    cph_tiles_multiply(n, CPH_AS_IT_IS, f, CPH_TRANSPOSED, r, t);
    cph_tiles_multiply(n, CPH_AS_IT_IS, t, CPH_ADJOINT, f, both);
    for (size_t a = 0; a < n; a++)
        for (size_t b = 0; b < n; b++) {
            const size_t i = a / 2, k = b / 2;
            const cph_c64 even = cph_c64_mul(r[i * n + k], both[a * n + b]),
                          odd = cph_c64_mul(t[b * n + i], t[a * n + k]);
            double *const at = variance + 2 * a * order + 2 * b;
            at[0] = 0.5 * (even.re + odd.re);
            at[1] = 0.5 * (odd.im - even.im);
            at[order] = 0.5 * (odd.im + even.im);
            at[order + 1] = 0.5 * (even.re - odd.re);
        }
    free(f);
    return CPH_OK;
}

typedef struct work {
    cph_jones_system *system;
    size_t order, count;
    double *inverse, *variance, *product; /* [order][order] */
    double *score, *step;                 /* [order] */
    double *null, *condition;             /* [9][order] */
    cph_c64 *trial;                       /* [m][2] */
} work;

/* inverse = (H + what is open, made as stiff as the rest)^-1. */
static cph_status invert(work *w)
{
    const size_t order = w->order;
    cph_jones_system *const s = w->system;
    double trace = 0.0;
    cph_status status = cph_jones_projection(s, &w->count, w->null, w->condition);
    if (status != CPH_OK)
        return status;
    cph_jones_normal(s, w->inverse, w->score);
    for (size_t i = 0; i < order; i++)
        trace += w->inverse[i * order + i];
    for (unsigned g = 0; g < s->open; g++) {
        const double *const n = w->null + g * order;
        double size = 0.0;
        for (size_t i = 0; i < order; i++)
            size += n[i] * n[i];
        for (size_t i = 0; i < order; i++)
            for (size_t k = 0; k < order; k++)
                w->inverse[i * order + k] += trace / (double)order * n[i] * n[k] / size;
    }
    status = cph_tiles_invert(order, w->inverse);
    return status == CPH_OK ? CPH_OK
                            : cph_fail(s->error, status,
                                       "the baselines in use do not determine all rows of J: %s",
                                       cph_status_name(status));
}

/* jones + share step. */
static double try_step(work *w, double share)
{
    const cph_jones_system *const s = w->system;
    for (size_t i = 0; i < 2 * s->m; i++)
        w->trial[i] =
            cph_c64_add(s->jones[i], (cph_c64){share * w->step[2 * i], share * w->step[2 * i + 1]});
    return cph_jones_residual(s, s->weight, w->trial);
}

/* One step, halved until it leads down. True: it is the last. */
static bool advance(work *w, cph_jones_errors *out)
{
    cph_jones_system *const s = w->system;
    double gain = 0.0;
    for (size_t i = 0; i < w->order; i++) {
        w->step[i] = 0.0;
        for (size_t k = 0; k < w->order; k++)
            w->step[i] += w->inverse[i * w->order + k] * w->score[k];
        gain += w->step[i] * w->score[i];
    }
    const double rest = s->heavy ? robust_at_rest : at_rest;
    out->settled =
        gain <= fmax(rest * cph_jones_noise(s) / fmax(out->dof, 1.0), rounding * s->total);
    for (int halves = 0; halves < HALVES_MOST; halves++) {
        const double residual = try_step(w, ldexp(1.0, -halves));
        if (!(residual <= out->residual))
            continue;
        memcpy(s->jones, w->trial, 2 * s->m * sizeof *s->jones);
        out->residual = residual;
        out->refinements++;
        return out->settled;
    }
    return true;
}

static void project_rows(const work *w, double *a)
{
    const size_t order = w->order;
    for (size_t c = 0; c < order; c++) {
        double along[CPH_JONES_GAUGE_MOST] = {0.0};
        for (size_t g = 0; g < w->count; g++)
            for (size_t i = 0; i < order; i++)
                along[g] += w->condition[g * order + i] * a[c * order + i];
        for (size_t g = 0; g < w->count; g++)
            for (size_t i = 0; i < order; i++)
                a[c * order + i] -= w->null[g * order + i] * along[g];
    }
}

static void transpose(size_t n, double *a)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < i; k++) {
            const double kept = a[i * n + k];
            a[i * n + k] = a[k * n + i];
            a[k * n + i] = kept;
        }
}

/* covariance = H^-1 V H^-1, and the expectation of the residuals, for errors of power 1. */
static cph_status spread(work *w, cph_jones_errors *out)
{
    const cph_jones_system *const s = w->system;
    const size_t order = w->order, square = order * order;
    const cph_status status = cph_jones_score_variance(s, w->variance);
    if (status != CPH_OK)
        return status;
    out->expected = s->weights;
    for (size_t i = 0; i < square; i++)
        out->expected -= w->inverse[i] * w->variance[i];
    cph_tiles_multiply_real(order, order, w->inverse, w->variance, w->product);
    cph_tiles_multiply_real(order, order, w->product, w->inverse, out->covariance);
    return CPH_OK;
}

/* Errors in the gauge, as large as the samples or the residuals say. */
static cph_status finish(work *w, cph_jones_errors *out)
{
    const cph_jones_problem *const p = w->system->problem;
    const bool known = p->has_diagonal && p->samples > 0.0;
    const cph_status status = spread(w, out);
    if (status != CPH_OK)
        return status;
    const double left = out->expected > 0.0 ? out->residual / out->expected : (double)NAN;
    const double chance = 1.0 + 3.0 * sqrt(2.0 / fmax(out->dof, 1.0));
    out->chi2 = known ? left * p->samples : (double)NAN;
    const double robust = cph_jones_robust_power(w->system);
    const double power = known && !(out->chi2 > chance) ? 1.0 / p->samples
                         : robust > 0.0                 ? robust / out->expected
                                                        : left;
    project_rows(w, out->covariance);
    transpose(w->order, out->covariance);
    project_rows(w, out->covariance);
    for (size_t i = 0; i < w->order * w->order; i++)
        out->covariance[i] *= power;
    return CPH_OK;
}

static cph_status run(work *w, bool refine, cph_jones_errors *out)
{
    cph_jones_system *const s = w->system;
    cph_status status = CPH_OK;
    bool last = false;
    s->refining = true;
    out->residual = cph_jones_residual(s, s->weight, s->jones);
    out->dof = 2.0 * (double)s->baselines - (double)w->order + (double)s->open;
    const int most = s->reweighted ? ROBUST_STEPS_MOST : STEPS_MOST;
    for (int t = 0; t < most && !last && status == CPH_OK; t++) {
        status = cph_jones_turn(s);
        if (status == CPH_OK && refine && s->reweighted && cph_jones_reweight(s, true))
            out->residual = cph_jones_residual(s, s->weight, s->jones);
        if (status == CPH_OK)
            status = invert(w);
        if (status == CPH_OK)
            last = !refine || advance(w, out);
    }
    if (status == CPH_OK)
        status = cph_jones_turn(s);
    return status == CPH_OK ? finish(w, out) : status;
}

cph_status cph_jones_refine(cph_jones_system *s, bool refine, cph_jones_errors *out)
{
    const size_t order = CPH_JONES_ROW * s->m;
    size_t square, bytes = 0, at[3];
    *out = (cph_jones_errors){.covariance = NULL};
    if (!cph_size_mul(order, order, &square) ||
        !cph_size_place(&bytes, square, 3 * sizeof(double), &at[0]) ||
        !cph_size_place(&bytes, order, (2 + 2 * CPH_JONES_GAUGE_MOST) * sizeof(double), &at[1]) ||
        !cph_size_place(&bytes, order, sizeof(cph_c64), &at[2]) || bytes == 0)
        return cph_fail(s->error, CPH_ERR_OVERFLOW, "%zu inputs do not fit", s->m);
    void *const memory = calloc(1, bytes);
    out->covariance = calloc(square, sizeof *out->covariance);
    if (memory == NULL || out->covariance == NULL) {
        free(memory);
        return cph_fail(s->error, CPH_ERR_MEMORY, "no memory for %zu inputs", s->m);
    }
    work w = {.system = s,
              .order = order,
              .inverse = cph_size_at(memory, at[0]),
              .score = cph_size_at(memory, at[1]),
              .trial = cph_size_at(memory, at[2])};
    w.variance = w.inverse + square;
    w.product = w.variance + square;
    w.step = w.score + order;
    w.null = w.step + order;
    w.condition = w.null + CPH_JONES_GAUGE_MOST * order;
    const cph_status status = run(&w, refine, out);
    free(memory);
    return status;
}
