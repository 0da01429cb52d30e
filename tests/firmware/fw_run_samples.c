/* SPDX-License-Identifier: MIT */
/* What works on samples: beams, covariances, adaptive weights, weights that follow, calibrations.
 */
#include "tests/firmware/fw_sink.h"

void fw_run_samples(fw_sink *sink);

enum { N = 64, B = 9, TIMES = 32 };

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
    samples_beams(sink, &one, "beamform/one");
    samples_beams(sink, &four, "beamform/four");
    samples_fill(sink, samples_c, sizeof samples_c, 32767);
    samples_c[0].re = -32768;
    samples_x[0].im = -32768;
    samples_beams(sink, &one, "beamform/wide");
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
    samples_covariance_of(sink, 16, 9000, "covariance/narrow");
    samples_fill(sink, samples_x, sizeof samples_x, 32767);
    samples_x[1] = (cph_c16){-32768, -32768};
    for (size_t n = 2; n <= 9; n++)
        samples_covariance_of(sink, n, 32768, NULL);
    samples_covariance_of(sink, 16, 32768, "covariance/wide");
    fw_group_end(sink);
}

/* Weights for a covariance of the samples, loaded so that its condition is below 1.16 = (8 + 50) /
 * 50: mvdr's bound is then 24 8 12 2^-24 1.16 |w| = 1.6e-4 |w|, and that of two looks 1.25 times
 * their condition, 4, as much. */
static void samples_adaptive(fw_sink *sink)
{
    enum { M = 8 };
    static cph_c32 r[M * M], v[2 * M], w[M];
    static const cph_c32 response[2] = {{1.0f, 0.0f}, {0.0f, 0.0f}};
    cph_fw_covariance *covariance = NULL;
    cph_fw_adaptive *adaptive = NULL;
    float power = 0.0f;
    cph_c16 c[M];
    fw_group(sink, "samples/adaptive", 73);
    samples_fill(sink, samples_x, sizeof samples_x, 2000);
    fw_status(sink,
              cph_fw_covariance_init(M, 2000, samples_sums, sizeof samples_sums, &covariance));
    fw_status(sink, cph_fw_covariance_add(covariance, samples_x, N, TIMES));
    fw_status(sink, cph_fw_covariance_mean(covariance, r, M));
    for (size_t i = 0; i < sizeof v / sizeof *v; i++) {
        v[i].re = (float)fw_random_within(sink, 100) / 128.0f;
        v[i].im = (float)fw_random_within(sink, 100) / 128.0f;
    }
    const cph_fw_adaptive_config config = {M, r, M, NULL, 50.0f};
    fw_status(sink,
              cph_fw_adaptive_init(&config, samples_memory, sizeof samples_memory, &adaptive));
    for (size_t j = 1; j <= 2; j++) {
        fw_status(sink, cph_fw_adaptive_lcmv(adaptive, j, v, response, w, &power));
        for (size_t i = 0; i < M; i++) {
            fw_float(sink, w[i].re, j == 1 ? 1.6e-4f : 8e-4f);
            fw_float(sink, w[i].im, j == 1 ? 1.6e-4f : 8e-4f);
        }
    }
    fw_status(sink, cph_fw_coefficients(M, v, 16384.0f, c));
    fw_halves(sink, &c[0].re, (size_t)2 * M);
    fw_group_end(sink);
}

/* 32 updates of 6 weights from 0: nothing that they can become or add is beyond 2, so their bound
 * is 32 (5 6 + 14) 2^-24 2 2. */
static void samples_nlms(fw_sink *sink)
{
    enum { M = 6 };
    static const cph_fw_nlms_config config = {M, 0.25f, 1e6f};
    cph_c32 w[M];
    fw_group(sink, "samples/nlms", 74);
    for (size_t i = 0; i < M; i++)
        w[i] = (cph_c32){0.0f, 0.0f};
    samples_fill(sink, samples_x, sizeof samples_x, 9000);
    samples_fill(sink, samples_c, sizeof samples_c, 9000);
    fw_count_begin(sink, "nlms", (size_t)TIMES * M);
    const cph_status status = cph_fw_nlms_run(&config, samples_x, N, TIMES, samples_c, w, NULL);
    fw_count_end(sink);
    fw_status(sink, status);
    for (size_t i = 0; i < M; i++) {
        fw_float(sink, w[i].re, 3.4e-4f);
        fw_float(sink, w[i].im, 3.4e-4f);
    }
    fw_group_end(sink);
}

static void samples_gains(fw_sink *sink, size_t n, const cph_fw_gain *gain)
{
    for (size_t i = 0; i < n; i++) {
        const uint64_t re = (uint64_t)gain[i].re, im = (uint64_t)gain[i].im;
        const uint32_t words[4] = {(uint32_t)re, (uint32_t)(re >> 32), (uint32_t)im,
                                   (uint32_t)(im >> 32)};
        fw_words(sink, words, 4);
    }
}

static void samples_calibrate(fw_sink *sink)
{
    static cph_fw_gain gain[N];
    static uint32_t phase[N], dead[N / 32];
    static uint16_t amplitude[N];
    fw_group(sink, "samples/calibrate", 75);
    samples_fill(sink, samples_x, sizeof samples_x, 32767);
    samples_fill(sink, samples_c, sizeof samples_c, 32767);
    for (size_t i = 0; i < N; i++)
        gain[i] = (cph_fw_gain){0, 0};
    fw_status(sink, cph_fw_correlate(N, samples_x, N, TIMES, samples_c, gain));
    samples_gains(sink, N, gain);
    for (size_t i = 0; i < N; i++)
        fw_word(sink, cph_fw_angle(gain[i]));
    for (uint16_t weak = 0; weak <= 30000; weak = (uint16_t)(weak + 10000)) {
        const cph_fw_calibrate_config config = {N, weak == 0 ? N : 5, weak, 31744};
        if (weak == 0)
            fw_count_begin(sink, "calibrate", N);
        const cph_status status = cph_fw_calibrate(&config, gain, phase, amplitude, dead);
        if (weak == 0)
            fw_count_end(sink);
        fw_status(sink, status);
        fw_words(sink, phase, N);
        for (size_t i = 0; i < N; i++)
            fw_word(sink, amplitude[i]);
        fw_words(sink, dead, N / 32);
    }
    fw_status(sink, cph_fw_hadamard(N, gain));
    samples_gains(sink, N, gain);
    fw_group_end(sink);
}

void fw_run_samples(fw_sink *sink)
{
    samples_beamform(sink);
    samples_covariance(sink);
    samples_adaptive(sink);
    samples_nlms(sink);
    samples_calibrate(sink);
}
