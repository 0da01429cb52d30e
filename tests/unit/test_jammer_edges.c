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

/* Neither that nor how far away it is counts where a wave is looked for: not even in the step. */
static void flagged_elements_stand_anywhere_where_waves_are_found(void)
{
    static const double box[3] = {8.0, 6.0, 0.0}, places[] = {1.0, 1e3, NAN, INFINITY};
    static double position[3 * N];
    static cph_c32 x[K * N];
    static unsigned char flag[N];
    double u[3], found[4][3], share[4];
    size_t skies = 0;
    const cph_jammer_search search = {.position = position, .freq_hz = freq_hz};
    cph_random random;
    cph_random_seed(&random, seed, 5);
    upward(&random, u);
    record(&random, box, u, 1.0, position, x);
    flag[9] = 1;
    for (size_t i = 0; i < 4; i++) {
        cph_jammers jammers = {0};
        cph_error error = {0};
        CU_ASSERT_EQUAL_FATAL(cph_jammers_learn(N, K, x, N, flag, 1, &jammers, &error), CPH_OK);
        for (size_t axis = 0; axis < 3; axis++)
            position[27 + axis] = places[i];
        CU_ASSERT_EQUAL(cph_jammers_find(&jammers, &search, found[i], &share[i], &skies), CPH_OK);
        CU_ASSERT_EQUAL(memcmp(found[i], found[0], sizeof found[i]), 0);
        CU_ASSERT(share[i] == share[0] && share[i] > 0.99);
        cph_jammers_free(&jammers);
    }
    position[27] = position[28] = position[29] = 1.0;
    position[30] = NAN;
    cph_jammers jammers = {0};
    cph_error error = {0};
    CU_ASSERT_EQUAL_FATAL(cph_jammers_learn(N, K, x, N, flag, 1, &jammers, &error), CPH_OK);
    CU_ASSERT_EQUAL(cph_jammers_find(&jammers, &search, found[1], &share[1], NULL),
                    CPH_ERR_NOT_FINITE);
    CU_ASSERT_EQUAL(memcmp(found[1], found[0], sizeof found[1]), 0);
    cph_jammers_free(&jammers);
}

/* Just beyond the null a step that a far element makes finer shows the rise. */
static void flagged_elements_stand_anywhere_beside_the_lobe(void)
{
    enum { LINE = 32 };
    double position[3 * LINE + 3] = {0};
    unsigned char flag[LINE + 1] = {0};
    for (size_t n = 0; n < LINE; n++)
        position[3 * n] = 0.5 * (double)n;
    flag[LINE] = 1;
    for (int i = 0; i < 200; i++) {
        const double x = 0.2 + 0.05 + 0.0001 * i;
        const double u[3] = {0.2, 0.0, sqrt(0.96)}, v[3] = {x, 0.0, sqrt(1.0 - x * x)};
        bool in[3];
        for (size_t k = 0; k < 3; k++) {
            position[(size_t)3 * LINE] = k == 0 ? 1.0 : k == 1 ? 1e3 : NAN;
            in[k] = cph_jammer_in_lobe(LINE + 1, position, freq_hz, flag, u, v);
        }
        CU_ASSERT(in[1] == in[0] && in[2] == in[0]);
    }
}

/* The part of the steering vector of u in the span of orthogonal vectors, of all elements. */
static double share_of(const double *position, const double u[3], size_t count, const cph_c64 *v)
{
    cph_c64 a[N];
    double share = 0.0;
    CU_ASSERT_EQUAL_FATAL(cph_steer_c64(N, position, freq_hz, u, a), CPH_OK);
    for (size_t k = 0; k < count; k++)
        share += cph_c64_power(cph_c64_inner(N, v + k * N, a)) /
                 (N * cph_c64_inner(N, v + k * N, v + k * N).re);
    return share;
}

