/* SPDX-License-Identifier: MIT */
/* Sums over samples, elements side by side. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "calib/health_mean.h"
#include "calib/health_moments.h"
#include "calib/health_spectrum.h"
#include "kernels/core/sample.h"
#include "kernels/core/size.h"

enum {
    TILE = CPH_HEALTH_TILE,
    POINTS_LEAST = 8,
    POINTS_MOST = 4096,
    BATCH_LEAST = 8,
    BATCH_MOST = 1 << 20
};

/* Of a channel. */
typedef struct tile {
    double origin_re[TILE], origin_im[TILE]; /* the first finite sample */
    double sum[CPH_SUMS][TILE];              /* of what samples are about it */
    double peak[TILE];
    uint64_t count[TILE], full_scale[TILE], not_finite[TILE];
    cph_mean_tile mean;
} tile;

struct cph_health_meter {
    cph_health_config config;
    size_t tiles;                /* of a lane */
    tile *tile;                  /* [group][tiles] */
    size_t half;                 /* of a batch; 0: there are none */
    double *window;              /* [half] */
    cph_mean_clock *clock;       /* [group] */
    cph_health_total *total;     /* [elements] */
    cph_health_spectra *spectra; /* of one channel, or NULL */
    size_t columns;              /* of the spectrum */
    double *band, *banded;       /* [elements][columns] of several channels: power, channels */
};

static bool is_power_of_two(size_t n)
{
    return (n & (n - 1)) == 0;
}

static bool valid(const cph_health_config *c)
{
    const bool points = c->points == 0 || (c->points >= POINTS_LEAST && c->points <= POINTS_MOST &&
                                           is_power_of_two(c->points));
    const bool batch =
        c->batch == 0 || (c->batch >= BATCH_LEAST && c->batch <= BATCH_MOST && c->batch % 2 == 0);
    return cph_type_size(c->type) != 0 && c->elements > 0 && c->group > 0 &&
           c->group <= c->channels && points && batch && c->independent >= 0.0 &&
           c->independent <= 1.0;
}

/* Of the power of channels; 0 where there is one. */
static size_t band_columns(const cph_health_config *c)
{
    return c->channels > 1 ? cph_size_min(c->channels, c->points) : 0;
}

size_t cph_health_meter_size(const cph_health_config *config)
{
    if (config == NULL || !valid(config))
        return 0;
    size_t tiles = config->elements / TILE + 1, lanes, totals, bands, sum;
    const size_t batch = config->batch / 2 * sizeof(double), clocks = sizeof(cph_mean_clock);
    if (!cph_size_mul(tiles * sizeof(tile) + clocks, config->group, &lanes) ||
        !cph_size_add(lanes, batch, &lanes) ||
        !cph_size_mul(config->elements, sizeof(cph_health_total), &totals) ||
        !cph_size_mul(config->elements, band_columns(config) * 2 * sizeof(double), &bands) ||
        !cph_size_add(lanes, totals, &sum) || !cph_size_add(sum, bands, &sum))
        return 0;
    if (config->channels > 1 || config->points == 0)
        return sum;
    const size_t spectra = cph_health_spectra_size(config->elements, config->points);
    return spectra > 0 && cph_size_add(sum, spectra, &sum) ? sum : 0;
}

static cph_status reserve(cph_health_meter *m)
{
    const cph_health_config *c = &m->config;
    m->tiles = (c->elements + TILE - 1) / TILE;
    m->tile = calloc(c->group * m->tiles, sizeof *m->tile);
    m->total = calloc(c->elements, sizeof *m->total);
    m->clock = calloc(c->group, sizeof *m->clock);
    m->half = c->batch / 2;
    m->window = malloc((m->half + 1) * sizeof *m->window);
    m->columns = band_columns(c);
    if (m->tile == NULL || m->total == NULL || m->clock == NULL || m->window == NULL)
        return CPH_ERR_MEMORY;
    cph_mean_window(m->half, m->window);
    if (c->channels == 1 && c->points > 0) {
        m->columns = c->real_sampling ? c->points / 2 + 1 : c->points;
        return cph_health_spectra_create(c->type, c->elements, c->points, &m->spectra);
    }
    if (m->columns == 0)
        return CPH_OK;
    m->band = calloc(c->elements * m->columns, sizeof *m->band);
    m->banded = calloc(c->elements * m->columns, sizeof *m->banded);
    return m->band != NULL && m->banded != NULL ? CPH_OK : CPH_ERR_MEMORY;
}

