/* SPDX-License-Identifier: MIT */
/* A capture of real samples, shown as one of complex baseband. */
#include "datasets/real_samples.h"

#include <math.h>
#include <stdlib.h>

#include "cophase/baseband.h"
#include "kernels/core/size.h"

/* Samples between two gaps: sample `first` of what is shown is number `number` of all, made of the
 * file's samples from `raw` on. */
typedef struct piece {
    size_t first, raw;
    uint64_t number;
} piece;

struct cph_data_real {
    cph_type type; /* of what the filter takes: floats where NaN may stand for lost times */
    cph_baseband_plan *plan;
    cph_baseband_info info;
    size_t elements; /* of the plan */
    size_t pieces;
    piece *piece; /* [pieces], all of them with samples */
};

/* Real samples of a step take about this much, beside the window of the filter. */
enum { STEP_BYTES = 1 << 20, STEP_LEAST = 64 };

/* ---- the filter ---- */

static cph_status make_plan(cph_data_real *real, size_t elements)
{
    if (real->plan != NULL && real->elements == elements)
        return CPH_OK;
    const cph_baseband_config config = {.elements = elements, .type = real->type};
    cph_baseband_plan *plan = NULL;
    cph_status status = cph_baseband_create(&config, &plan);
    if (status != CPH_OK)
        return status;
    cph_baseband_destroy(real->plan);
    real->plan = plan;
    real->elements = elements;
    return cph_baseband_describe(plan, &real->info);
}

void cph_real_free(cph_data_real *real)
{
    if (real == NULL)
        return;
    cph_baseband_destroy(real->plan);
    free(real->piece);
    free(real);
}

/* ---- what is shown ---- */

double cph_data_real_zero(const cph_data_header *header)
{
    const bool sound = header->wave_speed_m_s > 0.0 || isnan(header->wave_speed_m_s);
    return sound && isnan(header->center_freq_hz) ? 0.0
                                                  : header->center_freq_hz - header->if_freq_hz;
}

/* Numbers are even places: those whose window is whole. */
static cph_status cut_pieces(cph_data_real *real, const cph_data_header *h, size_t *times)
{
    const size_t window = real->info.window;
    real->piece = calloc(h->gaps + 1, sizeof *real->piece);
    if (real->piece == NULL)
        return CPH_ERR_MEMORY;
    *times = 0;
    for (size_t at = 0, now; at < h->times; at += now) {
        const uint64_t global = cph_data_global(h, at);
        const size_t odd = global % 2;
        now = cph_data_unbroken(h, at, h->times - at);
        if (now < odd + window)
            continue;
        real->piece[real->pieces++] =
            (piece){.first = *times, .raw = at + odd, .number = (global + odd) / 2};
        *times += 1 + (now - odd - window) / 2;
    }
    return CPH_OK;
}

static cph_status make_gaps(const cph_data_real *real, cph_data_header *h)
{
    h->gap = calloc(real->pieces + 1, sizeof *h->gap);
    if (h->gap == NULL)
        return CPH_ERR_MEMORY;
    h->gaps = 0;
    for (size_t i = 0; i < real->pieces; i++)
        if (real->piece[i].number != (i == 0 ? 0 : cph_data_global(h, real->piece[i].first)))
            h->gap[h->gaps++] =
                (cph_data_gap){.sample = real->piece[i].first, .global = real->piece[i].number};
    return CPH_OK;
}

static cph_status show(cph_data_real *real, cph_data_header *h)
{
    cph_data_header made = *h;
    cph_status status = make_plan(real, 1);
    if (status == CPH_OK)
        status = cut_pieces(real, h, &made.times);
    if (status == CPH_OK && made.times == 0)
        status = CPH_ERR_FORMAT;
    if (status == CPH_OK)
        status = make_gaps(real, &made);
    if (status != CPH_OK)
        return status;
    made.type = CPH_C32;
    made.real_sampling = false;
    made.has_lost_value = false;
    made.baseband_error = real->info.error;
    made.center_freq_hz = cph_data_real_zero(h) + 0.25 * h->sample_rate_hz;
    made.channel_freq_hz[0] = made.center_freq_hz;
    made.if_freq_hz = NAN;
    made.sample_rate_hz = 0.5 * h->sample_rate_hz;
    cph_data_begin_later(&made, (double)real->info.middle / h->sample_rate_hz);
    *h = made;
    return CPH_OK;
}

/* Pieces that were there stay, the last one may become longer. */
cph_status cph_real_grow(cph_data *data)
{
    cph_data_real *const real = data->view->real;
    cph_data_header *const h = &data->view->header;
    free(real->piece);
    free(h->gap);
    h->gap = NULL;
    h->gaps = real->pieces = 0;
    cph_status status = cut_pieces(real, &data->header, &h->times);
    if (status == CPH_OK)
        status = make_gaps(real, h);
    return status == CPH_OK ? CPH_OK
                            : cph_h5_fail(&data->h5, status, data->bulk.set.name, "no memory");
}

