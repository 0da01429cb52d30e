/* SPDX-License-Identifier: MIT */
/* What a covariance claims of streams: cuts, threads, channels, drains, averages, weights, a second
 * signal, flags and gains. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/core/heap.h"
#include "kernels/core/sample.h"
#include "kernels/core/size.h"
#include "tests/kernels/check.h"

/* A plan with its memory. */
struct stream {
    cph_covariance_config config;
    cph_covariance_plan *plan;
    void *workspace;
    cph_covariance_sums *sums;
};

static struct stream open_stream(const cph_covariance_config *config)
{
    struct stream s = {.config = *config};
    bool good = cph_covariance_create(config, &s.plan) == CPH_OK;
    if (good) {
        s.workspace = cph_heap_aligned(cph_covariance_workspace_size(s.plan));
        s.sums = cph_heap_aligned(cph_covariance_sums_size(s.plan));
        good =
            s.workspace != NULL && s.sums != NULL && cph_covariance_reset(s.plan, s.sums) == CPH_OK;
    }
    CHECK(good, "a stream of %zu elements is opened", config->elements);
    if (!good)
        exit(1);
    return s;
}

static void close_stream(struct stream *s)
{
    cph_covariance_destroy(s->plan);
    free(s->workspace);
    free(s->sums);
}

/* C N N entries, or C N M, to be freed. */
static cph_c64 *matrix_of(const struct stream *s, double factor)
{
    const size_t n = s->config.elements, channels = s->config.channels + !s->config.channels;
    const size_t m = s->config.cross_elements > 0 ? s->config.cross_elements : n;
    cph_c64 *const r = check_room(channels * n * m, sizeof *r);
    CHECK(cph_covariance_get(s->plan, s->sums, factor, r, m) == CPH_OK, "sums are read");
    return r;
}

/* Samples of a test, [time][channel][element], drawn with a pattern. */
static void *draw(cph_type type, size_t rows, size_t columns, check_pattern pattern, uint64_t seed)
{
    check_case c = {.config = {.pattern = pattern, .seed = seed}};
    void *const samples = check_room(rows * columns, cph_type_size(type));
    cph_random_seed(&c.random, seed, 0);
    check_fill(&c, type, samples, rows, columns, columns);
    return samples;
}

static const char *at(const struct stream *s, const void *samples, size_t time)
{
    const size_t channels = s->config.channels + !s->config.channels;
    return (const char *)samples +
           time * channels * s->config.elements * cph_type_size(s->config.type);
}

/* Adds times in calls of the lengths of a list, over and over. */
static void add_cut(struct stream *s, const void *samples, size_t times, const size_t *cut,
                    size_t cuts)
{
    bool good = true;
    for (size_t t = 0, i = 0; t < times; i++) {
        const size_t some = cph_size_min(cut[i % cuts], times - t);
        good = good && cph_covariance_add(s->plan, s->workspace, at(s, samples, t),
                                          s->config.elements, some, s->sums) == CPH_OK;
        t += some;
    }
    CHECK(good && cph_covariance_times(s->plan, s->sums) == times, "times are added in pieces");
}

/* The same bits from one call, from many, and from one to three threads. */
static void claim_cuts(cph_type type, size_t elements, size_t channels, uint64_t seed)
{
    enum { TIMES = 2600 };
    static const size_t whole[] = {TIMES}, odd[] = {1, 511, 7, 1025, 100, 3};
    cph_covariance_config config = {.elements = elements, .type = type, .channels = channels};
    void *const samples = draw(type, TIMES, channels * elements, CHECK_RANDOM, seed);
    struct stream s = open_stream(&config);
    add_cut(&s, samples, TIMES, whole, 1);
    cph_c64 *const expected = matrix_of(&s, 1.0);
    close_stream(&s);
    for (size_t threads = 1; threads <= 3; threads++) {
        cph_exec exec;
        cph_exec_openmp(&exec, threads);
        config.exec = &exec;
        s = open_stream(&config);
        for (unsigned cut = 0; cut < 2; cut++) {
            CHECK(cph_covariance_reset(s.plan, s.sums) == CPH_OK, "sums are emptied");
            add_cut(&s, samples, TIMES, cut ? odd : whole, cut ? sizeof odd / sizeof *odd : 1);
            cph_c64 *const r = matrix_of(&s, 1.0);
            CHECK(memcmp(r, expected, channels * elements * elements * sizeof *r) == 0,
                  "type %d, %zu channels of %zu elements: the same bits from %zu threads and %s",
                  (int)type, channels, elements, threads, cut ? "pieces" : "one call");
            free(r);
        }
        close_stream(&s);
    }
    free(expected);
    free(samples);
}

