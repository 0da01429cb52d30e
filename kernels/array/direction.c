/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "cophase/array.h"
#include "kernels/core/vec3.h"

void cph_direction_from_azel(double az, double el, double u[3])
{
    double ce = cos(el);
    u[0] = ce * sin(az);
    u[1] = sin(el);
    u[2] = ce * cos(az);
}

void cph_direction_to_azel(const double u[3], double *az, double *el)
{
    *el = atan2(u[1], hypot(u[0], u[2]));
    *az = atan2(u[0], u[2]);
}

void cph_direction_from_thetaphi(double theta, double phi, double u[3])
{
    double st = sin(theta);
    u[0] = st * cos(phi);
    u[1] = st * sin(phi);
    u[2] = cos(theta);
}

cph_status cph_direction_from_uv(double u, double v, double out[3])
{
    double rest = 1.0 - u * u - v * v;
    if (!(rest >= 0.0)) /* NaN too */
        return CPH_ERR_ARGUMENT;
    out[0] = u;
    out[1] = v;
    out[2] = sqrt(rest);
    return CPH_OK;
}

void cph_direction_sky_to_enu(double az, double el, double enu[3])
{
    double ce = cos(el);
    enu[0] = ce * sin(az);
    enu[1] = ce * cos(az);
    enu[2] = sin(el);
}

void cph_direction_enu_to_sky(const double enu[3], double *az, double *el)
{
    const double turn = 2.0 * M_PI;
    double angle = atan2(enu[0], enu[1]);
    if (angle < 0.0)
        angle += turn;
    /* A tiny negative angle rounds up to a whole turn. */
    *az = angle < turn ? angle : 0.0;
    *el = atan2(enu[2], hypot(enu[0], enu[1]));
}

/* M of ENU = M * array, or NULL. cph_array_positions gives the positions of arrays written in ENU
 * or ECEF in ENU axes. */
static const double *array_to_enu(const cph_array *array)
{
    static const double identity[9] = {1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0};
    if (array->frame != CPH_FRAME_ARRAY)
        return identity;
    return array->has_array_to_enu ? array->array_to_enu : NULL;
}

cph_status cph_direction_enu_to_array(const cph_array *array, const double enu[3], double u[3])
{
    if (array == NULL || enu == NULL || u == NULL)
        return CPH_ERR_ARGUMENT;
    const double *m = array_to_enu(array);
    if (m == NULL)
        return CPH_ERR_MISSING;
    cph_rotate_back3(m, enu, u);
    return CPH_OK;
}

cph_status cph_direction_array_to_enu(const cph_array *array, const double u[3], double enu[3])
{
    if (array == NULL || enu == NULL || u == NULL)
        return CPH_ERR_ARGUMENT;
    const double *m = array_to_enu(array);
    if (m == NULL)
        return CPH_ERR_MISSING;
    cph_rotate3(m, u, enu);
    return CPH_OK;
}
