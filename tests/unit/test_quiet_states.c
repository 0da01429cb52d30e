/* SPDX-License-Identifier: MIT */
/* States of quiet weights against plain ones, other prices and the other criterion. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cophase/array.h"
#include "cophase/quiet.h"
#include "cophase/random.h"
#include "cophase/steer.h"
#include "kernels/core/c64.h"
#include "kernels/weights/quiet.h"

enum { SEED = 51137, MOST = 169 };
static const double freq = CPH_SPEED_OF_LIGHT; /* a wavelength is a metre */
static const double degree = M_PI / 180.0;
static const cph_element_pattern cosine = {.kind = CPH_ELEMENT_COSINE, .q = 1.0};

typedef struct scene {
    size_t n;
    double position[MOST * 3];
    cph_c64 gain[MOST];
    cph_quiet *plan;
} scene;

/* A level disc, gains of any phase and sizes of 1 +- spread. */
static void make_scene(cph_random *random, size_t n, double pitch, double spread, scene *s)
{
    cph_array array;
    s->n = n;
    CU_ASSERT_EQUAL_FATAL(cph_array_disc(n, pitch, &array), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_array_positions(&array, s->position), CPH_OK);
    cph_array_free(&array);
    for (size_t i = 0; i < n; i++) {
        const double size = 1.0 + spread * (2.0 * cph_random_uniform(random) - 1.0);
        const double angle = 2.0 * M_PI * cph_random_uniform(random);
        s->gain[i] = cph_c64_scale(size, (cph_c64){cos(angle), sin(angle)});
    }
    const cph_quiet_config config = {.elements = n,
                                     .position = s->position,
                                     .freq_hz = freq,
                                     .element = &cosine,
                                     .up = {0, 0, 1},
                                     .below_rad = 20.0 * degree};
    cph_error error;
    s->plan = NULL;
    CU_ASSERT_EQUAL_FATAL(cph_quiet_create(&config, &s->plan, &error), CPH_OK);
}

static cph_quiet_request request_of(cph_random *random, const scene *s, const cph_states *states,
                                    double price_db)
{
    const double theta = 60.0 * degree * cph_random_uniform(random);
    const double phi = 2.0 * M_PI * cph_random_uniform(random);
    return (cph_quiet_request){.look = {sin(theta) * cos(phi), sin(theta) * sin(phi), cos(theta)},
                               .price_db = price_db,
                               .gain = s->gain,
                               .states = states};
}

static cph_quiet_level level_of(const scene *s, const cph_quiet_request *request, bool worst)
{
    cph_c64 w[MOST];
    uint32_t state[MOST];
    cph_quiet_level level = {0};
    CU_ASSERT_EQUAL_FATAL(cph_quiet_weights(s->plan, request, w, state, NULL, NULL), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_quiet_measure(s->plan, request->look, s->gain, w, worst, &level),
                          CPH_OK);
    return level;
}

/* The states nearest to the plain beam: equal |y| at the phases of the look. */
static cph_quiet_level plain_of(const scene *s, const cph_quiet_request *request, bool worst)
{
    cph_c64 a[MOST], w[MOST];
    uint32_t state[MOST];
    cph_quiet_level level = {0};
    const cph_states_config config = {.states = request->states, .elements = s->n, .weights = a};
    CU_ASSERT_EQUAL_FATAL(cph_steer_c64(s->n, s->position, freq, request->look, a), CPH_OK);
    for (size_t i = 0; i < s->n; i++) {
        const cph_c64 z = cph_c64_mul(a[i], s->gain[i]);
        a[i] = cph_c64_scale(1.0 / cph_c64_power(s->gain[i]), z);
    }
    CU_ASSERT_EQUAL_FATAL(cph_states_choose(&config, state, w, NULL), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_quiet_measure(s->plan, request->look, s->gain, w, worst, &level),
                          CPH_OK);
    return level;
}

