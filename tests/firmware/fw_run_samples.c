/* SPDX-License-Identifier: MIT */
/* What works on samples: beams, covariances. */
#include "tests/firmware/fw_sink.h"

void fw_run_samples(fw_sink *sink);

enum { N = 64, B = 9, TIMES = 16 };

static cph_c16 samples_x[TIMES * N], samples_c[B * N], samples_y[TIMES * B];
static uint32_t samples_memory[4 + B * N];
static uint64_t samples_sums[2 + 16 * 17];

static void samples_fill(fw_sink *sink, cph_c16 *x, size_t bytes, int32_t limit)
{
    for (size_t i = 0; i < bytes / sizeof *x; i++) {
        x[i].re = (int16_t)fw_random_within(sink, limit);
        x[i].im = (int16_t)fw_random_within(sink, limit);
    }
}

/* `count`: NULL, or what the instructions of the run are counted as, an item a complex product. */
static void samples_beams(fw_sink *sink, const cph_fw_beamform_config *config, const char *count)
{
    cph_fw_beamform *plan = NULL;
    cph_status status =
        cph_fw_beamform_init(config, samples_c, N, samples_memory, sizeof samples_memory, &plan);
    fw_status(sink, status);
    fw_word(sink, cph_fw_beamform_bits(plan));
    if (status != CPH_OK)
        return;
    if (count != NULL)
        fw_count_begin(sink, count, TIMES * config->elements * config->beams);
    status = cph_fw_beamform_run(plan, samples_x, N, TIMES, samples_y, B);
    if (count != NULL)
        fw_count_end(sink);
    fw_status(sink, status);
    for (size_t t = 0; t < TIMES; t++)
        fw_halves(sink, &samples_y[t * B].re, 2 * config->beams);
}

static void samples_beamform(fw_sink *sink)
{
    fw_group(sink, "samples/beamform", 71);
    samples_fill(sink, samples_x, sizeof samples_x, 32767);
    samples_fill(sink, samples_c, sizeof samples_c, 500);
    for (size_t n = 1; n <= N; n += n < 10 ? 1 : 9)
        for (size_t b = 1; b <= B; b++) {
            const cph_fw_beamform_config config = {n, b, 32768, 1, 15};
            samples_beams(sink, &config, NULL);
        }
    static const cph_fw_beamform_config one = {N, 1, 32768, 1, 15}, four = {N, 4, 32768, 3, 16};
    samples_beams(sink, &one, "beamform_one");
    samples_beams(sink, &four, "beamform_four");
    samples_fill(sink, samples_c, sizeof samples_c, 32767);
    samples_c[0].re = -32768;
    samples_x[0].im = -32768;
    samples_beams(sink, &one, "beamform_wide");
    for (size_t n = 3; n <= N; n += 13) {
        const cph_fw_beamform_config config = {n, 5, 32768, 0x7ffff, 38};
        samples_beams(sink, &config, NULL);
    }
    fw_group_end(sink);
}

/* Twice half of the times; `count` as above, an item a product and its place in the triangle. */
static void samples_covariance_of(fw_sink *sink, size_t n, int32_t sample_max, const char *count)
{
    cph_fw_covariance *covariance = NULL;
    cph_status status =
        cph_fw_covariance_init(n, sample_max, samples_sums, sizeof samples_sums, &covariance);
    fw_status(sink, status);
    if (status != CPH_OK)
        return;
    fw_status(sink, cph_fw_covariance_add(covariance, samples_x, N, TIMES / 2));
    if (count != NULL)
        fw_count_begin(sink, count, TIMES / 2 * n * (n + 1) / 2);
    status = cph_fw_covariance_add(covariance, samples_x + (size_t)TIMES / 2 * N, N, TIMES / 2);
    if (count != NULL)
        fw_count_end(sink);
    fw_status(sink, status);
    const cph_fw_covariance_sum *const sum = cph_fw_covariance_sums(covariance);
    for (size_t i = 0; i < n * (n + 1) / 2; i++) {
        const uint64_t re = (uint64_t)sum[i].re, im = (uint64_t)sum[i].im;
        const uint32_t words[4] = {(uint32_t)re, (uint32_t)(re >> 32), (uint32_t)im,
                                   (uint32_t)(im >> 32)};
        fw_words(sink, words, 4);
    }
}

static void samples_covariance(fw_sink *sink)
{
    fw_group(sink, "samples/covariance", 72);
    samples_fill(sink, samples_x, sizeof samples_x, 9000);
    for (size_t n = 2; n <= 9; n++)
        samples_covariance_of(sink, n, 9000, NULL);
    samples_covariance_of(sink, 16, 9000, "covariance");
    samples_fill(sink, samples_x, sizeof samples_x, 32767);
    samples_x[1] = (cph_c16){-32768, -32768};
    for (size_t n = 2; n <= 9; n++)
        samples_covariance_of(sink, n, 32768, NULL);
    samples_covariance_of(sink, 16, 32768, "covariance_wide");
    fw_group_end(sink);
}

void fw_run_samples(fw_sink *sink)
{
    samples_beamform(sink);
    samples_covariance(sink);
}
