/* SPDX-License-Identifier: MIT */
/* Simulated captures against the model R = sum_s P_s (g a_s)(g a_s)^H + I, whose sample estimate
 * over K times has entries of variance R_pp R_qq / K (Wishart). */
#include <CUnit/CUnit.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cophase/simulate.h"

enum { N = 6, K = 20000, SEED = 7 };
#define DEG  (M_PI / 180.0)
#define FREQ 11.7e9

static const size_t dead[1] = {3}, weak[1] = {1};

/* A grid of 3 x 2, a source and a jammer off every axis, gain errors. */
typedef struct scene {
    cph_array array;
    cph_sim_source source[2];
    cph_sim_config config;
    cph_c64 gain[N];
} scene;

static void open_scene(scene *s, cph_type type)
{
    *s = (scene){0};
    CU_ASSERT_EQUAL_FATAL(cph_array_ura(3, 2, 0.0128, &s->array), CPH_OK);
    cph_direction_from_azel(20 * DEG, 10 * DEG, s->source[0].direction);
    cph_direction_from_azel(-40 * DEG, 5 * DEG, s->source[1].direction);
    s->source[0].power = 4.0;
    s->source[1].power = 9.0;
    s->config = (cph_sim_config){.array = &s->array,
                                 .freq_hz = FREQ,
                                 .sources = 2,
                                 .source = s->source,
                                 .samples = K,
                                 .type = type,
                                 .gain_error_db = 1.0,
                                 .gain_error_rad = 20 * DEG,
                                 .seed = SEED};
    printf("seed %d ", SEED);
}

static cph_c64 product(cph_c64 a, cph_c64 b)
{
    return (cph_c64){a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};
}

static cph_c64 conjugate(cph_c64 a)
{
    return (cph_c64){a.re, -a.im};
}

/* g_n a_n of a source, from the definition; 0 for dead elements. */
static cph_c64 response(const scene *s, size_t source, size_t n)
{
    const double *u = s->source[source].direction, *r = s->array.element[n].position;
    double phase = 2 * M_PI * FREQ / CPH_SPEED_OF_LIGHT * (u[0] * r[0] + u[1] * r[1]);
    if (isnan(s->gain[n].re))
        return (cph_c64){0.0, 0.0};
    return product(s->gain[n], (cph_c64){cos(phase), sin(phase)});
}

/* noise[n] is the noise power of each element. */
static cph_c64 model(const scene *s, const double *noise, size_t p, size_t q)
{
    cph_c64 r = {p == q ? noise[p] : 0.0, 0.0};
    for (size_t i = 0; i < 2; i++) {
        cph_c64 m = product(response(s, i, p), conjugate(response(s, i, q)));
        r.re += s->source[i].power * m.re;
        r.im += s->source[i].power * m.im;
    }
    return r;
}

static cph_c64 sample_at(const scene *s, const void *samples, size_t i)
{
    const cph_c8 *c8 = samples;
    const cph_c32 *c32 = samples;
    double scale = cph_simulate_scale(&s->config);
    return s->config.type == CPH_C8 ? (cph_c64){scale * c8[i].re, scale * c8[i].im}
                                    : (cph_c64){(double)c32[i].re, (double)c32[i].im};
}

static cph_c64 estimate(const scene *s, const void *samples, size_t p, size_t q)
{
    cph_c64 sum = {0};
    for (size_t t = 0; t < K; t++) {
        cph_c64 x =
            product(sample_at(s, samples, t * N + p), conjugate(sample_at(s, samples, t * N + q)));
        sum.re += x.re / K;
        sum.im += x.im / K;
    }
    return sum;
}

/* Every entry within 5 of its standard deviations. */
static void covariance_is_the_model(scene *s, const double *noise)
{
    static cph_c32 samples[K * N]; /* room for the largest type */
    CU_ASSERT_EQUAL_FATAL(cph_simulate_gains(&s->config, s->gain), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_simulate_block(&s->config, NULL, 0, K, samples), CPH_OK);
    for (size_t p = 0; p < N; p++)
        for (size_t q = 0; q < N; q++) {
            cph_c64 r = model(s, noise, p, q), e = estimate(s, samples, p, q);
            double sigma = sqrt(model(s, noise, p, p).re * model(s, noise, q, q).re / K);
            CU_ASSERT(hypot(e.re - r.re, e.im - r.im) <= 5 * sigma);
        }
}

