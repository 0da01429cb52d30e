/* SPDX-License-Identifier: MIT */
/* What a header and an array become in a file. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "datasets/native/native.h"
#include "datasets/native/write.h"

/* A number above 0 is known. */
static bool put_positive(hid_t object, const char *name, double value)
{
    return !(value > 0.0) || isinf(value) || cph_h5_put_number(object, name, value);
}

bool cph_native_put_start(hid_t object, const cph_data_header *header)
{
    const double start = header->time_start_unix_s, rest = header->time_start_rest_s;
    double whole = floor(start);
    if ((start - whole) + rest < 0.0)
        whole -= 1.0;
    else if ((start - whole) + rest >= 1.0)
        whole += 1.0;
    if (!isfinite(start) || start == 0.0 || fabs(start) > 1e15)
        return true;
    return cph_h5_put_integer(object, "time_start_unix_s", (int64_t)whole) &&
           cph_h5_put_number(object, "time_start_frac_s", (start - whole) + rest);
}

bool cph_native_put_gain_marks(hid_t object, const cph_data_header *header)
{
    return (header->applied == NULL || cph_h5_put_text(object, CPH_APPLIED, header->applied)) &&
           (!header->gains_conjugate ||
            cph_h5_put_text(object, CPH_GAIN_TIME_FACTOR, CPH_TIME_FACTOR_CONJUGATE));
}

bool cph_native_put_root(hid_t file, const cph_data_header *header)
{
    return put_positive(file, "sample_rate_hz", header->sample_rate_hz) &&
           put_positive(file, "center_freq_hz", header->center_freq_hz) &&
           put_positive(file, "if_freq_hz", header->if_freq_hz) &&
           put_positive(file, "wave_speed_m_s", header->wave_speed_m_s) &&
           cph_native_put_gain_marks(file, header) && cph_native_put_start(file, header);
}

bool cph_native_put_known(hid_t file, const char *name, size_t count, const double *value)
{
    for (size_t i = 0; value != NULL && i < count; i++)
        if (!isnan(value[i]))
            return cph_h5_put_doubles(file, name, 1, &count, value);
    return true;
}

static bool put_positions(hid_t file, const cph_array *array)
{
    static const char *const frames[] = {
        [CPH_FRAME_ARRAY] = "array", [CPH_FRAME_ENU] = "enu", [CPH_FRAME_ECEF] = "ecef"};
    const size_t dim[2] = {array->elements, 3};
    double *position = calloc(array->elements, 3 * sizeof *position);
    hid_t set = -1;
    if (position == NULL)
        return false;
    for (size_t n = 0; n < array->elements; n++)
        memcpy(position + 3 * n, array->element[n].position, 3 * sizeof *position);
    bool done = cph_h5_put_set(file, "/array/position", 2, dim, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE,
                               position, &set) &&
                cph_h5_put_text(set, "frame", frames[array->frame]) &&
                cph_h5_put_text(set, "units", "m");
    if (set >= 0)
        done = H5Dclose(set) >= 0 && done;
    free(position);
    return done;
}

/* Names and polarisations, where an element has one. */
static bool put_labels(hid_t file, const cph_array *array)
{
    bool named = false, polarized = false;
    for (size_t n = 0; n < array->elements; n++) {
        named = named || array->element[n].name[0] != '\0';
        polarized = polarized || array->element[n].polarization != '\0';
    }
    char *text = calloc(array->elements, CPH_NAME_SIZE);
    if (text == NULL)
        return false;
    for (size_t n = 0; n < array->elements; n++)
        memcpy(text + n * CPH_NAME_SIZE, array->element[n].name, CPH_NAME_SIZE);
    bool done =
        !named || cph_h5_put_strings(file, "/array/name", 1, &array->elements, CPH_NAME_SIZE, text);
    memset(text, 0, array->elements * CPH_NAME_SIZE);
    for (size_t n = 0; n < array->elements; n++)
        text[2 * n] = array->element[n].polarization;
    done = done && (!polarized ||
                    cph_h5_put_strings(file, "/array/polarization", 1, &array->elements, 2, text));
    free(text);
    return done;
}

