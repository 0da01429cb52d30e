/* SPDX-License-Identifier: MIT */
#include "cli/option_values.h"

error_t cph_chosen(const struct argp_state *state, const char *arg, const char *const *words,
                   size_t count, size_t *index)
{
    cph_error error;
    return cph_parsed(state, cph_parse_choice(arg, words, count, index, &error), &error);
}

error_t cph_chosen_second(const struct argp_state *state, const char *arg,
                          const char *const words[2], bool *second)
{
    size_t index = *second ? 1 : 0;
    const error_t code = cph_chosen(state, arg, words, 2, &index);
    *second = index == 1;
    return code;
}
