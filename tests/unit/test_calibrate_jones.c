/* SPDX-License-Identifier: MIT */
/* What `cophase calibrate --method jones` makes of a file with inputs X and Y. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/calibrate_method.h"
#include "jones_files.h"

enum { ANTENNAS = JONES_ANTENNAS, INPUTS = JONES_PAIRED };

/* Calibrates the file `path`; the command line's sources are those of f. */
typedef struct bench {
    const char *path, *model;
    cph_input input;
    cph_calibrated made;
    cph_calibrate_options o;
    cph_direction word[JONES_SKY];
    double flux[JONES_SKY], stokes[3 * JONES_SKY];
} bench;

static cph_exit calibrate(const jones_files *f, bench *b)
{
    cph_error error;
    b->o = (cph_calibrate_options){.cli = {.name = "cophase test",
                                           .input = b->path,
                                           .quiet = true,
                                           .json = true,
                                           .max_memory = (size_t)64 << 20},
                                   .sources = f->sources,
                                   .direction = b->word,
                                   .flux = b->flux,
                                   .stokes = b->stokes,
                                   .model_path = b->model,
                                   .reference = SIZE_MAX,
                                   .weak_below = -1.0};
    for (size_t s = 0; s < f->sources; s++) {
        b->word[s] = (cph_direction){
            .kind = CPH_DIRECTION_UV, .angle = {f->u[s][0], f->u[s][1]}, .text = "a"};
        b->flux[s] = f->stokes[s][0];
        for (size_t k = 0; k < 3; k++)
            b->stokes[3 * s + k] = f->stokes[s][1 + k] / f->stokes[s][0];
    }
    CU_ASSERT_EQUAL_FATAL(cph_calibrate_method_find("jones", &b->o.method, &error), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_input_open(&b->o.cli, b->o.method->input, &b->input), CPH_EXIT_DONE);
    return cph_calibrate_solve(&b->o, &b->input, &b->made);
}

static void bench_close(bench *b)
{
    cph_calibrated_free(&b->made);
    cph_input_close(&b->input);
}

static const json_t *told(const bench *b, size_t side, const char *key)
{
    return json_object_get(b->made.row[side].extra, key);
}

static void diagonals_and_leakages_are_told(void)
{
    jones_files f = jones_files_unpolarised();
    bench b = {.path = fixture_path("jones.h5")};
    f.alone = true;
    jones_files_write(&f, b.path);
    CU_ASSERT_EQUAL_FATAL(calibrate(&f, &b), CPH_EXIT_DONE);
    const cph_calibration *const c = &b.made.calibration;
    CU_ASSERT_EQUAL_FATAL(c->array.elements, INPUTS);
    CU_ASSERT_STRING_EQUAL(c->gauge, "mean phase 0, |g| by given powers");
    for (size_t side = 0; side < 2; side++) {
        const json_t *const list = told(&b, side, "leakage");
        CU_ASSERT_EQUAL_FATAL(json_array_size(list), ANTENNAS - 1);
        CU_ASSERT_STRING_EQUAL(json_string_value(told(&b, side, "open_names")),
                               "overall phase, X-Y phase, rotation, ellipticity");
        CU_ASSERT(json_is_null(told(&b, side, "xy_phase_deg")));
        CU_ASSERT(json_is_null(told(&b, side, "xy_phase_sigma_deg")));
        CU_ASSERT(json_is_false(told(&b, side, "xy_phase_determined")));
        CU_ASSERT_PTR_NOT_NULL(strstr(b.made.row[side].line, "; X-Y phase not determined; "));
        double complex turn = 0.0;
        for (size_t n = 0, k = 0; n < ANTENNAS; n++) {
            const size_t i = 2 * n + side;
            if (n == JONES_ALONE) {
                CU_ASSERT_EQUAL(c->flag[i], CPH_FLAG_UNSOLVED);
                CU_ASSERT(isnan(c->gain[i].re));
                CU_ASSERT(isnan(c->leakage[i].re) && isnan(c->leakage[i].im));
                CU_ASSERT(isnan(c->leakage_sigma[i]));
                continue;
            }
            const json_t *const one = json_array_get(list, k++);
            const double complex d = c->leakage[i].re + I * c->leakage[i].im,
                                 truth = jones_files_leakage(i);
            CU_ASSERT_EQUAL(json_number_value(json_object_get(one, "re")), creal(d));
            CU_ASSERT_EQUAL(json_number_value(json_object_get(one, "im")), cimag(d));
            CU_ASSERT_EQUAL(json_integer_value(json_object_get(one, "number")), 1 + (json_int_t)n);
            CU_ASSERT(isfinite(c->leakage_sigma[i]));
            CU_ASSERT_EQUAL(json_number_value(json_object_get(one, "sigma")), c->leakage_sigma[i]);
            /* Phases are the gauge's: one for all leakages of a side. */
            const double complex g = (c->gain[i].re + I * c->gain[i].im) / jones_files_row(i, side);
            CU_ASSERT(fabs(cabs(g) - 1.0) < 1e-5);
            CU_ASSERT(fabs(cabs(d) - cabs(truth)) < 1e-5);
            if (turn == 0.0)
                turn = d / truth;
            CU_ASSERT(cabs(d / truth - turn) < 1e-3);
        }
    }
    CU_ASSERT_DOUBLE_EQUAL(b.made.row[0].found.explained_after, 1.0, 1e-9);
    bench_close(&b);
}

