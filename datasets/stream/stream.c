/* SPDX-License-Identifier: MIT */
/* A capture as blocks that fit a memory limit and start where chunks start, read ahead by a thread.
 */
#include <stdlib.h>
#include <string.h>

#include "datasets/data.h"
#include "datasets/stream/ring.h"
#include "kernels/core/size.h"

/* Larger blocks leave the caches without saving calls. One block is in use, one waits, one is being
 * filled. */
enum { BLOCK_BYTES = 16 << 20, RING = 3 };

struct cph_stream {
    cph_data *data;
    size_t next, end, channel, channels; /* next: of the thread that reads */
    size_t *element;                     /* NULL: all */
    size_t elements;
    size_t row_bytes; /* of a time of one channel */
    size_t rows;      /* times of a block */
    size_t chunk;     /* times of a chunk; blocks end at its multiples where rows reaches one */
    size_t slots;
    bool follow;    /* the range goes on while the data grow */
    uint64_t until; /* of it */
    struct {
        char *samples;
        size_t start, times;
    } slot[RING];
    cph_ring *ring;
};

static size_t largest(size_t a, size_t b)
{
    return a > b ? a : b;
}

static cph_status check_config(const cph_data *data, const cph_stream_config *config,
                               cph_error *error)
{
    const cph_data_header *h = cph_data_header_of(data);
    const size_t channels = config->channels > 0 ? config->channels : 1;
    if (h->kind != CPH_KIND_CAPTURE && h->kind != CPH_KIND_BEAMS)
        return cph_h5_error(error, CPH_ERR_FORMAT, data->path, NULL, "is a %s, expected a capture",
                            cph_kind_name(h->kind));
    if (config->follow && data->following == NULL)
        return cph_h5_error(error, CPH_ERR_ARGUMENT, data->path, NULL,
                            "was not opened to be followed");
    if (!config->follow && (config->start > h->times || config->times > h->times - config->start))
        return cph_h5_error(error, CPH_ERR_ARGUMENT, data->path, data->bulk.set.name,
                            "has %zu samples, asked for %zu from %zu", h->times, config->times,
                            config->start);
    if (config->channel >= h->channels || channels > h->channels - config->channel)
        return cph_h5_error(error, CPH_ERR_ARGUMENT, data->path, data->bulk.set.name,
                            "has %zu channels, asked for %zu from channel %zu", h->channels,
                            channels, config->channel);
    return CPH_OK;
}

/* Times of a block: its share of the limit, whole chunks where one fits. It depends neither on how
 * many blocks there are, nor on who reads them, nor on the range: a range that is gone on with is
 * cut where the whole one is. */
static size_t choose_rows(const cph_stream *s, size_t time_bytes, size_t max_memory)
{
    size_t share = largest(max_memory / RING / time_bytes, 1);
    size_t wanted = largest(BLOCK_BYTES / time_bytes, 1);
    if (s->chunk <= share && s->chunk < s->data->header.times)
        wanted = largest(wanted, s->chunk);
    const size_t rows = cph_size_min(share, wanted);
    return rows > s->chunk ? rows - rows % s->chunk : rows;
}

/* As many as the range fills; no more than the limit holds. */
static size_t choose_slots(const cph_stream *s, size_t block_bytes, const cph_stream_config *config)
{
    size_t most = config->serial || !cph_h5_thread_safe() ? 1 : RING;
    most = cph_size_min(most, config->max_memory / largest(block_bytes, 1));
    if (s->follow)
        return largest(most, 1);
    const size_t rows = largest(s->rows, 1);
    return cph_size_min(most, largest((s->end - s->next + rows - 1) / rows, 1));
}

static cph_status make_slots(cph_stream *s, size_t bytes, cph_error *error)
{
    size_t aligned = 0;
    if (!cph_size_align(bytes, CPH_ALIGNMENT, &aligned))
        aligned = 0;
    for (size_t i = 0; i < s->slots; i++) {
        s->slot[i].samples = aligned > 0 ? aligned_alloc(CPH_ALIGNMENT, aligned) : NULL;
        if (s->slot[i].samples == NULL)
            return cph_h5_error(error, CPH_ERR_MEMORY, s->data->path, NULL,
                                "no memory for blocks of %zu bytes", bytes);
    }
    return CPH_OK;
}

/* Where the range ends as far as the data are known. */
static size_t find_end(const cph_stream *s)
{
    const cph_data_header *h = cph_data_header_of(s->data);
    return s->until < cph_data_span(h) ? cph_data_sample_at(h, s->until) : h->times;
}

