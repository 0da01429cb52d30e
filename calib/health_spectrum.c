/* SPDX-License-Identifier: MIT */
#include "calib/health_spectrum.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/channelize/bank_fft.h"
#include "kernels/core/heap.h"
#include "kernels/core/sample.h"

enum {
    SEGMENTS_LEAST = 8, /* that tell how flat a spectrum is */
    ABOUT = 3           /* bins that an offset reaches through the window: 0 and either side */
};
static const double pi = 3.14159265358979323846;

struct cph_health_spectra {
    cph_type type;
    size_t elements, points;
    cph_bank_fft *fft, *lags; /* of all elements; of one spectrum */
    cph_c32 *in, *out;        /* [elements][points] */
    cph_c32 *line, *lag;      /* [points] of one */
    float *window;            /* [points], mean square 1 / points^2 */
    double *sum;              /* [elements][points] of |out|^2 */
    cph_c64 *about;           /* [elements][ABOUT] of out: bins 0, 1, -1 */
    size_t *segments;         /* [elements] */
    size_t filled;            /* samples of the segment at hand */
    uint64_t next;            /* the time that would follow */
};

size_t cph_health_spectra_size(size_t elements, size_t points)
{
    size_t all, bytes;
    return cph_size_mul(elements, points, &all) &&
                   cph_size_mul(all, 2 * sizeof(cph_c32) + sizeof(double), &bytes) &&
                   bytes <= PTRDIFF_MAX
               ? bytes + points * (sizeof(float) + 2 * sizeof(cph_c32)) +
                     elements * (ABOUT * sizeof(cph_c64) + sizeof(size_t))
               : 0;
}

static cph_status reserve(cph_health_spectra *s)
{
    const size_t all = s->elements * s->points;
    s->in = cph_heap_aligned(all * sizeof *s->in);
    s->out = cph_heap_aligned(all * sizeof *s->out);
    s->line = cph_heap_aligned(s->points * sizeof *s->line);
    s->lag = cph_heap_aligned(s->points * sizeof *s->lag);
    s->window = malloc(s->points * sizeof *s->window);
    s->sum = calloc(all, sizeof *s->sum);
    s->about = calloc(s->elements, ABOUT * sizeof *s->about);
    s->segments = calloc(s->elements, sizeof *s->segments);
    if (s->in == NULL || s->out == NULL || s->line == NULL || s->lag == NULL || s->window == NULL ||
        s->sum == NULL || s->about == NULL || s->segments == NULL)
        return CPH_ERR_MEMORY;
    /* sin^2 has a mean square of 3/8; the bins of its transform add up to points times it. */
    const double scale = sqrt(8.0 / 3.0) / (double)s->points;
    for (size_t i = 0; i < s->points; i++) {
        const double root = sin(pi * (double)i / (double)s->points);
        s->window[i] = (float)(scale * root * root);
    }
    return CPH_OK;
}

cph_status cph_health_spectra_create(cph_type type, size_t elements, size_t points,
                                     cph_health_spectra **spectra)
{
    if (cph_health_spectra_size(elements, points) == 0)
        return CPH_ERR_OVERFLOW;
    cph_health_spectra *const s = calloc(1, sizeof *s);
    if (s == NULL)
        return CPH_ERR_MEMORY;
    s->type = type;
    s->elements = elements;
    s->points = points;
    cph_status status = cph_bank_fft_create(points, elements, -1, true, &s->fft);
    if (status == CPH_OK)
        status = cph_bank_fft_create(points, 1, 1, true, &s->lags);
    if (status == CPH_OK)
        status = reserve(s);
    if (status == CPH_OK)
        *spectra = s;
    else
        cph_health_spectra_destroy(s);
    return status;
}

void cph_health_spectra_destroy(cph_health_spectra *spectra)
{
    if (spectra == NULL)
        return;
    cph_bank_fft_destroy(spectra->fft);
    cph_bank_fft_destroy(spectra->lags);
    free(spectra->in);
    free(spectra->out);
    free(spectra->line);
    free(spectra->lag);
    free(spectra->window);
    free(spectra->sum);
    free(spectra->about);
    free(spectra->segments);
    free(spectra);
}

static size_t bin_about(size_t i, size_t points)
{
    return i == 0 ? 0 : i == 1 ? 1 : points - 1;
}

