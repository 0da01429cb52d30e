/* SPDX-License-Identifier: MIT */
/* Nearest states round a circle: what firmware looks phases up in. */
#include <math.h>

#include "cophase/states.h"
#include "kernels/core/c64.h"

/* Of states that are equally near at the phase, the one that stays nearest: farthest round. */
static uint32_t nearest_at_0(const cph_states *states, double amplitude)
{
    uint32_t best = 0;
    double least = INFINITY;
    for (size_t i = 0; i < states->count; i++) {
        const cph_c64 v = states->value[i];
        const double off = hypot(v.re - amplitude, v.im);
        if (off < least || (off == least && v.im > states->value[best].im)) {
            least = off;
            best = (uint32_t)i;
        }
    }
    return best;
}

/* The way, in rad, from phase `from` on to where state t becomes nearer than s; infinite where it
 * never does. z = A exp(j phase) is nearer to t when Re(z conj(s - t)) < (|s|^2 - |t|^2) / 2. */
static double way_to(const cph_states *states, double amplitude, double from, uint32_t s,
                     uint32_t t)
{
    const cph_c64 d = cph_c64_sub(states->value[s], states->value[t]);
    const double size = sqrt(cph_c64_power(d));
    const double level =
        (cph_c64_power(states->value[s]) - cph_c64_power(states->value[t])) / (2.0 * amplitude);
    if (!(fabs(level) < size))
        return INFINITY;
    const double turn = 2.0 * M_PI;
    const double way = fmod(atan2(d.im, d.re) + acos(level / size) - from, turn);
    return way < 0.0 ? way + turn : way;
}

/* A way of nearly a turn is a crossing just passed, by rounding. */
static const double just_passed = 2.0 * M_PI - 1e-9;

cph_status cph_states_arcs(const cph_states *states, double amplitude, size_t room,
                           cph_states_arc *arc, size_t *count)
{
    if (states == NULL || states->value == NULL || states->count == 0 || arc == NULL ||
        count == NULL || !(amplitude > 0.0))
        return CPH_ERR_ARGUMENT;
    if (!isfinite(amplitude) || !cph_c64_all_finite(states->count, states->value))
        return CPH_ERR_NOT_FINITE;
    uint32_t state = nearest_at_0(states, amplitude);
    double phase = 0.0;
    for (size_t made = 0; made < room; made++) {
        double least = INFINITY;
        uint32_t next = state;
        for (uint32_t t = 0; t < states->count; t++) {
            const double way = t != state ? way_to(states, amplitude, phase, state, t) : INFINITY;
            if (way < least && way < just_passed) {
                least = way;
                next = t;
            }
        }
        phase += least;
        arc[made] = (cph_states_arc){fmin(phase / (2.0 * M_PI), 1.0), state};
        if (!(phase < 2.0 * M_PI)) {
            *count = made + 1;
            return CPH_OK;
        }
        state = next;
    }
    return CPH_ERR_MEMORY;
}
