/* SPDX-License-Identifier: MIT */
/* Spectra of directions, with the sources marked. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/doa_find.h"
#include "cli/plot/plot.h"
#include "kernels/core/fail.h"
#include "kernels/core/vec3.h"

/* Points along a line of elements; decibels below the highest that are shown. */
enum { POINTS = 3601 };
static const double range_db = 60.0;
static const double degree = M_PI / 180.0;

static const char *name_of(cph_doa_method method)
{
    static const char *const names[CPH_DOA_METHODS] = {[CPH_DOA_BARTLETT] = "Bartlett spectrum",
                                                       [CPH_DOA_CAPON] = "Capon spectrum",
                                                       [CPH_DOA_MUSIC] = "MUSIC spectrum"};
    return names[method];
}

typedef struct heading {
    char title[100], subtitle[400], unit[100];
} heading;

static void write_heading(const cph_doa_options *o, const cph_input *input,
                          const cph_doa_found *made, cph_doa_method method, heading *h)
{
    const char *slash = strrchr(o->cli.input, '/');
    char what[100];
    cph_doa_describe(input, made, sizeof what, what);
    snprintf(h->title, sizeof h->title, "Directions: %s, %zu sources", cph_doa_way_name(o->way),
             made->found);
    snprintf(h->subtitle, sizeof h->subtitle, "%s, %s", slash != NULL ? slash + 1 : o->cli.input,
             what);
    snprintf(h->unit, sizeof h->unit, "%s (dB)", name_of(method));
}

static double along_line(const double axis[3], const double u[3])
{
    return asin(fmin(fmax(cph_dot3(axis, u), -1.0), 1.0)) / degree;
}

/* value [POINTS], angle [POINTS], mark [found]. */
static cph_status draw_line(const cph_doa_options *o, const cph_doa_found *made,
                            const cph_doa_spectrum *spectrum, const heading *h, double *value,
                            double *angle, double *mark, cph_error *error)
{
    double axis[3] = {0.0, 0.0, 0.0};
    (void)cph_doa_line(made->averaged, axis);
    const cph_status status =
        cph_doa_line_spectrum(made->averaged, spectrum, POINTS, 1.0, value, error);
    if (status != CPH_OK)
        return status;
    for (size_t i = 0; i < POINTS; i++) {
        value[i] = 10.0 * log10(value[i]);
        angle[i] = asin(-1.0 + 2.0 * (double)i / (POINTS - 1)) / degree;
    }
    for (size_t s = 0; s < made->found; s++)
        mark[s] = along_line(axis, made->estimate[s].direction);
    const cph_curve curve = {.points = POINTS, .x = angle, .y = value};
    const cph_curve_plot plot = {.title = h->title,
                                 .subtitle = h->subtitle,
                                 .x_label = "Angle from broadside along the line (degrees)",
                                 .y_label = h->unit,
                                 .degrees = true,
                                 .x_low = -90.0,
                                 .x_high = 90.0,
                                 .y_least = range_db,
                                 .curves = 1,
                                 .curve = &curve,
                                 .marks = made->found,
                                 .mark = mark,
                                 .level = NAN};
    return cph_plot_curves(o->cli.plot, &plot, error);
}

/* image [grid][grid], peak [found]. */
static cph_status draw_image(const cph_doa_options *o, const cph_array *array,
                             const cph_doa_found *made, const cph_doa_spectrum *spectrum,
                             const heading *h, size_t grid, double *image, cph_scan_peak *peak,
                             cph_error *error)
{
    const cph_status status =
        cph_doa_image(made->averaged, spectrum, grid, 1.0, false, image, error);
    if (status != CPH_OK)
        return status;
    for (size_t i = 0; i < grid * grid; i++)
        image[i] = 10.0 * log10(image[i]);
    for (size_t s = 0; s < made->found; s++)
        peak[s] = (cph_scan_peak){.u = made->estimate[s].direction[0],
                                  .v = made->estimate[s].direction[1],
                                  .snr = 10.0 * log10(made->estimate[s].snr)};
    const cph_scan_plot plot = {.title = h->title,
                                .subtitle = h->subtitle,
                                .grid = grid,
                                .image = image,
                                .peaks = made->found,
                                .peak = peak,
                                .array_to_enu =
                                    array->has_array_to_enu ? array->array_to_enu : NULL,
                                .unit = h->unit,
                                .range = range_db,
                                .snr_name = "snr dB"};
    return cph_plot_scan(o->cli.plot, &plot, error);
}

cph_status cph_doa_draw(const cph_doa_options *o, const cph_input *input, const cph_doa_found *made,
                        cph_error *error)
{
    const cph_doa_spectrum spectrum = cph_doa_way_spectrum(o, made->sources);
    const bool line = cph_doa_line(made->averaged, NULL);
    const size_t grid = o->grid > 0 ? o->grid : cph_doa_grid(made->averaged);
    heading h;
    write_heading(o, input, made, spectrum.method, &h);
    double *value = calloc(line ? 2 * (size_t)POINTS : grid * grid, sizeof *value);
    double *mark = calloc(made->found + 1, sizeof *mark);
    cph_scan_peak *peak = calloc(made->found + 1, sizeof *peak);
    cph_status status = CPH_OK;
    if (value == NULL || mark == NULL || peak == NULL)
        status = cph_fail(error, CPH_ERR_MEMORY, "picture: out of memory");
    else if (line)
        status = draw_line(o, made, &spectrum, &h, value, value + POINTS, mark, error);
    else
        status =
            draw_image(o, &input->header->array, made, &spectrum, &h, grid, value, peak, error);
    free(value);
    free(mark);
    free(peak);
    return status;
}
