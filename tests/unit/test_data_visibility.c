/* SPDX-License-Identifier: MIT */
/* UVH5 files rewritten: what is handed out is E[x_p conj(x_q)] of the inputs named, what is changed
 * arrives, everything else stays; and which gains belong to such data. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cophase/solutions.h"
#include "datasets/h5/h5.h"
#include "uvh5_rig.h"

/* Gains that tell inputs apart. */
static cph_c64 gain_of(size_t input)
{
    return (cph_c64){1.0 + 0.25 * (double)input, 0.5 - 0.125 * (double)(input * input)};
}

/* v g_p conj(g_q) */
static cph_c64 seen_through(cph_c64 v, size_t p, size_t q)
{
    const cph_c64 g = gain_of(p), h = gain_of(q);
    const cph_c64 both = {g.re * h.re + g.im * h.im, g.im * h.re - g.re * h.im};
    return (cph_c64){v.re * both.re - v.im * both.im, v.re * both.im + v.im * both.re};
}

/* Copies, multiplying by gains; rows of channel 1 of the first product become flagged. */
static void rewrite(cph_data *data, const char *path, size_t max_memory)
{
    cph_writer *writer = NULL;
    cph_visibility_block block = {0};
    cph_error error = {.status = CPH_OK};
    size_t rows = 0;
    CU_ASSERT_EQUAL_FATAL(
        cph_visibility_create(path, data, "a calibration", max_memory, NULL, &writer, &error),
        CPH_OK);
    for (;;) {
        CU_ASSERT_EQUAL_FATAL(cph_visibility_next(writer, &block, &error), CPH_OK);
        if (block.rows == 0)
            break;
        CU_ASSERT(max_memory > 1 || block.rows == 1);
        for (size_t i = 0; i < block.rows * block.channels * block.products; i++) {
            const size_t row = i / (block.channels * block.products), k = i % block.products;
            const size_t channel = i / block.products % block.channels;
            const size_t *input = block.input + 2 * (row * block.products + k);
            const cph_c64 v = block.visibility[i];
            const cph_c64 z = uvh5_product(input[0], input[1], block.time[row], channel);
            CU_ASSERT_EQUAL(v.re, z.re);
            CU_ASSERT_EQUAL(v.im, z.im);
            CU_ASSERT_EQUAL(block.time[row], uvh5_rows[rows + row].time);
            block.visibility[i] = seen_through(v, input[0], input[1]);
            if (channel == 1 && k == 0)
                block.flag[i] = 7;
        }
        rows += block.rows;
    }
    CU_ASSERT_EQUAL(rows, UVH5_ROWS);
    CU_ASSERT_EQUAL(cph_writer_commit(writer, &error), CPH_OK);
}

/* Everything of the copy: entries through gains in 32 bits, flags (YY is the first product). */
static void check_copy(const char *path)
{
    cph_c64 r[UVH5_ENTRIES];
    cph_data *data = fixture_open(path, NULL);
    const cph_data_header *h = cph_data_header_of(data);
    CU_ASSERT_STRING_EQUAL(h->format, "uvh5");
    CU_ASSERT_STRING_EQUAL(h->applied, "a calibration");
    CU_ASSERT_EQUAL(h->array.elements, UVH5_INPUTS);
    CU_ASSERT_EQUAL(h->n_samples, 1e5 * 8.0 * 2.0);
    CU_ASSERT_STRING_EQUAL(h->array.element[2].name, "A40");
    for (size_t at = 0; at < UVH5_DUMPS; at++) {
        const size_t time = at / UVH5_CHANNELS, channel = at % UVH5_CHANNELS;
        CU_ASSERT_EQUAL(cph_data_read_covariance(data, time, channel, NULL, UVH5_INPUTS, r, NULL),
                        CPH_OK);
        for (size_t i = 0; i < UVH5_ENTRIES; i++) {
            const size_t p = i / UVH5_INPUTS, q = i % UVH5_INPUTS;
            const cph_c64 z = seen_through(uvh5_product(p, q, time, channel), p, q);
            const double bound = hypot(z.re, z.im) * 0x1p-23;
            if (channel == 1 && p >= UVH5_ANTENNAS && q >= UVH5_ANTENNAS) {
                CU_ASSERT(isnan(r[i].re));
                continue;
            }
            CU_ASSERT(hypot(r[i].re - z.re, r[i].im - z.im) <= bound);
        }
    }
    cph_data_close(data);
}

