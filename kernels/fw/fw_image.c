/* SPDX-License-Identifier: MIT */
#include "cophase/fw_image.h"

#include "kernels/fw/fw_beam_write.h"
#include "kernels/fw/fw_bytes.h"

#if CPH_FW_IMAGE
/* Words of the header. */
enum {
    FW_IMAGE_MAGIC,
    FW_IMAGE_KIND, /* version, layout, bits */
    FW_IMAGE_SETTINGS,
    FW_IMAGE_ELEMENTS,
    FW_IMAGE_BEAMS,
    FW_IMAGE_BEAM_BYTES,
    FW_IMAGE_BYTES,
    FW_IMAGE_DEAD
};
enum {
    FW_IMAGE_NAME = 0x42485043, /* "CPHB" */
    FW_IMAGE_VERSION = 1,
    FW_IMAGE_DELAY = 1,
    FW_IMAGE_ATTENUATOR_LOW = 2,
    FW_IMAGE_TRANSMIT = 4,
    FW_IMAGE_SETTINGS_ALL = 7,
    FW_IMAGE_BEAMS_MOST = 65536
};

static size_t fw_image_beams_most(cph_fw_layout layout)
{
    return layout == CPH_FW_LAYOUT_ADAR1000   ? CPH_FW_ADAR1000_POSITIONS
           : layout == CPH_FW_LAYOUT_ADAR300X ? CPH_FW_ADAR300X_POSITIONS
                                              : FW_IMAGE_BEAMS_MOST;
}

static size_t fw_image_dead_words(const cph_fw_image *image)
{
    return (image->elements + 31) / 32;
}

/* Before the first beam. */
static size_t fw_image_header(const cph_fw_image *image)
{
    return 4 * (FW_IMAGE_DEAD + fw_image_dead_words(image) + 1);
}

size_t cph_fw_image_size(const cph_fw_image *image)
{
    if (image == NULL || image->beams == 0 ||
        image->beams > fw_image_beams_most(image->chip.layout))
        return 0;
    const size_t beam = cph_fw_beam_size(&image->chip, image->elements);
    const size_t header = fw_image_header(image);
    if (beam == 0 || image->beams > (UINT32_MAX - header) / (beam + 4))
        return 0;
    return header + image->beams * (beam + 4);
}

static uint32_t fw_image_word(const void *memory, size_t at)
{
    return fw_bytes_word(((const uint32_t *)memory)[at]);
}

/* The CRC of `words` words, and where it belongs: behind them. */
static void fw_image_seal(uint32_t *word, size_t words)
{
    word[words] = fw_bytes_word(cph_fw_crc(word, 4 * words, 0));
}

static int fw_image_sealed(const uint32_t *word, size_t words)
{
    return fw_image_word(word, words) == cph_fw_crc(word, 4 * words, 0);
}

static uint32_t fw_image_settings(const cph_fw_image *image)
{
    return (image->chip.delay ? FW_IMAGE_DELAY : 0) |
           (image->chip.attenuator_low ? FW_IMAGE_ATTENUATOR_LOW : 0) |
           (image->transmit ? FW_IMAGE_TRANSMIT : 0);
}

/* Where a beam begins, in words. */
static size_t fw_image_at(const cph_fw_image *image, size_t index)
{
    const size_t beam = cph_fw_beam_size(&image->chip, image->elements);
    return (fw_image_header(image) + index * (beam + 4)) / 4;
}

static void fw_image_switch_dead_off(const cph_fw_image *image, const uint32_t *memory,
                                     uint32_t *beam)
{
    const uint32_t off = cph_fw_beam_off(&image->chip);
    for (size_t n = 0; n < image->elements; n++)
        if (cph_fw_image_dead(memory, n))
            cph_fw_beam_write(&image->chip, beam, n, off);
}

