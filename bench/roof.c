/* SPDX-License-Identifier: MIT */
#include "bench/roof.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/clock.h"
#include "bench/pages.h"
#include "bench/peak.h"
#include "bench/pin.h"

const char *bench_level_name(size_t level)
{
    static const char *const names[BENCH_LEVELS] = {"L1", "L2", "L3", "DRAM"};
    return level < BENCH_LEVELS ? names[level] : NULL;
}

/* Loops by tier; the highest one allowed that has a loop is taken. */
static const struct loops {
    bench_peak_fn *peak[4];
    bench_read_fn *read;
    bench_copy_fn *copy;
} loops[CPH_ISA_COUNT] = {
    [CPH_ISA_SCALAR] = {{bench_fma_scalar, NULL, bench_int16_scalar, NULL},
                        bench_read_scalar,
                        bench_copy_scalar},
    CPH_IF_avx2([CPH_ISA_AVX2] = {{bench_fma_avx2, NULL, bench_int16_avx2, NULL},
                                  bench_read_avx2,
                                  bench_copy_avx2}, )
        CPH_IF_avx512([CPH_ISA_AVX512] = {{bench_fma_avx512, NULL, bench_int16_avx512, NULL},
                                          bench_read_avx512,
                                          bench_copy_avx512}, )
            CPH_IF_avx512bf16([CPH_ISA_AVX512BF16] = {{[BENCH_BF16] = bench_bf16_avx512bf16},
                                                      NULL,
                                                      NULL}, )
                CPH_IF_avx512vnni([CPH_ISA_AVX512VNNI] = {{[BENCH_INT16] = bench_int16_avx512vnni,
                                                           [BENCH_INT8] = bench_int8_avx512vnni},
                                                          NULL,
                                                          NULL}, )
                    CPH_IF_neon([CPH_ISA_NEON] = {{bench_fma_neon, NULL, bench_int16_neon, NULL},
                                                  NULL,
                                                  NULL}, )
                        CPH_IF_neondot([CPH_ISA_NEONDOT] = {
                                           {[BENCH_INT8] = bench_int8_neondot}, NULL, NULL}, )};

static struct loops choose(cph_isa limit)
{
    struct loops best = loops[CPH_ISA_SCALAR];
    for (unsigned isa = 1; isa <= (unsigned)limit; isa++) {
        if (!cph_isa_available((cph_isa)isa))
            continue;
        for (size_t k = 0; k < 4; k++)
            if (loops[isa].peak[k] != NULL)
                best.peak[k] = loops[isa].peak[k];
        best.read = loops[isa].read != NULL ? loops[isa].read : best.read;
        best.copy = loops[isa].copy != NULL ? loops[isa].copy : best.copy;
    }
    return best;
}

/* Bytes that one of `threads` works on so that all of them stay in a level: half of a private
 * cache, a share of a quarter of the last one (others may use it too), a share of the whole. */
static size_t level_bytes(const bench_roof *roof, size_t level, size_t threads)
{
    const size_t cache = bench_cache_bytes(&roof->machine, (unsigned)level + 1);
    const size_t bytes = level < 2    ? cache / 2
                         : level == 2 ? cache / 4 / threads
                                      : roof->bytes / threads;
    return bytes / 2048 * 2048;
}

struct job {
    const struct loops *loops;
    bench_rate rate;
    char *memory;
    size_t stride, bytes, turns;
    double operations[256]; /* a thread its own; bytes for reads and copies */
};

static void work(void *context, size_t begin, size_t end, size_t worker)
{
    struct job *const job = context;
    (void)worker;
    for (size_t i = begin; i < end && i < 256; i++) {
        char *const from = job->memory + i * job->stride, *const to = from + job->bytes / 2;
        if (job->rate < BENCH_READ) {
            job->operations[i] = job->loops->peak[job->rate](job->turns);
            continue;
        }
        for (size_t k = 0; k < job->turns; k++) {
            if (job->rate < BENCH_COPY) {
                const unsigned sum = job->loops->read(from, job->bytes);
                __asm__ volatile("" ::"r"(sum));
            } else {
                job->loops->copy(from, to, job->bytes / 2);
            }
        }
        job->operations[i] = (double)job->turns * (double)job->bytes;
    }
}

