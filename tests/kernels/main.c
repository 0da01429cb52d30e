/* SPDX-License-Identifier: MIT */
/* usage: check [KERNEL | claims]    Compares every variant of every kernel that this machine has
 * with its double oracle; then, with the tier that COPHASE_ISA asks for, what public calls claim.
 * CPH_SEED repeats a run, CPH_TEST_REDUCED=1 leaves out the large sizes. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/kernels/check.h"

/* Every size meets every other one: the lengths of the lists have no common factor. Sizes are 1 and
 * what stands around 4, 8 and 16 lanes, around tiles and blocks, and primes. */
static const size_t elements[] = {1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33};
static const size_t times[] = {0, 1, 2, 3, 5, 48, 49};
static const size_t beams[] = {1, 2, 3, 5, 8, 9, 13, 16, 23, 31, 40};
enum {
    ELEMENTS = sizeof elements / sizeof elements[0],
    TIMES = sizeof times / sizeof times[0],
    BEAMS = sizeof beams / sizeof beams[0],
    SHAPES = ELEMENTS * TIMES,
    SHAPES_REDUCED = 2 * ELEMENTS
};
/* What the lists do not reach: many tiles, several blocks of times, a block of positions. */
static const check_config large[] = {
    {.times = 1100, .elements = 41, .beams = 2, .pad = 3},
    {.times = 7, .elements = 1283, .beams = 5, .pad = 0},
    {.times = 53, .elements = 499, .beams = 37, .channels = 2, .pad = 1},
    {.times = 25, .elements = 4100, .beams = 2, .pad = 0},
};
enum { LARGE = sizeof large / sizeof large[0], MOST_THREADS = 3 };

struct worst {
    double ratio;
    size_t cases;
};

/* One case: the error is within the bound, and nothing around the buffers was written. */
static void check_one(const check_kernel *kernel, const check_config *config, struct worst *worst)
{
    check_case c;
    check_open(&c, kernel, config);
    const cph_status status = c.run(&c);
    const double ratio = status == CPH_OK ? c.error(&c) : INFINITY;
    const bool guards = check_guards(&c);
    worst->ratio = fmax(worst->ratio, ratio);
    worst->cases++;
    CHECK(ratio <= 1.0 && guards,
          "%s %s: %s, error %g of its bound, guard bytes %s; times %zu, elements %zu, beams %zu, "
          "pad %zu, pattern %d, place %d, seed %" PRIu64,
          kernel->name, cph_isa_name(config->isa), cph_status_name(status), ratio,
          guards ? "whole" : "written", config->times, config->elements, config->beams, config->pad,
          (int)config->pattern, (int)config->place, config->seed);
    check_close(&c);
}

/* The same bits from one, two and three threads. */
static void check_threads(const check_kernel *kernel, const check_config *config)
{
    check_case serial;
    check_open(&serial, kernel, config);
    if (!serial.threaded) {
        check_close(&serial);
        return;
    }
    CHECK(serial.run(&serial) == CPH_OK, "%s runs", kernel->name);
    for (size_t threads = 1; threads <= MOST_THREADS; threads++) {
        cph_exec exec;
        cph_exec_openmp(&exec, threads);
        check_config threaded = *config;
        threaded.exec = &exec;
        check_case c;
        check_open(&c, kernel, &threaded);
        const bool ran = c.run(&c) == CPH_OK;
        CHECK(ran && memcmp(c.output->data, serial.output->data, c.output->bytes) == 0,
              "%s %s gives the same bits with %zu threads", kernel->name, cph_isa_name(config->isa),
              threads);
        check_close(&c);
    }
    check_close(&serial);
}

/* Beams as floats, and as integers by a scale that lets few of them saturate. */
static void choose_output(check_config *config, size_t i)
{
    static const struct output {
        cph_type type;
        float scale;
    } outputs[] = {
        {CPH_C32, 0.0f}, {CPH_C16, 0.71f}, {CPH_C32, 0.0f}, {CPH_C8, 0.013f}, {CPH_C16, 3e-4f}};
    const struct output *const output = &outputs[i % (sizeof outputs / sizeof outputs[0])];
    config->output = output->type;
    config->output_scale = output->scale;
}

static void check_variant_of(const check_kernel *kernel, cph_isa isa, uint64_t seed, bool reduced)
{
    struct worst worst = {0};
    const size_t shapes = reduced ? SHAPES_REDUCED : SHAPES;
    printf("%-28s %-10s", kernel->name, cph_isa_name(isa));
    fflush(stdout);
    for (size_t i = 0; i < shapes; i++)
        for (unsigned pattern = 0; pattern < CHECK_PATTERNS; pattern++) {
            check_config config = {.isa = isa,
                                   .times = times[i % TIMES],
                                   .elements = elements[i % ELEMENTS],
                                   .beams = beams[i % BEAMS],
                                   .channels = i % 3,
                                   .weight_bits = i % 2 == 0 ? 8 : 16,
                                   .pad = i % 4,
                                   .pattern = (check_pattern)pattern,
                                   .place = (check_place)((i + pattern) % CHECK_PLACES),
                                   .seed = seed + i};
            choose_output(&config, i);
            check_one(kernel, &config, &worst);
        }
    for (size_t i = 0; i < (reduced ? 1 : LARGE); i++) {
        check_config config = large[i];
        config.isa = isa;
        config.seed = seed;
        choose_output(&config, i);
        check_one(kernel, &config, &worst);
        config.pattern = CHECK_FULL_SCALE;
        check_one(kernel, &config, &worst);
        check_threads(kernel, &config);
    }
    printf(" %5zu cases, largest error %.3f of its bound\n", worst.cases, worst.ratio);
}

static uint64_t choose_seed(void)
{
    const char *const text = getenv("CPH_SEED");
    return text != NULL ? strtoull(text, NULL, 10) : (uint64_t)time(NULL);
}

int main(int argc, char **argv)
{
    const char *const only = argc > 1 ? argv[1] : NULL;
    const char *const reduced = getenv("CPH_TEST_REDUCED");
    const uint64_t seed = choose_seed();
    size_t kernels = only != NULL && strcmp(only, "claims") == 0;
    printf("seed %" PRIu64 " (repeat with CPH_SEED)\n", seed);
    for (size_t i = 0; i < CPH_KERNEL_ROWS; i++) {
        if (only != NULL && strcmp(only, check_kernels[i].name) != 0)
            continue;
        kernels++;
        for (unsigned isa = 0; isa < CPH_ISA_COUNT; isa++)
            if (cph_kernel_variant(check_kernels[i].index, (cph_isa)isa) != NULL)
                check_variant_of(&check_kernels[i], (cph_isa)isa, seed,
                                 reduced != NULL && strcmp(reduced, "1") == 0);
    }
    if (kernels == 0) {
        fprintf(stderr, "check: there is no kernel '%s'\n", only);
        return 2;
    }
    printf("claims in tier %s\n", cph_isa_name(cph_dispatch_isa()));
    check_claims_batch(seed);
    check_claims_steer();
    check_claims_stefcal();
    check_claims_track();
    check_claims_retarget();
    check_claims_beamform();
    check_claims_lattice(seed);
    check_claims_channelize(seed);
    check_claims_convert();
    check_claims_level();
    check_claims_samples(seed);
    check_claims_covariance();
    check_claims_covariance_stream();
    const check_counts counts = check_counted();
    printf("%" PRIu64 " passed, %" PRIu64 " failed\n", counts.passed, counts.failed);
    return counts.failed == 0 && counts.passed > 0 ? 0 : 1;
}