static void float_samples_have_the_covariance_of_the_model(void)
{
    scene s;
    open_scene(&s, CPH_C32);
    covariance_is_the_model(&s, (double[N]){1, 1, 1, 1, 1, 1});
    cph_array_free(&s.array);
}

/* Rounding adds 1/12 of a squared step to each part. */
static void integer_samples_have_it_times_their_scale(void)
{
    scene s;
    open_scene(&s, CPH_C8);
    double scale = cph_simulate_scale(&s.config), noise[N];
    CU_ASSERT_DOUBLE_EQUAL(scale, 6 * sqrt((1 + 4 + 9) / 2.0) / 127, 1e-12);
    for (size_t n = 0; n < N; n++)
        noise[n] = 1 + scale * scale / 6;
    covariance_is_the_model(&s, noise);
    cph_array_free(&s.array);
}

static void dead_elements_hear_nothing_or_their_own_noise(void)
{
    scene s;
    open_scene(&s, CPH_C32);
    s.config.dead = dead;
    s.config.dead_count = 1;
    s.config.dead_mode = CPH_DEAD_NOISE;
    covariance_is_the_model(&s, (double[N]){1, 1, 1, 1, 1, 1});
    CU_ASSERT(isnan(s.gain[3].re) && isnan(s.gain[3].im) && isfinite(s.gain[2].re));
    s.config.dead_mode = CPH_DEAD_ZERO;
    covariance_is_the_model(&s, (double[N]){1, 1, 1, 0, 1, 1}); /* exactly 0: its sigma is 0 */
    cph_array_free(&s.array);
}

static void weak_elements_are_20_db_down(void)
{
    scene s;
    cph_c64 before[N];
    open_scene(&s, CPH_C8);
    CU_ASSERT_EQUAL(cph_simulate_gains(&s.config, before), CPH_OK);
    s.config.weak = weak;
    s.config.weak_count = 1;
    CU_ASSERT_EQUAL(cph_simulate_gains(&s.config, s.gain), CPH_OK);
    for (size_t n = 0; n < N; n++) {
        CU_ASSERT_DOUBLE_EQUAL(s.gain[n].re, before[n].re * (n == 1 ? 0.1 : 1.0), 1e-15);
        CU_ASSERT_DOUBLE_EQUAL(s.gain[n].im, before[n].im * (n == 1 ? 0.1 : 1.0), 1e-15);
    }
    cph_array_free(&s.array);
}

/* rms of 4000 values: relative standard deviation 1/sqrt(2 * 4000) = 1.1 %. */
static void gain_errors_have_the_rms_asked_for(void)
{
    enum { MANY = 4000 };
    static cph_c64 gain[MANY];
    double amplitude = 0.0, phase = 0.0, both = 0.0;
    scene s;
    open_scene(&s, CPH_C8);
    cph_array_free(&s.array);
    CU_ASSERT_EQUAL_FATAL(cph_array_ula(MANY, 0.01, &s.array), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_simulate_gains(&s.config, gain), CPH_OK);
    for (size_t n = 0; n < MANY; n++) {
        double db = 20 * log10(hypot(gain[n].re, gain[n].im)), rad = atan2(gain[n].im, gain[n].re);
        amplitude += db * db / MANY;
        phase += rad * rad / MANY;
        both += db * rad / (20 * DEG) / MANY;
    }
    CU_ASSERT_DOUBLE_EQUAL(sqrt(amplitude), 1.0, 0.055);
    CU_ASSERT_DOUBLE_EQUAL(sqrt(phase), 20 * DEG, 0.055 * 20 * DEG);
    CU_ASSERT_DOUBLE_EQUAL(both, 0.0, 5 / sqrt(MANY));
    cph_array_free(&s.array);
}

