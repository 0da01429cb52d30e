/* SPDX-License-Identifier: MIT */
/** @file survey.h
 *  Where elements stand, and how the array is turned, from the phases of sources in known
 *  directions. */
#ifndef COPHASE_SURVEY_H
#define COPHASE_SURVEY_H

#include <stdbool.h>

#include "cophase/calib.h"
#include "cophase/types.h"

CPH_BEGIN_DECLS

/** Looks at single sources, each with a phase psi_s of its own:
 *  y_sn = exp(j psi_s) g_n m_sn exp(+j 2 pi f_s (u_s . r_n)/c) + noise, m real and positive. */
typedef struct cph_survey_config {
    size_t elements, looks;  /**< N, S */
    const double *direction; /**< [S][3] unit vectors to the sources, array frame */
    const double *freq_hz;   /**< [S] */
    const cph_c64 *response; /**< [S][N], dominant eigenvectors of covariances, say; NaN: not
                                  measured */
    const double *position;  /**< [N][3] nominal, metres */
    const cph_c64 *gain;     /**< [N] known but for a common phase; NULL: unknown, one for each
                                  element and frequency that differs */
    bool planar;             /**< z is right: x and y are solved for */
    double sigma;            /**< rms modulus of the noise of y; 0: what the residuals say */
} cph_survey_config;

/** Common to both answers. */
typedef struct cph_survey_fit {
    unsigned iterations;
    cph_stop stop;
    size_t phases;      /**< in use */
    double dof;         /**< phases less what was fitted and is not open */
    double sigma;       /**< of y, given or found; NaN: unknown */
    double chi2_dof;    /**< NaN where sigma is not given or dof is 0 */
    double largest_rad; /**< residual phase: above 2 or so a turn may have been missed */
} cph_survey_fit;

/** The answer; the caller gives the arrays. */
typedef struct cph_survey_positions {
    double *position;    /**< [N][3] metres, NaN where flagged */
    double *sigma;       /**< [N][3] metres, NaN where flagged; 0: z where planar */
    unsigned char *flag; /**< [N] cph_flag, in and out: UNSOLVED (too few looks) */
    cph_survey_fit fit;
} cph_survey_positions;

/** Positions by least squares of phases weighted by |y|^2, about the nominal ones: which must be
 *  right to a third of a wavelength or so, up to what is common to all (Rockah and Schultheiss,
 *  IEEE Trans. Acoust. Speech Signal Process. 35 p. 286, 1987; bounds of which sources suffice: Lo
 *  and Marple, IEEE Trans. Signal Process. 40 p. 2641, 1992). At least 3 looks, 4 with gains
 *  unknown (one less where planar), whose directions are not all on one cone or plane; more of them
 *  leave degrees of freedom. Several frequencies with unknown gains need as many looks more.
 *  What is open: the array as a whole may be shifted (the looks' phases take it up): the mean
 *  displacement of solved elements is 0. Standard errors, in that gauge, are the Cramer-Rao bound
 *  for noise well below y.
 *  Errors: ARGUMENT, OVERFLOW, MEMORY, NOT_FINITE (positions, directions, gains), TOO_FEW (looks,
 *  unflagged elements), SINGULAR (directions that leave something open); *error (may be NULL) says
 *  which, outputs are then unchanged. */
CPH_MUST_CHECK CPH_API cph_status cph_survey_locate(const cph_survey_config *config,
                                                    cph_survey_positions *solution,
                                                    cph_error *error);

/** The answer. */
typedef struct cph_survey_orientation {
    double rotation[9];   /**< rows; r = rotation r_nominal, in the frame of the directions */
    double angle_rad[3];  /**< the same as a rotation vector: axis times angle */
    double sigma_rad[3];  /**< of small turns about x, y, z after it */
    double covariance[9]; /**< of these; NaN, as sigma_rad, where sigma is not known */
    cph_survey_fit fit;
} cph_survey_orientation;

/** How the array is turned, as a whole, gains free where unknown: Wahba's problem (SIAM Rev. 7 p.
 *  409, 1965) put to phases instead of vectors, by Gauss-Newton from `start`, with a search around
 * it first. At least 2 looks, 3 with gains unknown. flag [N] (may be NULL): elements to leave out.
 *  start[9]: rows of a rotation, NULL: none. search_rad: turns within this about any axis are tried
 *  on a grid of 1 rad of phase at the farthest element; 0: start is right to some half a turn of
 *  phase there. `planar` has no meaning. Standard errors are the Cramer-Rao bound for noise well
 *  below y. Errors: as above (TOO_FEW: of looks, elements); ARGUMENT (also start not a rotation, a
 *  search of more than 1e5 turns). */
CPH_MUST_CHECK CPH_API cph_status cph_survey_orient(const cph_survey_config *config,
                                                    const unsigned char *flag, const double *start,
                                                    double search_rad,
                                                    cph_survey_orientation *solution,
                                                    cph_error *error);

CPH_END_DECLS

#endif
