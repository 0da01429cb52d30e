/* SPDX-License-Identifier: MIT */
/* UVH5: visibilities of known voltages are stored as the format has them, conj(x_1) x_2, rows in
 * no order and baselines either way round, and every entry must come back as E[x_p conj(x_q)]. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/report.h"
#include "cli/verbs.h"
#include "datasets/h5/h5.h"
#include "uvh5_rig.h"

static void every_product_finds_its_place(void)
{
    const char *path = fixture_path("any.uvh5");
    cph_c64 r[UVH5_ENTRIES];
    const uvh5_variant kinds[] = {{.windows = true, .phase = "drift"}, {.windows = false}};
    for (size_t k = 0; k < 2; k++) {
        uvh5_write(path, &kinds[k]);
        cph_data *data = fixture_open(path, NULL);
        for (size_t at = 0; at < UVH5_DUMPS; at++) {
            const size_t time = at / UVH5_CHANNELS, channel = at % UVH5_CHANNELS;
            CU_ASSERT_EQUAL(
                cph_data_read_covariance(data, time, channel, NULL, UVH5_INPUTS, r, NULL), CPH_OK);
            for (size_t i = 0; i < UVH5_ENTRIES; i++) {
                const cph_c64 z = uvh5_product(i / UVH5_INPUTS, i % UVH5_INPUTS, time, channel);
                CU_ASSERT_EQUAL(r[i].re, z.re);
                CU_ASSERT_EQUAL(r[i].im, z.im);
            }
        }
        /* Y of antenna 7, X of antenna 40, out of order. */
        const size_t some[2] = {4, 2};
        const cph_c64 z = uvh5_product(4, 2, 1, 1);
        CU_ASSERT_EQUAL(cph_data_read_covariance(data, 1, 1, some, 2, r, NULL), CPH_OK);
        CU_ASSERT_EQUAL(r[1].re, z.re);
        CU_ASSERT_EQUAL(r[1].im, z.im);
        CU_ASSERT_NOT_EQUAL(r[1].im, 0.0);
        cph_data_close(data);
    }
}

/* Gains without a time factor are conjugated for a native copy as for the UVH5 file; what copies
 * say otherwise is refused. */
static void copies_keep_the_sense_of_gains(void)
{
    const char *path = fixture_path("any.uvh5"), *copy = fixture_path("any-copy.h5");
    uvh5_write(path, &(uvh5_variant){.windows = true});
    static const struct {
        const char *said;
        int opens, conjugate;
    } rows[] = {{NULL, 1, 1}, {"exp(+j 2 pi f t)", 1, 0}, {"exp(iwt)", 0, 0}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *words[] = {"cophase convert", path, "-q", "-o", copy, NULL};
        CU_ASSERT_EQUAL_FATAL(cph_verb_convert(5, (char **)words), CPH_EXIT_DONE);
        if (rows[i].said != NULL) {
            const hid_t file = H5Fopen(copy, H5F_ACC_RDWR, H5P_DEFAULT);
            CU_ASSERT(H5Adelete(file, "gain_time_factor") >= 0);
            CU_ASSERT(cph_h5_put_text(file, "gain_time_factor", rows[i].said));
            CU_ASSERT(H5Fclose(file) >= 0);
        }
        cph_error error = {.status = CPH_OK};
        cph_data *data = NULL;
        CU_ASSERT_EQUAL_FATAL(cph_data_open(copy, NULL, &data, &error) == CPH_OK, rows[i].opens);
        if (data == NULL) {
            CU_ASSERT_PTR_NOT_NULL(strstr(error.message, "gain_time_factor is \"exp(iwt)\""));
            continue;
        }
        CU_ASSERT_EQUAL(cph_data_header_of(data)->gains_conjugate, rows[i].conjugate);
        cph_data_close(data);
    }
}

