/* SPDX-License-Identifier: MIT */
/* True time delays: tones over the band against their closed form, within the error that is
 * stated. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cophase/delay.h"
#include "cophase/random.h"
#include "kernels/core/heap.h"

enum { N = 5, TIMES = 300, SEED = 4 };
static const double delays[N] = {0.0, 3.5, -2.25, 17.125, -0.6180339887};

static void *room(size_t bytes)
{
    void *const memory = cph_heap_aligned(bytes);
    CU_ASSERT_PTR_NOT_NULL_FATAL(memory);
    return memory;
}

/* The error of a tone of frequency f (of the rate), of amplitude 1 as floats. */
static double tone_error(const cph_delay_plan *plan, const cph_delay_info *info, double f,
                         void *workspace)
{
    static cph_c32 x[TIMES * N], y[TIMES * N];
    double worst = 0.0;
    for (size_t t = 0; t < TIMES; t++)
        for (size_t n = 0; n < N; n++) {
            const double angle = 2.0 * M_PI * f * (double)t + (double)n;
            x[t * N + n] = (cph_c32){(float)cos(angle), (float)sin(angle)};
        }
    CU_ASSERT_EQUAL_FATAL(cph_delay_run(plan, workspace, x, N, TIMES, y, N), CPH_OK);
    for (size_t t = 0; t < TIMES - info->window + 1; t++)
        for (size_t n = 0; n < N; n++) {
            const double at = (double)t + (double)info->first - delays[n];
            const double angle = 2.0 * M_PI * f * at + (double)n;
            worst = fmax(worst, hypot((double)y[t * N + n].re - cos(angle),
                                      (double)y[t * N + n].im - sin(angle)));
        }
    return worst;
}

static void tones_come_later_by_what_was_asked_for(void)
{
    for (size_t taps = 8; taps <= 32; taps *= 2) {
        const cph_delay_config config = {
            .elements = N, .delay = delays, .taps = taps, .band = 0.8, .type = CPH_C32};
        cph_delay_plan *plan = NULL;
        cph_delay_info info;
        double worst = 0.0, sum = 3.0; /* of |h|: a sinc's grows with log T */
        CU_ASSERT_EQUAL_FATAL(cph_delay_create(&config, &plan), CPH_OK);
        CU_ASSERT_EQUAL(cph_delay_describe(plan, &info), CPH_OK);
        CU_ASSERT_EQUAL(info.window, taps + 20);
        void *const workspace = room(cph_delay_workspace_size(plan));
        const double rounding = 0x1p-24 * (double)(taps + 3) * sum * 1.5;
        for (int k = -40; k <= 40; k++)
            worst = fmax(worst, tone_error(plan, &info, 0.01 * k, workspace));
        CU_ASSERT(worst <= info.error + rounding);
        CU_ASSERT(worst >= 0.7 * info.error - rounding); /* at the band's edge */
        /* Ripple and image, each by Kaiser's fit, which short windows miss by some 3 dB. */
        CU_ASSERT(20.0 * log10(info.error) < 10.0 - (7.95 + 14.36 * 0.2 * (double)taps));
        free(workspace);
        cph_delay_destroy(plan);
    }
}

static void pieces_of_any_type_give_the_bits_of_the_whole(void)
{
    cph_random random;
    cph_random_seed(&random, SEED, 0);
    cph_c16 x[TIMES * (N + 1)];
    cph_c32 whole[TIMES * N], pieces[TIMES * N] = {{0}};
    cph_exec exec;
    cph_exec_openmp(&exec, 3);
    const cph_delay_config config = {
        .elements = N, .delay = delays, .taps = 12, .type = CPH_C16, .exec = &exec};
    for (size_t i = 0; i < (size_t)TIMES * (N + 1); i++)
        x[i] = (cph_c16){(int16_t)cph_random_u64(&random), (int16_t)cph_random_u64(&random)};
    cph_delay_plan *plan = NULL;
    cph_delay_info info;
    CU_ASSERT_EQUAL_FATAL(cph_delay_create(&config, &plan), CPH_OK);
    CU_ASSERT_EQUAL(cph_delay_describe(plan, &info), CPH_OK);
    void *const workspace = room(cph_delay_workspace_size(plan));
    const size_t made = TIMES - info.window + 1, each = 7;
    CU_ASSERT_EQUAL(cph_delay_run(plan, workspace, x, N + 1, TIMES, whole, N), CPH_OK);
    for (size_t from = 0; from < made; from += each) {
        const size_t count = made - from < each ? made - from : each;
        CU_ASSERT_EQUAL(cph_delay_run(plan, workspace, x + from * (N + 1), N + 1,
                                      count + info.window - 1, pieces + from * N, N),
                        CPH_OK);
    }
    CU_ASSERT(memcmp(whole, pieces, made * N * sizeof *whole) == 0);
    free(workspace);
    cph_delay_destroy(plan);
}

static void statuses_of_delays(void)
{
    const double wrong[2] = {0.0, NAN}, far = 1e12;
    cph_delay_plan *plan = NULL;
    cph_delay_config config = {.elements = 2, .delay = wrong, .type = CPH_C8};
    CU_ASSERT_EQUAL(cph_delay_create(&config, &plan), CPH_ERR_NOT_FINITE);
    config.elements = 1;
    config.delay = &far;
    CU_ASSERT_EQUAL(cph_delay_create(&config, &plan), CPH_ERR_ARGUMENT);
    config.delay = delays;
    config.taps = 7;
    CU_ASSERT_EQUAL(cph_delay_create(&config, &plan), CPH_ERR_ARGUMENT);
    config.taps = 4;
    config.band = 1.0;
    CU_ASSERT_EQUAL(cph_delay_create(&config, &plan), CPH_ERR_ARGUMENT);
    CU_ASSERT_PTR_NULL(plan);
    config.band = 0.5;
    CU_ASSERT_EQUAL_FATAL(cph_delay_create(&config, &plan), CPH_OK);
    void *const workspace = room(cph_delay_workspace_size(plan));
    cph_c8 x[8] = {{1, 2}};
    cph_c32 y[8] = {{5.0f, 5.0f}};
    CU_ASSERT_EQUAL(cph_delay_run(plan, workspace, x, 0, 8, y, 1), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_delay_run(plan, NULL, x, 1, 8, y, 1), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_delay_run(plan, workspace, x, SIZE_MAX / 4, 8, y, 1), CPH_ERR_OVERFLOW);
    CU_ASSERT_EQUAL(cph_delay_run(plan, workspace, x, 1, 3, y, 1), CPH_OK);
    CU_ASSERT(y[0].re == 5.0f);
    free(workspace);
    cph_delay_destroy(plan);
}

CU_TestInfo cph_tests_delay[] = {
    {"tones come later by what was asked for", tones_come_later_by_what_was_asked_for},
    {"pieces of any type give the bits of the whole",
     pieces_of_any_type_give_the_bits_of_the_whole},
    {"statuses of delays", statuses_of_delays},
    CU_TEST_INFO_NULL,
};
