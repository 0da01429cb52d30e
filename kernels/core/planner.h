/* SPDX-License-Identifier: MIT */
/** @file planner.h
 *  FFTW's planner, which keeps global state: its lock, held while plans are made or destroyed (host
 *  files, in builds with FFTW), and its wisdom. */
#ifndef COPHASE_CORE_PLANNER_H
#define COPHASE_CORE_PLANNER_H

#include "cophase/types.h"

void cph_planner_lock(void);
void cph_planner_unlock(void);

#if CPH_HAVE_FFTW
/** As cph_wisdom_export and cph_wisdom_import. */
cph_status cph_planner_export(char **text);
cph_status cph_planner_import(const char *text);
#else
static inline cph_status cph_planner_export(char **text)
{
    (void)text;
    return CPH_ERR_UNSUPPORTED;
}
static inline cph_status cph_planner_import(const char *text)
{
    (void)text;
    return CPH_ERR_UNSUPPORTED;
}
#endif

#endif
