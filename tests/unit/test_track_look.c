/* SPDX-License-Identifier: MIT */
/* What a beam that stands gives: against the pattern's own search for its peak. */
#include <CUnit/CUnit.h>
#include <math.h>

#include "cophase/array.h"
#include "cophase/pattern.h"
#include "cophase/random.h"
#include "cophase/steer.h"
#include "kernels/core/c64.h"
#include "kernels/core/vec3.h"
#include "kernels/track/look.h"

enum { MOST = 256 };

static const double freq_hz = 11.7e9;

/* A beam toward `look` with gain errors, measured toward u and two places beside it. */
static void compare_peak(const cph_array *array, const double look[3], const double u[3],
                         double bound_db)
{
    const size_t n = array->elements;
    double position[3 * MOST], start[3], end[3];
    cph_c64 w[MOST], g[MOST], c[MOST], a64[MOST];
    cph_c32 a[CPH_LOOKS * MOST];
    cph_random random;
    cph_look seen;
    cph_random_seed(&random, 7, 0);
    CU_ASSERT_EQUAL_FATAL(cph_array_positions(array, position), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_steer_c64(n, position, freq_hz, look, w), CPH_OK);
    for (size_t i = 0; i < n; i++) {
        const cph_c64 e = cph_random_normal(&random);
        g[i] = (cph_c64){1.0 + 0.1 * e.re, 0.1 * e.im};
        c[i] = cph_c64_mul(cph_c64_conj(w[i]), g[i]);
    }
    const double step[3] = {0.01, -0.02, 0.005};
    cph_add3(u, 1.0, step, start);
    cph_add3(u, -1.0, step, end);
    (void)cph_unit3(start);
    (void)cph_unit3(end);
    const double *const place[CPH_LOOKS] = {start, u, end};
    double power[CPH_LOOKS], total = 0.0;
    for (size_t k = 0; k < CPH_LOOKS; k++) {
        CU_ASSERT_EQUAL_FATAL(cph_steer_c64(n, position, freq_hz, place[k], a64), CPH_OK);
        cph_c64 sum = {0.0, 0.0};
        for (size_t i = 0; i < n; i++) {
            a[k * n + i] = (cph_c32){(float)a64[i].re, (float)a64[i].im};
            sum = cph_c64_add(sum, cph_c64_mul(c[i], a64[i]));
        }
        power[k] = cph_c64_power(sum);
    }
    for (size_t i = 0; i < n; i++)
        total += cph_c64_power(c[i]);
    cph_look_measure(n, position, freq_hz, c, a, u, &seen);
    for (size_t k = 0; k < CPH_LOOKS; k++) /* floats: 2^-24 of each of N terms of about 1 */
        CU_ASSERT_DOUBLE_EQUAL(sqrt(seen.power[k]), sqrt(power[k]), 2e-7 * (double)n);
    CU_ASSERT_DOUBLE_EQUAL(seen.total, total, 1e-12 * total);
    cph_pattern_metrics m;
    const cph_pattern_input input = {.elements = n,
                                     .position = position,
                                     .freq_hz = freq_hz,
                                     .weights = w,
                                     .gain = g,
                                     .look = {look[0], look[1], look[2]}};
    CU_ASSERT_EQUAL_FATAL(cph_pattern_analyse(&input, &m), CPH_OK);
    CU_ASSERT_DOUBLE_EQUAL(10.0 * log10(seen.peak), m.peak_power_db, bound_db);
    CU_ASSERT(seen.peak >= seen.power[1]);
}

/* u is a tenth of the half-power width off: 12 dB times 0.01, of which the quartic of the lobe
 * takes less than a twentieth. */
static void the_peak_beside_the_look_is_that_of_the_pattern(void)
{
    cph_array array;
    const double z[3] = {0.0, 0.0, 1.0}, tilted[3] = {0.48, -0.6, 0.64};
    double u[3];
    CU_ASSERT_EQUAL_FATAL(cph_array_disc(MOST, 0.0128, &array), CPH_OK);
    const double width = 1.03 * CPH_SPEED_OF_LIGHT / freq_hz / (16.8 * 0.0128);
    const double beside[3] = {0.1 * width, 0.0, 1.0};
    cph_add3(beside, 0.0, beside, u);
    (void)cph_unit3(u);
    compare_peak(&array, z, u, 0.006);
    cph_add3(tilted, 0.06 * width, (const double[3]){0.8, 0.0, -0.6}, u);
    (void)cph_unit3(u);
    compare_peak(&array, tilted, u, 0.006);
    compare_peak(&array, tilted, tilted, 0.006);
    cph_array_free(&array);
}

static void a_line_is_flat_across(void)
{
    cph_array array;
    double u[3] = {0.01, 0.3, 1.0};
    const double look[3] = {0.0, 0.0, 1.0};
    CU_ASSERT_EQUAL_FATAL(cph_array_ula(32, 0.0128, &array), CPH_OK);
    (void)cph_unit3(u);
    compare_peak(&array, look, u, 0.02);
    cph_array_free(&array);
}

static void a_null_has_no_top(void)
{
    const double position[6] = {0.0, 0.0, 0.0, 0.0128, 0.0, 0.0}, u[3] = {0.0, 0.0, 1.0};
    const cph_c64 c[2] = {{1.0, 0.0}, {-0.9, 0.0}};
    const cph_c32 a[6] = {{1, 0}, {1, 0}, {1, 0}, {1, 0}, {1, 0}, {1, 0}};
    cph_look look;
    cph_look_measure(2, position, freq_hz, c, a, u, &look);
    CU_ASSERT(isnan(look.peak));
    CU_ASSERT_DOUBLE_EQUAL(look.power[1], 0.01, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(cph_look_power(2, c, a), 0.01, 1e-12);
}

CU_TestInfo cph_tests_track_look[] = {
    {"the peak beside the look is that of the pattern",
     the_peak_beside_the_look_is_that_of_the_pattern},
    {"a line is flat across", a_line_is_flat_across},
    {"a null has no top", a_null_has_no_top},
    CU_TEST_INFO_NULL,
};
