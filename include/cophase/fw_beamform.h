/* SPDX-License-Identifier: MIT */
/** @file fw_beamform.h
 *  Firmware profile: beams of 16-bit samples in integers, y[t][b] = sum_n c[b][n] x[t][n].
 *  The coefficients are the hardware's, c = conj(w), as state tables hold them: nothing is
 *  conjugated here.
 *
 *  With DSP instructions (Cortex-M4, M7, M33) two 16-bit products are one instruction, with Helium
 *  (M55) eight; elsewhere it is plain C. All give the same bits. */
#ifndef COPHASE_FW_BEAMFORM_H
#define COPHASE_FW_BEAMFORM_H

#include "cophase/fw_config.h"
#include "cophase/types.h"

CPH_BEGIN_DECLS

#if CPH_FW_BEAMFORM
/** Most elements and beams of one plan: sums of so many full-scale products fit 44 bits. */
enum { CPH_FW_BEAMFORM_ELEMENTS = 4096, CPH_FW_BEAMFORM_BEAMS = 4096 };

typedef struct cph_fw_beamform_config {
    size_t elements;    /**< N, 1 to CPH_FW_BEAMFORM_ELEMENTS */
    size_t beams;       /**< B, 1 to CPH_FW_BEAMFORM_BEAMS */
    int32_t sample_max; /**< no part of a sample is beyond this in amount, 1 to 32768: 2048 for a
                             12-bit converter, 32768 where nothing is known */
    int32_t multiplier; /**< m >= 1: beams are (A m + 2^(shift-1)) >> shift of the exact sum A, */
    unsigned shift;     /**< 3 to 62, with m 2^-shift < 1/4: m = 1, shift = 15 takes
                             coefficients as Q15 */
} cph_fw_beamform_config;

/** Opaque; what init makes of the caller's memory. */
typedef struct cph_fw_beamform cph_fw_beamform;

/** Bytes that a plan needs: 16 and 4 a coefficient. Errors: ARGUMENT (NULL, a value out of
 *  range); *bytes then unchanged. */
CPH_MUST_CHECK CPH_API cph_status cph_fw_beamform_size(const cph_fw_beamform_config *config,
                                                       size_t *bytes);

/** Makes a plan in `memory` (4-byte aligned) of coefficient[b * ld + n], ld >= N, in any scale (Q15
 *  for m = 1, shift = 15); they are copied. The sums of 32 bits serve where no sum can leave them:
 *  with S the largest over beams of sum_n |re c_n| + |im c_n|, where S sample_max < 2^31 (weights
 *  of sum_n |c_n| <= 1 in Q15 do so at any sample_max); else sums of 64 bits. Samples beyond
 *  sample_max then give sums modulo 2^32, the same on all machines. Errors: ARGUMENT (NULL, a value
 *  out of range, memory misaligned), OVERFLOW (strides that no memory has; S sample_max m
 *  2^max(0, 33 - shift) not below 2^62), MEMORY (`bytes` are too few); memory and *plan are then
 *  unchanged. */
CPH_MUST_CHECK CPH_API cph_status cph_fw_beamform_init(const cph_fw_beamform_config *config,
                                                       const cph_c16 *coefficient, size_t ld,
                                                       void *memory, size_t bytes,
                                                       cph_fw_beamform **plan);

/** Bits of the sums that the plan chose, 32 or 64; 0 for NULL. */
CPH_API unsigned cph_fw_beamform_bits(const cph_fw_beamform *plan);

/** beams[t * ld_beams + b] = sat16((A m + 2^(shift-1)) >> shift), A = sum_n c[b][n]
 *  samples[t * ld + n] for each part, for T times (0 is fine): product of 64 bits, arithmetic
 * shift, saturation. ld >= N, ld_beams >= B. Samples 4-byte aligned; beams of any alignment, not
 * overlapping samples. Re-entrant. Errors: ARGUMENT (NULL, strides, samples misaligned), OVERFLOW
 * (sizes that no memory has); beams are then unchanged. Four beams share their samples: B a
 * multiple of four is cheapest. */
CPH_MUST_CHECK CPH_API cph_status cph_fw_beamform_run(const cph_fw_beamform *plan,
                                                      const cph_c16 *samples, size_t ld,
                                                      size_t times, cph_c16 *beams,
                                                      size_t ld_beams);
#endif

CPH_END_DECLS

#endif