static cph_status make(cph_data *data, const cph_stream_config *config, cph_stream *s,
                       cph_error *error)
{
    const cph_data_header *h = cph_data_header_of(data);
    size_t axis = h->kind == CPH_KIND_BEAMS ? h->beams : h->axis_elements, bytes = 0;
    s->data = data;
    s->next = config->start;
    s->follow = config->follow;
    s->until = config->until;
    s->end = s->follow ? find_end(s) : config->times > 0 ? config->start + config->times : h->times;
    s->channel = config->channel;
    s->channels = config->channels > 0 ? config->channels : 1;
    s->elements = config->element != NULL ? config->elements : axis;
    const bool halved = data->view != NULL && data->view->real != NULL;
    s->chunk = largest(data->bulk.set.chunk[0] / (halved ? 2 : 1), 1);
    if (!cph_size_mul(s->elements, cph_type_size(h->type), &s->row_bytes) || s->row_bytes == 0)
        return cph_h5_error(error, CPH_ERR_ARGUMENT, data->path, NULL, "no elements were chosen");
    if (!cph_size_mul(s->row_bytes, s->channels, &bytes) || config->max_memory < bytes)
        return cph_h5_error(error, CPH_ERR_MEMORY, data->path, data->bulk.set.name,
                            "one time takes %zu bytes, the memory limit is %zu", bytes,
                            config->max_memory);
    s->rows = choose_rows(s, bytes, config->max_memory);
    bytes *= s->follow ? s->rows : cph_size_min(s->rows, largest(s->end - s->next, 1));
    s->slots = choose_slots(s, bytes, config);
    if (config->element != NULL) {
        s->element = malloc(s->elements * sizeof *s->element);
        if (s->element == NULL)
            return cph_h5_error(error, CPH_ERR_MEMORY, data->path, NULL, "no memory");
        memcpy(s->element, config->element, s->elements * sizeof *s->element);
    }
    return make_slots(s, bytes, error);
}

/* Channels lie together in a chunk: all of them are read of one chunk before the next one is, so
 * that it is decompressed once. */
static cph_status read_block(const cph_stream *s, size_t start, size_t times, char *samples,
                             cph_error *error)
{
    const size_t step = s->channels > 1 ? s->chunk : times;
    cph_status status = CPH_OK;
    for (size_t t = 0, now = 0; status == CPH_OK && t < times; t += now) {
        now = cph_size_min(step - (s->channels > 1 ? (start + t) % step : 0), times - t);
        for (size_t c = 0; status == CPH_OK && c < s->channels; c++)
            status =
                cph_data_read_samples(s->data, start + t, now, s->channel + c, s->element,
                                      s->elements, samples + (c * times + t) * s->row_bytes, error);
    }
    return status;
}

/* Waits for data behind the last one. The caller looks at their header while it computes: it grows
 * when he waits, too. *more = false: the ring is being closed. */
static cph_status catch_up(cph_stream *s, bool *more, cph_error *error)
{
    cph_data *const data = s->data;
    cph_status status = CPH_OK;
    *more = cph_ring_drain(s->ring);
    while (*more && status == CPH_OK && s->next >= s->end &&
           data->following->end == CPH_FOLLOW_ON) {
        const uint64_t span = cph_data_span(cph_data_header_of(data));
        if (span >= s->until)
            break;
        status = cph_data_await(data, span, error);
        s->end = find_end(s);
    }
    return status;
}

static cph_status fill(void *context, size_t slot, bool *more, cph_error *error)
{
    cph_stream *s = context;
    if (s->follow && s->next >= s->end) {
        const cph_status status = catch_up(s, more, error);
        if (status != CPH_OK || !*more)
            return status;
    }
    size_t times = s->next < s->end ? cph_size_min(s->rows, s->end - s->next) : 0;
    if (s->rows >= s->chunk)
        times = cph_size_min(times, s->rows - s->next % s->chunk);
    *more = times > 0;
    const cph_status status = read_block(s, s->next, times, s->slot[slot].samples, error);
    s->slot[slot].start = s->next;
    s->slot[slot].times = times;
    s->next += times;
    return status;
}

cph_status cph_stream_open(cph_data *data, const cph_stream_config *config, cph_stream **stream,
                           cph_error *error)
{
    if (data == NULL || config == NULL || stream == NULL)
        return cph_h5_error(error, CPH_ERR_ARGUMENT, "cph_stream_open", NULL, "null argument");
    cph_status status = check_config(data, config, error);
    if (status != CPH_OK)
        return status;
    cph_stream *s = calloc(1, sizeof *s);
    if (s == NULL)
        return cph_h5_error(error, CPH_ERR_MEMORY, data->path, NULL, "no memory");
    status = make(data, config, s, error);
    if (status == CPH_OK && cph_ring_open(s->slots, fill, s, &s->ring) != CPH_OK)
        status = cph_h5_error(error, CPH_ERR_MEMORY, data->path, NULL, "no memory");
    if (status == CPH_OK)
        *stream = s;
    else
        cph_stream_close(s);
    return status;
}

cph_status cph_stream_next(cph_stream *stream, cph_block *block, cph_error *error)
{
    if (stream == NULL || block == NULL)
        return cph_h5_error(error, CPH_ERR_ARGUMENT, "cph_stream_next", NULL, "null argument");
    size_t slot = 0;
    bool more = false;
    const cph_status status = cph_ring_next(stream->ring, &slot, &more, error);
    if (status != CPH_OK)
        return status;
    *block = more ? (cph_block){.samples = stream->slot[slot].samples,
                                .start = stream->slot[slot].start,
                                .times = stream->slot[slot].times}
                  : (cph_block){.start = stream->end};
    return CPH_OK;
}

void cph_stream_close(cph_stream *stream)
{
    if (stream == NULL)
        return;
    cph_ring_close(stream->ring);
    for (size_t i = 0; i < stream->slots; i++)
        free(stream->slot[i].samples);
    free(stream->element);
    free(stream);
}
