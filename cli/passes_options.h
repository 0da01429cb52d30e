/* SPDX-License-Identifier: MIT */
/** @file passes_options.h
 *  Options of `cophase simulate --passes`, as an argp child whose input begins with a
 *  cph_simulate_options. */
#ifndef CPH_CLI_PASSES_OPTIONS_H
#define CPH_CLI_PASSES_OPTIONS_H

#include <argp.h>
#include <stdbool.h>

#include "cophase/orbit.h"
#include "cophase/types.h"

enum { CPH_PASSES_SHELLS = 32, CPH_SHELL_NAME = 40 };

typedef struct cph_passes_choice {
    bool asked; /**< --passes */
    bool has_site, has_start;
    cph_site site;
    size_t shells;
    cph_shell shell[CPH_PASSES_SHELLS];
    char shell_name[CPH_PASSES_SHELLS][CPH_SHELL_NAME];
    double start_unix_s, duration_s, step_s, least_el_rad;
    const char *given; /**< one of the options but --passes, or NULL */
} cph_passes_choice;

extern const struct argp cph_argp_simulate_passes;

cph_passes_choice cph_passes_choice_defaults(void);

/** At the end, `other` being an option that is not for passes, or NULL: whether all that is needed
 *  was given, and nothing else; cph_usage. */
error_t cph_passes_check(const cph_passes_choice *choice, const char *other,
                         const struct argp_state *state);

/** A name of a shell, or ALTITUDE,INCLINATION,PLANES,PER-PLANE[,PHASING]; a name may stand for
 *  several. ARGUMENT; the choice is unchanged then. */
cph_status cph_passes_add_shell(cph_passes_choice *choice, const char *text, cph_error *error);

#endif
