/* SPDX-License-Identifier: MIT */
/* What hardware can radiate at the least of a form: one element after the other, each to its exact
 * minimum with the others held. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cophase/random.h"
#include "kernels/core/c64.h"
#include "kernels/weights/quiet.h"

/* The response to the look is worth this share of an element's own curvature: N of them move it
 * by a few parts in a thousand while the errors of N elements are made up for. */
static const double look_share = 0.1;

/* cost = |sum factor y|^2 + mu |y|^2 + weight |v^H y - aim|^2, aim of the response to the look. */
typedef struct search {
    const cph_quiet_form *form;
    const cph_c64 *v;
    cph_c64 *y;
    cph_c64 *t; /* [rank] sum factor[n] y_n */
    cph_c64 look, aim;
    double weight, mu;
} search;

static void start(search *s)
{
    (void)cph_quiet_cost(s->form, s->y, s->t);
    s->look = cph_c64_inner(s->form->n, s->v, s->y);
}

/* Where the cost of element n alone is least. `hold`: whether the look counts. */
static cph_c64 best_place(const search *s, size_t n, bool hold)
{
    const size_t rank = s->form->rank;
    const cph_c64 *row = s->form->factor + n * rank;
    double curve = s->mu;
    cph_c64 slope = cph_c64_scale(s->mu, s->y[n]);
    for (size_t i = 0; i < rank; i++) {
        curve += cph_c64_power(row[i]);
        slope = cph_c64_add(slope, cph_c64_mulc(s->t[i], row[i]));
    }
    if (hold) {
        const double own = cph_c64_power(s->v[n]) * s->weight;
        const cph_c64 off = cph_c64_sub(s->look, s->aim);
        curve += own;
        slope = cph_c64_add(slope, cph_c64_scale(s->weight, cph_c64_mul(s->v[n], off)));
    }
    return curve > 0.0 ? cph_c64_sub(s->y[n], cph_c64_scale(1.0 / curve, slope)) : s->y[n];
}

static void move(search *s, size_t n, cph_c64 to)
{
    const size_t rank = s->form->rank;
    const cph_c64 *row = s->form->factor + n * rank, by = cph_c64_sub(to, s->y[n]);
    for (size_t i = 0; i < rank; i++)
        s->t[i] = cph_c64_add(s->t[i], cph_c64_mul(row[i], by));
    s->look = cph_c64_add(s->look, cph_c64_mulc(by, s->v[n]));
    s->y[n] = to;
}

static double cost_of(const search *s)
{
    double cost = 0.0;
    for (size_t i = 0; i < s->form->rank; i++)
        cost += cph_c64_power(s->t[i]);
    return cost;
}

/* ---- phases alone ---- */

/* Phases at amplitudes |gain|, the response to the look not below `least`: where it is, it is drawn
 * back along its own phase. */
static size_t descend_phases(search *s, const cph_c64 *gain, double least)
{
    enum { SWEEPS = 200 };
    static const double settled = 2e-3;
    double before = INFINITY;
    for (size_t sweep = 0; sweep < SWEEPS; sweep++) {
        for (size_t n = 0; n < s->form->n; n++) {
            const double response = sqrt(cph_c64_power(s->look));
            const bool hold = response < least && response > 0.0;
            if (hold)
                s->aim = cph_c64_scale(least / response, s->look);
            const cph_c64 place = best_place(s, n, hold);
            const double size = sqrt(cph_c64_power(place));
            if (size > 0.0)
                move(s, n, cph_c64_scale(sqrt(cph_c64_power(gain[n])) / size, place));
        }
        const double cost = cost_of(s);
        if (cost > before * (1.0 - settled))
            return sweep + 1;
        before = cost;
    }
    return SWEEPS;
}

/* The phases of y at amplitudes |gain|, a little astray: equal phases of a symmetric array are a
 * saddle. */
static void take_phases(size_t n, const cph_c64 *gain, cph_c64 *y)
{
    static const double astray = 0.02;
    cph_random random;
    cph_random_seed(&random, 1, 0);
    for (size_t i = 0; i < n; i++) {
        const double angle = atan2(y[i].im, y[i].re) + astray * cph_random_normal(&random).re;
        const double size = sqrt(cph_c64_power(gain[i]));
        y[i] = cph_c64_scale(size, (cph_c64){cos(angle), sin(angle)});
    }
}