/* An element is flagged where all vectors are 0, not where the first one is. */
static void a_zero_in_one_vector_is_no_flag(void)
{
    static double position[3 * N];
    static cph_c64 v[2 * N], before[2 * N];
    double found[6], share[2], inr[2] = {1e3, 1e3}, error[2] = {0.1, 0.1};
    cph_random random;
    cph_random_seed(&random, seed, 6);
    for (size_t n = 0; n < N; n++) {
        position[3 * n] = 8.0 * cph_random_uniform(&random);
        position[3 * n + 1] = 6.0 * cph_random_uniform(&random);
        const bool first = n % 2 == 0; /* disjoint, so orthogonal */
        const double turn = 2.0 * M_PI * (0.3 * position[3 * n] - 0.2 * position[3 * n + 1]);
        const cph_c64 entry = {sqrt(2.0) * cos(turn), sqrt(2.0) * sin(turn)};
        v[n] = first ? entry : (cph_c64){0.0, 0.0};
        v[N + n] = first ? (cph_c64){0.0, 0.0} : entry;
    }
    memcpy(before, v, sizeof v);
    cph_jammers jammers = {.elements = N, .count = 2, .vector = v, .inr = inr, .error = error};
    const cph_jammer_search search = {.position = position, .freq_hz = freq_hz};
    CU_ASSERT_EQUAL_FATAL(cph_jammers_find(&jammers, &search, found, share, NULL), CPH_OK);
    CU_ASSERT(hypot(found[0] - 0.3, found[1] + 0.2) < 1e-4);
    CU_ASSERT_DOUBLE_EQUAL(share[0], share_of(position, found, 2, before), 1e-12);
}

/* Two waves in one vector, the stronger between points of the sky's grid, the other on one: the
 * grid leads to the other, and a seed near the stronger, whose share is below `least` too, to it.
 */
static void the_better_of_seed_and_sky_is_taken(void)
{
    enum { SIDE = 8, COUNT = SIDE * SIDE };
    double position[3 * COUNT] = {0}, found[2][3], share[2], inr = 1e3, error = 0.1;
    for (size_t n = 0; n < COUNT; n++) {
        position[3 * n] = 0.5 * (double)(n % SIDE);
        position[3 * n + 1] = 0.5 * (double)(n / SIDE);
    }
    /* 2 extents of 3.5 waves and one more, 3 points each: a step of 2 / 24 */
    const double step = 2.0 / 24.0;
    const double u[2][3] = {{3.5 * step, -4.5 * step, 0.0}, {-6.0 * step, 5.0 * step, 0.0}};
    for (size_t seeds = 0; seeds < 2; seeds++) {
        cph_c64 v[COUNT];
        for (size_t n = 0; n < COUNT; n++) {
            const double *const r = position + 3 * n;
            const double angle[2] = {2.0 * M_PI * (u[0][0] * r[0] + u[0][1] * r[1]),
                                     2.0 * M_PI * (u[1][0] * r[0] + u[1][1] * r[1])};
            v[n] = (cph_c64){sqrt(0.52) * cos(angle[0]) + sqrt(0.48) * cos(angle[1]),
                             sqrt(0.52) * sin(angle[0]) + sqrt(0.48) * sin(angle[1])};
        }
        cph_jammers jammers = {
            .elements = COUNT, .count = 1, .vector = v, .inr = &inr, .error = &error};
        const double seed_at[3] = {u[0][0] + 0.02, u[0][1] - 0.01, 0.8};
        size_t skies = 0;
        const cph_jammer_search search = {.position = position,
                                          .freq_hz = freq_hz,
                                          .seeds = seeds,
                                          .seed = seed_at,
                                          .least = 0.9};
        CU_ASSERT_EQUAL_FATAL(
            cph_jammers_find(&jammers, &search, found[seeds], &share[seeds], &skies), CPH_OK);
        CU_ASSERT_EQUAL(skies, 1);
        CU_ASSERT(hypot(found[seeds][0] - u[1 - seeds][0], found[seeds][1] - u[1 - seeds][1]) <
                  0.02);
    }
    CU_ASSERT(share[1] > share[0] && share[1] < 0.9);
}

CU_TestInfo cph_tests_jammer_edges[] = {
    {"waves without noise have finite powers", waves_without_noise_have_finite_powers},
    {"deep arrays find their jammer", deep_arrays_find_their_jammer},
    {"what is not finite leaves outputs alone", what_is_not_finite_leaves_outputs_alone},
    {"flagged elements of a spread stand anywhere", flagged_elements_of_a_spread_stand_anywhere},
    {"flagged elements stand anywhere where waves are found",
     flagged_elements_stand_anywhere_where_waves_are_found},
    {"flagged elements stand anywhere beside the lobe",
     flagged_elements_stand_anywhere_beside_the_lobe},
    {"a zero in one vector is no flag", a_zero_in_one_vector_is_no_flag},
    {"the better of seed and sky is taken", the_better_of_seed_and_sky_is_taken},
    CU_TEST_INFO_NULL,
};