static cph_status check(const cph_data *data, cph_error *error)
{
    const cph_data_header *const h = cph_data_header_of(data);
    if (h->kind != CPH_KIND_CAPTURE || !h->real_sampling || h->channels != 1)
        return cph_h5_error(error, CPH_ERR_ARGUMENT, data->path, NULL,
                            "expected a capture of real samples without channels");
    if (isfinite(h->center_freq_hz) && !isfinite(h->if_freq_hz))
        return cph_h5_error(error, CPH_ERR_MISSING, data->path, NULL,
                            "real samples, but no attribute if_freq_hz: expected where "
                            "center_freq_hz lies in their band");
    return CPH_OK;
}

cph_status cph_data_baseband(cph_data *data, cph_error *error)
{
    if (data == NULL)
        return cph_h5_error(error, CPH_ERR_ARGUMENT, "cph_data_baseband", NULL, "null argument");
    cph_status status = check(data, error);
    if (status == CPH_OK && data->view == NULL)
        status = cph_data_select(data, NULL, 0, NULL, 0, error);
    if (status != CPH_OK)
        return status;
    cph_data_real *const real = calloc(1, sizeof *real);
    status = CPH_ERR_MEMORY;
    if (real != NULL) {
        real->type = data->header.has_lost_value ? CPH_C32 : data->header.type;
        status = show(real, &data->view->header);
    }
    if (status != CPH_OK) {
        const size_t window = real != NULL ? real->info.window : 0;
        cph_real_free(real);
        return cph_h5_error(error, status, data->path, data->bulk.set.name,
                            "%s: %zu real samples; complex baseband takes %zu in a row at least",
                            cph_status_name(status), data->header.times, window);
    }
    data->view->real = real;
    return CPH_OK;
}

/* ---- reading ---- */

/* A part without a window has no value: neither has the other one. */
static void join_lost(cph_c32 *x, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (isnan(x[i].re) || isnan(x[i].im))
            x[i] = (cph_c32){NAN, NAN};
}

/* Where the real samples of a step lie, before and after they became floats. */
typedef struct desk {
    size_t most; /* times out */
    char *raw;
    cph_c32 *floats; /* NULL: not needed */
} desk;

static bool make_desk(const cph_data *data, size_t times, size_t elements, desk *d)
{
    const cph_data_real *const real = data->view->real;
    const size_t size = cph_type_size(data->header.type);
    const size_t wanted = STEP_BYTES / (2 * size * elements + 1);
    d->most = cph_size_min(wanted > STEP_LEAST ? wanted : STEP_LEAST, times);
    size_t count = 0;
    if (!cph_size_mul(2 * d->most + real->info.window, elements, &count) ||
        count >= SIZE_MAX / sizeof(cph_c32))
        return false;
    d->raw = malloc(count * size + 1);
    if (real->type != data->header.type)
        d->floats = malloc((count + 1) * sizeof *d->floats);
    return d->raw != NULL && (real->type == data->header.type || d->floats != NULL);
}

/* Times of a single piece, from the file's sample `raw` on. */
static cph_status convert(cph_data *data, const desk *d, size_t raw, uint64_t number, size_t times,
                          const size_t *element, size_t elements, cph_c32 *out)
{
    const cph_data_real *const real = data->view->real;
    const size_t needed = 2 * (times - 1) + real->info.window;
    const void *samples = d->raw;
    cph_status status =
        cph_data_read_listed(data, raw, needed, data->view->channel[0], element, elements, d->raw);
    if (status != CPH_OK)
        return status;
    if (d->floats != NULL) {
        status = cph_data_floats(&data->header, d->raw, needed, elements, d->floats);
        samples = d->floats;
    }
    if (status == CPH_OK)
        status = cph_baseband_run(real->plan, samples, elements, needed, (size_t)(number % 2), out,
                                  elements);
    if (status != CPH_OK)
        return cph_h5_fail(&data->h5, status, data->bulk.set.name, "baseband: %s",
                           cph_status_name(status));
    if (real->type == CPH_C32)
        join_lost(out, times * elements);
    return CPH_OK;
}

cph_status cph_real_read(cph_data *data, size_t start, size_t times, const size_t *element,
                         size_t elements, cph_c32 *samples)
{
    cph_data_real *const real = data->view->real;
    desk d = {0};
    cph_status status = make_plan(real, elements);
    if (status != CPH_OK || !make_desk(data, times, elements, &d))
        status = cph_h5_fail(&data->h5, CPH_ERR_MEMORY, data->bulk.set.name, "no memory");
    size_t p = 0;
    for (size_t t = 0, now; status == CPH_OK && t < times; t += now) {
        while (p + 1 < real->pieces && real->piece[p + 1].first <= start + t)
            p++;
        const size_t at = start + t - real->piece[p].first;
        now = cph_size_min(d.most, times - t);
        if (p + 1 < real->pieces)
            now = cph_size_min(now, real->piece[p + 1].first - (start + t));
        status = convert(data, &d, real->piece[p].raw + 2 * at, real->piece[p].number + at, now,
                         element, elements, samples + t * elements);
    }
    free(d.raw);
    free(d.floats);
    return status;
}
