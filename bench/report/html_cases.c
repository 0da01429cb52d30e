/* SPDX-License-Identifier: MIT */
/* Bars: each case's paths beside its peers, and all cases against the peer. */
#include <math.h>
#include <string.h>

#include "bench/report/html_parts.h"

static bool usable(double x)
{
    return isfinite(x) && x > 0;
}

static void put_kind(FILE *file, const report_case *c)
{
    char kind[REPORT_LABEL];
    report_kind(c, kind);
    html_text(file, kind);
}

/* One name stands for several shapes; where there is little room, times are left out. */
static void put_name(FILE *file, const report_case *c, bool times)
{
    char shape[REPORT_LABEL];
    report_shape(c, shape);
    char *const rest = strstr(shape, ", T=");
    if (rest != NULL && !times)
        *rest = '\0';
    if (c->name != NULL) {
        html_text(file, c->name);
        fputs(" ", file);
    }
    html_text(file, shape);
}

static void put_ratio(FILE *file, double ratio)
{
    if (!usable(ratio)) {
        fputs("<span class=\"soft\">no peer</span>", file);
        return;
    }
    fprintf(file, "<span class=\"%s\">%.2f\u00a0\u00d7</span>", ratio >= 0.97 ? "win" : "loss",
            ratio);
}

/* ---- all cases against the peer ---- */

/* A bar from the middle: right is faster than the peer, left slower; `span` is log2 at the edge. */
static void versus_row(const report_case *c, double span, FILE *file)
{
    const double bits = fmax(fmin(log2(c->ratio_to_peer), span), -span);
    const double width = 50 * fabs(bits) / span;
    fputs("<div class=\"row\"><span>", file);
    put_name(file, c, false);
    fprintf(
        file,
        "</span><svg><rect class=\"track\" width=\"100%%\" height=\"13\"/><rect class=\"%s\" "
        "x=\"%.2f%%\" width=\"%.2f%%\" y=\"1.5\" height=\"10\"/><line class=\"cap\" x1=\"50%%\" "
        "x2=\"50%%\" y1=\"0\" y2=\"13\"/></svg><span>",
        c->ratio_to_peer >= 0.97 ? "fwin" : "floss", bits < 0 ? 50 - width : 50, width);
    put_ratio(file, c->ratio_to_peer);
    if (usable(c->ratio_to_peer_with_conversion))
        fprintf(file, " <small>(%.2f)</small>", c->ratio_to_peer_with_conversion);
    fputs("</span></div>\n", file);
}

static double versus_span(const report *r)
{
    double span = 1;
    for (size_t i = 0; i < r->case_count; i++)
        if (usable(r->cases[i].ratio_to_peer))
            span = fmax(span, fabs(log2(r->cases[i].ratio_to_peer)));
    return fmin(span, 6);
}

static void versus_kind(const report *r, size_t first, double span, FILE *file)
{
    double sum = 0;
    size_t cases = 0, losses = 0;
    for (size_t i = first; i < r->case_count; i++)
        if (html_same_kind(&r->cases[i], &r->cases[first]) && usable(r->cases[i].ratio_to_peer)) {
            sum += log(r->cases[i].ratio_to_peer);
            losses += r->cases[i].ratio_to_peer < 0.97;
            cases++;
        }
    if (cases == 0)
        return;
    fputs("<h3>", file);
    put_kind(file, &r->cases[first]);
    fprintf(file, " <small>%zu case%s, %zu lost to ", cases, cases == 1 ? "" : "s", losses);
    html_text(file, report_peer_of(&r->cases[first]));
    fputs("; geometric mean ", file);
    put_ratio(file, exp(sum / (double)cases));
    fputs("</small></h3>\n<div class=\"vs\">", file);
    for (size_t i = first; i < r->case_count; i++)
        if (html_same_kind(&r->cases[i], &r->cases[first]) && usable(r->cases[i].ratio_to_peer) &&
            !html_in_grid(r, &r->cases[i]))
            versus_row(&r->cases[i], span, file);
    fputs("</div>\n", file);
}

void html_versus(const report *r, FILE *file)
{
    bool any = false;
    for (size_t i = 0; i < r->case_count; i++)
        any = any || usable(r->cases[i].ratio_to_peer);
    if (!any)
        return;
    const double span = versus_span(r);
    html_heading(file, "versus", "Against OpenBLAS");
    fprintf(
        file,
        "<p class=\"soft\">Speed of the best path on one thread over that of the best OpenBLAS on "
        "one thread, which is given ready fp32 input; in brackets with the conversion that it "
        "needs "
        "counted. Right of the middle is faster, left is slower; the scale is logarithmic, %.3g "
        "\u00d7 at the edges. 0.97 counts as equal.</p>\n",
        exp2(span));
    for (size_t i = 0; i < r->case_count; i++)
        if (html_first_of_kind(r, i))
            versus_kind(r, i, span, file);
}

/* ---- the paths of a case ---- */

/* What the widest bar shows: the fastest row or the highest roof. */
static double case_scale(const report_case *c)
{
    double scale = 0;
    for (size_t i = 0; i < c->paths; i++) {
        const report_path *const p = &c->path[i];
        if (isfinite(p->gflops))
            scale = fmax(scale, p->gflops);
        if (usable(p->gflops / p->roof_share))
            scale = fmax(scale, p->gflops / p->roof_share);
    }
    for (size_t i = 0; i < c->peers; i++)
        if (isfinite(c->peer[i].gflops))
            scale = fmax(scale, c->peer[i].gflops);
    return 1.01 * scale;
}

