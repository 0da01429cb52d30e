/* SPDX-License-Identifier: MIT */
/* Kinds near-field and coupling: the field on a plane in front of the array, what its elements hear
 * of each other. */
#include <math.h>

#include "cophase/readings.h"
#include "datasets/native/native.h"
#include "datasets/native/readings_parts.h"

static const char field_name[] = "/field";

/* A number of /field in [least, inf); `absent` where it is not there. */
static cph_status read_attribute(const cph_h5 *h5, const char *name, double least, double absent,
                                 double *value)
{
    const cph_status status = cph_h5_number(h5, field_name, name, value);
    if (status != CPH_OK)
        return status;
    if (isnan(*value))
        *value = absent;
    if (isnan(*value))
        return cph_h5_fail(h5, CPH_ERR_MISSING, field_name, "has no attribute %s", name);
    if (!isfinite(*value) || *value < least)
        return cph_h5_fail(h5, CPH_ERR_FORMAT, field_name,
                           "attribute %s is %g, expected a finite number%s", name, *value,
                           least == 0.0 ? ", not negative" : "");
    return CPH_OK;
}

/* Where samples stand: without an origin their middle is that of the frame. */
static cph_status read_grid(const cph_h5 *h5, cph_near_field_readings *r)
{
    const size_t count[2] = {r->columns, r->rows};
    cph_status status = cph_h5_numbers(h5, field_name, "spacing_m", 2, r->spacing_m);
    if (status == CPH_OK && isnan(r->spacing_m[0]))
        return cph_h5_fail(h5, CPH_ERR_MISSING, field_name, "has no attribute spacing_m");
    for (size_t k = 0; k < 2 && status == CPH_OK; k++)
        if (!(r->spacing_m[k] > 0.0) || isinf(r->spacing_m[k]))
            status = cph_h5_fail(h5, CPH_ERR_FORMAT, field_name,
                                 "attribute spacing_m is %g, %g, expected metres above 0",
                                 r->spacing_m[0], r->spacing_m[1]);
    if (status == CPH_OK)
        status = cph_h5_numbers(h5, field_name, "origin_m", 2, r->origin_m);
    if (status == CPH_OK && isnan(r->origin_m[0]))
        for (size_t k = 0; k < 2; k++)
            r->origin_m[k] = -0.5 * r->spacing_m[k] * (double)(count[k] - 1);
    if (status == CPH_OK && (!isfinite(r->origin_m[0]) || !isfinite(r->origin_m[1])))
        status = cph_h5_fail(h5, CPH_ERR_FORMAT, field_name,
                             "attribute origin_m is %g, %g, expected metres", r->origin_m[0],
                             r->origin_m[1]);
    return status == CPH_OK ? read_attribute(h5, "height_m", -INFINITY, NAN, &r->height_m) : status;
}

static cph_status fill_field(const cph_data *data, cph_near_field_readings *r)
{
    const cph_h5 *const h5 = &data->h5;
    const size_t dim[2] = {r->rows, r->columns};
    cph_status status = cph_readings_complex(h5, field_name, 2, dim, false, r->field);
    if (status == CPH_OK)
        status = read_grid(h5, r);
    if (status == CPH_OK)
        status = read_attribute(h5, "probe_cosine", 0.0, 0.0, &r->probe_cosine);
    if (status == CPH_OK)
        status = read_attribute(h5, "element_cosine", 0.0, 0.0, &r->element_cosine);
    if (status == CPH_OK)
        status = cph_readings_elements(h5, "/truth/gain", r->array.elements, false, &r->truth);
    if (status == CPH_OK)
        status = cph_readings_sigma(h5, field_name, &r->sigma);
    r->freq_hz = data->header.channel_freq_hz[0];
    return status;
}

static cph_status read_near_field(cph_data *data, cph_near_field_readings *readings)
{
    const cph_h5 *const h5 = &data->h5;
    size_t rank, dim[CPH_H5_RANK];
    cph_near_field_readings r;
    cph_status status = cph_readings_shape(h5, field_name, 2, 2, "y, x", &rank, dim);
    if (status != CPH_OK)
        return status;
    status = cph_near_field_readings_create(&data->header.array, dim[0], dim[1], &r);
    if (status != CPH_OK)
        return cph_h5_fail(h5, status, field_name, "%zu x %zu samples: %s", dim[0], dim[1],
                           cph_status_name(status));
    status = fill_field(data, &r);
    if (status == CPH_OK)
        *readings = r;
    else
        cph_near_field_readings_free(&r);
    return status;
}

static const cph_reader near_field_reader = {.near_field = read_near_field};

cph_status cph_native_open_near_field(cph_data *data)
{
    static const char position[] = "/array/position";
    const cph_h5 *const h5 = &data->h5;
    size_t rank, dim[CPH_H5_RANK], place[CPH_H5_RANK];
    data->reader = &near_field_reader;
    cph_status status = cph_readings_shape(h5, field_name, 2, 2, "y, x", &rank, dim);
    if (status == CPH_OK)
        status = cph_readings_shape(h5, position, 2, 2, "element, 3", &rank, place);
    return status == CPH_OK ? cph_readings_open_header(data, position, 1, place[0]) : status;
}

/* ---- coupling ---- */

static const char s_name[] = "/s";

static cph_status fill_coupling(const cph_data *data, cph_coupling_readings *r)
{
    const cph_h5 *const h5 = &data->h5;
    const size_t n = r->array.elements, dim[2] = {n, n};
    cph_status status = cph_readings_complex(h5, s_name, 2, dim, false, r->s);
    if (status == CPH_OK)
        status = cph_readings_elements(h5, "/truth/gain", n, false, &r->truth);
    if (status == CPH_OK)
        status = cph_readings_elements(h5, "/truth/gain_transmit", n, false, &r->truth_transmit);
    if (status == CPH_OK)
        status = cph_readings_sigma(h5, s_name, &r->sigma);
    r->freq_hz = data->header.channel_freq_hz[0];
    return status;
}

static cph_status read_coupling(cph_data *data, cph_coupling_readings *readings)
{
    cph_coupling_readings r;
    cph_status status = cph_coupling_readings_create(&data->header.array, &r);
    if (status != CPH_OK)
        return cph_h5_fail(&data->h5, status, s_name, "%zu elements: %s",
                           data->header.array.elements, cph_status_name(status));
    status = fill_coupling(data, &r);
    if (status == CPH_OK)
        *readings = r;
    else
        cph_coupling_readings_free(&r);
    return status;
}

static const cph_reader coupling_reader = {.coupling = read_coupling};

cph_status cph_native_open_coupling(cph_data *data)
{
    const cph_h5 *const h5 = &data->h5;
    size_t rank, dim[CPH_H5_RANK];
    data->reader = &coupling_reader;
    const cph_status status = cph_readings_shape(h5, s_name, 2, 2, "element, element", &rank, dim);
    if (status != CPH_OK)
        return status;
    if (dim[0] != dim[1])
        return cph_h5_fail(h5, CPH_ERR_FORMAT, s_name, "is %zu x %zu, expected a square", dim[0],
                           dim[1]);
    return cph_readings_open_header(data, s_name, 1, dim[0]);
}
