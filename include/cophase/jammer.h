/* SPDX-License-Identifier: MIT */
/** @file jammer.h
 *  Jammers for the nulls of track.h: learned from few snapshots, told apart and found in the sky,
 *  made wide for what is not known of their places or for where they go, and how deep a null is
 *  with the gains that a calibration leaves unknown. */
#ifndef COPHASE_JAMMER_H
#define COPHASE_JAMMER_H

#include <stdbool.h>

#include "cophase/types.h"

CPH_BEGIN_DECLS

/** Most snapshots that jammers are learned from. */
#define CPH_JAMMER_SNAPSHOTS_MAX 4096

/** Waves in snapshots. Owns its arrays; free with cph_jammers_free. */
typedef struct cph_jammers {
    size_t elements; /**< N */
    size_t count;    /**< J */
    cph_c64 *vector; /**< [J][N] effective vectors, |v|^2 the number of live elements, 0 where
                          flagged; those of cph_jammers_learn are orthogonal and span the waves, a
                          vector need not be one wave */
    double *inr;     /**< [J] power in an element over its noise, linear */
    double *error;   /**< [J] of an entry, rms, relative: 1 / sqrt(K inr) */
    double noise;    /**< power of an element's noise, in units of the samples squared, at least
                          what samples are rounded by */
    bool too_many;   /**< as many waves as `most`, or as snapshots can show: there may be more */
} cph_jammers;

/** The waves in x [K][ld], K snapshots of N elements, K below N: eigenvectors of the K x K products
 *  of snapshots, as many as the shortest description has (Wax & Kailath, IEEE TASSP 33 p. 387,
 *  1985, elements in the role of samples), at most `most`. Elements must have noise of one power.
 *  flag [N], NULL for none. A null on such a vector leaves each jammer about 1 / K of an element's
 *  noise. Time O(K^2 N + K^3). Errors: ARGUMENT (K below 2 or not below the live elements, most 0);
 *  NOT_FINITE; SINGULAR (all snapshots 0); OVERFLOW; MEMORY. */
CPH_MUST_CHECK CPH_API cph_status cph_jammers_learn(size_t elements, size_t snapshots,
                                                    const cph_c32 *x, size_t ld,
                                                    const unsigned char *flag, size_t most,
                                                    cph_jammers *jammers, cph_error *error);
/** Makes the waves of some of the snapshots those of all, x [snapshots][ld], of which there may be
 *  more than elements: two steps of orthogonal iteration, in time O(J N snapshots). What a vector
 *  holds of another eigenvector of the covariance of all, whose eigenvalue is lower by q, goes down
 *  by q^2; what is left of jammers by a null is then 1 / snapshots of the noise, and of weaker
 * waves beside them. `inr` stays, `error` is that of all. Errors, with the waves as they were:
 * ARGUMENT; NOT_FINITE; SINGULAR (a wave is in none of the snapshots); OVERFLOW; MEMORY. */
CPH_MUST_CHECK CPH_API cph_status cph_jammers_refine(cph_jammers *jammers, size_t snapshots,
                                                     const cph_c32 *x, size_t ld,
                                                     const unsigned char *flag);
CPH_API void cph_jammers_free(cph_jammers *jammers);

/** Where waves are looked for. */
typedef struct cph_jammer_search {
    const double *position; /**< [N][3] metres; of flagged elements, 0 in all vectors, not read */
    double freq_hz;
    const cph_c64 *gain; /**< [N] observed = gain * true; NULL: 1 */
    size_t seeds;        /**< directions that waves are near to; 0: the whole sky is searched */
    const double *seed;  /**< [seeds][3] unit vectors */
    double least;        /**< in (0, 1]: a share from which on a wave found near a seed is taken;
                              below it the whole sky is searched as well, and the
                              better of both is taken */
} cph_jammer_search;

/** Tells learned waves apart: one after the other, the direction above the array's x-y plane whose
 *  g a(u) has the largest share in the span, near the best of the seeds, else on a grid of 1/3 of a
 *  beam over the direction cosines, and by ever finer steps; direction [J][3]. A vector becomes the
 *  part of g a(u) in the span, to the same size, so that it keeps what was learned, and what nulls
 *  span stays. share [J]: of the power of g a(u) in the span (of which the earlier waves have been
 *  taken), near 1 where the gains are right and it is one plane wave from u. `inr` and `error` are
 *  those of the vector by its place in the span. *skies (may be NULL): how often the whole sky was
 *  searched, for which time is some 10 (2 D f / c)^2 N operations, D the extent; a seed takes some
 *  200 N. Errors: ARGUMENT, NOT_FINITE, MEMORY. */
CPH_MUST_CHECK CPH_API cph_status cph_jammers_find(cph_jammers *jammers,
                                                   const cph_jammer_search *search,
                                                   double *direction, double *share, size_t *skies);

/** Which wave of a burst is which of the one before: was [before][3], is [found][3] unit vectors;
 *  of [found] gets an index into `was`, or SIZE_MAX for a new one. The nearest pair goes first,
 * each wave into one pair, none of more than `most` radians apart. Time O(before found^2). */
CPH_API void cph_jammers_match(size_t before, const double *was, size_t found, const double *is,
                               double most, size_t *of);

