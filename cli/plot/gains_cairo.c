/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/plot/axes_cairo.h"
#include "cli/plot/bar_cairo.h"
#include "cli/plot/gain_marks.h"
#include "cli/plot/labels_cairo.h"
#include "cli/plot/symbols_cairo.h"
#include "kernels/core/fail.h"
#include "kernels/core/size.h"

/* px: LEFT and RIGHT of each panel, the colour bar inside RIGHT. RIM: inside it, round the
 * elements. */
enum { LEFT = 64, RIGHT = 96, TOP = 86, BELOW = 92, BETWEEN = 84, LEAST_HEIGHT = 170, RIM = 56 };
enum { MOST_FLAGGED = 1000 };
static const double largest_radius = 19, smallest_radius = 1.5, sign_radius = 5.5;

/* One sheet with what its two panels share. */
typedef struct sheet {
    cairo_t *cr;
    const cph_gain_plot *plot;
    const cph_gain_marks *marks;
    double unit;          /* of the axes, metres */
    double radius;        /* px of an element */
    double font;          /* px of numbers inside elements, 0: they do not fit */
    double width, height; /* px of the panels */
    cph_axis x, y;
} sheet;

typedef struct panel {
    double left, top;
    const char *name;
    const double *value; /* NULL: of places alone */
    cph_bar bar;         /* but its place */
} panel;

static void set_axis(cph_axis *axis, double middle, double span, double unit, const char *label)
{
    axis->low = (middle - span / 2) / unit;
    axis->high = (middle + span / 2) / unit;
    axis->label = label;
    axis->ticks = cph_ticks_make(CPH_TICKS_DECIMAL, axis->low, axis->high, 8);
}

/* Both axes have the same scale; flat arrays get a lower panel. */
static void set_axes(sheet *s, double width)
{
    const cph_gain_marks *m = s->marks;
    bool in_wavelengths = s->plot->wavelength_m > 0;
    double dx = m->high[0] - m->low[0], dy = m->high[1] - m->low[1], inner = width - RIM;
    s->unit = in_wavelengths ? s->plot->wavelength_m : 1;
    s->width = width;
    s->height = dx > 0 ? fmin(fmax(inner * dy / dx + RIM, LEAST_HEIGHT), width) : width;
    double metres_per_px = fmax(dx / inner, dy / (s->height - RIM));
    if (!(metres_per_px > 0))
        metres_per_px = s->unit / inner;
    s->radius = m->spacing > 0 ? 0.47 * m->spacing / metres_per_px : largest_radius;
    s->radius = fmin(fmax(s->radius, smallest_radius), largest_radius);
    set_axis(&s->x, (m->low[0] + m->high[0]) / 2, metres_per_px * s->width, s->unit,
             in_wavelengths ? "x (wavelengths)" : "x (m)");
    set_axis(&s->y, (m->low[1] + m->high[1]) / 2, metres_per_px * s->height, s->unit,
             in_wavelengths ? "y (wavelengths)" : "y (m)");
}

static void number_text(const sheet *s, size_t i, size_t size, char *text)
{
    snprintf(text, size, "%zu", s->plot->number != NULL ? (size_t)s->plot->number[i] : i);
}

/* Width of the widest number in units of its size. */
static double widest_number(cairo_t *cr, const sheet *s)
{
    char text[24];
    double widest = 0;
    for (size_t i = 0; i < s->plot->elements; i++) {
        number_text(s, i, sizeof text, text);
        widest = fmax(widest, cph_text_width(cr, &(cph_text_style){.size = 100}, text) / 100);
    }
    return widest;
}

/* The smallest sheet on which numbers can be read inside the elements; where there is none, the
 * smallest one. */
static void set_layout(sheet *s)
{
    enum { MOST_NUMBERS = 400 };
    static const double widths[] = {460, 640};
    const double least_font = 8;
    double widest = INFINITY;
    if (s->plot->elements <= MOST_NUMBERS) {
        cairo_surface_t *none = cairo_recording_surface_create(CAIRO_CONTENT_COLOR, NULL);
        cairo_t *cr = cairo_create(none);
        widest = widest_number(cr, s);
        cairo_destroy(cr);
        cairo_surface_destroy(none);
    }
    for (size_t i = 0; i < sizeof widths / sizeof widths[0]; i++) {
        set_axes(s, widths[i]);
        s->font = fmin(1.8 * s->radius / widest, CPH_FONT_SMALL);
        if (s->font >= least_font)
            return;
    }
    s->font = 0;
    set_axes(s, widths[0]);
}

