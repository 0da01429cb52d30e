/* SPDX-License-Identifier: MIT */
/* Latency, scaling, noise, and all figures as tables. */
#include <math.h>

#include "bench/report/html_parts.h"

static void open_table(FILE *file, const char *head)
{
    fprintf(file, "<div class=\"scroll\"><table><thead><tr>%s</tr></thead><tbody>\n", head);
}

static void close_table(FILE *file)
{
    fputs("</tbody></table></div>\n", file);
}

static void cell_text(FILE *file, const char *text)
{
    fputs("<td class=\"t\">", file);
    html_text(file, text);
    fputs("</td>", file);
}

static void cell_number(FILE *file, const char *format, double value)
{
    fputs("<td>", file);
    html_number(file, format, value);
    fputs("</td>", file);
}

static void cell_three(FILE *file, double value)
{
    fputs("<td>", file);
    html_three(file, value);
    fputs("</td>", file);
}

static void cell_seconds(FILE *file, double value)
{
    fputs("<td>", file);
    html_seconds(file, value);
    fputs("</td>", file);
}

static void cell_kind(FILE *file, const report_case *c)
{
    char kind[REPORT_LABEL], shape[REPORT_LABEL];
    report_kind(c, kind);
    report_shape(c, shape);
    fputs("<td>", file);
    html_text(file, kind);
    fputs(" ", file);
    html_text(file, shape);
    fputs("</td>", file);
}

void html_latency(const report *r, FILE *file)
{
    if (r->latencies == 0)
        return;
    html_heading(file, "latency", "Latency of single runs");
    open_table(file, "<th>what</th><th class=\"t\">path</th><th>runs</th><th>half below</th>"
                     "<th>99\u00a0%</th><th>99.9\u00a0%</th><th>worst</th>");
    for (size_t i = 0; i < r->latencies; i++) {
        const report_latency *const l = &r->latency[i];
        fputs("<tr>", file);
        cell_kind(file, &(report_case){.kernel = l->kernel,
                                       .type = l->type,
                                       .weight_bits = l->weight_bits,
                                       .elements = l->elements,
                                       .beams = l->beams,
                                       .times = l->times});
        fputs("<td class=\"t\">", file);
        html_text(file, l->isa);
        fprintf(file, " \u00d7%zu</td><td>%zu</td>", l->threads, l->runs);
        cell_seconds(file, l->p50_s);
        cell_seconds(file, l->p99_s);
        cell_seconds(file, l->p999_s);
        cell_seconds(file, l->worst_s);
        fputs("</tr>\n", file);
    }
    close_table(file);
}

void html_scaling(const report *r, FILE *file)
{
    if (r->scalings == 0)
        return;
    html_heading(file, "scaling", "Scaling over threads");
    fputs("<p class=\"soft\">Gain is the speed over that on one thread, efficiency the gain per "
          "thread. The FMA loop's own gain, measured in the same run, is what the machine allows "
          "where "
          "arithmetic is the limit.</p>\n",
          file);
    open_table(file, "<th>case</th><th class=\"t\">path</th><th>threads</th><th>time</th>"
                     "<th>GFLOP/s</th><th>gain</th><th>efficiency</th><th>of the roof</th>"
                     "<th>FMA gain</th><th class=\"t\">limited by</th>");
    for (size_t i = 0; i < r->scalings; i++) {
        const report_scaling *const s = &r->scaling[i];
        for (size_t k = 0; k < s->steps; k++) {
            const report_step *const step = &s->step[k];
            const bool last = k + 1 == s->steps;
            fputs("<tr>", file);
            cell_kind(file, &(report_case){.kernel = s->kernel,
                                           .type = s->type,
                                           .weight_bits = s->weight_bits,
                                           .elements = s->elements,
                                           .beams = s->beams,
                                           .channels = s->channels,
                                           .times = s->times});
            cell_text(file, s->isa);
            fprintf(file, "<td>%zu</td>", step->threads);
            cell_seconds(file, step->median_s);
            cell_three(file, step->gflops);
            cell_number(file, "%.2f\u00a0\u00d7", s->step[0].median_s / step->median_s);
            cell_number(file, "%.0f\u00a0%%", 100 * step->efficiency);
            cell_number(file, "%.0f\u00a0%%", 100 * step->roof_share);
            cell_number(file, "%.2f\u00a0\u00d7", last ? s->fma_gain : NAN);
            cell_text(file, last ? s->limiter : NULL);
            fputs("</tr>\n", file);
        }
    }
    close_table(file);
}

/* What the run says of its own noise: numbers and texts, by their keys. */
static void put_noise(const report *r, FILE *file)
{
    const char *key;
    json_t *value;
    fputs("<dl>", file);
    json_object_foreach(r->noise, key, value)
    {
        if (!json_is_number(value) && !json_is_string(value))
            continue;
        fputs("<dt>", file);
        html_text(file, key);
        fputs("</dt><dd>", file);
        if (json_is_string(value))
            html_text(file, json_string_value(value));
        else
            fprintf(file, "%.4g", json_number_value(value));
        fputs("</dd>\n", file);
    }
    fputs("</dl>\n", file);
}

