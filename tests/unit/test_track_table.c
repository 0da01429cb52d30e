/* SPDX-License-Identifier: MIT */
/* The tables that an update looks states up in, chips of all kinds, and what plans refuse. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cophase/random.h"
#include "cophase/track.h"
#include "kernels/core/c64.h"
#include "kernels/track/track_table.h"

enum { N = 600, NULLS = 2, TABLES = 6 };
static const double freq_hz = 14.25e9;
static const uint64_t seed = 77;

static cph_states scattered(size_t count)
{
    cph_states states = {.count = count, .value = calloc(count, sizeof *states.value)};
    cph_random random;
    cph_random_seed(&random, seed, 200);
    for (size_t i = 0; i < count && states.value != NULL; i++) {
        const double size = sqrt(cph_random_uniform(&random));
        const double angle = 2.0 * M_PI * cph_random_uniform(&random);
        states.value[i] = cph_c64_scale(size, (cph_c64){cos(angle), sin(angle)});
    }
    return states;
}

static cph_states table_of(size_t which)
{
    cph_states states = {0};
    cph_status status = CPH_ERR_ARGUMENT;
    switch (which) {
    case 0:
        status = cph_states_ideal(1, 0, &states);
        break;
    case 1:
        status = cph_states_ideal(6, 0, &states);
        break;
    case 2:
        status = cph_states_ideal(4, 3, &states);
        break;
    case 3:
        status = cph_states_adar1000(CPH_ADAR1000_PHASES, &states);
        break;
    case 4:
        status = cph_states_adar1000(CPH_ADAR1000_VECTORS, &states);
        break;
    case TABLES: /* more than cells, anywhere in a disc */
        status = CPH_OK;
        states = scattered(16384);
        break;
    default:
        status = cph_states_adar300x(&states);
    }
    CU_ASSERT_EQUAL_FATAL(status, CPH_OK);
    return states;
}

static double distance(cph_c64 a, cph_c64 b)
{
    return cph_c64_power(cph_c64_sub(a, b));
}

static void the_nearest_state_is_that_of_a_search_through_all(void)
{
    for (size_t which = 0; which <= TABLES; which++) {
        cph_states states = table_of(which);
        cph_track_table table;
        cph_random random;
        cph_random_seed(&random, seed, which);
        CU_ASSERT_EQUAL_FATAL(cph_track_table_make(&states, &table), CPH_OK);
        CU_ASSERT_EQUAL(table.phases, which == 0 || which == 1 || which == 3);
        for (int i = 0; i < 3000; i++) {
            /* three of four where states are, the others anywhere */
            const double size = i % 4 == 0 ? 1.5 * cph_random_uniform(&random)
                                           : table.least + (table.largest - table.least) *
                                                               cph_random_uniform(&random);
            const double angle = 2.0 * M_PI * cph_random_uniform(&random);
            const cph_c64 z = {size * cos(angle), size * sin(angle)};
            uint32_t best = 0;
            for (uint32_t k = 1; k < table.count; k++)
                if (distance(table.value[k], z) < distance(table.value[best], z))
                    best = k;
            CU_ASSERT_EQUAL(cph_track_nearest(&table, z), best);
        }
        cph_track_table_free(&table);
        cph_states_free(&states);
    }
}

/* No state but those listed is nearer than the farthest one listed; none has the state's value. */
static void neighbours_are_the_nearest_other_states(void)
{
    for (size_t which = 0; which < TABLES; which++) {
        cph_states states = table_of(which);
        cph_track_table table;
        size_t wrong = 0;
        CU_ASSERT_EQUAL_FATAL(cph_track_table_make(&states, &table), CPH_OK);
        CU_ASSERT(table.moves == (which == 0 ? 1 : table.phases ? 4 : CPH_TRACK_MOVES));
        for (size_t k = 0; k < table.count; k += 7) {
            const uint32_t *const near = table.neighbour + k * table.moves;
            const double last = distance(table.value[near[table.moves - 1]], table.value[k]);
            size_t nearer = 0;
            for (size_t i = 0; i < table.count; i++) {
                const double off = distance(table.value[i], table.value[k]);
                nearer += off > 0.0 && off < last;
            }
            wrong += !(last > 0.0) || nearer >= table.moves;
        }
        CU_ASSERT_EQUAL(wrong, 0);
        cph_track_table_free(&table);
        cph_states_free(&states);
    }
}

/* ---- plans ---- */

typedef struct rig {
    double position[3 * N];
    cph_c64 gain[N], vector[NULLS * N];
    cph_track_config config;
    cph_track_plan *plan;
    void *workspace;
    double null_db[NULLS];
    uint32_t state[N];
} rig;

