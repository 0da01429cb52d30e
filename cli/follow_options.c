/* SPDX-License-Identifier: MIT */
/* --follow of the verbs that stream a capture. */
#include "cli/options.h"

enum { KEY_FOLLOW = CPH_KEY_VERB + 0xC0 }; /* beside those of a verb and of others */

static error_t parse_follow(int key, char *arg, struct argp_state *state)
{
    static const double patience_s = 10.0;
    cph_cli *cli = state->input;
    cph_error error;
    if (key == ARGP_KEY_END && cli->follow && cli->skip_bad)
        return cph_usage(state, "--skip-bad looks for damage first, which --follow cannot");
    if (key != KEY_FOLLOW)
        return ARGP_ERR_UNKNOWN;
    cli->follow = true;
    cli->patience_s = patience_s;
    return arg == NULL
               ? 0
               : cph_parsed(state, cph_parse_quantity(CPH_TIME, arg, &cli->patience_s, &error),
                            &error);
}

static const struct argp_option follow_options[] = {
    {"follow", KEY_FOLLOW, "TIME", OPTION_ARG_OPTIONAL,
     "The capture is still being written: go on with what comes, until --duration is there, its "
     "writer closes it (HDF5), or nothing new came for TIME (default: 10s)",
     0},
    {0}};
const struct argp cph_argp_follow = {follow_options, parse_follow, NULL, NULL, NULL, NULL, NULL};