/* A channel of many is what it is alone. */
static void claim_channels(cph_type type, uint64_t seed)
{
    enum { TIMES = 600, CHANNELS = 3, N = 9 };
    const cph_covariance_config all = {.elements = N, .type = type, .channels = CHANNELS};
    const cph_covariance_config one = {.elements = N, .type = type};
    void *const samples = draw(type, TIMES, (size_t)CHANNELS * N, CHECK_RANDOM, seed);
    struct stream s = open_stream(&all);
    add_cut(&s, samples, TIMES, (const size_t[]){TIMES}, 1);
    cph_c64 *const r = matrix_of(&s, 1.0);
    for (size_t c = 0; c < CHANNELS; c++) {
        struct stream alone = open_stream(&one);
        const char *const first = (const char *)samples + c * N * cph_type_size(type);
        CHECK(cph_covariance_add(alone.plan, alone.workspace, first, (size_t)CHANNELS * N, TIMES,
                                 alone.sums) == CPH_OK,
              "one channel is added");
        cph_c64 *const expected = matrix_of(&alone, 1.0);
        CHECK(memcmp(r + c * N * N, expected, sizeof *r * N * N) == 0,
              "type %d: channel %zu of %d is what it is alone", (int)type, c, CHANNELS);
        free(expected);
        close_stream(&alone);
    }
    free(r);
    close_stream(&s);
    free(samples);
}

/* Sums of nothing but full-scale samples, past every limit at which they are drained: in re all
 * products add up, and in im those of -128 - 128j with -128 + 127j. */
static void claim_drains(cph_type type, double low, size_t calls)
{
    enum { TIMES = 4099 };
    const double high = -1.0 - low, times = (double)calls * TIMES;
    void *const samples = check_room((size_t)2 * TIMES, cph_type_size(type));
    for (size_t i = 0; i < (size_t)2 * TIMES; i++) {
        const double im = i % 2 == 0 ? low : high;
        if (type == CPH_C8)
            ((cph_c8 *)samples)[i] = (cph_c8){(int8_t)low, (int8_t)im};
        else
            ((cph_c16 *)samples)[i] = (cph_c16){(int16_t)low, (int16_t)im};
    }
    struct stream s = open_stream(&(cph_covariance_config){.elements = 2, .type = type});
    bool good = true;
    for (size_t i = 0; i < calls; i++)
        good = good && cph_covariance_add(s.plan, s.workspace, samples, 2, TIMES, s.sums) == CPH_OK;
    cph_c64 *const r = matrix_of(&s, 1.0);
    CHECK(good && r[0].re == 2.0 * low * low * times &&
              r[3].re == (low * low + high * high) * times,
          "type %d: %zu times of full scale, powers are exact", (int)type, calls * TIMES);
    CHECK(r[2].re == (low * low + high * low) * times &&
              r[2].im == (high * low - low * low) * times && r[1].im == -r[2].im,
          "type %d: %zu times of full scale, products are exact", (int)type, calls * TIMES);
    free(r);
    close_stream(&s);
    free(samples);
}

/* Against R_k = keep (R_(k-1) + block), in double; the weight likewise. */
static void claim_average(uint64_t seed)
{
    enum { TIMES = 750, BLOCK = 200, N = 3 };
    const double keep = 0.75;
    const cph_covariance_config config = {
        .elements = N, .type = CPH_C16, .average_times = BLOCK, .average_keep = keep};
    const cph_c16 *const samples = draw(CPH_C16, TIMES, N, CHECK_RANDOM, seed);
    cph_c64 expected[N * N] = {{0.0, 0.0}};
    double weight = 0.0;
    struct stream s = open_stream(&config);
    add_cut(&s, samples, TIMES, (const size_t[]){31, 430, 1}, 3);
    for (size_t t = 0; t < TIMES; t += BLOCK) {
        const size_t some = cph_size_min(BLOCK, TIMES - t);
        cph_c64 block[N * N];
        cph_covariance_ref(CPH_C16, some, NULL, samples + t * N, N, N, samples + t * N, N, N, block,
                           N);
        const double kept = t > 0 ? keep : 0.0;
        for (size_t i = 0; i < (size_t)N * N; i++)
            expected[i] =
                (cph_c64){kept * expected[i].re + block[i].re, kept * expected[i].im + block[i].im};
        weight = kept * weight + (double)some;
    }
    cph_c64 *const r = matrix_of(&s, 1.0);
    double worst = 0.0;
    for (size_t i = 0; i < (size_t)N * N; i++)
        worst = fmax(worst, hypot(r[i].re - expected[i].re, r[i].im - expected[i].im));
    CHECK(worst <= 0x1p-48 * expected[0].re, "an exponential average is off by %g", worst);
    CHECK(cph_covariance_weight(s.plan, s.sums) == weight && weight == 496.875,
          "its weight is 150 + 0.75 (200 + 0.75 (200 + 0.75 200))");
    free(r);
    close_stream(&s);
    free((void *)samples);
}

/* X Y^H and its weights against the oracle, of every type; the signals differ, so that neither an
 * exchange nor a conjugation goes unseen. */
