/* SPDX-License-Identifier: MIT */
/* States of shifters and vector modulators, and the choice among them. */
#include <stdint.h>
#include <stdio.h>

#include "cophase/states.h"
#include "tests/unit/pattern_rig.h"

static cph_states ideal(unsigned phase_bits, unsigned amplitude_bits)
{
    cph_states states = {0};
    CU_ASSERT_EQUAL_FATAL(cph_states_ideal(phase_bits, amplitude_bits, &states), CPH_OK);
    return states;
}

static cph_states adar1000(cph_adar1000 which)
{
    cph_states states = {0};
    CU_ASSERT_EQUAL_FATAL(cph_states_adar1000(which, &states), CPH_OK);
    return states;
}

/* value exp(-j 2 pi turns) */
static cph_c64 unturned(cph_c64 value, double turns)
{
    const double re = cos(2 * M_PI * turns), im = sin(2 * M_PI * turns);
    return (cph_c64){value.re * re + value.im * im, value.im * re - value.re * im};
}

static void a_step_up_of_an_ideal_table_advances(void)
{
    cph_states states = ideal(3, 2);
    CU_ASSERT_EQUAL(states.count, 32);
    for (uint32_t i = 0; i < 32; i++) {
        const cph_c64 left = unturned(states.value[i], (i % 8) / 8.0);
        CU_ASSERT_EQUAL(states.code[i], i);
        CU_ASSERT_DOUBLE_EQUAL(left.re, (i / 8 + 1) / 4.0, 1e-15);
        CU_ASSERT_DOUBLE_EQUAL(left.im, 0.0, 1e-15);
    }
    cph_states_reverse(&states);
    CU_ASSERT_DOUBLE_EQUAL(states.value[8 + 2].im, -0.5, 1e-15); /* a quarter turn, half scale */
    cph_states_free(&states);
    CU_ASSERT_EQUAL(cph_states_ideal(0, 3, &states), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_states_ideal(16, 1, &states), CPH_ERR_ARGUMENT);
    CU_ASSERT_PTR_NULL(states.value);
}

static void the_adar1000_has_the_registers_of_its_data_sheet(void)
{
    static const struct {
        size_t state; /* of 2.8125 degrees */
        uint32_t code;
    } known[] = {{0, 0x3F20}, {16, 0x3635}, {32, 0x213D}, {64, 0x1F20}, {96, 0x011D}};
    cph_states states = adar1000(CPH_ADAR1000_PHASES);
    CU_ASSERT_EQUAL_FATAL(states.count, 128);
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        CU_ASSERT_EQUAL(states.code[known[i].state], known[i].code);
    double mean = 0.0, square = 0.0, worst = 0.0, least = INFINITY, largest = 0.0;
    for (size_t k = 0; k < 128; k++) {
        const cph_c64 left = unturned(states.value[k], (double)k / 128.0);
        const double error = degrees(atan2(left.im, left.re)), size = hypot(left.re, left.im);
        mean += error / 128.0;
        square += error * error / 128.0;
        worst = fabs(error) > fabs(worst) ? error : worst;
        least = fmin(least, size);
        largest = fmax(largest, size);
    }
    CU_ASSERT_DOUBLE_EQUAL(mean, -0.53, 0.01);
    CU_ASSERT_DOUBLE_EQUAL(sqrt(square - mean * mean), 1.29, 0.01);
    CU_ASSERT_DOUBLE_EQUAL(worst, -3.1, 0.1);
    CU_ASSERT_DOUBLE_EQUAL(20 * log10(largest / least), 0.78, 0.01);
    cph_states_free(&states);
}

static void every_setting_of_the_vector_modulator_is_a_state(void)
{
    cph_states states = adar1000(CPH_ADAR1000_VECTORS);
    CU_ASSERT_EQUAL_FATAL(states.count, 3969);  /* 63 * 63 */
    for (size_t i = 0; i < states.count; i++) { /* what the registers say, read back */
        const uint32_t in_phase = states.code[i] >> 8, quadrature = states.code[i] & 0xFF;
        const double re = (double)(in_phase & 0x1F) * (in_phase & 0x20 ? 1.0 : -1.0);
        const double im = (double)(quadrature & 0x1F) * (quadrature & 0x20 ? 1.0 : -1.0);
        CU_ASSERT_DOUBLE_EQUAL(states.value[i].re * 31.0, re, 1e-12);
        CU_ASSERT_DOUBLE_EQUAL(states.value[i].im * 31.0, im, 1e-12);
        for (size_t k = 0; k < i; k++)
            if (states.code[k] == states.code[i])
                CU_FAIL("a code twice");
    }
    cph_states_free(&states);
}