static void rows_are_changed_in_place(void)
{
    const char *path = fixture_path("seen.uvh5");
    static const uvh5_variant kinds[] = {{.windows = true, .phase = "drift"}, {.windows = false}};
    const size_t memory[] = {1 << 20, 1};
    for (size_t k = 0; k < 4; k++) {
        const char *from = fixture_path("plain.uvh5");
        uvh5_write(from, &kinds[k % 2]);
        cph_data *data = fixture_open(from, NULL);
        CU_ASSERT_PTR_NULL(cph_data_header_of(data)->applied);
        rewrite(data, path, memory[k / 2]);
        cph_data_close(data);
        check_copy(path);
    }
}

/* A file of another layout has no rows, and an abandoned copy leaves nothing. */
static void what_is_not_copied(void)
{
    const char *path = fixture_path("plain.uvh5"), *out = fixture_path("left.uvh5");
    cph_writer *writer = NULL;
    cph_error error = {.status = CPH_OK};
    uvh5_write(path, &(uvh5_variant){.phase = "drift"});
    cph_data *data = fixture_open(path, NULL);
    CU_ASSERT_EQUAL_FATAL(cph_visibility_create(out, data, NULL, 1, NULL, &writer, &error), CPH_OK);
    cph_writer_abort(writer);
    CU_ASSERT_EQUAL(fixture_size(out), SIZE_MAX);
    CU_ASSERT_EQUAL(fixture_size(fixture_path("left.uvh5.partial")), SIZE_MAX);
    cph_data_close(data);

    cph_array array;
    cph_calibration calibration;
    fixture_array(3, &array);
    CU_ASSERT_EQUAL_FATAL(cph_calibration_create(&array, 1, 1, &calibration), CPH_OK);
    CU_ASSERT_EQUAL(cph_calibration_write(fixture_path("own.h5"), &calibration, NULL, &error),
                    CPH_OK);
    data = fixture_open(fixture_path("own.h5"), NULL);
    CU_ASSERT_EQUAL(cph_visibility_create(out, data, NULL, 1, NULL, &writer, &error),
                    CPH_ERR_UNSUPPORTED);
    CU_ASSERT_PTR_NOT_NULL(strstr(error.message, "expected uvh5"));
    cph_data_close(data);
    cph_calibration_free(&calibration);
    cph_array_free(&array);
}

/* ---- what is copied ---- */

static const char note[] = "/Header/extra_keywords/note", odd[] = "/Header/extra_keywords/odd";

static const signed char yes_no[2] = {0, 1};
static const double rows_of_three[5][3] = {{1, 2, 3}, {4, 5, 6}, {7, 8, 9}, {0.5, -1, NAN}, {2}};

/* Text of any length, an empty data space, booleans, compressed chunks; an attribute, which stays
 * behind. */
