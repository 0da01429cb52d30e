/* SPDX-License-Identifier: MIT */
/* States, packed beams, images and temperatures on the target. */
#include "tests/firmware/fw_sink.h"

void fw_run_states(fw_sink *sink);

enum { ELEMENTS = 1280, SMALL = 45, BEAMS = 3, SEED = 0x5eed2 };

static uint32_t phase[ELEMENTS], offset[ELEMENTS], beam[ELEMENTS], image_memory[256];
static uint16_t code[ELEMENTS], amplitude[ELEMENTS];
static uint8_t gain[ELEMENTS];
static const uint32_t dead[2] = {0x80000004, 0x00001000};

static const cph_fw_chip chips[] = {{.layout = CPH_FW_LAYOUT_PACKED, .bits = 5},
                                    {.layout = CPH_FW_LAYOUT_PACKED, .bits = 6},
                                    {.layout = CPH_FW_LAYOUT_PACKED, .bits = 7, .delay = true},
                                    {.layout = CPH_FW_LAYOUT_ADAR1000},
                                    {.layout = CPH_FW_LAYOUT_ADAR1000, .delay = true},
                                    {.layout = CPH_FW_LAYOUT_ADAR300X}};
static const char *const names[] = {"pack/5bit",     "pack/6bit",         "pack/7bit",
                                    "pack/adar1000", "pack/adar1000_own", "pack/adar300x"};
enum { CHIPS = sizeof chips / sizeof chips[0] };

static void draw(fw_sink *sink)
{
    for (size_t n = 0; n < ELEMENTS; n++) {
        phase[n] = fw_random(sink);
        offset[n] = fw_random(sink);
        gain[n] = (uint8_t)fw_random(sink);
        amplitude[n] = (uint16_t)(fw_random(sink) >> 17);
    }
}

static void run_states(fw_sink *sink)
{
    fw_group(sink, "states/codes", SEED);
    draw(sink);
    for (unsigned bits = 1; bits <= 16; bits++) {
        fw_status(sink, cph_fw_phase_codes(bits, ELEMENTS, phase, code));
        fw_halves(sink, (const int16_t *)code, ELEMENTS);
    }
    fw_status(sink, cph_fw_states_check(cph_fw_adar1000_states()));
    for (uint32_t k = 0; k < 128; k++)
        fw_word(sink, cph_fw_adar1000_code(k));
    fw_count_begin(sink, "states/adar1000", ELEMENTS);
    const cph_status status = cph_fw_states_codes(cph_fw_adar1000_states(), ELEMENTS, phase, code);
    fw_count_end(sink);
    fw_status(sink, status);
    fw_halves(sink, (const int16_t *)code, ELEMENTS);
    fw_status(sink, cph_fw_gain_codes(cph_fw_adar300x_law(), 64, ELEMENTS, amplitude, gain));
    fw_bytes(sink, gain, sizeof gain);
}

static void pack(fw_sink *sink, const cph_fw_chip *chip, const cph_fw_units *units,
                 const char *name)
{
    const size_t size = cph_fw_beam_size(chip, units->elements);
    fw_count_begin(sink, name, ELEMENTS);
    const cph_status status = cph_fw_beam_pack(chip, units, phase, beam, sizeof beam);
    fw_count_end(sink);
    fw_status(sink, status);
    fw_word(sink, (uint32_t)size);
    fw_bytes(sink, beam, size);
}

static void run_beams(fw_sink *sink)
{
    fw_group(sink, "states/beams", SEED);
    draw(sink);
    for (size_t i = 0; i < CHIPS; i++) {
        const bool own = chips[i].layout != CPH_FW_LAYOUT_PACKED && chips[i].delay;
        const cph_fw_units units = {
            .elements = ELEMENTS, .phase = offset, .gain = own ? gain : NULL, .gain_all = 0x2A};
        pack(sink, &chips[i], &units, names[i]);
    }
    const cph_fw_units vectors = {
        .elements = ELEMENTS, .phase = offset, .gain_all = 0x2A, .amplitude = amplitude};
    pack(sink, &chips[3], &vectors, "pack/adar1000_vectors");
}

