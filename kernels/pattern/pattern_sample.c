/* SPDX-License-Identifier: MIT */
/* |response|^2 toward many directions, in float, through the steer and beamform kernels. */
#include <math.h>

#include "cophase/beamform.h"
#include "cophase/steer.h"
#include "kernels/core/exec.h"
#include "kernels/core/heap.h"
#include "kernels/pattern/pattern_model.h"

/* Directions a block: its steering vectors stay in the cache between the two kernels. */
enum { BLOCK = 64 };

typedef struct worker {
    cph_c32 *a;      /* [BLOCK][N] */
    void *workspace; /* of the beam */
    double direction[BLOCK][3];
    size_t index[BLOCK];
    cph_c32 beam[BLOCK];
    cph_status status;
} worker;

typedef struct sampling {
    const cph_pattern_model *model;
    cph_steer_plan *steer;
    cph_beamform_plan *beam;
    cph_pattern_directions *direction;
    const void *context;
    size_t count;
    float *power;
    worker *worker;
} sampling;

static cph_status sample_block(const sampling *job, size_t begin, worker *w)
{
    const size_t n = job->model->elements, end = cph_size_min(begin + BLOCK, job->count);
    size_t used = 0;
    for (size_t i = begin; i < end; i++) {
        job->power[i] = NAN;
        w->index[used] = i;
        used += job->direction(job->context, i, w->direction[used]);
    }
    cph_status status =
        cph_steer_run(job->steer, job->model->freq_hz, used, w->direction[0], w->a, n);
    if (status == CPH_OK)
        status = cph_beamform_run(job->beam, w->workspace, w->a, n, used, w->beam, 1);
    for (size_t k = 0; k < used && status == CPH_OK; k++)
        job->power[w->index[k]] = w->beam[k].re * w->beam[k].re + w->beam[k].im * w->beam[k].im;
    return status;
}

static void sample_blocks(void *context, size_t begin, size_t end, size_t id)
{
    sampling *job = context;
    worker *w = job->worker + id;
    for (size_t block = begin; block < end && w->status == CPH_OK; block++)
        w->status = sample_block(job, block * BLOCK, w);
}

static cph_status create_plans(sampling *job)
{
    const cph_pattern_model *model = job->model;
    const cph_steer_config steer = {.elements = model->elements, .position = model->position};
    const cph_beamform_config beam = {.elements = model->elements, .beams = 1, .type = CPH_C32};
    cph_c32 *w = calloc(model->elements, sizeof *w);
    if (w == NULL)
        return CPH_ERR_MEMORY;
    for (size_t n = 0; n < model->elements; n++)
        w[n] = (cph_c32){(float)model->c[n].re, (float)-model->c[n].im};
    cph_status status = cph_steer_create(&steer, &job->steer);
    if (status == CPH_OK)
        status = cph_beamform_create(&beam, w, model->elements, &job->beam);
    free(w);
    return status;
}

static cph_status create_workers(sampling *job, size_t threads)
{
    const size_t room = cph_beamform_workspace_size(job->beam);
    size_t bytes;
    if (!cph_size_mul(job->model->elements, BLOCK * sizeof(cph_c32), &bytes))
        return CPH_ERR_OVERFLOW;
    job->worker = calloc(threads, sizeof *job->worker);
    for (size_t i = 0; i < threads && job->worker != NULL; i++) {
        job->worker[i].a = cph_heap_aligned(bytes);
        job->worker[i].workspace = room > 0 ? cph_heap_aligned(room) : NULL;
        if (job->worker[i].a == NULL || (room > 0 && job->worker[i].workspace == NULL))
            return CPH_ERR_MEMORY;
    }
    return job->worker != NULL ? CPH_OK : CPH_ERR_MEMORY;
}

cph_status cph_pattern_sample(const cph_pattern_model *model, cph_pattern_directions *direction,
                              const void *context, size_t count, float *power)
{
    const size_t threads = cph_exec_threads(model->exec);
    sampling job = {
        .model = model, .direction = direction, .context = context, .count = count, .power = power};
    cph_status status = create_plans(&job);
    if (status == CPH_OK)
        status = create_workers(&job, threads);
    if (status == CPH_OK)
        cph_exec_run(model->exec, count / BLOCK + (count % BLOCK != 0), sample_blocks, &job);
    for (size_t i = 0; i < threads && job.worker != NULL; i++) {
        if (status == CPH_OK)
            status = job.worker[i].status;
        free(job.worker[i].a);
        free(job.worker[i].workspace);
    }
    free(job.worker);
    cph_beamform_destroy(job.beam);
    cph_steer_destroy(job.steer);
    return status;
}