static double place_x(const sheet *s, const cph_axes *axes, size_t i)
{
    return cph_axes_px(axes, s->plot->position[3 * i] / s->unit);
}

static double place_y(const sheet *s, const cph_axes *axes, size_t i)
{
    return cph_axes_py(axes, s->plot->position[3 * i + 1] / s->unit);
}

/* Shade of an element, SHADES for one without a value. */
enum { SHADES = 64 };
static int shade_of(const sheet *s, const panel *p, size_t i)
{
    if (s->marks->flag[i] != CPH_FLAG_NONE || p->value == NULL)
        return SHADES;
    double share = cph_shades_share(&p->bar.shades, p->value[i]);
    return (int)fmin(fmax(floor(share * SHADES), 0), SHADES - 1);
}

static cph_rgb colour_of(const panel *p, int shade)
{
    return shade == SHADES || p->value == NULL ? cph_white
                                               : p->bar.shades.map((shade + 0.5) / SHADES);
}

/* Round ends of lines of next to no length (some viewers leave out lines of none), all of a shade
 * in one path: a third of the bytes in SVG. */
static void draw_elements(const sheet *s, const panel *p, const cph_axes *axes)
{
    const double rim = s->radius > 3 ? 0.7 : 0.3;
    cairo_set_line_cap(s->cr, CAIRO_LINE_CAP_ROUND);
    for (int shade = -1; shade <= SHADES; shade++) {
        for (size_t i = 0; i < s->plot->elements; i++)
            if (shade == -1 || shade == shade_of(s, p, i)) {
                cairo_move_to(s->cr, place_x(s, axes, i), place_y(s, axes, i));
                cairo_rel_line_to(s->cr, 0.01, 0);
            }
        cph_set_colour(s->cr, shade == -1 ? cph_grey : colour_of(p, shade));
        cairo_set_line_width(s->cr, 2 * s->radius + (shade == -1 ? rim : -rim));
        cairo_stroke(s->cr);
    }
    cairo_set_line_cap(s->cr, CAIRO_LINE_CAP_BUTT);
}

static void draw_numbers(const sheet *s, const panel *p, const cph_axes *axes)
{
    char text[24];
    cph_text_style style = {.size = s->font, .align = 0.5, .valign = 0.5};
    for (size_t i = 0; i < s->plot->elements; i++) {
        const int shade = shade_of(s, p, i);
        const bool blank = shade == SHADES || p->value == NULL;
        style.colour = cph_rgb_lightness(colour_of(p, shade)) < 55 ? cph_white : cph_black;
        if (blank) /* ink on the sheet, not on a value's colour */
            style.colour = (cph_rgb){0, 0, 0};
        number_text(s, i, sizeof text, text);
        cph_text(s->cr, place_x(s, axes, i), place_y(s, axes, i), &style, text);
    }
}

static const double corners[4][2] = {{1, -1}, {-1, -1}, {1, 1}, {-1, 1}};

static double corner_x(const sheet *s, const cph_axes *axes, size_t i, size_t corner)
{
    return place_x(s, axes, i) + 0.95 * s->radius * corners[corner][0];
}

static double corner_y(const sheet *s, const cph_axes *axes, size_t i, size_t corner)
{
    return place_y(s, axes, i) + 0.95 * s->radius * corners[corner][1];
}

/* The corner of an element that is farthest from all others: a sign there hides least. */
static size_t free_corner(const sheet *s, const cph_axes *axes, size_t element)
{
    double best = -INFINITY;
    size_t found = 0;
    for (size_t c = 0; c < sizeof corners / sizeof corners[0]; c++) {
        double x = corner_x(s, axes, element, c), y = corner_y(s, axes, element, c);
        double nearest = INFINITY;
        for (size_t i = 0; i < s->plot->elements; i++)
            if (i != element)
                nearest = fmin(nearest, hypot(place_x(s, axes, i) - x, place_y(s, axes, i) - y));
        /* On lattices all corners are alike up to rounding: the first one then. */
        if (nearest > best + 0.1) {
            best = nearest;
            found = c;
        }
    }
    return found;
}

