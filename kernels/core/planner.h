/* SPDX-License-Identifier: MIT */
/** @file planner.h
 *  The lock of FFTW's planner, which keeps global state: held while plans are made or destroyed
 *  (host files, in builds with FFTW). */
#ifndef COPHASE_CORE_PLANNER_H
#define COPHASE_CORE_PLANNER_H

void cph_planner_lock(void);
void cph_planner_unlock(void);

#endif
