/* SPDX-License-Identifier: MIT */
/* Spectra of elements, and how many independent samples they stand for. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cophase/health.h"
#include "cophase/random.h"
#include "tests/unit/seeds.h"

enum { POINTS = 32, BATCH = 128 };
static cph_status make(size_t elements, bool real_sampling, cph_health_meter **meter)
{
    const cph_health_config config = {.type = CPH_C32,
                                      .real_sampling = real_sampling,
                                      .elements = elements,
                                      .channels = 1,
                                      .group = 1,
                                      .points = POINTS,
                                      .batch = BATCH};
    return cph_health_meter_create(&config, meter);
}

#if CPH_HAVE_FFTW
static const double pi = 3.14159265358979323846;

static cph_health_meter *meter_of(size_t elements, bool real_sampling)
{
    cph_health_meter *meter = NULL;
    CU_ASSERT_EQUAL_FATAL(make(elements, real_sampling, &meter), CPH_OK);
    return meter;
}

/* What Hann's window makes of a line of power 1 on a bin, as a share of its power: sin^2 is
 * 1/2 - 1/4 - 1/4, mean square 3/8. */
static const double line = (1.0 / 4.0) / (3.0 / 8.0), side = (1.0 / 16.0) / (3.0 / 8.0);

/* Lines at -5 and 11 bins of two elements, 3 segments; a rest of less than one is no segment. */
static void lines_stand_where_they_are(void)
{
    enum { TIMES = 3 * POINTS + 7 };
    static cph_c32 x[TIMES][2];
    cph_health_meter *meter = meter_of(2, false);
    double power[POINTS];
    for (size_t t = 0; t < TIMES; t++)
        for (size_t n = 0; n < 2; n++) {
            const double a = 2.0 * pi * (n == 0 ? -5.0 : 11.0) * (double)t / POINTS;
            x[t][n] =
                (cph_c32){(float)((double)(n + 1) * cos(a)), (float)((double)(n + 1) * sin(a))};
        }
    CU_ASSERT_EQUAL(cph_health_meter_add(meter, 0, 9, TIMES, x, 2), CPH_OK);
    CU_ASSERT_EQUAL(cph_health_meter_fold(meter, 0), CPH_OK);
    CU_ASSERT_EQUAL(cph_health_columns(meter), POINTS);
    for (size_t n = 0; n < 2; n++) {
        const size_t at = n == 0 ? POINTS / 2 - 5 : POINTS / 2 + 11;
        const double unit = n == 0 ? 1.0 : 4.0;
        CU_ASSERT_EQUAL(cph_health_spectrum(meter, n, power), CPH_OK);
        for (size_t k = 0; k < POINTS; k++) {
            const double wanted = k == at ? line : k + 1 == at || k == at + 1 ? side : 0.0;
            CU_ASSERT_DOUBLE_EQUAL(power[k], unit * wanted, 1e-5 * unit);
        }
        cph_vitals v;
        CU_ASSERT_EQUAL(cph_health_vitals(meter, n, &v), CPH_OK);
        CU_ASSERT_EQUAL(v.segments, 3);
        CU_ASSERT_EQUAL(v.effective, TIMES); /* too few to tell */
    }
    cph_health_meter_destroy(meter);
}

/* 2 + 3 cos: 4 at 0 Hz, 4.5 at bin 6 (each side's in one column). */
static void real_samples_have_half_a_spectrum(void)
{
    enum { TIMES = 2 * POINTS };
    static cph_c32 x[TIMES];
    cph_health_meter *meter = meter_of(1, true);
    double power[POINTS / 2 + 1];
    for (size_t t = 0; t < TIMES; t++)
        x[t].re = (float)(2.0 + 3.0 * cos(2.0 * pi * 6.0 * (double)t / POINTS));
    CU_ASSERT_EQUAL(cph_health_meter_add(meter, 0, 0, TIMES, x, 1), CPH_OK);
    CU_ASSERT_EQUAL(cph_health_meter_fold(meter, 0), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_health_columns(meter), POINTS / 2 + 1);
    CU_ASSERT_EQUAL(cph_health_spectrum(meter, 0, power), CPH_OK);
    for (size_t k = 0; k <= POINTS / 2; k++) {
        const double wanted = k == 0             ? 4.0 * line
                              : k == 1           ? 8.0 * side
                              : k == 6           ? 4.5 * line
                              : k == 5 || k == 7 ? 4.5 * side
                                                 : 0.0;
        CU_ASSERT_DOUBLE_EQUAL(power[k], wanted, 1e-5);
    }
    cph_health_meter_destroy(meter);
}

