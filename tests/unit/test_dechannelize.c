/* SPDX-License-Identifier: MIT */
/* What the way back from channels claims: the signal, as exactly as stated. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cophase/dechannelize.h"
#include "cophase/random.h"
#include "kernels/core/heap.h"

enum { SEED = 21 };

static void *room(size_t count, size_t bytes)
{
    CU_ASSERT_NOT_EQUAL_FATAL(count, 0);
    if (count == 0)
        return NULL;
    void *const memory = calloc(count, bytes);
    CU_ASSERT_PTR_NOT_NULL_FATAL(memory);
    return memory;
}

static void *workspace_of(size_t bytes)
{
    void *const memory = cph_heap_aligned(bytes);
    CU_ASSERT_PTR_NOT_NULL_FATAL(memory);
    return memory;
}

typedef struct round_trip {
    cph_channelize_config config;
    cph_channelize_plan *bank;
    cph_dechannelize_plan *plan;
    cph_channelize_info bank_info;
    cph_dechannelize_info info;
    size_t times, channel_times, made, ld;
    cph_c32 *samples, *channels, *back;
    cph_channelize_output output; /* [channel][time][element] */
} round_trip;

static bool open_trip(round_trip *r, size_t channel_times, size_t ld)
{
    cph_random random;
    cph_random_seed(&random, SEED, 5);
    r->config.quick = true;
    if (cph_channelize_create(&r->config, &r->bank) != CPH_OK ||
        cph_dechannelize_create(&r->config, &r->plan) != CPH_OK ||
        cph_channelize_describe(r->bank, &r->bank_info) != CPH_OK ||
        cph_dechannelize_describe(r->plan, &r->info) != CPH_OK)
        return false;
    const size_t n = r->config.elements, m = r->config.channels;
    r->channel_times = channel_times;
    r->times = r->bank_info.length + (channel_times - 1) * r->bank_info.step;
    r->made = (channel_times - r->info.times + 1) * r->info.step;
    r->ld = n + ld;
    r->samples = room(r->times * n, sizeof(cph_c32));
    r->channels = room(channel_times * m * n, sizeof(cph_c32));
    r->back = room(r->made * r->ld, sizeof(cph_c32));
    r->output = (cph_channelize_output){r->channels, n, channel_times * n};
    for (size_t i = 0; i < r->times * n; i++) {
        const cph_c64 x = cph_random_normal(&random);
        r->samples[i] = (cph_c32){(float)x.re, (float)x.im};
    }
    return true;
}

static void close_trip(round_trip *r)
{
    cph_channelize_destroy(r->bank);
    cph_dechannelize_destroy(r->plan);
    free(r->samples);
    free(r->channels);
    free(r->back);
}

static bool run_trip(round_trip *r)
{
    void *const there = workspace_of(cph_channelize_workspace_size(r->bank));
    void *const back = workspace_of(cph_dechannelize_workspace_size(r->plan));
    const bool ran = cph_channelize_run(r->bank, there, r->samples, r->config.elements, r->times, 0,
                                        &r->output) == CPH_OK &&
                     cph_dechannelize_run(r->plan, back, &r->output, r->channel_times, 0, r->back,
                                          r->ld) == CPH_OK;
    free(there);
    free(back);
    return ran;
}

/* rms of what differs from the signal, whose power is 1. */
static double error_of(const round_trip *r)
{
    const size_t n = r->config.elements;
    double sum = 0.0;
    for (size_t t = 0; t < r->made; t++)
        for (size_t e = 0; e < n; e++) {
            const size_t at = (size_t)((ptrdiff_t)t + r->info.first);
            const cph_c32 x = r->samples[at * n + e], y = r->back[t * r->ld + e];
            const double re = (double)y.re - (double)x.re, im = (double)y.im - (double)x.im;
            sum += re * re + im * im;
        }
    return sqrt(sum / (double)(r->made * n));
}

/* Rounding, were every one at its worst: 2^-24 (J + 9 + 4 log2 M) sum |g||y| on the way back, and
 * as much of sum |g| times what the bank adds to |y|, for samples and outputs of at most 6. */
static double rounding(const round_trip *r)
{
    const double stages = 9.0 + 4.0 * log2((double)r->config.channels);
    return 0x1p-24 * 36.0 * ((double)(r->info.times + r->bank_info.taps) + 2.0 * stages);
}

static void comes_back(size_t elements, size_t channels, size_t oversample, size_t taps)
{
    round_trip r = {.config = {.elements = elements,
                               .channels = channels,
                               .oversample = oversample,
                               .taps = taps,
                               .type = CPH_C32}};
    CU_ASSERT_FATAL(open_trip(&r, 6 * taps + 90, elements % 2));
    CU_ASSERT(run_trip(&r));
    const double error = error_of(&r), stated = pow(10.0, r.info.error_db / 20.0);
    /* What is lost comes from the two edges of channels: of K values of it as many as K over J are
     * independent at least; 6 standard deviations of their rms. */
    const double spread = 6.0 * sqrt(0.5 * (double)r.info.times / (double)(r.made * elements));
    printf("\n    %zu channels, %zux, %zu taps: %.2f dB, stated %.2f; noise %.2f dB (seed %d) ",
           channels, oversample, taps, 20.0 * log10(error), r.info.error_db, r.info.noise_db, SEED);
    CU_ASSERT(error <= stated * (1.0 + spread) + rounding(&r));
    CU_ASSERT(error >= stated * (1.0 - spread) - rounding(&r));
    CU_ASSERT(r.info.error_db < (oversample == 2 && taps > 2 ? -100.0 : -6.0));
    close_trip(&r);
}

