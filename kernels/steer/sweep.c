/* SPDX-License-Identifier: MIT */
#include "kernels/steer/sweep.h"

#include "cophase/steer.h"
#include "kernels/core/exec.h"
#include "kernels/core/heap.h"

typedef struct worker {
    cph_c32 *a; /* [CPH_SWEEP_BLOCK][elements] */
    double direction[CPH_SWEEP_BLOCK][3];
    size_t index[CPH_SWEEP_BLOCK];
    cph_status status;
} worker;

typedef struct sweep_job {
    const cph_sweep *sweep;
    const cph_steer_plan *steer;
    worker *worker; /* [threads] */
} sweep_job;

static cph_status run_block(const sweep_job *job, size_t begin, size_t id)
{
    const cph_sweep *s = job->sweep;
    worker *w = job->worker + id;
    const size_t end = cph_size_min(begin + CPH_SWEEP_BLOCK, s->count);
    size_t used = 0;
    for (size_t i = begin; i < end; i++) {
        w->index[used] = i;
        used += s->direction(s->context, i, w->direction[used]);
    }
    if (used == 0)
        return CPH_OK;
    const cph_status status =
        cph_steer_run(job->steer, 1, &s->freq_hz, used, w->direction[0], w->a, s->elements);
    return status == CPH_OK ? s->visit(s->visitor, id, used, w->index, w->a) : status;
}

static void run_blocks(void *context, size_t begin, size_t end, size_t id)
{
    sweep_job *job = context;
    worker *w = job->worker + id;
    for (size_t block = begin; block < end && w->status == CPH_OK; block++)
        w->status = run_block(job, block * CPH_SWEEP_BLOCK, id);
}

static cph_status create_workers(sweep_job *job, size_t threads)
{
    size_t bytes;
    if (!cph_size_mul(job->sweep->elements, CPH_SWEEP_BLOCK * sizeof(cph_c32), &bytes))
        return CPH_ERR_OVERFLOW;
    job->worker = calloc(threads, sizeof *job->worker);
    if (job->worker == NULL)
        return CPH_ERR_MEMORY;
    for (size_t i = 0; i < threads; i++) {
        job->worker[i].a = cph_heap_aligned(bytes);
        if (job->worker[i].a == NULL)
            return CPH_ERR_MEMORY;
    }
    return CPH_OK;
}

cph_status cph_sweep_run(const cph_sweep *sweep)
{
    const size_t threads = cph_exec_threads(sweep->exec);
    const cph_steer_config config = {.elements = sweep->elements, .position = sweep->position};
    cph_steer_plan *steer = NULL;
    cph_status status = cph_steer_create(&config, &steer);
    sweep_job job = {.sweep = sweep, .steer = steer};
    if (status == CPH_OK)
        status = create_workers(&job, threads);
    if (status == CPH_OK)
        cph_exec_run(sweep->exec,
                     sweep->count / CPH_SWEEP_BLOCK + (sweep->count % CPH_SWEEP_BLOCK != 0),
                     run_blocks, &job);
    for (size_t i = 0; i < threads && job.worker != NULL; i++) {
        if (status == CPH_OK)
            status = job.worker[i].status;
        free(job.worker[i].a);
    }
    free(job.worker);
    cph_steer_destroy(steer);
    return status;
}
