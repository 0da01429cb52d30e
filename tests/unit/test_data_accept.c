/* SPDX-License-Identifier: MIT */
/* Reading takes what others write: member names, byte orders, integer widths, a trailing axis of
 * two, filters, odd chunks, and strings of every kind. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cophase/solutions.h"
#include "data_fixture.h"

enum { TIMES = 5, ELEMENTS = 3, COUNT = TIMES * ELEMENTS };

/* Values for re and im in turn, within int8. */
static void fill(int *value)
{
    for (size_t i = 0; i < (size_t)2 * COUNT; i++)
        value[i] = fixture_value(i / 2, 0, 0, (int)(i % 2));
}

static void check_samples(const char *path, cph_type type, int im_factor)
{
    int value[2 * COUNT];
    unsigned char out[COUNT * sizeof(cph_c32)];
    fill(value);
    cph_data *data = fixture_open(path, NULL);
    CU_ASSERT_EQUAL(cph_data_header_of(data)->type, type);
    CU_ASSERT_EQUAL(cph_data_read_samples(data, 0, TIMES, 0, NULL, ELEMENTS, out, NULL), CPH_OK);
    for (size_t i = 0; i < (size_t)2 * COUNT; i++) {
        double is = type == CPH_C8    ? (double)((int8_t *)out)[i]
                    : type == CPH_C16 ? (double)((int16_t *)(void *)out)[i]
                                      : (double)((float *)(void *)out)[i];
        CU_ASSERT_EQUAL(is, i % 2 == 0 ? value[i] : im_factor * value[i]);
    }
    cph_data_close(data);
}

static void compounds_of_others(void)
{
    const struct {
        const char *re, *im;
        hid_t part;
        cph_type type;
    } rows[] = {{"real", "imag", H5T_IEEE_F64BE, CPH_C32},
                {"re", "im", H5T_STD_I16BE, CPH_C16},
                {"r", "i", H5T_STD_I32LE, CPH_C32},
                {"R", "I", H5T_IEEE_F32BE, CPH_C32},
                {"r", "i", H5T_STD_I8BE, CPH_C8}};
    const hsize_t dim[2] = {TIMES, ELEMENTS};
    const char *path = fixture_path("compound.h5");
    int value[2 * COUNT];
    fill(value);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        hid_t file = fixture_raw(path, "capture");
        hid_t type = fixture_pair(rows[i].part, rows[i].re, rows[i].im);
        hid_t memory = fixture_pair(H5T_NATIVE_INT, rows[i].re, rows[i].im);
        H5Dclose(fixture_set(file, "samples", 2, dim, type, memory, value));
        H5Tclose(memory);
        H5Tclose(type);
        H5Fclose(file);
        check_samples(path, rows[i].type, 1);
    }
}

static void trailing_axis_of_two(void)
{
    const char *path = fixture_path("axis.h5");
    const hsize_t two[3] = {TIMES, ELEMENTS, 2}, three[4] = {TIMES, 1, ELEMENTS, 2};
    int value[2 * COUNT];
    fill(value);
    for (int rank = 3; rank <= 4; rank++) {
        hid_t file = fixture_raw(path, "capture");
        H5Dclose(fixture_set(file, "samples", rank, rank == 3 ? two : three, H5T_STD_I16BE,
                             H5T_NATIVE_INT, value));
        H5Fclose(file);
        check_samples(path, CPH_C16, 1);
    }
}

/* Packed odd chunks behind shuffle and deflate; the last ones are not full. */
static void filters_and_odd_chunks(void)
{
    const char *path = fixture_path("filter.h5");
    const hsize_t dim[2] = {TIMES, ELEMENTS}, chunk[2] = {2, 2};
    int value[2 * COUNT];
    fill(value);
    hid_t file = fixture_raw(path, "capture");
    hid_t type = fixture_pair(H5T_STD_I8LE, "r", "i");
    hid_t memory = fixture_pair(H5T_NATIVE_INT, "r", "i");
    hid_t plist = H5Pcreate(H5P_DATASET_CREATE), space = H5Screate_simple(2, dim, NULL);
    H5Pset_chunk(plist, 2, chunk);
    H5Pset_shuffle(plist);
    H5Pset_deflate(plist, 5);
    hid_t set = H5Dcreate2(file, "samples", type, space, H5P_DEFAULT, plist, H5P_DEFAULT);
    CU_ASSERT(H5Dwrite(set, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, value) >= 0);
    H5Dclose(set);
    H5Sclose(space);
    H5Pclose(plist);
    H5Tclose(memory);
    H5Tclose(type);
    H5Fclose(file);
    check_samples(path, CPH_C8, 1);
}

