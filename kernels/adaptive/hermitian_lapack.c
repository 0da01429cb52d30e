/* SPDX-License-Identifier: MIT */
#include "kernels/adaptive/hermitian.h"

#include <lapacke.h>

/* LAPACK counts in int, up to 2 n^2 of workspace beyond what it takes. */
enum { MOST = 23170 };

cph_status cph_hermitian_eigen(size_t n, cph_c64 *a, double *value)
{
    if (n > MOST)
        return CPH_ERR_OVERFLOW;
    /* By columns the lower triangle is the upper one of the conjugate. */
    const lapack_int ld = (lapack_int)n;
    const lapack_int info =
        LAPACKE_zheevd(LAPACK_COL_MAJOR, 'V', 'U', ld, (lapack_complex_double *)a, ld, value);
    if (info == LAPACK_WORK_MEMORY_ERROR)
        return CPH_ERR_MEMORY;
    if (info != 0)
        return CPH_ERR_SINGULAR;
    for (size_t i = 0; i < n * n; i++)
        a[i].im = -a[i].im;
    return CPH_OK;
}
