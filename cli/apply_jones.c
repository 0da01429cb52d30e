/* SPDX-License-Identifier: MIT */
/* Jones matrices of antennas and their inverses: of J = diag(g) (1 + D) with leakages d_x, d_y off
 * the diagonal of D, J^-1 = {{1, -d_x}, {-d_y, 1}} diag(1/g) / (1 - d_x d_y). */
#include "cli/apply_jones.h"

#include <math.h>
#include <stdlib.h>

#include "kernels/core/c64.h"
#include "kernels/core/size.h"

/* Sine of the angle between the rows of J under which its inverse would blow up noise as the gain
 * of a weak element would. */
static const double least_sine = 0.3;

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

bool cph_apply_jones_reserve(cph_applier *a)
{
    size_t count = 0;
    if (a->input->calibration.leakage == NULL)
        return true;
    if (!cph_size_mul(a->solutions, a->channels, &count) ||
        !cph_size_mul(count, a->elements, &count) || count == 0)
        return false;
    a->mix = calloc(count, 2 * sizeof *a->mix);
    a->partner = calloc(a->elements, sizeof *a->partner);
    a->part = calloc(a->elements, sizeof *a->part);
    if (a->mix == NULL || a->partner == NULL || a->part == NULL)
        return false;
    for (size_t n = 0; n < a->elements; n++) {
        const size_t m = partner_of(&a->input->header->array, n);
        /* Of inputs with one number and polarisation the first has a partner alone. */
        const bool mutual = m != SIZE_MAX && partner_of(&a->input->header->array, m) == n;
        a->partner[n] = mutual ? m : SIZE_MAX;
    }
    return true;
}

/* Whether rows with leakages d and e are far enough from parallel. */
static bool is_regular(cph_c64 d, cph_c64 e)
{
    const cph_c64 determinant = cph_c64_sub((cph_c64){1.0, 0.0}, cph_c64_mul(d, e));
    return cph_c64_power(determinant) >=
           least_sine * least_sine * (1.0 + cph_c64_power(d)) * (1.0 + cph_c64_power(e));
}

static cph_c64 inverse_of(cph_c64 z)
{
    return cph_c64_scale(1.0 / cph_c64_power(z), cph_c64_conj(z));
}

/* The row of J^-1 of an input with gain g and leakage d, its partner having h and e. */
static void fill_row(cph_c64 g, cph_c64 d, cph_c64 h, cph_c64 e, cph_c64 *mix)
{
    const cph_c64 scale = inverse_of(cph_c64_sub((cph_c64){1.0, 0.0}, cph_c64_mul(d, e)));
    mix[0] = cph_c64_mul(scale, inverse_of(g));
    mix[1] = cph_c64_scale(-1.0, cph_c64_mul(cph_c64_mul(scale, d), inverse_of(h)));
}

void cph_apply_jones_fill(cph_applier *a, size_t at, const cph_c64 *leakage)
{
    const cph_c64 *const gain = a->gain + at;
    unsigned char *const flag = a->flag + at;
    for (size_t n = 0; n < a->elements; n++) {
        const size_t m = a->partner[n];
        const bool whole = m != SIZE_MAX && flag[n] == CPH_FLAG_NONE && flag[m] == CPH_FLAG_NONE &&
                           cph_c64_finite(leakage[n]) && cph_c64_finite(leakage[m]);
        if (whole && n < m && !is_regular(leakage[n], leakage[m]))
            flag[n] = flag[m] = CPH_FLAG_WEAK;
    }
    for (size_t n = 0; n < a->elements; n++) {
        const size_t m = a->partner[n];
        cph_c64 *const mix = a->mix + 2 * (at + n);
        const bool live = flag[n] == CPH_FLAG_NONE;
        const bool whole = live && m != SIZE_MAX && flag[m] == CPH_FLAG_NONE &&
                           cph_c64_finite(leakage[n]) && cph_c64_finite(leakage[m]);
        a->part[n] |= (unsigned char)(whole ? CPH_APPLY_WHOLE : live ? CPH_APPLY_GAIN : 0);
        if (whole)
            fill_row(gain[n], leakage[n], gain[m], leakage[m], mix);
        else
            mix[0] = inverse_of(gain[n]);
    }
}

