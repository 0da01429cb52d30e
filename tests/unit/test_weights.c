/* SPDX-License-Identifier: MIT */
/* Conventional weights: what the beam answers to a wave that came through the array's gains. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <stdio.h>

#include "cophase/random.h"
#include "cophase/weights.h"

enum { N = 7, SEED = 42 };

typedef struct scene {
    cph_c64 a[N], gain[N], w[N];
    unsigned char flag[N];
    double taper[N];
} scene;

/* Unit steering, gains of any size and phase, elements 1 and 4 flagged with NaN gains. */
static void make_scene(scene *s)
{
    cph_random random;
    printf("seed %d ", SEED);
    cph_random_seed(&random, SEED, 0);
    *s = (scene){.flag = {[1] = 1, [4] = 3}};
    for (size_t n = 0; n < N; n++) {
        double angle = 2 * M_PI * cph_random_uniform(&random);
        s->a[n] = (cph_c64){cos(angle), sin(angle)};
        s->gain[n] = s->flag[n] ? (cph_c64){NAN, NAN} : cph_random_normal(&random);
        s->taper[n] = 0.1 + cph_random_uniform(&random);
    }
}

/* w^H (g a) over unflagged elements. */
static cph_c64 response(const scene *s)
{
    cph_c64 y = {0};
    for (size_t n = 0; n < N; n++) {
        if (s->flag[n])
            continue;
        cph_c64 a = s->a[n], g = s->gain[n], w = s->w[n];
        cph_c64 x = {g.re * a.re - g.im * a.im, g.re * a.im + g.im * a.re};
        y.re += w.re * x.re + w.im * x.im;
        y.im += w.re * x.im - w.im * x.re;
    }
    return y;
}

static void beam_in_the_look_direction_has_unit_response(void)
{
    scene s;
    make_scene(&s);
    CU_ASSERT_EQUAL(cph_weights_conventional(N, s.a, s.gain, s.flag, s.taper, s.w), CPH_OK);
    CU_ASSERT_DOUBLE_EQUAL(response(&s).re, 1.0, 1e-14);
    CU_ASSERT_DOUBLE_EQUAL(response(&s).im, 0.0, 1e-14);
    CU_ASSERT(s.w[1].re == 0.0 && s.w[1].im == 0.0 && s.w[4].re == 0.0 && s.w[4].im == 0.0);
    CU_ASSERT_EQUAL(cph_weights_conventional(N, s.a, s.gain, s.flag, NULL, s.w), CPH_OK);
    CU_ASSERT_DOUBLE_EQUAL(response(&s).re, 1.0, 1e-14);
}

static void weights_without_gains_are_the_tapered_steering_vector(void)
{
    const cph_c64 a[2] = {{0.6, 0.8}, {0.0, -1.0}};
    const double taper[2] = {3.0, 1.0};
    cph_c64 w[2];
    CU_ASSERT_EQUAL(cph_weights_conventional(2, a, NULL, NULL, taper, w), CPH_OK);
    CU_ASSERT_DOUBLE_EQUAL(w[0].re, 0.45, 1e-15);
    CU_ASSERT_DOUBLE_EQUAL(w[0].im, 0.6, 1e-15);
    CU_ASSERT_DOUBLE_EQUAL(w[1].im, -0.25, 1e-15);
}

static void odd_taper_has_a_null_to_the_look_direction(void)
{
    scene s;
    double odd[N];
    make_scene(&s);
    for (size_t n = 0; n < N; n++)
        odd[n] = (double)n - 3.0; /* with the next line: -3 -1 -1 2 3 over the unflagged */
    odd[3] = -1.0;
    CU_ASSERT_EQUAL(cph_weights_conventional(N, s.a, s.gain, s.flag, odd, s.w), CPH_OK);
    CU_ASSERT_DOUBLE_EQUAL(response(&s).re, 0.0, 1e-14);
    CU_ASSERT_DOUBLE_EQUAL(response(&s).im, 0.0, 1e-14);
    CU_ASSERT_DOUBLE_EQUAL(hypot(s.w[0].re, s.w[0].im) * hypot(s.gain[0].re, s.gain[0].im),
                           3.0 / 10, 1e-14);
}

