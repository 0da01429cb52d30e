/* SPDX-License-Identifier: MIT */
/* Searches for quiet states that start from the last ones'. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/quiet_rig.h"

enum { SEED = 90210 };
static const double degree = M_PI / 180.0;

/* No search over states has an optimum in closed form: the full search from the float optimum is
 * what the other is held against, a tenth of a beamwidth further each time. */
static const double near_db = 1.0, price_near_db = 0.1;

static void lay_askew(cph_random *random, double position[QUIET_DISC * 3])
{
    quiet_lay_disc(position);
    for (size_t i = 0; i < (size_t)QUIET_DISC * 3; i++)
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
    cph_c64 w[QUIET_DISC];
    uint32_t state[QUIET_DISC];
    double behind[LOOKS], worst_loss = 0.0;
    size_t most = 0;
    cph_quiet_memory *memory = NULL;
    CU_ASSERT_EQUAL_FATAL(cph_quiet_memory_create(QUIET_DISC, states, &memory), CPH_OK);
    for (size_t i = 0; i < LOOKS; i++) {
        const double el = (40.0 + 1.0 * (double)i) * degree, az = 0.7 + 0.01 * (double)i;
        cph_quiet_result r;
        cph_quiet_request request = {.look = {cos(el) * cos(az), cos(el) * sin(az), sin(el)},
                                     .price_db = 1.0,
                                     .gain = gain,
                                     .states = states};
        CU_ASSERT_EQUAL_FATAL(cph_quiet_weights(plan, &request, w, state, NULL, NULL), CPH_OK);
        const cph_quiet_level full = quiet_measure(plan, request.look, gain, w, false);
        request.memory = memory;
        CU_ASSERT_EQUAL_FATAL(cph_quiet_weights(plan, &request, w, state, &r, NULL), CPH_OK);
        const cph_quiet_level level = quiet_measure(plan, request.look, gain, w, false);
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
    double position[QUIET_DISC * 3], amplitude = 0.0, power = 0.0;
    cph_c64 gain[QUIET_DISC];
    unsigned char flag[QUIET_DISC] = {[7] = 1, [40] = 1};
    cph_states states;
    cph_random_seed(&random, SEED, 31);
    lay_askew(&random, position);
    quiet_any_gains(&random, QUIET_DISC, gain);
    for (size_t n = 0; n < QUIET_DISC; n++) {
        const double size = flag[n] != 0 ? 0.0 : hypot(gain[n].re, gain[n].im);
        amplitude += size;
        power += size * size;
    }
    const cph_quiet_config config = {.elements = QUIET_DISC,
                                     .position = position,
                                     .freq_hz = QUIET_FREQ,
                                     .flag = flag,
                                     .element = &quiet_cosine,
                                     .up = {0.06, -0.08, sqrt(0.99)},
                                     .below_rad = 20.0 * degree};
    cph_quiet *plan = quiet_make(&config);
    CU_ASSERT_EQUAL_FATAL(cph_states_ideal(6, 0, &states), CPH_OK);
    follow_states(&states, plan, gain,
                  10.0 * log10((double)(QUIET_DISC - 2) * power / (amplitude * amplitude)),
                  "6 bits");
    cph_states_free(&states);
    CU_ASSERT_EQUAL_FATAL(cph_states_adar1000(CPH_ADAR1000_VECTORS, &states), CPH_OK);
    follow_states(&states, plan, gain, 0.0, "vectors");
    cph_states_free(&states);
    cph_quiet_destroy(plan);
}

/* A memory is of its states and its number of elements, and forgets when told. */
static void memories_fit(void)
{
    double position[QUIET_DISC * 3];
    cph_c64 w[QUIET_DISC], again[QUIET_DISC];
    uint32_t state[QUIET_DISC];
    cph_states states, other;
    cph_quiet_memory *memory = NULL;
    cph_quiet_result r;
    cph_error error;
    quiet_lay_disc(position);
    cph_quiet *plan = quiet_plan_of_disc(position, NULL);
    CU_ASSERT_EQUAL_FATAL(cph_states_ideal(5, 0, &states), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_states_ideal(4, 0, &other), CPH_OK);
    CU_ASSERT_EQUAL(cph_quiet_memory_create(0, &states, &memory), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL_FATAL(cph_quiet_memory_create(QUIET_DISC, &states, &memory), CPH_OK);
    cph_quiet_request request = {.price_db = 1.0, .states = &other, .memory = memory};
    memcpy(request.look, quiet_look45, sizeof quiet_look45);
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

CU_TestInfo cph_tests_quiet_follow[] = {
    {"a search that follows is near the full one", a_search_that_follows_is_near_the_full_one},
    {"memories fit", memories_fit},
    CU_TEST_INFO_NULL};
