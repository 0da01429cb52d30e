/* SPDX-License-Identifier: MIT */
#include "cli/image_options.h"

#include <string.h>

#include "cli/option_values.h"
#include "cli/states_options.h"

enum {
    KEY_BITS = CPH_KEY_VERB + 0x80, /* beside those of a verb */
    KEY_STATES,
    KEY_SENSE,
    KEY_ATTENUATOR,
    KEY_GAIN
};
enum { BITS_LEAST = 4, BITS_MOST = 8, BITS_USUAL = 6, GAIN_MOST = 127 };

static const struct argp_option options_list[] = {
    {NULL, 0, NULL, 0, "Settings of the chips:", 1},
    {"bits", KEY_BITS, "B", 0, "packed: bits of a phase, 4 to 8 (default: 6)", 1},
    {"states", KEY_STATES, "TABLE", 0,
     "What their codes do: adar1000 (its 128 phase settings; default there), adar1000:vectors "
     "(every setting of its vector modulator), or a text file of code,phase_deg,gain_db",
     1},
    {"state-sense", KEY_SENSE, "SENSE", 0,
     "Whether a phase of the table is an advance (default) or a delay", 1},
    {"attenuator-bit", KEY_ATTENUATOR, "LEVEL", 0,
     "adar1000: bit 7 of a gain is high (default) or low where the attenuator is in", 1},
    {"gain-code", KEY_GAIN, "N", 0, "adar1000: of the amplifier, 0 to 127 (default: 127)", 1},
    {0}};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    static const char *const senses[] = {"advance", "delay"}, *const levels[] = {"high", "low"};
    cph_image_options *o = state->input;
    cph_error error;
    switch (key) {
    case ARGP_KEY_INIT:
        o->gain_code = GAIN_MOST;
        return 0;
    case KEY_BITS:
        return cph_parsed(state, cph_parse_count(arg, BITS_LEAST, BITS_MOST, &o->bits, &error),
                          &error);
    case KEY_STATES:
        o->states = arg;
        return 0;
    case KEY_SENSE:
        o->has_sense = true;
        return cph_chosen_second(state, arg, senses, &o->delay);
    case KEY_ATTENUATOR:
        o->has_chip = true;
        return cph_chosen_second(state, arg, levels, &o->attenuator_low);
    case KEY_GAIN:
        o->has_chip = true;
        return cph_parsed(state, cph_parse_count(arg, 0, GAIN_MOST, &o->gain_code, &error), &error);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp cph_argp_image = {options_list, parse, NULL, NULL, NULL, NULL, NULL};

size_t cph_image_bits(const cph_image_options *options)
{
    return options->bits > 0 ? options->bits : BITS_USUAL;
}

const char *cph_image_layout_name(cph_fw_layout layout)
{
    static const char *const names[] = {[CPH_FW_LAYOUT_PACKED] = "packed",
                                        [CPH_FW_LAYOUT_ADAR1000] = "adar1000",
                                        [CPH_FW_LAYOUT_ADAR300X] = "adar300x"};
    return names[layout];
}

bool cph_image_of_adar1000(const cph_image_options *options)
{
    return cph_image_states_path(options) == NULL && strncmp(options->states, "adar1000", 8) == 0;
}

static cph_states_options states_of(const cph_image_options *options, const cph_fw_chip *chip)
{
    cph_states_options asked = {.table = options->states, .delay = chip->delay};
    if (asked.table != NULL)
        return asked;
    if (chip->layout == CPH_FW_LAYOUT_PACKED)
        asked.phase_bits = chip->bits;
    else
        asked.table = cph_image_layout_name(chip->layout);
    return asked;
}

cph_status cph_image_states(const cph_image_options *options, const cph_fw_chip *chip,
                            cph_states *states, cph_error *error)
{
    const cph_states_options asked = states_of(options, chip);
    return cph_states_load(&asked, states, error);
}

const char *cph_image_states_path(const cph_image_options *options)
{
    const cph_states_options asked = {.table = options->states};
    return cph_states_path(&asked);
}

bool cph_image_holds(const cph_fw_chip *chip, uint32_t code)
{
    return chip->layout == CPH_FW_LAYOUT_ADAR1000   ? (code & ~UINT32_C(0x3F3F)) == 0
           : chip->layout == CPH_FW_LAYOUT_ADAR300X ? code >> 12 == 0
                                                    : code >> chip->bits == 0;
}

uint32_t cph_image_pack_code(const cph_fw_chip *chip, uint32_t code, uint8_t gain)
{
    return chip->layout == CPH_FW_LAYOUT_ADAR1000 ? gain | (code & 0xFF00) | (code & 0xFF) << 16
                                                  : code;
}

uint32_t cph_image_unpack_code(const cph_fw_chip *chip, uint32_t code)
{
    return chip->layout == CPH_FW_LAYOUT_ADAR1000 ? (code & 0xFF00) | (code >> 16 & 0xFF) : code;
}
