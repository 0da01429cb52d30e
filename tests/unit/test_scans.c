/* SPDX-License-Identifier: MIT */
/* Readings of fields in front of arrays and of couplings: what is written is read, a table means
 * the same, and what is damaged is refused with the place. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cophase/readings.h"
#include "cophase/simulate.h"
#include "data_fixture.h"

static const char *write_text(const char *text)
{
    const char *path = fixture_path("scan.csv");
    FILE *file = fopen(path, "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    fputs(text, file);
    fclose(file);
    return path;
}

static void make_field(size_t rows, size_t columns, cph_near_field_readings *r)
{
    cph_array array;
    fixture_array(3, &array);
    CU_ASSERT_EQUAL_FATAL(cph_near_field_readings_create(&array, rows, columns, r), CPH_OK);
    cph_array_free(&array);
    for (size_t i = 0; i < rows * columns; i++)
        r->field[i] = (cph_c64){1.0 / (double)(i + 3), -0.1 * (double)(i * i)};
    r->truth = calloc(3, sizeof *r->truth);
    CU_ASSERT_PTR_NOT_NULL_FATAL(r->truth);
    r->truth[0] = (cph_c64){0.7, -0.2};
    r->truth[1] = (cph_c64){NAN, NAN};
    r->origin_m[0] = -0.3;
    r->origin_m[1] = 0.7;
    r->spacing_m[0] = 0.011;
    r->spacing_m[1] = 0.013;
    r->height_m = 0.1;
    r->probe_cosine = 1.5;
    r->freq_hz = 11.7e9;
    r->sigma = 0.125;
}

static void fields_come_back(void)
{
    const char *path = fixture_path("field.h5");
    cph_near_field_readings r, back;
    make_field(2, 3, &r);
    r.field[4] = (cph_c64){NAN, NAN};
    CU_ASSERT_EQUAL_FATAL(cph_near_field_readings_write(path, &r, NULL, NULL), CPH_OK);
    CU_ASSERT_EQUAL(cph_readings_kind(path), CPH_KIND_NEAR_FIELD);
    CU_ASSERT_EQUAL_FATAL(cph_near_field_readings_read(path, &back, NULL), CPH_OK);
    CU_ASSERT_EQUAL(back.array.elements, 3);
    CU_ASSERT_EQUAL(back.array.element[2].position[1], r.array.element[2].position[1]);
    CU_ASSERT(back.rows == 2 && back.columns == 3);
    for (size_t i = 0; i < 6; i++)
        CU_ASSERT(i == 4 ? isnan(back.field[i].re)
                         : memcmp(&back.field[i], &r.field[i], sizeof r.field[i]) == 0);
    CU_ASSERT_EQUAL(memcmp(back.origin_m, r.origin_m, sizeof r.origin_m), 0);
    CU_ASSERT_EQUAL(memcmp(back.spacing_m, r.spacing_m, sizeof r.spacing_m), 0);
    CU_ASSERT(back.height_m == 0.1 && back.probe_cosine == 1.5 && back.element_cosine == 0.0);
    CU_ASSERT(back.freq_hz == 11.7e9 && back.sigma == 0.125);
    CU_ASSERT(back.truth[0].im == -0.2 && isnan(back.truth[1].re));
    cph_near_field_readings_free(&back);
    cph_near_field_readings_free(&r);
}

/* Columns by their names, places in any order; one is missing. */
static void a_table_of_places(void)
{
    cph_near_field_readings r;
    const char *path = write_text("y_m;re;x_m;im # probe 2\n0.5 4 -1 40\n0.5 6 1 60\n"
                                  "0.25 1 -1 10\n\n0.25 2 0 20\n0.25 3 1 30\n");
    CU_ASSERT_EQUAL(cph_readings_kind(path), CPH_KIND_NEAR_FIELD);
    CU_ASSERT_EQUAL_FATAL(cph_near_field_readings_read(path, &r, NULL), CPH_OK);
    CU_ASSERT_FATAL(r.rows == 2 && r.columns == 3);
    CU_ASSERT(r.array.elements == 0 && isnan(r.height_m) && isnan(r.freq_hz) && r.sigma == 0.0);
    CU_ASSERT(r.origin_m[0] == -1.0 && r.origin_m[1] == 0.25);
    CU_ASSERT(r.spacing_m[0] == 1.0 && r.spacing_m[1] == 0.25);
    for (size_t i = 0; i < 6; i++)
        CU_ASSERT(i == 4 ? isnan(r.field[i].re)
                         : r.field[i].re == (double)(i + 1) &&
                               r.field[i].im == 10.0 * (double)(i + 1));
    cph_near_field_readings_free(&r);
    CU_ASSERT_EQUAL_FATAL(
        cph_near_field_readings_read(
            write_text("x_m,y_m,amplitude_db,phase_deg\n0,0,0,0\n0,0.1,-20,90\n0,0.2,20,180\n"), &r,
            NULL),
        CPH_OK);
    CU_ASSERT_FATAL(r.rows == 3 && r.columns == 1);
    CU_ASSERT(fabs(r.field[1].im - 0.1) < 1e-16 && fabs(r.field[2].re + 10.0) < 1e-14);
    CU_ASSERT(fabs(r.spacing_m[1] - 0.1) < 1e-16 && r.spacing_m[0] == r.spacing_m[1]);
    cph_near_field_readings_free(&r);
}

