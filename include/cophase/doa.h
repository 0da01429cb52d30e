/* SPDX-License-Identifier: MIT */
/** @file doa.h
 *  Directions of arrival from a covariance, and how well they can be known.
 *
 *  Model: R = V P V^H + s2 diag(noise), the columns of V being v_n = g_n a_n(u_s), a the steering
 *  vectors, P the sources' covariance. Gains count in full, flagged elements are left out. Any
 *  array will do but where a method says otherwise. Elements on a line cannot tell the directions
 *  around it apart: those in the plane of the line and boresight (z) stand for the others; of a
 *  plane those before it do (toward z). Directions are unit vectors from the array to the source,
 *  rows of [sources][3]. Messages of errors are for a person; `error` may be NULL. */
#ifndef COPHASE_DOA_H
#define COPHASE_DOA_H

#include <stdbool.h>

#include "cophase/exec.h"
#include "cophase/types.h"

CPH_BEGIN_DECLS

typedef struct cph_doa_config {
    size_t elements;        /**< N */
    const double *position; /**< [N][3] metres, array frame */
    double freq_hz;
    const cph_c64 *covariance; /**< [N][ld], Hermitian: the lower triangle (p >= q) is read */
    size_t ld;                 /**< at least N */
    const cph_c64 *gain;       /**< [N] observed = gain * true; NULL for 1 */
    const unsigned char *flag; /**< [N] non-zero = left out whatever its data; NULL for none */
    const double *noise;       /**< [N] relative noise powers; NULL: the same in all elements */
    double samples;            /**< K snapshots behind R; 0: unknown, or R is a model */
    const cph_exec *exec;      /**< for images and searches; must outlive the object */
    bool values_only;          /**< no eigenvectors, in a fifth of the time: cph_doa_eigenvalues and
                                    cph_doa_count serve then; spectra, searches and what finds
                                    directions without one return ARGUMENT */
} cph_doa_config;

/** The covariance of the live elements over their noise, and its eigenvectors; read alone by all
 *  functions, so several threads may use one. */
typedef struct cph_doa cph_doa;

/** Decomposes (about 25 n^3 operations for n live elements). Copies what it needs. Errors: ARGUMENT
 *  (sizes, frequency, K negative, a noise power not above 0); NOT_FINITE (of a live element: its
 *  covariances, its position, or its gain is not finite or 0); TOO_FEW (fewer than 2 are live, or
 *  all stand at one place); SINGULAR (no power, no convergence); MEMORY; OVERFLOW. Free with
 *  cph_doa_destroy (NULL is fine). */
CPH_MUST_CHECK CPH_API cph_status cph_doa_create(const cph_doa_config *config, cph_doa **doa,
                                                 cph_error *error);
CPH_API void cph_doa_destroy(cph_doa *doa);

/** The eigenvalues [live], largest first; *live may be NULL. */
CPH_API const double *cph_doa_eigenvalues(const cph_doa *doa, size_t *live);

/** Whether the live elements stand on a line: axis[3] (may be NULL) is its unit vector then. */
CPH_API bool cph_doa_line(const cph_doa *doa, double axis[3]);

/** Whether a direction lies within a radius: u^2 + v^2 < radius^2, on a line |s| < radius for its
 *  direction cosine s with the axis; all directions are within 1. */
CPH_API bool cph_doa_within(const cph_doa *doa, double radius, const double direction[3]);

/** Whether a direction is on the rim of what the array tells apart (to 1e-6 radians): along the
 *  line, or in the plane of the elements; never of elements in a volume. What stands highest there
 *  may rise further beyond: the direction is then the nearest one that there is. */
CPH_API bool cph_doa_on_rim(const cph_doa *doa, const double direction[3]);

/** Points along u and along v of a grid on which no source falls between two: four a lobe, 201 at
 *  least, 2001 at most, odd. */
CPH_API size_t cph_doa_grid(const cph_doa *doa);

/* ---- how many ---- */

/** Wax & Kailath, IEEE TASSP 33 p. 387, 1985: the k that makes
 *  K (n - k) log(arithmetic / geometric mean of the n - k least eigenvalues) + penalty
 *  least. */
typedef enum cph_doa_rule {
    CPH_DOA_AIC, /**< penalty k (2 n - k): finds weak ones, tends to count too many */
    CPH_DOA_MDL, /**< penalty k (2 n - k) log(K) / 2: the right number as K grows */
    CPH_DOA_RULES
} cph_doa_rule;

/** Number of waves in noise of known relative powers; coherent ones count as one. Errors: ARGUMENT;
 *  MISSING (K is not known); TOO_FEW (K below the number of live elements). */
CPH_MUST_CHECK CPH_API cph_status cph_doa_count(const cph_doa *doa, cph_doa_rule rule,
                                                size_t *sources, cph_error *error);

