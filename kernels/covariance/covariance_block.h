/* SPDX-License-Identifier: MIT */
/** @file covariance_block.h
 *  One block of times of one channel: samples to panels, and panels to sums. */
#ifndef COPHASE_COVARIANCE_BLOCK_H
#define COPHASE_COVARIANCE_BLOCK_H

#include "kernels/covariance/covariance_plan.h"

/** Samples of one side: x[(t * C + c) * ld + n]. */
typedef struct cph_covariance_side {
    const char *samples;
    size_t ld;
} cph_covariance_side;

/** What a call adds. */
typedef struct cph_covariance_input {
    bool crosses; /* y is given */
    cph_covariance_side x, y;
    const float *weight;
    size_t times;
} cph_covariance_input;

/** Where the panels of a block are and its sums go. lead, floats: 1 where its chain holds an odd
 *  number of times. */
typedef struct cph_covariance_block {
    size_t channel, start, times, lead;
    size_t chain, ahead; /* ahead: from its times to those that are asked for meanwhile */
    char *panels, *open;
    double *drained; /* NULL: nothing is drained */
} cph_covariance_block;

/** Panels of a block. */
size_t cph_covariance_pack_count(const cph_covariance_plan *plan);

/** Packs panels [begin, end). */
void cph_covariance_pack_block(const cph_covariance_plan *plan, const cph_covariance_input *in,
                               const cph_covariance_block *b, size_t begin, size_t end);

/** Adds the tiles of runs [begin, end) of plan->runs. */
void cph_covariance_add_block(const cph_covariance_plan *plan, const cph_covariance_input *in,
                              const cph_covariance_block *b, size_t begin, size_t end);

#endif
