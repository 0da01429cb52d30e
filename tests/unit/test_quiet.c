/* SPDX-License-Identifier: MIT */
/* Weights that radiate little under an elevation against brute force and closed forms. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cophase/pattern.h"
#include "tests/unit/quiet_rig.h"

enum { SEED = 90210, ODD = 14 };
static const double degree = M_PI / 180.0;

/* ---- scenes ---- */

/* Elements anywhere in a box of 3 x 2 x 0.4 wavelengths. */
static void lay_oddly(cph_random *random, double position[ODD * 3])
{
    static const double side[3] = {3.0, 2.0, 0.4};
    for (size_t i = 0; i < (size_t)ODD * 3; i++)
        position[i] = side[i % 3] * cph_random_uniform(random);
}

/* ---- brute force ---- */

typedef struct sums {
    double integrated_db, worst_db;
} sums;

/* The middles of small cells in the sine of the elevation and azimuth. */
static sums brute(const cph_pattern_input *input, const double up[3], double from, double below)
{
    enum { RINGS = 500, TURNS = 720 };
    static double u[TURNS * 3];
    static cph_c64 y[TURNS], at[1];
    double east[3], north[3] = {0.3, 1.0, -0.2}, sum = 0.0, highest = 0.0;
    const double along = north[0] * up[0] + north[1] * up[1] + north[2] * up[2];
    for (int i = 0; i < 3; i++)
        north[i] -= along * up[i];
    const double length = sqrt(north[0] * north[0] + north[1] * north[1] + north[2] * north[2]);
    for (int i = 0; i < 3; i++)
        north[i] /= length;
    for (int i = 0; i < 3; i++)
        east[i] = north[(i + 1) % 3] * up[(i + 2) % 3] - north[(i + 2) % 3] * up[(i + 1) % 3];
    for (int k = 0; k < RINGS; k++) {
        const double low = sin(from), s = low + (sin(below) - low) * (k + 0.5) / RINGS;
        for (int t = 0; t < TURNS; t++) {
            const double az = 2.0 * M_PI * t / TURNS, level = sqrt(1.0 - s * s);
            for (int i = 0; i < 3; i++)
                u[3 * t + i] = s * up[i] + level * (cos(az) * north[i] + sin(az) * east[i]);
        }
        CU_ASSERT_EQUAL_FATAL(cph_pattern_response(input, TURNS, u, y), CPH_OK);
        for (int t = 0; t < TURNS; t++) {
            const double power = y[t].re * y[t].re + y[t].im * y[t].im;
            sum += power * (sin(below) - sin(from)) / (2.0 * RINGS * TURNS);
            highest = fmax(highest, power);
        }
    }
    CU_ASSERT_EQUAL_FATAL(cph_pattern_response(input, 1, input->look, at), CPH_OK);
    const double toward = at[0].re * at[0].re + at[0].im * at[0].im;
    return (sums){10.0 * log10(sum / toward), 10.0 * log10(highest / toward)};
}

/* Any positions, gains, weights, attitude; isotropic, and elements whose own horizon (tilted)
 * passes through the region. */
