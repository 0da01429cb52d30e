/* SPDX-License-Identifier: MIT */
/* Weights that radiate little under an elevation against brute force and closed forms. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cophase/array.h"
#include "cophase/pattern.h"
#include "cophase/quiet.h"
#include "cophase/random.h"
#include "cophase/steer.h"
#include "kernels/core/c64.h"

enum { SEED = 90210, ODD = 14, DISC = 91 };
static const double freq = CPH_SPEED_OF_LIGHT; /* a wavelength is a metre */
static const double degree = M_PI / 180.0;
static const cph_element_pattern cosine = {.kind = CPH_ELEMENT_COSINE, .q = 1.0};

/* ---- scenes ---- */

/* Elements anywhere in a box of 3 x 2 x 0.4 wavelengths. */
static void lay_oddly(cph_random *random, double position[ODD * 3])
{
    static const double side[3] = {3.0, 2.0, 0.4};
    for (size_t i = 0; i < (size_t)ODD * 3; i++)
        position[i] = side[i % 3] * cph_random_uniform(random);
}

static void lay_disc(double position[DISC * 3])
{
    cph_array array;
    CU_ASSERT_EQUAL_FATAL(cph_array_disc(DISC, 0.6, &array), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_array_positions(&array, position), CPH_OK);
    cph_array_free(&array);
}

static void any_gains(cph_random *random, size_t n, cph_c64 *gain)
{
    for (size_t i = 0; i < n; i++) {
        const double size = 0.8 + 0.4 * cph_random_uniform(random);
        const double angle = 2.0 * M_PI * cph_random_uniform(random);
        gain[i] = cph_c64_scale(size, (cph_c64){cos(angle), sin(angle)});
    }
}

static cph_quiet *make(const cph_quiet_config *config)
{
    cph_quiet *plan = NULL;
    cph_error error;
    CU_ASSERT_EQUAL_FATAL(cph_quiet_create(config, &plan, &error), CPH_OK);
    return plan;
}

static cph_quiet *plan_of_disc(const double *position, const unsigned char *flag)
{
    const cph_quiet_config config = {.elements = DISC,
                                     .position = position,
                                     .freq_hz = freq,
                                     .flag = flag,
                                     .element = &cosine,
                                     .up = {0, 0, 1},
                                     .below_rad = 20.0 * degree};
    return make(&config);
}

static cph_quiet_level measure(const cph_quiet *plan, const double look[3], const cph_c64 *gain,
                               const cph_c64 *w, bool worst)
{
    cph_quiet_level level = {0};
    CU_ASSERT_EQUAL_FATAL(cph_quiet_measure(plan, look, gain, w, worst, &level), CPH_OK);
    return level;
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
    static const cph_element_pattern *const element[2] = {NULL, &cosine};
    static const double within_db = 2e-4; /* of the cells */
    for (size_t i = 0; i < 2; i++) {
        cph_random random;
        double position[ODD * 3];
        cph_c64 gain[ODD], w[ODD];
        cph_random_seed(&random, SEED, i);
        lay_oddly(&random, position);
        any_gains(&random, ODD, gain);
        for (size_t n = 0; n < ODD; n++)
            w[n] = cph_random_normal(&random);
        cph_quiet_config config = {.elements = ODD,
                                   .position = position,
                                   .freq_hz = freq,
                                   .element = element[i],
                                   .up = {0.2, -0.1, sqrt(0.95)},
                                   .from_rad = -3.0 * degree,
                                   .below_rad = 25.0 * degree};
        cph_quiet *plan = make(&config);
        cph_pattern_input input = {.elements = ODD,
                                   .position = position,
                                   .freq_hz = freq,
                                   .weights = w,
                                   .gain = gain,
                                   .look = {0.36, 0.48, 0.8},
                                   .element = element[i]};
        const cph_quiet_level level = measure(plan, input.look, gain, w, true);
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
                                     .freq_hz = freq,
                                     .up = {0, 0.6, 0.8},
                                     .from_rad = -0.5 * M_PI,
                                     .below_rad = 0.5 * M_PI};
    cph_quiet *plan = make(&config);
    for (size_t m = 0; m < ODD; m++)
        for (size_t n = 0; n < ODD; n++) {
            const double *a = position + 3 * m, *b = position + 3 * n;
            const double d = hypot(hypot(a[0] - b[0], a[1] - b[1]), a[2] - b[2]);
            const double x = 2.0 * M_PI * d, sinc = x > 0.0 ? sin(x) / x : 1.0;
            sum += sinc * (w[m].re * w[n].re + w[m].im * w[n].im);
        }
    const cph_pattern_input input = {
        .elements = ODD, .position = position, .freq_hz = freq, .weights = w, .look = {1, 0, 0}};
    cph_c64 y;
    CU_ASSERT_EQUAL_FATAL(cph_pattern_response(&input, 1, input.look, &y), CPH_OK);
    const cph_quiet_level level = measure(plan, input.look, NULL, w, false);
    CU_ASSERT_DOUBLE_EQUAL(level.integrated_db, 10.0 * log10(sum / (y.re * y.re + y.im * y.im)),
                           1e-6);
    CU_ASSERT(isnan(level.worst_db));
    cph_quiet_destroy(plan);
}

