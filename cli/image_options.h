/* SPDX-License-Identifier: MIT */
/** @file image_options.h
 *  Settings of the chips behind a beam image, as an argp child: --bits --states --state-sense
 *  --attenuator-bit --gain-code. Its input is a cph_image_options of its own, which the verb hands
 *  over after cph_cli_children. */
#ifndef CPH_CLI_IMAGE_OPTIONS_H
#define CPH_CLI_IMAGE_OPTIONS_H

#include "cli/options.h"
#include "cophase/fw_image.h"
#include "cophase/states.h"

typedef struct cph_image_options {
    size_t bits;         /**< --bits; 0: not given */
    const char *states;  /**< --states, a name or a file; or NULL */
    bool delay;          /**< --state-sense delay */
    bool attenuator_low; /**< --attenuator-bit low */
    size_t gain_code;    /**< --gain-code; 127 unless given */
    bool has_chip;       /**< --attenuator-bit or --gain-code was given */
    bool has_sense;
} cph_image_options;

extern const struct argp cph_argp_image;

/** The states that the codes of a chip stand for: of --states, else its own. Conjugated where it
 *  delays. Free with cph_states_free. */
cph_status cph_image_states(const cph_image_options *options, const cph_fw_chip *chip,
                            cph_states *states, cph_error *error);

/** --bits, or 6. */
size_t cph_image_bits(const cph_image_options *options);

/** Whether a code of the states is one that the chip's layout has. */
bool cph_image_holds(const cph_fw_chip *chip, uint32_t code);

/** A code of the states as cph_fw_beam_set takes it, `gain` being the ADAR1000's gain byte; and
 *  back. */
uint32_t cph_image_pack_code(const cph_fw_chip *chip, uint32_t code, uint8_t gain);
uint32_t cph_image_unpack_code(const cph_fw_chip *chip, uint32_t code);

/** "packed", "adar1000", "adar300x". */
const char *cph_image_layout_name(cph_fw_layout layout);

/** Whether --states names states of the ADAR1000. */
bool cph_image_of_adar1000(const cph_image_options *options);

/** The file among the inputs that --states names, or NULL. */
const char *cph_image_states_path(const cph_image_options *options);

#endif
