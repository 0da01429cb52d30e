/* SPDX-License-Identifier: MIT */
/** @file ticks.h
 *  Round numbers for axes. */
#ifndef CPH_CLI_TICKS_H
#define CPH_CLI_TICKS_H

#include <stddef.h>

/** Tick i stands at (first + i) * step, a multiple of the step. */
typedef struct cph_ticks {
    double first, step;
    size_t count;
    int decimals; /**< that the labels need */
} cph_ticks;

typedef enum cph_tick_kind {
    CPH_TICKS_DECIMAL, /**< steps of 1, 2 or 5 times a power of ten */
    CPH_TICKS_DEGREES, /**< from 10 on: 10, 15, 30, 45, 90 */
    CPH_TICKS_WHOLE    /**< of things that are counted: steps of 1 or more */
} cph_tick_kind;

/** The smallest step that leaves at most `most` ticks (>= 2) in [low, high]. No ticks unless
 *  low < high, both finite. */
cph_ticks cph_ticks_make(cph_tick_kind kind, double low, double high, size_t most);

double cph_ticks_at(const cph_ticks *ticks, size_t i);

/** "-0.5"; all labels of an axis have the same number of decimals. */
void cph_ticks_label(const cph_ticks *ticks, size_t i, size_t size, char *label);

#endif
