/* SPDX-License-Identifier: MIT */
/** @file repair_directions.h
 *  Where the sidelobes of a beam are looked for. */
#ifndef COPHASE_WEIGHTS_REPAIR_DIRECTIONS_H
#define COPHASE_WEIGHTS_REPAIR_DIRECTIONS_H

#include "cophase/repair.h"

/** Directions [*count][3] outside the main lobe of the beam f [N] toward config->look; free
 *  *direction. Errors: NOT_FINITE, MEMORY, OVERFLOW. */
CPH_MUST_CHECK cph_status cph_repair_directions(const cph_repair_config *config, const cph_c64 *f,
                                                double **direction, size_t *count);

#endif
