/* SPDX-License-Identifier: MIT */
/** @file pattern_subject.h
 *  The beam that `pattern` analyses: of a weights file, or made for an array. */
#ifndef CPH_CLI_PATTERN_SUBJECT_H
#define CPH_CLI_PATTERN_SUBJECT_H

#include "cli/parse.h"
#include "cophase/data.h"

typedef struct cph_pattern_request {
    const char *weights;     /**< file, or NULL: the rest decides */
    size_t beam;             /**< of the weights file */
    size_t channel;          /**< of the weights file or the array's */
    const char *calibration; /**< file, or NULL: gains are 1 */
    cph_gain_path path;      /**< that the calibration is to be of */
    const char *truth;       /**< simulated file, in place of a calibration; or NULL */
    const cph_array_spec *array;
    const cph_directions *steer; /**< one direction */
    const cph_taper *taper;
    bool ignore_listed; /**< of an array's elements */
    double freq_hz;     /**< NaN: of a file's channel; a regular array is then built at one metre a
                         wavelength, which no result depends on */
    double built_hz;    /**< of the wavelengths that the array's lengths are in; 0: freq_hz */
} cph_pattern_request;

typedef struct cph_pattern_subject {
    cph_array array;
    double *position;    /**< [N][3] metres, array frame */
    double *axes;        /**< [N][9] of the elements; NULL: none is turned */
    cph_c64 *w;          /**< [N], 0 where flagged */
    cph_c64 *gain;       /**< [N] */
    cph_c64 *coupling;   /**< [N][N] of the calibration, in place of the gains; or NULL */
    bool *in_use;        /**< [N] has a weight of its own: coupling makes others radiate, too */
    unsigned char *flag; /**< [N] cph_flag of the calibration */
    double freq_hz, look[3];
    size_t used;          /**< elements with a weight */
    double taper_loss_db; /**< N sum|c|^2 / (sum|c|)^2 of them, c = conj(w) g: directivity given
                               away, exactly so for elements half a wavelength apart */
} cph_pattern_subject;

/** Weights become those of elements that do not couple, C^H w, and gains 1: all that follows is as
 *  for such. Nothing without coupling. */
cph_status cph_pattern_subject_couple(cph_pattern_subject *subject, cph_error *error);

/** Zero-initialise *subject; free it with cph_pattern_subject_free in every case. */
cph_status cph_pattern_subject_load(const cph_pattern_request *request,
                                    cph_pattern_subject *subject, cph_error *error);
void cph_pattern_subject_free(cph_pattern_subject *subject);

#endif
