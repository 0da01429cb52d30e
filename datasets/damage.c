/* SPDX-License-Identifier: MIT */
/* Captures, beams and covariances of which parts cannot be read: which times those are, and the
 * file without them. */
#include <stdlib.h>
#include <string.h>

#include "datasets/data.h"
#include "kernels/core/size.h"

enum { BLOCK_BYTES = 16 << 20 };

/* ---- leaving out ---- */

size_t cph_data_kept_run(const cph_data *data, size_t start, size_t times, size_t *at)
{
    size_t low = 0, high = data->kepts;
    *at = start;
    if (high == 0)
        return times;
    while (high - low > 1) {
        const size_t middle = low + (high - low) / 2;
        if (data->kept[middle].shown <= start)
            low = middle;
        else
            high = middle;
    }
    const cph_data_kept *k = &data->kept[low];
    *at = k->first + (start - k->shown);
    return cph_size_min(times, k->times - (start - k->shown));
}

/* Adds [first, first + times) of the times shown so far to the list, as the file counts them. */
static void keep(const cph_data *data, size_t first, size_t times, cph_data_kept *list,
                 size_t *count)
{
    for (size_t done = 0; done < times;) {
        cph_data_kept next = {0};
        next.times = cph_data_kept_run(data, first + done, times - done, &next.first);
        next.shown = *count > 0 ? list[*count - 1].shown + list[*count - 1].times : 0;
        list[(*count)++] = next;
        done += next.times;
    }
}

static void add_gap(cph_data_gap *gap, size_t *gaps, uint64_t sample, uint64_t global)
{
    const uint64_t before = *gaps > 0 ? gap[*gaps - 1].global - gap[*gaps - 1].sample : 0;
    if (global - sample != before)
        gap[(*gaps)++] = (cph_data_gap){.sample = sample, .global = global};
}

/* The gaps of times [start, end), which stand at `shown` when others are left out. */
static void keep_gaps(const cph_data_header *h, size_t start, size_t end, size_t shown,
                      cph_data_gap *gap, size_t *gaps)
{
    if (start == end)
        return;
    add_gap(gap, gaps, shown, cph_data_global(h, start));
    for (size_t i = 0; i < h->gaps; i++)
        if (h->gap[i].sample > start && h->gap[i].sample < end)
            add_gap(gap, gaps, shown + (h->gap[i].sample - start), h->gap[i].global);
}

/* Middles of dumps [start, end) to where they stand when others are left out. */
static void keep_middles(cph_data_header *h, size_t start, size_t end, size_t shown)
{
    if (h->time_unix_s != NULL)
        memmove(h->time_unix_s + shown, h->time_unix_s + start,
                (end - start) * sizeof *h->time_unix_s);
}

static void shrink(cph_data_header *h, size_t lost, cph_data_gap *gap, size_t gaps)
{
    h->sample_bytes = h->sample_bytes / h->times * (h->times - lost);
    h->times -= lost;
    h->gap = gap;
    h->gaps = gaps;
}

cph_status cph_data_leave_out(cph_data *data, const cph_data_range *range, size_t ranges,
                              cph_error *error)
{
    size_t lost = 0, end = 0, count = 0;
    const size_t times = data->header.times;
    if (data->view != NULL && data->view->real != NULL)
        return cph_h5_error(error, CPH_ERR_ARGUMENT, data->path, NULL,
                            "samples of baseband cannot be left out, those it is made of can");
    for (size_t i = 0; i < ranges; i++) {
        if (range[i].start < end || range[i].times > times ||
            range[i].start > times - range[i].times)
            return cph_h5_error(error, CPH_ERR_ARGUMENT, data->path, NULL,
                                "times to leave out do not rise within its %zu", times);
        end = range[i].start + range[i].times;
        lost += range[i].times;
    }
    if (lost == 0)
        return CPH_OK;
    if (lost == times)
        return cph_h5_error(error, CPH_ERR_FORMAT, data->path, data->bulk.set.name,
                            "none of its %zu times is left", times);
    cph_data_kept *kept = calloc(data->kepts + 2 * ranges + 2, sizeof *kept);
    cph_data_gap *gap = calloc(data->header.gaps + ranges + 1, sizeof *gap);
    if (kept == NULL || gap == NULL) {
        free(kept);
        free(gap);
        return cph_h5_error(error, CPH_ERR_MEMORY, data->path, NULL, "no memory");
    }
    size_t gaps = 0, shown = 0;
    end = 0;
    for (size_t i = 0; i <= ranges; i++) {
        const size_t next = i < ranges ? range[i].start : times;
        keep(data, end, next - end, kept, &count);
        if (data->header.kind == CPH_KIND_COVARIANCE)
            keep_middles(&data->header, end, next, shown);
        else
            keep_gaps(&data->header, end, next, shown, gap, &gaps);
        shown += next - end;
        end = i < ranges ? next + range[i].times : times;
    }
    free(data->kept);
    free(data->header.gap);
    data->kept = kept;
    data->kepts = count;
    shrink(&data->header, lost, gap, gaps);
    if (data->view != NULL)
        shrink(&data->view->header, lost, gap, gaps);
    return CPH_OK;
}

