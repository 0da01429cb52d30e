/* SPDX-License-Identifier: MIT */
/* Where the elements of an array stand, and the baselines between them. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/picture.h"
#include "cli/plot/plot.h"

/* Flags of a calibration's first solution; of other files their own list. */
static cph_exit add_flags(const cph_picture_options *o, const cph_input *input,
                          const cph_selection *s, unsigned char *flag)
{
    cph_calibration c = {.times = 0};
    cph_error error = {.status = CPH_OK};
    memcpy(flag, s->flag, s->elements);
    if (input->header->kind != CPH_KIND_CALIBRATION)
        return CPH_EXIT_DONE;
    if (cph_calibration_read(o->cli.input, &c, &error) != CPH_OK)
        return cph_report_input(o->cli.name, &error);
    for (size_t n = 0; n < s->elements; n++)
        if (flag[n] == CPH_FLAG_NONE)
            flag[n] = c.flag[s->index[n]];
    cph_calibration_free(&c);
    return CPH_EXIT_DONE;
}

static double wavelength_of(const cph_input *input)
{
    const double freq_hz = input->header->channel_freq_hz[input->header->channels / 2];
    return freq_hz > 0.0 ? CPH_SPEED_OF_LIGHT / freq_hz : 0.0;
}

static void tell(const cph_picture_options *o, const cph_selection *s, json_t *object)
{
    cph_json_set_count(object, "elements", s->elements);
    if (!o->cli.json)
        printf("%zu elements\n", s->elements);
}

static void fill(const cph_selection *s, uint32_t *number, cph_c64 *gain)
{
    for (size_t n = 0; n < s->elements; n++) {
        number[n] = s->array.element[n].number;
        gain[n] = (cph_c64){1.0, 0.0};
    }
}

static cph_exit draw_map(const cph_picture_options *o, const cph_input *input,
                         const cph_selection *s, const char *subtitle)
{
    uint32_t *number = calloc(s->elements, sizeof *number);
    unsigned char *flag = calloc(s->elements, sizeof *flag);
    cph_c64 *gain = calloc(s->elements, sizeof *gain);
    cph_error error = {.status = CPH_OK};
    cph_exit code = CPH_EXIT_DONE;
    if (number == NULL || flag == NULL || gain == NULL) {
        code = cph_report_memory(o->cli.name);
    } else {
        fill(s, number, gain);
        code = add_flags(o, input, s, flag);
    }
    const cph_gain_plot plot = {.title = "Places of the elements",
                                .subtitle = subtitle,
                                .elements = s->elements,
                                .position = s->position,
                                .number = number,
                                .gain = gain,
                                .flag = flag,
                                .wavelength_m = wavelength_of(input),
                                .places = true};
    if (code == CPH_EXIT_DONE && cph_plot_gains(o->cli.output, &plot, 1, &error) != CPH_OK)
        code = cph_report(o->cli.name, &error);
    free(number);
    free(flag);
    free(gain);
    return code;
}

/* Elements of two polarisations stand in the same places: those of the first are drawn. */
cph_exit cph_picture_array(const cph_picture_options *o, const cph_input *input, json_t *object)
{
    const cph_selection *const s = &input->selection[0];
    const cph_exit code = draw_map(o, input, s, cph_picture_subject(o));
    if (code == CPH_EXIT_DONE)
        tell(o, s, object);
    return code;
}

cph_exit cph_picture_baselines(const cph_picture_options *o, const cph_input *input, json_t *object)
{
    const cph_selection *const s = &input->selection[0];
    cph_error error = {.status = CPH_OK};
    const cph_baseline_plot plot = {.title = "Baselines",
                                    .subtitle = cph_picture_subject(o),
                                    .elements = s->elements,
                                    .position = s->position,
                                    .wavelength_m = wavelength_of(input)};
    if (cph_plot_baselines(o->cli.output, &plot, &error) != CPH_OK)
        return cph_report(o->cli.name, &error);
    tell(o, s, object);
    return CPH_EXIT_DONE;
}
