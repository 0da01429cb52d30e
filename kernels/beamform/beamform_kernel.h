/* SPDX-License-Identifier: MIT */
/** @file beamform_kernel.h
 *  Contract of the kernels beamform_REGIME_TYPE_ARITHMETIC, and the packed forms of weights. */
#ifndef COPHASE_BEAMFORM_KERNEL_H
#define COPHASE_BEAMFORM_KERNEL_H

#include "cophase/beamform.h"
#include "cophase/dispatch.h"
#include "kernels/convert/convert_kernel.h"

/** What products are formed of. */
typedef enum cph_beamform_arithmetic {
    CPH_BEAMFORM_ANY, /**< the plan chooses */
    CPH_BEAMFORM_I8,
    CPH_BEAMFORM_I16,
    CPH_BEAMFORM_BF16, /**< exact, see beamform_bf16.h; COLUMNS of c8 samples only */
    CPH_BEAMFORM_F32
} cph_beamform_arithmetic;

/** Samples [times][N] of one channel, at a stride of ld samples, and where their beams go. Only
 *  [times][N] samples are read and only [times][B] beams written, at a stride of ld_beams. */
typedef struct cph_beamform_block {
    const void *samples;
    size_t ld, times; /**< times: at most plan->block_times */
    size_t channel;
    void *beams; /**< of type plan->output; c32 from the kernels of floats */
    size_t ld_beams;
    void *workspace; /**< plan->widened_bytes, 64-byte aligned */
} cph_beamform_block;

/** Forms the beams of a block as cph_beamform_run says. A beam's value depends on its own row of
 *  samples alone, not on `times`. */
typedef void cph_beamform_fn(const cph_beamform_plan *plan, const cph_beamform_block *block);

enum {
    CPH_BEAMFORM_GROUP = 8, /**< beams whose weights lie side by side in COLUMNS */
    CPH_BEAMFORM_COLUMN_COUNT =
        16,                    /**< parts of a group: column 2 k is re of its beam k, 2 k + 1 im */
    CPH_BEAMFORM_VECTOR = 64,  /**< bytes of a group's columns in a step; rows are padded to it */
    CPH_BEAMFORM_PADDING = 16, /**< rows of the live mask are padded to it */
    CPH_BEAMFORM_PARTS = 256,  /**< of a row, that COLUMNS of floats take (and widen) at once */
    CPH_BEAMFORM_DRAIN = 248   /**< int16 products of elements that an int32 sum holds: at most
                                    248 * 2 * 2^15 * 128 < 2^31 */
};

/** Packed weights of channel c start at weights + c * channel_bytes.
 *
 *  ROWS: [beam][stream][plane][row_bytes]. A row of samples is read as 2 N parts re, im, re, ...
 *  With the weight as (wr, wi) in stream 0 and as (-wi, wr) in stream 1, re y and im y are plain
 *  dot products of the parts with them: nothing is shuffled. Floats have stream 0 alone: im y is
 *  the product with parts swapped to im, re, im, re, ..., even ones less odd ones.
 *
 *  COLUMNS: [group][step][plane][16 columns of 4 bytes].
 *      I8   step of 2 elements: (wr, wi, wr', wi') in re columns, (-wi, wr, -wi', wr') in im
 *      I16  step of 1 element: (wr, wi) in re columns, (-wi, wr) in im
 *      BF16 as I16, of BF16
 *      F32  step of 1 element: planes P = wr in re columns, -wi in im, and Q = wi, wr:
 *           sum of re x P + im x Q
 *  What is beyond N and B is 0.
 *
 *  planes: integers of 16 bits beside c16 samples, and as BF16, are two, q = 256 high + low with
 *  high in [-127, 127] and low in [-128, 127]. */
struct cph_beamform_plan {
    size_t elements, beams, channels;
    cph_type type, output;
    cph_beamform_regime regime;
    cph_beamform_arithmetic arithmetic;
    unsigned weight_bits, planes;
    const cph_exec *exec;
    cph_beamform_fn *kernel;
    float output_scale;

    size_t steps;         /**< COLUMNS: a group */
    size_t row_bytes;     /**< ROWS: a plane */
    size_t channel_bytes; /**< of weights */
    size_t columns;       /**< 2 B padded to 16: stride of scale, multiplier, shift, start */
    unsigned char *weights;
    float *scale;        /**< [C][columns] s of the beam; integers only */
    int32_t *multiplier; /**< [C][columns] m; integers to integer beams only */
    int32_t *shift;      /**< [C][columns] k, 1..62; likewise */
    int32_t *start;      /**< [C][columns] -128 sum of the column's weights, for samples that are
                              read as unsigned x + 128; I8 only */
    uint32_t *live_mask; /**< [C][mask_stride] all ones; 0 for a part of an element without weight
                              in every beam; c32 samples only */
    size_t mask_stride;
    bool some_dead;                   /**< the mask has such a part */
    float *weight_error, *null_floor; /**< [B][C] as in cph_beamform_info, power; integers only */

    size_t block_times;   /**< most rows a block; depends on the shape alone */
    size_t widened_bytes; /**< of a kernel's workspace */
    size_t beam_bytes;    /**< behind it, c32 beams that are still to be made integers */
};

/** What a check or the benchmark forces. */
typedef struct cph_beamform_choice {
    cph_isa isa; /**< the best variant up to this tier */
    cph_beamform_regime regime;
    cph_beamform_arithmetic arithmetic; /**< must suit the type and weight bits; floats keep 32 */
} cph_beamform_choice;

/** Settles regime, arithmetic, planes and kernel of a plan whose shape is filled in. choice may be
 *  NULL. UNSUPPORTED where the choice does not suit. */
cph_status cph_beamform_choose(cph_beamform_plan *plan, const cph_beamform_choice *choice);

/** cph_beamform_plan_size and cph_beamform_init with a choice. */
cph_status cph_beamform_size_choice(const cph_beamform_config *config,
                                    const cph_beamform_choice *choice, size_t *bytes);
cph_status cph_beamform_init_choice(const cph_beamform_config *config,
                                    const cph_beamform_choice *choice, const cph_c32 *weights,
                                    size_t ldw, void *memory, size_t bytes,
                                    cph_beamform_plan **plan);

/** Packs weights[((b - first) * C + c) * ldw + n], which are finite, into beams from `first` on. */
void cph_beamform_pack(cph_beamform_plan *plan, size_t first, size_t count, const cph_c32 *weights,
                       size_t ldw);

/** A weight in units of its plan: integers, or floats. */
typedef struct cph_beamform_weight {
    int32_t re, im;
    cph_c32 value;
} cph_beamform_weight;

/** Writes one weight to its places. */
void cph_beamform_put(cph_beamform_plan *plan, size_t channel, size_t beam, size_t n,
                      const cph_beamform_weight *w);

/** Integers: the unit s of a beam's weights, and what makes integer beams of its sums. */
void cph_beamform_set_unit(cph_beamform_plan *plan, size_t beam, size_t channel, float unit);

/** Fills live_mask, where the plan has one, from the weights. */
void cph_beamform_mark_live(cph_beamform_plan *plan);

/** The largest |sum q x| that the plan's samples can give. */
uint64_t cph_beamform_largest_sum(const cph_beamform_plan *plan);

/** The oracle: the obvious loop in double over weights [B][ldw]; out [T][B] at ld_beams. */
void cph_beamform_ref(cph_type type, size_t elements, size_t beams, const cph_c32 *weights,
                      size_t ldw, const void *samples, size_t ld, size_t times, cph_c64 *out,
                      size_t ld_beams);

#endif
