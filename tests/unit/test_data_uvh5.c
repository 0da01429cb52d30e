/* SPDX-License-Identifier: MIT */
/* UVH5: visibilities of known voltages are stored as the format has them, conj(x_1) x_2, rows in
 * no order and baselines either way round, and every entry must come back as E[x_p conj(x_q)]. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "data_fixture.h"
#include "datasets/h5/h5.h"

enum { ANTENNAS = 3, INPUTS = 2 * ANTENNAS, TIMES = 2, CHANNELS = 2, PRODUCTS = 4, SAMPLES = 5 };
enum { ENTRIES = INPUTS * INPUTS, DUMPS = TIMES * CHANNELS };
enum { BASELINES = 6, ROWS = TIMES * BASELINES, TELESCOPE = 5, CELLS = CHANNELS * PRODUCTS };

/* Numbers of the antennas with data, rising, as they are presented; the telescope has two more. */
static const uint32_t numbers[ANTENNAS] = {2, 7, 40};
static const double telescope[TELESCOPE] = {40, 3, 2, 99, 7};
/* The products of the file, and the polarisations (0: X) of the first and second antenna. */
static const double codes[PRODUCTS] = {-6, -8, -5, -7};
static const size_t pols[PRODUCTS][2] = {{1, 1}, {1, 0}, {0, 0}, {0, 1}};

/* Rows as the file has them. */
typedef struct row {
    size_t antenna[2], time;
} row;
static const row rows[ROWS] = {{{0, 1}, 1}, {{1, 1}, 0}, {{2, 0}, 0}, {{0, 0}, 0},
                               {{1, 0}, 0}, {{2, 2}, 1}, {{1, 2}, 0}, {{0, 2}, 1},
                               {{2, 2}, 0}, {{0, 0}, 1}, {{2, 1}, 1}, {{1, 1}, 1}};

static cph_c64 voltage(size_t antenna, size_t pol, size_t k, size_t time, size_t channel)
{
    return (cph_c64){fixture_value(k + 7 * time, pol + 2 * channel, antenna, 0),
                     fixture_value(k + 7 * time, pol + 2 * channel, antenna, 1)};
}

/* sum_k x_p conj(x_q) of inputs, X first. */
static cph_c64 product(size_t p, size_t q, size_t time, size_t channel)
{
    cph_c64 sum = {0.0, 0.0};
    for (size_t k = 0; k < SAMPLES; k++) {
        cph_c64 x = voltage(p % ANTENNAS, p / ANTENNAS, k, time, channel);
        cph_c64 y = voltage(q % ANTENNAS, q / ANTENNAS, k, time, channel);
        sum.re += x.re * y.re + x.im * y.im;
        sum.im += x.im * y.re - x.re * y.im;
    }
    return sum;
}

/* What tells one file from another. */
typedef struct variant {
    bool windows;              /* an axis of spectral windows, as version 0.1 has it */
    size_t rows;               /* the first so many; 0: all */
    const char *phase;         /* of phase_type, or NULL: a catalogue of phase centres */
    const unsigned char *flag; /* [ROWS][CELLS] or NULL */
} variant;

static void put_doubles(hid_t file, const char *name, int rank, hsize_t first, hsize_t second,
                        const double *value)
{
    const hsize_t dim[2] = {first, second};
    H5Dclose(fixture_set(file, name, rank, dim, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, value));
}

static void put_word(hid_t file, const char *name, const char *word)
{
    hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, strlen(word));
    H5Tset_strpad(type, H5T_STR_NULLPAD);
    H5Dclose(fixture_set(file, name, 0, NULL, type, type, word));
    H5Tclose(type);
}

