/* SPDX-License-Identifier: MIT */
/** @file interference.h
 *  Lines of a plane of time and frequency. */
#ifndef CPH_CALIB_INTERFERENCE_H
#define CPH_CALIB_INTERFERENCE_H

#include <stddef.h>

#include "cophase/interference.h"

typedef struct cph_interference_line {
    size_t count, stride;
    const double *z;             /**< excesses */
    const unsigned char *before; /**< marks before this step, which it goes by */
    unsigned char *mark;         /**< what it adds to */
} cph_interference_line;

/** Marks FOUND each run whose mean is above `limit`; what was marked before counts as `limit`,
 *  what is ABSENT does not count. */
void cph_interference_sum(const cph_interference_line *line, size_t run, double limit);

/** Marks EXTENDED what lies in runs of which at least 1 - spread were marked. sum: room for count +
 * 1 numbers. */
void cph_interference_extend(const cph_interference_line *line, double spread, double *sum);

#endif
