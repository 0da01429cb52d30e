/* SPDX-License-Identifier: MIT */
/* What works on samples: beams. */
#include "tests/firmware/fw_sink.h"

void fw_run_samples(fw_sink *sink);

enum { N = 64, B = 9, TIMES = 16 };

static cph_c16 samples_x[TIMES * N], samples_c[B * N], samples_y[TIMES * B];
static uint32_t samples_memory[4 + B * N];

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

void fw_run_samples(fw_sink *sink)
{
    samples_beamform(sink);
}
