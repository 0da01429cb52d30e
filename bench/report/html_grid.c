/* SPDX-License-Identifier: MIT */
/* Maps of a sweep over elements and beams: share of the roof, and ratio to the peer. */
#include <math.h>
#include <stdlib.h>

#include "bench/report/html_parts.h"

enum { CELL_X = 46, CELL_Y = 24, EDGE_X = 56, EDGE_Y = 40, AXIS = 32 };

typedef struct axis {
    size_t value[AXIS], count;
} axis;

static void insert(axis *a, size_t value)
{
    size_t i = 0;
    while (i < a->count && a->value[i] < value)
        i++;
    if ((i < a->count && a->value[i] == value) || a->count == AXIS)
        return;
    for (size_t k = a->count++; k > i; k--)
        a->value[k] = a->value[k - 1];
    a->value[i] = value;
}

static bool in_map(const report *r, const report_case *c, const report_case *first)
{
    return html_same_kind(c, first) && c->times == first->times && c->channels == first->channels &&
           c->cold == first->cold && html_in_grid(r, c);
}

static const report_case *cell(const report *r, const report_case *first, size_t elements,
                               size_t beams)
{
    for (size_t i = 0; i < r->case_count; i++)
        if (r->cases[i].elements == elements && r->cases[i].beams == beams &&
            in_map(r, &r->cases[i], first))
            return &r->cases[i];
    return NULL;
}

static void draw_share(const report_case *c, double x, double y, FILE *file)
{
    const report_path *const best = report_best(c, 1);
    const double share = best != NULL ? best->roof_share : NAN;
    fprintf(file,
            "<rect class=\"fshare\" fill-opacity=\"%.2f\" x=\"%.0f\" y=\"%.0f\" width=\"%d\" "
            "height=\"%d\"/>",
            isfinite(share) ? 0.7 * fmin(fmax(share, 0), 1) : 0, x, y, CELL_X - 2, CELL_Y - 2);
    fprintf(file, "<text text-anchor=\"middle\" x=\"%.0f\" y=\"%.0f\">", x + CELL_X / 2.0 - 1,
            y + 16);
    html_number(file, "%.0f", 100 * share);
}

static void draw_ratio(const report_case *c, double x, double y, FILE *file)
{
    const double ratio = c->ratio_to_peer, bits = fabs(log2(ratio));
    fprintf(file,
            "<rect class=\"%s\" fill-opacity=\"%.2f\" x=\"%.0f\" y=\"%.0f\" width=\"%d\" "
            "height=\"%d\"/>",
            ratio >= 0.97 ? "fwin" : "floss", isfinite(bits) ? 0.2 + 0.5 * fmin(bits / 3, 1) : 0, x,
            y, CELL_X - 2, CELL_Y - 2);
    fprintf(file, "<text text-anchor=\"middle\" x=\"%.0f\" y=\"%.0f\">", x + CELL_X / 2.0 - 1,
            y + 16);
    html_number(file, ratio < 9.95 ? "%.2f" : "%.1f", ratio);
}

static void draw_map(const report *r, const report_case *first, const char *title,
                     void (*draw)(const report_case *c, double x, double y, FILE *file), FILE *file)
{
    axis n = {.count = 0}, b = {.count = 0};
    for (size_t i = 0; i < r->case_count; i++)
        if (in_map(r, &r->cases[i], first)) {
            insert(&n, r->cases[i].elements);
            insert(&b, r->cases[i].beams);
        }
    const size_t width = EDGE_X + CELL_X * n.count, height = EDGE_Y + CELL_Y * b.count;
    fprintf(file,
            "<figure><figcaption>%s</figcaption><svg viewBox=\"0 0 %zu %zu\" role=\"img\" "
            "style=\"max-width:%zupx\"><text class=\"dim\" x=\"%d\" y=\"14\">elements</text>"
            "<text class=\"dim\" text-anchor=\"end\" x=\"%d\" y=\"32\">beams</text>\n",
            title, width, height, width * 5 / 4, EDGE_X, EDGE_X - 6);
    for (size_t i = 0; i < n.count; i++)
        fprintf(file, "<text class=\"dim\" text-anchor=\"middle\" x=\"%.0f\" y=\"32\">%zu</text>",
                EDGE_X + CELL_X * ((double)i + 0.5) - 1, n.value[i]);
    for (size_t k = 0; k < b.count; k++) {
        const double y = EDGE_Y + CELL_Y * (double)k;
        fprintf(file, "<text class=\"dim\" text-anchor=\"end\" x=\"%d\" y=\"%.0f\">%zu</text>\n",
                EDGE_X - 6, y + 16, b.value[k]);
        for (size_t i = 0; i < n.count; i++) {
            const report_case *const c = cell(r, first, n.value[i], b.value[k]);
            if (c == NULL)
                continue;
            draw(c, EDGE_X + CELL_X * (double)i, y, file);
            fputs("</text>\n", file);
        }
    }
    fputs("</svg></figure>\n", file);
}

static bool first_of_map(const report *r, size_t c)
{
    for (size_t i = 0; i < c; i++)
        if (in_map(r, &r->cases[i], &r->cases[c]))
            return false;
    return true;
}

void html_grids(const report *r, FILE *file)
{
    bool any = false;
    for (size_t i = 0; i < r->case_count; i++) {
        const report_case *const c = &r->cases[i];
        if (!html_in_grid(r, c) || !first_of_map(r, i))
            continue;
        if (!any)
            html_heading(file, "sweep", "Sweep over elements and beams");
        any = true;
        char kind[REPORT_LABEL];
        report_kind(c, kind);
        fputs("<h3>", file);
        html_text(file, kind);
        fprintf(file, " <small>%zu times%s</small></h3>\n<div class=\"plots\">\n", c->times,
                c->cold ? ", cold" : "");
        draw_map(r, c, "Best path on one thread, % of its roof", draw_share, file);
        draw_map(r, c, "Speed over OpenBLAS, one thread, ready fp32 input", draw_ratio, file);
        fputs("</div>\n", file);
    }
}
