/* SPDX-License-Identifier: MIT */
/** @file element.h
 *  How one antenna element radiates: a power pattern, or a complex field with its polarisation. */
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
    CPH_ELEMENT_FIELD,  /**< complex far field over the sphere, or a part of it about +z */
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

/** Far field E(theta, phi), exp(+j w t), without exp(-j k r) / r. Held as Cartesian components,
 *  which have no singularity at the poles: their Fourier series over phi, at every theta. Between
 *  the angles theta each harmonic is the polynomial through the six nearest, which go on over the
 *  poles (order m with the sign (-1)^m), so that values are right across phi = 0 and theta = 0;
 *  amplitude and phase are continuous. Error: 0.0049 h^6 times the largest sixth derivative over
 *  theta, h the step in radians (a field of degree L: 0.0049 (L h)^6 of its largest value; 5 times
 *  as much in the last two steps of an incomplete sphere), and 1e-5 of the largest value for
 *  harmonics left out. Owns `harmonic`; freed by cph_element_field_free. */
typedef struct cph_element_field {
    size_t thetas;     /**< at i * step */
    double step;       /**< radians; nothing is radiated beyond the last theta */
    bool sphere;       /**< the last theta is pi */
    size_t orders;     /**< M: harmonics exp(j m phi) with m from -M to M */
    size_t degree;     /**< of the field in spherical harmonics, the 1e-5 left out */
    cph_c64 *harmonic; /**< [thetas][2 M + 1][3] */
} cph_element_field;

/** From e_theta, e_phi [thetas][phis] at theta = i * last / (thetas - 1) and phi = first_phi +
 *  2 pi j / phis: thetas >= 6, phis >= 2, last in (0, pi]. Values are kept as they are: directivity
 *  does not depend on their scale, responses are in their unit. phis must be more than twice the
 *  highest harmonic of phi in the field (2 for an element that is round but for its
 *  polarisation, of which four phis show the half that is even about first_phi).
 *  Errors: ARGUMENT, OVERFLOW, MEMORY, NOT_FINITE; MISSING when it is 0 everywhere. */
CPH_MUST_CHECK CPH_API cph_status cph_element_field_make(size_t thetas, size_t phis, double last,
                                                         double first_phi, const cph_c64 *e_theta,
                                                         const cph_c64 *e_phi,
                                                         cph_element_field *field);
CPH_API void cph_element_field_free(cph_element_field *field);

/** What of a field counts: all of it, or one polarisation. x and y are Ludwig's third definition
 *  (IEEE Trans. Antennas Propag. 21 p. 116, 1973), x' = theta^ cos phi - phi^ sin phi and y' =
 *  theta^ sin phi + phi^ cos phi; right-hand circular (IEEE Std 145, exp(+j w t), seen along the
 *  wave that leaves) is (x' - j y') / sqrt 2, left-hand (x' + j y') / sqrt 2. */
typedef enum cph_polarization {
    CPH_POLARIZATION_TOTAL,
    CPH_POLARIZATION_X,
    CPH_POLARIZATION_Y,
    CPH_POLARIZATION_RHCP,
    CPH_POLARIZATION_LHCP,
    CPH_POLARIZATION_COUNT
} cph_polarization;

/** "total", "x", "y", "rhcp", "lhcp"; NULL outside the enumeration. */
CPH_API const char *cph_polarization_name(cph_polarization polarization);

/** The vectors x' and y' toward the unit vector u. At -z, where they depend on phi, those of phi =
 * 0.
 */
CPH_API void cph_polarization_vectors(const double u[3], double x[3], double y[3]);

/** Component of `field` (along x', y') in a polarisation other than TOTAL. */
CPH_API cph_c64 cph_polarization_component(const cph_c64 field[2], cph_polarization polarization);

/** The ellipse of a field (along x', y'). */
typedef struct cph_polarization_ellipse {
    double axial_ratio_db; /**< 0 circular, infinite linear */
    bool right;            /**< sense: right-hand */
    double cross_db; /**< power in the orthogonal polarisation over that in the one asked for; NaN
                          for TOTAL */
} cph_polarization_ellipse;
CPH_API void cph_polarization_measure(const cph_c64 field[2], cph_polarization polarization,
                                      cph_polarization_ellipse *ellipse);

typedef struct cph_element_pattern {
    cph_element_kind kind;
    double q;         /**< cosine: 0 (a uniform hemisphere) to 64 */
    double height_wl; /**< dipole: over the ground plane, wavelengths, above 0, at most 1 */
    size_t axis;      /**< dipole: 0 along x, 1 along y */
    const cph_element_table *table; /**< table: not NULL */
    const cph_element_field *field; /**< field: not NULL, made */
} cph_element_pattern;

/** "isotropic", "cos", "dipole", "table", "field"; NULL outside the enumeration. */
CPH_API const char *cph_element_name(cph_element_kind kind);

/** Checks the fields that the kind uses, and says which is wrong. Errors: ARGUMENT. */
CPH_MUST_CHECK CPH_API cph_status cph_element_check(const cph_element_pattern *element,
                                                    cph_error *error);

/** Power toward the unit vector u (array frame, boresight +z), in a scale of its own: 1 toward +z
 *  for cosine and isotropic, (2 sin(2 pi height))^2 for a dipole, that of the
 *  points for a table, |E|^2 for a field. `element` must be checked; NULL is isotropic. */
CPH_API double cph_element_power(const cph_element_pattern *element, const double u[3]);

/** The angle from +z beyond which it radiates nothing; pi / 2 of one that has none, or a larger
 * one. */
CPH_API double cph_element_edge(const cph_element_pattern *element);

/** Whether it has a polarisation of its own: dipole and field. */
CPH_API bool cph_element_polarized(const cph_element_pattern *element);

/** Its field toward the unit vector u (the element's own axes), Cartesian: the root of the power
 *  along x' of cph_polarization_vectors for kinds without a polarisation, along the dipole for one.
 */
CPH_API void cph_element_radiate(const cph_element_pattern *element, const double u[3],
                                 cph_c64 e[3]);

CPH_END_DECLS

#endif
