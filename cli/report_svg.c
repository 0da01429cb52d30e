/* SPDX-License-Identifier: MIT */
#include "cli/report_svg.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/report/html_parts.h"
#include "cli/json.h"

enum { STYLE = 400, NAME = 32 };

/* A piece of text that is not ended by NUL. */
typedef struct piece {
    const char *at;
    size_t length;
} piece;

static bool is(piece p, const char *text)
{
    return strlen(text) == p.length && strncmp(p.at, text, p.length) == 0;
}

static bool begins(piece p, const char *text)
{
    return strlen(text) <= p.length && strncmp(p.at, text, strlen(text)) == 0;
}

static bool holds(piece p, const char *text)
{
    return memmem(p.at, p.length, text, strlen(text)) != NULL;
}

void cph_report_text(FILE *out, const char *text)
{
    json_t *const clean = cph_json_text(text);
    html_text(out, json_string_value(clean));
    json_decref(clean);
}

/* ---- styles ---- */

void cph_report_styles_free(cph_report_styles *styles)
{
    for (size_t i = 0; i < styles->count; i++)
        free(styles->style[i]);
    free(styles->style);
    *styles = (cph_report_styles){0};
}

void cph_report_styles_put(FILE *out, const cph_report_styles *styles)
{
    for (size_t i = 0; i < styles->count; i++)
        fprintf(out, ".p%zu{%s}\n", i, styles->style[i]);
}

/* The number of a style; SIZE_MAX: out of memory. */
static size_t number_of(cph_report_styles *styles, const char *style)
{
    for (size_t i = 0; i < styles->count; i++)
        if (strcmp(styles->style[i], style) == 0)
            return i;
    char **const more = realloc(styles->style, (styles->count + 1) * sizeof *more);
    if (more == NULL)
        return SIZE_MAX;
    styles->style = more;
    if ((more[styles->count] = strdup(style)) == NULL)
        return SIZE_MAX;
    return styles->count++;
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
static bool read_colour(piece value, double percent[3])
{
    const char *at = value.at + 4, *const end = value.at + value.length;
    if (!begins(value, "rgb("))
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

/* An element's look: what is shared goes into a class, colours of values stay with it. */
typedef struct look {
    bool group;   /* of glyphs: white and blackish ones are on a value's colour, which no theme
                     changes */
    bool partial; /* not opaque: on an image; but the rim of text is of the theme, as the text */
    bool rim;
    char style[STYLE];
    char own[STYLE]; /* attributes */
} look;

static const char *theme_of(const look *l, const double percent[3])
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

static void add(char *text, const char *format, int length, const char *at, const char *value)
{
    const size_t used = strlen(text);
    snprintf(text + used, STYLE - used, format, length, at, value);
}

static void add_declaration(look *l, piece name, piece value, const char *prefix)
{
    static const char *const usual[][2] = {
        {"fill-rule", "nonzero"},     {"fill-opacity", "1"},        {"stroke-opacity", "1"},
        {"stop-opacity", "1"},        {"clip-rule", "nonzero"},     {"stroke-linecap", "butt"},
        {"stroke-linejoin", "miter"}, {"stroke-dasharray", "none"}, {"stroke", "none"}};
    double percent[3];
    char text[STYLE];
    for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++)
        if (is(name, usual[i][0]) && is(value, usual[i][1]))
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
    } else if (begins(value, "url(#")) {
        snprintf(text, sizeof text, "url(#%s%.*s", prefix, (int)(value.length - 5), value.at + 5);
        add(l->own, " %.*s=\"%s\"", (int)name.length, name.at, text);
    } else {
        snprintf(text, sizeof text, "%.*s", (int)value.length, value.at);
        add(l->style, "%.*s:%s;", (int)name.length, name.at, text);
    }
}

static piece trim(const char *from, const char *to)
{
    while (from < to && isspace((unsigned char)*from))
        from++;
    while (to > from && isspace((unsigned char)to[-1]))
        to--;
    return (piece){from, (size_t)(to - from)};
}

