/* SPDX-License-Identifier: MIT */
/** @file simulate_capture.h
 *  What a simulated capture is made of: array, sources, gains, times. */
#ifndef CPH_CLI_SIMULATE_CAPTURE_H
#define CPH_CLI_SIMULATE_CAPTURE_H

#include "cli/json.h"
#include "cli/simulate_clock.h"
#include "cli/simulate_options.h"
#include "cophase/attitude.h"

typedef struct cph_sim_scene {
    const cph_simulate_options *o;
    cph_array array;
    cph_faults faults;
    cph_attitude attitude;
    cph_moving moving;
    cph_sim_clock clock;
    size_t sources;         /* those that move behind the others */
    cph_sim_source *source; /* [sources] */
    cph_sim_config config;
    cph_c64 *gain;     /* truth, at --freq */
    double *delay;     /* [N] truth; NULL: none */
    cph_c64 *coupling; /* [C][N][N] of --coupling, or NULL */
    double *freq_hz;   /* [C] */
    char **text;       /* a line a source for /truth/source */
    cph_data_header header;
} cph_sim_scene;

/** Everything that the options ask for; free in every case. ARGUMENT, MISSING, FORMAT, IO, MEMORY.
 */
cph_status cph_sim_scene_build(const cph_simulate_options *o, cph_sim_scene *s, cph_error *error);
void cph_sim_scene_free(cph_sim_scene *s);

/** A source in JSON. */
json_t *cph_sim_scene_source(const cph_sim_scene *s, size_t i);

#endif