/* ---- weights ---- */

static const double look45[3] = {0.6, 0.3741657386773941, 0.7071067811865476};

/* The dual bounds them from below, and any step aside that keeps response and loss is worse. */
static void nothing_at_that_price_is_quieter(void)
{
    static const double prices[] = {0.05, 0.3, 1.0};
    cph_random random;
    double position[DISC * 3];
    cph_c64 gain[DISC], w[DISC], aside[DISC];
    cph_random_seed(&random, SEED, 11);
    lay_disc(position);
    any_gains(&random, DISC, gain);
    cph_quiet *plan = plan_of_disc(position, NULL);
    double last = INFINITY;
    for (size_t i = 0; i < sizeof prices / sizeof prices[0]; i++) {
        cph_quiet_request request = {.price_db = prices[i], .gain = gain};
        cph_quiet_result r;
        memcpy(request.look, look45, sizeof look45);
        CU_ASSERT_EQUAL_FATAL(cph_quiet_weights(plan, &request, w, NULL, &r, NULL), CPH_OK);
        const cph_quiet_level level = measure(plan, look45, gain, w, false);
        CU_ASSERT_DOUBLE_EQUAL(level.loss_db, prices[i], 1e-6);
        CU_ASSERT_DOUBLE_EQUAL(level.integrated_db, r.float_db, 1e-6);
        CU_ASSERT(r.bound_db <= r.float_db + 1e-9 && r.bound_db > r.float_db - 1e-3);
        CU_ASSERT(r.float_db < last);
        last = r.float_db;
        for (int k = 0; k < 50; k++) {
            const double step = k % 2 != 0 ? 1e-3 : 3e-2;
            for (size_t n = 0; n < DISC; n++) {
                const cph_c64 e = cph_random_normal(&random);
                const double size = step * hypot(w[n].re, w[n].im);
                aside[n] = (cph_c64){w[n].re + size * e.re, w[n].im + size * e.im};
            }
            const cph_quiet_level other = measure(plan, look45, gain, aside, false);
            CU_ASSERT(other.loss_db > prices[i] || other.integrated_db >= r.bound_db);
        }
    }
    cph_quiet_destroy(plan);
}

/* With an error of what elements radiate, weights do not pay for less than what it radiates. */
static void an_error_saves_gain(void)
{
    double position[DISC * 3];
    cph_c64 w[DISC];
    lay_disc(position);
    cph_quiet *plan = plan_of_disc(position, NULL);
    cph_quiet_request request = {.price_db = 3.0};
    memcpy(request.look, look45, sizeof look45);
    CU_ASSERT_EQUAL_FATAL(cph_quiet_weights(plan, &request, w, NULL, NULL, NULL), CPH_OK);
    const cph_quiet_level exact = measure(plan, look45, NULL, w, false);
    request.error_rms = 0.05;
    CU_ASSERT_EQUAL_FATAL(cph_quiet_weights(plan, &request, w, NULL, NULL, NULL), CPH_OK);
    const cph_quiet_level known = measure(plan, look45, NULL, w, false);
    CU_ASSERT(known.loss_db < exact.loss_db - 1.0);
    CU_ASSERT(known.integrated_db > exact.integrated_db);
    cph_quiet_destroy(plan);
}

