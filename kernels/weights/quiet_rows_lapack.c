/* SPDX-License-Identifier: MIT */
/* A form's factor in floats, of what a search over states can tell apart: a sweep over the elements
 * reads all of it, so it is kept small. */
#include <cblas.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/core/c64.h"
#include "kernels/weights/quiet.h"

cph_status cph_quiet_form_rows(cph_quiet_form *form)
{
    const size_t n = form->n, rank = form->rank;
    double trace = 0.0;
    size_t skip = 0;
    if (n == 0 || rank == 0)
        return CPH_ERR_ARGUMENT;
    for (size_t i = 0; i < rank; i++)
        trace += form->value[i];
    while (skip + 1 < rank && form->value[skip] < CPH_QUIET_UNSEEN * trace / (double)n)
        skip++;
    form->seen = rank - skip;
    form->own = calloc(n, sizeof *form->own);
    form->row = calloc(n, form->seen * sizeof *form->row);
    if (form->own == NULL || form->row == NULL)
        return CPH_ERR_MEMORY;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < rank; k++) {
            const cph_c64 z = form->factor[i * rank + k];
            form->own[i] += cph_c64_power(z);
            if (k >= skip)
                form->row[i * form->seen + k - skip] = (cph_c32){(float)z.re, (float)z.im};
        }
    return CPH_OK;
}

void cph_quiet_row_sum(const cph_quiet_form *form, const cph_c64 *y, cph_c32 *t)
{
    memset(t, 0, form->seen * sizeof *t);
    for (size_t n = 0; n < form->n; n++)
        cph_quiet_row_add(form, n, y[n], t);
}

cph_c64 cph_quiet_row_along(const cph_quiet_form *form, size_t n, const cph_c32 *t)
{
    cph_c32 sum;
    cblas_cdotc_sub((int)form->seen, form->row + n * form->seen, 1, t, 1, &sum);
    return (cph_c64){(double)sum.re, (double)sum.im};
}

void cph_quiet_row_add(const cph_quiet_form *form, size_t n, cph_c64 by, cph_c32 *t)
{
    const cph_c32 factor = {(float)by.re, (float)by.im};
    cblas_caxpy((int)form->seen, &factor, form->row + n * form->seen, 1, t, 1);
}
