/* SPDX-License-Identifier: MIT */
/* Directions from exact covariances, and what is refused. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cophase/scan.h"
#include "kernels/core/c64.h"
#include "tests/unit/doa_rig.h"

enum { GRID = 101 };

/* A plane that no lattice fits, with a third dimension: 17 elements on a spiral. */
static void make_spiral(doa_rig *rig)
{
    cph_array array;
    CU_ASSERT_EQUAL_FATAL(cph_array_ula(17, DOA_WAVELENGTH_M, &array), CPH_OK);
    doa_rig_make(rig, &array);
    for (size_t i = 0; i < rig->n; i++) {
        const double turn = 2.4 * (double)i, reach = 0.4 * sqrt((double)i + 0.3);
        rig->position[i][0] = DOA_WAVELENGTH_M * (reach * cos(turn) + 3.0);
        rig->position[i][1] = DOA_WAVELENGTH_M * reach * sin(turn);
        rig->position[i][2] = DOA_WAVELENGTH_M * 0.35 * (double)(i % 3);
    }
}

/* Unlike each other in size and phase. */
static void make_gains(doa_rig *rig)
{
    for (size_t i = 0; i < rig->n; i++)
        rig->gain[i] = (cph_c64){(1.0 + 0.07 * (double)(i % 5)) * cos(1.9 * (double)(i * i)),
                                 (1.0 + 0.07 * (double)(i % 5)) * sin(1.9 * (double)(i * i))};
}

/* ---- without a search ---- */

static void root_music_and_esprit_on_a_line(void)
{
    doa_rig rig;
    double found[DOA_S * 3];
    size_t count = 0;
    doa_rig_line(&rig, 10);
    make_gains(&rig);
    doa_rig_add(&rig, 0.31, 0.0, 100.0);
    doa_rig_add(&rig, 0.11, 0.0, 40.0);
    doa_rig_add(&rig, -0.72, 0.0, 2.0);
    for (int broken = 0; broken < 2; broken++) {
        rig.flag[3] = broken != 0;
        cph_doa *doa = doa_rig_decompose(&rig, 0.0);
        CU_ASSERT_EQUAL(cph_doa_root_music(doa, 3, found, &count, NULL), CPH_OK);
        CU_ASSERT_EQUAL(count, 3);
        CU_ASSERT(doa_rig_worst(&rig, found, count) < 1e-7);
        for (cph_doa_fit fit = 0; fit < CPH_DOA_FITS; fit++) {
            count = 0;
            CU_ASSERT_EQUAL(cph_doa_esprit(doa, 3, fit, found, &count, NULL), CPH_OK);
            CU_ASSERT_EQUAL(count, 3);
            CU_ASSERT(doa_rig_worst(&rig, found, count) < 1e-10);
        }
        cph_doa_destroy(doa);
    }
}

/* A line that runs along -y, its first element the furthest: u = 0, v as it is. */
static void a_line_the_other_way_round(void)
{
    doa_rig rig;
    double found[DOA_S * 3];
    size_t count = 0;
    doa_rig_line(&rig, 9);
    for (size_t i = 0; i < rig.n; i++) {
        rig.position[i][1] = -rig.position[i][0];
        rig.position[i][0] = 0.2;
    }
    doa_rig_add(&rig, 0.0, 0.4, 10.0);
    doa_rig_add(&rig, 0.0, -0.15, 20.0);
    cph_doa *doa = doa_rig_decompose(&rig, 0.0);
    CU_ASSERT_EQUAL(cph_doa_root_music(doa, 2, found, &count, NULL), CPH_OK);
    CU_ASSERT(count == 2 && doa_rig_worst(&rig, found, count) < 1e-7);
    CU_ASSERT_EQUAL(cph_doa_esprit(doa, 2, CPH_DOA_TOTAL_LEAST_SQUARES, found, &count, NULL),
                    CPH_OK);
    CU_ASSERT(count == 2 && doa_rig_worst(&rig, found, count) < 1e-10);
    cph_doa_destroy(doa);
}

