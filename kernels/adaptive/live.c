/* SPDX-License-Identifier: MIT */
/* The elements that are not flagged. */
#include "kernels/adaptive/adaptive_plan.h"
#include "kernels/core/c64.h"
#include "kernels/core/fail.h"

size_t cph_live_count(size_t elements, const unsigned char *flag)
{
    size_t live = 0;
    for (size_t n = 0; n < elements; n++)
        live += flag == NULL || flag[n] == 0;
    return live;
}

cph_status cph_live_take(size_t elements, const cph_c64 *gain, const unsigned char *flag,
                         size_t *index, cph_c64 *live_gain, cph_error *error)
{
    size_t live = 0;
    for (size_t n = 0; n < elements; n++) {
        const cph_c64 g = gain != NULL ? gain[n] : (cph_c64){1.0, 0.0};
        if (flag != NULL && flag[n] != 0)
            continue;
        if (!cph_c64_finite(g) || cph_c64_is_zero(g))
            return cph_fail(error, CPH_ERR_NOT_FINITE,
                            "gain of element %zu is %g%+gj: expected a flag there", n, g.re, g.im);
        index[live] = n;
        live_gain[live++] = g;
    }
    return CPH_OK;
}

cph_status cph_live_covariance(const cph_c64 *covariance, size_t ld, size_t live,
                               const size_t *index, cph_c64 *r, cph_error *error)
{
    for (size_t p = 0; p < live; p++)
        for (size_t q = 0; q <= p; q++) {
            const cph_c64 value = covariance[index[p] * ld + index[q]];
            if (!cph_c64_finite(value))
                return cph_fail(error, CPH_ERR_NOT_FINITE,
                                "covariance of elements %zu and %zu is not finite: expected a flag "
                                "on one of them",
                                index[p], index[q]);
            r[p * live + q] = value;
        }
    return CPH_OK;
}
