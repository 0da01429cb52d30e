/* SPDX-License-Identifier: MIT */
/** @file simulate_passes.h
 *  `cophase simulate --passes`: pointing tables of satellites on circular orbits. */
#ifndef CPH_CLI_SIMULATE_PASSES_H
#define CPH_CLI_SIMULATE_PASSES_H

#include "cli/simulate_options.h"

cph_exit cph_simulate_passes(const cph_simulate_options *options);

#endif
