/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <string.h>

#include "bench/pages.h"
#include "bench/plain.h"
#include "bench/subject.h"
#include "kernels/core/kernels.h"
#include "kernels/core/sample.h"

enum { PLAN, WORKSPACE, SUMS };

static cph_status open_plan(bench_subject *s)
{
    const bench_case *const c = &s->data->c;
    const cph_covariance_config config = {
        .elements = c->elements, .type = c->type, .exec = s->exec};
    size_t bytes = 0;
    if (c->channels > 1)
        return CPH_ERR_UNSUPPORTED;
    cph_status status = cph_covariance_plan_size(&config, &bytes);
    if (status != CPH_OK)
        return status;
    s->state[PLAN] = bench_memory(bytes);
    cph_covariance_plan *plan = NULL;
    if (s->state[PLAN] == NULL)
        return CPH_ERR_MEMORY;
    status = cph_covariance_init_choice(&config, s->isa, s->state[PLAN], bytes, &plan);
    if (status != CPH_OK)
        return status;
    s->state[WORKSPACE] = bench_memory(cph_covariance_workspace_size(plan) + 64);
    s->state[SUMS] = bench_memory(cph_covariance_sums_size(plan));
    return s->state[WORKSPACE] == NULL || s->state[SUMS] == NULL
               ? CPH_ERR_MEMORY
               : cph_covariance_reset(plan, s->state[SUMS]);
}

static cph_status open(bench_subject *s)
{
    return s->automatic ? bench_plain_covariance_open(s) : open_plan(s);
}

/* Adds to the sums: a dump, which empties them, comes once in many calls. */
static cph_status run(bench_subject *s, const void *samples)
{
    if (s->automatic)
        return bench_plain_covariance_run(s, samples);
    return cph_covariance_add(s->state[PLAN], s->state[WORKSPACE], samples, s->data->c.elements,
                              s->times, s->state[SUMS]);
}

/* ---- verification ---- */

/* The sums of one call, in the output. */
static bool take(bench_subject *s, const void *samples)
{
    cph_c64 *const r = s->data->output;
    if (s->automatic) {
        bench_plain_covariance_take(s, r);
        if (run(s, samples) != CPH_OK)
            return false;
        bench_plain_covariance_take(s, r);
        return true;
    }
    return cph_covariance_reset(s->state[PLAN], s->state[SUMS]) == CPH_OK &&
           run(s, samples) == CPH_OK &&
           cph_covariance_get(s->state[PLAN], s->state[SUMS], 1.0, r, s->data->c.elements) ==
               CPH_OK;
}

static double part_error(double value, double exact, double limit)
{
    const double ratio = value == exact ? 0.0 : fabs(value - exact) / limit;
    return isnan(ratio) ? INFINITY : ratio;
}

/* Integers are exact. Floats: what cph_covariance_get says of a block; the plain loops have two
 * roundings a time, and no blocks. */
static double pair_error(const bench_subject *s, const void *samples, size_t p, size_t q)
{
    const bench_case *const c = &s->data->c;
    const cph_c64 value = ((const cph_c64 *)s->data->output)[p * c->elements + q];
    const double block = s->automatic || s->times < 512 ? (double)s->times : 512.0;
    const double unit = c->type == CPH_C32 ? 0x1p-24 : 0.0;
    cph_c64 sum = {0.0, 0.0}, limit = {0.0, 0.0};
    double mixed = 0.0;
    for (size_t t = 0; t < s->times; t++) {
        const cph_c64 x = cph_sample(c->type, samples, t * c->elements + p);
        const cph_c64 y = cph_sample(c->type, samples, t * c->elements + q);
        sum.re += x.re * y.re + x.im * y.im;
        sum.im += x.im * y.re - x.re * y.im;
        limit.re += fabs(x.re * y.re) + fabs(x.im * y.im);
        limit.im += fabs(x.im * y.re) + fabs(x.re * y.im);
        mixed += fabs((x.re + x.im) * (y.re - y.im));
    }
    if (s->automatic)
        limit = (cph_c64){2.0 * (block + 2.0) * limit.re, 2.0 * (block + 2.0) * limit.im};
    else
        limit = (cph_c64){(block + 4.0) * limit.re,
                          (block + 4.0) * limit.re + (block / 2.0 + 6.0) * mixed};
    return fmax(part_error(value.re, sum.re, unit * limit.re),
                part_error(value.im, sum.im, unit * limit.im));
}

static double error(bench_subject *s, const void *samples, bool all, cph_random *random)
{
    const size_t n = s->data->c.elements;
    const double products = 2e7;
    double worst = take(s, samples) ? 0.0 : INFINITY;
    if (all && (double)n * (double)n * (double)s->times <= products) {
        for (size_t p = 0; p < n; p++)
            for (size_t q = 0; q <= p; q++)
                worst = fmax(worst, pair_error(s, samples, p, q));
        return worst;
    }
    const size_t some = 16 + (size_t)(2e6 / (double)s->times);
    for (size_t i = 0; i < some && worst <= 1.0; i++) {
        const size_t p = (size_t)(cph_random_u64(random) % n);
        const size_t q = i % 8 == 0 ? p : (size_t)(cph_random_u64(random) % (p + 1));
        worst = fmax(worst, pair_error(s, samples, p, q));
    }
    return worst;
}

const bench_family bench_family_covariance = {"covariance_", open, run, error};
