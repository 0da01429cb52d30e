/* SPDX-License-Identifier: MIT */
/* The library is a guest in a program that has threads: it changes no settings, and starts none
 * inside a caller's parallel region. */
#include <CUnit/CUnit.h>
#include <cblas.h>
#include <math.h>
#include <omp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "calib/eigen.h"
#include "cophase/beamform.h"
#include "cophase/covariance.h"
#include "cophase/exec.h"

enum { ELEMENTS = 24, BEAMS = 3, TIMES = 4096, THREADS = 3 };

/* ---- what threads run tasks ---- */

/* An exec that counts the calls of its tasks, and those from another thread than the caller's. */
typedef struct watch {
    cph_exec inner;
    atomic_uint calls, foreign;
} watch;

typedef struct watched_job {
    watch *by;
    pthread_t caller;
    cph_task *task;
    void *job;
} watched_job;

static void watched_task(void *context, size_t begin, size_t end, size_t worker)
{
    const watched_job *const w = context;
    atomic_fetch_add(&w->by->calls, 1);
    if (!pthread_equal(pthread_self(), w->caller))
        atomic_fetch_add(&w->by->foreign, 1);
    w->task(w->job, begin, end, worker);
}

static void watched_for(void *context, size_t count, cph_task *task, void *job)
{
    watch *const by = context;
    watched_job w = {.by = by, .caller = pthread_self(), .task = task, .job = job};
    by->inner.parallel_for(by->inner.context, count, watched_task, &w);
}

static cph_exec watch_openmp(watch *by, size_t threads)
{
    cph_exec_openmp(&by->inner, threads);
    atomic_init(&by->calls, 0);
    atomic_init(&by->foreign, 0);
    return (cph_exec){.parallel_for = watched_for, .context = by, .threads = by->inner.threads};
}

/* ---- work for every layer that has threads ---- */

typedef struct results {
    cph_c32 beams[TIMES * BEAMS];
    cph_c64 r[ELEMENTS * ELEMENTS];
} results;

static void draw_samples(cph_c8 *samples)
{
    uint32_t state = 12345;
    for (size_t i = 0; i < (size_t)TIMES * ELEMENTS; i++) {
        state = state * 1664525u + 1013904223u;
        samples[i] = (cph_c8){(int8_t)(state >> 24), (int8_t)(state >> 16)};
    }
}

static bool form_beams(const cph_exec *exec, const cph_c8 *samples, results *out)
{
    cph_c32 weights[BEAMS * ELEMENTS];
    for (size_t i = 0; i < (size_t)BEAMS * ELEMENTS; i++)
        weights[i] = (cph_c32){cosf(0.7f * (float)i), sinf(0.3f * (float)i)};
    const cph_beamform_config config = {
        .elements = ELEMENTS, .beams = BEAMS, .type = CPH_C8, .exec = exec};
    cph_beamform_plan *plan = NULL;
    if (cph_beamform_create(&config, weights, ELEMENTS, &plan) != CPH_OK)
        return false;
    void *const work = aligned_alloc(64, (cph_beamform_workspace_size(plan) / 64 + 1) * 64);
    const bool done = work != NULL && cph_beamform_run(plan, work, samples, ELEMENTS, TIMES,
                                                       out->beams, BEAMS) == CPH_OK;
    free(work);
    cph_beamform_destroy(plan);
    return done;
}

static bool sum_covariance(const cph_exec *exec, const cph_c8 *samples, results *out)
{
    const cph_covariance_config config = {.elements = ELEMENTS, .type = CPH_C8, .exec = exec};
    cph_covariance_plan *plan = NULL;
    if (cph_covariance_create(&config, &plan) != CPH_OK)
        return false;
    void *const work = aligned_alloc(64, (cph_covariance_workspace_size(plan) / 64 + 1) * 64);
    void *const sums = aligned_alloc(64, (cph_covariance_sums_size(plan) / 64 + 1) * 64);
    const bool done = work != NULL && sums != NULL && cph_covariance_reset(plan, sums) == CPH_OK &&
                      cph_covariance_add(plan, work, samples, ELEMENTS, TIMES, sums) == CPH_OK &&
                      cph_covariance_get(plan, sums, 1.0 / TIMES, out->r, ELEMENTS) == CPH_OK;
    free(work);
    free(sums);
    cph_covariance_destroy(plan);
    return done;
}