/* Sources that share u or v are paired right only by their own eigenvectors. */
static void esprit_pairs_on_planes(void)
{
    doa_rig rig;
    double found[DOA_S * 3];
    for (int kind = 0; kind < 2; kind++) {
        cph_array array;
        const cph_status status = kind == 0 ? cph_array_ura(6, 5, 0.5 * DOA_WAVELENGTH_M, &array)
                                            : cph_array_tri(37, 0.5 * DOA_WAVELENGTH_M, &array);
        CU_ASSERT_EQUAL_FATAL(status, CPH_OK);
        doa_rig_make(&rig, &array);
        make_gains(&rig);
        rig.flag[4] = 1;
        doa_rig_add(&rig, 0.3, 0.1, 10.0);
        doa_rig_add(&rig, 0.3, -0.45, 7.0);
        doa_rig_add(&rig, -0.2, 0.1, 3.0);
        doa_rig_add(&rig, -0.61, 0.52, 5.0);
        cph_doa *doa = doa_rig_decompose(&rig, 0.0);
        for (cph_doa_fit fit = 0; fit < CPH_DOA_FITS; fit++) {
            size_t count = 0;
            CU_ASSERT_EQUAL(cph_doa_esprit(doa, 4, fit, found, &count, NULL), CPH_OK);
            CU_ASSERT_EQUAL(count, 4);
            CU_ASSERT(doa_rig_worst(&rig, found, count) < 1e-10);
        }
        cph_doa_destroy(doa);
    }
}

/* ---- spectra ---- */

static void music_and_ml_are_exact_on_any_array(void)
{
    doa_rig rig;
    double found[DOA_S * 3];
    size_t count = 0, steps = 0;
    make_spiral(&rig);
    make_gains(&rig);
    rig.flag[6] = 1;
    doa_rig_add(&rig, 0.35, -0.21, 9.0);
    doa_rig_add(&rig, -0.28, 0.44, 4.0);
    cph_doa *doa = doa_rig_decompose(&rig, 0.0);
    const cph_doa_spectrum music = {.method = CPH_DOA_MUSIC, .sources = 2};
    CU_ASSERT_EQUAL(cph_doa_search(doa, &music, GRID, 0.98, 2, found, &count, NULL), CPH_OK);
    CU_ASSERT_EQUAL(count, 2);
    CU_ASSERT(doa_rig_worst(&rig, found, count) < 1e-10);
    const cph_doa_ml_config ml = {.sources = 2, .grid = GRID, .radius = 0.98};
    memset(found, 0, sizeof found);
    CU_ASSERT_EQUAL(cph_doa_ml(doa, &ml, found, &steps, NULL), CPH_OK);
    CU_ASSERT(doa_rig_worst(&rig, found, 2) < 1e-9);
    CU_ASSERT(steps > 0);
    /* from places near by */
    const cph_doa_ml_config from = {.sources = 2, .starts = 2};
    for (size_t s = 0; s < 2; s++)
        CU_ASSERT_EQUAL(cph_direction_from_uv(rig.direction[s][0] + 0.03,
                                              rig.direction[s][1] - 0.02, found + 3 * s),
                        CPH_OK);
    CU_ASSERT_EQUAL(cph_doa_ml(doa, &from, found, NULL, NULL), CPH_OK);
    CU_ASSERT(doa_rig_worst(&rig, found, 2) < 1e-9);
    cph_doa_destroy(doa);
}

