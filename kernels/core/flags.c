/* SPDX-License-Identifier: MIT */
#include "cophase/flags.h"

#include <string.h>

static const char *const names[CPH_FLAG_COUNT] = {
    [CPH_FLAG_NONE] = "good",
    [CPH_FLAG_LISTED] = "listed",
    [CPH_FLAG_EXCLUDED] = "excluded",
    [CPH_FLAG_DEAD] = "dead",
    [CPH_FLAG_WEAK] = "weak",
    [CPH_FLAG_HOT] = "hot",
    [CPH_FLAG_SATURATED] = "saturated",
    [CPH_FLAG_NOT_FINITE] = "not-finite",
    [CPH_FLAG_UNSOLVED] = "unsolved",
    [CPH_FLAG_INCONSISTENT] = "inconsistent",
    [CPH_FLAG_INTERFERENCE] = "interference",
};

const char *cph_flag_name(cph_flag flag)
{
    const unsigned index = (unsigned)flag;
    return names[index < CPH_FLAG_COUNT ? index : CPH_FLAG_UNSOLVED];
}

cph_flag cph_flag_parse(const char *name)
{
    for (unsigned i = 0; name != NULL && i < CPH_FLAG_COUNT; i++)
        if (strcmp(name, names[i]) == 0)
            return (cph_flag)i;
    return CPH_FLAG_UNSOLVED;
}