/* Runs on all threads at once; returns seconds, and what was done in them. */
static double run(const bench_roof *roof, const struct loops *chosen, size_t row, bench_rate rate,
                  size_t turns, double *done)
{
    const size_t threads = roof->threads[row];
    struct job job = {.loops = chosen, .rate = rate, .memory = roof->memory, .turns = turns};
    if (rate >= BENCH_READ)
        job.bytes = level_bytes(roof, (rate - BENCH_READ) % BENCH_LEVELS, threads);
    job.stride = roof->bytes / threads / 4096 * 4096;
    cph_exec exec;
    cph_exec_openmp(&exec, threads);
    const double start = bench_now();
    exec.parallel_for(exec.context, threads, work, &job);
    const double seconds = bench_now() - start;
    *done = 0.0;
    for (size_t i = 0; i < threads && i < 256; i++)
        *done += job.operations[i];
    return seconds;
}

static bool has(const bench_roof *roof, const struct loops *chosen, size_t row, bench_rate rate)
{
    if (rate < BENCH_READ)
        return chosen->peak[rate] != NULL;
    const size_t level = (rate - BENCH_READ) % BENCH_LEVELS;
    return level_bytes(roof, level, roof->threads[row]) >= 4096;
}

/* As many turns as take long enough: the shortest of a few runs, since the system interrupts some.
 * Later on one run is looked at again, which wakes the threads as well. */
static void calibrate(bench_roof *roof, const struct loops *chosen, size_t row, bench_rate rate)
{
    enum { FIRST_TRIES = 5 };
    const double enough_s = 1.5e-3;
    size_t *const turns = &roof->turns[row][rate];
    const size_t tries = *turns == 0 ? FIRST_TRIES : 1;
    double done;
    *turns = *turns == 0 ? 1 : *turns;
    for (;;) {
        double shortest = INFINITY;
        for (size_t i = 0; i < tries && shortest >= enough_s; i++)
            shortest = fmin(shortest, run(roof, chosen, row, rate, *turns, &done));
        if (shortest >= enough_s || *turns >= SIZE_MAX / 4)
            break;
        *turns *= 2;
    }
}

static double measure_one(const bench_roof *roof, const struct loops *chosen, size_t row,
                          bench_rate rate)
{
    enum { TRIES = 3 };
    double rates[TRIES], done;
    for (size_t i = 0; i < TRIES; i++) {
        const double seconds = run(roof, chosen, row, rate, roof->turns[row][rate], &done);
        rates[i] = done / seconds * (rate < BENCH_READ ? 1e-9 : 1.0);
    }
    return bench_spread_of(rates, TRIES).median;
}

/* Until the clock is up and the threads are awake. */
static void wake_all(const bench_roof *roof, const struct loops *chosen)
{
    const double start = bench_now(), enough_s = 20e-3;
    double done;
    while (bench_now() - start < enough_s)
        (void)run(roof, chosen, roof->counts - 1, BENCH_FMA, 10000, &done);
}

void bench_roof_measure(bench_roof *roof)
{
    const struct loops chosen = choose(roof->isa);
    if (roof->rounds == BENCH_ROOF_ROUNDS)
        return;
    wake_all(roof, &chosen);
    for (size_t row = 0; row < roof->counts; row++)
        for (bench_rate rate = BENCH_FMA; rate < BENCH_RATES; rate++) {
            double *const history = roof->history[row][rate];
            const bool there = has(roof, &chosen, row, rate);
            if (there)
                calibrate(roof, &chosen, row, rate);
            history[roof->rounds] = there ? measure_one(roof, &chosen, row, rate) : NAN;
            roof->rate[row][rate] = bench_spread_of(history, roof->rounds + 1).median;
        }
    roof->rounds++;
    bench_settle();
}

