/* SPDX-License-Identifier: MIT */
/* Weights that follow sample by sample: least squares in one go is the oracle. */
#include <CUnit/CUnit.h>
#include <lapacke.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cophase/random.h"
#include "cophase/tracker.h"
#include "kernels/core/c64.h"
#include "tests/unit/adaptive_scene.h"

enum { N = 6, LIVE = 5, DEAD = 2, SAMPLES = 40, SEED = 3 };

static const unsigned char flags[N] = {[DEAD] = 1};

typedef struct record {
    cph_c64 x[SAMPLES][N], d[SAMPLES], truth[N];
} record;

/* d = truth^H x and noise of -20 dB; elements of unequal power; the flagged one is NaN. */
static void make_record(record *r, double noise)
{
    cph_random random;
    printf("seed %d ", SEED);
    cph_random_seed(&random, SEED, 0);
    for (unsigned n = 0; n < N; n++)
        r->truth[n] = n == DEAD ? (cph_c64){0.0, 0.0} : cph_random_normal(&random);
    for (unsigned k = 0; k < SAMPLES; k++) {
        r->d[k] = cph_c64_scale(noise, cph_random_normal(&random));
        for (unsigned n = 0; n < N; n++) {
            r->x[k][n] = cph_c64_scale(1.0 + n, cph_random_normal(&random));
            r->d[k] = cph_c64_add(r->d[k], cph_c64_mulc(r->x[k][n], r->truth[n]));
        }
        r->x[k][DEAD] = (cph_c64){NAN, NAN};
    }
}

/* (sum f^(K-1-k) x x^H + f^K regular I) w = sum f^(K-1-k) x conj(d), over K samples. */
static void least_squares(const record *r, unsigned samples, double forget, double regular,
                          cph_c64 *w)
{
    cph_c64 a[LIVE][LIVE] = {{{0}}}, b[LIVE] = {{0}};
    lapack_int pivot[LIVE];
    for (unsigned k = 0; k < samples; k++)
        for (unsigned p = 0; p < LIVE; p++) {
            const double weight = pow(forget, samples - 1.0 - k);
            const cph_c64 x = cph_c64_scale(weight, r->x[k][p + (p >= DEAD)]);
            b[p] = cph_c64_add(b[p], cph_c64_mulc(x, r->d[k]));
            for (unsigned q = 0; q < LIVE; q++)
                a[p][q] = cph_c64_add(a[p][q], cph_c64_mulc(x, r->x[k][q + (q >= DEAD)]));
        }
    for (unsigned p = 0; p < LIVE; p++)
        a[p][p].re += regular * pow(forget, samples);
    CU_ASSERT_EQUAL_FATAL(LAPACKE_zgesv(LAPACK_ROW_MAJOR, LIVE, 1, (lapack_complex_double *)a, LIVE,
                                        pivot, (lapack_complex_double *)b, 1),
                          0);
    memset(w, 0, N * sizeof *w);
    for (unsigned p = 0; p < LIVE; p++)
        w[p + (p >= DEAD)] = b[p];
}

static cph_tracker *create(cph_tracker_kind kind)
{
    const cph_tracker_config config = {
        .kind = kind, .elements = N, .flag = flags, .step = 0.5, .forget = 0.9, .regular = 0.01};
    cph_tracker *tracker = NULL;
    CU_ASSERT_EQUAL_FATAL(cph_tracker_create(&config, &tracker), CPH_OK);
    return tracker;
}

/* From the first samples on, fewer than elements: condition there 36 10 / (0.01 0.9^K), 4e4. */
static void both_qrd_kinds_hold_least_squares_after_every_sample(void)
{
    record r;
    make_record(&r, 0.1);
    for (int kind = CPH_TRACKER_QRD; kind <= CPH_TRACKER_INVERSE_QRD; kind++) {
        cph_tracker *tracker = create((cph_tracker_kind)kind);
        for (unsigned k = 0; k < SAMPLES; k++) {
            cph_c64 w[N], e, expected = r.d[k];
            for (unsigned n = 0; n < N; n++)
                if (n != DEAD)
                    expected = cph_c64_sub(
                        expected, cph_c64_mulc(r.x[k][n], cph_tracker_weights(tracker)[n]));
            CU_ASSERT_EQUAL(cph_tracker_update(tracker, r.x[k], r.d[k], &e), CPH_OK);
            CU_ASSERT_DOUBLE_EQUAL(e.re, expected.re, 1e-12);
            CU_ASSERT_DOUBLE_EQUAL(e.im, expected.im, 1e-12);
            least_squares(&r, k + 1, 0.9, 0.01, w);
            CU_ASSERT(adaptive_scene_difference(N, cph_tracker_weights(tracker), w) < 1e-10);
        }
        CU_ASSERT(cph_c64_power(cph_tracker_weights(tracker)[DEAD]) == 0.0);
        cph_tracker_destroy(tracker);
    }
}

