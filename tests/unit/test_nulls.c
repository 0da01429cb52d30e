/* SPDX-License-Identifier: MIT */
/* Nulls toward given directions: how deep, how wide, and at what price. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cophase/adaptive.h"
#include "cophase/array.h"
#include "cophase/steer.h"
#include "cophase/weights.h"
#include "kernels/core/c64.h"
#include "kernels/core/vec3.h"
#include "tests/unit/adaptive_scene.h"

enum { N = SCENE_N, LIVE = SCENE_LIVE, LINE = 16, MOST = 64 };

static void sector_points_cover_the_cone(void)
{
    const double u[3] = {0.48, -0.6, 0.64}, width = 0.2, spacing = 0.03;
    double point[MOST][3];
    size_t count = 0;
    CU_ASSERT_EQUAL(cph_sector_points(u, width, spacing, 0, NULL, &count), CPH_OK);
    CU_ASSERT_EQUAL(count, 61); /* 4 rings: 1 + 6 + 12 + 18 + 24 */
    CU_ASSERT_EQUAL(cph_sector_points(u, width, spacing, MOST, point[0], &count), CPH_OK);
    CU_ASSERT(point[0][0] == u[0] && point[0][1] == u[1] && point[0][2] == u[2]);
    double mean[3] = {0};
    for (size_t i = 0; i < count; i++) {
        const double off = acos(fmin(1.0, cph_dot3(u, point[i])));
        CU_ASSERT_DOUBLE_EQUAL(cph_norm3(point[i]), 1.0, 1e-15);
        CU_ASSERT(off <= width / 2 + 1e-9);
        CU_ASSERT(i < 37 || off >= width / 2 - 1e-9);
        cph_add3(mean, 1.0 / (double)count, point[i], mean);
    }
    cph_unit3(mean);
    CU_ASSERT_DOUBLE_EQUAL(cph_dot3(mean, u), 1.0, 1e-14); /* all around it */
    CU_ASSERT_EQUAL(cph_sector_points(u, 0.0, spacing, 1, point[0], &count), CPH_OK);
    CU_ASSERT_EQUAL(count, 1);
    CU_ASSERT_EQUAL(cph_sector_points(u, width, spacing, 60, point[0], &count), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_sector_points(u, width, 0.0, 0, NULL, &count), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_sector_points(u, -width, spacing, 0, NULL, &count), CPH_ERR_ARGUMENT);
}