static const double look[3] = {0.36, 0.48, 0.8};
static const double null[NULLS][3] = {{-0.6, 0.0, 0.8}, {0.48, -0.6, 0.64}};

static rig *open_rig(const cph_states *states)
{
    rig *const r = calloc(1, sizeof *r);
    cph_random random;
    cph_error error = {0};
    if (r == NULL)
        abort();
    cph_random_seed(&random, seed, 100);
    for (size_t n = 0; n < N; n++) {
        r->position[3 * n] = 0.0105 * (double)(n % 25) + 0.004 * (double)(n / 25 % 2);
        r->position[3 * n + 1] = 0.0105 * (double)(n / 25);
        const double angle = 2.0 * M_PI * cph_random_uniform(&random);
        const double size = 0.8 + 0.4 * cph_random_uniform(&random);
        r->gain[n] = cph_c64_scale(size, (cph_c64){cos(angle), sin(angle)});
    }
    r->config = (cph_track_config){.elements = N,
                                   .position = r->position,
                                   .freq_hz = freq_hz,
                                   .gain = r->gain,
                                   .states = states,
                                   .nulls_max = NULLS};
    CU_ASSERT_EQUAL_FATAL(cph_track_create(&r->config, &r->plan, &error), CPH_OK);
    r->workspace = aligned_alloc(64, (cph_track_workspace_size(r->plan) + 63) / 64 * 64);
    for (size_t j = 0; j < NULLS; j++)
        CU_ASSERT_EQUAL(cph_track_vector(r->plan, null[j], r->vector + j * N), CPH_OK);
    CU_ASSERT_EQUAL(cph_track_set_nulls(r->plan, NULLS, r->vector, NULL, &error), CPH_OK);
    return r;
}

static void close_rig(rig *r)
{
    cph_track_destroy(r->plan);
    free(r->workspace);
    free(r);
}

static cph_status update(rig *r, const double u[3], cph_track_result *result)
{
    return cph_track_update(r->plan, r->workspace, u, NULL, r->state, r->null_db, result);
}

/* Half a step of an element is what a null may keep where one change at a time is made: the
 * distance of states that are next to one another over twice the elements. */
static void chips_of_all_kinds_hold_nulls(void)
{
    for (size_t which = 1; which < TABLES; which++) {
        cph_states states = table_of(which);
        rig *const r = open_rig(&states);
        cph_track_result result = {0};
        const double step = which == 2 ? 2.0 * M_PI / 16.0 : 2.0 * M_PI / 64.0;
        CU_ASSERT_EQUAL_FATAL(update(r, look, &result), CPH_OK);
        for (size_t j = 0; j < NULLS; j++)
            CU_ASSERT(r->null_db[j] <= 20.0 * log10(step / 2.0 / N) + 3.0);
        CU_ASSERT(result.gain_db >= -0.5);
        CU_ASSERT(result.left > 0.95 && result.left <= 1.0);
        CU_ASSERT(result.jamming > 0.0);
        close_rig(r);
        cph_states_free(&states);
    }
}

