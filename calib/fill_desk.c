/* SPDX-License-Identifier: MIT */
/* Readings over frequency without what their channels have in common, and without delays. */
#include "calib/fill_desk.h"

#include <math.h>
#include <stdlib.h>

#include "cophase/band.h"
#include "kernels/core/c64.h"
#include "kernels/core/fail.h"
#include "kernels/core/size.h"

/* ---- room ---- */

/* The next `count` things of a size in the room; before the room is there, they are counted. */
typedef struct carver {
    void *memory;
    size_t used;
    bool fits;
} carver;

static void *carve(carver *v, size_t count, size_t size)
{
    size_t offset = 0;
    v->fits = v->fits && cph_size_place(&v->used, count, size, &offset);
    return v->memory != NULL ? cph_size_at(v->memory, offset) : NULL;
}

static void carve_all(cph_fill_desk *d, size_t readings, carver *v)
{
    const size_t c = d->c->channels, n = d->c->elements;
    d->order = carve(v, c, sizeof *d->order);
    d->place = carve(v, c, sizeof *d->place);
    d->used = carve(v, c, sizeof *d->used);
    d->steady = carve(v, n, sizeof *d->steady);
    d->common = carve(v, c, sizeof *d->common);
    d->rest = carve(v, readings, sizeof *d->rest);
    d->fit = carve(v, n, sizeof *d->fit);
    d->delay_s = carve(v, n, sizeof *d->delay_s);
    d->dead = carve(v, n, sizeof *d->dead);
    d->count = carve(v, n, sizeof *d->count);
    d->x = carve(v, readings, sizeof *d->x);
    for (int k = 0; k < 2; k++) {
        d->y[k] = carve(v, readings, sizeof *d->y[k]);
        d->variance[k] = carve(v, readings, sizeof *d->variance[k]);
        d->before[k] = carve(v, c, sizeof *d->before[k]);
        d->after[k] = carve(v, c, sizeof *d->after[k]);
    }
}

static cph_status make_room(cph_fill_desk *d, cph_error *error)
{
    const size_t c = d->c->channels, n = d->c->elements;
    carver v = {.fits = true};
    size_t readings = 0;
    v.fits = cph_size_mul(c, n, &readings);
    carve_all(d, readings, &v);
    if (!v.fits)
        return cph_fail(error, CPH_ERR_OVERFLOW, "%zu channels of %zu elements do not fit", c, n);
    d->memory = calloc(1, v.used + 1);
    if (d->memory == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "no memory for %zu channels of %zu elements", c, n);
    v = (carver){.memory = d->memory, .fits = true};
    carve_all(d, readings, &v);
    return CPH_OK;
}

void cph_fill_desk_free(cph_fill_desk *desk)
{
    free(desk->memory);
    *desk = (cph_fill_desk){0};
}

/* ---- readings ---- */

typedef struct place {
    double freq_hz;
    size_t channel;
} place;

static int by_frequency(const void *a, const void *b)
{
    const double x = ((const place *)a)->freq_hz, y = ((const place *)b)->freq_hz;
    return (x > y) - (x < y);
}

static cph_status sort_channels(cph_fill_desk *d, cph_error *error)
{
    const size_t channels = d->c->channels;
    place *list = calloc(channels, sizeof *list);
    if (list == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "no memory for %zu channels", channels);
    for (size_t i = 0; i < channels; i++)
        list[i] = (place){d->c->freq_hz[i], i};
    qsort(list, channels, sizeof *list, by_frequency);
    d->first_hz = list[0].freq_hz;
    d->unit_hz = (list[channels - 1].freq_hz - d->first_hz) / (double)(channels - 1);
    for (size_t i = 0; i < channels; i++) {
        d->order[i] = list[i].channel;
        d->place[i] = (list[i].freq_hz - d->first_hz) / d->unit_hz;
    }
    free(list);
    return CPH_OK;
}

static bool has_reading(const cph_fill_config *c, size_t at)
{
    return (c->flag == NULL || c->flag[at] == CPH_FLAG_NONE) && cph_c64_finite(c->gain[at]) &&
           cph_c64_power(c->gain[at]) > 0.0 && isfinite(cph_c64_power(c->gain[at])) &&
           isfinite(c->phase_sigma[at]) && isfinite(c->amplitude_sigma[at]);
}

static void take_readings(cph_fill_desk *d)
{
    const cph_fill_config *c = d->c;
    const double nothing = (double)NAN;
    for (size_t i = 0; i < c->channels; i++) {
        d->common[i] = (cph_c64){1.0, 0.0};
        for (size_t n = 0; n < c->elements; n++) {
            const size_t at = i * c->elements + n;
            const bool read = has_reading(c, at);
            d->rest[at] = read ? c->gain[at] : (cph_c64){nothing, nothing};
            d->used[i] = d->used[i] || read;
        }
    }
}

/* Whether some element has a reading wherever any has; which. */
static bool find_steady(cph_fill_desk *d)
{
    const cph_fill_config *c = d->c;
    size_t most = 0;
    for (size_t n = 0; n < c->elements; n++) {
        d->steady[n] = !d->dead[n];
        for (size_t i = 0; i < c->channels && d->steady[n]; i++)
            d->steady[n] = !d->used[i] || cph_c64_finite(d->rest[i * c->elements + n]);
        most += d->steady[n];
    }
    return most > 0;
}

