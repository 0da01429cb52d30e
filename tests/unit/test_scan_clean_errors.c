/* SPDX-License-Identifier: MIT */
/* Standard errors of CLEAN's sources, against the errors of many drawn covariances. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cophase/scan.h"
#include "kernels/core/c64.h"
#include "tests/unit/doa_rig.h"
#include "tests/unit/seeds.h"

enum { GRID = 41, SOURCES = 2, VIEWS = 2, SAMPLES = 400, SEEDS = 200 };

/* u, v, flux: one above the noise, one below it and in the sidelobes of the other. */
static const double sky[SOURCES][3] = {{0.313, -0.107, 2.0}, {-0.247, 0.391, 0.5}};
static const cph_scan_config config = {.freq_hz = DOA_FREQ_HZ, .grid = GRID, .radius = 0.98};

/* A spiral without symmetry; of gains that differ by up to 3 dB, unless they are to be of size 1,
 * as normalising makes those of elements that differ in noise differ, too. */
static void make_rig(doa_rig *rig, double heard, bool even)
{
    cph_array array;
    CU_ASSERT_EQUAL_FATAL(cph_array_ula(20, DOA_WAVELENGTH_M, &array), CPH_OK);
    doa_rig_make(rig, &array);
    for (size_t i = 0; i < rig->n; i++) {
        const double turn = 2.4 * (double)i, reach = 0.6 * sqrt((double)i + 0.3);
        const double size = even ? 1.0 : 1.0 + 0.1 * (double)(i % 5), phase = 1.9 * (double)(i * i);
        rig->position[i][0] = DOA_WAVELENGTH_M * (reach * cos(turn) + 2.0);
        rig->position[i][1] = DOA_WAVELENGTH_M * 0.8 * reach * sin(turn);
        rig->gain[i].re = size * cos(phase);
        rig->gain[i].im = size * sin(phase);
    }
    rig->flag[5] = 1;
    for (size_t s = 0; s < SOURCES; s++)
        doa_rig_add(rig, sky[s][0], sky[s][1], heard * sky[s][2]);
}

static cph_scan_view view_of(const doa_rig *rig, bool normalise)
{
    return (cph_scan_view){.elements = rig->n,
                           .position = rig->position[0],
                           .r = rig->r,
                           .ld = rig->n,
                           .gain = rig->gain,
                           .flag = rig->flag,
                           .normalise = normalise,
                           .samples = SAMPLES};
}

/* d^T C^-1 d of two errors d. */
static double chi2_of(const double c[3], const double d[2])
{
    const double determinant = c[0] * c[2] - c[1] * c[1];
    return (c[2] * d[0] * d[0] - 2.0 * c[1] * d[0] * d[1] + c[0] * d[1] * d[1]) / determinant;
}

static const double share[VIEWS] = {1.0, 0.4};

/* Of all views; normalised, of an element's power, noise 1 and all sources. */
static double true_flux(size_t views, bool normalise, size_t s)
{
    double sum = 0.0;
    for (size_t v = 0; v < views; v++) {
        const double power = 1.0 + share[v] * (sky[0][2] + sky[1][2]);
        sum += share[v] * sky[s][2] / (normalise ? power : 1.0);
    }
    return sum;
}

/* Mean over seeds of what should be 1: squared errors of directions, of fluxes, over what is said.
 */
static void measure(size_t views, bool normalise, double *direction, double *flux)
{
    static double image[GRID * GRID];
    static doa_rig rig[VIEWS];
    const size_t seeds = test_seeds(SEEDS);
    cph_random random;
    cph_random_seed(&random, 7101, views);
    double sums[2] = {0.0, 0.0};
    for (size_t v = 0; v < views; v++)
        make_rig(&rig[v], share[v], normalise);
    for (size_t seed = 0; seed < seeds; seed++) {
        cph_scan_view view[VIEWS];
        cph_scan_source source[SOURCES];
        size_t count = 0;
        for (size_t v = 0; v < views; v++) {
            doa_rig_draw(&rig[v], SAMPLES, &random);
            view[v] = view_of(&rig[v], normalise);
        }
        CU_ASSERT_EQUAL_FATAL(cph_scan_clean(&config, views, view, SOURCES, source, &count, image),
                              CPH_OK);
        CU_ASSERT_EQUAL_FATAL(count, SOURCES);
        for (size_t s = 0; s < SOURCES; s++) {
            const double off[2] = {source[s].direction[0] - sky[s][0],
                                   source[s].direction[1] - sky[s][1]};
            const double error = source[s].flux - true_flux(views, normalise, s);
            sums[0] += 0.5 * chi2_of(source[s].covariance, off);
            sums[1] += pow(error / source[s].flux_sigma, 2.0);
        }
    }
    *direction = sums[0] / (double)(seeds * SOURCES);
    *flux = sums[1] / (double)(seeds * SOURCES);
}

