/* SPDX-License-Identifier: MIT */
/* Weights that follow a look: against the double-precision path of weights, nulls and states. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cophase/adaptive.h"
#include "cophase/random.h"
#include "cophase/steer.h"
#include "cophase/track.h"
#include "cophase/weights.h"
#include "kernels/core/c64.h"

enum { MOST = 1280, NULLS = 4 };
static const double freq_hz = 11.7e9;
static const uint64_t seed = 20261123;

/* Rows a bit apart, every other one shifted, off the middle and not flat: nothing is symmetric. */
typedef struct rig {
    size_t elements;
    double position[3 * MOST], taper[MOST];
    cph_c64 gain[MOST], look[MOST], null[NULLS * MOST], wanted[MOST];
    unsigned char flag[MOST];
    cph_states states;
    cph_track_plan *plan;
    void *workspace;
    cph_c32 weights[MOST];
    uint32_t state[MOST];
    double null_db[NULLS];
    cph_track_result result;
} rig;

static void direction(double az, double el, double u[3])
{
    u[0] = cos(el) * sin(az);
    u[1] = cos(el) * cos(az);
    u[2] = sin(el);
}

static void place_null(size_t j, double u[3])
{
    direction(0.7 + 1.9 * (double)j, 0.6 - 0.1 * (double)j, u);
}

static rig *open_rig(size_t elements, const cph_states *states)
{
    rig *const r = calloc(1, sizeof *r);
    cph_random random;
    if (r == NULL)
        abort();
    cph_random_seed(&random, seed, elements);
    r->elements = elements;
    const size_t columns = elements >= 1000 ? 40 : 7;
    for (size_t n = 0; n < elements; n++) {
        const size_t row = n / columns;
        r->position[3 * n] = 0.0128 * ((double)(n % columns) + 0.5 * (double)(row % 2)) + 0.1;
        r->position[3 * n + 1] = 0.0111 * (double)row;
        r->position[3 * n + 2] = 1e-4 * (double)(n % 5);
        const double db = 3.0 * (cph_random_uniform(&random) - 0.5);
        const double size = 2.5 * pow(10.0, db / 20.0);
        const double angle = 2.0 * M_PI * cph_random_uniform(&random);
        r->gain[n] = cph_c64_scale(size, (cph_c64){cos(angle), sin(angle)});
        r->taper[n] = 0.7 + 0.3 * cph_random_uniform(&random);
    }
    r->flag[3] = 1;
    r->gain[3] = (cph_c64){0.0, 0.0};
    if (states != NULL)
        r->states = *states;
    return r;
}

static void plan(rig *r)
{
    const cph_track_config config = {.elements = r->elements,
                                     .position = r->position,
                                     .freq_hz = freq_hz,
                                     .gain = r->gain,
                                     .flag = r->flag,
                                     .taper = r->taper,
                                     .states = r->states.count > 0 ? &r->states : NULL,
                                     .nulls_max = NULLS};
    cph_error error = {0};
    CU_ASSERT_EQUAL_FATAL(cph_track_create(&config, &r->plan, &error), CPH_OK);
    r->workspace = aligned_alloc(64, (cph_track_workspace_size(r->plan) + 63) / 64 * 64);
    CU_ASSERT_PTR_NOT_NULL_FATAL(r->workspace);
}

static void null_toward(rig *r, size_t nulls)
{
    cph_error error = {0};
    double u[3];
    for (size_t j = 0; j < nulls; j++) {
        place_null(j, u);
        CU_ASSERT_EQUAL(cph_track_vector(r->plan, u, r->null + j * r->elements), CPH_OK);
    }
    CU_ASSERT_EQUAL_FATAL(cph_track_set_nulls(r->plan, nulls, r->null, NULL, &error), CPH_OK);
    CU_ASSERT_EQUAL(cph_track_nulls(r->plan), nulls);
}

static void close_rig(rig *r)
{
    cph_track_destroy(r->plan);
    cph_states_free(&r->states);
    free(r->workspace);
    free(r);
}

static cph_status update(rig *r, const double u[3])
{
    return cph_track_update(r->plan, r->workspace, u, r->weights, r->state, r->null_db, &r->result);
}

/* w^H v */
static cph_c64 response(const rig *r, const cph_c64 *v)
{
    cph_c64 sum = {0.0, 0.0};
    for (size_t n = 0; n < r->elements; n++) {
        const cph_c64 w = {(double)r->weights[n].re, (double)r->weights[n].im};
        sum = cph_c64_add(sum, cph_c64_mulc(v[n], w));
    }
    return sum;
}