/* Units of gains and states are nobody's concern: the same states come out, nulls as deep. */
static void units_do_not_matter(void)
{
    cph_states states = table_of(1);
    rig *const r = open_rig(&states);
    static uint32_t before[N];
    static double inr[NULLS] = {1e4 / 1e18, 1e4 / 1e18};
    cph_error error = {0};
    cph_track_plan *other = NULL;
    CU_ASSERT_EQUAL_FATAL(update(r, look, NULL), CPH_OK);
    memcpy(before, r->state, sizeof before);
    const double deep = r->null_db[0];
    for (size_t k = 0; k < states.count; k++)
        states.value[k] = cph_c64_scale(1e-12, states.value[k]);
    for (size_t n = 0; n < N; n++)
        r->gain[n] = cph_c64_scale(1e9, r->gain[n]);
    for (size_t n = 0; n < (size_t)NULLS * N; n++)
        r->vector[n] = cph_c64_scale(1e9, r->vector[n]);
    CU_ASSERT_EQUAL_FATAL(cph_track_create(&r->config, &other, &error), CPH_OK);
    cph_track_destroy(r->plan);
    r->plan = other;
    CU_ASSERT_EQUAL(cph_track_set_nulls(r->plan, NULLS, r->vector, inr, &error), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(update(r, look, NULL), CPH_OK);
    size_t differ = 0;
    for (size_t n = 0; n < N; n++)
        differ += before[n] != r->state[n];
    CU_ASSERT(differ <= N / 20); /* roundings may lead the search another way */
    CU_ASSERT(r->null_db[0] <= fmax(deep, -85.0) + 10.0);
    close_rig(r);
    cph_states_free(&states);
}

/* ---- refusals ---- */

static void what_cannot_be_is_refused(void)
{
    cph_states states = table_of(1);
    rig *const r = open_rig(&states);
    cph_track_plan *none = NULL;
    cph_error error = {0};
    cph_track_config bad = r->config;
    bad.freq_hz = 0.0;
    CU_ASSERT_EQUAL(cph_track_create(&bad, &none, &error), CPH_ERR_ARGUMENT);
    bad = r->config;
    bad.elements = 0;
    CU_ASSERT_EQUAL(cph_track_create(&bad, &none, &error), CPH_ERR_ARGUMENT);
    bad = r->config;
    r->gain[17] = (cph_c64){0.0, 0.0};
    CU_ASSERT_EQUAL(cph_track_create(&bad, &none, &error), CPH_ERR_NOT_FINITE);
    CU_ASSERT(strstr(error.message, "element 17") != NULL);
    static unsigned char flag[N];
    memset(flag, 1, sizeof flag);
    bad.flag = flag;
    CU_ASSERT_EQUAL(cph_track_create(&bad, &none, &error), CPH_ERR_TOO_FEW);
    CU_ASSERT_PTR_NULL(none);
    const double nowhere[3] = {NAN, 0.0, 1.0};
    CU_ASSERT_EQUAL(update(r, nowhere, NULL), CPH_ERR_NOT_FINITE);
    CU_ASSERT_EQUAL(cph_track_update(r->plan, NULL, look, NULL, NULL, NULL, NULL),
                    CPH_ERR_ARGUMENT);
    close_rig(r);
    cph_states_free(&states);
}

/* Nulls that are refused leave those before in place; a jammer in the beam is said. */
static void nulls_that_cannot_be_are_refused(void)
{
    cph_states states = table_of(1);
    rig *const r = open_rig(&states);
    static cph_c64 vector[(NULLS + 1) * N];
    static uint32_t before[N];
    cph_error error = {0};
    CU_ASSERT_EQUAL_FATAL(update(r, look, NULL), CPH_OK);
    memcpy(before, r->state, sizeof before);
    CU_ASSERT_EQUAL(cph_track_set_nulls(r->plan, NULLS + 1, vector, NULL, &error),
                    CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_track_set_nulls(r->plan, 1, vector, NULL, &error), CPH_ERR_SINGULAR);
    memcpy(vector, r->vector, N * sizeof *vector);
    memcpy(vector + N, r->vector, N * sizeof *vector);
    CU_ASSERT_EQUAL(cph_track_set_nulls(r->plan, 2, vector, NULL, &error), CPH_ERR_SINGULAR);
    CU_ASSERT(strstr(error.message, "null 1") != NULL);
    const double powers[NULLS] = {1.0, -1.0};
    CU_ASSERT_EQUAL(cph_track_set_nulls(r->plan, 2, r->vector, powers, &error), CPH_ERR_ARGUMENT);
    vector[5].re = INFINITY;
    CU_ASSERT_EQUAL(cph_track_set_nulls(r->plan, 1, vector, NULL, &error), CPH_ERR_NOT_FINITE);
    memset(r->state, 0, sizeof r->state);
    CU_ASSERT_EQUAL_FATAL(update(r, look, NULL), CPH_OK);
    CU_ASSERT_EQUAL(memcmp(before, r->state, sizeof before), 0);
    const double near[3] = {-0.6, 0.005, sqrt(1.0 - 0.36 - 0.005 * 0.005)};
    memset(r->state, 9, sizeof r->state);
    CU_ASSERT_EQUAL(update(r, near, NULL), CPH_ERR_SINGULAR);
    CU_ASSERT_EQUAL(r->state[0], 0x09090909);
    close_rig(r);
    cph_states_free(&states);
}

CU_TestInfo cph_tests_track_table[] = {
    {"the nearest state is that of a search through all",
     the_nearest_state_is_that_of_a_search_through_all},
    {"neighbours are the nearest other states", neighbours_are_the_nearest_other_states},
    {"chips of all kinds hold nulls", chips_of_all_kinds_hold_nulls},
    {"units do not matter", units_do_not_matter},
    {"what cannot be is refused", what_cannot_be_is_refused},
    {"nulls that cannot be are refused", nulls_that_cannot_be_are_refused},
    CU_TEST_INFO_NULL,
};
