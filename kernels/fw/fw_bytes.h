/* SPDX-License-Identifier: MIT */
/** @file fw_bytes.h
 *  Words of packed memory, least significant byte first on every processor. */
#ifndef COPHASE_FW_BYTES_H
#define COPHASE_FW_BYTES_H

#include <stddef.h>
#include <stdint.h>

/** Between a word of this processor and one in packed memory, both ways. */
static inline uint32_t fw_bytes_word(uint32_t word)
{
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    return word >> 24 | (word >> 8 & 0xFF00) | (word & 0xFF00) << 8 | word << 24;
#else
    return word;
#endif
}

/** Whether words may be read there. */
static inline int fw_bytes_aligned(const void *memory)
{
    return (uintptr_t)memory % sizeof(uint32_t) == 0;
}

#endif