static void multiply(const void *matrix, const cph_c64 *x, cph_c64 *y)
{
    const cph_c64 *const r = matrix;
    for (size_t i = 0; i < ELEMENTS; i++) {
        y[i] = (cph_c64){0.0, 0.0};
        for (size_t j = 0; j < ELEMENTS; j++) {
            const cph_c64 a = r[i * ELEMENTS + j];
            y[i].re += a.re * x[j].re - a.im * x[j].im;
            y[i].im += a.re * x[j].im + a.im * x[j].re;
        }
    }
}

/* Beams and covariance by kernels, an eigenvalue by LAPACK. */
static bool work(const cph_exec *exec, const cph_c8 *samples, results *out)
{
    double largest = 0.0;
    return form_beams(exec, samples, out) && sum_covariance(exec, samples, out) &&
           cph_eigen_largest(ELEMENTS, multiply, out->r, &largest, NULL) == CPH_OK && largest > 0;
}

/* ---- claims ---- */

typedef struct settings {
    int threads, levels, dynamic, blas, chunk;
    omp_sched_t schedule;
} settings;

static settings look(void)
{
    settings s = {.threads = omp_get_max_threads(),
                  .levels = omp_get_max_active_levels(),
                  .dynamic = omp_get_dynamic(),
                  .blas = openblas_get_num_threads()};
    omp_get_schedule(&s.schedule, &s.chunk);
    return s;
}

/* With settings that are nobody's default. */
static void settings_stay_what_they_were(void)
{
    const settings before = look();
    cph_c8 *const samples = calloc((size_t)TIMES * ELEMENTS, sizeof *samples);
    results *const out = calloc(1, sizeof *out);
    omp_set_num_threads(5);
    omp_set_max_active_levels(3);
    omp_set_dynamic(1);
    omp_set_schedule(omp_sched_dynamic, 7);
    const settings odd = look();
    CU_ASSERT_FATAL(samples != NULL && out != NULL);
    draw_samples(samples);
    cph_exec exec;
    cph_exec_openmp(&exec, 0);
    CU_ASSERT_EQUAL(exec.threads, 5);
    cph_exec_openmp(&exec, THREADS);
    CU_ASSERT(work(&exec, samples, out));
    const settings after = look();
    CU_ASSERT(after.threads == odd.threads && after.levels == odd.levels);
    CU_ASSERT(after.dynamic == odd.dynamic && after.blas == odd.blas);
    CU_ASSERT(after.schedule == odd.schedule && after.chunk == odd.chunk);
    omp_set_num_threads(before.threads);
    omp_set_max_active_levels(before.levels);
    omp_set_dynamic(before.dynamic);
    omp_set_schedule(before.schedule, before.chunk);
    free(samples);
    free(out);
}

/* Nested regions are allowed here, so that a library that started one would have its threads. */
static void a_callers_region_is_not_oversubscribed(void)
{
    const int levels = omp_get_max_active_levels();
    enum { CALLERS = 2 };
    watch outside, inside[CALLERS];
    cph_c8 *const samples = calloc((size_t)TIMES * ELEMENTS, sizeof *samples);
    results *const out = calloc(CALLERS + 1, sizeof *out);
    bool done[CALLERS] = {false};
    CU_ASSERT_FATAL(samples != NULL && out != NULL);
    draw_samples(samples);
    omp_set_max_active_levels(3);

    cph_exec exec = watch_openmp(&outside, THREADS);
    CU_ASSERT(work(&exec, samples, &out[CALLERS]));
    CU_ASSERT(atomic_load(&outside.foreign) > 0); /* else the watch sees nothing */

    int team = 0;
#pragma omp parallel num_threads(CALLERS)
    {
        const int k = omp_get_thread_num();
        cph_exec mine = watch_openmp(&inside[k], THREADS);
        done[k] = work(&mine, samples, &out[k]);
#pragma omp single
        team = omp_get_num_threads();
    }
    omp_set_max_active_levels(levels);
    CU_ASSERT_EQUAL(team, CALLERS);
    for (int k = 0; k < team; k++) {
        CU_ASSERT(done[k]);
        CU_ASSERT(atomic_load(&inside[k].calls) > 0);
        CU_ASSERT_EQUAL(atomic_load(&inside[k].foreign), 0);
        CU_ASSERT(memcmp(&out[k], &out[CALLERS], sizeof *out) == 0);
    }
    free(samples);
    free(out);
}

CU_TestInfo cph_tests_threads_omp[] = {
    {"settings of OpenMP and OpenBLAS stay what they were", settings_stay_what_they_were},
    {"inside a caller's parallel region the calling thread works alone",
     a_callers_region_is_not_oversubscribed},
    CU_TEST_INFO_NULL,
};
