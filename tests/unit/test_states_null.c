/* SPDX-License-Identifier: MIT */
/* Nulls that survive hardware: phases of 6 bits alone, and gains that the solver does not know. */
#include <stdio.h>

#include "cophase/random.h"
#include "cophase/states.h"
#include "tests/unit/pattern_rig.h"

enum { ELEMENTS = 1280, NULLS = 2, DRAWS = 100, SEED = 7 };

/* A look 40 degrees off boresight, a jammer on the first sidelobe, one 31 degrees away. */
typedef struct scene {
    rig r;
    double direction[1 + NULLS][3]; /* look, jammers */
    cph_c64 *vector[1 + NULLS]; /* their steering vectors [N], those of the nulls in one piece */
    cph_c64 *quantised;
    uint32_t *state;
} scene;

static double db(double power)
{
    return 10.0 * log10(power);
}

static double power_toward(const scene *s, const cph_c64 *w, const cph_c64 *gain,
                           const double direction[3])
{
    cph_pattern_input input = input_of(&s->r);
    cph_c64 y;
    input.weights = w;
    input.gain = gain;
    CU_ASSERT_EQUAL_FATAL(cph_pattern_response(&input, 1, direction, &y), CPH_OK);
    return y.re * y.re + y.im * y.im;
}

/* The first lobe beyond the first null along rising u. */
static void first_sidelobe(const scene *s, double direction[3])
{
    const double u0 = s->r.look[0], v0 = s->r.look[1], step = 5e-4;
    double now = 1.0;
    bool falling = true;
    for (int i = 1; i < 400; i++) {
        CU_ASSERT_EQUAL_FATAL(cph_direction_from_uv(u0 + i * step, v0, direction), CPH_OK);
        const double next = power_toward(s, s->r.w, NULL, direction);
        if (falling ? next > now : next < now) {
            if (!falling)
                break;
            falling = false;
        }
        now = next;
    }
    CU_ASSERT_DOUBLE_EQUAL(db(now), -17.57, 0.3); /* 2 J1(x) / x of a round aperture */
}

static void make_scene(scene *s)
{
    cph_array array;
    CU_ASSERT_EQUAL_FATAL(cph_array_disc(ELEMENTS, 0.5 * wl, &array), CPH_OK);
    s->r = rig_of(&array);
    cph_direction_from_thetaphi(40 * M_PI / 180, 25 * M_PI / 180, s->direction[0]);
    steer(&s->r, s->direction[0][0], s->direction[0][1]);
    first_sidelobe(s, s->direction[1]);
    cph_direction_from_thetaphi(10 * M_PI / 180, 60 * M_PI / 180, s->direction[2]);
    cph_c64 *vectors = calloc((1 + NULLS) * s->r.n, sizeof *vectors);
    for (size_t i = 0; i <= NULLS; i++) {
        s->vector[i] = vectors + i * s->r.n;
        CU_ASSERT_EQUAL_FATAL(
            cph_steer_c64(s->r.n, s->r.position, freq_hz, s->direction[i], s->vector[i]), CPH_OK);
    }
    s->quantised = calloc(s->r.n, sizeof *s->quantised);
    s->state = calloc(s->r.n, sizeof *s->state);
}

static void release_scene(scene *s)
{
    free(s->vector[0]);
    free(s->quantised);
    free(s->state);
    release(&s->r);
}

static double noise(const scene *s, const cph_c64 *w)
{
    double sum = 0.0;
    for (size_t i = 0; i < s->r.n; i++)
        sum += w[i].re * w[i].re + w[i].im * w[i].im;
    return sum;
}

/* Phase errors of 2 degrees rms, amplitude errors of 0.2 dB rms. */
static void draw_gains(cph_random *random, size_t n, cph_c64 *gain)
{
    for (size_t i = 0; i < n; i++) {
        const cph_c64 z = cph_random_normal(random); /* variance 1/2 a part */
        const double size = pow(10.0, 0.2 * M_SQRT2 * z.re / 20.0);
        const double angle = 2.0 * M_SQRT2 * z.im * M_PI / 180.0;
        const double re = size * cos(angle), im = size * sin(angle);
        gain[i] = (cph_c64){re, im};
    }
}

