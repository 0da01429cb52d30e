/* SPDX-License-Identifier: MIT */
/** @file weights.h
 *  Tapers and conventional beam weights. */
#ifndef COPHASE_WEIGHTS_H
#define COPHASE_WEIGHTS_H

#include "cophase/types.h"

CPH_BEGIN_DECLS

/** Largest nbar of a Taylor taper. */
#define CPH_TAYLOR_NBAR_MAX 64

typedef enum cph_taper_kind { CPH_TAPER_UNIFORM, CPH_TAPER_TAYLOR, CPH_TAPER_COUNT } cph_taper_kind;

typedef struct cph_taper {
    cph_taper_kind kind;
    int nbar;      /**< Taylor, 1 to CPH_TAYLOR_NBAR_MAX: nbar - 1 sidelobes are nearly equal */
    double sll_db; /**< Taylor: design sidelobe level, negative */
} cph_taper;

/** "uniform", "taylor"; NULL outside the enumeration. */
CPH_API const char *cph_taper_name(cph_taper_kind kind);

/** t[n] for n in [0, N), at s_n = (2 n + 1 - N) / (2 N) of a line aperture from -1/2 to 1/2: the
 *  usual window of N points. Taylor (IRE Trans. AP-3 p. 16, 1955):
 *  t(s) = 1 + 2 sum_{m=1}^{nbar-1} F_m cos(2 pi m s). Not normalised further, so the mean over the
 *  aperture, and for N >= nbar over the N points, is 1: what MATLAB's taylorwin and, with
 *  norm=False, SciPy's taylor give. Within 1e-12 of exact, relative to the largest value.
 *  Errors: ARGUMENT (N = 0, nbar out of range, sll_db not negative). */
CPH_MUST_CHECK CPH_API cph_status cph_taper_line(const cph_taper *taper, size_t n, double *t);

/** t[N] for elements at position [N][3] metres: the line taper along x times that along y (along z
 *  for a line of elements along z), axes without extent left out. The aperture along an axis is
 *  the extent of the elements plus one `pitch` (metres; 0: the smallest distance between distinct
 *  coordinates on that axis), in the middle of them, so that a line of N gets cph_taper_line.
 *  Errors: ARGUMENT, NOT_FINITE (a position), MEMORY and OVERFLOW (pitch 0 alone). */
CPH_MUST_CHECK CPH_API cph_status cph_taper_array(const cph_taper *taper, size_t elements,
                                                  const double *position, double pitch, double *t);

/** Conventional weights w_n = t_n a_n / (conj(g_n) sum |t|), the sum over unflagged elements;
 *  flagged ones get 0. A wave s from the look direction, x = g a s, gives the beam
 *  y = w^H x = s (sum t / sum |t|): unit response for tapers without negative values.
 *  a [N] steering vector; gain [N] observed = gain * true, NULL for 1; flag [N] non-zero = left
 *  out whatever its gain, NULL for none; taper [N], NULL for uniform. w may be a, else they must
 *  not overlap. Errors: ARGUMENT; NOT_FINITE (a, taper or gain of an unflagged element is not
 *  finite, or its gain is 0); TOO_FEW (all are flagged, or their taper is 0). */
CPH_MUST_CHECK CPH_API cph_status cph_weights_conventional(size_t elements, const cph_c64 *a,
                                                           const cph_c64 *gain,
                                                           const unsigned char *flag,
                                                           const double *taper, cph_c64 *w);

CPH_END_DECLS

#endif