/* Phases spread evenly over a turn: errors of rounding are uniform over a step, so its rms is
 * step / sqrt(12) (1 - 1/m^2) for m phases a step, and the loss that of sinc^2. */
static void rounding_of_phases_costs_what_the_table_says(void)
{
    enum { M = 64 };
    static const struct {
        unsigned bits;
        double rms_deg, rms_tolerance, loss_db, loss_tolerance;
    } known[] = {{3, 12.99, 0.01, 0.224, 0.001},
                 {4, 6.495, 0.001, 0.056, 0.001},
                 {5, 3.248, 0.001, 0.014, 0.001},
                 {6, 1.624, 0.001, 0.0035, 0.0001}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        const size_t n = (size_t)M << known[i].bits;
        cph_states states = ideal(known[i].bits, 0);
        cph_c64 *w = calloc(n, sizeof *w);
        uint32_t *state = calloc(n, sizeof *state);
        cph_states_result result;
        for (size_t k = 0; k < n; k++) {
            const double angle = 2 * M_PI * ((double)k + 0.5) / (double)n;
            w[k] = (cph_c64){0.01 * cos(angle), 0.01 * sin(angle)};
        }
        const cph_states_config config = {.states = &states, .elements = n, .weights = w};
        CU_ASSERT_EQUAL(cph_states_choose(&config, state, w, &result), CPH_OK);
        CU_ASSERT_DOUBLE_EQUAL(degrees(result.phase_rms_rad), known[i].rms_deg,
                               known[i].rms_tolerance);
        CU_ASSERT_DOUBLE_EQUAL(result.loss_db, known[i].loss_db, known[i].loss_tolerance);
        CU_ASSERT_DOUBLE_EQUAL(result.amplitude_rms, 0.0, 1e-12);
        CU_ASSERT(isnan(result.psll_db));
        free(w);
        free(state);
        cph_states_free(&states);
    }
}

/* Weights that states can make exactly, with one element not driven: in any scale, the states are
 * the conjugates of the weights. */
static void the_coefficient_is_the_conjugate_of_the_weight(void)
{
    enum { N = 9 };
    cph_states states = ideal(4, 2);
    uint32_t wanted[N], state[N];
    cph_c64 w[N], quantised[N];
    cph_states_result result;
    for (uint32_t n = 0; n < N; n++) {
        wanted[n] = n == 3 ? CPH_STATE_OFF : (7 * n + 50) % 64; /* n = 2 has full scale */
        const cph_c64 c = n == 3 ? (cph_c64){0, 0} : states.value[wanted[n]];
        w[n] = (cph_c64){1e-160 * c.re, -1e-160 * c.im};
    }
    const cph_states_config config = {.states = &states, .elements = N, .weights = w};
    CU_ASSERT_EQUAL_FATAL(cph_states_choose(&config, state, quantised, &result), CPH_OK);
    for (size_t n = 0; n < N; n++) {
        CU_ASSERT_EQUAL(state[n], wanted[n]);
        CU_ASSERT_DOUBLE_EQUAL(quantised[n].re * 1e160, w[n].re * 1e160, 1e-14);
        CU_ASSERT_DOUBLE_EQUAL(quantised[n].im * 1e160, w[n].im * 1e160, 1e-14);
    }
    CU_ASSERT_DOUBLE_EQUAL(result.loss_db, 0.0, 1e-12);
    cph_states_free(&states);
}

/* A tapered beam, quantised every way that `config` asks for. */
typedef struct line {
    rig r;
    cph_c64 *quantised;
    uint32_t *state;
} line;

static line make_line(size_t n, double u)
{
    line l = {.r = ula(n, 0.5)};
    static const cph_taper taper = {.kind = CPH_TAPER_TAYLOR, .nbar = 4, .sll_db = -30.0};
    double *t = calloc(n, sizeof *t);
    l.quantised = calloc(n, sizeof *l.quantised);
    l.state = calloc(n, sizeof *l.state);
    steer(&l.r, u, 0.0);
    CU_ASSERT_EQUAL_FATAL(cph_taper_line(&taper, n, t), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_weights_conventional(n, l.r.w, NULL, NULL, t, l.r.w), CPH_OK);
    free(t);
    return l;
}

static void release_line(line *l)
{
    free(l->quantised);
    free(l->state);
    release(&l->r);
}

static cph_states_result choose(line *l, const cph_states *states, size_t trials, bool feedback,
                                bool sidelobes)
{
    const cph_pattern_input pattern = input_of(&l->r);
    const cph_states_config config = {.states = states,
                                      .elements = l->r.n,
                                      .weights = l->r.w,
                                      .trials = trials,
                                      .feedback = feedback,
                                      .pattern = sidelobes ? &pattern : NULL};
    cph_states_result result = {0};
    CU_ASSERT_EQUAL_FATAL(cph_states_choose(&config, l->state, l->quantised, &result), CPH_OK);
    return result;
}

