/* SPDX-License-Identifier: MIT */
/* A capture as blocks that fit a memory limit and start where chunks start. */
#include <stdlib.h>
#include <string.h>

#include "datasets/data.h"
#include "kernels/core/size.h"

/* Larger blocks leave the caches without saving calls. */
enum { BLOCK_BYTES = 16 << 20 };

struct cph_stream {
    cph_data *data;
    size_t next, end, channel;
    size_t *element; /* NULL: all */
    size_t elements;
    size_t rows;  /* times of a block */
    size_t chunk; /* times of a chunk; blocks end at its multiples where rows reaches one */
    void *samples;
};

static cph_status check_config(const cph_data *data, const cph_stream_config *config,
                               cph_error *error)
{
    const cph_data_header *h = &data->header;
    if (h->kind != CPH_KIND_CAPTURE && h->kind != CPH_KIND_BEAMS)
        return cph_h5_error(error, CPH_ERR_FORMAT, data->path, NULL, "is a %s, expected a capture",
                            cph_kind_name(h->kind));
    if (config->start > h->times || config->times > h->times - config->start)
        return cph_h5_error(error, CPH_ERR_ARGUMENT, data->path, data->bulk.set.name,
                            "has %zu samples, asked for %zu from %zu", h->times, config->times,
                            config->start);
    if (config->channel >= h->channels)
        return cph_h5_error(error, CPH_ERR_ARGUMENT, data->path, data->bulk.set.name,
                            "has %zu channels, asked for channel %zu", h->channels,
                            config->channel);
    return CPH_OK;
}

/* Times of a block: as many as the limit takes and the range asks for, whole chunks where one
 * fits. */
static size_t choose_rows(const cph_stream *s, size_t row_bytes, size_t max_memory)
{
    size_t most = max_memory / row_bytes, wanted = BLOCK_BYTES / row_bytes;
    size_t range = s->end - s->next / s->chunk * s->chunk;
    size_t rows = cph_size_min(most, wanted > s->chunk ? wanted : s->chunk);
    rows = cph_size_min(rows, range + s->chunk); /* the rest of the last chunk */
    return rows > s->chunk ? rows - rows % s->chunk : rows;
}

static cph_status make(cph_data *data, const cph_stream_config *config, cph_stream *s,
                       cph_error *error)
{
    const cph_data_header *h = &data->header;
    size_t axis = h->kind == CPH_KIND_BEAMS ? h->beams : h->axis_elements, row_bytes, bytes;
    s->data = data;
    s->next = config->start;
    s->end = config->times > 0 ? config->start + config->times : h->times;
    s->channel = config->channel;
    s->elements = config->element != NULL ? config->elements : axis;
    s->chunk = data->bulk.set.chunk[0];
    if (!cph_size_mul(s->elements, cph_type_size(h->type), &row_bytes) || row_bytes == 0)
        return cph_h5_error(error, CPH_ERR_ARGUMENT, data->path, NULL, "no elements were chosen");
    if (config->max_memory < row_bytes)
        return cph_h5_error(error, CPH_ERR_MEMORY, data->path, data->bulk.set.name,
                            "one time takes %zu bytes, the memory limit is %zu", row_bytes,
                            config->max_memory);
    s->rows = choose_rows(s, row_bytes, config->max_memory);
    if (config->element != NULL) {
        s->element = malloc(s->elements * sizeof *s->element);
        if (s->element == NULL)
            return cph_h5_error(error, CPH_ERR_MEMORY, data->path, NULL, "no memory");
        memcpy(s->element, config->element, s->elements * sizeof *s->element);
    }
    if (cph_size_align(s->rows * row_bytes, CPH_ALIGNMENT, &bytes))
        s->samples = aligned_alloc(CPH_ALIGNMENT, bytes);
    if (s->samples == NULL)
        return cph_h5_error(error, CPH_ERR_MEMORY, data->path, NULL,
                            "no memory for blocks of %zu bytes", s->rows * row_bytes);
    return CPH_OK;
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
    size_t times = cph_size_min(stream->rows, stream->end - stream->next);
    if (stream->rows >= stream->chunk && times > 0)
        times = cph_size_min(times, stream->rows - stream->next % stream->chunk);
    cph_status status =
        cph_data_read_samples(stream->data, stream->next, times, stream->channel, stream->element,
                              stream->elements, stream->samples, error);
    if (status != CPH_OK)
        return status;
    *block = (cph_block){.samples = stream->samples, .start = stream->next, .times = times};
    stream->next += times;
    return CPH_OK;
}

void cph_stream_close(cph_stream *stream)
{
    if (stream == NULL)
        return;
    free(stream->element);
    free(stream->samples);
    free(stream);
}
