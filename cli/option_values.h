/* SPDX-License-Identifier: MIT */
/** @file option_values.h
 *  Options that take one of some words, --x a|b|c, in a parser: 0, or EINVAL where the word is none
 *  of them, which is said with the words there are; the output is then unchanged. */
#ifndef CPH_CLI_OPTION_VALUES_H
#define CPH_CLI_OPTION_VALUES_H

#include "cli/options.h"

/** Which of words [count] the argument of the option at hand is. */
error_t cph_chosen(const struct argp_state *state, const char *arg, const char *const *words,
                   size_t count, size_t *index);

/** Of two words: whether it is the second. */
error_t cph_chosen_second(const struct argp_state *state, const char *arg,
                          const char *const words[2], bool *second);

#endif
