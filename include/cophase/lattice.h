/* SPDX-License-Identifier: MIT */
/** @file lattice.h
 *  All beams of a grid at once, for elements on a planar lattice (host only).
 *
 *  Element n stands at r0 + i_n a + j_n b: a rectangular lattice has a and b at right angles, a
 *  triangular one at 60 or 120 degrees. Beam (p, q) turns by p/P turns a step along a and by q/Q
 *  turns a step along b:
 *      w_n = c_n exp(+j 2 pi (p i_n / P + q j_n / Q)),   y = w^H x
 *  so that it looks where f (u . a)/c = p/P and f (u . b)/c = q/Q, each up to whole turns: a grid
 *  uniform in (u . a, u . b). For a rectangular lattice that is uniform in direction cosines with
 *  steps wavelength/(P |a|) and wavelength/(Q |b|); for a triangular one its points are those of
 *  the reciprocal lattice, divided by P and Q. Phases refer to the site (0, 0). The weights do not
 *  depend on the frequency; the directions do (cph_lattice_direction).
 *
 *  P and Q are free: larger ones than the array has sites interpolate, smaller ones leave beams
 *  out. Beams lie at beams[q' P + p'] with p' = p + P/2, q' = q + Q/2 (integer division): p and q
 *  rise from -P/2 and -Q/2, and boresight is beam (Q/2) P + P/2. */
#ifndef COPHASE_LATTICE_H
#define COPHASE_LATTICE_H

#include <stdbool.h>

#include "cophase/exec.h"
#include "cophase/types.h"

CPH_BEGIN_DECLS

/** A site (0, 0) and the two steps, metres. */
typedef struct cph_lattice {
    double origin[3], a[3], b[3];
} cph_lattice;

/** Finds the lattice of positions [N][3] and each element's site [N][2] = (i, j). a is the step to
 *  the nearest neighbour (of several as near the one most along +x), b the next one that is not
 *  along a, with a x b toward +z; the origin is the element nearest the middle. A line gets a b at
 *  a right angle to a, and j = 0. Errors: ARGUMENT; NOT_FINITE; MISSING when an element is further
 *  than 1e-3 |a| from its site, or on the site of another. */
CPH_MUST_CHECK CPH_API cph_status cph_lattice_find(size_t elements, const double *position,
                                                   cph_lattice *lattice, int32_t *site);

/** Where beam `beam` of a grid of P x Q looks at freq_hz: the unit vector on the side of a x b, of
 *  the directions that differ by whole turns the one nearest a x b. Many beams look nowhere (their
 *  phase steps are larger than any direction's): MISSING. Errors: ARGUMENT. */
CPH_MUST_CHECK CPH_API cph_status cph_lattice_direction(const cph_lattice *lattice, size_t beams_a,
                                                        size_t beams_b, double freq_hz, size_t beam,
                                                        double u[3]);

/** How a plan forms its beams. */
typedef enum cph_lattice_method {
    CPH_LATTICE_AUTO,  /**< the faster one by the constants of lattice_cost.c, measured */
    CPH_LATTICE_FFT,   /**< 2-D FFT in single precision (FFTW) */
    CPH_LATTICE_DIRECT /**< a beamform plan of all beams */
} cph_lattice_method;

typedef struct cph_lattice_config {
    size_t elements;            /**< N, at least 1 */
    const int32_t *site;        /**< [N][2] */
    size_t channels;            /**< C; 0 is 1 */
    const cph_c32 *coefficient; /**< [C][N] c_n = t_n / (conj(g_n) sum t), taper and calibration; 0
                                     for an element left out, whatever its samples; NULL: 1 */
    size_t beams_a, beams_b;    /**< P, Q */
    cph_type type;              /**< of the samples */
    unsigned weight_bits;       /**< DIRECT: as in cph_beamform_config; the FFT works in floats */
    cph_lattice_method method;
    bool quick; /**< FFTW plans by estimate, not by trial: at once instead of in up to some
                     seconds, and the same plan in every run; large grids are then up to
                     ten times slower */
    const cph_exec *exec; /**< NULL: serial; must outlive the plan */
} cph_lattice_config;

typedef struct cph_lattice_plan cph_lattice_plan;

typedef struct cph_lattice_info {
    cph_lattice_method method; /**< FFT or DIRECT */
    double fft_s, direct_s;    /**< what the rule expects of either for one time of one channel on
                                    one thread; infinite for the FFT in a build without FFTW */
} cph_lattice_info;

/** Makes a plan; free with cph_lattice_destroy (NULL is fine). Copies what it needs. FFTW's planner
 *  is not safe to enter twice: plans of this library take turns, a caller who uses FFTW too plans
 *  at other times or calls fftwf_make_planner_thread_safe. Errors: ARGUMENT, OVERFLOW, MEMORY,
 *  NOT_FINITE (a coefficient), UNSUPPORTED (FFT in a build without FFTW). */
CPH_MUST_CHECK CPH_API cph_status cph_lattice_create(const cph_lattice_config *config,
                                                     cph_lattice_plan **plan);
CPH_API void cph_lattice_destroy(cph_lattice_plan *plan);

CPH_MUST_CHECK CPH_API cph_status cph_lattice_describe(const cph_lattice_plan *plan,
                                                       cph_lattice_info *info);

/** Bytes of workspace (64-byte aligned) that one concurrent call of run needs. */
CPH_API size_t cph_lattice_workspace_size(const cph_lattice_plan *plan);

/** beams[(t C + c) ld_beams + q' P + p'] for T times of samples[(t C + c) ld_samples + n];
 *  ld_samples >= N, ld_beams >= P Q. Any alignment (of the sample); no overlap.
 *  FFT: error of a beam at most 2^-22 (2 + log2(P Q)) sum_n |c_n||x_n| where P and Q have no prime
 *  factor above 13: every stage's sums stay below that total, and its product with a rounded
 *  twiddle and sum cost at most 4 half ulps (Higham, Accuracy and Stability of Numerical
 * Algorithms, ch. 24); other lengths run through three such transforms. DIRECT: as
 * cph_beamform_run. Re-entrant with a workspace per call. Errors: ARGUMENT, OVERFLOW; outputs then
 * unchanged. */
CPH_MUST_CHECK CPH_API cph_status cph_lattice_run(const cph_lattice_plan *plan, void *workspace,
                                                  const void *samples, size_t ld_samples,
                                                  size_t times, cph_c32 *beams, size_t ld_beams);

CPH_END_DECLS

#endif
