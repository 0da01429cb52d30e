/* SPDX-License-Identifier: MIT */
/** @file coupling.h
 *  `--coupling`: mutual coupling of the elements of a pattern, from a Touchstone file. */
#ifndef CPH_CLI_COUPLING_H
#define CPH_CLI_COUPLING_H

#include <argp.h>

#include "cli/json.h"
#include "cli/options.h"
#include "cli/pattern_subject.h"
#include "cophase/coupling.h"

/** Zero-initialise: none. Free with cph_coupling_choice_free. */
typedef struct cph_coupling_choice {
    const char *text; /**< as written, or NULL */
    char *path;
    cph_radiator radiator;

    /* after cph_coupling_choice_apply */
    double freq_hz, norm;
    cph_reflection reflection;
    uint32_t worst; /**< number of the element */
    bool embedded;  /**< the patterns have the coupling in them */
} cph_coupling_choice;

/** FILE.sNp[:radiator=WORD] into *choice, which is freed by cph_coupling_choice_free. */
cph_status cph_coupling_choice_parse(const char *text, cph_coupling_choice *choice,
                                     cph_error *error);

/** --coupling, for a cph_coupling_choice. */
extern const struct argp cph_argp_coupling;

/** Reads the file, measures the active reflection of the subject's weights, and puts the radiating
 *  weights in their place, gains included, unless the elements' patterns are embedded ones.
 *  freq_hz NaN: unknown. Errors: those of cph_network_read; FORMAT (not a port an element). */
cph_status cph_coupling_choice_apply(cph_coupling_choice *choice, double freq_hz, bool embedded,
                                     cph_pattern_subject *subject, cph_error *error);

/** What elements hear in place of steering vectors, k [elements][elements], a row a receiving one:
 *  (I + S)^T, or (I - S)^T for currents, by reciprocity what cph_coupling_radiating is for the
 *  field. Errors: as above. */
cph_status cph_coupling_choice_received(const cph_coupling_choice *choice, double freq_hz,
                                        size_t elements, cph_c64 *k, cph_error *error);

/** Object of JSON; null without --coupling. */
json_t *cph_coupling_object(const cph_coupling_choice *choice);
/** A line of text, or nothing; and on stderr, unless quiet, that the network makes power. */
void cph_coupling_print(const cph_coupling_choice *choice);
void cph_coupling_warn(const cph_coupling_choice *choice, const cph_cli *cli);

void cph_coupling_choice_free(cph_coupling_choice *choice);

#endif
