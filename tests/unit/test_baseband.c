/* SPDX-License-Identifier: MIT */
/* Real samples to complex baseband: real tones over the band against their closed form. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cophase/baseband.h"
#include "cophase/random.h"

enum { N = 3, TIMES = 401, SEED = 6 };

/* Of the tone cos(2 pi f t + n), whose samples carry a part im that must not count. */
static double tone_error(const cph_baseband_plan *plan, const cph_baseband_info *info, double f)
{
    static cph_c32 x[TIMES * N], z[TIMES * N];
    double worst = 0.0;
    for (size_t t = 0; t < TIMES; t++)
        for (size_t n = 0; n < N; n++)
            x[t * N + n] = (cph_c32){(float)cos(2.0 * M_PI * f * (double)t + (double)n), NAN};
    CU_ASSERT_EQUAL_FATAL(cph_baseband_run(plan, x, N, TIMES, 0, z, N), CPH_OK);
    CU_ASSERT_EQUAL(cph_baseband_times(plan, TIMES), 1 + (TIMES - info->window) / 2);
    for (size_t m = 0; m < cph_baseband_times(plan, TIMES); m++)
        for (size_t n = 0; n < N; n++) {
            const double at = 2.0 * (double)m + (double)info->middle;
            const double angle = 2.0 * M_PI * (f * at - 0.5 * (double)m) + (double)n;
            worst = fmax(worst, hypot((double)z[m * N + n].re - cos(angle),
                                      (double)z[m * N + n].im - sin(angle)));
        }
    return worst;
}

/* A deviation of the amplitude and an image, each as large as is stated, add up. */
static void real_tones_become_complex_ones(void)
{
    for (size_t taps = 8; taps <= 64; taps *= 2) {
        const double band = 0.85;
        const cph_baseband_config config = {
            .elements = N, .taps = taps, .band = band, .type = CPH_C32};
        cph_baseband_plan *plan = NULL;
        cph_baseband_info info;
        double worst = 0.0;
        CU_ASSERT_EQUAL_FATAL(cph_baseband_create(&config, &plan), CPH_OK);
        CU_ASSERT_EQUAL(cph_baseband_describe(plan, &info), CPH_OK);
        const double rounding = 0x1p-24 * (2.0 * (double)taps + 2.0) * 4.0; /* sum |g| < 4 */
        for (int k = -50; k <= 50; k++)
            worst = fmax(worst, tone_error(plan, &info, 0.25 + 0.25 * band * k / 50.0));
        CU_ASSERT(worst <= 2.0 * info.error + rounding);
        CU_ASSERT(worst >= info.error - rounding);
        CU_ASSERT(20.0 * log10(info.error) <
                  fmax(6.0 - (7.95 + 2.285 * M_PI * (1.0 - band) * 4.0 * (double)taps), -130.0));
        cph_baseband_destroy(plan);
    }
}

static void pieces_give_the_bits_of_the_whole(void)
{
    cph_random random;
    cph_random_seed(&random, SEED, 0);
    cph_c8 x[TIMES * N];
    cph_c32 whole[TIMES * N], pieces[TIMES * N] = {{0}};
    cph_exec exec;
    cph_exec_openmp(&exec, 2);
    const cph_baseband_config config = {.elements = N, .taps = 5, .type = CPH_C8, .exec = &exec};
    for (size_t i = 0; i < (size_t)TIMES * N; i++)
        x[i] = (cph_c8){(int8_t)cph_random_u64(&random), 0};
    cph_baseband_plan *plan = NULL;
    cph_baseband_info info;
    CU_ASSERT_EQUAL_FATAL(cph_baseband_create(&config, &plan), CPH_OK);
    CU_ASSERT_EQUAL(cph_baseband_describe(plan, &info), CPH_OK);
    CU_ASSERT_EQUAL(cph_baseband_run(plan, x, N, TIMES, 0, whole, N), CPH_OK);
    const size_t made = cph_baseband_times(plan, TIMES), each = 7;
    for (size_t from = 0; from < made; from += each) {
        const size_t count = made - from < each ? made - from : each;
        CU_ASSERT_EQUAL(cph_baseband_run(plan, x + 2 * from * N, N, info.window + 2 * (count - 1),
                                         from, pieces + from * N, N),
                        CPH_OK);
    }
    CU_ASSERT(memcmp(whole, pieces, made * N * sizeof *whole) == 0);
    cph_baseband_destroy(plan);
}

static void statuses_of_basebands(void)
{
    cph_baseband_plan *plan = NULL;
    cph_baseband_config config = {.elements = 0, .type = CPH_C8};
    CU_ASSERT_EQUAL(cph_baseband_create(&config, &plan), CPH_ERR_ARGUMENT);
    config.elements = 1;
    config.band = 1.0;
    CU_ASSERT_EQUAL(cph_baseband_create(&config, &plan), CPH_ERR_ARGUMENT);
    config.band = 0.0;
    config.taps = CPH_BASEBAND_TAPS_MAX + 1;
    CU_ASSERT_EQUAL(cph_baseband_create(&config, &plan), CPH_ERR_ARGUMENT);
    CU_ASSERT_PTR_NULL(plan);
    config.taps = 1;
    CU_ASSERT_EQUAL_FATAL(cph_baseband_create(&config, &plan), CPH_OK);
    const cph_c8 x[4] = {{1, 0}};
    cph_c32 z = {5.0f, 5.0f};
    CU_ASSERT_EQUAL(cph_baseband_run(plan, x, 0, 4, 0, &z, 1), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_baseband_run(plan, NULL, 1, 4, 0, &z, 1), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_baseband_run(plan, x, SIZE_MAX / 2, 4, 0, &z, 1), CPH_ERR_OVERFLOW);
    CU_ASSERT_EQUAL(cph_baseband_run(plan, x, 1, 2, 0, &z, 1), CPH_OK);
    CU_ASSERT(z.re == 5.0f);
    cph_baseband_destroy(plan);
}

CU_TestInfo cph_tests_baseband[] = {
    {"real tones become complex ones", real_tones_become_complex_ones},
    {"pieces give the bits of the whole", pieces_give_the_bits_of_the_whole},
    {"statuses of basebands", statuses_of_basebands},
    CU_TEST_INFO_NULL,
};