/* What the draws of gains did to a beam. */
typedef struct outcome {
    size_t good;       /* draws with all nulls 50 dB below the look */
    double mean_null;  /* relative to the look, over draws and nulls */
    double worst_loss; /* dB, of the look against the beam without nulls through the same gains */
} outcome;

static outcome draw_all(const scene *s)
{
    outcome o = {.worst_loss = -INFINITY};
    cph_random random;
    cph_c64 *gain = calloc(s->r.n, sizeof *gain);
    cph_random_seed(&random, SEED, 0);
    for (size_t draw = 0; draw < DRAWS; draw++) {
        draw_gains(&random, s->r.n, gain);
        const double look = power_toward(s, s->quantised, gain, s->direction[0]);
        const double plain = power_toward(s, s->r.w, gain, s->direction[0]);
        size_t deep = 0;
        for (size_t j = 1; j <= NULLS; j++) {
            const double depth = power_toward(s, s->quantised, gain, s->direction[j]) / look;
            o.mean_null += depth / (NULLS * DRAWS);
            deep += db(depth) <= -50.0;
        }
        o.good += deep == NULLS;
        /* per unit of noise: the norms of the weights differ */
        o.worst_loss =
            fmax(o.worst_loss, db(plain / look * noise(s, s->quantised) / noise(s, s->r.w)));
    }
    free(gain);
    return o;
}

/* The solver sees the array as it is on paper. What the gains add to a null has the mean
 * (2 deg^2 + 0.2 dB^2) / N over the loss of the look, and is exponential: the mean of 200 of them
 * is within 4 / sqrt(200) of it but for one run in 10^4. */
static void nulls_survive_six_bits_and_unknown_gains(void)
{
    static const double inr[NULLS] = {1e5, 1e5};
    scene s;
    cph_states states;
    cph_states_result result;
    make_scene(&s);
    CU_ASSERT_EQUAL_FATAL(cph_states_ideal(6, 0, &states), CPH_OK);
    const cph_states_config config = {.states = &states,
                                      .elements = s.r.n,
                                      .weights = s.r.w,
                                      .nulls = NULLS,
                                      .null_vector = s.vector[1],
                                      .inr = inr,
                                      .trials = 4};
    CU_ASSERT_EQUAL_FATAL(cph_states_choose(&config, s.state, s.quantised, &result), CPH_OK);
    const double predicted = cph_states_floor_db(s.r.n, 2.0 * M_PI / 180, 0.2 * log(10.0) / 20.0);
    const double look = power_toward(&s, s.quantised, NULL, s.direction[0]);
    const outcome o = draw_all(&s);
    printf("seed %d: %zu of %d draws, mean null %.2f dB, predicted %.2f dB, look loss %.3f dB;",
           SEED, o.good, DRAWS, db(o.mean_null), predicted, o.worst_loss);
    for (size_t j = 1; j <= NULLS; j++) {
        const double before = db(power_toward(&s, s.r.w, NULL, s.direction[j]));
        const double depth = db(power_toward(&s, s.quantised, NULL, s.direction[j]) / look);
        printf(" null %zu on paper %.1f, was %.1f dB;", j, depth, before);
        CU_ASSERT(depth < predicted - 20.0); /* the solver adds less than 1 % to the floor */
    }
    printf(" ");
    CU_ASSERT(o.good >= 95);
    CU_ASSERT(o.worst_loss <= 0.3);
    CU_ASSERT_DOUBLE_EQUAL(predicted, -58.6, 0.05);
    CU_ASSERT_DOUBLE_EQUAL(o.mean_null / pow(10.0, (predicted + result.loss_db) / 10.0), 1.0,
                           4.0 / sqrt(NULLS * DRAWS));
    for (size_t i = 0; i < s.r.n; i++) /* phases of 6 bits, and no others */
        CU_ASSERT(s.state[i] < 64);
    cph_states_free(&states);
    release_scene(&s);
}