cph_status cph_health_meter_create(const cph_health_config *config, cph_health_meter **meter)
{
    if (config == NULL || meter == NULL || !valid(config))
        return CPH_ERR_ARGUMENT;
    if (cph_health_meter_size(config) == 0)
        return CPH_ERR_OVERFLOW;
    cph_health_meter *const m = calloc(1, sizeof *m);
    if (m == NULL)
        return CPH_ERR_MEMORY;
    m->config = *config;
    const cph_status status = reserve(m);
    if (status == CPH_OK)
        *meter = m;
    else
        cph_health_meter_destroy(m);
    return status;
}

void cph_health_meter_destroy(cph_health_meter *meter)
{
    if (meter == NULL)
        return;
    cph_health_spectra_destroy(meter->spectra);
    free(meter->tile);
    free(meter->total);
    free(meter->clock);
    free(meter->window);
    free(meter->band);
    free(meter->banded);
    free(meter);
}

/* ---- adding ---- */

/* A row of a tile; what is beyond its elements, or not finite, stays 0. */
typedef struct row {
    double re[TILE], im[TILE];
} row;

static double limit_of(cph_type type)
{
    return type == CPH_C8 ? INT8_MAX : type == CPH_C16 ? INT16_MAX : (double)INFINITY;
}

static void load(cph_type type, const void *samples, size_t first, size_t width, tile *t, row *r)
{
    const double limit = limit_of(type);
    for (size_t n = 0; n < width; n++) {
        const cph_c64 x = cph_sample(type, samples, first + n);
        const double most = fmax(fabs(x.re), fabs(x.im));
        r->re[n] = r->im[n] = 0.0;
        if (!isfinite(x.re) || !isfinite(x.im)) {
            t->not_finite[n]++;
            t->mean.broken[n] = true;
            continue;
        }
        if (t->count[n]++ == 0) {
            t->origin_re[n] = x.re;
            t->origin_im[n] = x.im;
        }
        t->full_scale[n] += most >= limit;
        t->peak[n] = most > t->peak[n] ? most : t->peak[n];
        r->re[n] = x.re - t->origin_re[n];
        r->im[n] = x.im - t->origin_im[n];
    }
}

static void accumulate(const row *r, tile *t)
{
    for (size_t n = 0; n < TILE; n++) {
        const double x = r->re[n], y = r->im[n], xx = x * x, xy = x * y, yy = y * y;
        t->sum[CPH_SUM_10][n] += x;
        t->sum[CPH_SUM_01][n] += y;
        t->sum[CPH_SUM_20][n] += xx;
        t->sum[CPH_SUM_11][n] += xy;
        t->sum[CPH_SUM_02][n] += yy;
        t->sum[CPH_SUM_30][n] += xx * x;
        t->sum[CPH_SUM_21][n] += xx * y;
        t->sum[CPH_SUM_12][n] += x * yy;
        t->sum[CPH_SUM_03][n] += yy * y;
        t->sum[CPH_SUM_40][n] += xx * xx;
        t->sum[CPH_SUM_31][n] += xx * xy;
        t->sum[CPH_SUM_22][n] += xx * yy;
        t->sum[CPH_SUM_13][n] += xy * yy;
        t->sum[CPH_SUM_04][n] += yy * yy;
    }
}

/* Times that no half of a batch ends within, of one tile. */
static void add_tile(const cph_health_meter *m, size_t lane, size_t i, size_t times,
                     const void *samples, size_t first, size_t ld)
{
    const cph_health_config *c = &m->config;
    const size_t width = cph_size_min(c->elements - i * TILE, TILE), at = m->clock[lane].filled;
    tile *t = &m->tile[lane * m->tiles + i];
    row r = {.re = {0.0}};
    for (size_t time = 0; time < times; time++) {
        load(c->type, samples, (first + time) * ld + i * TILE, width, t, &r);
        accumulate(&r, t);
        if (m->half > 0)
            cph_mean_add(m->half, m->window, at + time, r.re, r.im, &t->mean);
    }
    if (at + times == m->half)
        cph_mean_finish(m->half, &t->mean);
}

