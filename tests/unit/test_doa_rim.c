/* SPDX-License-Identifier: MIT */
/* Directions at the edge of what is visible, and beyond it. */
#include <CUnit/CUnit.h>
#include <math.h>

#include "tests/unit/doa_rig.h"

/* Near the rim, where the alias of a source is half a step across it. */
static void the_rim_is_searched(void)
{
    static const double u[][2] = {{0.985, 0.0}, {-0.99, 0.0}, {0.7, -0.704}, {0.999, 0.0}};
    static const cph_doa_method methods[] = {CPH_DOA_BARTLETT, CPH_DOA_CAPON, CPH_DOA_MUSIC};
    doa_rig rig;
    double found[DOA_S * 3];
    for (size_t k = 0; k < 2 * sizeof u / sizeof u[0]; k++) {
        const bool line = k % 2 != 0 && u[k / 2][1] == 0.0;
        cph_array array;
        CU_ASSERT_EQUAL_FATAL(line ? cph_array_ula(10, 0.5 * DOA_WAVELENGTH_M, &array)
                                   : cph_array_ura(6, 6, 0.5 * DOA_WAVELENGTH_M, &array),
                              CPH_OK);
        doa_rig_make(&rig, &array);
        doa_rig_add(&rig, u[k / 2][0], u[k / 2][1], 100.0);
        cph_doa *doa = doa_rig_decompose(&rig, 0.0);
        for (size_t m = 0; m < 3; m++) {
            const cph_doa_spectrum spectrum = {.method = methods[m], .sources = 1};
            size_t count = 0;
            CU_ASSERT_EQUAL(cph_doa_search(doa, &spectrum, 201, 1.0, 1, found, &count, NULL),
                            CPH_OK);
            CU_ASSERT(count == 1 && doa_rig_worst(&rig, found, count) < 1e-8);
            CU_ASSERT_FALSE(cph_doa_on_rim(doa, found));
        }
        cph_doa_destroy(doa);
    }
}

/* Phases that grow along a line faster than any direction's: the spectrum rises to the rim. */
static void what_rises_beyond_the_rim_is_on_it(void)
{
    doa_rig rig;
    double found[DOA_S * 3];
    size_t count = 0, steps = 0;
    doa_rig_line(&rig, 10);
    for (size_t i = 0; i < rig.n; i++)
        rig.position[i][0] *= 0.9;
    doa_rig_add(&rig, 0.99, 0.0, 100.0);
    doa_rig_exact(&rig);
    for (size_t i = 0; i < rig.n; i++)
        rig.position[i][0] *= 0.95; /* taken to be closer than they are */
    cph_doa *doa = NULL;
    const cph_doa_config config = doa_rig_config(&rig, 0.0);
    CU_ASSERT_EQUAL_FATAL(cph_doa_create(&config, &doa, NULL), CPH_OK);
    const cph_doa_spectrum music = {.method = CPH_DOA_MUSIC, .sources = 1};
    const cph_doa_ml_config ml = {.sources = 1, .radius = 1.0};
    CU_ASSERT_EQUAL(cph_doa_search(doa, &music, 201, 1.0, 1, found, &count, NULL), CPH_OK);
    CU_ASSERT(count == 1 && found[0] > 1.0 - 1e-11 && cph_doa_on_rim(doa, found));
    CU_ASSERT_EQUAL(cph_doa_ml(doa, &ml, found, &steps, NULL), CPH_OK);
    CU_ASSERT(found[0] > 1.0 - 1e-11 && cph_doa_on_rim(doa, found));
    CU_ASSERT(cph_doa_within(doa, 1.0, found) && !cph_doa_within(doa, 0.999, found));
    cph_doa_destroy(doa);
}

/* Two sources whose beams meet across the rim: one direction alone would be beyond it. */
static void ml_parts_sources_across_the_rim(void)
{
    doa_rig rig;
    double found[DOA_S * 3] = {0};
    size_t steps = 0;
    doa_rig_line(&rig, 10);
    doa_rig_add(&rig, 0.9, 0.0, 100.0);
    doa_rig_add(&rig, -0.95, 0.0, 100.0);
    cph_doa *doa = doa_rig_decompose(&rig, 0.0);
    const cph_doa_ml_config ml = {.sources = 2, .radius = 1.0};
    CU_ASSERT_EQUAL(cph_doa_ml(doa, &ml, found, &steps, NULL), CPH_OK);
    CU_ASSERT(doa_rig_worst(&rig, found, 2) < 1e-9);
    cph_doa_destroy(doa);
}

CU_TestInfo cph_tests_doa_rim[] = {
    {"the rim is searched", the_rim_is_searched},
    {"what rises beyond the rim is on it", what_rises_beyond_the_rim_is_on_it},
    {"ML parts sources across the rim", ml_parts_sources_across_the_rim},
    CU_TEST_INFO_NULL,
};
