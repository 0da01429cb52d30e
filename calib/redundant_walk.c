/* SPDX-License-Identifier: MIT */
/* Phases without unwrapping. Degeneracy leaves the phases of a few groups free; with one of them
 * set, a baseline of it tells an element's phase from its partner's, and two known elements tell
 * the u of their group. So the walk goes on from the fullest group until all are known; where it is
 * stuck it sets the next group free. On a lattice those are its neighbours, one a dimension. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "calib/redundant.h"
#include "kernels/core/c64.h"
#include "kernels/core/size.h"

typedef struct walk {
    const cph_redundant_set *set;
    size_t channels;
    const cph_c64 *data; /* [C][baselines] */
    const double *weight;
    cph_c64 *g;        /* [n] unit phasors */
    cph_c64 *u;        /* [groups][C] sums over members whose elements are both known */
    cph_c64 *evidence; /* [n] */
    bool *known;       /* [n] */
    bool *told;        /* [groups] u is not zero */
} walk;

static cph_c64 phasor(cph_c64 z)
{
    const double modulus = hypot(z.re, z.im);
    return modulus > 0.0 ? cph_c64_scale(1.0 / modulus, z) : (cph_c64){1.0, 0.0};
}

static cph_c64 datum(const walk *w, size_t channel, size_t b)
{
    return w->data[channel * w->set->baselines + b];
}

/* u += weight conj(g_first conj(g_second)) R of a baseline. */
static void tell_group(walk *w, size_t b)
{
    const cph_redundant_baseline *at = &w->set->baseline[b];
    const cph_c64 pair = cph_c64_mulc(w->g[at->first], w->g[at->second]);
    for (size_t c = 0; c < w->channels; c++) {
        cph_c64 *u = &w->u[at->group * w->channels + c];
        *u = cph_c64_add(*u, cph_c64_scale(w->weight[b], cph_c64_mulc(datum(w, c, b), pair)));
    }
    w->told[at->group] = true;
}

/* Element p's phase is known now: so are groups of its baselines to others. */
static void settle(walk *w, size_t p)
{
    w->known[p] = true;
    for (size_t b = 0; b < w->set->baselines; b++) {
        const cph_redundant_baseline *at = &w->set->baseline[b];
        if ((at->first == p || at->second == p) && w->known[at->first] && w->known[at->second])
            tell_group(w, b);
    }
}

/* Evidence of unknown elements' phases from baselines of told groups to known ones. */
static void gather(walk *w)
{
    const cph_redundant_set *s = w->set;
    memset(w->evidence, 0, s->n * sizeof *w->evidence);
    for (size_t b = 0; b < s->baselines; b++) {
        const cph_redundant_baseline *at = &s->baseline[b];
        if (w->known[at->first] == w->known[at->second] || !w->told[at->group])
            continue;
        cph_c64 sum = {0.0, 0.0};
        for (size_t c = 0; c < w->channels; c++)
            sum = cph_c64_add(sum, cph_c64_mulc(datum(w, c, b), w->u[at->group * w->channels + c]));
        sum = cph_c64_scale(w->weight[b], sum);
        const size_t to = w->known[at->first] ? at->second : at->first;
        const cph_c64 from = w->g[at->first + at->second - to];
        /* g_first = sum g_second; g_second = conj(sum) g_first. */
        w->evidence[to] = cph_c64_add(w->evidence[to], to == at->first ? cph_c64_mul(sum, from)
                                                                       : cph_c64_mulc(from, sum));
    }
}

static size_t best_element(const walk *w)
{
    double most = 0.0;
    size_t best = SIZE_MAX;
    for (size_t p = 0; p < w->set->n; p++) {
        const double power = cph_c64_power(w->evidence[p]);
        if (!w->known[p] && power > most) {
            most = power;
            best = p;
        }
    }
    return best;
}

/* Sum of the moduli that a group's baselines from known to unknown elements carry; *first gets the
 * one to begin with. With nothing known yet, of all its baselines. */
static double score_group(const walk *w, size_t k, bool anywhere, size_t *first)
{
    const cph_redundant_set *s = w->set;
    double score = 0.0;
    *first = SIZE_MAX;
    for (size_t b = s->start[k]; b < s->start[k + 1]; b++) {
        double power = 0.0;
        for (size_t c = 0; c < w->channels; c++)
            power += cph_c64_power(datum(w, c, b));
        score += sqrt(w->weight[b] * power);
        if (*first == SIZE_MAX && power > 0.0 &&
            (anywhere || w->known[s->baseline[b].first] != w->known[s->baseline[b].second]))
            *first = b;
    }
    return *first == SIZE_MAX ? -1.0 : score;
}

/* Chooses the phase of the fullest group that leads on from what is known; false where none does.
 */
static bool choose_group(walk *w, bool anywhere)
{
    const cph_redundant_set *s = w->set;
    double most = 0.0;
    size_t best = SIZE_MAX;
    for (size_t k = 0; k < s->groups; k++) {
        size_t first = SIZE_MAX;
        const double score = s->start[k + 1] - s->start[k] > 1 && !w->told[k]
                                 ? score_group(w, k, anywhere, &first)
                                 : -1.0;
        if (score > most) {
            most = score;
            best = first;
        }
    }
    if (best == SIZE_MAX)
        return false;
    const size_t p = s->baseline[best].first, q = s->baseline[best].second;
    const size_t from = w->known[q] ? q : p, to = p + q - from;
    if (anywhere) {
        w->g[from] = (cph_c64){1.0, 0.0};
        settle(w, from);
    }
    w->g[to] = w->g[from];
    settle(w, to);
    return true;
}

static void run(walk *w)
{
    for (;;) {
        gather(w);
        const size_t p = best_element(w);
        if (p != SIZE_MAX) {
            w->g[p] = phasor(w->evidence[p]);
            settle(w, p);
        } else if (!choose_group(w, false) && !choose_group(w, true)) {
            break;
        }
    }
}

cph_status cph_redundant_walk(const cph_redundant_set *set, size_t channels, const cph_c64 *data,
                              const double *weight, cph_c64 *g)
{
    size_t cells;
    if (!cph_size_mul(set->groups, channels, &cells))
        return CPH_ERR_OVERFLOW;
    walk w = {.set = set, .channels = channels, .data = data, .weight = weight, .g = g};
    w.u = calloc(cells + 1, sizeof *w.u);
    w.evidence = calloc(set->n, sizeof *w.evidence);
    w.known = calloc(set->n, sizeof *w.known);
    w.told = calloc(set->groups, sizeof *w.told);
    const bool ok = w.u != NULL && w.evidence != NULL && w.known != NULL && w.told != NULL;
    if (ok) {
        for (size_t p = 0; p < set->n; p++)
            g[p] = (cph_c64){1.0, 0.0};
        run(&w);
    }
    free(w.u);
    free(w.evidence);
    free(w.known);
    free(w.told);
    return ok ? CPH_OK : CPH_ERR_MEMORY;
}