static void add_lane(const cph_health_meter *m, size_t lane, uint64_t start, size_t times,
                     const void *samples, size_t ld)
{
    cph_mean_clock *const clock = &m->clock[lane];
    if (times > 0 && cph_mean_seek(clock, start))
        for (size_t i = 0; i < m->tiles; i++)
            cph_mean_drop(&m->tile[lane * m->tiles + i].mean);
    for (size_t t = 0, some = times; t < times; t += some) {
        if (m->half > 0)
            some = cph_size_min(times - t, m->half - clock->filled);
        for (size_t i = 0; i < m->tiles; i++)
            add_tile(m, lane, i, some, samples, t, ld);
        clock->filled = clock->filled + some == m->half ? 0 : clock->filled + some;
        clock->next += some;
    }
}

cph_status cph_health_meter_add(cph_health_meter *meter, size_t lane, uint64_t start, size_t times,
                                const void *samples, size_t ld)
{
    if (meter == NULL || lane >= meter->config.group || ld < meter->config.elements ||
        (samples == NULL && times > 0))
        return CPH_ERR_ARGUMENT;
    const cph_health_config *c = &meter->config;
    if (!cph_size_matrix(times, ld, c->elements, cph_type_size(c->type)))
        return CPH_ERR_OVERFLOW;
    add_lane(meter, lane, start, times, samples, ld);
    if (meter->spectra != NULL)
        cph_health_spectra_add(meter->spectra, start, times, samples, ld);
    return CPH_OK;
}

/* ---- what it was ---- */

/* Element n of a tile, of that channel. */
static void fold_one(cph_health_meter *m, size_t channel, size_t lane, size_t element)
{
    const size_t n = element % TILE;
    const tile *t = &m->tile[lane * m->tiles + element / TILE];
    cph_health_total *total = &m->total[element];
    total->full_scale += t->full_scale[n];
    total->not_finite += t->not_finite[n];
    total->peak = fmax(total->peak, t->peak[n]);
    if (t->count[n] == 0)
        return;
    const double count = (double)t->count[n];
    const double power = cph_health_total_add(
        total, &t->sum[0][n], TILE, count, (cph_c64){t->origin_re[n], t->origin_im[n]},
        cph_mean_variance(&t->mean, n, m->half, count, m->clock[lane].runs));
    total->batches += t->mean.batches[n];
    if (m->band == NULL)
        return;
    const size_t at = element * m->columns + channel * m->columns / m->config.channels;
    m->band[at] += power;
    m->banded[at] += 1.0;
}

cph_status cph_health_meter_fold(cph_health_meter *meter, size_t first)
{
    if (meter == NULL || first >= meter->config.channels)
        return CPH_ERR_ARGUMENT;
    const size_t lanes = cph_size_min(meter->config.group, meter->config.channels - first);
    for (size_t lane = 0; lane < lanes; lane++)
        for (size_t n = 0; n < meter->config.elements; n++)
            fold_one(meter, first + lane, lane, n);
    memset(meter->clock, 0, meter->config.group * sizeof *meter->clock);
    memset(meter->tile, 0, meter->config.group * meter->tiles * sizeof *meter->tile);
    return CPH_OK;
}

cph_status cph_health_vitals(const cph_health_meter *meter, size_t element, cph_vitals *vitals)
{
    if (meter == NULL || element >= meter->config.elements || vitals == NULL)
        return CPH_ERR_ARGUMENT;
    const cph_health_total *total = &meter->total[element];
    const double independent = meter->config.independent > 0.0 ? meter->config.independent : 1.0;
    cph_health_shares shares = {1.0, 1.0};
    if (meter->spectra != NULL)
        shares = cph_health_spectra_shares(meter->spectra, element);
    shares.mirror *= independent;
    shares.fourths *= independent;
    cph_health_total_show(total, shares, independent, meter->config.real_sampling, vitals);
    if (meter->spectra != NULL)
        vitals->segments = cph_health_spectra_segments(meter->spectra, element);
    return CPH_OK;
}

size_t cph_health_columns(const cph_health_meter *meter)
{
    return meter->columns;
}

cph_status cph_health_spectrum(const cph_health_meter *meter, size_t element, double *power)
{
    if (meter == NULL || element >= meter->config.elements || power == NULL || meter->columns == 0)
        return CPH_ERR_ARGUMENT;
    if (meter->spectra != NULL)
        cph_health_spectra_show(meter->spectra, element, meter->config.real_sampling, power);
    else
        for (size_t k = 0; k < meter->columns; k++) {
            const size_t at = element * meter->columns + k;
            power[k] = meter->band[at] / meter->banded[at];
        }
    return CPH_OK;
}
