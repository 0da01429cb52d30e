/* SPDX-License-Identifier: MIT */
/* Firmware beams in integers: against exact sums of 128 bits, and against the host's beamformer. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cophase/beamform.h"
#include "cophase/fw_beamform.h"
#include "cophase/random.h"

enum { SEED = 41, N_MAX = 67, B_MAX = 9, TIMES = 5 };

typedef struct scene {
    cph_c16 coefficient[B_MAX * (N_MAX + 2)], samples[TIMES * (N_MAX + 3)];
    cph_c16 beams[TIMES * (B_MAX + 1)];
    uint32_t memory[4 + B_MAX * N_MAX];
} scene;

static int32_t within(cph_random *random, int32_t limit)
{
    return (int32_t)(cph_random_u64(random) % (2 * (uint64_t)limit + 1)) - limit;
}

static cph_c16 sample(cph_random *random, int32_t limit)
{
    const int16_t re = (int16_t)within(random, limit), im = (int16_t)within(random, limit);
    return (cph_c16){re, im};
}

static int16_t requantised(__int128 sum, int32_t multiplier, unsigned shift)
{
    const __int128 y = (sum * multiplier + ((__int128)1 << (shift - 1))) >> shift;
    return (int16_t)(y > 32767 ? 32767 : y < -32768 ? -32768 : y);
}

/* Runs the scene as `config` says and compares every beam, and what lies beside the beams. */
static void equals_the_sums(const cph_fw_beamform_config *config, scene *s, unsigned bits)
{
    const size_t n = config->elements, b = config->beams, ld = n + 3, ldb = b + 1;
    size_t bytes = 0;
    cph_fw_beamform *plan = NULL;
    CU_ASSERT_EQUAL_FATAL(cph_fw_beamform_size(config, &bytes), CPH_OK);
    CU_ASSERT_FATAL(bytes <= sizeof s->memory);
    CU_ASSERT_EQUAL_FATAL(
        cph_fw_beamform_init(config, s->coefficient, n + 2, s->memory, bytes, &plan), CPH_OK);
    CU_ASSERT_EQUAL(cph_fw_beamform_bits(plan), bits);
    memset(s->beams, 0x55, sizeof s->beams);
    CU_ASSERT_EQUAL(cph_fw_beamform_run(plan, s->samples, ld, TIMES, s->beams, ldb), CPH_OK);
    for (size_t t = 0; t < TIMES; t++)
        for (size_t i = 0; i < b; i++) {
            __int128 re = 0, im = 0;
            for (size_t e = 0; e < n; e++) {
                const cph_c16 c = s->coefficient[i * (n + 2) + e], x = s->samples[t * ld + e];
                re += (__int128)c.re * x.re - (__int128)c.im * x.im;
                im += (__int128)c.re * x.im + (__int128)c.im * x.re;
            }
            CU_ASSERT_EQUAL(s->beams[t * ldb + i].re,
                            requantised(re, config->multiplier, config->shift));
            CU_ASSERT_EQUAL(s->beams[t * ldb + i].im,
                            requantised(im, config->multiplier, config->shift));
        }
    for (size_t t = 0; t < TIMES; t++)
        CU_ASSERT_EQUAL(s->beams[t * ldb + b].re, 0x5555);
}