/* |sum c g a|^2 / sum |c|^2 of any weights, in double */
static double gain_of(const rig *r, const cph_c64 *w)
{
    cph_c64 sum = {0.0, 0.0};
    double power = 0.0;
    for (size_t n = 0; n < r->elements; n++) {
        sum = cph_c64_add(sum, cph_c64_mulc(cph_c64_mul(r->gain[n], r->look[n]), w[n]));
        power += cph_c64_power(w[n]);
    }
    return cph_c64_power(sum) / power;
}

static void widen(const rig *r, cph_c64 *w)
{
    for (size_t n = 0; n < r->elements; n++)
        w[n] = (cph_c64){(double)r->weights[n].re, (double)r->weights[n].im};
}

/* The double path: conventional, then nulls of infinite depth. */
static void oracle(rig *r, size_t nulls, const double u[3])
{
    static cph_c64 a[NULLS * MOST];
    cph_error error = {0};
    CU_ASSERT_EQUAL(cph_steer_c64(r->elements, r->position, freq_hz, u, r->look), CPH_OK);
    CU_ASSERT_EQUAL(
        cph_weights_conventional(r->elements, r->look, r->gain, r->flag, r->taper, r->wanted),
        CPH_OK);
    for (size_t j = 0; j < nulls; j++) {
        double toward[3];
        place_null(j, toward);
        CU_ASSERT_EQUAL(
            cph_steer_c64(r->elements, r->position, freq_hz, toward, a + j * r->elements), CPH_OK);
    }
    if (nulls > 0)
        CU_ASSERT_EQUAL(cph_weights_null(r->elements, r->look, r->gain, r->flag, nulls, a, 1e18,
                                         r->wanted, &error),
                        CPH_OK);
}

/* ---- without states ---- */

/* Floats: steering within 2e-7 a part, c of it within three roundings, J + 2 of the step: 1e-6 of
 * the largest weight. A null is what the second step's roundings, at random phases, add up to; at
 * worst 4e-6 of the sum of moduli. */
static void floats_are_the_weights_of_the_double_path(void)
{
    static const size_t size[] = {37, MOST};
    for (size_t k = 0; k < 2; k++)
        for (size_t nulls = 0; nulls <= 2; nulls += 2) {
            rig *const r = open_rig(size[k], NULL);
            double u[3], largest = 0.0, worst = 0.0;
            direction(-0.4, 1.1, u);
            plan(r);
            null_toward(r, nulls);
            CU_ASSERT_EQUAL_FATAL(update(r, u), CPH_OK);
            oracle(r, nulls, u);
            for (size_t n = 0; n < r->elements; n++) {
                const cph_c64 w = {(double)r->weights[n].re, (double)r->weights[n].im};
                largest = fmax(largest, sqrt(cph_c64_power(r->wanted[n])));
                worst = fmax(worst, sqrt(cph_c64_power(cph_c64_sub(w, r->wanted[n]))));
                CU_ASSERT_EQUAL(r->state[n], CPH_STATE_OFF);
            }
            CU_ASSERT(worst <= 1e-6 * largest);
            CU_ASSERT_EQUAL(r->weights[3].re, 0.0f);
            for (size_t j = 0; j < nulls; j++) {
                const cph_c64 *const v = r->null + j * r->elements;
                double moduli = 0.0;
                for (size_t n = 0; n < r->elements; n++)
                    moduli += sqrt(cph_c64_power(r->wanted[n]) * cph_c64_power(v[n]));
                CU_ASSERT(sqrt(cph_c64_power(response(r, v))) <= 4e-6 * moduli);
                CU_ASSERT(pow(10.0, r->null_db[j] / 20.0) <= 4e-6 * moduli);
            }
            close_rig(r);
        }
}

/* ---- with states ---- */

static cph_states ideal(unsigned bits)
{
    cph_states states = {0};
    CU_ASSERT_EQUAL_FATAL(cph_states_ideal(bits, 0, &states), CPH_OK);
    return states;
}

/* Phases in turns may be off by 3e-8; a state other than the nearest is next to as near. */
static void without_nulls_each_state_is_the_nearest(void)
{
    const cph_states states = ideal(6);
    rig *const r = open_rig(MOST, &states);
    double u[3];
    direction(2.4, 0.7, u);
    plan(r);
    CU_ASSERT_EQUAL_FATAL(update(r, u), CPH_OK);
    oracle(r, 0, u);
    for (size_t n = 0; n < r->elements; n++) {
        if (n == 3) {
            CU_ASSERT_EQUAL(r->state[n], CPH_STATE_OFF);
            continue;
        }
        const double turns = atan2(-r->wanted[n].im, r->wanted[n].re) / (2.0 * M_PI);
        const double off = remainder(turns - (double)r->state[n] / 64.0, 1.0);
        CU_ASSERT(fabs(off) <= 0.5 / 64.0 + 1e-6);
    }
    CU_ASSERT_EQUAL(r->result.moves, 0);
    CU_ASSERT_EQUAL(r->result.jamming, 0.0);
    close_rig(r);
}

