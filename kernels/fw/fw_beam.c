/* SPDX-License-Identifier: MIT */
/* A beam's codes, one pass from phases to bytes. */
#include "cophase/fw_beam.h"

#include "cophase/fw_steer.h"
#include "kernels/fw/fw_beam_write.h"
#include "kernels/fw/fw_bytes.h"

#if CPH_FW_BEAM
enum {
    FW_BEAM_LEVEL_MOST = 31 << 10,
    FW_BEAM_OFF_ADAR1000 = 0x202000, /* amplifier 0, I = Q = +0 */
    FW_BEAM_ATTENUATOR = 0x80,
    FW_BEAM_OFF_ADAR300X = 63 << 6
};

/* What phases are multiplied by. */
static uint32_t fw_beam_sense(const cph_fw_chip *chip)
{
    return chip->delay ? UINT32_MAX : 1;
}

static uint32_t fw_beam_bytes(const cph_fw_chip *chip, uint32_t elements)
{
    switch (chip->layout) {
#if CPH_FW_PACKED
    case CPH_FW_LAYOUT_PACKED:
        return chip->bits >= 4 && chip->bits <= 8 ? (elements * chip->bits + 7U) / 8 : 0;
#endif
#if CPH_FW_ADAR1000
    case CPH_FW_LAYOUT_ADAR1000:
        return 16 * ((elements + 3) / 4);
#endif
#if CPH_FW_ADAR300X
    case CPH_FW_LAYOUT_ADAR300X:
        return 6 * ((elements + 3) / 4);
#endif
    default:
        return 0;
    }
}

size_t cph_fw_beam_size(const cph_fw_chip *chip, size_t elements)
{
    if (chip == NULL || elements == 0 || elements > CPH_FW_ELEMENTS_MAX)
        return 0;
    return ((size_t)fw_beam_bytes(chip, (uint32_t)elements) + 3) & ~(size_t)3;
}

/* ---- one element ---- */

uint32_t cph_fw_beam_off(const cph_fw_chip *chip)
{
    if (chip == NULL)
        return 0;
    if (chip->layout == CPH_FW_LAYOUT_ADAR1000)
        return FW_BEAM_OFF_ADAR1000 | (chip->attenuator_low ? 0 : FW_BEAM_ATTENUATOR);
    return chip->layout == CPH_FW_LAYOUT_ADAR300X ? FW_BEAM_OFF_ADAR300X : 0;
}

/* Bits of a code that lie `bits` wide behind each other: from the least significant bit of the
 * first byte on, or from the most significant one. */
static uint32_t fw_beam_bits_get(const uint8_t *byte, size_t at, unsigned bits, bool descending)
{
    uint32_t code = 0;
    for (unsigned i = 0; i < bits; i++) {
        const uint32_t bit =
            byte[(at + i) / 8] >> (descending ? 7 - (at + i) % 8 : (at + i) % 8) & 1;
        code |= bit << (descending ? bits - 1 - i : i);
    }
    return code;
}

static void fw_beam_bits_set(uint8_t *byte, size_t at, unsigned bits, bool descending,
                             uint32_t code)
{
    for (unsigned i = 0; i < bits; i++) {
        const uint32_t mask = 1U << (descending ? 7 - (at + i) % 8 : (at + i) % 8);
        const uint32_t bit = code >> (descending ? bits - 1 - i : i) & 1;
        byte[(at + i) / 8] = (uint8_t)((byte[(at + i) / 8] & ~mask) | (bit != 0 ? mask : 0));
    }
}

static uint32_t fw_beam_read(const cph_fw_chip *chip, const uint8_t *beam, size_t n)
{
    if (chip->layout == CPH_FW_LAYOUT_PACKED)
        return fw_beam_bits_get(beam, n * chip->bits, chip->bits, false);
    if (chip->layout == CPH_FW_LAYOUT_ADAR300X)
        return fw_beam_bits_get(beam, 12 * n, 6, true) | fw_beam_bits_get(beam, 12 * n + 6, 6, true)
                                                             << 6;
    const uint32_t word =
        (uint32_t)beam[4 * n] | (uint32_t)beam[4 * n + 1] << 8 | (uint32_t)beam[4 * n + 2] << 16;
    return word;
}