static bool phases_alone(const cph_states *states)
{
    double least = INFINITY, largest = 0.0;
    for (size_t i = 0; i < states->count; i++) {
        const double size = sqrt(cph_c64_power(states->value[i]));
        least = fmin(least, size);
        largest = fmax(largest, size);
    }
    return largest <= 2.0 * least;
}

/* ---- states ---- */

static uint32_t nearest(const cph_states *states, cph_c64 z, uint32_t now)
{
    uint32_t best = now;
    double least = cph_c64_power(cph_c64_sub(states->value[now], z));
    for (uint32_t i = 0; i < states->count; i++) {
        const double off = cph_c64_power(cph_c64_sub(states->value[i], z));
        if (off < least) {
            least = off;
            best = i;
        }
    }
    return best;
}

static cph_c64 divide(cph_c64 z, cph_c64 by)
{
    return cph_c64_scale(1.0 / cph_c64_power(by), cph_c64_mulc(z, by));
}

static size_t descend_states(search *s, const cph_c64 *gain, const cph_states *states,
                             uint32_t *state)
{
    bool changed = true;
    size_t sweep = 0;
    for (size_t n = 0; n < s->form->n; n++)
        s->y[n] = cph_c64_mul(gain[n], states->value[state[n]]);
    start(s);
    s->aim = s->look;
    for (; sweep < CPH_STATES_SWEEPS && changed; sweep++) {
        changed = false;
        for (size_t n = 0; n < s->form->n; n++) {
            if (state[n] == CPH_STATE_OFF)
                continue;
            const cph_c64 place = divide(best_place(s, n, true), gain[n]);
            const uint32_t to = nearest(states, place, state[n]);
            changed = changed || to != state[n];
            if (to != state[n])
                move(s, n, cph_c64_mul(gain[n], states->value[to]));
            state[n] = to;
        }
    }
    return sweep;
}

/* The nearest states to y: w [n] is room. */
static cph_status choose(size_t n, const cph_c64 *y, const cph_c64 *gain, const cph_states *states,
                         cph_c64 *w, uint32_t *state)
{
    const cph_states_config config = {.states = states, .elements = n, .weights = w};
    for (size_t i = 0; i < n; i++)
        w[i] = cph_c64_conj(divide(y[i], gain[i]));
    return cph_states_choose(&config, state, w, NULL);
}

static double total_amplitude(size_t n, const cph_c64 *gain)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += sqrt(cph_c64_power(gain[i]));
    return sum;
}

double cph_quiet_amplitude_loss_db(const cph_states *states, size_t n, const cph_c64 *gain)
{
    double power = 0.0;
    const double amplitude = total_amplitude(n, gain);
    for (size_t i = 0; i < n; i++)
        power += cph_c64_power(gain[i]);
    return phases_alone(states) ? 10.0 * log10((double)n * power / (amplitude * amplitude)) : 0.0;
}

cph_status cph_quiet_states(const cph_quiet_form *form, const cph_c64 *v, const cph_c64 *gain,
                            const cph_states *states, double price_db, double mu, double hold,
                            cph_c64 *y, uint32_t *state, size_t *sweeps)
{
    const size_t n = form->n;
    cph_c64 *w = calloc(n, sizeof *w);
    search s = {.form = form,
                .v = v,
                .y = y,
                .mu = mu,
                .weight = hold * look_share * form->diagonal,
                .t = calloc(form->rank, sizeof *s.t)};
    cph_status status = w != NULL && s.t != NULL ? CPH_OK : CPH_ERR_MEMORY;
    *sweeps = 0;
    if (status == CPH_OK && phases_alone(states)) {
        take_phases(n, gain, y);
        start(&s);
        *sweeps += descend_phases(&s, gain, pow(10.0, -price_db / 20.0) * total_amplitude(n, gain));
    }
    if (status == CPH_OK)
        status = choose(n, y, gain, states, w, state);
    if (status == CPH_OK)
        *sweeps += descend_states(&s, gain, states, state);
    free(w);
    free(s.t);
    return status;
}