static void oversampled_channels_come_back_as_they_were(void)
{
    if (!CPH_HAVE_FFTW)
        return;
    comes_back(3, 16, 2, 8);
    comes_back(9, 8, 2, 5);
    comes_back(2, 10, 2, 3);
}

static void critical_channels_come_back_but_for_what_is_stated(void)
{
    if (!CPH_HAVE_FFTW)
        return;
    comes_back(3, 16, 1, 8);
    comes_back(10, 7, 1, 3);
    comes_back(1, 9, 1, 1);
}

/* By three threads, pieces that overlap by J - 1 channel times. */
static void piece_by_piece(round_trip *r)
{
    cph_exec exec;
    cph_exec_openmp(&exec, 3);
    cph_channelize_config config = r->config;
    config.exec = &exec;
    cph_dechannelize_plan *threaded = NULL;
    CU_ASSERT_EQUAL_FATAL(cph_dechannelize_create(&config, &threaded), CPH_OK);
    void *const workspace = workspace_of(cph_dechannelize_workspace_size(threaded));
    cph_c32 *const pieces = room(r->made * r->ld, sizeof *pieces);
    const size_t each = 5, row = r->info.step * r->ld;
    for (size_t from = 0; from + r->info.times <= r->channel_times; from += each) {
        const size_t left = r->channel_times - from, times = r->info.times - 1 + each;
        const cph_channelize_output input = {r->channels + from * r->output.ld_time,
                                             r->output.ld_time, r->output.ld_channel};
        CU_ASSERT_EQUAL(cph_dechannelize_run(threaded, workspace, &input,
                                             times < left ? times : left, from, pieces + from * row,
                                             r->ld),
                        CPH_OK);
    }
    CU_ASSERT(memcmp(pieces, r->back, r->made * r->ld * sizeof *pieces) == 0);
    free(pieces);
    free(workspace);
    cph_dechannelize_destroy(threaded);
}

static void pieces_give_the_bits_of_the_whole(void)
{
    for (size_t oversample = 1; CPH_HAVE_FFTW && oversample <= 2; oversample++) {
        round_trip r = {.config = {.elements = 10,
                                   .channels = 6,
                                   .oversample = oversample,
                                   .taps = 3,
                                   .type = CPH_C32}};
        CU_ASSERT_FATAL(open_trip(&r, 60, 0));
        CU_ASSERT(run_trip(&r));
        piece_by_piece(&r);
        close_trip(&r);
    }
}

static void statuses_of_inverses(void)
{
    const cph_channelize_config config = {.elements = 2, .channels = 4, .taps = 2, .quick = true};
    cph_dechannelize_plan *plan = NULL;
    cph_dechannelize_info info;
    CU_ASSERT_EQUAL(cph_dechannelize_create(NULL, &plan), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_dechannelize_describe(NULL, &info), CPH_ERR_ARGUMENT);
    if (!CPH_HAVE_FFTW) {
        CU_ASSERT_EQUAL(cph_dechannelize_create(&config, &plan), CPH_ERR_UNSUPPORTED);
        return;
    }
    const cph_channelize_config blind = {.elements = 1, .channels = 8, .taps = 1, .quick = true};
    CU_ASSERT_EQUAL(cph_dechannelize_create(&blind, &plan), CPH_ERR_SINGULAR);
    CU_ASSERT_PTR_NULL(plan);
    CU_ASSERT_EQUAL_FATAL(cph_dechannelize_create(&config, &plan), CPH_OK);
    CU_ASSERT_EQUAL(cph_dechannelize_describe(plan, &info), CPH_OK);
    void *const workspace = workspace_of(cph_dechannelize_workspace_size(plan));
    cph_c32 y[8 * 4 * 2] = {{0}}, x[2] = {{7.0f, 7.0f}};
    const cph_channelize_output in = {y, 8, 2}, narrow = {y, 8, 1}, far = {y, SIZE_MAX / 4, 2};
    CU_ASSERT_EQUAL(cph_dechannelize_run(plan, workspace, &in, 8, 0, x, 1), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_dechannelize_run(plan, workspace, &narrow, 8, 0, x, 2), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_dechannelize_run(plan, workspace, &far, 8, 0, x, 2), CPH_ERR_OVERFLOW);
    CU_ASSERT_EQUAL(cph_dechannelize_run(plan, NULL, &in, 8, 0, x, 2), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_dechannelize_run(plan, workspace, &in, info.times - 1, 0, x, 2), CPH_OK);
    CU_ASSERT(x[0].re == 7.0f && x[0].im == 7.0f);
    free(workspace);
    cph_dechannelize_destroy(plan);
}

CU_TestInfo cph_tests_dechannelize[] = {
    {"oversampled channels come back as they were", oversampled_channels_come_back_as_they_were},
    {"critically sampled channels come back but for what is stated",
     critical_channels_come_back_but_for_what_is_stated},
    {"pieces give the bits of the whole", pieces_give_the_bits_of_the_whole},
    {"statuses of inverses", statuses_of_inverses},
    CU_TEST_INFO_NULL,
};
