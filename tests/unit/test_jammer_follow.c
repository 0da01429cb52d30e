/* SPDX-License-Identifier: MIT */
/* Waves from one burst to the next: who is who, where they go, and directions found near guesses.
 */
#include <CUnit/CUnit.h>
#include <math.h>
#include <stdlib.h>

#include "cophase/array.h"
#include "cophase/attitude.h"
#include "cophase/jammer.h"
#include "cophase/random.h"
#include "cophase/steer.h"
#include "kernels/core/c64.h"

static const double degree = M_PI / 180.0, freq_hz = 11.7e9;
static const uint64_t seed = 5203;

static void sky(double az_deg, double el_deg, double u[3])
{
    cph_direction_sky_to_enu(az_deg * degree, el_deg * degree, u);
}

static double apart(const double a[3], const double b[3])
{
    return 2.0 *
           asin(0.5 * sqrt(pow(a[0] - b[0], 2.0) + pow(a[1] - b[1], 2.0) + pow(a[2] - b[2], 2.0)));
}

/* ---- who is who ---- */

/* Two that move by different steps, in either order of finding, beside a new one. */
static void waves_are_the_nearest_ones_in_any_order(void)
{
    double was[2][3], is[3][3], turned[3][3];
    size_t of[3];
    sky(100.0, 30.0, was[0]);
    sky(104.0, 30.0, was[1]);
    sky(101.5, 30.0, is[0]); /* of 0: 1.5 degrees of azimuth, 1.3 in the sky */
    sky(104.2, 30.1, is[1]); /* of 1 */
    sky(240.0, 50.0, is[2]); /* new */
    cph_jammers_match(2, was[0], 3, is[0], 2.0 * degree, of);
    CU_ASSERT_EQUAL(of[0], 0);
    CU_ASSERT_EQUAL(of[1], 1);
    CU_ASSERT_EQUAL(of[2], SIZE_MAX);
    for (size_t i = 0; i < 9; i++)
        turned[i / 3][i % 3] = is[2 - i / 3][i % 3];
    cph_jammers_match(2, was[0], 3, turned[0], 2.0 * degree, of);
    CU_ASSERT_EQUAL(of[0], SIZE_MAX);
    CU_ASSERT_EQUAL(of[1], 1);
    CU_ASSERT_EQUAL(of[2], 0);
}

/* One that is gone leaves its place to nobody: the other one is nearer to who is left. */
static void a_wave_goes_to_one_pair_alone(void)
{
    double was[2][3], is[2][3];
    size_t of[2];
    sky(10.0, 40.0, was[0]);
    sky(10.4, 40.0, was[1]);
    sky(10.5, 40.0, is[0]);
    sky(11.5, 40.0, is[1]);
    cph_jammers_match(2, was[0], 1, is[0], 1.0 * degree, of);
    CU_ASSERT_EQUAL(of[0], 1);
    /* the nearest pair first: what is left of both are 1.5 degrees of azimuth apart */
    cph_jammers_match(2, was[0], 2, is[0], 1.0 * degree, of);
    CU_ASSERT_EQUAL(of[0], 1);
    CU_ASSERT_EQUAL(of[1], SIZE_MAX);
    cph_jammers_match(2, was[0], 2, is[0], 1.2 * degree, of);
    CU_ASSERT_EQUAL(of[1], 0);
    cph_jammers_match(0, NULL, 2, is[0], 1.0, of);
    CU_ASSERT(of[0] == SIZE_MAX && of[1] == SIZE_MAX);
}

/* ---- where they go ---- */