/* Bytes as they are, under a number that no library has. */
static size_t keep(unsigned flags, size_t count, const unsigned *values, size_t bytes, size_t *size,
                   void **buffer)
{
    (void)flags, (void)count, (void)values, (void)size, (void)buffer;
    return bytes;
}

/* A filter that is not installed is named; the file itself is told. */
static void unknown_filter(void)
{
    enum { FILTER = 400 };
    const H5Z_class2_t filter = {.version = H5Z_CLASS_T_VERS,
                                 .id = FILTER,
                                 .encoder_present = 1,
                                 .decoder_present = 1,
                                 .name = "of nobody",
                                 .filter = keep};
    const hsize_t dim[2] = {2, 2};
    const int8_t value[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    const char *path = fixture_path("nobody.h5");
    cph_c8 out[4];
    cph_error error = {CPH_OK, ""};
    CU_ASSERT(H5Zregister(&filter) >= 0);
    hid_t file = fixture_raw(path, "capture"), type = fixture_pair(H5T_NATIVE_SCHAR, "r", "i");
    hid_t plist = H5Pcreate(H5P_DATASET_CREATE), space = H5Screate_simple(2, dim, NULL);
    H5Pset_chunk(plist, 2, dim);
    H5Pset_filter(plist, FILTER, H5Z_FLAG_MANDATORY, 0, NULL);
    hid_t set = H5Dcreate2(file, "samples", type, space, H5P_DEFAULT, plist, H5P_DEFAULT);
    CU_ASSERT(H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, value) >= 0);
    H5Dclose(set);
    H5Sclose(space);
    H5Pclose(plist);
    H5Tclose(type);
    H5Fclose(file);
    CU_ASSERT(H5Zunregister(FILTER) >= 0);
    cph_data *data = fixture_open(path, NULL);
    CU_ASSERT_EQUAL(cph_data_read_samples(data, 0, 2, 0, NULL, 2, out, &error),
                    CPH_ERR_UNSUPPORTED);
    CU_ASSERT_PTR_NOT_NULL(strstr(error.message, "/samples"));
    CU_ASSERT_PTR_NOT_NULL(strstr(error.message, "of nobody"));
    cph_data_close(data);
}

/* Real samples of any width; bytes without a sign need 16 bits with one. */
static void real_samples(void)
{
    const hid_t types[3] = {H5T_STD_I8LE, H5T_STD_U8LE, H5T_IEEE_F32BE};
    const cph_type read_as[3] = {CPH_C8, CPH_C16, CPH_C32};
    const hsize_t dim[2] = {2, 2};
    const int value[4] = {1, 100, 7, 127};
    const char *path = fixture_path("plain.h5");
    for (size_t i = 0; i < 3; i++) {
        unsigned char out[4 * sizeof(cph_c32)];
        hid_t file = fixture_raw(path, "capture");
        hid_t set = fixture_set(file, "samples", 2, dim, types[i], H5T_NATIVE_INT, value);
        fixture_text(set, "sampling", "real");
        H5Dclose(set);
        H5Fclose(file);
        cph_data *data = fixture_open(path, NULL);
        CU_ASSERT_EQUAL(cph_data_header_of(data)->type, read_as[i]);
        CU_ASSERT(cph_data_header_of(data)->real_sampling);
        CU_ASSERT_EQUAL(cph_data_read_samples(data, 0, 2, 0, NULL, 2, out, NULL), CPH_OK);
        for (size_t k = 0; k < 8; k++) {
            double is = i == 0   ? (double)((int8_t *)out)[k]
                        : i == 1 ? (double)((int16_t *)(void *)out)[k]
                                 : (double)((float *)(void *)out)[k];
            CU_ASSERT_EQUAL(is, k % 2 == 0 ? value[k / 2] : 0);
        }
        cph_data_close(data);
    }
}