static void beams_are_the_rounded_sums(void)
{
    static const struct {
        int32_t coefficient, sample, multiplier;
        unsigned shift, bits;
    } cases[] = {
        {480, 32768, 1, 15, 32},         {32767, 32768, 1, 15, 64},        {32767, 7, 3, 9, 32},
        {32767, 32768, 1, 18, 64},       {200, 2047, 12345, 30, 32},       {100, 100, 1, 3, 32},
        {32767, 2047, 0x7fffff, 40, 64}, {400, 32767, 0x7fffffff, 47, 32}, {9, 9, 1, 62, 32},
    };
    cph_random random;
    static scene room;
    scene *const s = &room;
    cph_random_seed(&random, SEED, 0);
    for (size_t n = 1; n <= N_MAX; n += n < 18 ? 1 : 7)
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
            const cph_fw_beamform_config config = {n, 1 + (n + i) % B_MAX, cases[i].sample,
                                                   cases[i].multiplier, cases[i].shift};
            const int32_t limit = cases[i].sample < 32768 ? cases[i].sample : 32767;
            for (size_t k = 0; k < sizeof s->coefficient / sizeof *s->coefficient; k++)
                s->coefficient[k] = sample(&random, cases[i].coefficient);
            for (size_t k = 0; k < sizeof s->samples / sizeof *s->samples; k++)
                s->samples[k] = sample(&random, limit);
            /* Wide cases have an element that alone may pass 2^31. */
            for (size_t b = 0; b < config.beams && cases[i].bits == 64; b++)
                s->coefficient[b * (n + 2)] = (cph_c16){-32768, -32768};
            const uint64_t least = (uint64_t)65536 * (uint32_t)cases[i].sample;
            if (cases[i].bits == 32 || least >> 31 != 0 || n >= 40)
                equals_the_sums(&config, s, cases[i].bits);
        }
}

/* The largest sum that the proof admits to 32 bits is reached, the next takes 64. */
static void sums_of_32_bits_serve_up_to_their_last_value(void)
{
    static scene room;
    scene *const s = &room;
    for (size_t beams = 1; beams <= 4; beams += 3)
        for (int more = 0; more < 2; more++) {
            const cph_fw_beamform_config config = {2, beams, 32768, 1, 16};
            for (size_t b = 0; b < beams; b++) {
                s->coefficient[b * 4] = (cph_c16){(int16_t)(-32767 - more), 0};
                s->coefficient[b * 4 + 1] = (cph_c16){0, -32768};
            }
            for (size_t t = 0; t < TIMES; t++) {
                s->samples[t * 5] = (cph_c16){-32768, -32768};
                s->samples[t * 5 + 1] = (cph_c16){-32768, -32768};
            }
            equals_the_sums(&config, s, more ? 64 : 32);
            for (size_t t = 0; t < TIMES; t++) /* and with the sums' other signs */
                s->samples[t * 5 + 1] = (cph_c16){32767, 32767};
            equals_the_sums(&config, s, more ? 64 : 32);
        }
}

/* The host forms w^H x of float weights: the same beams from c = conj(w) in Q15. */
static void coefficients_are_conjugated_weights(void)
{
    enum { N = 19, B = 5 };
    const cph_beamform_config host = {
        .elements = N, .beams = B, .type = CPH_C16, .weight_bits = 32};
    const cph_fw_beamform_config config = {N, B, 32768, 1, 15};
    cph_c32 w[B * N], wanted[TIMES * B];
    cph_c16 c[B * N], x[TIMES * N], y[TIMES * B];
    uint32_t memory[4 + B * N];
    cph_random random;
    cph_beamform_plan *reference = NULL;
    cph_fw_beamform *plan = NULL;
    cph_random_seed(&random, SEED, 1);
    for (size_t i = 0; i < (size_t)B * N; i++) {
        c[i] = sample(&random, 32768 / (2 * N));
        w[i] = (cph_c32){(float)c[i].re / 32768.0f, -(float)c[i].im / 32768.0f};
    }
    for (size_t i = 0; i < (size_t)TIMES * N; i++)
        x[i] = sample(&random, 32767);
    CU_ASSERT_EQUAL_FATAL(cph_beamform_create(&host, w, N, &reference), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_fw_beamform_init(&config, c, N, memory, sizeof memory, &plan),
                          CPH_OK);
    void *const workspace =
        aligned_alloc(64, cph_beamform_workspace_size(reference) / 64 * 64 + 64);
    CU_ASSERT_EQUAL(cph_beamform_run(reference, workspace, x, N, TIMES, wanted, B), CPH_OK);
    CU_ASSERT_EQUAL(cph_fw_beamform_run(plan, x, N, TIMES, y, B), CPH_OK);
    /* Half a step of rounding, and the host's floats: (2 N + 4) 2^-24 of the sum of amounts. */
    const double bound = 0.5 + (2 * N + 4) * 0x1p-24 * N * 2.0 * 32768.0 / (2.0 * N);
    for (size_t i = 0; i < (size_t)TIMES * B; i++) {
        CU_ASSERT(fabs((double)wanted[i].re - y[i].re) <= bound);
        CU_ASSERT(fabs((double)wanted[i].im - y[i].im) <= bound);
    }
    free(workspace);
    cph_beamform_destroy(reference);
}