static void levels_are_those_of_brute_force(void)
{
    static const cph_element_pattern *const element[2] = {NULL, &quiet_cosine};
    static const double within_db = 2e-4; /* of the cells */
    for (size_t i = 0; i < 2; i++) {
        cph_random random;
        double position[ODD * 3];
        cph_c64 gain[ODD], w[ODD];
        cph_random_seed(&random, SEED, i);
        lay_oddly(&random, position);
        quiet_any_gains(&random, ODD, gain);
        for (size_t n = 0; n < ODD; n++)
            w[n] = cph_random_normal(&random);
        cph_quiet_config config = {.elements = ODD,
                                   .position = position,
                                   .freq_hz = QUIET_FREQ,
                                   .element = element[i],
                                   .up = {0.2, -0.1, sqrt(0.95)},
                                   .from_rad = -3.0 * degree,
                                   .below_rad = 25.0 * degree};
        cph_quiet *plan = quiet_make(&config);
        cph_pattern_input input = {.elements = ODD,
                                   .position = position,
                                   .freq_hz = QUIET_FREQ,
                                   .weights = w,
                                   .gain = gain,
                                   .look = {0.36, 0.48, 0.8},
                                   .element = element[i]};
        const cph_quiet_level level = quiet_measure(plan, input.look, gain, w, true);
        const sums expected = brute(&input, config.up, config.from_rad, config.below_rad);
        CU_ASSERT_DOUBLE_EQUAL(level.integrated_db, expected.integrated_db, within_db);
        CU_ASSERT_DOUBLE_EQUAL(level.worst_db, expected.worst_db, 2e-3);
        cph_c64 y;
        CU_ASSERT_EQUAL(cph_pattern_response(&input, 1, level.worst_at, &y), CPH_OK);
        cph_quiet_destroy(plan);
    }
}

/* Over the whole sphere exp(j k u.d) averages to sinc(k |d|). */
static void the_whole_sphere_has_a_closed_form(void)
{
    cph_random random;
    double position[ODD * 3], sum = 0.0;
    cph_c64 w[ODD];
    cph_random_seed(&random, SEED, 7);
    lay_oddly(&random, position);
    for (size_t n = 0; n < ODD; n++)
        w[n] = cph_random_normal(&random);
    const cph_quiet_config config = {.elements = ODD,
                                     .position = position,
                                     .freq_hz = QUIET_FREQ,
                                     .up = {0, 0.6, 0.8},
                                     .from_rad = -0.5 * M_PI,
                                     .below_rad = 0.5 * M_PI};
    cph_quiet *plan = quiet_make(&config);
    for (size_t m = 0; m < ODD; m++)
        for (size_t n = 0; n < ODD; n++) {
            const double *a = position + 3 * m, *b = position + 3 * n;
            const double d = hypot(hypot(a[0] - b[0], a[1] - b[1]), a[2] - b[2]);
            const double x = 2.0 * M_PI * d, sinc = x > 0.0 ? sin(x) / x : 1.0;
            sum += sinc * (w[m].re * w[n].re + w[m].im * w[n].im);
        }
    const cph_pattern_input input = {.elements = ODD,
                                     .position = position,
                                     .freq_hz = QUIET_FREQ,
                                     .weights = w,
                                     .look = {1, 0, 0}};
    cph_c64 y;
    CU_ASSERT_EQUAL_FATAL(cph_pattern_response(&input, 1, input.look, &y), CPH_OK);
    const cph_quiet_level level = quiet_measure(plan, input.look, NULL, w, false);
    CU_ASSERT_DOUBLE_EQUAL(level.integrated_db, 10.0 * log10(sum / (y.re * y.re + y.im * y.im)),
                           1e-6);
    CU_ASSERT(isnan(level.worst_db));
    cph_quiet_destroy(plan);
}

/* ---- weights ---- */