/* Signs at the corners of elements that hold their number. */
static void draw_corner_signs(const sheet *s, const cph_axes *axes)
{
    for (size_t i = 0; i < s->plot->elements; i++) {
        if (s->marks->flag[i] == CPH_FLAG_NONE)
            continue;
        size_t c = free_corner(s, axes, i);
        cph_symbol(s->cr, (cph_flag)s->marks->flag[i], corner_x(s, axes, i, c),
                   corner_y(s, axes, i, c), sign_radius);
    }
}

/* Signs in the place of elements, then numbers beside them, where they fit. */
static void draw_signs(const sheet *s, const cph_axes *axes, cph_labels *labels)
{
    char text[24];
    for (size_t i = 0; i < s->plot->elements; i++) {
        double x = place_x(s, axes, i), y = place_y(s, axes, i);
        if (s->marks->flag[i] == CPH_FLAG_NONE)
            continue;
        cph_symbol(s->cr, (cph_flag)s->marks->flag[i], x, y, sign_radius);
        cph_labels_keep_free(labels, x, y, sign_radius);
    }
    for (size_t i = 0; i < s->plot->elements; i++) {
        if (s->marks->flag[i] == CPH_FLAG_NONE)
            continue;
        number_text(s, i, sizeof text, text);
        cph_labels_write(s->cr, labels, place_x(s, axes, i), place_y(s, axes, i), sign_radius + 2,
                         &(cph_text_style){.size = CPH_FONT_SMALL, .halo = true}, text);
    }
}

static void draw_panel(const sheet *s, const panel *p, cph_labels *labels)
{
    cph_axes axes = {.left = p->left, .top = p->top, .width = s->width, .height = s->height};
    axes.x = s->x;
    axes.y = s->y;
    cph_bar bar = p->bar;
    bar.left = p->left + s->width + 16;
    bar.top = p->top + 10;
    bar.width = 14;
    bar.height = s->height - 20;

    cph_text(s->cr, p->left, p->top - 12, &(cph_text_style){.bold = true, .width = s->width},
             p->name);
    cph_axes_grid(s->cr, &axes);
    cph_axes_clip(s->cr, &axes);
    draw_elements(s, p, &axes);
    labels->count = 0;
    labels->limits = (cph_box){axes.left + 2, axes.top + 2, axes.left + axes.width - 2,
                               axes.top + axes.height - 2};
    if (s->font > 0) {
        draw_numbers(s, p, &axes);
        draw_corner_signs(s, &axes);
    } else {
        draw_signs(s, &axes, labels);
    }
    cairo_restore(s->cr);
    cph_axes_frame(s->cr, &axes);
    if (p->value != NULL)
        cph_bar_draw(s->cr, &bar);
}

/* Colours span the good elements, 12 dB about the median at most and 1 dB at least. */
static cph_bar gain_bar(const cph_gain_marks *marks)
{
    const double most = 12, least = 0.5;
    double a = fmin(fmax(marks->db_min, -most), -least), b = fmax(fmin(marks->db_max, most), least);
    double step = cph_ticks_make(CPH_TICKS_DECIMAL, a, b, 9).step;
    cph_shades shades = {.map = cph_colormap_sequential,
                         .low = step * floor(a / step + 1e-9),
                         .high = step * ceil(b / step - 1e-9)};
    return (cph_bar){.shades = shades,
                     .label = "Gain (dB)",
                     .below = marks->db_min<shades.low, .above = marks->db_max> shades.high};
}

/* Panels of a sheet, beside each other or, stacked, below. */
static size_t panels_of(const cph_gain_plot *plot)
{
    return plot->places ? 1 : 2;
}

static size_t columns_of(const cph_gain_plot *plot)
{
    return plot->stacked ? 1 : panels_of(plot);
}

static double lower(const sheet *s)
{
    return ceil(s->height + BETWEEN);
}

