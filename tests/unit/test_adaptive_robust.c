/* SPDX-License-Identifier: MIT */
/* Loading by a rule, and averages of covariances. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <string.h>

#include "kernels/core/c64.h"
#include "tests/unit/adaptive_scene.h"

enum { N = SCENE_N, LIVE = SCENE_LIVE, LINE = 8, PART = 5 };

/* Ten times n eps times the scene's condition of 2e4. */
static const double rounding = 10 * LIVE * 2.3e-16 * 2e4;

static cph_adaptive *create(const adaptive_scene *s, double load)
{
    cph_adaptive *adaptive = NULL;
    cph_adaptive_config config = adaptive_scene_config(s);
    config.loading = (cph_loading){.kind = CPH_LOADING_FIXED, .value = load};
    CU_ASSERT_EQUAL_FATAL(cph_adaptive_create(&config, &adaptive, NULL), CPH_OK);
    return adaptive;
}

static double norm_of(const cph_c64 *w)
{
    double sum = 0.0;
    for (unsigned n = 0; n < N; n++)
        sum += cph_c64_power(w[n]);
    return sum;
}

/* |g a|^2 over the live elements. */
static double size_of(const adaptive_scene *s)
{
    double sum = 0.0;
    for (unsigned i = 0; i < LIVE; i++) {
        const unsigned n = adaptive_scene_index(i);
        sum += cph_c64_power(cph_c64_mul(s->gain[n], s->a[n]));
    }
    return sum;
}

static void robust_weights_are_mvdr_of_their_load(void)
{
    const double limits[CPH_ROBUST_COUNT] = {0.1, 1.05};
    adaptive_scene s;
    adaptive_scene_make(&s);
    cph_adaptive *plain = create(&s, 0.0);
    for (int rule = 0; rule < CPH_ROBUST_COUNT; rule++) {
        cph_c64 w[N], same[N];
        double load = NAN;
        CU_ASSERT_EQUAL(cph_adaptive_robust(plain, (cph_robust_rule)rule, limits[rule], s.a, w,
                                            NULL, &load, NULL),
                        CPH_OK);
        CU_ASSERT(load > 0.0);
        cph_adaptive *loaded = create(&s, load);
        CU_ASSERT_EQUAL(cph_adaptive_mvdr(loaded, s.a, same, NULL, NULL), CPH_OK);
        CU_ASSERT(adaptive_scene_difference(N, w, same) < 1e-8);
        cph_adaptive_destroy(loaded);
    }
    cph_adaptive_destroy(plain);
}

/* load (R + load I)^-1 v = load w / power, power that of the loaded MVDR. */
static void robust_capon_keeps_its_bound(void)
{
    adaptive_scene s;
    adaptive_scene_make(&s);
    cph_adaptive *plain = create(&s, 0.0);
    const double limits[] = {1e-6, 1e-3, 0.03, 0.5, 0.97};
    for (unsigned i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        const double limit = limits[i];
        cph_c64 w[N];
        double load = NAN, power = NAN;
        CU_ASSERT_EQUAL(
            cph_adaptive_robust(plain, CPH_ROBUST_CAPON, limit, s.a, w, NULL, &load, NULL), CPH_OK);
        cph_adaptive *loaded = create(&s, load);
        CU_ASSERT_EQUAL(cph_adaptive_mvdr(loaded, s.a, w, &power, NULL), CPH_OK);
        cph_adaptive_destroy(loaded);
        CU_ASSERT_DOUBLE_EQUAL(load * load * norm_of(w) / (power * power) / size_of(&s) / limit,
                               1.0, 1e-8);
    }
    cph_adaptive_destroy(plain);
}

static void white_noise_stays_under_its_limit(void)
{
    const double limit = 1.05;
    adaptive_scene s;
    cph_c64 w[N], mvdr[N];
    double load = NAN, power[2] = {0};
    adaptive_scene_make(&s);
    cph_adaptive *plain = create(&s, 0.0);
    CU_ASSERT_EQUAL(cph_adaptive_mvdr(plain, s.a, mvdr, &power[0], NULL), CPH_OK);
    CU_ASSERT(norm_of(mvdr) * size_of(&s) > limit);
    CU_ASSERT_EQUAL(
        cph_adaptive_robust(plain, CPH_ROBUST_NOISE, limit, s.a, w, &power[1], &load, NULL),
        CPH_OK);
    CU_ASSERT_DOUBLE_EQUAL(norm_of(w) * size_of(&s) / limit, 1.0, 1e-8);
    CU_ASSERT_DOUBLE_EQUAL(adaptive_scene_response(&s, w, s.a).re, 1.0, 1e-12);
    CU_ASSERT(power[1] > power[0]);
    CU_ASSERT_EQUAL(
        cph_adaptive_robust(plain, CPH_ROBUST_NOISE, 1e6, s.a, w, &power[1], &load, NULL), CPH_OK);
    CU_ASSERT_EQUAL(load, 0.0);
    CU_ASSERT(adaptive_scene_difference(N, w, mvdr) < rounding);
    CU_ASSERT_DOUBLE_EQUAL(power[1] / power[0], 1.0, rounding);
    cph_adaptive_destroy(plain);
}

