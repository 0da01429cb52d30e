/* SPDX-License-Identifier: MIT */
/** @file fw_nlms.h
 *  Firmware profile: weights that follow sample by sample, NLMS (Nagumo & Noda, IEEE TAC 12 p. 282,
 *  1967), for a sidelobe canceller: x are auxiliary elements, the reference is the main beam, and
 *  the error is that beam without what the auxiliaries know of it. Float weights of 16-bit samples;
 *  cophase/tracker.h has the same in double. */
#ifndef COPHASE_FW_NLMS_H
#define COPHASE_FW_NLMS_H

#include "cophase/fw_config.h"
#include "cophase/types.h"

CPH_BEGIN_DECLS

#if CPH_FW_NLMS
enum { CPH_FW_NLMS_ELEMENTS = 64 };

typedef struct cph_fw_nlms_config {
    size_t elements; /**< N, 1 to CPH_FW_NLMS_ELEMENTS */
    float step;      /**< above 0 and below 2: what converges whatever the samples are; smaller
                          follows more slowly and is quieter */
    float regular;   /**< in units of a sample's square, 1 to 2^40: no quotient is by less */
} cph_fw_nlms_config;

/** For each time t: e = d_t - w^H x_t, then w += step x_t conj(e) / (regular + |x_t|^2).
 *  samples[t * ld + n], ld >= N; reference [T] is d; w [N] in and out, no part of it beyond 2^64;
 *  error [T] (may be NULL) takes the e. Any alignment; no overlaps. T of 0 is fine. Cut into calls
 *  as one likes: the result is the same.
 *
 *  Of one update, with D = step (|d| + |w| |x|) |x| / (regular + |x|^2) the most that it can be:
 *  error of w at most (5 N + 14) 2^-24 (|w| + D), and of e at most (3 N + 3) 2^-24 (|d| + |w| |x|).
 *  Later updates do not enlarge it (|1 - step| < 1). Errors: ARGUMENT (NULL, a value out of range,
 *  strides), OVERFLOW (sizes that no memory has, more than 2^31 times), NOT_FINITE (w); w and error
 *  are then unchanged. */
CPH_MUST_CHECK CPH_API cph_status cph_fw_nlms_run(const cph_fw_nlms_config *config,
                                                  const cph_c16 *samples, size_t ld, size_t times,
                                                  const cph_c16 *reference, cph_c32 *w,
                                                  cph_c32 *error);
#endif

CPH_END_DECLS

#endif
