/* SPDX-License-Identifier: MIT */
/** @file readings_rig.h
 *  Calibration readings and tables of them. */
#ifndef CPH_TESTS_READINGS_RIG_H
#define CPH_TESTS_READINGS_RIG_H

#include "cophase/readings.h"

/** $TMP/readings.csv with this text; stays valid. */
const char *readings_text(const char *text);

/** value [count]: no two alike, none exact in float. */
void readings_fill(cph_c64 *value, size_t count, double start);

/** The same in memory of its own. */
cph_c64 *readings_some(size_t count, double start);

/** Sweeps of 3 elements in turn, or of 5 groups, over 4 steps; states for all or of each sweep its
 *  own; with settings, signal and truth (element 1 dead). */
void readings_rev(bool groups, bool own, cph_rev_readings *r);

#endif