/* Blocks of any size, and a gap that begins a segment anew, in each of which the second half is
 * louder: a segment across the gap would show. */
static void segments_do_not_cross_gaps(void)
{
    enum { TIMES = 5 * POINTS, BEFORE = 2 * POINTS + 9, AFTER = 2 * POINTS };
    static cph_c32 x[TIMES];
    cph_health_meter *meter = meter_of(1, false);
    cph_vitals v;
    double power[POINTS], sum = 0.0;
    for (size_t t = 0; t < TIMES; t++)
        x[t] = (cph_c32){t < BEFORE ? 1.0F : 3.0F, 0.0F};
    for (size_t t = 0; t < BEFORE; t++)
        CU_ASSERT_EQUAL(cph_health_meter_add(meter, 0, t, 1, x + t, 1), CPH_OK);
    CU_ASSERT_EQUAL(cph_health_meter_add(meter, 0, 1000, AFTER, x + BEFORE, 1), CPH_OK);
    CU_ASSERT_EQUAL(cph_health_meter_fold(meter, 0), CPH_OK);
    CU_ASSERT_EQUAL(cph_health_vitals(meter, 0, &v), CPH_OK);
    CU_ASSERT_EQUAL(v.segments, 4);
    CU_ASSERT_EQUAL(cph_health_spectrum(meter, 0, power), CPH_OK);
    for (size_t k = 0; k < POINTS; k++)
        sum += power[k];
    CU_ASSERT_DOUBLE_EQUAL(sum, (1.0 + 1.0 + 9.0 + 9.0) / 4.0, 1e-5);
    cph_health_meter_destroy(meter);
}

static void blocks_change_no_bit(void)
{
    enum { TIMES = 700, N = 3 };
    static cph_c32 x[TIMES][N];
    cph_random random;
    cph_health_meter *whole = meter_of(N, false), *parts = meter_of(N, false);
    cph_random_seed(&random, 41, 0);
    for (size_t t = 0; t < TIMES; t++)
        for (size_t n = 0; n < N; n++) {
            const cph_c64 a = cph_random_normal(&random);
            x[t][n] = (cph_c32){(float)a.re, (float)a.im};
        }
    x[100][1].im = NAN; /* its segment is left out, of that element */
    CU_ASSERT_EQUAL(cph_health_meter_add(whole, 0, 0, TIMES, x, N), CPH_OK);
    for (size_t t = 0, some; t < TIMES; t += some) {
        some = t * 5 % 77 + 1 < TIMES - t ? t * 5 % 77 + 1 : TIMES - t;
        CU_ASSERT_EQUAL(cph_health_meter_add(parts, 0, t, some, x[t], N), CPH_OK);
    }
    CU_ASSERT_EQUAL(cph_health_meter_fold(whole, 0), CPH_OK);
    CU_ASSERT_EQUAL(cph_health_meter_fold(parts, 0), CPH_OK);
    for (size_t n = 0; n < N; n++) {
        cph_vitals a, b;
        double p[POINTS], q[POINTS];
        CU_ASSERT_EQUAL(cph_health_vitals(whole, n, &a), CPH_OK);
        CU_ASSERT_EQUAL(cph_health_vitals(parts, n, &b), CPH_OK);
        CU_ASSERT_EQUAL(memcmp(&a, &b, sizeof a), 0);
        CU_ASSERT_EQUAL(a.segments, TIMES / POINTS - (n == 1));
        CU_ASSERT_EQUAL(cph_health_spectrum(whole, n, p), CPH_OK);
        CU_ASSERT_EQUAL(cph_health_spectrum(parts, n, q), CPH_OK);
        CU_ASSERT_EQUAL(memcmp(p, q, sizeof p), 0);
    }
    cph_health_meter_destroy(whole);
    cph_health_meter_destroy(parts);
}

/* Mean of what was found over seeds; worth: samples over those that the mean is worth; g, p and k:
 * squares of errors over their standard errors. */
typedef struct found {
    double worth, g, p, k;
} found;

/* Sums of four neighbours in white noise, beside an offset, turned by a quarter from sample to
 * sample where `aside`: their band is then from 1/8 to 3/8 of the rate for the most part. */