/* Of 40 x 40 elements an rms has a relative standard deviation of 1/sqrt(2 * 1600). */
static void delays_turn_gains_and_have_the_rms_asked_for(void)
{
    enum { MANY = 1600 };
    static double delay[MANY];
    static cph_c64 plain[MANY], turned[MANY];
    const double offset = 7.5e6, rms = 30e-9;
    cph_array array;
    double power = 0.0, worst = 0.0;
    CU_ASSERT_EQUAL_FATAL(cph_array_ura(40, 40, 0.0128, &array), CPH_OK);
    cph_sim_config config = {.array = &array,
                             .freq_hz = FREQ,
                             .samples = K,
                             .type = CPH_C8,
                             .gain_error_db = 1.0,
                             .gain_error_rad = 20 * DEG,
                             .dead = dead,
                             .dead_count = 1,
                             .seed = SEED};
    CU_ASSERT_EQUAL_FATAL(cph_simulate_gains(&config, plain), CPH_OK);
    config.delay_error_s = rms;
    config.delay_freq_hz = FREQ - offset;
    config.channel = 3;
    CU_ASSERT_EQUAL_FATAL(cph_simulate_gains(&config, turned), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_simulate_delays(&config, delay), CPH_OK);
    CU_ASSERT(isnan(delay[dead[0]]) && isnan(turned[dead[0]].re));
    for (size_t n = 0; n < MANY; n++) {
        const double phase = -2 * M_PI * offset * delay[n];
        const cph_c64 g = product(plain[n], (cph_c64){cos(phase), sin(phase)});
        if (n == dead[0])
            continue;
        power += delay[n] * delay[n] / (MANY - 1);
        worst = fmax(worst, hypot(turned[n].re - g.re, turned[n].im - g.im));
    }
    CU_ASSERT(worst < 1e-13);
    CU_ASSERT_DOUBLE_EQUAL(sqrt(power) / rms, 1.0, 5.0 / sqrt(2.0 * MANY));
    config.delay_freq_hz = FREQ;
    CU_ASSERT_EQUAL_FATAL(cph_simulate_gains(&config, turned), CPH_OK);
    CU_ASSERT(memcmp(turned + 4, plain + 4, (MANY - 4) * sizeof *plain) == 0);
    config.delay_error_s = -rms;
    CU_ASSERT_EQUAL(cph_simulate_delays(&config, delay), CPH_ERR_ARGUMENT);
    config.delay_error_s = rms;
    config.channel = SIZE_MAX / K;
    CU_ASSERT_EQUAL(cph_simulate_delays(&config, delay), CPH_ERR_ARGUMENT);
    cph_array_free(&array);
}

/* Means of products of independent noise: of variance P_p P_q / K. */
static void channels_have_samples_of_their_own(void)
{
    static cph_c32 first[K * N], second[K * N];
    scene s;
    open_scene(&s, CPH_C32);
    CU_ASSERT_EQUAL_FATAL(cph_simulate_block(&s.config, NULL, 0, K, first), CPH_OK);
    s.config.delay_error_s = 30e-9;
    s.config.delay_freq_hz = FREQ - 4e6;
    s.config.channel = 1;
    covariance_is_the_model(&s, (double[N]){1, 1, 1, 1, 1, 1});
    CU_ASSERT_EQUAL_FATAL(cph_simulate_block(&s.config, NULL, 0, K, second), CPH_OK);
    for (size_t n = 0; n < N; n++) {
        cph_c64 sum = {0};
        for (size_t t = 0; t < K; t++) {
            const cph_c64 x = product(sample_at(&s, first, t * N + n),
                                      conjugate(sample_at(&s, second, t * N + n)));
            sum.re += x.re / K;
            sum.im += x.im / K;
        }
        const cph_c64 g = s.gain[n];
        CU_ASSERT(hypot(sum.re, sum.im) < 5 * (1 + 13 * (g.re * g.re + g.im * g.im)) / sqrt(K));
    }
    cph_array_free(&s.array);
}

