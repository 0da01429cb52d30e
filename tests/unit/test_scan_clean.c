/* SPDX-License-Identifier: MIT */
/* CLEAN: sources of exact covariances come back, off the grid, weak beside strong, in two views. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <string.h>

#include "cophase/scan.h"
#include "kernels/core/c64.h"
#include "tests/unit/doa_rig.h"

enum { GRID = 101, SOURCES = 3 };

/* u, v, flux: none on a grid point; the third is 30 dB below the first, in its sidelobes. */
static const double sky[SOURCES][3] = {
    {0.313, -0.107, 8.0}, {-0.447, 0.291, 3.0}, {0.061, 0.533, 0.008}};

static void make_rig(doa_rig *rig, double share)
{
    cph_array array;
    CU_ASSERT_EQUAL_FATAL(cph_array_ula(33, DOA_WAVELENGTH_M, &array), CPH_OK);
    doa_rig_make(rig, &array);
    for (size_t i = 0; i < rig->n; i++) {
        const double turn = 2.4 * (double)i, reach = 0.6 * sqrt((double)i + 0.3);
        rig->position[i][0] = DOA_WAVELENGTH_M * (reach * cos(turn) + 2.0);
        rig->position[i][1] = DOA_WAVELENGTH_M * reach * sin(turn);
        rig->position[i][2] = DOA_WAVELENGTH_M * 0.05 * (double)(i % 3);
        rig->gain[i] = (cph_c64){(1.0 + 0.1 * (double)(i % 5)) * cos(1.9 * (double)(i * i)),
                                 (1.0 + 0.1 * (double)(i % 5)) * sin(1.9 * (double)(i * i))};
    }
    rig->flag[5] = 1;
    for (size_t s = 0; s < SOURCES; s++)
        doa_rig_add(rig, sky[s][0], sky[s][1], share * sky[s][2]);
    doa_rig_exact(rig);
}

static cph_scan_view view_of(const doa_rig *rig)
{
    return (cph_scan_view){.elements = rig->n,
                           .position = rig->position[0],
                           .r = rig->r,
                           .ld = rig->n,
                           .gain = rig->gain,
                           .flag = rig->flag};
}

static double largest(const double *image)
{
    double most = 0.0;
    for (size_t i = 0; i < (size_t)GRID * GRID; i++)
        if (!isnan(image[i]))
            most = fmax(most, fabs(image[i]));
    return most;
}

static const cph_scan_config config = {.freq_hz = DOA_FREQ_HZ, .grid = GRID, .radius = 0.98};