/* One source alone: Bartlett shows P + s2 / |v|^2 there, Capon too, MUSIC a pole. */
static void spectra_of_one_source(void)
{
    static double image[3][GRID * GRID];
    static const double tolerance[2] = {1e-5, 1e-3};
    doa_rig rig;
    make_spiral(&rig);
    make_gains(&rig);
    /* a grid point: 70 and 40 of 101 */
    doa_rig_add(&rig, 0.4, -0.2, 3.0);
    double norm = 0.0;
    for (size_t i = 0; i < rig.n; i++)
        norm += cph_c64_power(rig.gain[i]);
    cph_doa *doa = doa_rig_decompose(&rig, 0.0);
    for (cph_doa_method m = 0; m < CPH_DOA_METHODS; m++) {
        const cph_doa_spectrum spectrum = {.method = m, .sources = 1};
        const size_t top = (size_t)40 * GRID + 70;
        double found[3];
        size_t count = 0;
        CU_ASSERT_EQUAL(cph_doa_image(doa, &spectrum, GRID, 0.98, false, image[m], NULL), CPH_OK);
        for (size_t i = 0; i < (size_t)GRID * GRID; i++)
            CU_ASSERT(!(image[m][i] > image[m][top]));
        CU_ASSERT(isnan(image[m][0]));
        if (m == CPH_DOA_MUSIC) {
            CU_ASSERT(image[m][top] > 1e8);
        } else {
            CU_ASSERT_DOUBLE_EQUAL(image[m][top], 3.0 + 1.0 / norm, tolerance[m]);
        }
        CU_ASSERT_EQUAL(cph_doa_search(doa, &spectrum, GRID, 0.98, 1, found, &count, NULL), CPH_OK);
        CU_ASSERT(count == 1 && doa_rig_worst(&rig, found, 1) < 1e-8);
        /* added to what is there */
        CU_ASSERT_EQUAL(cph_doa_image(doa, &spectrum, GRID, 0.98, true, image[m], NULL), CPH_OK);
        if (m == CPH_DOA_BARTLETT) {
            CU_ASSERT_DOUBLE_EQUAL(image[m][top], 6.0 + 2.0 / norm, 2e-5);
        }
    }
    cph_doa_destroy(doa);
}

static void a_line_is_searched_along_itself(void)
{
    double value[401], found[DOA_S * 3];
    doa_rig rig;
    size_t count = 0;
    double axis[3];
    doa_rig_line(&rig, 10);
    doa_rig_add(&rig, 0.455, 0.0, 100.0);
    doa_rig_add(&rig, -0.3, 0.0, 10.0);
    cph_doa *doa = doa_rig_decompose(&rig, 0.0);
    CU_ASSERT_FATAL(cph_doa_line(doa, axis));
    CU_ASSERT_DOUBLE_EQUAL(axis[0], 1.0, 1e-12);
    CU_ASSERT_EQUAL(cph_doa_grid(doa), 201);
    const cph_doa_spectrum capon = {.method = CPH_DOA_CAPON};
    CU_ASSERT_EQUAL(cph_doa_line_spectrum(doa, &capon, 401, 0.98, value, NULL), CPH_OK);
    CU_ASSERT(isnan(value[0]) && isnan(value[400]));
    for (size_t i = 5; i < 396; i++)
        CU_ASSERT(value[i] <= value[291]); /* 0.455 */
    const cph_doa_spectrum music = {.method = CPH_DOA_MUSIC, .sources = 2};
    CU_ASSERT_EQUAL(cph_doa_search(doa, &music, 201, 0.98, 2, found, &count, NULL), CPH_OK);
    CU_ASSERT(count == 2 && doa_rig_worst(&rig, found, count) < 1e-10);
    CU_ASSERT_DOUBLE_EQUAL(found[1], 0.0, 1e-12);
    cph_doa_destroy(doa);
}

/* Bartlett's image of one covariance is the scan's, but for the diagonal that the scan leaves
 * out. */
static void bartlett_is_the_scan(void)
{
    static double image[GRID * GRID], scan[GRID * GRID];
    doa_rig rig;
    make_spiral(&rig);
    doa_rig_add(&rig, 0.4, -0.2, 3.0);
    cph_doa *doa = doa_rig_decompose(&rig, 0.0);
    const cph_doa_spectrum bartlett = {.method = CPH_DOA_BARTLETT};
    const cph_scan_config config = {.elements = rig.n,
                                    .position = rig.position[0],
                                    .freq_hz = DOA_FREQ_HZ,
                                    .grid = GRID,
                                    .radius = 0.9};
    CU_ASSERT_EQUAL(cph_doa_image(doa, &bartlett, GRID, 0.9, false, image, NULL), CPH_OK);
    CU_ASSERT_EQUAL(cph_scan_image(&config, rig.r, rig.n, NULL, NULL, false, false, scan), CPH_OK);
    for (size_t i = 0; i < (size_t)GRID * GRID; i++) {
        CU_ASSERT_EQUAL(isnan(image[i]), isnan(scan[i]));
        if (!isnan(scan[i])) {
            CU_ASSERT_DOUBLE_EQUAL(image[i], scan[i] + 4.0 / (double)rig.n, 2e-5);
        }
    }
    cph_doa_destroy(doa);
}

