/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "calib/interference.h"

static unsigned char before(const cph_interference_line *l, size_t i)
{
    return l->before[i * l->stride];
}

/* Adds or takes away item i of the window. */
static void slide(const cph_interference_line *l, size_t i, double limit, double sign, double *sum,
                  double *count)
{
    if (before(l, i) == CPH_INTERFERENCE_ABSENT)
        return;
    const bool marked = before(l, i) != CPH_INTERFERENCE_NONE || isnan(l->z[i * l->stride]);
    *sum += sign * (marked ? limit : l->z[i * l->stride]);
    *count += sign;
}

void cph_interference_sum(const cph_interference_line *line, size_t run, double limit)
{
    double sum = 0.0, count = 0.0;
    for (size_t end = 0; end < line->count; end++) {
        slide(line, end, limit, 1.0, &sum, &count);
        if (end >= run)
            slide(line, end - run, limit, -1.0, &sum, &count);
        /* A margin above what sums of `limit` alone are rounded by. */
        if (end + 1 < run || !(sum > limit * count * (1.0 + 1e-9)) || count < 1.0)
            continue;
        for (size_t i = end + 1 - run; i <= end; i++)
            if (before(line, i) == CPH_INTERFERENCE_NONE)
                line->mark[i * line->stride] = CPH_INTERFERENCE_FOUND;
    }
}

/* Item i is in a run with enough marks where the largest sum (of marked - (1 - spread)) of a run
 * around it is not negative: the largest prefix sum from i + 1 on less the smallest up to i. */
void cph_interference_extend(const cph_interference_line *line, double spread, double *sum)
{
    const size_t n = line->count;
    static const double rounding = 1e-9; /* of sums of the share, which is no binary fraction */
    double least = 0.0;
    sum[0] = 0.0;
    for (size_t i = 0; i < n; i++) {
        const unsigned char mark = before(line, i);
        const double step = mark == CPH_INTERFERENCE_ABSENT ? 0.0
                            : mark == CPH_INTERFERENCE_NONE ? spread - 1.0
                                                            : spread;
        sum[i + 1] = sum[i] + step;
    }
    /* From the right: sum[i + 1] becomes the largest from there on; smallest ones from the left go
     * against it, which needs the prefix itself: kept as differences. */
    double most = sum[n];
    for (size_t i = n; i-- > 0;) {
        const double own = sum[i];
        sum[i + 1] = most; /* largest prefix sum of ends after i */
        most = own > most ? own : most;
    }
    double prefix = 0.0;
    for (size_t i = 0; i < n; i++) {
        least = prefix < least ? prefix : least;
        const unsigned char mark = before(line, i);
        if (mark == CPH_INTERFERENCE_NONE && sum[i + 1] - least >= -rounding &&
            line->mark[i * line->stride] == CPH_INTERFERENCE_NONE)
            line->mark[i * line->stride] = CPH_INTERFERENCE_EXTENDED;
        prefix += mark == CPH_INTERFERENCE_ABSENT ? 0.0
                  : mark == CPH_INTERFERENCE_NONE ? spread - 1.0
                                                  : spread;
    }
}
