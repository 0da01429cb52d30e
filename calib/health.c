/* SPDX-License-Identifier: MIT */
/* What is wrong with elements before anything is solved. */
#include <math.h>
#include <stdlib.h>

#include "calib/median.h"
#include "cophase/calib.h"
#include "kernels/core/c64.h"
#include "kernels/core/size.h"

cph_health_limits cph_health_defaults(void)
{
    return (cph_health_limits){
        .dead_below = 1e-3, .weak_below = 0.2, .hot_above = 5.0, .saturated_share = 0.01};
}

static bool good(const unsigned char *flag, size_t n)
{
    return flag[n] == CPH_FLAG_NONE;
}

/* Of elements that have power: arrays that are mostly dead still have a median. */
static double median_power(size_t elements, const double *power, const unsigned char *flag,
                           double *scratch)
{
    size_t count = 0;
    for (size_t n = 0; n < elements; n++)
        if (good(flag, n) && isfinite(power[n]) && power[n] > 0.0)
            scratch[count++] = power[n];
    return cph_median(scratch, count);
}

static cph_flag judge_level(const cph_level *level, const cph_health_limits *limits)
{
    if (level->not_finite > 0)
        return CPH_FLAG_NOT_FINITE;
    return level->count > 0 &&
                   (double)level->full_scale > limits->saturated_share * (double)level->count
               ? CPH_FLAG_SATURATED
               : CPH_FLAG_NONE;
}

static cph_flag judge_power(double power, double median, const cph_health_limits *limits)
{
    if (isinf(power))
        return CPH_FLAG_NOT_FINITE;
    if (power <= 0.0 || power < limits->dead_below * median)
        return CPH_FLAG_DEAD;
    return power < limits->weak_below * median  ? CPH_FLAG_WEAK
           : power > limits->hot_above * median ? CPH_FLAG_HOT
                                                : CPH_FLAG_NONE;
}

cph_status cph_health_check(size_t elements, const double *power, const cph_level *level,
                            const cph_health_limits *limits, unsigned char *flag)
{
    size_t bytes;
    if (elements == 0 || power == NULL || limits == NULL || flag == NULL)
        return CPH_ERR_ARGUMENT;
    if (!cph_size_mul(elements, sizeof(double), &bytes))
        return CPH_ERR_OVERFLOW;
    double *scratch = malloc(bytes);
    if (scratch == NULL)
        return CPH_ERR_MEMORY;
    for (size_t n = 0; level != NULL && n < elements; n++)
        if (good(flag, n))
            flag[n] = (unsigned char)judge_level(&level[n], limits);
    double median = median_power(elements, power, flag, scratch);
    for (size_t n = 0; n < elements; n++)
        if (good(flag, n))
            flag[n] = (unsigned char)judge_power(power[n], median, limits);
    free(scratch);
    return CPH_OK;
}

static bool bad_entry(const cph_c64 *r, size_t ld, size_t p, size_t q)
{
    return !cph_c64_finite(r[p * ld + q]) || !cph_c64_finite(r[q * ld + p]);
}

/* count[p]: entries that p shares with good elements and that are not finite. */
static void count_bad(size_t elements, const cph_c64 *r, size_t ld, bool has_diagonal,
                      const unsigned char *flag, size_t *count)
{
    for (size_t p = 0; p < elements; p++) {
        count[p] = 0;
        for (size_t q = 0; good(flag, p) && q < elements; q++)
            count[p] += good(flag, q) && (q != p || has_diagonal) && bad_entry(r, ld, p, q);
    }
}

cph_status cph_health_finite(size_t elements, const cph_c64 *r, size_t ld, bool has_diagonal,
                             unsigned char *flag)
{
    if (elements == 0 || r == NULL || flag == NULL || ld < elements)
        return CPH_ERR_ARGUMENT;
    if (!cph_size_matrix(elements, ld, elements, sizeof *r))
        return CPH_ERR_OVERFLOW;
    size_t *count = calloc(elements, sizeof *count);
    if (count == NULL)
        return CPH_ERR_MEMORY;
    count_bad(elements, r, ld, has_diagonal, flag, count);
    for (;;) {
        size_t worst = 0;
        for (size_t p = 1; p < elements; p++)
            if (count[p] > count[worst])
                worst = p;
        if (count[worst] == 0)
            break;
        for (size_t q = 0; q < elements; q++)
            if (good(flag, q) && q != worst)
                count[q] -= bad_entry(r, ld, worst, q);
        count[worst] = 0;
        flag[worst] = CPH_FLAG_NOT_FINITE;
    }
    free(count);
    return CPH_OK;
}