/* A line whose gains the solver knows, some far from 1, one element dead; nulls asymmetric about
 * the look, so that a wrong sign or conjugate misses them. Returns the deepest and the shallowest
 * null relative to the look. */
static void known_gains(const cph_states *states, size_t n, double look_u, const double null_u[2],
                        double depth_db[2], cph_states_result *result)
{
    static const double inr[2] = {1e6, 1e6};
    rig r = ula(n, 0.5);
    cph_random random;
    cph_c64 *v = calloc(2 * n, sizeof *v), *gain = calloc(n, sizeof *gain);
    uint32_t *state = calloc(n, sizeof *state);
    unsigned char *flag = calloc(n, 1);
    double u[3];
    cph_random_seed(&random, SEED, 1);
    for (size_t i = 0; i < n; i++) {
        const cph_c64 z = cph_random_normal(&random);
        gain[i] = (cph_c64){1.0 + 0.2 * z.re, 0.5 * z.im};
    }
    flag[1] = 1;
    steer(&r, look_u, 0.0);
    CU_ASSERT_EQUAL_FATAL(cph_steer_c64(n, r.position, freq_hz, r.look, r.w), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_weights_conventional(n, r.w, gain, flag, NULL, r.w), CPH_OK);
    for (size_t j = 0; j < 2; j++) {
        CU_ASSERT_EQUAL_FATAL(cph_direction_from_uv(null_u[j], 0.0, u), CPH_OK);
        CU_ASSERT_EQUAL_FATAL(cph_steer_c64(n, r.position, freq_hz, u, v + j * n), CPH_OK);
        for (size_t i = 0; i < n; i++) {
            const cph_c64 a = v[j * n + i], g = gain[i];
            v[j * n + i] = (cph_c64){a.re * g.re - a.im * g.im, a.re * g.im + a.im * g.re};
        }
    }
    const cph_states_config config = {.states = states,
                                      .elements = n,
                                      .weights = r.w,
                                      .nulls = 2,
                                      .null_vector = v,
                                      .inr = inr,
                                      .trials = 8};
    CU_ASSERT_EQUAL_FATAL(cph_states_choose(&config, state, r.w, result), CPH_OK);
    CU_ASSERT(state[1] == CPH_STATE_OFF && r.w[1].re == 0.0 && r.w[1].im == 0.0);
    const scene s = {.r = r};
    const double look = power_toward(&s, r.w, gain, r.look);
    for (size_t j = 0; j < 2; j++) {
        CU_ASSERT_EQUAL_FATAL(cph_direction_from_uv(null_u[j], 0.0, u), CPH_OK);
        depth_db[j] = db(power_toward(&s, r.w, gain, u) / look);
    }
    free(v);
    free(gain);
    free(state);
    free(flag);
    release(&r);
}

/* Rounding to steps of 2 pi / 65536 alone leaves (2 pi / 65536)^2 / 12 / 19, -104 dB on average;
 * phases that move as little as they can cost little of the look. */
static void least_squares_nulls_with_phases_alone(void)
{
    static const double null_u[2] = {0.52, -0.35};
    double depth_db[2];
    cph_states states;
    cph_states_result result;
    CU_ASSERT_EQUAL_FATAL(cph_states_ideal(16, 0, &states), CPH_OK);
    known_gains(&states, 20, 0.1, null_u, depth_db, &result);
    printf("%.1f %.1f dB, loss %.2f dB ", depth_db[0], depth_db[1], result.loss_db);
    CU_ASSERT(depth_db[0] < -104.0 && depth_db[1] < -104.0);
    cph_states_free(&states);
}