static void add_style(look *l, piece style, const char *prefix)
{
    const char *const end = style.at + style.length;
    for (const char *at = style.at; at < end;) {
        const char *stop = memchr(at, ';', (size_t)(end - at));
        stop = stop != NULL ? stop : end;
        const char *const colon = memchr(at, ':', (size_t)(stop - at));
        if (colon != NULL)
            add_declaration(l, trim(at, colon), trim(colon + 1, stop), prefix);
        at = stop + 1;
    }
}

/* ---- elements ---- */

/* "103.502345" as "103.5". */
static void put_number(FILE *out, double value)
{
    char text[40];
    snprintf(text, sizeof text, "%.2f", value);
    char *end = text + strlen(text);
    while (end[-1] == '0')
        end--;
    if (end[-1] == '.')
        end--;
    *end = '\0';
    fputs(strcmp(text, "-0") == 0 ? "0" : text, out);
}

/* Whether nothing but a place comes after an M: cairo ends closed paths so. */
static bool is_last_move(const char *at, const char *end)
{
    for (at++; at < end; at++)
        if (isalpha((unsigned char)*at))
            return false;
    return true;
}

/* A line to (x, y): shorter where it is level. Dots are lines of 0.01. */
static void put_line(FILE *out, const double from[2], double x, double y)
{
    static const double grain = 0.005;
    if (fabs(y - from[1]) < grain && fabs(x - from[0] - 0.01) < grain) {
        fputs("h.01", out);
    } else if (fabs(y - from[1]) < grain) {
        putc('H', out);
        put_number(out, x);
    } else {
        putc('L', out);
        put_number(out, x);
        putc(' ', out);
        put_number(out, y);
    }
}

static void put_path(FILE *out, piece d)
{
    const char *at = d.at, *const end = d.at + d.length;
    double last[2] = {NAN, NAN}; /* the numbers before */
    bool number = false;
    while (at < end) {
        char *stop = NULL;
        if (*at == 'M' && at > d.at && is_last_move(at, end))
            return;
        if (*at == 'L') {
            const double x = strtod(at + 1, &stop), y = strtod(stop, &stop);
            put_line(out, last, x, y);
            last[0] = x;
            last[1] = y;
            at = stop;
            number = true;
        } else if (isalpha((unsigned char)*at)) {
            putc(*at++, out);
            number = false;
        } else if (isspace((unsigned char)*at) || *at == ',') {
            at++;
        } else {
            const double value = strtod(at, &stop);
            if (stop == at)
                return;
            if (number)
                putc(' ', out);
            put_number(out, value);
            last[0] = last[1];
            last[1] = value;
            number = true;
            at = stop;
        }
    }
}

static bool is_presentation(piece name)
{
    return begins(name, "fill") || begins(name, "stroke") || begins(name, "stop-") ||
           is(name, "clip-rule");
}

static void put_attribute(FILE *out, piece name, piece value, const char *prefix)
{
    static const char *const rounded[] = {"x", "y", "width", "height"};
    const bool link = is(name, "xlink:href") || is(name, "href");
    for (size_t i = 0; i < sizeof rounded / sizeof rounded[0]; i++)
        if (is(name, rounded[i])) {
            fprintf(out, " %s=\"", rounded[i]);
            put_number(out, strtod(value.at, NULL));
            putc('"', out);
            return;
        }
    if (is(name, "d")) {
        fputs(" d=\"", out);
        put_path(out, value);
    } else if (is(name, "id")) {
        fprintf(out, " id=\"%s%.*s", prefix, (int)value.length, value.at);
    } else if (link && value.at[0] == '#') {
        fprintf(out, " href=\"#%s%.*s", prefix, (int)value.length - 1, value.at + 1);
    } else if (begins(value, "url(#")) {
        fprintf(out, " %.*s=\"url(#%s%.*s", (int)name.length, name.at, prefix,
                (int)value.length - 5, value.at + 5);
    } else {
        fprintf(out, " %.*s=\"", link ? 4 : (int)name.length, link ? "href" : name.at);
        fwrite(value.at, 1, value.length, out);
    }
    putc('"', out);
}

