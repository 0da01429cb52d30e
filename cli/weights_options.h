/* SPDX-License-Identifier: MIT */
/** @file weights_options.h
 *  The command line of `cophase weights`. */
#ifndef CPH_CLI_WEIGHTS_OPTIONS_H
#define CPH_CLI_WEIGHTS_OPTIONS_H

#include "cli/options.h"
#include "cli/quieten.h"
#include "cli/states_options.h"
#include "cli/synthesise.h"
#include "cophase/data.h"
#include "cophase/data_text.h"

typedef struct cph_weights_options {
    cph_cli cli;
    bool has_array, described;
    cph_array_spec spec;
    cph_array_file file; /* of an array described in text; else empty */
    double freq_hz;      /* NaN: not given */
    cph_states_options states;
    cph_synthesis_options mask;
    cph_quieten_options quieten;
    const char *csv; /* --csv or NULL */
} cph_weights_options;

/** Defaults, then the command line. cph_cli_free in every case. */
cph_exit cph_weights_parse(int argc, char **argv, cph_weights_options *options);

/** Whether the input is an array and nothing else. */
bool cph_weights_bare(const cph_weights_options *options);

/** Whether the weights come from data. */
bool cph_weights_adaptive(const cph_weights_options *options);

#endif
