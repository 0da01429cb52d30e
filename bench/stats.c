/* SPDX-License-Identifier: MIT */
#include "bench/stats.h"

#include <math.h>
#include <stdlib.h>

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double quantile(const double *sorted, size_t count, double q)
{
    const double at = q * (double)(count - 1);
    const size_t low = (size_t)at;
    const size_t high = low + 1 < count ? low + 1 : low;
    return sorted[low] + (at - (double)low) * (sorted[high] - sorted[low]);
}

/* Takes over `value`. */
static bench_spread spread(double *value, size_t count)
{
    bench_spread s = {NAN, NAN, NAN, count};
    if (value != NULL && count > 0) {
        qsort(value, count, sizeof *value, ascending);
        s = (bench_spread){quantile(value, count, 0.5), quantile(value, count, 0.1),
                           quantile(value, count, 0.9), count};
    }
    free(value);
    return s;
}

bench_spread bench_spread_of(const double *value, size_t count)
{
    double *const kept = calloc(count + 1, sizeof *kept);
    size_t n = 0;
    for (size_t i = 0; kept != NULL && i < count; i++)
        if (!isnan(value[i]))
            kept[n++] = value[i];
    return spread(kept, n);
}

bench_spread bench_ratio_of(const double *a, const double *b, size_t count)
{
    double *const ratio = calloc(count + 1, sizeof *ratio);
    size_t n = 0;
    for (size_t i = 0; ratio != NULL && i < count; i++)
        if (!isnan(a[i]) && !isnan(b[i]))
            ratio[n++] = a[i] / b[i];
    return spread(ratio, n);
}

const char *bench_verdict(const bench_spread *ratio)
{
    const double equal = 0.97, widest = 0.5;
    if (ratio->count < 3)
        return "too few rounds";
    if (ratio->p10 > 1.0 / equal)
        return "faster";
    if (ratio->p90 < equal)
        return "slower";
    if (ratio->p90 - ratio->p10 > widest * ratio->median)
        return "too noisy";
    return ratio->median > 1.0 / equal ? "faster" : ratio->median < equal ? "slower" : "equal";
}
