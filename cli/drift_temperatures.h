/* SPDX-License-Identifier: MIT */
/** @file drift_temperatures.h
 *  Temperatures over time, from text. */
#ifndef CPH_CLI_DRIFT_TEMPERATURES_H
#define CPH_CLI_DRIFT_TEMPERATURES_H

#include "cophase/types.h"

/** *temperature [times] on the heap: between the lines of the file that are next in time; those
 *  must ascend and begin no later than the first time and end no earlier than the last. A time
 * ahead needs its forecast there. A first line of words is passed over. IO, FORMAT, MEMORY. */
cph_status cph_drift_temperatures(const char *path, const double *time_unix_s, size_t times,
                                  double **temperature, cph_error *error);

#endif
