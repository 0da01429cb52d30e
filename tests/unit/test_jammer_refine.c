/* SPDX-License-Identifier: MIT */
/* Jammers learned from few snapshots, made those of all. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cophase/jammer.h"
#include "cophase/random.h"
#include "kernels/core/c64.h"

enum { N = 200, K = 160, FEW = 32, WAVES = 3, JAMMERS = 2, FLAGGED = 17 };
static const double power[WAVES] = {1e4, 10.0, 0.3}; /* two jammers, a satellite */
static const uint64_t seed = 20261125;

/* Waves of phases at random, noise of unit power, an element of no numbers. */
static void record(cph_c32 *x, unsigned char *flag)
{
    static cph_c64 wave[WAVES][N];
    cph_random random;
    cph_random_seed(&random, seed, 0);
    for (size_t n = 0; n < N; n++) {
        flag[n] = n == FLAGGED;
        for (size_t i = 0; i < WAVES; i++) {
            const double angle = 2.0 * M_PI * cph_random_uniform(&random);
            wave[i][n] = (cph_c64){cos(angle), sin(angle)};
        }
    }
    for (size_t k = 0; k < K; k++) {
        cph_c64 symbol[WAVES];
        for (size_t i = 0; i < WAVES; i++)
            symbol[i] = cph_c64_scale(sqrt(power[i]), cph_random_normal(&random));
        for (size_t n = 0; n < N; n++) {
            cph_c64 z = cph_random_normal(&random);
            for (size_t i = 0; i < WAVES; i++)
                z = cph_c64_add(z, cph_c64_mul(symbol[i], wave[i][n]));
            x[k * N + n] = n == FLAGGED ? (cph_c32){NAN, NAN} : (cph_c32){(float)z.re, (float)z.im};
        }
    }
}

/* Power of v outside of the first `count` of orthogonal vectors, over its own. */
static double outside(const cph_c64 *v, const cph_jammers *of, size_t count)
{
    double within = 0.0;
    for (size_t j = 0; j < count; j++) {
        const cph_c64 *const base = of->vector + j * N;
        within += cph_c64_power(cph_c64_inner(N, base, v)) / cph_c64_inner(N, base, base).re;
    }
    return 1.0 - within / cph_c64_inner(N, v, v).re;
}

/* Orthogonal iteration: the tangent of the angle to the first eigenvectors goes down by the ratio
 * of the eigenvalues behind and before them, twice; in power twice that. */
static void few_become_those_of_all(void)
{
    static cph_c32 x[K * N];
    unsigned char flag[N];
    cph_jammers few = {0}, all = {0};
    cph_error error = {0};
    record(x, flag);
    CU_ASSERT_EQUAL_FATAL(
        cph_jammers_learn(N, FEW, x, (size_t)(K / FEW) * N, flag, FEW, &few, &error), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_jammers_learn(N, K, x, N, flag, K, &all, &error), CPH_OK);
    CU_ASSERT_FATAL(few.count >= JAMMERS && all.count >= JAMMERS);
    few.count = JAMMERS;
    double before[JAMMERS];
    for (size_t count = 1; count <= JAMMERS; count++) {
        before[count - 1] = 0.0;
        for (size_t j = 0; j < count; j++)
            before[count - 1] += outside(few.vector + j * N, &all, count);
    }
    CU_ASSERT_EQUAL_FATAL(cph_jammers_refine(&few, K, x, N, flag), CPH_OK);
    const double samples = (double)(N - 1) * K, noise = pow(sqrt(N) + sqrt(K), 2.0);
    for (size_t count = 1; count <= JAMMERS; count++) {
        /* 160 symbols of a Gaussian have their power within a third: four sigma */
        const double ratio =
            (1.33 * power[count] * samples + noise) / (0.67 * power[count - 1] * samples);
        const double tangent = before[count - 1] / (1.0 - before[count - 1]);
        double after = 0.0;
        for (size_t j = 0; j < count; j++)
            after = fmax(after, outside(few.vector + j * N, &all, count));
        printf("seed %llu: %zu waves, outside of those of all %.2e, then %.2e\n",
               (unsigned long long)seed, count, before[count - 1], after);
        CU_ASSERT(before[count - 1] > 1e-6 && after <= pow(ratio, 4.0) * tangent + 1e-12);
    }
    for (size_t j = 0; j < JAMMERS; j++) {
        CU_ASSERT_DOUBLE_EQUAL(few.error[j] * sqrt(K * few.inr[j]), 1.0, 1e-12);
        CU_ASSERT(cph_c64_is_zero(few.vector[j * N + FLAGGED]));
        CU_ASSERT_DOUBLE_EQUAL(cph_c64_inner(N, few.vector + j * N, few.vector + j * N).re, N - 1,
                               1e-9 * N);
    }
    few.count = JAMMERS;
    cph_jammers_free(&few);
    cph_jammers_free(&all);
}

static void what_cannot_be_made_better_stays(void)
{
    static cph_c32 x[K * N];
    unsigned char flag[N];
    static cph_c64 was[JAMMERS * N];
    cph_jammers few = {0};
    cph_error error = {0};
    record(x, flag);
    CU_ASSERT_EQUAL_FATAL(cph_jammers_learn(N, FEW, x, N, flag, JAMMERS, &few, &error), CPH_OK);
    memcpy(was, few.vector, sizeof was);
    CU_ASSERT_EQUAL(cph_jammers_refine(&few, K, x, N, NULL), CPH_ERR_NOT_FINITE);
    CU_ASSERT_EQUAL(cph_jammers_refine(NULL, K, x, N, flag), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_jammers_refine(&few, 0, x, N, flag), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_jammers_refine(&few, K, x, N - 1, flag), CPH_ERR_ARGUMENT);
    memset(x, 0, sizeof x);
    CU_ASSERT_EQUAL(cph_jammers_refine(&few, K, x, N, flag), CPH_ERR_SINGULAR);
    CU_ASSERT(memcmp(was, few.vector, sizeof was) == 0);
    few.count = 0;
    CU_ASSERT_EQUAL(cph_jammers_refine(&few, K, x, N, flag), CPH_OK);
    cph_jammers_free(&few);
}

CU_TestInfo cph_tests_jammer_refine[] = {
    {"few become those of all", few_become_those_of_all},
    {"what cannot be made better stays", what_cannot_be_made_better_stays},
    CU_TEST_INFO_NULL,
};
