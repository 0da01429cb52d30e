/* SPDX-License-Identifier: MIT */
/** @file info_picture.h
 *  `cophase info --plot`: what the samples of each element look like. */
#ifndef CPH_CLI_INFO_PICTURE_H
#define CPH_CLI_INFO_PICTURE_H

#include "cli/health.h"

/** Writes cli->plot. */
cph_exit cph_info_picture(const cph_cli *cli, const cph_data_header *header,
                          const cph_health *health);

#endif
