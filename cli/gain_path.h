/* SPDX-License-Identifier: MIT */
/** @file gain_path.h
 *  Which way a signal takes through the elements, and that gains are used for the way they were
 *  measured on. */
#ifndef CPH_CLI_GAIN_PATH_H
#define CPH_CLI_GAIN_PATH_H

#include "cli/options.h"

/** Reads a calibration that is to be of that path: FORMAT where it is of the other one. */
cph_status cph_gains_read(const char *file, cph_gain_path path, cph_calibration *calibration,
                          cph_error *error);

#endif
