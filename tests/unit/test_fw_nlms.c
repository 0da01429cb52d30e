/* SPDX-License-Identifier: MIT */
/* Firmware NLMS: single updates against the formula in double, a run against the host's tracker,
 * and what it is for. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cophase/fw_nlms.h"
#include "cophase/random.h"
#include "cophase/tracker.h"
#include "kernels/core/heap.h"

enum { SEED = 53, N_MAX = CPH_FW_NLMS_ELEMENTS };

static int16_t within(cph_random *random, int32_t limit)
{
    const uint64_t span = 2 * (uint64_t)limit + 1;
    return (int16_t)((int32_t)(cph_random_u64(random) % span) - limit);
}

/* One update in double, and the length of w and of x before it. */
static void exact_update(const cph_fw_nlms_config *config, const cph_c16 *x, cph_c16 d, cph_c64 *w,
                         cph_c64 *e, double *w_length, double *x_length)
{
    double power = 0.0, size = 0.0;
    *e = (cph_c64){d.re, d.im};
    for (size_t n = 0; n < config->elements; n++) {
        e->re -= w[n].re * x[n].re + w[n].im * x[n].im;
        e->im -= w[n].re * x[n].im - w[n].im * x[n].re;
        power += (double)x[n].re * x[n].re + (double)x[n].im * x[n].im;
        size += w[n].re * w[n].re + w[n].im * w[n].im;
    }
    const double scale = (double)config->step / ((double)config->regular + power);
    for (size_t n = 0; n < config->elements; n++) { /* x conj(e) */
        w[n].re += scale * (x[n].re * e->re + x[n].im * e->im);
        w[n].im += scale * (x[n].im * e->re - x[n].re * e->im);
    }
    *w_length = sqrt(size);
    *x_length = sqrt(power);
}

static void an_update_is_the_formula(void)
{
    cph_random random;
    printf("seed %d ", SEED);
    cph_random_seed(&random, SEED, 0);
    for (size_t n = 1; n <= N_MAX; n += n < 8 ? 1 : 7)
        for (int k = 0; k < 50; k++) {
            const int32_t limit = k % 5 == 0 ? 3 : 32767;
            const cph_fw_nlms_config config = {n, (float)(0.01 + 0.0398 * k),
                                               k % 2 == 0 ? 1.0f : 0x1p30f};
            cph_c16 x[N_MAX];
            cph_c32 w[N_MAX], e;
            cph_c64 exact[N_MAX], exact_e;
            double w_length, x_length, difference = 0.0;
            const cph_c16 d = {within(&random, 32767), within(&random, 32767)};
            for (size_t i = 0; i < n; i++) {
                x[i].re = within(&random, limit);
                x[i].im = within(&random, limit);
                w[i] = (cph_c32){(float)within(&random, 9999) * 1e-4f,
                                 (float)within(&random, 9999) * 1e-4f};
                exact[i] = (cph_c64){(double)w[i].re, (double)w[i].im};
            }
            exact_update(&config, x, d, exact, &exact_e, &w_length, &x_length);
            CU_ASSERT_EQUAL(cph_fw_nlms_run(&config, x, n, 1, &d, w, &e), CPH_OK);
            for (size_t i = 0; i < n; i++)
                difference = hypot(difference, hypot((double)w[i].re - exact[i].re,
                                                     (double)w[i].im - exact[i].im));
            const double input = hypot(d.re, d.im) + w_length * x_length;
            const double most = (double)config.step * input * x_length /
                                ((double)config.regular + x_length * x_length);
            CU_ASSERT(difference <= (5.0 * (double)n + 14.0) * 0x1p-24 * (w_length + most));
            CU_ASSERT(hypot((double)e.re - exact_e.re, (double)e.im - exact_e.im) <=
                      (3.0 * (double)n + 3.0) * 0x1p-24 * input);
        }
}

