/* SPDX-License-Identifier: MIT */
#include "cophase/covariance.h"

#include <math.h>
#include <string.h>

#include "kernels/core/exec.h"
#include "kernels/core/heap.h"
#include "kernels/core/kernels.h"

struct cph_covariance_plan {
    size_t elements, panels, tiles;
    cph_type type;
    const cph_exec *exec;
    cph_covariance_kernels kernels;
    size_t sums_bytes, tiles_offset;
    size_t panel_bytes, workspace_bytes;
};

/* What follows it, at plan->tiles_offset: tiles of panels P >= Q, row by row, as cph_tile_i64 or
 * cph_tile_f64. */
struct cph_covariance_sums {
    uint64_t times;
};

_Static_assert(sizeof(cph_tile_i64) == sizeof(cph_tile_f64), "one tile size for all types");
enum { TILE_BYTES = sizeof(cph_tile_i64) };

/* Times that keep 64-bit sums exact: a c16 product's part reaches 2^31, a c8 product's 2^15. For
 * c32 it bounds the count alone. */
static uint64_t most_times(cph_type type)
{
    return type == CPH_C16 ? UINT32_MAX : UINT64_C(1) << 47;
}

static cph_status lay_out(const cph_covariance_config *config, cph_covariance_plan *plan)
{
    if (config == NULL || config->elements == 0 || cph_type_size(config->type) == 0)
        return CPH_ERR_ARGUMENT;
    const size_t panels = (config->elements - 1) / CPH_PANEL_ELEMENTS + 1;
    const size_t part = config->type == CPH_C16 ? sizeof(double) : sizeof(float);
    *plan =
        (cph_covariance_plan){.elements = config->elements,
                              .panels = panels,
                              .type = config->type,
                              .exec = config->exec,
                              .sums_bytes = sizeof(cph_covariance_sums),
                              .panel_bytes = (size_t)CPH_COVARIANCE_BLOCK * CPH_PANEL_PARTS * part};
    size_t tiles;
    if (!cph_size_mul(panels, panels + 1, &tiles) ||
        !cph_size_place(&plan->sums_bytes, tiles / 2, TILE_BYTES, &plan->tiles_offset) ||
        !cph_size_mul(panels, plan->panel_bytes, &plan->workspace_bytes) ||
        plan->sums_bytes > PTRDIFF_MAX || plan->workspace_bytes > PTRDIFF_MAX)
        return CPH_ERR_OVERFLOW;
    plan->tiles = tiles / 2;
    return CPH_OK;
}

cph_status cph_covariance_plan_size(const cph_covariance_config *config, size_t *bytes)
{
    cph_covariance_plan plan;
    if (bytes == NULL)
        return CPH_ERR_ARGUMENT;
    const cph_status status = lay_out(config, &plan);
    if (status == CPH_OK)
        *bytes = sizeof plan;
    return status;
}

cph_status cph_covariance_init_variant(const cph_covariance_config *config,
                                       const cph_covariance_kernels *variants, void *memory,
                                       size_t bytes, cph_covariance_plan **plan)
{
    cph_covariance_plan p;
    const cph_status status = lay_out(config, &p);
    if (status != CPH_OK)
        return status;
    if (plan == NULL || !cph_size_aligned(memory))
        return CPH_ERR_ARGUMENT;
    if (bytes < sizeof p)
        return CPH_ERR_MEMORY;
    p.kernels = *variants;
    *plan = memcpy(memory, &p, sizeof p);
    return CPH_OK;
}

static cph_covariance_kernels bound(cph_type type)
{
    switch (type) {
    case CPH_C8:
        return (cph_covariance_kernels){CPH_BOUND(covariance_pack_c8), CPH_BOUND(covariance_c8)};
    case CPH_C16:
        return (cph_covariance_kernels){CPH_BOUND(covariance_pack_c16), CPH_BOUND(covariance_c16)};
    default:
        return (cph_covariance_kernels){CPH_BOUND(covariance_pack_c32), CPH_BOUND(covariance_c32)};
    }
}

cph_status cph_covariance_init(const cph_covariance_config *config, void *memory, size_t bytes,
                               cph_covariance_plan **plan)
{
    if (config == NULL)
        return CPH_ERR_ARGUMENT;
    const cph_covariance_kernels kernels = bound(config->type);
    return cph_covariance_init_variant(config, &kernels, memory, bytes, plan);
}

cph_status cph_covariance_create(const cph_covariance_config *config, cph_covariance_plan **plan)
{
    size_t bytes = 0;
    cph_status status = cph_covariance_plan_size(config, &bytes);
    if (status != CPH_OK)
        return status;
    void *const memory = cph_heap_aligned(bytes);
    if (memory == NULL)
        return CPH_ERR_MEMORY;
    status = cph_covariance_init(config, memory, bytes, plan);
    if (status != CPH_OK)
        free(memory);
    return status;
}

void cph_covariance_destroy(cph_covariance_plan *plan)
{
    free(plan);
}

size_t cph_covariance_sums_size(const cph_covariance_plan *plan)
{
    return plan->sums_bytes;
}