static void bad_plans_are_refused_and_nothing_is_written(void)
{
    static const cph_c16 c[64] = {{1, 2}};
    uint32_t memory[80], before[80];
    cph_fw_beamform *plan = NULL;
    size_t bytes = 77;
    memset(memory, 0x33, sizeof memory);
    memcpy(before, memory, sizeof memory);
    static const cph_fw_beamform_config bad[] = {
        {0, 1, 1, 1, 15},        {4097, 1, 1, 1, 15},  {1, 0, 1, 1, 15},    {1, 4097, 1, 1, 15},
        {1, 1, 0, 1, 15},        {1, 1, 32769, 1, 15}, {1, 1, 1, 0, 15},    {1, 1, 1, -1, 15},
        {1, 1, 1, 1, 2},         {1, 1, 1, 1, 63},     {1, 1, 1, 8192, 15}, {1, 1, 1, 1 << 30, 32},
        {SIZE_MAX, 1, 1, 1, 15},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        CU_ASSERT_EQUAL(cph_fw_beamform_size(&bad[i], &bytes), CPH_ERR_ARGUMENT);
        CU_ASSERT_EQUAL(cph_fw_beamform_init(&bad[i], c, 8192, memory, sizeof memory, &plan),
                        CPH_ERR_ARGUMENT);
    }
    const cph_fw_beamform_config good = {4, 5, 32768, 1, 15};
    CU_ASSERT_EQUAL(cph_fw_beamform_size(NULL, &bytes), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_beamform_size(&good, NULL), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(bytes, 77);
    const size_t room = sizeof memory;
    const struct {
        const cph_c16 *c;
        size_t ld;
        void *memory;
        size_t bytes;
        cph_fw_beamform **plan;
        cph_status status;
    } calls[] = {
        {NULL, 4, memory, room, &plan, CPH_ERR_ARGUMENT},
        {c, 3, memory, room, &plan, CPH_ERR_ARGUMENT},
        {c, 4, NULL, room, &plan, CPH_ERR_ARGUMENT},
        {c, 4, memory, room, NULL, CPH_ERR_ARGUMENT},
        {c, 4, (char *)memory + 2, room, &plan, CPH_ERR_ARGUMENT},
        {c, 4, memory, 95, &plan, CPH_ERR_MEMORY},
        {c, SIZE_MAX / 4, memory, room, &plan, CPH_ERR_OVERFLOW},
        {c, SIZE_MAX / 32, memory, room, &plan, CPH_ERR_OVERFLOW},
    };
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        CU_ASSERT_EQUAL(cph_fw_beamform_init(&good, calls[i].c, calls[i].ld, calls[i].memory,
                                             calls[i].bytes, calls[i].plan),
                        calls[i].status);
    CU_ASSERT_PTR_NULL(plan);
    CU_ASSERT_EQUAL(memcmp(memory, before, sizeof memory), 0);
}

/* 32 elements of full scale: S sample_max = 2^36, so m 2^(33 - shift) may be up to 2^26. */
static void products_of_64_bits_are_proven(void)
{
    enum { N = 32 };
    cph_c16 c[N];
    uint32_t memory[4 + N];
    cph_fw_beamform *plan = NULL;
    for (size_t n = 0; n < N; n++)
        c[n] = (cph_c16){-32768, -32768};
    cph_fw_beamform_config config = {N, 1, 32768, 1 << 26, 33};
    CU_ASSERT_EQUAL(cph_fw_beamform_init(&config, c, N, memory, sizeof memory, &plan),
                    CPH_ERR_OVERFLOW);
    config.multiplier--;
    CU_ASSERT_EQUAL(cph_fw_beamform_init(&config, c, N, memory, sizeof memory, &plan), CPH_OK);
    config.multiplier = 1;
    config.shift = 7;
    CU_ASSERT_EQUAL(cph_fw_beamform_init(&config, c, N, memory, sizeof memory, &plan),
                    CPH_ERR_OVERFLOW);
    config.shift = 8;
    CU_ASSERT_EQUAL(cph_fw_beamform_init(&config, c, N, memory, sizeof memory, &plan), CPH_OK);
}

static void bad_runs_are_refused_and_nothing_is_written(void)
{
    static const cph_c16 c[8] = {{3, 4}};
    static const cph_fw_beamform_config config = {4, 2, 32768, 1, 15};
    _Alignas(4) cph_c16 x[16] = {{5, 6}};
    cph_c16 y[8], before[8];
    uint32_t memory[12];
    cph_fw_beamform *plan = NULL;
    CU_ASSERT_EQUAL_FATAL(cph_fw_beamform_init(&config, c, 4, memory, sizeof memory, &plan),
                          CPH_OK);
    memset(y, 0x44, sizeof y);
    memcpy(before, y, sizeof y);
    const struct {
        const cph_fw_beamform *plan;
        const cph_c16 *x;
        size_t ld, times;
        cph_c16 *y;
        size_t ldb;
        cph_status status;
    } calls[] = {
        {NULL, x, 4, 2, y, 2, CPH_ERR_ARGUMENT},
        {plan, NULL, 4, 2, y, 2, CPH_ERR_ARGUMENT},
        {plan, x, 4, 2, NULL, 2, CPH_ERR_ARGUMENT},
        {plan, x, 3, 2, y, 2, CPH_ERR_ARGUMENT},
        {plan, x, 4, 2, y, 1, CPH_ERR_ARGUMENT},
        {plan, (const cph_c16 *)(const void *)&x[0].im, 4, 2, y, 2, CPH_ERR_ARGUMENT},
        {plan, x, SIZE_MAX / 4, 3, y, 2, CPH_ERR_OVERFLOW},
        {plan, x, 4, SIZE_MAX, y, 2, CPH_ERR_OVERFLOW},
        {plan, x, 4, 3, y, SIZE_MAX / 4, CPH_ERR_OVERFLOW},
        {plan, x, 4, 0, y, 2, CPH_OK},
    };
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        CU_ASSERT_EQUAL(cph_fw_beamform_run(calls[i].plan, calls[i].x, calls[i].ld, calls[i].times,
                                            calls[i].y, calls[i].ldb),
                        calls[i].status);
    CU_ASSERT_EQUAL(memcmp(y, before, sizeof y), 0);
    CU_ASSERT_EQUAL(cph_fw_beamform_bits(NULL), 0);
}

CU_TestInfo cph_tests_fw_beamform[] = {
    {"beams are the rounded sums", beams_are_the_rounded_sums},
    {"sums of 32 bits serve up to their last value", sums_of_32_bits_serve_up_to_their_last_value},
    {"coefficients are conjugated weights", coefficients_are_conjugated_weights},
    {"bad plans are refused and nothing is written", bad_plans_are_refused_and_nothing_is_written},
    {"products of 64 bits are proven", products_of_64_bits_are_proven},
    {"bad runs are refused and nothing is written", bad_runs_are_refused_and_nothing_is_written},
    CU_TEST_INFO_NULL,
};