/* With the channels of the last chip that have no element. */
static void fw_image_switch_all_off(const cph_fw_image *image, uint32_t *beam)
{
    const uint32_t off = cph_fw_beam_off(&image->chip);
    const size_t whole = image->chip.layout == CPH_FW_LAYOUT_PACKED ? 0 : 3;
    for (size_t n = 0; n < ((image->elements + whole) & ~whole); n++)
        cph_fw_beam_write(&image->chip, beam, n, off);
}

cph_status cph_fw_image_init(const cph_fw_image *image, const uint32_t *dead, void *memory,
                             size_t size)
{
    const size_t bytes = cph_fw_image_size(image);
    if (bytes == 0 || memory == NULL || !fw_bytes_aligned(memory))
        return CPH_ERR_ARGUMENT;
    if (size < bytes)
        return CPH_ERR_MEMORY;
    uint32_t *const word = memory;
    const size_t beam = cph_fw_beam_size(&image->chip, image->elements);
    const uint32_t bits = image->chip.layout == CPH_FW_LAYOUT_PACKED ? image->chip.bits : 0;
    for (size_t i = 0; i < bytes / 4; i++)
        word[i] = 0;
    word[FW_IMAGE_MAGIC] = fw_bytes_word(FW_IMAGE_NAME);
    word[FW_IMAGE_KIND] =
        fw_bytes_word(FW_IMAGE_VERSION | (uint32_t)image->chip.layout << 16 | bits << 24);
    word[FW_IMAGE_SETTINGS] = fw_bytes_word(fw_image_settings(image));
    word[FW_IMAGE_ELEMENTS] = fw_bytes_word((uint32_t)image->elements);
    word[FW_IMAGE_BEAMS] = fw_bytes_word((uint32_t)image->beams);
    word[FW_IMAGE_BEAM_BYTES] = fw_bytes_word((uint32_t)beam);
    word[FW_IMAGE_BYTES] = fw_bytes_word((uint32_t)bytes);
    for (size_t n = 0; dead != NULL && n < fw_image_dead_words(image); n++)
        word[FW_IMAGE_DEAD + n] = fw_bytes_word(dead[n]);
    fw_image_seal(word, FW_IMAGE_DEAD + fw_image_dead_words(image));
    for (size_t b = 0; b < image->beams; b++) {
        uint32_t *const at = word + fw_image_at(image, b);
        fw_image_switch_all_off(image, at);
        fw_image_seal(at, beam / 4);
    }
    return CPH_OK;
}

cph_status cph_fw_image_open(const void *memory, size_t size, cph_fw_image *image)
{
    if (memory == NULL || !fw_bytes_aligned(memory))
        return CPH_ERR_ARGUMENT;
    if (size < sizeof(uint32_t) * (FW_IMAGE_DEAD + 2) ||
        fw_image_word(memory, FW_IMAGE_MAGIC) != FW_IMAGE_NAME)
        return CPH_ERR_FORMAT;
    const uint32_t kind = fw_image_word(memory, FW_IMAGE_KIND);
    const uint32_t settings = fw_image_word(memory, FW_IMAGE_SETTINGS);
    const cph_fw_image found = {
        .chip = {.layout = (cph_fw_layout)(kind >> 16 & 0xFF),
                 .bits = (uint8_t)(kind >> 24),
                 .delay = (settings & FW_IMAGE_DELAY) != 0,
                 .attenuator_low = (settings & FW_IMAGE_ATTENUATOR_LOW) != 0},
        .elements = fw_image_word(memory, FW_IMAGE_ELEMENTS),
        .beams = fw_image_word(memory, FW_IMAGE_BEAMS),
        .transmit = (settings & FW_IMAGE_TRANSMIT) != 0};
    const size_t bytes = cph_fw_image_size(&found);
    if ((kind & 0xFFFF) != FW_IMAGE_VERSION || (settings & ~(uint32_t)FW_IMAGE_SETTINGS_ALL) != 0 ||
        bytes == 0 || bytes > size || fw_image_word(memory, FW_IMAGE_BYTES) != bytes ||
        fw_image_word(memory, FW_IMAGE_BEAM_BYTES) !=
            cph_fw_beam_size(&found.chip, found.elements) ||
        !fw_image_sealed(memory, FW_IMAGE_DEAD + fw_image_dead_words(&found)))
        return CPH_ERR_FORMAT;
    if (image != NULL)
        *image = found;
    return CPH_OK;
}

