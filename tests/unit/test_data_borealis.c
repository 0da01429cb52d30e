/* SPDX-License-Identifier: MIT */
/* Borealis: sequences of pulses become a capture with gaps, lag products at lag 0 a covariance; and
 * of a recorded radar, whose lag products its samples give again. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cophase/covariance.h"
#include "data_fixture.h"

enum { HELD = 5 };
#define RECORDS   ((size_t)2)
#define ARRAYS    ((size_t)2)
#define SEQUENCES ((size_t)3)
#define BEAMS     ((size_t)2)
#define SAMPLES   ((size_t)5)
static const size_t held[HELD][2] = {{0, 0}, {0, 1}, {0, 2}, {1, 0}, {1, 1}};

static float value(size_t record, size_t array, size_t sequence, size_t beam, size_t sample,
                   int part)
{
    return 0.25F * (float)fixture_value((record * SEQUENCES + sequence) * SAMPLES + sample, beam,
                                        array, part);
}

/* With `beams`, as bfiq; else as antennas_iq. */
static void write_samples(const char *path, bool beams, double second)
{
    static float v[RECORDS][ARRAYS][SEQUENCES][BEAMS][SAMPLES][2];
    static float w[RECORDS][ARRAYS][SEQUENCES][SAMPLES][2];
    for (size_t i = 0; i < sizeof v / sizeof(float); i++) {
        const size_t t = i / 2 % SAMPLES, b = i / 2 / SAMPLES % BEAMS;
        const size_t s = i / 2 / SAMPLES / BEAMS % SEQUENCES;
        const size_t a = i / 2 / SAMPLES / BEAMS / SEQUENCES % ARRAYS;
        const size_t r = i / 2 / SAMPLES / BEAMS / SEQUENCES / ARRAYS;
        v[r][a][s][b][t][i % 2] = value(r, a, s, b, t, (int)(i % 2));
        w[r][a][s][t][i % 2] = v[r][a][s][0][t][i % 2];
    }
    const hsize_t with[5] = {RECORDS, ARRAYS, SEQUENCES, BEAMS, SAMPLES};
    const hsize_t without[4] = {RECORDS, ARRAYS, SEQUENCES, SAMPLES};
    const hsize_t two[2] = {RECORDS, SEQUENCES}, one[1] = {RECORDS}, text[1] = {32};
    /* 10 ms a sample; sequences at 0, 0.1, 0.2 and a minute later. */
    const double stamp[RECORDS][SEQUENCES] = {{1e9, 1e9 + 0.1, 1e9 + 0.2},
                                              {1e9 + second, 1e9 + second + 0.05, NAN}};
    const uint32_t sequences[RECORDS] = {3, 2};
    const uint32_t order[8] = {'m', 'a', 'i', 'n', 'i', 'n', 't', 'f'};
    hid_t file = fixture_raw(path, NULL), type = fixture_pair(H5T_NATIVE_FLOAT, "r", "i");
    H5Dclose(fixture_set(file, "/data", beams ? 5 : 4, beams ? with : without, type, type,
                         beams ? (const void *)v : w));
    H5Dclose(
        fixture_set(file, "/sqn_timestamps", 2, two, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, stamp));
    H5Dclose(
        fixture_set(file, "/num_sequences", 1, one, H5T_STD_U32LE, H5T_NATIVE_UINT32, sequences));
    H5Dclose(
        fixture_set(file, "/antenna_arrays_order", 1, text, H5T_STD_U8LE, H5T_NATIVE_UCHAR, order));
    fixture_number(file, "rx_sample_rate", 100.0);
    fixture_number(file, "freq", 10500.0);
    H5Tclose(type);
    H5Fclose(file);
}

