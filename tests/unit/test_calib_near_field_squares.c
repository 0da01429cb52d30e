/* SPDX-License-Identifier: MIT */
/* Excitations from a scanned field by least squares. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/calib_scene.h"
#include "tests/unit/near_field_rig.h"
#include "tests/unit/seeds.h"

static void least_squares_are_exact(void)
{
    static near_field_rig r;
    near_field_rig_open(&r, 4, 3, 0.5, 12, 10);
    r.scan.element.at = near_field_rig_lopsided;
    r.scan.probe = (cph_near_field_pattern){cph_near_field_cosine, &(const double){1.5}};
    r.position[2] += 0.3 * NEAR_WAVELENGTH;
    near_field_rig_measure(&r, 0.0);
    r.field[7] = near_field_rig_put(NAN);
    CU_ASSERT_EQUAL_FATAL(near_field_rig_solve(&r), CPH_OK);
    CU_ASSERT_EQUAL(r.solution.samples, 12 * 10 - 1);
    CU_ASSERT(near_field_rig_worst(&r, r.gain) < 1e-9);
    CU_ASSERT_DOUBLE_EQUAL(r.resolution[5], 1.0, 1e-9);
    CU_ASSERT(r.solution.sigma < 1e-9 && isnan(r.solution.chi2_dof));
    /* The other time factor does not fit. */
    for (size_t i = 0; i < r.scan.rows * r.scan.columns; i++)
        r.field[i].im = -r.field[i].im;
    r.scan.sigma = 1e-3;
    CU_ASSERT_EQUAL_FATAL(near_field_rig_solve(&r), CPH_OK);
    CU_ASSERT(r.solution.chi2_dof > 100.0);
    /* A dead element is left out. */
    near_field_rig_open(&r, 4, 3, 0.5, 12, 11);
    r.flag[4] = CPH_FLAG_DEAD;
    r.gain[4] = 0.0;
    near_field_rig_measure(&r, 0.0);
    CU_ASSERT_EQUAL_FATAL(near_field_rig_solve(&r), CPH_OK);
    CU_ASSERT(isnan(r.solved[4].re) && r.flag[4] == CPH_FLAG_DEAD && isnan(r.resolution[4]));
    CU_ASSERT(cabs(scene_get(r.solved[5]) - r.gain[5]) < 1e-9);
}

/* Elements a fifth of a wavelength apart: what differs between neighbours dies out before the
 * probe. Regularised, sums are right, single elements are near to what was known. */
static void too_close_elements_are_regularised(void)
{
    static near_field_rig r;
    static cph_c64 near[NEAR_ELEMENTS];
    near_field_rig_open(&r, 5, 4, 0.15, 16, 12);
    r.options.regularisation = 1e-4;
    r.scan.sigma = 0.003;
    near_field_rig_measure(&r, r.scan.sigma);
    CU_ASSERT_EQUAL_FATAL(near_field_rig_solve(&r), CPH_OK);
    size_t unsolved = 0;
    for (size_t n = 0; n < r.n; n++)
        unsolved += r.flag[n] == CPH_FLAG_UNSOLVED && isnan(r.solved[n].re);
    printf("unsolved %zu ", unsolved);
    CU_ASSERT(unsolved >= 4);
    /* Known before, they stay what they are. */
    memset(r.flag, 0, sizeof r.flag);
    for (size_t n = 0; n < r.n; n++)
        near[n] = near_field_rig_put(r.gain[n]);
    r.options.near = near;
    r.options.regularisation = 1.0;
    near_field_rig_measure(&r, 0.0);
    for (size_t n = 0; n < r.n; n++)
        r.resolution[n] = -1.0;
    CU_ASSERT_EQUAL_FATAL(near_field_rig_solve(&r), CPH_OK);
    for (size_t n = 0; n < r.n; n++) {
        CU_ASSERT(r.resolution[n] > 0.0 && r.resolution[n] < 1.0);
        CU_ASSERT(r.flag[n] != CPH_FLAG_NONE || cabs(scene_get(r.solved[n]) - r.gain[n]) < 1e-9);
    }
}

