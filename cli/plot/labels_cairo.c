/* SPDX-License-Identifier: MIT */
#include "cli/plot/labels_cairo.h"

static bool meets(cph_box b, size_t count, const cph_box *box)
{
    for (size_t i = 0; i < count; i++)
        if (b.x0 < box[i].x1 && box[i].x0 < b.x1 && b.y0 < box[i].y1 && box[i].y0 < b.y1)
            return true;
    return false;
}

static bool is_free(const cph_labels *labels, cph_box b)
{
    const cph_box *l = &labels->limits;
    return b.x0 >= l->x0 && b.x1 <= l->x1 && b.y0 >= l->y0 && b.y1 <= l->y1 &&
           !meets(b, labels->count, labels->taken);
}

static void take(cph_labels *labels, cph_box b)
{
    if (labels->count < labels->capacity)
        labels->taken[labels->count++] = b;
}

void cph_labels_keep_free(cph_labels *labels, double x, double y, double radius)
{
    take(labels, (cph_box){x - radius, y - radius, x + radius, y + radius});
}

static cph_box box_of(cairo_t *cr, double x, double y, const cph_text_style *style,
                      const char *text)
{
    const double width = cph_text_width(cr, style, text);
    const double height = style->size > 0 ? style->size : CPH_FONT;
    return (cph_box){x - width / 2, y - height / 2, x + width / 2, y + height / 2};
}

bool cph_labels_write_at(cairo_t *cr, cph_labels *labels, double x, double y,
                         const cph_text_style *style, const char *text)
{
    const cph_box b = box_of(cr, x, y, style, text);
    cph_text_style placed = *style;
    if (labels->count == labels->capacity || !is_free(labels, b))
        return false;
    placed.align = placed.valign = 0.5;
    cph_text(cr, x, y, &placed, text);
    take(labels, b);
    return true;
}

bool cph_labels_write(cairo_t *cr, cph_labels *labels, double x, double y, double distance,
                      const cph_text_style *style, const char *text)
{
    static const struct {
        double x, y;
    } sides[] = {{1, 0}, {-1, 0}, {0, -1}, {0, 1}, {1, -1}, {1, 1}, {-1, -1}, {-1, 1}};
    enum { SIDES = sizeof sides / sizeof sides[0] };
    const cph_box size = box_of(cr, 0.0, 0.0, style, text);
    const size_t tries = labels->lines > 0 ? (size_t)2 * SIDES : SIDES;
    for (size_t i = 0; i < tries; i++) {
        const double dx = sides[i % SIDES].x, dy = sides[i % SIDES].y;
        /* Corners are nearer: the label's own corner touches the point. */
        const double near = dx != 0 && dy != 0 ? 0.7 * distance : distance;
        const double cx = x + dx * (near + size.x1), cy = y + dy * (near + size.y1);
        const cph_box b = {cx + size.x0, cy + size.y0, cx + size.x1, cy + size.y1};
        if (i < SIDES && meets(b, labels->lines, labels->line))
            continue;
        if (cph_labels_write_at(cr, labels, cx, cy, style, text))
            return true;
    }
    return false;
}