static void check_samples(bool beams)
{
    const char *path = fixture_path("bfiq.h5");
    write_samples(path, beams, 60.0);
    cph_data *data = fixture_open(path, NULL);
    const cph_data_header *h = cph_data_header_of(data);
    const size_t each = beams ? BEAMS : 1, elements = ARRAYS * each;
    CU_ASSERT_STRING_EQUAL(h->format, "borealis");
    CU_ASSERT_EQUAL_FATAL(h->times, HELD * SAMPLES);
    CU_ASSERT_EQUAL_FATAL(h->array.elements, elements);
    CU_ASSERT_STRING_EQUAL(h->array.element[0].name, "main");
    CU_ASSERT_STRING_EQUAL(h->array.element[elements - 1].name, "intf");
    CU_ASSERT_EQUAL(h->center_freq_hz, 10.5e6);
    CU_ASSERT_EQUAL(h->time_start_unix_s, 1e9);
    static const uint64_t begin[HELD] = {0, 10, 20, 6000, 6005};
    for (size_t i = 0; i < HELD; i++)
        CU_ASSERT_EQUAL(cph_data_global(h, i * SAMPLES), begin[i]);
    CU_ASSERT_EQUAL(h->gaps, 3); /* the last two sequences follow each other */
    cph_c32 x[HELD * SAMPLES][ARRAYS * BEAMS];
    for (size_t n = 0; n < elements; n++) {
        cph_c32 one[HELD * SAMPLES];
        CU_ASSERT_EQUAL(cph_data_read_samples(data, 0, HELD * SAMPLES, 0, &n, 1, one, NULL),
                        CPH_OK);
        for (size_t t = 0; t < HELD * SAMPLES; t++)
            x[t][n] = one[t];
    }
    for (size_t t = 0; t < HELD * SAMPLES; t++)
        for (size_t n = 0; n < elements; n++) {
            const size_t *place = held[t / SAMPLES];
            CU_ASSERT_EQUAL(x[t][n].re,
                            value(place[0], n / each, place[1], n % each, t % SAMPLES, 0));
            CU_ASSERT_EQUAL(x[t][n].im,
                            value(place[0], n / each, place[1], n % each, t % SAMPLES, 1));
        }
    cph_data_close(data);
}

static void sequences_are_one_capture(void)
{
    check_samples(true);
    check_samples(false);
    const char *path = fixture_path("bfiq-bad.h5");
    write_samples(path, true, 0.2);
    fixture_refused(path, NULL, CPH_ERR_FORMAT, (const char *[]){"/sqn_timestamps", NULL});
}

/* ---- lag products ---- */

#define RANGES ((size_t)3)
#define LAGS   ((size_t)2)

static void write_lags(const char *path, const double (*lag)[2])
{
    static const char *const names[] = {"/main_acfs", "/intf_acfs", "/xcfs"};
    const hsize_t dim[4] = {RECORDS, 1, RANGES, LAGS}, pulses[2] = {LAGS, 2}, one[1] = {RECORDS};
    const double count[RECORDS] = {35, 34};
    hid_t file = fixture_raw(path, NULL), type = fixture_pair(H5T_NATIVE_FLOAT, "r", "i");
    for (size_t k = 0; k < 3; k++) {
        float v[RECORDS][1][RANGES][LAGS][2];
        for (size_t i = 0; i < sizeof v / sizeof(float); i++)
            ((float *)v)[i] = (float)fixture_value(i / 2, k, 0, (int)(i % 2));
        H5Dclose(fixture_set(file, names[k], 4, dim, type, type, v));
    }
    H5Dclose(fixture_set(file, "/lags", 2, pulses, H5T_STD_U32LE, H5T_NATIVE_DOUBLE, lag));
    H5Dclose(fixture_set(file, "/num_sequences", 1, one, H5T_STD_I64LE, H5T_NATIVE_DOUBLE, count));
    fixture_number(file, "freq", 10500.0);
    H5Tclose(type);
    H5Fclose(file);
}

