/* SPDX-License-Identifier: MIT */
/* Covariances of which only the eigenvalues were asked for. */
#include <CUnit/CUnit.h>
#include <math.h>

#include "tests/unit/doa_rig.h"

enum { GRID = 101 };

/* Without eigenvectors: of one wave of power p in n live elements n p + 1, then ones; and those
 * that come with vectors, within what LAPACK promises, a few n eps of the largest. */
static void values_are_those_that_come_with_vectors(void)
{
    doa_rig rig;
    size_t live[2] = {0, 0}, count = 0;
    cph_doa *doa[2] = {NULL, NULL};
    doa_rig_line(&rig, 8);
    doa_rig_add(&rig, 0.5, 0.0, 10.0);
    rig.flag[5] = 1;
    doa_rig_exact(&rig);
    cph_doa_config config = doa_rig_config(&rig, 300.0);
    for (size_t i = 0; i < 2; i++) {
        config.values_only = i == 0;
        CU_ASSERT_EQUAL_FATAL(cph_doa_create(&config, &doa[i], NULL), CPH_OK);
    }
    const double *const alone = cph_doa_eigenvalues(doa[0], &live[0]), *const beside =
                                                                           cph_doa_eigenvalues(
                                                                               doa[1], &live[1]);
    CU_ASSERT(live[0] == 7 && live[1] == 7);
    CU_ASSERT_DOUBLE_EQUAL(alone[0], 71.0, 1e-12);
    for (size_t k = 0; k < live[0]; k++) {
        CU_ASSERT_DOUBLE_EQUAL(alone[k], k == 0 ? 71.0 : 1.0, 1e-12);
        CU_ASSERT_DOUBLE_EQUAL(alone[k], beside[k], 1e-12);
    }
    CU_ASSERT(cph_doa_count(doa[0], CPH_DOA_MDL, &count, NULL) == CPH_OK && count == 1);
    cph_doa_destroy(doa[0]);
    cph_doa_destroy(doa[1]);
}

/* ---- what needs vectors ---- */

static cph_status search(const cph_doa *doa, cph_doa_method method, double found[3])
{
    const cph_doa_spectrum spectrum = {.method = method, .sources = 1};
    size_t count = 0;
    return cph_doa_search(doa, &spectrum, GRID, 0.98, 1, found, &count, NULL);
}

static cph_status by_bartlett(const cph_doa *doa, double found[3])
{
    return search(doa, CPH_DOA_BARTLETT, found);
}

static cph_status by_capon(const cph_doa *doa, double found[3])
{
    return search(doa, CPH_DOA_CAPON, found);
}

static cph_status by_music(const cph_doa *doa, double found[3])
{
    return search(doa, CPH_DOA_MUSIC, found);
}

static cph_status by_spectrum(const cph_doa *doa, double found[3])
{
    const cph_doa_spectrum spectrum = {.method = CPH_DOA_CAPON};
    double value[GRID];
    size_t best = 0;
    const cph_status status = cph_doa_line_spectrum(doa, &spectrum, GRID, 1.0, value, NULL);
    for (size_t i = 1; i < GRID - 1 && status == CPH_OK; i++)
        if (best == 0 || value[i] > value[best])
            best = i;
    if (status == CPH_OK) /* the axis of a line may point either way */
        found[0] = fabs(2.0 * (double)best / (GRID - 1) - 1.0);
    return status;
}

static cph_status by_root_music(const cph_doa *doa, double found[3])
{
    size_t count = 0;
    return cph_doa_root_music(doa, 1, found, &count, NULL);
}

static cph_status by_esprit(const cph_doa *doa, double found[3])
{
    size_t count = 0;
    return cph_doa_esprit(doa, 1, CPH_DOA_LEAST_SQUARES, found, &count, NULL);
}

static cph_status by_likelihood(const cph_doa *doa, double found[3])
{
    const cph_doa_ml_config config = {.sources = 1, .radius = 1.0};
    return cph_doa_ml(doa, &config, found, NULL, NULL);
}

/* Each finds the source (on a grid point) with vectors; without them it says so and leaves what it
 * was given. */
static void values_alone_find_no_directions(void)
{
    static cph_status (*const way[])(const cph_doa *, double[3]) = {
        by_bartlett, by_capon, by_music, by_spectrum, by_root_music, by_esprit, by_likelihood};
    doa_rig rig;
    cph_doa *doa = NULL;
    doa_rig_line(&rig, 8);
    doa_rig_add(&rig, 0.3, 0.0, 10.0);
    doa_rig_exact(&rig);
    cph_doa_config config = doa_rig_config(&rig, 300.0);
    for (int values_only = 0; values_only < 2; values_only++) {
        config.values_only = values_only != 0;
        CU_ASSERT_EQUAL_FATAL(cph_doa_create(&config, &doa, NULL), CPH_OK);
        for (size_t i = 0; i < sizeof way / sizeof *way; i++) {
            double found[3] = {7.0, 7.0, 7.0};
            CU_ASSERT_EQUAL(way[i](doa, found), values_only ? CPH_ERR_ARGUMENT : CPH_OK);
            CU_ASSERT_DOUBLE_EQUAL(found[0], values_only ? 7.0 : 0.3, 1e-6);
        }
        cph_doa_destroy(doa);
    }
}

CU_TestInfo cph_tests_doa_values[] = {
    {"values are those that come with vectors", values_are_those_that_come_with_vectors},
    {"values alone find no directions", values_alone_find_no_directions},
    CU_TEST_INFO_NULL,
};