/* Mean over antennas of the phase of Y, less that of X. */
static double xy_of_truth(void)
{
    double sum = 0.0;
    for (size_t n = 0; n < ANTENNAS; n++)
        sum += carg(jones_files_row(2 * n + 1, 1)) - carg(jones_files_row(2 * n, 0));
    return sum / ANTENNAS;
}

/* The polarised sky leaves the overall phase open alone: J is the truth times one factor. Single
 * precision of the file: 1e-7 of powers. */
static void check_truth(const bench *b)
{
    const cph_calibration *const c = &b->made.calibration;
    const double complex turn = (c->gain[3].re + I * c->gain[3].im) / jones_files_row(3, 1);
    CU_ASSERT(fabs(cabs(turn) - 1.0) < 1e-5);
    for (size_t i = 0; i < INPUTS; i++) {
        const double complex g = c->gain[i].re + I * c->gain[i].im,
                             d = c->leakage[i].re + I * c->leakage[i].im;
        CU_ASSERT(cabs(g - turn * jones_files_row(i, i % 2)) < 1e-5);
        CU_ASSERT(cabs(d - jones_files_leakage(i)) < 1e-5);
    }
    for (size_t side = 0; side < 2; side++) {
        CU_ASSERT_STRING_EQUAL(json_string_value(told(b, side, "open_names")), "overall phase");
        CU_ASSERT_DOUBLE_EQUAL(json_number_value(told(b, side, "xy_phase_deg")),
                               xy_of_truth() * 180.0 / M_PI, 1e-3);
        CU_ASSERT(json_number_value(told(b, side, "xy_phase_sigma_deg")) > 0.0);
        CU_ASSERT(json_is_true(told(b, side, "xy_phase_determined")));
        CU_ASSERT_PTR_NOT_NULL(strstr(b->made.row[side].line, " deg, standard error "));
    }
}

static void polarised_sources_determine_the_xy_phase(void)
{
    const jones_files f = jones_files_polarised();
    bench b = {.path = fixture_path("jones-polarised.h5")};
    jones_files_write(&f, b.path);
    CU_ASSERT_EQUAL_FATAL(calibrate(&f, &b), CPH_EXIT_DONE);
    check_truth(&b);
    CU_ASSERT_STRING_EQUAL(b.made.calibration.gauge,
                           "mean phase 0, X-Y by the sky, |g| by given powers");
    bench_close(&b);
}

