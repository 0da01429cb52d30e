/* SPDX-License-Identifier: MIT */
/** @file coupling_calib.h
 *  Transmit and receive gains from the mutual coupling of the array's own elements, and coupling
 *  matrices from known excitations. */
#ifndef COPHASE_COUPLING_CALIB_H
#define COPHASE_COUPLING_CALIB_H

#include "cophase/calib.h"
#include "cophase/estimate.h"
#include "cophase/types.h"

CPH_BEGIN_DECLS

/** One measured matrix. Element n transmits, element k receives: as for scattering parameters
 *  (b = S a), S_kn ~ r_k c(r_k - r_n) t_n. */
typedef struct cph_coupling_config {
    size_t elements;  /**< N */
    const cph_c64 *s; /**< [N][ld], a row a receiving element; NaN: not measured. The diagonal is
                           not read */
    size_t ld;
    const double *position;                /**< [N][3] metres */
    double min_distance_m, max_distance_m; /**< of the pairs in use; 0: no limit */
    double tolerance_m; /**< displacements that differ by no more are one; 0: 1 % of the shortest */
    double sigma;       /**< rms modulus of the error of an S_kn; 0: what the residuals say */
    const cph_c64 *transmit_near,
        *receive_near; /**< [N] gains to be near to (see below); NULL: 1 */
    size_t reference;  /**< element whose phases are 0, or SIZE_MAX for the mean phase */
} cph_coupling_config;

/** The answer; the caller gives the arrays. */
typedef struct cph_coupling_solution {
    cph_gain_estimate transmit, receive; /**< t and r, each in its gauge; flag in: elements to leave
                                              out, in both */
    uint32_t *transmit_part; /**< [N] or NULL: number of the sub-lattice within which ratios are
                                  known, from 0; UINT32_MAX where nothing is */
    uint32_t *receive_part;  /**< likewise */
    size_t transmit_parts, receive_parts; /**< sub-lattices; 1: all gains are on one scale */
    size_t links;                         /**< S_kn in use */
    size_t groups;                        /**< displacements among them */
    size_t open;    /**< complex numbers that the links leave open, 2 for one sub-lattice */
    size_t choices; /**< solutions that fit equally well (see below) */
    double margin;  /**< of the agreement of the one that was taken with gains to be near to, which
                         is 0 to 1, over the next one; 1 where there is no other */
    unsigned iterations;
    cph_stop stop;
    double dof;      /**< complex: links less what was fitted and is not open */
    double sigma;    /**< rms modulus of the error of an S_kn, given or found; NaN: unknown */
    double chi2_dof; /**< NaN where sigma is not given */
} cph_coupling_solution;

/** Gains from the coupling of elements at the same displacement on a lattice (Aumann, Fenn and
 *  Willwerth, IEEE Trans. Antennas Propag. 37 p. 844, 1989): elements k, l at +d and -d from n hear
 *  it alike, r_k/r_l = S_kn/S_ln, and are heard alike. c depends on the direction of d as on its
 *  length, and c(d) = c(-d) by reciprocity; groups are those of cph_redundant_create. Least squares
 *  of log S over all links in use, then Gauss-Newton on sum |S_kn - r_k c t_n|^2: the
 *  maximum-likelihood estimate for errors of equal power.
 *
 *  What the links leave open is found in whole numbers. Always the scale of t and that of r,
 * against c: the gauge is mean phase 0 (or the reference's) and mean modulus 1, apart for t and r.
 * Where no chain of equations joins them, gains fall into sub-lattices (with nearest neighbours
 * alone, of a square lattice its two colours): the largest one is solved, the lowest of the
 * largest, and others are flagged UNSOLVED. There is no open phase slope, as c(d) = c(-d), but what
 * would be a slope of half a turn a lattice step: t_n, r_n and c with their signs alternating along
 * the lattice fit as well, 2^(dimensions) `choices` in all. The one nearest to transmit_near and
 * receive_near is taken: gains known to a quarter of a turn or so are enough. Where `margin` is
 * small, that says little, and signs are open.
 *
 *  Standard errors, in the gauge, are the Cramer-Rao bound of the model; c that is not the same
 *  everywhere (edges: see cph_coupling_edges) raises chi2_dof, or sigma where that is found.
 *  Errors: ARGUMENT (also a reference that is flagged or in no solved sub-lattice, elements that
 *  stand together), OVERFLOW, MEMORY, NOT_FINITE (infinite S, positions), TOO_FEW (no sub-lattice
 * of two elements), SINGULAR (links of power 0; more than 4096 choices); *error (may be NULL) says
 *  which, outputs are then unchanged. A solver that stops unconverged is CPH_OK with `stop` saying
 *  so. */
CPH_MUST_CHECK CPH_API cph_status cph_coupling_solve(const cph_coupling_config *config,
                                                     cph_coupling_solution *solution,
                                                     cph_error *error);

/** Flags EXCLUDED what stands at the edge: elements with fewer neighbours within reach_m (0: 1.5
 *  times the shortest distance) than the most that any has, then those who lose some of theirs by
 *  that, `rings` times in all. flag [N] in and out; flagged elements count as neighbours.
 *  position [N][3]. Errors: ARGUMENT, MEMORY; flag is then unchanged. */
