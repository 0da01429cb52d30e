/* SPDX-License-Identifier: MIT */
/* Weights that are states already: the factor between the two. */
#include <math.h>

#include "cophase/states.h"
#include "kernels/core/c64.h"

/* Of the largest state: what single precision leaves of a weight. */
#define NEAR 1e-6

static double largest_of(const cph_states *states)
{
    double largest = 0.0;
    for (size_t i = 0; i < states->count; i++)
        largest = fmax(largest, cph_c64_power(states->value[i]));
    return sqrt(largest);
}

/* The state within `near` of z, or CPH_STATE_OFF. */
static uint32_t state_at(const cph_states *states, cph_c64 z, double near)
{
    for (size_t i = 0; i < states->count; i++) {
        const cph_c64 off = cph_c64_sub(states->value[i], z);
        if (fabs(off.re) <= near && fabs(off.im) <= near)
            return (uint32_t)i;
    }
    return CPH_STATE_OFF;
}

/* Whether factor conj(w) are states all over; `state` [N] is filled when it is given. */
static bool all_states(const cph_states *states, size_t elements, const cph_c64 *w, cph_c64 factor,
                       double near, uint32_t *state)
{
    for (size_t n = 0; n < elements; n++) {
        uint32_t found = CPH_STATE_OFF;
        if (!cph_c64_is_zero(w[n])) {
            found = state_at(states, cph_c64_mulc(factor, w[n]), near);
            if (found == CPH_STATE_OFF)
                return false;
        }
        if (state != NULL)
            state[n] = found;
    }
    return true;
}

bool cph_states_recognise(const cph_states *states, size_t elements, const cph_c64 *weights,
                          uint32_t *state)
{
    size_t first = 0;
    if (states == NULL || states->value == NULL || weights == NULL || state == NULL)
        return false;
    for (size_t n = 1; n < elements; n++)
        if (cph_c64_power(weights[n]) > cph_c64_power(weights[first]))
            first = n;
    if (elements == 0 || !(cph_c64_power(weights[first]) > 0.0))
        return false;
    const double near = NEAR * largest_of(states), power = cph_c64_power(weights[first]);
    double least = INFINITY;
    cph_c64 best = {0.0, 0.0};
    for (size_t i = 0; i < states->count; i++) {
        const cph_c64 factor =
            cph_c64_scale(1.0 / power, cph_c64_mul(states->value[i], weights[first]));
        const double turned = fabs(atan2(factor.im, factor.re));
        if (turned < least && cph_c64_power(states->value[i]) > 0.0 &&
            all_states(states, elements, weights, factor, near, NULL)) {
            least = turned;
            best = factor;
        }
    }
    return least < INFINITY && all_states(states, elements, weights, best, near, state);
}
