/* SPDX-License-Identifier: MIT */
/** @file aperture.h
 *  The shape of an array as directions see it: a line, a plane or a volume, and its axes. */
#ifndef COPHASE_ARRAY_APERTURE_H
#define COPHASE_ARRAY_APERTURE_H

#include <stddef.h>

/** How far the elements reach, and along which axes. */
typedef struct cph_aperture {
    size_t dims;         /**< 0 a point, 1 a line, 2 a plane, 3 a volume */
    double axis[3][3];   /**< orthonormal rows, longest extent first; for a line axis[1] is the
                              transverse direction of `look`, for a plane axis[2] the normal on
                              the side of `look` */
    double extent_wl[3]; /**< peak to peak along each axis, wavelengths */
} cph_aperture;

/** Axes and extents of positions [N][3], metres. */
void cph_aperture_measure(size_t elements, const double *position, double wavelength,
                          const double look[3], cph_aperture *aperture);

/** Unit tangents of the sphere at u: along the longest axis and across it. */
void cph_aperture_tangents(const cph_aperture *aperture, const double u[3], double tangent[2][3]);

/** A length on the unit sphere that is small against every lobe: 1 / (longest extent). */
double cph_aperture_lobe(const cph_aperture *aperture);

#endif
