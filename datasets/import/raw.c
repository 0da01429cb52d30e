/* SPDX-License-Identifier: MIT */
/* Captures in plain bytes, read by pread: files, segments, blocks. */
#include "datasets/import/raw.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kernels/core/size.h"

/* Bytes that are read at a time, unless one time has more. */
enum { BUFFER_BYTES = 1 << 20 };

void cph_data_remark(cph_data *data, const char *format, ...)
{
    char *remark = data->header.remark;
    const size_t used = strlen(remark), size = sizeof data->header.remark;
    va_list args;
    va_start(args, format);
    int length = used > 0 ? snprintf(remark + used, size - used, "; ") : 0;
    if (length >= 0 && used + (size_t)length < size)
        vsnprintf(remark + used + (size_t)length, size - used - (size_t)length, format, args);
    va_end(args);
}

/* ---- reading ---- */

static cph_status read_bytes(const cph_data *data, size_t file, uint64_t offset, void *to,
                             size_t bytes)
{
    const cph_raw *raw = data->layout;
    for (size_t done = 0; done < bytes;) {
        const uint64_t at = offset + done;
        const ssize_t got = pread(raw->fd[file], (char *)to + done, bytes - done, (off_t)at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return cph_h5_error(data->h5.error, CPH_ERR_IO, raw->path[file], NULL,
                                "cannot be read: %s", strerror(errno));
        if (got == 0)
            return cph_h5_error(data->h5.error, CPH_ERR_FORMAT, raw->path[file], NULL,
                                "ends at byte %" PRIu64 ", it was longer when it was opened", at);
        done += (size_t)got;
    }
    return CPH_OK;
}

/* Samples that lie in the file as they do in memory. */
static bool as_in_memory(const cph_raw_item *item)
{
    const bool same = item->kind == 'i' ? item->part_bytes <= 2 : item->kind == 'f';
    return item->complex && !item->big_endian && same && item->bytes == cph_type_size(item->type);
}

/* What is asked for: times [t, t + times) of one segment, elements [first, first + count). */
typedef struct box {
    size_t t, times, first, count;
    char *out; /* [times][count] */
} box;

static cph_status read_rows(cph_data *data, const cph_raw_segment *s, const box *b)
{
    const cph_raw *raw = data->layout;
    const size_t row = cph_raw_row(raw), out_row = b->count * cph_type_size(raw->item.type);
    const uint64_t offset = s->offset + (uint64_t)(b->t - s->first) * row;
    if (b->count == raw->elements && as_in_memory(&raw->item))
        return read_bytes(data, 0, offset, b->out, b->times * row);
    const size_t most = raw->buffer_bytes / row;
    cph_status status = CPH_OK;
    for (size_t done = 0, now; done < b->times && status == CPH_OK; done += now) {
        now = cph_size_min(most, b->times - done);
        status = read_bytes(data, 0, offset + (uint64_t)done * row, raw->buffer, now * row);
        if (status == CPH_OK && b->first > 0) /* to where buffers are aligned */
            memmove(raw->buffer, (char *)raw->buffer + b->first * raw->item.bytes,
                    now * row - b->first * raw->item.bytes);
        if (status == CPH_OK)
            status = cph_raw_unpack(&raw->item, raw->buffer, raw->elements, b->count, now,
                                    b->out + done * out_row, b->count);
    }
    return status;
}

static cph_status read_columns(cph_data *data, const cph_raw_segment *s, const box *b)
{
    enum { TILE = 1 << 14 }; /* times whose output stays in the caches */
    const cph_raw *raw = data->layout;
    const size_t item = raw->item.bytes, size = cph_type_size(raw->item.type);
    const size_t most = item > 0 ? cph_size_min(raw->buffer_bytes / item, TILE) : 1;
    const bool files = raw->order == CPH_RAW_FILES;
    cph_status status = CPH_OK;
    for (size_t done = 0, now; done < b->times && status == CPH_OK; done += now) {
        const uint64_t at = s->offset + (uint64_t)(b->t - s->first + done) * item;
        now = cph_size_min(most, b->times - done);
        for (size_t i = 0; i < b->count && status == CPH_OK; i++) {
            const size_t n = b->first + i;
            const uint64_t plane = files ? 0 : (uint64_t)n * s->times * item;
            status = read_bytes(data, files ? n : 0, at + plane, raw->buffer, now * item);
            if (status == CPH_OK)
                status = cph_raw_unpack(&raw->item, raw->buffer, 1, 1, now,
                                        b->out + (done * b->count + i) * size, b->count);
        }
    }
    return status;
}

/* The segment that holds sample t. */
static const cph_raw_segment *segment_of(const cph_raw *raw, size_t t)
{
    size_t low = 0, high = raw->segments - 1;
    while (low < high) {
        const size_t middle = low + (high - low + 1) / 2;
        if (raw->segment[middle].first <= t)
            low = middle;
        else
            high = middle - 1;
    }
    return &raw->segment[low];
}

static cph_status read_samples(cph_data *data, size_t start, size_t times, size_t channel,
                               size_t first, size_t count, void *samples)
{
    const cph_raw *raw = data->layout;
    const size_t row = count * cph_type_size(raw->item.type);
    (void)channel;
    for (size_t done = 0; done < times;) {
        const cph_raw_segment *s = segment_of(raw, start + done);
        const size_t left = s->first + s->times - (start + done);
        const box b = {.t = start + done,
                       .times = cph_size_min(left, times - done),
                       .first = first,
                       .count = count,
                       .out = (char *)samples + done * row};
        const cph_status status =
            raw->order == CPH_RAW_TIME_MAJOR ? read_rows(data, s, &b) : read_columns(data, s, &b);
        if (status != CPH_OK)
            return status;
        done += b.times;
    }
    return CPH_OK;
}

static void close_files(cph_data *data)
{
    cph_raw *raw = data->layout;
    for (size_t i = 0; i < raw->files; i++) {
        if (raw->fd != NULL && raw->fd[i] >= 0)
            close(raw->fd[i]);
        if (raw->path != NULL)
            free(raw->path[i]);
    }
    free(raw->fd);
    free(raw->path);
    free(raw->bytes);
    free(raw->segment);
    free(raw->truth);
    free(raw->delay_s);
    free(raw->source);
    free(raw->buffer);
    free(raw->scan);
    free(raw);
}

static cph_status read_truth(cph_data *data, cph_c64 *gain)
{
    const cph_raw *raw = data->layout;
    if (raw->truth == NULL)
        return cph_h5_fail(&data->h5, CPH_ERR_MISSING, NULL, "holds no truth");
    memcpy(gain, raw->truth, raw->elements * sizeof *gain);
    return CPH_OK;
}

static cph_status read_truth_delays(cph_data *data, double *delay_s)
{
    const cph_raw *raw = data->layout;
    if (raw->delay_s == NULL)
        return cph_h5_fail(&data->h5, CPH_ERR_MISSING, NULL, "holds no delays");
    memcpy(delay_s, raw->delay_s, raw->elements * sizeof *delay_s);
    return CPH_OK;
}

static cph_status read_truth_sources(cph_data *data, char ***source, size_t *sources)
{
    const cph_raw *raw = data->layout;
    if (raw->sources == 0)
        return CPH_OK;
    char **line = cph_data_lines(raw->sources, raw->source_size);
    if (line == NULL)
        return cph_h5_fail(&data->h5, CPH_ERR_MEMORY, NULL, "no memory");
    memcpy(line[0], raw->source[0], raw->sources * raw->source_size);
    *source = line;
    *sources = raw->sources;
    return CPH_OK;
}

/* ---- files that grow ---- */

/* Times and gaps of the header as segments from `from` on have them. */
static cph_status settle(cph_data *data, size_t from)
{
    const cph_raw *raw = data->layout;
    const cph_raw_segment *const s = raw->segment;
    if (s == NULL || raw->segments == 0)
        return cph_data_set_times(data, 0);
    const cph_raw_segment *const last = &s[raw->segments - 1];
    cph_status status = cph_data_set_times(data, last->first + last->times);
    for (size_t i = from; i < raw->segments && status == CPH_OK; i++)
        status = cph_data_add_gap(data, NULL, s[i].first, s[i].first + s[i].lost);
    return status;
}

void cph_raw_remark_end(cph_data *data, size_t index, uint64_t bytes)
{
    const cph_raw *raw = data->layout;
    const char *slash = strrchr(raw->path[index], '/');
    const char *name = slash != NULL ? slash + 1 : raw->path[index];
    const bool other = strcmp(raw->path[index], data->path) != 0; /* than what errors name */
    if (bytes > 0)
        cph_data_remark(data, "%s%sends within a time: its last %llu bytes are not used",
                        other ? name : "", other ? " " : "", (unsigned long long)bytes);
}

/* Whole times that the last segment has by now in all files. */
cph_status cph_raw_lengthen(cph_data *data, bool last)
{
    cph_raw *raw = data->layout;
    if (raw->order == CPH_RAW_ELEMENT_MAJOR)
        return cph_h5_fail(&data->h5, CPH_ERR_UNSUPPORTED, NULL,
                           "has its elements one behind the other, so that it cannot be followed "
                           "while it is written");
    if (raw->segment == NULL || raw->segments == 0)
        return CPH_OK;
    cph_raw_segment *const s = &raw->segment[raw->segments - 1];
    uint64_t times = UINT64_MAX;
    for (size_t f = 0; f < raw->files; f++) {
        const uint64_t used = s->offset + raw->trailing;
        const uint64_t own = raw->bytes[f] > used ? (raw->bytes[f] - used) / cph_raw_row(raw) : 0;
        times = own < times ? own : times;
        if (last && raw->bytes[f] > used)
            cph_raw_remark_end(data, f, (raw->bytes[f] - used) % cph_raw_row(raw));
    }
    s->times = times > s->times ? (size_t)times : s->times;
    return CPH_OK;
}

static cph_status grow(cph_data *data, bool last)
{
    const cph_raw *raw = data->layout;
    const size_t segments = raw->segments;
    cph_status status = CPH_OK;
    for (size_t f = 0; status == CPH_OK && f < raw->files; f++)
        status =
            cph_follow_file(&data->h5, raw->path[f], raw->fd[f], raw->bytes[f], &raw->bytes[f]);
    if (status == CPH_OK)
        status = raw->grow != NULL ? raw->grow(data, last) : cph_raw_lengthen(data, last);
    return status == CPH_OK ? settle(data, segments) : status;
}

static const cph_reader reader = {.samples = read_samples,
                                  .truth = read_truth,
                                  .truth_delays = read_truth_delays,
                                  .truth_sources = read_truth_sources,
                                  .grow = grow,
                                  .close = close_files};

/* ---- opening ---- */

static cph_status no_memory(const cph_data *data)
{
    return cph_h5_fail(&data->h5, CPH_ERR_MEMORY, NULL, "no memory");
}

cph_status cph_raw_make(cph_data *data, size_t files, cph_raw **raw)
{
    cph_raw *made = calloc(1, sizeof *made);
    if (made == NULL)
        return no_memory(data);
    data->layout = made;
    data->reader = &reader;
    made->files = files;
    made->fd = calloc(files, sizeof *made->fd);
    made->path = calloc(files, sizeof *made->path);
    made->bytes = calloc(files, sizeof *made->bytes);
    for (size_t i = 0; made->fd != NULL && i < files; i++)
        made->fd[i] = -1;
    if (made->fd == NULL || made->path == NULL || made->bytes == NULL)
        return no_memory(data);
    *raw = made;
    return CPH_OK;
}

cph_status cph_raw_open_file(cph_data *data, size_t index, char *path)
{
    const cph_raw *raw = data->layout;
    struct stat about;
    if (path == NULL)
        return no_memory(data);
    raw->path[index] = path;
    raw->fd[index] = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (raw->fd[index] < 0 || fstat(raw->fd[index], &about) != 0)
        return cph_h5_error(data->h5.error, CPH_ERR_IO, path, NULL, "cannot open: %s",
                            strerror(errno));
    if (!S_ISREG(about.st_mode))
        return cph_h5_error(data->h5.error, CPH_ERR_FORMAT, path, NULL,
                            "is no regular file, expected samples");
    raw->bytes[index] = (uint64_t)about.st_size;
    return CPH_OK;
}

cph_status cph_raw_add(cph_data *data, size_t times, uint64_t offset, uint64_t lost)
{
    cph_raw *raw = data->layout;
    const cph_raw_segment *last = raw->segments > 0 ? &raw->segment[raw->segments - 1] : NULL;
    size_t first = 0, end;
    if (last != NULL) {
        first = last->first + last->times;
        lost += last->lost;
    }
    if (!cph_size_add(first, times, &end) || lost > (uint64_t)1 << 62)
        return cph_h5_fail(&data->h5, CPH_ERR_OVERFLOW, NULL, "has too many samples");
    if (raw->segment == NULL ||
        (raw->segments & (raw->segments - 1)) == 0) { /* full: room for twice as many */
        const size_t room = raw->segment == NULL ? 1 : 2 * raw->segments;
        cph_raw_segment *more = reallocarray(raw->segment, room, sizeof *more);
        if (more == NULL)
            return no_memory(data);
        raw->segment = more;
    }
    raw->segment[raw->segments++] =
        (cph_raw_segment){.first = first, .times = times, .lost = lost, .offset = offset};
    return CPH_OK;
}

size_t cph_raw_row(const cph_raw *raw)
{
    size_t row = 0;
    const size_t elements = raw->order == CPH_RAW_FILES ? 1 : raw->elements;
    return cph_size_mul(elements, raw->item.bytes, &row) && row > 0 ? row : SIZE_MAX;
}

/* Whether each segment lies in its files. */
static cph_status check_segments(cph_data *data)
{
    const cph_raw *raw = data->layout;
    const size_t row = cph_raw_row(raw);
    for (size_t f = 0; f < raw->files; f++)
        for (size_t i = 0; i < raw->segments; i++) {
            const cph_raw_segment *s = &raw->segment[i];
            if (s->offset <= raw->bytes[f] && s->times <= (raw->bytes[f] - s->offset) / row)
                continue;
            return cph_h5_error(data->h5.error, CPH_ERR_FORMAT, raw->path[f], NULL,
                                "has %llu bytes, expected %zu times of %zu bytes from byte %llu on",
                                (unsigned long long)raw->bytes[f], s->times, row,
                                (unsigned long long)s->offset);
        }
    return CPH_OK;
}

cph_status cph_raw_finish(cph_data *data)
{
    cph_raw *raw = data->layout;
    cph_data_header *h = &data->header;
    cph_status status = cph_data_make_array(data, NULL, raw->elements, raw->elements);
    if (status == CPH_OK)
        status = check_segments(data);
    if (status != CPH_OK)
        return status;
    const cph_raw_segment *last = raw->segments > 0 ? &raw->segment[raw->segments - 1] : NULL;
    const size_t times = last != NULL ? last->first + last->times : 0, row = cph_raw_row(raw);
    if (times == 0 && data->h5.empty != NULL)
        *data->h5.empty = true;
    if (times == 0)
        return cph_h5_fail(&data->h5, CPH_ERR_FORMAT, NULL, "holds no samples of %zu bytes each",
                           raw->elements * raw->item.bytes);
    h->kind = CPH_KIND_CAPTURE;
    h->type = raw->item.type;
    h->real_sampling = !raw->item.complex;
    raw->buffer_bytes = row > BUFFER_BYTES ? row : BUFFER_BYTES;
    raw->buffer = malloc(raw->buffer_bytes);
    if (raw->buffer == NULL)
        return no_memory(data);
    data->bulk.set.chunk[0] = 1;
    status = cph_data_make_axes(data, times, 1);
    return status == CPH_OK ? settle(data, 0) : status;
}
