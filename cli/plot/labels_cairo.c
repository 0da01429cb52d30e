/* SPDX-License-Identifier: MIT */
#include "cli/plot/labels_cairo.h"

static bool is_free(const cph_labels *labels, cph_box b)
{
    const cph_box *l = &labels->limits;
    if (b.x0 < l->x0 || b.x1 > l->x1 || b.y0 < l->y0 || b.y1 > l->y1)
        return false;
    for (size_t i = 0; i < labels->count; i++) {
        const cph_box *t = &labels->taken[i];
        if (b.x0 < t->x1 && t->x0 < b.x1 && b.y0 < t->y1 && t->y0 < b.y1)
            return false;
    }
    return true;
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

bool cph_labels_write(cairo_t *cr, cph_labels *labels, double x, double y, double distance,
                      const cph_text_style *style, const char *text)
{
    static const struct {
        double x, y;
    } sides[] = {{1, 0}, {-1, 0}, {0, -1}, {0, 1}, {1, -1}, {1, 1}, {-1, -1}, {-1, 1}};
    double width = cph_text_width(cr, style, text);
    double height = style->size > 0 ? style->size : CPH_FONT;
    if (labels->count == labels->capacity)
        return false;
    for (size_t i = 0; i < sizeof sides / sizeof sides[0]; i++) {
        /* Corners are nearer: the label's own corner touches the point. */
        double near = sides[i].x != 0 && sides[i].y != 0 ? 0.7 * distance : distance;
        double cx = x + sides[i].x * (near + width / 2);
        double cy = y + sides[i].y * (near + height / 2);
        cph_box b = {cx - width / 2, cy - height / 2, cx + width / 2, cy + height / 2};
        if (!is_free(labels, b))
            continue;
        cph_text_style placed = *style;
        placed.align = placed.valign = 0.5;
        cph_text(cr, cx, cy, &placed, text);
        take(labels, b);
        return true;
    }
    return false;
}