/* What the update says is what its weights do, within what rounding them to floats (2^-24 of each)
 * adds to a null: sum of moduli at most. */
static void the_result_is_that_of_the_weights(void)
{
    const cph_states states = ideal(5);
    rig *const r = open_rig(MOST, &states);
    static cph_c64 w[MOST], v[MOST], conventional[MOST];
    double u[3], jamming = 0.0, power = 0.0;
    direction(2.4, 0.7, u);
    plan(r);
    null_toward(r, 2);
    CU_ASSERT_EQUAL_FATAL(update(r, u), CPH_OK);
    CU_ASSERT_EQUAL(cph_track_vector(r->plan, u, v), CPH_OK);
    const cph_c64 look = response(r, v);
    CU_ASSERT_DOUBLE_EQUAL(look.re, 1.0, 1e-6);
    CU_ASSERT_DOUBLE_EQUAL(look.im, 0.0, 1e-6);
    oracle(r, 0, u);
    memcpy(conventional, r->wanted, sizeof conventional);
    widen(r, w);
    CU_ASSERT_DOUBLE_EQUAL(r->result.gain_db,
                           10.0 * log10(gain_of(r, w) / gain_of(r, conventional)), 1e-5);
    for (size_t j = 0; j < 2; j++) {
        const double size = sqrt(cph_c64_power(response(r, r->null + j * r->elements)));
        double moduli = 0.0;
        for (size_t n = 0; n < r->elements; n++)
            moduli += sqrt(cph_c64_power(w[n]) * cph_c64_power(r->null[j * r->elements + n]));
        CU_ASSERT_DOUBLE_EQUAL(pow(10.0, r->null_db[j] / 20.0), size, 0x1p-23 * moduli);
        jamming += 1e4 * pow(10.0, r->null_db[j] / 10.0);
    }
    for (size_t n = 0; n < r->elements; n++)
        power += cph_c64_power(w[n]);
    CU_ASSERT_DOUBLE_EQUAL(r->result.jamming, jamming / power, 1e-5 * jamming / power);
    for (size_t n = 0, m = 4; n < r->elements; n++) /* weights are states but for one factor */
        if (n != 3) {
            const cph_c64 ratio = cph_c64_mul(w[n], states.value[r->state[n]]);
            const cph_c64 other = cph_c64_mul(w[m], states.value[r->state[m]]);
            CU_ASSERT(sqrt(cph_c64_power(cph_c64_sub(ratio, other))) <=
                      1e-6 * sqrt(cph_c64_power(other)));
        }
    close_rig(r);
}

/* A change of any one element no longer helps: half a step of 2 pi / 64 of one is what a null may
 * keep, -20 log10(1280 / 0.049) = -88 dB, and pairs bring it further down. The jammers' price at
 * 40 dB an element over the noise stays under 0.05 dB. Phases alone cost the look twice what
 * projection does, to first order; a change at most 2 d^2 of N, d = 0.098: 60 of them 0.004 dB. */
static void two_nulls_hold_on_states_of_six_bits(void)
{
    const cph_states states = ideal(6);
    rig *const r = open_rig(MOST, &states);
    double deepest = -INFINITY, price = 0.0;
    plan(r);
    for (int k = 0; k < 40; k++) {
        double u[3];
        direction(0.157 * k, 0.45 + 0.025 * k, u);
        null_toward(r, 0);
        CU_ASSERT_EQUAL_FATAL(update(r, u), CPH_OK);
        const double plain = r->result.gain_db;
        null_toward(r, 2);
        CU_ASSERT_EQUAL_FATAL(update(r, u), CPH_OK);
        deepest = fmax(deepest, fmax(r->null_db[0], r->null_db[1]));
        price = fmax(price, 10.0 * log10(1.0 + r->result.jamming));
        CU_ASSERT(r->result.gain_db >= plain + 30.0 * log10(r->result.left) - 0.01);
    }
    printf("\n    worst null %.1f dB, jammers' price %.4f dB ", deepest, price);
    CU_ASSERT(deepest <= -88.0);
    CU_ASSERT(price <= 0.05);
    close_rig(r);
}

CU_TestInfo cph_tests_track[] = {
    {"floats are the weights of the double path", floats_are_the_weights_of_the_double_path},
    {"without nulls each state is the nearest", without_nulls_each_state_is_the_nearest},
    {"the result is that of the weights", the_result_is_that_of_the_weights},
    {"two nulls hold on states of six bits", two_nulls_hold_on_states_of_six_bits},
    CU_TEST_INFO_NULL,
};
