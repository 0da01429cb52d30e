/* SPDX-License-Identifier: MIT */
/* Offset and image of receivers; transmit over receive gain. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cophase/receiver.h"
#include "tests/unit/calib_scene.h"
#include "tests/unit/seeds.h"

enum { N = 4, LD = 5, T_MOST = 4000 };

typedef struct rig {
    double complex x[T_MOST * N], offset[N], a[N], b[N];
    cph_c32 samples[T_MOST * LD];
    cph_c64 found_offset[N], image[N];
    double offset_sigma[N], image_sigma[N];
    unsigned char flag[N];
    cph_random random;
    cph_iq_correction correction;
    cph_error error;
} rig;

static void open_rig(rig *r, uint64_t seed)
{
    memset(r, 0, sizeof *r);
    cph_random_seed(&r->random, seed, 0);
    printf("seed %u ", (unsigned)seed);
    for (size_t n = 0; n < N; n++) {
        r->a[n] = (1.0 + 0.3 * (double)n) * cexp(I * (0.4 + (double)n));
        r->b[n] = (0.02 + 0.03 * (double)n) * cexp(I * (2.0 - 1.3 * (double)n));
        r->offset[n] = 0.2 * (double)n - 0.3 + 0.5 * I;
    }
    r->correction = (cph_iq_correction){.offset = r->found_offset,
                                        .offset_sigma = r->offset_sigma,
                                        .image = r->image,
                                        .image_sigma = r->image_sigma,
                                        .flag = r->flag};
}

static void measure(rig *r, size_t times)
{
    for (size_t t = 0; t < times; t++)
        for (size_t n = 0; n < N; n++) {
            const double complex x = r->x[t * N + n];
            const double complex y = r->a[n] * x + r->b[n] * conj(x) + r->offset[n];
            r->samples[t * LD + n] = (cph_c32){(float)creal(y), (float)cimag(y)};
        }
    memset(r->flag, 0, sizeof r->flag);
}

static void draw(rig *r, size_t times)
{
    for (size_t i = 0; i < times * N; i++)
        r->x[i] = scene_get(cph_random_normal(&r->random));
}

/* A signal whose mean and E[x^2] are exactly 0: all is found, but for the float samples. */
static void exactly_circular(void)
{
    enum { TIMES = 64 };
    static rig r;
    open_rig(&r, 1);
    for (size_t t = 0; t < TIMES; t++)
        for (size_t n = 0; n < N; n++)
            r.x[t * N + n] = cexp(I * (0.5 * M_PI * (double)t + 0.3 * (double)n));
    measure(&r, TIMES);
    CU_ASSERT_EQUAL(cph_iq_solve(TIMES, N, r.samples, LD, &r.correction, &r.error), CPH_OK);
    for (size_t n = 0; n < N; n++) {
        CU_ASSERT(cabs(scene_get(r.image[n]) + r.b[n] / conj(r.a[n])) < 1e-6);
        CU_ASSERT(cabs(scene_get(r.found_offset[n]) - r.offset[n]) < 1e-6);
    }
    CU_ASSERT_EQUAL(cph_iq_apply(TIMES, N, &r.correction, r.samples, LD), CPH_OK);
    for (size_t t = 0; t < TIMES; t++)
        for (size_t n = 0; n < N; n++) {
            const double complex gain = r.a[n] - pow(cabs(r.b[n]), 2.0) / conj(r.a[n]);
            const cph_c32 z = r.samples[t * LD + n];
            CU_ASSERT(cabs(((double)z.re + I * (double)z.im) / gain - r.x[t * N + n]) < 1e-6);
        }
    CU_ASSERT_EQUAL(r.samples[4].re, 0.0F); /* beside the elements */
}

static void scatter_against_the_bound(void)
{
    enum { TIMES = 200 };
    const size_t seeds = test_seeds(500);
    static rig r;
    double image = 0.0, offset = 0.0, image_said = 0.0, offset_said = 0.0;
    open_rig(&r, 2);
    for (size_t k = 0; k < seeds; k++) {
        cph_random_seed(&r.random, 2, 1 + k);
        draw(&r, TIMES);
        measure(&r, TIMES);
        CU_ASSERT_EQUAL_FATAL(cph_iq_solve(TIMES, N, r.samples, LD, &r.correction, NULL), CPH_OK);
        for (size_t n = 0; n < N; n++) {
            /* Of a part: 1/(4 T) for the image, the power over 2 T for the offset. */
            const double power = pow(cabs(r.a[n]), 2.0) + pow(cabs(r.b[n]), 2.0);
            image += pow(cabs(scene_get(r.image[n]) + r.b[n] / conj(r.a[n])), 2.0) * 2.0 * TIMES;
            offset += pow(cabs(scene_get(r.found_offset[n]) - r.offset[n]), 2.0) * TIMES / power;
            image_said += pow(r.image_sigma[n], 2.0) * 4.0 * TIMES;
            offset_said += pow(r.offset_sigma[n], 2.0) * 2.0 * TIMES / power;
        }
    }
    const double count = (double)seeds * N;
    test_row("", "image", image / count, sqrt(image_said / image));
    test_row("", "offset", offset / count, sqrt(offset_said / offset));
    CU_ASSERT(image / count > 0.95 && image / count < 1.15);
    CU_ASSERT(offset / count > 0.95 && offset / count < 1.15);
    CU_ASSERT_DOUBLE_EQUAL(sqrt(image_said / image), 1.0, 0.1);
    CU_ASSERT_DOUBLE_EQUAL(sqrt(offset_said / offset), 1.0, 0.1);
}

