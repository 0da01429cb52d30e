/* SPDX-License-Identifier: MIT */
/* The libraries that the loader found are the ones the build meant. */
#include <CUnit/CUnit.h>
#include <cblas.h>
#include <lapacke.h>

/* OpenBLAS says 2 for OpenMP; the pthread flavour (1) would start threads of its own beside ours.
 */
static void openblas_is_the_openmp_flavour(void)
{
    CU_ASSERT_EQUAL(openblas_get_parallel(), OPENBLAS_OPENMP);
}

/* 2 x 2 Hermitian [[2, i], [-i, 2]] has eigenvalues 1 and 3; its conjugate has too, the vectors
 * differ. */
static void lapacke_solves_through_openblas(void)
{
    lapack_complex_float r[4] = {
        lapack_make_complex_float(2.0f, 0.0f), lapack_make_complex_float(0.0f, -1.0f),
        lapack_make_complex_float(0.0f, 1.0f), lapack_make_complex_float(2.0f, 0.0f)};
    float w[2] = {0};
    CU_ASSERT_EQUAL(LAPACKE_cheevd(LAPACK_COL_MAJOR, 'V', 'L', 2, r, 2, w), 0);
    CU_ASSERT_DOUBLE_EQUAL(w[0], 1.0, 1e-6);
    CU_ASSERT_DOUBLE_EQUAL(w[1], 3.0, 1e-6);
}

CU_TestInfo cph_tests_libraries[] = {
    {"OpenBLAS is the OpenMP flavour", openblas_is_the_openmp_flavour},
    {"LAPACKE solves through OpenBLAS", lapacke_solves_through_openblas},
    CU_TEST_INFO_NULL,
};
