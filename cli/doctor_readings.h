/* SPDX-License-Identifier: MIT */
/** @file doctor_readings.h
 *  Ways in which a direction may have been meant. */
#ifndef CPH_CLI_DOCTOR_READINGS_H
#define CPH_CLI_DOCTOR_READINGS_H

#include "cli/parse.h"
#include "cophase/array.h"

enum { CPH_READING_TEXT = 80 };

typedef struct cph_readings {
    size_t count;                   /**< the first is as written */
    double *direction;              /**< [count][sources][3] unit vectors, array frame */
    char (*what)[CPH_READING_TEXT]; /**< [count] "azimuth counts the other way" */
} cph_readings;

/** All that make sense for these directions and this array. Free with cph_readings_free. Errors:
 *  those of cph_direction_resolve, MEMORY. */
cph_status cph_readings_make(const cph_directions *sources, const cph_array *array,
                             cph_readings *readings, cph_error *error);
void cph_readings_free(cph_readings *readings);

#endif