bool cph_fw_image_dead(const void *memory, size_t element)
{
    return memory != NULL && element < fw_image_word(memory, FW_IMAGE_ELEMENTS) &&
           (fw_image_word(memory, FW_IMAGE_DEAD + element / 32) >> element % 32 & 1) != 0;
}

/* Opens, and finds a beam. */
static cph_status fw_image_find(const void *memory, size_t size, size_t index, cph_fw_image *image,
                                size_t *at)
{
    const cph_status status = cph_fw_image_open(memory, size, image);
    if (status != CPH_OK)
        return status;
    if (index >= image->beams)
        return CPH_ERR_ARGUMENT;
    *at = fw_image_at(image, index);
    return CPH_OK;
}

cph_status cph_fw_image_beam(const void *memory, size_t size, size_t index, const void **beam)
{
    cph_fw_image image;
    size_t at = 0;
    if (beam == NULL)
        return CPH_ERR_ARGUMENT;
    const cph_status status = fw_image_find(memory, size, index, &image, &at);
    if (status != CPH_OK)
        return status;
    const uint32_t *const found = (const uint32_t *)memory + at;
    if (!fw_image_sealed(found, cph_fw_beam_size(&image.chip, image.elements) / 4))
        return CPH_ERR_FORMAT;
    *beam = found;
    return CPH_OK;
}

cph_status cph_fw_image_crc(const void *memory, size_t size, uint32_t *crc)
{
    cph_fw_image image;
    const cph_status status = cph_fw_image_open(memory, size, &image);
    if (status != CPH_OK)
        return status;
    const size_t beam = cph_fw_beam_size(&image.chip, image.elements);
    uint32_t sum = cph_fw_crc(memory, fw_image_header(&image) - 4, 0);
    for (size_t b = 0; b < image.beams; b++) {
        const uint32_t *const at = (const uint32_t *)memory + fw_image_at(&image, b);
        if (!fw_image_sealed(at, beam / 4))
            return CPH_ERR_FORMAT;
        sum = cph_fw_crc(at, beam, sum);
    }
    if (crc != NULL)
        *crc = sum;
    return CPH_OK;
}

cph_status cph_fw_image_pack(void *memory, size_t size, size_t index, const cph_fw_states *states,
                             const cph_fw_units *units, const uint32_t *phase)
{
    cph_fw_image image;
    size_t at = 0;
    cph_status status = fw_image_find(memory, size, index, &image, &at);
    if (status != CPH_OK)
        return status;
    if (units == NULL || units->elements != image.elements)
        return CPH_ERR_ARGUMENT;
    uint32_t *const beam = (uint32_t *)memory + at;
    const size_t bytes = cph_fw_beam_size(&image.chip, image.elements);
    image.chip.states = states;
    status = cph_fw_beam_pack(&image.chip, units, phase, beam, bytes);
    if (status != CPH_OK)
        return status;
    fw_image_switch_dead_off(&image, memory, beam);
    fw_image_seal(beam, bytes / 4);
    return CPH_OK;
}

cph_status cph_fw_image_set(void *memory, size_t size, size_t index, const uint32_t *code)
{
    cph_fw_image image;
    size_t at = 0;
    const cph_status status = fw_image_find(memory, size, index, &image, &at);
    if (status != CPH_OK)
        return status;
    if (code == NULL)
        return CPH_ERR_ARGUMENT;
    uint32_t *const beam = (uint32_t *)memory + at;
    const size_t bytes = cph_fw_beam_size(&image.chip, image.elements);
    for (size_t n = 0; n < image.elements; n++)
        cph_fw_beam_write(&image.chip, beam, n, code[n]);
    fw_image_switch_dead_off(&image, memory, beam);
    fw_image_seal(beam, bytes / 4);
    return CPH_OK;
}
#endif
