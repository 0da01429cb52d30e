/* SPDX-License-Identifier: MIT */
/** @file fw_beam.h
 *  Firmware profile: one beam as the bytes that go to the chips.
 *
 *  A beam is packed from the phases of its elements (cophase/fw_steer.h, the hardware coefficient
 *  c = conj(w)) and from what belongs to the units, the same for all beams: calibration, gains,
 *  which are dead. Elements follow each other as on the chips: element n is channel n % 4 of chip
 *  n / 4. A beam's memory is aligned to 4 bytes; words lie least significant byte first. */
#ifndef COPHASE_FW_BEAM_H
#define COPHASE_FW_BEAM_H

#include <stdbool.h>

#include "cophase/fw_states.h"

CPH_BEGIN_DECLS

#if CPH_FW_BEAM
/** How codes lie in memory. Values are those of image files. */
typedef enum cph_fw_layout {
    /** Phase codes of `bits` bits, k for k 2^-bits turn, one behind the other from the least
     *  significant bit of the first byte on; the last word is filled with 0. */
    CPH_FW_LAYOUT_PACKED = 1,
    /** As the chip's memory has them: gain, I, Q, 0 for a channel, 16 bytes a chip. Gain is an
     *  attenuator bit above seven of the amplifier. Channels without an element are off. */
    CPH_FW_LAYOUT_ADAR1000 = 2,
    /** A phase of six bits (k 2^-6 turn) and an attenuation of six (0.5 k dB) for each of a chip's
     *  four elements, 48 bits from the most significant one of the first byte on; channels without
     *  an element are off, the last word is filled with 0. */
    CPH_FW_LAYOUT_ADAR300X = 3
} cph_fw_layout;

/** Settings of the chips. */
typedef struct cph_fw_chip {
    cph_fw_layout layout;
    uint8_t bits;                /**< PACKED: 4 to 8; else not looked at */
    bool delay;                  /**< a step up of the phase delays: -phase is set in its place */
    bool attenuator_low;         /**< ADAR1000: the attenuator is in where bit 7 of a gain is 0 */
    const cph_fw_states *states; /**< ADAR1000: in place of its 128 phase settings; or NULL */
} cph_fw_chip;

/** The units behind the elements. */
typedef struct cph_fw_units {
    size_t elements;       /**< N, 1 to CPH_FW_ELEMENTS_MAX */
    const uint32_t *phase; /**< [N] added to the phases of a beam: calibration */
    const uint8_t *gain;   /**< [N] gain codes; NULL: all gain_all. ADAR1000: the register as it
                                is, an attenuator bit (7) above the amplifier's code.
                                ADAR300X: attenuation, 0 to 63, what is more counts as
                                63. PACKED: must be NULL */
    uint8_t gain_all;      /**< where gain is NULL; PACKED: not looked at */
    /** [N] ADAR1000: the vector modulator sets phase and amplitude jointly, in 2^-10 of a
     *  register's step; 31744 is full scale, what is more counts as that. NULL: chip.states;
     *  others: must be NULL */
    const uint16_t *amplitude;
    const uint32_t *dead; /**< [(N + 31) / 32] bit n % 32 of word n / 32: element n is switched
                               off, or NULL. ADAR1000: gain 0, attenuator in, I = Q = 0;
                               ADAR300X: code 0, largest attenuation; PACKED: code 0 */
} cph_fw_units;

/** Bytes of a beam, a multiple of 4; 0 when there can be none (unknown layout, bits, N). */
CPH_API size_t cph_fw_beam_size(const cph_fw_chip *chip, size_t elements);

/** Packs a beam: phase [N] plus units->phase is made the nearest state (cph_fw_phase_code,
 *  cph_fw_states_code; with amplitudes I = (A cos + 2^24) >> 25 and Q likewise, A = amplitude and
 *  cph_fw_phasor's cos: within 0.501 of exact) and put in its place with its gain. `beam` has room
 *  for `size` bytes, cph_fw_beam_size or more; only that many are written. No overlap. Errors:
 *  ARGUMENT (a null pointer, size, alignment, settings). */
CPH_MUST_CHECK CPH_API cph_status cph_fw_beam_pack(const cph_fw_chip *chip,
                                                   const cph_fw_units *units, const uint32_t *phase,
                                                   void *beam, size_t size);

/** The code of one element of a packed beam. PACKED: as it is. ADAR1000: gain + 2^8 I + 2^16 Q.
 *  ADAR300X: phase + 2^6 attenuation. Errors: ARGUMENT (also: no such element). */
CPH_MUST_CHECK CPH_API cph_status cph_fw_beam_get(const cph_fw_chip *chip, const void *beam,
                                                  size_t size, size_t element, uint32_t *code);

/** Sets it; bits that a code does not have are not looked at. */
CPH_MUST_CHECK CPH_API cph_status cph_fw_beam_set(const cph_fw_chip *chip, void *beam, size_t size,
                                                  size_t element, uint32_t code);

/** The code of an element that is switched off. */
CPH_API uint32_t cph_fw_beam_off(const cph_fw_chip *chip);
#endif

/** Beams that the memories of the chips hold. */
enum { CPH_FW_ADAR1000_POSITIONS = 121, CPH_FW_ADAR300X_POSITIONS = 64 };

#if CPH_FW_ADAR1000_SPI
/** Where on the bus, and for which of the two paths. */
typedef struct cph_fw_adar1000_at {
    uint8_t chip;     /**< address pins, 0 to 3 */
    uint8_t position; /**< in its memory, below CPH_FW_ADAR1000_POSITIONS */
    bool transmit;    /**< else receive */
} cph_fw_adar1000_at;

/** 24-bit words for the bus, most significant byte first: 0, two bits of chip address, 13 of
 *  register, 8 of data. Errors of all three: ARGUMENT.
 *
 *  memory: 12 words that write 16 bytes of a beam (one chip) to a position: register 4 channel +
 *  byte + (position << 4), from 0x1000 (receive) or 0x1800 (transmit) on. */
CPH_MUST_CHECK CPH_API cph_status cph_fw_adar1000_memory(const uint8_t channels[16],
                                                         const cph_fw_adar1000_at *at,
                                                         uint8_t words[36]);
/** direct: 13 words that write them to the working registers and load these (312 bits). */
CPH_MUST_CHECK CPH_API cph_status cph_fw_adar1000_direct(const uint8_t channels[16],
                                                         const cph_fw_adar1000_at *at,
                                                         uint8_t words[39]);
/** recall: the one word that makes a position the beam. */
CPH_MUST_CHECK CPH_API cph_status cph_fw_adar1000_recall(const cph_fw_adar1000_at *at,
                                                         uint8_t word[3]);
#endif

CPH_END_DECLS

#endif
