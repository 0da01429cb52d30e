/* SPDX-License-Identifier: MIT */
#include "bench/report/html_parts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void html_text(FILE *file, const char *text)
{
    for (const char *c = text != NULL && text[0] != '\0' ? text : "\u2013"; *c != '\0'; c++)
        switch (*c) {
        case '&':
            fputs("&amp;", file);
            break;
        case '<':
            fputs("&lt;", file);
            break;
        case '>':
            fputs("&gt;", file);
            break;
        case '"':
            fputs("&quot;", file);
            break;
        default:
            putc((unsigned char)*c < ' ' ? ' ' : *c, file);
        }
}

void html_number(FILE *file, const char *format, double value)
{
    char text[64];
    if (!isfinite(value)) {
        fputs("\u2013", file);
        return;
    }
    snprintf(text, sizeof text, format, value);
    /* what rounds to nothing has no sign */
    fputs(text[0] == '-' && strpbrk(text, "123456789") == NULL ? text + 1 : text, file);
}

void html_three(FILE *file, double value)
{
    html_number(file, fabs(value) < 99.95 ? "%.3g" : "%.0f", value);
}

void html_seconds(FILE *file, double seconds)
{
    static const struct {
        double below, scale;
        const char *format;
    } units[] = {{1e-6, 1e9, "%.3g\u00a0ns"},
                 {1e-3, 1e6, "%.3g\u00a0\u00b5s"},
                 {1, 1e3, "%.3g\u00a0ms"},
                 {INFINITY, 1, "%.3g\u00a0s"}};
    size_t i = 0;
    while (i < 3 && !(seconds < units[i].below * 0.9995))
        i++;
    html_number(file, units[i].format, units[i].scale * seconds);
}

void html_bytes(FILE *file, size_t bytes)
{
    static const char *const units[] = {"KiB", "MiB", "GiB", "TiB"};
    double value = (double)bytes / 1024;
    size_t i = 0;
    for (; value >= 1024 && i < 3; i++)
        value /= 1024;
    fprintf(file, "%.3g\u00a0%s", value, units[i]);
}

const char *html_isa_class(const char *isa)
{
    static const char *const known[] = {"scalar",     "avx2", "avx512", "avx512bf16",
                                        "avx512vnni", "neon", "neondot"};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strcmp(isa, known[i]) == 0)
            return known[i];
    return strncmp(isa, "auto", 4) == 0 ? "compiler" : "other";
}

void html_heading(FILE *file, const char *id, const char *title)
{
    fprintf(file, "<h2 id=\"%s\">%s</h2>\n", id, title);
}

static bool equal(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

bool html_same_kind(const report_case *a, const report_case *b)
{
    return equal(a->kernel, b->kernel) && equal(a->type, b->type) &&
           a->weight_bits == b->weight_bits;
}

bool html_first_of_kind(const report *r, size_t c)
{
    for (size_t i = 0; i < c; i++)
        if (html_same_kind(&r->cases[i], &r->cases[c]))
            return false;
    return true;
}

bool html_in_grid(const report *r, const report_case *c)
{
    enum { ENOUGH = 12 };
    size_t alike = 0;
    for (size_t i = 0; i < r->case_count; i++)
        if (html_same_kind(&r->cases[i], c) && r->cases[i].times == c->times &&
            r->cases[i].channels == c->channels && r->cases[i].cold == c->cold &&
            equal(r->cases[i].source, c->source))
            alike++;
    return alike >= ENOUGH && c->beams > 0;
}
