/* SPDX-License-Identifier: MIT */
/* Inverses of Jones matrices, and data that they are applied to. */
#include "cophase/jones_inverse.h"

#include <math.h>

#include "kernels/core/c64.h"

/* Sine of the angle between the rows of J under which its inverse would blow up noise as the gain
 * of a weak element would. */
static const double least_sine = 0.3;

static const cph_c64 one = {1.0, 0.0};

/* ---- antennas ---- */

/* The input of the other polarisation, or SIZE_MAX. */
static size_t partner_of(const cph_array *array, size_t input)
{
    const cph_element *const e = &array->element[input];
    const char other = (char)(e->polarization == 'X' ? 'Y' : e->polarization == 'Y' ? 'X' : 0);
    for (size_t n = 0; other != 0 && n < array->elements; n++)
        if (array->element[n].number == e->number && array->element[n].polarization == other)
            return n;
    return SIZE_MAX;
}

cph_status cph_jones_partners(const cph_array *array, size_t *partner)
{
    if (array == NULL || partner == NULL)
        return CPH_ERR_ARGUMENT;
    for (size_t n = 0; n < array->elements; n++) {
        const size_t m = partner_of(array, n);
        partner[n] = m != SIZE_MAX && partner_of(array, m) == n ? m : SIZE_MAX;
    }
    return CPH_OK;
}

/* ---- inverses ---- */

/* Whether rows with leakages d and e are far enough from parallel. */
static bool is_regular(cph_c64 d, cph_c64 e)
{
    const cph_c64 determinant = cph_c64_sub(one, cph_c64_mul(d, e));
    return cph_c64_power(determinant) >=
           least_sine * least_sine * (1.0 + cph_c64_power(d)) * (1.0 + cph_c64_power(e));
}

/* The row of J^-1 of an input with gain g and leakage d, its partner having h and e. */
static void fill_row(cph_c64 g, cph_c64 d, cph_c64 h, cph_c64 e, cph_c64 *row)
{
    const cph_c64 scale = cph_c64_inverse(cph_c64_sub(one, cph_c64_mul(d, e)));
    row[0] = cph_c64_mul(scale, cph_c64_inverse(g));
    row[1] = cph_c64_scale(-1.0, cph_c64_mul(cph_c64_mul(scale, d), cph_c64_inverse(h)));
}

/* Whether all of an antenna's matrix is known. */
static bool is_whole(const cph_jones_inverse *j, const cph_c64 *leakage, const unsigned char *flag,
                     size_t n)
{
    const size_t m = j->partner[n];
    return m != SIZE_MAX && flag[n] == CPH_FLAG_NONE && flag[m] == CPH_FLAG_NONE &&
           cph_c64_finite(leakage[n]) && cph_c64_finite(leakage[m]);
}

/* Whether partners are inputs, each other's. */
static bool are_pairs(const cph_jones_inverse *j)
{
    if (j == NULL || j->partner == NULL || j->row == NULL)
        return false;
    for (size_t n = 0; n < j->inputs; n++)
        if (j->partner[n] != SIZE_MAX &&
            (j->partner[n] >= j->inputs || j->partner[j->partner[n]] != n || j->partner[n] == n))
            return false;
    return true;
}

cph_status cph_jones_invert(const cph_jones_inverse *inverse, const cph_c64 *gain,
                            const cph_c64 *leakage, unsigned char *flag, unsigned char *part)
{
    if (!are_pairs(inverse) || gain == NULL || leakage == NULL || flag == NULL)
        return CPH_ERR_ARGUMENT;
    for (size_t n = 0; n < inverse->inputs; n++) {
        const size_t m = inverse->partner[n];
        if (n < m && is_whole(inverse, leakage, flag, n) && !is_regular(leakage[n], leakage[m]))
            flag[n] = flag[m] = CPH_FLAG_WEAK;
    }
    for (size_t n = 0; n < inverse->inputs; n++) {
        cph_c64 *const row = inverse->row + 2 * n;
        const size_t m = inverse->partner[n];
        const bool whole = is_whole(inverse, leakage, flag, n);
        row[0] = cph_c64_inverse(gain[n]);
        row[1] = (cph_c64){0.0, 0.0};
        if (whole)
            fill_row(gain[n], leakage[n], gain[m], leakage[m], row);
        if (part != NULL)
            part[n] = whole                      ? CPH_JONES_WHOLE
                      : flag[n] == CPH_FLAG_NONE ? CPH_JONES_GAIN
                                                 : CPH_JONES_NOTHING;
    }
    return CPH_OK;
}

/* ---- data ---- */

