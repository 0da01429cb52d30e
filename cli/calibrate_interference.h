/* SPDX-License-Identifier: MIT */
/** @file calibrate_interference.h
 *  --flag-interference of `cophase calibrate`: dumps that no solution is made of. */
#ifndef CPH_CLI_CALIBRATE_INTERFERENCE_H
#define CPH_CLI_CALIBRATE_INTERFERENCE_H

#include "cli/calibrate_grid.h"

/** Reads all dumps of the grid and sets grid->skip and what was found; does nothing unless it was
 *  asked for. Says what is wrong. */
cph_exit cph_calibrate_interference(const struct cph_calibrate_options *options,
                                    const cph_input *input, cph_calibrate_grid *grid);

#endif
