/* SPDX-License-Identifier: MIT */
/* The group /array. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "datasets/native/native.h"
#include "kernels/core/vec3.h"

/* What rounding of files in single precision leaves of a rotation. */
static const double rotation_within = 1e-6;

static cph_status read_frame(const cph_h5 *h5, cph_array *array)
{
    static const char *const frames[] = {
        [CPH_FRAME_ARRAY] = "array", [CPH_FRAME_ENU] = "enu", [CPH_FRAME_ECEF] = "ecef"};
    char frame[16];
    cph_status status = cph_h5_text(h5, "/array/position", "frame", frame, sizeof frame);
    if (status != CPH_OK)
        return status;
    for (unsigned i = 0; i < sizeof frames / sizeof frames[0]; i++) {
        if (strcmp(frame, frames[i]) != 0)
            continue;
        array->frame = (cph_frame)i;
        return CPH_OK;
    }
    return cph_h5_fail(h5, frame[0] == '\0' ? CPH_ERR_MISSING : CPH_ERR_FORMAT, "/array/position",
                       "attribute frame is \"%s\", expected array, enu or ecef", frame);
}

/* NaN says unknown: of one element, or of all as absence does. */
static cph_status take_positions(const cph_h5 *h5, cph_array *array, const double *position)
{
    for (size_t n = 0; n < array->elements; n++) {
        const double *r = position + 3 * n;
        if (isinf(r[0]) || isinf(r[1]) || isinf(r[2]))
            return cph_h5_fail(h5, CPH_ERR_FORMAT, "/array/position",
                               "element %zu is at (%g, %g, %g), expected finite metres", n, r[0],
                               r[1], r[2]);
        if (isnan(r[0]) || isnan(r[1]) || isnan(r[2]))
            continue;
        memcpy(array->element[n].position, r, 3 * sizeof(double));
        array->has_positions = true;
    }
    return array->has_positions ? read_frame(h5, array) : CPH_OK;
}

static cph_status read_positions(const cph_h5 *h5, cph_array *array)
{
    const size_t dim[2] = {array->elements, 3};
    if (!cph_h5_exists(h5, "/array/position"))
        return CPH_OK;
    double *position = calloc(array->elements, 3 * sizeof(double));
    if (position == NULL)
        return cph_h5_fail(h5, CPH_ERR_MEMORY, "/array/position", "no memory");
    cph_status status = cph_h5_doubles(h5, "/array/position", 2, dim, position);
    if (status == CPH_OK)
        status = take_positions(h5, array, position);
    free(position);
    return status;
}

static cph_status read_names(const cph_h5 *h5, cph_array *array)
{
    if (!cph_h5_exists(h5, "/array/name"))
        return CPH_OK;
    char *name = calloc(array->elements, CPH_NAME_SIZE);
    if (name == NULL)
        return cph_h5_fail(h5, CPH_ERR_MEMORY, "/array/name", "no memory");
    cph_status status = cph_h5_strings(h5, "/array/name", array->elements, CPH_NAME_SIZE, name);
    for (size_t n = 0; status == CPH_OK && n < array->elements; n++)
        memcpy(array->element[n].name, name + n * CPH_NAME_SIZE, CPH_NAME_SIZE);
    free(name);
    return status;
}

static cph_status read_polarizations(const cph_h5 *h5, cph_array *array)
{
    enum { SIZE = 8 };
    static const char object[] = "/array/polarization";
    if (!cph_h5_exists(h5, object))
        return CPH_OK;
    char *text = calloc(array->elements, SIZE);
    if (text == NULL)
        return cph_h5_fail(h5, CPH_ERR_MEMORY, object, "no memory");
    cph_status status = cph_h5_strings(h5, object, array->elements, SIZE, text);
    for (size_t n = 0; status == CPH_OK && n < array->elements; n++) {
        const char *p = text + n * SIZE;
        if (strcmp(p, "") != 0 && strcmp(p, "X") != 0 && strcmp(p, "Y") != 0)
            status = cph_h5_fail(h5, CPH_ERR_FORMAT, object,
                                 "element %zu has \"%s\", expected X, Y or nothing", n, p);
        else
            array->element[n].polarization = p[0];
    }
    free(text);
    return status;
}

/* Integers of one data set, each in [0, limit], stored by `store`. */
static cph_status read_integers(const cph_h5 *h5, const char *object, cph_array *array,
                                double limit, void (*store)(cph_element *element, double value))
{
    if (!cph_h5_exists(h5, object))
        return CPH_OK;
    double *value = calloc(array->elements, sizeof *value);
    if (value == NULL)
        return cph_h5_fail(h5, CPH_ERR_MEMORY, object, "no memory");
    cph_status status = cph_h5_doubles(h5, object, 1, &array->elements, value);
    for (size_t n = 0; status == CPH_OK && n < array->elements; n++) {
        if (value[n] >= 0.0 && value[n] <= limit && value[n] == floor(value[n]))
            store(&array->element[n], value[n]);
        else
            status = cph_h5_fail(h5, CPH_ERR_FORMAT, object,
                                 "element %zu is %g, expected a whole number up to %.0f", n,
                                 value[n], limit);
    }
    free(value);
    return status;
}