static void nlms_takes_its_step_and_reaches_the_truth(void)
{
    record r;
    cph_c64 e, after;
    double power = 0.0;
    make_record(&r, 0.0);
    cph_tracker *tracker = create(CPH_TRACKER_NLMS);
    for (unsigned n = 0; n < N; n++)
        power += n == DEAD ? 0.0 : cph_c64_power(r.x[0][n]);
    CU_ASSERT_EQUAL(cph_tracker_update(tracker, r.x[0], r.d[0], &e), CPH_OK);
    CU_ASSERT_EQUAL(cph_tracker_update(tracker, r.x[0], r.d[0], &after), CPH_OK);
    const double left = 1.0 - 0.5 * power / (0.01 + power);
    CU_ASSERT_DOUBLE_EQUAL(after.re, left * e.re, 1e-13);
    CU_ASSERT_DOUBLE_EQUAL(after.im, left * e.im, 1e-13);
    for (unsigned round = 0; round < 100; round++)
        for (unsigned k = 0; k < SAMPLES; k++)
            CU_ASSERT_EQUAL(cph_tracker_update(tracker, r.x[k], r.d[k], NULL), CPH_OK);
    CU_ASSERT(adaptive_scene_difference(N, cph_tracker_weights(tracker), r.truth) < 1e-6);
    cph_tracker_destroy(tracker);
}

static void samples_that_are_not_finite_change_nothing(void)
{
    record r;
    make_record(&r, 0.1);
    for (int kind = 0; kind < CPH_TRACKER_COUNT; kind++) {
        cph_tracker *spoilt = create((cph_tracker_kind)kind);
        cph_tracker *clean = create((cph_tracker_kind)kind);
        cph_c64 x[N], e = {5.0, 5.0};
        for (unsigned k = 0; k < 10; k++) {
            memcpy(x, r.x[k], sizeof x);
            x[4].im = INFINITY;
            CU_ASSERT_EQUAL(cph_tracker_update(spoilt, x, r.d[k], &e), CPH_ERR_NOT_FINITE);
            CU_ASSERT_EQUAL(cph_tracker_update(spoilt, r.x[k], (cph_c64){NAN, 0.0}, NULL),
                            CPH_ERR_NOT_FINITE);
            CU_ASSERT(k > 0 || e.re == 5.0);
            CU_ASSERT_EQUAL(cph_tracker_update(spoilt, r.x[k], r.d[k], &e), CPH_OK);
            CU_ASSERT_EQUAL(cph_tracker_update(clean, r.x[k], r.d[k], NULL), CPH_OK);
            e = (cph_c64){5.0, 5.0};
        }
        CU_ASSERT(memcmp(cph_tracker_weights(spoilt), cph_tracker_weights(clean), sizeof x) == 0);
        cph_tracker_destroy(spoilt);
        cph_tracker_destroy(clean);
    }
}

static void trackers_out_of_range_are_refused(void)
{
    const cph_tracker_config table[] = {
        {.kind = CPH_TRACKER_NLMS, .elements = 0, .step = 0.5, .regular = 1.0},
        {.kind = CPH_TRACKER_NLMS, .elements = 4, .step = 2.0, .regular = 1.0},
        {.kind = CPH_TRACKER_NLMS, .elements = 4, .step = 0.5, .regular = 0.0},
        {.kind = CPH_TRACKER_QRD, .elements = 4, .forget = 1.5, .regular = 1.0},
        {.kind = CPH_TRACKER_QRD, .elements = 4, .forget = NAN, .regular = 1.0},
        {.kind = CPH_TRACKER_COUNT, .elements = 4, .forget = 1.0, .regular = 1.0},
    };
    cph_tracker *tracker = NULL;
    for (unsigned i = 0; i < sizeof table / sizeof table[0]; i++)
        CU_ASSERT_EQUAL(cph_tracker_create(&table[i], &tracker), CPH_ERR_ARGUMENT);
    const cph_tracker_config huge = {
        .kind = CPH_TRACKER_QRD, .elements = SIZE_MAX / 4, .forget = 1.0, .regular = 1.0};
    CU_ASSERT_EQUAL(cph_tracker_create(&huge, &tracker), CPH_ERR_OVERFLOW);
    CU_ASSERT_PTR_NULL(tracker);
}

CU_TestInfo cph_tests_tracker[] = {
    {"both QRD kinds hold least squares after every sample",
     both_qrd_kinds_hold_least_squares_after_every_sample},
    {"NLMS takes its step and reaches the truth", nlms_takes_its_step_and_reaches_the_truth},
    {"samples that are not finite change nothing", samples_that_are_not_finite_change_nothing},
    {"trackers out of range are refused", trackers_out_of_range_are_refused},
    CU_TEST_INFO_NULL,
};