/* A strong source in the main beam and in four auxiliaries, noise in all: what is left of it. */
enum { AUX = 4, TIMES = 600 };
static cph_c16 x[TIMES * (AUX + 1)], d[TIMES];

static void fill_scene(void)
{
    static const cph_c64 gain[AUX] = {{0.9, 0.3}, {-0.2, 1.1}, {0.5, -0.8}, {-1.0, -0.1}};
    cph_random random;
    cph_random_seed(&random, SEED, 1);
    for (size_t t = 0; t < TIMES; t++) {
        const cph_c64 s = cph_random_normal(&random);
        for (size_t n = 0; n <= AUX; n++) {
            const cph_c64 g = n < AUX ? gain[n] : (cph_c64){0.3, 0.6};
            const cph_c64 noise = cph_random_normal(&random);
            cph_c16 *const to = n < AUX ? &x[t * (AUX + 1) + n] : &d[t];
            to->re = (int16_t)lrint(3000 * (g.re * s.re - g.im * s.im) + 30 * noise.re);
            to->im = (int16_t)lrint(3000 * (g.re * s.im + g.im * s.re) + 30 * noise.im);
        }
    }
}

static void a_run_is_the_hosts(void)
{
    const cph_fw_nlms_config config = {AUX, 0.25f, 1000.0f};
    const cph_tracker_config wanted = {
        .kind = CPH_TRACKER_NLMS, .elements = AUX, .step = 0.25, .regular = 1000.0};
    cph_c32 w[AUX] = {{0.0f, 0.0f}}, cut[AUX] = {{0.0f, 0.0f}}, e[TIMES];
    cph_tracker *tracker = NULL;
    double most = 0.0;
    fill_scene();
    CU_ASSERT_EQUAL_FATAL(cph_tracker_create(&wanted, &tracker), CPH_OK);
    CU_ASSERT_EQUAL(cph_fw_nlms_run(&config, x, AUX + 1, TIMES, d, w, e), CPH_OK);
    CU_ASSERT_EQUAL(cph_fw_nlms_run(&config, x, AUX + 1, 7, d, cut, NULL), CPH_OK);
    CU_ASSERT_EQUAL(
        cph_fw_nlms_run(&config, x + (size_t)7 * (AUX + 1), AUX + 1, TIMES - 7, d + 7, cut, NULL),
        CPH_OK);
    CU_ASSERT_EQUAL(memcmp(w, cut, sizeof w), 0);
    for (size_t t = 0; t < TIMES; t++) {
        cph_c64 snapshot[AUX], error;
        double power = 0.0, size = 0.0;
        for (size_t n = 0; n < AUX; n++) {
            snapshot[n] = (cph_c64){x[t * (AUX + 1) + n].re, x[t * (AUX + 1) + n].im};
            power += snapshot[n].re * snapshot[n].re + snapshot[n].im * snapshot[n].im;
            const cph_c64 was = cph_tracker_weights(tracker)[n];
            size += was.re * was.re + was.im * was.im;
        }
        const double input = hypot(d[t].re, d[t].im) + sqrt(size * power);
        most = fmax(most, sqrt(size) + 0.25 * input * sqrt(power) / (1000.0 + power));
        CU_ASSERT_EQUAL(cph_tracker_update(tracker, snapshot, (cph_c64){d[t].re, d[t].im}, &error),
                        CPH_OK);
    }
    for (size_t n = 0; n < AUX; n++) { /* errors of all updates, none enlarged by those after it */
        const cph_c64 exact = cph_tracker_weights(tracker)[n];
        CU_ASSERT(hypot((double)w[n].re - exact.re, (double)w[n].im - exact.im) <=
                  TIMES * (5.0 * AUX + 14.0) * 0x1p-24 * most);
    }
    cph_tracker_destroy(tracker);
}

static double power_of(const cph_c32 *e, size_t from)
{
    double sum = 0.0;
    for (size_t t = from; t < TIMES; t++)
        sum += (double)e[t].re * (double)e[t].re + (double)e[t].im * (double)e[t].im;
    return sum / (double)(TIMES - from);
}