/** Where a wave is at `at_s` that was at the unit vectors `before` and `now` at before_s and now_s:
 *  on along their great circle as fast; `now` where they are one or opposite, or the times are one.
 *  u may be either. */
CPH_API void cph_jammer_ahead(const double before[3], double before_s, const double now[3],
                              double now_s, double at_s, double u[3]);

/** The vector of a wave that has turned by du (a change of unit vectors): out [N] = v
 *  exp(+j 2 pi f (du . r) / c), which keeps the gains that v has. out may be v. NOT_FINITE (an
 *  entry's power, or the place of an element whose entry is not 0): out is unchanged then. */
CPH_MUST_CHECK CPH_API cph_status cph_jammer_shift(size_t elements, const double *position,
                                                   double freq_hz, const cph_c64 *v,
                                                   const double du[3], cph_c64 *out);

/** What errors of a learned vector's entries make of its direction: the standard error of a
 *  direction cosine over the relative one of an entry, 1 / (k sqrt(sum x^2 + y^2)) of the live
 *  elements about their middle, k = 2 pi f / c. flag [N], NULL for none; flagged elements may stand
 *  anywhere. Infinite where all stand at one place in x and y. */
CPH_API double cph_jammer_sigma(size_t elements, const double *position, const unsigned char *flag,
                                double freq_hz);

/** Averages vectors of one wave from burst to burst, which are known to a factor of modulus 1 each:
 *  mean [N] (turned to where the wave is now, cph_jammer_shift) becomes (1 - share) mean + share v,
 *  v in the phase of `mean`, to the size of v; share in (0, 1]. Errors that differ from burst to
 *  burst average out: noise, and other waves, whose samples a burst of K mixes in by the root of
 *  their power over K times its own. False: v is another wave's (less than `like` of its power is
 *  along the mean), or a vector is 0 or not finite; mean is then v, which does not overlap it. */
CPH_API bool cph_jammer_blend(size_t elements, const cph_c64 *v, double share, double like,
                              cph_c64 *mean);

/** Whether a jammer at direction v is in the main lobe of a beam at u: the power of elements that
 *  add up in phase toward u does not rise anywhere on the straight way, in direction cosines, from
 *  u to v. flag [N], NULL for none; flagged elements may stand anywhere. */
CPH_API bool cph_jammer_in_lobe(size_t elements, const double *position, double freq_hz,
                                const unsigned char *flag, const double u[3], const double v[3]);

/** A null that covers more than a point. */
typedef struct cph_jammer_points {
    size_t elements;        /**< N */
    const double *position; /**< [N][3] metres */
    double freq_hz;
    const cph_c64 *vector; /**< [N] v, 0 where flagged */
    double inr;            /**< above 0 */
    size_t points;         /**< at least 1 */
    const double *du;      /**< [points][3] changes of the unit vector: along a motion, or those of
                                cph_sector_points less their first */
    double below;          /**< in (0, 1): how much of |v|^2 may be left of a point */
} cph_jammer_points;

/** Vectors for nulls on v_n exp(+j 2 pi f (du . r_n) / c) at all points, the jammer in equal parts
 *  over them: out [room][N], out_inr [room] get the strongest eigenvectors, sum out_inr out out^H =
 *  their covariance, *count of them, so many that of none of the points more than `below` of |v|^2
 *  lies outside of their span: a beam w that nulls them has |w^H v|^2 <= below |w|^2 |v|^2 at each.
 *  *left (may be NULL) the largest such share. Time O(points^2 N + points^3). Errors: ARGUMENT;
 *  NOT_FINITE; TOO_FEW (room is too small: *count says what is needed); SINGULAR (v is 0);
 *  OVERFLOW; MEMORY. */
CPH_MUST_CHECK CPH_API cph_status cph_jammer_spread(const cph_jammer_points *config, size_t room,
                                                    cph_c64 *out, double *out_inr, size_t *count,
                                                    double *left);

/** A null when gains are known to so much only. */
typedef struct cph_jammer_chance {
    double
        mean_db; /**< |w^H v|^2 / |w^H s|^2 on average over the draws, s and v of the same gains */
    double likely_db; /**< what `share` of the draws are below, at least as deep as */
    double model_db;  /**< in closed form: nominal + sum |w v|^2 (phase^2 + amplitude^2), over the
                           nominal look; of equal elements (phase^2 + amplitude^2) / N */
} cph_jammer_chance;

/** Draws gains g_n (1 + amplitude_n x_n) exp(j phase_n y_n), x and y normal, seeded (seed, 0): the
 *  weights w [N] as they are, wave v [N] toward the null and s [N] toward the look with nominal
 *  gains. amplitude [N] relative rms, phase [N] rad rms, as calibrations state them. share in (0,
 * 1) (0.95: what the null exceeds in 95 % of draws). Errors: ARGUMENT (no element or draw, a
 * negative sigma, share), NOT_FINITE, SINGULAR (no response toward the look), MEMORY. */
CPH_MUST_CHECK CPH_API cph_status cph_jammer_depth(size_t elements, const cph_c32 *w,
                                                   const cph_c64 *s, const cph_c64 *v,
                                                   const double *amplitude, const double *phase,
                                                   size_t draws, uint64_t seed, double share,
                                                   cph_jammer_chance *chance);

CPH_END_DECLS

#endif
