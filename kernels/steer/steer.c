/* SPDX-License-Identifier: MIT */
#include "cophase/steer.h"

#include <math.h>

#include "kernels/core/exec.h"
#include "kernels/core/heap.h"
#include "kernels/core/kernels.h"

struct cph_steer_plan {
    size_t elements;
    const cph_exec *exec;
    cph_steer_fn *kernel;
    double *axis[3]; /* [3][padded]: x, y, z */
};

struct layout {
    size_t bytes, padded, positions;
};

static cph_status lay_out(const cph_steer_config *config, struct layout *l)
{
    if (config == NULL || config->elements == 0 || config->position == NULL)
        return CPH_ERR_ARGUMENT;
    size_t count;
    l->bytes = sizeof(cph_steer_plan);
    if (!cph_size_align(config->elements, CPH_STEER_PADDING, &l->padded) ||
        !cph_size_mul(l->padded, 3, &count) ||
        !cph_size_place(&l->bytes, count, sizeof(double), &l->positions) || l->bytes > PTRDIFF_MAX)
        return CPH_ERR_OVERFLOW;
    return CPH_OK;
}

static bool all_finite(const double *value, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!isfinite(value[i]))
            return false;
    return true;
}

cph_status cph_steer_plan_size(const cph_steer_config *config, size_t *bytes)
{
    struct layout l;
    if (bytes == NULL)
        return CPH_ERR_ARGUMENT;
    const cph_status status = lay_out(config, &l);
    if (status == CPH_OK)
        *bytes = l.bytes;
    return status;
}

cph_status cph_steer_init_variant(const cph_steer_config *config, cph_steer_fn *variant,
                                  void *memory, size_t bytes, cph_steer_plan **plan)
{
    struct layout l;
    const cph_status status = lay_out(config, &l);
    if (status != CPH_OK)
        return status;
    if (plan == NULL || !cph_size_aligned(memory))
        return CPH_ERR_ARGUMENT;
    if (bytes < l.bytes)
        return CPH_ERR_MEMORY;
    if (!all_finite(config->position, 3 * config->elements))
        return CPH_ERR_NOT_FINITE;
    cph_steer_plan *const p = memory;
    *p = (cph_steer_plan){.elements = config->elements, .exec = config->exec, .kernel = variant};
    double *const positions = cph_size_at(memory, l.positions);
    for (size_t i = 0; i < 3; i++) {
        p->axis[i] = positions + i * l.padded;
        for (size_t n = 0; n < l.padded; n++)
            p->axis[i][n] = n < config->elements ? config->position[3 * n + i] : 0.0;
    }
    *plan = p;
    return CPH_OK;
}

cph_status cph_steer_init(const cph_steer_config *config, void *memory, size_t bytes,
                          cph_steer_plan **plan)
{
    return cph_steer_init_variant(config, CPH_BOUND(steer_c32), memory, bytes, plan);
}

cph_status cph_steer_create(const cph_steer_config *config, cph_steer_plan **plan)
{
    size_t bytes = 0;
    cph_status status = cph_steer_plan_size(config, &bytes);
    if (status != CPH_OK)
        return status;
    void *const memory = cph_heap_aligned(bytes);
    if (memory == NULL)
        return CPH_ERR_MEMORY;
    status = cph_steer_init(config, memory, bytes, plan);
    if (status != CPH_OK)
        free(memory);
    return status;
}

void cph_steer_destroy(cph_steer_plan *plan)
{
    free(plan);
}

/* Items of a run are blocks of elements, direction by direction. A block is a multiple of
 * CPH_STEER_PADDING. */
enum { BLOCK = 1024 };

struct job {
    const cph_steer_plan *plan;
    const double *direction;
    double turns_per_metre;
    cph_c32 *a;
    size_t ld, blocks;
};

static void steer_blocks(void *context, size_t begin, size_t end, size_t worker)
{
    const struct job *const job = context;
    const cph_steer_plan *const plan = job->plan;
    (void)worker;
    for (size_t item = begin; item < end; item++) {
        const size_t d = item / job->blocks, start = item % job->blocks * BLOCK;
        const double *const u = job->direction + 3 * d;
        const double k[3] = {job->turns_per_metre * u[0], job->turns_per_metre * u[1],
                             job->turns_per_metre * u[2]};
        plan->kernel(cph_size_min(BLOCK, plan->elements - start), plan->axis[0] + start,
                     plan->axis[1] + start, plan->axis[2] + start, k, job->a + d * job->ld + start);
    }
}

cph_status cph_steer_run(const cph_steer_plan *plan, double freq_hz, size_t directions,
                         const double *direction, cph_c32 *a, size_t ld)
{
    if (plan == NULL || ld < plan->elements || !isfinite(freq_hz))
        return CPH_ERR_ARGUMENT;
    if (directions == 0)
        return CPH_OK;
    if (direction == NULL || a == NULL)
        return CPH_ERR_ARGUMENT;
    if (directions > PTRDIFF_MAX / (3 * sizeof *direction) ||
        !cph_size_matrix(directions, ld, plan->elements, sizeof *a))
        return CPH_ERR_OVERFLOW;
    if (!all_finite(direction, 3 * directions))
        return CPH_ERR_NOT_FINITE;
    struct job job = {.plan = plan,
                      .direction = direction,
                      .turns_per_metre = freq_hz / CPH_SPEED_OF_LIGHT,
                      .a = a,
                      .ld = ld,
                      .blocks = (plan->elements + BLOCK - 1) / BLOCK};
    cph_exec_run(plan->exec, directions * job.blocks, steer_blocks, &job);
    return CPH_OK;
}

cph_status cph_steer_c64(size_t elements, const double *position, double freq_hz,
                         const double direction[3], cph_c64 *a)
{
    if (position == NULL || direction == NULL || a == NULL || !isfinite(freq_hz))
        return CPH_ERR_ARGUMENT;
    if (!cph_size_matrix(elements, 3, 3, sizeof *position))
        return CPH_ERR_OVERFLOW;
    if (!all_finite(position, 3 * elements) || !all_finite(direction, 3))
        return CPH_ERR_NOT_FINITE;
    const double turns = freq_hz / CPH_SPEED_OF_LIGHT;
    const double k[3] = {turns * direction[0], turns * direction[1], turns * direction[2]};
    for (size_t n = 0; n < elements; n++) {
        const double *const r = position + 3 * n;
        cph_steer_c32_ref(1, r, r + 1, r + 2, k, a + n);
    }
    return CPH_OK;
}