static void claim_cross(cph_type type, bool weighted, uint64_t seed)
{
    enum { TIMES = 530, N = 11, M = 18 };
    const cph_covariance_config config = {
        .elements = N, .type = type, .cross_elements = M, .weighted = weighted};
    void *const x = draw(type, TIMES, N, CHECK_RANDOM, seed);
    void *const y = draw(type, TIMES, M, CHECK_RANDOM, seed + 1);
    float weight[TIMES];
    for (size_t t = 0; t < TIMES; t++)
        weight[t] = 0.5f * (float)(t % 5) - 0.25f;
    struct stream s = open_stream(&config);
    cph_c64 exact[N * M];
    CHECK(cph_covariance_add_cross(s.plan, s.workspace, x, N, y, M, TIMES, weighted ? weight : NULL,
                                   s.sums) == CPH_OK,
          "two signals are added");
    cph_c64 *const r = matrix_of(&s, 1.0);
    cph_covariance_ref(type, TIMES, weighted ? weight : NULL, x, N, N, y, M, M, exact, M);
    const double most[CPH_TYPE_COUNT] = {[CPH_C8] = 128.0, [CPH_C16] = 32768.0, [CPH_C32] = 1.0};
    const bool floats = weighted || type == CPH_C32;
    const double bound =
        floats ? 1040 * 0x1p-24 * 2.0 * 1.75 * TIMES * most[type] * most[type] : 0.0;
    double worst = 0.0;
    for (size_t i = 0; i < (size_t)N * M; i++)
        worst = fmax(worst, check_ratio_c64(r[i], exact[i], (cph_c64){bound, bound}));
    CHECK(worst <= 1.0, "type %d, weights %d: x y^H has error %g of its bound", (int)type, weighted,
          worst);
    free(r);
    close_stream(&s);
    free(x);
    free(y);
}

/* X diag(w) X^H with w = 2, -1: small enough to be exact in float. */
static void claim_weights(void)
{
    const cph_c8 x[4] = {{1, 2}, {3, -4}, {5, 0}, {0, 7}};
    struct stream s =
        open_stream(&(cph_covariance_config){.elements = 2, .type = CPH_C8, .weighted = true});
    CHECK(cph_covariance_add_weighted(s.plan, s.workspace, x, 2, 2, (const float[]){2.0f, -1.0f},
                                      s.sums) == CPH_OK &&
              cph_covariance_add(s.plan, s.workspace, x, 2, 2, s.sums) == CPH_ERR_ARGUMENT,
          "a plan of weights wants them");
    cph_c64 *const r = matrix_of(&s, 1.0);
    /* 2 (3-4j)(1-2j) - (7j)(5) = 2 (-5-10j) - 35j */
    CHECK(r[0].re == 2 * 5 - 25 && r[3].re == 2 * 25 - 49 && r[2].re == -10.0 && r[2].im == -55.0,
          "weights multiply times");
    free(r);
    close_stream(&s);
}

/* Gains divide, flagged elements are 0 whatever they are. */
static void claim_known(void)
{
    const cph_c32 x[3] = {{3, 1}, {NAN, 0}, {0, 2}};
    const cph_c64 gain[3] = {{0.0, 2.0}, {NAN, NAN}, {1.0, -1.0}};
    const unsigned char flag[3] = {0, 1, 0};
    const cph_covariance_known known = {.flag = flag, .gain = gain};
    struct stream s = open_stream(&(cph_covariance_config){.elements = 3, .type = CPH_C32});
    cph_c64 r[9] = {{0, 0}};
    CHECK(cph_covariance_add(s.plan, s.workspace, x, 3, 1, s.sums) == CPH_OK &&
              cph_covariance_get_known(s.plan, s.sums, 1.0, &known, r, 3) == CPH_OK,
          "sums are read with what is known");
    /* (2j)(3-j) = 2 + 6j, divided by (1-j)(-2j) = -2 - 2j */
    CHECK(fabs(r[6].re + 2.0) < 1e-15 && fabs(r[6].im + 1.0) < 1e-15 && r[2].im == -r[6].im &&
              fabs(r[0].re - 2.5) < 1e-15 && fabs(r[8].re - 2.0) < 1e-15,
          "R_20 / (g_2 g_0*) = -2 - j");
    CHECK(r[4].re == 0.0 && r[3].re == 0.0 && r[1].im == 0.0 && r[7].re == 0.0 && r[5].re == 0.0,
          "a flagged element is 0 though its sample is NaN");
    close_stream(&s);
}

void check_claims_covariance_stream(void)
{
    static const size_t elements[] = {5, 17, 49}; /* the last: in two chains */
    const uint64_t seed = 20;
    for (unsigned type = 0; type < CPH_TYPE_COUNT; type++) {
        for (size_t i = 0; i < sizeof elements / sizeof *elements; i++) {
            claim_cuts((cph_type)type, elements[i], 1, seed + i);
            claim_cuts((cph_type)type, elements[i], 5, seed + i);
        }
        claim_channels((cph_type)type, seed);
        claim_cross((cph_type)type, false, seed);
        claim_cross((cph_type)type, true, seed);
    }
    claim_drains(CPH_C8, -128.0, 33);
    claim_drains(CPH_C16, -32768.0, 3);
    claim_average(seed);
    claim_weights();
    claim_known();
}
