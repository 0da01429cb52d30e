/* SPDX-License-Identifier: MIT */
/* What samples show of an element: level, offset, imbalance, kurtosis, against sums in two passes
 * and closed forms. */
#include <CUnit/CUnit.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cophase/health.h"
#include "cophase/random.h"
#include "tests/unit/seeds.h"

enum { N = 19, LD = 23, T = 3000 };
static const double pi = 3.14159265358979323846;

static cph_health_meter *meter_of(cph_type type, size_t elements, size_t channels, size_t group)
{
    const cph_health_config config = {.type = type,
                                      .elements = elements,
                                      .channels = channels,
                                      .group = group,
                                      .points = channels > 1 ? 4096 : 0};
    cph_health_meter *meter = NULL;
    CU_ASSERT_EQUAL_FATAL(cph_health_meter_create(&config, &meter), CPH_OK);
    return meter;
}

static cph_vitals vitals_of(cph_health_meter *meter, size_t element)
{
    cph_vitals v;
    CU_ASSERT_EQUAL_FATAL(cph_health_vitals(meter, element, &v), CPH_OK);
    return v;
}

/* ---- against two passes ---- */

/* E (x - mean x)^j (y - mean y)^k of column n. */
static long double moment(const cph_c16 *x, size_t times, size_t n, const long double mean[2],
                          int j, int k)
{
    long double sum = 0.0L;
    for (size_t t = 0; t < times; t++)
        sum += powl(x[t * LD + n].re - mean[0], j) * powl(x[t * LD + n].im - mean[1], k);
    return sum / (long double)times;
}

static double unbiased(long double plain, size_t times)
{
    const long double n = (long double)times;
    return (double)((n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * plain + 6));
}

static void near_to(double value, double wanted, double error)
{
    if (!(fabs(value - wanted) <= error * fabs(wanted)))
        printf("%.17g, not %.17g ", value, wanted);
    CU_ASSERT(fabs(value - wanted) <= error * fabs(wanted));
}

static void compare(const cph_vitals *v, const cph_c16 *x, size_t times, size_t n)
{
    const double sure = 1e-11;
    const long double zero[2] = {0, 0};
    const long double mean[2] = {moment(x, times, n, zero, 1, 0), moment(x, times, n, zero, 0, 1)};
    const long double a = moment(x, times, n, mean, 2, 0), b = moment(x, times, n, mean, 0, 2);
    const long double r = moment(x, times, n, mean, 1, 1) / sqrtl(a * b);
    const long double e40 = moment(x, times, n, mean, 4, 0) / (a * a),
                      e04 = moment(x, times, n, mean, 0, 4) / (b * b),
                      e22 = moment(x, times, n, mean, 2, 2) / (a * b),
                      odd = (moment(x, times, n, mean, 3, 1) / a +
                             moment(x, times, n, mean, 1, 3) / b) /
                            sqrtl(a * b);
    const long double k = (long double)times;
    CU_ASSERT_EQUAL(v->count, times);
    near_to(v->effective, (double)times, sure);
    near_to(v->power, (double)(moment(x, times, n, zero, 2, 0) + moment(x, times, n, zero, 0, 2)),
            sure);
    near_to(v->offset.re, (double)mean[0], sure);
    near_to(v->offset.im, (double)mean[1], sure);
    near_to(v->offset_sigma, (double)sqrtl((a + b) / (2 * k)), sure);
    near_to(v->iq_gain, (double)sqrtl(b / a), sure);
    near_to(v->iq_phase_rad, (double)asinl(r), 1e-9);
    near_to(v->iq_gain_sigma, (double)sqrtl((e40 + e04 - 2 * e22) / (4 * k)), sure);
    near_to(v->iq_phase_sigma_rad,
            (double)sqrtl((e22 - r * odd + r * r / 4 * (e40 + 2 * e22 + e04)) / (k * (1 - r * r))),
            sure);
    near_to(v->kurtosis[0], unbiased(e40 - 3, times), 1e-9);
    near_to(v->kurtosis[1], unbiased(e04 - 3, times), 1e-9);
    near_to(v->kurtosis_sigma, sqrt(24.0 / (double)times), sure);
}