void cph_fw_beam_write(const cph_fw_chip *chip, void *memory, size_t n, uint32_t code)
{
    uint8_t *const beam = memory;
    if (chip->layout == CPH_FW_LAYOUT_PACKED) {
        fw_beam_bits_set(beam, n * chip->bits, chip->bits, false, code);
    } else if (chip->layout == CPH_FW_LAYOUT_ADAR300X) {
        fw_beam_bits_set(beam, 12 * n, 6, true, code);
        fw_beam_bits_set(beam, 12 * n + 6, 6, true, code >> 6);
    } else {
        const uint32_t word = code;
        beam[4 * n] = (uint8_t)word;
        beam[4 * n + 1] = (uint8_t)(word >> 8 & 0x3F);
        beam[4 * n + 2] = (uint8_t)(word >> 16 & 0x3F);
        beam[4 * n + 3] = 0;
    }
}

/* Whether the beam of so many bytes has an element n. */
static int fw_beam_has(const cph_fw_chip *chip, size_t size, size_t n)
{
    return n < CPH_FW_ELEMENTS_MAX && cph_fw_beam_size(chip, n + 1) != 0 &&
           cph_fw_beam_size(chip, n + 1) <= size;
}

cph_status cph_fw_beam_get(const cph_fw_chip *chip, const void *beam, size_t size, size_t element,
                           uint32_t *code)
{
    if (chip == NULL || beam == NULL || code == NULL || !fw_beam_has(chip, size, element))
        return CPH_ERR_ARGUMENT;
    *code = fw_beam_read(chip, beam, element);
    return CPH_OK;
}

cph_status cph_fw_beam_set(const cph_fw_chip *chip, void *beam, size_t size, size_t element,
                           uint32_t code)
{
    if (chip == NULL || beam == NULL || !fw_beam_has(chip, size, element))
        return CPH_ERR_ARGUMENT;
    cph_fw_beam_write(chip, beam, element, code);
    return CPH_OK;
}

/* ---- whole beams ---- */

#if CPH_FW_PACKED
static void fw_beam_packed(const cph_fw_chip *chip, const cph_fw_units *units,
                           const uint32_t *phase, uint32_t *word)
{
    const uint32_t sense = fw_beam_sense(chip);
    const uint32_t *offset = units->phase;
    const uint32_t bits = chip->bits, shift = 32 - bits;
    const uint32_t half = 1U << (shift - 1);
    uint32_t filling = 0, used = 0;
    for (const uint32_t *end = phase + units->elements; phase != end; phase++, offset++) {
        const uint32_t code = ((*phase + *offset) * sense + half) >> shift;
        filling |= code << used;
        used += bits;
        if (used >= 32) {
            *word++ = fw_bytes_word(filling);
            used -= 32;
            filling = code >> (bits - used);
        }
    }
    if (used > 0)
        *word = fw_bytes_word(filling);
}
#endif

#if CPH_FW_ADAR1000
/* `own`: each element has a gain byte of its own. */
static inline void fw_beam_arcs(const cph_fw_chip *chip, const cph_fw_units *units, bool own,
                                const uint32_t *phase, uint32_t *word)
{
    const cph_fw_states states = *(chip->states != NULL ? chip->states : cph_fw_adar1000_states());
    const uint32_t sense = fw_beam_sense(chip);
    const uint32_t *offset = units->phase;
    const uint8_t *gain = units->gain;
    for (const uint32_t *end = phase + units->elements; phase != end; phase++) {
        const uint32_t x = (*phase + *offset++) * sense;
        const uint32_t byte = own ? *gain++ : units->gain_all;
        *word++ = fw_bytes_word(cph_fw_states_code(&states, x) << 8 | byte);
    }
}

#if CPH_FW_VECTORS
static uint32_t fw_beam_register(int32_t level, int32_t cosine)
{
    const int32_t part = (level * cosine + (1 << 24)) >> 25;
    return part < 0 ? (uint32_t)-part : 0x20U | (uint32_t)part;
}

static void fw_beam_vectors(const cph_fw_chip *chip, const cph_fw_units *units,
                            const uint32_t *phase, uint32_t *word)
{
    const uint32_t sense = fw_beam_sense(chip);
    for (size_t n = 0; n < units->elements; n++) {
        const cph_c16 z = cph_fw_phasor((phase[n] + units->phase[n]) * sense);
        const uint32_t byte = units->gain != NULL ? units->gain[n] : units->gain_all;
        int32_t level = units->amplitude[n];
        level = level > FW_BEAM_LEVEL_MOST ? FW_BEAM_LEVEL_MOST : level;
        word[n] = fw_bytes_word(byte | fw_beam_register(level, z.re) << 8 |
                                fw_beam_register(level, z.im) << 16);
    }
}
#endif