static void put_header(hid_t file, const variant *v, size_t count)
{
    double end[2][ROWS], day[ROWS], span[ROWS], position[TELESCOPE][3];
    const double freq[CHANNELS] = {1.5e8, 1.51e8}, width = 1e5;
    const double site[3] = {-30.7, 21.4, 1050.0};
    static const char names[TELESCOPE][4] = {"A40", "A3", "A2", "A99", "A7"};
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < 2; k++)
            end[k][i] = numbers[rows[i].antenna[k]];
        day[i] = 2440587.5 + (100.0 + 8.0 * (double)rows[i].time) / 86400.0;
        span[i] = 8.0;
    }
    for (size_t i = 0; i < TELESCOPE; i++)
        for (size_t k = 0; k < 3; k++)
            position[i][k] = telescope[i] + 0.25 * (double)k;
    put_doubles(file, "/Header/ant_1_array", 1, count, 0, end[0]);
    put_doubles(file, "/Header/ant_2_array", 1, count, 0, end[1]);
    put_doubles(file, "/Header/time_array", 1, count, 0, day);
    put_doubles(file, "/Header/integration_time", 1, count, 0, span);
    put_doubles(file, "/Header/polarization_array", 1, PRODUCTS, 0, codes);
    put_doubles(file, "/Header/antenna_numbers", 1, TELESCOPE, 0, telescope);
    put_doubles(file, "/Header/antenna_positions", 2, TELESCOPE, 3, position[0]);
    put_doubles(file, "/Header/channel_width", 0, 0, 0, &width);
    put_doubles(file, "/Header/latitude", 0, 0, 0, &site[0]);
    put_doubles(file, "/Header/longitude", 0, 0, 0, &site[1]);
    put_doubles(file, "/Header/altitude", 0, 0, 0, &site[2]);
    if (v->windows)
        put_doubles(file, "/Header/freq_array", 2, 1, CHANNELS, freq);
    else
        put_doubles(file, "/Header/freq_array", 1, CHANNELS, 0, freq);
    const hsize_t antennas = TELESCOPE;
    hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, sizeof names[0]);
    H5Dclose(fixture_set(file, "/Header/antenna_names", 1, &antennas, type, type, names));
    H5Tclose(type);
    put_word(file,
             v->phase != NULL ? "/Header/phase_type" : "/Header/phase_center_catalog/0/cat_type",
             v->phase != NULL ? v->phase : "unprojected");
}

/* A boolean of Python. */
static hid_t make_boolean(void)
{
    hid_t type = H5Tenum_create(H5T_STD_I8LE);
    const signed char no = 0, yes = 1;
    H5Tenum_insert(type, "FALSE", &no);
    H5Tenum_insert(type, "TRUE", &yes);
    return type;
}

static void write_visibilities(const char *path, const variant *v)
{
    static int32_t value[ROWS][CHANNELS][PRODUCTS][2];
    static float count[ROWS * CELLS];
    const size_t used = v->rows == 0 ? ROWS : v->rows;
    for (size_t i = 0; i < used; i++)
        for (size_t c = 0; c < CHANNELS; c++)
            for (size_t k = 0; k < PRODUCTS; k++) {
                const size_t p = rows[i].antenna[1] + ANTENNAS * pols[k][1];
                const size_t q = rows[i].antenna[0] + ANTENNAS * pols[k][0];
                const cph_c64 z = product(p, q, rows[i].time, c);
                value[i][c][k][0] = (int32_t)z.re;
                value[i][c][k][1] = (int32_t)z.im;
                count[(i * CHANNELS + c) * PRODUCTS + k] = i == 3 ? 0.0F : 2.0F;
            }
    const hsize_t with[4] = {used, 1, CHANNELS, PRODUCTS}, without[3] = {used, CHANNELS, PRODUCTS};
    const hsize_t *dim = v->windows ? with : without;
    const int rank = v->windows ? 4 : 3;
    hid_t file = fixture_raw(path, NULL), pair = fixture_pair(H5T_NATIVE_INT32, "r", "i");
    H5Dclose(fixture_set(file, "/Data/visdata", rank, dim, pair, pair, value));
    H5Dclose(
        fixture_set(file, "/Data/nsamples", rank, dim, H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, count));
    H5Tclose(pair);
    if (v->flag != NULL) {
        hid_t boolean = make_boolean();
        H5Dclose(fixture_set(file, "/Data/flags", rank, dim, boolean, boolean, v->flag));
        H5Tclose(boolean);
    }
    put_header(file, v, used);
    H5Fclose(file);
}

