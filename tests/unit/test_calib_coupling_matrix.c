/* SPDX-License-Identifier: MIT */
/* Coupling matrices from known excitations. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cophase/coupling_calib.h"
#include "cophase/random.h"
#include "tests/unit/calib_scene.h"
#include "tests/unit/refusal.h"
#include "tests/unit/seeds.h"

enum { N = 6, K_MOST = 20, N2 = N * N };

typedef struct rig {
    size_t k;
    double complex c[N * N];
    cph_c64 x[K_MOST * N], y[K_MOST * N], near[N * N], solved[N * N];
    double sigma[N], resolution[N];
    cph_random random;
    cph_coupling_matrix_config config;
    cph_coupling_matrix solution;
    cph_error error;
} rig;

static cph_c64 put(double complex z)
{
    return (cph_c64){creal(z), cimag(z)};
}

/* A matrix without any symmetry, gains of elements in it. */
static void open_rig(rig *r, size_t k, uint64_t seed)
{
    memset(r, 0, sizeof *r);
    r->k = k;
    cph_random_seed(&r->random, seed, 0);
    printf("seed %u ", (unsigned)seed);
    for (size_t i = 0; i < N; i++)
        for (size_t m = 0; m < N; m++)
            r->c[i * N + m] = (i == m ? 1.0 : 0.0) + 0.2 * scene_get(cph_random_normal(&r->random));
    for (size_t i = 0; i < k * N; i++)
        r->x[i] = cph_random_normal(&r->random);
    r->config =
        (cph_coupling_matrix_config){.elements = N, .rows = k, .excited = r->x, .measured = r->y};
    r->solution =
        (cph_coupling_matrix){.matrix = r->solved, .sigma = r->sigma, .resolution = r->resolution};
}

static void measure(rig *r, double sigma)
{
    for (size_t k = 0; k < r->k; k++)
        for (size_t i = 0; i < N; i++) {
            double complex y = sigma * scene_get(cph_random_normal(&r->random));
            for (size_t m = 0; m < N; m++)
                y += r->c[i * N + m] * scene_get(r->x[k * N + m]);
            r->y[k * N + i] = put(y);
        }
}

static cph_status solve(rig *r)
{
    return cph_coupling_matrix_solve(&r->config, &r->solution, &r->error);
}

static double worst(const rig *r, const double complex *c)
{
    double most = 0.0;
    for (size_t i = 0; i < N2; i++)
        most = fmax(most, cabs(scene_get(r->solved[i]) - c[i]));
    return most;
}

static void without_noise_it_is_exact(void)
{
    static rig r;
    for (size_t k = N; k <= 3 * (size_t)N; k += N) {
        open_rig(&r, k, 1);
        measure(&r, 0.0);
        CU_ASSERT_EQUAL_FATAL(solve(&r), CPH_OK);
        CU_ASSERT(worst(&r, r.c) < 1e-10);
        CU_ASSERT_DOUBLE_EQUAL(r.resolution[3], 1.0, 1e-10);
        CU_ASSERT_EQUAL(isnan(r.solution.noise), k == N);
        CU_ASSERT(r.solution.condition > 1.0 && r.solution.condition < 1e4);
    }
}

/* Element 2 is hardly excited: its column is what was thought before; the others are measured. */
static void what_is_not_excited_stays_near(void)
{
    static rig r;
    double complex expected[N * N];
    open_rig(&r, 20, 2);
    for (size_t k = 0; k < r.k; k++)
        r.x[k * N + 2] = put(1e-6 * scene_get(r.x[k * N + 2]));
    measure(&r, 0.0);
    for (size_t i = 0; i < N2; i++) {
        r.near[i] = put(I * (double)i);
        expected[i] = i % N == 2 ? scene_get(r.near[i]) : r.c[i];
    }
    r.config.near = r.near;
    r.config.regularisation = 1e-6;
    CU_ASSERT_EQUAL_FATAL(solve(&r), CPH_OK);
    CU_ASSERT(worst(&r, expected) < 1e-3);
    CU_ASSERT(r.resolution[2] < 1e-4 && r.resolution[1] > 0.9999);
    /* Fewer excitations than elements, of which one is enough for a matrix known but for that. */
    open_rig(&r, 1, 3);
    measure(&r, 0.0);
    r.config.near = r.near;
    r.config.regularisation = 1e-3;
    CU_ASSERT_EQUAL_FATAL(solve(&r), CPH_OK);
    CU_ASSERT(isfinite(r.solved[7].re) && isnan(r.solution.noise) && isnan(r.sigma[0]));
}

static void errors_are_those_of_the_noise(void)
{
    const size_t seeds = test_seeds(400);
    static rig r;
    double said = 0.0, scatter = 0.0, found = 0.0;
    open_rig(&r, 15, 4);
    for (size_t t = 0; t < seeds; t++) {
        cph_random_seed(&r.random, 4, 1 + t);
        r.config.sigma = t % 2 == 0 ? 0.03 : 0.0;
        measure(&r, 0.03);
        CU_ASSERT_EQUAL_FATAL(solve(&r), CPH_OK);
        found += pow(r.solution.noise / 0.03, 2.0) / (double)seeds;
        for (size_t i = 0; i < N2; i++) {
            said += pow(r.sigma[i % N], 2.0);
            scatter += pow(cabs(scene_get(r.solved[i]) - r.c[i]), 2.0);
        }
    }
    printf("sigma / rms %.3f, noise %.3f ", sqrt(said / scatter), found);
    CU_ASSERT_DOUBLE_EQUAL(said / scatter, 1.0, 0.08);
    CU_ASSERT_DOUBLE_EQUAL(found, 1.0, 0.03);
}

static void expect_refusal(rig *r, cph_status expected, const char *words)
{
    static rig before;
    r->solved[0].re = r->solution.noise = -7.0;
    before = *r;
    is_refused(r, &before, sizeof before, &r->error, solve(r), expected, words);
}

static void what_is_refused(void)
{
    static rig r;
    open_rig(&r, N, 5);
    measure(&r, 0.0);
    r.config.rows = N - 1;
    expect_refusal(&r, CPH_ERR_SINGULAR, "5 excitations");
    r.config.rows = N;
    memcpy(r.x, r.x + N, N * sizeof *r.x);
    expect_refusal(&r, CPH_ERR_SINGULAR, "6 elements apart");
    r.y[2].re = NAN;
    expect_refusal(&r, CPH_ERR_NOT_FINITE, "not finite");
    r.config.regularisation = -1.0;
    expect_refusal(&r, CPH_ERR_ARGUMENT, "needed");
}

CU_TestInfo cph_tests_calib_coupling_matrix[] = {
    {"without noise it is exact", without_noise_it_is_exact},
    {"what is not excited stays near", what_is_not_excited_stays_near},
    {"errors are those of the noise", errors_are_those_of_the_noise},
    {"what is refused, with outputs untouched", what_is_refused},
    CU_TEST_INFO_NULL,
};
