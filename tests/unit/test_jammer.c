/* SPDX-License-Identifier: MIT */
/* Jammers learned, told apart, made wide, and what becomes of a beam that nulls them. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cophase/jammer.h"
#include "cophase/random.h"
#include "cophase/steer.h"
#include "cophase/track.h"
#include "kernels/core/c64.h"

enum { N = 1280, K = 64, JAMMERS = 2, ROOM = 8 };
static const double freq_hz = 11.7e9, inr = 1e4;
static const uint64_t seed = 811;

/* A panel whose gains are known to 3 % and 2 degrees. */
typedef struct scene {
    double position[3 * N];
    cph_c64 gain[N], known[N];
    cph_c32 x[K * N];
    cph_jammers jammers;
    double found[3 * ROOM], share[ROOM];
} scene;

static void direction(double az, double el, double u[3])
{
    u[0] = cos(el) * sin(az);
    u[1] = cos(el) * cos(az);
    u[2] = sin(el);
}

/* Jammer 0 goes 0.8 degrees a second in azimuth. */
static void jammer_at(size_t j, double seconds, double u[3])
{
    const double speed = 0.8 * M_PI / 180.0;
    direction(j == 0 ? 0.7 + speed * seconds : -2.0, j == 0 ? 0.5 : 0.8, u);
}

static void wave(const scene *s, const double u[3], cph_c64 *v)
{
    CU_ASSERT_EQUAL_FATAL(cph_steer_c64(N, s->position, freq_hz, u, v), CPH_OK);
    for (size_t n = 0; n < N; n++)
        v[n] = cph_c64_mul(v[n], s->gain[n]);
}

static cph_c64 turned(double size, double angle)
{
    return cph_c64_scale(size, (cph_c64){cos(angle), sin(angle)});
}

static void record(scene *s, cph_random *random, size_t jammers)
{
    static cph_c64 v[JAMMERS][N];
    for (size_t j = 0; j < jammers; j++) {
        double u[3];
        jammer_at(j, 0.0, u);
        wave(s, u, v[j]);
    }
    for (size_t k = 0; k < K; k++) {
        cph_c64 symbol[JAMMERS];
        for (size_t j = 0; j < jammers; j++)
            symbol[j] = turned(sqrt(inr), 2.0 * M_PI * cph_random_uniform(random));
        for (size_t n = 0; n < N; n++) {
            cph_c64 x = cph_random_normal(random);
            for (size_t j = 0; j < jammers; j++)
                x = cph_c64_add(x, cph_c64_mul(symbol[j], v[j][n]));
            s->x[k * N + n] = (cph_c32){(float)x.re, (float)x.im};
        }
    }
}

static scene *open_scene(size_t jammers)
{
    scene *const s = calloc(1, sizeof *s);
    cph_random random;
    cph_error error = {0};
    if (s == NULL)
        abort();
    cph_random_seed(&random, seed, jammers);
    for (size_t n = 0; n < N; n++) {
        const size_t row = n / 40;
        s->position[3 * n] = 0.0128 * ((double)(n % 40) + 0.5 * (double)(row % 2)) + 0.1;
        s->position[3 * n + 1] = 0.0111 * (double)row;
        const double ripple = pow(10.0, 0.1 * (cph_random_uniform(&random) - 0.5));
        s->gain[n] = turned(ripple, 2.0 * M_PI * cph_random_uniform(&random));
        const cph_c64 off = cph_random_normal(&random);
        s->known[n] = cph_c64_mul(
            s->gain[n], turned(1.0 + M_SQRT2 * 0.03 * off.re, M_SQRT2 * M_PI / 90.0 * off.im));
    }
    record(s, &random, jammers);
    CU_ASSERT_EQUAL_FATAL(cph_jammers_learn(N, K, s->x, N, NULL, ROOM, &s->jammers, &error),
                          CPH_OK);
    return s;
}