/* ---- coherent sources, and how many ---- */

static void ml_parts_coherent_sources(void)
{
    doa_rig rig;
    double found[DOA_S * 3] = {0};
    cph_doa_estimate estimate[2];
    double noise = 0.0;
    size_t count = 7;
    doa_rig_line(&rig, 10);
    doa_rig_add(&rig, 0.2, 0.0, 10.0);
    doa_rig_add(&rig, -0.2, 0.0, 5.0);
    rig.power[1] = (cph_c64){0.6 * sqrt(50.0), 0.8 * sqrt(50.0)};
    rig.power[2] = cph_c64_conj(rig.power[1]);
    cph_doa *doa = doa_rig_decompose(&rig, 200.0);
    CU_ASSERT_EQUAL(cph_doa_count(doa, CPH_DOA_MDL, &count, NULL), CPH_OK);
    CU_ASSERT_EQUAL(count, 1);
    const cph_doa_ml_config ml = {.sources = 2, .radius = 0.98};
    CU_ASSERT_EQUAL(cph_doa_ml(doa, &ml, found, NULL, NULL), CPH_OK);
    CU_ASSERT(doa_rig_worst(&rig, found, 2) < 1e-8);
    CU_ASSERT_EQUAL(cph_doa_judge(doa, 2, found, estimate, &noise, NULL), CPH_OK);
    CU_ASSERT_DOUBLE_EQUAL(noise, 1.0, 1e-10);
    CU_ASSERT_DOUBLE_EQUAL(estimate[0].correlation, 1.0, 1e-6);
    for (size_t s = 0; s < 2; s++) {
        double off;
        const size_t is = doa_rig_nearest(&rig, found + 3 * s, &off);
        CU_ASSERT_DOUBLE_EQUAL(estimate[s].power, is == 0 ? 10.0 : 5.0, 1e-6);
        CU_ASSERT_DOUBLE_EQUAL(estimate[s].snr, is == 0 ? 10.0 : 5.0, 1e-6);
    }
    cph_doa_destroy(doa);
}

static void sources_are_counted(void)
{
    enum { K = 300, SEED = 11 };
    doa_rig rig;
    cph_random random;
    doa_rig_line(&rig, 8);
    doa_rig_add(&rig, 0.5, 0.0, 10.0);
    doa_rig_add(&rig, -0.1, 0.0, 1.0);
    printf("seed %d ", SEED);
    cph_random_seed(&random, SEED, 0);
    doa_rig_draw(&rig, K, &random);
    const cph_doa_config config = doa_rig_config(&rig, K);
    cph_doa *doa = NULL;
    size_t count[2] = {0, 0}, live = 0;
    CU_ASSERT_EQUAL_FATAL(cph_doa_create(&config, &doa, NULL), CPH_OK);
    CU_ASSERT_EQUAL(cph_doa_count(doa, CPH_DOA_MDL, &count[0], NULL), CPH_OK);
    CU_ASSERT_EQUAL(cph_doa_count(doa, CPH_DOA_AIC, &count[1], NULL), CPH_OK);
    CU_ASSERT_EQUAL(count[0], 2);
    CU_ASSERT(count[1] >= 2 && count[1] <= 4);
    const double *value = cph_doa_eigenvalues(doa, &live);
    CU_ASSERT_EQUAL(live, 8);
    for (size_t k = 1; k < live; k++)
        CU_ASSERT(value[k] <= value[k - 1]);
    CU_ASSERT(value[0] > 70.0 && value[2] < 2.0);
    cph_doa_destroy(doa);
}

