/* SPDX-License-Identifier: MIT */
/* A random walk: Kalman filter and fixed-interval smoother, with the temperature's column beside
 * the readings', since both are linear in what they are fed. */
#include "calib/drift.h"

#include <math.h>

cph_walk_state cph_walk_predict(const cph_walk *walk, double q, size_t t,
                                const cph_walk_state *before)
{
    cph_walk_state s = *before;
    s.variance += q * (walk->time_s[t] - walk->time_s[t - 1]);
    return s;
}

cph_walk_state cph_walk_take(const cph_walk *walk, size_t t, const cph_walk_state *predicted,
                             cph_walk_sums *sums)
{
    const double heat = walk->heat != NULL ? walk->heat[t] : 0.0;
    if (walk->use[t] == CPH_WALK_NONE)
        return *predicted;
    if (walk->use[t] == CPH_WALK_BEGIN || isinf(predicted->variance))
        return (cph_walk_state){walk->y[t], heat, walk->variance[t]};
    const double f = predicted->variance + walk->variance[t], share = predicted->variance / f;
    const double v = walk->y[t] - predicted->level, h = heat - predicted->heat;
    if (sums != NULL) {
        sums->log_f += log(f);
        sums->vv += v * v / f;
        sums->vh += v * h / f;
        sums->hh += h * h / f;
        sums->count++;
    }
    return (cph_walk_state){predicted->level + share * v, predicted->heat + share * h,
                            share * walk->variance[t]};
}

void cph_walk_filter(const cph_walk *walk, double q, cph_walk_state *state, cph_walk_sums *sums)
{
    cph_walk_state s = {0.0, 0.0, INFINITY};
    for (size_t t = 0; t < walk->times; t++) {
        const cph_walk_state predicted = t == 0 ? s : cph_walk_predict(walk, q, t, &s);
        s = cph_walk_take(walk, t, &predicted, sums);
        if (state != NULL)
            state[t] = s;
    }
}

void cph_walk_smooth(const cph_walk *walk, double q, cph_walk_state *state)
{
    for (size_t t = walk->times - 1; t-- > 0;) {
        const cph_walk_state *next = &state[t + 1];
        cph_walk_state *s = &state[t];
        const double step = q * (walk->time_s[t + 1] - walk->time_s[t]);
        if (isinf(s->variance)) { /* nothing was read yet: from the first reading backward */
            *s = (cph_walk_state){next->level, next->heat, next->variance + step};
        } else if (walk->use[t + 1] != CPH_WALK_BEGIN) {
            const double predicted = s->variance + step, c = s->variance / predicted;
            s->level += c * (next->level - s->level);
            s->heat += c * (next->heat - s->heat);
            s->variance += c * c * (next->variance - predicted);
        }
    }
}
