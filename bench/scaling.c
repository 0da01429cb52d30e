/* SPDX-License-Identifier: MIT */
#include "bench/scaling.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/contender.h"

bool bench_scaling_is_default(const bench_case *c)
{
    static const struct {
        const char *name;
        bench_kernel kernel;
        cph_type type;
        unsigned weight_bits;
        size_t elements, beams, channels;
    } chosen[] = {{"terminal", BENCH_BEAMFORM, CPH_C8, 8, 1280, 2, 1},
                  {"terminal", BENCH_BEAMFORM, CPH_C8, 8, 1280, 16, 1},
                  {"chord", BENCH_BEAMFORM, CPH_C8, 16, 512, 96, 1},
                  {"lofar", BENCH_BEAMFORM, CPH_C16, 16, 192, 488, 1},
                  {"meerkat", BENCH_BEAMFORM, CPH_C32, 32, 64, 400, 1},
                  {"mwa", BENCH_COVARIANCE, CPH_C8, 0, 512, 1, 1},
                  {"lofar", BENCH_COVARIANCE, CPH_C32, 0, 192, 1, 1},
                  {"gains", BENCH_STEFCAL, CPH_C32, 0, 64, 1, 1000}};
    for (size_t i = 0; i < sizeof chosen / sizeof chosen[0]; i++)
        if (strcmp(c->name, chosen[i].name) == 0 && c->kernel == chosen[i].kernel &&
            c->type == chosen[i].type && c->weight_bits == chosen[i].weight_bits &&
            c->elements == chosen[i].elements && c->beams == chosen[i].beams &&
            c->channels == chosen[i].channels)
            return true;
    return false;
}

size_t bench_scaling_counts(size_t threads, size_t counts[BENCH_STEPS])
{
    size_t n = 0;
    for (size_t t = 1; t < threads && n < BENCH_STEPS - 1;) {
        counts[n++] = t;
        t = t < 8 ? t + 1 : t % 3 == 0 ? t / 3 * 4 : t / 2 * 3;
    }
    counts[n++] = threads;
    return n;
}

/* The case on one thread and on several, which take turns. */
typedef struct pair {
    bench_data data;
    cph_exec exec;
    bench_subject subject[2];
    bench_series series[2], reader_series[2];
    bench_reader reader[2];
    bench_contender contender[4];
    size_t contenders;
} pair;

static bool open_pair(pair *p, const bench_scaling *scaling, const bench_options *options,
                      const bench_roof *roof)
{
    const size_t threads = roof->threads[roof->counts - 1];
    if (!bench_data_open(&p->data, &scaling->c, bench_cold_bytes(&roof->machine), options->seed))
        return false;
    cph_exec_openmp(&p->exec, threads);
    for (size_t i = 0; i < roof->counts; i++) {
        bench_subject *const s = &p->subject[i];
        *s = (bench_subject){.data = &p->data,
                             .isa = options->isa,
                             .times = scaling->c.times,
                             .regime = options->regime,
                             .exec = i > 0 ? &p->exec : NULL};
        if (bench_subject_open(s) != CPH_OK || !(bench_subject_error(s, false) <= 1.0))
            return false;
        p->contender[p->contenders++] = (bench_contender){
            .subject = s, .threaded = i > 0, .factor = 1.0, .series = &p->series[i]};
        if (scaling->c.cold)
            p->contender[p->contenders++] =
                bench_reader_open(&p->reader[i], roof, &p->data, i, &p->reader_series[i]);
    }
    return true;
}

static void close_pair(pair *p)
{
    for (size_t i = 0; i < 2; i++)
        bench_subject_close(&p->subject[i]);
    bench_data_close(&p->data);
    free(p);
}

static double fma_gain(const bench_roof *roof)
{
    return bench_ratio_of(roof->history[roof->counts - 1][BENCH_FMA], roof->history[0][BENCH_FMA],
                          roof->rounds)
        .median;
}

static void add_step(bench_scaling *scaling, const pair *p, const bench_roof *roof, size_t row)
{
    const double seconds = p->series[row].spread.median;
    bench_step *const step = &scaling->step[scaling->steps++];
    *step = (bench_step){.threads = roof->threads[row],
                         .median_s = seconds,
                         .gflops = 1e-9 * bench_operations(&scaling->c) / seconds,
                         .gain = 1.0,
                         .fma_gain = 1.0};
    step->roof_share =
        step->gflops /
        bench_roof_of(roof, &scaling->c, row, bench_reader_rate(&p->reader[row]), &step->roof);
    if (row == 0)
        return;
    step->gain = bench_ratio_of(p->series[0].seconds, p->series[row].seconds, BENCH_ROUNDS).median;
    step->fma_gain = fma_gain(roof);
}

