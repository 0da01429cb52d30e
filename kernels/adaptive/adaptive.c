/* SPDX-License-Identifier: MIT */
/* The covariance of live elements, checked, loaded and factored. */
#include <stdlib.h>

#include "kernels/adaptive/adaptive_plan.h"
#include "kernels/adaptive/cholesky.h"
#include "kernels/core/c64.h"
#include "kernels/core/fail.h"
#include "kernels/core/size.h"

#define LOAD_IT "; load the diagonal"

/* The parts of the one block that cph_adaptive_create allocates, writable. */
typedef struct parts {
    cph_adaptive *plan;
    size_t *index;
    cph_c64 *gain, *r;
} parts;

static cph_status allocate(size_t elements, size_t live, parts *made)
{
    size_t bytes = 0, square, at[4];
    if (!cph_size_mul(live, live, &square) ||
        !cph_size_place(&bytes, 1, sizeof *made->plan, &at[0]) ||
        !cph_size_place(&bytes, live, sizeof *made->index, &at[1]) ||
        !cph_size_place(&bytes, live, sizeof *made->gain, &at[2]) ||
        !cph_size_place(&bytes, square, sizeof *made->r, &at[3]))
        return CPH_ERR_OVERFLOW;
    void *memory = calloc(1, bytes);
    if (memory == NULL)
        return CPH_ERR_MEMORY;
    *made = (parts){.plan = cph_size_at(memory, at[0]),
                    .index = cph_size_at(memory, at[1]),
                    .gain = cph_size_at(memory, at[2]),
                    .r = cph_size_at(memory, at[3])};
    *made->plan = (cph_adaptive){.elements = elements,
                                 .live = live,
                                 .index = made->index,
                                 .gain = made->gain,
                                 .factor = made->r};
    return CPH_OK;
}

static void load_diagonal(size_t n, const cph_loaded *loaded, cph_c64 *r)
{
    for (size_t i = 0; i < n * n && loaded->rho > 0.0; i++)
        r[i] = cph_c64_scale(1.0 - loaded->rho, r[i]);
    for (size_t p = 0; p < n; p++)
        r[p * n + p].re += loaded->load;
}

static double mean_power(size_t n, const cph_c64 *r)
{
    double sum = 0.0;
    for (size_t p = 0; p < n; p++)
        sum += r[p * n + p].re;
    return sum / (double)n;
}

/* r += power v v^H, v the jammer's effective steering vector; false when that is not finite. */
static bool jam(const parts *of, const cph_c64 *jammer, double power)
{
    const size_t live = of->plan->live;
    for (size_t p = 0; p < live; p++) {
        const cph_c64 v = cph_c64_scale(power, cph_c64_mul(of->gain[p], jammer[of->index[p]]));
        if (!cph_c64_finite(v))
            return false;
        for (size_t q = 0; q <= p; q++) {
            const cph_c64 beside = cph_c64_mul(of->gain[q], jammer[of->index[q]]);
            of->r[p * live + q] = cph_c64_add(of->r[p * live + q], cph_c64_mulc(v, beside));
        }
    }
    return true;
}

/* power: of all jammers. */
static cph_status jam_all(const cph_adaptive_config *config, const parts *of, double power,
                          cph_error *error)
{
    for (size_t j = 0; j < config->jammers; j++)
        if (!jam(of, config->jammer + j * config->elements, power / (double)config->jammers))
            return cph_fail(error, CPH_ERR_NOT_FINITE, "jammer %zu is not finite", j);
    return CPH_OK;
}

static cph_status factor(const cph_adaptive_config *config, const parts *of, cph_error *error)
{
    const size_t live = of->plan->live;
    cph_loaded *loaded = &of->plan->loaded;
    size_t row = 0;
    cph_status status =
        cph_loading_find(&config->loading, live, of->r, config->samples, loaded, error);
    if (status != CPH_OK)
        return status;
    if (config->samples > 0.0 && config->samples < (double)live && !(loaded->load > 0.0))
        return cph_fail(error, CPH_ERR_SINGULAR,
                        "%g snapshots for %zu live elements do not make a covariance" LOAD_IT
                        ", or take more snapshots",
                        config->samples, live);
    const double power = config->jammer_ratio * mean_power(live, of->r);
    load_diagonal(live, loaded, of->r);
    status = jam_all(config, of, power, error);
    if (status != CPH_OK)
        return status;
    const double pivot = cph_cholesky_factor(live, of->r, &row);
    if (pivot == 1.0)
        return CPH_OK;
    if (pivot < CPH_INDEFINITE_PIVOT)
        return cph_fail(error, CPH_ERR_SINGULAR,
                        "the covariance is indefinite (element %zu: a pivot of %.2g of its "
                        "power): it is no average of x x^H, or its diagonal lacks power",
                        of->index[row], pivot);
    return cph_fail(error, CPH_ERR_SINGULAR,
                    "the covariance is singular: element %zu has no power of its own%s",
                    of->index[row], loaded->load > 0.0 ? "; load more" : LOAD_IT);
}

static cph_status check(const cph_adaptive_config *config, cph_error *error)
{
    if (config->elements == 0 || config->covariance == NULL ||
        !cph_size_matrix(config->elements, config->ld, config->elements, sizeof(cph_c64)))
        return cph_fail(error, CPH_ERR_ARGUMENT, "%zu elements, rows %zu apart: no covariance",
                        config->elements, config->ld);
    if (!(config->samples >= 0.0))
        return cph_fail(error, CPH_ERR_ARGUMENT, "%g snapshots: expected 0 (unknown) or more",
                        config->samples);
    if (config->jammers > 0 && (config->jammer == NULL || !(config->jammer_ratio >= 0.0)))
        return cph_fail(error, CPH_ERR_ARGUMENT, "%zu jammers of ratio %g: expected one of 0 up",
                        config->jammers, config->jammer_ratio);
    return CPH_OK;
}

cph_status cph_adaptive_create(const cph_adaptive_config *config, cph_adaptive **adaptive,
                               cph_error *error)
{
    if (config == NULL || adaptive == NULL)
        return cph_fail(error, CPH_ERR_ARGUMENT, "no configuration, or nowhere to put the plan");
    cph_status status = check(config, error);
    if (status != CPH_OK)
        return status;
    const size_t live = cph_live_count(config->elements, config->flag);
    if (live == 0)
        return cph_fail(error, CPH_ERR_TOO_FEW, "all %zu elements are flagged", config->elements);
    parts made = {0};
    status = allocate(config->elements, live, &made);
    if (status != CPH_OK)
        return cph_fail(error, status, "a covariance of %zu elements: %s", live,
                        cph_status_name(status));
    status =
        cph_live_take(config->elements, config->gain, config->flag, made.index, made.gain, error);
    if (status == CPH_OK)
        status =
            cph_live_covariance(config->covariance, config->ld, live, made.index, made.r, error);
    if (status == CPH_OK)
        status = factor(config, &made, error);
    if (status == CPH_OK)
        *adaptive = made.plan;
    else
        cph_adaptive_destroy(made.plan);
    return status;
}

void cph_adaptive_destroy(cph_adaptive *adaptive)
{
    free(adaptive);
}

size_t cph_adaptive_live(const cph_adaptive *adaptive, double *rho, double *load)
{
    if (rho != NULL)
        *rho = adaptive->loaded.rho;
    if (load != NULL)
        *load = adaptive->loaded.load;
    return adaptive->live;
}