/* The next name="value" from *at on, inside the tag that ends at `end`. */
static bool next_attribute(const char **at, const char *end, piece *name, piece *value)
{
    const char *const equals = memchr(*at, '=', (size_t)(end - *at));
    if (equals == NULL || equals + 1 >= end || equals[1] != '"')
        return false;
    const char *const quote = memchr(equals + 2, '"', (size_t)(end - equals - 2));
    if (quote == NULL)
        return false;
    *name = trim(*at, equals);
    *value = (piece){equals + 2, (size_t)(quote - equals - 2)};
    *at = quote + 1;
    return true;
}

static bool put_element(FILE *out, const char *open, const char *end, const char *prefix,
                        cph_report_styles *styles)
{
    const size_t name_length = strcspn(open + 1, " \t\n/>");
    const char *at = open + 1 + name_length;
    const bool empty = end[-1] == '/';
    const piece tag = {open, (size_t)(end - open)};
    look l = {.group = name_length == 1 && open[1] == 'g',
              .partial = holds(tag, "-opacity:0.") || holds(tag, "-opacity=\"0."),
              .rim = holds(tag, "-opacity:0.85") || holds(tag, "-opacity=\"0.85")};
    piece name, value;
    fprintf(out, "<%.*s", (int)name_length, open + 1);
    while (next_attribute(&at, end, &name, &value))
        if (is(name, "style"))
            add_style(&l, value, prefix);
        else if (is_presentation(name))
            add_declaration(&l, name, value, prefix);
        else
            put_attribute(out, name, value, prefix);
    if (l.style[0] != '\0') {
        const size_t number = number_of(styles, l.style);
        if (number == SIZE_MAX)
            return false;
        fprintf(out, " class=\"p%zu\"", number);
    }
    fprintf(out, "%s%s>", l.own, empty ? "/" : "");
    return true;
}

/* The picture's own size, of width="1240px". */
static bool root_size(const char *open, const char *end, double size[2])
{
    static const char *const sides[] = {"width", "height"};
    piece name, value;
    size[0] = size[1] = 0;
    for (const char *at = open + 4; next_attribute(&at, end, &name, &value);)
        for (size_t i = 0; i < 2; i++)
            if (is(name, sides[i]))
                size[i] = strtod(value.at, NULL);
    return size[0] > 0 && size[1] > 0;
}

static void put_root(FILE *out, const double size[2], const cph_report_svg *as)
{
    fprintf(out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"picture\" viewBox=\"0 0 %g %g\" "
            "role=\"img\" aria-labelledby=\"%stitle %sdesc\"><title id=\"%stitle\">",
            size[0], size[1], as->prefix, as->prefix, as->prefix);
    cph_report_text(out, as->title);
    fprintf(out, "</title><desc id=\"%sdesc\">", as->prefix);
    cph_report_text(out, as->description);
    fputs("</desc>\n", out);
}

bool cph_report_svg_put(FILE *out, const char *svg, const cph_report_svg *as,
                        cph_report_styles *styles)
{
    bool ok = true, opened = false;
    for (const char *at = strchr(svg, '<'); ok && at != NULL; at = strchr(at, '<')) {
        const char *const end = strchr(at, '>');
        double size[2];
        if (end == NULL)
            return false;
        if (strncmp(at, "<svg", 4) == 0) {
            ok = !opened && root_size(at, end, size);
            if (ok)
                put_root(out, size, as);
            opened = true;
        } else if (at[1] == '/') {
            fwrite(at, 1, (size_t)(end - at) + 1, out);
            putc('\n', out);
        } else if (at[1] != '?' && at[1] != '!') {
            ok = opened && put_element(out, at, end, as->prefix, styles);
        }
        at = end;
    }
    return ok && opened;
}

void cph_report_ids_put(FILE *out, const char *markup, const char *prefix)
{
    static const char *const before[] = {" id=\"", "href=\"#", "url(#"};
    const char *at = markup;
    while (*at != '\0') {
        bool found = false;
        for (size_t i = 0; i < sizeof before / sizeof before[0] && !found; i++)
            if (strncmp(at, before[i], strlen(before[i])) == 0) {
                fprintf(out, "%s%s", before[i], prefix);
                at += strlen(before[i]);
                found = true;
            }
        if (!found)
            putc(*at++, out);
    }
}
