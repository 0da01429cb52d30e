/* SPDX-License-Identifier: MIT */
/** @file fw_image.h
 *  Firmware profile: images, tables of packed beams that say what they are and notice damage.
 *
 *  An image is one block of memory, or a file. Numbers are little-endian; every part starts at a
 *  multiple of 4 bytes:
 *
 *      0   "CPHB"
 *      4   u16 version, 1
 *      6   u8  layout (cph_fw_layout)
 *      7   u8  bits of a PACKED code, else 0
 *      8   u32 settings: 1 a step up delays, 2 attenuator_low, 4 for transmit
 *      12  u32 elements N
 *      16  u32 beams
 *      20  u32 bytes of a beam, cph_fw_beam_size
 *      24  u32 bytes of the image
 *      28  u32 dead elements [(N + 31) / 32], bits as in cph_fw_units
 *          u32 CRC of all before it
 *          for each beam: its bytes, u32 CRC of them
 *
 *  A beam's bytes are what goes to the chips: a DMA takes them from where they lie. */
#ifndef COPHASE_FW_IMAGE_H
#define COPHASE_FW_IMAGE_H

#include "cophase/fw_beam.h"

CPH_BEGIN_DECLS

#if CPH_FW_CRC
/** CRC-32 of IEEE 802.3 (polynomial 0x04C11DB7 reflected, as of zlib): of "123456789" 0xCBF43926.
 *  Of two pieces: crc(second, crc(first, 0)). 0 bytes, or NULL: `before`. */
CPH_API uint32_t cph_fw_crc(const void *bytes, size_t size, uint32_t before);
#endif

#if CPH_FW_IMAGE
/** What an image holds. */
typedef struct cph_fw_image {
    cph_fw_chip chip; /**< .states: not kept in images */
    size_t elements;  /**< 1 to CPH_FW_ELEMENTS_MAX */
    size_t beams;     /**< 1 to 65536; as the chips' memories hold, CPH_FW_ADAR1000_POSITIONS or
                           CPH_FW_ADAR300X_POSITIONS */
    bool transmit;
} cph_fw_image;

/** Bytes of an image; 0 when there can be none. */
CPH_API size_t cph_fw_image_size(const cph_fw_image *image);

/** An image in `memory` (aligned to 4 bytes) of `size` bytes, cph_fw_image_size or more: all beams
 *  switched off. dead [(N + 31) / 32] or NULL. Errors: ARGUMENT, MEMORY (too small). */
CPH_MUST_CHECK CPH_API cph_status cph_fw_image_init(const cph_fw_image *image, const uint32_t *dead,
                                                    void *memory, size_t size);

/** Says what is in `memory` (aligned), of which `size` bytes can be read; *image may be NULL. The
 *  header is checked, beams are not. Errors: ARGUMENT, FORMAT (no image, damaged, cut short). */
CPH_MUST_CHECK CPH_API cph_status cph_fw_image_open(const void *memory, size_t size,
                                                    cph_fw_image *image);

/** Whether an element of an image that was opened is listed as dead; false for one it has not. */
CPH_API bool cph_fw_image_dead(const void *memory, size_t element);

/** Whether all of an image is whole; *crc, unless NULL, is the CRC of its bytes without those of
 * the checksums, which tells images apart (that of all bytes does not: checksums even it out).
 *  Errors: ARGUMENT, FORMAT. */
CPH_MUST_CHECK CPH_API cph_status cph_fw_image_crc(const void *memory, size_t size, uint32_t *crc);

/** *beam points to the bytes of a beam in the image, cph_fw_beam_size of them. Errors: ARGUMENT
 *  (also: no such beam), FORMAT (the image or the beam is damaged). */
CPH_MUST_CHECK CPH_API cph_status cph_fw_image_beam(const void *memory, size_t size, size_t index,
                                                    const void **beam);

/** Replaces one beam: cph_fw_beam_pack with `units` (their dead elements, and the image's, are
 *  switched off; units->elements is the image's) and its CRC. `states` as in cph_fw_chip.
 *  Errors: ARGUMENT, FORMAT (the header is damaged). */
CPH_MUST_CHECK CPH_API cph_status cph_fw_image_pack(void *memory, size_t size, size_t index,
                                                    const cph_fw_states *states,
                                                    const cph_fw_units *units,
                                                    const uint32_t *phase);

/** Replaces one beam by codes as of cph_fw_beam_set, [N]; the image's dead elements are switched
 *  off all the same. Errors: as cph_fw_image_pack. */
CPH_MUST_CHECK CPH_API cph_status cph_fw_image_set(void *memory, size_t size, size_t index,
                                                   const uint32_t *code);
#endif

CPH_END_DECLS

#endif
