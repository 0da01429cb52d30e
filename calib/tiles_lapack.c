/* SPDX-License-Identifier: MIT */
#include "calib/tiles.h"

#include <cblas.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/core/size.h"

/* OpenBLAS starts threads for products of more than 2^18 real multiplications, or 2^15 complex
 * ones. */
enum { TILE = 64, TILE_COMPLEX = 32 };

/* A pivot this small beside the diagonal it came from is rounding. */
static const double least_pivot = 1e-14, largest_condition = 1e13;

static size_t extent(size_t n, size_t start, size_t tile)
{
    return cph_size_min(tile, n - start);
}

static CBLAS_TRANSPOSE transpose(cph_operand op)
{
    return op == CPH_AS_IT_IS ? CblasNoTrans : op == CPH_TRANSPOSED ? CblasTrans : CblasConjTrans;
}

/* Where the tile at row i, column j of op(x) starts in x. */
static const cph_c64 *tile_of(size_t n, cph_operand op, const cph_c64 *x, size_t i, size_t j)
{
    return op == CPH_AS_IT_IS ? x + i * n + j : x + j * n + i;
}

void cph_tiles_multiply(size_t n, cph_operand op_a, const cph_c64 *a, cph_operand op_b,
                        const cph_c64 *b, cph_c64 *c)
{
    const cph_c64 one = {1.0, 0.0}, zero = {0.0, 0.0};
    const size_t tile = TILE_COMPLEX;
    int ld = (int)n;
    for (size_t i = 0; i < n; i += tile)
        for (size_t j = 0; j < n; j += tile)
            for (size_t k = 0; k < n; k += tile)
                cblas_zgemm(CblasRowMajor, transpose(op_a), transpose(op_b),
                            (int)extent(n, i, tile), (int)extent(n, j, tile),
                            (int)extent(n, k, tile), &one, tile_of(n, op_a, a, i, k), ld,
                            tile_of(n, op_b, b, k, j), ld, k == 0 ? &zero : &one, c + i * n + j,
                            ld);
}

/* c = beta c + alpha a b for one tile: rows x depth times depth x columns. */
static void product(size_t rows, size_t columns, size_t depth, double alpha, const double *a,
                    size_t lda, const double *b, size_t ldb, double beta, double *c, size_t ldc)
{
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)rows, (int)columns, (int)depth,
                alpha, a, (int)lda, b, (int)ldb, beta, c, (int)ldc);
}

void cph_tiles_multiply_real(size_t rows, size_t n, const double *a, const double *b, double *c)
{
    for (size_t i = 0; i < rows; i += TILE)
        for (size_t j = 0; j < n; j += TILE)
            for (size_t k = 0; k < n; k += TILE)
                product(extent(rows, i, TILE), extent(n, j, TILE), extent(n, k, TILE), 1.0,
                        a + i * n + k, n, b + k * n + j, n, k == 0 ? 0.0 : 1.0, c + i * n + j, n);
}

/* The tile of m x m on the diagonal becomes its inverse; least [m]: what its pivots must exceed. */
static bool invert_tile(size_t m, size_t ld, const double *least, double *a)
{
    for (size_t k = 0; k < m; k++) {
        double pivot = a[k * ld + k];
        if (!(pivot > least[k]) || isinf(pivot))
            return false;
        a[k * ld + k] = 1.0;
        for (size_t j = 0; j < m; j++)
            a[k * ld + j] /= pivot;
        for (size_t i = 0; i < m; i++) {
            double factor = a[i * ld + k];
            if (i == k)
                continue;
            a[i * ld + k] = 0.0;
            for (size_t j = 0; j < m; j++)
                a[i * ld + j] -= factor * a[k * ld + j];
        }
    }
    return true;
}

/* Rows i less their part along the pivot rows k; column tile k of them becomes that of the
 * inverse. */
static void eliminate_rows(size_t n, size_t i, size_t k, double *a, double *column)
{
    size_t rows = extent(n, i, TILE), m = extent(n, k, TILE);
    for (size_t r = 0; r < rows; r++) {
        memcpy(column + r * TILE, a + (i + r) * n + k, m * sizeof *column);
        memset(a + (i + r) * n + k, 0, m * sizeof *a);
    }
    for (size_t j = 0; j < n; j += TILE)
        product(rows, extent(n, j, TILE), m, -1.0, column, TILE, a + k * n + j, n, 1.0,
                a + i * n + j, n);
}

/* Pivot rows k times the inverse of their tile, which takes its place. */
static void scale_pivot_rows(size_t n, size_t k, double *a, double *row)
{
    size_t m = extent(n, k, TILE);
    for (size_t j = 0; j < n; j += TILE) {
        size_t columns = extent(n, j, TILE);
        if (j == k)
            continue;
        for (size_t r = 0; r < m; r++)
            memcpy(row + r * TILE, a + (k + r) * n + j, columns * sizeof *row);
        product(m, columns, m, 1.0, a + k * n + k, n, row, TILE, 0.0, a + k * n + j, n);
    }
}

static bool eliminate(size_t n, double *a, const double *least, double *scratch)
{
    for (size_t k = 0; k < n; k += TILE) {
        if (!invert_tile(extent(n, k, TILE), n, least + k, a + k * n + k))
            return false;
        scale_pivot_rows(n, k, a, scratch);
        for (size_t i = 0; i < n; i += TILE)
            if (i != k)
                eliminate_rows(n, i, k, a, scratch);
    }
    return true;
}

/* Largest sum of moduli of a row. */
static double norm(size_t n, const double *a)
{
    double largest = 0.0;
    for (size_t p = 0; p < n; p++)
        largest = fmax(largest, cblas_dasum((int)n, a + p * n, 1));
    return largest;
}

/* Rounding leaves the inverse a little askew. */
static void symmetrise(size_t n, double *a)
{
    for (size_t p = 0; p < n; p++)
        for (size_t q = 0; q < p; q++)
            a[p * n + q] = a[q * n + p] = 0.5 * (a[p * n + q] + a[q * n + p]);
}

cph_status cph_tiles_invert(size_t n, double *a)
{
    double *scratch = calloc(n + (size_t)TILE * TILE, sizeof *scratch);
    if (scratch == NULL)
        return CPH_ERR_MEMORY;
    double *least = scratch + (size_t)TILE * TILE, size = norm(n, a);
    for (size_t p = 0; p < n; p++)
        least[p] = least_pivot * a[p * n + p];
    bool inverted = isfinite(size) && eliminate(n, a, least, scratch);
    free(scratch);
    if (!inverted || !(size * norm(n, a) <= largest_condition))
        return CPH_ERR_SINGULAR;
    symmetrise(n, a);
    return CPH_OK;
}
