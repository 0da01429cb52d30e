/* SPDX-License-Identifier: MIT */
/* What adaptive weights refuse, what they say, and that nothing is touched then. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernels/core/c64.h"
#include "tests/unit/adaptive_scene.h"

enum { N = SCENE_N };

static void spoil_nothing(adaptive_scene *s)
{
    (void)s;
}

static void spoil_nan(adaptive_scene *s)
{
    s->r[5][3].im = NAN;
}

static void spoil_gain(adaptive_scene *s)
{
    s->gain[4] = (cph_c64){0.0, 0.0};
}

static void spoil_flags(adaptive_scene *s)
{
    memset(s->flag, 1, sizeof s->flag);
}

/* One wave and no noise. */
static void spoil_rank(adaptive_scene *s)
{
    for (unsigned p = 0; p < N; p++)
        for (unsigned q = 0; q < N; q++)
            s->r[p][q] = cph_c64_mulc(s->a[p], s->a[q]);
}

static void spoil_power(adaptive_scene *s)
{
    for (unsigned n = 0; n < N; n++)
        s->r[6][n] = s->r[n][6] = (cph_c64){0.0, 0.0};
}

/* Less than nothing of a wave. */
static void spoil_sign(adaptive_scene *s)
{
    s->r[4][4].re -= 1000.0;
}

static void covariances_that_cannot_serve_are_refused_with_a_reason(void)
{
    const struct {
        void (*spoil)(adaptive_scene *);
        double samples;
        cph_loading loading;
        cph_status status;
        const char *words;
    } table[] = {
        {spoil_nan, 0, {0}, CPH_ERR_NOT_FINITE, "covariance of elements 5 and 3"},
        {spoil_gain, 0, {0}, CPH_ERR_NOT_FINITE, "gain of element 4"},
        {spoil_flags, 0, {0}, CPH_ERR_TOO_FEW, "all 9 elements are flagged"},
        {spoil_rank, 0, {0}, CPH_ERR_SINGULAR, "load the diagonal"},
        {spoil_power, 0, {0}, CPH_ERR_SINGULAR, "element 6"},
        {spoil_sign, 0, {0}, CPH_ERR_SINGULAR, "indefinite (element 4"},
        {spoil_nothing, 6, {0}, CPH_ERR_SINGULAR, "6 snapshots for 7 live elements"},
        {spoil_rank, 0, {CPH_LOADING_FIXED, 1e-14, 0}, CPH_ERR_SINGULAR, "load more"},
        {spoil_nothing, -1, {0}, CPH_ERR_ARGUMENT, "-1 snapshots"},
        {spoil_nothing, 0, {CPH_LOADING_FIXED, -1.0, 0}, CPH_ERR_ARGUMENT, "fixed of -1"},
        {spoil_nothing, 0, {CPH_LOADING_RELATIVE, NAN, 0}, CPH_ERR_ARGUMENT, "relative"},
        {spoil_nothing, 0, {CPH_LOADING_COUNT, 0, 0}, CPH_ERR_ARGUMENT, "loading"},
        {spoil_nothing, 0, {CPH_LOADING_OAS, 0, 0}, CPH_ERR_MISSING, "number of snapshots"},
    };
    for (unsigned i = 0; i < sizeof table / sizeof table[0]; i++) {
        adaptive_scene s;
        cph_error error = {0};
        adaptive_scene_make(&s);
        table[i].spoil(&s);
        cph_adaptive_config config = adaptive_scene_config(&s);
        config.samples = table[i].samples;
        config.loading = table[i].loading;
        cph_adaptive *const untouched = (cph_adaptive *)&s, *adaptive = untouched;
        CU_ASSERT_EQUAL(cph_adaptive_create(&config, &adaptive, &error), table[i].status);
        CU_ASSERT_EQUAL(error.status, table[i].status);
        CU_ASSERT_PTR_NOT_NULL(strstr(error.message, table[i].words));
        if (strstr(error.message, table[i].words) == NULL)
            printf("'%s' lacks '%s' ", error.message, table[i].words);
        CU_ASSERT(adaptive == untouched);
    }
}

