/* SPDX-License-Identifier: MIT */
/* The AAVS layout: a covariance made from known voltages is stored the way the station stores it,
 * and every entry must come back as E[x x^H] over X then Y inputs. */
#include <lapacke.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "data_fixture.h"

enum { ANTENNAS = 3, INPUTS = 2 * ANTENNAS, BASELINES = 6, SAMPLES = 5 };

static cph_c64 voltage(size_t antenna, size_t pol, size_t k)
{
    return (cph_c64){fixture_value(k, pol, antenna, 0), fixture_value(k, pol, antenna, 1)};
}

/* sum_k p_a conj(q_b) */
static cph_c64 product(size_t a, size_t p, size_t b, size_t q)
{
    cph_c64 sum = {0.0, 0.0};
    for (size_t k = 0; k < SAMPLES; k++) {
        cph_c64 x = voltage(a, p, k), y = voltage(b, q, k);
        sum.re += x.re * y.re + x.im * y.im;
        sum.im += x.im * y.re - x.re * y.im;
    }
    return sum;
}

/* Baselines as numpy's triu_indices orders them; of the cross products the file's second holds
 * y_a conj(x_b), its third x_a conj(y_b). */
static void store(cph_c32 v[2][BASELINES][4], size_t time, double scale)
{
    static const size_t pols[4][2] = {{0, 0}, {1, 0}, {0, 1}, {1, 1}};
    size_t baseline = 0;
    for (size_t a = 0; a < ANTENNAS; a++)
        for (size_t b = a; b < ANTENNAS; b++, baseline++)
            for (size_t k = 0; k < 4; k++) {
                cph_c64 z = product(a, pols[k][0], b, pols[k][1]);
                v[time][baseline][k] = (cph_c32){(float)(scale * z.re), (float)(scale * z.im)};
            }
}

static void write_station(const char *path, bool with_times)
{
    cph_c32 v[2][BASELINES][4];
    const double start[2] = {1704605037.5, 1704605039.5};
    const hsize_t dim[4] = {2, 1, BASELINES, 4}, times[2] = {2, 1}, one[1] = {1};
    store(v, 0, 1.0);
    store(v, 1, 2.0);
    hid_t file = fixture_raw(path, NULL);
    hid_t type = fixture_pair(H5T_NATIVE_FLOAT, "r", "i");
    H5Dclose(fixture_set(file, "/correlation_matrix/data", 4, dim, type, type, v));
    if (with_times)
        H5Dclose(fixture_set(file, "/sample_timestamps/data", 2, times, H5T_IEEE_F64LE,
                             H5T_NATIVE_DOUBLE, start));
    hid_t root = fixture_set(file, "/root", 1, one, H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, NULL);
    fixture_number(root, "channel_id", 204);
    fixture_number(root, "tsamp", 0.5);
    H5Dclose(root);
    H5Tclose(type);
    H5Fclose(file);
}

static void all_products_find_their_place(void)
{
    const char *path = fixture_path("station.h5");
    cph_c64 r[INPUTS * INPUTS];
    write_station(path, true);
    cph_data *data = fixture_open(path, NULL);
    CU_ASSERT_EQUAL(cph_data_read_covariance(data, 1, 0, NULL, INPUTS, r, NULL), CPH_OK);
    for (size_t i = 0; i < INPUTS; i++)
        for (size_t j = 0; j < INPUTS; j++) {
            cph_c64 z = product(i % ANTENNAS, i / ANTENNAS, j % ANTENNAS, j / ANTENNAS);
            CU_ASSERT_EQUAL(r[i * INPUTS + j].re, 2.0 * z.re);
            CU_ASSERT_EQUAL(r[i * INPUTS + j].im, 2.0 * z.im);
        }
    /* Y of antenna 1, X of antenna 2, out of order. */
    const size_t list[2] = {4, 2};
    CU_ASSERT_EQUAL(cph_data_read_covariance(data, 0, 0, list, 2, r, NULL), CPH_OK);
    cph_c64 z = product(1, 1, 2, 0);
    CU_ASSERT(r[1].re == z.re && r[1].im == z.im);
    CU_ASSERT(r[2].re == z.re && r[2].im == -z.im);
    cph_data_close(data);
}