size_t bench_cold_bytes(const bench_machine *machine)
{
    const size_t last = bench_cache_bytes(machine, 3), least = (size_t)1 << 26;
    return 4 * last > least ? 4 * last : least;
}

struct part {
    bench_read_fn *read;
    const char *memory;
    size_t bytes, each; /* of all, of one thread */
};

static void read_part(void *context, size_t begin, size_t end, size_t worker)
{
    const struct part *const part = context;
    (void)worker;
    for (size_t i = begin; i < end; i++) {
        const size_t from = i * part->each;
        if (from >= part->bytes)
            continue;
        const size_t left = part->bytes - from;
        const unsigned sum = part->read(part->memory + from, left < part->each ? left : part->each);
        __asm__ volatile("" ::"r"(sum));
    }
}

double bench_roof_read(const bench_roof *roof, size_t row, const void *memory, size_t bytes)
{
    enum { UNIT = 1024 };
    const size_t threads = roof->threads[row];
    struct part part = {.read = choose(roof->isa).read,
                        .memory = memory,
                        .bytes = bytes,
                        .each = (bytes / UNIT + threads - 1) / threads * UNIT};
    cph_exec exec;
    cph_exec_openmp(&exec, threads);
    const double start = bench_now();
    exec.parallel_for(exec.context, threads, read_part, &part);
    return bench_now() - start;
}

bool bench_roof_open(bench_roof *roof, cph_isa isa, size_t threads)
{
    *roof = (bench_roof){.isa = isa, .counts = threads > 1 ? 2 : 1, .threads = {1, threads}};
    bench_machine_read(&roof->machine);
    bench_pin_threads(threads);
    roof->bytes = bench_cold_bytes(&roof->machine);
    roof->memory = bench_memory(roof->bytes);
    if (roof->memory == NULL)
        return false;
    memset(roof->memory, 1, roof->bytes);
    roof->machine.huge_pages = bench_on_huge_pages(roof->bytes);
    bench_roof_measure(roof);
    return true;
}

void bench_roof_close(bench_roof *roof)
{
    free(roof->memory);
    roof->memory = NULL;
}

bench_spread bench_roof_spread(const bench_roof *roof)
{
    bench_spread s = bench_spread_of(roof->history[0][BENCH_FMA], roof->rounds);
    s.p10 /= s.median;
    s.p90 /= s.median;
    return s;
}

/* ---- the roof of a case ---- */

/* A kind of number and how many passes of it a product needs. */
struct way {
    bench_rate rate;
    double passes;
};

/* Exact ways of multiplying a type with weights of so many bits; the fastest counts. */
static const struct ways {
    bench_kernel kernel;
    cph_type type;
    unsigned weight_bits;
    struct way way[4];
    size_t count;
} ways[] = {
    {BENCH_BEAMFORM,
     CPH_C8,
     8,
     {{BENCH_INT8, 1}, {BENCH_INT16, 1}, {BENCH_BF16, 1}, {BENCH_FMA, 1}},
     4},
    {BENCH_BEAMFORM,
     CPH_C8,
     16,
     {{BENCH_INT16, 1}, {BENCH_INT8, 2}, {BENCH_BF16, 2}, {BENCH_FMA, 1}},
     4},
    {BENCH_BEAMFORM, CPH_C16, 8, {{BENCH_INT16, 1}, {BENCH_FMA, 1}}, 2},
    {BENCH_BEAMFORM, CPH_C16, 16, {{BENCH_INT16, 2}, {BENCH_FMA, 1}}, 2},
    {BENCH_COVARIANCE,
     CPH_C8,
     0,
     {{BENCH_INT8, 1}, {BENCH_INT16, 1}, {BENCH_BF16, 1}, {BENCH_FMA, 1}},
     4},
    {BENCH_COVARIANCE, CPH_C16, 0, {{BENCH_INT16, 2}, {BENCH_FMA, 1}}, 2},
};

