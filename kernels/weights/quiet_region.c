/* SPDX-License-Identifier: MIT */
/* The region under an elevation: directions, quadrature, and what an array radiates there. */
#include <math.h>
#include <stdlib.h>

#include "cophase/steer.h"
#include "kernels/adaptive/gram.h"
#include "kernels/core/c64.h"
#include "kernels/core/exec.h"
#include "kernels/core/size.h"
#include "kernels/core/vec3.h"
#include "kernels/pattern/pattern_model.h"
#include "kernels/weights/quiet.h"

void cph_quiet_direction(const cph_quiet *plan, double elevation, double azimuth, double u[3])
{
    const double level = cos(elevation), e = level * sin(azimuth), n = level * cos(azimuth);
    for (int i = 0; i < 3; i++)
        u[i] = sin(elevation) * plan->up[i] + e * plan->east[i] + n * plan->north[i];
}

double cph_quiet_node(const cph_quiet *plan, size_t i, double u[3])
{
    double node, weight;
    cph_gauss_legendre(plan->rings, i / plan->turns, &node, &weight);
    const double half = 0.5 * (plan->below - plan->from),
                 elevation = plan->from + half * (1 + node);
    cph_quiet_direction(plan, elevation,
                        2.0 * M_PI * (double)(i % plan->turns) / (double)plan->turns, u);
    return half * weight * cos(elevation) / (2.0 * (double)plan->turns);
}

cph_quiet_grid cph_quiet_samples(const cph_quiet *plan)
{
    /* A response has phases within +-extent/2 of its middle's around a circle: 2 M + 1 samples
     * determine harmonics up to M. */
    const double orders = 0.5 * plan->extent_rad + 8.0, span = plan->below - plan->from;
    cph_quiet_grid grid = {.rings = (size_t)ceil(2.0 * orders * span / M_PI) + 3,
                           .turns = (size_t)ceil(4.0 * orders) + 8};
    grid.count = grid.rings * grid.turns;
    return grid;
}

void cph_quiet_sample(const cph_quiet *plan, const cph_quiet_grid *grid, size_t i, double u[3])
{
    const double step = (plan->below - plan->from) / (double)(grid->rings - 1);
    cph_quiet_direction(plan, plan->from + step * (double)(i / grid->turns),
                        2.0 * M_PI * (double)(i % grid->turns) / (double)grid->turns, u);
}

cph_status cph_quiet_row(const cph_quiet *plan, const double u[3], double scale, cph_c64 *x)
{
    const double f = scale * sqrt(cph_element_power(cph_quiet_element(plan), u));
    const cph_status status = cph_steer_c64(plan->used, plan->position, plan->freq_hz, u, x);
    for (size_t n = 0; n < plan->used && status == CPH_OK; n++)
        x[n] = cph_c64_scale(f, x[n]);
    return status;
}

enum { ROWS = 512 };

typedef struct rows_job {
    const cph_quiet *plan;
    size_t first;
    cph_c64 *x; /* [ROWS][n] */
    cph_status status[ROWS];
} rows_job;

static void make_rows(void *context, size_t begin, size_t end, size_t worker)
{
    rows_job *job = context;
    (void)worker;
    for (size_t i = begin; i < end; i++) {
        double u[3];
        const double weight = cph_quiet_node(job->plan, job->first + i, u);
        job->status[i] = cph_quiet_row(job->plan, u, sqrt(weight), job->x + i * job->plan->used);
    }
}

cph_status cph_quiet_gram(const cph_quiet *plan, cph_c64 *q, double *diagonal)
{
    const size_t n = plan->used, nodes = plan->rings * plan->turns;
    rows_job *job = calloc(1, sizeof *job);
    cph_c64 *x = calloc(ROWS, n * sizeof *x);
    cph_status status = job != NULL && x != NULL ? CPH_OK : CPH_ERR_MEMORY;
    for (size_t first = 0; first < nodes && status == CPH_OK; first += ROWS) {
        const size_t rows = cph_size_min(ROWS, nodes - first);
        *job = (rows_job){.plan = plan, .first = first, .x = x};
        cph_exec_run(plan->exec, rows, make_rows, job);
        for (size_t i = 0; i < rows && status == CPH_OK; i++)
            status = job->status[i];
        if (status == CPH_OK)
            cph_gram_add(rows, n, x, q);
    }
    *diagonal = 0.0;
    for (size_t i = 0; i < n; i++)
        *diagonal += q[i * n + i].re / (double)n;
    free(job);
    free(x);
    return status;
}
