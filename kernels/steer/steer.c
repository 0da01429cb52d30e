/* SPDX-License-Identifier: MIT */
#include "cophase/steer.h"

#include <math.h>
#include <stdbool.h>

#include "kernels/core/exec.h"
#include "kernels/core/heap.h"
#include "kernels/core/kernels.h"

struct cph_steer_plan {
    size_t elements, points; /* points: elements, or the first ones of rows */
    const cph_exec *exec;
    cph_steer_kernels kernels;
    double *axis[3]; /* [3][padded]: x, y, z of points */
    double reach[3]; /* largest magnitude of a coordinate */
    /* Of a lattice; NULL otherwise. */
    cph_steer_row *row; /* [points] */
    double step[3];
};

struct layout {
    size_t bytes, points, padded, positions, rows;
    bool lattice;
    double step[3];
};

/* Rows pay where they hold two elements and more. */
static void choose_rows(const cph_steer_config *config, struct layout *l)
{
    l->points = config->elements;
    if (!config->lattice)
        return;
    const size_t rows = cph_steer_find_rows(config->elements, config->position, l->step, NULL);
    l->lattice = rows <= config->elements / 2;
    if (l->lattice)
        l->points = rows;
}

static cph_status lay_out(const cph_steer_config *config, struct layout *l)
{
    if (config == NULL || config->elements == 0 || config->position == NULL)
        return CPH_ERR_ARGUMENT;
    if (!cph_size_matrix(config->elements, 3, 3, sizeof *config->position))
        return CPH_ERR_OVERFLOW;
    *l = (struct layout){.bytes = sizeof(cph_steer_plan)};
    choose_rows(config, l);
    size_t count;
    if (!cph_size_align(l->points, CPH_STEER_PADDING, &l->padded) ||
        !cph_size_mul(l->padded, 3, &count) ||
        !cph_size_place(&l->bytes, count, sizeof(double), &l->positions) ||
        !cph_size_place(&l->bytes, l->lattice ? l->points : 0, sizeof(cph_steer_row), &l->rows) ||
        l->bytes > PTRDIFF_MAX)
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

static void place_points(cph_steer_plan *p, const cph_steer_config *config, size_t padded,
                         double *positions)
{
    for (size_t i = 0; i < 3; i++) {
        p->axis[i] = positions + i * padded;
        for (size_t n = 0; n < padded; n++) {
            const size_t element = p->row != NULL && n < p->points ? p->row[n].start : n;
            p->axis[i][n] = n < p->points ? config->position[3 * element + i] : 0.0;
        }
        for (size_t n = 0; n < config->elements; n++)
            p->reach[i] = fmax(p->reach[i], fabs(config->position[3 * n + i]));
    }
}

cph_status cph_steer_init_variant(const cph_steer_config *config, cph_steer_kernels kernels,
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
    *p = (cph_steer_plan){
        .elements = config->elements, .points = l.points, .exec = config->exec, .kernels = kernels};
    if (l.lattice) {
        p->row = cph_size_at(memory, l.rows);
        (void)cph_steer_find_rows(config->elements, config->position, p->step, p->row);
    }
    place_points(p, config, l.padded, cph_size_at(memory, l.positions));
    *plan = p;
    return CPH_OK;
}

cph_status cph_steer_init(const cph_steer_config *config, void *memory, size_t bytes,
                          cph_steer_plan **plan)
{
    const cph_steer_kernels kernels = {.points = CPH_BOUND(steer_c32),
                                       .rows = CPH_BOUND(steer_rows_c32)};
    return cph_steer_init_variant(config, kernels, memory, bytes, plan);
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

/* Items of a run are blocks of points, wave by wave. Multiples of CPH_STEER_PADDING; those of
 * anchors lie on the stack. */
enum { BLOCK = 1024, BLOCK_ROWS = 64 };

struct job {
    const cph_steer_plan *plan;
    size_t frequencies;
    const double *freq_hz, *direction;
    cph_c32 *a;
    size_t ld, block, blocks;
};

static cph_steer_wave wave_of(const struct job *job, size_t index)
{
    const double *const u = job->direction + 3 * (index / job->frequencies);
    const double turns = job->freq_hz[index % job->frequencies] / CPH_SPEED_OF_LIGHT;
    const double *const reach = job->plan->reach;
    cph_steer_wave wave = {.k = {turns * u[0], turns * u[1], turns * u[2]}};
    double most = 0.0;
    for (size_t i = 0; i < 3; i++)
        most += fabs(wave.k[i]) * reach[i];
    wave.near = most < 0x1p20;
    return wave;
}

static void steer_block(const struct job *job, const cph_steer_wave *wave, size_t start, cph_c32 *a)
{
    const cph_steer_plan *const plan = job->plan;
    const cph_steer_points points = {plan->axis[0] + start, plan->axis[1] + start,
                                     plan->axis[2] + start};
    const size_t count = cph_size_min(job->block, plan->points - start);
    if (plan->row == NULL) {
        plan->kernels.points(count, &points, wave, a + start);
        return;
    }
    cph_c32 anchor[BLOCK_ROWS];
    const double step =
        wave->k[0] * plan->step[0] + wave->k[1] * plan->step[1] + wave->k[2] * plan->step[2];
    plan->kernels.points(count, &points, wave, anchor);
    plan->kernels.rows(count, plan->row + start, anchor, step, a);
}

static void steer_blocks(void *context, size_t begin, size_t end, size_t worker)
{
    const struct job *const job = context;
    (void)worker;
    for (size_t item = begin; item < end; item++) {
        const size_t index = item / job->blocks;
        const cph_steer_wave wave = wave_of(job, index);
        steer_block(job, &wave, item % job->blocks * job->block, job->a + index * job->ld);
    }
}

cph_status cph_steer_run(const cph_steer_plan *plan, size_t frequencies, const double *freq_hz,
                         size_t directions, const double *direction, cph_c32 *a, size_t ld)
{
    if (plan == NULL || ld < plan->elements)
        return CPH_ERR_ARGUMENT;
    if (directions == 0 || frequencies == 0)
        return CPH_OK;
    if (freq_hz == NULL || direction == NULL || a == NULL)
        return CPH_ERR_ARGUMENT;
    size_t vectors, items;
    const size_t block = plan->row == NULL ? BLOCK : BLOCK_ROWS;
    const size_t blocks = (plan->points + block - 1) / block;
    if (!cph_size_mul(directions, frequencies, &vectors) ||
        !cph_size_matrix(directions, 3, 3, sizeof *direction) ||
        !cph_size_matrix(frequencies, 1, 1, sizeof *freq_hz) ||
        !cph_size_matrix(vectors, ld, plan->elements, sizeof *a) ||
        !cph_size_mul(vectors, blocks, &items))
        return CPH_ERR_OVERFLOW;
    if (!all_finite(direction, 3 * directions) || !all_finite(freq_hz, frequencies))
        return CPH_ERR_NOT_FINITE;
    struct job job = {.plan = plan,
                      .frequencies = frequencies,
                      .freq_hz = freq_hz,
                      .direction = direction,
                      .a = a,
                      .ld = ld,
                      .block = block,
                      .blocks = blocks};
    cph_exec_run(plan->exec, items, steer_blocks, &job);
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
        const cph_steer_points point = {r, r + 1, r + 2};
        cph_steer_c32_ref(1, &point, k, a + n);
    }
    return CPH_OK;
}
