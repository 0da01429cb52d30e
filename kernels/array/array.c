/* SPDX-License-Identifier: MIT */
#include "cophase/array.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

cph_status cph_array_create(size_t elements, cph_array *array)
{
    if (elements == 0 || array == NULL)
        return CPH_ERR_ARGUMENT;
    if (elements > SIZE_MAX / sizeof(cph_element))
        return CPH_ERR_OVERFLOW;
    cph_element *element = calloc(elements, sizeof *element);
    if (element == NULL)
        return CPH_ERR_MEMORY;
    for (size_t n = 0; n < elements; n++)
        element[n] = (cph_element){.position = {NAN, NAN, NAN},
                                   .number = (uint32_t)n,
                                   .subarray = CPH_SUBARRAY_NONE,
                                   .axes = {1, 0, 0, 0, 1, 0, 0, 0, 1}};
    *array = (cph_array){.elements = elements,
                         .element = element,
                         .latitude_deg = NAN,
                         .longitude_deg = NAN,
                         .altitude_m = NAN};
    return CPH_OK;
}

void cph_array_free(cph_array *array)
{
    if (array == NULL)
        return;
    free(array->element);
    array->element = NULL;
    array->elements = 0;
}

cph_status cph_array_select(const cph_array *array, const size_t *index, size_t count,
                            cph_array *selection)
{
    if (array == NULL || selection == NULL)
        return CPH_ERR_ARGUMENT;
    if (index == NULL)
        count = array->elements;
    for (size_t i = 0; index != NULL && i < count; i++)
        if (index[i] >= array->elements)
            return CPH_ERR_ARGUMENT;
    cph_array copy;
    cph_status status = cph_array_create(count, &copy);
    if (status != CPH_OK)
        return status;
    for (size_t i = 0; i < count; i++)
        copy.element[i] = array->element[index == NULL ? i : index[i]];
    cph_element *element = copy.element;
    copy = *array;
    copy.elements = count;
    copy.element = element;
    *selection = copy;
    return CPH_OK;
}

/* Rows are east, north and up in earth-centred axes, at geodetic latitude and longitude. */
static void ecef_to_enu(double latitude, double longitude, double m[3][3])
{
    double sp = sin(latitude), cp = cos(latitude), sl = sin(longitude), cl = cos(longitude);
    const double rows[3][3] = {{-sl, cl, 0.0}, {-sp * cl, -sp * sl, cp}, {cp * cl, cp * sl, sp}};
    memcpy(m, rows, sizeof rows);
}

cph_status cph_array_positions(const cph_array *array, double *position)
{
    const double radian = M_PI / 180.0;
    if (array == NULL || position == NULL)
        return CPH_ERR_ARGUMENT;
    if (!array->has_positions)
        return CPH_ERR_MISSING;
    double m[3][3] = {{1.0, 0.0, 0.0}, {0.0, 1.0, 0.0}, {0.0, 0.0, 1.0}};
    if (array->frame == CPH_FRAME_ECEF) {
        if (!isfinite(array->latitude_deg) || !isfinite(array->longitude_deg))
            return CPH_ERR_MISSING;
        ecef_to_enu(array->latitude_deg * radian, array->longitude_deg * radian, m);
    }
    for (size_t n = 0; n < array->elements; n++) {
        const double *r = array->element[n].position;
        for (size_t i = 0; i < 3; i++)
            position[3 * n + i] = array->frame == CPH_FRAME_ECEF
                                      ? m[i][0] * r[0] + m[i][1] * r[1] + m[i][2] * r[2]
                                      : r[i];
    }
    return CPH_OK;
}
