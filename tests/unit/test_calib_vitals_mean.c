/* SPDX-License-Identifier: MIT */
/* Standard errors of offsets and of what depends on how samples hang together, against the scatter
 * over seeds and closed forms. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cophase/health.h"
#include "cophase/random.h"
#include "tests/unit/seeds.h"

enum { TIMES = 4096, BATCH = 128, HALF = BATCH / 2, POINTS = 128, APART = 777, RUNS_MOST = 8 };
enum { ALL = TIMES + RUNS_MOST * APART };
static const double pi = 3.14159265358979323846;

/* Noise x_t = memory x_(t-1) + white of variance 1, beside a line of this power, in `runs`
 * stretches. */
typedef struct signal {
    const char *name;
    double memory, line, offset;
    bool real_sampling;
    size_t runs;
} signal;

static double noise_power(const signal *s)
{
    return 1.0 / (1.0 - s->memory * s->memory);
}

/* Frequency and phase of the line are of the seed; from 0.04 to 0.46 of the rate, of either sign.
 */
static void make(const signal *s, uint64_t seed, cph_c32 *x)
{
    cph_random random;
    cph_random_seed(&random, seed, 0);
    const double side = cph_random_uniform(&random) < 0.5 ? -1.0 : 1.0;
    const double turn = 2.0 * pi * side * (0.04 + 0.42 * cph_random_uniform(&random));
    const double phase = 2.0 * pi * cph_random_uniform(&random), last = sqrt(noise_power(s));
    cph_c64 state = cph_random_normal(&random);
    state = (cph_c64){last * state.re, last * state.im};
    for (size_t t = 0; t < ALL; t++) {
        const double a = phase + turn * (double)t, line = sqrt(s->line);
        const cph_c64 fresh = cph_random_normal(&random);
        x[t] = (cph_c32){(float)(s->offset + state.re + line * cos(a)),
                         s->real_sampling ? 0.0F : (float)(state.im + line * sin(a))};
        state = (cph_c64){s->memory * state.re + fresh.re, s->memory * state.im + fresh.im};
    }
}

static cph_vitals vitals_of(const signal *s, const cph_c32 *x)
{
    const cph_health_config config = {.type = CPH_C32,
                                      .real_sampling = s->real_sampling,
                                      .elements = 1,
                                      .channels = 1,
                                      .group = 1,
                                      .points = CPH_HAVE_FFTW ? POINTS : 0,
                                      .batch = BATCH};
    const size_t length = TIMES / s->runs;
    cph_health_meter *meter = NULL;
    cph_vitals v = {.count = 0};
    CU_ASSERT_EQUAL_FATAL(cph_health_meter_create(&config, &meter), CPH_OK);
    for (size_t run = 0; run < s->runs; run++) {
        const size_t start = run * (length + APART);
        CU_ASSERT_EQUAL(cph_health_meter_add(meter, 0, start, length, x + start, 1), CPH_OK);
    }
    CU_ASSERT_EQUAL(cph_health_meter_fold(meter, 0), CPH_OK);
    CU_ASSERT_EQUAL(cph_health_vitals(meter, 0, &v), CPH_OK);
    cph_health_meter_destroy(meter);
    return v;
}

/* ---- what is expected ---- */

/* Parts whose variances add up to the power: two of complex samples, each of half of it. */
static double parts_of(const signal *s)
{
    return s->real_sampling ? 1.0 : 2.0;
}

/* cph_random_normal has E|x|^2 = 1: of real samples half of that is looked at. */
static double part_power(const signal *s)
{
    return 0.5 * noise_power(s);
}

/* Variance of a part of the mean: of noise in closed form, of a line over all phases; a part of
 * a complex line has half of its power, a real one has half of it anyway. The mean of
 * 1 / sin^2(pi f) over the frequencies is that of the cotangent's ends. */
static double scatter_of(const signal *s)
{
    double sum = TIMES;
    for (size_t k = 1; k < TIMES; k++)
        sum += 2.0 * (double)(TIMES - k) * pow(s->memory, (double)k);
    const double sine = (1.0 / tan(0.04 * pi) - 1.0 / tan(0.46 * pi)) / (0.42 * pi);
    const double line = 0.5 * s->line * (double)s->runs * sine / 2.0;
    return (part_power(s) * sum + line) / ((double)TIMES * TIMES);
}

/* What the window sees of the density at 0 Hz: its autocorrelation over that of the noise, and
 * 2 / 15 of half a batch over a stretch from running sums, which is more of noise with memory and
 * less of the other. */
static double seen_of(const signal *s)
{
    double w[BATCH], above = 0.0, below = 0.0;
    for (size_t i = 0; i < BATCH; i++)
        w[i] = pow(sin(pi * ((double)i + 0.5) / BATCH), 2);
    for (size_t i = 0; i < BATCH; i++) {
        below += w[i] * w[i];
        for (size_t k = 0; k < BATCH; k++)
            above += w[i] * w[k] * pow(s->memory, fabs((double)i - (double)k));
    }
    const double density = (1.0 + s->memory) / (1.0 - s->memory);
    return above / below / density + 2.0 / 15.0 * (double)(HALF * s->runs) / TIMES;
}