void bench_scaling_run(bench_scaling *scaling, const bench_options *options, bench_roof *roof)
{
    enum { MEASURES = 3 };
    pair *const p = calloc(1, sizeof *p);
    scaling->wrong = scaling->wrong || p == NULL || !open_pair(p, scaling, options, roof);
    for (size_t i = 0; i < MEASURES && !scaling->wrong; i++)
        bench_roof_measure(roof);
    if (!scaling->wrong) {
        bench_time_all(p->contender, p->contenders, options->seconds);
        bench_roof_measure(roof);
        if (scaling->steps == 0)
            add_step(scaling, p, roof, 0);
        if (roof->counts > 1 && scaling->steps < BENCH_STEPS)
            add_step(scaling, p, roof, roof->counts - 1);
    }
    if (p != NULL)
        close_pair(p);
}

const char *bench_scaling_limiter(const bench_scaling *scaling)
{
    if (scaling->wrong || scaling->steps == 0)
        return NULL;
    const bench_step *const first = &scaling->step[0], *const last = first + scaling->steps - 1;
    const double roof_gain = last->gflops / last->roof_share / (first->gflops / first->roof_share);
    if (last->roof_share >= 0.75)
        return last->roof;
    return last->gain >= 0.92 * fmin(roof_gain, last->fma_gain) ? "kernel" : "overhead";
}

/* ---- output ---- */

void bench_print_scaling(const bench_options *options, const bench_scaling *scaling)
{
    const char *const limiter = bench_scaling_limiter(scaling);
    char what[100];
    bench_describe(&scaling->c, what, sizeof what);
    printf("\n%s: %s, %zu times%s, tier %s\n", scaling->c.name, what, scaling->c.times,
           scaling->c.cold ? ", cold" : "", cph_isa_name(options->isa));
    if (limiter == NULL) {
        printf("  not within its bound, or not to be had\n");
        return;
    }
    printf("  %7s %10s %9s %6s %10s %9s %11s  %s\n", "threads", "us", "GFLOP/s", "gain",
           "efficiency", "FMA gain", "of FMA gain", "of the roof");
    for (size_t i = 0; i < scaling->steps; i++) {
        const bench_step *const s = &scaling->step[i];
        printf("  %7zu %10.1f %9.1f %6.2f %9.0f%% %9.2f %10.0f%%  %.0f%% of %s\n", s->threads,
               1e6 * s->median_s, s->gflops, s->gain, 100 * s->gain / (double)s->threads,
               s->fma_gain, 100 * s->gain / s->fma_gain, 100 * s->roof_share, s->roof);
    }
    printf("  limited by: %s\n", limiter);
    fflush(stdout);
}

static json_t *number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *text(const char *value)
{
    return value != NULL ? json_string(value) : json_null();
}

static json_t *json_step(const bench_step *s)
{
    return json_pack("{s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "threads", (json_int_t)s->threads,
                     "median_s", number(s->median_s), "gflops", number(s->gflops), "gain",
                     number(s->gain), "efficiency", number(s->gain / (double)s->threads),
                     "fma_gain", number(s->fma_gain), "roof_share", number(s->roof_share), "roof",
                     text(s->roof));
}

json_t *bench_json_scaling(const bench_options *options, const bench_scaling *scaling)
{
    const bench_case *const c = &scaling->c;
    const bench_step *const last = scaling->steps > 0 ? &scaling->step[scaling->steps - 1] : NULL;
    json_t *const steps = json_array();
    for (size_t i = 0; i < scaling->steps; i++)
        json_array_append_new(steps, json_step(&scaling->step[i]));
    return json_pack(
        "{s:s, s:s, s:s, s:o, s:I, s:I, s:I, s:I, s:b, s:s, s:o, s:o, s:o, s:o}", "name", c->name,
        "kernel", bench_kernel_name(c->kernel), "type", bench_type_name(c->type), "weight_bits",
        c->weight_bits > 0 ? json_integer(c->weight_bits) : json_null(), "elements",
        (json_int_t)c->elements, "beams", (json_int_t)c->beams, "channels", (json_int_t)c->channels,
        "times", (json_int_t)c->times, "cold", (int)c->cold, "isa", cph_isa_name(options->isa),
        "threads", steps, "fma_gain", number(last != NULL ? last->fma_gain : NAN),
        "gain_of_fma_gain", number(last != NULL ? last->gain / last->fma_gain : NAN), "limiter",
        text(bench_scaling_limiter(scaling)));
}
