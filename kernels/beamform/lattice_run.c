/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "kernels/beamform/lattice_kernel.h"
#include "kernels/core/exec.h"
#include "kernels/core/kernels.h"
#include "kernels/core/size.h"

/* A worker's memory: the samples of a time as floats, then the grid. 0 where sizes overflow. */
static size_t worker_bytes(const cph_lattice_plan *plan, size_t *grid)
{
    size_t bytes = 0, samples;
    return cph_size_place(&bytes, plan->parts, sizeof(float), &samples) &&
                   cph_size_place(&bytes, plan->beams_a * plan->beams_b, sizeof(cph_c32), grid) &&
                   cph_size_align(bytes, CPH_ALIGNMENT, &bytes)
               ? bytes
               : 0;
}

size_t cph_lattice_workspace_size(const cph_lattice_plan *plan)
{
    size_t grid, bytes = 0;
    if (plan == NULL)
        return 0;
    if (plan->direct != NULL)
        return cph_beamform_workspace_size(plan->direct);
    return cph_size_mul(worker_bytes(plan, &grid), cph_exec_threads(plan->exec), &bytes) ? bytes
                                                                                         : 0;
}

struct job {
    const cph_lattice_plan *plan;
    cph_convert_to_fn *convert;
    cph_apply_fn *apply;
    unsigned char *workspace;
    size_t worker_bytes, grid;
    const char *samples;
    size_t ld_samples;
    cph_c32 *beams;
    size_t ld_beams;
};

static void place(const cph_lattice_plan *plan, size_t channel, const cph_c32 *z, cph_c32 *grid)
{
    memset(grid, 0, plan->beams_a * plan->beams_b * sizeof *grid);
    for (size_t k = plan->first[channel]; k < plan->first[channel + 1]; k++) {
        const cph_lattice_stretch s = plan->stretch[k];
        if (!plan->folded) {
            memcpy(grid + s.cell, z + s.element, s.count * sizeof *z);
            continue;
        }
        for (size_t i = 0; i < s.count; i++) {
            grid[s.cell + i].re += z[s.element + i].re;
            grid[s.cell + i].im += z[s.element + i].im;
        }
    }
}

static void run_rows(void *context, size_t begin, size_t end, size_t worker)
{
    const struct job *const job = context;
    const cph_lattice_plan *const plan = job->plan;
    unsigned char *const own = job->workspace + worker * job->worker_bytes;
    cph_c32 *const z = (void *)own, *const grid = (void *)(own + job->grid);
    for (size_t row = begin; row < end; row++) {
        const size_t channel = row % plan->channels;
        const float *const straight = plan->coefficient + 2 * channel * plan->parts;
        const cph_coefficients c = {straight, straight + plan->parts};
        job->convert(job->samples + row * job->ld_samples * cph_type_size(plan->type),
                     plan->elements, 1.0f, z);
        job->apply(plan->elements, &c, z, z);
        place(plan, channel, z, grid);
        cph_lattice_fft_run(plan->fft, grid);
        memcpy(job->beams + row * job->ld_beams, grid,
               plan->beams_a * plan->beams_b * sizeof *grid);
    }
}

static cph_convert_to_fn *converter(cph_type type)
{
    return type == CPH_C8    ? CPH_BOUND(convert_c8_c32)
           : type == CPH_C16 ? CPH_BOUND(convert_c16_c32)
                             : CPH_BOUND(convert_c32_c32);
}

cph_status cph_lattice_run(const cph_lattice_plan *plan, void *workspace, const void *samples,
                           size_t ld_samples, size_t times, cph_c32 *beams, size_t ld_beams)
{
    if (plan == NULL)
        return CPH_ERR_ARGUMENT;
    if (plan->direct != NULL)
        return cph_beamform_run(plan->direct, workspace, samples, ld_samples, times, beams,
                                ld_beams);
    const size_t cells = plan->beams_a * plan->beams_b;
    size_t rows;
    if (ld_samples < plan->elements || ld_beams < cells)
        return CPH_ERR_ARGUMENT;
    if (times == 0)
        return CPH_OK;
    if (samples == NULL || beams == NULL || !cph_size_aligned(workspace))
        return CPH_ERR_ARGUMENT;
    if (!cph_size_mul(times, plan->channels, &rows) ||
        !cph_size_matrix(rows, ld_samples, plan->elements, cph_type_size(plan->type)) ||
        !cph_size_matrix(rows, ld_beams, cells, sizeof *beams))
        return CPH_ERR_OVERFLOW;
    struct job job = {.plan = plan,
                      .convert = converter(plan->type),
                      .apply = CPH_BOUND(apply_c32),
                      .workspace = workspace,
                      .samples = samples,
                      .ld_samples = ld_samples,
                      .beams = beams,
                      .ld_beams = ld_beams};
    job.worker_bytes = worker_bytes(plan, &job.grid);
    cph_exec_run(plan->exec, rows, run_rows, &job);
    return CPH_OK;
}
