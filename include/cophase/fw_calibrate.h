/* SPDX-License-Identifier: MIT */
/** @file fw_calibrate.h
 *  Firmware profile: steps of a calibration in fixed point. Gains are exact sums of integers, from
 * a waveform that is known (correlation) or from readings under Hadamard codes (their transform); a
 *  table of phases and amplitudes that undo them follows, as cph_fw_units takes it.
 *
 *  Convention: observed = gain * true. A hardware coefficient is c = conj(w) = t conj(a) / g, so a
 *  unit's own phase is -arg(g), its own amplitude 1 / |g|. */
#ifndef COPHASE_FW_CALIBRATE_H
#define COPHASE_FW_CALIBRATE_H

#include "cophase/fw_config.h"
#include "cophase/types.h"

CPH_BEGIN_DECLS

#if CPH_FW_CALIBRATE
/** A gain, in whatever scale its sums have. */
typedef struct cph_fw_gain {
    int64_t re, im;
} cph_fw_gain;

/** gain[n] += sum over t of samples[t * ld + n] conj(waveform[t]), exactly: g_n times the
 * waveform's energy, where the samples are g_n times the waveform (cophase/waveform.h). Start with
 * zeros. Samples and waveform [T] 4-byte aligned, ld >= N, N of 1 to CPH_FW_ELEMENTS_MAX, T up to
 * 2^30 (0 is fine); no overlaps. Errors: ARGUMENT (NULL, a size out of range, misaligned), OVERFLOW
 * (sizes that no memory has; sums that begin beyond 2^62); gain is then unchanged. */
CPH_MUST_CHECK CPH_API cph_status cph_fw_correlate(size_t elements, const cph_c16 *samples,
                                                   size_t ld, size_t times, const cph_c16 *waveform,
                                                   cph_fw_gain *gain);

enum { CPH_FW_HADAMARD_ORDER = 4096 };

/** x [order] becomes H x in place, exactly and not scaled, H_ij = (-1)^(bits in i & j) Sylvester's
 *  matrix (cph_hadamard_transform). x_k = sum_n H_kn g_n, what one receiver hears while element n
 *  is phased by the sign H_kn, becomes order times g_n; where each code was measured twice, with
 *  both signs, x is the difference, in which leaks cancel (cophase/coded.h). order is a power of
 *  two, 1 to CPH_FW_HADAMARD_ORDER. Errors: ARGUMENT, OVERFLOW (a part beyond 2^62 / order); x is
 *  then unchanged. */
CPH_MUST_CHECK CPH_API cph_status cph_fw_hadamard(size_t order, cph_fw_gain *x);

/** arg(gain) as a binary angle, to 2^-25 of a turn; 0 for 0. Any parts. By rotations (Volder, IRE
 * Trans. EC-8 p. 330, 1959), the same bits everywhere. */
CPH_API uint32_t cph_fw_angle(cph_fw_gain gain);

typedef struct cph_fw_calibrate_config {
    size_t elements;     /**< N, 1 to CPH_FW_ELEMENTS_MAX */
    size_t reference;    /**< the element whose phase is to be 0; N: none, phases are -arg(g) */
    uint16_t weak;       /**< Q15: below so much of the median |g| a unit is dead; 0.3 is 9830; 0:
                              only those without gain */
    uint16_t full_scale; /**< amplitude of the weakest unit that lives: 32768 for Q15, 31744 for
                              cph_fw_units.amplitude of an ADAR1000 */
} cph_fw_calibrate_config;

/** phase [N] = arg(g_reference) - arg(g_n), to 2^-24 of a turn; amplitude [N] = full_scale
 * |g|_least / |g_n|, the least over units that live, to 1 + 2^-14 (|g|_most / |g_n| + |g|_most /
 * |g|_least) times itself; dead [(N + 31) / 32], bit n % 32 of word n / 32: |g_n| is below some
 * 2^-15 of the most, or weak: phase and amplitude are then 0. These are cph_fw_units.phase,
 * .amplitude and .dead. gain [N], parts of at most 2^62. Errors: ARGUMENT (NULL, a value out of
 * range), OVERFLOW (gain), TOO_FEW (no gain but 0), MISSING (the reference is dead); outputs are
 * then unchanged. With a reference lengths are found twice. */
CPH_MUST_CHECK CPH_API cph_status cph_fw_calibrate(const cph_fw_calibrate_config *config,
                                                   const cph_fw_gain *gain, uint32_t *phase,
                                                   uint16_t *amplitude, uint32_t *dead);
#endif

CPH_END_DECLS

#endif
