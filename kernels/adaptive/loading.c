/* SPDX-License-Identifier: MIT */
#include "kernels/adaptive/adaptive_plan.h"
#include "kernels/core/c64.h"
#include "kernels/core/fail.h"

const char *cph_loading_name(cph_loading_kind kind)
{
    static const char *const names[CPH_LOADING_COUNT] = {
        [CPH_LOADING_NONE] = "none",         [CPH_LOADING_FIXED] = "fixed",
        [CPH_LOADING_RELATIVE] = "relative", [CPH_LOADING_LEDOIT_WOLF] = "ledoit-wolf",
        [CPH_LOADING_OAS] = "oas",
    };
    return (unsigned)kind < CPH_LOADING_COUNT ? names[kind] : NULL;
}

/* tr R, tr R^2 and |R - tr(R)/n I|^2, which is summed by itself: as a difference of the others it
 * would be rounding when R is nearly white. */
typedef struct traces {
    double first, second, spread;
} traces;

static traces sum_traces(size_t n, const cph_c64 *r)
{
    traces t = {0};
    double beside = 0.0;
    for (size_t p = 0; p < n; p++) {
        t.first += r[p * n + p].re;
        t.second += r[p * n + p].re * r[p * n + p].re;
        for (size_t q = 0; q < p; q++)
            beside += 2.0 * cph_c64_power(r[p * n + q]);
    }
    t.second += beside;
    t.spread = beside;
    for (size_t p = 0; p < n; p++) {
        const double off = r[p * n + p].re - t.first / (double)n;
        t.spread += off * off;
    }
    return t;
}

/* min(1, over / under), both at least 0; a white R is its own target: 1. */
static double share(double over, double under)
{
    return under > over ? fmax(over, 0.0) / under : 1.0;
}

static double automatic(const cph_loading *loading, size_t n, const traces *t, double samples)
{
    const double order = (double)n, square = t->first * t->first;
    if (loading->kind == CPH_LOADING_OAS)
        return share(square - t->second / order, (samples - 1.0 / order) * t->spread);
    const double fourth = loading->fourth_norm > 0.0 ? loading->fourth_norm : square + t->second;
    return share(fourth - t->second, samples * t->spread);
}

cph_status cph_loading_find(const cph_loading *loading, size_t n, const cph_c64 *r, double samples,
                            cph_loaded *loaded, cph_error *error)
{
    const char *name = cph_loading_name(loading->kind);
    if (name == NULL || !(loading->value >= 0.0) || isinf(loading->value) ||
        !(loading->fourth_norm >= 0.0))
        return cph_fail(error, CPH_ERR_ARGUMENT, "loading %s of %g: expected none, or one of 0 up",
                        name != NULL ? name : "?", loading->value);
    const traces t = sum_traces(n, r);
    const double mean = t.first / (double)n;
    *loaded = (cph_loaded){0};
    switch (loading->kind) {
    case CPH_LOADING_FIXED:
        loaded->load = loading->value;
        return CPH_OK;
    case CPH_LOADING_RELATIVE:
        loaded->load = loading->value * mean;
        return CPH_OK;
    case CPH_LOADING_LEDOIT_WOLF:
    case CPH_LOADING_OAS:
        if (!(samples >= 1.0))
            return cph_fail(error, CPH_ERR_MISSING,
                            "loading %s needs the number of snapshots behind the covariance", name);
        loaded->rho = automatic(loading, n, &t, samples);
        loaded->load = loaded->rho * mean;
        return CPH_OK;
    default:
        return CPH_OK;
    }
}
