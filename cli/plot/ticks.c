/* SPDX-License-Identifier: MIT */
#include "cli/plot/ticks.h"

#include <math.h>
#include <stdio.h>

/* Ticks at a step in [low, high]; the slack keeps ends that rounding has moved. */
static cph_ticks ticks_of_step(double low, double high, double step)
{
    const double slack = 1e-9;
    double first = ceil(low / step - slack), last = floor(high / step + slack);
    return (cph_ticks){
        .first = first,
        .step = step,
        .count = last < first ? 0 : (size_t)(last - first) + 1,
    };
}

static cph_ticks decimal_ticks(double low, double high, size_t most)
{
    static const double mantissa[] = {1, 2, 5};
    int exponent = (int)floor(log10((high - low) / (double)most));
    for (;; exponent++)
        for (size_t m = 0; m < sizeof mantissa / sizeof mantissa[0]; m++) {
            cph_ticks t = ticks_of_step(low, high, mantissa[m] * pow(10, exponent));
            if (t.count <= most) {
                t.decimals = exponent < 0 ? -exponent : 0;
                return t;
            }
        }
}

static cph_ticks degree_ticks(double low, double high, size_t most)
{
    static const double steps[] = {10, 15, 30, 45, 90, 180};
    cph_ticks t = decimal_ticks(low, high, most);
    for (size_t s = 0; t.step > steps[0] && s < sizeof steps / sizeof steps[0]; s++) {
        cph_ticks d = ticks_of_step(low, high, steps[s]);
        if (d.count <= most)
            return d;
    }
    return t;
}

cph_ticks cph_ticks_make(cph_tick_kind kind, double low, double high, size_t most)
{
    double span = high - low;
    /* A span below the spacing of doubles at its ends has no distinct ticks. */
    if (!isfinite(span) || most < 2 || !(span > 1e-12 * fmax(fabs(low), fabs(high))))
        return (cph_ticks){0};
    if (kind == CPH_TICKS_DEGREES)
        return degree_ticks(low, high, most);
    const cph_ticks t = decimal_ticks(low, high, most);
    return kind == CPH_TICKS_WHOLE && t.step < 1.0 ? ticks_of_step(low, high, 1.0) : t;
}

double cph_ticks_at(const cph_ticks *ticks, size_t i)
{
    return (ticks->first + (double)i) * ticks->step;
}

void cph_ticks_label(const cph_ticks *ticks, size_t i, size_t size, char *label)
{
    /* Adding 0 turns -0 into 0. */
    snprintf(label, size, "%.*f", ticks->decimals, cph_ticks_at(ticks, i) + 0.0);
}
