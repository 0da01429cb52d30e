/* SPDX-License-Identifier: MIT */
/** @file element.h
 *  How one antenna element radiates: a power pattern, the same for all elements of an array. */
#ifndef COPHASE_ELEMENT_H
#define COPHASE_ELEMENT_H

#include <stdbool.h>

#include "cophase/types.h"

CPH_BEGIN_DECLS

typedef enum cph_element_kind {
    CPH_ELEMENT_ISOTROPIC,
    CPH_ELEMENT_COSINE, /**< power cos^q of the angle from +z, none behind: q = 1 is the aperture of
                             its cell, whose gain falls as its projected area */
    CPH_ELEMENT_DIPOLE, /**< half-wave dipole along an axis over an infinite ground plane (Balanis,
                             Antenna Theory, 2016, sections 4.6 and 4.7.2), none behind */
    CPH_ELEMENT_TABLE,  /**< measured over the angle from +z, the same all around, none behind */
    CPH_ELEMENT_COUNT
} cph_element_kind;

#define CPH_ELEMENT_POINTS 257

/** Power over the angle from +z: monotone cubic pieces through the points, their slopes harmonic
 * means (Fritsch and Butland, SIAM J. Sci. Stat. Comput. 5 p. 300, 1984), level at 0. */
typedef struct cph_element_table {
    size_t points;
    double theta[CPH_ELEMENT_POINTS]; /**< radians, ascending */
    double power_db[CPH_ELEMENT_POINTS], slope[CPH_ELEMENT_POINTS];
} cph_element_table;

/** Of `points` >= 2 angles (radians, ascending, from 0 to pi / 2 at most) and powers in dB. Beyond
 *  the last angle nothing is radiated. Errors: ARGUMENT, NOT_FINITE. */
CPH_MUST_CHECK CPH_API cph_status cph_element_table_make(size_t points, const double *theta,
                                                         const double *power_db,
                                                         cph_element_table *table);

typedef struct cph_element_pattern {
    cph_element_kind kind;
    double q;         /**< cosine: 0 (a uniform hemisphere) to 64 */
    double height_wl; /**< dipole: over the ground plane, wavelengths, above 0, at most 1 */
    size_t axis;      /**< dipole: 0 along x, 1 along y */
    const cph_element_table *table; /**< table: not NULL */
} cph_element_pattern;

/** "isotropic", "cos", "dipole", "table"; NULL outside the enumeration. */
CPH_API const char *cph_element_name(cph_element_kind kind);

/** Checks the fields that the kind uses, and says which is wrong. Errors: ARGUMENT. */
CPH_MUST_CHECK CPH_API cph_status cph_element_check(const cph_element_pattern *element,
                                                    cph_error *error);

/** Power toward the unit vector u (array frame, boresight +z), in a scale of its own: 1 toward +z
 *  for cosine and isotropic, (2 sin(2 pi height))^2 for a dipole, that of the
 *  points for a table. `element` must be checked; NULL
 *  is isotropic. */
CPH_API double cph_element_power(const cph_element_pattern *element, const double u[3]);

CPH_END_DECLS

#endif
