/* SPDX-License-Identifier: MIT */
/** @file near_field.h
 *  Element excitations from the field that a probe measured on a plane in front of the array.
 *  Time factor exp(+j 2 pi f t): what leaves an element of excitation g is g f(u) exp(-j k R)/R, R
 *  and u the distance and direction from the element to the probe, k = 2 pi f / c, and the probe
 *  says p(u) times that. */
#ifndef COPHASE_NEAR_FIELD_H
#define COPHASE_NEAR_FIELD_H

#include <stdbool.h>

#include "cophase/estimate.h"
#include "cophase/types.h"

CPH_BEGIN_DECLS

/** Amplitude toward the unit vector u, from the element to the probe (also for the probe). */
typedef struct cph_near_field_pattern {
    cph_c64 (*at)(const void *context, const double u[3]); /**< NULL: 1 */
    const void *context;
} cph_near_field_pattern;

/** cos(angle from z)^q, 0 behind the plane; context is q, a double. */
CPH_API cph_c64 cph_near_field_cosine(const void *context, const double u[3]);

/** A scan: sample [j][i] stands at (x0 + i dx, y0 + j dy, z). */
typedef struct cph_near_field_scan {
    size_t columns, rows;  /**< along x, along y */
    const cph_c64 *field;  /**< [rows][columns] */
    double x0, y0, dx, dy; /**< metres, array frame; dx, dy above 0 */
    double z;              /**< of the plane; the elements stand below it */
    double freq_hz;
    double sigma;           /**< rms modulus of the noise of a sample; 0: unknown */
    size_t elements;        /**< N */
    const double *position; /**< [N][3] metres, array frame */
    cph_near_field_pattern element, probe;
} cph_near_field_scan;

/** Back-projection by the plane wave spectrum (Lee, Ferren, Woollen and Lee, IEEE Trans. Antennas
 *  Propag. 36 p. 884, 1988; with the probe: Yaghjian, ibid. 34 p. 30, 1986): the spectrum A(kx, ky)
 * = sum E exp(+j (kx x + ky y)) dx dy of the field, by FFT of the scan padded to twice its size, is
 * -j 2 pi/kz f p exp(-j kz z) sum g_n exp(j (kx x_n + ky y_n)); kz = sqrt(k^2 - kx^2 - ky^2) > 0
 * toward the probe, so that exp(+j kz z) takes it back. Within the circle of real directions, up to
 * max_sine, what is left is summed at each element. An element is then seen with 2 J1(q)/q of its
 * neighbours, q = k max_sine times their distance: half a wavelength is what this resolves (18 %
 * there; 0 at 0.61 wavelengths). The inverse below knows where elements are, and has no such limit.
 *
 *  max_sine, above 0 to 1: sine of the largest angle from z that the scan holds, about that of its
 *  edge as seen from the array's; 1 where the scan is large. image [rows][columns], or NULL: g in
 *  the plane of the elements, at the scan's x and y. estimate: flags in; no gauge; standard errors
 *  of noise, from above (all weights of the padded scan), and of the blur: by what the estimate's
 *  own field, projected once more, differs from the estimate. NaN without sigma.
 *  Errors: ARGUMENT (also spacings above half a wavelength, elements not in one plane within a
 *  20th of a wavelength), NOT_FINITE (field, positions), SINGULAR (a pattern is 0 within max_sine),
 *  TOO_FEW (all flagged), OVERFLOW, MEMORY, UNSUPPORTED (a build without FFTW); *error (may be
 * NULL) says which, outputs are then unchanged. */
CPH_MUST_CHECK CPH_API cph_status cph_near_field_project(const cph_near_field_scan *scan,
                                                         double max_sine,
                                                         cph_gain_estimate *estimate,
                                                         cph_c64 *image, cph_error *error);

typedef struct cph_near_field_options {
    double regularisation; /**< >= 0: weight of sum |g - near|^2, against the mean over elements of
                                what one of them makes, sum |E|^2 */
    const cph_c64 *near;   /**< [N] what g is drawn to; NULL: 0 */
} cph_near_field_options;

/** The answer; the caller gives the arrays. */
typedef struct cph_near_field_solution {
    cph_gain_estimate estimate; /**< flags in: elements that radiate nothing; out also UNSOLVED:
                                     resolution below 0.5; no gauge */
    double *resolution;         /**< [N] or NULL: 1, the data alone; 0, `near` alone */
    size_t samples;             /**< finite ones, all in use */
    double sigma;               /**< given or found; NaN: unknown */
    double chi2_dof;            /**< NaN where sigma is not given */
    double condition;           /**< of the equations, regularisation included */
    double correlation;         /**< of what the estimate leaves at neighbouring samples: modulus,
                                     0 to 1; NaN without neighbours or residuals, or regularised */
    bool coherent;              /**< that is beyond chance: the residuals are no noise */
} cph_near_field_solution;

/** g by least squares over all samples, for elements of known positions: minimises sum |E - sum g f
 *  p exp(-j k R)/R|^2 + weight |g - near|^2 (Tikhonov). Without regularisation the estimate is of
 *  maximum likelihood for noise of equal power, its standard errors the Cramer-Rao bound; waves
 *  that die out before they reach the probe, in lattices closer than half a wavelength, need it.
 *  Residuals above what sigma says by more than chance (5 standard deviations) take its place in
 *  the standard errors. Residuals that neighbouring samples share say that the model is not that of
 *  the scan (its height, say): the part of them that gains took up is then taken to be as large as
 *  what is left, samples / elements times the variance of noise of that power.
 *  Where the resolution of an element is below 1, its estimate is drawn to `near` by the rest, and
 *  standard errors say nothing of that. Samples that are not finite are left out, the scan need not
 *  be dense, and elements need not stand in a plane.
 *  Errors: ARGUMENT (also elements not below the scan), NOT_FINITE, TOO_FEW (all flagged; fewer
 *  samples than elements, without regularisation), SINGULAR, OVERFLOW (more than 32767 samples and
 *  elements), MEMORY; *error (may be NULL) says which, outputs are then unchanged. */
CPH_MUST_CHECK CPH_API cph_status cph_near_field_solve(const cph_near_field_scan *scan,
                                                       const cph_near_field_options *options,
                                                       cph_near_field_solution *solution,
                                                       cph_error *error);

CPH_END_DECLS

#endif