static void header_says_what_the_station_did(void)
{
    const char *path = fixture_path("station.h5");
    write_station(path, true);
    cph_data *data = fixture_open(path, NULL);
    const cph_data_header *h = cph_data_header_of(data);
    CU_ASSERT_STRING_EQUAL(h->format, "aavs");
    CU_ASSERT_EQUAL(h->kind, CPH_KIND_COVARIANCE);
    CU_ASSERT(h->axis_elements == ANTENNAS && h->array.elements == INPUTS);
    CU_ASSERT(h->times == 2 && h->channels == 1 && h->has_diagonal);
    CU_ASSERT_EQUAL(h->channel_freq_hz[0], 159.375e6);
    CU_ASSERT_EQUAL(h->center_freq_hz, 159.375e6);
    CU_ASSERT_EQUAL(h->time_unix_s[1], 1704605039.75); /* the middle */
    CU_ASSERT_EQUAL(h->integration_s, 0.5);
    CU_ASSERT_DOUBLE_EQUAL(h->n_samples, 0.5 * 781250.0 * 32.0 / 27.0, 1e-6);
    CU_ASSERT(!h->array.has_positions && isnan(h->array.element[0].position[0]));
    CU_ASSERT(h->array.element[2].number == 2 && h->array.element[2].polarization == 'X');
    CU_ASSERT(h->array.element[3].number == 0 && h->array.element[3].polarization == 'Y');
    cph_data_close(data);
    write_station(path, false);
    data = fixture_open(path, NULL);
    CU_ASSERT(isnan(cph_data_header_of(data)->time_unix_s[0]));
    cph_data_close(data);
}

static const char *write_table(const char *text)
{
    const char *path = fixture_path("positions.txt");
    FILE *file = fopen(path, "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    fputs(text, file);
    fclose(file);
    return path;
}

static void positions_come_from_the_table(void)
{
    const char *path = fixture_path("station.h5");
    write_station(path, true);
    const char *table = write_table("# a comment\nidx name E N U flagged\n"
                                    "2 SB22-1 13.039 10.568 0.062 False\n"
                                    "0 SB22-11 13.547 8.285 0.061 False\n\n"
                                    "1 SB22-3 -9.443 8.167 -0.041 True\n");
    cph_data *data = fixture_open(path, &(cph_data_options){.positions = table});
    const cph_array *a = &cph_data_header_of(data)->array;
    CU_ASSERT(a->has_positions && a->frame == CPH_FRAME_ENU && a->has_array_to_enu);
    CU_ASSERT(a->array_to_enu[0] == 1.0 && a->array_to_enu[1] == 0.0);
    for (size_t pol = 0; pol < 2; pol++) {
        const cph_element *e = a->element + pol * ANTENNAS;
        CU_ASSERT_STRING_EQUAL(e[0].name, "SB22-11");
        CU_ASSERT(e[1].position[0] == -9.443 && e[1].position[2] == -0.041);
        CU_ASSERT_EQUAL(e[2].position[1], 10.568);
        CU_ASSERT(!e[0].listed && e[1].listed && !e[2].listed);
    }
    cph_data_close(data);
    /* Columns in another order, no flags, no names. */
    table = write_table("U N E idx\n1 2 3 0\n4 5 6 1\n7 8 9 2\n");
    data = fixture_open(path, &(cph_data_options){.positions = table});
    const cph_element *e = cph_data_header_of(data)->array.element;
    CU_ASSERT(e[1].position[0] == 6.0 && e[1].position[2] == 4.0 && !e[1].listed);
    cph_data_close(data);
}

static void bad_tables_are_refused(void)
{
    static const struct {
        const char *text, *word, *second;
    } rows[] = {
        {"idx name E N U flagged\n0 a 1 2 3 False\n1 b 1 2 3 False\n", "no line for antenna 2",
         "of the 3"},
        {"0 a 1 2 3 False\n1 b 1 2 3 False\n2 c 1 nan 3 False\n", "line 3", "column N is \"nan\""},
        {"0 a 1 2 3 False\n0 b 1 2 3 False\n2 c 1 2 3 False\n", "line 2", "second one"},
        {"0 a 1 2 3 False\n1 b 1 2 3 False\n3 c 1 2 3 False\n", "antenna \"3\"", "0 to 2"},
        {"0 a 1 2 3 False\n1 b 1 2 3 maybe\n2 c 1 2 3 False\n", "\"maybe\"", "True or False"},
        {"0 a 1 2\n", "line 1", "column U"},
        {"idx name x y z\n", "line 1", "no column E"},
        {"", "no line for antenna 0", "of the 3"},
    };
    const char *path = fixture_path("station.h5");
    write_station(path, true);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *table = write_table(rows[i].text);
        const char *const words[] = {"positions.txt", rows[i].word, rows[i].second, NULL};
        fixture_refused(path, &(cph_data_options){.positions = table}, CPH_ERR_FORMAT, words);
    }
    char line[5000];
    memset(line, '1', sizeof line);
    line[sizeof line - 1] = '\0';
    const char *const longer[] = {"positions.txt", "line 1 is longer than 4095 bytes", NULL};
    fixture_refused(path, &(cph_data_options){.positions = write_table(line)}, CPH_ERR_FORMAT,
                    longer);
    const char *const absent[] = {"absent.txt", "No such file", NULL};
    fixture_refused(path, &(cph_data_options){.positions = fixture_path("absent.txt")}, CPH_ERR_IO,
                    absent);
}

