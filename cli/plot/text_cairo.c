/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <string.h>

#include "cli/character.h"
#include "cli/plot/canvas_cairo.h"

enum { TEXT_SIZE = 256 };

void cph_set_colour(cairo_t *cr, cph_rgb colour)
{
    cairo_set_source_rgb(cr, colour.r, colour.g, colour.b);
}

void cph_line(cairo_t *cr, double x0, double y0, double x1, double y1)
{
    cairo_move_to(cr, x0, y0);
    cairo_line_to(cr, x1, y1);
    cairo_stroke(cr);
}

/* "-3", not "a-3" and not "2-3". */
static bool is_minus(const unsigned char *text, const unsigned char *s)
{
    return *s == '-' && isdigit(s[1]) && (s == text || !(isalnum(s[-1]) || s[-1] >= 0x80));
}

/* Copies what fits, whole characters only. */
static void clean(const char *string, char out[TEXT_SIZE])
{
    const unsigned char *text = (const unsigned char *)string, *s = text;
    size_t used = 0, n;
    for (; *s != 0; s += n > 0 ? n : 1) {
        n = cph_character((const char *)s);
        const char *put = is_minus(text, s) ? "\u2212" : n > 0 ? (const char *)s : "?";
        size_t bytes = is_minus(text, s) ? strlen(put) : n > 0 ? n : 1;
        if (used + bytes >= TEXT_SIZE)
            break;
        memcpy(out + used, put, bytes);
        used += bytes;
    }
    out[used] = 0;
}

static void select_font(cairo_t *cr, const cph_text_style *style)
{
    cairo_select_font_face(cr, "sans-serif", CAIRO_FONT_SLANT_NORMAL,
                           style->bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(cr, style->size > 0 ? style->size : CPH_FONT);
}

static double advance(cairo_t *cr, const char *text)
{
    cairo_text_extents_t e;
    cairo_text_extents(cr, text, &e);
    return e.x_advance;
}

/* Takes characters off the end until the text and an ellipsis fit. */
static void shorten(cairo_t *cr, double width, char text[TEXT_SIZE])
{
    static const char ellipsis[] = "\u2026";
    size_t end = strlen(text);
    if (advance(cr, text) <= width)
        return;
    do {
        while (end > 0 && (text[--end] & 0xc0) == 0x80)
            ;
        if (end + sizeof ellipsis <= TEXT_SIZE)
            memcpy(text + end, ellipsis, sizeof ellipsis);
    } while (end > 0 && advance(cr, text) > width);
}

void cph_words(cairo_t *cr, double x, double y, const char *text)
{
    const cph_text_style style = {
        .align = 0.5, .valign = 0.5, .size = 16, .halo = true, .colour = cph_grey};
    cph_text(cr, x, y, &style, text);
}

double cph_text_width(cairo_t *cr, const cph_text_style *style, const char *text)
{
    char cleaned[TEXT_SIZE];
    clean(text, cleaned);
    select_font(cr, style);
    return advance(cr, cleaned);
}

void cph_text(cairo_t *cr, double x, double y, const cph_text_style *style, const char *text)
{
    char cleaned[TEXT_SIZE];
    cairo_text_extents_t digits;
    clean(text, cleaned);
    cairo_save(cr);
    select_font(cr, style);
    if (style->width > 0)
        shorten(cr, style->width, cleaned);
    cairo_text_extents(cr, "0", &digits);
    cairo_translate(cr, x, y);
    if (style->upward)
        cairo_rotate(cr, -1.57079632679489661923);
    cairo_move_to(cr, -style->align * advance(cr, cleaned), -style->valign * digits.y_bearing);
    if (style->halo) {
        cairo_text_path(cr, cleaned);
        double rim = cph_rgb_lightness(style->colour) > 75 ? 0 : 1;
        cairo_set_source_rgba(cr, rim, rim, rim, 0.85);
        cairo_set_line_width(cr, 3);
        cairo_set_line_join(cr, CAIRO_LINE_JOIN_ROUND);
        cairo_stroke(cr);
        cairo_move_to(cr, -style->align * advance(cr, cleaned), -style->valign * digits.y_bearing);
    }
    cph_set_colour(cr, style->colour);
    cairo_show_text(cr, cleaned);
    cairo_restore(cr);
    cairo_new_path(cr);
}

void cph_headline(cairo_t *cr, double x, double width, const char *title, const char *subtitle)
{
    if (title != NULL)
        cph_text(cr, x, 24, &(cph_text_style){.size = CPH_FONT_TITLE, .bold = true, .width = width},
                 title);
    if (subtitle != NULL)
        cph_text(cr, x, 42, &(cph_text_style){.colour = cph_grey, .width = width}, subtitle);
}