/* A segment with a sample that is not finite is left out. */
static void transform(cph_health_spectra *s)
{
    const size_t points = s->points;
    cph_bank_fft_run(s->fft, s->in, s->out);
    for (size_t n = 0; n < s->elements; n++) {
        const cph_c32 *x = s->out + n * points;
        double *sum = s->sum + n * points, all = 0.0;
        for (size_t k = 0; k < points; k++)
            all += (double)x[k].re * (double)x[k].re + (double)x[k].im * (double)x[k].im;
        if (!isfinite(all))
            continue;
        for (size_t k = 0; k < points; k++)
            sum[k] += (double)x[k].re * (double)x[k].re + (double)x[k].im * (double)x[k].im;
        for (size_t i = 0; i < ABOUT; i++) {
            s->about[n * ABOUT + i].re += (double)x[bin_about(i, points)].re;
            s->about[n * ABOUT + i].im += (double)x[bin_about(i, points)].im;
        }
        s->segments[n]++;
    }
    s->filled = 0;
}

static void take(cph_health_spectra *s, size_t times, const void *samples, size_t first, size_t ld)
{
    const float *window = s->window + s->filled;
    for (size_t n = 0; n < s->elements; n++) {
        cph_c32 *out = s->in + n * s->points + s->filled;
        for (size_t t = 0; t < times; t++) {
            const cph_c64 x = cph_sample(s->type, samples, (first + t) * ld + n);
            out[t] = (cph_c32){window[t] * (float)x.re, window[t] * (float)x.im};
        }
    }
    s->filled += times;
}

void cph_health_spectra_add(cph_health_spectra *spectra, uint64_t start, size_t times,
                            const void *samples, size_t ld)
{
    if (start != spectra->next)
        spectra->filled = 0;
    spectra->next = start + times;
    for (size_t t = 0, some; t < times; t += some) {
        some = cph_size_min(times - t, spectra->points - spectra->filled);
        take(spectra, some, samples, t, ld);
        if (spectra->filled == spectra->points)
            transform(spectra);
    }
}

size_t cph_health_spectra_segments(const cph_health_spectra *spectra, size_t element)
{
    return spectra->segments[element];
}

void cph_health_spectra_show(const cph_health_spectra *spectra, size_t element, bool real_sampling,
                             double *power)
{
    const size_t points = spectra->points, half = points / 2;
    const double *sum = spectra->sum + element * points;
    const double count = (double)spectra->segments[element];
    if (real_sampling) /* what is below 0 Hz mirrors what is above */
        for (size_t k = 0; k <= half; k++)
            power[k] = (k == 0 || k == half ? sum[k] : sum[k] + sum[points - k]) / count;
    else
        for (size_t k = 0; k < points; k++)
            power[k] = sum[(k + half) % points] / count;
}

/* 1 over the sum over lags of the fourth power of the correlation of one part, that of I, which is
 * the real part of r; of a spectrum of mean 1 in s->line. */
static double share_of_fourths(const cph_health_spectra *s)
{
    double sum = 0.0;
    cph_bank_fft_run(s->lags, s->line, s->lag);
    for (size_t i = 0; i < s->points; i++) {
        const double r = (double)s->lag[i].re / (double)s->points;
        sum += r * r * r * r;
    }
    return 1.0 / sum;
}

/* Into s->line, of mean 1; false where nothing is left. What every segment has in common in the
 * bins about 0 is the offset: they scatter about their mean, with a degree of freedom less. */
static bool spectrum_about_mean(const cph_health_spectra *s, size_t element)
{
    const size_t points = s->points;
    const double *sum = s->sum + element * points;
    const double count = (double)s->segments[element];
    double about[ABOUT], mean = 0.0;
    for (size_t k = 2; k + 1 < points; k++)
        mean += sum[k] / (double)points;
    for (size_t i = 0; i < ABOUT; i++) {
        const cph_c64 all = s->about[element * ABOUT + i];
        const double rest = sum[bin_about(i, points)] - (all.re * all.re + all.im * all.im) / count;
        about[i] = fmax(rest, 0.0) * count / (count - 1.0);
        mean += about[i] / (double)points;
    }
    for (size_t k = 0; k < points; k++)
        s->line[k] = (cph_c32){(float)(sum[k] / mean), 0.0F};
    for (size_t i = 0; i < ABOUT; i++)
        s->line[bin_about(i, points)].re = (float)(about[i] / mean);
    return mean > 0.0;
}

cph_health_shares cph_health_spectra_shares(const cph_health_spectra *spectra, size_t element)
{
    const size_t points = spectra->points;
    double mirrored = 0.0;
    if (spectra->segments[element] < SEGMENTS_LEAST || !spectrum_about_mean(spectra, element))
        return (cph_health_shares){1.0, 1.0};
    for (size_t k = 0; k < points; k++)
        mirrored += (double)spectra->line[k].re * (double)spectra->line[(points - k) % points].re /
                    (double)points;
    return (cph_health_shares){.mirror = mirrored > 1.0 ? 1.0 / mirrored : 1.0,
                               .fourths = share_of_fourths(spectra)};
}