static void receivers_without_an_answer(void)
{
    enum { TIMES = 100 };
    static rig r, before;
    open_rig(&r, 3);
    draw(&r, TIMES);
    measure(&r, TIMES);
    for (size_t t = 0; t < TIMES; t++) {
        r.samples[t * LD].im = 0.1F;                    /* Q is dead */
        r.samples[t * LD + 1] = (cph_c32){0.7F, -0.2F}; /* offset alone */
    }
    r.samples[50 * LD + 2].re = INFINITY;
    CU_ASSERT_EQUAL(cph_iq_solve(TIMES, N, r.samples, LD, &r.correction, &r.error), CPH_OK);
    CU_ASSERT_EQUAL(r.flag[0], CPH_FLAG_UNSOLVED);
    CU_ASSERT_EQUAL(r.flag[1], CPH_FLAG_DEAD);
    CU_ASSERT_EQUAL(r.flag[2], CPH_FLAG_NOT_FINITE);
    CU_ASSERT_EQUAL(r.flag[3], CPH_FLAG_NONE);
    CU_ASSERT(isnan(r.image[0].re) && isnan(r.found_offset[2].im) && isnan(r.image_sigma[1]));
    cph_c32 *const kept_at = &r.samples[(size_t)7 * LD];
    const cph_c32 kept = *kept_at;
    CU_ASSERT_EQUAL(cph_iq_apply(TIMES, N, &r.correction, r.samples, LD), CPH_OK);
    CU_ASSERT_EQUAL(memcmp(&kept, kept_at, sizeof kept), 0);
    before = r;
    CU_ASSERT_EQUAL(cph_iq_solve(15, N, r.samples, LD, &r.correction, &r.error), CPH_ERR_TOO_FEW);
    CU_ASSERT(strstr(r.error.message, "15 times") != NULL);
    CU_ASSERT_EQUAL(cph_iq_solve(TIMES, N, r.samples, 3, &r.correction, NULL), CPH_ERR_OVERFLOW);
    CU_ASSERT_EQUAL(cph_iq_solve(TIMES, N, NULL, LD, &r.correction, NULL), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_iq_apply(TIMES, 0, &r.correction, r.samples, LD), CPH_ERR_ARGUMENT);
    r.error = before.error;
    CU_ASSERT_EQUAL(memcmp(&r, &before, sizeof before), 0);
}

enum { PATHS = 40, ELEMENTS = 5 };

typedef struct link_rig {
    cph_c64 forward[PATHS * ELEMENTS], backward[PATHS * ELEMENTS], gain[ELEMENTS];
    double phase_sigma[ELEMENTS], amplitude_sigma[ELEMENTS];
    unsigned char flag[ELEMENTS];
    cph_random random;
    cph_reciprocity_config config;
    cph_gain_estimate estimate;
} link_rig;

static void open_link(link_rig *k, uint64_t seed)
{
    memset(k, 0, sizeof *k);
    cph_random_seed(&k->random, seed, 0);
    printf("seed %u ", (unsigned)seed);
    k->config = (cph_reciprocity_config){
        .soundings = PATHS, .elements = ELEMENTS, .forward = k->forward, .backward = k->backward};
    k->estimate = (cph_gain_estimate){k->gain, k->phase_sigma, k->amplitude_sigma, k->flag};
}

/* Moduli 0.8 to 1.6; the phase of element 0 is pi, where angles would average to anything. */
static double complex ratio_of(size_t n)
{
    return (0.8 + 0.2 * (double)n) * cexp(I * (M_PI + 1.1 * (double)n));
}

/* Error powers of both ways. */
static void sound(link_rig *k, double forward, double backward)
{
    for (size_t i = 0; i < (size_t)PATHS * ELEMENTS; i++) {
        const double complex h = scene_get(cph_random_normal(&k->random));
        const double complex f =
            ratio_of(i % ELEMENTS) * h + sqrt(forward) * scene_get(cph_random_normal(&k->random));
        const double complex b = h + sqrt(backward) * scene_get(cph_random_normal(&k->random));
        k->forward[i] = (cph_c64){creal(f), cimag(f)};
        k->backward[i] = (cph_c64){creal(b), cimag(b)};
    }
}

