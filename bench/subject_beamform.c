/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/pages.h"
#include "bench/plain.h"
#include "bench/subject.h"
#include "kernels/core/kernels.h"
#include "kernels/core/sample.h"

enum { PLAN, WORKSPACE };

static cph_status open_plan(bench_subject *s)
{
    const bench_case *const c = &s->data->c;
    const cph_beamform_config config = {.elements = c->elements,
                                        .beams = c->beams,
                                        .channels = c->channels,
                                        .type = c->type,
                                        .weight_bits = c->weight_bits,
                                        .exec = s->exec};
    const cph_beamform_choice choice = {.isa = s->isa, .regime = s->regime};
    size_t bytes = 0;
    cph_status status = cph_beamform_size_choice(&config, &choice, &bytes);
    if (status != CPH_OK)
        return status;
    s->state[PLAN] = bench_memory(bytes);
    cph_beamform_plan *plan = NULL;
    if (s->state[PLAN] == NULL)
        return CPH_ERR_MEMORY;
    status = cph_beamform_init_choice(&config, &choice, s->data->weights, c->elements,
                                      s->state[PLAN], bytes, &plan);
    if (status != CPH_OK)
        return status;
    s->state[WORKSPACE] = bench_memory(cph_beamform_workspace_size(plan) + 64);
    return s->state[WORKSPACE] == NULL ? CPH_ERR_MEMORY : CPH_OK;
}

static cph_status open(bench_subject *s)
{
    return s->automatic ? bench_plain_beamform_open(s) : open_plan(s);
}

static cph_status run(bench_subject *s, const void *samples)
{
    const bench_case *const c = &s->data->c;
    if (s->automatic)
        return bench_plain_beamform_run(s, samples);
    return cph_beamform_run(s->state[PLAN], s->state[WORKSPACE], samples, c->elements, s->times,
                            s->data->output, c->beams);
}

/* ---- verification ---- */

static bool sums_integers(const bench_subject *s)
{
    const cph_beamform_plan *const plan = s->state[PLAN];
    return !s->automatic && plan->arithmetic != CPH_BEAMFORM_F32;
}

/* Weights are such as a plan keeps exactly. Integer sums then have three roundings of the result;
 * floats (2 N + 4) 2^-24 times the sums of magnitudes, a part each. */
static cph_c64 bound(const bench_subject *s, const cph_c32 *w, const void *samples, size_t row,
                     cph_c64 exact)
{
    const bench_case *const c = &s->data->c;
    if (sums_integers(s))
        return (cph_c64){3 * 0x1p-24 * fabs(exact.re), 3 * 0x1p-24 * fabs(exact.im)};
    const double unit = (2.0 * (double)c->elements + 4.0) * 0x1p-24;
    cph_c64 sum = {0.0, 0.0};
    for (size_t n = 0; n < c->elements; n++) {
        const cph_c64 x = cph_sample(c->type, samples, row * c->elements + n);
        const double re = fabs((double)w[n].re), im = fabs((double)w[n].im);
        sum.re += re * fabs(x.re) + im * fabs(x.im);
        sum.im += re * fabs(x.im) + im * fabs(x.re);
    }
    return (cph_c64){unit * sum.re, unit * sum.im};
}

static double part_error(double value, double exact, double limit)
{
    const double ratio = value == exact ? 0.0 : fabs(value - exact) / limit;
    return isnan(ratio) ? INFINITY : ratio;
}

/* All beams of one time and channel. */
static double row_error(const bench_subject *s, const void *samples, size_t row, cph_c64 *exact)
{
    const bench_case *const c = &s->data->c;
    const size_t ldw = c->channels * c->elements, size = cph_type_size(c->type);
    const cph_c32 *const w = s->data->weights + row % c->channels * c->elements;
    const cph_c32 *const y = (const cph_c32 *)s->data->output + row * c->beams;
    const char *const x = (const char *)samples + row * c->elements * size;
    double worst = 0.0;
    cph_beamform_ref(c->type, c->elements, c->beams, w, ldw, x, c->elements, 1, exact, c->beams);
    for (size_t b = 0; b < c->beams; b++) {
        const cph_c64 limit = bound(s, w + b * ldw, samples, row, exact[b]);
        worst = fmax(worst, part_error((double)y[b].re, exact[b].re, limit.re));
        worst = fmax(worst, part_error((double)y[b].im, exact[b].im, limit.im));
    }
    return worst;
}

static double error(bench_subject *s, const void *samples, bool all, cph_random *random)
{
    const bench_case *const c = &s->data->c;
    const size_t rows = s->times * c->channels;
    const double products = 1e6;
    const size_t some = 3 + (size_t)(products / (double)(c->elements * c->beams));
    const size_t count = all || some > rows ? rows : some;
    cph_c64 *const exact = calloc(c->beams, sizeof *exact);
    double worst = rows > 0 ? 0.0 : INFINITY;
    if (exact == NULL)
        return INFINITY;
    for (size_t i = 0; i < count && worst <= 1.0; i++) {
        const size_t any = i < 2 ? i * (rows - 1) : (size_t)(cph_random_u64(random) % rows);
        worst = fmax(worst, row_error(s, samples, count == rows ? i : any, exact));
    }
    free(exact);
    return worst;
}

const bench_family bench_family_beamform = {"beamform_", open, run, error};