bool cph_jones_is_mixed(const cph_jones_inverse *inverse, size_t input)
{
    const size_t partner = inverse->partner[input];
    return partner != SIZE_MAX && !(cph_c64_is_zero(inverse->row[2 * input + 1]) &&
                                    cph_c64_is_zero(inverse->row[2 * partner + 1]));
}

/* Rows p and its partner of r [n][n], or their columns; step: from entry to entry of one. */
static void mix_lines(const cph_jones_inverse *j, size_t p, size_t line, size_t step,
                      bool conjugate, cph_c64 *r)
{
    const size_t q = j->partner[p];
    const bool both = cph_jones_is_mixed(j, p);
    cph_c64 own[2] = {j->row[2 * p], j->row[2 * p + 1]}, other[2] = {{0.0, 0.0}};
    if (both) {
        other[0] = j->row[2 * q];
        other[1] = j->row[2 * q + 1];
    }
    for (size_t k = 0; k < 2 && conjugate; k++) {
        own[k] = cph_c64_conj(own[k]);
        other[k] = cph_c64_conj(other[k]);
    }
    for (size_t k = 0; k < j->inputs; k++) {
        cph_c64 *const x = r + p * line + k * step;
        const cph_c64 z = *x;
        if (!both) {
            *x = cph_c64_mul(own[0], z);
            continue;
        }
        cph_c64 *const y = r + q * line + k * step;
        *x = cph_c64_add(cph_c64_mul(own[0], z), cph_c64_mul(own[1], *y));
        *y = cph_c64_add(cph_c64_mul(other[0], *y), cph_c64_mul(other[1], z));
    }
}

cph_status cph_jones_undo_matrix(const cph_jones_inverse *inverse, bool has_diagonal, cph_c64 *r)
{
    if (!are_pairs(inverse) || r == NULL)
        return CPH_ERR_ARGUMENT;
    const size_t n = inverse->inputs;
    for (size_t p = 0; p < n; p++) {
        /* Of two that mix the first does both. */
        if (cph_jones_is_mixed(inverse, p) && inverse->partner[p] < p)
            continue;
        mix_lines(inverse, p, n, 1, false, r);
        mix_lines(inverse, p, 1, n, true, r);
    }
    /* What X and Y of an antenna share takes their powers along. */
    for (size_t p = 0; p < n && !has_diagonal; p++)
        if (cph_jones_is_mixed(inverse, p))
            r[p * n + inverse->partner[p]] = (cph_c64){NAN, NAN};
    return CPH_OK;
}

/* The product of two inputs among those of a row, or `products`. */
static size_t find_product(size_t products, const size_t *input, size_t p, size_t q)
{
    size_t k = 0;
    while (k < products && (input[2 * k] != p || input[2 * k + 1] != q))
        k++;
    return k;
}

static bool are_inputs(const cph_jones_inverse *j, size_t products, const size_t *input)
{
    for (size_t k = 0; k < 2 * products; k++)
        if (input[k] >= j->inputs)
            return false;
    return true;
}

cph_status cph_jones_undo_products(const cph_jones_inverse *inverse, size_t products,
                                   const size_t *input, cph_c64 *visibility, unsigned char *flag)
{
    cph_c64 sum[CPH_JONES_PRODUCTS] = {{0.0, 0.0}};
    bool flagged[CPH_JONES_PRODUCTS] = {false};
    if (inverse == NULL || inverse->partner == NULL || inverse->row == NULL || input == NULL ||
        visibility == NULL || flag == NULL || products == 0 || products > CPH_JONES_PRODUCTS ||
        !are_inputs(inverse, products, input))
        return CPH_ERR_ARGUMENT;
    const cph_c64 *const row = inverse->row;
    for (size_t k = 0; k < products; k++) {
        const size_t p = input[2 * k], q = input[2 * k + 1];
        const size_t left = cph_jones_is_mixed(inverse, p) ? 2 : 1,
                     right = cph_jones_is_mixed(inverse, q) ? 2 : 1;
        for (size_t c = 0; c < left * right; c++) {
            const size_t i = c / right, j = c % right;
            const size_t l = find_product(products, input, i == 0 ? p : inverse->partner[p],
                                          j == 0 ? q : inverse->partner[q]);
            const cph_c64 share = cph_c64_mulc(row[2 * p + i], row[2 * q + j]);
            if (l == products)
                return CPH_ERR_MISSING;
            sum[k] = cph_c64_add(sum[k], cph_c64_mul(share, visibility[l]));
            flagged[k] = flagged[k] || (!cph_c64_is_zero(share) && flag[l] != 0);
        }
    }
    for (size_t k = 0; k < products; k++) {
        visibility[k] = sum[k];
        flag[k] = flagged[k] ? 1 : flag[k];
    }
    return CPH_OK;
}
