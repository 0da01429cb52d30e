/* SPDX-License-Identifier: MIT */
#include "kernels/adaptive/reflect.h"

#include "kernels/core/c64.h"

static double length(size_t n, const cph_c64 *x)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += cph_c64_power(x[i]);
    return sqrt(sum);
}

/* y -= x (x^H y), where x begins at element `from`. */
static void reflect(size_t n, size_t from, const cph_c64 *x, cph_c64 *y)
{
    cph_c64 along = {0.0, 0.0};
    for (size_t i = from; i < n; i++)
        along = cph_c64_add(along, cph_c64_mulc(y[i], x[i]));
    for (size_t i = from; i < n; i++)
        y[i] = cph_c64_sub(y[i], cph_c64_mul(along, x[i]));
}

/* The reflection that takes x, of length `size`, to a multiple of the first axis, which is
 * returned: of the phase opposite to x_0's, so that nothing cancels. */
static cph_c64 make_reflection(size_t n, double size, cph_c64 *x)
{
    const double first = sqrt(cph_c64_power(x[0]));
    const cph_c64 end = first > 0.0 ? cph_c64_scale(-size / first, x[0]) : (cph_c64){-size, 0.0};
    const double factor =
        1.0 / sqrt(size * (size + first)); /* |x - end|^2 = 2 size (size + first) */
    x[0] = cph_c64_sub(x[0], end);
    for (size_t i = 0; i < n; i++)
        x[i] = cph_c64_scale(factor, x[i]);
    return end;
}

bool cph_reflect_factor(size_t n, size_t count, double tolerance, cph_c64 *x, cph_c64 *r,
                        size_t *which)
{
    for (size_t j = 0; j < count; j++) {
        cph_c64 *column = x + j * n;
        const double whole = length(n, column);
        cph_reflect_adjoint(n, j, x, column);
        for (size_t i = 0; i < j; i++)
            r[i * count + j] = column[i];
        const double rest = length(n - j, column + j);
        if (!(rest > tolerance * whole)) {
            *which = j;
            return false;
        }
        r[j * count + j] = make_reflection(n - j, rest, column + j);
    }
    return true;
}

void cph_reflect_apply(size_t n, size_t count, const cph_c64 *x, cph_c64 *y)
{
    for (size_t j = count; j-- > 0;)
        reflect(n, j, x + j * n, y);
}

void cph_reflect_adjoint(size_t n, size_t count, const cph_c64 *x, cph_c64 *y)
{
    for (size_t j = 0; j < count; j++)
        reflect(n, j, x + j * n, y);
}
