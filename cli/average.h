/* SPDX-License-Identifier: MIT */
/** @file average.h
 *  What averages of a covariance need: gains out of it, an array that is symmetrical or a line. */
#ifndef CPH_CLI_AVERAGE_H
#define CPH_CLI_AVERAGE_H

#include "cophase/types.h"

/** Divides gains [n] out of r [n][n], where flag [n] has neither element. */
void cph_average_calibrate(size_t n, const cph_c64 *gain, const unsigned char *flag, cph_c64 *r);

/** Averages r [n][n] with its mirror image for --forward-backward; an element whose opposite is
 *  flagged is flagged for the same reason. position [n][3]. Errors: FORMAT, with words, for an
 *  array that is not symmetrical about its centre; MEMORY. */
CPH_MUST_CHECK cph_status cph_average_mirror(size_t n, const double *position, unsigned char *flag,
                                             cph_c64 *r, cph_error *error);

/** Whether --smooth may part the elements: a line of equal steps, nothing flagged, more than m of
 *  them. Errors: ARGUMENT, FORMAT, with words. */
CPH_MUST_CHECK cph_status cph_average_check_line(size_t n, const double *position,
                                                 const unsigned char *flag, size_t m,
                                                 cph_error *error);

#endif
