/* SPDX-License-Identifier: MIT */
/* Eigenvalues of Hermitian matrices that are known in closed form. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/adaptive/hermitian.h"

/* Of 1 + 10 u u^H, u of phases: 10 n + 1, then ones; sizes at which a workspace ends with a page.
 */
static void values_of_many_rows(void)
{
    enum { MOST = 256 };
    cph_c64 *const r = calloc((size_t)MOST * MOST, sizeof *r);
    double value[MOST];
    CU_ASSERT_PTR_NOT_NULL(r);
    for (size_t n = r != NULL ? 231 : MOST + 1; n <= MOST; n += 5) {
        for (size_t p = 0; p < n; p++)
            for (size_t q = 0; q < n; q++) {
                const double turn = 0.37 * ((double)(p * p) - (double)(q * q));
                r[p * n + q] = (cph_c64){10.0 * cos(turn) + (p == q ? 1.0 : 0.0), 10.0 * sin(turn)};
            }
        CU_ASSERT_EQUAL(cph_hermitian_values(n, r, value), CPH_OK);
        /* a few n eps of the largest */
        const double bound = 4.0 * (double)n * 2.3e-16 * (10.0 * (double)n + 1.0);
        for (size_t k = 0; k < n; k++)
            CU_ASSERT_DOUBLE_EQUAL(value[k], k + 1 == n ? 10.0 * (double)n + 1.0 : 1.0, bound);
    }
    free(r);
}

/* Both functions, each part of each entry of the lower triangle in turn. */
static void what_is_not_finite_is_refused(void)
{
    enum { N = 4 };
    const double bad[] = {NAN, INFINITY, -INFINITY};
    for (size_t at = 0; at < (size_t)6 * N * N; at++) {
        const size_t p = at / 6 / N, q = at / 6 % N;
        cph_c64 a[N * N], before[N * N];
        double value[2][N] = {{0.0}};
        for (size_t i = 0; i < (size_t)N * N; i++)
            a[i] = (cph_c64){i % (N + 1) == 0 ? 3.0 + (double)i : 0.5, 0.0};
        *(at % 2 == 0 ? &a[p * N + q].re : &a[p * N + q].im) = bad[at / 2 % 3];
        memcpy(before, a, sizeof a);
        const cph_status expected = q > p ? CPH_OK : CPH_ERR_NOT_FINITE;
        CU_ASSERT_EQUAL(cph_hermitian_values(N, a, value[0]), expected);
        CU_ASSERT_EQUAL(memcmp(a, before, sizeof a), 0);
        CU_ASSERT_EQUAL(cph_hermitian_eigen(N, a, value[1]), expected);
        if (expected != CPH_OK)
            CU_ASSERT_EQUAL(memcmp(a, before, sizeof a), 0);
        for (size_t k = 0; k < N; k++)
            CU_ASSERT_DOUBLE_EQUAL(value[0][k], value[1][k], 1e-13);
    }
}

static void no_rows_have_no_values(void)
{
    cph_c64 a = {7.0, 0.0};
    double value = 7.0;
    CU_ASSERT_EQUAL(cph_hermitian_values(0, &a, &value), CPH_OK);
    CU_ASSERT_EQUAL(cph_hermitian_eigen(0, &a, &value), CPH_OK);
    CU_ASSERT(a.re == 7.0 && value == 7.0);
    CU_ASSERT_EQUAL(cph_hermitian_values(23171, &a, &value), CPH_ERR_OVERFLOW);
    CU_ASSERT_EQUAL(cph_hermitian_eigen(23171, &a, &value), CPH_ERR_OVERFLOW);
}

CU_TestInfo cph_tests_hermitian[] = {
    {"values of many rows", values_of_many_rows},
    {"what is not finite is refused", what_is_not_finite_is_refused},
    {"no rows have no values", no_rows_have_no_values},
    CU_TEST_INFO_NULL,
};
