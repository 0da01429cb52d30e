/* SPDX-License-Identifier: MIT */
/* Gains of a calibration at the places of their elements, and their standard errors. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/picture.h"
#include "cli/plot/plot.h"

enum { MOST = 2 }; /* polarisations */
static const double degree = 0.017453292519943295769;

/* Of the good; NaN without any. */
typedef struct summary {
    double most, middle;
} summary;

/* One polarisation of one solution. */
typedef struct part {
    const cph_selection *selection;
    char subtitle[400], name[2][40];
    uint32_t *number;
    cph_c64 *gain;
    unsigned char *flag;
    double *index, *sigma[2]; /* of phase and amplitude, % of the gain */
    double *scratch;
    double wavelength_m;
    size_t good;
    summary of[2]; /* of sigma */
} part;

static void part_free(part *p)
{
    free(p->number);
    free(p->gain);
    free(p->flag);
    free(p->index);
    free(p->sigma[0]);
    free(p->sigma[1]);
    free(p->scratch);
}

static bool part_make(part *p, const cph_selection *selection)
{
    const size_t n = selection->elements;
    p->selection = selection;
    p->number = calloc(n, sizeof *p->number);
    p->gain = calloc(n, sizeof *p->gain);
    p->flag = calloc(n, sizeof *p->flag);
    p->index = calloc(n, sizeof *p->index);
    p->sigma[0] = calloc(n, sizeof *p->sigma[0]);
    p->sigma[1] = calloc(n, sizeof *p->sigma[1]);
    p->scratch = calloc(n, sizeof *p->scratch);
    return p->number != NULL && p->gain != NULL && p->flag != NULL && p->index != NULL &&
           p->sigma[0] != NULL && p->sigma[1] != NULL && p->scratch != NULL;
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static summary summarise(const double *value, size_t count, double *scratch)
{
    size_t used = 0;
    for (size_t i = 0; i < count; i++)
        if (isfinite(value[i]))
            scratch[used++] = value[i];
    if (used > 0)
        qsort(scratch, used, sizeof *scratch, ascending);
    return used > 0 ? (summary){scratch[used - 1], scratch[used / 2]} : (summary){NAN, NAN};
}

static void fill(const cph_picture_options *o, const cph_calibration *c, part *p)
{
    const cph_selection *const s = p->selection;
    const size_t base = (o->time * c->channels + o->channel) * c->array.elements;
    const char polarization[] = {s->polarization, s->polarization != 0 ? ' ' : '\0', '\0'};
    for (size_t n = 0; n < s->elements; n++) {
        const size_t at = base + s->index[n];
        p->number[n] = s->array.element[n].number;
        p->gain[n] = c->gain[at];
        p->flag[n] = s->flag[n] != CPH_FLAG_NONE ? s->flag[n] : c->flag[at];
        const bool good = p->flag[n] == CPH_FLAG_NONE;
        p->index[n] = (double)n;
        p->sigma[0][n] = good ? 100.0 * c->phase_sigma[at] : NAN;
        p->sigma[1][n] = good ? 100.0 * c->amplitude_sigma[at] : NAN;
        p->good += good;
    }
    p->wavelength_m = CPH_SPEED_OF_LIGHT / c->channel_freq_hz[o->channel];
    p->of[0] = summarise(p->sigma[0], s->elements, p->scratch);
    p->of[1] = summarise(p->sigma[1], s->elements, p->scratch);
    snprintf(p->name[0], sizeof p->name[0], "%sphase (1 %% is 0.573\u00b0)", polarization);
    snprintf(p->name[1], sizeof p->name[1], "%samplitude", polarization);
    snprintf(p->subtitle, sizeof p->subtitle, "%s, %s%.6g MHz", cph_picture_subject(o),
             polarization, 1e-6 * c->channel_freq_hz[o->channel]);
}

/* ---- drawn ---- */

static cph_exit draw_gains(const cph_picture_options *o, const part *p, size_t parts)
{
    cph_gain_plot plot[MOST];
    cph_error error = {.status = CPH_OK};
    for (size_t i = 0; i < parts; i++) {
        plot[i] = (cph_gain_plot){.title = "Gains",
                                  .subtitle = p[i].subtitle,
                                  .elements = p[i].selection->elements,
                                  .position = p[i].selection->position,
                                  .number = p[i].number,
                                  .gain = p[i].gain,
                                  .flag = p[i].flag,
                                  .wavelength_m = p[i].wavelength_m,
                                  .stacked = o->stacked};
        if (p[i].selection->position == NULL)
            return cph_report_line(o->cli.name, CPH_EXIT_INPUT, "%s: has no positions",
                                   o->cli.input);
    }
    return cph_plot_gains(o->cli.output, plot, parts, &error) == CPH_OK
               ? CPH_EXIT_DONE
               : cph_report(o->cli.name, &error);
}

static cph_exit draw_errors(const cph_picture_options *o, const part *p, size_t parts)
{
    cph_curve curve[2 * MOST];
    cph_error error = {.status = CPH_OK};
    size_t most = 1;
    for (size_t i = 0; i < 2 * parts; i++) {
        const size_t elements = p[i / 2].selection->elements;
        curve[i] = (cph_curve){.name = p[i / 2].name[i % 2],
                               .points = elements,
                               .x = p[i / 2].index,
                               .y = p[i / 2].sigma[i % 2],
                               .dots = true,
                               .rim = i % 2 > 0};
        most = elements > most ? elements : most;
    }
    const cph_curve_plot plot = {.title = "Standard errors of the gains",
                                 .subtitle = p[0].subtitle,
                                 .x_label = "Element, in the order of the file",
                                 .y_label = "Standard error (% of the gain)",
                                 .x_low = -1.0,
                                 .x_high = (double)most,
                                 .y_least = INFINITY,
                                 .curves = 2 * parts,
                                 .curve = curve,
                                 .level = NAN};
    return cph_plot_curves(o->cli.output, &plot, &error) == CPH_OK
               ? CPH_EXIT_DONE
               : cph_report(o->cli.name, &error);
}

/* ---- told ---- */

static json_t *json_of(const part *p)
{
    const char polarization[] = {p->selection->polarization, '\0'};
    json_t *one = json_object();
    cph_json_set_text(one, "polarization", polarization[0] != '\0' ? polarization : NULL);
    cph_json_set_count(one, "elements", p->selection->elements);
    cph_json_set_count(one, "good", p->good);
    cph_json_set_number(one, "phase_sigma_median_deg", 0.01 * p->of[0].middle / degree);
    cph_json_set_number(one, "phase_sigma_max_deg", 0.01 * p->of[0].most / degree);
    cph_json_set_number(one, "amplitude_sigma_median", 0.01 * p->of[1].middle);
    cph_json_set_number(one, "amplitude_sigma_max", 0.01 * p->of[1].most);
    return one;
}

static void print(const part *p)
{
    printf("%s%zu of %zu elements good, standard errors of phase %.3g deg (worst %.3g), of "
           "amplitude %.3g (worst %.3g)\n",
           p->selection->polarization == 'X'   ? "X: "
           : p->selection->polarization == 'Y' ? "Y: "
                                               : "",
           p->good, p->selection->elements, 0.01 * p->of[0].middle / degree,
           0.01 * p->of[0].most / degree, 0.01 * p->of[1].middle, 0.01 * p->of[1].most);
}

typedef cph_exit drawing(const cph_picture_options *o, const part *p, size_t parts);

static cph_exit draw_all(const cph_picture_options *o, const cph_input *input,
                         const cph_calibration *c, drawing *drawn, json_t *object)
{
    part p[MOST] = {{.good = 0}};
    size_t parts = 0;
    json_t *list = json_array();
    cph_exit code = CPH_EXIT_DONE;
    for (; parts < input->selections && parts < MOST && code == CPH_EXIT_DONE; parts++) {
        part *const one = &p[parts];
        code = part_make(one, &input->selection[parts]) ? CPH_EXIT_DONE
                                                        : cph_report_memory(o->cli.name);
        if (code == CPH_EXIT_DONE)
            fill(o, c, one);
    }
    if (code == CPH_EXIT_DONE)
        code = drawn(o, p, parts);
    for (size_t i = 0; i < parts && code == CPH_EXIT_DONE; i++) {
        cph_json_append(list, json_of(&p[i]));
        if (!o->cli.json)
            print(&p[i]);
    }
    for (size_t i = 0; i < MOST; i++)
        part_free(&p[i]);
    cph_json_set_number(object, "freq_hz", c->channel_freq_hz[o->channel]);
    cph_json_set_text(object, "gauge", c->gauge);
    cph_json_set(object, "parts", list);
    return code;
}

static cph_exit read_and_draw(const cph_picture_options *o, const cph_input *input, drawing *drawn,
                              json_t *object)
{
    cph_calibration c = {.times = 0};
    cph_error error = {.status = CPH_OK};
    cph_exit code =
        cph_report_index(o->cli.name, "--time", o->time, o->cli.input, input->header->times);
    if (code == CPH_EXIT_DONE)
        code = cph_report_index(o->cli.name, "--channel", o->channel, o->cli.input,
                                input->header->channels);
    if (code != CPH_EXIT_DONE)
        return code;
    if (cph_calibration_read(o->cli.input, &c, &error) != CPH_OK)
        return cph_report_input(o->cli.name, &error);
    code = draw_all(o, input, &c, drawn, object);
    cph_calibration_free(&c);
    return code;
}

cph_exit cph_picture_gains(const cph_picture_options *o, const cph_input *input, json_t *object)
{
    return read_and_draw(o, input, draw_gains, object);
}

cph_exit cph_picture_errors(const cph_picture_options *o, const cph_input *input, json_t *object)
{
    return read_and_draw(o, input, draw_errors, object);
}