static cph_status find(scene *s)
{
    const cph_jammer_search search = {
        .position = s->position, .freq_hz = freq_hz, .gain = s->known};
    return cph_jammers_find(&s->jammers, &search, s->found, s->share, NULL);
}

static void close_scene(scene *s)
{
    cph_jammers_free(&s->jammers);
    free(s);
}

/* Noise: 5 standard errors of N K samples are 1.8 %. Powers: what symbols and vectors have in
 * common, each at random, 1 / 8 and 1 / 36, is twice that of the sum: 5 % is five of them. */
static void waves_are_counted_and_measured(void)
{
    scene *const none = open_scene(0), *const two = open_scene(JAMMERS);
    CU_ASSERT_EQUAL(none->jammers.count, 0);
    CU_ASSERT_DOUBLE_EQUAL(none->jammers.noise, 1.0, 0.018);
    CU_ASSERT_EQUAL_FATAL(two->jammers.count, JAMMERS);
    CU_ASSERT_FALSE(two->jammers.too_many);
    CU_ASSERT_DOUBLE_EQUAL(two->jammers.noise, 1.0, 0.018);
    double gain = 0.0;
    for (size_t n = 0; n < N; n++)
        gain += cph_c64_power(two->gain[n]) / N;
    CU_ASSERT_DOUBLE_EQUAL((two->jammers.inr[0] + two->jammers.inr[1]) / (2.0 * inr * gain), 1.0,
                           0.05);
    for (size_t j = 0; j < JAMMERS; j++)
        CU_ASSERT_DOUBLE_EQUAL(two->jammers.error[j], 1.0 / sqrt(K * two->jammers.inr[j]), 1e-12);
    /* a jammer's own vector lies in the span but for errors of 1 / (K inr): five times that */
    static cph_c64 v[N];
    for (size_t j = 0; j < JAMMERS; j++) {
        double u[3], inside = 0.0;
        jammer_at(j, 0.0, u);
        wave(two, u, v);
        for (size_t k = 0; k < JAMMERS; k++)
            inside += cph_c64_power(cph_c64_inner(N, two->jammers.vector + k * N, v)) / N;
        CU_ASSERT(1.0 - inside / cph_c64_inner(N, v, v).re <= 5.0 / (K * inr));
    }
    close_scene(none);
    close_scene(two);
}

static void as_many_as_fit_are_said_to_be_too_many(void)
{
    scene *const s = open_scene(JAMMERS);
    cph_jammers few = {0};
    cph_error error = {0};
    CU_ASSERT_EQUAL_FATAL(cph_jammers_learn(N, K, s->x, N, NULL, 1, &few, &error), CPH_OK);
    CU_ASSERT_EQUAL(few.count, 1);
    CU_ASSERT(few.too_many);
    cph_jammers_free(&few);
    CU_ASSERT_EQUAL(cph_jammers_learn(N, 1, s->x, N, NULL, 1, &few, &error), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_jammers_learn(K, K, s->x, N, NULL, 1, &few, &error), CPH_ERR_ARGUMENT);
    s->x[5 * N + 3].im = NAN;
    CU_ASSERT_EQUAL(cph_jammers_learn(N, K, s->x, N, NULL, 1, &few, &error), CPH_ERR_NOT_FINITE);
    CU_ASSERT(strstr(error.message, "snapshot 5, element 3") != NULL);
    close_scene(s);
}

/* Gains off by sigma leave 1 - sigma^2 of a wave in the span, 0.998; directions are off by
 * sqrt(3 / N) sigma / (pi extent), far under a hundredth of a beam of 1 / 21. */
