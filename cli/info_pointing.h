/* SPDX-License-Identifier: MIT */
/** @file info_pointing.h
 *  What `cophase info` says of pointing tables. */
#ifndef CPH_CLI_INFO_POINTING_H
#define CPH_CLI_INFO_POINTING_H

#include "cli/options.h"

/** Reads all rows of cli->input, and says how many there are, of which satellites, when and where.
 */
cph_exit cph_info_pointing(const cph_cli *cli);

#endif