static const signal signals[] = {
    {"white", 0.0, 0.0, 0.3, false, 1},
    {"white, real", 0.0, 0.0, -20.0, true, 1},
    {"white, in stretches", 0.0, 0.0, 300.0, false, 8},
    {"memory 0.9", 0.9, 0.0, 0.3, false, 1},
    {"memory 0.9, real", 0.9, 0.0, 7.0, true, 1},
    {"memory -0.9", -0.9, 0.0, 0.3, false, 1},
    {"memory -0.9, real", -0.9, 0.0, 0.3, true, 1},
    {"beside a line", 0.0, 300.0, 0.3, false, 1},
    {"beside a line, real", 0.0, 300.0, 0.3, true, 1},
    {"beside a strong line", 0.0, 1e5, 0.3, false, 1},
    {"beside a strong line, in stretches", 0.0, 1e5, 0.3, false, 8},
    {"beside a strong line, memory -0.9, real", -0.9, 1e5, 0.3, true, 1},
};

typedef struct errors {
    double found, said, worth; /* squares of the offset's: as they were, said, by `effective` */
    double gain, phase;        /* squares over those of their standard errors */
    double kurtosis;           /* variance over the mean square of the standard error */
} errors;

static errors errors_of(const signal *s, size_t seeds)
{
    static cph_c32 x[ALL];
    const double n = (double)seeds;
    double mean = 0.0, square = 0.0, sigma = 0.0; /* of kurtosis */
    errors e = {0.0, 0.0, 0.0, 0.0, 0.0, 0.0};
    for (size_t seed = 0; seed < seeds; seed++) {
        make(s, seed, x);
        const cph_vitals v = vitals_of(s, x);
        e.found += pow(v.offset.re - s->offset, 2) / n / parts_of(s);
        e.found += s->real_sampling ? 0.0 : pow(v.offset.im, 2) / n / parts_of(s);
        e.said += pow(v.offset_sigma, 2) / n;
        e.worth += (part_power(s) + 0.5 * s->line) / v.effective / n;
        e.gain += pow(log(v.iq_gain) / v.iq_gain_sigma, 2) / n;
        e.phase += pow(v.iq_phase_rad / v.iq_phase_sigma_rad, 2) / n;
        mean += v.kurtosis[0] / n;
        square += pow(v.kurtosis[0], 2) / n;
        sigma += pow(v.kurtosis_sigma, 2) / n;
    }
    e.kurtosis = (square - mean * mean) / sigma;
    return e;
}

/* Over seeds, squares of Gaussian errors of one or two parts, over their mean, have a variance of
 * 2 / parts. A line's power over sin^2(pi f) has, over the frequencies above, at most (mean
 * 1 / sin^4) / (mean 1 / sin^2)^2 - 1 = 2.8 of it, with its phase 9 / 4 3.8 - 1 = 7.5. What is said
 * rests on some 60 batches a part. Powers that `effective` is over scatter by
 * sqrt(19 / 4096 / parts) at most. */
static void check_offset(const signal *s, const errors *e, double seeds)
{
    const double parts = parts_of(s), wanted = scatter_of(s), seen = seen_of(s);
    const bool line = s->line > 0.0;
    const double wide = 5.0 * sqrt((line ? 7.5 : 2.0 / parts) / seeds);
    const double sure = 5.0 * sqrt((2.0 / (60.0 * parts) + (line ? 2.8 : 0.0)) / seeds);
    printf("    %s: found %.3f said %.3f seen %.3f", s->name, e->found / wanted, e->said / wanted,
           seen);
    CU_ASSERT_DOUBLE_EQUAL(e->found / wanted, 1.0, wide);
    CU_ASSERT(e->said / wanted < fmax(seen, 1.0) + sure);
    CU_ASSERT(e->said / wanted > fmin(seen, 1.0) - sure);
    CU_ASSERT_DOUBLE_EQUAL(e->worth / e->said, 1.0, 0.05);
}

/* Of noise the variance is 1 within 5 sqrt(2 / seeds), that of kurtosis, whose own excess is 540
 * over the samples that it is of, T (1 - 0.9^4) / (1 + 0.9^4) at least, and 10 % for what Hann's
 * window blurs and what is of second order; of lines it is less. */
static void check_others(const signal *s, const errors *e, double seeds)
{
    const double wide = 5.0 * sqrt(2.0 / seeds) + 0.1;
    const double tails = 5.0 * sqrt((2.0 + 540.0 / (TIMES * 0.2)) / seeds) + 0.1;
    const bool line = s->line > 0.0;
    printf(", gain %.3f phase %.3f kurtosis %.3f\n", e->gain, e->phase, e->kurtosis);
    CU_ASSERT(e->kurtosis < 1.0 + tails && (line || e->kurtosis > 1.0 - tails));
    if (s->real_sampling)
        return;
    CU_ASSERT(e->gain < 1.0 + wide && e->phase < 1.0 + wide);
    CU_ASSERT(line || (e->gain > 1.0 - wide && e->phase > 1.0 - wide));
}

/* Without FFTW only offsets know how samples hang together. */
static void errors_scatter_as_is_said(void)
{
    const size_t seeds = test_seeds(300);
    printf("seeds 0 to %zu\n", seeds - 1);
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
        const signal *s = &signals[i];
        const errors e = errors_of(s, seeds);
        check_offset(s, &e, (double)seeds);
        if (CPH_HAVE_FFTW || s->memory == 0.0)
            check_others(s, &e, (double)seeds);
    }
}

CU_TestInfo cph_tests_calib_vitals_mean[] = {
    {"errors scatter as is said", errors_scatter_as_is_said},
    CU_TEST_INFO_NULL,
};
