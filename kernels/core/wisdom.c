/* SPDX-License-Identifier: MIT */
#include "cophase/wisdom.h"

#include "kernels/core/planner.h"

cph_status cph_wisdom_export(char **text)
{
    return text == NULL ? CPH_ERR_ARGUMENT : cph_planner_export(text);
}

cph_status cph_wisdom_import(const char *text)
{
    return text == NULL ? CPH_ERR_ARGUMENT : cph_planner_import(text);
}
