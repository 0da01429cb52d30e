/* SPDX-License-Identifier: MIT */
#include "cli/look.h"

#include <math.h>
#include <stdlib.h>

#include "kernels/core/fail.h"
#include "kernels/core/size.h"

enum {
    BYTES_MOST = 32 << 20, /* a second, from a disk that seeks */
    PLACES = 16,
    POINTS_MOST = 128,
    POINTS_LEAST = 16,
    BATCHES = 64,
    BATCH_LEAST = 16,
    BATCH_MOST = 1 << 16,
    SEGMENTS = 8 /* that a spectrum is the mean of, where there are so many samples */
};

typedef struct work {
    const cph_input *input;
    const size_t *element;
    size_t elements;
    size_t length; /* times of a place */
    cph_health_config config;
    cph_health_meter *meter;
    cph_look *look;
} work;

/* ---- where to look ---- */

/* Few long stretches rather than many that no transform fits into. */
static void choose_places(work *w, bool all)
{
    const cph_data_header *h = w->input->header;
    const size_t times = cph_input_times(w->input);
    size_t row = 0, most = 1;
    if (cph_size_mul(w->elements * h->channels, cph_type_size(h->type), &row) && row > 0)
        most = BYTES_MOST / row > 0 ? BYTES_MOST / row : 1;
    w->look->places = 1;
    w->length = times;
    if (!all && most < times) {
        w->look->places = most / PLACES >= POINTS_MOST ? PLACES : most / POINTS_MOST;
        if (w->look->places == 0)
            w->look->places = 1;
        w->length = most / w->look->places;
        if (w->length > POINTS_MOST)
            w->length -= w->length % POINTS_MOST;
    }
    w->look->times = w->look->places * w->length;
}

static size_t place_start(const work *w, size_t place)
{
    const size_t spare = w->input->times - w->length;
    const double share = w->look->places > 1 ? (double)place / (double)(w->look->places - 1) : 0.0;
    return w->input->start + cph_size_min((size_t)(share * (double)spare), spare);
}

/* 0 where not even the shortest fits. */
static size_t choose_points(const work *w)
{
    size_t points = POINTS_MOST;
    while (points > POINTS_LEAST && (points * SEGMENTS > w->look->times || points > w->length))
        points /= 2;
    return points <= w->length ? points : 0;
}

/* Some 60 batches over all channels, two at least in a place; 0 where they don't fit. Batches know
 * noise as narrow as they are long. */
static size_t choose_batch(const work *w)
{
    const size_t channels = w->input->header->channels;
    const size_t halves = channels < BATCHES / 8 ? BATCHES / channels : 8;
    size_t half = cph_size_min(w->look->times / halves, w->length / 3);
    half = cph_size_min(half, BATCH_MOST / 2);
    return half < BATCH_LEAST / 2 ? 0 : 2 * half;
}

/* ---- looking ---- */

/* Runs that were recorded, between gaps. */
static cph_status add_block(void *context, const cph_block *block, cph_error *error)
{
    const work *w = context;
    const cph_data_header *h = w->input->header;
    const size_t row = w->elements * cph_type_size(h->type);
    cph_status status = CPH_OK;
    for (size_t lane = 0; lane < w->config.group && status == CPH_OK; lane++)
        for (size_t t = 0, run = 0; t < block->times && status == CPH_OK; t += run) {
            const size_t at = block->start + t;
            const char *samples = (const char *)block->samples + (lane * block->times + t) * row;
            bool lost = false;
            run = cph_data_run(h, samples, cph_data_unbroken(h, at, block->times - t), w->elements,
                               &lost);
            if (!lost)
                status = cph_health_meter_add(w->meter, lane, cph_data_global(h, at), run, samples,
                                              w->elements);
        }
    return status == CPH_OK ? CPH_OK
                            : cph_fail(error, status, "samples: %s", cph_status_name(status));
}

