/* SPDX-License-Identifier: MIT */
/** @file nulls.h
 *  The nulls of the command line: the directions that cover them, and how deep they came out; and
 *  what was repaired. */
#ifndef CPH_CLI_NULLS_H
#define CPH_CLI_NULLS_H

#include "cli/method.h"
#include "cophase/array.h"
#include "cophase/data.h"
#include "cophase/repair.h"
#include "cophase/solutions.h"

/** Zero-initialise; free with cph_nulls_free. */
typedef struct cph_nulls {
    size_t count, elements, beams;
    size_t *first;   /**< [count + 1] where the points of a null begin: its own direction first */
    double *point;   /**< [first[count]][3] */
    cph_c64 *c;      /**< [first[count]][elements] steering vectors at the frequency at hand */
    double *centre;  /**< [count][3] */
    double *worst;   /**< [beams][count] largest power within a null, over channels, relative to the
                          look's, or to the peak's of a difference beam */
    double *planned; /**< [beams][count] the same before the weights became states; NULL: they
                          did not */
    double *loss;    /**< [beams] by how much conventional weights' sum of squares has grown with
                          them at the same response to the look, the most over channels; 0: none
                          was made so */
    cph_repair_result *repaired; /**< [beams] of --repair, of the last channel; NULL without */
} cph_nulls;

/** Points for arrays up to the frequency freq_hz. Errors: of cph_direction_resolve; MEMORY;
 *  ARGUMENT (a null of more than 18 rings of points). */
cph_status cph_nulls_make(const cph_method *method, const cph_array *array, const double *position,
                          double freq_hz, size_t beams, cph_nulls *nulls, cph_error *error);
void cph_nulls_free(cph_nulls *nulls);

/** Steering vectors at freq_hz. */
cph_status cph_nulls_tune(cph_nulls *nulls, const double *position, double freq_hz);

/** Enters what the weights w [elements], as they are stored, pass in the nulls of a beam: relative
 *  to the power `reference`, 0 for the look's. */
void cph_nulls_measure(cph_nulls *nulls, size_t beam, double reference, const cph_c64 *a,
                       const cph_c64 *gain, const unsigned char *flag, const cph_c32 *w);

/** Measures all beams again after weights->weights were changed: `worst` becomes `planned`. gain
 *  [channels][N]; elements of weight 0 are left out. MEMORY. */
cph_status cph_nulls_again(cph_nulls *nulls, const double *position, const cph_c64 *gain,
                           const cph_weights *weights);

#endif