static void lag_0_is_a_covariance(void)
{
    static const double lag[LAGS][2] = {{26, 27}, {0, 0}}, none[LAGS][2] = {{26, 27}, {0, 9}};
    const char *path = fixture_path("rawacf.h5");
    write_lags(path, lag);
    cph_data *data = fixture_open(path, NULL);
    const cph_data_header *h = cph_data_header_of(data);
    CU_ASSERT_EQUAL(h->kind, CPH_KIND_COVARIANCE);
    CU_ASSERT_EQUAL_FATAL(h->times, RECORDS * RANGES);
    CU_ASSERT_EQUAL(h->n_samples, 34);
    CU_ASSERT(h->has_diagonal);
    for (size_t t = 0; t < h->times; t++) {
        cph_c64 r[2][2];
        CU_ASSERT_EQUAL(cph_data_read_covariance(data, t, 0, NULL, 2, r[0], NULL), CPH_OK);
        const size_t at = t * LAGS + 1;
        CU_ASSERT_EQUAL(r[0][0].re, fixture_value(at, 0, 0, 0));
        CU_ASSERT_EQUAL(r[1][1].re, fixture_value(at, 1, 0, 0));
        CU_ASSERT_EQUAL(r[0][0].im, 0.0);
        CU_ASSERT_EQUAL(r[1][0].re, fixture_value(at, 2, 0, 0)); /* x_intf conj(x_main) */
        CU_ASSERT_EQUAL(r[1][0].im, fixture_value(at, 2, 0, 1));
        CU_ASSERT_EQUAL(r[0][1].im, -fixture_value(at, 2, 0, 1));
    }
    cph_data_close(data);
    write_lags(path, none);
    fixture_refused(path, NULL, CPH_ERR_FORMAT, (const char *[]){"/lags", "lag 0", NULL});
}

/* ---- a recorded radar ---- */

/* Its pulses stand at these multiples of 8 samples, the first range 4 samples after a pulse. */
#define PULSES       ((size_t)7)
#define REAL_RANGES  ((size_t)75)
#define REAL_LAGS    ((size_t)23)
#define REAL_SAMPLES ((size_t)298)
#define VIRTUAL      (2 * PULSES)
enum { SETS = 3, APART = 8, FIRST = 4 };
static const size_t pulse[PULSES] = {0, 9, 12, 20, 22, 26, 27};
static const size_t sequences[] = {35, 35, 34};
enum { REAL_RECORDS = sizeof sequences / sizeof sequences[0] };

/* The samples behind the echoes of all pulses from one range are the elements of an array of two
 * antennas times seven pulses, its covariance over the sequences holds all lag products. */
static void space_time(const cph_c32 *x, size_t first, size_t count, size_t range,
                       cph_c64 r[VIRTUAL][VIRTUAL])
{
    static _Alignas(64) char sums[1 << 16], workspace[1 << 16];
    cph_c32 snapshot[35][VIRTUAL];
    cph_covariance_plan *plan = NULL;
    const cph_covariance_config config = {.elements = VIRTUAL, .type = CPH_C32};
    for (size_t s = 0; s < count; s++)
        for (size_t v = 0; v < VIRTUAL; v++) {
            const size_t t = (first + s) * REAL_SAMPLES + range + FIRST + APART * pulse[v % PULSES];
            snapshot[s][v] = x[2 * t + v / PULSES];
        }
    CU_ASSERT_EQUAL_FATAL(cph_covariance_create(&config, &plan), CPH_OK);
    CU_ASSERT_FATAL(cph_covariance_sums_size(plan) <= sizeof sums &&
                    cph_covariance_workspace_size(plan) <= sizeof workspace);
    CU_ASSERT_EQUAL(cph_covariance_reset(plan, (cph_covariance_sums *)sums), CPH_OK);
    CU_ASSERT_EQUAL(cph_covariance_add(plan, workspace, snapshot[0], VIRTUAL, count,
                                       (cph_covariance_sums *)sums),
                    CPH_OK);
    CU_ASSERT_EQUAL(
        cph_covariance_get(plan, (cph_covariance_sums *)sums, 1.0 / (double)count, r[0], VIRTUAL),
        CPH_OK);
    cph_covariance_destroy(plan);
}

static size_t index_of(uint32_t place)
{
    size_t i = 0;
    while (i < PULSES - 1 && pulse[i] != place)
        i++;
    return i;
}

static void read_products(const char *path, float *product[SETS], uint32_t lag[REAL_LAGS][2])
{
    static const char *const names[] = {"/main_acfs", "/intf_acfs", "/xcfs"};
    hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    hid_t type = fixture_pair(H5T_NATIVE_FLOAT, "r", "i");
    CU_ASSERT_FATAL(file >= 0);
    for (size_t k = 0; k < SETS; k++) {
        hid_t set = H5Dopen2(file, names[k], H5P_DEFAULT);
        product[k] = calloc(REAL_RECORDS * REAL_RANGES * REAL_LAGS, 2 * sizeof(float));
        CU_ASSERT(H5Dread(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, product[k]) >= 0);
        H5Dclose(set);
    }
    hid_t set = H5Dopen2(file, "/lags", H5P_DEFAULT);
    CU_ASSERT(H5Dread(set, H5T_NATIVE_UINT32, H5S_ALL, H5S_ALL, H5P_DEFAULT, lag) >= 0);
    H5Dclose(set);
    H5Tclose(type);
    H5Fclose(file);
}

