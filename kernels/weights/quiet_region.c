/* SPDX-License-Identifier: MIT */
/* The region under an elevation: directions, quadrature, and what an array radiates there. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cophase/steer.h"
#include "kernels/adaptive/gram.h"
#include "kernels/core/c64.h"
#include "kernels/core/exec.h"
#include "kernels/core/fail.h"
#include "kernels/core/size.h"
#include "kernels/core/vec3.h"
#include "kernels/pattern/element_field.h"
#include "kernels/pattern/pattern_model.h"
#include "kernels/weights/quiet.h"

void cph_quiet_direction(const cph_quiet *plan, double elevation, double azimuth, double u[3])
{
    const double level = cos(elevation), e = level * sin(azimuth), n = level * cos(azimuth);
    for (int i = 0; i < 3; i++)
        u[i] = sin(elevation) * plan->up[i] + e * plan->east[i] + n * plan->north[i];
}

/* ---- nodes ---- */

/* Sine of the elevation over the array's own horizon where elements end; -1: nowhere. */
static double edge_of(const cph_element_pattern *element)
{
    if (element == NULL || element->kind == CPH_ELEMENT_ISOTROPIC)
        return -1.0;
    return cos(element->kind == CPH_ELEMENT_FIELD ? cph_element_field_last(element->field)
                                                  : cph_element_edge(element));
}

/* The azimuth toward which the array leans. */
static double lean_of(const cph_quiet *plan)
{
    return atan2(plan->east[2], plan->north[2]);
}

/* The arc of a ring that is radiated to: half of its width about the azimuth toward which the
 * array leans. */
static double arc_of(const cph_quiet *plan, double elevation)
{
    const double middle = sin(elevation) * plan->up[2];
    const double swing = cos(elevation) * hypot(plan->east[2], plan->north[2]);
    if (middle - swing >= plan->edge)
        return M_PI;
    return middle + swing <= plan->edge ? 0.0 : acos((plan->edge - middle) / swing);
}

enum { TOUCHES = 4, BREAKS = TOUCHES + 2 };

/* Elevations of rings that the edge touches, first at the azimuth of the lean and then across from
 * it; rings above an even one and under an odd one are radiated to there. */
static void find_touches(const cph_quiet *plan, double touch[TOUCHES])
{
    const double tilt = atan2(hypot(plan->east[2], plan->north[2]), plan->up[2]);
    const double edge = asin(fmin(plan->edge, 1.0));
    const double at[TOUCHES] = {edge - tilt, M_PI - edge - tilt, edge + tilt, M_PI - edge + tilt};
    for (size_t i = 0; i < TOUCHES; i++)
        touch[i] = remainder(at[i], 2.0 * M_PI);
}

/* Between those that there are, rising; not where there is one already. */
static void add_break(double elevation, size_t *count, double at[BREAKS])
{
    static const double apart = 1e-9; /* less of an interval is nothing */
    size_t k = *count;
    for (; k > 0 && at[k - 1] > elevation; k--)
        ;
    if (k == 0 || k == *count || elevation - at[k - 1] <= apart || at[k] - elevation <= apart)
        return;
    memmove(at + k + 1, at + k, (*count - k) * sizeof *at);
    at[k] = elevation;
    ++*count;
}

/* Elevations between which the edge crosses all rings or none: at [BREAKS] rising; returns how
 * many. */
static size_t find_breaks(const cph_quiet *plan, double at[BREAKS])
{
    double touch[TOUCHES];
    size_t count = 2;
    find_touches(plan, touch);
    at[0] = plan->from;
    at[1] = plan->below;
    for (size_t i = 0; i < TOUCHES && plan->edge > -1.0; i++)
        add_break(touch[i], &count, at);
    return count;
}

enum { ELEMENT_DEGREE = 32 };

static double degree_of(double phase)
{
    return phase + 6.0 * cbrt(phase) + ELEMENT_DEGREE;
}

/* Rings of an interval that is radiated to, on from those there are. */
static void lay_rings(cph_quiet *plan, double from, double below, size_t rings)
{
    const double half = 0.5 * (below - from);
    for (size_t i = 0; i < rings; i++) {
        cph_quiet_point *const ring = &plan->ring[plan->rings++];
        cph_gauss_legendre(rings, i, &ring->at, &ring->weight);
        ring->at = from + half * (1.0 + ring->at);
        ring->weight *= half;
    }
}

/* Evenly around where whole rings are radiated to; else a Gauss rule, which takes pi / 2 as many
 * for the same degree. */
static void lay_turns(cph_quiet *plan, bool arcs)
{
    for (size_t i = 0; i < plan->turns; i++) {
        cph_quiet_point *const turn = &plan->turn[i];
        if (arcs)
            cph_gauss_legendre(plan->turns, i, &turn->at, &turn->weight);
        else
            *turn = (cph_quiet_point){2.0 * (double)i / (double)plan->turns - 1.0,
                                      2.0 / (double)plan->turns};
    }
}

