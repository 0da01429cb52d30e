/* SPDX-License-Identifier: MIT */
/* States changed for the nulls. A change of element n by d costs
 *     |s + d - c|^2 - |s - c|^2 + |d|^2 sum_j inr_j |v_jn|^2 + 2 Re(d sum_j inr_j conj(R_j) v_jn),
 * R the responses: all but the last term stays until the element's own state changes. */
#include <math.h>

#include "kernels/core/c64.h"
#include "kernels/track/track_plan.h"

/* Elements of which the best change is made before the next ones' is looked for, a multiple of
 * CPH_TRACK_PADDING. Firsts of pairs that are tried. */
enum { BLOCK = 64, PAIRS = 96 };

/* What jammers leave, over the noise, that is not worth another pair: 0.004 dB. */
static const double deep_enough = 1e-3;

typedef struct search {
    const cph_track_plan *p;
    const cph_track_work *w;
    float least; /* a change must gain more than what is lost in rounding */
} search;

/* ---- changes ---- */

static void price(const search *s, size_t n)
{
    const cph_track_plan *const p = s->p;
    const size_t moves = p->table.moves;
    const uint32_t state = s->w->state[n];
    const cph_c64 now = p->table.value[state];
    const cph_c64 off = {now.re - (double)s->w->c[n], now.im - (double)s->w->c[p->ld + n]};
    const double own = 1.0 + (double)p->null_power[n];
    for (size_t m = 0; m < moves; m++) {
        const cph_c64 to = p->table.value[p->table.neighbour[state * moves + m]];
        const cph_c64 d = cph_c64_sub(to, now);
        s->w->step[2 * m * p->ld + n] = (float)d.re;
        s->w->step[(2 * m + 1) * p->ld + n] = (float)d.im;
        s->w->cost[m * p->ld + n] =
            (float)(own * cph_c64_power(d) + 2.0 * (d.re * off.re + d.im * off.im));
    }
}

/* An element whose changes are out of the question. */
static void bar(const search *s, size_t n)
{
    for (size_t m = 0; m < s->p->table.moves; m++) {
        s->w->cost[m * s->p->ld + n] = INFINITY;
        s->w->step[2 * m * s->p->ld + n] = 0.0f;
        s->w->step[(2 * m + 1) * s->p->ld + n] = 0.0f;
    }
}

static void price_all(search *s)
{
    double largest = 0.0;
    for (size_t n = 0; n < s->p->ld; n++)
        if (n < s->p->elements && s->p->live[n])
            price(s, n);
        else
            bar(s, n);
    for (size_t n = 0; n < s->p->elements; n++)
        for (size_t m = 0; m < s->p->table.moves && s->p->live[n]; m++)
            largest = fmax(largest, fabs((double)s->w->cost[m * s->p->ld + n]));
    s->least = (float)(-1e-5 * largest);
}

/* ---- responses ---- */

static void weigh(const search *s)
{
    for (size_t j = 0; j < s->p->nulls; j++) {
        s->w->y[2 * j] = (float)(s->p->inr[j] * s->w->response[j].re);
        s->w->y[2 * j + 1] = (float)(-s->p->inr[j] * s->w->response[j].im);
    }
}

static cph_track_best scan(const search *s, size_t begin, size_t end)
{
    const cph_track_plan *const p = s->p;
    cph_track_best best;
    p->kernels.scan(begin, end, p->nulls, p->ld, s->w->y, p->v, p->table.moves, s->w->cost,
                    s->w->step, &best);
    return best;
}

/* Adds `times` the step of a change to the responses. */
static void shift(const search *s, size_t n, size_t m, double times)
{
    const cph_track_plan *const p = s->p;
    const uint32_t state = s->w->state[n];
    const cph_c64 to = p->table.value[p->table.neighbour[state * p->table.moves + m]];
    const cph_c64 d = cph_c64_scale(times, cph_c64_sub(to, p->table.value[state]));
    for (size_t j = 0; j < p->nulls; j++)
        s->w->response[j] =
            cph_c64_add(s->w->response[j], cph_c64_mul(d, p->vector[j * p->elements + n]));
    weigh(s);
}

static void set(const search *s, size_t n, size_t m)
{
    s->w->state[n] = s->p->table.neighbour[s->w->state[n] * s->p->table.moves + m];
    price(s, n);
}

/* ---- one at a time ---- */

/* Whether a change was made in any block. */
static size_t sweep(const search *s)
{
    size_t made = 0;
    for (size_t begin = 0; begin < s->p->ld; begin += BLOCK) {
        const size_t end = begin + BLOCK < s->p->ld ? begin + BLOCK : s->p->ld;
        const cph_track_best best = scan(s, begin, end);
        if (!(best.change < s->least))
            continue;
        shift(s, best.element, best.move, 1.0);
        set(s, best.element, best.move);
        made++;
    }
    return made;
}

/* ---- two at a time ---- */

/* What a change adds by itself. */
static double change_of(const search *s, size_t n, size_t m)
{
    const cph_track_plan *const p = s->p;
    const size_t at = 2 * m * p->ld + n;
    const cph_c64 d = {(double)s->w->step[at], (double)s->w->step[at + p->ld]};
    double sum = (double)s->w->cost[m * p->ld + n];
    for (size_t j = 0; j < p->nulls; j++) {
        const cph_c64 z = cph_c64_mul(d, p->vector[j * p->elements + n]);
        const cph_c64 r = s->w->response[j];
        sum += 2.0 * p->inr[j] * (z.re * r.re + z.im * r.im);
    }
    return sum;
}

/* A change of n, and with it the best one of another element. */
static size_t pair(const search *s, size_t n, size_t m)
{
    const double first = change_of(s, n, m);
    shift(s, n, m, 1.0);
    bar(s, n);
    const cph_track_best best = scan(s, 0, s->p->ld);
    price(s, n);
    if (!(first + (double)best.change < (double)s->least)) {
        shift(s, n, m, -1.0);
        return 0;
    }
    shift(s, best.element, best.move, 1.0);
    set(s, n, m);
    set(s, best.element, best.move);
    return 2;
}

static bool deep(const search *s)
{
    double left = 0.0;
    for (size_t j = 0; j < s->p->nulls; j++)
        left += s->p->inr[j] * cph_c64_power(s->w->response[j]);
    return left <= deep_enough * s->p->aim_power;
}

/* Firsts are spread over the array by steps of the golden section. */
static size_t pairs(const search *s)
{
    const size_t moves = s->p->table.moves, tries = PAIRS;
    size_t made = 0;
    for (size_t i = 0; i < tries && !deep(s); i++) {
        const double turn = (double)i * 0.61803398874989485;
        const size_t n = (size_t)((turn - floor(turn)) * (double)s->p->elements);
        if (s->p->live[n])
            made += pair(s, n, i % moves);
    }
    return made;
}

size_t cph_track_search(const cph_track_plan *plan, const cph_track_work *work)
{
    search s = {.p = plan, .w = work};
    size_t made = 0;
    if (plan->table.moves == 0)
        return 0;
    weigh(&s);
    price_all(&s);
    for (int i = 0; i < CPH_STATES_SWEEPS; i++) {
        const size_t now = sweep(&s);
        made += now;
        if (now == 0)
            break;
    }
    made += pairs(&s);
    return made;
}
