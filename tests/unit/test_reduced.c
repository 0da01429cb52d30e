/* SPDX-License-Identifier: MIT */
/* Weights in few dimensions: those of all dimensions, and the law of few snapshots, are the
 * oracles.
 */
#include <CUnit/CUnit.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cophase/adaptive.h"
#include "cophase/array.h"
#include "cophase/random.h"
#include "cophase/reduced.h"
#include "cophase/steer.h"
#include "kernels/core/c64.h"
#include "tests/unit/adaptive_scene.h"

enum { N = 37, M = 8, K = 24, TRIALS = 400, SEED = 5, LINE = 10 };

static const double freq_hz = 11.7e9, pitch = 0.0128;

static void split_into_compact_groups_of_equal_size(void)
{
    double line[LINE][3] = {{0}}, grid[24][3] = {{0}};
    size_t group[24];
    const size_t thirds[LINE] = {0, 0, 0, 1, 1, 1, 2, 2, 2, 2};
    /* 6 along x, 4 along y, into 3 columns and 2 rows */
    const size_t blocks[24] = {0, 0, 1, 1, 2, 2, 0, 0, 1, 1, 2, 2,
                               3, 3, 4, 4, 5, 5, 3, 3, 4, 4, 5, 5};
    for (unsigned n = 0; n < LINE; n++)
        line[n][1] = -0.3 * n; /* falling: groups count from the lowest */
    for (unsigned n = 0; n < 24; n++) {
        grid[n][0] = 0.1 * (n % 6);
        grid[n][1] = 0.1 * (n / 6) + 1e-13 * n;
    }
    CU_ASSERT_EQUAL(cph_subarrays_split(LINE, line[0], 3, group), CPH_OK);
    for (unsigned n = 0; n < LINE; n++)
        CU_ASSERT_EQUAL(group[LINE - 1 - n], thirds[n]);
    CU_ASSERT_EQUAL(cph_subarrays_grid(24, grid[0], 3, 2, group), CPH_OK);
    CU_ASSERT(memcmp(group, blocks, sizeof blocks) == 0);
    CU_ASSERT_EQUAL(cph_subarrays_split(24, grid[0], 4, group), CPH_OK);
    size_t size[4] = {0};
    for (unsigned n = 0; n < 24; n++)
        size[group[n]]++;
    CU_ASSERT(size[0] == 6 && size[1] == 6 && size[2] == 6 && size[3] == 6);
    /* the longer side first: x in halves, then y */
    CU_ASSERT(group[0] == group[8] && group[0] != group[3] && group[0] != group[12]);
    CU_ASSERT_EQUAL(cph_subarrays_split(LINE, line[0], LINE + 1, group), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_subarrays_grid(LINE, line[0], 0, 1, group), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_subarrays_grid(LINE, line[0], SIZE_MAX, 2, group), CPH_ERR_ARGUMENT);
    line[4][2] = NAN;
    CU_ASSERT_EQUAL(cph_subarrays_split(LINE, line[0], 2, group), CPH_ERR_NOT_FINITE);
}

static void a_fan_begins_at_the_look_and_stays_visible(void)
{
    const double look[3] = {0.8, -0.3, -sqrt(1.0 - 0.64 - 0.09)}, step[2] = {0.25, 0.125};
    const double along[2] = {0.5, 0.0};
    double u[12][3];
    size_t count = 0;
    CU_ASSERT_EQUAL(cph_fan_directions(look, step, 12, u[0], &count), CPH_OK);
    CU_ASSERT_EQUAL(count, 12);
    double last = 0.0;
    for (size_t m = 0; m < count; m++) {
        const double i = (u[m][0] - look[0]) / step[0], j = (u[m][1] - look[1]) / step[1];
        CU_ASSERT_DOUBLE_EQUAL(i, round(i), 1e-12);
        CU_ASSERT_DOUBLE_EQUAL(j, round(j), 1e-12);
        CU_ASSERT(hypot(i, j) > last - 1e-9);
        CU_ASSERT(u[m][2] <= 0.0);
        CU_ASSERT_DOUBLE_EQUAL(u[m][0] * u[m][0] + u[m][1] * u[m][1] + u[m][2] * u[m][2], 1.0,
                               1e-14);
        last = hypot(i, j);
    }
    CU_ASSERT_EQUAL(u[0][0], look[0]);
    /* along x from 0.8 down: 0.3, -0.2, -0.7 are visible, 1.3 is not */
    CU_ASSERT_EQUAL(cph_fan_directions(look, along, 12, u[0], &count), CPH_OK);
    CU_ASSERT_EQUAL(count, 4);
    CU_ASSERT_DOUBLE_EQUAL(u[3][0], -0.7, 1e-14);
    CU_ASSERT_EQUAL(cph_fan_directions(look, along, 0, u[0], &count), CPH_ERR_ARGUMENT);
}

