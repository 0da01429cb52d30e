/* SPDX-License-Identifier: MIT */
/* Firmware covariance: against sums of 64 bits element by element, and against the host's. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cophase/covariance.h"
#include "cophase/fw_covariance.h"
#include "cophase/random.h"
#include "kernels/core/heap.h"

enum { SEED = 43, N_MAX = 11, TIMES = 70, LD = N_MAX + 1, ROOM = 2 + N_MAX * (N_MAX + 1) };

static cph_c16 x[TIMES * LD];

static void fill(cph_random *random, int32_t limit)
{
    for (size_t i = 0; i < sizeof x / sizeof *x; i++) {
        const uint64_t bits = cph_random_u64(random);
        const uint32_t span = 2 * (uint32_t)limit + 1;
        x[i].re = (int16_t)((int32_t)((uint32_t)bits % span) - limit);
        x[i].im = (int16_t)((int32_t)((uint32_t)(bits >> 32) % span) - limit);
    }
}

static void equals_the_sums(size_t n, int32_t sample_max, const size_t *cut, size_t cuts)
{
    uint64_t memory[ROOM];
    size_t bytes = 0, t = 0;
    cph_fw_covariance *covariance = NULL;
    CU_ASSERT_EQUAL_FATAL(cph_fw_covariance_size(n, &bytes), CPH_OK);
    CU_ASSERT_FATAL(bytes <= sizeof memory);
    CU_ASSERT_EQUAL_FATAL(cph_fw_covariance_init(n, sample_max, memory, bytes, &covariance),
                          CPH_OK);
    for (size_t i = 0; i < cuts; i++) {
        CU_ASSERT_EQUAL(cph_fw_covariance_add(covariance, x + t * LD, LD, cut[i]), CPH_OK);
        t += cut[i];
    }
    CU_ASSERT_EQUAL(cph_fw_covariance_times(covariance), t);
    const cph_fw_covariance_sum *sum = cph_fw_covariance_sums(covariance);
    for (size_t p = 0; p < n; p++)
        for (size_t q = p; q < n; q++, sum++) {
            int64_t re = 0, im = 0;
            for (size_t i = 0; i < t; i++) {
                const cph_c16 a = x[i * LD + p], b = x[i * LD + q];
                re += (int64_t)a.re * b.re + (int64_t)a.im * b.im;
                im += (int64_t)a.im * b.re - (int64_t)a.re * b.im;
            }
            CU_ASSERT_EQUAL(sum->re, re);
            CU_ASSERT_EQUAL(sum->im, im);
        }
}

static void sums_are_exact_however_the_stream_is_cut(void)
{
    static const size_t whole[] = {TIMES}, parts[] = {1, 0, 13, 7, 49};
    static const int32_t limits[] = {1, 2047, 4000, 11585, 11586, 32767};
    cph_random random;
    cph_random_seed(&random, SEED, 0);
    for (size_t n = 2; n <= N_MAX; n++)
        for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
            fill(&random, limits[i]);
            equals_the_sums(n, limits[i], whole, 1);
            equals_the_sums(n, limits[i], parts, 5);
        }
}

/* Samples all at the limit: as many as a run of 32 bits was proven for, and the largest of 64. */
static void the_largest_sums_fit(void)
{
    static const size_t whole[] = {TIMES};
    static const int32_t limits[] = {100, 11585, 11586, 32768};
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        for (size_t k = 0; k < sizeof x / sizeof *x; k++)
            x[k] = (cph_c16){(int16_t)-limits[i], (int16_t)-limits[i]};
        equals_the_sums(3, limits[i], whole, 1);
    }
}

static void means_are_the_host_covariance(void)
{
    enum { N = 7 };
    uint64_t memory[2 + N * (N + 1)];
    cph_c32 r[N * (N + 2)];
    cph_c64 host[N * N];
    cph_random random;
    cph_fw_covariance *covariance = NULL;
    cph_covariance_plan *plan = NULL;
    cph_random_seed(&random, SEED, 1);
    fill(&random, 32767);
    CU_ASSERT_EQUAL_FATAL(
        cph_covariance_create(&(cph_covariance_config){.elements = N, .type = CPH_C16}, &plan),
        CPH_OK);
    void *const sums = cph_heap_aligned(cph_covariance_sums_size(plan));
    void *const workspace = cph_heap_aligned(cph_covariance_workspace_size(plan));
    CU_ASSERT_EQUAL(cph_covariance_reset(plan, sums), CPH_OK);
    CU_ASSERT_EQUAL(cph_covariance_add(plan, workspace, x, LD, TIMES, sums), CPH_OK);
    CU_ASSERT_EQUAL(cph_covariance_get(plan, sums, 1.0 / TIMES, host, N), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_fw_covariance_init(N, 32767, memory, sizeof memory, &covariance),
                          CPH_OK);
    CU_ASSERT_EQUAL(cph_fw_covariance_add(covariance, x, LD, TIMES), CPH_OK);
    CU_ASSERT_EQUAL(cph_fw_covariance_mean(covariance, r, N + 2), CPH_OK);
    for (size_t p = 0; p < N; p++)
        for (size_t q = 0; q < N; q++) {
            const cph_c32 is = r[p * (N + 2) + q];
            const cph_c64 as = host[p * N + q];
            CU_ASSERT(fabs((double)is.re - as.re) <= 5.001 * 0x1p-24 * fabs(as.re));
            CU_ASSERT(fabs((double)is.im - as.im) <= 5.001 * 0x1p-24 * fabs(as.im));
        }
    free(sums);
    free(workspace);
    cph_covariance_destroy(plan);
}

