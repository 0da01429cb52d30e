/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "calib/stefcal.h"

enum { STALE_CHECKS = 10, WORSE_CHECKS = 5 };

/* A change that does not shrink by a hundredth is no progress. */
static const double shrink = 0.99;
/* Ratio of changes assumed of the first one, and the largest taken for the sum of those to come. */
static const double first_ratio = 0.9, largest_ratio = 0.95;

/* Whether the residual is less than half the least before: far from the answer that is progress. */
static bool halved(cph_convergence *c, double residual)
{
    bool first = c->least == 0.0, half = residual < 0.5 * c->least;
    if (first || residual < c->least)
        c->least = residual;
    return first || half;
}

static bool diverged(cph_convergence *c, double change, double residual, double total, bool half)
{
    c->worse = residual > total && !half ? c->worse + 1 : 0;
    return !isfinite(change) || !isfinite(residual) || c->worse >= WORSE_CHECKS;
}

static bool stalled(cph_convergence *c, double change, bool half)
{
    bool progress = c->best == 0.0 || change < shrink * c->best;
    c->stale = progress || half ? 0 : c->stale + 1;
    if (progress)
        c->best = change;
    return c->stale >= STALE_CHECKS;
}

/* The changes to come, were they to shrink as the last one did. */
static double distance(cph_convergence *c, double change)
{
    double ratio = c->last > 0.0 ? fmin(change / c->last, largest_ratio) : first_ratio;
    c->last = change;
    return change * ratio / (1.0 - ratio);
}

bool cph_convergence_check(cph_convergence *convergence, double change, double tolerance,
                           double residual, double total, cph_stop *stop)
{
    bool half = halved(convergence, residual);
    if (diverged(convergence, change, residual, total, half)) {
        *stop = CPH_STOP_DIVERGED;
        return true;
    }
    if (distance(convergence, change) <= tolerance) {
        *stop = CPH_STOP_CONVERGED;
        return true;
    }
    *stop = CPH_STOP_STALLED;
    return stalled(convergence, change, half);
}

const char *cph_stop_name(cph_stop stop)
{
    static const char *const names[CPH_STOP_COUNT] = {
        [CPH_STOP_CONVERGED] = "converged",
        [CPH_STOP_STALLED] = "stalled",
        [CPH_STOP_DIVERGED] = "diverged",
        [CPH_STOP_ITERATIONS] = "iteration-limit",
    };
    return (unsigned)stop < CPH_STOP_COUNT ? names[stop] : "unknown";
}
