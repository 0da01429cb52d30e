/* SPDX-License-Identifier: MIT */
/* Every path of every case over its operations per byte, under the roofs of its thread count. */
#include <math.h>
#include <string.h>

#include "bench/report/html_parts.h"

enum { WIDTH = 480, HEIGHT = 400, LEFT = 52, RIGHT = 12, TOP = 12, BOTTOM = 44 };

/* Logarithmic axes: intensity in FLOP/byte, speed in GFLOP/s. */
typedef struct plane {
    double x0, x1, y0, y1;
} plane;

static double x_of(const plane *a, double intensity)
{
    return LEFT + (WIDTH - LEFT - RIGHT) * log(intensity / a->x0) / log(a->x1 / a->x0);
}

static double y_of(const plane *a, double gflops)
{
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * log(gflops / a->y0) / log(a->y1 / a->y0);
}

static double intensity_of(const report_path *p)
{
    return 1e9 * p->gflops / p->bytes_per_s;
}

static bool drawable(const report_path *p)
{
    const double x = intensity_of(p);
    return isfinite(x) && x > 0 && isfinite(p->gflops) && p->gflops > 0;
}

static plane plane_of(const report *r, const report_roof *roof)
{
    plane a = {.x0 = 0.5, .x1 = 64, .y0 = 10, .y1 = 100};
    for (size_t k = 0; k < REPORT_PEAKS; k++)
        if (isfinite(roof->gflops[k]))
            a.y1 = fmax(a.y1, roof->gflops[k]);
    for (size_t i = 0; i < r->case_count; i++)
        for (size_t k = 0; k < r->cases[i].paths; k++) {
            const report_path *const p = &r->cases[i].path[k];
            if (p->threads != roof->threads || !drawable(p))
                continue;
            a.x0 = fmin(a.x0, intensity_of(p));
            a.x1 = fmax(a.x1, intensity_of(p));
            a.y0 = fmin(a.y0, p->gflops);
            a.y1 = fmax(a.y1, p->gflops);
        }
    a.x0 /= 1.4, a.x1 *= 1.4, a.y0 /= 1.5, a.y1 *= 1.7;
    return a;
}

static void draw_axes(const plane *a, FILE *file)
{
    const double right = WIDTH - RIGHT, bottom = HEIGHT - BOTTOM;
    const double step = log2(a->x1 / a->x0) > 9 ? 4 : 2;
    const int x_last = (int)floor(log(a->x1) / log(step)), y_last = (int)floor(log10(a->y1));
    for (int i = (int)ceil(log(a->x0) / log(step)); i <= x_last; i++) {
        const double value = pow(step, i), x = x_of(a, value);
        fprintf(file,
                "<line class=\"grid\" x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%.0f\"/>"
                "<text class=\"dim\" text-anchor=\"middle\" x=\"%.1f\" y=\"%.0f\">%g</text>\n",
                x, TOP, x, bottom, x, bottom + 16, value);
    }
    for (int i = (int)ceil(log10(a->y0)); i <= y_last; i++) {
        const double value = pow(10, i), y = y_of(a, value);
        fprintf(file,
                "<line class=\"grid\" x1=\"%d\" y1=\"%.1f\" x2=\"%.0f\" y2=\"%.1f\"/>"
                "<text class=\"dim\" text-anchor=\"end\" x=\"%d\" y=\"%.1f\">%g</text>\n",
                LEFT, y, right, y, LEFT - 5, y + 4, value);
    }
    fprintf(file,
            "<path class=\"axis\" fill=\"none\" d=\"M%d %dV%.0fH%.0f\"/>"
            "<text class=\"dim\" text-anchor=\"middle\" x=\"%.0f\" y=\"%d\">operations per byte in "
            "and out</text>"
            "<text class=\"dim\" text-anchor=\"middle\" transform=\"translate(13 %.0f) "
            "rotate(-90)\">GFLOP/s</text>\n",
            LEFT, TOP, bottom, right, 0.5 * (LEFT + right), HEIGHT - 8, 0.5 * (TOP + bottom));
}

/* Peaks within 5 % share a line: "bf16, int16 498". */
static void draw_peaks(const plane *a, const report_roof *roof, double bandwidth, FILE *file)
{
    bool done[REPORT_PEAKS] = {false};
    for (size_t i = 0; i < REPORT_PEAKS; i++) {
        const double peak = roof->gflops[i];
        if (done[i] || !(peak >= a->y0 && peak <= a->y1))
            continue;
        char names[64] = "";
        for (size_t k = i; k < REPORT_PEAKS; k++)
            if (fabs(log(roof->gflops[k] / peak)) < 0.05) {
                done[k] = true;
                snprintf(names + strlen(names), sizeof names - strlen(names), "%s%s",
                         names[0] != '\0' ? ", " : "", report_peak_name[k]);
            }
        const double ridge =
            bandwidth > 0 ? fmin(fmax(1e9 * peak / bandwidth, a->x0), a->x1) : a->x0;
        fprintf(
            file,
            "<path class=\"roof\" d=\"M%.1f %.1fH%d\"/><text class=\"label\" text-anchor=\"end\" "
            "x=\"%d\" y=\"%.1f\">%s %.0f</text>\n",
            x_of(a, ridge), y_of(a, peak), WIDTH - RIGHT, WIDTH - RIGHT, y_of(a, peak) - 4, names,
            peak);
    }
}

