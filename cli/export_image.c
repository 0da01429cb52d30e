/* SPDX-License-Identifier: MIT */
/* Beams as an image for chips: the nearest states, packed. */
#include <inttypes.h>
#include <stdlib.h>

#include "cli/export.h"
#include "kernels/core/fail.h"

/* What one image is made from. */
typedef struct image_desk {
    const cph_export_options *options;
    const cph_export_beams *beams;
    cph_fw_image image;
    cph_states states;
    cph_c64 *w;      /* [N] */
    uint32_t *state; /* [N] */
    uint32_t *code;  /* [N] */
    uint32_t *dead;  /* [(N + 31) / 32] */
    void *memory;
    size_t bytes;
} image_desk;

static void desk_free(image_desk *d)
{
    cph_states_free(&d->states);
    free(d->w);
    free(d->state);
    free(d->code);
    free(d->dead);
    free(d->memory);
}

static cph_status desk_make(image_desk *d, cph_error *error)
{
    const size_t n = d->image.elements;
    d->bytes = cph_fw_image_size(&d->image);
    if (d->bytes == 0) {
        (void)cph_fail(error, CPH_ERR_FORMAT,
                       "%s: %zu beams of %zu elements do not fit an image: the memory of an "
                       "ADAR1000 holds %d beams, of an ADAR300x %d; at most %d elements: choose "
                       "with --beams",
                       d->options->cli.input, d->image.beams, n, (int)CPH_FW_ADAR1000_POSITIONS,
                       (int)CPH_FW_ADAR300X_POSITIONS, (int)CPH_FW_ELEMENTS_MAX);
        return CPH_ERR_FORMAT;
    }
    uint32_t *const dead = calloc(n / 32 + 1, sizeof *dead);
    d->w = calloc(n, sizeof *d->w);
    d->state = calloc(n, sizeof *d->state);
    d->code = calloc(n, sizeof *d->code);
    d->memory = malloc(d->bytes);
    d->dead = dead;
    if (d->w == NULL || d->state == NULL || d->code == NULL || dead == NULL || d->memory == NULL) {
        (void)cph_fail(error, CPH_ERR_MEMORY, "out of memory");
        return CPH_ERR_MEMORY;
    }
    return cph_image_states(&d->options->image, &d->image.chip, &d->states, error);
}

static uint8_t gain_byte(const image_desk *d)
{
    const uint8_t out = d->options->image.attenuator_low ? 0x80 : 0;
    return (uint8_t)(out | d->options->image.gain_code);
}

static cph_status take_codes(const image_desk *d, size_t b, cph_error *error)
{
    const cph_fw_chip *chip = &d->image.chip;
    const cph_element *element = d->beams->weights->array.element;
    for (size_t n = 0; n < d->image.elements; n++) {
        if (d->state[n] == CPH_STATE_OFF) {
            const bool dead = (d->dead[n / 32] >> n % 32 & 1) != 0;
            if (chip->layout == CPH_FW_LAYOUT_PACKED && !dead)
                return cph_fail(error, CPH_ERR_FORMAT,
                                "%s: beam %zu has weight 0 for element %" PRIu32
                                " that others drive: a phase alone cannot switch it off",
                                d->options->cli.input, d->beams->index[b], element[n].number);
            d->code[n] = cph_fw_beam_off(chip);
            continue;
        }
        const uint32_t code = d->states.code[d->state[n]];
        if (!cph_image_holds(chip, code))
            return cph_fail(error, CPH_ERR_FORMAT, "%s: code %#" PRIx32 " is none of the chip's",
                            d->options->image.states, code);
        d->code[n] = cph_image_pack_code(chip, code, gain_byte(d));
    }
    return CPH_OK;
}

static cph_status put_beam(const image_desk *d, size_t b, cph_exported_beam *to, cph_error *error)
{
    for (size_t n = 0; n < d->image.elements; n++) {
        const cph_c64 c = cph_export_coefficient(d->options, d->beams, b, n);
        d->w[n] = (cph_c64){c.re, -c.im};
    }
    /* The phase that elements share stays: a beam put in another's place does not jump. */
    const cph_states_config config = {
        .states = &d->states, .elements = d->image.elements, .weights = d->w, .trials = 1};
    cph_status status = CPH_OK;
    if (!cph_states_recognise(&d->states, d->image.elements, d->w, d->state))
        status = cph_states_choose(&config, d->state, d->w, &to->result);
    to->beam = d->beams->index[b];
    if (status == CPH_ERR_SINGULAR)
        return cph_fail(error, status, "%s: beam %zu: the states cannot form it",
                        d->options->cli.input, to->beam);
    if (status != CPH_OK)
        return cph_fail(error, status, "%s: beam %zu: %s", d->options->cli.input, to->beam,
                        status == CPH_ERR_TOO_FEW ? "all weights are 0" : cph_status_name(status));
    status = take_codes(d, b, error);
    if (status != CPH_OK)
        return status;
    status = cph_fw_image_set(d->memory, d->bytes, b, d->code);
    return status == CPH_OK ? status : cph_fail(error, status, "%s", cph_status_name(status));
}

static cph_status make_image(image_desk *d, cph_exported *done, cph_error *error)
{
    for (size_t word = 0; 32 * word < d->image.elements; word++)
        done->flagged += cph_export_dead(d->options, d->beams, word, &d->dead[word]);
    cph_status status = cph_fw_image_init(&d->image, d->dead, d->memory, d->bytes);
    if (status != CPH_OK)
        return cph_fail(error, status, "%s", cph_status_name(status));
    cph_exported_beam *beam = calloc(d->image.beams, sizeof *beam);
    if (beam == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "out of memory");
    for (size_t b = 0; status == CPH_OK && b < d->image.beams; b++)
        status = put_beam(d, b, &beam[b], error);
    done->beam = beam;
    return status;
}

cph_status cph_export_image(const cph_export_options *options, const cph_export_beams *beams,
                            FILE *file, cph_exported *done, cph_error *error)
{
    const cph_fw_layout layout = cph_export_layout(options);
    image_desk d = {.options = options,
                    .beams = beams,
                    .image = {.chip = {.layout = layout,
                                       .bits = layout == CPH_FW_LAYOUT_PACKED
                                                   ? (uint8_t)cph_image_bits(&options->image)
                                                   : 0,
                                       .delay = options->image.delay,
                                       .attenuator_low = options->image.attenuator_low},
                              .elements = beams->weights->array.elements,
                              .beams = beams->count,
                              .transmit = beams->weights->path == CPH_GAIN_TRANSMIT}};
    cph_status status = desk_make(&d, error);
    if (status == CPH_OK)
        status = make_image(&d, done, error);
    if (status == CPH_OK) {
        done->rows = d.image.elements;
        done->beams = d.image.beams;
        done->beam_bytes = cph_fw_beam_size(&d.image.chip, d.image.elements);
        done->bytes = d.bytes;
        status = cph_fw_image_crc(d.memory, d.bytes, &done->crc);
        if (status != CPH_OK)
            (void)cph_fail(error, status, "%s", cph_status_name(status));
        fwrite(d.memory, 1, d.bytes, file); /* faults are found when it is completed */
    }
    desk_free(&d);
    return status;
}