static void the_header_is_told(void)
{
    const char *path = fixture_path("any.uvh5");
    uvh5_write(path, &(uvh5_variant){.windows = true, .phase = "drift"});
    cph_data *data = fixture_open(path, NULL);
    const cph_data_header *h = cph_data_header_of(data);
    CU_ASSERT_STRING_EQUAL(h->format, "uvh5");
    CU_ASSERT_EQUAL(h->kind, CPH_KIND_COVARIANCE);
    CU_ASSERT_EQUAL(h->times, UVH5_TIMES);
    CU_ASSERT_EQUAL(h->channels, UVH5_CHANNELS);
    CU_ASSERT_EQUAL(h->axis_elements, UVH5_ANTENNAS);
    CU_ASSERT_EQUAL(h->array.elements, UVH5_INPUTS);
    CU_ASSERT(h->has_diagonal);
    CU_ASSERT_EQUAL(h->missing, 0);
    CU_ASSERT_EQUAL(h->channel_freq_hz[1], 1.51e8);
    CU_ASSERT_DOUBLE_EQUAL(h->time_unix_s[0], 100.0, 1e-4); /* of a Julian date: 40 us */
    CU_ASSERT_DOUBLE_EQUAL(h->time_unix_s[1], 108.0, 1e-4);
    CU_ASSERT_EQUAL(h->integration_s, 8.0);
    CU_ASSERT_EQUAL(h->n_samples, 1e5 * 8.0 * 2.0);
    for (size_t n = 0; n < UVH5_INPUTS; n++) {
        const cph_element *element = &h->array.element[n];
        char name[8];
        snprintf(name, sizeof name, "A%u", uvh5_numbers[n % UVH5_ANTENNAS]);
        CU_ASSERT_EQUAL(element->number, uvh5_numbers[n % UVH5_ANTENNAS]);
        CU_ASSERT_EQUAL(element->polarization, n < UVH5_ANTENNAS ? 'X' : 'Y');
        CU_ASSERT_STRING_EQUAL(element->name, name);
        CU_ASSERT_EQUAL(element->position[2], uvh5_numbers[n % UVH5_ANTENNAS] + 0.5);
        CU_ASSERT(!element->listed);
    }
    CU_ASSERT_EQUAL(h->array.frame, CPH_FRAME_ECEF);
    CU_ASSERT_EQUAL(h->array.latitude_deg, -30.7);
    cph_data_close(data);
}

/* Flags of one channel hide one entry; an antenna flagged throughout is listed. */
static void what_is_flagged_is_missing(void)
{
    unsigned char flag[UVH5_ROWS * UVH5_CELLS] = {0};
    const char *path = fixture_path("flagged.uvh5");
    cph_c64 r[UVH5_ENTRIES];
    for (size_t i = 0; i < UVH5_ROWS; i++)
        if (uvh5_rows[i].antenna[0] == 1 || uvh5_rows[i].antenna[1] == 1)
            memset(flag + i * UVH5_CELLS, 1, UVH5_CELLS);
    flag[2 * UVH5_CELLS + UVH5_PRODUCTS + 2] = 1; /* XX of antennas 40, 2 at time 0, channel 1 */
    uvh5_write(path, &(uvh5_variant){.phase = "drift", .flag = flag});
    cph_data *data = fixture_open(path, NULL);
    for (size_t n = 0; n < UVH5_INPUTS; n++)
        CU_ASSERT_EQUAL(cph_data_header_of(data)->array.element[n].listed, n % UVH5_ANTENNAS == 1);
    CU_ASSERT_EQUAL(cph_data_read_covariance(data, 0, 1, NULL, UVH5_INPUTS, r, NULL), CPH_OK);
    for (size_t i = 0; i < UVH5_INPUTS; i++)
        for (size_t j = 0; j < UVH5_INPUTS; j++) {
            const bool hidden = i % UVH5_ANTENNAS == 1 || j % UVH5_ANTENNAS == 1 ||
                                (i == 0 && j == 2) || (i == 2 && j == 0);
            CU_ASSERT_EQUAL(isnan(r[i * UVH5_INPUTS + j].re) != 0, hidden);
        }
    CU_ASSERT_EQUAL(cph_data_read_covariance(data, 0, 0, NULL, UVH5_INPUTS, r, NULL), CPH_OK);
    CU_ASSERT(!isnan(r[2].re));
    cph_data_close(data);
}

static void a_missing_baseline_is_told(void)
{
    const char *path = fixture_path("short.uvh5");
    cph_c64 r[UVH5_ENTRIES];
    /* Without the last two: no baseline 7-40, no autocorrelation of 7, at time 1. */
    uvh5_write(path, &(uvh5_variant){.phase = "drift", .rows = UVH5_ROWS - 2});
    cph_data *data = fixture_open(path, NULL);
    CU_ASSERT_EQUAL(cph_data_header_of(data)->missing, 1);
    CU_ASSERT(!cph_data_header_of(data)->has_diagonal);
    CU_ASSERT_EQUAL(cph_data_read_covariance(data, 1, 0, NULL, UVH5_INPUTS, r, NULL), CPH_OK);
    CU_ASSERT(isnan(r[1 * UVH5_INPUTS + 2].re) && isnan(r[2 * UVH5_INPUTS + 1].re));
    CU_ASSERT(!isnan(r[0 * UVH5_INPUTS + 1].re));
    cph_data_close(data);
}