static void limits_out_of_range_are_refused(void)
{
    const struct {
        int rule;
        double limit;
    } table[] = {{0, 0.0}, {0, 1.0}, {0, NAN}, {1, 1.0}, {1, INFINITY}, {CPH_ROBUST_COUNT, 0.5}};
    adaptive_scene s;
    cph_c64 w[N] = {{7.0, 0.0}};
    adaptive_scene_make(&s);
    cph_adaptive *plain = create(&s, 0.0);
    for (unsigned i = 0; i < sizeof table / sizeof table[0]; i++)
        CU_ASSERT_EQUAL(cph_adaptive_robust(plain, (cph_robust_rule)table[i].rule, table[i].limit,
                                            s.a, w, NULL, NULL, NULL),
                        CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(w[0].re, 7.0);
    cph_adaptive_destroy(plain);
}

/* r += b b^H, b_n = first e^(j 0.9 n) + second e^(-j 1.3 n): one wave and its echo. */
static void add_echoes(cph_c64 first, cph_c64 second, cph_c64 (*r)[LINE])
{
    cph_c64 b[LINE];
    for (unsigned n = 0; n < LINE; n++)
        b[n] = cph_c64_add(cph_c64_mul(first, (cph_c64){cos(0.9 * n), sin(0.9 * n)}),
                           cph_c64_mul(second, (cph_c64){cos(1.3 * n), -sin(1.3 * n)}));
    for (unsigned p = 0; p < LINE; p++)
        for (unsigned q = 0; q < LINE; q++)
            r[p][q] = cph_c64_add(r[p][q], cph_c64_mulc(b[p], b[q]));
}

static void forward_backward_is_the_mean_with_the_mirrored_conjugate(void)
{
    cph_c64 r[LINE][LINE] = {{{0}}}, before[LINE][LINE];
    const size_t twice[LINE] = {1, 2, 0, 3, 4, 5, 6, 7};
    add_echoes((cph_c64){1.0, 0.5}, (cph_c64){-0.25, 0.75}, r);
    memcpy(before, r, sizeof r);
    CU_ASSERT_EQUAL(cph_covariance_forward_backward(LINE, NULL, r[0], LINE), CPH_OK);
    for (unsigned p = 0; p < LINE; p++)
        for (unsigned q = 0; q < LINE; q++) {
            const cph_c64 image = before[LINE - 1 - p][LINE - 1 - q];
            CU_ASSERT_DOUBLE_EQUAL(r[p][q].re, (before[p][q].re + image.re) / 2, 1e-14);
            CU_ASSERT_DOUBLE_EQUAL(r[p][q].im, (before[p][q].im - image.im) / 2, 1e-14);
        }
    CU_ASSERT_EQUAL(cph_covariance_forward_backward(LINE, twice, r[0], LINE), CPH_ERR_ARGUMENT);
}

static void smoothing_parts_a_wave_from_its_echo(void)
{
    cph_c64 r[LINE][LINE] = {{{0}}}, s[PART][PART], w[PART], a[PART], b[PART];
    add_echoes((cph_c64){1.0, 0.5}, (cph_c64){-0.25, 0.75}, r);
    CU_ASSERT_EQUAL(cph_covariance_smooth(LINE, r[0], LINE, PART, s[0]), CPH_OK);
    for (unsigned p = 0; p < PART; p++)
        for (unsigned q = 0; q < PART; q++) {
            cph_c64 sum = {0};
            for (unsigned i = 0; i < LINE - PART + 1; i++)
                sum = cph_c64_add(sum, r[i + p][i + q]);
            CU_ASSERT_DOUBLE_EQUAL(s[p][q].re, sum.re / (LINE - PART + 1), 1e-14);
            CU_ASSERT_DOUBLE_EQUAL(s[p][q].im, sum.im / (LINE - PART + 1), 1e-14);
        }
    for (unsigned n = 0; n < PART; n++) {
        a[n] = (cph_c64){cos(0.9 * n), sin(0.9 * n)};
        b[n] = (cph_c64){cos(1.3 * n), -sin(1.3 * n)};
    }
    const cph_adaptive_config config = {.elements = PART,
                                        .covariance = s[0],
                                        .ld = PART,
                                        .loading = {.kind = CPH_LOADING_FIXED, .value = 1e-6}};
    cph_adaptive *adaptive = NULL;
    CU_ASSERT_EQUAL_FATAL(cph_adaptive_create(&config, &adaptive, NULL), CPH_OK);
    CU_ASSERT_EQUAL(cph_adaptive_mvdr(adaptive, a, w, NULL, NULL), CPH_OK);
    cph_adaptive_destroy(adaptive);
    cph_c64 echo = {0};
    for (unsigned n = 0; n < PART; n++)
        echo = cph_c64_add(echo, cph_c64_mulc(b[n], w[n]));
    /* MVDR uses the echo against the wave as far as they still agree: |rho first / second|^2, rho
     * the mean of exp(j 2.2 i) over 4 lines; unsmoothed it would be |first / second|^2, 2. */
    const double rho = sin(4.4) / sin(1.1) / 4.0;
    CU_ASSERT_DOUBLE_EQUAL(cph_c64_power(echo), 2.0 * rho * rho, 1e-5);
    CU_ASSERT_EQUAL(cph_covariance_smooth(LINE, r[0], LINE, LINE + 1, s[0]), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_covariance_smooth(LINE, r[0], LINE, 0, s[0]), CPH_ERR_ARGUMENT);
}

CU_TestInfo cph_tests_adaptive_robust[] = {
    {"robust weights are MVDR of their load", robust_weights_are_mvdr_of_their_load},
    {"robust Capon keeps its bound", robust_capon_keeps_its_bound},
    {"white noise stays under its limit", white_noise_stays_under_its_limit},
    {"limits out of range are refused", limits_out_of_range_are_refused},
    {"forward-backward is the mean with the mirrored conjugate",
     forward_backward_is_the_mean_with_the_mirrored_conjugate},
    {"smoothing parts a wave from its echo", smoothing_parts_a_wave_from_its_echo},
    CU_TEST_INFO_NULL,
};
