/* SPDX-License-Identifier: MIT */
/** @file compare.h
 *  What changed between two calibrations of one array, and what that does to a beam. */
#ifndef COPHASE_COMPARE_H
#define COPHASE_COMPARE_H

#include <stdbool.h>

#include "cophase/estimate.h"
#include "cophase/exec.h"
#include "cophase/pattern.h"
#include "cophase/types.h"

CPH_BEGIN_DECLS

/** Two calibrations of the same elements. An element is used where both have a gain (unflagged,
 *  finite, not 0) and its position is finite. */
typedef struct cph_compare_config {
    size_t elements;                 /**< N */
    const double *position;          /**< [N][3] metres, array frame */
    double freq_hz;                  /**< of both */
    const cph_gain_estimate *before; /**< A [N], observed = gain * true; standard errors NaN where
                                          unknown: then none is used */
    const cph_gain_estimate *after;  /**< B [N] */
    double reach; /**< tilts that move a beam by up to this much in direction cosines are searched
                       for, above 0; 0: 1 */
} cph_compare_config;

/** Terms of the change over the aperture. With s_k the place of an element along the axis k of the
 *  comparison, from the centre, R the radius and everything of mean 0 over the elements used:
 *  1; s_0 / R, s_1 / R, s_2 / R; (s_0^2 + s_1^2) / R^2, (s_0^2 - s_1^2) / R^2, 2 s_0 s_1 / R^2. */
typedef enum cph_compare_term {
    CPH_COMPARE_COMMON,
    CPH_COMPARE_TILT, /**< and the next two */
    CPH_COMPARE_DEFOCUS = 4,
    CPH_COMPARE_ASTIGMATISM,
    CPH_COMPARE_ASTIGMATISM_DIAGONAL,
    CPH_COMPARE_TERMS
} cph_compare_term;

/** The change of phase (rad) or of ln |gain|, B over A. */
typedef struct cph_compare_part {
    double term[CPH_COMPARE_TERMS];  /**< at the rim; NaN where the elements do not tell it */
    double sigma[CPH_COMPARE_TERMS]; /**< standard errors; NaN likewise */
    double tilt_rms, curvature_rms;  /**< over the elements used, of these terms together */
    double residual_rms;             /**< of what all terms leave */
    double noise_rms; /**< what the standard errors of the gains leave there; NaN unknown */
    double chi2_dof;  /**< of the residual; NaN without standard errors */
} cph_compare_part;

typedef struct cph_comparison {
    cph_compare_part phase, amplitude;
    size_t used;        /**< elements that enter the fit */
    size_t lost;        /**< unflagged before, flagged after */
    size_t recovered;   /**< the other way around */
    size_t dims;        /**< 0: a place, 1: a line, 2: a plane, 3: a volume; as many tilts */
    double axis[3][3];  /**< unit vectors, array frame: the longest extent first */
    double centre[3];   /**< metres, mean of the elements used */
    double radius_m;    /**< largest distance of one of them from the centre along the first two */
    double spread_m[3]; /**< root mean square of s_k */
    double slope[3];    /**< phase, rad/m, array frame, within the axes */
    double slope_cov[3][3];     /**< its covariance */
    double chi2_dof;            /**< of no change but a common factor; NaN unknown */
    double dof;                 /**< 2 (used - 1) */
    double *phase_residual;     /**< [N] of the caller, or NULL: rad, NaN where not used */
    double *amplitude_residual; /**< [N] of the caller, or NULL: of ln |gain|, likewise */
} cph_comparison;

