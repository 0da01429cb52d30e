/* SPDX-License-Identifier: MIT */
/* Projection of the strongest waves, against closed forms; and Cholesky by blocks. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cophase/random.h"
#include "cophase/subspace.h"
#include "kernels/adaptive/cholesky.h"
#include "kernels/core/c64.h"
#include "tests/unit/adaptive_scene.h"

enum { N = SCENE_N, LIVE = SCENE_LIVE, LARGE = 200, SEED = 8 };

/* Noise of 1 and the jammers of the scene, of 30 and 20 dB, without the signal. */
static cph_subspace_config silent_scene(adaptive_scene *s)
{
    adaptive_scene_make(s);
    adaptive_scene_add(s, s->c[0], -2.0);
    return (cph_subspace_config){.elements = N,
                                 .covariance = s->r[0],
                                 .ld = N + 2,
                                 .gain = s->gain,
                                 .flag = s->flag,
                                 .waves = 2,
                                 .protect = 0.5};
}

/* Two waves in white noise span what their eigenvectors do: w is orthogonal to both, and of all
 * such with unit response the one that is v less its part in their span. */
static void waves_in_white_noise_are_nulled_exactly(void)
{
    adaptive_scene s;
    cph_subspace_config config = silent_scene(&s);
    cph_subspace *subspace = NULL;
    cph_c64 w[N];
    size_t kept = 7, live = 0;
    CU_ASSERT_EQUAL_FATAL(cph_subspace_create(&config, &subspace, NULL), CPH_OK);
    CU_ASSERT_EQUAL(cph_subspace_waves(subspace, &live), 2);
    CU_ASSERT_EQUAL(live, LIVE);
    CU_ASSERT_EQUAL(cph_subspace_weights(subspace, s.a, w, &kept, NULL), CPH_OK);
    CU_ASSERT_EQUAL(kept, 0);
    CU_ASSERT_DOUBLE_EQUAL(adaptive_scene_response(&s, w, s.a).re, 1.0, 1e-13);
    CU_ASSERT_DOUBLE_EQUAL(adaptive_scene_response(&s, w, s.a).im, 0.0, 1e-13);
    /* n eps of the largest eigenvalue, 1e4, over the gap, some 100 */
    for (unsigned j = 1; j < SCENE_J; j++)
        CU_ASSERT(sqrt(cph_c64_power(adaptive_scene_response(&s, w, s.c[j]))) < 1e-11);
    CU_ASSERT(w[2].re == 0.0 && w[7].re == 0.0);
    /* w^H w = w^H P v / (v^H P v) = 1 / (v^H P v): no other w of unit response in the span of P
     * is as short. */
    double norm = 0.0;
    cph_c64 along = {0.0, 0.0};
    for (unsigned n = 0; n < N; n++) {
        norm += cph_c64_power(w[n]);
        if (s.flag[n] == 0)
            along = cph_c64_add(along, cph_c64_mulc(cph_c64_mul(s.gain[n], s.a[n]), w[n]));
    }
    CU_ASSERT_DOUBLE_EQUAL(along.re, 1.0, 1e-13);
    /* LCMV in white noise with both zeros is the same */
    cph_c64 unit_noise[N][N] = {{{0}}}, wanted[N];
    for (unsigned n = 0; n < N; n++)
        unit_noise[n][n].re = 1.0;
    const cph_adaptive_config white = {
        .elements = N, .covariance = unit_noise[0], .ld = N, .gain = s.gain, .flag = s.flag};
    const cph_c64 response[SCENE_J] = {{1.0, 0.0}};
    cph_adaptive *adaptive = NULL;
    CU_ASSERT_EQUAL_FATAL(cph_adaptive_create(&white, &adaptive, NULL), CPH_OK);
    double power = 0.0;
    CU_ASSERT_EQUAL(cph_adaptive_lcmv(adaptive, SCENE_J, s.c[0], response, wanted, &power, NULL),
                    CPH_OK);
    CU_ASSERT(adaptive_scene_difference(N, w, wanted) < 1e-10);
    CU_ASSERT_DOUBLE_EQUAL(norm / power, 1.0, 1e-10);
    cph_adaptive_destroy(adaptive);
    cph_subspace_destroy(subspace);
}