static void add_extras(const char *path)
{
    const char *text = "of any length";
    const hsize_t two = 2, dim[2] = {5, 3}, chunk[2] = {2, 2};
    hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT), variable = H5Tcopy(H5T_C_S1);
    H5Gclose(H5Gcreate2(file, "/Header/extra_keywords", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    H5Tset_size(variable, H5T_VARIABLE);
    hid_t set = fixture_set(file, note, 0, NULL, variable, variable, &text);
    fixture_text(set, "why", "because");
    H5Dclose(set);
    hid_t boolean = H5Tenum_create(H5T_STD_I8LE), none = H5Screate(H5S_NULL);
    H5Tenum_insert(boolean, "FALSE", &yes_no[0]);
    H5Tenum_insert(boolean, "TRUE", &yes_no[1]);
    H5Dclose(fixture_set(file, "/Header/booleans", 1, &two, boolean, boolean, yes_no));
    H5Dclose(H5Dcreate2(file, "/Header/nothing", H5T_IEEE_F32BE, none, H5P_DEFAULT, H5P_DEFAULT,
                        H5P_DEFAULT));
    hid_t plist = H5Pcreate(H5P_DATASET_CREATE), space = H5Screate_simple(2, dim, NULL);
    H5Pset_chunk(plist, 2, chunk);
    H5Pset_deflate(plist, 1);
    set =
        H5Dcreate2(file, "/Header/packed", H5T_IEEE_F64BE, space, H5P_DEFAULT, plist, H5P_DEFAULT);
    H5Dwrite(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, rows_of_three);
    H5Dclose(set);
    H5Sclose(space);
    H5Pclose(plist);
    H5Sclose(none);
    H5Tclose(boolean);
    H5Tclose(variable);
    H5Fclose(file);
}

static void everything_else_is_copied(void)
{
    const char *from = fixture_path("plain.uvh5"), *path = fixture_path("seen.uvh5");
    const size_t dim[2] = {5, 3}, two = 2;
    double value[15], booleans[2];
    char text[32];
    uvh5_write(from, &(uvh5_variant){.phase = "drift"});
    add_extras(from);
    cph_data *data = fixture_open(from, NULL);
    rewrite(data, path, 1 << 20);
    cph_data_close(data);
    check_copy(path);
    cph_error error;
    cph_h5 h5 = {.error = &error};
    CU_ASSERT_EQUAL_FATAL(cph_h5_open(path, &h5), CPH_OK);
    CU_ASSERT_EQUAL(cph_h5_doubles(&h5, "/Header/packed", 2, dim, value), CPH_OK);
    CU_ASSERT_EQUAL(memcmp(value, rows_of_three, sizeof value), 0);
    CU_ASSERT_EQUAL(cph_h5_doubles(&h5, "/Header/booleans", 1, &two, booleans), CPH_OK);
    CU_ASSERT(booleans[0] == 0.0 && booleans[1] == 1.0);
    CU_ASSERT_EQUAL(cph_h5_strings(&h5, note, 1, sizeof text, text), CPH_OK);
    CU_ASSERT_STRING_EQUAL(text, "of any length");
    CU_ASSERT_FALSE(cph_h5_has_attr(&h5, note, "why"));
    hid_t set = H5Dopen2(h5.file, "/Header/nothing", H5P_DEFAULT), space = H5Dget_space(set);
    CU_ASSERT_EQUAL(H5Sget_simple_extent_type(space), H5S_NULL);
    H5Sclose(space);
    H5Dclose(set);
    cph_h5_close(&h5);
}

/* Turns a message of an object's header (its first is the data space) into one of no known type. */
static void damage_header(const char *path, const char *object)
{
    enum { FIRST_MESSAGE = 16, UNKNOWN = 0xd8 };
    H5O_info_t about;
    hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    CU_ASSERT(H5Oget_info_by_name2(file, object, &about, H5O_INFO_BASIC, H5P_DEFAULT) >= 0);
    H5Fclose(file);
    FILE *stream = fopen(path, "r+b");
    CU_ASSERT_EQUAL(fseek(stream, (long)about.addr + FIRST_MESSAGE, SEEK_SET), 0);
    CU_ASSERT_EQUAL(fgetc(stream), 1);
    CU_ASSERT_EQUAL(fseek(stream, (long)about.addr + FIRST_MESSAGE, SEEK_SET), 0);
    CU_ASSERT_EQUAL(fputc(UNKNOWN, stream), UNKNOWN);
    fclose(stream);
}

/* A data set that nothing but the copy looks at: damaged, or of a kind that is not copied. */
static void what_cannot_be_copied_is_told(void)
{
    static const unsigned char bytes[4] = {1, 2, 3, 4};
    const char *path = fixture_path("plain.uvh5"), *out = fixture_path("left.uvh5");
    for (unsigned k = 0; k < 2; k++) {
        cph_writer *writer = NULL;
        cph_error error = {.status = CPH_OK};
        uvh5_write(path, &(uvh5_variant){.phase = "drift"});
        add_extras(path);
        if (k == 0)
            damage_header(path, note);
        else {
            hid_t opaque = H5Tcreate(H5T_OPAQUE, sizeof bytes);
            hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
            H5Dclose(fixture_set(file, odd, 0, NULL, opaque, opaque, bytes));
            H5Fclose(file);
            H5Tclose(opaque);
        }
        cph_data *data = fixture_open(path, NULL);
        CU_ASSERT_EQUAL(cph_visibility_create(out, data, NULL, 1, NULL, &writer, &error),
                        k == 0 ? CPH_ERR_FORMAT : CPH_ERR_UNSUPPORTED);
        CU_ASSERT_PTR_NOT_NULL(strstr(error.message, k == 0 ? note : odd));
        CU_ASSERT_PTR_NOT_NULL(strstr(error.message, "plain.uvh5"));
        CU_ASSERT_EQUAL(fixture_size(out), SIZE_MAX);
        CU_ASSERT_EQUAL(fixture_size(fixture_path("left.uvh5.partial")), SIZE_MAX);
        cph_data_close(data);
    }
}

/* Gains of 3 elements that are known by name, element 1 flagged with a gain behind it. */
static void write_gains(const char *path, const char *time_factor)
{
    static const char names[3][4] = {"24", "7", "108"};
    static const double gain[3][2] = {{1.0, 0.5}, {2.0, -1.0}, {0.0, 3.0}}, freq = 1e8, time = 5.0;
    static const double flag[3] = {0.0, 1.0, 0.0}, leakage[3][2] = {{0.1, 0.2}, {0}, {0.3, -0.4}};
    const hsize_t dim[3] = {1, 1, 3}, three = 3, one = 1;
    hid_t file = fixture_raw(path, "calibration"), pair = fixture_pair(H5T_NATIVE_DOUBLE, "r", "i");
    hid_t set = fixture_set(file, "/gain", 3, dim, pair, pair, gain), text = H5Tcopy(H5T_C_S1);
    H5Dclose(fixture_set(file, "/leakage", 3, dim, pair, pair, leakage));
    fixture_text(set, "convention", "observed = gain * true");
    if (time_factor != NULL)
        fixture_text(set, "time_factor", time_factor);
    H5Dclose(set);
    H5Tset_size(text, sizeof names[0]);
    H5Dclose(fixture_set(file, "/array/name", 1, &three, text, text, names));
    H5Dclose(fixture_set(file, "/flag", 3, dim, H5T_NATIVE_DOUBLE, H5T_NATIVE_DOUBLE, flag));
    H5Dclose(fixture_set(file, "/channel_freq_hz", 1, &one, H5T_NATIVE_DOUBLE, H5T_NATIVE_DOUBLE,
                         &freq));
    H5Dclose(
        fixture_set(file, "/time_unix_s", 1, &one, H5T_NATIVE_DOUBLE, H5T_NATIVE_DOUBLE, &time));
    H5Tclose(text);
    H5Tclose(pair);
    H5Fclose(file);
}

/* Who says nothing of the time factor has it as the layout of the data does. */
static void gains_take_the_time_factor_of_the_data(void)
{
    static const struct {
        const char *says;
        bool data_conjugate;
        double sign;
    } rows[] = {
        {NULL, true, -1.0},
        {NULL, false, 1.0},
        {"exp(+j 2 pi f t)", true, 1.0},
        {"exp(-j 2 pi f t)", true, -1.0},
        {"exp(-j 2 pi f t)", false, -1.0},
    };
    const char *path = fixture_path("named.h5");
    cph_element element[3] = {{.polarization = 'X'}, {.polarization = 'X'}, {.polarization = 'X'}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cph_calibration c;
        write_gains(path, rows[i].says);
        CU_ASSERT_EQUAL_FATAL(cph_calibration_read(path, &c, NULL), CPH_OK);
        cph_calibration_adapt(&c, &(cph_data_header){.gains_conjugate = rows[i].data_conjugate,
                                                     .array = {.elements = 3, .element = element}});
        CU_ASSERT_EQUAL(c.gain[0].im, 0.5 * rows[i].sign);
        CU_ASSERT_EQUAL(c.gain[0].re, 1.0);
        CU_ASSERT(isnan(c.gain[1].re));
        CU_ASSERT(c.behind != NULL && c.behind[1].im == -rows[i].sign);
        CU_ASSERT(c.leakage != NULL && c.leakage[2].re == 0.3 &&
                  c.leakage[2].im == -0.4 * rows[i].sign);
        CU_ASSERT(c.leakage_sigma != NULL && isnan(c.leakage_sigma[2]));
        CU_ASSERT_EQUAL(c.array.element[2].number, 108);
        CU_ASSERT_EQUAL(c.array.element[2].polarization, 'X');
        cph_calibration_free(&c);
    }
    cph_calibration c;
    cph_error error = {.status = CPH_OK};
    write_gains(path, "exp(iwt)");
    CU_ASSERT_EQUAL(cph_calibration_read(path, &c, &error), CPH_ERR_FORMAT);
    CU_ASSERT_PTR_NOT_NULL(strstr(error.message, "time_factor is \"exp(iwt)\""));
}

/* Of X and Y together, gains without a polarisation are neither's. */
static void no_polarisation_is_not_both(void)
{
    cph_element element[2] = {{.polarization = 'X'}, {.polarization = 'Y'}};
    const char *path = fixture_path("named.h5");
    cph_calibration c;
    write_gains(path, NULL);
    CU_ASSERT_EQUAL_FATAL(cph_calibration_read(path, &c, NULL), CPH_OK);
    cph_calibration_adapt(&c, &(cph_data_header){.array = {.elements = 2, .element = element}});
    CU_ASSERT_EQUAL(c.array.element[0].polarization, 0);
    cph_calibration_free(&c);
}

static void solutions_are_found_by_time(void)
{
    static const double time[] = {100.0, 110.0, 130.0};
    static const struct {
        double unix_s;
        size_t solution;
        cph_status status;
    } rows[] = {
        {100.0, 0, CPH_OK},         {104.9, 0, CPH_OK},        {95.0, 0, CPH_OK},
        {94.9, 0, CPH_ERR_FORMAT},  {106.0, 1, CPH_OK},        {114.9, 1, CPH_OK},
        {117.0, 1, CPH_ERR_FORMAT}, {121.0, 2, CPH_OK},        {140.0, 2, CPH_OK},
        {140.1, 2, CPH_ERR_FORMAT}, {NAN, 0, CPH_ERR_MISSING},
    };
    cph_error error;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t solution = 77;
        CU_ASSERT_EQUAL(cph_solution_find(time, 3, rows[i].unix_s, &solution, &error),
                        rows[i].status);
        CU_ASSERT_EQUAL(solution, rows[i].status == CPH_OK ? rows[i].solution : 77);
    }
    size_t alone = 77;
    CU_ASSERT_EQUAL(cph_solution_find(time, 1, 1e9, &alone, &error), CPH_OK);
    CU_ASSERT_EQUAL(alone, 0);
    CU_ASSERT_EQUAL(cph_solution_find(time, 1, NAN, &alone, &error), CPH_OK);
}

CU_TestInfo cph_tests_data_visibility[] = {
    {"rows are changed in place, the rest is copied", rows_are_changed_in_place},
    {"what is not copied, or not to the end", what_is_not_copied},
    {"all that a header may hold is copied", everything_else_is_copied},
    {"what cannot be copied is told", what_cannot_be_copied_is_told},
    {"gains take the time factor of the data", gains_take_the_time_factor_of_the_data},
    {"gains without a polarisation are not both's", no_polarisation_is_not_both},
    {"solutions are found by their times", solutions_are_found_by_time},
    CU_TEST_INFO_NULL,
};