/* Skewed, correlated, with an offset that differs from element to element; nothing is symmetric. */
static void fill(cph_c16 *x, uint64_t seed)
{
    cph_random random;
    cph_random_seed(&random, seed, 0);
    printf("seed %u ", (unsigned)seed);
    for (size_t t = 0; t < T; t++)
        for (size_t n = 0; n < LD; n++) {
            const cph_c64 g = cph_random_normal(&random);
            const double s = 100.0 + 40.0 * (double)n;
            x[t * LD + n].re = (int16_t)lround(s * (g.re + 0.3 * g.re * g.re) + 5.0 * (double)n);
            x[t * LD + n].im = (int16_t)lround(s * (1.2 * g.im - 0.2 * g.re * g.im) - 9.0 * s / 40);
            x[t * LD + n].im = (int16_t)(x[t * LD + n].im + x[t * LD + n].re / 8);
        }
}

static void moments_are_those_of_two_passes(void)
{
    static cph_c16 x[T * LD];
    cph_health_meter *meter = meter_of(CPH_C16, N, 1, 1);
    fill(x, 31);
    CU_ASSERT_EQUAL(cph_health_meter_add(meter, 0, 0, T, x, LD), CPH_OK);
    CU_ASSERT_EQUAL(cph_health_meter_fold(meter, 0), CPH_OK);
    for (size_t n = 0; n < N; n++) {
        const cph_vitals v = vitals_of(meter, n);
        double peak = 0.0;
        for (size_t t = 0; t < T; t++)
            peak = fmax(peak, fmax(abs(x[t * LD + n].re), abs(x[t * LD + n].im)));
        compare(&v, x, T, n);
        CU_ASSERT_EQUAL(v.peak, peak);
    }
    cph_health_meter_destroy(meter);
}

static void blocks_change_no_bit(void)
{
    static cph_c16 x[T * LD];
    cph_health_meter *whole = meter_of(CPH_C16, N, 1, 1), *parts = meter_of(CPH_C16, N, 1, 1);
    fill(x, 32);
    CU_ASSERT_EQUAL(cph_health_meter_add(whole, 0, 0, T, x, LD), CPH_OK);
    for (size_t t = 0, some = 1; t < T; t += some, some = some * 7 % 129 + 1) {
        some = some < T - t ? some : T - t;
        CU_ASSERT_EQUAL(cph_health_meter_add(parts, 0, t, some, x + t * LD, LD), CPH_OK);
    }
    CU_ASSERT_EQUAL(cph_health_meter_fold(whole, 0), CPH_OK);
    CU_ASSERT_EQUAL(cph_health_meter_fold(parts, 0), CPH_OK);
    for (size_t n = 0; n < N; n++) {
        const cph_vitals a = vitals_of(whole, n), b = vitals_of(parts, n);
        CU_ASSERT_EQUAL(memcmp(&a, &b, sizeof a), 0);
    }
    cph_health_meter_destroy(whole);
    cph_health_meter_destroy(parts);
}

/* ---- closed forms ---- */

static cph_vitals of_one(const cph_c32 *x, size_t times)
{
    cph_health_meter *meter = meter_of(CPH_C32, 1, 1, 1);
    CU_ASSERT_EQUAL(cph_health_meter_add(meter, 0, 0, times, x, 1), CPH_OK);
    CU_ASSERT_EQUAL(cph_health_meter_fold(meter, 0), CPH_OK);
    const cph_vitals v = vitals_of(meter, 0);
    cph_health_meter_destroy(meter);
    return v;
}