/* The dual bounds them from below, and any step aside that keeps response and loss is worse. */
static void nothing_at_that_price_is_quieter(void)
{
    static const double prices[] = {0.05, 0.3, 1.0};
    cph_random random;
    double position[QUIET_DISC * 3];
    cph_c64 gain[QUIET_DISC], w[QUIET_DISC], aside[QUIET_DISC];
    cph_random_seed(&random, SEED, 11);
    quiet_lay_disc(position);
    quiet_any_gains(&random, QUIET_DISC, gain);
    cph_quiet *plan = quiet_plan_of_disc(position, NULL);
    double last = INFINITY;
    for (size_t i = 0; i < sizeof prices / sizeof prices[0]; i++) {
        cph_quiet_request request = {.price_db = prices[i], .gain = gain};
        cph_quiet_result r;
        memcpy(request.look, quiet_look45, sizeof quiet_look45);
        CU_ASSERT_EQUAL_FATAL(cph_quiet_weights(plan, &request, w, NULL, &r, NULL), CPH_OK);
        const cph_quiet_level level = quiet_measure(plan, quiet_look45, gain, w, false);
        CU_ASSERT_DOUBLE_EQUAL(level.loss_db, prices[i], 1e-6);
        CU_ASSERT_DOUBLE_EQUAL(level.integrated_db, r.float_db, 1e-6);
        CU_ASSERT(r.bound_db <= r.float_db + 1e-9 && r.bound_db > r.float_db - 1e-3);
        CU_ASSERT(r.float_db < last);
        last = r.float_db;
        for (int k = 0; k < 50; k++) {
            const double step = k % 2 != 0 ? 1e-3 : 3e-2;
            for (size_t n = 0; n < QUIET_DISC; n++) {
                const cph_c64 e = cph_random_normal(&random);
                const double size = step * hypot(w[n].re, w[n].im);
                aside[n] = (cph_c64){w[n].re + size * e.re, w[n].im + size * e.im};
            }
            const cph_quiet_level other = quiet_measure(plan, quiet_look45, gain, aside, false);
            CU_ASSERT(other.loss_db > prices[i] || other.integrated_db >= r.bound_db);
        }
    }
    cph_quiet_destroy(plan);
}

/* With an error of what elements radiate, weights do not pay for less than what it radiates. */
static void an_error_saves_gain(void)
{
    double position[QUIET_DISC * 3];
    cph_c64 w[QUIET_DISC];
    quiet_lay_disc(position);
    cph_quiet *plan = quiet_plan_of_disc(position, NULL);
    cph_quiet_request request = {.price_db = 3.0};
    memcpy(request.look, quiet_look45, sizeof quiet_look45);
    CU_ASSERT_EQUAL_FATAL(cph_quiet_weights(plan, &request, w, NULL, NULL, NULL), CPH_OK);
    const cph_quiet_level exact = quiet_measure(plan, quiet_look45, NULL, w, false);
    request.error_rms = 0.05;
    CU_ASSERT_EQUAL_FATAL(cph_quiet_weights(plan, &request, w, NULL, NULL, NULL), CPH_OK);
    const cph_quiet_level known = quiet_measure(plan, quiet_look45, NULL, w, false);
    CU_ASSERT(known.loss_db < exact.loss_db - 1.0);
    CU_ASSERT(known.integrated_db > exact.integrated_db);
    cph_quiet_destroy(plan);
}

/* The highest is no higher than what is shown, which is measured; the integral's weights have a
 * higher one. */
static void the_highest_meets_its_bound(void)
{
    static const double hidden_db = 6.03; /* of quarter turns between samples, along both angles */
    double position[QUIET_DISC * 3];
    cph_c64 w[QUIET_DISC];
    cph_quiet_result r;
    quiet_lay_disc(position);
    cph_quiet *plan = quiet_plan_of_disc(position, NULL);
    cph_quiet_request request = {.price_db = 0.5};
    memcpy(request.look, quiet_look45, sizeof quiet_look45);
    CU_ASSERT_EQUAL_FATAL(cph_quiet_weights(plan, &request, w, NULL, NULL, NULL), CPH_OK);
    const cph_quiet_level integral = quiet_measure(plan, quiet_look45, NULL, w, true);
    request.criterion = CPH_QUIET_WORST;
    CU_ASSERT_EQUAL_FATAL(cph_quiet_weights(plan, &request, w, NULL, &r, NULL), CPH_OK);
    const cph_quiet_level level = quiet_measure(plan, quiet_look45, NULL, w, true);
    printf("\n    worst: bound %.2f dB, samples %.2f, measured %.2f (integral's %.2f), %zu rounds\n"
           "    ",
           r.bound_db, r.float_db, level.worst_db, integral.worst_db, r.iterations);
    CU_ASSERT(r.float_db >= r.bound_db - 1e-9 && r.float_db < r.bound_db + 1.0);
    CU_ASSERT(level.worst_db >= r.bound_db && level.worst_db < r.float_db + hidden_db);
    CU_ASSERT(level.worst_db < integral.worst_db - 1.0);
    CU_ASSERT(level.integrated_db > integral.integrated_db);
    CU_ASSERT(level.loss_db <= 0.5 + 1e-6);
    cph_quiet_destroy(plan);
}

