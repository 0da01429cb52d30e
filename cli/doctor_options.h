/* SPDX-License-Identifier: MIT */
/** @file doctor_options.h
 *  The command line of `cophase doctor`. */
#ifndef CPH_CLI_DOCTOR_OPTIONS_H
#define CPH_CLI_DOCTOR_OPTIONS_H

#include "cli/options.h"

typedef struct cph_doctor_options {
    cph_cli cli;
    cph_directions source; /**< at least 1 */
    size_t time, channel;
    size_t list; /**< conventions to show */
} cph_doctor_options;

/** Defaults, then the command line. Free in every case. */
cph_exit cph_doctor_parse(int argc, char **argv, cph_doctor_options *options);
void cph_doctor_options_free(cph_doctor_options *options);

#endif
