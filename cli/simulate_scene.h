/* SPDX-License-Identifier: MIT */
/** @file simulate_scene.h
 *  What readings of a calibration are made from, and into. */
#ifndef CPH_CLI_SIMULATE_SCENE_H
#define CPH_CLI_SIMULATE_SCENE_H

#include <stdlib.h>
#include <string.h>

#include "cli/shifter.h"
#include "cli/simulate_readings.h"
#include "cophase/random.h"

typedef struct cph_simulate_scene {
    const cph_simulate_options *o;
    const cph_readings_choice *c;
    cph_array array;
    cph_faults faults;
    cph_c64 *gain, *signal; /* [N]; signal NULL: 1 */
    cph_states states;
    cph_shifter shifter;
    cph_made_readings made;
    cph_c64 *response; /* [S][N]; NULL: as the readings have it */
} cph_simulate_scene;

static inline cph_status cph_scene_no_memory(cph_error *error)
{
    return cph_fail(error, CPH_ERR_MEMORY, "out of memory");
}

/** On the heap; NULL where there is nothing to copy, too. */
static inline cph_c64 *cph_scene_copy(const cph_c64 *value, size_t count)
{
    cph_c64 *const copy = value != NULL && count > 0 ? calloc(count, sizeof *copy) : NULL;
    if (copy != NULL)
        memcpy(copy, value, count * sizeof *copy);
    return copy;
}

/** Coded readings of a scene whose states are loaded. */
cph_status cph_scene_make_coded(cph_simulate_scene *scene, cph_error *error);

#endif
