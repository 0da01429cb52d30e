/* SPDX-License-Identifier: MIT */
/** @file coupled.h
 *  Weights of elements that couple as a calibration says: observed = C true. */
#ifndef CPH_CLI_COUPLED_H
#define CPH_CLI_COUPLED_H

#include "cli/input.h"
#include "cophase/solutions.h"

/** C of a calibration's time for an array, [N][N] for the caller to free; NULL where it holds none.
 *  Errors: MEMORY, OVERFLOW; those of cph_calibration_coupling. */
cph_status cph_coupled_read(const cph_calibration *calibration, const cph_array *array,
                            double freq_hz, size_t time, cph_c64 **coupling, cph_error *error);

/** The same for all channels of a selection, [channels][N][N]. */
cph_exit cph_coupled_input(const cph_input *input, const cph_selection *selection,
                           cph_c64 **coupling);

/** w^H C as weights of elements that do not couple: seen [N] = C^H w, N = n. */
void cph_coupled_seen(size_t n, const cph_c64 *coupling, const cph_c64 *w, cph_c64 *seen);

/** [N][N] by which weights that are wanted so are multiplied to come out: C^-H, for rows of C that
 *  are not 0 by least squares, 0 in the others; for the caller to free. Errors: MEMORY, OVERFLOW,
 *  SINGULAR, TOO_FEW (no such row). */
cph_status cph_coupled_undo(size_t n, const cph_c64 *coupling, cph_c64 **undo);

#endif
