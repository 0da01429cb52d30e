/* SPDX-License-Identifier: MIT */
#include "cophase/adaptive.h"
#include "kernels/core/c64.h"
#include "kernels/core/size.h"

static size_t opposite(size_t elements, const size_t *mirror, size_t p)
{
    return mirror != NULL ? mirror[p] : elements - 1 - p;
}

cph_status cph_covariance_forward_backward(size_t elements, const size_t *mirror, cph_c64 *r,
                                           size_t ld)
{
    if (elements == 0 || r == NULL || !cph_size_matrix(elements, ld, elements, sizeof *r))
        return CPH_ERR_ARGUMENT;
    for (size_t p = 0; p < elements; p++)
        if (opposite(elements, mirror, p) >= elements ||
            opposite(elements, mirror, opposite(elements, mirror, p)) != p)
            return CPH_ERR_ARGUMENT;
    /* (p, q) and its mirror image change together; one that is its own becomes real. */
    for (size_t p = 0; p < elements; p++)
        for (size_t q = 0; q < elements; q++) {
            cph_c64 *here = &r[p * ld + q],
                    *there = &r[opposite(elements, mirror, p) * ld + opposite(elements, mirror, q)];
            if (here > there)
                continue;
            *here = cph_c64_scale(0.5, cph_c64_add(*here, cph_c64_conj(*there)));
            *there = cph_c64_conj(*here);
        }
    return CPH_OK;
}

cph_status cph_covariance_smooth(size_t elements, const cph_c64 *r, size_t ld, size_t m, cph_c64 *s)
{
    if (r == NULL || s == NULL || m == 0 || m > elements ||
        !cph_size_matrix(elements, ld, elements, sizeof *r))
        return CPH_ERR_ARGUMENT;
    const size_t lines = elements - m + 1;
    for (size_t p = 0; p < m; p++)
        for (size_t q = 0; q < m; q++) {
            cph_c64 sum = {0.0, 0.0};
            for (size_t first = 0; first < lines; first++)
                sum = cph_c64_add(sum, r[(first + p) * ld + first + q]);
            s[p * m + q] = cph_c64_scale(1.0 / (double)lines, sum);
        }
    return CPH_OK;
}

cph_status cph_weights_slide(size_t elements, const cph_c64 *a, size_t m, const cph_c64 *part,
                             cph_c64 *w)
{
    if (a == NULL || part == NULL || w == NULL || m == 0 || m > elements)
        return CPH_ERR_ARGUMENT;
    const size_t lines = elements - m + 1;
    for (size_t n = 0; n < elements; n++)
        w[n] = (cph_c64){0.0, 0.0};
    for (size_t first = 0; first < lines; first++) {
        const cph_c64 phase = cph_c64_scale(1.0 / (double)lines, cph_c64_mulc(a[first], a[0]));
        for (size_t i = 0; i < m; i++)
            w[first + i] = cph_c64_add(w[first + i], cph_c64_mul(phase, part[i]));
    }
    return CPH_OK;
}