/* (A^H A)^-1 of the direct sum, by Gauss and Jordan. */
static void bound_of(const near_field_rig *r, double sigma, double *variance)
{
    static double complex a[NEAR_ELEMENTS][2 * NEAR_ELEMENTS];
    const size_t n = r->n;
    memset(a, 0, sizeof a);
    for (size_t j = 0; j < r->scan.rows; j++)
        for (size_t i = 0; i < r->scan.columns; i++)
            for (size_t p = 0; p < n; p++)
                for (size_t q = 0; q < n; q++)
                    a[p][q] += conj(near_field_rig_at(r, p, j, i)) * near_field_rig_at(r, q, j, i);
    for (size_t p = 0; p < n; p++)
        a[p][n + p] = 1.0;
    for (size_t p = 0; p < n; p++) {
        const double complex pivot = a[p][p];
        for (size_t j = 0; j < 2 * n; j++)
            a[p][j] /= pivot;
        for (size_t i = 0; i < n; i++) {
            const double complex factor = i == p ? 0.0 : a[i][p];
            for (size_t j = 0; j < 2 * n; j++)
                a[i][j] -= factor * a[p][j];
        }
    }
    for (size_t p = 0; p < n; p++)
        variance[p] = 0.5 * sigma * sigma * creal(a[p][n + p]) / pow(cabs(r->gain[p]), 2.0);
}

static void scatter_against_the_bound(void)
{
    const size_t seeds = test_seeds(300);
    static near_field_rig r;
    static cph_c64 clean[NEAR_SAMPLES];
    double least[NEAR_ELEMENTS] = {0.0}, phase = 0.0, amplitude = 0.0, said = 0.0, count = 0.0,
           chi2 = 0.0;
    const double sigma = 0.05;
    near_field_rig_open(&r, 4, 3, 0.5, 14, 20);
    near_field_rig_measure(&r, 0.0);
    memcpy(clean, r.field, sizeof clean);
    bound_of(&r, sigma, least);
    for (size_t t = 0; t < seeds; t++) {
        cph_random_seed(&r.random, 20, 1 + t);
        r.scan.sigma = t % 2 == 0 ? sigma : 0.0;
        for (size_t i = 0; i < r.scan.rows * r.scan.columns; i++)
            r.field[i] = near_field_rig_put(scene_get(clean[i]) +
                                            sigma * scene_get(cph_random_normal(&r.random)));
        CU_ASSERT_EQUAL_FATAL(near_field_rig_solve(&r), CPH_OK);
        chi2 +=
            (t % 2 == 0 ? r.solution.chi2_dof : pow(r.solution.sigma / sigma, 2.0)) / (double)seeds;
        for (size_t n = 0; n < r.n; n++) {
            const double complex off = scene_get(r.solved[n]) / r.gain[n];
            phase += pow(carg(off), 2.0) / least[n];
            amplitude += pow(cabs(off) - 1.0, 2.0) / least[n];
            said += pow(r.phase_sigma[n], 2.0) / least[n];
            count += 1.0;
        }
    }
    test_row("inverse of a scan, 4 x 3 elements", "phase", phase / count, sqrt(said / phase));
    test_row("inverse of a scan, 4 x 3 elements", "amplitude", amplitude / count, NAN);
    CU_ASSERT(phase / count > 0.95 && phase / count < 1.15);
    CU_ASSERT(amplitude / count > 0.95 && amplitude / count < 1.15);
    CU_ASSERT_DOUBLE_EQUAL(sqrt(said / phase), 1.0, 0.1);
    CU_ASSERT_DOUBLE_EQUAL(chi2, 1.0, 0.05);
}

CU_TestInfo cph_tests_calib_near_field_squares[] = {
    {"least squares are exact", least_squares_are_exact},
    {"too close elements are regularised", too_close_elements_are_regularised},
    {"scatter against the Cramer-Rao bound", scatter_against_the_bound},
    CU_TEST_INFO_NULL,
};
