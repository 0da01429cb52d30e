/* SPDX-License-Identifier: MIT */
/* The page: frame, summary, machine and roofs; the other sections have files of their own. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench/report/html_parts.h"

static bool usable(double x)
{
    return isfinite(x) && x > 0;
}

static void put_date(FILE *file, double unix_s)
{
    char date[64] = "";
    const time_t seconds = (time_t)(isfinite(unix_s) ? unix_s : 0);
    struct tm utc;
    if (usable(unix_s) && unix_s < 253402300800.0 && gmtime_r(&seconds, &utc) != NULL)
        strftime(date, sizeof date, "%Y-%m-%d %H:%M UTC", &utc);
    fputs(date, file);
}

static void put_head(const report *r, FILE *file)
{
    static const char *const links[][2] = {{"roofline", "Roofline"}, {"versus", "Against OpenBLAS"},
                                           {"sweep", "Sweep"},       {"cases", "Cases"},
                                           {"latency", "Latency"},   {"scaling", "Scaling"},
                                           {"noise", "Noise"},       {"figures", "All figures"}};
    fputs("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n<meta "
          "name=\"viewport\" "
          "content=\"width=device-width,initial-scale=1\">\n<meta name=\"generator\" "
          "content=\"cophase bench\">\n<title>cophase bench: ",
          file);
    html_text(file, r->cpu);
    fprintf(file,
            "</title>\n<style>\n%s</style></head>\n<body>\n<h1>Kernels against the roof</h1>\n",
            report_style);
    fputs("<div class=\"soft\">", file);
    html_text(file, r->cpu);
    fprintf(file, ", %zu thread%s \u00b7 ", r->machine_threads, r->machine_threads == 1 ? "" : "s");
    put_date(file, r->time_unix_s);
    fputs(" \u00b7 cophase ", file);
    html_text(file, r->version);
    fputs(" ", file);
    html_text(file, r->git);
    fputs("</div>\n<nav>", file);
    bool grid = false, peer = false;
    for (size_t i = 0; i < r->case_count; i++) {
        grid = grid || html_in_grid(r, &r->cases[i]);
        peer = peer || usable(r->cases[i].ratio_to_peer);
    }
    const bool there[] = {
        r->roofs > 0,     peer, grid, r->case_count > 0, r->latencies > 0, r->scalings > 0, true,
        r->case_count > 0};
    for (size_t i = 0; i < sizeof links / sizeof links[0]; i++)
        if (there[i])
            fprintf(file, "<a href=\"#%s\">%s</a> ", links[i][0], links[i][1]);
    fputs("</nav>\n", file);
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Of the best one-thread paths of all cases; NaN without any. */
static double median_share(const report *r)
{
    double *const share = calloc(r->case_count + 1, sizeof *share);
    size_t n = 0;
    for (size_t i = 0; share != NULL && i < r->case_count; i++) {
        const report_path *const best = report_best(&r->cases[i], 1);
        if (best != NULL && isfinite(best->roof_share))
            share[n++] = best->roof_share;
    }
    if (n > 0)
        qsort(share, n, sizeof *share, ascending);
    const double median = n > 0 ? share[n / 2] : NAN;
    free(share);
    return median;
}

static void put_tile(FILE *file, const char *format, double value, const char *words)
{
    fputs("<div class=\"tile\"><b>", file);
    html_number(file, format, value);
    fprintf(file, "</b><small>%s</small></div>\n", words);
}

static void put_summary(const report *r, FILE *file)
{
    size_t wins = 0, losses = 0;
    double sum = 0, best = NAN, worst = INFINITY;
    for (size_t i = 0; i < r->case_count; i++) {
        const report_case *const c = &r->cases[i];
        for (size_t k = 0; k < c->paths; k++)
            best = fmax(best, c->path[k].gflops);
        const char *const peer = report_peer_of(c);
        if (!usable(c->ratio_to_peer) || peer == NULL || strcmp(peer, "openblas") != 0)
            continue;
        sum += log(c->ratio_to_peer);
        worst = fmin(worst, c->ratio_to_peer);
        wins += c->ratio_to_peer >= 0.97;
        losses += c->ratio_to_peer < 0.97;
    }
    if (r->case_count == 0)
        return;
    fputs("<div class=\"tiles\">\n", file);
    put_tile(file, "%.0f", (double)r->case_count, "cases");
    put_tile(file, "%.0f\u00a0%%", 100 * median_share(r),
             "of the roof: best path on one thread, median of cases");
    if (wins + losses > 0) {
        put_tile(file, "%.2f\u00a0\u00d7", exp(sum / (double)(wins + losses)),
                 "OpenBLAS, one thread, geometric mean");
        fprintf(file,
                "<div class=\"tile\"><b><span class=\"win\">%zu</span> : <span "
                "class=\"loss\">%zu</span></b><small>cases won and lost against "
                "OpenBLAS</small></div>\n",
                wins, losses);
        put_tile(file, "%.2f\u00a0\u00d7", worst, "OpenBLAS in the worst case");
    }
    put_tile(file, "%.0f", best, "GFLOP/s, the fastest path");
    fputs("</div>\n", file);
}