static void bad_calls_are_refused_and_nothing_is_written(void)
{
    uint64_t memory[ROOM], before[ROOM];
    size_t bytes = 77;
    cph_fw_covariance *covariance = NULL;
    cph_c32 r[16] = {{0}};
    memset(memory, 0x33, sizeof memory);
    memcpy(before, memory, sizeof memory);
    CU_ASSERT_EQUAL(cph_fw_covariance_size(1, &bytes), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_covariance_size(65, &bytes), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_covariance_size(3, NULL), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(bytes, 77);
    const struct {
        size_t n;
        void *memory;
        size_t bytes;
        cph_fw_covariance **out;
        int32_t max;
        cph_status status;
    } calls[] = {
        {0, memory, sizeof memory, &covariance, 9, CPH_ERR_ARGUMENT},
        {SIZE_MAX, memory, sizeof memory, &covariance, 9, CPH_ERR_ARGUMENT},
        {3, memory, sizeof memory, &covariance, 0, CPH_ERR_ARGUMENT},
        {3, memory, sizeof memory, &covariance, 32769, CPH_ERR_ARGUMENT},
        {3, NULL, sizeof memory, &covariance, 9, CPH_ERR_ARGUMENT},
        {3, (char *)memory + 4, sizeof memory, &covariance, 9, CPH_ERR_ARGUMENT},
        {3, memory, sizeof memory, NULL, 9, CPH_ERR_ARGUMENT},
        {3, memory, 111, &covariance, 9, CPH_ERR_MEMORY},
    };
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        CU_ASSERT_EQUAL(cph_fw_covariance_init(calls[i].n, calls[i].max, calls[i].memory,
                                               calls[i].bytes, calls[i].out),
                        calls[i].status);
    CU_ASSERT_PTR_NULL(covariance);
    CU_ASSERT_EQUAL(memcmp(memory, before, sizeof memory), 0);

    CU_ASSERT_EQUAL_FATAL(cph_fw_covariance_init(3, 9, memory, sizeof memory, &covariance), CPH_OK);
    CU_ASSERT_EQUAL(cph_fw_covariance_mean(covariance, r, 4), CPH_ERR_TOO_FEW);
    CU_ASSERT_EQUAL(cph_fw_covariance_add(covariance, x, 3, 2), CPH_OK);
    memcpy(before, memory, sizeof memory);
    const cph_c16 *const odd = (const cph_c16 *)(const void *)&x[0].im;
    CU_ASSERT_EQUAL(cph_fw_covariance_add(NULL, x, 3, 1), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_covariance_add(covariance, NULL, 3, 1), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_covariance_add(covariance, x, 2, 1), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_covariance_add(covariance, odd, 3, 1), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_covariance_add(covariance, x, 3, UINT32_MAX - 1), CPH_ERR_OVERFLOW);
    CU_ASSERT_EQUAL(cph_fw_covariance_add(covariance, x, SIZE_MAX / 2, 3), CPH_ERR_OVERFLOW);
    CU_ASSERT_EQUAL(cph_fw_covariance_mean(NULL, r, 4), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_covariance_mean(covariance, NULL, 4), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_covariance_mean(covariance, r, 2), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_covariance_mean(covariance, r, SIZE_MAX / 2), CPH_ERR_OVERFLOW);
    CU_ASSERT_EQUAL(memcmp(memory, before, sizeof memory), 0);
    for (size_t i = 0; i < 16; i++)
        CU_ASSERT(r[i].re == 0.0f && r[i].im == 0.0f);
    CU_ASSERT_PTR_NULL(cph_fw_covariance_sums(NULL));
    CU_ASSERT_EQUAL(cph_fw_covariance_times(NULL), 0);
}

CU_TestInfo cph_tests_fw_covariance[] = {
    {"sums are exact however the stream is cut", sums_are_exact_however_the_stream_is_cut},
    {"the largest sums fit", the_largest_sums_fit},
    {"means are the host's covariance", means_are_the_host_covariance},
    {"bad calls are refused and nothing is written", bad_calls_are_refused_and_nothing_is_written},
    CU_TEST_INFO_NULL,
};
