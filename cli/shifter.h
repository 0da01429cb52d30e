/* SPDX-License-Identifier: MIT */
/** @file shifter.h
 *  States of a phase shifter as calibrations use them: over the state of rest. */
#ifndef CPH_CLI_SHIFTER_H
#define CPH_CLI_SHIFTER_H

#include "cophase/states.h"

/** Some states of a table, the first that of rest. Free with cph_shifter_free. */
typedef struct cph_shifter {
    size_t steps;
    cph_c64 *state;    /**< [steps] coefficient over that of rest: 1, ... */
    cph_c64 *nominal;  /**< [steps] phase alone, in even steps of a turn: what it is meant to be */
    uint32_t *setting; /**< [steps] what the chip is told */
} cph_shifter;

/** The state nearest to `ratio` times the rms amplitude of the table, in the complex plane: of
 *  ratio 1 that of rest. */
size_t cph_shifter_nearest(const cph_states *states, cph_c64 ratio);

/** `steps` states nearest to even steps of phase from 0; 0: all of the table, rest first, the
 *  others in its order. ARGUMENT where two steps are one state or a state is 0; MEMORY. */
cph_status cph_shifter_pick(const cph_states *states, size_t steps, cph_shifter *shifter,
                            cph_error *error);
void cph_shifter_free(cph_shifter *shifter);

/** Puts in place of each coefficient [count] that of the table's state it stands for: the one with
 *  its setting, or (setting NULL) the one nearest to it, over that of rest: the setting whose
 *  coefficient is 1, or the nearest to 1. 0 (off) stays. FORMAT: a setting that the table lacks, a
 *  state of rest that is 0; *error goes behind the name of the file of readings. */
cph_status cph_shifter_replace(const cph_states *states, size_t count, const uint32_t *setting,
                               cph_c64 *state, cph_error *error);

#endif