CPH_MUST_CHECK CPH_API cph_status cph_coupling_edges(size_t elements, const double *position,
                                                     double reach_m, size_t rings,
                                                     unsigned char *flag);

/** Known excitations and what came of them. */
typedef struct cph_coupling_matrix_config {
    size_t elements, rows;   /**< N; K excitations or directions */
    const cph_c64 *excited;  /**< [K][N] x: excitations, or steering vectors of the directions */
    const cph_c64 *measured; /**< [K][N] y = C x + noise */
    const cph_c64 *near;     /**< [N][N] what C is drawn to; NULL: 0 */
    double regularisation; /**< weight of that, >= 0, against the mean over elements of sum |x|^2 */
    double sigma;          /**< rms modulus of the noise; 0: what the residuals say */
} cph_coupling_matrix_config;

/** The answer; the caller gives the arrays. */
typedef struct cph_coupling_matrix {
    cph_c64 *matrix;    /**< [N][N], row n what goes into y_n */
    double *sigma;      /**< [N] rms modulus of the error of column m, the same for every row;
                             NaN: unknown */
    double *resolution; /**< [N] of column m: 1, the data alone; 0, `near` alone */
    double noise;       /**< rms modulus, given or found; NaN: unknown (K = N, or so few) */
    double condition;   /**< of the equations, regularisation included */
} cph_coupling_matrix;

/** C by least squares from all rows at once, minimising sum |y - C x|^2 + weight |C - near|^2
 *  (Tikhonov). Errors are those of the noise; where the resolution of a column is below 1, its
 *  estimate is drawn to `near` by the rest. Noise of unknown power: sum |y - C x|^2 / (N (K -
 *  effective columns)). Errors: ARGUMENT, OVERFLOW, MEMORY, NOT_FINITE, SINGULAR (excitations that
 *  do not tell elements apart, without regularisation); *error (may be NULL) says which, outputs
 * are then unchanged. */
CPH_MUST_CHECK CPH_API cph_status cph_coupling_matrix_solve(
    const cph_coupling_matrix_config *config, cph_coupling_matrix *solution, cph_error *error);

/** Looks at single sources in known directions, each of unknown power and phase:
 *  y_s = alpha_s C a_s + noise. */
typedef struct cph_coupling_looks_config {
    size_t elements, looks;  /**< N >= 2, S */
    const cph_c64 *steering; /**< [S][N] a, of all elements, flagged or not */
    const cph_c64 *response; /**< [S][N] y, dominant eigenvectors of covariances, say */
    double sigma;            /**< rms modulus of the noise of y; 0: what the residuals say */
    size_t reference;        /**< element whose C_nn has phase 0, or SIZE_MAX for mean phase 0 */
} cph_coupling_looks_config;

/** The answer; the caller gives the arrays. */
typedef struct cph_coupling_looks {
    cph_c64 *matrix;            /**< [N][N], row n what goes into y_n; NaN where n is flagged */
    double *sigma;              /**< [N][N] rms modulus of the errors, in the gauge; NaN unknown */
    cph_gain_estimate diagonal; /**< C_nn; flag in: rows to leave out, out also UNSOLVED where a
                                     response is not finite */
    double noise;               /**< rms modulus, given or found */
    double dof;                 /**< complex: responses less what was fitted and is not open */
    double chi2_dof;            /**< NaN where sigma is not given */
    double condition;           /**< of the equations of C, or of those of alpha beside C if larger:
                                     errors are at most about so many times those of y over |a| */
    unsigned iterations;
    cph_stop stop;
} cph_coupling_looks;

/** C by least squares of |y - alpha C a|^2 with an alpha for every look: that of
 *  cph_coupling_matrix_solve where what was sent is known but for a factor each, the
 *  maximum-likelihood estimate for noise of equal power. alpha is found by Gauss and Newton with C
 *  eliminated (variable projection: Golub and Pereyra, SIAM J. Numer. Anal. 10 p. 413, 1973, in
 *  Kaufman's form), from gains alone. A flagged element has a column as the others, since it
 *  couples, and no row. A common factor of C and 1/alpha is open; the gauge is mean phase 0 (or the
 *  reference's) and mean modulus 1 of C_nn over unflagged n. At least N + 1 looks, and so many that
 *  rows (S - N) >= S - 1; directions must tell elements apart, as those of elements much closer
 * than half a wavelength do not. Standard errors, in the gauge, are the Cramer-Rao bound. Errors:
 * ARGUMENT, OVERFLOW, MEMORY, NOT_FINITE (steering vectors), TOO_FEW (looks, rows; a flagged
 * reference), SINGULAR (looks that leave more open; a C_nn of 0); *error (may be NULL) says which,
 * outputs are then unchanged. A solver that stops unconverged is CPH_OK with `stop` saying so. */
CPH_MUST_CHECK CPH_API cph_status cph_coupling_looks_solve(const cph_coupling_looks_config *config,
                                                           cph_coupling_looks *solution,
                                                           cph_error *error);

CPH_END_DECLS

#endif
