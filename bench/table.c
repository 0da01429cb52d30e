/* SPDX-License-Identifier: MIT */
#include "bench/table.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

void bench_print_roof(const bench_options *options, const bench_roof *roof)
{
    printf("%s, %zu cores, tier %s, %s pages; cophase %s\n", roof->machine.cpu, roof->machine.cores,
           cph_isa_name(options->isa), roof->machine.huge_pages ? "huge" : "small",
           bench_build_git());
    for (size_t row = 0; row < roof->counts; row++) {
        const double *const rate = roof->rate[row];
        printf("roof, %zu thread%s: FMA %.0f, BF16 %.0f, int16 %.0f, int8 %.0f GFLOP/s; read / "
               "copy GB/s:",
               roof->threads[row], roof->threads[row] > 1 ? "s" : "", rate[BENCH_FMA],
               rate[BENCH_BF16], rate[BENCH_INT16], rate[BENCH_INT8]);
        for (size_t i = 0; i < BENCH_LEVELS; i++)
            printf(" %s %.0f / %.0f%s", bench_level_name(i), 1e-9 * rate[BENCH_READ + i],
                   1e-9 * rate[BENCH_COPY + i], i + 1 < BENCH_LEVELS ? "," : "\n");
    }
    printf("times are medians (10th to 90th percentile) of rounds in which all paths take turns; "
           "GFLOP/s count 8 a complex multiply-add\n");
    fflush(stdout);
}

static const char *scaled(double seconds, char text[16])
{
    static const struct {
        double least;
        const char *unit;
        double factor;
    } units[] = {{1.0, "s", 1.0}, {1e-3, "ms", 1e3}, {0.0, "us", 1e6}};
    size_t i = 0;
    while (seconds < units[i].least)
        i++;
    if (isnan(seconds))
        snprintf(text, 16, "-");
    else
        snprintf(text, 16, "%.4g %s", units[i].factor * seconds, units[i].unit);
    return text;
}

static void print_times(const char *name, size_t threads, const bench_spread *s)
{
    char median[16], p10[16], p90[16];
    printf("  %-22s %2zu  %9s (%s to %s)", name, threads, scaled(s->median, median),
           scaled(s->p10, p10), scaled(s->p90, p90));
}

/* A figure, or a dash where it is none. */
static void figure(const char *before, int digits, double value, const char *after)
{
    if (isfinite(value))
        printf("%s%.*f%s", before, digits, value, after);
}

static void print_path(const bench_path *p)
{
    print_times(p->isa, p->threads, &p->series.spread);
    figure("  ", 1, p->gflops, " GFLOP/s");
    printf("  %.0f Msample/s", 1e-6 * p->samples_per_s);
    figure("  ", 1, 1e-9 * p->bytes_per_s, " GB/s");
    if (isfinite(p->roof_share))
        printf("  %.0f %% of %s roof", 100.0 * p->roof_share, p->roof);
    figure("  ", 1, p->ratio_to_scalar, " x scalar");
    printf("\n");
}

static void print_peer(const bench_peer *p)
{
    char name[80], with[16];
    snprintf(name, sizeof name, "%s %s %s", p->name, p->core, p->call);
    print_times(name, p->threads, &p->series.spread);
    figure("  ", 1, p->gflops, " GFLOP/s");
    if (p->core[0] != '\0')
        printf("  with conversion %s", scaled(p->median_with_conversion_s, with));
    printf("\n");
}

void bench_print_case(const bench_result *r)
{
    char what[100];
    bench_describe(&r->c, what, sizeof what);
    printf("\n%s: %s, %zu times, %s", r->c.name, what, r->c.times, r->c.cold ? "cold" : "hot");
    if (r->roof != NULL)
        printf("; roof %.0f GFLOP/s (%s)", r->roof_gflops, r->roof);
    figure("; memory read at ", 1, 1e-9 * r->read_bytes_per_s[0], " GB/s");
    printf("\n");
    if (r->refused != NULL)
        printf("  not timed: %s\n", r->refused);
    for (size_t i = 0; i < r->paths; i++)
        print_path(&r->path[i]);
    for (size_t i = 0; i < r->peers; i++)
        print_peer(&r->peer[i]);
    if (r->wrong)
        printf("  WRONG: %s\n", r->complaint);
    if (isfinite(r->ratio_to_peer)) {
        printf("  %s: %.2f x %s (%.2f to %.2f)", r->verdict, r->ratio_to_peer,
               r->peer[r->best_peer].name, r->peer_ratio.p10, r->peer_ratio.p90);
        if (r->c.type != CPH_C32)
            printf(", %.2f x with its conversion counted", r->ratio_with_conversion);
        printf("\n");
    }
    fflush(stdout);
}

void bench_print_end(const bench_roof *roof, double log_sum, size_t compared, size_t lost)
{
    const bench_spread clock = bench_roof_spread(roof);
    printf(
        "\nFMA rate over %zu measurements: %.2f to %.2f of its median (10th to 90th percentile)\n",
        roof->rounds, clock.p10, clock.p90);
    if (compared > 0)
        printf("%zu cases compared with a peer: geometric mean %.2f x, slower in %zu\n", compared,
               exp(log_sum / (double)compared), lost);
}
