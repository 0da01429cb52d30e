/* SPDX-License-Identifier: MIT */
#include "bench/bank.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/clock.h"
#include "bench/pages.h"
#include "cophase/random.h"
#include "kernels/channelize/bank_fft.h"
#include "kernels/core/c64.h"
#include "kernels/core/sample.h"

enum { ROUNDS = 50, LEAST = 5, DRAWN = 40 };

/* The batch, and who works on it: samples [time][element]; lines of floats [transform][channel],
 * which liquid-dsp takes for [element][time]; what comes out. */
typedef struct desk {
    bench_bank *b;
    cph_channelize_plan *plan;
    cph_bank_fft *fft;
    bench_liquid *liquid;
    void *samples, *workspace;
    cph_c32 *lines, *fill, *out;
    size_t in, points; /* times of the samples; floats of lines and out */
} desk;

static void close(desk *d)
{
    cph_channelize_destroy(d->plan);
    cph_bank_fft_destroy(d->fft);
    bench_liquid_close(d->liquid);
    free(d->samples);
    free(d->workspace);
    free(d->lines);
    free(d->fill);
    free(d->out);
}

static cph_status open(desk *d, uint64_t seed)
{
    bench_bank *const b = d->b;
    const cph_channelize_config config = {.elements = b->elements,
                                          .channels = b->channels,
                                          .oversample = b->oversample,
                                          .type = b->type};
    cph_status status = cph_channelize_create(&config, &d->plan);
    if (status == CPH_OK)
        status = cph_channelize_describe(d->plan, &b->info);
    b->times = b->points / (b->elements * b->channels) + 1;
    if (status == CPH_OK)
        status = cph_bank_fft_create(b->channels, b->times * b->elements, -1, false, &d->fft);
    if (status != CPH_OK)
        return status;
    d->liquid =
        bench_liquid_open(b->elements, b->channels, b->oversample, b->info.prototype, b->info.taps);
    d->in = (b->times - 1) * b->info.step + b->info.length;
    d->points = b->times * b->elements * b->channels;
    const size_t bytes = (d->in * b->elements * cph_type_size(b->type) + 7) / 8 * 8;
    d->samples = bench_memory(bytes);
    d->workspace = bench_memory(cph_channelize_workspace_size(d->plan));
    d->lines = bench_memory(d->points * sizeof *d->lines);
    d->fill = bench_memory(d->points * sizeof *d->fill);
    d->out = bench_memory(d->points * sizeof *d->out);
    if (d->samples == NULL || d->workspace == NULL || d->lines == NULL || d->fill == NULL ||
        d->out == NULL)
        return CPH_ERR_MEMORY;
    cph_random random;
    cph_random_seed(&random, seed, 0);
    for (size_t i = 0; i < d->points; i++)
        d->fill[i] = (cph_c32){(float)cph_random_uniform(&random), 0.25F};
    for (size_t i = 0; i < bytes / 8 && b->type != CPH_C32; i++)
        ((uint64_t *)d->samples)[i] = cph_random_u64(&random);
    for (size_t i = 0; i < d->in * b->elements && b->type == CPH_C32; i++)
        ((cph_c32 *)d->samples)[i] = (cph_c32){(float)cph_random_uniform(&random) - 0.5F,
                                               (float)cph_random_uniform(&random) - 0.5F};
    return CPH_OK;
}

/* ---- what is right ---- */

/* Channel c of time m of element n by the sum of channelize.h; *magnitudes of its terms. */
static cph_c64 exact(const desk *d, size_t m, size_t c, size_t n, double *magnitudes)
{
    const cph_channelize_info *const info = &d->b->info;
    const double k = (double)c - (double)(info->channels / 2);
    cph_c64 sum = {0.0, 0.0};
    *magnitudes = 0.0;
    for (size_t i = 0; i < info->length; i++) {
        const size_t at = m * info->step + i;
        const cph_c64 x = cph_sample(d->b->type, d->samples, at * d->b->elements + n);
        const double h = (double)info->prototype[i];
        const double turns = k * ((double)at - (double)(info->length / 2)) / (double)info->channels;
        const double angle = -2.0 * M_PI * (turns - rint(turns));
        sum = cph_c64_add(sum, cph_c64_mul(x, (cph_c64){h * cos(angle), h * sin(angle)}));
        *magnitudes += fabs(h) * hypot(x.re, x.im);
    }
    return sum;
}

static double error_of(const desk *d, uint64_t seed)
{
    const bench_bank *const b = d->b;
    const double terms = (double)b->info.taps + 9.0 + 4.0 * log2((double)b->channels);
    double worst = 0.0;
    cph_random random;
    cph_random_seed(&random, seed, 1);
    for (size_t i = 0; i < DRAWN; i++) {
        const size_t m = (size_t)(cph_random_u64(&random) % b->times);
        const size_t c = (size_t)(cph_random_u64(&random) % b->channels);
        const size_t n = (size_t)(cph_random_u64(&random) % b->elements);
        double magnitudes;
        const cph_c64 y = exact(d, m, c, n, &magnitudes);
        const cph_c32 z = d->out[(m * b->channels + c) * b->elements + n];
        worst = fmax(worst, hypot((double)z.re - y.re, (double)z.im - y.im) /
                                (0x1p-24 * terms * magnitudes));
    }
    return worst;
}

/* ---- times ---- */

static double time_ours(const desk *d)
{
    const bench_bank *const b = d->b;
    const cph_channelize_output output = {d->out, b->channels * b->elements, b->elements};
    const double start = bench_now();
    const cph_status status =
        cph_channelize_run(d->plan, d->workspace, d->samples, b->elements, d->in, 0, &output);
    return status == CPH_OK ? bench_now() - start : NAN;
}

/* Its input is lost, and made again. */
static double time_fftw(const desk *d)
{
    memcpy(d->lines, d->fill, d->points * sizeof *d->lines);
    const double start = bench_now();
    cph_bank_fft_run(d->fft, d->lines, d->out);
    return bench_now() - start;
}

static double time_liquid(const desk *d)
{
    if (d->liquid == NULL)
        return NAN;
    const double start = bench_now();
    bench_liquid_run(d->liquid, d->fill, d->b->times, d->out);
    return bench_now() - start;
}

static void time_all(desk *d, double seconds)
{
    bench_bank *const b = d->b;
    double ours[ROUNDS], fftw[ROUNDS], liquid[ROUNDS];
    const double begin = bench_now();
    size_t rounds = 0;
    (void)time_fftw(d);
    (void)time_ours(d);
    for (; rounds < ROUNDS && (rounds < LEAST || bench_now() - begin < seconds); rounds++) {
        fftw[rounds] = time_fftw(d);
        ours[rounds] = time_ours(d);
        liquid[rounds] = rounds < LEAST ? time_liquid(d) : NAN;
    }
    b->ours = bench_spread_of(ours, rounds);
    b->fftw = bench_spread_of(fftw, rounds);
    b->liquid = bench_spread_of(liquid, rounds);
    b->ratio = bench_ratio_of(ours, fftw, rounds);
    b->liquid_ratio = bench_ratio_of(liquid, ours, rounds);
}

cph_status bench_bank_run(bench_bank *b, double seconds, uint64_t seed)
{
    desk d = {.b = b};
    cph_status status = open(&d, seed);
    if (status == CPH_OK && !isnan(time_ours(&d))) {
        b->error_of_bound = error_of(&d, seed);
        if (b->error_of_bound <= 1.0)
            time_all(&d, seconds);
    }
    b->info.prototype = NULL;
    close(&d);
    return status;
}
