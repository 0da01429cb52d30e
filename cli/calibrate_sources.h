/* SPDX-License-Identifier: MIT */
/** @file calibrate_sources.h
 *  --source --sources of `cophase calibrate`: where the model's sources stand. */
#ifndef CPH_CLI_CALIBRATE_SOURCES_H
#define CPH_CLI_CALIBRATE_SOURCES_H

#include "cli/calibrate_options.h"

/** Its input is the verb's cph_calibrate_options. */
extern const struct argp cph_argp_calibrate_sources;

/** Reads --sources, a table of directions (direction_table.h) with columns `flux`, `q_over_i`,
 *  `u_over_i`, `v_over_i` where wanted,
 *  behind those of --source, and checks them all: no two in one place, powers for all or none. */
cph_exit cph_calibrate_sources_load(cph_calibrate_options *options);

#endif
