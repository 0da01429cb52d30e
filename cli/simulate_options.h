/* SPDX-License-Identifier: MIT */
/** @file simulate_options.h
 *  The command line of `cophase simulate`. */
#ifndef CPH_CLI_SIMULATE_OPTIONS_H
#define CPH_CLI_SIMULATE_OPTIONS_H

#include "cli/coupling.h"
#include "cli/options.h"
#include "cli/passes_options.h"
#include "cli/simulate_cover.h"
#include "cli/simulate_faults.h"
#include "cli/simulate_moving.h"
#include "cli/simulate_readings_options.h"
#include "cophase/simulate.h"

enum { CPH_SIMULATE_CHANNELS = 1 << 16 }; /**< most channels */

/** A source or jammer as written. */
typedef struct cph_source_word {
    cph_direction direction;
    double power; /**< over the noise power, per element */
    bool jammer;
} cph_source_word;

typedef struct cph_simulate_options {
    cph_cli cli;
    cph_array_spec array;
    double freq_hz, sample_rate_hz;
    double time_start_unix_s; /**< NaN: not known */
    size_t sources;
    cph_source_word *source;
    bool in_turn; /**< one after the other */
    size_t movings;
    cph_moving_word moving[CPH_MOVING_TABLES];
    const char *attitude; /**< --attitude, or NULL */
    size_t burst;         /**< samples of a burst; 0: all are one */
    double every_s;       /**< from burst to burst */
    bool samples_given;
    cph_coupling_choice coupling;
    size_t samples;
    size_t channels; /**< of a sample rate each, around freq_hz */
    cph_type type;
    double gain_errors[2]; /**< rms, dB and radians */
    double delay_error_s;  /**< rms */
    bool covered;
    cph_sim_cover cover;
    cph_fault_words faults;
    cph_dead_mode dead_mode;
    uint64_t seed;
    cph_readings_choice readings;
    cph_passes_choice passes;
} cph_simulate_options;

/** Defaults, then the command line. Free in every case. */
cph_exit cph_simulate_parse(int argc, char **argv, cph_simulate_options *options);
/** The cover over the array, with its seed; NULL: none. */
const cph_sim_cover *cph_simulate_options_cover(const cph_simulate_options *options);

/** A seed in JSON. */
json_t *cph_simulate_seed_json(uint64_t seed);

void cph_simulate_options_free(cph_simulate_options *options);

#endif
