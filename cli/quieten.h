/* SPDX-License-Identifier: MIT */
/** @file quieten.h
 *  Weights in memory are remade to radiate little under an elevation: those of
 *  quiet_options.h and --quiet-criterion --zenith --quiet-curve, as an argp child. Its input is a
 *  cph_quieten_options of its own, which the verb hands over after cph_cli_children. */
#ifndef CPH_CLI_QUIETEN_H
#define CPH_CLI_QUIETEN_H

#include "cli/eirp_density.h"
#include "cli/input.h"
#include "cli/json.h"
#include "cli/quantise.h"
#include "cli/quiet_options.h"
#include "cli/states_options.h"
#include "cli/synthesise.h"
#include "cophase/quiet.h"
#include "cophase/solutions.h"

typedef struct cph_quieten_options {
    cph_quiet_choice region;
    bool has_criterion, worst, has_zenith;
    cph_direction zenith;
    const char *curve; /**< --quiet-curve FILE or NULL */
} cph_quieten_options;

extern const struct argp cph_argp_quieten;

/** Whether --quiet-curve is a table by its name, else a picture. */
bool cph_quieten_is_table(const char *path);

/** Whether weights are to be remade. */
static inline bool cph_quieten_asked(const cph_quieten_options *options)
{
    return cph_quiet_asked(&options->region);
}

/** At the end of the command line: whether what was asked for goes together. */
error_t cph_quieten_check(const cph_quieten_options *options, const cph_synthesis_options *mask,
                          const cph_cli *cli, const struct argp_state *state);

/** Rows of the comparison. */
typedef enum cph_quieten_row {
    CPH_QUIETEN_PLAIN,
    CPH_QUIETEN_TAYLOR_25,
    CPH_QUIETEN_TAYLOR_30,
    CPH_QUIETEN_FLOAT,
    CPH_QUIETEN_PLAIN_STATES, /**< with states, as the next */
    CPH_QUIETEN_STATES,
    CPH_QUIETEN_ROWS
} cph_quieten_row;

typedef struct cph_quieten_beam {
    bool has[CPH_QUIETEN_ROWS];
    cph_quiet_level level[CPH_QUIETEN_ROWS];
    cph_density density[CPH_QUIETEN_ROWS]; /**< with --eirp-density */
    cph_quiet_result result;
} cph_quieten_beam;

enum { CPH_QUIETEN_PRICES = 7 };

/** Zero-initialise; free with cph_quietened_free. */
typedef struct cph_quietened {
    size_t beams, channels, elements;
    cph_quiet_size size;    /**< of the last channel */
    cph_quieten_beam *beam; /**< [beam][channel] */
    uint32_t *state;        /**< [beam][channel][N], of states; else NULL */
    double up[3];
    double curve[2][CPH_QUIETEN_PRICES]; /**< with --quiet-curve, of the first beam and channel: dB
                                              over the plain beam's, without and with states */
} cph_quietened;
void cph_quietened_free(cph_quietened *made);

/** Replaces weights->weights, those of plain beams; --quiet-curve is none of `inputs` (end with
 *  NULL). `element` as synthesis has it; flag [channels][N]. */
cph_exit cph_quieten_input(const cph_quieten_options *options, const cph_synthesis_options *mask,
                           const cph_states_options *states, const cph_input *input,
                           const cph_selection *selection, const unsigned char *flag,
                           const char *const *inputs, cph_weights *weights, cph_quietened *made);

/** What quiet states lose against quiet weights of floats, into what was made of the states that
 *  were given; they are not next to those weights, so there are no errors. */
void cph_quietened_loss(const cph_quietened *made, cph_quantised *quantised);

/** Writes --quiet-curve, where it is asked for. */
cph_status cph_quietened_curve(const cph_quieten_options *options, const cph_quietened *made,
                               const char *const *inputs, cph_error *error);

/** Sets "quiet". */
void cph_quietened_json(const cph_quieten_options *options, const cph_quietened *made,
                        const cph_array *array, json_t *object);

/** Lines for a person. */
void cph_quietened_print(const cph_quieten_options *options, const cph_quietened *made,
                         const cph_array *array);

#endif
