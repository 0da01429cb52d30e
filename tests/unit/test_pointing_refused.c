/* SPDX-License-Identifier: MIT */
/* Pointing tables in HDF5 that are wrong, and what writers refuse. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/pointing_rig.h"

typedef struct stored {
    double time[3], az[3], el[3], range[3];
    uint32_t satellite[3];
    const char *names; /* two of four bytes */
    const char *left_out;
    hsize_t rows; /* of az */
} stored;

static const char *write_stored(const stored *s)
{
    const char *path = fixture_path("pointing.h5");
    const hid_t file = fixture_raw(path, "pointing"), text = H5Tcopy(H5T_C_S1);
    const hsize_t three = 3, two = 2;
    H5Tset_size(text, 4);
    const struct {
        const char *name;
        const hsize_t *rows;
        hid_t type;
        const void *value;
    } sets[] = {{"time_unix_s", &three, H5T_NATIVE_DOUBLE, s->time},
                {"az_deg", &s->rows, H5T_NATIVE_DOUBLE, s->az},
                {"el_deg", &three, H5T_NATIVE_DOUBLE, s->el},
                {"range_m", &three, H5T_NATIVE_DOUBLE, s->range},
                {"satellite", &three, H5T_NATIVE_UINT32, s->satellite},
                {"satellite_name", &two, text, s->names}};
    for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++)
        if (s->left_out == NULL || strcmp(s->left_out, sets[i].name) != 0)
            H5Dclose(fixture_set(file, sets[i].name, 1, sets[i].rows, sets[i].type, sets[i].type,
                                 sets[i].value));
    H5Tclose(text);
    H5Fclose(file);
    return path;
}

static void stored_refused(const stored *s, const char *words)
{
    cph_pointing *p = NULL;
    cph_error error = {.message = ""};
    cph_pointing_row row;
    bool more = true;
    cph_status status = cph_pointing_open(write_stored(s), &p, &error);
    while (status == CPH_OK && more)
        status = cph_pointing_next(p, &row, &more, &error);
    CU_ASSERT(status == CPH_ERR_FORMAT || status == CPH_ERR_MISSING);
    CU_ASSERT(strstr(error.message, words) != NULL);
    if (strstr(error.message, words) == NULL)
        printf("\"%s\" lacks \"%s\" ", error.message, words);
    cph_pointing_close(p);
}

static void wrong_hdf5_is_refused_with_its_row(void)
{
    const stored good = {.time = {1.0, 1.0, 2.0},
                         .az = {10.0, -20.0, 30.0},
                         .el = {1.0, 2.0, 3.0},
                         .range = {1e6, 2e6, NAN},
                         .satellite = {1, 0, 1},
                         .names = "one\0two",
                         .rows = 3};
    stored s = good;
    cph_pointing *p = pointing_open_table(write_stored(&s));
    const cph_pointing_row row = pointing_next_row(p);
    CU_ASSERT_STRING_EQUAL(cph_pointing_name(p, row.satellite), "two");
    CU_ASSERT_EQUAL(row.range_m, 1e6);
    CU_ASSERT(isnan(row.range_rate_m_s));
    (void)pointing_next_row(p);
    CU_ASSERT_STRING_EQUAL(cph_pointing_place(p), "row 1");
    (void)pointing_next_row(p);
    pointing_expect_end(p);
    s.satellite[2] = 2;
    stored_refused(&s, "/satellite: row 2 is 2, expected a whole number below the 2");
    s = good;
    s.time[2] = 0.5;
    stored_refused(&s, "row 2: time goes back to 0.5 from 1");
    s = good;
    s.satellite[1] = 1;
    stored_refused(&s, "row 1: time 1 is there twice for satellite two");
    s = good;
    s.el[1] = 95.0;
    stored_refused(&s, "row 1: el_deg is 95, expected -90 to 90");
    s = good;
    s.az[0] = NAN;
    stored_refused(&s, "row 0: az_deg is nan");
    s = good;
    s.names = "two\0two";
    stored_refused(&s, "/satellite_name: name 1, two, is there twice");
    s = good;
    s.rows = 2;
    stored_refused(&s, "/az_deg: has shape [2], expected [3] (row)");
    s = good;
    s.left_out = "satellite";
    stored_refused(&s, "/satellite");
    s.left_out = "satellite_name";
    stored_refused(&s, "/satellite_name");
}

