/* SPDX-License-Identifier: MIT */
#include "cli/plot/sky_cairo.h"

#include <math.h>

#include "cophase/array.h"
#include "kernels/core/vec3.h"

static const double degree = 3.14159265358979323846 / 180;
static const double identity[9] = {1, 0, 0, 0, 1, 0, 0, 0, 1};

/* Direction in the array frame; array_to_enu is a rotation, its inverse the transpose. */
static void direction(const double *array_to_enu, double az_deg, double el_deg, double u[3])
{
    double enu[3];
    cph_direction_sky_to_enu(az_deg * degree, el_deg * degree, enu);
    cph_rotate_back3(array_to_enu, enu, u);
}

/* From (az, el) in steps of (daz, del); only what stands before the array. */
static void trace(cairo_t *cr, const cph_axes *axes, const double *array_to_enu, double az,
                  double el, double daz, double del, int steps)
{
    bool pen = false;
    for (int i = 0; i <= steps; i++) {
        double u[3];
        direction(array_to_enu, az + i * daz, el + i * del, u);
        double x = cph_axes_px(axes, u[0]), y = cph_axes_py(axes, u[1]);
        if (u[2] < 0)
            pen = false;
        else if (pen)
            cairo_line_to(cr, x, y);
        else
            cairo_move_to(cr, x, y), pen = true;
    }
}

/* White with a dark rim shows on every colour of the map and on white. */
static void stroke_lines(cairo_t *cr)
{
    cairo_set_source_rgba(cr, 0, 0, 0, 0.25);
    cairo_set_line_width(cr, 2);
    cairo_stroke_preserve(cr);
    cairo_set_source_rgba(cr, 1, 1, 1, 0.55);
    cairo_set_line_width(cr, 1);
    cairo_stroke(cr);
}

static void label_circle(cairo_t *cr, const cph_axes *axes, const double *array_to_enu, double el,
                         const char *label)
{
    double u[3];
    direction(array_to_enu, 157.5, el, u);
    if (u[2] > 0)
        cph_text(cr, cph_axes_px(axes, u[0]), cph_axes_py(axes, u[1]),
                 &(cph_text_style){.align = 0.5, .valign = 0.5, .colour = cph_white, .halo = true},
                 label);
}

static void label_cardinals(cairo_t *cr, const cph_axes *axes, const double *array_to_enu)
{
    static const char *const names[] = {"N", "E", "S", "W"};
    for (int i = 0; i < 4; i++) {
        double u[3];
        direction(array_to_enu, 90 * i, 0, u);
        double radius = hypot(u[0], u[1]), out = radius + 0.065;
        /* Rounding may leave the horizon a little behind the array. */
        if (u[2] < -1e-9 || !(radius > 0))
            continue;
        cph_text(
            cr, cph_axes_px(axes, u[0] * out / radius), cph_axes_py(axes, u[1] * out / radius),
            &(cph_text_style){.align = 0.5, .valign = 0.5, .size = 13, .bold = true, .halo = true},
            names[i]);
    }
}

void cph_sky_grid(cairo_t *cr, const cph_axes *axes, const double *array_to_enu)
{
    const double *frame = array_to_enu != NULL ? array_to_enu : identity;
    for (int el = 30; el <= 60; el += 30) {
        trace(cr, axes, frame, 0, el, 2, 0, 180);
        stroke_lines(cr);
    }
    for (int az = 0; array_to_enu != NULL && az < 360; az += 45) {
        trace(cr, axes, frame, az, 0, 0, 2, 40);
        stroke_lines(cr);
    }
    cairo_arc(cr, cph_axes_px(axes, 0), cph_axes_py(axes, 0),
              cph_axes_px(axes, 1) - cph_axes_px(axes, 0), 0, 360 * degree);
    cph_set_colour(cr, cph_grey);
    cairo_set_line_width(cr, 1);
    cairo_stroke(cr);
    if (array_to_enu == NULL) {
        label_circle(cr, axes, frame, 60, "\u03b8 = 30\u00b0");
        label_circle(cr, axes, frame, 30, "\u03b8 = 60\u00b0");
    } else {
        label_circle(cr, axes, frame, 60, "el 60\u00b0");
        label_circle(cr, axes, frame, 30, "el 30\u00b0");
        label_cardinals(cr, axes, frame);
    }
}