size_t cph_covariance_workspace_size(const cph_covariance_plan *plan)
{
    return plan->workspace_bytes;
}

cph_status cph_covariance_reset(const cph_covariance_plan *plan, cph_covariance_sums *sums)
{
    if (plan == NULL || !cph_size_aligned(sums))
        return CPH_ERR_ARGUMENT;
    memset(sums, 0, plan->sums_bytes); /* all bits 0 is 0 and 0.0 */
    return CPH_OK;
}

uint64_t cph_covariance_times(const cph_covariance_plan *plan, const cph_covariance_sums *sums)
{
    (void)plan;
    return sums->times;
}

struct job {
    const cph_covariance_plan *plan;
    const char *samples;
    size_t ld, times; /* one block */
    char *workspace, *tiles;
};

static void pack_panels(void *context, size_t begin, size_t end, size_t worker)
{
    const struct job *const job = context;
    const cph_covariance_plan *const plan = job->plan;
    (void)worker;
    for (size_t i = begin; i < end; i++) {
        const size_t element = i * CPH_PANEL_ELEMENTS;
        plan->kernels.pack(job->samples + element * cph_type_size(plan->type), job->ld, job->times,
                           cph_size_min(CPH_PANEL_ELEMENTS, plan->elements - element),
                           job->workspace + i * plan->panel_bytes);
    }
}

/* A tile belongs to one worker, so that its sum does not depend on how many there are. */
static void add_tiles(void *context, size_t begin, size_t end, size_t worker)
{
    const struct job *const job = context;
    const size_t panel_bytes = job->plan->panel_bytes;
    size_t p = 0, q = begin;
    (void)worker;
    while (q > p)
        q -= ++p;
    for (size_t i = begin; i < end; i++) {
        job->plan->kernels.add(job->workspace + p * panel_bytes, job->workspace + q * panel_bytes,
                               job->times, job->tiles + i * TILE_BYTES);
        if (q++ == p) {
            p++;
            q = 0;
        }
    }
}

cph_status cph_covariance_add(const cph_covariance_plan *plan, void *workspace, const void *samples,
                              size_t ld, size_t times, cph_covariance_sums *sums)
{
    if (plan == NULL || !cph_size_aligned(sums) || ld < plan->elements)
        return CPH_ERR_ARGUMENT;
    if (times == 0)
        return CPH_OK;
    if (samples == NULL || !cph_size_aligned(workspace))
        return CPH_ERR_ARGUMENT;
    const size_t sample_bytes = cph_type_size(plan->type);
    if (!cph_size_matrix(times, ld, plan->elements, sample_bytes) ||
        times > most_times(plan->type) - sums->times)
        return CPH_ERR_OVERFLOW;
    struct job job = {.plan = plan,
                      .ld = ld,
                      .workspace = workspace,
                      .tiles = cph_size_at(sums, plan->tiles_offset)};
    for (size_t t = 0; t < times; t += CPH_COVARIANCE_BLOCK) {
        job.samples = (const char *)samples + t * ld * sample_bytes;
        job.times = cph_size_min(CPH_COVARIANCE_BLOCK, times - t);
        cph_exec_run(plan->exec, plan->panels, pack_panels, &job);
        cph_exec_run(plan->exec, plan->tiles, add_tiles, &job);
    }
    sums->times += times;
    return CPH_OK;
}

static cph_c64 sum_of(const cph_covariance_plan *plan, const cph_covariance_sums *sums, size_t p,
                      size_t q)
{
    const size_t row = p / CPH_PANEL_ELEMENTS, column = q / CPH_PANEL_ELEMENTS;
    const size_t tile = row * (row + 1) / 2 + column;
    const size_t i = p % CPH_PANEL_ELEMENTS * CPH_PANEL_ELEMENTS + q % CPH_PANEL_ELEMENTS;
    const void *const tiles = (const char *)sums + plan->tiles_offset;
    if (plan->type == CPH_C32)
        return ((const cph_tile_f64 *)tiles)[tile].sum[i];
    const cph_tile_i64 *const exact = (const cph_tile_i64 *)tiles + tile;
    return (cph_c64){(double)exact->sum[i].re, (double)exact->sum[i].im};
}

cph_status cph_covariance_get(const cph_covariance_plan *plan, const cph_covariance_sums *sums,
                              double factor, cph_c64 *r, size_t ld)
{
    if (plan == NULL || !cph_size_aligned(sums) || !isfinite(factor) || r == NULL ||
        ld < plan->elements)
        return CPH_ERR_ARGUMENT;
    if (!cph_size_matrix(plan->elements, ld, plan->elements, sizeof *r))
        return CPH_ERR_OVERFLOW;
    for (size_t p = 0; p < plan->elements; p++) {
        for (size_t q = 0; q < p; q++) {
            const cph_c64 sum = sum_of(plan, sums, p, q);
            r[p * ld + q] = (cph_c64){factor * sum.re, factor * sum.im};
            r[q * ld + p] = (cph_c64){factor * sum.re, -factor * sum.im};
        }
        r[p * ld + p] = (cph_c64){factor * sum_of(plan, sums, p, p).re, 0.0};
    }
    return CPH_OK;
}