/* No states that lose more than the price (and than plain ones), none louder than plain ones. */
static void states_are_worth_their_price(void)
{
    static const size_t elements[] = {2, 4, 7, 16, 37, 91};
    static const double pitches[] = {0.25, 0.5};
    enum { LOOKS = 20 };
    cph_random random;
    cph_random_seed(&random, SEED, 1);
    printf("\n    seed %d\n    ", SEED);
    for (size_t i = 0; i < 2 * sizeof elements / sizeof elements[0]; i++) {
        scene s;
        make_scene(&random, elements[i / 2], pitches[i % 2], 0.0, &s);
        for (unsigned bits = 2; bits <= 6; bits += 2) {
            cph_states states;
            CU_ASSERT_EQUAL_FATAL(cph_states_ideal(bits, 0, &states), CPH_OK);
            for (int look = 0; look < LOOKS; look++) {
                const cph_quiet_request request = request_of(&random, &s, &states, 1.0);
                const cph_quiet_level level = level_of(&s, &request, false);
                const cph_quiet_level plain = plain_of(&s, &request, false);
                CU_ASSERT(level.loss_db <= fmax(1.0, plain.loss_db) + 1e-9);
                CU_ASSERT(level.integrated_db <= plain.integrated_db + 1e-9);
            }
            cph_states_free(&states);
        }
        cph_quiet_destroy(s.plan);
    }
}

/* An element that is to radiate nothing has the least state that there is. */
static void every_element_has_a_state(void)
{
    enum { N = 7, OFF = 3 };
    cph_random random;
    scene s;
    cph_states states;
    cph_quiet_memory *memory = NULL;
    cph_c64 v[N], y[N];
    uint32_t state[N];
    cph_random_seed(&random, SEED, 5);
    make_scene(&random, N, 0.5, 0.1, &s);
    CU_ASSERT_EQUAL_FATAL(cph_states_adar1000(CPH_ADAR1000_VECTORS, &states), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_quiet_memory_create(N, &states, &memory), CPH_OK);
    memory->asked = (cph_quiet_asked){.price_db = 1.0, .hold = 1.0};
    for (int searched = 0; searched < 2; searched++) {
        cph_quiet_task task = {.form = &s.plan->form,
                               .v = v,
                               .gain = s.gain,
                               .memory = memory,
                               .y = y,
                               .state = state};
        for (size_t n = 0; n < N; n++) {
            v[n] = (cph_c64){1.0, 0.0};
            y[n] = (cph_c64){n == OFF ? 0.0 : 1.0 / (N - 1), 0.0};
        }
        CU_ASSERT_EQUAL_FATAL(searched ? cph_quiet_states(&task) : cph_quiet_nearest_states(&task),
                              CPH_OK);
        for (size_t n = 0; n < N; n++)
            CU_ASSERT(state[n] < states.count);
        for (size_t i = 0; i < states.count && !searched; i++)
            CU_ASSERT(cph_c64_power(states.value[state[OFF]]) <= cph_c64_power(states.value[i]));
    }
    cph_quiet_memory_destroy(memory);
    cph_states_free(&states);
    cph_quiet_destroy(s.plan);
}

/* "At most": what a lower price has is had at a higher one. */
static void more_gain_is_never_louder(void)
{
    static const double prices[] = {0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0, 20.0};
    enum { PRICES = sizeof prices / sizeof prices[0], LOOKS = 4 };
    cph_random random;
    scene s;
    cph_states states[2];
    cph_random_seed(&random, SEED, 2);
    make_scene(&random, 91, 0.5, 0.1, &s);
    CU_ASSERT_EQUAL_FATAL(cph_states_ideal(6, 0, &states[0]), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_states_adar1000(CPH_ADAR1000_VECTORS, &states[1]), CPH_OK);
    printf("\n    seed %d\n    ", SEED);
    for (int i = 0; i < 2 * LOOKS; i++) {
        cph_quiet_request request = request_of(&random, &s, &states[i % 2], 0.0);
        double last = INFINITY;
        for (size_t k = 0; k < PRICES; k++) {
            request.price_db = prices[k];
            const double integrated_db = level_of(&s, &request, false).integrated_db;
            CU_ASSERT(integrated_db <= last + 1e-9);
            last = integrated_db;
        }
    }
    cph_states_free(&states[0]);
    cph_states_free(&states[1]);
    cph_quiet_destroy(s.plan);
}

/* The highest is no higher than that of the least integral and of plain states, at the same
 * price, and lower on the whole. */