/* ---- spectra ---- */

/** E_s are the unit eigenvectors of the `sources` largest eigenvalues, v = g a. */
typedef enum cph_doa_method {
    CPH_DOA_BARTLETT, /**< v^H R v / |v|^4, the power of a source alone */
    CPH_DOA_CAPON,    /**< 1 / (v^H R^-1 v): Capon, Proc. IEEE 57 p. 1408, 1969 */
    CPH_DOA_MUSIC,    /**< |v|^2 / (|v|^2 - |E_s^H v|^2), at least 1: Schmidt, IEEE TAP 34 p. 276,
                           1986 */
    CPH_DOA_METHODS
} cph_doa_method;

typedef struct cph_doa_spectrum {
    cph_doa_method method;
    size_t sources; /**< MUSIC: fewer than the live elements */
    double loading; /**< CAPON: added to the eigenvalues, times their mean; 0 for none */
} cph_doa_spectrum;

/** image[iv * grid + iu] on the grid of cph_scan_image (u = -1 + 2 iu / (grid - 1), v alike,
 *  w >= 0, u^2 + v^2 < radius^2, NaN elsewhere), added to what it holds with `image_add`. Relative
 *  error (steering vectors in float): 1e-6 BARTLETT; times the square root of R's condition CAPON,
 *  times that of the value MUSIC. Threads by config->exec; results
 *  do not depend on them. Errors: ARGUMENT (grid, radius, a number out of range); TOO_FEW (as many
 *  sources as live elements); SINGULAR (CAPON: an eigenvalue below 1e-12 of the largest, as with
 *  fewer snapshots than elements: load); MEMORY; OVERFLOW. The image is then unchanged. */
CPH_MUST_CHECK CPH_API cph_status cph_doa_image(const cph_doa *doa,
                                                const cph_doa_spectrum *spectrum, size_t grid,
                                                double radius, bool image_add, double *image,
                                                cph_error *error);

/** The same along a line of elements: value [points] at the direction cosines
 *  s = -1 + 2 i / (points - 1) with the axis of cph_doa_line; NaN where |s| >= radius. Errors as of
 *  the image; MISSING where the elements are on no line. */
CPH_MUST_CHECK CPH_API cph_status cph_doa_line_spectrum(const cph_doa *doa,
                                                        const cph_doa_spectrum *spectrum,
                                                        size_t points, double radius, double *value,
                                                        cph_error *error);

/** The `most` highest maxima of a spectrum within the radius, highest first, each refined by
 * Newton's method on the spectrum in double (to 1e-10, but for what the covariance itself errs);
 * *found (at most `most`) is how many there are. Radius 1 is all that there is: its rim
 * (cph_doa_on_rim) has maxima too, but for those that only look across it at a higher one (half its
 * power or more in a beam there). Sidelobes are maxima of BARTLETT too. direction [most][3]. Errors
 * as of the image. */
CPH_MUST_CHECK CPH_API cph_status cph_doa_search(const cph_doa *doa,
                                                 const cph_doa_spectrum *spectrum, size_t grid,
                                                 double radius, size_t most, double *direction,
                                                 size_t *found, cph_error *error);

/* ---- without a search ---- */

/** Root-MUSIC (Barabell, Proc. ICASSP 1983 p. 336) for a line of equally spaced elements, of which
 *  some may be missing or flagged, spanning at most 512 spacings: the angles of the roots of
 *  a(1/z)^T G^H (I - E_s E_s^H) G a(z) nearest the unit circle. Spacings above half a wavelength:
 *  of the directions that look alike the one nearest to the line's broadside. Roots of no direction
 *  are passed over; *found may be less than `sources`. Strongest root first. direction
 *  [sources][3]. Exact covariances: within 1e-7 in u for sources 0.2 apart (double roots). Errors:
 *  ARGUMENT (no sources); TOO_FEW (as many sources as live elements); MISSING (no such line);
 *  OVERFLOW (more spacings); SINGULAR (no convergence); MEMORY. */
CPH_MUST_CHECK CPH_API cph_status cph_doa_root_music(const cph_doa *doa, size_t sources,
                                                     double *direction, size_t *found,
                                                     cph_error *error);

typedef enum cph_doa_fit {
    CPH_DOA_TOTAL_LEAST_SQUARES,
    CPH_DOA_LEAST_SQUARES,
    CPH_DOA_FITS
} cph_doa_fit;

