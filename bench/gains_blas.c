/* SPDX-License-Identifier: MIT */
/* StEFCal as one writes it over a BLAS. Steps go from `conjugated` to `output` and back; `turned`
 * has the products G = R conj(M), `power` |M|^2, `model` M, all whole matrices. */
#include <cblas.h>
#include <math.h>
#include <string.h>

#include "bench/blas.h"

static const cph_c32 one = {1.0f, 0.0f}, zero = {0.0f, 0.0f};

void bench_gains_fill(const bench_operands *o)
{
    const size_t n = o->elements;
    for (size_t k = 0; k < o->channels; k++)
        for (size_t at = 0; at < n * n; at++) {
            const cph_c32 a = o->weights[k * n + at / n], b = o->weights[k * n + at % n];
            cph_c32 *const r = &o->samples[k * n * n + at], *const m = &o->model[k * n * n + at];
            *m = (cph_c32){a.re * b.re + a.im * b.im, a.im * b.re - a.re * b.im};
            if (at / n == at % n)
                *r = *m = zero;
            o->turned[k * n * n + at] =
                (cph_c32){r->re * m->re + r->im * m->im, r->im * m->re - r->re * m->im};
            o->power[k * n * n + at] = m->re * m->re + m->im * m->im;
        }
}

/* Of channel k: sums of all elements at the gains g, into next and o->square from n on. */
typedef void step(const bench_operands *o, size_t k, const cph_c32 *g, cph_c32 *next);

/* |g|^2 */
static void square(const bench_operands *o, const cph_c32 *g)
{
    for (size_t p = 0; p < o->elements; p++)
        o->square[p] = g[p].re * g[p].re + g[p].im * g[p].im;
}

static void step_gemv(const bench_operands *o, size_t k, const cph_c32 *g, cph_c32 *next)
{
    const int n = (int)o->elements;
    const size_t at = k * o->elements * o->elements;
    square(o, g);
    cblas_cgemv(CblasRowMajor, CblasNoTrans, n, n, &one, o->turned + at, n, g, 1, &zero, next, 1);
    cblas_sgemv(CblasRowMajor, CblasNoTrans, n, n, 1.0f, o->power + at, n, o->square, 1, 0.0f,
                o->square + n, 1);
}

static void step_hemv(const bench_operands *o, size_t k, const cph_c32 *g, cph_c32 *next)
{
    const int n = (int)o->elements;
    const size_t at = k * o->elements * o->elements;
    square(o, g);
    cblas_chemv(CblasRowMajor, CblasUpper, n, &one, o->turned + at, n, g, 1, &zero, next, 1);
    cblas_ssymv(CblasRowMajor, CblasUpper, n, 1.0f, o->power + at, n, o->square, 1, 0.0f,
                o->square + n, 1);
}

/* z = M diag(conj g) a row at a time, and two inner products. */
static void step_rows(const bench_operands *o, size_t k, const cph_c32 *g, cph_c32 *next)
{
    const size_t n = o->elements, at = k * n * n;
    cph_c32 *const z = o->row;
    for (size_t p = 0; p < n; p++) {
        const cph_c32 *const m = o->model + at + p * n;
        cph_c32 norm;
        for (size_t q = 0; q < n; q++)
            z[q] = (cph_c32){m[q].re * g[q].re + m[q].im * g[q].im,
                             m[q].im * g[q].re - m[q].re * g[q].im};
        cblas_cdotc_sub((int)n, z, 1, o->samples + at + p * n, 1, &next[p]);
        cblas_cdotc_sub((int)n, z, 1, z, 1, &norm);
        o->square[n + p] = norm.re;
    }
}

/* Gains of 1, then o->times steps, every second averaged; the last gains are in the output. */
static void solve_all(const bench_operands *o, step *sums)
{
    const size_t n = o->elements;
    for (size_t k = 0; k < o->channels; k++) {
        cph_c32 *const g = o->output + k * n, *const next = o->conjugated + k * n;
        for (size_t p = 0; p < n; p++)
            g[p] = one;
        for (size_t i = 0; i < o->times; i++) {
            const float keep = i % 2 == 0 ? 0.0f : 0.5f;
            sums(o, k, g, next);
            for (size_t p = 0; p < n; p++) {
                const float scale = (1.0f - keep) / o->square[n + p];
                g[p] = (cph_c32){keep * g[p].re + scale * next[p].re,
                                 keep * g[p].im + scale * next[p].im};
            }
        }
    }
}
void bench_gains_gemv(const bench_operands *o, const cph_c32 *samples, float beta)
{
    (void)samples, (void)beta;
    solve_all(o, step_gemv);
}
void bench_gains_hemv(const bench_operands *o, const cph_c32 *samples, float beta)
{
    (void)samples, (void)beta;
    solve_all(o, step_hemv);
}
void bench_gains_rows(const bench_operands *o, const cph_c32 *samples, float beta)
{
    (void)samples, (void)beta;
    solve_all(o, step_rows);
}

/* A step from gains of 1, in double. */
static bool first_step_right(const bench_operands *o, size_t k)
{
    const size_t n = o->elements, at = k * n * n;
    const double tolerance = 1e-4;
    for (size_t p = 0; p < n; p++) {
        double re = 0.0, im = 0.0, power = 0.0, terms = 0.0;
        for (size_t q = 0; q < n; q++) {
            const cph_c32 r = o->samples[at + p * n + q], m = o->model[at + p * n + q];
            re += (double)r.re * (double)m.re + (double)r.im * (double)m.im;
            im += (double)r.im * (double)m.re - (double)r.re * (double)m.im;
            power += (double)m.re * (double)m.re + (double)m.im * (double)m.im;
            terms += hypot((double)r.re, (double)r.im) * hypot((double)m.re, (double)m.im);
        }
        const cph_c32 g = o->output[k * n + p];
        if (!(hypot((double)g.re - re / power, (double)g.im - im / power) <=
              tolerance * terms / power))
            return false;
    }
    return true;
}

bool bench_gains_right(const bench_operands *o, const bench_call *call)
{
    bench_operands once = *o;
    once.times = 1;
    call->run(&once, o->samples, 0.0f);
    return first_step_right(o, 0) && first_step_right(o, o->channels / 2) &&
           first_step_right(o, o->channels - 1);
}