static void learned_waves_are_told_apart(void)
{
    scene *const s = open_scene(JAMMERS);
    static cph_c64 v[N];
    CU_ASSERT_EQUAL_FATAL(find(s), CPH_OK);
    for (size_t k = 0; k < JAMMERS; k++) {
        double u[3], best = INFINITY;
        size_t which = 0;
        for (size_t j = 0; j < JAMMERS; j++) {
            jammer_at(j, 0.0, u);
            const double off = hypot(s->found[3 * k] - u[0], s->found[3 * k + 1] - u[1]);
            which = off < best ? j : which;
            best = fmin(best, off);
        }
        CU_ASSERT(best <= 0.01 / 21.0);
        CU_ASSERT(s->share[k] >= 0.99);
        jammer_at(which, 0.0, u);
        wave(s, u, v);
        const cph_c64 own = cph_c64_inner(N, s->jammers.vector + k * N, v);
        const double like = cph_c64_power(own) / N / cph_c64_inner(N, v, v).re;
        CU_ASSERT(1.0 - like <= 1e-3);
        CU_ASSERT_DOUBLE_EQUAL(s->jammers.inr[k] / inr, 1.0, 0.2);
    }
    close_scene(s);
}

/* Points of a motion, from the place at time 0. */
static void motion(size_t points, double seconds, double *du)
{
    double from[3];
    jammer_at(0, 0.0, from);
    for (size_t p = 0; p < points; p++) {
        jammer_at(0, seconds * (double)p / (double)(points - 1), du + 3 * p);
        for (size_t i = 0; i < 3; i++)
            du[3 * p + i] -= from[i];
    }
}

/* A beam with nothing in the span of the vectors gets at most the stated share of each point. */
static void a_spread_null_covers_its_points(void)
{
    enum { POINTS = 7 };
    scene *const s = open_scene(0);
    static cph_c64 v[N], out[ROOM * N], w[N], at[N];
    double du[3 * POINTS], power[ROOM], left = 0.0, sum = 0.0, u[3];
    const double below = 1e-6;
    size_t count = 0;
    jammer_at(0, 0.0, u);
    wave(s, u, v);
    motion(POINTS, 0.5, du);
    const cph_jammer_points config = {.elements = N,
                                      .position = s->position,
                                      .freq_hz = freq_hz,
                                      .vector = v,
                                      .inr = inr,
                                      .points = POINTS,
                                      .du = du,
                                      .below = below};
    CU_ASSERT_EQUAL(cph_jammer_spread(&config, 1, out, power, &count, &left), CPH_ERR_TOO_FEW);
    CU_ASSERT_EQUAL_FATAL(cph_jammer_spread(&config, ROOM, out, power, &count, &left), CPH_OK);
    CU_ASSERT(count >= 2 && count < POINTS);
    CU_ASSERT(left <= below);
    for (size_t k = 0; k < count; k++)
        sum += power[k];
    CU_ASSERT_DOUBLE_EQUAL(sum / inr, 1.0, below + 1e-9);
    const double size = cph_c64_inner(N, v, v).re;
    for (size_t p = 0; p < POINTS; p++) {
        /* the worst beam: what of the point itself is outside */
        jammer_at(0, 0.5 * (double)p / (POINTS - 1), u);
        wave(s, u, at);
        memcpy(w, at, sizeof w);
        for (size_t k = 0; k < count; k++) {
            const cph_c64 along = cph_c64_scale(1.0 / size, cph_c64_inner(N, out + k * N, at));
            for (size_t n = 0; n < N; n++)
                w[n] = cph_c64_sub(w[n], cph_c64_mul(along, out[k * N + n]));
        }
        CU_ASSERT(cph_c64_inner(N, w, w).re / size <= left * (1.0 + 1e-6) + 1e-12);
    }
    close_scene(s);
}

/* ---- the beam ---- */

/* Signal over noise and jammers, in truth, at a time after the capture. */
static double ratio_db(const scene *s, const cph_c32 *w, const double look[3], size_t jammers,
                       double seconds)
{
    static cph_c64 v[N], weight[N];
    double u[3];
    for (size_t n = 0; n < N; n++)
        weight[n] = (cph_c64){(double)w[n].re, (double)w[n].im};
    double noise = cph_c64_inner(N, weight, weight).re;
    wave(s, look, v);
    const double signal = cph_c64_power(cph_c64_inner(N, weight, v));
    for (size_t j = 0; j < jammers; j++) {
        jammer_at(j, seconds, u);
        wave(s, u, v);
        noise += inr * cph_c64_power(cph_c64_inner(N, weight, v));
    }
    return 10.0 * log10(signal / noise);
}

