/* SPDX-License-Identifier: MIT */
/** @file gain_marks.h
 *  What the picture of the gains shows, as numbers. */
#ifndef CPH_CLI_GAIN_MARKS_H
#define CPH_CLI_GAIN_MARKS_H

#include "cli/plot/plot.h"

typedef struct cph_gain_marks {
    double *db;                   /**< [N] relative to the median of the good, NaN when not good */
    double *phase_deg;            /**< [N] in (-180, 180], NaN when not good */
    unsigned char *flag;          /**< [N] cph_flag; good elements have a finite gain above 0 */
    size_t count[CPH_FLAG_COUNT]; /**< elements by flag */
    double db_min, db_max;        /**< of the good; 0 when there is none */
    double db_rms, phase_rms_deg; /**< about the mean; NaN below two good elements */
    double low[2], high[2];       /**< of x and y, metres */
    double spacing; /**< to the nearest neighbour, metres: of a tenth of the elements it is less;
                         0 when all are in one place */
} cph_gain_marks;

/** Errors: ARGUMENT without elements, NOT_FINITE for a position, MEMORY; with a line in *error. */
CPH_MUST_CHECK cph_status cph_gain_marks_make(const cph_gain_plot *plot, cph_gain_marks *marks,
                                              cph_error *error);
void cph_gain_marks_free(cph_gain_marks *marks);

#endif