/* ---- finding ---- */

typedef struct search {
    cph_data *data;
    const cph_data_header *header;
    const cph_damage_config *config;
    size_t end, block, step, elements;
    void *samples;
    cph_data_range *found;
    size_t count;
} search;

static cph_status read_dumps(const search *s, size_t start, size_t times, size_t channel,
                             cph_error *error)
{
    cph_status status = CPH_OK;
    for (size_t t = 0; status == CPH_OK && t < times; t++)
        status = cph_data_read_covariance(s->data, start + t, channel, NULL, s->elements,
                                          s->samples, error);
    return status;
}

/* Whether all of some times can be read; any but FORMAT and IO ends the search. */
static cph_status probe(const search *s, size_t start, size_t times, bool *good, cph_error *error)
{
    cph_status status = CPH_OK;
    for (size_t c = 0; status == CPH_OK && c < s->header->channels; c++)
        status = s->header->kind == CPH_KIND_COVARIANCE
                     ? read_dumps(s, start, times, c, error)
                     : cph_data_read_samples(s->data, start, times, c, NULL, s->elements,
                                             s->samples, error);
    *good = status == CPH_OK;
    return status == CPH_ERR_FORMAT || status == CPH_ERR_IO ? CPH_OK : status;
}

/* The first time of [start, start + times), not all of which can be read, that cannot. */
static cph_status find_first(const search *s, size_t start, size_t times, size_t *first,
                             cph_error *error)
{
    size_t low = 0, high = times; /* `low` times can be read, `high` cannot */
    cph_status status = CPH_OK;
    while (status == CPH_OK && high - low > 1) {
        const size_t middle = low + (high - low) / 2;
        bool good = false;
        status = probe(s, start + low, middle - low, &good, error);
        *(good ? &low : &high) = middle;
    }
    *first = start + low;
    return status;
}

/* The first time behind a bad one that can be read: by strides that grow to a chunk, then between
 * the last two. Good times that a stride passes over are left out, too. */
static cph_status find_end(const search *s, size_t bad, size_t *end, cph_error *error)
{
    cph_error ignored = {.status = CPH_OK};
    size_t low = bad, high = bad, stride = 1;
    bool good = false;
    cph_status status = CPH_OK;
    while (status == CPH_OK && !good && high < s->end) {
        low = high;
        high = s->end - low > stride ? low + stride : s->end;
        stride = cph_size_min(2 * stride, s->step);
        if (high < s->end)
            status = probe(s, high, 1, &good, &ignored);
    }
    while (status == CPH_OK && high - low > 1) {
        const size_t middle = low + (high - low) / 2;
        status = probe(s, middle, 1, &good, &ignored);
        *(good ? &high : &low) = middle;
    }
    *end = high;
    if (status != CPH_OK && error != NULL)
        *error = ignored;
    return status;
}