/* A copy with one object changed must be refused by one line that names it. */
static void bad_files_are_refused(void)
{
    const char *path = fixture_path("bad.uvh5");
    const double twice[UVH5_PRODUCTS] = {-5, -5, -7, -8}, stokes[UVH5_PRODUCTS] = {1, 2, 3, 4};
    double end[UVH5_ROWS], day[UVH5_ROWS], other[UVH5_TELESCOPE] = {40, 3, 2, 99, 8};
    for (size_t i = 0; i < UVH5_ROWS; i++) {
        end[i] = uvh5_numbers[uvh5_rows[i].antenna[0]];
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
        {"/Header/polarization_array", UVH5_PRODUCTS, twice, CPH_ERR_FORMAT, {"-5 twice"}},
        {"/Header/polarization_array", UVH5_PRODUCTS, stokes, CPH_ERR_UNSUPPORTED, {"is 1", "XX"}},
        {"/Header/polarization_array", 2, twice, CPH_ERR_FORMAT, {"shape [2]"}},
        {"/Header/ant_1_array", UVH5_ROWS, end, CPH_ERR_FORMAT, {"row 0 is 2.5"}},
        {"/Header/ant_2_array", UVH5_ROWS - 1, end, CPH_ERR_FORMAT, {"[11]", "[12]"}},
        {"/Header/time_array", UVH5_ROWS, day, CPH_ERR_FORMAT, {"row 4 is nan", "Julian"}},
        {"/Header/antenna_numbers", UVH5_TELESCOPE, other, CPH_ERR_FORMAT, {"lacks antenna 7"}},
        {"/Header/freq_array", 0, NULL, CPH_ERR_MISSING, {"absent"}},
        {"/Header/phase_type", 0, NULL, CPH_ERR_MISSING, {"absent"}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uvh5_write(path, &(uvh5_variant){.phase = "drift"});
        hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
        CU_ASSERT(H5Ldelete(file, cases[i].name, H5P_DEFAULT) >= 0);
        if (cases[i].value != NULL)
            uvh5_put_doubles(file, cases[i].name, 1, cases[i].count, 0, cases[i].value);
        H5Fclose(file);
        const char *const words[] = {"bad.uvh5", cases[i].name, cases[i].words[0],
                                     cases[i].words[1], NULL};
        fixture_refused(path, NULL, cases[i].status, words);
    }
    const char *const tracked[] = {"phase_type", "phased", "expected drift", NULL};
    uvh5_write(path, &(uvh5_variant){.phase = "phased"});
    fixture_refused(path, NULL, CPH_ERR_UNSUPPORTED, tracked);
}

/* Rows of the same baseline at the same time contradict each other. */
static void a_baseline_stands_once(void)
{
    const char *path = fixture_path("twice.uvh5");
    double day[UVH5_ROWS];
    for (size_t i = 0; i < UVH5_ROWS; i++)
        day[i] = 2440588.0;
    uvh5_write(path, &(uvh5_variant){.phase = "drift"});
    hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
    H5Ldelete(file, "/Header/time_array", H5P_DEFAULT);
    uvh5_put_doubles(file, "/Header/time_array", 1, UVH5_ROWS, 0, day);
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
    {"every uvh5_product finds its place", every_product_finds_its_place},
    {"the header says what the telescope did", the_header_is_told},
    {"what is made of it keeps the sense of gains", copies_keep_the_sense_of_gains},
    {"what is flagged is missing, what always is is listed", what_is_flagged_is_missing},
    {"a missing baseline is told", a_missing_baseline_is_told},
    {"bad files are refused by one line", bad_files_are_refused},
    {"a baseline stands once in a dump", a_baseline_stands_once},
    {"LZF is read, and its damage refused", lzf_is_read},
    {"a recorded sky moves west", recorded_sky_moves_west},
    CU_TEST_INFO_NULL,
};