static bool is_zero(cph_c64 z)
{
    return z.re == 0.0 && z.im == 0.0;
}

/* Whether an input and its partner, which there is then, are more than divided by their gains. */
static bool is_mixed(const cph_applier *a, size_t at, size_t input)
{
    const size_t partner = a->partner[input];
    return partner != SIZE_MAX &&
           !(is_zero(a->mix[2 * (at + input) + 1]) && is_zero(a->mix[2 * (at + partner) + 1]));
}

/* Rows p and its partner of r [n][n], or their columns; step: from entry to entry of one. */
static void mix_lines(const cph_applier *a, size_t at, size_t p, size_t line, size_t step,
                      bool conjugate, cph_c64 *r)
{
    const size_t n = a->elements, q = a->partner[p];
    const bool both = is_mixed(a, at, p);
    cph_c64 own[2] = {a->mix[2 * (at + p)], a->mix[2 * (at + p) + 1]}, other[2] = {{0.0, 0.0}};
    if (both) {
        other[0] = a->mix[2 * (at + q)];
        other[1] = a->mix[2 * (at + q) + 1];
    }
    for (size_t k = 0; k < 2 && conjugate; k++) {
        own[k] = cph_c64_conj(own[k]);
        other[k] = cph_c64_conj(other[k]);
    }
    for (size_t k = 0; k < n; k++) {
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

bool cph_apply_jones_matrix(const cph_applier *a, size_t at, cph_c64 *r)
{
    const size_t n = a->elements;
    size_t first = 0;
    while (first < n && !is_mixed(a, at, first))
        first++;
    if (first == n)
        return false;
    for (size_t p = 0; p < n; p++) {
        const size_t q = a->partner[p];
        /* Of two that mix the first does both. */
        if (q < p && is_mixed(a, at, p))
            continue;
        mix_lines(a, at, p, n, 1, false, r);
        mix_lines(a, at, p, 1, n, true, r);
    }
    /* What X and Y of an antenna share takes their powers along. */
    for (size_t p = 0; p < n && !a->input->header->has_diagonal; p++)
        if (is_mixed(a, at, p))
            r[p * n + a->partner[p]] = (cph_c64){NAN, NAN};
    return true;
}

/* The product of two inputs among those of a row, or `products`. */
static size_t find_product(size_t products, const size_t *input, size_t p, size_t q)
{
    size_t k = 0;
    while (k < products && (input[2 * k] != p || input[2 * k + 1] != q))
        k++;
    return k;
}

bool cph_apply_jones_row(const cph_applier *a, size_t at, size_t products, const size_t *input,
                         cph_c64 *visibility, unsigned char *flag)
{
    cph_c64 sum[CPH_APPLY_PRODUCTS] = {{0.0, 0.0}};
    bool flagged[CPH_APPLY_PRODUCTS] = {false};
    for (size_t k = 0; k < products; k++) {
        const size_t p = input[2 * k], q = input[2 * k + 1];
        const size_t left = is_mixed(a, at, p) ? 2 : 1, right = is_mixed(a, at, q) ? 2 : 1;
        for (size_t c = 0; c < left * right; c++) {
            const size_t i = c / right, j = c % right;
            const size_t l = find_product(products, input, i == 0 ? p : a->partner[p],
                                          j == 0 ? q : a->partner[q]);
            const cph_c64 share = cph_c64_mulc(a->mix[2 * (at + p) + i], a->mix[2 * (at + q) + j]);
            if (l == products)
                return false;
            sum[k] = cph_c64_add(sum[k], cph_c64_mul(share, visibility[l]));
            flagged[k] = flagged[k] || (!is_zero(share) && flag[l] != 0);
        }
    }
    for (size_t k = 0; k < products; k++) {
        visibility[k] = sum[k];
        flag[k] = flagged[k] ? 1 : flag[k];
    }
    return true;
}

void cph_apply_jones_count(const cph_applier *a, size_t *taken, size_t *left)
{
    *taken = *left = 0;
    for (size_t n = 0; a->part != NULL && n < a->elements; n++) {
        *taken += a->part[n] == CPH_APPLY_WHOLE;
        *left += (a->part[n] & CPH_APPLY_GAIN) != 0;
    }
}