/* Of sum 0 over all seven: the two that are flagged take 5 - 1 with them, and so 4 / 5 goes on to
 * the others. */
static void odd_taper_keeps_its_null_without_its_flagged(void)
{
    const double odd[N] = {-3.0, 5.0, -1.0, 2.0, -1.0, -2.5, 0.5}, off = -4.0 / 5.0;
    const double size = 2.2 + 0.2 + 2.8 + 1.7 + 1.3;
    const unsigned char but_one[N] = {1, 1, 1, 0, 1, 1, 1};
    scene s;
    make_scene(&s);
    CU_ASSERT_EQUAL(cph_weights_conventional(N, s.a, s.gain, s.flag, odd, s.w), CPH_OK);
    CU_ASSERT_DOUBLE_EQUAL(response(&s).re, 0.0, 1e-14);
    CU_ASSERT_DOUBLE_EQUAL(response(&s).im, 0.0, 1e-14);
    for (size_t n = 0; n < N; n++)
        if (s.flag[n] == 0)
            CU_ASSERT_DOUBLE_EQUAL(hypot(s.w[n].re, s.w[n].im) * hypot(s.gain[n].re, s.gain[n].im),
                                   fabs(odd[n] - off) / size, 1e-14);
    CU_ASSERT_EQUAL(cph_weights_conventional(N, s.a, NULL, but_one, odd, s.w), CPH_ERR_TOO_FEW);
}

static void weights_may_replace_the_steering_vector(void)
{
    scene s;
    make_scene(&s);
    CU_ASSERT_EQUAL(cph_weights_conventional(N, s.a, s.gain, s.flag, s.taper, s.w), CPH_OK);
    CU_ASSERT_EQUAL(cph_weights_conventional(N, s.a, s.gain, s.flag, s.taper, s.a), CPH_OK);
    for (size_t n = 0; n < N; n++)
        CU_ASSERT(s.a[n].re == s.w[n].re && s.a[n].im == s.w[n].im);
}

static void unusable_gains_are_refused(void)
{
    scene s;
    make_scene(&s);
    const cph_c64 bad[3] = {{0.0, 0.0}, {NAN, 1.0}, {1.0, INFINITY}};
    for (size_t n = 0; n < N; n++)
        s.w[n] = (cph_c64){7.0, -7.0};
    for (size_t i = 0; i < 3; i++) {
        s.gain[5] = bad[i];
        CU_ASSERT_EQUAL(cph_weights_conventional(N, s.a, s.gain, s.flag, NULL, s.w),
                        CPH_ERR_NOT_FINITE);
    }
    for (size_t n = 0; n < N; n++)
        s.flag[n] = 1;
    CU_ASSERT_EQUAL(cph_weights_conventional(N, s.a, s.gain, s.flag, NULL, s.w), CPH_ERR_TOO_FEW);
    CU_ASSERT_EQUAL(cph_weights_conventional(0, s.a, NULL, NULL, NULL, s.w), CPH_ERR_ARGUMENT);
    for (size_t n = 0; n < N; n++)
        CU_ASSERT(s.w[n].re == 7.0 && s.w[n].im == -7.0);
}

CU_TestInfo cph_tests_weights[] = {
    {"a beam in the look direction has unit response",
     beam_in_the_look_direction_has_unit_response},
    {"weights without gains are the tapered steering vector",
     weights_without_gains_are_the_tapered_steering_vector},
    {"an odd taper has a null to the look direction", odd_taper_has_a_null_to_the_look_direction},
    {"an odd taper keeps its null without its flagged",
     odd_taper_keeps_its_null_without_its_flagged},
    {"weights may replace the steering vector", weights_may_replace_the_steering_vector},
    {"unusable gains are refused", unusable_gains_are_refused},
    CU_TEST_INFO_NULL,
};