static void draw_sheet(const sheet *s, cph_labels *labels)
{
    char gain_name[80], phase_name[80], place_name[80];
    snprintf(gain_name, sizeof gain_name, "Gain (median 0 dB, spread %.2f dB rms)",
             s->marks->db_rms);
    snprintf(phase_name, sizeof phase_name, "Phase (spread %.1f\u00b0 rms)",
             s->marks->phase_rms_deg);
    snprintf(place_name, sizeof place_name, "%zu elements", s->plot->elements);
    const bool spread = isfinite(s->marks->db_rms), stacked = s->plot->stacked;
    const panel place = {.left = LEFT, .top = TOP, .name = place_name};
    const panel panels[] = {
        {.left = LEFT,
         .top = TOP,
         .name = spread ? gain_name : "Gain",
         .value = s->marks->db,
         .bar = gain_bar(s->marks)},
        {.left = stacked ? LEFT : LEFT + s->width + RIGHT + LEFT,
         .top = stacked ? TOP + lower(s) : TOP,
         .name = spread ? phase_name : "Phase",
         .value = s->marks->phase_deg,
         .bar = {.shades = {.map = cph_colormap_cyclic, .low = -180, .high = 180},
                 .ticks = CPH_TICKS_DEGREES,
                 .label = "Phase (degrees)"}},
    };
    const size_t count = panels_of(s->plot), columns = columns_of(s->plot);
    cph_headline(s->cr, LEFT, (double)columns * (s->width + RIGHT), s->plot->title,
                 s->plot->subtitle);
    for (size_t i = 0; i < count; i++)
        draw_panel(s, s->plot->places ? &place : &panels[i], labels);
    cph_symbol_legend(s->cr, LEFT, TOP + (double)(count - columns) * lower(s) + s->height + 70,
                      s->marks->count);
}

static double sheet_width(const sheet *s)
{
    return (double)columns_of(s->plot) * (LEFT + s->width + RIGHT);
}

static double sheet_height(const sheet *s)
{
    /* Whole pixels: lines of the sheet below stay sharp. */
    return ceil(TOP + (double)(panels_of(s->plot) - columns_of(s->plot)) * lower(s) + s->height +
                BELOW);
}

/* Labels: a box for each flagged element and one for its number, if they can be told apart at all.
 */
static cph_status draw_file(const char *path, sheet *s, size_t sheets, cph_error *error)
{
    cph_canvas *canvas = NULL;
    double width = 0, height = 0;
    size_t most = 0;
    for (size_t i = 0; i < sheets; i++) {
        width = fmax(width, sheet_width(&s[i]));
        height += sheet_height(&s[i]);
        most = s[i].plot->elements > most ? s[i].plot->elements : most;
    }
    cph_labels labels = {.capacity = 2 * cph_size_min(most, MOST_FLAGGED) + 1};
    labels.taken = calloc(labels.capacity, sizeof *labels.taken);
    if (labels.taken == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "%s: out of memory", path);
    cph_status status = cph_canvas_open(path, width, height, &canvas, error);
    if (status == CPH_OK) {
        for (size_t i = 0; i < sheets; i++) {
            s[i].cr = cph_canvas_cairo(canvas);
            draw_sheet(&s[i], &labels);
            cairo_translate(s[i].cr, 0, sheet_height(&s[i]));
        }
        status = cph_canvas_commit(canvas, error);
    }
    free(labels.taken);
    return status;
}

cph_status cph_plot_gains(const char *path, const cph_gain_plot *plot, size_t plots,
                          cph_error *error)
{
    cph_gain_marks marks[CPH_GAIN_PLOTS];
    sheet s[CPH_GAIN_PLOTS] = {0};
    size_t made = 0;
    if (plots == 0 || plots > CPH_GAIN_PLOTS)
        return cph_fail(error, CPH_ERR_ARGUMENT, "picture of the gains: %zu parts", plots);
    cph_status status = CPH_OK;
    for (; status == CPH_OK && made < plots; made += status == CPH_OK) {
        status = cph_gain_marks_make(&plot[made], &marks[made], error);
        s[made] = (sheet){.plot = &plot[made], .marks = &marks[made]};
        if (status == CPH_OK)
            set_layout(&s[made]);
    }
    if (status == CPH_OK)
        status = draw_file(path, s, plots, error);
    for (size_t i = 0; i < made; i++)
        cph_gain_marks_free(&marks[i]);
    return status;
}
