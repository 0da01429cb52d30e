/* SPDX-License-Identifier: MIT */
/* Beams under constraints that follow the samples: LCMV of the summed covariance is the oracle. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cophase/canceller.h"
#include "cophase/random.h"
#include "kernels/core/c64.h"
#include "tests/unit/adaptive_scene.h"

enum { N = SCENE_N, LIVE = SCENE_LIVE, SAMPLES = 60, SEED = 11, LINE = 8, PART = 5 };

static const double forget = 0.95, regular = 0.01;
/* Ten times n eps times the condition of the summed covariance, 20 x 1000 x 7 over the load that
 * is left of 0.01 after 60 samples, 5e-4: 3e8. */
static const double rounding = 10 * LIVE * 2.3e-16 * 3e8;

typedef struct record {
    cph_c64 x[SAMPLES][N];
} record;

/* Jammers of the scene and noise of 1; flagged elements are NaN. */
static void make_record(const adaptive_scene *s, record *r)
{
    cph_random random;
    printf("seed %d ", SEED);
    cph_random_seed(&random, SEED, 0);
    for (unsigned k = 0; k < SAMPLES; k++) {
        const cph_c64 wave[2] = {cph_c64_scale(30.0, cph_random_normal(&random)),
                                 cph_c64_scale(10.0, cph_random_normal(&random))};
        for (unsigned n = 0; n < N; n++) {
            r->x[k][n] = cph_random_normal(&random);
            for (unsigned j = 0; j < 2; j++)
                r->x[k][n] = cph_c64_add(
                    r->x[k][n], cph_c64_mul(wave[j], cph_c64_mul(s->gain[n], s->c[1 + j][n])));
            if (s->flag[n])
                r->x[k][n] = (cph_c64){NAN, NAN};
        }
    }
}

static cph_canceller *create(const adaptive_scene *s, cph_tracker_kind kind, size_t constraints,
                             const cph_c64 *response)
{
    const cph_canceller_config config = {
        .elements = N,
        .gain = s->gain,
        .flag = s->flag,
        .constraints = constraints,
        .c = s->c[0],
        .response = response,
        .tracker = {.kind = kind, .step = 0.5, .forget = forget, .regular = regular}};
    cph_canceller *canceller = NULL;
    CU_ASSERT_EQUAL_FATAL(cph_canceller_create(&config, &canceller, NULL), CPH_OK);
    return canceller;
}

/* LCMV of sum forget^(K-1-k) x x^H + forget^K regular I. */
static void oracle(const adaptive_scene *s, const record *r, unsigned samples, size_t constraints,
                   const cph_c64 *response, cph_c64 *w)
{
    cph_c64 sum[N][N] = {{{0}}};
    for (unsigned k = 0; k < samples; k++)
        for (unsigned p = 0; p < N; p++)
            for (unsigned q = 0; q < N; q++)
                sum[p][q] =
                    cph_c64_add(sum[p][q], cph_c64_scale(pow(forget, samples - 1.0 - k),
                                                         cph_c64_mulc(r->x[k][p], r->x[k][q])));
    const cph_adaptive_config config = {
        .elements = N,
        .covariance = sum[0],
        .ld = N,
        .gain = s->gain,
        .flag = s->flag,
        .loading = {.kind = CPH_LOADING_FIXED, .value = regular * pow(forget, samples)}};
    cph_adaptive *adaptive = NULL;
    CU_ASSERT_EQUAL_FATAL(cph_adaptive_create(&config, &adaptive, NULL), CPH_OK);
    CU_ASSERT_EQUAL(cph_adaptive_lcmv(adaptive, constraints, s->c[0], response, w, NULL, NULL),
                    CPH_OK);
    cph_adaptive_destroy(adaptive);
}

