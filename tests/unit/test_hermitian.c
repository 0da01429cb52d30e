/* SPDX-License-Identifier: MIT */
/* Eigenvalues of Hermitian matrices that are known in closed form. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <stdlib.h>

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

CU_TestInfo cph_tests_hermitian[] = {
    {"values of many rows", values_of_many_rows},
    CU_TEST_INFO_NULL,
};
