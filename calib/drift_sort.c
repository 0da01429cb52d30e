/* SPDX-License-Identifier: MIT */
/* Which readings count: outliers, and jumps after which a walk begins anew. */
#include <math.h>

#include "calib/drift.h"

enum { AHEAD = 2 };
static const double turn = 6.28318530717958647693;

cph_walk cph_drift_walk(const cph_drift_desk *d, int i, size_t n)
{
    return (cph_walk){.times = d->times,
                      .time_s = d->c->time_s,
                      .heat = d->heat,
                      .y = d->y[i] + n * d->times,
                      .variance = d->variance[i] + n * d->times,
                      .use = d->use + n * d->times};
}

/* Squared distance of reading t of element n from what is known, in standard errors; its phase
 * is turned to within half a turn of that. */
static double distance(const cph_drift_desk *d, size_t n, size_t t,
                       const cph_walk_state predicted[CPH_DRIFT_QUANTITIES], bool turned)
{
    const double heat = d->heat != NULL ? d->heat[t] : 0.0;
    double sum = 0.0;
    for (int i = 0; i < CPH_DRIFT_QUANTITIES; i++) {
        const double level = predicted[i].level + d->slope[i][n].value * (heat - predicted[i].heat);
        double *y = &d->y[i][n * d->times + t];
        double v = *y - level;
        if (i == CPH_DRIFT_PHASE) {
            v = remainder(v, turn);
            *y = turned ? level + v : *y;
        }
        sum += v * v / (predicted[i].variance + d->variance[i][n * d->times + t]);
    }
    return sum;
}

/* Whether the next readings contradict the past as that of t does, and agree with it. */
static bool is_jump(const cph_drift_desk *d, size_t n, size_t t,
                    const cph_walk_state predicted[CPH_DRIFT_QUANTITIES])
{
    const double limit = d->c->outlier * d->c->outlier, heat = d->heat != NULL ? d->heat[t] : 0.0;
    size_t seen = 0;
    for (size_t next = t + 1; next < d->times && seen < AHEAD; next++) {
        cph_walk_state old[CPH_DRIFT_QUANTITIES], new[CPH_DRIFT_QUANTITIES];
        if (d->mark[n * d->times + next] == CPH_DRIFT_ABSENT)
            continue;
        seen++;
        for (int i = 0; i < CPH_DRIFT_QUANTITIES; i++) {
            const double step = d->q[i] * (d->c->time_s[next] - d->c->time_s[t]);
            const size_t at = n * d->times + t;
            old[i] = predicted[i];
            old[i].variance += step;
            new[i] = (cph_walk_state){d->y[i][at], heat, d->variance[i][at] + step};
        }
        if (distance(d, n, next, old, false) <= limit || distance(d, n, next, new, false) > limit)
            return false;
    }
    return seen == AHEAD;
}

/* Goes through the readings of an element; how many marks changed. */
size_t cph_drift_sort(cph_drift_desk *d, size_t n)
{
    const cph_walk walk[CPH_DRIFT_QUANTITIES] = {cph_drift_walk(d, CPH_DRIFT_PHASE, n),
                                                 cph_drift_walk(d, CPH_DRIFT_AMPLITUDE, n)};
    unsigned char *use = d->use + n * d->times, *mark = d->mark + n * d->times;
    cph_walk_state s[CPH_DRIFT_QUANTITIES] = {{0.0, 0.0, INFINITY}, {0.0, 0.0, INFINITY}};
    size_t changed = 0, first = 0, count = 0; /* of the readings since the last jump */
    for (size_t t = 0; t < d->times; t++) {
        for (int i = 0; i < CPH_DRIFT_QUANTITIES && t > 0; i++)
            s[i] = cph_walk_predict(&walk[i], d->q[i], t, &s[i]);
        if (mark[t] == CPH_DRIFT_ABSENT)
            continue;
        const unsigned char was = mark[t];
        mark[t] = CPH_DRIFT_USED;
        use[t] = CPH_WALK_READ;
        if (count > 0 && distance(d, n, t, s, true) > d->c->outlier * d->c->outlier &&
            d->c->outlier > 0.0) {
            const bool jump = is_jump(d, n, t, s), alone = jump && count == 1;
            mark[t] = alone ? CPH_DRIFT_USED : jump ? CPH_DRIFT_JUMP : CPH_DRIFT_OUTLIER;
            use[t] = jump ? CPH_WALK_BEGIN : CPH_WALK_NONE;
            if (alone) { /* one reading before a jump: it was the outlier */
                mark[first] = CPH_DRIFT_OUTLIER;
                use[first] = CPH_WALK_NONE;
            }
            count = jump ? 0 : count;
        }
        changed += mark[t] != was;
        if (use[t] == CPH_WALK_NONE)
            continue;
        first = count++ == 0 ? t : first;
        for (int i = 0; i < CPH_DRIFT_QUANTITIES; i++)
            s[i] = cph_walk_take(&walk[i], t, &s[i], NULL);
    }
    return changed;
}