static cph_status note(search *s, size_t start, size_t end, const cph_error *why, cph_error *error)
{
    if ((s->count & (s->count + 1)) == 0) { /* full: room for twice as many */
        cph_data_range *more = reallocarray(s->found, 2 * s->count + 1, sizeof *more);
        if (more == NULL)
            return cph_h5_error(error, CPH_ERR_MEMORY, s->data->path, NULL, "no memory");
        s->found = more;
    }
    s->found[s->count++] = (cph_data_range){start, end - start};
    if (s->config->tell != NULL)
        s->config->tell(s->config->context, start, end - start, why);
    return CPH_OK;
}

static cph_status look(search *s, cph_error *error)
{
    cph_status status = CPH_OK;
    for (size_t t = s->config->start; status == CPH_OK && t < s->end;) {
        cph_error why = {.status = CPH_OK};
        const size_t times = cph_size_min(s->block - t % s->block, s->end - t);
        size_t first = t, end = t;
        bool good = false;
        if (s->config->go_on != NULL && !s->config->go_on(s->config->context, t - s->config->start))
            return cph_h5_error(error, CPH_ERR_INTERRUPTED, s->data->path, NULL, "interrupted");
        status = probe(s, t, times, &good, &why);
        t += times;
        if (good)
            continue;
        if (status == CPH_OK)
            status = find_first(s, t - times, times, &first, &why);
        if (status == CPH_OK)
            status = find_end(s, first, &end, &why);
        if (status != CPH_OK && error != NULL)
            *error = why;
        else if (status == CPH_OK)
            status = note(s, first, end, &why, error);
        t = end;
    }
    return status;
}

bool cph_data_skips(const cph_data *data)
{
    static const char *const layouts[] = {"cophase", "aavs"};
    const cph_data_header *h = cph_data_header_of(data);
    bool apart = h->kind == CPH_KIND_CAPTURE || h->kind == CPH_KIND_BEAMS;
    for (size_t i = 0; h->kind == CPH_KIND_COVARIANCE && i < 2; i++)
        apart = apart || strcmp(h->format, layouts[i]) == 0;
    return apart;
}

/* Times that are looked at together: of a covariance a dump, else what fills a block, whole chunks.
 * False: its bytes don't fit. */
static bool plan(search *s, const cph_damage_config *config, size_t *bytes)
{
    const cph_data_header *h = s->header;
    const size_t chunk = s->data->bulk.set.chunk[0];
    if (h->kind == CPH_KIND_COVARIANCE) {
        s->block = s->step = 1;
        return cph_size_mul(s->elements, s->elements, bytes) &&
               cph_size_mul(*bytes, sizeof(cph_c64), bytes);
    }
    const size_t row = s->elements * cph_type_size(h->type);
    s->block = cph_size_min(BLOCK_BYTES, config->max_memory) / (row + 1) + 1;
    if (chunk > 0 && s->block > chunk)
        s->block -= s->block % chunk;
    s->step = chunk > 1 ? chunk : s->block;
    return cph_size_mul(s->block, row, bytes);
}

cph_status cph_data_skip_damage(cph_data *data, const cph_damage_config *config, cph_error *error)
{
    const cph_data_header *h = cph_data_header_of(data);
    if (!cph_data_skips(data) || config->start > h->times ||
        config->times > h->times - config->start)
        return cph_h5_error(error, CPH_ERR_ARGUMENT, data->path, NULL,
                            "expected a capture, beams or a covariance, and times that it has");
    size_t bytes = 0;
    search s = {.data = data,
                .header = h,
                .config = config,
                .end = config->times > 0 ? config->start + config->times : h->times,
                .elements = h->kind == CPH_KIND_BEAMS        ? h->beams
                            : h->kind == CPH_KIND_COVARIANCE ? h->array.elements
                                                             : h->axis_elements};
    s.samples = plan(&s, config, &bytes) ? malloc(bytes + 1) : NULL;
    cph_status status = s.samples == NULL ? cph_h5_error(error, CPH_ERR_MEMORY, data->path, NULL,
                                                         "no memory for a block")
                                          : look(&s, error);
    free(s.samples);
    if (status == CPH_OK)
        status = cph_data_leave_out(data, s.found, s.count, error);
    free(s.found);
    return status;
}