static void blocks_and_threads_do_not_change_samples(void)
{
    enum { TIMES = 100 };
    static cph_c8 whole[TIMES * N], parts[TIMES * N], threaded[TIMES * N];
    const size_t cut[4] = {0, 1, 38, TIMES};
    scene s;
    cph_exec exec;
    open_scene(&s, CPH_C8);
    cph_exec_openmp(&exec, 2);
    CU_ASSERT_EQUAL(cph_simulate_block(&s.config, NULL, 50, TIMES, whole), CPH_OK);
    CU_ASSERT_EQUAL(cph_simulate_block(&s.config, &exec, 50, TIMES, threaded), CPH_OK);
    for (size_t i = 0; i < 3; i++)
        CU_ASSERT_EQUAL(cph_simulate_block(&s.config, &exec, 50 + cut[i], cut[i + 1] - cut[i],
                                           parts + cut[i] * N),
                        CPH_OK);
    CU_ASSERT_EQUAL(memcmp(whole, parts, sizeof whole), 0);
    CU_ASSERT_EQUAL(memcmp(whole, threaded, sizeof whole), 0);
    CU_ASSERT_NOT_EQUAL(memcmp(whole, whole + (size_t)50 * N, (size_t)50 * N * sizeof *whole), 0);
    s.config.seed++;
    CU_ASSERT_EQUAL(cph_simulate_block(&s.config, NULL, 50, TIMES, parts), CPH_OK);
    CU_ASSERT_NOT_EQUAL(memcmp(whole, parts, sizeof whole), 0);
    cph_array_free(&s.array);
}

/* With full scale at a tenth of the rms nearly all parts sit at the limits. */
static void loud_signals_saturate(void)
{
    static cph_c8 samples[1000 * N];
    size_t high = 0, low = 0;
    scene s;
    open_scene(&s, CPH_C8);
    s.config.full_scale_sigma = 0.1;
    CU_ASSERT_EQUAL(cph_simulate_block(&s.config, NULL, 0, 1000, samples), CPH_OK);
    for (size_t i = 0; i < (size_t)1000 * N; i++) {
        high += samples[i].re == INT8_MAX;
        low += samples[i].re == INT8_MIN;
    }
    CU_ASSERT(high > 450 * (size_t)N && low > 450 * (size_t)N);
    cph_array_free(&s.array);
}

static void bad_scenes_are_refused(void)
{
    cph_c8 samples[N] = {{5, 5}};
    const size_t beyond[1] = {N};
    scene s;
    open_scene(&s, CPH_C8);
    CU_ASSERT_EQUAL(cph_simulate_block(&s.config, NULL, K, 1, samples), CPH_ERR_ARGUMENT);
    s.config.dead = beyond;
    s.config.dead_count = 1;
    CU_ASSERT_EQUAL(cph_simulate_block(&s.config, NULL, 0, 1, samples), CPH_ERR_ARGUMENT);
    s.config.dead_count = 0;
    s.source[1].power = -1.0;
    CU_ASSERT_EQUAL(cph_simulate_block(&s.config, NULL, 0, 1, samples), CPH_ERR_ARGUMENT);
    s.source[1].power = 1.0;
    s.array.has_positions = false;
    CU_ASSERT_EQUAL(cph_simulate_block(&s.config, NULL, 0, 1, samples), CPH_ERR_MISSING);
    CU_ASSERT_EQUAL(samples[0].re, 5);
    cph_array_free(&s.array);
}

CU_TestInfo cph_tests_simulate[] = {
    {"float samples have the model's covariance", float_samples_have_the_covariance_of_the_model},
    {"integer samples have it times their scale", integer_samples_have_it_times_their_scale},
    {"dead elements hear nothing, or their own noise",
     dead_elements_hear_nothing_or_their_own_noise},
    {"weak elements are 20 dB down", weak_elements_are_20_db_down},
    {"gain errors have the rms asked for", gain_errors_have_the_rms_asked_for},
    {"delays turn gains and have the rms asked for", delays_turn_gains_and_have_the_rms_asked_for},
    {"channels have samples of their own", channels_have_samples_of_their_own},
    {"blocks and threads do not change samples", blocks_and_threads_do_not_change_samples},
    {"loud signals saturate", loud_signals_saturate},
    {"bad scenes are refused", bad_scenes_are_refused},
    CU_TEST_INFO_NULL,
};
