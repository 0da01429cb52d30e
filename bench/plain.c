/* SPDX-License-Identifier: MIT */
#include "bench/plain.h"

#include <stdlib.h>
#include <string.h>

#include "bench/pages.h"

enum { RE, IM };

const bench_loops *bench_plain_loops(cph_isa isa)
{
    static const bench_loops *const table[CPH_ISA_COUNT] = {
#ifdef __x86_64__
        [CPH_ISA_AVX2] = &bench_loops_autoavx2,
        [CPH_ISA_AVX512] = &bench_loops_autoavx512,
#else
        [CPH_ISA_NEON] = &bench_loops_auto,
#endif
    };
    return table[isa];
}

/* From so many beams on they are the better lanes. */
static bool in_columns(const bench_case *c)
{
    return c->beams >= 8;
}

cph_status bench_plain_beamform_open(bench_subject *s)
{
    const bench_case *const c = &s->data->c;
    const size_t count = c->channels * c->beams * c->elements;
    float *const re = s->state[RE] = bench_memory(count * sizeof *re);
    float *const im = s->state[IM] = bench_memory(count * sizeof *im);
    if (re == NULL || im == NULL)
        return CPH_ERR_MEMORY;
    for (size_t b = 0; b < c->beams; b++)
        for (size_t k = 0; k < c->channels; k++)
            for (size_t n = 0; n < c->elements; n++) {
                const cph_c32 w = s->data->weights[(b * c->channels + k) * c->elements + n];
                const size_t at = in_columns(c) ? n * c->beams + b : b * c->elements + n;
                re[k * c->beams * c->elements + at] = w.re;
                im[k * c->beams * c->elements + at] = w.im;
            }
    return CPH_OK;
}

cph_status bench_plain_beamform_run(bench_subject *s, const void *samples)
{
    const bench_case *const c = &s->data->c;
    const bench_loops *const loops = bench_plain_loops(s->isa);
    bench_loop_beamform_fn *const loop =
        in_columns(c) ? loops->columns[c->type] : loops->rows[c->type];
    const size_t size = cph_type_size(c->type), weights = c->beams * c->elements;
    for (size_t k = 0; k < c->channels; k++)
        loop(c->elements, c->beams, s->times, (const char *)samples + k * c->elements * size,
             c->channels * c->elements, (float *)s->state[RE] + k * weights,
             (float *)s->state[IM] + k * weights, (cph_c32 *)s->data->output + k * c->beams,
             c->channels * c->beams);
    return CPH_OK;
}

static size_t sums_bytes(const bench_case *c)
{
    static const size_t bytes[CPH_TYPE_COUNT] = {sizeof(int32_t), sizeof(int64_t), sizeof(float)};
    return c->elements * c->elements * bytes[c->type];
}

cph_status bench_plain_covariance_open(bench_subject *s)
{
    const size_t bytes = sums_bytes(&s->data->c);
    for (size_t part = RE; part <= IM; part++) {
        s->state[part] = bench_memory(bytes);
        if (s->state[part] == NULL)
            return CPH_ERR_MEMORY;
        memset(s->state[part], 0, bytes);
    }
    return CPH_OK;
}

cph_status bench_plain_covariance_run(bench_subject *s, const void *samples)
{
    const bench_case *const c = &s->data->c;
    bench_plain_loops(s->isa)->covariance[c->type](c->elements, s->times, samples, s->state[RE],
                                                   s->state[IM]);
    return CPH_OK;
}

static double sum_at(const void *sums, cph_type type, size_t i)
{
    switch (type) {
    case CPH_C8:
        return ((const int32_t *)sums)[i];
    case CPH_C16:
        return (double)((const int64_t *)sums)[i];
    default:
        return (double)((const float *)sums)[i];
    }
}

void bench_plain_covariance_take(bench_subject *s, cph_c64 *r)
{
    const bench_case *const c = &s->data->c;
    for (size_t i = 0; i < c->elements * c->elements; i++)
        r[i] = (cph_c64){sum_at(s->state[RE], c->type, i), sum_at(s->state[IM], c->type, i)};
    memset(s->state[RE], 0, sums_bytes(c));
    memset(s->state[IM], 0, sums_bytes(c));
}

cph_status bench_plain_convert_run(bench_subject *s, const void *samples)
{
    const bench_case *const c = &s->data->c;
    bench_plain_loops(s->isa)->convert[c->type](samples, s->times * c->elements, 0.0077f,
                                                s->data->output);
    return CPH_OK;
}
