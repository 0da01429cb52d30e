/* SPDX-License-Identifier: MIT */
/** @file array.h
 *  Antenna arrays: positions, names, polarisations, place on Earth; and directions. */
#ifndef COPHASE_ARRAY_H
#define COPHASE_ARRAY_H

#include <stdbool.h>

#include "cophase/types.h"

CPH_BEGIN_DECLS

/** The frame that positions are written in. */
typedef enum cph_frame {
    CPH_FRAME_ARRAY, /**< x, y across the aperture, z boresight */
    CPH_FRAME_ENU,   /**< east, north, up at the site */
    CPH_FRAME_ECEF   /**< earth-centred axes, relative to the site, unrotated */
} cph_frame;

#define CPH_NAME_SIZE 32

/** cph_element.subarray of an element with a weight of its own. */
#define CPH_SUBARRAY_NONE UINT32_MAX

/** One element (one receiver input). */
typedef struct cph_element {
    double position[3];       /**< metres, in the array's frame; NaN when unknown */
    char name[CPH_NAME_SIZE]; /**< "" when it has none */
    char polarization;        /**< 'X', 'Y' or 0 when the array has one polarisation */
    bool listed;              /**< its source lists it as bad */
    uint32_t number;          /**< what people call it: its index on the file's element axis; in
                                   layouts with products, the antenna's index */
    uint32_t subarray;        /**< elements of the same number hang on one receiver and share its
                                   weight; CPH_SUBARRAY_NONE for one of its own */
    double axes[9];           /**< rotation by rows from the element's own axes, in which its
                                   pattern is told (z its boresight), to those of `position`: the
                                   identity but on a curved (conformal) array */
} cph_element;

/** An array. Owns `element`; made by the functions below, freed by cph_array_free. */
typedef struct cph_array {
    size_t elements;
    cph_element *element; /**< [elements] */
    cph_frame frame;
    bool has_positions;
    bool has_array_to_enu;
    double array_to_enu[9]; /**< row-major; ENU = M * array; valid if has_array_to_enu. Used for
                                 frame ARRAY alone: positions written in ENU or ECEF come out of
                                 cph_array_positions in ENU axes, so theirs is the identity */
    double latitude_deg, longitude_deg, altitude_m; /**< NaN when unknown */
    double pitch_m; /**< lattice pitch of a generated array, else 0 */
    char label[64]; /**< "disc:1280,0.5wl" or "" */
} cph_array;

/** Zeroed elements (numbered 0..N-1), no positions, NaN site. */
CPH_MUST_CHECK CPH_API cph_status cph_array_create(size_t elements, cph_array *array);
CPH_API void cph_array_free(cph_array *array);
/** Deep copy of the elements index[0..count) (NULL: all). ARGUMENT for an index out of range or
 *  none. */
CPH_MUST_CHECK CPH_API cph_status cph_array_select(const cph_array *array, const size_t *index,
                                                   size_t count, cph_array *selection);

/* Regular arrays in the array frame, centred on the origin, z = 0, pitch d > 0 in metres; the rows
 * follow rising y, in a row x rises. Errors: ARGUMENT (no element, bad pitch), OVERFLOW, MEMORY. */
/** N elements along x. */
CPH_MUST_CHECK CPH_API cph_status cph_array_ula(size_t n, double d, cph_array *array);
/** A along x times B along y, x fastest. */
CPH_MUST_CHECK CPH_API cph_status cph_array_ura(size_t a, size_t b, double d, cph_array *array);
/** Triangular lattice, hexagonal outline; n = 3k(k+1)+1, else CPH_ERR_ARGUMENT. Rows along x. */
CPH_MUST_CHECK CPH_API cph_status cph_array_tri(size_t n, double d, cph_array *array);
/** Triangular lattice, the n sites nearest one of them (ties by rising angle from x), then centred
 *  on their mean. Rows along x. */
CPH_MUST_CHECK CPH_API cph_status cph_array_disc(size_t n, double d, cph_array *array);
/** A ring of n >= 2 elements, d apart along the arc: radius n d / (2 pi), the first on +x, then
 *  counter-clockwise (toward +y). All boresights are z. */
CPH_MUST_CHECK CPH_API cph_status cph_array_circle(size_t n, double d, cph_array *array);

/* Curved (conformal) arrays: a lattice laid over the outside of a body, its middle at the origin
 * and facing z; a larger radius makes it flatter. Every element faces outward (`axes`, as
 * cph_element_face turns them). The same errors, and ARGUMENT for a radius that is not positive or
 * too small for the lattice to fit around. */
/** A around a cylinder of that radius whose axis is parallel to y, d apart along the arc, times B
 *  along it; what would be x in cph_array_ura is the arc. At most once around: A d <= 2 pi radius.
 */
CPH_MUST_CHECK CPH_API cph_status cph_array_cylinder(size_t a, size_t b, double d, double radius,
                                                     cph_array *array);
/** The lattice of cph_array_disc on a sphere, by the azimuthal projection that keeps areas
 *  (Lambert): at the angle theta from the top distances are cos(theta / 2) of the plane's toward
 *  the top, 1 / cos(theta / 2) across. No element further than 2 radius from the middle. */
CPH_MUST_CHECK CPH_API cph_status cph_array_sphere(size_t n, double d, double radius,
                                                   cph_array *array);

/** Turns element->axes so that its boresight is along normal[3] (any length but 0, axes of
 *  `position`): the rotation from z by the shortest way, half a turn about y when that is -z.
 *  ARGUMENT for a normal that is 0 or not finite. */
CPH_MUST_CHECK CPH_API cph_status cph_element_face(cph_element *element, const double normal[3]);

/** position[elements][3] in the array frame, metres (ENU as it is; ECEF is rotated to ENU with
 *  the site's geodetic latitude and longitude). MISSING without positions, or ECEF without a site.
 */
CPH_MUST_CHECK CPH_API cph_status cph_array_positions(const cph_array *array, double *position);

/* Directions. Unit vectors u from the array to the source, angles in radians. */
/** azel: u = (cos el sin az, sin el, cos el cos az). */
CPH_API void cph_direction_from_azel(double az, double el, double u[3]);
CPH_API void cph_direction_to_azel(const double u[3], double *az, double *el);
/** thetaphi: u = (sin theta cos phi, sin theta sin phi, cos theta). */
CPH_API void cph_direction_from_thetaphi(double theta, double phi, double u[3]);
/** uv: w = +sqrt(1 - u^2 - v^2); ARGUMENT when u^2 + v^2 > 1. */
CPH_MUST_CHECK CPH_API cph_status cph_direction_from_uv(double u, double v, double out[3]);
/** sky: azimuth from north through east: enu = (cos el sin az, cos el cos az, sin el). */
CPH_API void cph_direction_sky_to_enu(double az, double el, double enu[3]);
/** az in [0, 2 pi). */
CPH_API void cph_direction_enu_to_sky(const double enu[3], double *az, double *el);
/** Between the array frame and ENU by array->array_to_enu; MISSING without it. */
CPH_MUST_CHECK CPH_API cph_status cph_direction_enu_to_array(const cph_array *array,
                                                             const double enu[3], double u[3]);
CPH_MUST_CHECK CPH_API cph_status cph_direction_array_to_enu(const cph_array *array,
                                                             const double u[3], double enu[3]);

CPH_END_DECLS

#endif