typedef struct fault {
    const char *text, *says;
    cph_status status;
} fault;

static void refused(const char *path, cph_status status, const char *says)
{
    cph_error error = {.status = CPH_OK};
    cph_near_field_readings r = {.rows = 99};
    CU_ASSERT_EQUAL(cph_near_field_readings_read(path, &r, &error), status);
    CU_ASSERT_EQUAL(r.rows, 99);
    CU_ASSERT_EQUAL(error.status, status);
    CU_ASSERT_PTR_NULL(strchr(error.message, '\n'));
    CU_ASSERT_PTR_NOT_NULL(strstr(error.message, path));
    if (strstr(error.message, says) == NULL)
        printf("    no \"%s\" in: %s\n", says, error.message);
    CU_ASSERT_PTR_NOT_NULL(strstr(error.message, says));
}

static void tables_that_are_none(void)
{
    static const fault faults[] = {
        {"x_m,y_m,re\n0,0,1\n", "line 1: expected either re and im", CPH_ERR_MISSING},
        {"x_m,y_m,re,im,amplitude_db,phase_deg\n", "line 1: expected either", CPH_ERR_MISSING},
        {"x_m,re,im\n0,1,1\n", "names no column y_m", CPH_ERR_MISSING},
        {"x_m,y_m,re,im,z\n", "a column \"z\"", CPH_ERR_FORMAT},
        {"x_m,y_m,re,im\n0,0,1,nan\n", "line 2: im is \"nan\"", CPH_ERR_FORMAT},
        {"x_m,y_m,re,im\n0,0,1\n", "line 2 has 3 fields, expected 4", CPH_ERR_FORMAT},
        {"x_m,y_m,re,im\n0,0,1,1\n", "has 1 readings", CPH_ERR_FORMAT},
        {"x_m,y_m,re,im\n0,0,1,1\n0,0,1,1\n", "one place alone", CPH_ERR_FORMAT},
        {"x_m,y_m,re,im\n0,0,1,1\n1,0,1,1\n2,0,1,1\n2,0,1,1\n",
         "line 5: there is a reading at 2, 0", CPH_ERR_FORMAT},
        {"x_m,y_m,re,im\n0,0,1,1\n1,0,1,1\n2.3,0,1,1\n", "line 3: x_m = 1 is off the grid",
         CPH_ERR_FORMAT},
        {"x_m,y_m,re,im\n0,0,1,1\n1,1,1,1\n2,2,1,1\n3,3,1,1\n4,4,1,1\n5,5,1,1\n",
         "are no grid: 6 by 6", CPH_ERR_FORMAT},
        {"x_m,y_m,re,im\n-1e308,0,1,1\n1e308,0,1,1\n", "too far apart", CPH_ERR_FORMAT},
    };
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++)
        refused(write_text(faults[i].text), faults[i].status, faults[i].says);
}

