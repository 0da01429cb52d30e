/* SPDX-License-Identifier: MIT */
/** @file simulate_clock.h
 *  When samples of a simulated capture are taken: all in a row, or in bursts with gaps between; and
 *  the stretches over which what moves is taken to stand still. */
#ifndef CPH_CLI_SIMULATE_CLOCK_H
#define CPH_CLI_SIMULATE_CLOCK_H

#include <stdbool.h>

#include "cophase/data.h"

typedef struct cph_sim_clock {
    double start_s; /**< Unix; NaN unknown */
    double rate_hz;
    size_t samples;
    size_t burst;   /**< samples of a burst; 0: all are one */
    uint64_t every; /**< samples from burst to burst, counted as if none had been lost */
    size_t still;   /**< samples of a stretch, at most */
} cph_sim_clock;

/** Samples [first, first + length) of a burst. */
typedef struct cph_sim_stretch {
    size_t first, length;
    double middle_s; /**< Unix */
} cph_sim_stretch;

/** Whose samples are `samples`, or, 0, as many as there are up to end_s, in whole bursts; every_s
 * is taken as the nearest number of samples. ARGUMENT: too many, or none. */
cph_status cph_sim_clock_make(double start_s, double end_s, double rate_hz, size_t samples,
                              size_t burst, double every_s, cph_sim_clock *clock, cph_error *error);

/** When the last sample ends. */
double cph_sim_clock_end(const cph_sim_clock *clock);

/** The stretch that a sample is in. */
cph_sim_stretch cph_sim_clock_stretch(const cph_sim_clock *clock, size_t sample);

/** How many gaps there are, and gap[gaps] (may be NULL). */
size_t cph_sim_clock_gaps(const cph_sim_clock *clock, cph_data_gap *gap);

#endif
