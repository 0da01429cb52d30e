/* SPDX-License-Identifier: MIT */
/** @file input_part.h
 *  What is read of a capture: --start, --duration, --elements, --channels. */
#ifndef CPH_CLI_INPUT_PART_H
#define CPH_CLI_INPUT_PART_H

#include "cli/input.h"

/** Narrows an input that was just opened: its data to --elements and --channels (so that its header
 *  is another), real samples to complex baseband unless `needs` (of cph_input_open) says
 *  otherwise, start and times to --start
 *  and --duration. Refuses what is no capture (2). */
cph_exit cph_input_part(cph_input *input, unsigned needs);

/** Samples of a span at the input's rate, rounded; says what was wrong where it needs a rate that
 *  the input does not have (3). `option` names it. */
cph_exit cph_input_samples(const cph_input *input, cph_span span, const char *option,
                           double *samples);

#endif