static void nulls_hold_on_the_states_of_a_chip(void)
{
    static const double null_u[2] = {0.52, -0.35};
    double depth_db[2];
    cph_states states;
    cph_states_result result;
    CU_ASSERT_EQUAL_FATAL(cph_states_adar1000(CPH_ADAR1000_PHASES, &states), CPH_OK);
    known_gains(&states, 64, 0.1, null_u, depth_db, &result);
    const double rounded = cph_states_floor_db(63, 2.8125 * M_PI / 180 / sqrt(12.0), 0.0);
    printf("%.1f %.1f dB, by rounding %.1f dB ", depth_db[0], depth_db[1], rounded);
    CU_ASSERT(depth_db[0] < rounded - 10.0 && depth_db[1] < rounded - 10.0);
    cph_states_free(&states);
}

/* With amplitudes to choose from, the nearest weights with a null are w less its part along v,
 * which costs 1 - |w^H v|^2 / (|w|^2 |v|^2) of the signal to noise ratio; rounding to steps of 2 pi
 * / 1024 and 1 / 64 costs another ((2 pi / 1024)^2 + (1 / 64)^2) / 12 at most over the mean power,
 * 1e-4 dB. */
static void amplitudes_make_a_null_as_cheap_as_can_be(void)
{
    enum { N = 20 };
    static const double inr = 1e6;
    rig r = ula(N, 0.5);
    cph_c64 v[N], y = {0, 0};
    uint32_t state[N];
    double u[3];
    cph_states states;
    cph_states_result result;
    CU_ASSERT_EQUAL_FATAL(cph_states_ideal(10, 6, &states), CPH_OK);
    steer(&r, 0.1, 0.0);
    CU_ASSERT_EQUAL_FATAL(cph_direction_from_uv(0.25, 0.0, u), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_steer_c64(N, r.position, freq_hz, u, v), CPH_OK);
    for (size_t n = 0; n < N; n++) {
        y.re += r.w[n].re * v[n].re + r.w[n].im * v[n].im;
        y.im += r.w[n].re * v[n].im - r.w[n].im * v[n].re;
    }
    const double share = y.re * y.re + y.im * y.im; /* |w|^2 |v|^2 is 1 */
    const cph_states_config config = {.states = &states,
                                      .elements = N,
                                      .weights = r.w,
                                      .nulls = 1,
                                      .null_vector = v,
                                      .inr = &inr};
    CU_ASSERT_EQUAL_FATAL(cph_states_choose(&config, state, r.w, &result), CPH_OK);
    CU_ASSERT(db(share) > -14.0); /* near the first sidelobe */
    CU_ASSERT_DOUBLE_EQUAL(result.loss_db, -db(1.0 - share), 2e-4);
    release(&r);
    cph_states_free(&states);
}

/* Phases of a real beam move mirror images about the look together: a null there is no
 * solution of the linear equations, and must not become a NaN. */
static void nulls_that_phases_cannot_make_do_no_harm(void)
{
    static const double null_u[2] = {0.37, -0.37};
    double depth_db[2];
    cph_states states;
    cph_states_result result;
    CU_ASSERT_EQUAL_FATAL(cph_states_ideal(5, 0, &states), CPH_OK);
    known_gains(&states, 16, 0.0, null_u, depth_db, &result);
    CU_ASSERT(isfinite(depth_db[0]) && isfinite(depth_db[1]) && result.loss_db < 3.0);
    known_gains(&states, 16, 0.0, (double[2]){0.4, 0.4}, depth_db, &result);
    CU_ASSERT(isfinite(depth_db[0]) && depth_db[0] == depth_db[1] && result.loss_db < 3.0);
    cph_states_free(&states);
}

CU_TestInfo cph_tests_states_null[] = {
    {"nulls survive six bits of phase and unknown gains", nulls_survive_six_bits_and_unknown_gains},
    {"least squares nulls with phases alone", least_squares_nulls_with_phases_alone},
    {"nulls hold on the states of a chip", nulls_hold_on_the_states_of_a_chip},
    {"amplitudes make a null as cheap as can be", amplitudes_make_a_null_as_cheap_as_can_be},
    {"nulls that phases cannot make do no harm", nulls_that_phases_cannot_make_do_no_harm},
    CU_TEST_INFO_NULL,
};
