/* SPDX-License-Identifier: MIT */
#include "calib/health_mean.h"

#include <math.h>
#include <string.h>

enum { TILE = CPH_HEALTH_TILE };
static const double pi = 3.14159265358979323846;

void cph_mean_window(size_t half, double *window)
{
    for (size_t i = 0; i < half; i++) {
        const double root = sin(0.5 * pi * ((double)i + 0.5) / (double)half);
        window[i] = root * root;
    }
}

bool cph_mean_seek(cph_mean_clock *clock, uint64_t start)
{
    if (clock->runs > 0 && start == clock->next)
        return false;
    clock->next = start;
    clock->filled = 0;
    clock->runs++;
    return true;
}

/* What is told of the half at hand stands first. */
static void clear(cph_mean_tile *t)
{
    memset(t, 0, offsetof(cph_mean_tile, chain));
}

void cph_mean_drop(cph_mean_tile *tile)
{
    clear(tile);
    memset(tile->chain, 0, sizeof tile->chain);
}

static void add_part(double weight, double time, const double *x, size_t part, cph_mean_tile *t)
{
    for (size_t n = 0; n < TILE; n++) {
        t->sum[part][n] += x[n];
        t->rising[part][n] += weight * x[n];
        t->walk[part][n] += t->sum[part][n];
        t->slope[part][n] += time * t->sum[part][n];
        t->square[n] += t->sum[part][n] * t->sum[part][n];
    }
}

void cph_mean_add(size_t half, const double *window, size_t at, const double *re, const double *im,
                  cph_mean_tile *tile)
{
    const double time = (double)at - 0.5 * ((double)half - 1.0);
    add_part(window[at], time, re, 0, tile);
    add_part(window[at], time, im, 1, tile);
}

static double power(double values[2][TILE], size_t n)
{
    return values[0][n] * values[0][n] + values[1][n] * values[1][n];
}

/* A batch is the half before under the window's first half and this one under its second. */
static void finish_one(size_t half, cph_mean_tile *t, size_t n)
{
    const double h = (double)half, spread = h * (h * h - 1.0) / 12.0;
    const double swing = (t->square[n] - power(t->walk, n) / h - power(t->slope, n) / spread) / h;
    t->swing[n] += fmax(swing, 0.0);
    t->halves[n] += 1.0;
    if (t->chain[n] > 0) {
        const double re = t->before[0][n] + t->sum[0][n] - t->rising[0][n],
                     im = t->before[1][n] + t->sum[1][n] - t->rising[1][n];
        t->all[0][n] += re;
        t->all[1][n] += im;
        t->squares[n] += re * re + im * im;
        t->batches[n] += 1.0;
        t->pairs[n] += t->chain[n] > 1 ? 1.0 : 0.0;
    }
    t->chain[n] = t->chain[n] > 0 ? 2 : 1;
    t->before[0][n] = t->rising[0][n];
    t->before[1][n] = t->rising[1][n];
}

void cph_mean_finish(size_t half, cph_mean_tile *tile)
{
    for (size_t n = 0; n < TILE; n++)
        if (tile->broken[n])
            tile->chain[n] = 0;
        else
            finish_one(half, tile, n);
    clear(tile);
}

/* Weights of a batch add up to `half`, their squares to 3/4 of it; of two that overlap the
 * correlation is 1/6. */
double cph_mean_variance(const cph_mean_tile *tile, size_t n, size_t half, double count,
                         size_t runs)
{
    const double m = tile->batches[n];
    if (m < 2.0)
        return (double)NAN;
    const double sum[2] = {tile->all[0][n], tile->all[1][n]};
    const double about = tile->squares[n] - (sum[0] * sum[0] + sum[1] * sum[1]) / m;
    const double degrees = m - 1.0 - tile->pairs[n] / (3.0 * m);
    const double density = fmax(about, 0.0) / (degrees * 0.75 * (double)half);
    return count * density + 2.0 * (double)runs * tile->swing[n] / tile->halves[n];
}
