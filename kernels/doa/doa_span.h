/* SPDX-License-Identifier: MIT */
/** @file doa_span.h
 *  The span of the steering vectors of several directions, and what of their derivatives is outside
 *  it. */
#ifndef COPHASE_DOA_SPAN_H
#define COPHASE_DOA_SPAN_H

#include "kernels/doa/doa_frame.h"

typedef struct cph_doa_span {
    const cph_doa_frame *frame;
    size_t sources, parameters; /**< dims offsets a source, source by source */
    cph_c64 *basis;             /**< [S][n] orthonormal, one a row */
    cph_c64 *triangle;          /**< [S][S] T, upper: v_s = sum over k <= s of T_ks basis_k */
    cph_c64 *slope;             /**< [P][n] derivatives outside the span */
    cph_c64 *fall;  /**< [S][n] derivatives along -u outside it: where an arc bends to */
    cph_c64 *image; /**< [S][n] R basis_k */
    cph_c64 *inner; /**< [S][S] basis^H R basis */
    double *phase;  /**< [n] */
    void *memory;
} cph_doa_span;

/** Errors: MEMORY, OVERFLOW. Free with cph_doa_span_free. */
CPH_MUST_CHECK cph_status cph_doa_span_create(const cph_doa_frame *frame, size_t sources,
                                              cph_doa_span *span, cph_error *error);
void cph_doa_span_free(cph_doa_span *span);

/** basis, triangle and slope at directions [S][3]; SINGULAR where one is nearly in the span of
 *  those before it. */
CPH_MUST_CHECK cph_status cph_doa_span_set(cph_doa_span *span, const double *direction,
                                           cph_error *error);

/** image and inner of r [n][n]; returns the part of tr R outside the span. */
double cph_doa_span_load(cph_doa_span *span, const cph_c64 *r);

/** x [S] = T^-1 x. */
void cph_doa_span_undo(const cph_doa_span *span, cph_c64 *x);

/** w [S][S] = V^+ M V^+H of inner = basis^H M basis; w may be inner. */
void cph_doa_span_sources(const cph_doa_span *span, const cph_c64 *inner, cph_c64 *w);

/** information [P][P] = Re(slope_i^H slope_j w_(s of j)(s of i)). */
void cph_doa_span_information(const cph_doa_span *span, const cph_c64 *w, double *information);

/** covariance [P][P] of the offsets by the Cramer-Rao bound (doa.h) of sources power [S][S] in
 *  noise; scratch [4][S][S]. Errors: SINGULAR, MEMORY. */
CPH_MUST_CHECK cph_status cph_doa_span_bound(const cph_doa_span *span, const cph_c64 *power,
                                             double noise, double samples, bool conditional,
                                             cph_c64 *scratch, double *covariance);

#endif
