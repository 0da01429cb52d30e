/* SPDX-License-Identifier: MIT */
/* Jammers where something is missing: noise, finite gains, flagged places, a flat array. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cophase/jammer.h"
#include "cophase/random.h"
#include "cophase/steer.h"
#include "cophase/track.h"
#include "kernels/core/c64.h"

enum { N = 128, K = 16 };
static const double freq_hz = CPH_SPEED_OF_LIGHT; /* a wave of 1 m */
static const uint64_t seed = 20261124;

static void upward(cph_random *random, double u[3])
{
    const double angle = (10.0 + 75.0 * cph_random_uniform(random)) * M_PI / 180.0;
    const double az = 2.0 * M_PI * cph_random_uniform(random);
    u[0] = sin(angle) * cos(az);
    u[1] = sin(angle) * sin(az);
    u[2] = cos(angle);
}

/* Elements anywhere in a box, K snapshots of a wave from u, and noise of unit power or none. */
static void record(cph_random *random, const double box[3], const double u[3], double noise,
                   double *position, cph_c32 *x)
{
    cph_c64 a[N];
    for (size_t i = 0; i < (size_t)3 * N; i++)
        position[i] = box[i % 3] * (cph_random_uniform(random) - 0.5);
    CU_ASSERT_EQUAL_FATAL(cph_steer_c64(N, position, freq_hz, u, a), CPH_OK);
    for (size_t k = 0; k < K; k++) {
        const cph_c64 symbol = cph_c64_scale(30.0, cph_random_normal(random));
        for (size_t n = 0; n < N; n++) {
            const cph_c64 own = cph_c64_scale(noise, cph_random_normal(random));
            const cph_c64 z = cph_c64_add(cph_c64_mul(symbol, a[n]), own);
            x[k * N + n] = (cph_c32){(float)z.re, (float)z.im};
        }
    }
}

/* What rounding alone leaves is noise as well, so that nulls can be made of it. */
static void waves_without_noise_have_finite_powers(void)
{
    const double box[3] = {8.0, 6.0, 0.0}, quarter[4][2] = {{1, 0}, {0, 1}, {-1, 0}, {0, -1}};
    static double position[3 * N];
    static cph_c32 x[K * N];
    double u[3];
    cph_random random;
    cph_random_seed(&random, seed, 0);
    upward(&random, u);
    for (int exact = 0; exact < 2; exact++) {
        cph_jammers jammers = {0};
        cph_track_plan *plan = NULL;
        cph_error error = {0};
        record(&random, box, u, 0.0, position, x);
        for (size_t i = 0; exact && i < (size_t)K * N; i++) { /* to the last bit one wave */
            const double *const turned = quarter[(i / N + i % N) % 4];
            x[i] = (cph_c32){(float)turned[0], (float)turned[1]};
        }
        CU_ASSERT_EQUAL_FATAL(cph_jammers_learn(N, K, x, N, NULL, 1, &jammers, &error), CPH_OK);
        CU_ASSERT_EQUAL_FATAL(jammers.count, 1);
        CU_ASSERT(isfinite(jammers.inr[0]) && jammers.inr[0] > 1e12);
        CU_ASSERT(jammers.noise > 0.0 && jammers.error[0] > 0.0);
        const cph_track_config config = {
            .elements = N, .position = position, .freq_hz = freq_hz, .nulls_max = 1};
        CU_ASSERT_EQUAL_FATAL(cph_track_create(&config, &plan, &error), CPH_OK);
        CU_ASSERT_EQUAL(cph_track_set_nulls(plan, 1, jammers.vector, jammers.inr, &error), CPH_OK);
        cph_track_destroy(plan);
        cph_jammers_free(&jammers);
    }
}