/* Largest difference over the largest product, of each set; lags 0 only where `zero`. */
static void compare(const cph_c32 *x, float *const product[SETS], uint32_t lag[REAL_LAGS][2],
                    bool zero, double off[SETS])
{
    static const size_t array[SETS][2] = {{0, 0}, {1, 1}, {0, 1}};
    double largest[SETS] = {0};
    memset(off, 0, SETS * sizeof *off);
    for (size_t rec = 0, first = 0; rec < REAL_RECORDS; first += sequences[rec++])
        for (size_t range = 0; range < REAL_RANGES; range++) {
            cph_c64 r[VIRTUAL][VIRTUAL];
            space_time(x, first, sequences[rec], range, r);
            for (size_t i = 0; i < REAL_LAGS * SETS; i++) {
                const size_t l = i % REAL_LAGS, k = i / REAL_LAGS;
                const size_t p = array[k][0] * PULSES + index_of(lag[l][0]);
                const size_t q = array[k][1] * PULSES + index_of(lag[l][1]);
                const float *is = product[k] + 2 * ((rec * REAL_RANGES + range) * REAL_LAGS + l);
                if (!zero && lag[l][0] == lag[l][1])
                    continue;
                off[k] =
                    fmax(off[k], hypot((double)is[0] - r[q][p].re, (double)is[1] - r[q][p].im));
                largest[k] = fmax(largest[k], hypot((double)is[0], (double)is[1]));
            }
        }
    for (size_t k = 0; k < SETS; k++)
        off[k] /= largest[k];
}

/* Products are stored as 32-bit floats: 6e-8 of each, and the writer's own sums of 35. */
static void recorded_lag_products_are_reproduced(void)
{
    const char *folder = getenv("COPHASE_DATA");
    char path[1024];
    snprintf(path, sizeof path, "%s/borealis/bfiq.hdf5", folder != NULL ? folder : "");
    if (fixture_size(path) == SIZE_MAX) {
        printf("no %s\n", path);
        return;
    }
    cph_data *data = fixture_open(path, NULL);
    const cph_data_header *h = cph_data_header_of(data);
    CU_ASSERT_EQUAL_FATAL(h->times, 104 * REAL_SAMPLES);
    cph_c32 *x = calloc(h->times, 2 * sizeof *x);
    CU_ASSERT_PTR_NOT_NULL_FATAL(x);
    if (x == NULL)
        return;
    CU_ASSERT_EQUAL(cph_data_read_samples(data, 0, h->times, 0, NULL, 2, x, NULL), CPH_OK);
    cph_data_close(data);
    static const char *const files[] = {"rawacf.hdf5", "rawacf.alt.hdf5"};
    for (size_t i = 0; i < 2; i++) { /* lag 0 of the other is made of something else */
        float *product[SETS];
        uint32_t lag[REAL_LAGS][2];
        double off[SETS];
        snprintf(path, sizeof path, "%s/borealis/%s", folder, files[i]);
        read_products(path, product, lag);
        compare(x, product, lag, i == 0, off);
        printf("    %s: %.1e %.1e %.1e of the largest\n", files[i], off[0], off[1], off[2]);
        for (size_t k = 0; k < SETS; k++) {
            CU_ASSERT(off[k] < 1e-6);
            free(product[k]);
        }
    }
    free(x);
}

CU_TestInfo cph_tests_data_borealis[] = {
    {"sequences are one capture, with gaps", sequences_are_one_capture},
    {"lag products at lag 0 are a covariance", lag_0_is_a_covariance},
    {"recorded lag products are reproduced to 1e-6", recorded_lag_products_are_reproduced},
    CU_TEST_INFO_NULL,
};
