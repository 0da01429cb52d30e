/* SPDX-License-Identifier: MIT */
/** @file reciprocity_options.h
 *  --backward of `cophase calibrate --method reciprocity`. */
#ifndef CPH_CLI_RECIPROCITY_OPTIONS_H
#define CPH_CLI_RECIPROCITY_OPTIONS_H

#include <argp.h>

/** Its input is the verb's cph_calibrate_options. */
extern const struct argp cph_argp_reciprocity;

#endif
