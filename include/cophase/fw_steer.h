/* SPDX-License-Identifier: MIT */
/** @file fw_steer.h
 *  Firmware profile: steering phases in fixed point.
 *
 *  Phases are binary angles, uint32 with 2^32 = one turn, so that sums wrap exactly. They are those
 *  of the hardware coefficient c_n = conj(w_n) toward a source in direction u (from the array to
 *  the source): -2 pi f (u . r_n) / c, the negative of the steering vector's (cophase/steer.h).
 *  Lengths are in wavelengths at a reference frequency that the caller chooses, direction cosines
 *  Q30 (2^30 = 1); every result is the integer that its formula says, on all processors. */
#ifndef COPHASE_FW_STEER_H
#define COPHASE_FW_STEER_H

#include "cophase/fw_config.h"
#include "cophase/types.h"

CPH_BEGIN_DECLS

#if CPH_FW_SINE
/** {cos, sin} of `phase` in units of 1/32767: each part is within 0.52 of exact, |re| and |im| at
 * most 32767. Polynomials of degree 6 and 5 over the quarter of a turn about a multiple of it. */
CPH_API cph_c16 cph_fw_phasor(uint32_t phase);

/** phasor[n] = cph_fw_phasor(phase[n]), n of 1 to CPH_FW_ELEMENTS_MAX. No overlap. Errors:
 *  ARGUMENT. */
CPH_MUST_CHECK CPH_API cph_status cph_fw_phasors_run(size_t elements, const uint32_t *phase,
                                                     cph_c16 *phasor);
#endif

#if CPH_FW_STEER || CPH_FW_STEER_POSITIONS
/** A plane wave, or the rate at which one turns. */
typedef struct cph_fw_wave {
    int32_t k[3];   /**< direction cosines times f / f_ref, Q30: u . r in turns is k . r */
    uint32_t phase; /**< what all elements get besides */
} cph_fw_wave;

/** k_i = (u_i ratio + 2^29) >> 30 for direction cosines u (Q30, each at most 2^30 in magnitude) and
 *  ratio = f / f_ref (Q30, above 0 and below 4): a beam computed with the ratio of its frequency
 *  doesn't squint. Errors: ARGUMENT (a null pointer, a cosine out of range, ratio 0, or a k_i that
 *  does not fit: |u_i| f / f_ref of 2 or more). */
CPH_MUST_CHECK CPH_API cph_status cph_fw_wave_init(const int32_t u[3], uint32_t ratio,
                                                   uint32_t phase, cph_fw_wave *wave);
#endif

#if CPH_FW_STEER
/** `count` elements that follow each other in steps of a, the first at site (i, j). */
typedef struct cph_fw_row {
    int16_t i, j;
    uint16_t count; /**< at least 1 */
} cph_fw_row;

/** Elements on sites r = i a + j b of a lattice, a row after the other. For a rectangular one a and
 *  b are at right angles; for a triangular one b = (a/2, sqrt(3)/2 |a|), and the rows' i step back
 *  by one in every second row. */
typedef struct cph_fw_lattice {
    int32_t a[3], b[3];    /**< Q27 wavelengths at f_ref: |a_i| < 16 */
    const cph_fw_row *row; /**< [rows] */
    size_t rows;           /**< 1 to CPH_FW_ELEMENTS_MAX */
} cph_fw_lattice;

/** phase[n] = wave.phase - i_n alpha - j_n beta modulo 2^32, alpha = floor((k . a + 2^24) / 2^25)
 *  and beta likewise, for all elements of all rows in their order;
 *  *elements, unless NULL, is how many these are. `room` is how many `phase` can hold. Against the
 *  exact phase for the same k, a and b the error is at most (|i_n| + |j_n|) / 2 units (2^-32 turn).
 *  Errors: ARGUMENT (a null pointer, no row, a row without elements, more elements than `room` or
 *  CPH_FW_ELEMENTS_MAX). */
CPH_MUST_CHECK CPH_API cph_status cph_fw_steer_lattice(const cph_fw_lattice *lattice,
                                                       const cph_fw_wave *wave, size_t room,
                                                       uint32_t *phase, size_t *elements);
#endif

#if CPH_FW_STEER_POSITIONS
/** phase[n] = wave.phase - floor((k . r_n) / 2^18) modulo 2^32 for position [N][3], Q20 wavelengths
 * at f_ref, N from 1 to CPH_FW_ELEMENTS_MAX. Against the exact phase for the same k and r the error
 * is below one unit (2^-32 turn); rounding r to Q20 costs up to (|u_x| + |u_y| + |u_z|) 2^-21
 * turns, rounding k up to (|x| + |y| + |z|) 2^-30. Errors: ARGUMENT. */
CPH_MUST_CHECK CPH_API cph_status cph_fw_steer_positions(size_t elements,
                                                         const int32_t (*position)[3],
                                                         const cph_fw_wave *wave, uint32_t *phase);
#endif

CPH_END_DECLS

#endif
