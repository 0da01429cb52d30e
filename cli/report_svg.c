/* SPDX-License-Identifier: MIT */
#include "cli/report_svg.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/report/html_parts.h"
#include "cli/json.h"
#include "cli/report_look.h"

void cph_report_text(FILE *out, const char *text)
{
    json_t *const clean = cph_json_text(text);
    html_text(out, json_string_value(clean));
    json_decref(clean);
}

/* ---- styles ---- */

static void pool_free(cph_report_pool *pool)
{
    for (size_t i = 0; i < pool->count; i++)
        free(pool->text[i]);
    free(pool->text);
}

void cph_report_styles_free(cph_report_styles *styles)
{
    pool_free(&styles->style);
    pool_free(&styles->glyph);
    *styles = (cph_report_styles){.style = {.count = 0}};
}

void cph_report_styles_put(FILE *out, const cph_report_styles *styles)
{
    for (size_t i = 0; i < styles->style.count; i++)
        fprintf(out, ".p%zu{%s}\n", i, styles->style.text[i]);
}

void cph_report_glyphs_put(FILE *out, const cph_report_styles *styles)
{
    fputs(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"glyphs\" aria-hidden=\"true\"><defs>\n",
        out);
    for (size_t i = 0; i < styles->glyph.count; i++)
        fprintf(out, "<symbol overflow=\"visible\" id=\"y%zu\">%s</symbol>\n", i,
                styles->glyph.text[i]);
    fputs("</defs></svg>\n", out);
}

/* The number of a text; SIZE_MAX: out of memory. */
static size_t number_of(cph_report_pool *pool, const char *text)
{
    for (size_t i = 0; i < pool->count; i++)
        if (strcmp(pool->text[i], text) == 0)
            return i;
    char **const more = realloc(pool->text, (pool->count + 1) * sizeof *more);
    if (more == NULL)
        return SIZE_MAX;
    pool->text = more;
    if ((more[pool->count] = strdup(text)) == NULL)
        return SIZE_MAX;
    return pool->count++;
}

/* A picture on its way: the glyphs of its file by their names there. */
typedef struct picture {
    FILE *out;
    const char *prefix;
    cph_report_styles *styles;
    size_t glyphs;
    struct {
        cph_piece id;
        size_t number;
    } * glyph;
} picture;

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

static void put_path(FILE *out, cph_piece d)
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

static bool is_presentation(cph_piece name)
{
    return cph_piece_begins(name, "fill") || cph_piece_begins(name, "stroke") ||
           cph_piece_begins(name, "stop-") || cph_piece_is(name, "clip-rule");
}

/* The number of the page's glyph that a picture calls so; SIZE_MAX: none. */
static size_t glyph_of(const picture *p, cph_piece id)
{
    for (size_t i = 0; i < p->glyphs; i++)
        if (p->glyph[i].id.length == id.length && memcmp(p->glyph[i].id.at, id.at, id.length) == 0)
            return p->glyph[i].number;
    return SIZE_MAX;
}

static void put_link(const picture *p, cph_piece id)
{
    const size_t glyph = glyph_of(p, id);
    if (glyph != SIZE_MAX)
        fprintf(p->out, " href=\"#y%zu", glyph);
    else
        fprintf(p->out, " href=\"#%s%.*s", p->prefix, (int)id.length, id.at);
}

static void put_attribute(const picture *p, cph_piece name, cph_piece value)
{
    FILE *const out = p->out;
    const char *const prefix = p->prefix;
    static const char *const rounded[] = {"x", "y", "width", "height"};
    const bool link = cph_piece_is(name, "xlink:href") || cph_piece_is(name, "href");
    for (size_t i = 0; i < sizeof rounded / sizeof rounded[0]; i++)
        if (cph_piece_is(name, rounded[i])) {
            fprintf(out, " %s=\"", rounded[i]);
            put_number(out, strtod(value.at, NULL));
            putc('"', out);
            return;
        }
    if (cph_piece_is(name, "d")) {
        fputs(" d=\"", out);
        put_path(out, value);
    } else if (cph_piece_is(name, "id")) {
        fprintf(out, " id=\"%s%.*s", prefix, (int)value.length, value.at);
    } else if (link && value.at[0] == '#') {
        put_link(p, (cph_piece){value.at + 1, value.length - 1});
    } else if (cph_piece_begins(value, "url(#")) {
        fprintf(out, " %.*s=\"url(#%s%.*s", (int)name.length, name.at, prefix,
                (int)value.length - 5, value.at + 5);
    } else {
        fprintf(out, " %.*s=\"", link ? 4 : (int)name.length, link ? "href" : name.at);
        fwrite(value.at, 1, value.length, out);
    }
    putc('"', out);
}

