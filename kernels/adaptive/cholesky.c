/* SPDX-License-Identifier: MIT */
#include "kernels/adaptive/cholesky.h"

#include "kernels/core/c64.h"

/* From here on blocks are faster, also by one thread: twice at 128, three to six times at 1280. */
enum { BLOCKS_FROM = 96 };

/* sum x_k conj(y_k) */
static cph_c64 rows_product(size_t n, const cph_c64 *x, const cph_c64 *y)
{
    cph_c64 sum = {0.0, 0.0};
    for (size_t k = 0; k < n; k++)
        sum = cph_c64_add(sum, cph_c64_mulc(x[k], y[k]));
    return sum;
}

double cph_cholesky_factor_tile(size_t n, size_t ld, const double *diagonal, cph_c64 *a,
                                size_t *row)
{
    for (size_t p = 0; p < n; p++) {
        cph_c64 *lower = a + p * ld;
        for (size_t q = 0; q < p; q++)
            lower[q] = cph_c64_scale(1.0 / a[q * ld + q].re,
                                     cph_c64_sub(lower[q], rows_product(q, lower, a + q * ld)));
        const double size = diagonal != NULL ? diagonal[p] : lower[p].re;
        const double pivot = lower[p].re - rows_product(p, lower, lower).re;
        /* A diagonal of 0 has a pivot of 0 or below: it fails here too. */
        if (!(pivot > CPH_LEAST_PIVOT * fabs(size))) {
            *row = p;
            return size == 0.0 ? 0.0 : pivot / fabs(size);
        }
        lower[p] = (cph_c64){sqrt(pivot), 0.0};
    }
    return 1.0;
}

double cph_cholesky_factor(size_t n, cph_c64 *a, size_t *row)
{
    return n < BLOCKS_FROM ? cph_cholesky_factor_tile(n, n, NULL, a, row)
                           : cph_cholesky_factor_blocks(n, a, row);
}

void cph_cholesky_forward(size_t n, const cph_c64 *l, cph_c64 *x)
{
    for (size_t p = 0; p < n; p++) {
        cph_c64 sum = x[p];
        for (size_t q = 0; q < p; q++)
            sum = cph_c64_sub(sum, cph_c64_mul(l[p * n + q], x[q]));
        x[p] = cph_c64_scale(1.0 / l[p * n + p].re, sum);
    }
}

void cph_cholesky_backward(size_t n, const cph_c64 *l, cph_c64 *x)
{
    for (size_t p = n; p-- > 0;) {
        x[p] = cph_c64_scale(1.0 / l[p * n + p].re, x[p]);
        for (size_t q = 0; q < p; q++)
            x[q] = cph_c64_sub(x[q], cph_c64_mulc(x[p], l[p * n + q]));
    }
}

void cph_cholesky_adjoint(size_t n, const cph_c64 *l, cph_c64 *x)
{
    for (size_t p = 0; p < n; p++) {
        for (size_t q = 0; q < p; q++)
            x[q] = cph_c64_add(x[q], cph_c64_mulc(x[p], l[p * n + q]));
        x[p] = cph_c64_scale(l[p * n + p].re, x[p]);
    }
}