static void writers_refuse_what_readers_do(void)
{
    const char *path = fixture_path("refused.csv");
    const cph_pointing_row good = {.time_unix_s = 5.0, .range_m = NAN, .range_rate_m_s = NAN};
    cph_pointing_writer *w = NULL;
    cph_pointing_row row = good;
    cph_error error;
    CU_ASSERT_EQUAL_FATAL(cph_pointing_writer_create(path, NULL, &w, NULL), CPH_OK);
    CU_ASSERT_EQUAL(cph_pointing_writer_put(w, &good, "A", NULL), CPH_OK);
    CU_ASSERT_EQUAL(cph_pointing_writer_put(w, &good, "A", &error), CPH_ERR_ARGUMENT);
    CU_ASSERT(strstr(error.message, "there twice") != NULL);
    row.time_unix_s = 5.0 + 2e-7; /* the same in text */
    CU_ASSERT_EQUAL(cph_pointing_writer_put(w, &row, "A", &error), CPH_ERR_ARGUMENT);
    row.time_unix_s = 4.0;
    CU_ASSERT_EQUAL(cph_pointing_writer_put(w, &row, "B", &error), CPH_ERR_ARGUMENT);
    row = good;
    row.el_rad = 2.0;
    CU_ASSERT_EQUAL(cph_pointing_writer_put(w, &row, "B", &error), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_pointing_writer_put(w, &good, "", &error), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_pointing_writer_rows(w), 1);
    cph_pointing_writer_abandon(w);
    CU_ASSERT_EQUAL(fixture_size(path), SIZE_MAX);
    CU_ASSERT_EQUAL_FATAL(cph_pointing_writer_create(path, NULL, &w, NULL), CPH_OK);
    CU_ASSERT_EQUAL(cph_pointing_writer_finish(w, &error), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(fixture_size(path), SIZE_MAX);
}

/* Blanks around a name are no part of it, and what is refused leaves no name behind. */
static void writers_names_are_those_that_readers_see(void)
{
    static const char *const files[] = {"names.csv", "names.h5"};
    for (size_t i = 0; i < 2; i++) {
        const char *path = fixture_path(files[i]);
        cph_pointing_row row = {.time_unix_s = 5.0, .range_m = NAN, .range_rate_m_s = NAN};
        cph_pointing_writer *w = NULL;
        cph_error error;
        CU_ASSERT_EQUAL_FATAL(cph_pointing_writer_create(path, NULL, &w, NULL), CPH_OK);
        CU_ASSERT_EQUAL(cph_pointing_writer_put(w, &row, "A", NULL), CPH_OK);
        CU_ASSERT_EQUAL(cph_pointing_writer_put(w, &row, " A  ", &error), CPH_ERR_ARGUMENT);
        CU_ASSERT(strstr(error.message, "there twice") != NULL);
        CU_ASSERT_EQUAL(cph_pointing_writer_put(w, &row, "  ", &error), CPH_ERR_ARGUMENT);
        CU_ASSERT(strstr(error.message, "is empty") != NULL);
        row.el_rad = 2.0;
        CU_ASSERT_EQUAL(cph_pointing_writer_put(w, &row, "refused", NULL), CPH_ERR_ARGUMENT);
        row.el_rad = 1.0;
        CU_ASSERT_EQUAL(cph_pointing_writer_put(w, &row, " B 2 ", NULL), CPH_OK);
        row.time_unix_s = 6.0;
        CU_ASSERT_EQUAL(cph_pointing_writer_put(w, &row, "A ", NULL), CPH_OK);
        CU_ASSERT_EQUAL_FATAL(cph_pointing_writer_finish(w, &error), CPH_OK);
        cph_pointing *p = pointing_open_table(path);
        static const char *const expected[] = {"A", "B 2", "A"};
        for (size_t k = 0; k < 3; k++)
            CU_ASSERT_STRING_EQUAL(cph_pointing_name(p, pointing_next_row(p).satellite),
                                   expected[k]);
        CU_ASSERT_EQUAL(cph_pointing_satellites(p), 2);
        pointing_expect_end(p);
    }
}

CU_TestInfo cph_tests_pointing_refused[] = {
    {"wrong HDF5 is refused with its row", wrong_hdf5_is_refused_with_its_row},
    {"writers refuse what readers do", writers_refuse_what_readers_do},
    {"writers' names are those that readers see", writers_names_are_those_that_readers_see},
    CU_TEST_INFO_NULL};
