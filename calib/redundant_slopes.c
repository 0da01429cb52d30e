/* SPDX-License-Identifier: MIT */
/* Phase slopes, by their steps along a few groups of baselines. */
#include <math.h>
#include <string.h>

#include "calib/redundant.h"
#include "calib/redundant_vector.h"
#include "kernels/core/c64.h"

/* Groups that the slopes' steps are chosen among; steps are dependent when less than this is left
 * of one, and a cell is smaller when it is so beyond the tolerance of positions. */
enum { CANDIDATES = 24 };
static const double dependent = 1e-3, smaller = 0.9;

/* The change along a group's baselines of the unit slopes. */
static void slope_steps(const cph_redundant_set *s, size_t group, double step[3])
{
    const cph_redundant_baseline *b = &s->baseline[s->start[group]];
    for (size_t d = 0; d < s->slopes; d++)
        step[d] =
            s->phase_null[(1 + d) * s->n + b->first] - s->phase_null[(1 + d) * s->n + b->second];
}

static size_t members(const cph_redundant_set *s, size_t k)
{
    return s->start[k + 1] - s->start[k];
}

/* The fullest groups of two and more, the fullest first. */
static size_t find_fullest(const cph_redundant_set *s, size_t fullest[CANDIDATES])
{
    size_t count = 0;
    for (size_t k = 0; k < s->groups; k++) {
        size_t at = count;
        while (at > 0 && members(s, k) > members(s, fullest[at - 1]))
            at--;
        if (members(s, k) < 2 || at == CANDIDATES)
            continue;
        count += count < CANDIDATES;
        for (size_t i = count - 1; i > at; i--)
            fullest[i] = fullest[i - 1];
        fullest[at] = k;
    }
    return count;
}

/* Length, area or volume that the steps of d groups span. */
static double span_of(const cph_redundant_set *s, const size_t group[3], size_t d)
{
    double basis[9] = {0}, volume = 1.0;
    for (size_t i = 0; i < d && i < 3; i++) {
        double *step = basis + 3 * i;
        slope_steps(s, group[i], step);
        const double length = sqrt(cph_vector_dot(3, step, step)),
                     left = cph_vector_orthogonalise(3, i, basis, step);
        if (!(left > dependent * length))
            return 0.0;
        volume *= left;
        cph_vector_normalise(3, left, step);
    }
    return volume;
}

/* Of the fullest groups, those whose steps span the smallest cell: on a lattice its own, so that no
 * slope is mistaken for one that turns by whole turns along them, but not along others. */
void cph_redundant_choose_steps(cph_redundant_set *s)
{
    size_t fullest[CANDIDATES] = {0};
    const size_t count = find_fullest(s, fullest), d = s->slopes;
    const size_t last[3] = {d > 0 ? count : 1, d > 1 ? count : 1, d > 2 ? count : 1};
    double smallest = 0.0;
    if (count == 0 || d == 0) {
        s->slopes = 0;
        return;
    }
    for (size_t i = 0; i < last[0]; i++)
        for (size_t j = d > 1 ? i + 1 : 0; j < last[1]; j++)
            for (size_t k = d > 2 ? j + 1 : 0; k < last[2]; k++) {
                const size_t group[3] = {fullest[i], fullest[j], fullest[k]};
                const double span = span_of(s, group, d);
                if (span > 0.0 && (smallest == 0.0 || span < smaller * smallest)) {
                    smallest = span;
                    memcpy(s->step, group, sizeof group);
                }
            }
    s->slopes = smallest > 0.0 ? d : 0;
}

void cph_redundant_turn(cph_redundant_solver *v, const double *step)
{
    const cph_redundant_set *s = v->set;
    double m[3][4] = {{0}};
    const size_t d = s->slopes;
    for (size_t i = 0; i < d; i++) {
        slope_steps(s, s->step[i], m[i]);
        m[i][3] = step[i];
    }
    /* Gauss and Jordan with pivots; steps are independent. */
    for (size_t k = 0; k < d; k++) {
        size_t best = k;
        for (size_t i = k + 1; i < d; i++)
            best = fabs(m[i][k]) > fabs(m[best][k]) ? i : best;
        for (size_t j = 0; j < 4; j++) {
            const double t = m[k][j];
            m[k][j] = m[best][j];
            m[best][j] = t;
        }
        for (size_t i = 0; i < d; i++) {
            const double factor = i == k ? 0.0 : m[i][k] / m[k][k];
            for (size_t j = 0; j < 4; j++)
                m[i][j] -= factor * m[k][j];
        }
    }
    for (size_t p = 0; p < s->n; p++) {
        double turn = 0.0;
        for (size_t k = 0; k < d; k++)
            turn += m[k][3] / m[k][k] * s->phase_null[(1 + k) * s->n + p];
        v->g[p] = cph_c64_mul(v->g[p], (cph_c64){cos(turn), sin(turn)});
    }
}