/* Along the horizon azimuth is the great circle's angle, whatever the steps of time are. */
static void a_wave_goes_on_along_its_great_circle(void)
{
    double before[3], now[3], u[3], expected[3];
    sky(70.0, 0.0, before);
    sky(73.0, 0.0, now);
    cph_jammer_ahead(before, 10.0, now, 12.0, 15.0, u);
    sky(77.5, 0.0, expected);
    CU_ASSERT(apart(u, expected) < 1e-14);
    cph_jammer_ahead(before, 10.0, now, 12.0, 11.0, u); /* and between */
    sky(71.5, 0.0, expected);
    CU_ASSERT(apart(u, expected) < 1e-14);
    /* over the zenith and down the other side */
    sky(20.0, 80.0, before);
    sky(20.0, 88.0, now);
    cph_jammer_ahead(before, 0.0, now, 1.0, 2.0, now);
    sky(200.0, 84.0, expected);
    CU_ASSERT(apart(now, expected) < 1e-14);
    /* who stands, or was seen once, stays */
    cph_jammer_ahead(before, 0.0, before, 1.0, 9.0, u);
    CU_ASSERT(apart(u, before) == 0.0);
    cph_jammer_ahead(before, 1.0, now, 1.0, 9.0, u);
    CU_ASSERT(apart(u, now) == 0.0);
}

enum { N = 64 };

static void fill(cph_random *random, double *position, cph_c64 *gain)
{
    for (size_t n = 0; n < N; n++) {
        position[3 * n] = 0.0128 * (double)(n % 8);
        position[3 * n + 1] = 0.0128 * (double)(n / 8) + 0.004 * (double)(n % 2);
        position[3 * n + 2] = 0.01 * cph_random_uniform(random);
        const double angle = 2.0 * M_PI * cph_random_uniform(random);
        gain[n] =
            cph_c64_scale(0.5 + cph_random_uniform(random), (cph_c64){cos(angle), sin(angle)});
    }
}

static void wave(const double *position, const cph_c64 *gain, const double u[3], cph_c64 *v)
{
    CU_ASSERT_EQUAL_FATAL(cph_steer_c64(N, position, freq_hz, u, v), CPH_OK);
    for (size_t n = 0; n < N; n++)
        v[n] = cph_c64_mul(v[n], gain[n]);
}

/* The array turns about an axis of its own while the wave stands in the sky: the vector as learned,
 * turned by what that makes of its direction, is the one that arrives, whatever the gains are. */
static void a_vector_turns_with_the_attitude(void)
{
    double position[3 * N], enu[3], m[9], u[2][3], du[3];
    cph_c64 gain[N], v[2][N], out[N];
    cph_random random;
    cph_random_seed(&random, seed, 0);
    fill(&random, position, gain);
    sky(115.0, 37.0, enu);
    for (size_t t = 0; t < 2; t++) {
        cph_attitude_matrix((3.0 + 4.0 * (double)t) * degree, (-8.0 + 5.0 * (double)t) * degree,
                            (60.0 + 11.0 * (double)t) * degree, m);
        for (size_t i = 0; i < 3; i++)
            u[t][i] = m[i] * enu[0] + m[3 + i] * enu[1] + m[6 + i] * enu[2];
        wave(position, gain, u[t], v[t]);
    }
    for (size_t i = 0; i < 3; i++)
        du[i] = u[1][i] - u[0][i];
    CU_ASSERT_EQUAL_FATAL(cph_jammer_shift(N, position, freq_hz, v[0], du, out), CPH_OK);
    double off = 0.0, back = 0.0;
    for (size_t n = 0; n < N; n++)
        off = fmax(off, cph_c64_power(cph_c64_sub(out[n], v[1][n])));
    CU_ASSERT(sqrt(off) < 1e-12);
    /* the other sign is another place, and the gains' conjugates are no gains */
    for (size_t i = 0; i < 3; i++)
        du[i] = -du[i];
    CU_ASSERT_EQUAL_FATAL(cph_jammer_shift(N, position, freq_hz, v[0], du, out), CPH_OK);
    for (size_t n = 0; n < N; n++)
        back = fmax(back, cph_c64_power(cph_c64_sub(out[n], v[1][n])));
    CU_ASSERT(sqrt(back) > 0.5);
}

