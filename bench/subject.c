/* SPDX-License-Identifier: MIT */
#include "bench/subject.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const bench_family *bench_family_of(bench_kernel kernel)
{
    static const bench_family *const families[BENCH_KERNELS] = {
        &bench_family_beamform, &bench_family_covariance, &bench_family_steer,
        &bench_family_convert,  &bench_family_mvdr,       &bench_family_stefcal};
    return families[kernel];
}

cph_status bench_subject_open(bench_subject *s)
{
    const cph_status status = bench_family_of(s->data->c.kernel)->open(s);
    if (status != CPH_OK)
        bench_subject_close(s);
    return status;
}

void bench_subject_close(bench_subject *s)
{
    for (size_t i = 0; i < sizeof s->state / sizeof *s->state; i++)
        free(s->state[i]);
    *s = (bench_subject){0};
}

cph_any_fn *bench_variant(enum cph_kernel_index kernel, cph_isa limit)
{
    unsigned isa = (unsigned)limit;
    while (isa > 0 && cph_kernel_variant(kernel, (cph_isa)isa) == NULL)
        isa--;
    return cph_kernel_variant(kernel, (cph_isa)isa);
}

static const void *next_block(bench_subject *s)
{
    const bench_data *const data = s->data;
    const void *const samples = data->samples + s->block * data->block_bytes;
    s->block = (s->block + 1) % data->blocks;
    return samples;
}

cph_status bench_subject_run(bench_subject *s)
{
    return bench_family_of(s->data->c.kernel)->run(s, next_block(s));
}

double bench_subject_error(bench_subject *s, bool all)
{
    const bench_family *const family = bench_family_of(s->data->c.kernel);
    const void *const samples = next_block(s);
    cph_random random;
    cph_random_seed(&random, s->data->seed, 1);
    memset(s->data->output, 0xff, s->data->output_bytes);
    return family->run(s, samples) == CPH_OK ? family->error(s, samples, all, &random) : INFINITY;
}

size_t bench_verified_times(const bench_case *c)
{
    const double products = 4e6, least = 5.0, most = 61.0;
    bench_case one = *c;
    one.times = 1;
    const double each = fmax(bench_operations(&one) / 8.0, 1.0);
    const size_t times = (size_t)fmin(fmax(products / each, least), most);
    return times < c->times ? times : c->times;
}