static void bar(const char *class, double share, FILE *file)
{
    fprintf(file,
            "<svg><rect class=\"track\" width=\"100%%\" height=\"13\"/><rect class=\"%s\" "
            "width=\"%.2f%%\" y=\"1.5\" height=\"10\"/>",
            class, usable(share) ? fmin(100 * share, 100) : 0);
}

/* The line between what the slow and the fast tenth of the rounds would have shown. */
static void whisker(double share, double median, double p10, double p90, FILE *file)
{
    const double low = 100 * share * median / p90, high = fmin(100 * share * median / p10, 100);
    if (usable(low) && usable(high))
        fprintf(file, "<line class=\"whisker\" x1=\"%.2f%%\" x2=\"%.2f%%\" y1=\"6.5\" y2=\"6.5\"/>",
                low, high);
}

static void path_row(const report_path *p, double scale, FILE *file)
{
    const double roof = 100 * p->gflops / p->roof_share / scale, share = p->gflops / scale;
    fputs("<div class=\"row\"><span>", file);
    html_text(file, p->isa);
    fprintf(file, " <small>\u00d7%zu</small></span>", p->threads);
    bar(html_isa_class(p->isa), share, file);
    whisker(share, p->median_s, p->p10_s, p->p90_s, file);
    if (usable(roof))
        fprintf(file, "<line class=\"cap\" x1=\"%.2f%%\" x2=\"%.2f%%\" y1=\"0\" y2=\"13\"/>", roof,
                roof);
    fputs("</svg><span>", file);
    html_three(file, p->gflops);
    fputs(" <small>", file);
    html_number(file, "%.0f", 100 * p->roof_share);
    fputs("\u00a0% ", file);
    html_text(file, p->roof);
    fputs("</small></span></div>\n", file);
}

static void peer_row(const report_peer *p, double scale, bool converted, FILE *file)
{
    const double slow = converted ? p->median_with_conversion_s / p->median_s : 1;
    const double share = p->gflops / slow / scale;
    if (converted && !usable(share))
        return;
    fputs("<div class=\"row\"><span>", file);
    html_text(file, p->name);
    fprintf(file, " <small>\u00d7%zu%s</small></span>", p->threads, converted ? " +conv" : "");
    bar(converted ? "conv" : "peer", share, file);
    if (!converted)
        whisker(share, p->median_s, p->p10_s, p->p90_s, file);
    fputs("</svg><span>", file);
    html_three(file, p->gflops / slow);
    fputs(" <small>", file);
    html_text(file, converted ? "converting" : p->core);
    fputs("</small></span></div>\n", file);
}

static void put_note(FILE *file, const char *class, const char *what, const char *words)
{
    fprintf(file, "<div class=\"%s\"><small>%s", class, what);
    html_text(file, words);
    fputs("</small></div>", file);
}

static void draw_case(const report_case *c, FILE *file)
{
    const double scale = case_scale(c);
    fputs("<div class=\"case\"><header><b>", file);
    put_name(file, c, true);
    fputs("</b> ", file);
    put_ratio(file, c->ratio_to_peer);
    fputs("</header>", file);
    if (c->source != NULL && c->source[0] != '\0')
        put_note(file, "soft", "", c->source);
    if (c->refused != NULL)
        put_note(file, "soft", "not timed: ", c->refused);
    if (c->wrong != NULL)
        put_note(file, "loss", "wrong: ", c->wrong);
    fputs("\n", file);
    for (size_t i = 0; i < c->paths; i++)
        path_row(&c->path[i], scale, file);
    for (size_t i = 0; i < c->peers; i++)
        peer_row(&c->peer[i], scale, false, file);
    for (size_t i = 0; i < c->peers; i++)
        peer_row(&c->peer[i], scale, true, file);
    fputs("</div>\n", file);
}

/* The named cases of a kind, or, behind a fold, those that the maps show. */
static void draw_kind(const report *r, size_t first, bool grid, FILE *file)
{
    size_t cases = 0;
    for (size_t i = first; i < r->case_count; i++)
        cases +=
            html_same_kind(&r->cases[i], &r->cases[first]) && html_in_grid(r, &r->cases[i]) == grid;
    if (cases == 0)
        return;
    if (grid)
        fprintf(file, "<details><summary>%zu cases of the sweep</summary>\n", cases);
    fputs("<div class=\"cases\">\n", file);
    for (size_t i = first; i < r->case_count; i++)
        if (html_same_kind(&r->cases[i], &r->cases[first]) && html_in_grid(r, &r->cases[i]) == grid)
            draw_case(&r->cases[i], file);
    fputs(grid ? "</div></details>\n" : "</div>\n", file);
}

void html_cases(const report *r, FILE *file)
{
    if (r->case_count == 0)
        return;
    html_heading(file, "cases", "Cases");
    fputs("<p class=\"soft\">GFLOP/s of each path on \u00d7 threads, with its share of the roof "
          "and which "
          "roof that is. The upright line marks the roof, the thin one what the slowest and "
          "fastest tenth "
          "of the rounds did. \u201c+conv\u201d counts the conversion to fp32 that OpenBLAS needs. "
          "The "
          "figure beside a name is the ratio to OpenBLAS.</p>\n",
          file);
    for (size_t i = 0; i < r->case_count; i++) {
        if (!html_first_of_kind(r, i))
            continue;
        fputs("<h3>", file);
        put_kind(file, &r->cases[i]);
        fputs("</h3>\n", file);
        draw_kind(r, i, false, file);
        draw_kind(r, i, true, file);
    }
}
