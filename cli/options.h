/* SPDX-License-Identifier: MIT */
/** @file options.h
 *  Options that verbs share, as small argp parsers that a verb lists among its children. All of
 *  them fill the one cph_cli that stands first in the verb's own options:
 *
 *      typedef struct options { cph_cli cli; double own; } options;
 *      static error_t parse(int key, char *arg, struct argp_state *state)
 *      {
 *          options *o = state->input;
 *          cph_error error;
 *          switch (key) {
 *          case ARGP_KEY_INIT: return cph_cli_children(state, &o->cli);
 *          case 'x': return cph_parsed(state, cph_parse_quantity(CPH_TIME, arg, &o->own, &error),
 *                                      &error);
 *          default: return ARGP_ERR_UNKNOWN;
 *          }
 *      }
 *      static const struct argp_child children[] = {
 *          {&cph_argp_input, 0, NULL, 0}, {&cph_argp_output, 0, NULL, 0},
 *          {&cph_argp_common, 0, NULL, 0}, {0}};
 *
 *  Functions here and in input.h that return cph_exit have already said what was wrong. */
#ifndef CPH_CLI_OPTIONS_H
#define CPH_CLI_OPTIONS_H

#include <argp.h>
#include <stdbool.h>

#include "cli/beam_list.h"
#include "cli/method.h"
#include "cli/parse.h"
#include "cli/report.h"
#include "cophase/data.h"
#include "cophase/exec.h"

typedef struct cph_cli {
    const char *name;        /**< "cophase scan": starts every message */
    int argc;                /**< the verb's own command line, for the history of files */
    char **argv;             /**< as written: argp moves the words of its own copy */
    const struct argp *argp; /**< the verb's */

    /* cph_argp_common */
    bool json;         /**< print one JSON object instead of text */
    bool quiet;        /**< no progress bar, no remarks */
    const char *isa;   /**< instruction-set tier or NULL */
    size_t threads;    /**< 0: OpenMP's own number */
    size_t max_memory; /**< bytes; 256 MiB unless given */
    bool memory_given; /**< --max-memory: a limit, not a habit */
    cph_exec exec;     /**< ready after cph_cli_parse */

    /* cph_argp_output, cph_argp_plot */
    const char *output; /**< -o or NULL */
    const char *plot;   /**< --plot or NULL */
    bool resume;        /**< cph_argp_resume: --resume */

    /* cph_argp_input */
    const char *input;     /**< the one positional argument */
    const char *positions; /**< --positions or NULL */
    char polarization;     /**< --pol: 'X', 'Y', or 0 for every one the array has (I) */
    bool ignore_listed;
    cph_ranges exclude; /**< element numbers */

    /* cph_argp_calibration, cph_argp_range */
    const char *calibration; /**< --calibration or NULL */
    cph_gain_path path;      /**< cph_argp_path: receive unless given */
    bool has_path;           /**< it was given */
    bool follow;             /**< cph_argp_follow: --follow */
    bool skip_bad;           /**< --skip-bad: times that cannot be read are gaps */
    const char *settle;      /**< cph_argp_data: data that gains are for, or NULL */
    cph_span start;          /**< --start, 0 unless given */
    cph_span duration;       /**< --duration, 0: to the end */
    double patience_s;       /**< --follow=TIME: it ends when nothing new comes for so long */
    cph_ranges elements;     /**< --elements: numbers; none: all */
    cph_ranges channels;     /**< cph_argp_channels: --channels; none: all */

    /* cph_argp_beam */
    cph_directions steer;
    cph_taper taper;        /**< uniform unless given */
    const char *taper_text; /**< --taper as written, or NULL */

    cph_beam_list beam_list; /**< cph_argp_beam_list (beam_list.h) */

    cph_method method; /**< cph_argp_method (method.h); conventional unless given */
} cph_cli;

extern const struct argp cph_argp_common; /**< --json --quiet --isa --threads --max-memory */
extern const struct argp cph_argp_output; /**< -o FILE, and it must be given */
extern const struct argp cph_argp_output_optional; /**< -o FILE */
extern const struct argp cph_argp_resume;          /**< --resume */
extern const struct argp cph_argp_plot;            /**< --plot FILE.svg|.png */
extern const struct argp cph_argp_input; /**< INPUT --positions --pol --ignore-listed --exclude */
extern const struct argp cph_argp_input_one_pol; /**< the same of verbs that refuse --pol I */
extern const struct argp cph_argp_input_whole;   /**< of those that refuse to leave elements out */
extern const struct argp cph_argp_calibration;   /**< --calibration FILE */
extern const struct argp cph_argp_path;          /**< --path receive|transmit (gain_path.c) */
extern const struct argp cph_argp_data;          /**< --data FILE (gain_path.c) */
extern const struct argp cph_argp_range;         /**< --start --duration --elements of a capture */
extern const struct argp cph_argp_channels;      /**< --channels of a capture */

extern const struct argp cph_argp_follow; /**< --follow (follow_options.c) */

/** Whether an option of cph_argp_range or cph_argp_channels was given. */
bool cph_cli_has_part(const cph_cli *cli);

extern const struct argp cph_argp_beam; /**< --steer DIRECTION, repeated, --taper TAPER */

/** Keys of a verb's own options without a letter start here. */
enum { CPH_KEY_VERB = 0x200 };

/** For ARGP_KEY_INIT of a verb: hands `cli` to all children. Returns 0. */
error_t cph_cli_children(struct argp_state *state, cph_cli *cli);

/** For ARGP_KEY_ARG of a verb of one input without cph_argp_input. Returns 0, or ARGP_ERR_UNKNOWN
 *  for a second one. */
error_t cph_cli_take_input(cph_cli *cli, const char *arg);

/** Fills in defaults, parses, binds the instruction set, fills cli->exec. `options` is what the
 *  verb's parser takes and must begin with a zeroed cph_cli. --help and --version end the process.
 */
cph_exit cph_cli_parse(const struct argp *argp, int argc, char **argv, void *options);
void cph_cli_free(cph_cli *cli);

/** In a parser, for the option at hand: passes an error of cph_parse_* on behind the option's name.
 *  Returns 0 or EINVAL, as argp wants. */
error_t cph_parsed(const struct argp_state *state, cph_status status, const cph_error *error);

/** In a parser: says what is wrong with the command line; returns EINVAL. */
CPH_PRINTF(2, 3)
error_t cph_usage(const struct argp_state *state, const char *format, ...);

#endif