/* Vectors of the moving one over 100 ms and of the other one as it is. */
static size_t constraints(scene *s, cph_c64 *vector, double *power)
{
    enum { POINTS = 5 };
    double du[3 * POINTS], u[3];
    size_t count = 0, total = 0;
    motion(POINTS, 0.1, du);
    jammer_at(0, 0.0, u);
    CU_ASSERT_EQUAL_FATAL(find(s), CPH_OK);
    for (size_t k = 0; k < s->jammers.count; k++) {
        const bool moves = hypot(s->found[3 * k] - u[0], s->found[3 * k + 1] - u[1]) < 0.01;
        const cph_jammer_points config = {.elements = N,
                                          .position = s->position,
                                          .freq_hz = freq_hz,
                                          .vector = s->jammers.vector + k * N,
                                          .inr = s->jammers.inr[k],
                                          .points = moves ? POINTS : 1,
                                          .du = moves ? du : (const double[3]){0.0},
                                          .below = 1e-8};
        CU_ASSERT_EQUAL_FATAL(cph_jammer_spread(&config, ROOM - total, vector + total * N,
                                                power + total, &count, NULL),
                              CPH_OK);
        total += count;
    }
    return total;
}

static void two_learned_jammers_cost_less_than_half_a_decibel(void)
{
    scene *const s = open_scene(JAMMERS);
    static cph_c64 vector[ROOM * N];
    static cph_c32 plain[N], nulled[N];
    double power[ROOM], worst = 0.0, worst_still = 0.0;
    cph_states states = {0};
    cph_track_plan *plan = NULL;
    cph_error error = {0};
    CU_ASSERT_EQUAL_FATAL(cph_states_ideal(6, 0, &states), CPH_OK);
    const cph_track_config config = {.elements = N,
                                     .position = s->position,
                                     .freq_hz = freq_hz,
                                     .gain = s->known,
                                     .states = &states,
                                     .nulls_max = ROOM};
    CU_ASSERT_EQUAL_FATAL(cph_track_create(&config, &plan, &error), CPH_OK);
    void *const workspace = aligned_alloc(64, (cph_track_workspace_size(plan) + 63) / 64 * 64);
    const size_t nulls = constraints(s, vector, power);
    for (int i = 0; i < 20; i++) {
        double look[3];
        direction(1.9 + 0.15 * i, 0.6 + 0.04 * i, look);
        CU_ASSERT_EQUAL_FATAL(cph_track_set_nulls(plan, 0, NULL, NULL, &error), CPH_OK);
        CU_ASSERT_EQUAL(cph_track_update(plan, workspace, look, plain, NULL, NULL, NULL), CPH_OK);
        const double free_db = ratio_db(s, plain, look, 0, 0.0);
        CU_ASSERT_EQUAL_FATAL(cph_track_set_nulls(plan, nulls, vector, power, &error), CPH_OK);
        CU_ASSERT_EQUAL(cph_track_update(plan, workspace, look, nulled, NULL, NULL, NULL), CPH_OK);
        for (int t = 0; t <= 10; t++)
            worst = fmax(worst, free_db - ratio_db(s, nulled, look, JAMMERS, 0.01 * t));
        /* what points alone would do */
        CU_ASSERT_EQUAL_FATAL(
            cph_track_set_nulls(plan, JAMMERS, s->jammers.vector, s->jammers.inr, &error), CPH_OK);
        CU_ASSERT_EQUAL(cph_track_update(plan, workspace, look, nulled, NULL, NULL, NULL), CPH_OK);
        worst_still = fmax(worst_still, free_db - ratio_db(s, nulled, look, JAMMERS, 0.1));
    }
    printf("\n    %zu constraints, worst loss over 100 ms %.3f dB, with point nulls %.2f dB ",
           nulls, worst, worst_still);
    CU_ASSERT(nulls > JAMMERS);
    CU_ASSERT(worst < 0.5);
    CU_ASSERT(worst_still > worst);
    cph_track_destroy(plan);
    cph_states_free(&states);
    free(workspace);
    close_scene(s);
}

