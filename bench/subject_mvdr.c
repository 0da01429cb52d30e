/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>

#include "bench/pages.h"
#include "bench/subject.h"

enum { PLAN, WORKSPACE, RESULTS };

/* Beside the weights. */
typedef struct results {
    cph_status *status;
    float power[];
} results;

static cph_batch_config config_of(const bench_subject *s)
{
    return (cph_batch_config){.elements = s->data->c.elements, .loading = 0.5f, .exec = s->exec};
}

static cph_status open(bench_subject *s)
{
    const size_t count = s->data->c.channels;
    const cph_batch_config config = config_of(s);
    const cph_batch_kernels kernels = {
        (cph_batch_fn *)bench_variant(CPH_KERNEL_batch_lanes_c32, s->isa),
        (cph_batch_fn *)bench_variant(CPH_KERNEL_batch_columns_c32, s->isa)};
    size_t bytes = 0;
    cph_batch_plan *plan = NULL;
    cph_status status = cph_batch_plan_size(&config, &bytes);
    if (status != CPH_OK)
        return status;
    s->state[PLAN] = bench_memory(bytes);
    if (s->state[PLAN] == NULL)
        return CPH_ERR_MEMORY;
    status = cph_batch_init_variant(&config, kernels, s->state[PLAN], bytes, &plan);
    if (status != CPH_OK)
        return status;
    const size_t each = sizeof(float) + sizeof(cph_status);
    s->state[WORKSPACE] = bench_memory(cph_batch_workspace_size(plan));
    results *const r = s->state[RESULTS] = bench_memory(sizeof *r + count * each);
    if (s->state[WORKSPACE] == NULL || r == NULL)
        return CPH_ERR_MEMORY;
    r->status = (cph_status *)(void *)(r->power + count);
    return CPH_OK;
}

static cph_status run(bench_subject *s, const void *samples)
{
    results *const r = s->state[RESULTS];
    return cph_batch_mvdr(s->state[PLAN], s->state[WORKSPACE], s->data->c.channels, samples,
                          s->data->weights, s->data->output, r->power, r->status);
}

static double error(bench_subject *s, const void *samples, bool all, cph_random *random)
{
    const size_t n = s->data->c.elements;
    const cph_batch_config config = config_of(s);
    const cph_c32 *const covariance = samples, *const w = s->data->output;
    const results *const r = s->state[RESULTS];
    cph_c64 *const room = calloc(2 * n * (n + 1), sizeof *room);
    double worst = room != NULL ? 0.0 : INFINITY;
    for (size_t m = 0; m < s->data->c.channels && room != NULL; m++) {
        if (!all && m > 2 && cph_random_u64(random) % 4 != 0)
            continue;
        const double found =
            cph_batch_error_ref(&config, covariance + m * n * n, s->data->weights + m * n,
                                w + m * n, r->power[m], r->status[m], room);
        worst = fmax(worst, r->status[m] == CPH_OK ? found : INFINITY);
    }
    free(room);
    return worst;
}

const bench_family bench_family_mvdr = {"batch_", open, run, error};