/* The highest is no higher than what is shown, which is measured; the integral's weights have a
 * higher one. */
static void the_highest_meets_its_bound(void)
{
    static const double hidden_db = 6.03; /* of quarter turns between samples, along both angles */
    double position[DISC * 3];
    cph_c64 w[DISC];
    cph_quiet_result r;
    lay_disc(position);
    cph_quiet *plan = plan_of_disc(position, NULL);
    cph_quiet_request request = {.price_db = 0.5};
    memcpy(request.look, look45, sizeof look45);
    CU_ASSERT_EQUAL_FATAL(cph_quiet_weights(plan, &request, w, NULL, NULL, NULL), CPH_OK);
    const cph_quiet_level integral = measure(plan, look45, NULL, w, true);
    request.criterion = CPH_QUIET_WORST;
    CU_ASSERT_EQUAL_FATAL(cph_quiet_weights(plan, &request, w, NULL, &r, NULL), CPH_OK);
    const cph_quiet_level level = measure(plan, look45, NULL, w, true);
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
    cph_c64 w[DISC], rounded[DISC];
    uint32_t state[DISC], again[DISC];
    cph_quiet_request request = {.price_db = 1.0, .gain = gain};
    memcpy(request.look, look45, sizeof look45);
    CU_ASSERT_EQUAL_FATAL(cph_quiet_weights(plan, &request, w, NULL, NULL, NULL), CPH_OK);
    const cph_states_config config = {.states = states, .elements = DISC, .weights = w};
    CU_ASSERT_EQUAL_FATAL(cph_states_choose(&config, again, rounded, NULL), CPH_OK);
    const cph_quiet_level before = measure(plan, look45, gain, rounded, false);
    request.states = states;
    CU_ASSERT_EQUAL_FATAL(cph_quiet_weights(plan, &request, w, state, NULL, NULL), CPH_OK);
    const cph_quiet_level level = measure(plan, look45, gain, w, false);
    printf("\n    states: %.2f dB, float weights rounded %.2f; loss %.3f\n    ",
           level.integrated_db, before.integrated_db, level.loss_db);
    CU_ASSERT(level.integrated_db < before.integrated_db - margin_db);
    CU_ASSERT(level.loss_db <= 1.0 + base_db + 1e-9);
    cph_c64 factor = {0, 0};
    for (size_t n = 0; n < DISC; n++) {
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
    double position[DISC * 3], amplitude = 0.0, power = 0.0;
    cph_c64 gain[DISC];
    unsigned char flag[DISC] = {0};
    cph_states states;
    cph_random_seed(&random, SEED, 23);
    lay_disc(position);
    any_gains(&random, DISC, gain);
    flag[5] = flag[60] = 1;
    for (size_t n = 0; n < DISC; n++) {
        const double size = flag[n] != 0 ? 0.0 : hypot(gain[n].re, gain[n].im);
        amplitude += size;
        power += size * size;
    }
    cph_quiet *plan = plan_of_disc(position, flag);
    CU_ASSERT_EQUAL_FATAL(cph_states_adar1000(CPH_ADAR1000_VECTORS, &states), CPH_OK);
    check_states(&states, plan, gain, flag, 0.0, 0.3);
    cph_states_free(&states);
    CU_ASSERT_EQUAL_FATAL(cph_states_ideal(6, 0, &states), CPH_OK);
    check_states(&states, plan, gain, flag,
                 10.0 * log10((double)(DISC - 2) * power / (amplitude * amplitude)), 6.0);
    cph_states_free(&states);
    cph_quiet_destroy(plan);
}

/* ---- searches that follow ---- */

/* No search over states has an optimum in closed form: the full search from the float optimum is
 * what the other is held against, a tenth of a beamwidth further each time. */
static const double near_db = 1.0, price_near_db = 0.1;

static void lay_askew(cph_random *random, double position[DISC * 3])
{
    lay_disc(position);
    for (size_t i = 0; i < (size_t)DISC * 3; i++)
        position[i] += 0.1 * (cph_random_uniform(random) - 0.5);
}

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void follow_states(const cph_states *states, const cph_quiet *plan, const cph_c64 *gain,
                          double base_db, const char *what)
{
    enum { LOOKS = 40 };
    cph_c64 w[DISC];
    uint32_t state[DISC];
    double behind[LOOKS], worst_loss = 0.0;
    size_t most = 0;
    cph_quiet_memory *memory = NULL;
    CU_ASSERT_EQUAL_FATAL(cph_quiet_memory_create(DISC, states, &memory), CPH_OK);
    for (size_t i = 0; i < LOOKS; i++) {
        const double el = (40.0 + 1.0 * (double)i) * degree, az = 0.7 + 0.01 * (double)i;
        cph_quiet_result r;
        cph_quiet_request request = {.look = {cos(el) * cos(az), cos(el) * sin(az), sin(el)},
                                     .price_db = 1.0,
                                     .gain = gain,
                                     .states = states};
        CU_ASSERT_EQUAL_FATAL(cph_quiet_weights(plan, &request, w, state, NULL, NULL), CPH_OK);
        const cph_quiet_level full = measure(plan, request.look, gain, w, false);
        request.memory = memory;
        CU_ASSERT_EQUAL_FATAL(cph_quiet_weights(plan, &request, w, state, &r, NULL), CPH_OK);
        const cph_quiet_level level = measure(plan, request.look, gain, w, false);
        behind[i] = level.integrated_db - full.integrated_db;
        worst_loss = fmax(worst_loss, level.loss_db - base_db);
        most = i > 0 && r.sweeps > most ? r.sweeps : most;
        CU_ASSERT(i > 0 ? isnan(r.bound_db) : behind[i] == 0.0);
    }
    qsort(behind, LOOKS, sizeof *behind, by_size);
    printf("\n    %s: behind the full search median %.2f, worst %.2f dB; loss at most %.3f dB; %zu "
           "sweeps\n    ",
           what, behind[LOOKS / 2], behind[LOOKS - 1], worst_loss, most);
    CU_ASSERT(behind[LOOKS / 2] <= near_db && behind[LOOKS - 1] <= 2.0 * near_db);
    CU_ASSERT(worst_loss <= 1.0 + price_near_db);
    CU_ASSERT(most <= 4 * (size_t)CPH_QUIET_SWEEPS);
    cph_quiet_memory_destroy(memory);
}

/* Elements anywhere near a lattice, any gains, two dead, and up askew. */
static void a_search_that_follows_is_near_the_full_one(void)
{
    cph_random random;
    double position[DISC * 3], amplitude = 0.0, power = 0.0;
    cph_c64 gain[DISC];
    unsigned char flag[DISC] = {[7] = 1, [40] = 1};
    cph_states states;
    cph_random_seed(&random, SEED, 31);
    lay_askew(&random, position);
    any_gains(&random, DISC, gain);
    for (size_t n = 0; n < DISC; n++) {
        const double size = flag[n] != 0 ? 0.0 : hypot(gain[n].re, gain[n].im);
        amplitude += size;
        power += size * size;
    }
    const cph_quiet_config config = {.elements = DISC,
                                     .position = position,
                                     .freq_hz = freq,
                                     .flag = flag,
                                     .element = &cosine,
                                     .up = {0.06, -0.08, sqrt(0.99)},
                                     .below_rad = 20.0 * degree};
    cph_quiet *plan = make(&config);
    CU_ASSERT_EQUAL_FATAL(cph_states_ideal(6, 0, &states), CPH_OK);
    follow_states(&states, plan, gain,
                  10.0 * log10((double)(DISC - 2) * power / (amplitude * amplitude)), "6 bits");
    cph_states_free(&states);
    CU_ASSERT_EQUAL_FATAL(cph_states_adar1000(CPH_ADAR1000_VECTORS, &states), CPH_OK);
    follow_states(&states, plan, gain, 0.0, "vectors");
    cph_states_free(&states);
    cph_quiet_destroy(plan);
}

/* A memory is of its states and its number of elements, and forgets when told. */
static void memories_fit(void)
{
    double position[DISC * 3];
    cph_c64 w[DISC], again[DISC];
    uint32_t state[DISC];
    cph_states states, other;
    cph_quiet_memory *memory = NULL;
    cph_quiet_result r;
    cph_error error;
    lay_disc(position);
    cph_quiet *plan = plan_of_disc(position, NULL);
    CU_ASSERT_EQUAL_FATAL(cph_states_ideal(5, 0, &states), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_states_ideal(4, 0, &other), CPH_OK);
    CU_ASSERT_EQUAL(cph_quiet_memory_create(0, &states, &memory), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL_FATAL(cph_quiet_memory_create(DISC, &states, &memory), CPH_OK);
    cph_quiet_request request = {.price_db = 1.0, .states = &other, .memory = memory};
    memcpy(request.look, look45, sizeof look45);
    CU_ASSERT_EQUAL(cph_quiet_weights(plan, &request, w, state, NULL, &error), CPH_ERR_ARGUMENT);
    request.states = &states;
    request.criterion = CPH_QUIET_WORST;
    CU_ASSERT_EQUAL(cph_quiet_weights(plan, &request, w, state, NULL, &error), CPH_ERR_ARGUMENT);
    request.criterion = CPH_QUIET_INTEGRATED;
    CU_ASSERT_EQUAL_FATAL(cph_quiet_weights(plan, &request, w, state, &r, &error), CPH_OK);
    CU_ASSERT(isfinite(r.float_db));
    CU_ASSERT_EQUAL_FATAL(cph_quiet_weights(plan, &request, again, state, &r, &error), CPH_OK);
    CU_ASSERT(isnan(r.float_db));
    cph_quiet_memory_forget(memory);
    CU_ASSERT_EQUAL_FATAL(cph_quiet_weights(plan, &request, again, state, &r, &error), CPH_OK);
    CU_ASSERT(isfinite(r.float_db) && memcmp(w, again, sizeof w) == 0);
    cph_quiet_memory_destroy(memory);
    cph_quiet_memory_destroy(NULL);
    cph_states_free(&states);
    cph_states_free(&other);
    cph_quiet_destroy(plan);
}

/* ---- refusals ---- */

static void refusals_leave_outputs_alone(void)
{
    double position[DISC * 3];
    cph_c64 w[DISC] = {{7, 0}};
    unsigned char all[DISC];
    cph_quiet *plan = NULL;
    cph_error error;
    memset(all, 1, sizeof all);
    lay_disc(position);
    const cph_quiet_config good = {.elements = DISC,
                                   .position = position,
                                   .freq_hz = freq,
                                   .element = &cosine,
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
    lay_disc(position);
    CU_ASSERT(plan == NULL);
    plan = make(&good);
    cph_quiet_request request = {.look = {0, 0, 1}, .price_db = 0.0};
    CU_ASSERT_EQUAL(cph_quiet_weights(plan, &request, w, NULL, NULL, &error), CPH_ERR_ARGUMENT);
    request.price_db = 1.0;
    request.look[0] = cos(10.0 * degree);
    request.look[2] = sin(10.0 * degree);
    CU_ASSERT_EQUAL(cph_quiet_weights(plan, &request, w, NULL, NULL, &error), CPH_ERR_ARGUMENT);
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
    {"a search that follows is near the full one", a_search_that_follows_is_near_the_full_one},
    {"memories fit", memories_fit},
    {"refusals leave outputs alone", refusals_leave_outputs_alone},
    CU_TEST_INFO_NULL};