static void random_rows(unsigned rows, unsigned n, cph_c64 *t)
{
    cph_random random;
    printf("seed %d ", SEED);
    cph_random_seed(&random, SEED, 1);
    for (unsigned i = 0; i < rows * n; i++)
        t[i] = cph_random_normal(&random);
}

static void rows_become_orthonormal_or_are_flagged(void)
{
    cph_c64 t[5][LINE];
    unsigned char flag[5];
    random_rows(5, LINE, t[0]);
    for (unsigned n = 0; n < LINE; n++) {
        t[1][n] = (cph_c64){0.0, 0.0};
        t[3][n] = cph_c64_add(cph_c64_mul((cph_c64){0.0, 2.0}, t[0][n]), t[2][n]);
    }
    CU_ASSERT_EQUAL(cph_reduce_orthonormal(LINE, 5, t[0], flag), CPH_OK);
    CU_ASSERT(flag[0] == 0 && flag[1] == 1 && flag[2] == 0 && flag[3] == 1 && flag[4] == 0);
    for (unsigned i = 0; i < 5; i++)
        for (unsigned j = 0; j < 5; j++) {
            cph_c64 sum = {0.0, 0.0};
            for (unsigned n = 0; n < LINE; n++)
                sum = cph_c64_add(sum, cph_c64_mulc(t[i][n], t[j][n]));
            CU_ASSERT_DOUBLE_EQUAL(sum.re, i == j && flag[i] == 0 ? 1.0 : 0.0, 1e-13);
            CU_ASSERT_DOUBLE_EQUAL(sum.im, 0.0, 1e-13);
        }
    memset(t, 0, sizeof t);
    CU_ASSERT_EQUAL(cph_reduce_orthonormal(LINE, 5, t[0], flag), CPH_ERR_TOO_FEW);
    t[2][3].im = NAN;
    CU_ASSERT_EQUAL(cph_reduce_orthonormal(LINE, 5, t[0], flag), CPH_ERR_NOT_FINITE);
}