/* ---- states ---- */

static void check_states(const cph_states *states, const cph_quiet *plan, const cph_c64 *gain,
                         const unsigned char *flag, double base_db, double margin_db)
{
    cph_c64 w[QUIET_DISC], rounded[QUIET_DISC];
    uint32_t state[QUIET_DISC], again[QUIET_DISC];
    cph_quiet_request request = {.price_db = 1.0, .gain = gain};
    memcpy(request.look, quiet_look45, sizeof quiet_look45);
    CU_ASSERT_EQUAL_FATAL(cph_quiet_weights(plan, &request, w, NULL, NULL, NULL), CPH_OK);
    const cph_states_config config = {.states = states, .elements = QUIET_DISC, .weights = w};
    CU_ASSERT_EQUAL_FATAL(cph_states_choose(&config, again, rounded, NULL), CPH_OK);
    const cph_quiet_level before = quiet_measure(plan, quiet_look45, gain, rounded, false);
    request.states = states;
    CU_ASSERT_EQUAL_FATAL(cph_quiet_weights(plan, &request, w, state, NULL, NULL), CPH_OK);
    const cph_quiet_level level = quiet_measure(plan, quiet_look45, gain, w, false);
    printf("\n    states: %.2f dB, float weights rounded %.2f; loss %.3f\n    ",
           level.integrated_db, before.integrated_db, level.loss_db);
    CU_ASSERT(level.integrated_db < before.integrated_db - margin_db);
    CU_ASSERT(level.loss_db <= 1.0 + base_db + 1e-9);
    cph_c64 factor = {0, 0};
    for (size_t n = 0; n < QUIET_DISC; n++) {
        CU_ASSERT_EQUAL(state[n] == CPH_STATE_OFF, flag[n] != 0);
        if (state[n] == CPH_STATE_OFF) {
            CU_ASSERT(w[n].re == 0.0 && w[n].im == 0.0);
            continue;
        }
        const cph_c64 v = states->value[state[n]]; /* w = factor conj(v) */
        const double power = v.re * v.re + v.im * v.im;
        const cph_c64 own = {(w[n].re * v.re - w[n].im * v.im) / power,
                             (w[n].re * v.im + w[n].im * v.re) / power};
        factor = factor.re == 0.0 && factor.im == 0.0 ? own : factor;
        CU_ASSERT(hypot(own.re - factor.re, own.im - factor.im) <
                  1e-9 * hypot(factor.re, factor.im));
    }
}

/* Better than the float weights rounded, at the price, each a state, of any gains. */
static void states_keep_what_they_can(void)
{
    cph_random random;
    double position[QUIET_DISC * 3], amplitude = 0.0, power = 0.0;
    cph_c64 gain[QUIET_DISC];
    unsigned char flag[QUIET_DISC] = {0};
    cph_states states;
    cph_random_seed(&random, SEED, 23);
    quiet_lay_disc(position);
    quiet_any_gains(&random, QUIET_DISC, gain);
    flag[5] = flag[60] = 1;
    for (size_t n = 0; n < QUIET_DISC; n++) {
        const double size = flag[n] != 0 ? 0.0 : hypot(gain[n].re, gain[n].im);
        amplitude += size;
        power += size * size;
    }
    cph_quiet *plan = quiet_plan_of_disc(position, flag);
    CU_ASSERT_EQUAL_FATAL(cph_states_adar1000(CPH_ADAR1000_VECTORS, &states), CPH_OK);
    check_states(&states, plan, gain, flag, 0.0, 0.3);
    cph_states_free(&states);
    CU_ASSERT_EQUAL_FATAL(cph_states_ideal(6, 0, &states), CPH_OK);
    check_states(&states, plan, gain, flag,
                 10.0 * log10((double)(QUIET_DISC - 2) * power / (amplitude * amplitude)), 6.0);
    cph_states_free(&states);
    cph_quiet_destroy(plan);
}

