/* SPDX-License-Identifier: MIT */
#include <stdbool.h>

#include "cophase/coded.h"
#include "kernels/core/c64.h"
#include "kernels/core/size.h"

static bool power_of_two(size_t n)
{
    return n != 0 && (n & (n - 1)) == 0;
}

cph_status cph_hadamard_transform(size_t order, cph_c64 *x)
{
    if (x == NULL || !power_of_two(order))
        return CPH_ERR_ARGUMENT;
    for (size_t half = 1; half < order; half *= 2)
        for (size_t i = 0; i < order; i += 2 * half)
            for (size_t j = i; j < i + half; j++) {
                const cph_c64 a = x[j], b = x[j + half];
                x[j] = cph_c64_add(a, b);
                x[j + half] = cph_c64_sub(a, b);
            }
    return CPH_OK;
}

static signed char sylvester(size_t i, size_t j)
{
    bool odd = false;
    for (size_t both = i & j; both != 0; both &= both - 1)
        odd = !odd;
    return odd ? -1 : 1;
}

static bool prime(size_t q)
{
    for (size_t d = 2; d <= q / d; d++)
        if (q % d == 0)
            return false;
    return q > 1;
}

/* Whether a is a square modulo the prime q. */
static bool square(size_t a, size_t q)
{
    for (size_t i = 1; i <= q / 2; i++)
        if (i * i % q == a)
            return true;
    return false;
}

/* 1 + S, S skew with S S^T = q: a border of 1 and -1 about the Legendre symbols of i - j. */
static signed char paley(size_t i, size_t j, size_t q)
{
    if (i == j || i == 0)
        return 1;
    if (j == 0)
        return -1;
    return square((i + q - j) % q, q) ? 1 : -1;
}

/* The order of Paley's factor; 1: Sylvester alone, 0: neither. */
static size_t factor_of(size_t order)
{
    if (power_of_two(order))
        return 1;
    for (size_t m = order; m % 4 == 0; m /= 2)
        if (prime(m - 1))
            return m;
    return 0;
}

/* Legendre symbols are slow: two rows of them; within the border each row is the one before it,
 * moved on by one place. */
static void fill_block(size_t m, size_t order, signed char *code)
{
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < m; j++)
            code[i * order + j] = m == 1            ? 1
                                  : i < 2 || j == 0 ? paley(i, j, m - 1)
                                                    : code[(i - 1) * order + (j == 1 ? m : j) - 1];
}

static void copy_block(size_t m, size_t order, signed char sign, const signed char *from,
                       signed char *to)
{
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < m; j++)
            to[i * order + j] = (signed char)(sign * from[i * order + j]);
}

cph_status cph_hadamard_fill(size_t order, signed char *code)
{
    size_t count;
    if (code == NULL || order == 0)
        return CPH_ERR_ARGUMENT;
    if (!cph_size_mul(order, order, &count))
        return CPH_ERR_OVERFLOW;
    const size_t m = factor_of(order);
    if (m == 0)
        return CPH_ERR_UNSUPPORTED;
    fill_block(m, order, code);
    for (size_t a = 0; a * m < order; a++)
        for (size_t b = a == 0; b * m < order; b++)
            copy_block(m, order, sylvester(a, b), code, code + a * m * order + b * m);
    return CPH_OK;
}