/* As many rows as live elements lose nothing: the weights are MVDR's. */
static void all_dimensions_give_the_elements_weights(void)
{
    adaptive_scene s;
    cph_c64 t[SCENE_LIVE][SCENE_N], r[SCENE_LIVE][SCENE_LIVE], b[SCENE_LIVE], z[SCENE_LIVE];
    cph_c64 w[SCENE_N], wanted[SCENE_N];
    unsigned char flag[SCENE_LIVE];
    cph_adaptive *adaptive = NULL;
    adaptive_scene_make(&s);
    random_rows(SCENE_LIVE, SCENE_N, t[0]);
    for (unsigned m = 0; m < SCENE_LIVE; m++)
        t[m][2] = t[m][7] = (cph_c64){0.0, 0.0};
    CU_ASSERT_EQUAL_FATAL(cph_reduce_orthonormal(SCENE_N, SCENE_LIVE, t[0], flag), CPH_OK);
    CU_ASSERT_EQUAL(cph_reduce_covariance(SCENE_N, s.r[0], SCENE_N + 2, SCENE_LIVE, t[0], r[0]),
                    CPH_OK);
    CU_ASSERT_EQUAL(cph_reduce_steering(SCENE_N, s.gain, s.a, SCENE_LIVE, t[0], b), CPH_OK);
    const cph_adaptive_config few = {.elements = SCENE_LIVE, .covariance = r[0], .ld = SCENE_LIVE};
    CU_ASSERT_EQUAL_FATAL(cph_adaptive_create(&few, &adaptive, NULL), CPH_OK);
    CU_ASSERT_EQUAL(cph_adaptive_mvdr(adaptive, b, z, NULL, NULL), CPH_OK);
    cph_adaptive_destroy(adaptive);
    CU_ASSERT_EQUAL(cph_reduce_expand(SCENE_N, SCENE_LIVE, t[0], z, w), CPH_OK);
    const cph_adaptive_config all = adaptive_scene_config(&s);
    CU_ASSERT_EQUAL_FATAL(cph_adaptive_create(&all, &adaptive, NULL), CPH_OK);
    CU_ASSERT_EQUAL(cph_adaptive_mvdr(adaptive, s.a, wanted, NULL, NULL), CPH_OK);
    cph_adaptive_destroy(adaptive);
    /* ten times n eps times the condition of 2e4 */
    CU_ASSERT(adaptive_scene_difference(SCENE_N, w, wanted) < 10 * SCENE_LIVE * 2.3e-16 * 2e4);
}

/* ---- few snapshots ---- */

typedef struct field {
    cph_c64 v[N], jammer[2][N], r[N][N];
    cph_c64 t[M][N], b[M], s[M][M];
    unsigned char flag[M];
} field;

static const double amplitude[2] = {30.0, 10.0};

static void make_field(field *f)
{
    const double u[3][3] = {{0.1, 0.05, 0.9937}, {0.5, -0.3, 0.8124}, {-0.35, 0.45, 0.8216}};
    cph_array array = {0};
    double position[N][3];
    size_t group[N];
    memset(f, 0, sizeof *f);
    CU_ASSERT_EQUAL_FATAL(cph_array_tri(N, pitch, &array), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_array_positions(&array, position[0]), CPH_OK);
    cph_array_free(&array);
    CU_ASSERT_EQUAL(cph_steer_c64(N, position[0], freq_hz, u[0], f->v), CPH_OK);
    CU_ASSERT_EQUAL(cph_subarrays_split(N, position[0], M, group), CPH_OK);
    for (unsigned n = 0; n < N; n++) {
        f->r[n][n].re = 1.0;
        f->t[group[n]][n] = f->v[n];
    }
    for (unsigned j = 0; j < 2; j++) {
        CU_ASSERT_EQUAL(cph_steer_c64(N, position[0], freq_hz, u[1 + j], f->jammer[j]), CPH_OK);
        for (unsigned p = 0; p < N; p++)
            for (unsigned q = 0; q < N; q++)
                f->r[p][q] = cph_c64_add(
                    f->r[p][q], cph_c64_scale(amplitude[j] * amplitude[j],
                                              cph_c64_mulc(f->jammer[j][p], f->jammer[j][q])));
    }
    CU_ASSERT_EQUAL(cph_reduce_orthonormal(N, M, f->t[0], f->flag), CPH_OK);
    CU_ASSERT_EQUAL(cph_reduce_steering(N, NULL, f->v, M, f->t[0], f->b), CPH_OK);
    CU_ASSERT_EQUAL(cph_reduce_covariance(N, f->r[0], N, M, f->t[0], f->s[0]), CPH_OK);
}

/* The least power of unit response on a covariance. */
static double best_power(size_t n, const cph_c64 *r, const cph_c64 *v, cph_c64 *w)
{
    const cph_adaptive_config config = {.elements = n, .covariance = r, .ld = n};
    cph_adaptive *adaptive = NULL;
    double power = NAN;
    CU_ASSERT_EQUAL_FATAL(cph_adaptive_create(&config, &adaptive, NULL), CPH_OK);
    CU_ASSERT_EQUAL(cph_adaptive_mvdr(adaptive, v, w, &power, NULL), CPH_OK);
    cph_adaptive_destroy(adaptive);
    return power;
}