/* One attribute of a whole file made worse. */
static void files_that_disagree(void)
{
    static const struct {
        const char *name;
        double value;
        const char *says;
        cph_status status;
    } faults[] = {{"height_m", INFINITY, "height_m is inf", CPH_ERR_FORMAT},
                  {"probe_cosine", -1.0, "probe_cosine is -1", CPH_ERR_FORMAT},
                  {"sigma", -1.0, "sigma is -1", CPH_ERR_FORMAT},
                  {"height_m", NAN, "has no attribute height_m", CPH_ERR_MISSING},
                  {"spacing_m", 1.0, "spacing_m", CPH_ERR_FORMAT}};
    const char *path = fixture_path("fault.h5");
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        cph_near_field_readings r;
        make_field(2, 3, &r);
        CU_ASSERT_EQUAL_FATAL(cph_near_field_readings_write(path, &r, NULL, NULL), CPH_OK);
        cph_near_field_readings_free(&r);
        const hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
        const hid_t set = H5Dopen2(file, "/field", H5P_DEFAULT);
        H5Adelete(set, faults[i].name);
        fixture_number(set, faults[i].name, faults[i].value);
        H5Dclose(set);
        H5Fclose(file);
        refused(path, faults[i].status, faults[i].says);
    }
}

/* Cut anywhere it is refused. */
static void truncated(void)
{
    enum { PLACES = 20 };
    cph_near_field_readings r;
    const char *path = fixture_path("whole.h5"), *cut = fixture_path("cut.h5");
    make_field(2, 3, &r);
    CU_ASSERT_EQUAL_FATAL(cph_near_field_readings_write(path, &r, NULL, NULL), CPH_OK);
    cph_near_field_readings_free(&r);
    const size_t size = fixture_size(path);
    char *const bytes = malloc(size);
    FILE *file = fopen(path, "rb");
    CU_ASSERT_EQUAL(fread(bytes, 1, size, file), size);
    fclose(file);
    for (size_t i = 0; i < PLACES; i++) {
        file = fopen(cut, "wb");
        CU_ASSERT_EQUAL(fwrite(bytes, 1, size * i / PLACES, file), size * i / PLACES);
        fclose(file);
        refused(cut, CPH_ERR_FORMAT, "cut.h5");
    }
    free(bytes);
}

/* A wavelength of 4 m: 5 m from an element, 4 of them along z, its wave is 0.8^1.5/5 (-j). */
static void a_probe_hears_spherical_waves(void)
{
    cph_array array;
    cph_near_field_readings r;
    const cph_sim_meter meter = {.seed = 1};
    CU_ASSERT_EQUAL_FATAL(cph_array_create(2, &array), CPH_OK);
    array.has_positions = true;
    for (size_t n = 0; n < 2; n++)
        for (size_t k = 0; k < 3; k++)
            array.element[n].position[k] = k == 2 ? 1.0 : 0.0;
    CU_ASSERT_EQUAL_FATAL(cph_near_field_readings_create(&array, 2, 1, &r), CPH_OK);
    CU_ASSERT_EQUAL(cph_simulate_field(&meter, &r), CPH_ERR_ARGUMENT);
    r.truth = calloc(2, sizeof *r.truth);
    CU_ASSERT_PTR_NOT_NULL_FATAL(r.truth);
    r.truth[0] = (cph_c64){2.0, 1.0};
    r.truth[1] = (cph_c64){NAN, NAN};
    r.freq_hz = CPH_SPEED_OF_LIGHT / 4.0;
    r.spacing_m[0] = 1.0;
    r.spacing_m[1] = 3.0;
    r.height_m = 5.0;
    r.probe_cosine = 1.0;
    r.element_cosine = 0.5;
    CU_ASSERT_EQUAL(cph_simulate_field(&meter, &r), CPH_OK);
    const double size = pow(0.8, 1.5) / 5.0;
    CU_ASSERT(fabs(r.field[0].re - 0.5) < 1e-14 && fabs(r.field[0].im - 0.25) < 1e-14);
    CU_ASSERT(fabs(r.field[1].re - size) < 1e-14 && fabs(r.field[1].im + 2.0 * size) < 1e-14);
    CU_ASSERT_EQUAL(r.sigma, 0.0);
    r.height_m = 1.0;
    CU_ASSERT_EQUAL(cph_simulate_field(&meter, &r), CPH_ERR_ARGUMENT);
    cph_near_field_readings_free(&r);
    cph_array_free(&array);
}

