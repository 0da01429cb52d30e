/* SPDX-License-Identifier: MIT */
/** @file gain_path.h
 *  Which way a signal takes through the elements, and that gains are used for the way they were
 *  measured on. */
#ifndef CPH_CLI_GAIN_PATH_H
#define CPH_CLI_GAIN_PATH_H

#include "cli/options.h"
#include "cophase/data_text.h"
#include "cophase/solutions.h"

/** Reads a calibration that is to be of that path: FORMAT where it is of the other one. */
cph_status cph_gains_read(const char *file, cph_gain_path path, cph_calibration *calibration,
                          cph_error *error);

/** Makes a calibration, that of `file`, one for the data of --data, which settle what its file
 * leaves open: also where elements stand, if they have all of them. Nothing without. What is wrong
 * with them, or that the calibration is for another array, is told. */
cph_exit cph_gains_settle(const cph_cli *cli, const char *file, cph_calibration *calibration);

/** Without --calibration, a file that stands for an array and is a calibration is used as one. */
void cph_gains_own(const char *file, cph_cli *cli);

/** Takes the path from a file of weights; ARGUMENT where --path asks for the other one. */
cph_status cph_gains_for(const char *weights, cph_cli *cli, cph_error *error);

/** Without --calibration, that of cli->path from an array's description. MISSING where --path asks
 *  for one that the description lacks, and it has another. *file must outlive the cli. */
cph_status cph_gains_described(const cph_array_file *file, cph_cli *cli, cph_error *error);

#endif
