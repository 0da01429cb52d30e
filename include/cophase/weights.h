/* SPDX-License-Identifier: MIT */
/** @file weights.h
 *  Tapers and conventional beam weights. */
#ifndef COPHASE_WEIGHTS_H
#define COPHASE_WEIGHTS_H

#include "cophase/types.h"

CPH_BEGIN_DECLS

typedef enum cph_taper_kind { CPH_TAPER_UNIFORM, CPH_TAPER_TAYLOR, CPH_TAPER_COUNT } cph_taper_kind;

typedef struct cph_taper {
    cph_taper_kind kind;
    int nbar;      /**< Taylor: number of nearly equal sidelobes, at least 1 */
    double sll_db; /**< Taylor: design sidelobe level, negative */
} cph_taper;

/** "uniform", "taylor"; NULL outside the enumeration. */
CPH_API const char *cph_taper_name(cph_taper_kind kind);

/** t[n] for N samples of a line aperture, at (2 n + 1 - N) / (2 N) of its length: the usual
 *  window of N points. Mean of Taylor's continuous distribution is 1; values are not
 *  renormalised (Taylor, IRE AP-3 p. 16, 1955). */
CPH_MUST_CHECK CPH_API cph_status cph_taper_line(const cph_taper *taper, size_t n, double *t);

/** t[N] for elements at position [N][3] metres: the line taper along each axis that the array
 *  extends over, multiplied. The aperture along an axis is the extent plus one `pitch` (metres;
 *  0: the smallest distance between distinct coordinates on that axis). */
CPH_MUST_CHECK CPH_API cph_status cph_taper_array(const cph_taper *taper, size_t elements,
                                                  const double *position, double pitch, double *t);

/** Conventional weights w_n = t_n a_n / (conj(g_n) sum |t|), the sum over unflagged elements;
 *  flagged ones get 0. Beam y = w^H x then has unit response to its look direction.
 *  a [N] steering vector; gain [N] observed = gain * true, NULL for 1; flag [N] non-zero = left
 *  out, NULL for none; taper [N], NULL for uniform. A gain of an unflagged element that is zero
 *  or not finite: NOT_FINITE. No element left: TOO_FEW. w may be a. */
CPH_MUST_CHECK CPH_API cph_status cph_weights_conventional(size_t elements, const cph_c64 *a,
                                                           const cph_c64 *gain,
                                                           const unsigned char *flag,
                                                           const double *taper, cph_c64 *w);

CPH_END_DECLS

#endif