static void ratios_without_noise(void)
{
    static link_rig k;
    open_link(&k, 4);
    sound(&k, 0.0, 0.0);
    CU_ASSERT_EQUAL(cph_reciprocity_solve(&k.config, &k.estimate, NULL), CPH_OK);
    for (size_t n = 0; n < ELEMENTS; n++)
        CU_ASSERT(cabs(scene_get(k.gain[n]) - ratio_of(n)) < 1e-12);
}

/* Of the two-channel factor model: with SNRs s1, s2 of both ways, variance of phase and of relative
 * amplitude (1 + s1 + s2)/(2 T s1 s2). */
static void ratios_against_the_bound(void)
{
    const size_t seeds = test_seeds(500);
    static link_rig k;
    double phase = 0.0, amplitude = 0.0, said = 0.0, bias = 0.0;
    open_link(&k, 5);
    k.config.noise_ratio = 3.0;
    for (size_t s = 0; s < seeds; s++) {
        sound(&k, 0.15, 0.05);
        CU_ASSERT_EQUAL_FATAL(cph_reciprocity_solve(&k.config, &k.estimate, NULL), CPH_OK);
        for (size_t n = 0; n < ELEMENTS; n++) {
            const double complex c = ratio_of(n), off = scene_get(k.gain[n]) / c;
            const double s1 = pow(cabs(c), 2.0) / 0.15, s2 = 1.0 / 0.05;
            const double least = (1.0 + s1 + s2) / (2.0 * PATHS * s1 * s2);
            phase += pow(carg(off), 2.0) / least;
            amplitude += pow(log(cabs(off)), 2.0) / least;
            said += pow(k.phase_sigma[n], 2.0) / least;
            bias += log(cabs(off)) / sqrt(least);
        }
    }
    const double count = (double)seeds * ELEMENTS;
    test_row("transmit over receive", "phase", phase / count, sqrt(said / phase));
    test_row("transmit over receive", "amplitude", amplitude / count, NAN);
    CU_ASSERT(phase / count > 0.95 && phase / count < 1.15);
    CU_ASSERT(amplitude / count > 0.95 && amplitude / count < 1.15);
    CU_ASSERT_DOUBLE_EQUAL(sqrt(said / phase), 1.0, 0.1);
    CU_ASSERT(fabs(bias / count) < 4.0 / sqrt(count));
}

static void links_without_an_answer(void)
{
    static link_rig k;
    cph_error error = {CPH_OK, ""};
    open_link(&k, 6);
    sound(&k, 0.01, 0.01);
    for (size_t t = 0; t < PATHS; t++) {
        k.forward[t * ELEMENTS + 1] = cph_random_normal(&k.random);
        k.backward[t * ELEMENTS + 2] = (cph_c64){0.0, 0.0};
    }
    k.forward[3 * ELEMENTS + 3].im = NAN;
    k.flag[4] = CPH_FLAG_LISTED;
    CU_ASSERT_EQUAL(cph_reciprocity_solve(&k.config, &k.estimate, &error), CPH_OK);
    const unsigned char expected[ELEMENTS] = {CPH_FLAG_NONE, CPH_FLAG_DEAD, CPH_FLAG_DEAD,
                                              CPH_FLAG_NOT_FINITE, CPH_FLAG_LISTED};
    CU_ASSERT_EQUAL(memcmp(k.flag, expected, sizeof expected), 0);
    for (size_t n = 1; n < ELEMENTS; n++)
        CU_ASSERT(isnan(k.gain[n].re) && isnan(k.phase_sigma[n]));
    k.config.soundings = 1;
    CU_ASSERT_EQUAL(cph_reciprocity_solve(&k.config, &k.estimate, &error), CPH_ERR_TOO_FEW);
    CU_ASSERT(strstr(error.message, "1 soundings") != NULL);
    k.config.noise_ratio = -1.0;
    CU_ASSERT_EQUAL(cph_reciprocity_solve(&k.config, &k.estimate, NULL), CPH_ERR_ARGUMENT);
}

CU_TestInfo cph_tests_calib_receiver[] = {
    {"an exactly circular signal", exactly_circular},
    {"offset and image against the Cramer-Rao bound", scatter_against_the_bound},
    {"receivers without an answer", receivers_without_an_answer},
    {"transmit over receive, without noise", ratios_without_noise},
    {"transmit over receive, against the Cramer-Rao bound", ratios_against_the_bound},
    {"links without an answer", links_without_an_answer},
    CU_TEST_INFO_NULL,
};