static const char *const rate_names[] = {"fma", "bf16", "int16", "int8"};

static double arithmetic_roof(const bench_roof *roof, const bench_case *c, size_t row,
                              const char **which)
{
    static const struct ways plain = {.way = {{BENCH_FMA, 1}}, .count = 1};
    const struct ways *found = &plain;
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        if (ways[i].kernel == c->kernel && ways[i].type == c->type &&
            ways[i].weight_bits == c->weight_bits)
            found = &ways[i];
    double best = 0.0;
    for (size_t i = 0; i < found->count; i++) {
        const double rate = roof->rate[row][found->way[i].rate] / found->way[i].passes;
        if (rate > 1.02 * best) { /* a tie is the first one's */
            best = rate;
            *which = rate_names[found->way[i].rate];
        }
    }
    return best;
}

/* The level that holds everything of a call between one and the next. */
static size_t level_of(const bench_roof *roof, const bench_case *c, size_t row)
{
    const double bytes = bench_bytes(c);
    size_t level = 0;
    while (level < BENCH_LEVELS - 1) {
        const double cache = (double)bench_cache_bytes(&roof->machine, (unsigned)level + 1);
        const double share = level < 2 ? bytes / (double)roof->threads[row] : bytes;
        if (share <= cache)
            break;
        level++;
    }
    return level;
}

/* A channel is read once from where all of them are, then from where one a thread is; `beyond` is
 * the bandwidth beyond the caches. */
static double seconds_of_iterations(const bench_roof *roof, const bench_case *c, size_t row,
                                    double beyond, size_t *level)
{
    const double *const rate = roof->rate[row] + BENCH_READ;
    const size_t last = BENCH_LEVELS - 1, threads = roof->threads[row];
    bench_case live = *c;
    live.channels = c->channels < threads ? c->channels : threads;
    const size_t all = level_of(roof, c, row), near = level_of(roof, &live, row);
    const double bytes = bench_bytes_in(c), again = (double)c->times - 1.0;
    *level = near;
    return bytes / (all == last ? beyond : rate[all]) +
           again * bytes / (near == last ? beyond : rate[near]);
}

/* The least seconds that memory needs for a call. Samples of a cold case come from beyond the
 * caches, but the weights of channels wait where the call before left them. */
static double memory_seconds(const bench_roof *roof, const bench_case *c, size_t row, double read,
                             size_t *level)
{
    const double *const rate = roof->rate[row] + BENCH_READ;
    const double all = bench_bytes_in(c);
    const size_t last = BENCH_LEVELS - 1, near = level_of(roof, c, row);
    const double beyond = isfinite(read) ? read : rate[last];
    const double waiting = all / (near == last ? beyond : rate[near]);
    if (c->kernel == BENCH_STEFCAL)
        return seconds_of_iterations(roof, c, row, beyond, level);
    const double streamed = c->cold ? bench_sample_bytes(c) / beyond : 0.0;
    *level = streamed >= waiting ? last : near;
    return fmax(streamed, waiting);
}

double bench_roof_of(const bench_roof *roof, const bench_case *c, size_t row, double read,
                     const char **which)
{
    *which = NULL;
    if (c->kernel == BENCH_STEER)
        return NAN;
    row = row < roof->counts ? row : roof->counts - 1;
    size_t level = 0;
    double seconds = memory_seconds(roof, c, row, read, &level);
    if (c->kernel == BENCH_CONVERT && !c->cold)
        seconds = bench_bytes(c) / roof->rate[row][BENCH_COPY + level];
    const double memory = 1e-9 * bench_operations(c) / seconds;
    const char *what = NULL;
    const double arithmetic =
        c->kernel == BENCH_CONVERT ? INFINITY : arithmetic_roof(roof, c, row, &what);
    *which = memory < arithmetic ? bench_level_name(level) : what;
    return fmin(memory, arithmetic);
}
