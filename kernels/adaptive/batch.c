/* SPDX-License-Identifier: MIT */
#include "cophase/batch.h"

#include <math.h>
#include <stdbool.h>

#include "kernels/core/exec.h"
#include "kernels/core/heap.h"
#include "kernels/core/kernels.h"

struct cph_batch_plan {
    size_t elements, work_floats;
    float loading, loading_of_mean;
    const cph_exec *exec;
    cph_batch_kernels kernels;
};

static bool is_loading(float loading)
{
    return isfinite(loading) && loading >= 0.0f;
}

cph_status cph_batch_plan_size(const cph_batch_config *config, size_t *bytes)
{
    if (config == NULL || bytes == NULL || config->elements == 0 ||
        config->elements > CPH_BATCH_MOST_ELEMENTS || !is_loading(config->loading) ||
        !is_loading(config->loading_of_mean))
        return CPH_ERR_ARGUMENT;
    *bytes = sizeof(cph_batch_plan);
    return CPH_OK;
}

cph_status cph_batch_init_variant(const cph_batch_config *config, cph_batch_kernels kernels,
                                  void *memory, size_t bytes, cph_batch_plan **plan)
{
    size_t needed = 0, work;
    const cph_status status = cph_batch_plan_size(config, &needed);
    if (status != CPH_OK)
        return status;
    if (plan == NULL || !cph_size_aligned(memory))
        return CPH_ERR_ARGUMENT;
    if (bytes < needed)
        return CPH_ERR_MEMORY;
    const size_t line = CPH_ALIGNMENT / sizeof(float);
    if (!cph_size_align(cph_batch_work_floats(config->elements), line, &work) ||
        work > PTRDIFF_MAX / sizeof(float) / cph_exec_threads(config->exec))
        return CPH_ERR_OVERFLOW;
    cph_batch_plan *const p = memory;
    *p = (cph_batch_plan){.elements = config->elements,
                          .work_floats = work,
                          .loading = config->loading,
                          .loading_of_mean = config->loading_of_mean,
                          .exec = config->exec,
                          .kernels = kernels};
    *plan = p;
    return CPH_OK;
}

cph_status cph_batch_init(const cph_batch_config *config, void *memory, size_t bytes,
                          cph_batch_plan **plan)
{
    const cph_batch_kernels kernels = {.lanes = CPH_BOUND(batch_lanes_c32),
                                       .columns = CPH_BOUND(batch_columns_c32)};
    return cph_batch_init_variant(config, kernels, memory, bytes, plan);
}

cph_status cph_batch_create(const cph_batch_config *config, cph_batch_plan **plan)
{
    size_t bytes = 0;
    cph_status status = cph_batch_plan_size(config, &bytes);
    if (status != CPH_OK)
        return status;
    void *const memory = cph_heap_aligned(bytes);
    if (memory == NULL)
        return CPH_ERR_MEMORY;
    status = cph_batch_init(config, memory, bytes, plan);
    if (status != CPH_OK)
        free(memory);
    return status;
}

void cph_batch_destroy(cph_batch_plan *plan)
{
    free(plan);
}

size_t cph_batch_workspace_size(const cph_batch_plan *plan)
{
    return plan == NULL ? 0 : plan->work_floats * cph_exec_threads(plan->exec) * sizeof(float);
}

/* ---- a group ---- */

struct job {
    const cph_batch_plan *plan;
    float *work;
    size_t count;
    cph_batch_part all;
    cph_status *status;
};

static float loading_of(const cph_batch_plan *plan, const cph_c32 *r)
{
    const size_t n = plan->elements;
    float trace = 0.0f;
    if (plan->loading_of_mean == 0.0f)
        return plan->loading;
    for (size_t i = 0; i < n; i++)
        trace += r[i * (n + 1)].re;
    return plan->loading + plan->loading_of_mean * (trace / (float)n);
}

/* Why a matrix has no weights. */
static cph_status failure_of(size_t n, const cph_c32 *r, const cph_c32 *a)
{
    bool finite = true, look = false;
    for (size_t i = 0; i < n; i++) {
        finite = finite && isfinite(a[i].re) && isfinite(a[i].im);
        look = look || a[i].re != 0.0f || a[i].im != 0.0f;
        for (size_t k = 0; k < i; k++)
            finite = finite && isfinite(r[i * n + k].re) && isfinite(r[i * n + k].im);
        finite = finite && isfinite(r[i * n + i].re);
    }
    return !finite ? CPH_ERR_NOT_FINITE : !look ? CPH_ERR_ARGUMENT : CPH_ERR_SINGULAR;
}

/* A matrix a lane costs as much for one matrix as for a group. By columns a matrix takes a
 * thirteenth of that at 128 elements (whose triangles, 16 of them, just leave the second cache), a
 * ninth at 64, a sixth at 32, half at 8. */
static cph_batch_fn *choose(const cph_batch_kernels *kernels, size_t n, size_t count)
{
    const bool lanes = kernels->columns == NULL || count >= 2 + n / 10;
    return lanes && kernels->lanes != NULL ? kernels->lanes : kernels->columns;
}

static void solve_groups(void *context, size_t begin, size_t end, size_t worker)
{
    const struct job *const job = context;
    const cph_batch_plan *const plan = job->plan;
    const size_t n = plan->elements;
    for (size_t group = begin; group < end; group++) {
        const size_t first = group * CPH_BATCH_GROUP;
        const size_t count = cph_size_min(job->count - first, CPH_BATCH_GROUP);
        float loading[CPH_BATCH_GROUP], power[CPH_BATCH_GROUP];
        const cph_batch_part part = {job->all.r + first * n * n, job->all.a + first * n, loading,
                                     job->all.w + first * n,
                                     job->all.power != NULL ? job->all.power + first : power};
        for (size_t m = 0; m < count; m++)
            loading[m] = loading_of(plan, part.r + m * n * n);
        const uint32_t solved = choose(&plan->kernels, n, count)(
            n, count, &part, job->work + worker * plan->work_floats);
        for (size_t m = 0; m < count; m++)
            job->status[first + m] =
                solved >> m & 1 ? CPH_OK : failure_of(n, part.r + m * n * n, part.a + m * n);
    }
}

cph_status cph_batch_mvdr(const cph_batch_plan *plan, void *workspace, size_t count,
                          const cph_c32 *covariance, const cph_c32 *look, cph_c32 *w, float *power,
                          cph_status *status)
{
    if (plan == NULL || !cph_size_aligned(workspace))
        return CPH_ERR_ARGUMENT;
    if (count == 0)
        return CPH_OK;
    if (covariance == NULL || look == NULL || w == NULL || status == NULL)
        return CPH_ERR_ARGUMENT;
    const size_t entries = plan->elements * plan->elements;
    if (!cph_size_matrix(count, entries, entries, sizeof *covariance))
        return CPH_ERR_OVERFLOW;
    struct job job = {.plan = plan,
                      .work = workspace,
                      .count = count,
                      .all = {.r = covariance, .a = look, .w = w, .power = power},
                      .status = status};
    cph_exec_run(plan->exec, (count - 1) / CPH_BATCH_GROUP + 1, solve_groups, &job);
    return CPH_OK;
}