/* The same elements are off whether the units name them or the image does, whatever order the
 * bytes of the processor's words have. */
static void run_dead(fw_sink *sink)
{
    fw_group(sink, "states/dead", SEED);
    draw(sink);
    for (size_t i = 0; i < CHIPS; i++) {
        const cph_fw_units units = {
            .elements = SMALL, .phase = offset, .gain_all = 0x2A, .dead = dead};
        const cph_fw_image image = {.chip = chips[i], .elements = SMALL, .beams = 1};
        const size_t size = cph_fw_beam_size(&chips[i], SMALL);
        fw_status(sink, cph_fw_beam_pack(&chips[i], &units, phase, beam, size));
        fw_bytes(sink, beam, size);
        fw_status(sink, cph_fw_image_init(&image, dead, image_memory, sizeof image_memory));
        for (size_t n = 0; n < SMALL; n++) {
            uint32_t word = 0;
            fw_status(sink, cph_fw_beam_get(&chips[i], beam, size, n, &word));
            fw_word(sink, word);
            fw_word(sink, cph_fw_image_dead(image_memory, n));
        }
    }
}

static void run_images(fw_sink *sink)
{
    fw_group(sink, "states/images", SEED);
    draw(sink);
    for (size_t i = 0; i < CHIPS; i++) {
        const cph_fw_image image = {.chip = chips[i], .elements = SMALL, .beams = BEAMS};
        const cph_fw_units units = {.elements = SMALL, .phase = offset, .gain_all = 0x2A};
        const size_t size = cph_fw_image_size(&image);
        fw_status(sink, cph_fw_image_init(&image, dead, image_memory, sizeof image_memory));
        for (size_t b = 0; b < BEAMS; b++)
            fw_status(sink, cph_fw_image_pack(image_memory, size, b, NULL, &units, phase + b));
        fw_word(sink, (uint32_t)size);
        fw_bytes(sink, image_memory, size);
        uint32_t crc = 0;
        fw_status(sink, cph_fw_image_crc(image_memory, size, &crc));
        fw_word(sink, crc);
        image_memory[size / 8] ^= 1U << 7;
        const void *found = NULL;
        for (size_t b = 0; b < BEAMS; b++)
            fw_status(sink, cph_fw_image_beam(image_memory, size, b, &found));
    }
    const cph_fw_adar1000_at at = {.chip = 2, .position = 120, .transmit = true};
    uint8_t words[39];
    fw_status(sink, cph_fw_adar1000_memory((const uint8_t *)beam, &at, words));
    fw_bytes(sink, words, 36);
    fw_status(sink, cph_fw_adar1000_direct((const uint8_t *)beam, &at, words));
    fw_bytes(sink, words, 39);
    fw_status(sink, cph_fw_adar1000_recall(&at, words));
    fw_bytes(sink, words, 3);
}

static void run_temperatures(fw_sink *sink)
{
    static const int16_t at[3] = {-4000, 2500, 8000};
    static uint16_t phases[3 * SMALL], gains[3 * SMALL];
    fw_group(sink, "states/temperatures", SEED);
    for (size_t n = 0; n < 3 * (size_t)SMALL; n++) {
        phases[n] = (uint16_t)fw_random(sink);
        gains[n] = (uint16_t)fw_random(sink);
    }
    const cph_fw_temperatures table = {
        .count = 3, .elements = SMALL, .at = at, .phase = phases, .gain = gains};
    for (int32_t t = -5000; t <= 9000; t += 1000) {
        fw_status(sink, cph_fw_temperature_run(&table, (int16_t)t, offset, phase, amplitude));
        fw_words(sink, phase, SMALL);
        fw_halves(sink, (const int16_t *)amplitude, SMALL);
    }
}

void fw_run_states(fw_sink *sink)
{
    run_states(sink);
    run_beams(sink);
    run_dead(sink);
    run_images(sink);
    run_temperatures(sink);
    fw_group_end(sink);
}