static void fw_beam_adar1000(const cph_fw_chip *chip, const cph_fw_units *units,
                             const uint32_t *phase, uint32_t *word)
{
    for (size_t n = units->elements; n % 4 != 0; n++)
        cph_fw_beam_write(chip, word, n, cph_fw_beam_off(chip));
#if CPH_FW_VECTORS
    if (units->amplitude != NULL) {
        fw_beam_vectors(chip, units, phase, word);
        return;
    }
#endif
    if (units->gain != NULL)
        fw_beam_arcs(chip, units, true, phase, word);
    else
        fw_beam_arcs(chip, units, false, phase, word);
}
#endif

#if CPH_FW_ADAR300X
/* Two elements are 24 bits. */
static void fw_beam_adar300x(const cph_fw_chip *chip, const cph_fw_units *units,
                             const uint32_t *phase, uint8_t *byte, uint8_t *end)
{
    const uint32_t sense = fw_beam_sense(chip);
    const uint32_t half = 1U << 25;
    for (size_t n = 0; n < ((units->elements + 3) & ~(size_t)3); n += 2, byte += 3) {
        uint32_t pair = 0;
        for (size_t k = n; k < n + 2; k++) {
            uint32_t code = FW_BEAM_OFF_ADAR300X >> 6;
            if (k < units->elements) {
                const uint32_t x = (phase[k] + units->phase[k]) * sense + half;
                const uint32_t gain = units->gain != NULL ? units->gain[k] : units->gain_all;
                code = x >> 26 << 6 | (gain < 0x3F ? gain : 0x3F);
            }
            pair = pair << 12 | code;
        }
        byte[0] = (uint8_t)(pair >> 16);
        byte[1] = (uint8_t)(pair >> 8);
        byte[2] = (uint8_t)pair;
    }
    while (byte != end)
        *byte++ = 0;
}
#endif

static void fw_beam_switch_off(const cph_fw_chip *chip, const cph_fw_units *units, uint8_t *beam)
{
    if (units->dead == NULL)
        return;
    for (size_t n = 0; n < units->elements; n++)
        if ((units->dead[n / 32] >> n % 32 & 1) != 0)
            cph_fw_beam_write(chip, beam, n, cph_fw_beam_off(chip));
}

/* Gains and amplitudes that the layout has no place for. */
static int fw_beam_units_bad(const cph_fw_chip *chip, const cph_fw_units *units)
{
    const int adar1000 = chip->layout == CPH_FW_LAYOUT_ADAR1000;
    const cph_fw_states *const states = chip->states;
    return units->phase == NULL || (units->gain != NULL && chip->layout == CPH_FW_LAYOUT_PACKED) ||
           (units->amplitude != NULL && !(adar1000 && CPH_FW_VECTORS)) ||
           (states != NULL &&
            (!adar1000 || states->last == NULL || states->first == NULL || states->code == NULL));
}

cph_status cph_fw_beam_pack(const cph_fw_chip *chip, const cph_fw_units *units,
                            const uint32_t *phase, void *beam, size_t size)
{
    if (chip == NULL || units == NULL || phase == NULL || beam == NULL || !fw_bytes_aligned(beam))
        return CPH_ERR_ARGUMENT;
    const size_t bytes = cph_fw_beam_size(chip, units->elements);
    if (bytes == 0 || bytes > size || fw_beam_units_bad(chip, units))
        return CPH_ERR_ARGUMENT;
    switch (chip->layout) {
#if CPH_FW_PACKED
    case CPH_FW_LAYOUT_PACKED:
        fw_beam_packed(chip, units, phase, beam);
        break;
#endif
#if CPH_FW_ADAR1000
    case CPH_FW_LAYOUT_ADAR1000:
        fw_beam_adar1000(chip, units, phase, beam);
        break;
#endif
#if CPH_FW_ADAR300X
    case CPH_FW_LAYOUT_ADAR300X:
        fw_beam_adar300x(chip, units, phase, beam, (uint8_t *)beam + bytes);
        break;
#endif
    default:
        break;
    }
    fw_beam_switch_off(chip, units, beam);
    return CPH_OK;
}
#endif
