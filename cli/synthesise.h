/* SPDX-License-Identifier: MIT */
/** @file synthesise.h
 *  Weights in memory are remade to stay under a mask: --mask --mask-from --mask-max-loss --element,
 *  as an argp child. Its input is a cph_synthesis_options of its own, which the verb hands over
 *  after cph_cli_children. */
#ifndef CPH_CLI_SYNTHESISE_H
#define CPH_CLI_SYNTHESISE_H

#include "cli/input.h"
#include "cli/json.h"
#include "cli/pattern_mask.h"
#include "cophase/solutions.h"
#include "cophase/synthesis.h"

typedef struct cph_synthesis_options {
    cph_mask_choice mask; /**< text NULL: not asked for */
    bool relative;        /**< the file's levels are dB relative to the peak */
    double max_loss_db;   /**< 0: not given */
    const char *element_text;
    cph_element_pattern element;
} cph_synthesis_options;

extern const struct argp cph_argp_synthesis;

/** Whether weights are to be remade. */
static inline bool cph_synthesis_asked(const cph_synthesis_options *options)
{
    return options->mask.text != NULL;
}

/** At the end of the command line: whether what was asked for goes together; `quiet`: --element is
 * for
 *  --quiet-below. */
error_t cph_synthesis_check(const cph_synthesis_options *options, const cph_cli *cli, bool quiet,
                            const struct argp_state *state);

/** Files that are read, into path [2]; returns how many. */
size_t cph_synthesis_paths(const cph_synthesis_options *options, const char **path);

/** The pattern of --element, its table read where it is one; refuses those of arrays whose elements
 *  face differently, for `option`. */
cph_status cph_synthesis_element(const cph_synthesis_options *options, const char *option,
                                 const cph_array *array, cph_element_table *table,
                                 cph_element_pattern *element, cph_error *error);

/** Zero-initialise; free `result`. */
typedef struct cph_synthesised {
    size_t beams, channels;
    double diameter_wl, offset_db; /**< of the array; added to dBi in what is told */
    cph_synthesis_result *result;  /**< [beam][channel] */
} cph_synthesised;

/** Replaces weights->weights. position [N][3]; gain, flag [channels][N] as cph_steering has them.
 */
cph_status cph_synthesise(const cph_synthesis_options *options, const cph_exec *exec,
                          const double *position, const cph_c64 *gain, const unsigned char *flag,
                          cph_weights *weights, cph_synthesised *made, cph_error *error);

/** The same with the positions and gains of an input's selection; flag [channels][N]. */
cph_exit cph_synthesise_input(const cph_synthesis_options *options, const cph_input *input,
                              const cph_selection *selection, const unsigned char *flag,
                              cph_weights *weights, cph_synthesised *made);

/** Sets "mask". */
void cph_synthesised_json(const cph_synthesis_options *options, const cph_synthesised *made,
                          const cph_array *array, json_t *object);

/** Lines for a person. */
void cph_synthesised_print(const cph_synthesis_options *options, const cph_synthesised *made);

/** CPH_EXIT_DONE, or says on stderr by how much the mask is exceeded: CPH_EXIT_LIMIT. */
cph_exit cph_synthesised_verdict(const char *name, const cph_synthesis_options *options,
                                 const cph_synthesised *made);

#endif
