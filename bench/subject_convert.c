/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/plain.h"
#include "bench/subject.h"
#include "kernels/core/exec.h"
#include "kernels/core/kernels.h"

static const float scale = 0.0077f;

static cph_status open(bench_subject *s)
{
    static const enum cph_kernel_index rows[CPH_TYPE_COUNT] = {
        CPH_KERNEL_convert_c8_c32, CPH_KERNEL_convert_c16_c32, CPH_KERNEL_convert_c32_c32};
    s->variant[0] = bench_variant(rows[s->data->c.type], s->isa);
    return CPH_OK;
}

struct job {
    const bench_subject *s;
    const char *samples;
};

static void convert_times(void *context, size_t begin, size_t end, size_t worker)
{
    const struct job *const job = context;
    const size_t n = job->s->data->c.elements;
    (void)worker;
    ((cph_convert_to_fn *)job->s->variant[0])(
        job->samples + begin * n * cph_type_size(job->s->data->c.type), (end - begin) * n, scale,
        (cph_c32 *)job->s->data->output + begin * n);
}

static cph_status run(bench_subject *s, const void *samples)
{
    struct job job = {s, samples};
    if (s->automatic)
        return bench_plain_convert_run(s, samples);
    cph_exec_run(s->exec, s->times, convert_times, &job);
    return CPH_OK;
}

/* Equal bit for bit. */
static double error(bench_subject *s, const void *samples, bool all, cph_random *random)
{
    const bench_case *const c = &s->data->c;
    const size_t count = s->times * c->elements;
    cph_c32 *const exact = calloc(count, sizeof *exact);
    (void)all;
    (void)random;
    if (exact == NULL)
        return INFINITY;
    cph_convert_to_c32_ref(c->type, samples, count, scale, exact);
    const bool equal = memcmp(exact, s->data->output, count * sizeof *exact) == 0;
    free(exact);
    return equal ? 0.0 : INFINITY;
}

const bench_family bench_family_convert = {"convert_", open, run, error};