static void weak_sources_come_out_from_under_strong_ones(void)
{
    static double image[GRID * GRID];
    doa_rig rig;
    cph_scan_source source[5];
    size_t count = 0;
    make_rig(&rig, 1.0);
    const cph_scan_view view = view_of(&rig);
    CU_ASSERT_EQUAL(cph_scan_clean(&config, 1, &view, SOURCES, source, &count, image), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(count, SOURCES);
    for (size_t s = 0; s < SOURCES; s++) {
        CU_ASSERT_DOUBLE_EQUAL(source[s].direction[0], sky[s][0], 1e-8);
        CU_ASSERT_DOUBLE_EQUAL(source[s].direction[1], sky[s][1], 1e-8);
        CU_ASSERT_DOUBLE_EQUAL(source[s].flux, sky[s][2], 1e-8 * sky[0][2]);
    }
    CU_ASSERT(largest(image) < 1e-6 * sky[0][2]);
    CU_ASSERT(isnan(image[0]));
    /* one alone: what is left is the others */
    CU_ASSERT_EQUAL(cph_scan_clean(&config, 1, &view, 1, source, &count, image), CPH_OK);
    CU_ASSERT_EQUAL(count, 1);
    CU_ASSERT_DOUBLE_EQUAL(source[0].flux, sky[0][2], 0.1 * sky[0][2]);
    CU_ASSERT(largest(image) > 0.8 * sky[1][2]);
}

/* Two polarisations, of which the second hears 0.3 of the first: fluxes add. */
static void views_share_directions_not_fluxes(void)
{
    static double image[GRID * GRID];
    doa_rig rig[2];
    cph_scan_source source[SOURCES];
    size_t count = 0;
    make_rig(&rig[0], 1.0);
    make_rig(&rig[1], 0.3);
    const cph_scan_view view[] = {view_of(&rig[0]), view_of(&rig[1])};
    CU_ASSERT_EQUAL(cph_scan_clean(&config, 2, view, SOURCES, source, &count, image), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(count, SOURCES);
    for (size_t s = 0; s < SOURCES; s++) {
        CU_ASSERT_DOUBLE_EQUAL(source[s].direction[1], sky[s][1], 1e-8);
        CU_ASSERT_DOUBLE_EQUAL(source[s].flux, 1.3 * sky[s][2], 1e-7);
    }
    CU_ASSERT(largest(image) < 2e-6 * sky[0][2]);
}

/* Elements of equal power s: C is normalised to shares of it. */
static void normalised_fluxes_are_shares_of_the_power(void)
{
    static double image[GRID * GRID];
    doa_rig rig;
    cph_scan_source source[SOURCES];
    size_t count = 0;
    make_rig(&rig, 1.0);
    cph_scan_view view = view_of(&rig);
    for (size_t i = 0; i < rig.n; i++) /* noise that goes with the gains */
        rig.r[i * rig.n + i].re += cph_c64_power(rig.gain[i]) - rig.noise;
    view.normalise = true;
    CU_ASSERT_EQUAL(cph_scan_clean(&config, 1, &view, 2, source, &count, image), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(count, 2);
    CU_ASSERT_DOUBLE_EQUAL(source[0].flux / source[1].flux, 8.0 / 3.0, 0.01);
    CU_ASSERT(source[0].flux + source[1].flux < 11.008 / 12.008 + 0.02 &&
              source[0].flux + source[1].flux > 0.8);
}

static void a_line_is_cleaned_along_itself(void)
{
    static double image[GRID * GRID];
    doa_rig rig;
    cph_array array;
    cph_scan_source source[2];
    size_t count = 0;
    CU_ASSERT_EQUAL_FATAL(cph_array_ula(12, 0.5 * DOA_WAVELENGTH_M, &array), CPH_OK);
    doa_rig_make(&rig, &array);
    doa_rig_add(&rig, 0.123, 0.0, 4.0);
    doa_rig_add(&rig, -0.377, 0.0, 1.0);
    doa_rig_exact(&rig);
    const cph_scan_view view = view_of(&rig);
    CU_ASSERT_EQUAL(cph_scan_clean(&config, 1, &view, 2, source, &count, image), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(count, 2);
    CU_ASSERT_DOUBLE_EQUAL(source[0].direction[0], 0.123, 1e-8);
    CU_ASSERT_DOUBLE_EQUAL(source[0].direction[1], 0.0, 1e-8);
    CU_ASSERT_DOUBLE_EQUAL(source[1].direction[0], -0.377, 1e-8);
    CU_ASSERT_DOUBLE_EQUAL(source[1].flux, 1.0, 1e-8);
}

static void what_cannot_be_cleaned(void)
{
    static double image[GRID * GRID];
    doa_rig rig;
    cph_scan_source source[SOURCES];
    size_t count = 9;
    make_rig(&rig, 1.0);
    cph_scan_view view = view_of(&rig);
    image[0] = 7.0;
    CU_ASSERT_EQUAL(cph_scan_clean(&config, 1, &view, 0, source, &count, image), CPH_ERR_ARGUMENT);
    view.flag = NULL; /* NaN in what was flagged */
    CU_ASSERT_EQUAL(cph_scan_clean(&config, 1, &view, 2, source, &count, image),
                    CPH_ERR_NOT_FINITE);
    memset(rig.flag, 1, rig.n - 1);
    view.flag = rig.flag;
    CU_ASSERT_EQUAL(cph_scan_clean(&config, 1, &view, 2, source, &count, image), CPH_ERR_TOO_FEW);
    CU_ASSERT(count == 9 && image[0] == 7.0);
}

CU_TestInfo cph_tests_scan_clean[] = {
    {"weak sources come out from under strong ones", weak_sources_come_out_from_under_strong_ones},
    {"views share directions, not fluxes", views_share_directions_not_fluxes},
    {"normalised fluxes are shares of the power", normalised_fluxes_are_shares_of_the_power},
    {"a line is cleaned along itself", a_line_is_cleaned_along_itself},
    {"what cannot be cleaned", what_cannot_be_cleaned},
    CU_TEST_INFO_NULL,
};