static void bad_stations_are_refused(void)
{
    const char *path = fixture_path("bad-station.h5");
    const hsize_t one[1] = {1};
    const hsize_t shapes[3][4] = {{1, 1, 5, 4}, {1, 1, 6, 2}, {1, 1, 6, 4}};
    static const char *const words[3][4] = {
        {"bad-station.h5", "/correlation_matrix/data", "5 baselines", NULL},
        {"[1, 1, 6, 2]", "[any, any, any, 4]", "product", NULL},
        {"/correlation_matrix/data", "not complex", NULL, NULL}};
    for (size_t i = 0; i < 3; i++) {
        hid_t file = fixture_raw(path, NULL);
        hid_t pair = fixture_pair(H5T_NATIVE_FLOAT, "r", "i");
        hid_t type = i == 2 ? H5T_NATIVE_FLOAT : pair;
        H5Dclose(fixture_set(file, "/correlation_matrix/data", 4, shapes[i], type, type, NULL));
        H5Dclose(fixture_set(file, "/root", 1, one, H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, NULL));
        H5Tclose(pair);
        H5Fclose(file);
        fixture_refused(path, NULL, CPH_ERR_FORMAT, words[i]);
    }
}

/* Whether a Hermitian matrix, scaled to a diagonal of 1, is positive definite. */
static bool positive_definite(const cph_c64 *r, size_t n)
{
    double power[512];
    for (size_t i = 0; i < n; i++)
        power[i] = r[i * (n + 1)].re;
    lapack_complex_double *a = calloc(n * n, sizeof *a);
    if (a == NULL)
        return false;
    for (size_t i = 0; i < n * n; i++) {
        double scale = 1.0 / sqrt(power[i / n] * power[i % n]);
        a[i] = lapack_make_complex_double(r[i].re * scale, r[i].im * scale);
    }
    lapack_int info = LAPACKE_zpotrf(LAPACK_ROW_MAJOR, 'L', (lapack_int)n, a, (lapack_int)n);
    free(a);
    return info == 0;
}

/* The recording decides which cross product is which: a covariance of all inputs is positive
 * definite, and is not when XY and YX change places. */
static void recorded_cross_products(void)
{
    enum { STATION = 256, BOTH = 2 * STATION };
    const char *folder = getenv("COPHASE_DATA");
    char path[500];
    snprintf(path, sizeof path, "%s/aavs2/correlation_burst_204_20211113_14653_0.hdf5",
             folder != NULL ? folder : "../shared/data");
    if (access(path, R_OK) != 0) {
        printf("skipped: no %s ", path);
        CU_PASS("skipped");
        return;
    }
    cph_c64 *r = calloc((size_t)BOTH * BOTH, sizeof *r);
    if (r == NULL) {
        CU_FAIL("no memory");
        return;
    }
    cph_data *data = fixture_open(path, NULL);
    CU_ASSERT_EQUAL(cph_data_read_covariance(data, 0, 0, NULL, BOTH, r, NULL), CPH_OK);
    CU_ASSERT_EQUAL(cph_data_header_of(data)->axis_elements, STATION);
    CU_ASSERT(positive_definite(r, BOTH));
    for (size_t a = 0; a < STATION; a++)
        for (size_t b = 0; b < STATION; b++) {
            cph_c64 *xy = &r[a * BOTH + STATION + b], *yx = &r[(STATION + a) * BOTH + b];
            cph_c64 kept = *xy;
            *xy = *yx;
            *yx = kept;
        }
    CU_ASSERT(!positive_definite(r, BOTH));
    cph_data_close(data);
    free(r);
}

CU_TestInfo cph_tests_data_aavs[] = {
    {"all products find their place", all_products_find_their_place},
    {"the header says what the station did", header_says_what_the_station_did},
    {"positions, names and flags come from the table", positions_come_from_the_table},
    {"bad tables are refused with line and column", bad_tables_are_refused},
    {"bad station files are refused", bad_stations_are_refused},
    {"a recording tells XY from YX", recorded_cross_products},
    CU_TEST_INFO_NULL,
};
