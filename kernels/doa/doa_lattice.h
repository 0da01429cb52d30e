/* SPDX-License-Identifier: MIT */
/** @file doa_lattice.h
 *  Directions from the phases between elements of a lattice. */
#ifndef COPHASE_DOA_LATTICE_H
#define COPHASE_DOA_LATTICE_H

#include "cophase/lattice.h"
#include "kernels/doa/doa_frame.h"

typedef struct cph_doa_lattice {
    cph_lattice lattice;
    int32_t *site; /**< [n][2] of the live elements */
    bool line;
} cph_doa_lattice;

/** Of all elements that have a position. Free with cph_doa_lattice_free. Errors: MISSING (none);
 *  MEMORY. */
CPH_MUST_CHECK cph_status cph_doa_lattice_find(const cph_doa *doa, cph_doa_lattice *found,
                                               cph_error *error);
void cph_doa_lattice_free(cph_doa_lattice *found);

/** The direction in which phases grow by phase[0] radians a step a and phase[1] a step b (not read
 *  on a line); of those that look alike the one nearest to broadside. False where there is none. */
bool cph_doa_lattice_direction(const cph_doa *doa, const cph_doa_lattice *lattice,
                               const double phase[2], double u[3]);

#endif
