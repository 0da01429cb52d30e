/* SPDX-License-Identifier: MIT */
/* What the native layout says of each element: its axes and its subarray; and whose gains a
 * calibration holds. */
#include <math.h>

#include "cophase/solutions.h"
#include "tests/unit/data_fixture.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* A capture of two inputs whose /array/NAME is [2, columns] of `value`. */
static const char *write_native(const char *name, hsize_t columns, const double *value)
{
    const char *path = fixture_path("axes.h5");
    const hsize_t samples[2] = {2, 2}, dim[2] = {2, columns};
    hid_t file = fixture_raw(path, "capture"), type = fixture_pair(H5T_NATIVE_SCHAR, "r", "i");
    H5Dclose(fixture_set(file, "samples", 2, samples, type, type, NULL));
    H5Dclose(fixture_set(file, name, columns > 1 ? 2 : 1, dim, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE,
                         value));
    H5Tclose(type);
    H5Fclose(file);
    return path;
}

static void native_axes_are_rotations(void)
{
    double axes[18] = {1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 0};
    const char *const words[] = {"/array/axes", "element 1 has no rotation", NULL};
    cph_data *data = fixture_open(write_native("array/axes", 9, axes), NULL);
    const cph_element *e = cph_data_header_of(data)->array.element;
    CU_ASSERT(e[0].axes[0] == 1.0 && e[1].axes[2] == 1.0 && e[1].axes[3] == 1.0);
    CU_ASSERT_EQUAL(e[1].subarray, CPH_SUBARRAY_NONE);
    cph_data_close(data);
    axes[11] = 1.0 + 4e-7; /* rounding */
    cph_data_close(fixture_open(write_native("array/axes", 9, axes), NULL));
    static const double faults[] = {1.0 + 2e-6, -1.0 /* mirrored */, NAN, INFINITY};
    for (size_t i = 0; i < COUNT(faults); i++) {
        axes[11] = faults[i];
        fixture_refused(write_native("array/axes", 9, axes), NULL, CPH_ERR_FORMAT, words);
    }
    fixture_refused(write_native("array/axes", 8, axes), NULL, CPH_ERR_FORMAT,
                    (const char *const[]){"/array/axes", "[2, 8]", NULL});
}

static void native_subarrays_are_whole_numbers(void)
{
    double number[2] = {7, 4294967295.0};
    cph_data *data = fixture_open(write_native("array/subarray", 1, number), NULL);
    const cph_element *e = cph_data_header_of(data)->array.element;
    CU_ASSERT(e[0].subarray == 7 && e[1].subarray == CPH_SUBARRAY_NONE);
    cph_data_close(data);
    static const double faults[] = {-1.0, 0.5, 4294967296.0, NAN};
    for (size_t i = 0; i < COUNT(faults); i++) {
        number[1] = faults[i];
        fixture_refused(write_native("array/subarray", 1, number), NULL, CPH_ERR_FORMAT,
                        (const char *const[]){"/array/subarray", "element 1", NULL});
    }
}

/* A calibration of two inputs; path NULL: it does not say. */
static const char *write_gains(const char *path)
{
    const char *name = fixture_path("path.h5");
    const hsize_t dim[3] = {1, 1, 2};
    const double gain[4] = {1, 0, 0, 1};
    hid_t file = fixture_raw(name, "calibration"), type = fixture_pair(H5T_NATIVE_DOUBLE, "r", "i");
    hid_t set = fixture_set(file, "gain", 3, dim, type, type, gain);
    fixture_text(set, "convention", "observed = gain * true");
    if (path != NULL)
        fixture_text(set, "path", path);
    H5Dclose(set);
    H5Tclose(type);
    H5Fclose(file);
    return name;
}

static void gains_are_of_a_path(void)
{
    static const struct {
        const char *text;
        cph_gain_path path;
    } rows[] = {
        {NULL, CPH_GAIN_RECEIVE}, {"receive", CPH_GAIN_RECEIVE}, {"transmit", CPH_GAIN_TRANSMIT}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        cph_calibration calibration;
        CU_ASSERT_EQUAL_FATAL(cph_calibration_read(write_gains(rows[i].text), &calibration, NULL),
                              CPH_OK);
        CU_ASSERT_EQUAL(calibration.path, rows[i].path);
        cph_calibration_free(&calibration);
    }
    fixture_refused(write_gains("both"), NULL, CPH_ERR_FORMAT,
                    (const char *const[]){"/gain", "attribute path is \"both\"", NULL});
}

CU_TestInfo cph_tests_data_elements[] = {
    {"native axes are rotations", native_axes_are_rotations},
    {"native subarrays are whole numbers", native_subarrays_are_whole_numbers},
    {"gains are of a path", gains_are_of_a_path},
    CU_TEST_INFO_NULL,
};
