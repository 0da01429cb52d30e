/* SPDX-License-Identifier: MIT */
#include "kernels/adaptive/hermitian.h"

#include <lapacke.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/core/c64.h"

/* LAPACK counts in int, up to 2 n^2 of workspace beyond what it takes. */
enum { MOST = 23170 };

/* OpenBLAS 0.3 (zgemv of Haswell and later, under zhetrd) reads a column more than a matrix has: of
 * a [n + 1][n], and of what stands last in the workspace. */

static cph_status status_of(lapack_int info)
{
    if (info == LAPACK_WORK_MEMORY_ERROR)
        return CPH_ERR_MEMORY;
    return info == 0 ? CPH_OK : CPH_ERR_SINGULAR;
}

/* By columns the lower triangle is the upper one of the conjugate. */
static cph_status decompose(size_t n, cph_c64 *a, double *value)
{
    const lapack_int ld = (lapack_int)n;
    return status_of(
        LAPACKE_zheevd(LAPACK_COL_MAJOR, 'V', 'U', ld, (lapack_complex_double *)a, ld, value));
}

/* Without vectors LAPACK asks for so little workspace that a column more is beyond it. */
static cph_status find_values(size_t n, cph_c64 *a, double *value)
{
    const lapack_int ld = (lapack_int)n;
    lapack_complex_double *const at = (lapack_complex_double *)a;
    lapack_complex_double wanted = 0.0;
    double real_wanted = 0.0;
    lapack_int whole = 0;
    lapack_int info = LAPACKE_zheevd_work(LAPACK_COL_MAJOR, 'N', 'U', ld, at, ld, value, &wanted,
                                          -1, &real_wanted, -1, &whole, -1);
    if (info != 0)
        return status_of(info);
    const size_t room = (size_t)lapack_complex_double_real(wanted);
    cph_c64 *const work = calloc(room + 2 * n, sizeof *work);
    double *const real = calloc((size_t)real_wanted + 1, sizeof *real);
    info = work == NULL || real == NULL
               ? LAPACK_WORK_MEMORY_ERROR
               : LAPACKE_zheevd_work(LAPACK_COL_MAJOR, 'N', 'U', ld, at, ld, value,
                                     (lapack_complex_double *)work, (lapack_int)room, real,
                                     (lapack_int)real_wanted, &whole, 1);
    free(work);
    free(real);
    return status_of(info);
}

/* What LAPACK does not look at itself, or complains of in words of its own. */
static cph_status check(size_t n, const cph_c64 *a)
{
    if (n > MOST)
        return CPH_ERR_OVERFLOW;
    for (size_t p = 0; p < n; p++)
        if (!cph_c64_all_finite(p + 1, a + p * n))
            return CPH_ERR_NOT_FINITE;
    return CPH_OK;
}

/* A copy of a with room behind it; NULL: no memory. */
static cph_c64 *widen(size_t n, const cph_c64 *a)
{
    cph_c64 *const wide = calloc((n + 1) * (n + 1), sizeof *wide);
    if (wide != NULL)
        memcpy(wide, a, n * n * sizeof *a);
    return wide;
}

cph_status cph_hermitian_eigen(size_t n, cph_c64 *a, double *value)
{
    cph_status status = check(n, a);
    if (status != CPH_OK || n == 0)
        return status;
    cph_c64 *const wide = widen(n, a);
    if (wide == NULL)
        return CPH_ERR_MEMORY;
    status = decompose(n, wide, value);
    for (size_t i = 0; i < n * n && status == CPH_OK; i++)
        a[i] = (cph_c64){wide[i].re, -wide[i].im};
    free(wide);
    return status;
}

cph_status cph_hermitian_values(size_t n, const cph_c64 *a, double *value)
{
    cph_status status = check(n, a);
    if (status != CPH_OK || n == 0)
        return status;
    cph_c64 *const wide = widen(n, a);
    status = wide != NULL ? find_values(n, wide, value) : CPH_ERR_MEMORY;
    free(wide);
    return status;
}