static double scatter_of(const report_path *p)
{
    return report_scatter(p->median_s, p->p10_s, p->p90_s);
}

void html_noise(const report *r, FILE *file)
{
    const double noisy = 0.10;
    size_t paths = 0, loud = 0;
    for (size_t i = 0; i < r->case_count; i++)
        for (size_t k = 0; k < r->cases[i].paths; k++) {
            paths += isfinite(scatter_of(&r->cases[i].path[k])) ? 1 : 0;
            loud += scatter_of(&r->cases[i].path[k]) > noisy;
        }
    html_heading(file, "noise", "Noise");
    fprintf(
        file,
        "<p>Scatter is half the distance of the 10th and 90th percentile of the rounds over the "
        "median. It is above %.0f\u00a0%% in %zu of %zu paths%s</p>\n",
        100 * noisy, loud, paths, loud > 0 ? ": read these with care." : ".");
    put_noise(r, file);
    if (loud == 0)
        return;
    fprintf(file, "<details><summary>%zu noisy path%s</summary>\n", loud, loud == 1 ? "" : "s");
    open_table(file, "<th>case</th><th class=\"t\">path</th><th>threads</th><th>median</th>"
                     "<th>10\u00a0%</th><th>90\u00a0%</th><th>scatter</th>");
    for (size_t i = 0; i < r->case_count; i++)
        for (size_t k = 0; k < r->cases[i].paths; k++) {
            const report_path *const p = &r->cases[i].path[k];
            if (!(scatter_of(p) > noisy))
                continue;
            fputs("<tr>", file);
            cell_kind(file, &r->cases[i]);
            cell_text(file, p->isa);
            fprintf(file, "<td>%zu</td>", p->threads);
            cell_seconds(file, p->median_s);
            cell_seconds(file, p->p10_s);
            cell_seconds(file, p->p90_s);
            cell_number(file, "%.0f\u00a0%%", 100 * scatter_of(p));
            fputs("</tr>\n", file);
        }
    close_table(file);
    fputs("</details>\n", file);
}

static void path_figures(const report_case *c, const report_path *p, FILE *file)
{
    fputs("<tr>", file);
    cell_kind(file, c);
    cell_text(file, p->isa);
    fprintf(file, "<td>%zu</td>", p->threads);
    cell_seconds(file, p->median_s);
    cell_seconds(file, p->p10_s);
    cell_seconds(file, p->p90_s);
    cell_three(file, p->gflops);
    cell_three(file, 1e-6 * p->samples_per_s);
    cell_three(file, 1e-9 * p->bytes_per_s);
    cell_number(file, "%.1f\u00a0%%", 100 * p->roof_share);
    cell_text(file, p->roof);
    cell_number(file, "%.2f", p->ratio_to_scalar);
    cell_number(file, "%.2f", p->error_of_bound);
    fputs("</tr>\n", file);
}

static void peer_figures(const report_case *c, const report_peer *p, FILE *file)
{
    fputs("<tr>", file);
    cell_kind(file, c);
    fputs("<td class=\"t\">", file);
    html_text(file, p->name);
    fputs(" ", file);
    html_text(file, p->core);
    fprintf(file, "</td><td>%zu</td>", p->threads);
    cell_seconds(file, p->median_s);
    cell_seconds(file, p->p10_s);
    cell_seconds(file, p->p90_s);
    cell_three(file, p->gflops);
    fputs("<td></td><td></td><td></td><td></td><td></td><td></td></tr>\n", file);
}

void html_figures(const report *r, FILE *file)
{
    if (r->case_count == 0)
        return;
    html_heading(file, "figures", "All figures");
    fputs("<p class=\"soft\">Error is the largest difference from the double oracle over the bound "
          "that the kernel promises: above 1 is wrong.</p>\n<details><summary>Table</summary>\n",
          file);
    open_table(file,
               "<th>case</th><th class=\"t\">path</th><th>threads</th><th>median</th>"
               "<th>10\u00a0%</th><th>90\u00a0%</th><th>GFLOP/s</th><th>Msamples/s</th>"
               "<th>GB/s</th><th>of the roof</th><th class=\"t\">roof</th><th>over scalar</th>"
               "<th>error</th>");
    for (size_t i = 0; i < r->case_count; i++) {
        const report_case *const c = &r->cases[i];
        for (size_t k = 0; k < c->paths; k++)
            path_figures(c, &c->path[k], file);
        for (size_t k = 0; k < c->peers; k++)
            peer_figures(c, &c->peer[k], file);
    }
    close_table(file);
    fputs("</details>\n", file);
}