/* In place or not, wherever it is, and what was there stays. What is 0 may be anywhere. */
static void what_is_not_finite_is_not_turned(void)
{
    const double du[3] = {0.1, -0.2, 0.05};
    double position[3 * N], bad[3 * N];
    cph_c64 gain[N], v[N], turned[N], in[N], out[N];
    cph_random random;
    cph_random_seed(&random, seed, 3);
    fill(&random, position, gain);
    CU_ASSERT_EQUAL_FATAL(cph_jammer_shift(N, position, freq_hz, gain, du, turned), CPH_OK);
    for (int kind = 0; kind < 4; kind++) {
        memcpy(bad, position, sizeof bad);
        memcpy(v, gain, sizeof v);
        if (kind < 2)
            *(kind == 0 ? &v[N - 2].re : &v[N - 2].im) = kind == 0 ? NAN : INFINITY;
        else
            bad[3 * (N - 2) + 1] = kind == 2 ? NAN : INFINITY;
        memcpy(in, v, sizeof in);
        memcpy(out, turned, sizeof out);
        CU_ASSERT_EQUAL(cph_jammer_shift(N, bad, freq_hz, v, du, out), CPH_ERR_NOT_FINITE);
        CU_ASSERT_EQUAL(memcmp(out, turned, sizeof out), 0);
        CU_ASSERT_EQUAL(cph_jammer_shift(N, bad, freq_hz, v, du, v), CPH_ERR_NOT_FINITE);
        CU_ASSERT_EQUAL(memcmp(v, in, sizeof v), 0);
        v[N - 2] = (cph_c64){0.0, 0.0};
        CU_ASSERT_EQUAL(cph_jammer_shift(N, bad, freq_hz, v, du, v), CPH_OK);
        CU_ASSERT(v[N - 2].re == 0.0 && v[N - 2].im == 0.0);
        CU_ASSERT_EQUAL(memcmp(v, turned, (N - 2) * sizeof *v), 0);
    }
}

/* Live: the corners of a rectangle 2a by 2b somewhere, whose squares are 4 (a^2 + b^2). */
static void flagged_elements_tell_nothing_of_directions(void)
{
    enum { LIVE = 4, ALL = 6 };
    const double a = 0.3, b = 0.7, k = 2.0 * M_PI * freq_hz / CPH_SPEED_OF_LIGHT;
    const double expected = 1.0 / (k * sqrt(4.0 * (a * a + b * b)));
    const double far[] = {0.0, 1e3, NAN};
    const unsigned char flag[ALL] = {0, 1, 0, 0, 1, 0};
    double position[3 * ALL], live[3 * LIVE];
    for (size_t i = 0; i < 3; i++) {
        for (size_t n = 0, at = 0; n < ALL; n++) {
            double *const r = position + 3 * n;
            r[0] = r[1] = r[2] = far[i];
            if (flag[n] != 0)
                continue;
            r[0] = 11.0 + (at % 2 == 0 ? a : -a);
            r[1] = -5.0 + (at / 2 == 0 ? b : -b);
            r[2] = (double)at;
            memcpy(live + 3 * at++, r, 3 * sizeof *r);
        }
        CU_ASSERT_DOUBLE_EQUAL(cph_jammer_sigma(ALL, position, flag, freq_hz) / expected, 1.0,
                               1e-13);
        CU_ASSERT_DOUBLE_EQUAL(cph_jammer_sigma(LIVE, live, NULL, freq_hz) / expected, 1.0, 1e-13);
    }
    CU_ASSERT(isinf(cph_jammer_sigma(1, live, NULL, freq_hz)));
    CU_ASSERT(isinf(cph_jammer_sigma(2, position, (const unsigned char[]){1, 1}, freq_hz)));
}

/* ---- averages ---- */

/* v with a part e^jx / 10 of another wave, to v's size, in a phase of its own. */
static void mix(const cph_c64 *v, const cph_c64 *other, cph_random *random, cph_c64 *out)
{
    const double x = 2.0 * M_PI * cph_random_uniform(random),
                 y = 2.0 * M_PI * cph_random_uniform(random);
    const cph_c64 part = {0.1 * cos(x), 0.1 * sin(x)}, turn = {cos(y), sin(y)};
    for (size_t n = 0; n < N; n++)
        out[n] = cph_c64_mul(turn, cph_c64_add(v[n], cph_c64_mul(part, other[n])));
    const double scale = sqrt(cph_c64_inner(N, v, v).re / cph_c64_inner(N, out, out).re);
    for (size_t n = 0; n < N; n++)
        out[n] = cph_c64_scale(scale, out[n]);
}

