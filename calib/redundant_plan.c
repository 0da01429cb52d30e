/* SPDX-License-Identifier: MIT */
/* Layouts, and many solutions on one of them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "calib/redundant.h"
#include "kernels/core/exec.h"
#include "kernels/core/fail.h"
#include "kernels/core/size.h"

static cph_status check(const cph_redundant_config *c, cph_redundant_plan **plan, cph_error *error)
{
    if (c == NULL || plan == NULL || c->position == NULL || c->elements == 0)
        return cph_fail(error, CPH_ERR_ARGUMENT, "no positions, or no plan to fill");
    if (c->elements > INT16_MAX)
        return cph_fail(error, CPH_ERR_OVERFLOW, "%zu elements are too many", c->elements);
    if (!(c->tolerance_m >= 0.0) || isinf(c->tolerance_m) || !(c->min_baseline_m >= 0.0) ||
        !(c->max_baseline_m >= 0.0))
        return cph_fail(error, CPH_ERR_ARGUMENT, "tolerance and limits must be 0 m or more");
    return CPH_OK;
}

/* The table of cph_redundant_group. */
static cph_status number(cph_redundant_plan *plan)
{
    const cph_redundant_set *s = &plan->all;
    plan->group = calloc(plan->elements * plan->elements, sizeof *plan->group);
    if (plan->group == NULL)
        return CPH_ERR_MEMORY;
    for (size_t b = 0; b < s->baselines; b++) {
        const size_t p = s->baseline[b].first, q = s->baseline[b].second;
        plan->group[p < q ? p * plan->elements + q : q * plan->elements + p] =
            1 + 2 * s->baseline[b].group + (p > q);
    }
    return CPH_OK;
}

cph_status cph_redundant_create(const cph_redundant_config *config, cph_redundant_plan **plan,
                                cph_error *error)
{
    cph_status status = check(config, plan, error);
    if (status != CPH_OK)
        return status;
    cph_redundant_plan *made = calloc(1, sizeof *made);
    if (made == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "no memory for a plan");
    made->elements = config->elements;
    status = cph_redundant_sort(config, &made->all, &made->vector, error);
    if (status == CPH_OK)
        status = cph_redundant_select(&made->all, config->flag, NULL, &made->set, error);
    if (status == CPH_OK && number(made) != CPH_OK)
        status = cph_fail(error, CPH_ERR_MEMORY, "no memory for a plan");
    if (status == CPH_OK)
        *plan = made;
    else
        cph_redundant_destroy(made);
    return status;
}

void cph_redundant_destroy(cph_redundant_plan *plan)
{
    if (plan == NULL)
        return;
    cph_redundant_set_free(&plan->all);
    cph_redundant_set_free(&plan->set);
    free(plan->vector);
    free(plan->group);
    free(plan);
}

cph_status cph_redundant_describe(const cph_redundant_plan *plan, cph_redundant_info *info)
{
    if (plan == NULL || info == NULL)
        return CPH_ERR_ARGUMENT;
    cph_redundant_count(&plan->set, info);
    return CPH_OK;
}

size_t cph_redundant_group(const cph_redundant_plan *plan, size_t p, size_t q, bool *turned)
{
    if (plan == NULL || p == q || p >= plan->elements || q >= plan->elements)
        return SIZE_MAX;
    const uint32_t code = plan->group[p < q ? p * plan->elements + q : q * plan->elements + p];
    if (code == 0)
        return SIZE_MAX;
    if (turned != NULL)
        *turned = (((code - 1) % 2) != 0) != (p > q);
    return (code - 1) / 2;
}

cph_status cph_redundant_vector(const cph_redundant_plan *plan, size_t group, double vector[3],
                                size_t *count)
{
    if (plan == NULL || vector == NULL || group >= plan->all.groups)
        return CPH_ERR_ARGUMENT;
    memcpy(vector, plan->vector + 3 * group, 3 * sizeof *vector);
    if (count != NULL)
        *count = plan->all.start[group + 1] - plan->all.start[group];
    return CPH_OK;
}

/* ---- many at once ---- */

typedef struct batch {
    const cph_redundant_plan *plan;
    const cph_redundant_problem *problem;
    const cph_redundant_options *options;
    cph_redundant_solution *solution;
    cph_status *status;
    size_t times, channels;
} batch;

static void solve_channels(void *job, size_t begin, size_t end, size_t worker)
{
    const batch *b = job;
    (void)worker;
    for (size_t c = begin; c < end; c++)
        for (size_t t = 0; t < b->times; t++) {
            const size_t at = t * b->channels + c;
            cph_redundant_problem problem = b->problem[at];
            if (problem.start == NULL && t > 0 && b->status[at - b->channels] == CPH_OK)
                problem.start = b->solution[at - b->channels].gain;
            b->status[at] =
                cph_redundant_solve(b->plan, &problem, b->options, &b->solution[at], NULL);
        }
}

cph_status cph_redundant_batch(const cph_redundant_plan *plan, const cph_exec *exec, size_t times,
                               size_t channels, const cph_redundant_problem *problem,
                               const cph_redundant_options *options,
                               cph_redundant_solution *solution, cph_status *status)
{
    if (plan == NULL || problem == NULL || options == NULL || solution == NULL || status == NULL)
        return CPH_ERR_ARGUMENT;
    batch job = {plan, problem, options, solution, status, times, channels};
    cph_exec_run(exec, channels, solve_channels, &job);
    return CPH_OK;
}
