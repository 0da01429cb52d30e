/* SPDX-License-Identifier: MIT */
/* MVDR, LCMV and GSC: what they answer to waves, against a general solver and each other. */
#include <CUnit/CUnit.h>
#include <lapacke.h>
#include <math.h>
#include <string.h>

#include "cophase/adaptive.h"
#include "cophase/array.h"
#include "cophase/steer.h"
#include "kernels/core/c64.h"
#include "tests/unit/adaptive_scene.h"

enum { N = SCENE_N, LIVE = SCENE_LIVE, J = SCENE_J };

/* Ten times n eps times the scene's condition of 2e4. */
static const double rounding = 10 * LIVE * 2.3e-16 * 2e4;

static cph_adaptive *create(const adaptive_scene *s)
{
    cph_adaptive *adaptive = NULL;
    const cph_adaptive_config config = adaptive_scene_config(s);
    CU_ASSERT_EQUAL_FATAL(cph_adaptive_create(&config, &adaptive, NULL), CPH_OK);
    CU_ASSERT_EQUAL(cph_adaptive_live(adaptive, NULL, NULL), LIVE);
    return adaptive;
}

static void mvdr_power_is_one_over_the_quadratic_form(void)
{
    adaptive_scene s;
    cph_c64 v[LIVE], x[LIVE], w[N], expected[N] = {{0}}, form = {0};
    double power = 0.0;
    adaptive_scene_make(&s);
    adaptive_scene_solve(&s, s.a, v, x);
    for (unsigned i = 0; i < LIVE; i++)
        form = cph_c64_add(form, cph_c64_mulc(x[i], v[i]));
    for (unsigned i = 0; i < LIVE; i++)
        expected[adaptive_scene_index(i)] = cph_c64_scale(1.0 / form.re, x[i]);
    cph_adaptive *adaptive = create(&s);
    CU_ASSERT_EQUAL(cph_adaptive_mvdr(adaptive, s.a, w, &power, NULL), CPH_OK);
    CU_ASSERT_DOUBLE_EQUAL(power * form.re, 1.0, rounding);
    CU_ASSERT(adaptive_scene_difference(N, w, expected) < rounding);
    CU_ASSERT(w[2].re == 0.0 && w[2].im == 0.0 && w[7].re == 0.0 && w[7].im == 0.0);
    CU_ASSERT_EQUAL(cph_adaptive_mvdr(adaptive, s.a, s.a, NULL, NULL), CPH_OK);
    CU_ASSERT(adaptive_scene_difference(N, s.a, w) == 0.0);
    cph_adaptive_destroy(adaptive);
}

static void mvdr_keeps_the_look_and_nulls_jammers_through_the_gains(void)
{
    adaptive_scene s;
    cph_c64 w[N];
    adaptive_scene_make(&s);
    cph_adaptive *adaptive = create(&s);
    CU_ASSERT_EQUAL(cph_adaptive_mvdr(adaptive, s.a, w, NULL, NULL), CPH_OK);
    const cph_c64 look = adaptive_scene_response(&s, w, s.c[0]);
    CU_ASSERT_DOUBLE_EQUAL(look.re, 1.0, rounding);
    CU_ASSERT_DOUBLE_EQUAL(look.im, 0.0, rounding);
    /* What jammers leave is below the noise that the weights pass, some 1/LIVE. */
    CU_ASSERT(1000.0 * cph_c64_power(adaptive_scene_response(&s, w, s.c[1])) < 0.02);
    CU_ASSERT(100.0 * cph_c64_power(adaptive_scene_response(&s, w, s.c[2])) < 0.02);
    cph_adaptive_destroy(adaptive);
}

/* Largest departure of w from the J responses. */
static double broken(const adaptive_scene *s, const cph_c64 *w, const cph_c64 *response)
{
    double most = 0.0;
    for (unsigned j = 0; j < J; j++) {
        const cph_c64 y = adaptive_scene_response(s, w, s->c[j]);
        most = fmax(most, sqrt(cph_c64_power(cph_c64_sub(y, response[j]))));
    }
    return most;
}

static void lcmv_keeps_complex_responses_and_gsc_is_lcmv(void)
{
    const cph_c64 response[J] = {{1.0, 0.5}, {0.0, 0.0}, {-0.25, 0.125}};
    adaptive_scene s;
    cph_c64 lcmv[N], gsc[N];
    double power[2] = {0};
    adaptive_scene_make(&s);
    cph_adaptive *adaptive = create(&s);
    CU_ASSERT_EQUAL(cph_adaptive_lcmv(adaptive, J, s.c[0], response, lcmv, &power[0], NULL),
                    CPH_OK);
    CU_ASSERT(broken(&s, lcmv, response) < rounding);
    CU_ASSERT_EQUAL(cph_adaptive_gsc(adaptive, J, s.c[0], response, gsc, &power[1], NULL), CPH_OK);
    CU_ASSERT(broken(&s, gsc, response) < 1e-13);
    CU_ASSERT(adaptive_scene_difference(N, gsc, lcmv) < rounding);
    CU_ASSERT_DOUBLE_EQUAL(power[1] / power[0], 1.0, rounding);
    CU_ASSERT_EQUAL(cph_adaptive_gsc(adaptive, 1, s.a, response, gsc, NULL, NULL), CPH_OK);
    CU_ASSERT_EQUAL(cph_adaptive_lcmv(adaptive, 1, s.a, response, lcmv, NULL, NULL), CPH_OK);
    CU_ASSERT(adaptive_scene_difference(N, gsc, lcmv) < rounding);
    cph_adaptive_destroy(adaptive);
}