/* Share of a that is not along b. */
static double unlike(const cph_c64 *a, const cph_c64 *b)
{
    return 1.0 - cph_c64_power(cph_c64_inner(N, a, b)) /
                     (cph_c64_inner(N, a, a).re * cph_c64_inner(N, b, b).re);
}

/* Of M bursts with parts of another wave in random phase 1 / M of its power is left; the mean of 64
 * is within 5 of its deviations, each as large as the mean (exponential). */
static void other_waves_average_out(void)
{
    enum { BURSTS = 64 };
    double position[3 * N], u[2][3];
    cph_c64 gain[N], v[2][N], burst[N], mean[N];
    cph_random random;
    cph_random_seed(&random, seed, 2);
    fill(&random, position, gain);
    sky(130.0, 41.0, u[0]);
    sky(-75.0, 58.0, u[1]);
    wave(position, gain, u[0], v[0]);
    wave(position, gain, u[1], v[1]);
    mix(v[0], v[1], &random, mean);
    const double size = cph_c64_inner(N, v[0], v[0]).re, once = unlike(mean, v[0]);
    CU_ASSERT(once > 0.005 && once < 0.02);
    for (int k = 1; k < BURSTS; k++) {
        mix(v[0], v[1], &random, burst);
        CU_ASSERT(cph_jammer_blend(N, burst, 1.0 / (k + 1.0), 0.9, mean));
    }
    CU_ASSERT(unlike(mean, v[0]) < 6.0 * once / BURSTS);
    CU_ASSERT_DOUBLE_EQUAL(cph_c64_inner(N, mean, mean).re / size, 1.0, 1e-12);
    /* another wave, or its conjugate, is no part of it */
    for (size_t n = 0; n < N; n++)
        burst[n] = cph_c64_conj(v[0][n]);
    CU_ASSERT_FALSE(cph_jammer_blend(N, burst, 0.5, 0.9, mean));
    CU_ASSERT(unlike(mean, burst) < 1e-12);
    CU_ASSERT_FALSE(cph_jammer_blend(N, v[1], 0.5, 0.9, mean));
    CU_ASSERT(unlike(mean, v[1]) < 1e-12);
}

/* A mean that cannot go on is not in what follows; nor is anything of it where v has 0. */
static void what_is_not_finite_is_not_averaged(void)
{
    static const double bad[] = {NAN, INFINITY, -INFINITY, 1e300};
    double position[3 * N];
    cph_c64 v[N], mean[N];
    cph_random random;
    cph_random_seed(&random, seed, 4);
    fill(&random, position, v);
    v[7] = (cph_c64){0.0, 0.0};
    for (size_t i = 0; i < 12; i++) {
        const size_t at = i / 4 == 0 ? 7 : 8;
        memcpy(mean, v, sizeof mean);
        *(i / 4 == 1 ? &mean[at].re : &mean[at].im) = bad[i % 4];
        CU_ASSERT_FALSE(cph_jammer_blend(N, v, 0.25, 0.5, mean));
        CU_ASSERT_EQUAL(memcmp(mean, v, sizeof mean), 0);
    }
    memset(mean, 0, sizeof mean);
    CU_ASSERT_FALSE(cph_jammer_blend(N, v, 0.25, 0.5, mean));
    CU_ASSERT_EQUAL(memcmp(mean, v, sizeof mean), 0);
}

/* ---- directions near guesses ---- */