/* Eigenvalues of the scene: two above 1, five of 1. */
static void waves_are_counted(void)
{
    adaptive_scene s;
    cph_subspace_config config = silent_scene(&s);
    const struct {
        cph_subspace_rule rule;
        double threshold, samples;
        size_t waves;
    } table[] = {{CPH_SUBSPACE_THRESHOLD, 2.0, 0.0, 2},
                 {CPH_SUBSPACE_THRESHOLD, 1e5, 0.0, 0},
                 {CPH_SUBSPACE_MDL, 0.0, 100.0, 2},
                 {CPH_SUBSPACE_MDL, 0.0, 7.0, 2}};
    for (unsigned i = 0; i < sizeof table / sizeof table[0]; i++) {
        cph_subspace *subspace = NULL;
        config.rule = table[i].rule;
        config.threshold = table[i].threshold;
        config.samples = table[i].samples;
        CU_ASSERT_EQUAL_FATAL(cph_subspace_create(&config, &subspace, NULL), CPH_OK);
        CU_ASSERT_EQUAL(cph_subspace_waves(subspace, NULL), table[i].waves);
        cph_subspace_destroy(subspace);
    }
    /* Fewer snapshots than elements: the floor is that of those there are. */
    cph_c64 rank[N][N + 2] = {{{0}}};
    for (unsigned n = 0; n < 4; n++)
        rank[n + 3][n + 3].re = n == 1 ? 50.0 : 1.0 + 0.1 * n;
    config.covariance = rank[0];
    config.rule = CPH_SUBSPACE_THRESHOLD;
    config.threshold = 3.0;
    config.samples = 4.0;
    cph_subspace *subspace = NULL;
    CU_ASSERT_EQUAL_FATAL(cph_subspace_create(&config, &subspace, NULL), CPH_OK);
    CU_ASSERT_EQUAL(cph_subspace_waves(subspace, NULL), 1);
    cph_subspace_destroy(subspace);
}

/* A strong signal is a wave too; protected it stays, else it takes the look with it. */
static void the_signals_own_wave_is_kept(void)
{
    adaptive_scene s;
    cph_subspace_config config = silent_scene(&s);
    cph_subspace *subspace = NULL;
    cph_c64 w[N] = {{7.0, 0.0}};
    size_t kept = 0;
    cph_error error = {.message = ""};
    adaptive_scene_add(&s, s.c[0], 3e6);
    config.waves = 3;
    CU_ASSERT_EQUAL_FATAL(cph_subspace_create(&config, &subspace, NULL), CPH_OK);
    CU_ASSERT_EQUAL(cph_subspace_weights(subspace, s.a, w, &kept, NULL), CPH_OK);
    CU_ASSERT_EQUAL(kept, 1);
    CU_ASSERT_DOUBLE_EQUAL(adaptive_scene_response(&s, w, s.a).re, 1.0, 1e-12);
    cph_subspace_destroy(subspace);
    config.protect = 1.0;
    w[0].re = 7.0;
    CU_ASSERT_EQUAL_FATAL(cph_subspace_create(&config, &subspace, NULL), CPH_OK);
    CU_ASSERT_EQUAL(cph_subspace_weights(subspace, s.a, w, &kept, &error), CPH_ERR_SINGULAR);
    CU_ASSERT_PTR_NOT_NULL(strstr(error.message, "-60 dB"));
    CU_ASSERT_EQUAL(w[0].re, 7.0);
    cph_subspace_destroy(subspace);
}

/* A covariance of rank 1, exact or of noise below rounding, has one wave: what rounding leaves is
 * none. */
static void rounding_is_no_wave(void)
{
    enum { SIDE = 7 };
    cph_c64 r[SIDE * SIDE];
    for (int i = 0; i < SIDE; i++)
        for (int k = 0; k < SIDE; k++)
            r[i * SIDE + k] = (cph_c64){0.37 * (i + 1) * (k + 1) * cos(0.7 * (i * i - k * k)),
                                        0.37 * (i + 1) * (k + 1) * sin(0.7 * (i * i - k * k))};
    const cph_subspace_config config = {.elements = SIDE,
                                        .covariance = r,
                                        .ld = SIDE,
                                        .rule = CPH_SUBSPACE_THRESHOLD,
                                        .threshold = 4.0,
                                        .protect = 1.0};
    cph_subspace *subspace = NULL;
    CU_ASSERT_EQUAL_FATAL(cph_subspace_create(&config, &subspace, NULL), CPH_OK);
    CU_ASSERT_EQUAL(cph_subspace_waves(subspace, NULL), 1);
    cph_subspace_destroy(subspace);
}