static void a_sidelobe_canceller_leaves_the_noise(void)
{
    const cph_fw_nlms_config config = {AUX, 0.25f, 1000.0f};
    cph_c32 w[AUX] = {{0.0f, 0.0f}}, e[TIMES];
    double before = 0.0;
    fill_scene();
    for (size_t t = 0; t < TIMES; t++)
        before += ((double)d[t].re * d[t].re + (double)d[t].im * d[t].im) / TIMES;
    CU_ASSERT_EQUAL(cph_fw_nlms_run(&config, x, AUX + 1, TIMES, d, w, e), CPH_OK);
    CU_ASSERT(before > 3e6);
    /* Noise of the main beam, 900, of the auxiliaries through |w|^2 <= 1, and misadjustment. */
    CU_ASSERT(power_of(e, 200) < 3 * 900.0);
    CU_ASSERT(power_of(e, 200) > 0.8 * 900.0);
}

static void bad_calls_are_refused_and_nothing_is_written(void)
{
    cph_c32 w[2] = {{1.0f, 2.0f}, {3.0f, 4.0f}}, e[3] = {{9.0f, 9.0f}};
    const cph_c32 w_before[2] = {{1.0f, 2.0f}, {3.0f, 4.0f}};
    cph_c32 bad[2] = {{1.0f, NAN}, {0.0f, 0.0f}}, huge[2] = {{0.0f, 0.0f}, {-2e19f, 0.0f}};
    const cph_c16 s[6] = {{1, 2}}, r[3] = {{3, 4}};
    static const cph_fw_nlms_config configs[] = {
        {0, 0.5f, 1.0f}, {65, 0.5f, 1.0f}, {2, 0.0f, 1.0f}, {2, 2.0f, 1.0f},
        {2, NAN, 1.0f},  {2, 0.5f, 0.9f},  {2, 0.5f, NAN},  {2, 0.5f, INFINITY},
    };
    for (size_t i = 0; i < sizeof configs / sizeof *configs; i++)
        CU_ASSERT_EQUAL(cph_fw_nlms_run(&configs[i], s, 65, 1, r, w, e), CPH_ERR_ARGUMENT);
    const cph_fw_nlms_config good = {2, 0.5f, 1.0f};
    CU_ASSERT_EQUAL(cph_fw_nlms_run(NULL, s, 2, 3, r, w, e), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_nlms_run(&good, NULL, 2, 3, r, w, e), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_nlms_run(&good, s, 1, 3, r, w, e), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_nlms_run(&good, s, 2, 3, NULL, w, e), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_nlms_run(&good, s, 2, 3, r, NULL, e), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_nlms_run(&good, s, 2, 3, r, bad, e), CPH_ERR_NOT_FINITE);
    CU_ASSERT_EQUAL(cph_fw_nlms_run(&good, s, 2, 3, r, huge, e), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_nlms_run(&good, s, SIZE_MAX / 4, 3, r, w, e), CPH_ERR_OVERFLOW);
    CU_ASSERT_EQUAL(cph_fw_nlms_run(&good, s, 2, SIZE_MAX, r, w, e), CPH_ERR_OVERFLOW);
    CU_ASSERT_EQUAL(cph_fw_nlms_run(&good, s, 2, 0, r, w, e), CPH_OK);
    CU_ASSERT_EQUAL(memcmp(w, w_before, sizeof w), 0);
    CU_ASSERT(e[0].re == 9.0f && e[1].re == 0.0f);
}

CU_TestInfo cph_tests_fw_nlms[] = {
    {"an update is the formula", an_update_is_the_formula},
    {"a run is the host's", a_run_is_the_hosts},
    {"a sidelobe canceller leaves the noise", a_sidelobe_canceller_leaves_the_noise},
    {"bad calls are refused and nothing is written", bad_calls_are_refused_and_nothing_is_written},
    CU_TEST_INFO_NULL,
};