/* Vectors of two waves as learned without noise: orthogonal, in the span of both. */
static void learned(const double *position, const cph_c64 *gain, double u[2][3], cph_jammers *j)
{
    enum { K = 6 };
    static cph_c32 x[K * N];
    cph_c64 v[2][N];
    cph_random random;
    cph_error error = {0};
    cph_random_seed(&random, seed, 1);
    for (size_t k = 0; k < 2; k++)
        wave(position, gain, u[k], v[k]);
    for (size_t k = 0; k < K; k++) {
        const cph_c64 a = cph_c64_scale(100.0, cph_random_normal(&random)),
                      b = cph_c64_scale(70.0, cph_random_normal(&random));
        for (size_t n = 0; n < N; n++) {
            const cph_c64 noise = cph_random_normal(&random);
            const cph_c64 sum =
                cph_c64_add(noise, cph_c64_add(cph_c64_mul(a, v[0][n]), cph_c64_mul(b, v[1][n])));
            x[k * N + n] = (cph_c32){(float)sum.re, (float)sum.im};
        }
    }
    CU_ASSERT_EQUAL_FATAL(cph_jammers_learn(N, K, x, N, NULL, K, j, &error), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(j->count, 2);
}

/* Which of u a direction is, within 1e-3; 2: none. */
static size_t which(double u[2][3], const double *direction)
{
    for (size_t k = 0; k < 2; k++)
        if (hypot(direction[0] - u[k][0], direction[1] - u[k][1]) < 1e-3)
            return k;
    return 2;
}

/* Guesses off by half a beam (of 1/8) find what the whole sky finds, in either order, without it;
 * a wave that nobody guessed is searched for. */
static void guesses_spare_the_whole_sky(void)
{
    double position[3 * N], u[2][3], guess[2][3], swapped[6], share[2];
    double all[6] = {0.0}, near[6] = {0.0};
    cph_c64 gain[N];
    cph_random random;
    size_t skies = 0;
    cph_random_seed(&random, seed, 0);
    fill(&random, position, gain);
    for (size_t n = 0; n < N; n++)
        position[3 * n + 2] = 0.0;
    sky(130.0, 41.0, u[0]);
    sky(-75.0, 28.0, u[1]);
    sky(134.0, 43.0, guess[0]);
    sky(-72.0, 30.0, guess[1]);
    for (size_t i = 0; i < 6; i++)
        swapped[i] = guess[1 - i / 3][i % 3];
    cph_jammer_search search = {.position = position, .freq_hz = freq_hz, .gain = gain};
    for (size_t seeds = 0; seeds < 4; seeds++) {
        cph_jammers j = {0};
        learned(position, gain, u, &j);
        search.seeds = seeds == 3 ? 2 : seeds;
        search.seed = seeds == 3 ? swapped : guess[0];
        search.least = 0.5;
        CU_ASSERT_EQUAL_FATAL(cph_jammers_find(&j, &search, seeds == 0 ? all : near, share, &skies),
                              CPH_OK);
        const double *const found = seeds == 0 ? all : near;
        CU_ASSERT_EQUAL(skies, 2 - search.seeds);
        CU_ASSERT_EQUAL(which(u, found) + which(u, found + 3), 1);
        CU_ASSERT(share[0] > 0.99 && share[1] > 0.99);
        cph_jammers_free(&j);
    }
    search.least = 0.0;
    cph_jammers j = {0};
    learned(position, gain, u, &j);
    CU_ASSERT_EQUAL(cph_jammers_find(&j, &search, all, share, NULL), CPH_ERR_ARGUMENT);
    search.least = 0.5;
    swapped[4] = NAN;
    CU_ASSERT_EQUAL(cph_jammers_find(&j, &search, all, share, NULL), CPH_ERR_NOT_FINITE);
    cph_jammers_free(&j);
}

CU_TestInfo cph_tests_jammer_follow[] = {
    {"waves are the nearest ones, in any order", waves_are_the_nearest_ones_in_any_order},
    {"a wave goes to one pair alone", a_wave_goes_to_one_pair_alone},
    {"a wave goes on along its great circle", a_wave_goes_on_along_its_great_circle},
    {"a vector turns with the attitude", a_vector_turns_with_the_attitude},
    {"what is not finite is not turned", what_is_not_finite_is_not_turned},
    {"flagged elements tell nothing of directions", flagged_elements_tell_nothing_of_directions},
    {"other waves average out", other_waves_average_out},
    {"what is not finite is not averaged", what_is_not_finite_is_not_averaged},
    {"guesses spare the whole sky", guesses_spare_the_whole_sky},
    CU_TEST_INFO_NULL,
};