static double draw_bandwidths(const plane *a, const report_roof *roof, double highest, FILE *file)
{
    const double turn = atan2((HEIGHT - TOP - BOTTOM) / log(a->y1 / a->y0),
                              (WIDTH - LEFT - RIGHT) / log(a->x1 / a->x0));
    double fastest = 0;
    for (size_t i = 0; i < roof->bandwidths; i++) {
        const double rate = 1e-9 * roof->bandwidth[i].read_bytes_per_s;
        if (!(rate > 0) || !isfinite(rate))
            continue;
        fastest = fmax(fastest, 1e9 * rate);
        const double x0 = fmax(a->x0, a->y0 / rate), x1 = fmin(a->x1, highest / rate);
        if (x1 <= x0)
            continue;
        fprintf(file,
                "<path class=\"roof\" stroke-dasharray=\"5 3\" d=\"M%.1f %.1fL%.1f %.1f\"/>"
                "<text class=\"label\" transform=\"translate(%.1f %.1f) rotate(%.1f)\" dy=\"-4\">",
                x_of(a, x0), y_of(a, rate * x0), x_of(a, x1), y_of(a, rate * x1), x_of(a, x0) + 4,
                y_of(a, rate * x0) - 4 * tan(turn), -turn * 57.29577951308232);
        html_text(file, roof->bandwidth[i].level);
        fprintf(file, " %.3g GB/s</text>\n", rate);
    }
    return fastest;
}

static void draw_point(const plane *a, const report_case *c, const report_path *p, FILE *file)
{
    char kind[REPORT_LABEL], shape[REPORT_LABEL];
    report_kind(c, kind);
    report_shape(c, shape);
    fprintf(file, "<circle class=\"dot %s\" cx=\"%.1f\" cy=\"%.1f\" r=\"3.4\"><title>",
            html_isa_class(p->isa), x_of(a, intensity_of(p)), y_of(a, p->gflops));
    html_text(file, kind);
    fputs(" ", file);
    html_text(file, shape);
    fputs(", ", file);
    html_text(file, p->isa);
    fprintf(file, ": %.3g GFLOP/s, ", p->gflops);
    html_number(file, "%.0f", 100 * p->roof_share);
    fputs(" % of ", file);
    html_text(file, p->roof);
    fputs("</title></circle>\n", file);
}

static double peak_of(const report_roof *roof)
{
    double peak = 0;
    for (size_t k = 0; k < REPORT_PEAKS; k++)
        if (isfinite(roof->gflops[k]))
            peak = fmax(peak, roof->gflops[k]);
    return peak;
}

static void draw_plot(const report *r, const report_roof *roof, FILE *file)
{
    const plane a = plane_of(r, roof);
    fprintf(file,
            "<figure><figcaption>%zu thread%s</figcaption><svg viewBox=\"0 0 %d %d\" role=\"img\" "
            "aria-label=\"Roofline on %zu threads\">\n",
            roof->threads, roof->threads == 1 ? "" : "s", WIDTH, HEIGHT, roof->threads);
    draw_axes(&a, file);
    for (size_t i = 0; i < r->case_count; i++)
        for (size_t k = 0; k < r->cases[i].paths; k++)
            if (r->cases[i].path[k].threads == roof->threads && drawable(&r->cases[i].path[k]))
                draw_point(&a, &r->cases[i], &r->cases[i].path[k], file);
    const double fastest = draw_bandwidths(&a, roof, peak_of(roof), file);
    draw_peaks(&a, roof, fastest, file);
    fputs("</svg></figure>\n", file);
}

static bool has_class(const report *r, const char *class)
{
    for (size_t i = 0; i < r->case_count; i++)
        for (size_t k = 0; k < r->cases[i].paths; k++)
            if (strcmp(html_isa_class(r->cases[i].path[k].isa), class) == 0)
                return true;
    return false;
}

static void draw_key(const report *r, FILE *file)
{
    static const struct {
        const char *class, *label;
    } keys[] = {{"scalar", "scalar"},
                {"compiler", "vectorised by the compiler"},
                {"avx2", "avx2"},
                {"avx512", "avx512"},
                {"avx512bf16", "avx512bf16"},
                {"avx512vnni", "avx512vnni"},
                {"neon", "neon"},
                {"neondot", "neondot"},
                {"other", "other"}};
    fputs("<ul class=\"key\">", file);
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (has_class(r, keys[i].class))
            fprintf(file,
                    "<li><svg width=\"11\" height=\"11\"><circle class=\"%s\" cx=\"5.5\" "
                    "cy=\"5.5\" r=\"5\"/></svg>%s</li>",
                    keys[i].class, keys[i].label);
    fputs("</ul>\n", file);
}

void html_roofline(const report *r, FILE *file)
{
    if (r->roofs == 0)
        return;
    html_heading(file, "roofline", "Roofline");
    fputs(
        "<p class=\"soft\">A point is a path of a case. Flat lines are the measured peaks of the "
        "arithmetic in GFLOP/s, dashed ones the measured read bandwidths. A kernel of two passes, "
        "as for 16-bit weights on 8-bit samples, can reach half of its peak.</p>\n",
        file);
    draw_key(r, file);
    fputs("<div class=\"plots\">\n", file);
    for (size_t i = 0; i < r->roofs; i++)
        draw_plot(r, &r->roof[i], file);
    fputs("</div>\n", file);
}
