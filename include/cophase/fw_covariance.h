/* SPDX-License-Identifier: MIT */
/** @file fw_covariance.h
 *  Firmware profile: sample covariance of 16-bit samples, R_pq = sum over t of x_p(t) conj(x_q(t)),
 *  exact in integers; two 16-bit products an instruction where the processor has them. */
#ifndef COPHASE_FW_COVARIANCE_H
#define COPHASE_FW_COVARIANCE_H

#include "cophase/fw_config.h"
#include "cophase/types.h"

CPH_BEGIN_DECLS

#if CPH_FW_COVARIANCE
enum { CPH_FW_COVARIANCE_ELEMENTS = 64 };

/** One R_pq, a sum over times. */
typedef struct cph_fw_covariance_sum {
    int64_t re, im;
} cph_fw_covariance_sum;

/** Running sums; what init makes of the caller's memory. */
typedef struct cph_fw_covariance cph_fw_covariance;

/** Bytes that N elements need, 2 to CPH_FW_COVARIANCE_ELEMENTS: 16 and 16 an entry of the upper
 *  triangle. Errors: ARGUMENT; *bytes then unchanged. */
CPH_MUST_CHECK CPH_API cph_status cph_fw_covariance_size(size_t elements, size_t *bytes);

/** Empty sums in `memory` (8-byte aligned). sample_max: no part of a sample is beyond this in
 *  amount, 1 to 32768; up to 11585 the sums run in 32 bits for as many times as none can leave
 *  them, floor((2^31 - 1) / (2 sample_max^2)), and are then added to those of 64 bits. Samples
 *  beyond it then give sums that are wrong by multiples of 2^32, the same on all machines. Errors:
 *  ARGUMENT (NULL, a value out of range, memory misaligned), MEMORY (`bytes` are too few); memory
 *  and *covariance are then unchanged. Call it again to start anew. */
CPH_MUST_CHECK CPH_API cph_status cph_fw_covariance_init(size_t elements, int32_t sample_max,
                                                         void *memory, size_t bytes,
                                                         cph_fw_covariance **covariance);

/** Adds T times of samples[t * ld + n], ld >= N, 4-byte aligned. However a stream is cut into
 *  calls, the sums are the same. Errors: ARGUMENT (NULL, strides, samples misaligned), OVERFLOW
 *  (sizes that no memory has; more than 2^32 - 1 times in all); the sums are then unchanged. */
CPH_MUST_CHECK CPH_API cph_status cph_fw_covariance_add(cph_fw_covariance *covariance,
                                                        const cph_c16 *samples, size_t ld,
                                                        size_t times);

/** The sums R_pq of the upper triangle (q >= p), row by row: [N (N + 1) / 2]; NULL for NULL. */
CPH_API const cph_fw_covariance_sum *cph_fw_covariance_sums(const cph_fw_covariance *covariance);

/** How many times were added; 0 for NULL. */
CPH_API uint32_t cph_fw_covariance_times(const cph_fw_covariance *covariance);

#if CPH_FW_ADAPTIVE
/** r[p * ld + q] = R_pq / times, both triangles, ld >= N; each part to 5 2^-24 of itself. Errors:
 *  ARGUMENT (NULL, ld), OVERFLOW (ld), TOO_FEW (no times yet); r is then unchanged. */
CPH_MUST_CHECK CPH_API cph_status cph_fw_covariance_mean(const cph_fw_covariance *covariance,
                                                         cph_c32 *r, size_t ld);
#endif
#endif

CPH_END_DECLS

#endif
