/* SPDX-License-Identifier: MIT */
/** @file doa_frame.h
 *  What stands behind cph_doa: the live elements over their noise, directions and offsets of them.
 */
#ifndef COPHASE_DOA_FRAME_H
#define COPHASE_DOA_FRAME_H

#include "cophase/doa.h"
#include "kernels/array/aperture.h"

/** Live elements. */
typedef struct cph_doa_frame {
    size_t n;
    double *position; /**< [n][3] metres from the centre */
    double centre[3]; /**< their mean: steering vectors refer to it */
    cph_c64 *gain;    /**< [n] over the root of the noise power */
    double freq_hz, wavenumber;
    double norm; /**< sum |gain|^2 */
    cph_aperture aperture;
    size_t dims; /**< offsets of a direction that the array sees: 1 on a line, else 2 */
} cph_doa_frame;

struct cph_doa {
    cph_doa_frame frame;
    size_t elements;
    const size_t *index; /**< [n] of the elements */
    double *everywhere;  /**< [elements][3] positions as given */
    cph_c64 *r;          /**< [n][n] over the noise, full */
    cph_c64 *vector;     /**< [n][n] unit eigenvectors, one a row; NULL: of values alone */
    double *value;       /**< [n] eigenvalues, largest first */
    double samples;
    const cph_exec *exec;
};

/** Centres positions, and measures norm, wavenumber and aperture of a frame that has the rest.
 *  TOO_FEW where all stand at one place. */
CPH_MUST_CHECK cph_status cph_doa_measure(cph_doa_frame *frame, cph_error *error);

/** v [n] = gain a. */
void cph_doa_steer(const cph_doa_frame *frame, const double u[3], cph_c64 *v);

/** Unit tangents [dims] at u. */
void cph_doa_tangents(const cph_doa_frame *frame, const double u[3], double tangent[2][3]);

/** slope [n] = radians that the phase of each element grows by with an offset along `tangent`. */
void cph_doa_slope(const cph_doa_frame *frame, const double tangent[3], double *slope);

/** moved = u after offsets [dims] along its tangents, on the side of the aperture where directions
 *  are told; may be u. */
void cph_doa_move(const cph_doa_frame *frame, const double u[3], const double *offset,
                  double moved[3]);

/** Of the covariance of one direction's offsets, c [dims][dims], rows `stride` apart: that of its
 *  direction cosines with axes a and b. */
double cph_doa_component(const double tangent[2][3], size_t dims, const double *c, size_t stride,
                         size_t a, size_t b);

/** The standard error along the worst direction, radians. */
double cph_doa_worst_sigma(size_t dims, const double *c, size_t stride);

/** How far a direction is off the rim of what the array tells apart, the axis of a line or the
 * plane of a plane: the sine of the angle; infinite for a volume, which has none. */
double cph_doa_off_rim(const cph_doa_frame *frame, const double u[3]);

/** Moves a direction on the rim a hundredth of a lobe inside, where the rim is no longer a place
 *  that every surface is level at. Others stay. */
void cph_doa_leave_rim(const cph_doa_frame *frame, double u[3]);

/** The direction of a line at the direction cosine s with its axis, |s| <= 1. */
void cph_doa_on_line(const cph_doa_frame *frame, double s, double u[3]);

/** ARGUMENT where only eigenvalues were asked for: before any use of doa->vector. */
CPH_MUST_CHECK cph_status cph_doa_check_vectors(const cph_doa *doa, cph_error *error);

/** ARGUMENT for 0 sources, TOO_FEW for as many as live elements. */
CPH_MUST_CHECK cph_status cph_doa_check_sources(const cph_doa *doa, size_t sources,
                                                cph_error *error);

#endif
