/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/plot/plot.h"
#include "cli/plot/uv_cairo.h"
#include "cophase/array.h"
#include "kernels/core/fail.h"

static const double degree = 3.14159265358979323846 / 180;

/* Degrees; NaN for a peak outside the visible region. */
static void peak_direction(const double *array_to_enu, double u, double v, double azel_deg[2])
{
    double direction[3], enu[3];
    azel_deg[0] = azel_deg[1] = NAN;
    if (cph_direction_from_uv(u, v, direction) != CPH_OK)
        return;
    if (array_to_enu == NULL) {
        cph_direction_to_azel(direction, &azel_deg[0], &azel_deg[1]);
    } else {
        cph_array frame = {.has_array_to_enu = true};
        memcpy(frame.array_to_enu, array_to_enu, sizeof frame.array_to_enu);
        if (cph_direction_array_to_enu(&frame, direction, enu) != CPH_OK)
            return;
        cph_direction_enu_to_sky(enu, &azel_deg[0], &azel_deg[1]);
    }
    azel_deg[0] /= degree;
    azel_deg[1] /= degree;
}

static void list_peaks(const cph_scan_plot *plot, cph_uv_picture *picture)
{
    enum { MOST = 12 };
    static const char *const head[] = {"peak", "az (\u00b0)", "el (\u00b0)", "snr"};
    static const double column[] = {0, 88, 140, 190};
    for (size_t c = 0; c < CPH_UV_COLUMNS; c++) {
        picture->column[c] = column[c];
        snprintf(picture->table[0][c], CPH_UV_CELL, "%s",
                 c + 1 == CPH_UV_COLUMNS && plot->unit != NULL ? plot->snr_name : head[c]);
    }
    picture->columns = CPH_UV_COLUMNS;
    picture->marks = plot->peaks < MOST ? plot->peaks : MOST;
    picture->rows = picture->marks > 0 ? picture->marks + 1 : 0;
    for (size_t i = 0; i < picture->marks; i++) {
        const cph_scan_peak *peak = &plot->peak[i];
        cph_uv_mark *mark = &picture->mark[i];
        char(*row)[CPH_UV_CELL] = picture->table[i + 1];
        double azel[2];
        peak_direction(plot->array_to_enu, peak->u, peak->v, azel);
        mark->u = peak->u;
        mark->v = peak->v;
        snprintf(mark->label, sizeof mark->label, "%zu", i + 1);
        snprintf(row[0], CPH_UV_CELL, "%zu", i + 1);
        snprintf(row[1], CPH_UV_CELL, "%.1f", azel[0]);
        snprintf(row[2], CPH_UV_CELL, "%.1f", azel[1]);
        snprintf(row[3], CPH_UV_CELL, "%.1f", peak->snr);
    }
}

/* Colours of the image over its deviation: steps of a standard deviation stay visible beside peaks
 * of any height. */
static cph_status shade_snr(const cph_scan_plot *plot, cph_uv_picture *picture, cph_error *error)
{
    for (size_t i = 0; i < plot->grid * plot->grid; i++)
        picture->value[i] = (float)(plot->image[i] / plot->deviation);
    picture->unit = "snr (image / its standard deviation)";
    picture->shades.knee = 1;
    return cph_uv_range(picture, &picture->shades.low, &picture->shades.high, error);
}

static cph_status shade_unit(const cph_scan_plot *plot, cph_uv_picture *picture, cph_error *error)
{
    for (size_t i = 0; i < plot->grid * plot->grid; i++)
        picture->value[i] = (float)plot->image[i];
    picture->unit = plot->unit;
    const cph_status status =
        cph_uv_range(picture, &picture->shades.low, &picture->shades.high, error);
    picture->shades.low = fmax(picture->shades.low, picture->shades.high - plot->range);
    return status;
}

cph_status cph_plot_scan(const char *path, const cph_scan_plot *plot, cph_error *error)
{
    cph_uv_picture picture;
    if (plot->unit == NULL && (!(plot->deviation > 0) || !isfinite(plot->deviation)))
        return cph_fail(error, CPH_ERR_NOT_FINITE,
                        "picture of the scan: its standard deviation is %g, expected above 0",
                        plot->deviation);
    cph_status status = cph_uv_create(plot->grid, &picture, error);
    if (status != CPH_OK)
        return status;
    picture.title = plot->title;
    picture.subtitle = plot->subtitle;
    picture.array_to_enu = plot->array_to_enu;
    list_peaks(plot, &picture);
    status =
        plot->unit == NULL ? shade_snr(plot, &picture, error) : shade_unit(plot, &picture, error);
    if (status == CPH_OK && !(picture.shades.high > picture.shades.low))
        picture.shades.high = picture.shades.low + 1;
    if (status == CPH_OK)
        status = cph_uv_draw(path, &picture, error);
    cph_uv_free(&picture);
    return status;
}
