/* SPDX-License-Identifier: MIT */
/* What `cophase calibrate --method jones` makes of a file with inputs X and Y. */
#include <complex.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/calibrate_method.h"
#include "data_fixture.h"

/* Inputs are X Y X Y ...; antenna 5 has its numbers apart, so that it is no pair. */
enum { ANTENNAS = 7, INPUTS = 2 * ANTENNAS, ENTRIES = INPUTS * INPUTS, ALONE = 5, SOURCES = 1 };
static const double freq = 11.7e9, source[3] = {0.6, 0.0, 0.8}; /* of fixture_header */

/* Leakage of an input: those of X, and of Y, add up to 0, and with them what the gauge asks for. */
static double complex leakage_of(size_t input)
{
    const size_t n = input / 2 > ALONE ? ALONE : input / 2;
    const double turn = 2.0 * M_PI * (double)n / (ANTENNAS - 1);
    return input / 2 == ALONE ? 0.0
           : input % 2 == 0   ? 0.05 * cexp(I * turn)
                              : 0.08 * cexp(-I * (2.0 * turn + 0.3));
}

static double complex row_of(size_t input, size_t column)
{
    const double x = (double)input;
    const double complex g = (1.0 + 0.3 * sin(x)) * cexp(I * sin(3.0 * x));
    return column == input % 2 ? g : g * leakage_of(input);
}

static void write_covariance(const char *path, bool pairs)
{
    cph_data_header header;
    cph_writer *writer = NULL;
    cph_error error;
    cph_c64 r[ENTRIES];
    fixture_header(CPH_KIND_COVARIANCE, CPH_C32, 1, INPUTS, &header);
    for (size_t i = 0; i < INPUTS; i++) {
        cph_element *const e = &header.array.element[i];
        e->listed = false;
        e->number = (uint32_t)(!pairs || (i / 2 == ALONE && i % 2 == 1) ? 100 + i : 1 + i / 2);
        memcpy(e->position, header.array.element[i - i % 2].position, sizeof e->position);
    }
    for (size_t k = 0; k < ENTRIES; k++) {
        const size_t p = k / INPUTS, q = k % INPUTS;
        const double *const a = header.array.element[p].position, *const b = header.array.element[q]
                                                                                 .position;
        double path_m = 0.0;
        for (size_t c = 0; c < 3; c++)
            path_m += source[c] * (a[c] - b[c]);
        const double complex z =
            (row_of(p, 0) * conj(row_of(q, 0)) + row_of(p, 1) * conj(row_of(q, 1))) *
            cexp(2.0 * M_PI * I * freq / CPH_SPEED_OF_LIGHT * path_m);
        r[k] = (cph_c64){creal(z) + (p == q ? 0.5 : 0.0), cimag(z)};
    }
    header.times = 1;
    header.time_unix_s = calloc(1, sizeof(double));
    CU_ASSERT_EQUAL_FATAL(cph_covariance_create_file(path, &header, NULL, &writer, &error), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_covariance_put(writer, 0, 0, r, &error), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_writer_commit(writer, &error), CPH_OK);
    fixture_header_free(&header);
}

static cph_exit calibrate(const char *path, cph_calibrated *made, cph_input *input)
{
    static cph_direction word;
    static double flux;
    static cph_calibrate_options o;
    cph_error error;
    word = (cph_direction){.kind = CPH_DIRECTION_UV, .angle = {source[0], source[1]}, .text = "a"};
    flux = 1.0;
    o = (cph_calibrate_options){.cli = {.name = "cophase test",
                                        .input = path,
                                        .quiet = true,
                                        .json = true,
                                        .max_memory = (size_t)64 << 20},
                                .sources = SOURCES,
                                .direction = &word,
                                .flux = &flux,
                                .reference = SIZE_MAX,
                                .weak_below = -1.0};
    CU_ASSERT_EQUAL_FATAL(cph_calibrate_method_find("jones", &o.method, &error), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_input_open(&o.cli, o.method->input, input), CPH_EXIT_DONE);
    return cph_calibrate_solve(&o, input, made);
}

static void diagonals_and_leakages_are_told(void)
{
    const char *const path = fixture_path("jones.h5");
    cph_input input;
    cph_calibrated made;
    write_covariance(path, true);
    CU_ASSERT_EQUAL_FATAL(calibrate(path, &made, &input), CPH_EXIT_DONE);
    const cph_calibration *const c = &made.calibration;
    CU_ASSERT_EQUAL_FATAL(c->array.elements, INPUTS);
    for (size_t side = 0; side < 2; side++) {
        const json_t *const list = json_object_get(made.row[side].extra, "leakage");
        CU_ASSERT_EQUAL_FATAL(json_array_size(list), ANTENNAS - 1);
        CU_ASSERT_STRING_EQUAL(
            json_string_value(json_object_get(made.row[side].extra, "open_names")),
            "overall phase, X-Y phase, rotation, ellipticity");
        double complex turn = 0.0;
        for (size_t n = 0, k = 0; n < ANTENNAS; n++) {
            const size_t i = 2 * n + side;
            if (n == ALONE) {
                CU_ASSERT_EQUAL(c->flag[i], CPH_FLAG_UNSOLVED);
                CU_ASSERT(isnan(c->gain[i].re));
                CU_ASSERT(isnan(c->leakage[i].re) && isnan(c->leakage[i].im));
                CU_ASSERT(isnan(c->leakage_sigma[i]));
                continue;
            }
            const json_t *const one = json_array_get(list, k++);
            const double complex d = c->leakage[i].re + I * c->leakage[i].im;
            CU_ASSERT_EQUAL(json_number_value(json_object_get(one, "re")), creal(d));
            CU_ASSERT_EQUAL(json_number_value(json_object_get(one, "im")), cimag(d));
            CU_ASSERT_EQUAL(json_integer_value(json_object_get(one, "number")), 1 + (json_int_t)n);
            CU_ASSERT(isfinite(c->leakage_sigma[i]));
            CU_ASSERT_EQUAL(json_number_value(json_object_get(one, "sigma")), c->leakage_sigma[i]);
            /* Phases are the gauge's: one for all leakages of a side. */
            const double complex g = (c->gain[i].re + I * c->gain[i].im) / row_of(i, side);
            CU_ASSERT(fabs(cabs(g) - 1.0) < 1e-5);
            CU_ASSERT(fabs(cabs(d) - cabs(leakage_of(i))) < 1e-5);
            if (turn == 0.0)
                turn = d / leakage_of(i);
            CU_ASSERT(cabs(d / leakage_of(i) - turn) < 1e-3);
        }
    }
    CU_ASSERT_DOUBLE_EQUAL(made.row[0].found.explained_after, 1.0, 1e-9);
    cph_calibrated_free(&made);
    cph_input_close(&input);
}

static void inputs_without_pairs_are_refused(void)
{
    const char *const path = fixture_path("jones-apart.h5");
    cph_input input;
    cph_calibrated made;
    write_covariance(path, false);
    CU_ASSERT_EQUAL(calibrate(path, &made, &input), CPH_EXIT_INPUT);
    cph_calibrated_free(&made);
    cph_input_close(&input);
}

CU_TestInfo cph_tests_calibrate_jones[] = {
    {"diagonals and leakages are told", diagonals_and_leakages_are_told},
    {"inputs without pairs are refused", inputs_without_pairs_are_refused},
    CU_TEST_INFO_NULL};