static void the_worst_is_lower_where_it_is_asked_for(void)
{
    static const size_t elements[] = {37, 61, 169};
    enum { LOOKS = 4 };
    cph_random random;
    cph_states states;
    cph_random_seed(&random, SEED, 4);
    CU_ASSERT_EQUAL_FATAL(cph_states_ideal(6, 0, &states), CPH_OK);
    printf("\n    seed %d\n    ", SEED);
    for (size_t i = 0; i < sizeof elements / sizeof elements[0]; i++) {
        double lower_db = 0.0;
        scene s;
        make_scene(&random, elements[i], 0.5, 0.1, &s);
        for (int look = 0; look < LOOKS; look++) {
            cph_quiet_request request = request_of(&random, &s, &states, 1.0);
            const cph_quiet_level plain = plain_of(&s, &request, true);
            const cph_quiet_level integrated = level_of(&s, &request, true);
            request.criterion = CPH_QUIET_WORST;
            const cph_quiet_level worst = level_of(&s, &request, true);
            CU_ASSERT(worst.worst_db <= fmin(integrated.worst_db, plain.worst_db));
            CU_ASSERT(worst.loss_db <= fmax(integrated.loss_db, 1.0 + plain.loss_db));
            lower_db += (integrated.worst_db - worst.worst_db) / LOOKS;
        }
        printf("%zu elements: the highest is %.2f dB lower than that of the least integral\n    ",
               elements[i], lower_db);
        CU_ASSERT(lower_db > 0.0);
        cph_quiet_destroy(s.plan);
    }
    cph_states_free(&states);
}

/* ---- memories ---- */

/* What a search in a memory gives is what one without gives where it was forgotten. */
static void is_full_search(const scene *s, const cph_quiet_request *request)
{
    cph_quiet_request other = *request;
    cph_c64 w[MOST], again[MOST];
    uint32_t state[MOST];
    cph_quiet_result r;
    CU_ASSERT_EQUAL_FATAL(cph_quiet_weights(s->plan, request, w, state, &r, NULL), CPH_OK);
    CU_ASSERT(isfinite(r.loss_db));
    other.memory = NULL;
    CU_ASSERT_EQUAL_FATAL(cph_quiet_weights(s->plan, &other, again, state, NULL, NULL), CPH_OK);
    CU_ASSERT_EQUAL(memcmp(w, again, s->n * sizeof *w), 0);
}

/* Another price, other gains, other elements: nothing of the last search holds. */
static void a_memory_forgets_what_does_not_hold(void)
{
    cph_random random;
    scene s;
    cph_states states;
    cph_quiet_memory *memory = NULL;
    cph_quiet_result r;
    cph_c64 w[MOST];
    uint32_t state[MOST];
    cph_random_seed(&random, SEED, 3);
    make_scene(&random, 61, 0.5, 0.1, &s);
    CU_ASSERT_EQUAL_FATAL(cph_states_ideal(6, 0, &states), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_quiet_memory_create(s.n, &states, &memory), CPH_OK);
    printf("\n    seed %d\n    ", SEED);
    cph_quiet_request request = request_of(&random, &s, &states, 3.0);
    request.memory = memory;
    is_full_search(&s, &request);
    CU_ASSERT_EQUAL_FATAL(cph_quiet_weights(s.plan, &request, w, state, &r, NULL), CPH_OK);
    CU_ASSERT(isnan(r.loss_db)); /* follows */
    request.price_db = 0.3;
    is_full_search(&s, &request);
    s.gain[17] = cph_c64_mul(s.gain[17], (cph_c64){0.6, 0.8});
    is_full_search(&s, &request);
    cph_quiet_destroy(s.plan);
    const unsigned char flag[MOST] = {[5] = 1};
    const cph_quiet_config config = {.elements = s.n,
                                     .position = s.position,
                                     .freq_hz = freq,
                                     .flag = flag,
                                     .element = &cosine,
                                     .up = {0, 0, 1},
                                     .below_rad = 20.0 * degree};
    CU_ASSERT_EQUAL_FATAL(cph_quiet_create(&config, &s.plan, NULL), CPH_OK);
    is_full_search(&s, &request);
    cph_quiet_memory_destroy(memory);
    cph_states_free(&states);
    cph_quiet_destroy(s.plan);
}

CU_TestInfo cph_tests_quiet_states[] = {
    {"states are worth their price", states_are_worth_their_price},
    {"every element has a state", every_element_has_a_state},
    {"more gain is never louder", more_gain_is_never_louder},
    {"the worst is lower where it is asked for", the_worst_is_lower_where_it_is_asked_for},
    {"a memory forgets what does not hold", a_memory_forgets_what_does_not_hold},
    CU_TEST_INFO_NULL};