static void put_variable(hid_t file, const char *name, const char *const *text, hsize_t count)
{
    hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, H5T_VARIABLE);
    H5Dclose(fixture_set(file, name, 1, &count, type, type, (const void *)text));
    H5Tclose(type);
}

/* Attributes with white space behind their names, null data spaces, and strings as code points. */
static void strings_of_every_kind(void)
{
    static const char *const names[2] = {"first", "second"};
    const uint32_t code[2][3] = {{0x41, 0xE9, 0x20AC}, {0x1D11E, 0, 0}}; /* A e-acute euro; clef */
    const hsize_t dim[2] = {2, 2}, ucs4[2] = {2, 3}, kind_dim[1] = {8};
    const uint32_t kind[8] = {'c', 'a', 'p', 't', 'u', 'r', 'e', 0};
    const int8_t value[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    const char *path = fixture_path("strings.h5");
    for (int variable = 0; variable < 2; variable++) {
        hid_t file = fixture_raw(path, NULL);
        fixture_text(file, "format", "cophase");
        fixture_number(file, "format_version", 1.0);
        hid_t space = H5Screate_simple(1, kind_dim, NULL);
        hid_t attr = H5Acreate2(file, "kind", H5T_STD_U32BE, space, H5P_DEFAULT, H5P_DEFAULT);
        H5Awrite(attr, H5T_NATIVE_UINT32, kind);
        H5Aclose(attr);
        H5Sclose(space);
        fixture_number(file, "sample_rate_hz\t", 4096.0);
        space = H5Screate(H5S_NULL);
        H5Aclose(
            H5Acreate2(file, "center_freq_hz", H5T_IEEE_F64LE, space, H5P_DEFAULT, H5P_DEFAULT));
        H5Sclose(space);
        hid_t type = fixture_pair(H5T_NATIVE_SCHAR, "r", "i");
        H5Dclose(fixture_set(file, "samples", 2, dim, type, type, value));
        if (variable)
            put_variable(file, "array/name", names, 2);
        else
            H5Dclose(
                fixture_set(file, "array/name", 2, ucs4, H5T_STD_U32LE, H5T_NATIVE_UINT32, code));
        H5Tclose(type);
        H5Fclose(file);
        cph_data *data = fixture_open(path, NULL);
        const cph_data_header *h = cph_data_header_of(data);
        CU_ASSERT_EQUAL(h->sample_rate_hz, 4096.0);
        CU_ASSERT(isnan(h->center_freq_hz));
        CU_ASSERT_STRING_EQUAL(h->array.element[0].name,
                               variable ? "first" : "A\xC3\xA9\xE2\x82\xAC");
        CU_ASSERT_STRING_EQUAL(h->array.element[1].name, variable ? "second" : "\xF0\x9D\x84\x9E");
        cph_data_close(data);
    }
}

/* What a file does not say stays unknown; nothing is made up. */
static void absent_is_unknown(void)
{
    const hsize_t dim[2] = {2, 2};
    const int8_t value[8] = {0};
    const char *path = fixture_path("bare.h5");
    hid_t file = fixture_raw(path, "capture");
    hid_t type = fixture_pair(H5T_NATIVE_SCHAR, "r", "i");
    H5Dclose(fixture_set(file, "samples", 2, dim, type, type, value));
    H5Tclose(type);
    H5Fclose(file);
    FILE *table = fopen(fixture_path("table.txt"), "w");
    fputs("0 a 1 2 3 False\n1 b 4 5 6 True\n", table);
    fclose(table);
    cph_data *data =
        fixture_open(path, &(cph_data_options){.positions = fixture_path("table.txt")});
    const cph_array *placed = &cph_data_header_of(data)->array; /* of any layout */
    CU_ASSERT(placed->has_positions && placed->element[1].position[2] == 6.0);
    CU_ASSERT(placed->element[1].listed && strcmp(placed->element[0].name, "a") == 0);
    cph_data_close(data);
    data = fixture_open(path, NULL);
    const cph_data_header *h = cph_data_header_of(data);
    CU_ASSERT(isnan(h->sample_rate_hz) && isnan(h->center_freq_hz));
    CU_ASSERT(isnan(h->if_freq_hz) && isnan(h->time_start_unix_s));
    CU_ASSERT(isnan(h->channel_freq_hz[0]) && h->scale == 1.0);
    CU_ASSERT(!h->array.has_positions && !h->array.has_array_to_enu);
    CU_ASSERT(h->array.elements == 2 && h->array.element[1].number == 1);
    CU_ASSERT(isnan(h->array.element[1].position[2]) && isnan(h->array.latitude_deg));
    CU_ASSERT_EQUAL(h->array.element[1].polarization, 0);
    cph_data_close(data);
}

/* A flagged gain is unknown whatever the file holds, and an impossible one is flagged. */
static void gains_and_flags_agree(void)
{
    const hsize_t dim[3] = {1, 1, 4};
    const double gain[8] = {1, 2, 3, 4, 0, 0, NAN, 1};
    const unsigned char flag[4] = {0, 1, 0, 0};
    const char *path = fixture_path("gains.h5");
    cph_calibration c;
    hid_t file = fixture_raw(path, "calibration");
    hid_t type = fixture_pair(H5T_NATIVE_DOUBLE, "r", "i");
    hid_t set = fixture_set(file, "gain", 3, dim, type, type, gain);
    fixture_text(set, "convention", "observed = gain * true");
    H5Dclose(set);
    H5Dclose(fixture_set(file, "flag", 3, dim, H5T_STD_U8LE, H5T_NATIVE_UCHAR, flag));
    H5Tclose(type);
    H5Fclose(file);
    CU_ASSERT_EQUAL_FATAL(cph_calibration_read(path, &c, NULL), CPH_OK);
    CU_ASSERT(c.flag[0] == CPH_FLAG_NONE && c.gain[0].re == 1.0 && c.gain[0].im == 2.0);
    for (size_t n = 1; n < 4; n++)
        CU_ASSERT(c.flag[n] == CPH_FLAG_UNSOLVED && isnan(c.gain[n].re) && isnan(c.gain[n].im));
    CU_ASSERT(isnan(c.phase_sigma[0]) && isnan(c.channel_freq_hz[0]) && isnan(c.time_unix_s[0]));
    cph_calibration_free(&c);
}

/* Positions: one unknown element is a hole, all unknown is as none. */
static void unknown_positions(void)
{
    const hsize_t dim[2] = {2, 2}, place[2] = {2, 3};
    const int8_t value[8] = {0};
    const double some[6] = {NAN, 1, 2, 3, 4, 5}, none[6] = {NAN, NAN, NAN, NAN, NAN, NAN};
    const char *path = fixture_path("places.h5");
    for (int known = 0; known < 2; known++) {
        hid_t file = fixture_raw(path, "capture");
        hid_t type = fixture_pair(H5T_NATIVE_SCHAR, "r", "i");
        H5Dclose(fixture_set(file, "samples", 2, dim, type, type, value));
        hid_t set = fixture_set(file, "array/position", 2, place, H5T_IEEE_F64BE, H5T_NATIVE_DOUBLE,
                                known ? some : none);
        fixture_text(set, "frame", "enu");
        H5Dclose(set);
        H5Tclose(type);
        H5Fclose(file);
        cph_data *data = fixture_open(path, NULL);
        const cph_array *a = &cph_data_header_of(data)->array;
        CU_ASSERT_EQUAL(a->has_positions, known);
        CU_ASSERT_EQUAL(a->has_array_to_enu, known);
        CU_ASSERT(isnan(a->element[0].position[1]));
        if (known)
            CU_ASSERT(a->frame == CPH_FRAME_ENU && a->element[1].position[2] == 5.0);
        cph_data_close(data);
    }
}

CU_TestInfo cph_tests_data_accept[] = {
    {"compounds of other names, orders and widths", compounds_of_others},
    {"a trailing axis of two", trailing_axis_of_two},
    {"filters and odd chunks", filters_and_odd_chunks},
    {"a filter that is not installed", unknown_filter},
    {"real samples of any width", real_samples},
    {"strings of every kind", strings_of_every_kind},
    {"what is absent is unknown", absent_is_unknown},
    {"gains and flags agree", gains_and_flags_agree},
    {"unknown positions", unknown_positions},
    CU_TEST_INFO_NULL,
};