/* Two sources in the model, one on the command line; then a model alone. */
static void model_file_does_what_sources_do(void)
{
    jones_files f = jones_files_polarised(), sky = f, rest = f;
    bench b = {.path = fixture_path("jones-modelled.h5"), .model = fixture_path("jones-sky.h5")};
    jones_files_write(&f, b.path);
    sky.plain = true;
    sky.sources = 2;
    jones_files_write(&sky, b.model);
    rest.sources = 1;
    memcpy(rest.u[0], f.u[2], sizeof rest.u[0]);
    memcpy(rest.stokes[0], f.stokes[2], sizeof rest.stokes[0]);
    CU_ASSERT_EQUAL_FATAL(calibrate(&rest, &b), CPH_EXIT_DONE);
    check_truth(&b);
    CU_ASSERT_STRING_EQUAL(b.made.calibration.gauge,
                           "mean phase 0, X-Y by the sky, |g| by the model");
    bench_close(&b);
    sky.sources = JONES_SKY;
    jones_files_write(&sky, b.model);
    rest.sources = 0;
    CU_ASSERT_EQUAL_FATAL(calibrate(&rest, &b), CPH_EXIT_DONE);
    check_truth(&b);
    bench_close(&b);
}

static void one_polarisation_determines_nothing(void)
{
    jones_files f = jones_files_polarised();
    bench b = {.path = fixture_path("jones-one.h5")};
    for (size_t s = 0; s < f.sources; s++)
        memcpy(f.stokes[s], (double[4]){1.0, 0.0, 0.6, -0.8}, sizeof f.stokes[s]);
    jones_files_write(&f, b.path);
    CU_ASSERT_EQUAL(calibrate(&f, &b), CPH_EXIT_INPUT);
    CU_ASSERT_PTR_NOT_NULL(strstr(b.made.row[0].error.message, "one polarisation"));
    bench_close(&b);
}

/* Sources of the command line, then those of a table, whose columns u and v are directions. */
static void stokes_parameters_are_read(void)
{
    static const double expected[9] = {0.1, 0.0, -0.2, 0.0, 0.0, 0.0, 0.0, -0.3, 0.5};
    const char *const table = fixture_path("jones-sources.csv");
    FILE *const file = fopen(table, "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    fputs("u,v,flux,v_over_i,u_over_i\n0.1,0.2,3,,\n-0.1,0.3,-3dB,0.5,-0.3\n", file);
    fclose(file);
    char *argv[] = {"calibrate", "in.h5",       "--method",
                    "jones",     "--source",    "azel:20,10,flux=2,v_over_i=-0.2,q_over_i=0.1",
                    "--sources", (char *)table, "-o",
                    "out.h5",    NULL};
    cph_calibrate_options o;
    CU_ASSERT_EQUAL_FATAL(cph_calibrate_parse(10, argv, &o), CPH_EXIT_DONE);
    CU_ASSERT_EQUAL_FATAL(o.sources, 3);
    CU_ASSERT(o.polarised);
    CU_ASSERT_EQUAL(memcmp(o.stokes, expected, sizeof expected), 0);
    CU_ASSERT_EQUAL(o.direction[2].angle[1], 0.3);
    CU_ASSERT_DOUBLE_EQUAL(o.flux[2], 0.501187, 1e-6);
    cph_calibrate_options_free(&o);
}

static void inputs_without_pairs_are_refused(void)
{
    jones_files f = jones_files_unpolarised();
    bench b = {.path = fixture_path("jones-apart.h5")};
    f.apart = true;
    jones_files_write(&f, b.path);
    CU_ASSERT_EQUAL(calibrate(&f, &b), CPH_EXIT_INPUT);
    bench_close(&b);
}

CU_TestInfo cph_tests_calibrate_jones[] = {
    {"diagonals and leakages are told", diagonals_and_leakages_are_told},
    {"polarised sources determine the X-Y phase", polarised_sources_determine_the_xy_phase},
    {"a model file does what sources do", model_file_does_what_sources_do},
    {"one polarisation determines nothing", one_polarisation_determines_nothing},
    {"Stokes parameters are read", stokes_parameters_are_read},
    {"inputs without pairs are refused", inputs_without_pairs_are_refused},
    CU_TEST_INFO_NULL};