/* Numbers where they are not the index, and what is listed as bad. */
static bool put_numbers(hid_t file, const cph_array *array)
{
    bool numbered = false, listed = false;
    uint32_t *value = calloc(array->elements, sizeof *value);
    if (value == NULL)
        return false;
    for (size_t n = 0; n < array->elements; n++) {
        value[n] = array->element[n].number;
        numbered = numbered || value[n] != n;
        listed = listed || array->element[n].listed;
    }
    bool done = !numbered || cph_h5_put_set(file, "/array/number", 1, &array->elements,
                                            H5T_STD_U32LE, H5T_NATIVE_UINT32, value, NULL);
    for (size_t n = 0; n < array->elements; n++)
        value[n] = array->element[n].listed ? 1 : 0;
    done = done && (!listed || cph_h5_put_set(file, "/array/listed", 1, &array->elements,
                                              H5T_STD_U8LE, H5T_NATIVE_UINT32, value, NULL));
    free(value);
    return done;
}

/* Subarrays, where an element hangs on one. */
static bool put_subarrays(hid_t file, const cph_array *array)
{
    bool shared = false;
    uint32_t *value = calloc(array->elements, sizeof *value);
    if (value == NULL)
        return false;
    for (size_t n = 0; n < array->elements; n++) {
        value[n] = array->element[n].subarray;
        shared = shared || value[n] != CPH_SUBARRAY_NONE;
    }
    const bool done = !shared || cph_h5_put_set(file, "/array/subarray", 1, &array->elements,
                                                H5T_STD_U32LE, H5T_NATIVE_UINT32, value, NULL);
    free(value);
    return done;
}

/* Axes, where an element is turned. */
static bool put_axes(hid_t file, const cph_array *array)
{
    static const double identity[9] = {1, 0, 0, 0, 1, 0, 0, 0, 1};
    const size_t dim[2] = {array->elements, 9};
    bool turned = false;
    double *value = calloc(array->elements, 9 * sizeof *value);
    if (value == NULL)
        return false;
    for (size_t n = 0; n < array->elements; n++) {
        const double *axes = array->element[n].axes;
        memcpy(value + 9 * n, axes, 9 * sizeof *value);
        for (size_t i = 0; i < 9; i++)
            turned = turned || axes[i] != identity[i];
    }
    const bool done = !turned || cph_h5_put_doubles(file, "/array/axes", 2, dim, value);
    free(value);
    return done;
}

static bool put_site(hid_t group, const cph_array *array)
{
    const struct {
        const char *name;
        double value;
        bool known;
    } rows[] = {{"latitude_deg", array->latitude_deg, !isnan(array->latitude_deg)},
                {"longitude_deg", array->longitude_deg, !isnan(array->longitude_deg)},
                {"altitude_m", array->altitude_m, !isnan(array->altitude_m)},
                {"pitch_m", array->pitch_m, array->pitch_m > 0.0}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].known && !cph_h5_put_number(group, rows[i].name, rows[i].value))
            return false;
    if (array->label[0] != '\0' && !cph_h5_put_text(group, "label", array->label))
        return false;
    return !array->has_array_to_enu ||
           cph_h5_put_numbers(group, "array_to_enu", 9, array->array_to_enu);
}

bool cph_native_put_array(hid_t file, const cph_array *array)
{
    if (array->elements == 0)
        return true;
    hid_t group = H5Gcreate2(file, "/array", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    bool done = group >= 0 && (!array->has_positions || put_positions(file, array)) &&
                put_labels(file, array) && put_numbers(file, array) && put_subarrays(file, array) &&
                put_axes(file, array) && put_site(group, array);
    if (group >= 0)
        done = H5Gclose(group) >= 0 && done;
    return done;
}
