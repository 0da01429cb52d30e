/* SPDX-License-Identifier: MIT */
#include "cli/report_look.h"

#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cophase/types.h"

bool cph_piece_is(cph_piece p, const char *text)
{
    return strlen(text) == p.length && strncmp(p.at, text, p.length) == 0;
}

bool cph_piece_begins(cph_piece p, const char *text)
{
    return strlen(text) <= p.length && strncmp(p.at, text, strlen(text)) == 0;
}

bool cph_piece_holds(cph_piece p, const char *text)
{
    return memmem(p.at, p.length, text, strlen(text)) != NULL;
}

cph_piece cph_piece_trim(const char *from, const char *to)
{
    while (from < to && isspace((unsigned char)*from))
        from++;
    while (to > from && isspace((unsigned char)to[-1]))
        to--;
    return (cph_piece){from, (size_t)(to - from)};
}

/* Colours of cli/plot that are not values: canvas_cairo.h, style_cairo.c, symbols_cairo.c. Those of
 * a theme are variables of the page. */
static const struct {
    double percent[3];
    const char *variable;
} themed[] = {{{100, 100, 100}, "card"}, {{0, 0, 0}, "ink"},     {{7, 7, 7}, "ink"},
              {{35, 35, 35}, "soft"},    {{87, 87, 87}, "grid"}, {{0, 45, 70}, "c1"},
              {{84, 37, 0}, "c2"},       {{0, 62, 45}, "c3"},    {{80, 47, 65}, "c4"},
              {{75, 0, 10}, "bad"}};

/* rgb(17.5%,0%,100%), with or without blanks. */
static bool read_colour(cph_piece value, double percent[3])
{
    const char *at = value.at + 4, *const end = value.at + value.length;
    if (!cph_piece_begins(value, "rgb("))
        return false;
    for (size_t i = 0; i < 3; i++) {
        char *stop = NULL;
        percent[i] = strtod(at, &stop);
        if (stop == at || stop >= end || *stop != '%')
            return false;
        for (at = stop + 1; at < end && (*at == ',' || *at == ' ');)
            at++;
    }
    return true;
}

static const char *theme_of(const cph_look *l, const double percent[3])
{
    static const double near = 0.6;
    const double sum = percent[0] + percent[1] + percent[2];
    const bool white = sum > 300 - near, blackish = sum > 0 && sum < 22;
    if ((l->group && (white || blackish)) || (l->partial && !(l->rim && white)))
        return NULL;
    for (size_t i = 0; i < sizeof themed / sizeof themed[0]; i++)
        if (fabs(themed[i].percent[0] - percent[0]) < near &&
            fabs(themed[i].percent[1] - percent[1]) < near &&
            fabs(themed[i].percent[2] - percent[2]) < near)
            return themed[i].variable;
    return NULL;
}

CPH_PRINTF(2, 3) static void add(char *text, const char *format, ...)
{
    const size_t used = strlen(text);
    va_list args;
    va_start(args, format);
    vsnprintf(text + used, CPH_LOOK_STYLE - used, format, args);
    va_end(args);
}

void cph_look_add(cph_look *l, cph_piece name, cph_piece value, const char *prefix)
{
    static const char *const usual[][2] = {
        {"fill-rule", "nonzero"},     {"fill-opacity", "1"},        {"stroke-opacity", "1"},
        {"stop-opacity", "1"},        {"clip-rule", "nonzero"},     {"stroke-linecap", "butt"},
        {"stroke-linejoin", "miter"}, {"stroke-dasharray", "none"}, {"stroke", "none"}};
    double percent[3];
    char text[CPH_LOOK_STYLE];
    for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++)
        if (cph_piece_is(name, usual[i][0]) && cph_piece_is(value, usual[i][1]))
            return;
    if (read_colour(value, percent)) {
        const char *const variable = theme_of(l, percent);
        snprintf(text, sizeof text, "#%02x%02x%02x", (unsigned)lround(2.55 * percent[0]) & 0xffU,
                 (unsigned)lround(2.55 * percent[1]) & 0xffU,
                 (unsigned)lround(2.55 * percent[2]) & 0xffU);
        if (variable != NULL)
            add(l->style, "%.*s:var(--%s);", (int)name.length, name.at, variable);
        else
            add(l->own, " %.*s=\"%s\"", (int)name.length, name.at, text);
    } else if (cph_piece_begins(value, "url(#")) {
        snprintf(text, sizeof text, "url(#%s%.*s", prefix, (int)(value.length - 5), value.at + 5);
        add(l->own, " %.*s=\"%s\"", (int)name.length, name.at, text);
    } else {
        snprintf(text, sizeof text, "%.*s", (int)value.length, value.at);
        add(l->style, "%.*s:%s;", (int)name.length, name.at, text);
    }
}

void cph_look_add_style(cph_look *l, cph_piece style, const char *prefix)
{
    const char *const end = style.at + style.length;
    for (const char *at = style.at; at < end;) {
        const char *stop = memchr(at, ';', (size_t)(end - at));
        stop = stop != NULL ? stop : end;
        const char *const colon = memchr(at, ':', (size_t)(stop - at));
        if (colon != NULL)
            cph_look_add(l, cph_piece_trim(at, colon), cph_piece_trim(colon + 1, stop), prefix);
        at = stop + 1;
    }
}

cph_look cph_look_of(cph_piece tag)
{
    return (cph_look){
        .group = cph_piece_begins(tag, "<g ") || cph_piece_is(tag, "<g"),
        .partial = cph_piece_holds(tag, "-opacity:0.") || cph_piece_holds(tag, "-opacity=\"0."),
        .rim = cph_piece_holds(tag, "-opacity:0.85") || cph_piece_holds(tag, "-opacity=\"0.85")};
}
