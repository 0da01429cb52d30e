/* SPDX-License-Identifier: MIT */
#include "cli/geometry.h"

#include <math.h>

#include "cli/described.h"
#include "cophase/data.h"

static cph_status generate(const cph_array_spec *spec, double d, double radius, cph_array *array)
{
    const size_t *n = spec->count;
    switch (spec->kind) {
    case CPH_ARRAY_ULA:
        return cph_array_ula(n[0], d, array);
    case CPH_ARRAY_URA:
        return cph_array_ura(n[0], n[1], d, array);
    case CPH_ARRAY_TRI:
        return cph_array_tri(n[0], d, array);
    case CPH_ARRAY_DISC:
        return cph_array_disc(n[0], d, array);
    case CPH_ARRAY_CIRCLE:
        return cph_array_circle(n[0], d, array);
    case CPH_ARRAY_CYLINDER:
        return cph_array_cylinder(n[0], n[1], d, radius, array);
    case CPH_ARRAY_SPHERE:
        return cph_array_sphere(n[0], d, radius, array);
    case CPH_ARRAY_FILE:
        break;
    }
    return CPH_ERR_ARGUMENT;
}

/* What an argument that the grammar let pass can be wrong in. */
static const char *remark_on(const cph_array_spec *spec, cph_status status)
{
    if (status == CPH_ERR_ARGUMENT && spec->kind == CPH_ARRAY_TRI)
        return "a hexagonal outline has 3k(k+1)+1 elements (1 7 19 37 61 91 ...)";
    if (status == CPH_ERR_ARGUMENT && spec->kind == CPH_ARRAY_CYLINDER)
        return "the elements reach more than once around: expected A d <= 2 pi radius";
    if (status == CPH_ERR_ARGUMENT && spec->kind == CPH_ARRAY_SPHERE)
        return "the elements reach more than once around: expected fewer, or a larger radius";
    return cph_status_name(status);
}

cph_status cph_array_build(const cph_array_spec *spec, double freq_hz, cph_array *array,
                           cph_error *error)
{
    if (spec->kind == CPH_ARRAY_FILE)
        return cph_described_build(spec->text, freq_hz, array, error);
    const double d = cph_length_metres(spec->pitch, freq_hz);
    const double radius = cph_length_metres(spec->radius, freq_hz);
    if (!isfinite(d) || !isfinite(radius))
        return cph_fail(error, CPH_ERR_ARGUMENT,
                        "%s: a length in wavelengths needs a frequency: give --freq", spec->text);
    const cph_status status = generate(spec, d, radius, array);
    return status == CPH_OK
               ? CPH_OK
               : cph_fail(error, status, "%s: %s", spec->text, remark_on(spec, status));
}

cph_status cph_direction_resolve(const cph_direction *direction, const cph_array *array,
                                 double u[3], cph_error *error)
{
    const double *angle = direction->angle;
    double enu[3];
    switch (direction->kind) {
    case CPH_DIRECTION_SKY:
        cph_direction_sky_to_enu(angle[0], angle[1], enu);
        if (cph_direction_enu_to_array(array, enu, u) != CPH_OK)
            return cph_fail(error, CPH_ERR_MISSING,
                            "%s: the array does not know where it points (no attribute "
                            "array_to_enu of /array): give azel:, thetaphi: or uv:",
                            direction->text);
        return CPH_OK;
    case CPH_DIRECTION_AZEL:
        cph_direction_from_azel(angle[0], angle[1], u);
        return CPH_OK;
    case CPH_DIRECTION_THETAPHI:
        cph_direction_from_thetaphi(angle[0], angle[1], u);
        return CPH_OK;
    case CPH_DIRECTION_UV:
        return cph_direction_from_uv(angle[0], angle[1], u);
    }
    return cph_fail(error, CPH_ERR_ARGUMENT, "%s: unknown kind of direction", direction->text);
}

size_t cph_array_find(const cph_array *array, const cph_element *wanted)
{
    size_t n = 0;
    while (n < array->elements && (array->element[n].number != wanted->number ||
                                   array->element[n].polarization != wanted->polarization))
        n++;
    return n;
}

const char *cph_frame_of(const cph_array *array)
{
    return array->has_array_to_enu ? "sky" : "array";
}

static const double north_within = 1e-5;

void cph_direction_angles(const cph_array *array, const double u[3], double *az_deg, double *el_deg)
{
    double enu[3], az = NAN, el = NAN;
    if (cph_direction_array_to_enu(array, u, enu) == CPH_OK)
        cph_direction_enu_to_sky(enu, &az, &el);
    else
        cph_direction_to_azel(u, &az, &el);
    if (isnan(el)) /* no direction */
        az = NAN;
    /* North within what a peak is found to is 0, from either side. */
    *az_deg = az * 180 / M_PI > 360.0 - north_within ? 0.0 : az * 180 / M_PI;
    *el_deg = el * 180 / M_PI;
}

void cph_json_set_direction(json_t *object, const cph_array *array, const double u[3])
{
    double az_deg = NAN, el_deg = NAN;
    cph_direction_angles(array, u, &az_deg, &el_deg);
    cph_json_set_number(object, "az_deg", az_deg);
    cph_json_set_number(object, "el_deg", el_deg);
    cph_json_set_number(object, "u", u[0]);
    cph_json_set_number(object, "v", u[1]);
}
