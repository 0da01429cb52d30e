/* SPDX-License-Identifier: MIT */
#include "cli/limits.h"

#include <math.h>

error_t cph_limit_take(const struct argp_state *state, const cph_limit *limit, const char *arg,
                       double *most)
{
    cph_error error;
    double value = 0.0;
    size_t number = 0;
    cph_status status;
    if (limit->quantity == CPH_NUMBER) {
        status = cph_parse_count(arg, 0, SIZE_MAX, &number, &error);
        value = (double)number;
    } else {
        status = cph_parse_quantity(limit->quantity, arg, &value, &error);
    }
    if (status == CPH_OK && !(value >= 0.0))
        return cph_usage(state, "--%s %s: expected 0 or more", limit->option, arg);
    if (status == CPH_OK)
        *most = limit->quantity == CPH_ANGLE ? value * 180.0 / M_PI : value;
    return cph_parsed(state, status, &error);
}

size_t cph_limits_judge(const double *most, size_t limits, const void *results, size_t rows,
                        cph_limit_value *value, cph_verdict *verdict)
{
    size_t count = 0;
    for (size_t k = 0; k < limits; k++) {
        if (isnan(most[k]))
            continue;
        cph_verdict v = {.limit = k, .most = most[k], .value = -INFINITY, .kept = true};
        for (size_t row = 0; row < rows; row++) {
            const double its = value(results, k, row);
            v.kept = v.kept && its <= v.most;
            if (!(its <= v.value) && !isnan(v.value)) {
                v.value = its;
                v.row = row;
            }
        }
        verdict[count++] = v;
    }
    return count;
}

size_t cph_limits_violated(const cph_verdict *verdict, size_t count, size_t *first)
{
    size_t violated = 0;
    for (size_t i = count; i-- > 0;)
        if (!verdict[i].kept) {
            violated++;
            *first = i;
        }
    return violated;
}