/** ESPRIT (Roy & Kailath, IEEE TASSP 37 p. 984, 1989) on elements of a line or plane lattice, from
 *  the pairs of live elements that are one step apart; in the plane with both steps, whose phases
 *  are paired by the eigenvectors that they share (van der Veen, Ober & Deprettere, IEEE TSP 40
 *  p. 1828, 1992: here those of a combination of both). Aliases and *found as of
 * cph_doa_root_music; in no order. direction [sources][3]. Exact covariances: within 1e-10 in u for
 * sources 0.2 apart. Errors: ARGUMENT; TOO_FEW (more sources than pairs of a step, or as many as
 * live elements); MISSING (no lattice); SINGULAR (subspaces that determine no phases, as of
 * coherent sources); MEMORY; OVERFLOW. */
CPH_MUST_CHECK CPH_API cph_status cph_doa_esprit(const cph_doa *doa, size_t sources,
                                                 cph_doa_fit fit, double *direction, size_t *found,
                                                 cph_error *error);

/* ---- all sources together ---- */

typedef struct cph_doa_ml_config {
    size_t sources;
    size_t starts; /**< of the sources, rows of `direction` that are starting directions: 0 finds
                        all on the grid, one after the other (alternating projection: Ziskind &
                        Wax, IEEE TASSP 36 p. 1553, 1988) */
    size_t grid;   /**< 0: cph_doa_grid */
    double radius; /**< of the grid */
} cph_doa_ml_config;

/** Deterministic maximum likelihood: the directions that leave least of R outside their span,
 *  tr((I - V V^+) R), by alternating projection on the grid where starts < sources, then
 *  Gauss-Newton on all together (Viberg, Ottersten & Kailath, IEEE TSP 39 p. 2436, 1991), damped,
 *  to steps of 1e-11. Coherent sources are as good as any. direction [sources][3] in and out.
 *  *iterations (may be NULL) of Gauss-Newton. Errors: ARGUMENT; TOO_FEW (as many sources as live
 *  elements); SINGULAR (two directions fall together, or it does not converge); MEMORY; OVERFLOW.
 *  Directions are then unchanged. */
CPH_MUST_CHECK CPH_API cph_status cph_doa_ml(const cph_doa *doa, const cph_doa_ml_config *config,
                                             double *direction, size_t *iterations,
                                             cph_error *error);

/* ---- how well ---- */

typedef struct cph_doa_estimate {
    double direction[3];
    double power;       /**< of the source where gains are 1, units of R */
    double snr;         /**< power of the source over noise in an element, mean over the elements */
    double correlation; /**< largest |P_st| / sqrt(P_ss P_tt) with another source, 0 to 1 */
    double covariance[3];  /**< of (u, v) by the unconditional bound: uu, uv, vv; NaN where it is
                                not known: without K, or with a power that is not positive */
    double sigma;          /**< radians on the sphere, along the worst direction */
    double conditional[3]; /**< by the conditional bound */
    double conditional_sigma;
} cph_doa_estimate;

/** Powers by P = V^+ (R - s2 I) V^+H, s2 = tr((I - V V^+) R) / (n - sources), and Cramer-Rao bounds
 *  at what was estimated. Elements on a line: along the line alone, directions held in the plane of
 *  the line and boresight. *noise (may be NULL) is s2. Errors: ARGUMENT; TOO_FEW; SINGULAR (two
 *  directions are one, or so near that a power is over 100 times what the elements receive);
 *  MEMORY; OVERFLOW. */
CPH_MUST_CHECK CPH_API cph_status cph_doa_judge(const cph_doa *doa, size_t sources,
                                                const double *direction, cph_doa_estimate *estimate,
                                                double *noise, cph_error *error);

/** A model to bound estimates of. */
typedef struct cph_doa_model {
    size_t elements;        /**< N */
    const double *position; /**< [N][3] metres */
    double freq_hz;
    const cph_c64 *gain;       /**< [N] or NULL for 1 */
    const unsigned char *flag; /**< [N] or NULL */
    size_t sources;
    const double *direction; /**< [sources][3] */
    const cph_c64 *power;    /**< [sources][sources] P, Hermitian, positive on the diagonal */
    double noise;            /**< s2, above 0 */
    double samples;          /**< K, above 0 */
} cph_doa_model;

/** Covariance [2 sources][2 sources] of (u_0, v_0, u_1, ...) that no unbiased estimate is better
 *  than: unconditional, where signals are Gaussian noise of unknown P,
 *      s2 / (2 K) {Re[(D^H (I - V V^+) D) o (P V^H R^-1 V P)^T]}^-1
 *  (Stoica, Larsson & Gershman, IEEE SPL 8 p. 87, 2001), or conditional, with P in place of
 *  P V^H R^-1 V P (Stoica & Nehorai, IEEE TASSP 37 p. 720, 1989). Unchanged on error: as
 *  cph_doa_judge; SINGULAR where the directions are not determined (more parameters than the array
 *  can tell). */
CPH_MUST_CHECK CPH_API cph_status cph_doa_bound(const cph_doa_model *model, bool conditional,
                                                double *covariance, cph_error *error);

CPH_END_DECLS

#endif
