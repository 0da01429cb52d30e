/* SPDX-License-Identifier: MIT */
#include "kernels/doa/doa_small.h"

#include <lapacke.h>
#include <math.h>
#include <stdlib.h>

#include "kernels/core/size.h"

/* LAPACK counts in int, and takes some n^2 of workspace. */
enum { MOST = 23170 };

static const double least_pivot = 1e-12;

static lapack_complex_double *lapack(cph_c64 *z)
{
    return (lapack_complex_double *)(void *)z;
}

static cph_status status_of(lapack_int info)
{
    if (info == LAPACK_WORK_MEMORY_ERROR || info == LAPACK_TRANSPOSE_MEMORY_ERROR)
        return CPH_ERR_MEMORY;
    return info == 0 ? CPH_OK : CPH_ERR_SINGULAR;
}

cph_status cph_doa_eigen(size_t n, cph_c64 *a, cph_c64 *value, cph_c64 *vector)
{
    if (n > MOST)
        return CPH_ERR_OVERFLOW;
    const lapack_int ld = (lapack_int)n;
    cph_c64 none;
    return status_of(LAPACKE_zgeev(LAPACK_ROW_MAJOR, 'N', vector != NULL ? 'V' : 'N', ld, lapack(a),
                                   ld, lapack(value), lapack(&none), ld,
                                   lapack(vector != NULL ? vector : &none), ld));
}

cph_status cph_doa_solve(size_t n, cph_c64 *a, size_t columns, cph_c64 *b)
{
    if (n > MOST || columns > MOST)
        return CPH_ERR_OVERFLOW;
    lapack_int *pivot = calloc(n, sizeof *pivot);
    if (pivot == NULL)
        return CPH_ERR_MEMORY;
    const lapack_int info =
        LAPACKE_zgesv(LAPACK_ROW_MAJOR, (lapack_int)n, (lapack_int)columns, lapack(a),
                      (lapack_int)n, pivot, lapack(b), (lapack_int)columns);
    free(pivot);
    return status_of(info);
}

cph_status cph_doa_least_squares(size_t rows, size_t n, cph_c64 *a, size_t columns, cph_c64 *b)
{
    if (rows > MOST || n > MOST || columns > MOST)
        return CPH_ERR_OVERFLOW;
    return status_of(LAPACKE_zgels(LAPACK_ROW_MAJOR, 'N', (lapack_int)rows, (lapack_int)n,
                                   (lapack_int)columns, lapack(a), (lapack_int)n, lapack(b),
                                   (lapack_int)columns));
}

cph_status cph_doa_right_vectors(size_t rows, size_t n, cph_c64 *a, cph_c64 *vh)
{
    if (rows > MOST || n > MOST)
        return CPH_ERR_OVERFLOW;
    double *value = calloc(2 * n, sizeof *value);
    if (value == NULL)
        return CPH_ERR_MEMORY;
    cph_c64 none;
    const lapack_int info = LAPACKE_zgesvd(
        LAPACK_ROW_MAJOR, 'N', 'A', (lapack_int)rows, (lapack_int)n, lapack(a), (lapack_int)n,
        value, lapack(&none), (lapack_int)rows, lapack(vh), (lapack_int)n, value + n);
    free(value);
    return status_of(info);
}

cph_status cph_doa_invert(size_t n, double *a)
{
    if (n > MOST)
        return CPH_ERR_OVERFLOW;
    double *scale = calloc(n, sizeof *scale);
    if (scale == NULL)
        return CPH_ERR_MEMORY;
    cph_status status = CPH_OK;
    for (size_t i = 0; i < n && status == CPH_OK; i++) {
        status = a[i * n + i] > 0.0 && isfinite(a[i * n + i]) ? CPH_OK : CPH_ERR_SINGULAR;
        scale[i] = 1.0 / sqrt(a[i * n + i]);
    }
    for (size_t i = 0; i < n * n && status == CPH_OK; i++)
        a[i] *= scale[i / n] * scale[i % n];
    const lapack_int ld = (lapack_int)n;
    if (status == CPH_OK)
        status = status_of(LAPACKE_dpotrf(LAPACK_ROW_MAJOR, 'L', ld, a, ld));
    for (size_t i = 0; i < n && status == CPH_OK; i++)
        status = a[i * n + i] * a[i * n + i] > least_pivot ? CPH_OK : CPH_ERR_SINGULAR;
    if (status == CPH_OK)
        status = status_of(LAPACKE_dpotri(LAPACK_ROW_MAJOR, 'L', ld, a, ld));
    for (size_t i = 0; i < n && status == CPH_OK; i++)
        for (size_t k = 0; k <= i; k++) {
            a[i * n + k] *= scale[i] * scale[k];
            a[k * n + i] = a[i * n + k];
        }
    free(scale);
    return status;
}