static void rls_kinds_hold_lcmv_after_every_sample(void)
{
    const cph_c64 response[2] = {{0.8, -0.6}, {0.1, 0.2}};
    adaptive_scene s;
    record r;
    adaptive_scene_make(&s);
    make_record(&s, &r);
    for (int kind = CPH_TRACKER_QRD; kind <= CPH_TRACKER_INVERSE_QRD; kind++)
        for (size_t constraints = 1; constraints <= 2; constraints++) {
            cph_canceller *canceller = create(&s, (cph_tracker_kind)kind, constraints, response);
            for (unsigned k = 0; k < SAMPLES; k++) {
                cph_c64 w[N], wanted[N], y, output = {0};
                CU_ASSERT_EQUAL(cph_canceller_weights(canceller, w), CPH_OK);
                for (unsigned i = 0; i < LIVE; i++) {
                    const unsigned n = adaptive_scene_index(i);
                    output = cph_c64_add(output, cph_c64_mulc(r.x[k][n], w[n]));
                }
                CU_ASSERT_EQUAL(cph_canceller_update(canceller, r.x[k], &y), CPH_OK);
                CU_ASSERT(sqrt(cph_c64_power(cph_c64_sub(y, output))) < 1e-10);
                CU_ASSERT_EQUAL(cph_canceller_weights(canceller, w), CPH_OK);
                oracle(&s, &r, k + 1, constraints, response, wanted);
                CU_ASSERT(adaptive_scene_difference(N, w, wanted) < rounding);
                CU_ASSERT(w[2].re == 0.0 && w[7].im == 0.0);
            }
            cph_canceller_destroy(canceller);
        }
}

static void nlms_learns_and_keeps_its_constraint(void)
{
    const cph_c64 response = {0.8, -0.6};
    adaptive_scene s;
    record r;
    cph_c64 w[N], y;
    double first = 0.0, last = 0.0;
    adaptive_scene_make(&s);
    make_record(&s, &r);
    cph_canceller *canceller = create(&s, CPH_TRACKER_NLMS, 1, &response);
    for (unsigned k = 0; k < SAMPLES; k++) {
        CU_ASSERT_EQUAL(cph_canceller_update(canceller, r.x[k], &y), CPH_OK);
        *(k < SAMPLES / 2 ? &first : &last) += cph_c64_power(y);
        CU_ASSERT_EQUAL(cph_canceller_weights(canceller, w), CPH_OK);
        const cph_c64 kept = adaptive_scene_response(&s, w, s.a);
        CU_ASSERT_DOUBLE_EQUAL(kept.re, response.re, 1e-13);
        CU_ASSERT_DOUBLE_EQUAL(kept.im, response.im, 1e-13);
    }
    CU_ASSERT(last < 0.5 * first);
    cph_canceller_destroy(canceller);
}

static void statuses_of_cancellers(void)
{
    const cph_c64 response[SCENE_J] = {{1.0, 0.0}};
    const unsigned char all[N] = {1, 1, 1, 1, 1, 1, 1, 1, 1}, most[N] = {0, 1, 1, 0, 1, 1, 1, 1, 1};
    adaptive_scene s;
    adaptive_scene_make(&s);
    cph_c64 same[2][N], zero[N] = {{0}}, x[N] = {{1.0, 0.0}};
    memcpy(same[0], s.a, sizeof same[0]);
    memcpy(same[1], s.a, sizeof same[1]);
    const struct {
        size_t constraints;
        const cph_c64 *c;
        const unsigned char *flag;
        double step;
        cph_status status;
    } table[] = {
        {SCENE_J, s.c[0], all, 0.5, CPH_ERR_TOO_FEW}, {SCENE_J, s.c[0], most, 0.5, CPH_ERR_TOO_FEW},
        {0, s.c[0], s.flag, 0.5, CPH_ERR_ARGUMENT},   {1, zero, s.flag, 0.5, CPH_ERR_ARGUMENT},
        {1, s.c[0], s.flag, 2.0, CPH_ERR_ARGUMENT},   {2, same[0], s.flag, 0.5, CPH_ERR_SINGULAR},
        {1, s.c[0], NULL, 0.5, CPH_ERR_NOT_FINITE},
    };
    for (unsigned i = 0; i < sizeof table / sizeof table[0]; i++) {
        const cph_canceller_config config = {
            .elements = N,
            .gain = s.gain,
            .flag = table[i].flag,
            .constraints = table[i].constraints,
            .c = table[i].c,
            .response = response,
            .tracker = {.kind = CPH_TRACKER_NLMS, .step = table[i].step, .regular = 1.0}};
        cph_canceller *canceller = NULL;
        cph_error error = {.message = ""};
        CU_ASSERT_EQUAL(cph_canceller_create(&config, &canceller, &error), table[i].status);
        CU_ASSERT_PTR_NULL(canceller);
        CU_ASSERT(error.message[0] != '\0');
    }
    cph_canceller *canceller = create(&s, CPH_TRACKER_QRD, 1, response);
    cph_c64 w[N], after[N], y = {7.0, 0.0};
    x[5].im = NAN;
    CU_ASSERT_EQUAL(cph_canceller_weights(canceller, w), CPH_OK);
    CU_ASSERT_EQUAL(cph_canceller_update(canceller, x, &y), CPH_ERR_NOT_FINITE);
    CU_ASSERT_EQUAL(cph_canceller_weights(canceller, after), CPH_OK);
    CU_ASSERT(y.re == 7.0 && memcmp(w, after, sizeof w) == 0);
    cph_canceller_destroy(canceller);
}