/* I = cos(a), Q = g sin(a + phi) over whole turns, far from 0: moments of sines are known. */
static void imbalance_of_a_tone(void)
{
    enum { TIMES = 1024 };
    static const double gain = 1.25, phase = 0.11;
    static cph_c32 x[TIMES];
    for (size_t t = 0; t < TIMES; t++) {
        const double a = 2.0 * pi * 5.0 * (double)t / TIMES;
        x[t] = (cph_c32){(float)(3.0 + cos(a)), (float)(-7.0 + gain * sin(a + phase))};
    }
    const cph_vitals v = of_one(x, TIMES);
    CU_ASSERT_DOUBLE_EQUAL(v.offset.re, 3.0, 1e-6);
    CU_ASSERT_DOUBLE_EQUAL(v.offset.im, -7.0, 1e-6);
    CU_ASSERT_DOUBLE_EQUAL(v.iq_gain, gain, 1e-6);
    CU_ASSERT_DOUBLE_EQUAL(v.iq_phase_rad, phase, 1e-6);
    /* E u^4 = E v^4 = 3/2; E u^2 v^2 = 1 + cos(2 phi') / 2 where v is phi' ahead of u: pi/2 - phi
     */
    const double cross = 1.0 + 0.5 * cos(pi - 2.0 * phase);
    CU_ASSERT_DOUBLE_EQUAL(v.iq_gain_sigma, sqrt((3.0 - 2.0 * cross) / (4.0 * TIMES)), 1e-7);
    /* y = a x + b conj(x), x = exp(j a): |b| / |a| */
    const double image = hypot(1.0 - gain * cos(phase), gain * sin(phase)) /
                         hypot(1.0 + gain * cos(phase), gain * sin(phase));
    CU_ASSERT_DOUBLE_EQUAL(v.image, image, 1e-6);
    CU_ASSERT_DOUBLE_EQUAL(v.kurtosis[0], unbiased(-1.5L, TIMES), 1e-5);
    CU_ASSERT_DOUBLE_EQUAL(v.kurtosis[1], unbiased(-1.5L, TIMES), 1e-5);
    CU_ASSERT_DOUBLE_EQUAL(v.power, 9.0 + 0.5 + 49.0 + 0.5 * gain * gain, 1e-5);
}

