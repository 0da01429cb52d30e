/* SPDX-License-Identifier: MIT */
/* What the bus of an ADAR1000 carries. */
#include "cophase/fw_beam.h"

#if CPH_FW_ADAR1000_SPI
enum {
    FW_SPI_RECEIVE_MEMORY = 0x1000,
    FW_SPI_TRANSMIT_MEMORY = 0x1800,
    FW_SPI_RECEIVE_GAIN = 0x10,  /* a register a channel */
    FW_SPI_RECEIVE_PHASE = 0x14, /* I and Q of each channel */
    FW_SPI_TRANSMIT_GAIN = 0x1C,
    FW_SPI_TRANSMIT_PHASE = 0x20,
    FW_SPI_LOAD = 0x28, /* bit 0: receive, bit 1: transmit */
    FW_SPI_RECEIVE_BEAM = 0x39,
    FW_SPI_TRANSMIT_BEAM = 0x3A,
    FW_SPI_FETCH = 0x80
};

static int fw_spi_bad(const cph_fw_adar1000_at *at)
{
    return at == NULL || at->chip > 3 || at->position >= CPH_FW_ADAR1000_POSITIONS;
}

static uint8_t *fw_spi_word(uint8_t *to, const cph_fw_adar1000_at *at, uint32_t where,
                            uint32_t value)
{
    const uint32_t word = (uint32_t)at->chip << 21 | where << 8 | value;
    to[0] = (uint8_t)(word >> 16);
    to[1] = (uint8_t)(word >> 8);
    to[2] = (uint8_t)word;
    return to + 3;
}

cph_status cph_fw_adar1000_memory(const uint8_t channels[16], const cph_fw_adar1000_at *at,
                                  uint8_t words[36])
{
    if (channels == NULL || words == NULL || fw_spi_bad(at))
        return CPH_ERR_ARGUMENT;
    const uint32_t base = (at->transmit ? FW_SPI_TRANSMIT_MEMORY : FW_SPI_RECEIVE_MEMORY) +
                          ((uint32_t)at->position << 4);
    for (uint32_t i = 0; i < 16; i++)
        if (i % 4 != 3)
            words = fw_spi_word(words, at, base + i, channels[i]);
    return CPH_OK;
}

cph_status cph_fw_adar1000_direct(const uint8_t channels[16], const cph_fw_adar1000_at *at,
                                  uint8_t words[39])
{
    if (channels == NULL || words == NULL || fw_spi_bad(at))
        return CPH_ERR_ARGUMENT;
    const uint32_t gain = at->transmit ? FW_SPI_TRANSMIT_GAIN : FW_SPI_RECEIVE_GAIN;
    const uint32_t phase = at->transmit ? FW_SPI_TRANSMIT_PHASE : FW_SPI_RECEIVE_PHASE;
    for (uint32_t i = 0; i < 4; i++)
        words = fw_spi_word(words, at, gain + i, channels[(size_t)4 * i]);
    for (uint32_t i = 0; i < 8; i++)
        words = fw_spi_word(words, at, phase + i, channels[(size_t)4 * (i / 2) + 1 + i % 2]);
    (void)fw_spi_word(words, at, FW_SPI_LOAD, at->transmit ? 2 : 1);
    return CPH_OK;
}

cph_status cph_fw_adar1000_recall(const cph_fw_adar1000_at *at, uint8_t word[3])
{
    if (word == NULL || fw_spi_bad(at))
        return CPH_ERR_ARGUMENT;
    (void)fw_spi_word(word, at, at->transmit ? FW_SPI_TRANSMIT_BEAM : FW_SPI_RECEIVE_BEAM,
                      FW_SPI_FETCH | (uint32_t)at->position);
    return CPH_OK;
}
#endif
