/* SPDX-License-Identifier: MIT */
/* Steps in float: of any units of model and weights, and of no trace in a solution. */
#include <CUnit/CUnit.h>
#include <math.h>

#include "calib/coarse.h"
#include "kernels/core/c64.h"
#include "tests/unit/calib_scene.h"

enum { N = SCENE_ELEMENTS };

/* Upper triangles of a system, and a step. */
typedef struct rig {
    cph_system system;
    cph_c64 r[N * N], m[N * N], g[N], next[N];
    double weight[N * N], power[N];
    cph_random random;
} rig;

static cph_c64 draw(cph_random *random, double scale)
{
    const double re = scale * (2.0 * cph_random_uniform(random) - 1.0);
    return (cph_c64){re, scale * (2.0 * cph_random_uniform(random) - 1.0)};
}

static void open_rig(rig *t, double of_model, double of_weight)
{
    cph_random_seed(&t->random, 1, 0);
    t->system = (cph_system){.n = N, .r = t->r, .m = t->m, .robust = t->weight};
    for (size_t at = 0; at < (size_t)N * N; at++) {
        t->r[at] = draw(&t->random, 1.0);
        t->m[at] = draw(&t->random, of_model);
        t->weight[at] = at % 7 == 0 ? 0.0 : of_weight * cph_random_uniform(&t->random);
    }
    for (size_t p = 0; p < N; p++)
        t->g[p] = draw(&t->random, 1.0 / sqrt(of_model));
}

/* Largest error of a step in units of the kernel's bound (moduli: sqrt(2) of that of parts; a
 * rounding more for the tiles, two for gains). */
static double error_of_step(const rig *t)
{
    const double u = 0x1p-24, of_sum = sqrt(2.0) * (2.0 * N + 4.0) * u, of_power = (N + 9.0) * u;
    double worst = 0.0;
    for (size_t p = 0; p < N; p++) {
        cph_c64 sum = {0.0, 0.0};
        double power = 0.0, terms = 0.0;
        for (size_t q = 0; q < N; q++) {
            const size_t at = p < q ? p * N + q : q * N + p;
            const double w = p == q ? 0.0 : t->weight[at];
            const cph_c64 r = p < q ? t->r[at] : cph_c64_conj(t->r[at]);
            const cph_c64 m = p < q ? t->m[at] : cph_c64_conj(t->m[at]);
            const cph_c64 z = cph_c64_mulc(m, t->g[q]);
            sum = cph_c64_add(sum, cph_c64_scale(w, cph_c64_mulc(r, z)));
            power += w * cph_c64_power(z);
            terms += w * sqrt(cph_c64_power(r) * cph_c64_power(z));
        }
        const cph_c64 off = cph_c64_sub(t->next[p], cph_c64_scale(1.0 / power, sum));
        worst = fmax(worst, sqrt(cph_c64_power(off)) * power / ((of_sum + of_power) * terms));
        worst = fmax(worst, fabs(t->power[p] - power) / (of_power * power));
    }
    return worst;
}

static void a_step_is_within_its_bound_in_any_units(void)
{
    static rig t;
    static const double units[][2] = {{1.0, 1.0}, {1e-26, 1e12}, {1e20, 1e-30}};
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        cph_coarse coarse;
        open_rig(&t, units[i][0], units[i][1]);
        CU_ASSERT_FATAL(cph_coarse_open(&coarse, N));
        cph_coarse_step(&coarse, &t.system, t.g, t.next, t.power);
        CU_ASSERT(error_of_step(&t) <= 1.0);
        for (size_t at = 0; at < (size_t)N * N; at++)
            t.weight[at] *= cph_random_uniform(&t.random);
        coarse.packed = false;
        cph_coarse_step(&coarse, &t.system, t.g, t.next, t.power);
        CU_ASSERT(error_of_step(&t) <= 1.0);
        cph_coarse_close(&coarse);
    }
}

static void few_elements_are_left_to_double(void)
{
    cph_coarse coarse;
    CU_ASSERT(!cph_coarse_open(&coarse, 4));
    CU_ASSERT_PTR_NULL(coarse.memory);
    CU_ASSERT(!cph_coarse_open(&coarse, SIZE_MAX));
}

/* Float would leave 1e-7 of it. */
static void exact_data_are_solved_to_double(void)
{
    static scene s;
    const double flux = 1e-26, near = 1e-11;
    scene_open(&s, N, 1, 5);
    for (size_t i = 0; i < sizeof s.r / sizeof s.r[0]; i++)
        s.r[i] = cph_c64_scale(flux, s.r[i]);
    s.problem.flux = &flux;
    CU_ASSERT_EQUAL_FATAL(scene_solve(&s), CPH_OK);
    CU_ASSERT_EQUAL(s.solution.stop, CPH_STOP_CONVERGED);
    for (size_t p = 1; p < N; p++) {
        const double complex found = scene_get(s.solved[p]) * conj(scene_get(s.solved[0]));
        CU_ASSERT(cabs(found - s.gain[p] * conj(s.gain[0])) < near);
    }
}

CU_TestInfo cph_tests_calib_coarse[] = {
    {"a step is within its bound in any units", a_step_is_within_its_bound_in_any_units},
    {"few elements are left to double", few_elements_are_left_to_double},
    {"exact data are solved to double", exact_data_are_solved_to_double},
    CU_TEST_INFO_NULL,
};
