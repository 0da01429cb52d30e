/* SPDX-License-Identifier: MIT */
#include "kernels/adaptive/hermitian.h"

#include <lapacke.h>
#include <stdlib.h>
#include <string.h>

/* LAPACK counts in int, up to 2 n^2 of workspace beyond what it takes. */
enum { MOST = 23170 };

/* a [n + 1][n]: OpenBLAS 0.3 (zgemv of Haswell and later, under zhetrd) reads a column more than a
 * matrix has. */
static cph_status decompose(size_t n, char job, cph_c64 *a, double *value)
{
    const lapack_int ld = (lapack_int)n;
    /* By columns the lower triangle is the upper one of the conjugate. */
    const lapack_int info =
        LAPACKE_zheevd(LAPACK_COL_MAJOR, job, 'U', ld, (lapack_complex_double *)a, ld, value);
    if (info == LAPACK_WORK_MEMORY_ERROR)
        return CPH_ERR_MEMORY;
    return info == 0 ? CPH_OK : CPH_ERR_SINGULAR;
}

static cph_status run(size_t n, char job, cph_c64 *a, double *value)
{
    if (n > MOST)
        return CPH_ERR_OVERFLOW;
    cph_c64 *const wide = calloc((n + 1) * (n + 1), sizeof *wide);
    if (wide == NULL)
        return CPH_ERR_MEMORY;
    memcpy(wide, a, n * n * sizeof *a);
    const cph_status status = decompose(n, job, wide, value);
    for (size_t i = 0; i < n * n && status == CPH_OK; i++)
        a[i] = (cph_c64){wide[i].re, -wide[i].im};
    free(wide);
    return status;
}

cph_status cph_hermitian_eigen(size_t n, cph_c64 *a, double *value)
{
    return run(n, 'V', a, value);
}

cph_status cph_hermitian_values(size_t n, cph_c64 *a, double *value)
{
    return run(n, 'N', a, value);
}
