/* SPDX-License-Identifier: MIT */
/* Which elements are out: some before anything is solved, others by a solution. */
#include <math.h>
#include <stdlib.h>

#include "calib/median.h"
#include "calib/redundant_run.h"
#include "kernels/core/c64.h"
#include "kernels/core/fail.h"

/* Of a normal distribution, standard deviation over median absolute deviation. */
static const double mad_sigma = 0.6745;
/* Chance: so many standard deviations of a chi-square. Residuals below this share of the data are
 * rounding. Gains below this share of the median are none. */
static const double bad_chance = 4.0, rounding = 1e-24, dead_least = 1e-6;

/* ---- before anything is solved ---- */

static bool is_silent(const cph_redundant_run *w, size_t i)
{
    const cph_redundant_problem *p = w->problem;
    for (size_t k = 0; k < w->plan->elements; k++) {
        const cph_c64 r = k < i ? p->r[k * p->ld + i] : p->r[i * p->ld + k];
        if (k != i && w->flag[k] == CPH_FLAG_NONE && !cph_c64_is_zero(r))
            return false;
    }
    return true;
}

cph_status cph_redundant_flag_first(cph_redundant_run *w)
{
    const cph_redundant_problem *p = w->problem;
    size_t live = 0, silent = 0;
    const cph_redundant_set *own = &w->plan->set;
    for (size_t i = 0, at = 0; i < w->plan->elements; i++) {
        const bool in_plan = at < own->n && own->element[at] == i;
        at += in_plan;
        if (!in_plan && w->flag[i] == CPH_FLAG_NONE)
            w->flag[i] = CPH_FLAG_EXCLUDED;
        live += w->flag[i] == CPH_FLAG_NONE;
    }
    for (size_t i = 0; i < w->plan->elements; i++) {
        if (w->flag[i] != CPH_FLAG_NONE)
            continue;
        const double power = p->has_diagonal ? p->r[i * p->ld + i].re : 1.0;
        if (!isfinite(power))
            return cph_fail(w->error, CPH_ERR_NOT_FINITE,
                            "the autocorrelation of element %zu is not finite: flag it", i);
        const bool dead = power <= 0.0 || is_silent(w, i);
        w->scratch[i] = dead ? 1.0 : 0.0;
        silent += dead;
    }
    if (live > 0 && silent == live)
        return cph_fail(w->error, CPH_ERR_SINGULAR,
                        "the covariances of all %zu live elements are zero: expected data", live);
    for (size_t i = 0; i < w->plan->elements; i++)
        if (w->flag[i] == CPH_FLAG_NONE && w->scratch[i] > 0.0)
            w->flag[i] = CPH_FLAG_DEAD;
    return CPH_OK;
}

cph_status cph_redundant_leave_out_missing(cph_redundant_run *w)
{
    const cph_redundant_problem *p = w->problem;
    const size_t n = w->plan->elements;
    if (!p->skip_missing)
        return CPH_OK;
    w->kept = calloc(n, n * sizeof *w->kept);
    if (w->kept == NULL)
        return cph_fail(w->error, CPH_ERR_MEMORY, "no memory for weights of %zu elements", n);
    for (size_t i = 0; i < n; i++)
        for (size_t k = i + 1; k < n; k++)
            if (cph_c64_finite(p->r[i * p->ld + k]))
                w->kept[i * n + k] = p->weight != NULL ? p->weight[i * n + k] : 1.0;
    return CPH_OK;
}

/* ---- by a solution ---- */

bool cph_redundant_flag_low(cph_redundant_run *w)
{
    const cph_redundant_solver *v = w->solver;
    const cph_redundant_set *s = v->set;
    size_t count = 0;
    bool any = false;
    for (size_t p = 0; p < s->n; p++)
        if (!s->open[p])
            w->scratch[count++] = sqrt(cph_c64_power(v->g[p]));
    const double median = cph_median(w->scratch, count);
    for (size_t p = 0; p < s->n; p++) {
        const double gain = sqrt(cph_c64_power(v->g[p]));
        if (s->open[p] || gain >= w->options->weak_below * median)
            continue;
        w->flag[s->element[p]] = gain < dead_least * median ? CPH_FLAG_DEAD : CPH_FLAG_WEAK;
        any = true;
    }
    return any;
}

/* Median of chi2 over the elements that have one, and of what they are off by. */
static size_t spread(cph_redundant_run *w, double *median, double *mad)
{
    const cph_redundant_set *s = w->solver->set;
    size_t count = 0;
    for (size_t p = 0; p < s->n; p++)
        if (isfinite(w->chi2[s->element[p]]))
            w->scratch[count++] = w->chi2[s->element[p]];
    *median = cph_median(w->scratch, count);
    for (size_t i = 0; i < count; i++)
        w->scratch[i] = fabs(w->scratch[i] - *median);
    *mad = cph_median(w->scratch, count);
    return count;
}

bool cph_redundant_flag_bad(cph_redundant_run *w)
{
    const cph_redundant_solver *v = w->solver;
    const cph_redundant_set *s = v->set;
    const size_t most =
        w->options->most_bad == SIZE_MAX ? w->plan->set.n / 4 : w->options->most_bad;
    double median, mad;
    size_t worst = SIZE_MAX;
    if (!(w->options->bad_above > 0.0) || w->dropped >= most ||
        !(v->residual > rounding * v->total) || spread(w, &median, &mad) == 0)
        return false;
    for (size_t p = 0; p < s->n; p++) {
        const double chi2 = w->chi2[s->element[p]];
        if (isfinite(chi2) && mad_sigma * (chi2 - median) > w->options->bad_above * mad &&
            chi2 > median * (1.0 + bad_chance / sqrt(w->share[p] / w->each)) &&
            (worst == SIZE_MAX || chi2 > w->chi2[s->element[worst]]))
            worst = p;
    }
    if (worst == SIZE_MAX)
        return false;
    w->flag[s->element[worst]] = CPH_FLAG_INCONSISTENT;
    w->dropped++;
    return true;
}