/* ---- what channels have in common ---- */

/* Mean over steady elements of what turns and scales one channel into another (NULL: 1): of
 * wrapped phases, around the direction of their sum, and of log ratios. */
static cph_c64 mean_ratio(const cph_fill_desk *d, const cph_c64 *from, const cph_c64 *to)
{
    cph_c64 sum = {0.0, 0.0};
    double size = 0.0, angle = 0.0, count = 0.0;
    for (int pass = 0; pass < 2; pass++)
        for (size_t n = 0; n < d->c->elements; n++) {
            if (!d->steady[n])
                continue;
            const cph_c64 one = {1.0, 0.0}, r = cph_c64_mulc(to[n], from != NULL ? from[n] : one);
            const double length = hypot(r.re, r.im);
            if (pass == 0) {
                sum = cph_c64_add(sum, cph_c64_scale(1.0 / length, r));
                size +=
                    0.5 * log(cph_c64_power(to[n]) / (from != NULL ? cph_c64_power(from[n]) : 1.0));
                count += 1.0;
            } else {
                const cph_c64 near = cph_c64_mulc(r, sum);
                angle += atan2(near.im, near.re);
            }
        }
    angle = atan2(sum.im, sum.re) + angle / count;
    const cph_c64 direction = {cos(angle), sin(angle)};
    return cph_c64_scale(exp(size / count), direction);
}

/* Divides a channel by a factor. */
static void divide(cph_fill_desk *d, size_t channel, cph_c64 by)
{
    const cph_c64 inverse = cph_c64_scale(1.0 / cph_c64_power(by), cph_c64_conj(by));
    cph_c64 *rest = d->rest + channel * d->c->elements;
    for (size_t n = 0; n < d->c->elements; n++)
        rest[n] = cph_c64_mul(rest[n], inverse);
    d->common[channel] = cph_c64_mul(d->common[channel], by);
}

/* Brings each channel to the one below it. */
static void align_neighbours(cph_fill_desk *d)
{
    const cph_c64 *last = NULL;
    for (size_t i = 0; i < d->c->channels; i++) {
        const size_t channel = d->order[i];
        const cph_c64 *here = d->rest + channel * d->c->elements;
        if (!d->used[channel])
            continue;
        if (last != NULL)
            divide(d, channel, mean_ratio(d, last, here));
        last = here;
    }
}

/* ---- delays ---- */

/* Takes the fits of all elements off. */
static cph_status take_delays(cph_fill_desk *d, cph_error *error)
{
    const cph_fill_config *c = d->c;
    const size_t n = c->elements, count = c->channels * n; /* fits: room was made */
    const cph_band_config band = {.channels = c->channels,
                                  .elements = n,
                                  .freq_hz = c->freq_hz,
                                  .response = d->rest,
                                  .max_delay_s = c->max_delay_s};
    cph_c64 *bandpass = calloc(count + 1, sizeof *bandpass);
    double *numbers = calloc(n + 1, 4 * sizeof *numbers);
    unsigned char *marks = calloc(n + 1, 2);
    cph_status status = CPH_ERR_MEMORY;
    if (bandpass == NULL || numbers == NULL || marks == NULL) {
        (void)cph_fail(error, status, "no memory for %zu channels of %zu elements", c->channels, n);
    } else {
        cph_band_solution s = {.estimate = {.gain = d->fit,
                                            .phase_sigma = numbers,
                                            .amplitude_sigma = numbers + n,
                                            .flag = marks},
                               .delay_s = d->delay_s,
                               .delay_sigma_s = numbers + 2 * n,
                               .polarity = (signed char *)marks + n,
                               .bandpass = bandpass,
                               .chi2_dof = numbers + 3 * n};
        status = cph_band_solve(&band, &s, error);
        for (size_t i = 0; i < count && status == CPH_OK; i++)
            d->rest[i] = bandpass[i];
        for (size_t i = 0; i < n && status == CPH_OK; i++)
            d->dead[i] = marks[i] != CPH_FLAG_NONE;
        d->fit_hz = s.freq_hz;
    }
    free(bandpass);
    free(numbers);
    free(marks);
    return status;
}

static cph_status refuse(cph_error *error)
{
    return cph_fail(error, CPH_ERR_TOO_FEW,
                    "no element has a gain in all channels that have any: what a channel has of "
                    "its own cannot be told");
}

cph_status cph_fill_prepare(cph_fill_desk *desk, cph_error *error)
{
    cph_status status = make_room(desk, error);
    if (status == CPH_OK)
        status = sort_channels(desk, error);
    if (status != CPH_OK)
        return status;
    take_readings(desk);
    if (!desk->c->absolute) {
        if (!find_steady(desk))
            return refuse(error);
        align_neighbours(desk);
    }
    status = take_delays(desk, error);
    if (status != CPH_OK || desk->c->absolute)
        return status;
    if (!find_steady(desk))
        return refuse(error);
    /* What a wrong step across a gap has left in common. */
    for (size_t i = 0; i < desk->c->channels; i++)
        if (desk->used[i])
            divide(desk, i, mean_ratio(desk, NULL, desk->rest + i * desk->c->elements));
    return CPH_OK;
}
