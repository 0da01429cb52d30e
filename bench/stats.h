/* SPDX-License-Identifier: MIT */
/** @file stats.h
 *  Order statistics of times, and what pairs of them say. */
#ifndef COPHASE_BENCH_STATS_H
#define COPHASE_BENCH_STATS_H

#include <stddef.h>

typedef struct bench_spread {
    double median, p10, p90; /**< NaN when count is 0 */
    size_t count;
} bench_spread;

/** Of the values that are not NaN. Percentiles interpolate between neighbours. */
bench_spread bench_spread_of(const double *value, size_t count);

/** Of the ratios a[i] / b[i] where neither is NaN: what disturbed a round disturbed both. */
bench_spread bench_ratio_of(const double *a, const double *b, size_t count);

/** Words for a ratio "peer's time over ours": "faster", "equal", "slower", or "too noisy" when the
 *  pairs scatter so much that none of them can be said. 0.97 counts as equal. */
const char *bench_verdict(const bench_spread *ratio);

#endif
