/* SPDX-License-Identifier: MIT */
/** @file retarget_kernel.h
 *  Contract of the kernels retarget_rows and retarget_columns. */
#ifndef COPHASE_STEER_RETARGET_KERNEL_H
#define COPHASE_STEER_RETARGET_KERNEL_H

#include "cophase/retarget.h"
#include "kernels/beamform/beamform_kernel.h"
#include "kernels/beamform/lattice_kernel.h"
#include "kernels/steer/steer_kernel.h"

/** Positions and coefficients are readable up to the next multiple of so many elements; the
 *  coefficients there are 0. */
enum { CPH_RETARGET_PADDING = 32 };

/** What weights of a channel are made of. */
typedef struct cph_retarget_source {
    cph_steer_points r;
    cph_coefficients c; /**< straight (re, re), crossed (-im, im) */
    float inverse;      /**< one over the unit s of integers; 1 for floats */
} cph_retarget_source;

/** Writes the weights w_n = c_n exp(2 pi j k . r_n) of beams [first, first + count) of a channel, a
 *  wave each, into the packed form of the plan, and plan->start. retarget_columns: beams of one
 *  group of CPH_BEAMFORM_GROUP. */
typedef void cph_retarget_fn(cph_beamform_plan *plan, size_t channel, size_t first, size_t count,
                             const cph_steer_wave *wave, const cph_retarget_source *source);

typedef struct cph_retarget_kernels {
    cph_retarget_fn *rows, *columns;
} cph_retarget_kernels;

/** cph_retarget_init for given variants. */
cph_status cph_retarget_init_variant(const cph_retarget_config *config,
                                     cph_retarget_kernels kernels, void *memory, size_t bytes,
                                     cph_retarget_plan **plan);

#endif