/* R^-1 C (C^H R^-1 C)^-1 conj(response), by the general solver. */
static void textbook(const adaptive_scene *s, const cph_c64 *response, cph_c64 *w)
{
    cph_c64 v[J][LIVE], x[J][LIVE], gram[J][J], b[J];
    lapack_int pivot[J];
    for (unsigned j = 0; j < J; j++) {
        adaptive_scene_solve(s, s->c[j], v[j], x[j]);
        b[j] = cph_c64_conj(response[j]);
    }
    for (unsigned i = 0; i < J; i++)
        for (unsigned j = 0; j < J; j++) {
            gram[i][j] = (cph_c64){0};
            for (unsigned n = 0; n < LIVE; n++)
                gram[i][j] = cph_c64_add(gram[i][j], cph_c64_mulc(x[j][n], v[i][n]));
        }
    CU_ASSERT_EQUAL_FATAL(LAPACKE_zgesv(LAPACK_ROW_MAJOR, J, 1, (lapack_complex_double *)gram, J,
                                        pivot, (lapack_complex_double *)b, 1),
                          0);
    memset(w, 0, N * sizeof *w);
    for (unsigned j = 0; j < J; j++)
        for (unsigned n = 0; n < LIVE; n++) {
            cph_c64 *to = &w[adaptive_scene_index(n)];
            *to = cph_c64_add(*to, cph_c64_mul(b[j], x[j][n]));
        }
}

static void lcmv_is_the_textbook_formula(void)
{
    const cph_c64 response[J] = {{1.0, 0.5}, {0.0, 0.75}, {-0.25, 0.125}};
    adaptive_scene s;
    cph_c64 w[N], expected[N];
    adaptive_scene_make(&s);
    textbook(&s, response, expected);
    cph_adaptive *adaptive = create(&s);
    CU_ASSERT_EQUAL(cph_adaptive_lcmv(adaptive, J, s.c[0], response, w, NULL, NULL), CPH_OK);
    CU_ASSERT(adaptive_scene_difference(N, w, expected) < rounding);
    cph_adaptive_destroy(adaptive);
}

static cph_c64 toward(const adaptive_scene *s, const cph_c64 *w, const double tangent[3],
                      double step)
{
    double u[3];
    cph_c64 c[N];
    for (unsigned i = 0; i < 3; i++)
        u[i] = s->look[i] * cos(step) + tangent[i] * sin(step);
    CU_ASSERT_EQUAL_FATAL(cph_steer_c64(N, s->position[0], 1e9, u, c), CPH_OK);
    return adaptive_scene_response(s, w, c);
}

static void derivative_constraint_keeps_the_response_flat(void)
{
    const cph_c64 response[2] = {{1.0, 0.0}, {0.0, 0.0}};
    const double step = 1e-4;
    adaptive_scene s;
    cph_c64 c[2][N], w[N], plain[N];
    adaptive_scene_make(&s);
    const double tangent[3] = {s.look[2] / hypot(s.look[0], s.look[2]), 0.0,
                               -s.look[0] / hypot(s.look[0], s.look[2])};
    for (unsigned n = 0; n < N; n++)
        c[0][n] = s.a[n];
    CU_ASSERT_EQUAL(cph_constraint_derivative(N, s.position[0], 1e9, s.look, tangent, c[1]),
                    CPH_OK);
    cph_adaptive *adaptive = create(&s);
    CU_ASSERT_EQUAL(cph_adaptive_lcmv(adaptive, 2, c[0], response, w, NULL, NULL), CPH_OK);
    CU_ASSERT_EQUAL(cph_adaptive_mvdr(adaptive, s.a, plain, NULL, NULL), CPH_OK);
    cph_adaptive_destroy(adaptive);
    /* Central differences: the odd terms that remain are of order step^3 (k d)^3 sum|w|, 1e-9. */
    const cph_c64 slope = cph_c64_sub(toward(&s, w, tangent, step), toward(&s, w, tangent, -step));
    const cph_c64 steep =
        cph_c64_sub(toward(&s, plain, tangent, step), toward(&s, plain, tangent, -step));
    CU_ASSERT(sqrt(cph_c64_power(slope)) < 1e-8);
    CU_ASSERT(sqrt(cph_c64_power(steep)) > 1e-5);
}

CU_TestInfo cph_tests_adaptive[] = {
    {"MVDR's power is 1 / (v^H R^-1 v)", mvdr_power_is_one_over_the_quadratic_form},
    {"MVDR keeps the look and nulls jammers, through the gains",
     mvdr_keeps_the_look_and_nulls_jammers_through_the_gains},
    {"LCMV keeps complex responses, and GSC is LCMV", lcmv_keeps_complex_responses_and_gsc_is_lcmv},
    {"LCMV is the textbook's formula", lcmv_is_the_textbook_formula},
    {"a derivative constraint keeps the response flat",
     derivative_constraint_keeps_the_response_flat},
    CU_TEST_INFO_NULL,
};