/* ---- chances ---- */

/* Of N equal elements the residual is circular normal: its power is exponential with the mean
 * (phase^2 + amplitude^2) / N, 95 % of it below ln 20 of that. 4000 draws give the mean within
 * 5 / sqrt(4000), the quantile within 5 sqrt(0.05 0.95 / 4000) / 0.05 of the mean; angles are
 * small to sigma^2 / 2, 0.1 %. */
static void depths_follow_the_errors_of_gains(void)
{
    enum { DRAWS = 4000, ELEMENTS = 400 };
    static cph_c32 w[ELEMENTS];
    static cph_c64 s[ELEMENTS], v[ELEMENTS];
    static double amplitude[ELEMENTS], phase[ELEMENTS];
    cph_jammer_chance chance = {0};
    for (size_t n = 0; n < ELEMENTS; n++) {
        w[n] = (cph_c32){1.0f, 0.0f};
        s[n] = (cph_c64){1.0, 0.0};
        v[n] = turned(1.0, 2.0 * M_PI * 37.0 * (double)n / ELEMENTS);
        amplitude[n] = 0.03;
        phase[n] = 0.05;
    }
    CU_ASSERT_EQUAL_FATAL(
        cph_jammer_depth(ELEMENTS, w, s, v, amplitude, phase, DRAWS, seed, 0.95, &chance), CPH_OK);
    const double model = (0.03 * 0.03 + 0.05 * 0.05) / ELEMENTS;
    CU_ASSERT_DOUBLE_EQUAL(chance.model_db, 10.0 * log10(model), 1e-9);
    CU_ASSERT_DOUBLE_EQUAL(pow(10.0, chance.mean_db / 10.0) / model, 1.0, 0.08);
    CU_ASSERT_DOUBLE_EQUAL(pow(10.0, chance.likely_db / 10.0) / model, log(20.0), 0.35);
    phase[7] = -1.0;
    CU_ASSERT_EQUAL(
        cph_jammer_depth(ELEMENTS, w, s, v, amplitude, phase, DRAWS, seed, 0.95, &chance),
        CPH_ERR_ARGUMENT);
}

/* A line of 32 half waves: the first null is at 1 / 16. */
static void the_main_lobe_ends_at_the_first_null(void)
{
    enum { LINE = 32 };
    double position[3 * LINE] = {0};
    const double half = 0.5 * CPH_SPEED_OF_LIGHT / freq_hz;
    for (size_t n = 0; n < LINE; n++)
        position[3 * n] = half * (double)n;
    for (int i = 0; i <= 60; i++) {
        const double x = 0.2 + 0.005 * i;
        const double u[3] = {0.2, 0.0, sqrt(0.96)}, v[3] = {x, 0.0, sqrt(1.0 - x * x)};
        if (fabs(x - 0.2 - 1.0 / 16.0) > 0.004)
            CU_ASSERT_EQUAL(cph_jammer_in_lobe(LINE, position, freq_hz, NULL, u, v),
                            x < 0.2 + 1.0 / 16.0);
    }
}

CU_TestInfo cph_tests_jammer[] = {
    {"waves are counted and measured", waves_are_counted_and_measured},
    {"as many as fit are said to be too many", as_many_as_fit_are_said_to_be_too_many},
    {"learned waves are told apart", learned_waves_are_told_apart},
    {"a spread null covers its points", a_spread_null_covers_its_points},
    {"two learned jammers cost less than half a decibel",
     two_learned_jammers_cost_less_than_half_a_decibel},
    {"depths follow the errors of gains", depths_follow_the_errors_of_gains},
    {"the main lobe ends at the first null", the_main_lobe_ends_at_the_first_null},
    CU_TEST_INFO_NULL,
};