static void every_product_finds_its_place(void)
{
    const char *path = fixture_path("any.uvh5");
    cph_c64 r[ENTRIES];
    const variant kinds[] = {{.windows = true, .phase = "drift"}, {.windows = false}};
    for (size_t k = 0; k < 2; k++) {
        write_visibilities(path, &kinds[k]);
        cph_data *data = fixture_open(path, NULL);
        for (size_t at = 0; at < DUMPS; at++) {
            const size_t time = at / CHANNELS, channel = at % CHANNELS;
            CU_ASSERT_EQUAL(cph_data_read_covariance(data, time, channel, NULL, INPUTS, r, NULL),
                            CPH_OK);
            for (size_t i = 0; i < ENTRIES; i++) {
                const cph_c64 z = product(i / INPUTS, i % INPUTS, time, channel);
                CU_ASSERT_EQUAL(r[i].re, z.re);
                CU_ASSERT_EQUAL(r[i].im, z.im);
            }
        }
        /* Y of antenna 7, X of antenna 40, out of order. */
        const size_t some[2] = {4, 2};
        const cph_c64 z = product(4, 2, 1, 1);
        CU_ASSERT_EQUAL(cph_data_read_covariance(data, 1, 1, some, 2, r, NULL), CPH_OK);
        CU_ASSERT_EQUAL(r[1].re, z.re);
        CU_ASSERT_EQUAL(r[1].im, z.im);
        CU_ASSERT_NOT_EQUAL(r[1].im, 0.0);
        cph_data_close(data);
    }
}

static void the_header_is_told(void)
{
    const char *path = fixture_path("any.uvh5");
    write_visibilities(path, &(variant){.windows = true, .phase = "drift"});
    cph_data *data = fixture_open(path, NULL);
    const cph_data_header *h = cph_data_header_of(data);
    CU_ASSERT_STRING_EQUAL(h->format, "uvh5");
    CU_ASSERT_EQUAL(h->kind, CPH_KIND_COVARIANCE);
    CU_ASSERT_EQUAL(h->times, TIMES);
    CU_ASSERT_EQUAL(h->channels, CHANNELS);
    CU_ASSERT_EQUAL(h->axis_elements, ANTENNAS);
    CU_ASSERT_EQUAL(h->array.elements, INPUTS);
    CU_ASSERT(h->has_diagonal);
    CU_ASSERT_EQUAL(h->missing, 0);
    CU_ASSERT_EQUAL(h->channel_freq_hz[1], 1.51e8);
    CU_ASSERT_DOUBLE_EQUAL(h->time_unix_s[0], 100.0, 1e-4); /* of a Julian date: 40 us */
    CU_ASSERT_DOUBLE_EQUAL(h->time_unix_s[1], 108.0, 1e-4);
    CU_ASSERT_EQUAL(h->integration_s, 8.0);
    CU_ASSERT_EQUAL(h->n_samples, 1e5 * 8.0 * 2.0);
    for (size_t n = 0; n < INPUTS; n++) {
        const cph_element *element = &h->array.element[n];
        char name[8];
        snprintf(name, sizeof name, "A%u", numbers[n % ANTENNAS]);
        CU_ASSERT_EQUAL(element->number, numbers[n % ANTENNAS]);
        CU_ASSERT_EQUAL(element->polarization, n < ANTENNAS ? 'X' : 'Y');
        CU_ASSERT_STRING_EQUAL(element->name, name);
        CU_ASSERT_EQUAL(element->position[2], numbers[n % ANTENNAS] + 0.5);
        CU_ASSERT(!element->listed);
    }
    CU_ASSERT_EQUAL(h->array.frame, CPH_FRAME_ECEF);
    CU_ASSERT_EQUAL(h->array.latitude_deg, -30.7);
    cph_data_close(data);
}

