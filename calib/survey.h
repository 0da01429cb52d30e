/* SPDX-License-Identifier: MIT */
/** @file survey.h
 *  Phases of looks, and least squares with unknowns of each element and unknowns of all. */
#ifndef CPH_CALIB_SURVEY_H
#define CPH_CALIB_SURVEY_H

#include "cophase/survey.h"

/** What both solvers see: live elements, y without known gains. */
typedef struct cph_survey_looks {
    const cph_survey_config *config;
    size_t live, bands; /**< bands: unknown gains of an element, 0: known */
    size_t *element;    /**< [live] */
    size_t *band;       /**< [S] of each look */
    double unit;        /**< largest wavenumber: lengths are in radians of it */
    double *wave;       /**< [S][3] 2 pi f u / c / unit */
    double *nominal;    /**< [live][3] positions times unit */
    cph_c64 *y;         /**< [live][S], 0: not measured */
    double *weight;     /**< [live][S] 2 |y|^2 */
    cph_c64 *gain;      /**< [live][max(bands, 1)] phasors of the present guess */
    cph_c64 *turn;      /**< [S] phasors of the looks' phases */
    double *residual;   /**< [live][S] */
    cph_c64 *rest;      /**< [live][S] y without what the positions of a comparison make of it */
    size_t phases;      /**< measured */
    void *memory;
    cph_error *error;
} cph_survey_looks;

/** Errors: as cph_survey_locate. Free it in every case; zero it before. */
CPH_MUST_CHECK cph_status cph_survey_open(const cph_survey_config *config,
                                          const unsigned char *flag, size_t fewest_looks,
                                          cph_survey_looks *looks, cph_error *error);
void cph_survey_close(cph_survey_looks *looks);

/** Residuals of positions r [live][3] times unit, against the gains and turns that suit them best;
 *  returns sum weight (1 - cos residual), which does not mind whole turns. */
double cph_survey_compare(cph_survey_looks *looks, const double *r);

/** Fills `fit` but for iterations and stop: `fitted` unknowns that are not open; returns the noise
 *  power. Wants the residuals. */
double cph_survey_judge(const cph_survey_looks *looks, size_t fitted, cph_survey_fit *fit);

/** residual = local . x_n + global . x. */
typedef struct cph_survey_equations {
    const cph_survey_looks *looks;
    size_t local, global; /**< unknowns of each element; of all */
    size_t open;          /**< how many of the global ones nothing can tell */
    void (*row)(const void *context, size_t p, size_t s, double *local, double *global);
    const void *context;
    double *x;           /**< [global] */
    double *inverse;     /**< [global][global] pseudo-inverse of their normal equations */
    double *own;         /**< [live][local] x_n */
    double *own_inverse; /**< [live][local][local] of an element's own equations */
    double *carry; /**< [live][local][global] what x_n takes from the global ones: cov(x_n, x_m)
                        = own_inverse where n = m, plus carry inverse carry^T */
    bool *solved;  /**< [live] its own equations determine it */
    size_t count;  /**< solved */
    void *memory;
} cph_survey_equations;

CPH_MUST_CHECK cph_status cph_survey_equations_open(cph_survey_equations *e);
void cph_survey_equations_close(cph_survey_equations *e);

/** Errors: SINGULAR (no element is determined; more is open than said). */
CPH_MUST_CHECK cph_status cph_survey_equations_solve(cph_survey_equations *e);

#endif
