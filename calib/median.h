/* SPDX-License-Identifier: MIT */
/** @file median.h
 *  Medians by selection. */
#ifndef CPH_CALIB_MEDIAN_H
#define CPH_CALIB_MEDIAN_H

#include <stddef.h>

/** Median of value[count], the mean of the two middle ones where count is even; NaN for none.
 *  Reorders value. No NaN among them. */
double cph_median(double *value, size_t count);

#endif
