/* SPDX-License-Identifier: MIT */
/** @file info_track.h
 *  What `cophase info` says of logs of `track`. */
#ifndef CPH_CLI_INFO_TRACK_H
#define CPH_CLI_INFO_TRACK_H

#include "cli/options.h"

/** Reads all rows of cli->input, and says of what and of whom it is, and what came of it. */
cph_exit cph_info_track(const cph_cli *cli);

#endif
