/* SPDX-License-Identifier: MIT */
/* Products and inverses by tiles against their definitions, at orders around the tiles' own. */
#include <CUnit/CUnit.h>
#include <complex.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "calib/tiles.h"
#include "cophase/random.h"

enum { MOST = 131, SEED = 5 };

static const size_t orders[] = {1, 2, 31, 32, 33, 63, 64, 65, MOST};
enum { ORDERS = sizeof orders / sizeof orders[0] };

static double complex element(size_t n, cph_operand op, const cph_c64 *x, size_t i, size_t j)
{
    cph_c64 z = op == CPH_AS_IT_IS ? x[i * n + j] : x[j * n + i];
    return z.re + I * (op == CPH_ADJOINT ? -z.im : z.im);
}

static void products(void)
{
    static cph_c64 a[MOST * MOST], b[MOST * MOST], c[MOST * MOST + 1];
    static const cph_operand ops[3][2] = {{CPH_AS_IT_IS, CPH_TRANSPOSED},
                                          {CPH_AS_IT_IS, CPH_ADJOINT},
                                          {CPH_TRANSPOSED, CPH_AS_IT_IS}};
    cph_random random;
    printf("seed %d ", SEED);
    cph_random_seed(&random, SEED, 0);
    for (size_t i = 0; i < (size_t)MOST * MOST; i++) {
        a[i] = cph_random_normal(&random);
        b[i] = cph_random_normal(&random);
    }
    for (size_t k = 0; k < ORDERS; k++)
        for (size_t o = 0; o < 3; o++) {
            size_t n = orders[k];
            double worst = 0.0;
            for (size_t i = 0; i <= n * n; i++)
                c[i] = (cph_c64){7.0, NAN};
            cph_tiles_multiply(n, ops[o][0], a, ops[o][1], b, c);
            for (size_t i = 0; i < n; i++)
                for (size_t j = 0; j < n; j++) {
                    double complex sum = 0.0;
                    for (size_t m = 0; m < n; m++)
                        sum += element(n, ops[o][0], a, i, m) * element(n, ops[o][1], b, m, j);
                    worst = fmax(worst, cabs(sum - (c[i * n + j].re + I * c[i * n + j].im)));
                }
            CU_ASSERT(worst < 1e-11);
            CU_ASSERT(c[n * n].re == 7.0 && isnan(c[n * n].im));
        }
}

/* x = inverse of a: the largest entry of a x - 1, and of x - x^T. */
static double inverse_error(size_t n, const double *a, const double *x, double *ax)
{
    double worst = 0.0;
    cph_tiles_multiply_real(n, n, a, x, ax);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            double sum = 0.0;
            for (size_t m = 0; m < n; m++)
                sum += a[i * n + m] * x[m * n + j];
            worst = fmax(worst, fabs(sum - (i == j ? 1.0 : 0.0)));
            worst = fmax(worst, fabs(ax[i * n + j] - sum));
            worst = fmax(worst, fabs(x[i * n + j] - x[j * n + i]));
        }
    return worst;
}

/* Scales of 1 to 1e4 on the diagonal of a correlation of distant neighbours. */
static void fill(size_t n, double *a)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            double distance = fabs((double)i - (double)j);
            a[i * n + j] = pow(10.0, 2.0 * (double)(i % 3 + j % 3) / 2.0) * exp(-distance / 20.0) *
                           cos(distance / 9.0);
        }
}

static void inverses(void)
{
    static double a[MOST * MOST], x[MOST * MOST], ax[MOST * MOST];
    for (size_t k = 0; k < ORDERS; k++) {
        size_t n = orders[k];
        fill(n, a);
        memcpy(x, a, n * n * sizeof *a);
        CU_ASSERT_EQUAL(cph_tiles_invert(n, x), CPH_OK);
        CU_ASSERT(inverse_error(n, a, x, ax) < 1e-9);
    }
}

static void what_has_no_inverse(void)
{
    static double a[70 * 70];
    fill(70, a);
    const size_t row = 65, copy = 66;
    for (size_t j = 0; j < 70; j++)
        a[copy * 70 + j] = a[j * 70 + copy] = a[row * 70 + j];
    a[copy * 70 + copy] = a[row * 70 + row];
    CU_ASSERT_EQUAL(cph_tiles_invert(70, a), CPH_ERR_SINGULAR);
    fill(70, a);
    a[66 * 70 + 66] = -1.0;
    CU_ASSERT_EQUAL(cph_tiles_invert(70, a), CPH_ERR_SINGULAR);
    fill(70, a);
    a[3 * 70 + 4] = NAN;
    CU_ASSERT_EQUAL(cph_tiles_invert(70, a), CPH_ERR_SINGULAR);
}

CU_TestInfo cph_tests_calib_tiles[] = {
    {"products of complex matrices", products},
    {"inverses of positive definite matrices", inverses},
    {"what has no inverse", what_has_no_inverse},
    CU_TEST_INFO_NULL,
};