static void loading_helps_where_it_is_suggested(void)
{
    adaptive_scene s;
    cph_adaptive *adaptive = NULL;
    adaptive_scene_make(&s);
    spoil_rank(&s);
    cph_adaptive_config config = adaptive_scene_config(&s);
    config.samples = 1;
    config.loading = (cph_loading){.kind = CPH_LOADING_RELATIVE, .value = 1e-3};
    CU_ASSERT_EQUAL(cph_adaptive_create(&config, &adaptive, NULL), CPH_OK);
    cph_adaptive_destroy(adaptive);
}

static void looks_that_cannot_serve_are_refused_with_a_reason(void)
{
    enum { TOO_MANY = SCENE_LIVE + 1 };
    adaptive_scene s;
    cph_adaptive *adaptive = NULL;
    cph_error error = {0};
    cph_c64 c[TOO_MANY][N] = {{{0}}}, response[TOO_MANY] = {{1.0, 0.0}}, w[N];
    double power = 3.0;
    adaptive_scene_make(&s);
    const cph_adaptive_config config = adaptive_scene_config(&s);
    CU_ASSERT_EQUAL_FATAL(cph_adaptive_create(&config, &adaptive, NULL), CPH_OK);
    for (unsigned n = 0; n < N; n++)
        w[n] = (cph_c64){7.0, -7.0};
    c[0][2].re = 1.0; /* flagged: zero on the live ones */
    CU_ASSERT_EQUAL(cph_adaptive_mvdr(adaptive, c[0], w, &power, &error), CPH_ERR_ARGUMENT);
    CU_ASSERT_PTR_NOT_NULL(strstr(error.message, "zero"));
    c[0][1].re = INFINITY;
    CU_ASSERT_EQUAL(cph_adaptive_mvdr(adaptive, c[0], w, &power, &error), CPH_ERR_NOT_FINITE);
    CU_ASSERT_EQUAL(cph_adaptive_lcmv(adaptive, TOO_MANY, c[0], response, w, &power, &error),
                    CPH_ERR_TOO_FEW);
    CU_ASSERT_PTR_NOT_NULL(strstr(error.message, "8 constraints are more than 7 live elements"));
    for (unsigned n = 0; n < N; n++) {
        c[0][n] = s.a[n];
        c[1][n] = cph_c64_mul((cph_c64){0.0, 2.0}, s.a[n]);
    }
    CU_ASSERT_EQUAL(cph_adaptive_lcmv(adaptive, 2, c[0], response, w, &power, &error),
                    CPH_ERR_SINGULAR);
    CU_ASSERT_PTR_NOT_NULL(strstr(error.message, "constraint 1 depends"));
    CU_ASSERT_EQUAL(cph_adaptive_gsc(adaptive, 2, c[0], response, w, &power, &error),
                    CPH_ERR_SINGULAR);
    response[1].im = NAN;
    CU_ASSERT_EQUAL(cph_adaptive_gsc(adaptive, 2, c[0], response, w, &power, &error),
                    CPH_ERR_NOT_FINITE);
    CU_ASSERT_EQUAL(cph_adaptive_lcmv(adaptive, 0, c[0], response, w, &power, &error),
                    CPH_ERR_ARGUMENT);
    for (unsigned n = 0; n < N; n++)
        CU_ASSERT(w[n].re == 7.0 && w[n].im == -7.0);
    CU_ASSERT_EQUAL(power, 3.0);
    cph_adaptive_destroy(adaptive);
}

CU_TestInfo cph_tests_adaptive_status[] = {
    {"covariances that cannot serve are refused with a reason",
     covariances_that_cannot_serve_are_refused_with_a_reason},
    {"loading helps where it is suggested", loading_helps_where_it_is_suggested},
    {"looks that cannot serve are refused with a reason",
     looks_that_cannot_serve_are_refused_with_a_reason},
    CU_TEST_INFO_NULL,
};
