/* SPDX-License-Identifier: MIT */
/** @file fw_states.h
 *  Firmware profile: phases and gains as the states of hardware.
 *
 *  Phases are binary angles of the hardware coefficient c = conj(w), 2^32 = one turn
 *  (cophase/fw_steer.h). What a code does to c is the same here as in cophase/states.h. */
#ifndef COPHASE_FW_STATES_H
#define COPHASE_FW_STATES_H

#include "cophase/fw_config.h"
#include "cophase/types.h"

CPH_BEGIN_DECLS

#if CPH_FW_STATES
/** The code of an ideal shifter of `bits` bits (1 to 16) that is nearest to a phase:
 *  floor((phase + 2^(31-bits)) / 2^(32-bits)) modulo 2^bits, a tie is rounded up. `bits` count
 *  modulo 32; of 0 the code is 0. */
static inline uint32_t cph_fw_phase_code(uint32_t phase, unsigned bits)
{
    const uint32_t half = UINT32_C(1) << 31 >> bits % 32;
    return (uint32_t)(phase + half) >> 1 >> (31 - bits % 32);
}

/** code[n] of phase[n], N from 1 to CPH_FW_ELEMENTS_MAX. Errors: ARGUMENT. */
CPH_MUST_CHECK CPH_API cph_status cph_fw_phase_codes(unsigned bits, size_t elements,
                                                     const uint32_t *phase, uint16_t *code);

/** Which state of a chip is nearest to exp(j phase) times one amplitude: the turn cut into arcs.
 *  Arc i ends with last[i] and begins behind the one before; first[b] is the arc that holds b 2^24.
 *  `cophase export --target fw-table` writes one for any table of states. */
typedef struct cph_fw_states {
    uint16_t arcs;        /**< 1 to 256; the first and the last may be of one state */
    const uint32_t *last; /**< [arcs] rising, the last one UINT32_MAX */
    const uint8_t *first; /**< [256] */
    const uint16_t *code; /**< [arcs] what the chip is told */
} cph_fw_states;

/** Whether the three arrays belong together as said above. Once for a table from elsewhere: the
 *  functions that use one rely on it. Errors: ARGUMENT. */
CPH_MUST_CHECK CPH_API cph_status cph_fw_states_check(const cph_fw_states *states);

/** The code of the state nearest to a phase, exact but for the rounding of arcs to 2^-32 turn; of
 * two that are equally near, the arc that comes first. */
static inline uint32_t cph_fw_states_code(const cph_fw_states *states, uint32_t phase)
{
    uint32_t arc = states->first[phase >> 24];
    while (phase > states->last[arc])
        arc++;
    return states->code[arc];
}

/** code[n] of phase[n], N from 1 to CPH_FW_ELEMENTS_MAX. Errors: ARGUMENT. */
CPH_MUST_CHECK CPH_API cph_status cph_fw_states_codes(const cph_fw_states *states, size_t elements,
                                                      const uint32_t *phase, uint16_t *code);

/** Gains as the steps of an attenuator or amplifier: code[n] is the i whose law[i] is nearest to
 *  gain[n], the smaller i when two are. law [steps] falls strictly; both are in one unit
 * (amplitude, not power), steps from 1 to 256, N from 1 to CPH_FW_ELEMENTS_MAX. Errors: ARGUMENT
 * (also: law does not fall). */
CPH_MUST_CHECK CPH_API cph_status cph_fw_gain_codes(const uint16_t *law, size_t steps,
                                                    size_t elements, const uint16_t *gain,
                                                    uint8_t *code);
#endif

#if CPH_FW_ADAR1000
/** Registers of the vector modulator for phase setting k (modulo 128) of the ADAR1000's data sheet,
 *  2.8125 k degrees: I + 256 Q, as the bytes follow each other in the chip's memory; each is a
 *  polarity bit (0x20: positive) above five of magnitude. */
CPH_API uint16_t cph_fw_adar1000_code(uint32_t setting);

/** The 128 settings as states, codes as above, at their rms amplitude (30.18 steps of a register):
 *  never NULL. 1030 bytes in three tables. */
CPH_API const cph_fw_states *cph_fw_adar1000_states(void);
#endif

#if CPH_FW_ADAR300X
/** Amplitudes of the attenuation codes of an ADAR300x, steps of 0.5 dB: law[i] = 2^15 10^(-i/40),
 *  rounded, [64]. */
CPH_API const uint16_t *cph_fw_adar300x_law(void);
#endif

CPH_END_DECLS

#endif