static found look(bool aside, size_t seeds)
{
    enum { TIMES = 4096 };
    static cph_c32 x[TIMES];
    found f = {0.0, 0.0, 0.0, 0.0};
    for (size_t s = 0; s < seeds; s++) {
        cph_health_meter *meter = meter_of(1, false);
        cph_random random;
        cph_vitals v;
        cph_c64 last[4] = {{0.0, 0.0}};
        cph_random_seed(&random, s, 0);
        for (size_t i = 0; i < 4; i++)
            last[i] = cph_random_normal(&random);
        for (size_t t = 0; t < TIMES; t++) {
            last[t % 4] = cph_random_normal(&random);
            const double re = last[0].re + last[1].re + last[2].re + last[3].re,
                         im = last[0].im + last[1].im + last[2].im + last[3].im,
                         turned[4][2] = {{re, im}, {-im, re}, {-re, -im}, {im, -re}};
            const size_t turn = aside ? t % 4 : 0;
            x[t] = (cph_c32){(float)(5.0 + turned[turn][0]), (float)turned[turn][1]};
        }
        CU_ASSERT_EQUAL(cph_health_meter_add(meter, 0, 0, TIMES, x, 1), CPH_OK);
        CU_ASSERT_EQUAL(cph_health_meter_fold(meter, 0), CPH_OK);
        CU_ASSERT_EQUAL(cph_health_vitals(meter, 0, &v), CPH_OK);
        f.worth += (double)TIMES / v.effective / (double)seeds;
        f.g += pow(log(v.iq_gain) / v.iq_gain_sigma, 2) / (double)seeds;
        f.k += pow(v.kurtosis[0] / v.kurtosis_sigma, 2) / (double)seeds;
        f.p += pow(v.iq_phase_rad / v.iq_phase_sigma_rad, 2) / (double)seeds;
        cph_health_meter_destroy(meter);
    }
    printf("worth %.3f gain %.3f phase %.3f kurtosis %.3f ", f.worth, f.g, f.p, f.k);
    return f;
}

/* Correlations 3/4, 2/4, 1/4: the mean is worth 1 / (1 + 2 (3 + 2 + 1) / 4) = 1/4 of the samples,
 * within 5 standard errors of some 60 batches each and 1 %; beside 0 Hz there is a zero, and the
 * window and running sums let in little. Errors over their standard errors have a variance of 1:
 * within 5 sqrt(2 / seeds), and 5 % for what Hann's window blurs. Beside 0 Hz images fall where
 * little else is, and errors are smaller than is said. */
static void errors_know_the_band(void)
{
    const size_t seeds = test_seeds(400);
    const double wide = 5.0 * sqrt(2.0 / (double)seeds) + 0.05;
    printf("seeds 0 to %zu ", seeds - 1);
    const found about = look(false, seeds), beside = look(true, seeds);
    CU_ASSERT_DOUBLE_EQUAL(about.worth / 4.0, 1.0, 5.0 / sqrt(60.0 * (double)seeds) + 0.01);
    CU_ASSERT(beside.worth < 0.01);
    CU_ASSERT_DOUBLE_EQUAL(about.g, 1.0, wide);
    CU_ASSERT_DOUBLE_EQUAL(about.p, 1.0, wide);
    CU_ASSERT(beside.g < 1.0 && beside.p < 1.0);
    CU_ASSERT_DOUBLE_EQUAL(about.k, 1.0, wide);
    CU_ASSERT_DOUBLE_EQUAL(beside.k, 1.0, wide);
}

CU_TestInfo cph_tests_calib_vitals_spectrum[] = {
    {"lines stand where they are", lines_stand_where_they_are},
    {"real samples have half a spectrum", real_samples_have_half_a_spectrum},
    {"segments do not cross gaps", segments_do_not_cross_gaps},
    {"blocks change no bit", blocks_change_no_bit},
    {"errors know the band", errors_know_the_band},
    CU_TEST_INFO_NULL,
};
#else
static void without_fftw_there_is_none(void)
{
    cph_health_meter *meter = NULL;
    CU_ASSERT_EQUAL(make(1, false, &meter), CPH_ERR_UNSUPPORTED);
    CU_ASSERT_PTR_NULL(meter);
}

CU_TestInfo cph_tests_calib_vitals_spectrum[] = {
    {"without FFTW there is none", without_fftw_there_is_none},
    CU_TEST_INFO_NULL,
};
#endif
