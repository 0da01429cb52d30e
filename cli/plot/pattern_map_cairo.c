/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include "cli/plot/plot.h"
#include "cli/plot/uv_cairo.h"
#include "cophase/array.h"
#include "kernels/core/fail.h"

static const double degree = 3.14159265358979323846 / 180;

CPH_PRINTF(3, 4)
static void add_row(cph_uv_picture *picture, const char *name, const char *format, ...)
{
    va_list values;
    if (picture->rows == CPH_UV_ROWS)
        return;
    char(*row)[CPH_UV_CELL] = picture->table[picture->rows++];
    snprintf(row[0], CPH_UV_CELL, "%s", name);
    va_start(values, format);
    vsnprintf(row[1], CPH_UV_CELL, format, values);
    va_end(values);
}

static void add_mark(cph_uv_picture *picture, const double direction[3], const char *label)
{
    /* The map is of the hemisphere before the array. */
    if (!(direction[2] >= 0))
        return;
    cph_uv_mark *mark = &picture->mark[picture->marks++];
    mark->u = direction[0];
    mark->v = direction[1];
    if (picture->angles) {
        cph_direction_to_azel(direction, &mark->u, &mark->v);
        mark->u /= degree;
        mark->v /= degree;
    }
    snprintf(mark->label, sizeof mark->label, "%s", label);
}

static void list_metrics(const cph_pattern_metrics *m, cph_uv_picture *picture)
{
    double az, el;
    cph_direction_to_azel(m->peak, &az, &el);
    picture->columns = 2;
    picture->column[1] = 196;
    add_row(picture, "Beam", "%s", "");
    add_row(picture, "Directivity", "%.2f dB", m->directivity_db);
    for (size_t i = 0; i < m->planes; i++)
        if (isfinite(m->hpbw_rad[i]))
            add_row(picture, i == 0 ? "Beamwidth" : "  across", "%.2f\u00b0",
                    m->hpbw_rad[i] / degree);
    add_row(picture, "1: peak, azimuth", "%.2f\u00b0", az / degree);
    add_row(picture, "    elevation", "%.2f\u00b0", el / degree);
    add_mark(picture, m->peak, "1");
    if (!isfinite(m->psll_db))
        return;
    add_row(picture, "2: highest sidelobe", "%.2f dB", m->psll_db);
    add_mark(picture, m->psll_at, "2");
}

cph_status cph_plot_pattern_map(const char *path, const cph_pattern_plot *plot, cph_error *error)
{
    cph_uv_picture picture;
    double low, high;
    if (!(plot->range_db > 0) || !isfinite(plot->range_db))
        return cph_fail(error, CPH_ERR_ARGUMENT,
                        "picture of the pattern: a range of %g dB, expected above 0",
                        plot->range_db);
    cph_status status = cph_uv_create(plot->grid, &picture, error);
    if (status != CPH_OK)
        return status;
    for (size_t i = 0; i < plot->grid * plot->grid; i++)
        picture.value[i] = plot->power_db[i];
    picture.title = plot->title;
    picture.subtitle = plot->subtitle;
    picture.angles = plot->angles;
    picture.shades.low = -plot->range_db;
    picture.unit = "Power relative to the peak (dB)";
    if (plot->metrics != NULL)
        list_metrics(plot->metrics, &picture);
    status = cph_uv_range(&picture, &low, &high, error);
    if (status == CPH_OK)
        status = cph_uv_draw(path, &picture, error);
    cph_uv_free(&picture);
    return status;
}
