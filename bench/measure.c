/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <time.h>

#include "bench/bench.h"

typedef struct variant {
    check_case c;
    cph_exec exec;
    bench_result result;
    double seconds[BENCH_ROUNDS];
} variant;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double time_runs(variant *v)
{
    const double start = now();
    for (size_t i = 0; i < v->result.repeats; i++)
        if (v->c.run(&v->c) != CPH_OK)
            return INFINITY;
    return (now() - start) / (double)v->result.repeats;
}

/* The case, verified, and how often a round runs it so that the clock's step does not matter. */
static void prepare(variant *v, const check_kernel *kernel, const bench_shape *shape,
                    const bench_options *options, cph_isa isa, size_t threads)
{
    cph_exec_openmp(&v->exec, threads);
    v->result = (bench_result){.isa = isa, .threads = threads, .repeats = 1};
    check_open(&v->c, kernel,
               &(check_config){.isa = isa,
                               .times = shape->times,
                               .elements = shape->elements,
                               .beams = shape->beams,
                               .place = CHECK_ALIGNED,
                               .exec = threads > 1 ? &v->exec : NULL,
                               .seed = options->seed});
    const double first = time_runs(v);
    v->result.error = v->c.error(&v->c);
    CHECK(v->result.error <= 1.0, "%s %s is within its bound: %g", kernel->name, cph_isa_name(isa),
          v->result.error);
    const double round_s = 1e-3;
    v->result.repeats = first < round_s ? (size_t)ceil(round_s / fmax(first, 1e-9)) : 1;
    v->result.rounds = (size_t)fmin(fmax(options->seconds / fmax(first, round_s), 5), BENCH_ROUNDS);
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void summarise(variant *v)
{
    bench_result *const r = &v->result;
    qsort(v->seconds, r->rounds, sizeof v->seconds[0], ascending);
    r->median_s = v->seconds[r->rounds / 2];
    r->p10_s = v->seconds[r->rounds / 10];
    r->p90_s = v->seconds[r->rounds * 9 / 10];
    r->gflops = 1e-9 * v->c.operations / r->median_s;
    r->gbytes_per_s = 1e-9 * v->c.bytes / r->median_s;
}

/* Round by round over all variants, so that what disturbs the machine disturbs them alike. */
static void time_all(variant *v, size_t count)
{
    for (size_t round = 0; round < BENCH_ROUNDS; round++)
        for (size_t i = 0; i < count; i++)
            if (round < v[i].result.rounds)
                v[i].seconds[round] = time_runs(&v[i]);
    for (size_t i = 0; i < count; i++) {
        summarise(&v[i]);
        v[i].result.ratio = v[0].result.median_s / v[i].result.median_s;
    }
}

size_t bench_kernel(const check_kernel *kernel, const bench_shape *shape,
                    const bench_options *options, bench_result result[BENCH_VARIANTS])
{
    variant *const v = check_room(BENCH_VARIANTS, sizeof *v);
    size_t count = 0;
    for (unsigned isa = 0; isa < CPH_ISA_COUNT; isa++) {
        if (cph_kernel_variant(kernel->index, (cph_isa)isa) == NULL)
            continue;
        prepare(&v[count++], kernel, shape, options, (cph_isa)isa, 1);
        if (options->threads > 1 && v[count - 1].c.threaded)
            prepare(&v[count++], kernel, shape, options, (cph_isa)isa, options->threads);
    }
    time_all(v, count);
    for (size_t i = 0; i < count; i++) {
        result[i] = v[i].result;
        check_close(&v[i].c);
    }
    free(v);
    return count;
}