/** Splits ln(B / A) into the terms above. Phases are never unwrapped: tilt and defocus are searched
 *  for where sum w B A* / |B A| exp(-j model) is largest (tilts within `reach`, defocus up to two
 *  turns at the rim), the best places are refined by least squares on residuals in (-pi, pi], and
 *  the smallest model is taken that leaves no more than twice the least (on a lattice, tilts that
 *  differ by a grating lobe are one and the same to its elements). Astigmatism is found from 0: up
 *  to half a turn at the rim. Fits are weighted by the inverse variances, both files' together (no
 *  smaller than a tenth of their median: a reference element has the error 0), with Huber's bound
 *  at 2.5 sigma of the robust scale (Huber, Robust Statistics, 1981). Standard errors of the terms:
 *  those that the gains' own make, multiplied by the root of chi2_dof where that is above 1
 *  beyond chance; from the scatter where gains have none. Curvature is left out under 1 + dims + 5
 *  elements. *comparison is filled but for the arrays, which the caller gives in it.
 *  Errors: ARGUMENT (also a frequency or reach that is not positive), TOO_FEW (under dims + 2
 *  elements are used), MEMORY, OVERFLOW; *error (may be NULL) says which, outputs are then
 *  unchanged. */
CPH_MUST_CHECK CPH_API cph_status cph_compare(const cph_compare_config *config,
                                              cph_comparison *comparison, cph_error *error);

/** Where a beam points that was pointed toward look[3] (unit vector) by the gains of before. */
typedef struct cph_compare_pointing {
    double direction[3]; /**< unit vector; NaN: the beam left the visible region */
    double shift_rad;    /**< the angle from look */
    double sigma_rad;    /**< root mean square error of the direction */
} cph_compare_pointing;

/** A phase slope k (rad/m) over the elements moves a beam from look to where u.axis = look.axis -
 *  k.axis c / (2 pi f), along all axes of a line or plane; in a volume, where that holds best.
 *  Errors: ARGUMENT. */
CPH_MUST_CHECK CPH_API cph_status cph_compare_point(const cph_comparison *comparison,
                                                    double freq_hz, const double look[3],
                                                    cph_compare_pointing *pointing);

/** A beam toward one direction. */
typedef struct cph_compare_beam {
    double loss_db;          /**< of signal to noise toward the look, relative to before */
    double peak_loss_db;     /**< the same toward its own peak */
    double directivity_db;   /**< of isotropic elements, at the peak */
    double psll_db;          /**< highest sidelobe relative to the peak; NaN: there is none */
    double sidelobe_rise_db; /**< of psll_db, relative to before; NaN likewise */
    double peak[3];          /**< unit vector */
    double shift_rad;        /**< the angle of its peak from that of before */
    double floor_db; /**< mean power that the elements' errors radiate away from the beam, relative
                          to its peak, and so the mean depth of a null (cph_states_floor_db, plus
                          the taper's loss); NaN: the errors are not known */
} cph_compare_beam;

typedef struct cph_compare_effect {
    cph_compare_beam before;  /**< weights and gains of before; its errors are their standard
                                   errors */
    cph_compare_beam kept;    /**< the weights of before meet the gains of after: what an array
                                   does that is not calibrated again. Its errors are the residuals
                                   of the comparison */
    cph_compare_beam renewed; /**< weights and gains of after; their standard errors */
} cph_compare_effect;

typedef struct cph_compare_view {
    double look[3];       /**< unit vector */
    const double *taper;  /**< [N], or NULL: uniform */
    bool relative;        /**< the scales of the two calibrations have nothing to do with each
                               other: the common loss does not count */
    const cph_exec *exec; /**< NULL: serial */
} cph_compare_view;

/** What the change does to conventional beams, which divide by the gains. Elements are isotropic,
 *  of equal noise that enters behind the gains of before (receivers' own), so that a beam that is
 *  steered by old weights loses what its response loses, and a renewed one what weights of weak
 *  elements amplify: sum t^2 / |B/A|^2. Elements that only after has are taken to have had the mean
 *  |gain| of before. Patterns as cph_pattern_analyse has them. Errors: ARGUMENT, TOO_FEW (a taper
 *  of 0 over the elements), those of cph_pattern_analyse; *effect is then unchanged. */
CPH_MUST_CHECK CPH_API cph_status cph_compare_predict(const cph_compare_config *config,
                                                      const cph_comparison *comparison,
                                                      const cph_compare_view *view,
                                                      cph_compare_effect *effect);

CPH_END_DECLS

#endif
