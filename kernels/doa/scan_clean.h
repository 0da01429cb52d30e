/* SPDX-License-Identifier: MIT */
/** @file scan_clean.h
 *  What stands behind cph_scan_clean: covariances, sources found so far, and the fit of both. */
#ifndef COPHASE_SCAN_CLEAN_H
#define COPHASE_SCAN_CLEAN_H

#include "cophase/scan.h"
#include "kernels/doa/doa_frame.h"

/** Of a source: its steering vector and two slopes. */
enum { CPH_CLEAN_PARTS = 3 };

typedef struct cph_clean_view {
    cph_doa_frame frame; /**< of the elements that are used */
    cph_c64 *c;          /**< [n][n] calibrated, its diagonal 0 */
    double *power;       /**< [n] what that was; NaN where samples is 0 */
    cph_c64 *left;       /**< [n][n] less the sources */
    cph_c64 *a;          /**< [most][CPH_CLEAN_PARTS][n]: a, its slopes */
    cph_c64 *image;      /**< [most][n]: C a */
    double *flux;        /**< [most] */
    double samples;      /**< 0: not known */
    bool normalised;     /**< power is 1, as C was divided by it */
    void *memory;
} cph_clean_view;

typedef struct cph_clean {
    const cph_scan_config *config;
    size_t views, most, count, dims;
    cph_clean_view *view;
    double (*direction)[3]; /**< [most] */
    double *normal, *right; /**< [P][P], [P]: fluxes view by view, then offsets source by source */
    double *image;          /**< [grid][grid] */
    double (*back)[3];      /**< [most] */
} cph_clean;

/** P, with offsets. */
size_t cph_clean_parameters(const cph_clean *k);
/** Among them: part 0 the flux in view `index` of source s, others its offsets. */
size_t cph_clean_place(const cph_clean *k, size_t index, size_t s, size_t part);
/** k->normal = the inverse of the normal equations, with offsets where `moving`, and k->right;
 *  steering vectors and slopes are those of k->direction. SINGULAR, MEMORY, OVERFLOW. */
CPH_MUST_CHECK cph_status cph_clean_invert(const cph_clean *k, bool moving);

/** covariance, sigma and flux_sigma of source [k->count], in the order of k->direction; NaN where a
 *  view does not say its samples, or sources are too close. MEMORY, OVERFLOW. */
CPH_MUST_CHECK cph_status cph_clean_errors(const cph_clean *k, cph_scan_source *source);

#endif
