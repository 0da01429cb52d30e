/* SPDX-License-Identifier: MIT */
/** @file weights.h
 *  Tapers and conventional beam weights. */
#ifndef COPHASE_WEIGHTS_H
#define COPHASE_WEIGHTS_H

#include "cophase/types.h"

CPH_BEGIN_DECLS

/** Largest nbar of a taper. */
#define CPH_TAYLOR_NBAR_MAX 64
/** Most points along an axis of a Chebyshev or binomial taper. */
#define CPH_TAPER_POINTS_MAX 65536

/** s is the place along the aperture, from -1/2 to 1/2; the aperture reaches half a pitch beyond
 *  the outer elements, so that all of them have a weight. */
typedef enum cph_taper_kind {
    CPH_TAPER_UNIFORM,
    CPH_TAPER_TAYLOR,          /**< line source with nbar - 1 nearly equal sidelobes (Taylor, IRE
                                    Trans. AP-3 p. 16, 1955) */
    CPH_TAPER_CIRCULAR_TAYLOR, /**< the same for a round aperture, over the distance from its middle
                                    (Taylor, IRE Trans. AP-8 p. 17, 1960) */
    CPH_TAPER_CHEBYSHEV,       /**< all sidelobes equal (Dolph, Proc. IRE 34 p. 335, 1946) */
    CPH_TAPER_BAYLISS,         /**< difference beam with nbar - 1 nearly equal sidelobes a side: odd
                                    in s (Bayliss, Bell Syst. Tech. J. 47 p. 623, 1968) */
    CPH_TAPER_HAMMING,         /**< cosine on a pedestal of 0.08, power 2 */
    CPH_TAPER_HANN,            /**< no pedestal, power 2 */
    CPH_TAPER_COSINE,          /**< pedestal + (1 - pedestal) cos^power(pi s) */
    CPH_TAPER_GAUSSIAN,        /**< exp(-(2 s)^2 ...), edge_db at the aperture's edge */
    CPH_TAPER_BINOMIAL,        /**< no sidelobes at half a wavelength's pitch */
    CPH_TAPER_COUNT
} cph_taper_kind;

/** How a taper lies on an array with extent along x and y. */
typedef enum cph_taper_shape {
    CPH_TAPER_SEPARABLE, /**< that along x times that along y */
    CPH_TAPER_RADIAL     /**< over the distance from the middle */
} cph_taper_shape;

typedef struct cph_taper {
    cph_taper_kind kind;
    int nbar;        /**< Taylor, circular Taylor, Bayliss: 1 to CPH_TAYLOR_NBAR_MAX (Bayliss: 2 and
                          up): from there on the zeros are those of the uniform aperture */
    double sll_db;   /**< Taylor, circular Taylor, Chebyshev: design sidelobe level, from -200 to
                          below 0; Bayliss: relative to the peaks of the difference beam, -40 to -15,
                          where its author gives constants */
    double pedestal; /**< cosine: 0 to 1 */
    double power;    /**< cosine: above 0, at most 16 */
    double edge_db;  /**< Gaussian: -200 to 0 */
    cph_taper_shape shape; /**< all but circular Taylor (always radial) and Bayliss (never) */
    size_t axis; /**< Bayliss: 0 or 1, the difference is along x or y; along the other axis the
                    taper is Taylor's of the same nbar and level */
} cph_taper;

/** "uniform", "circular-taylor"...; NULL outside the enumeration. */
CPH_API const char *cph_taper_name(cph_taper_kind kind);

/** Checks the fields that the kind uses, and says which value is wrong and what was expected.
 *  Errors: ARGUMENT. */
CPH_MUST_CHECK CPH_API cph_status cph_taper_check(const cph_taper *taper, cph_error *error);

/** t[n] for n in [0, N), at s_n = (2 n + 1 - N) / (2 N): the usual window of N points. Scales:
 *  - Taylor: 1 + 2 sum_{m=1}^{nbar-1} F_m cos(2 pi m s), what MATLAB's taylorwin and, with
 *    norm=False, SciPy's taylor give; Chebyshev, binomial: the window whose spectrum is
 *    T_{N-1}(x0 cos(pi k / N)), cos^{N-1}(pi k / N): all three have the mean 1 over the N points
 *    (Taylor for N >= nbar);
 *  - circular Taylor: sum_m F_m J0(2 pi mu_m |s|) / J0(pi mu_m)^2: the mean over the disc is 1;
 *  - Bayliss: sum_m B_m sin(2 pi (m + 1/2) s) / B_0, positive at small s > 0;
 *  - Hamming, Hann, cosine, Gaussian: 1 at s = 0.
 *  Within 1e-12 of exact, relative to the largest value (Bayliss: of the polynomials in the level
 *  that the paper gives for A and xi). Errors: ARGUMENT (N = 0, a parameter; Chebyshev and
 *  binomial: more points than CPH_TAPER_POINTS_MAX), MEMORY. */
CPH_MUST_CHECK CPH_API cph_status cph_taper_line(const cph_taper *taper, size_t n, double *t);

/** t[N] for elements at position [N][3] metres. The aperture along an axis is the extent of the
 *  elements plus one `pitch` (metres; 0: the smallest distance between distinct coordinates on
 *  that axis), in the middle of them, so that a line of N gets cph_taper_line. Axes are x and y,
 *  those without extent left out, or z for a line of elements along z. Separable: the product
 *  over the axes. Radial, in two axes: at s = r / D, r the distance from the middle of both
 *  extents, D twice the largest one plus the smaller pitch. Chebyshev and binomial take the whole
 *  number of pitches that is nearest to the aperture for N, and between the points of that line
 *  its trigonometric interpolation. A Bayliss taper of axis 0 is along a line of elements wherever
 *  it lies, that of axis 1 needs extent along y; its mean is taken off, which is 0 but where the
 *  elements lie unevenly about their middle. Errors: ARGUMENT (also of an axis without extent),
 * NOT_FINITE (a position), MEMORY, OVERFLOW. */
CPH_MUST_CHECK CPH_API cph_status cph_taper_array(const cph_taper *taper, size_t elements,
                                                  const double *position, double pitch, double *t);

/** Conventional weights w_n = t_n a_n / (conj(g_n) sum |t|), the sum over unflagged elements;
 *  flagged ones get 0. A wave s from the look direction, x = g a s, gives the beam
 *  y = w^H x = s (sum t / sum |t|): unit response for tapers without negative values. Tapers whose
 *  sum over all N is 0 (to 1e-9 of that of |t|) make a difference beam: what flagged elements leave
 *  of the sum is taken off the others in equal parts, the nearest tapers of sum 0 over them.
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