cph_status cph_quiet_lay_nodes(cph_quiet *plan, cph_error *error)
{
    static const double most = 1e6;
    double at[BREAKS];
    size_t rings[BREAKS] = {0}, all = 0;
    bool arcs = false;
    plan->edge = edge_of(cph_quiet_element(plan));
    const double around = degree_of(plan->extent_rad);
    if (!(around < most))
        return cph_fail(error, CPH_ERR_OVERFLOW, "the array is too large for its wavelength");
    const size_t breaks = find_breaks(plan, at);
    for (size_t i = 0; i + 1 < breaks; i++) {
        const double arc = arc_of(plan, 0.5 * (at[i] + at[i + 1]));
        arcs = arcs || (arc > 0.0 && arc < M_PI);
        if (arc > 0.0)
            rings[i] = (size_t)(0.5 * degree_of(0.5 * plan->extent_rad * (at[i + 1] - at[i]))) + 1;
        all += rings[i];
    }
    plan->turns = (size_t)(arcs ? 0.5 * M_PI * around : around) + 1;
    plan->ring = calloc(all + 1, sizeof *plan->ring);
    plan->turn = calloc(plan->turns, sizeof *plan->turn);
    if (plan->ring == NULL || plan->turn == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "out of memory");
    for (size_t i = 0; i + 1 < breaks; i++)
        lay_rings(plan, at[i], at[i + 1], rings[i]);
    lay_turns(plan, arcs);
    return CPH_OK;
}

double cph_quiet_node(const cph_quiet *plan, size_t i, double u[3])
{
    const cph_quiet_point *const ring = &plan->ring[i / plan->turns];
    const cph_quiet_point *const turn = &plan->turn[i % plan->turns];
    const double arc = arc_of(plan, ring->at);
    cph_quiet_direction(plan, ring->at, lean_of(plan) + arc * turn->at, u);
    return arc * turn->weight * ring->weight * cos(ring->at) / (4.0 * M_PI);
}

/* ---- samples ---- */

/* Whether rings may be radiated to over less than lies between two samples. */
static bool is_partly_dark(const cph_quiet *plan)
{
    return plan->edge > -1.0 && hypot(plan->east[2], plan->north[2]) > 0.0;
}

cph_quiet_grid cph_quiet_samples(const cph_quiet *plan)
{
    /* A response has phases within +-extent/2 of its middle's around a circle: 2 M + 1 samples
     * determine harmonics up to M. */
    const double orders = 0.5 * plan->extent_rad + 8.0, span = plan->below - plan->from;
    cph_quiet_grid grid = {.rings = (size_t)ceil(2.0 * orders * span / M_PI) + 3,
                           .turns = (size_t)ceil(4.0 * orders) + 8};
    grid.even = grid.rings * grid.turns;
    grid.count = grid.even + (is_partly_dark(plan) ? 2 * grid.rings + TOUCHES + 1 : 0);
    return grid;
}

/* Number i of those about the edge: both ends of each ring's arc, where the edge touches a ring,
 * and the place nearest to the boresight, which is radiated to where any is. */
static void place_at_edge(const cph_quiet *plan, const cph_quiet_grid *grid, size_t i, double at[2])
{
    static const double inside = 1e-9; /* on the edge itself rounding decides */
    const double step = (plan->below - plan->from) / (double)(grid->rings - 1);
    at[1] = lean_of(plan);
    if (i < 2 * grid->rings) {
        at[0] = plan->from + step * (double)(i / 2);
        at[1] += (i % 2 == 0 ? 1.0 : -1.0) * (1.0 - inside) * arc_of(plan, at[0]);
        return;
    }
    i -= 2 * grid->rings;
    if (i < TOUCHES) {
        double touch[TOUCHES];
        find_touches(plan, touch);
        at[0] = touch[i] + (i % 2 == 0 ? inside : -inside);
        at[1] += i < 2 ? 0.0 : M_PI;
    } else {
        at[0] = asin(fmin(fmax(plan->up[2], -1.0), 1.0));
    }
    at[0] = fmin(fmax(at[0], plan->from), plan->below);
}

void cph_quiet_place(const cph_quiet *plan, const cph_quiet_grid *grid, size_t i, double at[2])
{
    const double step = (plan->below - plan->from) / (double)(grid->rings - 1);
    if (i >= grid->even) {
        place_at_edge(plan, grid, i - grid->even, at);
        return;
    }
    at[0] = plan->from + step * (double)(i / grid->turns);
    at[1] = 2.0 * M_PI * (double)(i % grid->turns) / (double)grid->turns;
}

void cph_quiet_sample(const cph_quiet *plan, const cph_quiet_grid *grid, size_t i, double u[3])
{
    double at[2];
    cph_quiet_place(plan, grid, i, at);
    cph_quiet_direction(plan, at[0], at[1], u);
}

cph_status cph_quiet_row(const cph_quiet *plan, const double u[3], double scale, cph_c64 *x)
{
    const double f = scale * sqrt(cph_element_power(cph_quiet_element(plan), u));
    const cph_status status = cph_steer_c64(plan->used, plan->position, plan->freq_hz, u, x);
    for (size_t n = 0; n < plan->used && status == CPH_OK; n++)
        x[n] = cph_c64_scale(f, x[n]);
    return status;
}

/* ---- the form ---- */

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
