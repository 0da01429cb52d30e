/* SPDX-License-Identifier: MIT */
/* Gains of many times and channels: what one solution alone gives, in fewer iterations, whatever
 * the threads, and one that fails is no other's affair. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <string.h>

#include "tests/unit/calib_scene.h"

enum { TIMES = 3, CHANNELS = 19, COUNT = TIMES * CHANNELS, ELEMENTS = 12 };

typedef struct rig {
    scene s[COUNT];
    cph_gain_problem problem[COUNT];
    cph_gain_solution solution[COUNT];
    cph_status status[COUNT];
    cph_error error[COUNT];
} rig;

/* Gains that drift a little from one to the next; each with noise of its own. */
static void open_rig(rig *r)
{
    static scene first;
    scene_open(&first, ELEMENTS, 2, 51);
    for (size_t i = 0; i < COUNT; i++) {
        scene *s = &r->s[i];
        *s = first;
        cph_random_seed(&s->random, 51, 1 + i);
        for (size_t p = 0; p < ELEMENTS; p++) {
            s->gain[p] *= cexp(I * 0.01 * (double)(i * (p % 3)));
            s->noise[p] = 1.0;
        }
        scene_sample(s, 2000.0);
        s->problem.r = s->r;
        s->problem.position = s->position;
        s->problem.direction = s->direction;
        s->problem.samples = 2000.0;
        s->solution = (cph_gain_solution){.gain = s->solved,
                                          .phase_sigma = s->phase_sigma,
                                          .amplitude_sigma = s->amplitude_sigma,
                                          .flag = s->flag,
                                          .flux = s->solved_flux};
        s->options.tolerance = 1e-12;
        s->options.max_iterations = 3000;
        r->problem[i] = s->problem;
        r->solution[i] = s->solution;
    }
}

static double worst_difference(const scene *a, const scene *b)
{
    double worst = 0.0;
    for (size_t p = 0; p < ELEMENTS; p++)
        worst = fmax(worst, cabs(scene_get(a->solved[p]) - scene_get(b->solved[p])));
    return worst;
}

static void as_one_by_one_in_fewer_iterations(void)
{
    static rig alone, batch;
    size_t cold = 0, warm = 0;
    open_rig(&alone);
    open_rig(&batch);
    CU_ASSERT_EQUAL_FATAL(cph_gains_batch(NULL, TIMES, CHANNELS, batch.problem, &batch.s[0].options,
                                          batch.solution, batch.status, batch.error),
                          CPH_OK);
    for (size_t i = 0; i < COUNT; i++) {
        CU_ASSERT_EQUAL_FATAL(scene_solve(&alone.s[i]), CPH_OK);
        CU_ASSERT_EQUAL(batch.status[i], CPH_OK);
        CU_ASSERT_EQUAL(batch.solution[i].stop, CPH_STOP_CONVERGED);
        CU_ASSERT(worst_difference(&alone.s[i], &batch.s[i]) < 1e-9);
        cold += alone.s[i].solution.iterations;
        warm += batch.solution[i].iterations;
    }
    CU_ASSERT(warm < cold);
}

static void threads_change_nothing(void)
{
    static rig serial, parallel;
    open_rig(&serial);
    CU_ASSERT_EQUAL_FATAL(cph_gains_batch(NULL, TIMES, CHANNELS, serial.problem,
                                          &serial.s[0].options, serial.solution, serial.status,
                                          NULL),
                          CPH_OK);
    for (size_t threads = 1; threads <= 4; threads++) {
        cph_exec exec;
        cph_exec_openmp(&exec, threads);
        open_rig(&parallel);
        CU_ASSERT_EQUAL_FATAL(cph_gains_batch(&exec, TIMES, CHANNELS, parallel.problem,
                                              &parallel.s[0].options, parallel.solution,
                                              parallel.status, NULL),
                              CPH_OK);
        for (size_t i = 0; i < COUNT; i++) {
            CU_ASSERT_EQUAL(
                memcmp(serial.s[i].solved, parallel.s[i].solved, ELEMENTS * sizeof(cph_c64)), 0);
            CU_ASSERT_EQUAL(memcmp(serial.s[i].phase_sigma, parallel.s[i].phase_sigma,
                                   ELEMENTS * sizeof(double)),
                            0);
        }
    }
}

/* One is not finite, one is of another sky (gains of the neighbour lead nowhere), one has a flagged
 * element. */
static void failures_stay_where_they_are(void)
{
    static rig r;
    open_rig(&r);
    const size_t bad = 2 * CHANNELS + 4, other = 5, flagged = 7;
    r.s[bad].r[3 * r.s[bad].problem.ld + 8].re = NAN;
    for (size_t p = 0; p < ELEMENTS; p++)
        r.s[other].gain[p] *= cexp(I * 2.0 * (double)(p * p));
    scene_sample(&r.s[other], 2000.0);
    r.s[flagged].flag[2] = CPH_FLAG_EXCLUDED;
    CU_ASSERT_EQUAL_FATAL(cph_gains_batch(NULL, TIMES, CHANNELS, r.problem, &r.s[0].options,
                                          r.solution, r.status, r.error),
                          CPH_OK);
    for (size_t i = 0; i < COUNT; i++) {
        CU_ASSERT_EQUAL(r.status[i], i == bad ? CPH_ERR_NOT_FINITE : CPH_OK);
        CU_ASSERT_EQUAL(r.error[i].status, r.status[i]);
        CU_ASSERT(i == bad || r.solution[i].explained_after > 0.3);
        CU_ASSERT_EQUAL(r.s[i].flag[2], i == flagged ? CPH_FLAG_EXCLUDED : CPH_FLAG_NONE);
        CU_ASSERT(i == bad || isfinite(r.s[i].solved[3].re));
    }
    CU_ASSERT(strstr(r.error[bad].message, "elements 3 and 8") != NULL);
    CU_ASSERT_EQUAL(cph_gains_batch(NULL, 1, 1, NULL, &r.s[0].options, r.solution, r.status, NULL),
                    CPH_ERR_ARGUMENT);
}

CU_TestInfo cph_tests_calib_batch[] = {
    {"as one by one, in fewer iterations", as_one_by_one_in_fewer_iterations},
    {"threads change nothing", threads_change_nothing},
    {"failures stay where they are", failures_stay_where_they_are},
    CU_TEST_INFO_NULL,
};
