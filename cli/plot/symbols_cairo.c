/* SPDX-License-Identifier: MIT */
#include "cli/plot/symbols_cairo.h"

#include <stdio.h>

/* Corners in units of the radius; a polygon is closed, a pair of points is a line. */
enum { POLYGONS = 3, CORNERS = 8 };
typedef struct symbol {
    bool solid;
    struct {
        int corners;
        double at[CORNERS][2];
    } part[POLYGONS];
} symbol;

static const symbol symbols[CPH_FLAG_COUNT] = {
    [CPH_FLAG_LISTED] = {.part = {{4, {{-.7, -.7}, {.7, -.7}, {.7, .7}, {-.7, .7}}}}},
    [CPH_FLAG_EXCLUDED] = {.part = {{2, {{-1, 0}, {1, 0}}}, {2, {{0, -1}, {0, 1}}}}},
    [CPH_FLAG_DEAD] = {.part = {{2, {{-.75, -.75}, {.75, .75}}}, {2, {{-.75, .75}, {.75, -.75}}}}},
    [CPH_FLAG_WEAK] = {.part = {{3, {{-.87, -.5}, {.87, -.5}, {0, 1}}}}},
    [CPH_FLAG_HOT] = {.solid = true, .part = {{3, {{-.87, .5}, {.87, .5}, {0, -1}}}}},
    [CPH_FLAG_SATURATED] = {.solid = true, .part = {{4, {{0, -1}, {1, 0}, {0, 1}, {-1, 0}}}}},
    [CPH_FLAG_NOT_FINITE] = {.part = {{4, {{0, -1}, {1, 0}, {0, 1}, {-1, 0}}},
                                      {2, {{0, -.5}, {0, .5}}}}},
    [CPH_FLAG_UNSOLVED] = {.part = {{8,
                                     {{.92, .38},
                                      {.38, .92},
                                      {-.38, .92},
                                      {-.92, .38},
                                      {-.92, -.38},
                                      {-.38, -.92},
                                      {.38, -.92},
                                      {.92, -.38}}}}},
    [CPH_FLAG_INCONSISTENT] = {.solid = true,
                               .part = {{4, {{-.7, -.7}, {.7, -.7}, {.7, .7}, {-.7, .7}}}}},
};

/* Vermilion of the Okabe-Ito palette, darkened: neither colour map holds it. */
static const cph_rgb sign_colour = {0.75, 0.0, 0.10};

static void path(cairo_t *cr, const symbol *s, double x, double y, double radius)
{
    for (int p = 0; p < POLYGONS; p++) {
        cairo_new_sub_path(cr);
        for (int i = 0; i < s->part[p].corners; i++)
            cairo_line_to(cr, x + radius * s->part[p].at[i][0], y + radius * s->part[p].at[i][1]);
        if (s->part[p].corners > 0)
            cairo_close_path(cr);
    }
}

void cph_symbol(cairo_t *cr, cph_flag flag, double x, double y, double radius)
{
    const symbol *s = &symbols[flag];
    cairo_save(cr);
    path(cr, s, x, y, radius);
    cph_set_colour(cr, cph_white);
    cairo_set_line_width(cr, 4);
    cairo_stroke_preserve(cr);
    cph_set_colour(cr, s->solid ? sign_colour : cph_white);
    cairo_fill_preserve(cr);
    cph_set_colour(cr, sign_colour);
    cairo_set_line_width(cr, 1.6);
    cairo_stroke(cr);
    cairo_restore(cr);
}

void cph_symbol_legend(cairo_t *cr, double x, double y, const size_t count[CPH_FLAG_COUNT])
{
    enum { GAP = 24, SIGN = 6 };
    const cph_text_style style = {.valign = 0.5};
    char text[64];
    snprintf(text, sizeof text, "%zu good", count[CPH_FLAG_NONE]);
    cph_text(cr, x, y, &style, text);
    x += cph_text_width(cr, &style, text) + GAP;
    for (int f = CPH_FLAG_NONE + 1; f < CPH_FLAG_COUNT; f++) {
        if (count[f] == 0)
            continue;
        cph_symbol(cr, (cph_flag)f, x + SIGN, y, SIGN);
        snprintf(text, sizeof text, "%zu %s", count[f], cph_flag_name((cph_flag)f));
        cph_text(cr, x + 2 * SIGN + 6, y, &style, text);
        x += 2 * SIGN + 6 + cph_text_width(cr, &style, text) + GAP;
    }
}
