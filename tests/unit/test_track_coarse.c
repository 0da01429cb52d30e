/* SPDX-License-Identifier: MIT */
/* Nulls on few elements with states of a few bits: never worse than no nulls, and said where the
 * look pays. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cophase/array.h"
#include "cophase/random.h"
#include "cophase/track.h"
#include "kernels/core/c64.h"

enum { MOST = 91, NULLS = 2, DRAWS = 100 };
static const double inr = 1e4;
static const uint64_t seed = 7;

typedef struct rig {
    size_t elements;
    cph_track_plan *plan;
    void *workspace;
    cph_c64 null[NULLS * MOST];
    cph_c32 weights[MOST];
    uint32_t state[MOST];
} rig;

static void draw(cph_random *random, double most_rad, double u[3])
{
    const double angle = most_rad * cph_random_uniform(random);
    const double az = 2.0 * M_PI * cph_random_uniform(random);
    u[0] = sin(angle) * cos(az);
    u[1] = sin(angle) * sin(az);
    u[2] = cos(angle);
}

static void open_rig(rig *r, size_t elements, unsigned bits)
{
    double position[3 * MOST];
    cph_array array;
    cph_states states = {0};
    cph_error error;
    r->elements = elements;
    CU_ASSERT_EQUAL_FATAL(cph_array_disc(elements, 0.5, &array), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_array_positions(&array, position), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_states_ideal(bits, 0, &states), CPH_OK);
    const cph_track_config config = {.elements = elements,
                                     .position = position,
                                     .freq_hz = CPH_SPEED_OF_LIGHT,
                                     .states = &states,
                                     .nulls_max = NULLS};
    CU_ASSERT_EQUAL_FATAL(cph_track_create(&config, &r->plan, &error), CPH_OK);
    r->workspace = aligned_alloc(64, (cph_track_workspace_size(r->plan) + 63) / 64 * 64);
    CU_ASSERT_PTR_NOT_NULL_FATAL(r->workspace);
    cph_states_free(&states);
    cph_array_free(&array);
}

/* Signal over noise and jammers in dB of the weights, whose response to the look is 1. */
static double ratio_db(const rig *r, size_t nulls)
{
    double noise = 0.0;
    for (size_t n = 0; n < r->elements; n++)
        noise += cph_c64_power((cph_c64){(double)r->weights[n].re, (double)r->weights[n].im});
    for (size_t j = 0; j < nulls; j++) {
        cph_c64 sum = {0.0, 0.0};
        for (size_t n = 0; n < r->elements; n++)
            sum = cph_c64_add(
                sum, cph_c64_mulc(r->null[j * r->elements + n],
                                  (cph_c64){(double)r->weights[n].re, (double)r->weights[n].im}));
        noise += inr * cph_c64_power(sum);
    }
    return -10.0 * log10(noise);
}

static cph_status update(rig *r, size_t nulls, const double u[3], cph_track_result *result)
{
    const double powers[NULLS] = {inr, inr};
    cph_error error;
    const cph_status status = cph_track_set_nulls(r->plan, nulls, r->null, powers, &error);
    return status == CPH_OK
               ? cph_track_update(r->plan, r->workspace, u, r->weights, r->state, NULL, result)
               : status;
}

static void nulls_on_coarse_states_are_worth_it(void)
{
    static const size_t sizes[] = {7, 16, 37, 91};
    size_t worse = 0, updates = 0, dim = 0, untold = 0, off = 0;
    cph_random random;
    cph_random_seed(&random, seed, 0);
    for (size_t i = 0; i < 3 * sizeof sizes / sizeof sizes[0]; i++) {
        rig r;
        open_rig(&r, sizes[i / 3], (unsigned)(i % 3) + 1);
        const double half = M_PI / (double)(2 << i % 3);
        const double bound_db = 20.0 * log10(sin(half) / half) - 10.0 * log10(2.0);
        for (size_t k = 0; k < DRAWS; k++) {
            const size_t nulls = 1 + k % NULLS;
            cph_track_result plain = {0}, nulled = {0};
            double u[3];
            for (size_t j = 0; j < nulls; j++) {
                draw(&random, 1.4, u);
                CU_ASSERT_EQUAL(cph_track_vector(r.plan, u, r.null + j * r.elements), CPH_OK);
            }
            draw(&random, 0.9, u);
            CU_ASSERT_EQUAL_FATAL(update(&r, 0, u, &plain), CPH_OK);
            const double without_db = ratio_db(&r, nulls);
            if (update(&r, nulls, u, &nulled) != CPH_OK) /* a jammer in the beam */
                continue;
            const double with_db = ratio_db(&r, nulls);
            updates++;
            worse += with_db < without_db - 1e-4; /* weights are floats */
            dim += nulled.dim;
            /* phases are rounded by up to half a step: sinc^2 of it on average, 1 dB aside */
            untold += plain.dim || (nulled.dim ? nulled.gain_db > bound_db + 1.0
                                               : nulled.gain_db < bound_db - 1.0);
            off += fabs(10.0 * log10((double)r.elements) + nulled.gain_db -
                        10.0 * log10(1.0 + nulled.jamming) - with_db) > 1e-3;
        }
        cph_track_destroy(r.plan);
        free(r.workspace);
    }
    printf("seed %llu: %zu updates, the look dimmed in %zu ", (unsigned long long)seed, updates,
           dim);
    CU_ASSERT(updates > 900 && dim > 0);
    CU_ASSERT_EQUAL(worse, 0);
    CU_ASSERT_EQUAL(untold, 0);
    CU_ASSERT_EQUAL(off, 0);
}

/* Flagged elements may be anywhere, also where that is not known. */
static void flagged_elements_stand_anywhere(void)
{
    enum { N = 16 };
    double position[3 * N];
    unsigned char flag[N] = {0};
    cph_c32 weights[2][N];
    const double u[3] = {0.36, 0.48, 0.8};
    cph_array array;
    CU_ASSERT_EQUAL_FATAL(cph_array_disc(N, 0.5, &array), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_array_positions(&array, position), CPH_OK);
    cph_array_free(&array);
    flag[3] = 1;
    for (size_t i = 0; i < 2; i++) {
        const cph_track_config config = {
            .elements = N, .position = position, .freq_hz = CPH_SPEED_OF_LIGHT, .flag = flag};
        cph_track_plan *plan = NULL;
        cph_error error;
        position[10] = i == 0 ? position[10] : NAN;
        CU_ASSERT_EQUAL_FATAL(cph_track_create(&config, &plan, &error), CPH_OK);
        void *const workspace = aligned_alloc(64, (cph_track_workspace_size(plan) + 63) / 64 * 64);
        CU_ASSERT_EQUAL(cph_track_update(plan, workspace, u, weights[i], NULL, NULL, NULL), CPH_OK);
        cph_track_destroy(plan);
        free(workspace);
    }
    for (size_t n = 0; n < N; n++) {
        CU_ASSERT_DOUBLE_EQUAL((double)weights[1][n].re, (double)weights[0][n].re, 1e-6);
        CU_ASSERT_DOUBLE_EQUAL((double)weights[1][n].im, (double)weights[0][n].im, 1e-6);
    }
    CU_ASSERT(weights[1][3].re == 0.0f && weights[1][3].im == 0.0f);
}

CU_TestInfo cph_tests_track_coarse[] = {
    {"nulls on coarse states are worth it", nulls_on_coarse_states_are_worth_it},
    {"flagged elements stand anywhere", flagged_elements_stand_anywhere},
    CU_TEST_INFO_NULL,
};