static void put_term(FILE *file, const char *term, const char *text)
{
    if (text == NULL)
        return;
    fprintf(file, "<dt>%s</dt><dd>", term);
    html_text(file, text);
    fputs("</dd>\n", file);
}

static void put_machine(const report *r, FILE *file)
{
    html_heading(file, "machine", "Machine");
    fputs("<div class=\"machine\"><dl>", file);
    put_term(file, "processor", r->cpu);
    fprintf(file, "<dt>cores, threads</dt><dd>%zu, %zu</dd>\n", r->cores, r->machine_threads);
    if (r->caches > 0)
        fputs("<dt>caches</dt><dd>", file);
    for (size_t i = 0; i < r->caches; i++) {
        fprintf(file, "%sL%zu ", i > 0 ? ", " : "", r->cache[i].level);
        html_text(file, r->cache[i].type);
        fputs(" ", file);
        html_bytes(file, r->cache[i].bytes);
    }
    if (r->caches > 0)
        fputs("</dd>\n", file);
    if (r->memory_bytes > 0) {
        fputs("<dt>memory</dt><dd>", file);
        html_bytes(file, r->memory_bytes);
        fputs("</dd>\n", file);
    }
    if (json_array_size(r->isa) > 0)
        fputs("<dt>instruction sets</dt><dd>", file);
    for (size_t i = 0; i < json_array_size(r->isa); i++) {
        fputs(i > 0 ? ", " : "", file);
        html_text(file, json_string_value(json_array_get(r->isa, i)));
    }
    if (json_array_size(r->isa) > 0)
        fputs("</dd>\n", file);
    put_term(file, "governor", r->governor);
    put_term(file, "compiler", r->compiler);
    put_term(file, "flags", r->flags);
    put_term(file, "OpenBLAS", r->openblas);
    fprintf(file, "<dt>seed</dt><dd>%zu</dd></dl>\n", r->seed);
}

/* Beside the machine, where there is room. */
static void put_roofs(const report *r, FILE *file)
{
    if (r->roofs == 0) {
        fputs("</div>\n", file);
        return;
    }
    fputs("<div class=\"scroll\"><table><thead><tr>"
          "<th>measured roof</th>",
          file);
    for (size_t i = 0; i < r->roofs; i++)
        fprintf(file, "<th>%zu thread%s</th>", r->roof[i].threads,
                r->roof[i].threads == 1 ? "" : "s");
    fputs("</tr></thead><tbody>\n", file);
    for (size_t k = 0; k < REPORT_PEAKS; k++) {
        fprintf(file, "<tr><td>%s, GFLOP/s</td>", report_peak_name[k]);
        for (size_t i = 0; i < r->roofs; i++) {
            fputs("<td>", file);
            html_number(file, "%.0f", r->roof[i].gflops[k]);
            fputs("</td>", file);
        }
        fputs("</tr>\n", file);
    }
    for (size_t k = 0; k < 2 * r->roof[0].bandwidths; k++) {
        const bool copy = k % 2 == 1;
        fputs("<tr><td>", file);
        html_text(file, r->roof[0].bandwidth[k / 2].level);
        fprintf(file, " %s, GB/s</td>", copy ? "copy" : "read");
        for (size_t i = 0; i < r->roofs; i++) {
            const bool there = k / 2 < r->roof[i].bandwidths;
            const report_level *const l = there ? &r->roof[i].bandwidth[k / 2] : NULL;
            fputs("<td>", file);
            html_number(file, "%.3g",
                        l == NULL ? NAN
                                  : 1e-9 * (copy ? l->copy_bytes_per_s : l->read_bytes_per_s));
            fputs("</td>", file);
        }
        fputs("</tr>\n", file);
    }
    fputs("</tbody></table></div></div>\n", file);
}

void report_html_body(const report *r, FILE *file)
{
    put_summary(r, file);
    put_machine(r, file);
    put_roofs(r, file);
    html_roofline(r, file);
    html_versus(r, file);
    html_grids(r, file);
    html_cases(r, file);
    html_latency(r, file);
    html_scaling(r, file);
    html_noise(r, file);
    html_figures(r, file);
}

void report_html(const report *r, FILE *file)
{
    put_head(r, file);
    report_html_body(r, file);
    fputs("</body></html>\n", file);
}