/* ---- coupling ---- */

static void make_coupling(cph_coupling_readings *r)
{
    cph_array array;
    fixture_array(3, &array);
    CU_ASSERT_EQUAL_FATAL(cph_coupling_readings_create(&array, r), CPH_OK);
    cph_array_free(&array);
    for (size_t i = 0; i < 9; i++)
        r->s[i] = (cph_c64){1.0 / (double)(i + 3), -0.1 * (double)(i * i)};
    r->s[4] = (cph_c64){NAN, NAN};
    r->truth = calloc(3, sizeof *r->truth);
    r->truth_transmit = calloc(3, sizeof *r->truth_transmit);
    CU_ASSERT_FATAL(r->truth != NULL && r->truth_transmit != NULL);
    r->truth[0] = (cph_c64){0.7, -0.2};
    r->truth_transmit[2] = (cph_c64){0.3, 0.9};
    r->freq_hz = 11.7e9;
    r->sigma = 0.125;
}

static void couplings_come_back(void)
{
    const char *path = fixture_path("coupling.h5");
    cph_coupling_readings r, back;
    make_coupling(&r);
    CU_ASSERT_EQUAL_FATAL(cph_coupling_readings_write(path, &r, NULL, NULL), CPH_OK);
    CU_ASSERT_EQUAL(cph_readings_kind(path), CPH_KIND_COUPLING);
    CU_ASSERT_EQUAL_FATAL(cph_coupling_readings_read(path, &back, NULL), CPH_OK);
    CU_ASSERT_EQUAL(back.array.elements, 3);
    CU_ASSERT_EQUAL(back.array.element[2].position[1], r.array.element[2].position[1]);
    for (size_t i = 0; i < 9; i++)
        CU_ASSERT(i == 4 ? isnan(back.s[i].re) : memcmp(&back.s[i], &r.s[i], sizeof r.s[i]) == 0);
    CU_ASSERT(back.truth[0].im == -0.2 && back.truth_transmit[2].im == 0.9);
    CU_ASSERT(back.freq_hz == 11.7e9 && back.sigma == 0.125);
    cph_coupling_readings_free(&back);
    cph_coupling_readings_free(&r);
}

static void couplings_that_are_none(void)
{
    static const struct {
        hsize_t dim[2];
        int rank;
        const char *says;
        cph_status status;
    } faults[] = {{{2, 3}, 2, "/s: is 2 x 3, expected a square", CPH_ERR_FORMAT},
                  {{2, 0}, 1, "/s: has 1 axes, expected element", CPH_ERR_FORMAT},
                  {{0, 0}, 0, "/s", CPH_ERR_MISSING}};
    const char *path = fixture_path("fault.h5");
    const cph_c64 value[6] = {{1.0, 0.0}};
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        cph_coupling_readings r = {.sigma = 99.0};
        cph_error error = {.status = CPH_OK};
        const hid_t file = fixture_raw(path, "coupling");
        const hid_t pair = fixture_pair(H5T_NATIVE_DOUBLE, "r", "i");
        if (faults[i].rank > 0)
            H5Dclose(fixture_set(file, "s", faults[i].rank, faults[i].dim, pair, pair, value));
        H5Tclose(pair);
        H5Fclose(file);
        CU_ASSERT_EQUAL(cph_coupling_readings_read(path, &r, &error), faults[i].status);
        CU_ASSERT_EQUAL(r.sigma, 99.0);
        if (strstr(error.message, faults[i].says) == NULL)
            printf("    no \"%s\" in: %s\n", faults[i].says, error.message);
        CU_ASSERT_PTR_NOT_NULL(strstr(error.message, faults[i].says));
    }
}

