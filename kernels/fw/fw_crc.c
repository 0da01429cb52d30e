/* SPDX-License-Identifier: MIT */
#include "cophase/fw_image.h"

#if CPH_FW_CRC
/* What four bits that leave the register do to it. */
static const uint32_t fw_crc_table[16] = {
    0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
    0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c};

uint32_t cph_fw_crc(const void *bytes, size_t size, uint32_t before)
{
    const uint8_t *byte = bytes;
    uint32_t crc = ~before;
    if (byte == NULL)
        return before;
    for (const uint8_t *end = byte + size; byte != end; byte++) {
        crc ^= *byte;
        crc = crc >> 4 ^ fw_crc_table[crc & 15];
        crc = crc >> 4 ^ fw_crc_table[crc & 15];
    }
    return ~crc;
}
#endif