/* Extents in z make beams narrow as well. */
static void deep_arrays_find_their_jammer(void)
{
    static const double boxes[][3] = {{8, 8, 0}, {2, 2, 16}, {1, 12, 12}};
    static double position[3 * N];
    static cph_c32 x[K * N];
    size_t wrong = 0;
    cph_random random;
    printf("seed %llu ", (unsigned long long)seed);
    cph_random_seed(&random, seed, 1);
    for (size_t box = 0; box < sizeof boxes / sizeof boxes[0]; box++)
        for (int draw = 0; draw < 60; draw++) {
            const cph_jammer_search search = {.position = position, .freq_hz = freq_hz};
            cph_jammers jammers = {0};
            cph_error error = {0};
            double u[3], found[3], share;
            upward(&random, u);
            record(&random, boxes[box], u, 1.0, position, x);
            CU_ASSERT_EQUAL_FATAL(cph_jammers_learn(N, K, x, N, NULL, 1, &jammers, &error), CPH_OK);
            CU_ASSERT_EQUAL_FATAL(jammers.count, 1);
            CU_ASSERT_EQUAL(cph_jammers_find(&jammers, &search, found, &share, NULL), CPH_OK);
            wrong += hypot(hypot(found[0] - u[0], found[1] - u[1]), found[2] - u[2]) > 0.02;
            cph_jammers_free(&jammers);
        }
    CU_ASSERT_EQUAL(wrong, 0);
}

static void what_is_not_finite_leaves_outputs_alone(void)
{
    const double box[3] = {8.0, 6.0, 0.0};
    static double position[3 * N];
    static cph_c32 x[K * N];
    static cph_c64 gain[N], before[N];
    double u[3], found[3] = {7.0, 7.0, 7.0}, share = 7.0;
    const cph_jammer_search search = {.position = position, .freq_hz = freq_hz, .gain = gain};
    cph_jammers jammers = {0};
    cph_error error = {0};
    cph_random random;
    cph_random_seed(&random, seed, 2);
    upward(&random, u);
    record(&random, box, u, 1.0, position, x);
    for (size_t n = 0; n < N; n++)
        gain[n] = (cph_c64){n == 5 ? NAN : 1.0, 0.0};
    CU_ASSERT_EQUAL_FATAL(cph_jammers_learn(N, K, x, N, NULL, 1, &jammers, &error), CPH_OK);
    memcpy(before, jammers.vector, sizeof before);
    CU_ASSERT_EQUAL(cph_jammers_find(&jammers, &search, found, &share, NULL), CPH_ERR_NOT_FINITE);
    CU_ASSERT(found[0] == 7.0 && found[2] == 7.0 && share == 7.0);
    CU_ASSERT_EQUAL(memcmp(before, jammers.vector, sizeof before), 0);
    cph_jammers_free(&jammers);
}

/* Wherever a flagged element is, also where that is not known. */
static void flagged_elements_of_a_spread_stand_anywhere(void)
{
    enum { POINTS = 3, ROOM = 3 };
    static double position[3 * N];
    static cph_c64 v[N], out[ROOM * N];
    const double du[3 * POINTS] = {0.0, 0.0, 0.0, 0.02, 0.0, 0.0, 0.0, -0.03, 0.0};
    double power[ROOM], left[2];
    size_t count[2] = {0};
    cph_random random;
    cph_random_seed(&random, seed, 3);
    for (size_t n = 0; n < N; n++) {
        position[3 * n] = 8.0 * cph_random_uniform(&random);
        position[3 * n + 1] = 6.0 * cph_random_uniform(&random);
        v[n] = n == 9 ? (cph_c64){0.0, 0.0} : cph_random_normal(&random);
    }
    const cph_jammer_points points = {.elements = N,
                                      .position = position,
                                      .freq_hz = freq_hz,
                                      .vector = v,
                                      .inr = 1e4,
                                      .points = POINTS,
                                      .du = du,
                                      .below = 1e-3};
    for (size_t i = 0; i < 2; i++) {
        position[27] = i == 0 ? 1.0 : NAN;
        CU_ASSERT_EQUAL(cph_jammer_spread(&points, ROOM, out, power, &count[i], &left[i]), CPH_OK);
        CU_ASSERT(out[9].re == 0.0 && out[9].im == 0.0);
    }
    CU_ASSERT(count[0] == count[1] && left[0] == left[1]);
}

CU_TestInfo cph_tests_jammer_edges[] = {
    {"waves without noise have finite powers", waves_without_noise_have_finite_powers},
    {"deep arrays find their jammer", deep_arrays_find_their_jammer},
    {"what is not finite leaves outputs alone", what_is_not_finite_leaves_outputs_alone},
    {"flagged elements of a spread stand anywhere", flagged_elements_of_a_spread_stand_anywhere},
    CU_TEST_INFO_NULL,
};
