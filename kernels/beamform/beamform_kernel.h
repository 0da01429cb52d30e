/* SPDX-License-Identifier: MIT */
/** @file beamform_kernel.h
 *  Contract of the kernels beamform_c8, beamform_c16 and beamform_c32. */
#ifndef COPHASE_BEAMFORM_KERNEL_H
#define COPHASE_BEAMFORM_KERNEL_H

#include "cophase/beamform.h"

/** beams[t * ld_beams + b] = sum_n conj(w[b][n]) samples[t * ld + n] for `times` times. Samples are
 *  of the kernel's type, aligned to the sample; only [times][N] of them are read and only
 *  [times][B] beams written. A beam's value depends on its own row of samples alone, not on
 *  `times`. Error: as cph_beamform_run. */
typedef void cph_beamform_fn(const cph_beamform_plan *plan, const void *samples, size_t ld,
                             size_t times, cph_c32 *beams, size_t ld_beams);

/** Rows of packed weights are multiples of this many floats, zeros behind. */
enum { CPH_BEAMFORM_PADDING = 16 };

/** A row of samples is read as 2 N parts re, im, re, im, ... With the weight stored as
 *  (wr, wi) in one row and as (-wi, wr) in the other, re y and im y are plain dot products of
 *  the parts with them: nothing is shuffled. */
struct cph_beamform_plan {
    size_t elements, beams;
    cph_type type;
    const cph_exec *exec;
    cph_beamform_fn *kernel;
    size_t stride;       /**< floats of a packed row: 2 N, padded */
    float *weights;      /**< [B][2][stride] */
    uint32_t *live_mask; /**< [stride] all ones; 0 for an element without weight in every beam */
};

/** The oracle: the obvious loop in double over weights [B][ldw]; out [T][B] at ld_beams. */
void cph_beamform_ref(cph_type type, size_t elements, size_t beams, const cph_c32 *weights,
                      size_t ldw, const void *samples, size_t ld, size_t times, cph_c64 *out,
                      size_t ld_beams);

/** cph_beamform_init for a given variant. */
cph_status cph_beamform_init_variant(const cph_beamform_config *config, const cph_c32 *weights,
                                     size_t ldw, cph_beamform_fn *variant, void *memory,
                                     size_t bytes, cph_beamform_plan **plan);

#endif