/* Flags of one channel hide one entry; an antenna flagged throughout is listed. */
static void what_is_flagged_is_missing(void)
{
    unsigned char flag[ROWS * CELLS] = {0};
    const char *path = fixture_path("flagged.uvh5");
    cph_c64 r[ENTRIES];
    for (size_t i = 0; i < ROWS; i++)
        if (rows[i].antenna[0] == 1 || rows[i].antenna[1] == 1)
            memset(flag + i * CELLS, 1, CELLS);
    flag[2 * CELLS + PRODUCTS + 2] = 1; /* XX of antennas 40, 2 at time 0, channel 1 */
    write_visibilities(path, &(variant){.phase = "drift", .flag = flag});
    cph_data *data = fixture_open(path, NULL);
    for (size_t n = 0; n < INPUTS; n++)
        CU_ASSERT_EQUAL(cph_data_header_of(data)->array.element[n].listed, n % ANTENNAS == 1);
    CU_ASSERT_EQUAL(cph_data_read_covariance(data, 0, 1, NULL, INPUTS, r, NULL), CPH_OK);
    for (size_t i = 0; i < INPUTS; i++)
        for (size_t j = 0; j < INPUTS; j++) {
            const bool hidden =
                i % ANTENNAS == 1 || j % ANTENNAS == 1 || (i == 0 && j == 2) || (i == 2 && j == 0);
            CU_ASSERT_EQUAL(isnan(r[i * INPUTS + j].re) != 0, hidden);
        }
    CU_ASSERT_EQUAL(cph_data_read_covariance(data, 0, 0, NULL, INPUTS, r, NULL), CPH_OK);
    CU_ASSERT(!isnan(r[2].re));
    cph_data_close(data);
}

static void a_missing_baseline_is_told(void)
{
    const char *path = fixture_path("short.uvh5");
    cph_c64 r[ENTRIES];
    /* Without the last two: no baseline 7-40, no autocorrelation of 7, at time 1. */
    write_visibilities(path, &(variant){.phase = "drift", .rows = ROWS - 2});
    cph_data *data = fixture_open(path, NULL);
    CU_ASSERT_EQUAL(cph_data_header_of(data)->missing, 1);
    CU_ASSERT(!cph_data_header_of(data)->has_diagonal);
    CU_ASSERT_EQUAL(cph_data_read_covariance(data, 1, 0, NULL, INPUTS, r, NULL), CPH_OK);
    CU_ASSERT(isnan(r[1 * INPUTS + 2].re) && isnan(r[2 * INPUTS + 1].re));
    CU_ASSERT(!isnan(r[0 * INPUTS + 1].re));
    cph_data_close(data);
}