/* The next name="value" from *at on, inside the tag that ends at `end`. */
static bool next_attribute(const char **at, const char *end, cph_piece *name, cph_piece *value)
{
    const char *const equals = memchr(*at, '=', (size_t)(end - *at));
    if (equals == NULL || equals + 1 >= end || equals[1] != '"')
        return false;
    const char *const quote = memchr(equals + 2, '"', (size_t)(end - equals - 2));
    if (quote == NULL)
        return false;
    *name = cph_piece_trim(*at, equals);
    *value = (cph_piece){equals + 2, (size_t)(quote - equals - 2)};
    *at = quote + 1;
    return true;
}

static bool put_element(const picture *p, const char *open, const char *end)
{
    const size_t name_length = strcspn(open + 1, " \t\n/>");
    const char *at = open + 1 + name_length;
    const bool empty = end[-1] == '/';
    cph_look l = cph_look_of((cph_piece){open, (size_t)(end - open)});
    cph_piece name, value;
    fprintf(p->out, "<%.*s", (int)name_length, open + 1);
    while (next_attribute(&at, end, &name, &value))
        if (cph_piece_is(name, "style"))
            cph_look_add_style(&l, value, p->prefix);
        else if (is_presentation(name))
            cph_look_add(&l, name, value, p->prefix);
        else
            put_attribute(p, name, value);
    if (l.style[0] != '\0') {
        const size_t number = number_of(&p->styles->style, l.style);
        if (number == SIZE_MAX)
            return false;
        fprintf(p->out, " class=\"p%zu\"", number);
    }
    fprintf(p->out, "%s%s>", l.own, empty ? "/" : "");
    return true;
}

/* The picture's own size, of width="1240px". */
static bool root_size(const char *open, const char *end, double size[2])
{
    static const char *const sides[] = {"width", "height"};
    cph_piece name, value;
    size[0] = size[1] = 0;
    for (const char *at = open + 4; next_attribute(&at, end, &name, &value);)
        for (size_t i = 0; i < 2; i++)
            if (cph_piece_is(name, sides[i]))
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

/* The name of a glyph that is defined by the element: <symbol id="glyph0-1">, in later versions of
 * cairo <g id="glyph-0-1">. */
static bool is_glyph(const char *open, const char *end, cph_piece *id)
{
    static const char *const opens[] = {"<symbol ", "<g "};
    bool group = false;
    cph_piece name;
    if (end[-1] == '/')
        return false;
    for (size_t i = 0; i < sizeof opens / sizeof opens[0]; i++)
        group = group || strncmp(open, opens[i], strlen(opens[i])) == 0;
    for (const char *at = strchr(open, ' '); group && next_attribute(&at, end, &name, id);)
        if (cph_piece_is(name, "id") && cph_piece_begins(*id, "glyph"))
            return true;
    return false;
}

/* Takes the outline of a glyph, which begins at `at`, into the page's; returns the end of its
 * closing tag, NULL on failure. */
static const char *take_glyph(picture *p, cph_piece id, const char *at)
{
    char *text = NULL;
    size_t size = 0;
    picture inside = *p;
    bool ok = (inside.out = open_memstream(&text, &size)) != NULL;
    for (; ok && (at = strchr(at, '<')) != NULL && at[1] != '/'; at++) {
        const char *const end = strchr(at, '>');
        ok = end != NULL && put_element(&inside, at, end);
    }
    if (inside.out != NULL)
        ok = fclose(inside.out) == 0 && ok && at != NULL;
    void *const more = ok ? realloc(p->glyph, (p->glyphs + 1) * sizeof *p->glyph) : NULL;
    if (more != NULL) {
        p->glyph = more;
        p->glyph[p->glyphs].id = id;
        p->glyph[p->glyphs].number = number_of(&p->styles->glyph, text);
        ok = p->glyph[p->glyphs++].number != SIZE_MAX;
    }
    free(text);
    return ok && more != NULL ? strchr(at, '>') : NULL;
}

static bool put_all(picture *p, const char *svg, const cph_report_svg *as)
{
    bool ok = true, opened = false;
    cph_piece id;
    for (const char *at = svg, *end; ok && (at = strchr(at, '<')) != NULL; at = end) {
        double size[2];
        if ((end = strchr(at, '>')) == NULL)
            return false;
        if (strncmp(at, "<svg", 4) == 0) {
            ok = !opened && root_size(at, end, size);
            if (ok)
                put_root(p->out, size, as);
            opened = true;
        } else if (at[1] == '/') {
            fwrite(at, 1, (size_t)(end - at) + 1, p->out);
            putc('\n', p->out);
        } else if (is_glyph(at, end, &id)) {
            if ((end = take_glyph(p, id, end)) == NULL)
                return false;
        } else if (at[1] != '?' && at[1] != '!') {
            ok = opened && put_element(p, at, end);
        }
    }
    return ok && opened;
}

bool cph_report_svg_put(FILE *out, const char *svg, const cph_report_svg *as,
                        cph_report_styles *styles)
{
    picture p = {.out = out, .prefix = as->prefix, .styles = styles};
    const bool ok = put_all(&p, svg, as);
    free(p.glyph);
    return ok;
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