/* Noise powers that differ are taken out: directions stay exact. */
static void unequal_noise_is_whitened(void)
{
    doa_rig rig;
    double found[DOA_S * 3], noise[DOA_N];
    size_t count = 0;
    make_spiral(&rig);
    make_gains(&rig);
    doa_rig_add(&rig, 0.4, -0.2, 3.0);
    doa_rig_add(&rig, -0.4, -0.3, 1.0);
    doa_rig_exact(&rig);
    for (size_t i = 0; i < rig.n; i++) {
        noise[i] = 1.0 + 3.0 * (double)(i % 4);
        rig.r[i * rig.n + i].re += noise[i] - 1.0;
    }
    cph_doa_config config = doa_rig_config(&rig, 0.0);
    const cph_doa_spectrum music = {.method = CPH_DOA_MUSIC, .sources = 2};
    for (int told = 0; told < 2; told++) {
        cph_doa *doa = NULL;
        config.noise = told ? noise : NULL;
        CU_ASSERT_EQUAL_FATAL(cph_doa_create(&config, &doa, NULL), CPH_OK);
        CU_ASSERT_EQUAL(cph_doa_search(doa, &music, GRID, 0.98, 2, found, &count, NULL), CPH_OK);
        CU_ASSERT_EQUAL(count, 2);
        CU_ASSERT_EQUAL(doa_rig_worst(&rig, found, count) < 1e-9, told == 1);
        cph_doa_destroy(doa);
    }
}

/* Fewer snapshots than elements: Capon says to load, and then does. */
static void capon_wants_loading(void)
{
    enum { SEED = 3, K = 6 };
    static double image[101 * 101];
    doa_rig rig;
    cph_random random;
    cph_doa *doa = NULL;
    cph_error error = {.message = ""};
    cph_array array;
    CU_ASSERT_EQUAL_FATAL(cph_array_ura(5, 4, 0.5 * DOA_WAVELENGTH_M, &array), CPH_OK);
    doa_rig_make(&rig, &array);
    doa_rig_add(&rig, 0.2, -0.4, 10.0);
    printf("seed %d ", SEED);
    cph_random_seed(&random, SEED, 0);
    doa_rig_draw(&rig, K, &random);
    const cph_doa_config config = doa_rig_config(&rig, K);
    CU_ASSERT_EQUAL_FATAL(cph_doa_create(&config, &doa, NULL), CPH_OK);
    cph_doa_spectrum capon = {.method = CPH_DOA_CAPON};
    image[0] = 7.0;
    CU_ASSERT_EQUAL(cph_doa_image(doa, &capon, 101, 0.98, false, image, &error), CPH_ERR_SINGULAR);
    CU_ASSERT_PTR_NOT_NULL(strstr(error.message, "load it"));
    CU_ASSERT_EQUAL(image[0], 7.0);
    capon.loading = 0.1;
    double found[3];
    size_t count = 0;
    CU_ASSERT_EQUAL(cph_doa_search(doa, &capon, 101, 0.98, 1, found, &count, NULL), CPH_OK);
    CU_ASSERT(count == 1 && doa_rig_worst(&rig, found, 1) < 0.05);
    cph_doa_destroy(doa);
}

CU_TestInfo cph_tests_doa[] = {
    {"root-MUSIC and ESPRIT on a line", root_music_and_esprit_on_a_line},
    {"a line the other way round", a_line_the_other_way_round},
    {"ESPRIT pairs on planes", esprit_pairs_on_planes},
    {"MUSIC and ML are exact on any array", music_and_ml_are_exact_on_any_array},
    {"spectra of one source", spectra_of_one_source},
    {"a line is searched along itself", a_line_is_searched_along_itself},
    {"Bartlett is the scan", bartlett_is_the_scan},
    {"ML parts coherent sources", ml_parts_coherent_sources},
    {"sources are counted", sources_are_counted},
    {"unequal noise is whitened", unequal_noise_is_whitened},
    {"Capon wants loading", capon_wants_loading},
    CU_TEST_INFO_NULL,
};