static void nulls_go_through_gains_and_leave_the_look_as_it_was(void)
{
    const double depth = 1e4;
    adaptive_scene s;
    cph_c64 w[N], before[N];
    cph_error error = {0};
    adaptive_scene_make(&s);
    CU_ASSERT_EQUAL_FATAL(cph_weights_conventional(N, s.a, s.gain, s.flag, NULL, w), CPH_OK);
    memcpy(before, w, sizeof w);
    CU_ASSERT_EQUAL(cph_weights_null(N, s.a, s.gain, s.flag, 2, s.c[1], depth, w, &error), CPH_OK);
    const cph_c64 look = adaptive_scene_response(&s, w, s.a);
    CU_ASSERT_DOUBLE_EQUAL(look.re, 1.0, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(look.im, 0.0, 1e-12);
    /* What it gives up of distance, |h - h_0|^2 <= 1, bounds depth |h^H c|^2, up to the scale. */
    for (unsigned j = 1; j < 3; j++) {
        CU_ASSERT(cph_c64_power(adaptive_scene_response(&s, w, s.c[j])) < 4.0 / depth);
        CU_ASSERT(cph_c64_power(adaptive_scene_response(&s, before, s.c[j])) > 100.0 / depth);
    }
    CU_ASSERT(w[2].re == 0.0 && w[2].im == 0.0 && w[7].re == 0.0 && w[7].im == 0.0);
}

static void one_null_leaves_its_closed_form(void)
{
    const double depth = 50.0;
    adaptive_scene s;
    cph_c64 h[N] = {{0}};
    adaptive_scene_make(&s);
    for (unsigned n = 0; n < N; n++)
        h[n] = cph_c64_scale(1.0 / N, s.a[n]);
    cph_c64 along = {0}, response = {0}, look = {0};
    for (unsigned n = 0; n < N; n++)
        along = cph_c64_add(along, cph_c64_mulc(s.c[1][n], h[n]));
    CU_ASSERT_EQUAL(cph_weights_null(N, s.a, NULL, NULL, 1, s.c[1], depth, h, NULL), CPH_OK);
    for (unsigned n = 0; n < N; n++) {
        response = cph_c64_add(response, cph_c64_mulc(s.c[1][n], h[n]));
        look = cph_c64_add(look, cph_c64_mulc(s.a[n], h[n]));
    }
    /* Before the scale: along / (1 + depth N) toward it, and a look less depth N |along|^2 / (1 +
     * depth N) of its 1 (|a^H c| / N = |along|). */
    const double lost = cph_c64_power(along) * depth * N / (1.0 + depth * N);
    CU_ASSERT_DOUBLE_EQUAL(look.re, 1.0, 1e-13);
    CU_ASSERT_DOUBLE_EQUAL(sqrt(cph_c64_power(response) / cph_c64_power(along)),
                           1.0 / (1.0 + depth * N) / (1.0 - lost), 1e-12);
}

/* |w^H a|^2 of a half-wave line toward direction cosine u. */
static double power_at(const cph_c64 *w, double u)
{
    cph_c64 y = {0};
    for (unsigned n = 0; n < LINE; n++)
        y = cph_c64_add(y, cph_c64_mulc((cph_c64){cos(M_PI * n * u), sin(M_PI * n * u)}, w[n]));
    return cph_c64_power(y);
}

static void a_wide_null_is_deep_all_over_its_width(void)
{
    const double width = 0.1, centre = 0.5;
    cph_c64 a[LINE], w[LINE], c[MOST][LINE];
    double point[MOST][3], position[LINE][3] = {{0}};
    const double u[3] = {centre, 0.0, sqrt(1.0 - centre * centre)};
    size_t count = 0;
    CU_ASSERT_EQUAL_FATAL(cph_sector_points(u, width, 2.0 / LINE / 4.0, MOST, point[0], &count),
                          CPH_OK);
    for (unsigned n = 0; n < LINE; n++) {
        position[n][0] = 0.5 * n; /* wavelengths: at a frequency of c a wavelength is a metre */
        a[n] = w[n] = (cph_c64){1.0 / LINE, 0.0};
        a[n].re = 1.0;
    }
    for (size_t j = 0; j < count; j++)
        CU_ASSERT_EQUAL_FATAL(cph_steer_c64(LINE, position[0], CPH_SPEED_OF_LIGHT, point[j], c[j]),
                              CPH_OK);
    CU_ASSERT(power_at(w, centre + 0.02) > 1e-3);
    CU_ASSERT_EQUAL(cph_weights_null(LINE, a, NULL, NULL, count, c[0], 1e6, w, NULL), CPH_OK);
    CU_ASSERT_DOUBLE_EQUAL(power_at(w, 0.0), 1.0, 1e-12);
    for (int step = -50; step <= 50; step++)
        CU_ASSERT(power_at(w, sin(asin(centre) + step / 100.0 * width)) < 1e-8);
}

static void nulls_that_cannot_be_are_refused(void)
{
    adaptive_scene s;
    cph_c64 w[N], before[N];
    cph_error error = {0};
    adaptive_scene_make(&s);
    CU_ASSERT_EQUAL_FATAL(cph_weights_conventional(N, s.a, s.gain, s.flag, NULL, w), CPH_OK);
    memcpy(before, w, sizeof w);
    CU_ASSERT_EQUAL(cph_weights_null(N, s.a, s.gain, s.flag, 1, s.a, 1e6, w, &error),
                    CPH_ERR_SINGULAR);
    CU_ASSERT_PTR_NOT_NULL(strstr(error.message, "look"));
    CU_ASSERT_EQUAL(cph_weights_null(N, s.a, s.gain, s.flag, 1, s.c[1], 0.0, w, &error),
                    CPH_ERR_ARGUMENT);
    s.c[1][0].re = NAN;
    CU_ASSERT_EQUAL(cph_weights_null(N, s.a, s.gain, s.flag, 1, s.c[1], 1e6, w, &error),
                    CPH_ERR_NOT_FINITE);
    memset(s.flag, 1, sizeof s.flag);
    CU_ASSERT_EQUAL(cph_weights_null(N, s.a, s.gain, s.flag, 1, s.c[2], 1e6, w, &error),
                    CPH_ERR_TOO_FEW);
    CU_ASSERT(memcmp(w, before, sizeof w) == 0);
}

/* A line under noise of 1 and one jammer of 40 dB at u = 0.4: power of MVDR's beam to the front at
 * u, the covariance widened by `width`. */
static void front_beam(double width, cph_c64 *w)
{
    cph_c64 r[LINE][LINE], a[LINE];
    double position[LINE][3] = {{0}};
    for (unsigned p = 0; p < LINE; p++) {
        position[p][0] = 0.5 * p;
        a[p] = (cph_c64){1.0, 0.0};
        for (unsigned q = 0; q < LINE; q++) {
            const double turn = M_PI * 0.4 * ((double)p - q);
            r[p][q] = (cph_c64){1e4 * cos(turn) + (p == q ? 1.0 : 0.0), 1e4 * sin(turn)};
        }
    }
    CU_ASSERT_EQUAL_FATAL(
        cph_covariance_widen(LINE, position[0], CPH_SPEED_OF_LIGHT, width, r[0], LINE), CPH_OK);
    const cph_adaptive_config config = {.elements = LINE, .covariance = r[0], .ld = LINE};
    cph_adaptive *adaptive = NULL;
    CU_ASSERT_EQUAL_FATAL(cph_adaptive_create(&config, &adaptive, NULL), CPH_OK);
    CU_ASSERT_EQUAL(cph_adaptive_mvdr(adaptive, a, w, NULL, NULL), CPH_OK);
    cph_adaptive_destroy(adaptive);
}

static void a_widened_covariance_makes_wide_nulls(void)
{
    cph_c64 narrow[LINE], wide[LINE];
    front_beam(0.0, narrow);
    front_beam(0.08, wide);
    CU_ASSERT_DOUBLE_EQUAL(power_at(wide, 0.0), 1.0, 1e-9);
    CU_ASSERT(power_at(narrow, 0.4) < 1e-6);
    CU_ASSERT(power_at(narrow, 0.43) > 1e-4);
    for (int step = -3; step <= 3; step++)
        CU_ASSERT(power_at(wide, 0.4 + 0.01 * step) < 1e-5);
}

/* The same weights from a covariance that holds the jammers itself, and is loaded as much. */
static void imagined_jammers_are_jammers_behind_the_loading(void)
{
    adaptive_scene s;
    cph_adaptive *adaptive = NULL;
    cph_c64 imagined[N], held[N];
    double mean = 0.0, load = 0.0;
    adaptive_scene_make(&s);
    for (unsigned i = 0; i < LIVE; i++)
        mean += s.r[adaptive_scene_index(i)][adaptive_scene_index(i)].re / LIVE;
    cph_adaptive_config config = adaptive_scene_config(&s);
    config.loading = (cph_loading){.kind = CPH_LOADING_RELATIVE, .value = 0.01};
    config.jammers = 2;
    config.jammer = s.c[1];
    config.jammer_ratio = 3.0;
    CU_ASSERT_EQUAL_FATAL(cph_adaptive_create(&config, &adaptive, NULL), CPH_OK);
    CU_ASSERT_EQUAL(cph_adaptive_live(adaptive, NULL, &load), LIVE);
    CU_ASSERT_DOUBLE_EQUAL(load, 0.01 * mean, 1e-13 * mean);
    CU_ASSERT_EQUAL(cph_adaptive_mvdr(adaptive, s.a, imagined, NULL, NULL), CPH_OK);
    cph_adaptive_destroy(adaptive);
    for (unsigned j = 1; j < 3; j++)
        adaptive_scene_add(&s, s.c[j], 1.5 * mean);
    config.jammers = 0;
    config.loading = (cph_loading){.kind = CPH_LOADING_FIXED, .value = load};
    CU_ASSERT_EQUAL_FATAL(cph_adaptive_create(&config, &adaptive, NULL), CPH_OK);
    CU_ASSERT_EQUAL(cph_adaptive_mvdr(adaptive, s.a, held, NULL, NULL), CPH_OK);
    cph_adaptive_destroy(adaptive);
    CU_ASSERT(adaptive_scene_difference(N, imagined, held) < 1e-11);
    config.jammers = 1;
    config.jammer_ratio = -1.0;
    CU_ASSERT_EQUAL(cph_adaptive_create(&config, &adaptive, NULL), CPH_ERR_ARGUMENT);
    config.jammer_ratio = NAN;
    CU_ASSERT_EQUAL(cph_adaptive_create(&config, &adaptive, NULL), CPH_ERR_ARGUMENT);
    config.jammer_ratio = 1.0;
    s.c[1][0].im = NAN;
    CU_ASSERT_EQUAL(cph_adaptive_create(&config, &adaptive, NULL), CPH_ERR_NOT_FINITE);
}

/* A null on the skirt of one lobe of a difference beam; without the look among the constraints it
 * would draw the response there to some -30 dB. */
static void a_difference_beam_keeps_its_null_to_the_look(void)
{
    cph_c64 a[LINE], c[LINE], w[LINE];
    double taper[LINE];
    for (unsigned n = 0; n < LINE; n++) {
        a[n] = (cph_c64){1.0, 0.0};
        c[n] = (cph_c64){cos(M_PI * n * 0.1), sin(M_PI * n * 0.1)};
        taper[n] = 2.0 * n - (LINE - 1.0);
    }
    CU_ASSERT_EQUAL_FATAL(cph_weights_conventional(LINE, a, NULL, NULL, taper, w), CPH_OK);
    const double peak = power_at(w, -0.08);
    CU_ASSERT(power_at(w, 0.1) > 0.1 * peak);
    CU_ASSERT_EQUAL(cph_weights_null(LINE, a, NULL, NULL, 1, c, 1e6, w, NULL), CPH_OK);
    CU_ASSERT(power_at(w, 0.1) < 1e-12 * peak);
    CU_ASSERT(power_at(w, 0.0) < 1e-12 * peak);
}

CU_TestInfo cph_tests_nulls[] = {
    {"sector points cover the cone", sector_points_cover_the_cone},
    {"nulls go through gains and leave the look as it was",
     nulls_go_through_gains_and_leave_the_look_as_it_was},
    {"one null leaves its closed form", one_null_leaves_its_closed_form},
    {"a wide null is deep all over its width", a_wide_null_is_deep_all_over_its_width},
    {"a difference beam keeps its null to the look", a_difference_beam_keeps_its_null_to_the_look},
    {"nulls that cannot be are refused", nulls_that_cannot_be_are_refused},
    {"a widened covariance makes wide nulls", a_widened_covariance_makes_wide_nulls},
    {"imagined jammers are jammers behind the loading",
     imagined_jammers_are_jammers_behind_the_loading},
    CU_TEST_INFO_NULL,
};