static double power_of(const field *f, const cph_c64 *w)
{
    double sum = 0.0;
    for (unsigned p = 0; p < N; p++)
        for (unsigned q = 0; q < N; q++)
            sum += cph_c64_mul(cph_c64_mulc(w[q], w[p]), f->r[p][q]).re;
    return sum;
}

/* K snapshots of T^H x, summed. */
static void draw(const field *f, cph_random *random, cph_c64 (*sum)[M])
{
    memset(sum, 0, M * sizeof *sum);
    for (unsigned k = 0; k < K; k++) {
        const cph_c64 wave[2] = {cph_c64_scale(amplitude[0], cph_random_normal(random)),
                                 cph_c64_scale(amplitude[1], cph_random_normal(random))};
        cph_c64 x[N], y[M];
        for (unsigned n = 0; n < N; n++) {
            x[n] = cph_random_normal(random);
            for (unsigned j = 0; j < 2; j++)
                x[n] = cph_c64_add(x[n], cph_c64_mul(wave[j], f->jammer[j][n]));
        }
        CU_ASSERT_EQUAL(cph_reduce_steering(N, NULL, x, M, f->t[0], y), CPH_OK);
        for (unsigned p = 0; p < M; p++)
            for (unsigned q = 0; q < M; q++)
                sum[p][q] = cph_c64_add(sum[p][q], cph_c64_mulc(y[p], y[q]));
    }
}

/* Fewer snapshots than elements, but more than subarrays: the mean of best over actual power is
 * (K - M + 2) / (K + 1), of a beta distribution whose variance is known; and what subarrays cost at
 * best lies between the conventional beam and MVDR of all elements. */
static void few_snapshots_cost_what_the_law_says(void)
{
    static field f;
    cph_c64 w[N], z[M], sum[M][M];
    cph_random random;
    make_field(&f);
    const double all = best_power(N, f.r[0], f.v, w), best = best_power(M, f.s[0], f.b, z);
    cph_c64 plain[N];
    for (unsigned n = 0; n < N; n++)
        plain[n] = cph_c64_scale(1.0 / N, f.v[n]);
    CU_ASSERT(best >= all * (1 - 1e-9) && best <= power_of(&f, plain));
    CU_ASSERT_EQUAL(cph_reduce_expand(N, M, f.t[0], z, w), CPH_OK);
    CU_ASSERT_DOUBLE_EQUAL(power_of(&f, w) / best, 1.0, 1e-9);
    printf("seed %d ", SEED);
    cph_random_seed(&random, SEED, 2);
    double mean = 0.0;
    for (unsigned i = 0; i < TRIALS; i++) {
        draw(&f, &random, sum);
        (void)best_power(M, sum[0], f.b, z);
        CU_ASSERT_EQUAL(cph_reduce_expand(N, M, f.t[0], z, w), CPH_OK);
        mean += best / power_of(&f, w) / TRIALS;
    }
    const double a = K - M + 2.0, b = M - 1.0;
    const double sigma = sqrt(a * b / ((a + b) * (a + b) * (a + b + 1.0)) / TRIALS);
    CU_ASSERT_DOUBLE_EQUAL(mean, a / (K + 1.0), 5.0 * sigma);
}

CU_TestInfo cph_tests_reduced[] = {
    {"elements split into compact groups of equal size", split_into_compact_groups_of_equal_size},
    {"a fan begins at the look and stays visible", a_fan_begins_at_the_look_and_stays_visible},
    {"rows become orthonormal, or are flagged", rows_become_orthonormal_or_are_flagged},
    {"all dimensions give the elements' weights", all_dimensions_give_the_elements_weights},
    {"few snapshots cost what the law says", few_snapshots_cost_what_the_law_says},
    CU_TEST_INFO_NULL,
};