static void statuses_of_subspaces(void)
{
    const unsigned char all[N] = {1, 1, 1, 1, 1, 1, 1, 1, 1};
    adaptive_scene s;
    const cph_subspace_config good = silent_scene(&s);
    cph_subspace_config bad[9];
    for (unsigned i = 0; i < 9; i++)
        bad[i] = good;
    bad[0].flag = all;
    bad[1].waves = LIVE;
    bad[2].rule = CPH_SUBSPACE_MDL;
    bad[3].rule = CPH_SUBSPACE_MDL;
    bad[3].samples = LIVE - 1;
    bad[4].rule = CPH_SUBSPACE_THRESHOLD;
    bad[4].threshold = 1.0;
    bad[5].protect = 0.0;
    bad[6].flag = NULL;
    bad[7].ld = N - 1;
    bad[8].rule = CPH_SUBSPACE_COUNT;
    const cph_status status[] = {CPH_ERR_TOO_FEW,    CPH_ERR_TOO_FEW,  CPH_ERR_MISSING,
                                 CPH_ERR_TOO_FEW,    CPH_ERR_ARGUMENT, CPH_ERR_ARGUMENT,
                                 CPH_ERR_NOT_FINITE, CPH_ERR_ARGUMENT, CPH_ERR_ARGUMENT};
    for (unsigned i = 0; i < 9; i++) {
        cph_subspace *subspace = NULL;
        cph_error error = {.message = ""};
        CU_ASSERT_EQUAL(cph_subspace_create(&bad[i], &subspace, &error), status[i]);
        CU_ASSERT_PTR_NULL(subspace);
        CU_ASSERT(error.message[0] != '\0');
    }
    cph_subspace *subspace = NULL;
    cph_c64 zero[N] = {{0}}, w[N] = {{7.0, 0.0}};
    s.r[5][3].im = NAN;
    CU_ASSERT_EQUAL(cph_subspace_create(&good, &subspace, NULL), CPH_ERR_NOT_FINITE);
    s.r[5][3].im = 0.0;
    CU_ASSERT_EQUAL_FATAL(cph_subspace_create(&good, &subspace, NULL), CPH_OK);
    CU_ASSERT_EQUAL(cph_subspace_weights(subspace, zero, w, NULL, NULL), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(w[0].re, 7.0);
    cph_subspace_destroy(subspace);
}

/* ---- Cholesky by blocks ---- */

/* L0 L0^H of a random lower triangle whose diagonal dominates; the upper triangle is NaN. */
static void make_large(cph_c64 *a)
{
    static cph_c64 l[LARGE * LARGE];
    cph_random random;
    printf("seed %d ", SEED);
    cph_random_seed(&random, SEED, 0);
    for (size_t p = 0; p < LARGE; p++)
        for (size_t q = 0; q <= p; q++)
            l[p * LARGE + q] =
                p == q ? (cph_c64){20.0 + (double)p / 10.0, 0.0} : cph_random_normal(&random);
    for (size_t p = 0; p < LARGE; p++)
        for (size_t q = 0; q < LARGE; q++) {
            a[p * LARGE + q] = (cph_c64){q > p ? NAN : 0.0, 0.0};
            for (size_t k = 0; k <= q && q <= p; k++)
                a[p * LARGE + q] =
                    cph_c64_add(a[p * LARGE + q], cph_c64_mulc(l[p * LARGE + k], l[q * LARGE + k]));
        }
}

static void blocks_give_what_plain_loops_give(void)
{
    const size_t entries = (size_t)LARGE * LARGE;
    static cph_c64 a[LARGE * LARGE], b[LARGE * LARGE], c[LARGE * LARGE];
    make_large(a);
    /* as it is; the pivot of row 150 below zero; next to none of its diagonal */
    const size_t bad = 150 * (size_t)LARGE, twin = 149 * (size_t)LARGE;
    for (unsigned kind = 0; kind < 3; kind++) {
        size_t row[2] = {0, 0};
        memcpy(b, a, entries * sizeof *a);
        if (kind == 1)
            b[bad + 150].re -= 3000.0;
        for (size_t q = 0; q < LARGE && kind == 2; q++) { /* row 150 is row 149 again */
            if (q <= 150)
                b[bad + q] = b[twin + (q < 150 ? q : 149)];
            if (q > 150)
                b[q * LARGE + 150] = b[q * LARGE + 149];
        }
        memcpy(c, b, entries * sizeof *a);
        const double plain = cph_cholesky_factor_tile(LARGE, LARGE, NULL, b, &row[0]);
        const double blocks = cph_cholesky_factor_blocks(LARGE, c, &row[1]);
        CU_ASSERT_DOUBLE_EQUAL(plain, blocks, 1e-12);
        CU_ASSERT_EQUAL(row[0], row[1]);
        CU_ASSERT_EQUAL(row[0], kind == 0 ? 0 : 150);
        CU_ASSERT(kind == 0 ? plain == 1.0 : plain < CPH_LEAST_PIVOT);
        CU_ASSERT((plain < CPH_INDEFINITE_PIVOT) == (kind == 1));
        double off = 0.0;
        for (size_t p = 0; p < LARGE && kind == 0; p++)
            for (size_t q = 0; q < LARGE; q++)
                if (q <= p)
                    off = fmax(off, cph_c64_power(cph_c64_sub(b[p * LARGE + q], c[p * LARGE + q])));
                else
                    CU_ASSERT(isnan(c[p * LARGE + q].re));
        /* n eps times the diagonal of L, 40, times its condition, some 4 */
        CU_ASSERT(sqrt(off) < LARGE * 2.3e-16 * 40 * 4);
    }
}

CU_TestInfo cph_tests_subspace[] = {
    {"waves in white noise are nulled exactly", waves_in_white_noise_are_nulled_exactly},
    {"waves are counted", waves_are_counted},
    {"the signal's own wave is kept", the_signals_own_wave_is_kept},
    {"rounding is no wave", rounding_is_no_wave},
    {"statuses of subspaces", statuses_of_subspaces},
    {"Cholesky by blocks gives what plain loops give", blocks_give_what_plain_loops_give},
    CU_TEST_INFO_NULL,
};
