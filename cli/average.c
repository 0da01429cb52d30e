/* SPDX-License-Identifier: MIT */
#include "cli/average.h"

#include <math.h>
#include <stdlib.h>

#include "cophase/adaptive.h"
#include "cophase/flags.h"
#include "kernels/core/c64.h"
#include "kernels/core/fail.h"
#include "kernels/core/vec3.h"

/* Positions agree to this part of the array. */
static const double tolerance = 1e-6;

void cph_average_calibrate(size_t n, const cph_c64 *gain, const unsigned char *flag, cph_c64 *r)
{
    for (size_t p = 0; p < n; p++)
        for (size_t q = 0; q < n; q++) {
            if (flag[p] != CPH_FLAG_NONE || flag[q] != CPH_FLAG_NONE)
                continue;
            const cph_c64 g = cph_c64_mulc(gain[p], gain[q]);
            r[p * n + q] = cph_c64_scale(1.0 / cph_c64_power(g), cph_c64_mulc(r[p * n + q], g));
        }
}

/* The mean of the elements; returns the largest distance from it. */
static double find_centre(size_t n, const double *position, double mean[3])
{
    double reach = 0.0, off[3];
    mean[0] = mean[1] = mean[2] = 0.0;
    for (size_t e = 0; e < n; e++)
        cph_add3(mean, 1.0 / (double)n, position + 3 * e, mean);
    for (size_t e = 0; e < n; e++) {
        cph_add3(position + 3 * e, -1.0, mean, off);
        reach = fmax(reach, cph_norm3(off));
    }
    return reach;
}

/* mirror [n]: who stands opposite; the first element that nobody is opposite to, or n. */
static size_t find_mirror(size_t n, const double *position, size_t *mirror)
{
    double mean[3], sum[3];
    const double reach = find_centre(n, position, mean);
    for (size_t p = 0; p < n; p++) {
        size_t q = 0;
        for (; q < n; q++) {
            cph_add3(position + 3 * p, 1.0, position + 3 * q, sum);
            cph_add3(sum, -2.0, mean, sum);
            if (cph_norm3(sum) <= tolerance * reach)
                break;
        }
        if (q == n)
            return p;
        mirror[p] = q;
    }
    return n;
}

cph_status cph_average_mirror(size_t n, const double *position, unsigned char *flag, cph_c64 *r,
                              cph_error *error)
{
    size_t *mirror = reallocarray(NULL, n, sizeof *mirror);
    if (mirror == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "--forward-backward: out of memory");
    const size_t alone = find_mirror(n, position, mirror);
    cph_status status = CPH_OK;
    if (alone < n) {
        status = cph_fail(error, CPH_ERR_FORMAT,
                          "--forward-backward needs an array that is symmetrical about its centre: "
                          "nothing is opposite element %zu",
                          alone);
    } else {
        for (size_t p = 0; p < n; p++)
            if (flag[p] == CPH_FLAG_NONE && flag[mirror[p]] != CPH_FLAG_NONE)
                flag[p] = flag[mirror[p]];
        if (cph_covariance_forward_backward(n, mirror, r, n) != CPH_OK)
            status = cph_fail(error, CPH_ERR_FORMAT,
                              "--forward-backward: two elements are in one place");
    }
    free(mirror);
    return status;
}

cph_status cph_average_check_line(size_t n, const double *position, const unsigned char *flag,
                                  size_t m, cph_error *error)
{
    double step[3] = {0.0, 0.0, 0.0}, other[3];
    if (m >= n)
        return cph_fail(error, CPH_ERR_ARGUMENT,
                        "--smooth %zu: expected fewer than the %zu elements", m, n);
    cph_add3(position + 3, -1.0, position, step);
    for (size_t e = 0; e < n; e++) {
        if (flag[e] != CPH_FLAG_NONE)
            return cph_fail(error, CPH_ERR_FORMAT,
                            "--smooth needs all elements of the line: element %zu is %s", e,
                            cph_flag_name((cph_flag)flag[e]));
        cph_add3(position, (double)e, step, other);
        cph_add3(other, -1.0, position + 3 * e, other);
        if (!(cph_norm3(other) <= tolerance * (double)n * cph_norm3(step)))
            return cph_fail(error, CPH_ERR_FORMAT,
                            "--smooth needs a line of equally spaced elements: element %zu is not "
                            "where it would be",
                            e);
    }
    return CPH_OK;
}