/* With as many constraints as elements nothing is left to follow. */
static void constraints_may_leave_nothing(void)
{
    const unsigned char three[N] = {0, 1, 1, 0, 0, 1, 1, 1, 1};
    const cph_c64 response[SCENE_J] = {{1.0, 0.0}, {0.0, 0.5}, {0.0, 0.0}};
    adaptive_scene s;
    adaptive_scene_make(&s);
    memcpy(s.flag, three, sizeof three);
    cph_canceller *canceller = create(&s, CPH_TRACKER_NLMS, SCENE_J, response);
    const cph_c64 x[N] = {[0] = {1.0, 2.0}, [3] = {3.0, -1.0}};
    cph_c64 w[N];
    CU_ASSERT_EQUAL(cph_canceller_update(canceller, x, NULL), CPH_OK);
    CU_ASSERT_EQUAL(cph_canceller_weights(canceller, w), CPH_OK);
    for (unsigned j = 0; j < SCENE_J; j++) {
        const cph_c64 kept = adaptive_scene_response(&s, w, s.c[j]);
        CU_ASSERT_DOUBLE_EQUAL(kept.re, response[j].re, 1e-12);
        CU_ASSERT_DOUBLE_EQUAL(kept.im, response[j].im, 1e-12);
    }
    cph_canceller_destroy(canceller);
}

/* The pattern of the whole is that of the part times that of a uniform line of N - m + 1. */
static void slid_weights_multiply_patterns(void)
{
    const double look = 0.9, away = -0.4;
    cph_c64 a[LINE], part[PART], w[LINE], response = {0}, small = {0}, line = {0};
    for (unsigned n = 0; n < LINE; n++) {
        a[n] = (cph_c64){cos(look * n + 0.3), sin(look * n + 0.3)};
        if (n < PART)
            part[n] = (cph_c64){0.3 + 0.1 * n, 0.2 * n * n - 0.5};
    }
    CU_ASSERT_EQUAL(cph_weights_slide(LINE, a, PART, part, w), CPH_OK);
    for (unsigned n = 0; n < LINE; n++) {
        const cph_c64 b = {cos(away * n), sin(away * n)};
        response = cph_c64_add(response, cph_c64_mulc(b, w[n]));
        if (n < PART)
            small = cph_c64_add(small, cph_c64_mulc(b, part[n]));
        if (n < LINE - PART + 1)
            line = cph_c64_add(
                line, cph_c64_scale(1.0 / (LINE - PART + 1),
                                    (cph_c64){cos((away - look) * n), sin((away - look) * n)}));
    }
    const cph_c64 product = cph_c64_mul(small, line);
    CU_ASSERT_DOUBLE_EQUAL(response.re, product.re, 1e-13);
    CU_ASSERT_DOUBLE_EQUAL(response.im, product.im, 1e-13);
    CU_ASSERT_EQUAL(cph_weights_slide(LINE, a, LINE + 1, part, w), CPH_ERR_ARGUMENT);
}

CU_TestInfo cph_tests_canceller[] = {
    {"RLS kinds hold LCMV after every sample", rls_kinds_hold_lcmv_after_every_sample},
    {"NLMS learns, and keeps its constraint", nlms_learns_and_keeps_its_constraint},
    {"statuses of cancellers", statuses_of_cancellers},
    {"constraints may leave nothing", constraints_may_leave_nothing},
    {"slid weights multiply patterns", slid_weights_multiply_patterns},
    CU_TEST_INFO_NULL,
};