/* ---- refusals ---- */

static void refusals_leave_outputs_alone(void)
{
    double position[QUIET_DISC * 3];
    cph_c64 w[QUIET_DISC] = {{7, 0}};
    unsigned char all[QUIET_DISC];
    cph_quiet *plan = NULL;
    cph_error error;
    memset(all, 1, sizeof all);
    quiet_lay_disc(position);
    const cph_quiet_config good = {.elements = QUIET_DISC,
                                   .position = position,
                                   .freq_hz = QUIET_FREQ,
                                   .element = &quiet_cosine,
                                   .up = {0, 0, 1},
                                   .below_rad = 20.0 * degree};
    cph_quiet_config bad = good;
    bad.flag = all;
    CU_ASSERT_EQUAL(cph_quiet_create(&bad, &plan, &error), CPH_ERR_TOO_FEW);
    bad = good;
    bad.from_rad = 0.5;
    CU_ASSERT_EQUAL(cph_quiet_create(&bad, &plan, &error), CPH_ERR_ARGUMENT);
    bad = good;
    bad.up[2] = 0.5;
    CU_ASSERT_EQUAL(cph_quiet_create(&bad, &plan, &error), CPH_ERR_ARGUMENT);
    bad = good;
    bad.up[2] = -1.0; /* elements that face down, and nothing above the horizon */
    CU_ASSERT_EQUAL(cph_quiet_create(&bad, &plan, &error), CPH_ERR_MISSING);
    position[4] = NAN;
    CU_ASSERT_EQUAL(cph_quiet_create(&good, &plan, &error), CPH_ERR_NOT_FINITE);
    quiet_lay_disc(position);
    CU_ASSERT(plan == NULL);
    plan = quiet_make(&good);
    cph_quiet_request request = {.look = {0, 0, 1}, .price_db = 0.0};
    CU_ASSERT_EQUAL(cph_quiet_weights(plan, &request, w, NULL, NULL, &error), CPH_ERR_ARGUMENT);
    request.price_db = 1.0;
    request.look[0] = cos(10.0 * degree);
    request.look[2] = sin(10.0 * degree);
    CU_ASSERT_EQUAL(cph_quiet_weights(plan, &request, w, NULL, NULL, &error), CPH_ERR_ARGUMENT);
    cph_c64 gain[QUIET_DISC];
    for (size_t n = 0; n < QUIET_DISC; n++)
        gain[n] = (cph_c64){1e8, 0.0};
    cph_quiet_request unequal = {.look = {0, 0, 1}, .gain = gain, .price_db = 1.0};
    static const double sizes[] = {0.0, 1e-154, 1e160};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        gain[7].re = sizes[i];
        CU_ASSERT_EQUAL(cph_quiet_weights(plan, &unequal, w, NULL, NULL, &error),
                        CPH_ERR_NOT_FINITE);
    }
    CU_ASSERT(w[0].re == 7.0);
    cph_quiet_destroy(plan);
}

CU_TestInfo cph_tests_quiet[] = {
    {"levels are those of brute force", levels_are_those_of_brute_force},
    {"the whole sphere has a closed form", the_whole_sphere_has_a_closed_form},
    {"nothing at that price is quieter", nothing_at_that_price_is_quieter},
    {"an error saves gain", an_error_saves_gain},
    {"the highest meets its bound", the_highest_meets_its_bound},
    {"states keep what they can", states_keep_what_they_can},
    {"refusals leave outputs alone", refusals_leave_outputs_alone},
    CU_TEST_INFO_NULL};
