/* SPDX-License-Identifier: MIT */
/** @file geometry.h
 *  From words of the command line to arrays and unit vectors, and back to JSON. */
#ifndef CPH_CLI_GEOMETRY_H
#define CPH_CLI_GEOMETRY_H

#include "cli/json.h"
#include "cophase/array.h"

/** Builds a regular array (lengths in wavelengths of freq_hz, which may be NaN when they are in
 *  metres), or reads the array of a file of data or a text. */
cph_status cph_array_build(const cph_array_spec *spec, double freq_hz, cph_array *array,
                           cph_error *error);

/** Unit vector in the array frame. `sky` needs array->array_to_enu: MISSING without. */
cph_status cph_direction_resolve(const cph_direction *direction, const cph_array *array,
                                 double u[3], cph_error *error);

/** Index of the element with the number and polarisation of `wanted`, or array->elements. */
size_t cph_array_find(const cph_array *array, const cph_element *wanted);

/** "sky" where the array knows array_to_enu, else "array". */
const char *cph_frame_of(const cph_array *array);

/** Angles of u in degrees in that frame: sky azimuth and elevation, or azel of the array. */
void cph_direction_angles(const cph_array *array, const double u[3], double *az_deg,
                          double *el_deg);

/** Sets "u", "v", "az_deg" and "el_deg"; the caller sets "frame" once. */
void cph_json_set_direction(json_t *object, const cph_array *array, const double u[3]);

#endif