static void two_levels_have_the_least_kurtosis(void)
{
    enum { TIMES = 512 };
    static cph_c32 x[TIMES];
    for (size_t t = 0; t < TIMES; t++)
        x[t] = (cph_c32){t % 2 == 0 ? 1.0F : -1.0F, t % 4 < 2 ? 0.5F : -0.5F};
    cph_vitals v = of_one(x, TIMES);
    CU_ASSERT_DOUBLE_EQUAL(v.kurtosis[0], unbiased(-2.0L, TIMES), 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(v.kurtosis[1], unbiased(-2.0L, TIMES), 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(v.iq_gain, 0.5, 1e-12);
    CU_ASSERT_EQUAL(v.iq_phase_rad, 0.0);
    for (size_t t = 0; t < TIMES; t++)
        x[t].im = 2.0F; /* Q is stuck */
    v = of_one(x, TIMES);
    CU_ASSERT(isnan(v.iq_gain) && isnan(v.kurtosis[1]) && v.image == 1.0);
    v = of_one(x, 1);
    CU_ASSERT(v.count == 1 && v.power == 5.0 && isnan(v.kurtosis[0]) && isnan(v.image));
    v = of_one(x, 0);
    CU_ASSERT(v.count == 0 && isnan(v.power) && isnan(v.offset.re));
}

/* Far from 0 the spread survives: samples are told apart about the first one. */
static void a_large_offset_costs_nothing(void)
{
    enum { TIMES = 4000 };
    static cph_c32 x[TIMES];
    for (size_t t = 0; t < TIMES; t++)
        x[t] = (cph_c32){(float)(1e6 + (double)(t % 5)), (float)(-2e6 + 0.5 * (double)(t % 3))};
    const cph_vitals v = of_one(x, TIMES - TIMES % 15);
    CU_ASSERT_DOUBLE_EQUAL(v.iq_gain, sqrt(0.25 * (2.0 / 3.0) / 2.0), 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(v.kurtosis[0], unbiased(6.8L / 4.0L - 3.0L, TIMES - TIMES % 15), 1e-9);
}

static void counts_are_exact(void)
{
    static const cph_c8 bytes[] = {{127, 0}, {-128, 1}, {3, -127}, {126, -126}, {0, 0}};
    static const cph_c16 words[] = {{127, 0}, {32767, 1}, {3, -32768}, {1, -32767}, {0, 0}};
    const cph_c32 floats[] = {{1.0F, 2.0F}, {NAN, 0.0F}, {3.0F, -INFINITY}, {5.0F, -6.0F}};
    cph_health_meter *m8 = meter_of(CPH_C8, 1, 1, 1), *m16 = meter_of(CPH_C16, 1, 1, 1);
    CU_ASSERT_EQUAL(cph_health_meter_add(m8, 0, 0, 5, bytes, 1), CPH_OK);
    CU_ASSERT_EQUAL(cph_health_meter_add(m16, 0, 0, 5, words, 1), CPH_OK);
    CU_ASSERT_EQUAL(cph_health_meter_fold(m8, 0), CPH_OK);
    CU_ASSERT_EQUAL(cph_health_meter_fold(m16, 0), CPH_OK);
    CU_ASSERT(vitals_of(m8, 0).full_scale == 3 && vitals_of(m8, 0).peak == 128.0);
    CU_ASSERT(vitals_of(m16, 0).full_scale == 3 && vitals_of(m16, 0).peak == 32768.0);
    cph_health_meter_destroy(m8);
    cph_health_meter_destroy(m16);
    const cph_vitals v = of_one(floats, 4);
    CU_ASSERT(v.count == 4 && v.not_finite == 2 && v.full_scale == 0 && v.peak == 6.0);
    CU_ASSERT(v.offset.re == 3.0 && v.offset.im == -2.0 && v.power == 33.0);
}

/* ---- channels ---- */

/* Two channels of unlike powers and offsets: neither makes the other's kurtosis. */
static void channels_are_judged_by_themselves(void)
{
    enum { TIMES = 512, CHANNELS = 3 };
    static cph_c16 x[CHANNELS][TIMES][2];
    cph_health_meter *meter = meter_of(CPH_C16, 2, CHANNELS, CHANNELS),
                     *apart = meter_of(CPH_C16, 2, CHANNELS, 2);
    for (size_t c = 0; c < CHANNELS; c++)
        for (size_t t = 0; t < TIMES; t++)
            for (size_t n = 0; n < 2; n++) {
                const int level = (int)(10 * (c + 1) * (n + 1)), sign = t % 2 == 0 ? 1 : -1;
                x[c][t][n] = (cph_c16){(int16_t)(level * sign + 7 * (int)c),
                                       (int16_t)(t % 4 < 2 ? level : -level)};
            }
    for (size_t c = 0; c < CHANNELS; c++) {
        CU_ASSERT_EQUAL(cph_health_meter_add(meter, c, 0, TIMES, x[c], 2), CPH_OK);
        CU_ASSERT_EQUAL(cph_health_meter_add(apart, c % 2, 0, TIMES, x[c], 2), CPH_OK);
        if (c > 0)
            CU_ASSERT_EQUAL(cph_health_meter_fold(apart, c / 2 * 2), CPH_OK);
    }
    CU_ASSERT_EQUAL(cph_health_meter_fold(meter, 0), CPH_OK);
    CU_ASSERT_EQUAL(cph_health_columns(meter), CHANNELS);
    for (size_t n = 0; n < 2; n++) {
        const cph_vitals v = vitals_of(meter, n), w = vitals_of(apart, n);
        const double unit = 100.0 * (double)((n + 1) * (n + 1));
        double band[CHANNELS], same[CHANNELS];
        CU_ASSERT_EQUAL(memcmp(&v, &w, sizeof v), 0);
        CU_ASSERT_EQUAL(v.count, (size_t)CHANNELS * TIMES);
        CU_ASSERT_DOUBLE_EQUAL(v.kurtosis[0], unbiased(-2.0L, TIMES), 1e-9);
        CU_ASSERT_DOUBLE_EQUAL(v.offset.re, 7.0, 1e-12);
        CU_ASSERT_DOUBLE_EQUAL(v.power, 2.0 * unit * 14.0 / 3.0 + 49.0 * 5.0 / 3.0, 1e-9);
        CU_ASSERT_DOUBLE_EQUAL(v.iq_gain, 1.0, 1e-12);
        /* for the mean every sample counts; the rest has powers 1, 4, 9 a part */
        CU_ASSERT_DOUBLE_EQUAL(v.effective, 3.0 * TIMES, 1e-6);
        CU_ASSERT_DOUBLE_EQUAL(v.offset_sigma, sqrt(unit * 14.0 / 3.0 / v.effective), 1e-9);
        CU_ASSERT_EQUAL(cph_health_spectrum(meter, n, band), CPH_OK);
        CU_ASSERT_EQUAL(cph_health_spectrum(apart, n, same), CPH_OK);
        for (size_t c = 0; c < CHANNELS; c++) {
            CU_ASSERT_DOUBLE_EQUAL(
                band[c], 2.0 * unit * (double)((c + 1) * (c + 1)) + 49.0 * (double)(c * c), 1e-9);
            CU_ASSERT_EQUAL(band[c], same[c]);
        }
    }
    cph_health_meter_destroy(meter);
    cph_health_meter_destroy(apart);
}

/* ---- statistics ---- */

/* Errors over their standard errors have a variance of 1, within 5 sqrt(2 / seeds) and the 1 % that
 * is left of second order. */
static void standard_errors_are_true(void)
{
    enum { TIMES = 400 };
    static const double gain = 1.3, phase = -0.25;
    static cph_c32 x[TIMES];
    const size_t seeds = test_seeds(1000);
    double g = 0.0, p = 0.0, k = 0.0, o = 0.0, mean = 0.0;
    printf("seeds 0 to %zu ", seeds - 1);
    for (size_t s = 0; s < seeds; s++) {
        cph_random random;
        cph_random_seed(&random, s, 0);
        for (size_t t = 0; t < TIMES; t++) {
            const cph_c64 a = cph_random_normal(&random);
            x[t] = (cph_c32){(float)a.re,
                             (float)(gain * (a.im * cos(phase) + a.re * sin(phase)) + 0.5)};
        }
        const cph_vitals v = of_one(x, TIMES);
        const double share = 1.0 / (double)seeds;
        g += share * pow(log(v.iq_gain / gain) / v.iq_gain_sigma, 2);
        p += share * pow((v.iq_phase_rad - phase) / v.iq_phase_sigma_rad, 2);
        k += share * pow(v.kurtosis[0] / v.kurtosis_sigma, 2);
        mean += share * v.kurtosis[0];
        o += share *
             (pow(v.offset.re / v.offset_sigma, 2) + pow((v.offset.im - 0.5) / v.offset_sigma, 2)) /
             2.0;
    }
    const double wide = 5.0 * sqrt(2.0 / (double)seeds) + 0.01;
    printf("gain %.3f phase %.3f kurtosis %.3f offset %.3f ", g, p, k, o);
    CU_ASSERT_DOUBLE_EQUAL(g, 1.0, wide);
    CU_ASSERT_DOUBLE_EQUAL(p, 1.0, wide);
    CU_ASSERT_DOUBLE_EQUAL(o, 1.0, wide);
    /* kurtosis of 400 has long tails: its own excess is about 540/400 (Fisher, 1930) */
    CU_ASSERT_DOUBLE_EQUAL(k, 1.0, 5.0 * sqrt((2.0 + 540.0 / TIMES) / (double)seeds) + 0.05);
    CU_ASSERT_DOUBLE_EQUAL(mean, 0.0, 5.0 * sqrt(24.0 / TIMES / (double)seeds));
}

/* ---- one part, and no part ---- */

/* Of real samples what I and Q would tell is unknown, and points at nothing. */
static void real_samples_have_one_part(void)
{
    enum { TIMES = 64 };
    static cph_c8 x[TIMES];
    const cph_health_config config = {
        .type = CPH_C8, .real_sampling = true, .elements = 1, .channels = 1, .group = 1};
    const cph_suspect_limits limits = cph_suspect_defaults();
    cph_health_meter *meter = NULL;
    for (size_t t = 0; t < TIMES; t++)
        x[t].re = (int8_t)(t % 4 == 0 ? 30 : -10);
    CU_ASSERT_EQUAL_FATAL(cph_health_meter_create(&config, &meter), CPH_OK);
    CU_ASSERT_EQUAL(cph_health_meter_add(meter, 0, 0, TIMES, x, 1), CPH_OK);
    CU_ASSERT_EQUAL(cph_health_meter_fold(meter, 0), CPH_OK);
    const cph_vitals v = vitals_of(meter, 0);
    CU_ASSERT(v.offset.re == 0.0 && isnan(v.offset.im) && v.power == 300.0);
    CU_ASSERT_DOUBLE_EQUAL(v.offset_sigma, sqrt(300.0 / TIMES), 1e-12);
    CU_ASSERT(isnan(v.iq_gain) && isnan(v.iq_phase_rad) && isnan(v.image) && isnan(v.kurtosis[1]));
    CU_ASSERT_EQUAL(cph_health_suspect(&v, CPH_C8, &limits), 0);
    cph_health_meter_destroy(meter);
}

static void wrong_calls(void)
{
    cph_health_config config = {.type = CPH_C8, .elements = 2, .channels = 1, .group = 1};
    cph_health_meter *meter = NULL;
    const cph_c8 x[2] = {{0, 0}};
    double power[1];
    cph_vitals v;
    CU_ASSERT_EQUAL_FATAL(cph_health_meter_create(&config, &meter), CPH_OK);
    CU_ASSERT(cph_health_meter_size(&config) > 0);
    CU_ASSERT_EQUAL(cph_health_meter_add(meter, 1, 0, 1, x, 2), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_health_meter_add(meter, 0, 0, 1, x, 1), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_health_meter_add(meter, 0, 0, 1, NULL, 2), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_health_meter_add(meter, 0, 0, SIZE_MAX / 2, x, 2), CPH_ERR_OVERFLOW);
    CU_ASSERT_EQUAL(cph_health_meter_fold(meter, 1), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_health_vitals(meter, 2, &v), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_health_spectrum(meter, 0, power), CPH_ERR_ARGUMENT);
    cph_health_meter_destroy(meter);
    cph_health_meter_destroy(NULL);
    config.group = 2;
    CU_ASSERT_EQUAL(cph_health_meter_create(&config, &meter), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_health_meter_size(&config), 0);
    config.group = 1;
    config.points = 100;
    CU_ASSERT_EQUAL(cph_health_meter_create(&config, &meter), CPH_ERR_ARGUMENT);
    config.points = 0;
    config.elements = SIZE_MAX / 4;
    CU_ASSERT_EQUAL(cph_health_meter_create(&config, &meter), CPH_ERR_OVERFLOW);
}

CU_TestInfo cph_tests_calib_vitals[] = {
    {"moments are those of two passes", moments_are_those_of_two_passes},
    {"blocks change no bit", blocks_change_no_bit},
    {"imbalance of a tone", imbalance_of_a_tone},
    {"two levels have the least kurtosis", two_levels_have_the_least_kurtosis},
    {"a large offset costs nothing", a_large_offset_costs_nothing},
    {"counts are exact", counts_are_exact},
    {"channels are judged by themselves", channels_are_judged_by_themselves},
    {"standard errors are true", standard_errors_are_true},
    {"real samples have one part", real_samples_have_one_part},
    {"wrong calls", wrong_calls},
    CU_TEST_INFO_NULL,
};