static cph_exit look_at_places(work *w, size_t reserved)
{
    const size_t channels = w->input->header->channels, group = w->config.group;
    const bool follow = w->input->cli->follow;
    cph_exit code = CPH_EXIT_DONE;
    for (size_t c = 0; c < channels && code == CPH_EXIT_DONE; c += group) {
        w->config.group = cph_size_min(group, channels - c); /* what is left of the last one */
        for (size_t place = 0;
             (w->length > 0 || follow) && place < w->look->places && code == CPH_EXIT_DONE;
             place++) {
            const cph_stream_config range = {.start = place_start(w, place),
                                             .times = w->length,
                                             .follow = follow && c == 0,
                                             .channel = c,
                                             .channels = w->config.group,
                                             .element = w->element,
                                             .elements = w->elements};
            code = cph_input_stream(w->input, &range, reserved, add_block, w);
        }
        if (follow)
            w->look->times = w->length = cph_input_times(w->input);
        if (cph_health_meter_fold(w->meter, c) != CPH_OK)
            return cph_report_line(w->input->cli->name, CPH_EXIT_FAILED,
                                   "%s: health of elements: %s", w->input->cli->input,
                                   cph_status_name(CPH_ERR_ARGUMENT));
    }
    return code;
}

static cph_status take(const work *w)
{
    cph_look *look = w->look;
    cph_status status = CPH_OK;
    look->elements = w->elements;
    look->columns = cph_health_columns(w->meter);
    look->points = w->config.channels == 1 ? w->config.points : 0;
    look->vitals = calloc(w->elements, sizeof *look->vitals);
    look->spectrum = calloc(w->elements * look->columns + 1, sizeof *look->spectrum);
    if (look->vitals == NULL || look->spectrum == NULL)
        return CPH_ERR_MEMORY;
    for (size_t n = 0; n < w->elements && status == CPH_OK; n++) {
        status = cph_health_vitals(w->meter, n, &look->vitals[n]);
        if (status == CPH_OK && look->columns > 0)
            status = cph_health_spectrum(w->meter, n, look->spectrum + n * look->columns);
    }
    return status;
}

/* Half of the memory for sums; one channel in any case. */
static void choose_group(work *w)
{
    w->config.group = w->config.channels;
    while (w->config.group > 1) {
        const size_t bytes = cph_health_meter_size(&w->config);
        if (bytes > 0 && bytes <= w->input->cli->max_memory / 2)
            break;
        w->config.group = (w->config.group + 1) / 2;
    }
}

cph_exit cph_look_at(const cph_input *input, const size_t *element, size_t elements, bool all,
                     cph_look *look)
{
    const cph_data_header *h = input->header;
    work w = {.input = input, .element = element, .elements = elements, .look = look};
    choose_places(&w, all || input->cli->follow);
    w.config = (cph_health_config){.type = h->type,
                                   .real_sampling = h->real_sampling,
                                   .elements = elements,
                                   .channels = h->channels,
                                   .points = h->channels > 1 ? POINTS_MOST : choose_points(&w),
                                   .batch = choose_batch(&w),
                                   .independent = h->independent};
    choose_group(&w);
    cph_status status = cph_health_meter_create(&w.config, &w.meter);
    if (status == CPH_ERR_UNSUPPORTED) { /* no FFTW, no spectrum */
        w.config.points = 0;
        status = cph_health_meter_create(&w.config, &w.meter);
    }
    cph_exit code = CPH_EXIT_DONE;
    if (status == CPH_OK) {
        code = look_at_places(&w, cph_health_meter_size(&w.config));
        if (code == CPH_EXIT_DONE)
            status = take(&w);
        cph_health_meter_destroy(w.meter);
    }
    return status == CPH_OK ? code
                            : cph_report_line(input->cli->name, cph_exit_of(status),
                                              "%s: health of elements: %s", input->cli->input,
                                              cph_status_name(status));
}

void cph_look_free(cph_look *look)
{
    free(look->vitals);
    free(look->spectrum);
    *look = (cph_look){0};
}