static void store_number(cph_element *element, double value)
{
    element->number = (uint32_t)value;
}

/* Where names are all that tells elements apart and each is a whole number, they are the numbers.
 */
static void number_by_name(const cph_h5 *h5, cph_array *array)
{
    enum { DIGITS_MAX = 9 };
    if (cph_h5_exists(h5, "/array/number"))
        return;
    for (size_t n = 0; n < array->elements; n++) {
        const char *name = array->element[n].name;
        const size_t digits = strspn(name, "0123456789");
        if (digits == 0 || digits > DIGITS_MAX || name[digits] != '\0')
            return;
    }
    for (size_t n = 0; n < array->elements; n++)
        array->element[n].number = (uint32_t)strtoul(array->element[n].name, NULL, 10);
}

static void store_subarray(cph_element *element, double value)
{
    element->subarray = (uint32_t)value;
}

static void store_listed(cph_element *element, double value)
{
    element->listed = value != 0.0;
}

static cph_status read_axes(const cph_h5 *h5, cph_array *array)
{
    static const char object[] = "/array/axes";
    const size_t dim[2] = {array->elements, 9};
    if (!cph_h5_exists(h5, object))
        return CPH_OK;
    double *axes = calloc(array->elements, 9 * sizeof *axes);
    if (axes == NULL)
        return cph_h5_fail(h5, CPH_ERR_MEMORY, object, "no memory");
    cph_status status = cph_h5_doubles(h5, object, 2, dim, axes);
    for (size_t n = 0; status == CPH_OK && n < array->elements; n++) {
        if (cph_is_rotation3(axes + 9 * n, rotation_within))
            memcpy(array->element[n].axes, axes + 9 * n, 9 * sizeof *axes);
        else
            status = cph_h5_fail(h5, CPH_ERR_FORMAT, object,
                                 "element %zu has no rotation, expected a 3 x 3 matrix with "
                                 "orthonormal, right-handed rows",
                                 n);
    }
    free(axes);
    return status;
}

static cph_status read_rotation(const cph_h5 *h5, cph_array *array)
{
    static const double identity[9] = {1, 0, 0, 0, 1, 0, 0, 0, 1};
    double m[9];
    cph_status status = cph_h5_numbers(h5, "/array", "array_to_enu", 9, m);
    if (status != CPH_OK)
        return status;
    bool given = !isnan(m[0]);
    if (given && !cph_is_rotation3(m, rotation_within))
        return cph_h5_fail(h5, CPH_ERR_FORMAT, "/array",
                           "attribute array_to_enu is no rotation, expected a 3 x 3 matrix with "
                           "orthonormal, right-handed rows");
    bool enu = array->has_positions && array->frame != CPH_FRAME_ARRAY;
    array->has_array_to_enu = given || enu;
    memcpy(array->array_to_enu, enu || !given ? identity : m, sizeof m);
    return CPH_OK;
}

static cph_status read_site(const cph_h5 *h5, cph_array *array)
{
    const struct {
        const char *name;
        double *value;
        double limit;
    } rows[] = {{"latitude_deg", &array->latitude_deg, 90.0},
                {"longitude_deg", &array->longitude_deg, 360.0},
                {"altitude_m", &array->altitude_m, 1e9},
                {"pitch_m", &array->pitch_m, 1e9}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cph_status status = cph_h5_number(h5, "/array", rows[i].name, rows[i].value);
        if (status != CPH_OK)
            return status;
        if (fabs(*rows[i].value) > rows[i].limit)
            return cph_h5_fail(h5, CPH_ERR_FORMAT, "/array", "attribute %s is %g, expected +-%g",
                               rows[i].name, *rows[i].value, rows[i].limit);
    }
    if (!(array->pitch_m > 0.0))
        array->pitch_m = 0.0;
    return cph_h5_text(h5, "/array", "label", array->label, sizeof array->label);
}

cph_status cph_native_read_array(cph_data *data)
{
    const cph_h5 *h5 = &data->h5;
    cph_array *array = &data->header.array;
    if (!cph_h5_exists(h5, "/array"))
        return CPH_OK;
    cph_status status = read_positions(h5, array);
    if (status == CPH_OK)
        status = read_names(h5, array);
    if (status == CPH_OK)
        status = read_polarizations(h5, array);
    if (status == CPH_OK)
        status = read_integers(h5, "/array/number", array, (double)UINT32_MAX, store_number);
    if (status == CPH_OK)
        number_by_name(h5, array);
    if (status == CPH_OK)
        status = read_integers(h5, "/array/listed", array, 1.0, store_listed);
    if (status == CPH_OK)
        status =
            read_integers(h5, "/array/subarray", array, (double)CPH_SUBARRAY_NONE, store_subarray);
    if (status == CPH_OK)
        status = read_axes(h5, array);
    if (status == CPH_OK)
        status = read_site(h5, array);
    return status == CPH_OK ? read_rotation(h5, array) : status;
}