/* Few states: what rounds alike on many elements makes lobes of its own. */
static void trials_and_feedback_lower_the_sidelobes(void)
{
    enum { LOOKS = 12 };
    cph_states states = ideal(3, 2);
    double plain = 0.0, turned = 0.0, fed = 0.0;
    for (int i = 0; i < LOOKS; i++) {
        line l = make_line(48, 0.037 + 0.05 * i);
        const double one = choose(&l, &states, 1, false, true).psll_db;
        const double many = choose(&l, &states, 16, false, true).psll_db;
        const cph_states_result both = choose(&l, &states, 16, true, true);
        CU_ASSERT(many <= one && both.psll_db <= many); /* each choice is among the next */
        plain += one / LOOKS;
        turned += many / LOOKS;
        fed += both.psll_db / LOOKS;
        release_line(&l);
    }
    printf("mean peak sidelobe: rounded %.1f, trials of the phase %.1f, and feedback %.1f dB ",
           plain, turned, fed);
    CU_ASSERT(turned < plain - 0.5);
    CU_ASSERT(fed < turned - 1.0);
    cph_states_free(&states);
}

/* What is reported is what the weights given back do. */
static void the_result_is_that_of_the_states(void)
{
    cph_states states = adar1000(CPH_ADAR1000_VECTORS);
    line l = make_line(40, -0.313);
    const cph_states_result result = choose(&l, &states, 3, true, true);
    double signal = 0.0, noise = 0.0, quiet = 0.0;
    for (size_t n = 0; n < l.r.n; n++) {
        const cph_c64 w = l.r.w[n], q = l.quantised[n], s = states.value[l.state[n]];
        signal += w.re * q.re + w.im * q.im;
        noise += q.re * q.re + q.im * q.im;
        quiet += w.re * w.re + w.im * w.im;
        CU_ASSERT_DOUBLE_EQUAL(hypot(q.re, q.im) / hypot(l.quantised[0].re, l.quantised[0].im),
                               hypot(s.re, s.im) /
                                   hypot(states.value[l.state[0]].re, states.value[l.state[0]].im),
                               1e-12);
    }
    CU_ASSERT_DOUBLE_EQUAL(signal, quiet, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(result.loss_db, 10 * log10(noise * quiet / (signal * signal)), 1e-9);
    memcpy(l.r.w, l.quantised, l.r.n * sizeof *l.r.w);
    CU_ASSERT_DOUBLE_EQUAL(analyse(&l.r).psll_db, result.psll_db, 1e-9);
    release_line(&l);
    cph_states_free(&states);
}

typedef struct refusal {
    const char *what;
    cph_status status;
    cph_states_config config;
} refusal;

/* As a file of weights holds them, in single precision; one element is not driven. */
static void states_that_were_chosen_are_recognised(void)
{
    enum { N = 23 };
    cph_states states = adar1000(CPH_ADAR1000_VECTORS);
    cph_c64 w[N], wanted[N];
    uint32_t state[N], found[N] = {0};
    for (size_t n = 0; n < N; n++) {
        const double angle = 0.4 * (double)(n * n), size = 1.0 / (double)(n + 3);
        wanted[n] = (cph_c64){size * cos(angle), n == 4 ? 0.0 : size * sin(angle)};
    }
    wanted[4] = (cph_c64){0.0, 0.0};
    const cph_states_config config = {
        .states = &states, .elements = N, .weights = wanted, .trials = 5};
    CU_ASSERT_EQUAL_FATAL(cph_states_choose(&config, state, w, NULL), CPH_OK);
    for (size_t n = 0; n < N; n++)
        w[n] = (cph_c64){(double)(float)w[n].re, (double)(float)w[n].im};
    CU_ASSERT(cph_states_recognise(&states, N, w, found));
    for (size_t n = 0; n < N; n++) { /* a grid has four turns of itself: the pattern's is one */
        CU_ASSERT_EQUAL(found[n] == CPH_STATE_OFF, n == 4);
        if (n == 4)
            continue;
        const cph_c64 v = states.value[found[n]], first = states.value[found[0]];
        const double re = v.re * first.re + v.im * first.im, im = v.im * first.re - v.re * first.im;
        const cph_c64 c = states.value[state[n]], start = states.value[state[0]];
        CU_ASSERT_DOUBLE_EQUAL(c.re * start.re + c.im * start.im, re, 1e-12);
        CU_ASSERT_DOUBLE_EQUAL(c.im * start.re - c.re * start.im, im, 1e-12);
    }
    found[7] = 12345;
    CU_ASSERT_FALSE(cph_states_recognise(&states, N, wanted, found));
    w[5].re *= 1.001;
    CU_ASSERT_FALSE(cph_states_recognise(&states, N, w, found));
    CU_ASSERT_EQUAL(found[7], 12345);
    cph_states_free(&states);
}

static void what_cannot_be_done_is_refused(void)
{
    static const cph_c64 w[4] = {{1, 0}, {0, 1}, {-1, 0}, {0, -1}}, off[4] = {{0, 0}};
    static const cph_c64 bad[4] = {{1, 0}, {NAN, 1}, {1, 1}, {0, 1}};
    static const cph_c64 away[8] = {{1, 0}, {1, 0},  {1, 0}, {1, 0},
                                    {1, 0}, {-1, 0}, {1, 0}, {-1, 0}};
    static const double inr[2] = {10.0, 10.0}, none[2] = {10.0, 0.0};
    static cph_c64 one_value = {1, 0}, zero = {0, 0}, nan_value = {0, NAN};
    static const cph_states one = {1, &one_value, NULL}, dark = {1, &zero, NULL},
                            broken = {1, &nan_value, NULL}, empty = {0, &one_value, NULL};
    cph_states four = ideal(2, 0);
    const refusal refusals[] = {
        {"no element", CPH_ERR_ARGUMENT, {.states = &four, .weights = w}},
        {"no weights", CPH_ERR_ARGUMENT, {.states = &four, .elements = 4}},
        {"no states", CPH_ERR_ARGUMENT, {.states = &empty, .elements = 4, .weights = w}},
        {"states that are 0", CPH_ERR_ARGUMENT, {.states = &dark, .elements = 4, .weights = w}},
        {"NaN states", CPH_ERR_NOT_FINITE, {.states = &broken, .elements = 4, .weights = w}},
        {"NaN weights", CPH_ERR_NOT_FINITE, {.states = &four, .elements = 4, .weights = bad}},
        {"all off", CPH_ERR_TOO_FEW, {.states = &four, .elements = 4, .weights = off}},
        {"one state for all phases",
         CPH_ERR_SINGULAR,
         {.states = &one, .elements = 4, .weights = w}},
        {"nulls of nothing",
         CPH_ERR_ARGUMENT,
         {.states = &four, .elements = 4, .weights = w, .nulls = 1}},
        {"a jammer without power",
         CPH_ERR_ARGUMENT,
         {.states = &four,
          .elements = 4,
          .weights = w,
          .nulls = 2,
          .null_vector = away,
          .inr = none}},
        {"a NaN null",
         CPH_ERR_NOT_FINITE,
         {.states = &four,
          .elements = 4,
          .weights = w,
          .nulls = 1,
          .null_vector = bad,
          .inr = inr}},
        {"a null in the look",
         CPH_ERR_SINGULAR,
         {.states = &four, .elements = 4, .weights = w, .nulls = 1, .null_vector = w, .inr = inr}},
        {"two nulls for three phases",
         CPH_ERR_TOO_FEW,
         {.states = &four,
          .elements = 3,
          .weights = w,
          .nulls = 2,
          .null_vector = away,
          .inr = inr}},
    };
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        uint32_t state[4] = {9, 9, 9, 9};
        cph_c64 q[4] = {{7, -7}, {7, -7}, {7, -7}, {7, -7}};
        cph_states_result result = {.sweeps = 5};
        const cph_status status = cph_states_choose(&refusals[i].config, state, q, &result);
        if (status != refusals[i].status)
            printf("%s: %s ", refusals[i].what, cph_status_name(status));
        CU_ASSERT_EQUAL(status, refusals[i].status);
        CU_ASSERT_EQUAL(result.sweeps, 5);
        for (size_t n = 0; n < 4; n++)
            CU_ASSERT(state[n] == 9 && q[n].re == 7 && q[n].im == -7);
    }
    cph_states_free(&four);
}

CU_TestInfo cph_tests_states[] = {
    {"a step up of an ideal table advances", a_step_up_of_an_ideal_table_advances},
    {"the ADAR1000 has the registers of its data sheet",
     the_adar1000_has_the_registers_of_its_data_sheet},
    {"every setting of the vector modulator is a state",
     every_setting_of_the_vector_modulator_is_a_state},
    {"rounding of phases costs what the table says", rounding_of_phases_costs_what_the_table_says},
    {"the coefficient is the conjugate of the weight",
     the_coefficient_is_the_conjugate_of_the_weight},
    {"trials of the phase and error feedback lower the sidelobes",
     trials_and_feedback_lower_the_sidelobes},
    {"the result is that of the states", the_result_is_that_of_the_states},
    {"states that were chosen are recognised", states_that_were_chosen_are_recognised},
    {"what cannot be done is refused", what_cannot_be_done_is_refused},
    CU_TEST_INFO_NULL,
};
