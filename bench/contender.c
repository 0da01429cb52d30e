/* SPDX-License-Identifier: MIT */
#include "bench/contender.h"

#include <math.h>

#include "bench/clock.h"

static double time_subject(bench_subject *s, size_t repeats)
{
    cph_status status = bench_subject_run(s);
    const double start = bench_now();
    for (size_t i = 0; i < repeats && status == CPH_OK; i++)
        status = bench_subject_run(s);
    return status == CPH_OK ? (bench_now() - start) / (double)repeats : NAN;
}

static double time_libm(const bench_data *data, size_t repeats)
{
    bench_libm_steer(data);
    const double start = bench_now();
    for (size_t i = 0; i < repeats; i++)
        bench_libm_steer(data);
    return (bench_now() - start) / (double)repeats;
}

static double time_reader(bench_reader *r, size_t repeats)
{
    const size_t ring = r->data->blocks * r->data->block_bytes;
    double seconds = 0.0;
    for (size_t i = 0; i <= repeats; i++) {
        if (r->at + r->bytes > ring)
            r->at = 0;
        const double one = bench_roof_read(r->roof, r->row, r->data->samples + r->at, r->bytes);
        seconds += i > 0 ? one : 0.0;
        r->at += r->bytes;
    }
    return seconds / (double)repeats;
}

bench_contender bench_reader_open(bench_reader *reader, const bench_roof *roof,
                                  const bench_data *data, size_t row, bench_series *series)
{
    enum { STRETCHES = 8 }; /* round the ring: nothing of one is left in a cache when it returns */
    *reader = (bench_reader){.roof = roof,
                             .data = data,
                             .row = row,
                             .bytes = data->blocks * data->block_bytes / STRETCHES / 4096 * 4096,
                             .series = series};
    return (bench_contender){
        .reader = reader, .threaded = roof->threads[row] > 1, .factor = 1.0, .series = series};
}

double bench_reader_rate(const bench_reader *reader)
{
    return reader->series == NULL ? NAN : (double)reader->bytes / reader->series->spread.median;
}

double bench_time(const bench_contender *c, size_t repeats)
{
    const double seconds = c->subject != NULL    ? time_subject(c->subject, repeats)
                           : c->reader != NULL   ? time_reader(c->reader, repeats)
                           : c->openblas != NULL ? bench_openblas_run(c->openblas, c->row, repeats)
                                                 : time_libm(c->data, repeats);
    if (c->threaded)
        bench_settle();
    return seconds;
}

/* Enough runs a round that the clock's step and the way to a child do not matter. */
static void size_up(bench_contender *c)
{
    const double round_s = 2e-3;
    const double first = fmax(bench_time(c, 1), 1e-8);
    c->repeats = first < round_s ? (size_t)ceil(round_s / first) : 1;
    c->cost_s = first * (double)(c->repeats + 1) + (c->threaded ? 10e-3 : 0.0);
    c->most_rounds = isnan(first) ? 0 : BENCH_ROUNDS;
}

/* Slow ones sit most rounds out: three figures are enough for what is not close. */
static size_t rounds_for(bench_contender *c, size_t count, double seconds)
{
    enum { SLOW = 3, LEAST = 5 };
    double fast_s = 0.0, slow_s = 0.0;
    for (size_t i = 0; i < count; i++) {
        const bool slow = c[i].cost_s > seconds / 15.0;
        c[i].most_rounds = slow && c[i].most_rounds > SLOW ? SLOW : c[i].most_rounds;
        *(slow ? &slow_s : &fast_s) += slow ? SLOW * c[i].cost_s : c[i].cost_s;
    }
    const double rounds = (seconds - slow_s) / fmax(fast_s, 1e-6);
    return (size_t)fmin(fmax(rounds, LEAST), BENCH_ROUNDS);
}

void bench_time_all(bench_contender *c, size_t count, double seconds)
{
    for (size_t i = 0; i < count; i++)
        size_up(&c[i]);
    const size_t rounds = rounds_for(c, count, seconds);
    for (size_t i = 0; i < count; i++)
        for (size_t r = 0; r < BENCH_ROUNDS; r++)
            c[i].series->seconds[r] = NAN;
    for (size_t r = 0; r < rounds; r++)
        for (size_t i = 0; i < 2 * count; i++) {
            bench_contender *const one = &c[i % count];
            const bool turn = one->threaded == (i >= count); /* those with threads come last */
            if (turn && r < one->most_rounds)
                one->series->seconds[r] = one->factor * bench_time(one, one->repeats);
        }
    for (size_t i = 0; i < count; i++)
        c[i].series->spread = bench_spread_of(c[i].series->seconds, rounds);
}

void bench_libm_steer(const bench_data *data)
{
    const double turns_per_m = BENCH_STEER_HZ / CPH_SPEED_OF_LIGHT;
    for (size_t d = 0; d < data->c.beams * data->c.channels; d++) {
        const double *const u = data->direction + d / data->c.channels * 3;
        cph_c32 *const a = (cph_c32 *)data->output + d * data->c.elements;
        for (size_t n = 0; n < data->c.elements; n++) {
            const double *const r = data->position + 3 * n;
            const double phase =
                2.0 * M_PI * turns_per_m * (u[0] * r[0] + u[1] * r[1] + u[2] * r[2]);
            a[n] = (cph_c32){(float)cos(phase), (float)sin(phase)};
        }
    }
}
