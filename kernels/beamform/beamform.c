/* SPDX-License-Identifier: MIT */
#include "cophase/beamform.h"

#include "kernels/core/bits.h"
#include "kernels/core/exec.h"
#include "kernels/core/kernels.h"
#include "kernels/core/mem.h"
#include "kernels/core/size.h"

struct layout {
    size_t bytes, stride, weights, live_mask;
};

static cph_status lay_out(const cph_beamform_config *config, struct layout *l)
{
    if (config == NULL || config->elements == 0 || config->beams == 0 ||
        cph_type_size(config->type) == 0)
        return CPH_ERR_ARGUMENT;
    size_t parts, rows, floats;
    l->bytes = sizeof(cph_beamform_plan);
    if (!cph_size_mul(config->elements, 2, &parts) || !cph_size_mul(config->beams, 2, &rows) ||
        !cph_size_align(parts, CPH_BEAMFORM_PADDING, &l->stride) ||
        !cph_size_mul(rows, l->stride, &floats) ||
        !cph_size_place(&l->bytes, floats, sizeof(float), &l->weights) ||
        !cph_size_place(&l->bytes, l->stride, sizeof(uint32_t), &l->live_mask) ||
        l->bytes > PTRDIFF_MAX)
        return CPH_ERR_OVERFLOW;
    return CPH_OK;
}

cph_status cph_beamform_plan_size(const cph_beamform_config *config, size_t *bytes)
{
    struct layout l;
    if (bytes == NULL)
        return CPH_ERR_ARGUMENT;
    const cph_status status = lay_out(config, &l);
    if (status == CPH_OK)
        *bytes = l.bytes;
    return status;
}

static bool all_finite(const cph_beamform_config *config, const cph_c32 *weights, size_t ldw)
{
    for (size_t b = 0; b < config->beams; b++)
        for (size_t n = 0; n < config->elements; n++) {
            const cph_c32 w = weights[b * ldw + n];
            if (!cph_finite_f32(w.re) || !cph_finite_f32(w.im))
                return false;
        }
    return true;
}

static void pack(cph_beamform_plan *plan, const cph_c32 *weights, size_t ldw)
{
    memset(plan->weights, 0, 2 * plan->beams * plan->stride * sizeof *plan->weights);
    memset(plan->live_mask, 0, plan->stride * sizeof *plan->live_mask);
    for (size_t b = 0; b < plan->beams; b++) {
        float *const re = plan->weights + 2 * b * plan->stride, *const im = re + plan->stride;
        for (size_t n = 0; n < plan->elements; n++) {
            const cph_c32 w = weights[b * ldw + n];
            re[2 * n] = w.re;
            re[2 * n + 1] = w.im;
            im[2 * n] = -w.im;
            im[2 * n + 1] = w.re;
            if (w.re != 0.0f || w.im != 0.0f)
                plan->live_mask[2 * n] = plan->live_mask[2 * n + 1] = UINT32_MAX;
        }
    }
}

cph_status cph_beamform_init_variant(const cph_beamform_config *config, const cph_c32 *weights,
                                     size_t ldw, cph_beamform_fn *variant, void *memory,
                                     size_t bytes, cph_beamform_plan **plan)
{
    struct layout l;
    const cph_status status = lay_out(config, &l);
    if (status != CPH_OK)
        return status;
    if (plan == NULL || weights == NULL || ldw < config->elements || !cph_size_aligned(memory))
        return CPH_ERR_ARGUMENT;
    if (!cph_size_matrix(config->beams, ldw, config->elements, sizeof *weights))
        return CPH_ERR_OVERFLOW;
    if (bytes < l.bytes)
        return CPH_ERR_MEMORY;
    if (!all_finite(config, weights, ldw))
        return CPH_ERR_NOT_FINITE;
    cph_beamform_plan *const p = memory;
    *p = (cph_beamform_plan){.elements = config->elements,
                             .beams = config->beams,
                             .type = config->type,
                             .exec = config->exec,
                             .kernel = variant,
                             .stride = l.stride,
                             .weights = cph_size_at(memory, l.weights),
                             .live_mask = cph_size_at(memory, l.live_mask)};
    pack(p, weights, ldw);
    *plan = p;
    return CPH_OK;
}

static cph_beamform_fn *bound(cph_type type)
{
    switch (type) {
    case CPH_C8:
        return CPH_BOUND(beamform_c8);
    case CPH_C16:
        return CPH_BOUND(beamform_c16);
    default:
        return CPH_BOUND(beamform_c32);
    }
}

cph_status cph_beamform_init(const cph_beamform_config *config, const cph_c32 *weights, size_t ldw,
                             void *memory, size_t bytes, cph_beamform_plan **plan)
{
    if (config == NULL)
        return CPH_ERR_ARGUMENT;
    return cph_beamform_init_variant(config, weights, ldw, bound(config->type), memory, bytes,
                                     plan);
}

size_t cph_beamform_workspace_size(const cph_beamform_plan *plan)
{
    (void)plan;
    return 0;
}

/* Threads take blocks of this many times: few enough that their samples stay in the second cache,
 * a multiple of every tile. */
enum { BLOCK = 48 };

struct job {
    const cph_beamform_plan *plan;
    const char *samples;
    size_t ld, times;
    cph_c32 *beams;
    size_t ld_beams;
};

static void run_blocks(void *context, size_t begin, size_t end, size_t worker)
{
    const struct job *const job = context;
    const size_t row_bytes = job->ld * cph_type_size(job->plan->type);
    (void)worker;
    for (size_t block = begin; block < end; block++) {
        const size_t t = block * BLOCK;
        job->plan->kernel(job->plan, job->samples + t * row_bytes, job->ld,
                          cph_size_min(BLOCK, job->times - t), job->beams + t * job->ld_beams,
                          job->ld_beams);
    }
}

cph_status cph_beamform_run(const cph_beamform_plan *plan, void *workspace, const void *samples,
                            size_t ld_samples, size_t times, cph_c32 *beams, size_t ld_beams)
{
    (void)workspace;
    if (plan == NULL || ld_samples < plan->elements || ld_beams < plan->beams)
        return CPH_ERR_ARGUMENT;
    if (times == 0)
        return CPH_OK;
    if (samples == NULL || beams == NULL)
        return CPH_ERR_ARGUMENT;
    if (!cph_size_matrix(times, ld_samples, plan->elements, cph_type_size(plan->type)) ||
        !cph_size_matrix(times, ld_beams, plan->beams, sizeof *beams))
        return CPH_ERR_OVERFLOW;
    struct job job = {plan, samples, ld_samples, times, beams, ld_beams};
    cph_exec_run(plan->exec, (times - 1) / BLOCK + 1, run_blocks, &job);
    return CPH_OK;
}