/* A copy with one object changed must be refused by one line that names it. */
static void bad_files_are_refused(void)
{
    const char *path = fixture_path("bad.uvh5");
    const double twice[PRODUCTS] = {-5, -5, -7, -8}, stokes[PRODUCTS] = {1, 2, 3, 4};
    double end[ROWS], day[ROWS], other[TELESCOPE] = {40, 3, 2, 99, 8};
    for (size_t i = 0; i < ROWS; i++) {
        end[i] = numbers[rows[i].antenna[0]];
        day[i] = i == 4 ? NAN : 2440588.0;
    }
    end[0] = 2.5;
    const struct {
        const char *name;
        hsize_t count;
        const double *value;
        cph_status status;
        const char *words[3];
    } cases[] = {
        {"/Header/polarization_array", PRODUCTS, twice, CPH_ERR_FORMAT, {"-5 twice"}},
        {"/Header/polarization_array", PRODUCTS, stokes, CPH_ERR_UNSUPPORTED, {"is 1", "XX"}},
        {"/Header/polarization_array", 2, twice, CPH_ERR_FORMAT, {"shape [2]"}},
        {"/Header/ant_1_array", ROWS, end, CPH_ERR_FORMAT, {"row 0 is 2.5"}},
        {"/Header/ant_2_array", ROWS - 1, end, CPH_ERR_FORMAT, {"[11]", "[12]"}},
        {"/Header/time_array", ROWS, day, CPH_ERR_FORMAT, {"row 4 is nan", "Julian"}},
        {"/Header/antenna_numbers", TELESCOPE, other, CPH_ERR_FORMAT, {"lacks antenna 7"}},
        {"/Header/freq_array", 0, NULL, CPH_ERR_MISSING, {"absent"}},
        {"/Header/phase_type", 0, NULL, CPH_ERR_MISSING, {"absent"}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        write_visibilities(path, &(variant){.phase = "drift"});
        hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
        CU_ASSERT(H5Ldelete(file, cases[i].name, H5P_DEFAULT) >= 0);
        if (cases[i].value != NULL)
            put_doubles(file, cases[i].name, 1, cases[i].count, 0, cases[i].value);
        H5Fclose(file);
        const char *const words[] = {"bad.uvh5", cases[i].name, cases[i].words[0],
                                     cases[i].words[1], NULL};
        fixture_refused(path, NULL, cases[i].status, words);
    }
    const char *const tracked[] = {"phase_type", "phased", "expected drift", NULL};
    write_visibilities(path, &(variant){.phase = "phased"});
    fixture_refused(path, NULL, CPH_ERR_UNSUPPORTED, tracked);
}

/* Rows of the same baseline at the same time contradict each other. */
static void a_baseline_stands_once(void)
{
    const char *path = fixture_path("twice.uvh5");
    double day[ROWS];
    for (size_t i = 0; i < ROWS; i++)
        day[i] = 2440588.0;
    write_visibilities(path, &(variant){.phase = "drift"});
    hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
    H5Ldelete(file, "/Header/time_array", H5P_DEFAULT);
    put_doubles(file, "/Header/time_array", 1, ROWS, 0, day);
    H5Fclose(file);
    const char *const words[] = {"twice.uvh5", "/Header/ant_1_array", "rows", "one baseline", NULL};
    fixture_refused(path, NULL, CPH_ERR_FORMAT, words);
}

/* Stands in for an encoder: a data set of a filter is made only where there is one. */
static size_t no_filter(unsigned flags, size_t parameters, const unsigned parameter[], size_t bytes,
                        size_t *buffer_size, void **buffer)
{
    (void)flags, (void)parameters, (void)parameter, (void)buffer_size, (void)buffer;
    return bytes;
}

/* A chunk as h5py's LZF writes it: literals, a short repeat and a long one that runs into itself;
 * then streams that end early, reach back too far, or say too much. */
static void lzf_is_read(void)
{
    static const unsigned char good[] = {3, 1, 2, 3, 4, 0x40, 3, 0xe0, 21, 1};
    static const unsigned char bad[][4] = {{3, 1, 2, 3}, {0, 1, 0x20, 1}, {0, 1, 0xe0, 60}};
    static const size_t bad_size[] = {4, 4, 4};
    const char *path = fixture_path("lzf.h5");
    const unsigned parameters[3] = {4, 261, 38};
    const hsize_t dim = 38, origin = 0;
    double value[38];
    const H5Z_class2_t encoder = {.version = H5Z_CLASS_T_VERS,
                                  .id = 32000,
                                  .encoder_present = 1,
                                  .decoder_present = 1,
                                  .filter = no_filter};
    for (size_t k = 0; k < 1 + sizeof bad / sizeof bad[0]; k++) {
        CU_ASSERT(H5Zregister(&encoder) >= 0);
        hid_t file = fixture_raw(path, NULL), plist = H5Pcreate(H5P_DATASET_CREATE);
        hid_t space = H5Screate_simple(1, &dim, NULL);
        H5Pset_chunk(plist, 1, &dim);
        H5Pset_filter(plist, 32000, H5Z_FLAG_OPTIONAL, 3, parameters);
        hid_t set =
            H5Dcreate2(file, "/packed", H5T_STD_U8LE, space, H5P_DEFAULT, plist, H5P_DEFAULT);
        CU_ASSERT(H5Dwrite_chunk(set, H5P_DEFAULT, 0, &origin,
                                 k == 0 ? sizeof good : bad_size[k - 1],
                                 k == 0 ? good : bad[k - 1]) >= 0);
        H5Dclose(set);
        H5Sclose(space);
        H5Pclose(plist);
        H5Fclose(file);
        CU_ASSERT(H5Zunregister(32000) >= 0);
        cph_error error = {.status = CPH_OK};
        cph_h5 h5 = {.error = &error};
        const size_t count = 38;
        CU_ASSERT_EQUAL_FATAL(cph_h5_open(path, &h5), CPH_OK);
        CU_ASSERT_EQUAL(cph_h5_doubles(&h5, "/packed", 1, &count, value) == CPH_OK, k == 0);
        cph_h5_close(&h5);
        if (k > 0)
            continue;
        /* 1 2 3 4, then four from 4 back, then thirty from 2 back */
        for (size_t i = 0; i < 8; i++)
            CU_ASSERT_EQUAL(value[i], (double)(i % 4 + 1));
        for (size_t i = 8; i < count; i++)
            CU_ASSERT_EQUAL(value[i], i % 2 == 0 ? 3.0 : 4.0);
    }
}

static const char *recorded(const char *name)
{
    static char path[500];
    const char *folder = getenv("COPHASE_DATA");
    snprintf(path, sizeof path, "%s/%s", folder != NULL ? folder : "../shared/data", name);
    if (access(path, R_OK) == 0)
        return path;
    printf("skipped: no %s ", path);
    CU_PASS("skipped");
    return NULL;
}

/* The sky moves west: between antennas west and east, the phase of R_(east)(west), 2 pi f/c times
 * a baseline to the east . s, falls. Ten dumps apart, over channels that are never flagged. */
static void recorded_sky_moves_west(void)
{
    enum { ALL = 7, PAIRS = ALL * ALL, STEP = 10 };
    const char *path = recorded("hera/zen.2458043.40141.xx.HH.XRAA.uvh5");
    cph_c64 r[2][PAIRS];
    double place[ALL][3];
    size_t pairs = 0, falls = 0;
    if (path == NULL)
        return;
    cph_data *data = fixture_open(path, NULL);
    const cph_data_header *h = cph_data_header_of(data);
    CU_ASSERT_EQUAL_FATAL(h->array.elements, ALL);
    CU_ASSERT_EQUAL_FATAL(cph_array_positions(&h->array, place[0]), CPH_OK);
    double turned[PAIRS] = {0};
    for (size_t t = 0; t + STEP < h->times; t += STEP)
        for (size_t c = 0; c < h->channels; c++) {
            for (size_t k = 0; k < 2; k++)
                CU_ASSERT_EQUAL(
                    cph_data_read_covariance(data, t + k * STEP, c, NULL, ALL, r[k], NULL), CPH_OK);
            for (size_t i = 0; i < PAIRS; i++) {
                const cph_c64 a = r[0][i], b = r[1][i];
                const double phase = atan2(b.im * a.re - b.re * a.im, b.re * a.re + b.im * a.im);
                turned[i] += isfinite(phase) ? phase : 0.0;
            }
        }
    for (size_t p = 0; p < ALL; p++)
        for (size_t q = 0; q < ALL; q++) {
            if (place[p][0] - place[q][0] < 10.0) /* p is east of q by a baseline and more */
                continue;
            pairs++;
            falls += turned[p * ALL + q] < 0.0;
        }
    CU_ASSERT(pairs >= 8);
    CU_ASSERT_EQUAL(falls, pairs);
    cph_data_close(data);
}

CU_TestInfo cph_tests_data_uvh5[] = {
    {"every product finds its place", every_product_finds_its_place},
    {"the header says what the telescope did", the_header_is_told},
    {"what is flagged is missing, what always is is listed", what_is_flagged_is_missing},
    {"a missing baseline is told", a_missing_baseline_is_told},
    {"bad files are refused by one line", bad_files_are_refused},
    {"a baseline stands once in a dump", a_baseline_stands_once},
    {"LZF is read, and its damage refused", lzf_is_read},
    {"a recorded sky moves west", recorded_sky_moves_west},
    CU_TEST_INFO_NULL,
};
