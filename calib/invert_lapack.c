/* SPDX-License-Identifier: MIT */
/* A = Q R; the pseudo-inverse is (Q R^-H)^H. */
#include "calib/invert.h"

#include <cblas.h>
#include <lapacke.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/core/c64.h"
#include "kernels/core/size.h"

static const double largest_condition = 1e12;

static lapack_complex_double *lapack(cph_c64 *z)
{
    return (lapack_complex_double *)(void *)z;
}

static cph_status factor(lapack_int rows, lapack_int columns, cph_c64 *q, cph_c64 *r, cph_c64 *tau,
                         double *condition)
{
    double reciprocal = 0.0;
    if (LAPACKE_zgeqrf(LAPACK_ROW_MAJOR, rows, columns, lapack(q), columns, lapack(tau)) != 0)
        return CPH_ERR_SINGULAR;
    memcpy(r, q, (size_t)columns * (size_t)columns * sizeof *r);
    if (LAPACKE_ztrcon(LAPACK_ROW_MAJOR, '1', 'U', 'N', columns, lapack(r), columns, &reciprocal) !=
            0 ||
        !(reciprocal * largest_condition > 1.0) ||
        LAPACKE_zungqr(LAPACK_ROW_MAJOR, rows, columns, columns, lapack(q), columns, lapack(tau)) !=
            0)
        return CPH_ERR_SINGULAR;
    if (condition != NULL)
        *condition = 1.0 / reciprocal;
    return CPH_OK;
}

cph_status cph_pseudo_inverse(size_t rows, size_t columns, const cph_c64 *a, cph_c64 *inverse,
                              double *condition)
{
    size_t count, square, bytes = 0, at[3];
    if (columns == 0 || rows < columns || a == NULL || inverse == NULL)
        return CPH_ERR_ARGUMENT;
    if (rows > INT16_MAX || !cph_size_mul(rows, columns, &count) ||
        !cph_size_mul(columns, columns, &square) ||
        !cph_size_place(&bytes, count, sizeof *a, &at[0]) ||
        !cph_size_place(&bytes, square, sizeof *a, &at[1]) ||
        !cph_size_place(&bytes, columns, sizeof *a, &at[2]))
        return CPH_ERR_OVERFLOW;
    if (!cph_c64_all_finite(count, a))
        return CPH_ERR_SINGULAR;
    void *const memory = malloc(bytes);
    if (memory == NULL)
        return CPH_ERR_MEMORY;
    cph_c64 *const q = cph_size_at(memory, at[0]), *const r = cph_size_at(memory, at[1]);
    memcpy(q, a, count * sizeof *q);
    const cph_status status =
        factor((lapack_int)rows, (lapack_int)columns, q, r, cph_size_at(memory, at[2]), condition);
    if (status == CPH_OK) {
        const cph_c64 one = {1.0, 0.0};
        cblas_ztrsm(CblasRowMajor, CblasRight, CblasUpper, CblasConjTrans, CblasNonUnit, (int)rows,
                    (int)columns, &one, r, (int)columns, q, (int)columns);
        for (size_t i = 0; i < columns; i++)
            for (size_t k = 0; k < rows; k++)
                inverse[i * rows + k] = cph_c64_conj(q[k * columns + i]);
    }
    free(memory);
    return status;
}