/* A wavelength of 4 m, elements 2 m apart along y: |c| = 0.1 (1 - 0.4), half a turn; 1 m along x
 * and y: a way of sqrt 2 m, |c| = 0.1 sqrt(2)^1.5 (1 + 0.2). */
static void elements_hear_each_other(void)
{
    static const double place[3][2] = {{0.0, 0.0}, {0.0, 2.0}, {1.0, 1.0}};
    cph_array array;
    cph_coupling_readings r;
    const cph_sim_meter meter = {.seed = 1};
    CU_ASSERT_EQUAL_FATAL(cph_array_create(3, &array), CPH_OK);
    array.has_positions = true;
    for (size_t n = 0; n < 3; n++)
        for (size_t k = 0; k < 3; k++)
            array.element[n].position[k] = k == 2 ? 1.0 : place[n][k];
    CU_ASSERT_EQUAL_FATAL(cph_coupling_readings_create(&array, &r), CPH_OK);
    CU_ASSERT_EQUAL(cph_simulate_coupling(&meter, NULL, &r), CPH_ERR_ARGUMENT);
    r.truth = calloc(3, sizeof *r.truth);
    r.truth_transmit = calloc(3, sizeof *r.truth_transmit);
    CU_ASSERT_FATAL(r.truth != NULL && r.truth_transmit != NULL);
    r.truth[0] = (cph_c64){2.0, 0.0};
    r.truth[1] = (cph_c64){0.0, 1.0};
    r.truth[2] = (cph_c64){NAN, NAN};
    for (size_t n = 0; n < 3; n++)
        r.truth_transmit[n] = (cph_c64){3.0 + (double)n, 0.0};
    r.freq_hz = CPH_SPEED_OF_LIGHT / 4.0;
    CU_ASSERT_EQUAL(cph_simulate_coupling(&meter, NULL, &r), CPH_OK);
    const double size = 2.0 * 5.0 * 0.1 * pow(2.0, 0.75) * 1.2, turn = M_PI / sqrt(2.0);
    CU_ASSERT(fabs(r.s[1].re + 2.0 * 4.0 * 0.06) < 1e-14 && fabs(r.s[1].im) < 1e-14);
    CU_ASSERT(fabs(r.s[3].re) < 1e-14 && fabs(r.s[3].im + 3.0 * 0.06) < 1e-14);
    CU_ASSERT(fabs(r.s[2].re - size * cos(turn)) < 1e-14);
    CU_ASSERT(fabs(r.s[2].im + size * sin(turn)) < 1e-14);
    CU_ASSERT(isnan(r.s[0].re) && r.s[6].re == 0.0 && r.s[7].im == 0.0 && r.sigma == 0.0);
    /* Deviations are of the edge alone, and the same both ways. */
    const unsigned char at[3] = {0, 0, 1};
    const cph_sim_edge edge = {.at = at, .error_db = 3.0, .error_rad = 1.0};
    const cph_c64 had = r.s[1], was = r.s[2];
    r.truth[2] = (cph_c64){2.0, 0.0};
    CU_ASSERT_EQUAL(cph_simulate_coupling(&meter, &edge, &r), CPH_OK);
    CU_ASSERT(r.s[1].re == had.re && r.s[1].im == had.im && fabs(r.s[2].re - was.re) > 1e-3);
    CU_ASSERT(fabs(r.s[2].re / 5.0 - r.s[6].re / 3.0) < 1e-14);
    r.array.element[1] = r.array.element[0];
    CU_ASSERT_EQUAL(cph_simulate_coupling(&meter, NULL, &r), CPH_ERR_NOT_FINITE);
    cph_coupling_readings_free(&r);
    cph_array_free(&array);
}

CU_TestInfo cph_tests_scans[] = {
    {"fields come back", fields_come_back},
    {"a table of places", a_table_of_places},
    {"tables that are none", tables_that_are_none},
    {"files that disagree", files_that_disagree},
    {"truncated", truncated},
    {"a probe hears spherical waves", a_probe_hears_spherical_waves},
    {"couplings come back", couplings_come_back},
    {"couplings that are none", couplings_that_are_none},
    {"elements hear each other", elements_hear_each_other},
    CU_TEST_INFO_NULL,
};
