/* SPDX-License-Identifier: MIT */
#include "calib/eigen.h"

#include <lapacke.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/core/c64.h"
#include "kernels/core/size.h"

enum { PRODUCTS = 60 };

/* Krylov space is exhausted when the new direction is this small beside the matrix. */
static const double exhausted = 1e-13;

typedef struct lanczos {
    size_t n, most;
    cph_c64 *basis; /* [most][n] */
    cph_c64 *next;  /* [n] */
    double *diagonal, *beside, *vectors;
} lanczos;

/* Any fixed vector that no array's pattern is orthogonal to: phases by the golden ratio. */
static void first_vector(size_t n, cph_c64 *x)
{
    const double turn = 0.61803398874989485, length = 1.0 / sqrt((double)n);
    for (size_t p = 0; p < n; p++) {
        double phase = 6.28318530717958648 * fmod((double)p * (double)p * turn, 1.0);
        x[p].re = length * cos(phase);
        x[p].im = length * sin(phase);
    }
}

/* next -= its parts along the first `count` vectors, twice, lest rounding bring them back. Loops:
 * vectors are too short for the threads of a library. */
static void orthogonalise(lanczos *l, size_t count)
{
    for (size_t k = 0; k < 2 * count; k++) {
        const cph_c64 *x = l->basis + k % count * l->n;
        cph_c64 along = cph_c64_inner(l->n, x, l->next);
        for (size_t p = 0; p < l->n; p++)
            l->next[p] = cph_c64_sub(l->next[p], cph_c64_mul(along, x[p]));
    }
}

/* Fills diagonal and beside; returns the dimension reached, 0 when products are not finite. */
static size_t iterate(lanczos *l, cph_product *product, const void *matrix)
{
    double size = 0.0;
    first_vector(l->n, l->basis);
    for (size_t k = 0;; k++) {
        cph_c64 *x = l->basis + k * l->n;
        product(matrix, x, l->next);
        l->diagonal[k] = cph_c64_inner(l->n, x, l->next).re;
        orthogonalise(l, k + 1);
        double length = sqrt(cph_c64_inner(l->n, l->next, l->next).re);
        if (!isfinite(l->diagonal[k]) || !isfinite(length))
            return 0;
        size = fmax(size, fabs(l->diagonal[k]) + length);
        if (k + 1 == l->most || length <= exhausted * size)
            return k + 1;
        l->beside[k] = length;
        for (size_t p = 0; p < l->n; p++)
            x[l->n + p] = cph_c64_scale(1.0 / length, l->next[p]);
    }
}

static cph_status solve(lanczos *l, cph_product *product, const void *matrix, double *value,
                        cph_c64 *vector)
{
    size_t count = iterate(l, product, matrix);
    lapack_int order = (lapack_int)count;
    if (count == 0 ||
        LAPACKE_dstev(LAPACK_COL_MAJOR, 'V', order, l->diagonal, l->beside, l->vectors, order) != 0)
        return CPH_ERR_SINGULAR;
    *value = l->diagonal[count - 1];
    if (vector == NULL)
        return CPH_OK;
    const double *top = l->vectors + (count - 1) * count;
    memset(vector, 0, l->n * sizeof *vector);
    for (size_t k = 0; k < count; k++)
        for (size_t p = 0; p < l->n; p++)
            vector[p] = cph_c64_add(vector[p], cph_c64_scale(top[k], l->basis[k * l->n + p]));
    return CPH_OK;
}

cph_status cph_eigen_largest(size_t n, cph_product *product, const void *matrix, double *value,
                             cph_c64 *vector)
{
    lanczos l = {.n = n, .most = cph_size_min(n, PRODUCTS)};
    size_t bytes = 0, at[3];
    if (n == 0 || !cph_size_mul(l.most, n, &at[0]) ||
        !cph_size_place(&bytes, at[0], sizeof *l.basis, &at[0]) ||
        !cph_size_place(&bytes, n, sizeof *l.next, &at[1]) ||
        !cph_size_place(&bytes, l.most * (l.most + 2), sizeof *l.diagonal, &at[2]))
        return CPH_ERR_OVERFLOW;
    void *memory = calloc(1, bytes);
    if (memory == NULL)
        return CPH_ERR_MEMORY;
    l.basis = cph_size_at(memory, at[0]);
    l.next = cph_size_at(memory, at[1]);
    l.diagonal = cph_size_at(memory, at[2]);
    l.beside = l.diagonal + l.most;
    l.vectors = l.beside + l.most;
    cph_status status = solve(&l, product, matrix, value, vector);
    free(memory);
    return status;
}
