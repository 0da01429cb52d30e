/* SPDX-License-Identifier: MIT */
/* Hadamard matrices and the fast transform by them. */
#include <CUnit/CUnit.h>
#include <math.h>

#include "cophase/coded.h"
#include "tests/unit/calib_scene.h"

static void hadamard_matrices(void)
{
    static signed char h[60 * 60];
    const size_t orders[] = {1, 2, 4, 8, 12, 16, 20, 24, 32, 40, 44, 48, 60};
    for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++) {
        const size_t n = orders[i];
        CU_ASSERT_EQUAL(cph_hadamard_fill(n, h), CPH_OK);
        size_t wrong = 0;
        for (size_t a = 0; a < n; a++)
            for (size_t b = 0; b < n; b++) {
                int sum = 0;
                for (size_t k = 0; k < n; k++)
                    sum += h[a * n + k] * h[b * n + k];
                wrong += sum != (a == b ? (int)n : 0);
                wrong += h[b] != 1;
            }
        CU_ASSERT_EQUAL(wrong, 0);
    }
    CU_ASSERT_EQUAL(cph_hadamard_fill(28, h), CPH_ERR_UNSUPPORTED);
    CU_ASSERT_EQUAL(cph_hadamard_fill(6, h), CPH_ERR_UNSUPPORTED);
    CU_ASSERT_EQUAL(cph_hadamard_fill(0, h), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_hadamard_fill(4, NULL), CPH_ERR_ARGUMENT);
}

/* Paley's block, sign by sign: symbols of i - j modulo the prime q = m - 1, by Euler's criterion.
 */
static void paley_blocks_are_legendre_symbols(void)
{
    enum { MOST = 104 };
    static signed char h[MOST * MOST];
    static const struct {
        size_t order, block;
    } cases[] = {{4, 1}, {12, 12}, {20, 20}, {40, 20}, {84, 84}, {88, 44}, {104, 104}};
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        const size_t order = cases[k].order, q = cases[k].block - 1;
        size_t wrong = 0;
        CU_ASSERT_EQUAL_FATAL(cph_hadamard_fill(order, h), CPH_OK);
        for (size_t i = 0; q > 0 && i <= q; i++)
            for (size_t j = 0; j <= q; j++) {
                size_t power = 1;
                for (size_t e = 0; e < (q - 1) / 2; e++)
                    power = power * ((i + q - j) % q) % q;
                const int symbol = power == 1 ? 1 : -1;
                wrong += h[i * order + j] != (i == 0 || i == j ? 1 : j == 0 ? -1 : symbol);
            }
        CU_ASSERT_EQUAL(wrong, 0);
    }
}

static void the_fast_transform_is_the_matrix(void)
{
    enum { ORDER = 32 };
    cph_c64 x[ORDER], before[ORDER];
    cph_random random;
    cph_random_seed(&random, 3, 0);
    for (size_t i = 0; i < ORDER; i++)
        x[i] = before[i] = cph_random_normal(&random);
    CU_ASSERT_EQUAL(cph_hadamard_transform(ORDER, x), CPH_OK);
    for (size_t i = 0; i < ORDER; i++) {
        double complex sum = 0.0;
        for (size_t j = 0; j < ORDER; j++)
            sum += (__builtin_popcountll(i & j) % 2 == 0 ? 1.0 : -1.0) * scene_get(before[j]);
        CU_ASSERT(cabs(sum - scene_get(x[i])) < 1e-13);
    }
    CU_ASSERT_EQUAL(cph_hadamard_transform(12, x), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_hadamard_transform(0, x), CPH_ERR_ARGUMENT);
}

CU_TestInfo cph_tests_calib_hadamard[] = {
    {"Hadamard matrices", hadamard_matrices},
    {"Paley blocks are Legendre symbols", paley_blocks_are_legendre_symbols},
    {"the fast transform is the matrix", the_fast_transform_is_the_matrix},
    CU_TEST_INFO_NULL,
};