/* 2 SOURCES seeds squares of unit variance: their mean is within 4.5 sqrt(2 / number) of 1 but once
 * in 10^5, taking both sources for one another's echo, so that they count once. */
static void errors_are_what_is_said(void)
{
    static const struct {
        const char *name;
        size_t views;
        bool normalise;
    } rows[] = {{"as they are", 1, false}, {"normalised", 1, true}, {"two views", 2, true}};
    const double seeds = (double)test_seeds(SEEDS);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        double direction, flux;
        measure(rows[i].views, rows[i].normalise, &direction, &flux);
        printf("\n    %s: chi2 of directions %.3f, of fluxes %.3f\n    ", rows[i].name, direction,
               flux);
        CU_ASSERT(fabs(direction - 1.0) < 4.5 * sqrt(2.0 / (2.0 * seeds)));
        CU_ASSERT(fabs(flux - 1.0) < 4.5 * sqrt(2.0 / seeds));
    }
}

/* One source at boresight, of power q over the noise in each of N elements, K samples: the
 * unconditional Cramer-Rao bound is var(u) = (1 + 1 / (N q)) / (2 K q S), S = sum (k x)^2 of
 * elements about their middle, which the fit of one source attains. */
static void one_source_attains_the_bound(void)
{
    enum { N = 16 };
    static double image[GRID * GRID];
    doa_rig rig;
    cph_array array;
    cph_scan_source source[1];
    size_t count = 0;
    const double q = 0.3, wavenumber = 2.0 * acos(-1.0) / DOA_WAVELENGTH_M;
    double spread = 0.0;
    CU_ASSERT_EQUAL_FATAL(cph_array_ura(4, 4, 0.5 * DOA_WAVELENGTH_M, &array), CPH_OK);
    doa_rig_make(&rig, &array);
    doa_rig_add(&rig, 0.0, 0.0, q);
    doa_rig_exact(&rig);
    for (size_t n = 0; n < N; n++)
        spread += pow(wavenumber * rig.position[n][0], 2.0);
    const cph_scan_view view = view_of(&rig, false);
    CU_ASSERT_EQUAL_FATAL(cph_scan_clean(&config, 1, &view, 1, source, &count, image), CPH_OK);
    const double bound = (1.0 + 1.0 / (N * q)) / (2.0 * SAMPLES * q * spread);
    CU_ASSERT_DOUBLE_EQUAL(source[0].covariance[0], bound, 1e-6 * bound);
    CU_ASSERT_DOUBLE_EQUAL(source[0].covariance[2], bound, 1e-6 * bound);
    CU_ASSERT_DOUBLE_EQUAL(source[0].covariance[1], 0.0, 1e-6 * bound);
    CU_ASSERT_DOUBLE_EQUAL(source[0].sigma, sqrt(bound), 1e-6 * sqrt(bound));
}

static void without_samples_nothing_is_said(void)
{
    static double image[GRID * GRID];
    static doa_rig rig;
    cph_scan_source source[SOURCES];
    size_t count = 0;
    make_rig(&rig, 1.0, false);
    doa_rig_exact(&rig);
    for (size_t n = 0; n < rig.n; n++)
        rig.r[n * rig.n + n] = (cph_c64){(double)NAN, 0.0}; /* a covariance without its diagonal */
    cph_scan_view view = view_of(&rig, false);
    view.samples = 0.0;
    CU_ASSERT_EQUAL_FATAL(cph_scan_clean(&config, 1, &view, SOURCES, source, &count, image),
                          CPH_OK);
    CU_ASSERT_EQUAL_FATAL(count, SOURCES);
    for (size_t s = 0; s < SOURCES; s++)
        CU_ASSERT(isnan(source[s].sigma) && isnan(source[s].covariance[1]) &&
                  isnan(source[s].flux_sigma) && source[s].flux > 0.4);
}

CU_TestInfo cph_tests_scan_clean_errors[] = {
    {"errors are what is said", errors_are_what_is_said},
    {"one source attains the bound", one_source_attains_the_bound},
    {"without samples nothing is said", without_samples_nothing_is_said},
    CU_TEST_INFO_NULL};
