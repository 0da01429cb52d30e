/* SPDX-License-Identifier: MIT */
/* Frames of the KrakenSDR's receiver firmware (HeIMDALL): a header of 1024 bytes, then the samples
 * of each receiver, one receiver behind the other. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "datasets/import/raw.h"
#include "kernels/core/size.h"

enum { HEADER = 1024, PADDING = 1 << 18, SYNC = 0x2bf7b95a };
/* Where numbers stand, little-endian; those marked 8 have eight bytes, else four. */
enum {
    AT_SYNC = 0,
    AT_FRAME_TYPE = 4,
    AT_RECEIVERS = 28,
    AT_CENTRE_8 = 40,
    AT_CONVERTER_RATE_8 = 48,
    AT_RATE_8 = 56,
    AT_TIMES = 64,
    AT_TIME_8 = 72,
    AT_INDEX = 84,
    AT_BITS = 100
};
/* Kinds of frames that hold samples of antennas. */
enum { DATA = 0, TRIGGERED = 4 };

static uint64_t number(const unsigned char *at, size_t bytes)
{
    uint64_t value = 0;
    while (bytes-- > 0)
        value = value << 8 | at[bytes];
    return value;
}

typedef struct frame {
    uint64_t type, receivers, times, index, bits;
    uint64_t centre_hz, rate_hz, time_ms;
    uint64_t bytes; /* of its samples */
} frame;

static void decode(const unsigned char *header, frame *f)
{
    *f = (frame){.type = number(header + AT_FRAME_TYPE, 4),
                 .receivers = number(header + AT_RECEIVERS, 4),
                 .times = number(header + AT_TIMES, 4),
                 .index = number(header + AT_INDEX, 4),
                 .bits = number(header + AT_BITS, 4),
                 .centre_hz = number(header + AT_CENTRE_8, 8),
                 .rate_hz = number(header + AT_RATE_8, 8),
                 .time_ms = number(header + AT_TIME_8, 8)};
    if (f->rate_hz == 0)
        f->rate_hz = number(header + AT_CONVERTER_RATE_8, 8);
}

bool cph_kraken_probe(const char *path)
{
    unsigned char start[4];
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    const bool got = fd >= 0 && pread(fd, start, sizeof start, 0) == (ssize_t)sizeof start;
    if (fd >= 0)
        close(fd);
    return got && number(start, sizeof start) == SYNC;
}

/* What goes through the file, frame by frame. */
typedef struct scan {
    cph_data *data;
    cph_raw *raw;
    uint64_t at;       /* byte of the next header */
    frame first, last; /* of those that are used */
    size_t used, skipped;
    bool ended; /* no more comes */
} scan;

static cph_status frame_fail(const scan *s, const char *what, uint64_t value, const char *expected)
{
    return cph_h5_fail(&s->data->h5, CPH_ERR_FORMAT, NULL,
                       "the frame at byte %llu has %s %llu, expected %s", (unsigned long long)s->at,
                       what, (unsigned long long)value, expected);
}

static void remark_end(const scan *s)
{
    if (s->ended)
        cph_data_remark(s->data, "ends within a frame, which is not used");
}

/* *found: a header stands at s->at. What recorders leave behind a frame was passed over. */
static cph_status next_header(scan *s, unsigned char header[HEADER], bool *found)
{
    const uint64_t end = s->raw->bytes[0], from = s->at;
    *found = false;
    for (int tries = 0; tries < 2 && s->at <= end; tries++, s->at += PADDING) {
        if (s->at + HEADER > end) {
            if (s->at < end)
                remark_end(s);
            return CPH_OK;
        }
        if (pread(s->raw->fd[0], header, HEADER, (off_t)s->at) != HEADER)
            return cph_h5_fail(&s->data->h5, CPH_ERR_IO, NULL, "cannot be read: %s",
                               strerror(errno));
        *found = number(header + AT_SYNC, 4) == SYNC;
        if (*found)
            return CPH_OK;
    }
    if (s->at > end && !s->ended) { /* what is behind a frame is still being written */
        s->at = from;
        return CPH_OK;
    }
    return cph_h5_fail(&s->data->h5, CPH_ERR_FORMAT, NULL,
                       "no frame begins at byte %llu, expected the word 0x2bf7b95a",
                       (unsigned long long)from);
}

static cph_status check_first(scan *s, const frame *f)
{
    if (f->receivers == 0 || f->receivers > CPH_ELEMENTS_MAX)
        return frame_fail(s, "receivers", f->receivers, "1 or more");
    if (f->bits != 8 && f->bits != 32)
        return frame_fail(s, "bits a part", f->bits, "8 or 32");
    s->raw->elements = (size_t)f->receivers;
    s->raw->order = CPH_RAW_ELEMENT_MAJOR;
    if (!cph_raw_item_parse(f->bits == 8 ? "cu8" : "cf32_le", &s->raw->item))
        return cph_h5_fail(&s->data->h5, CPH_ERR_UNSUPPORTED, NULL, "has unknown samples");
    s->first = *f;
    return CPH_OK;
}

static cph_status check_same(const scan *s, const frame *f)
{
    const struct {
        const char *what;
        uint64_t value, first;
    } rows[] = {{"receivers", f->receivers, s->first.receivers},
                {"bits a part", f->bits, s->first.bits},
                {"the frequency", f->centre_hz, s->first.centre_hz},
                {"the rate", f->rate_hz, s->first.rate_hz}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].value != rows[i].first)
            return frame_fail(s, rows[i].what, rows[i].value, "what the first one has");
    return CPH_OK;
}

static cph_status take_frame(scan *s, const frame *f)
{
    const cph_status status = s->used == 0 ? check_first(s, f) : CPH_OK;
    if (status != CPH_OK)
        return status;
    const bool ahead = s->used > 0 && f->index > s->last.index;
    const uint64_t lost = ahead ? (f->index - s->last.index - 1) * f->times : 0;
    s->last = *f;
    s->used++;
    return cph_raw_add(s->data, (size_t)f->times, s->at + HEADER, lost);
}

/* Whether a frame that the file ends in is what it seems: of another length it is damaged. */
static cph_status check_end(const scan *s, const frame *f)
{
    return s->used == 0 || f->times == s->last.times
               ? CPH_OK
               : frame_fail(s, "samples a receiver", f->times,
                            "as many as the frame before it, or no more than the file holds");
}

/* The frame at s->at, and on to what is behind it. *more = false: the file ends in it. */
static cph_status pass_frame(scan *s, const unsigned char *header, bool *more)
{
    frame f;
    size_t bytes;
    decode(header, &f);
    const bool samples = f.times > 0 && (f.type == DATA || f.type == TRIGGERED);
    cph_status status = s->used > 0 && samples ? check_same(s, &f) : CPH_OK;
    if (status != CPH_OK)
        return status;
    if (!cph_size_mul((size_t)f.receivers, (size_t)f.times, &bytes) ||
        !cph_size_mul(bytes, (size_t)f.bits, &bytes) || bytes > PTRDIFF_MAX / 2)
        return frame_fail(s, "samples a receiver", f.times, "fewer");
    f.bytes = (uint64_t)bytes / 4; /* two parts of bits / 8 bytes */
    *more = f.bytes <= s->raw->bytes[0] - s->at - HEADER;
    if (!*more) {
        status = samples ? check_end(s, &f) : CPH_OK;
        if (status == CPH_OK)
            remark_end(s);
        return status;
    }
    if (samples)
        status = take_frame(s, &f);
    else
        s->skipped++;
    s->at += HEADER + f.bytes;
    return status;
}

static cph_status take_next(scan *s, bool *more)
{
    unsigned char header[HEADER];
    const cph_status status = next_header(s, header, more);
    return status == CPH_OK && *more ? pass_frame(s, header, more) : status;
}

/* Whether bytes are the header of a frame that goes on with what was read. */
static bool goes_on(const scan *s, const unsigned char *header)
{
    frame f;
    decode(header, &f);
    return f.receivers == s->first.receivers && f.bits == s->first.bits &&
           f.centre_hz == s->first.centre_hz && f.rate_hz == s->first.rate_hz &&
           f.index > s->last.index;
}

/* On from byte `from`, where a frame is damaged, to the next one that is not. */
static cph_status skip_frame(scan *s, uint64_t from, bool *more)
{
    static const unsigned char sync[4] = {0x5a, 0xb9, 0xf7, 0x2b};
    unsigned char buffer[16 * HEADER];
    ssize_t got;
    s->at = from + sizeof sync;
    while ((got = pread(s->raw->fd[0], buffer, sizeof buffer, (off_t)s->at)) >= HEADER) {
        const size_t starts = (size_t)got - HEADER + 1; /* at which a whole header stands */
        const unsigned char *at = buffer;
        while ((at = memmem(at, starts + sizeof sync - 1 - (size_t)(at - buffer), sync,
                            sizeof sync)) != NULL &&
               !goes_on(s, at))
            at++;
        s->at += at != NULL ? (size_t)(at - buffer) : starts;
        if (at != NULL)
            return CPH_OK;
    }
    *more = false;
    return got >= 0
               ? CPH_OK
               : cph_h5_fail(&s->data->h5, CPH_ERR_IO, NULL, "cannot be read: %s", strerror(errno));
}

/* The next frame, or what is behind it where it is damaged, noted: what it held is a gap. */
static cph_status pass_over(scan *s, bool *more)
{
    cph_data *data = s->data;
    const uint64_t from = s->at;
    cph_error *const error = data->h5.error;
    cph_error why = {.status = CPH_OK};
    data->h5.error = &why;
    const cph_status status = take_next(s, more);
    data->h5.error = error;
    if (status != CPH_ERR_FORMAT || s->used == 0) {
        if (status != CPH_OK && error != NULL)
            *error = why;
        return status;
    }
    cph_data_remark(data, "left out: %s", cph_data_inside(data, why.message));
    *more = true;
    return skip_frame(s, from, more);
}

/* All frames that are whole, from s->at on. */
static cph_status take_frames(scan *s)
{
    bool more = true;
    cph_status status = CPH_OK;
    while (status == CPH_OK && more)
        status = s->data->h5.damaged ? pass_over(s, &more) : take_next(s, &more);
    return status;
}

static cph_status grow(cph_data *data, bool last)
{
    const cph_raw *raw = data->layout;
    scan *const s = raw->scan;
    s->ended = last;
    return take_frames(s);
}

static cph_status open_frames(cph_data *data, scan *s)
{
    cph_status status = cph_raw_open_file(data, 0, strdup(data->path));
    if (status == CPH_OK)
        status = take_frames(s);
    if (status != CPH_OK)
        return status;
    if (s->used == 0 && data->h5.empty != NULL)
        *data->h5.empty = true;
    if (s->used == 0)
        return cph_h5_fail(&data->h5, CPH_ERR_FORMAT, NULL,
                           "has no whole frame of antenna samples (%zu of other kinds)",
                           s->skipped);
    if (s->skipped > 0)
        cph_data_remark(data, "%zu frames of calibration, or empty ones, are left out", s->skipped);
    cph_data_header *h = &data->header;
    h->center_freq_hz = (double)s->first.centre_hz;
    h->sample_rate_hz = (double)s->first.rate_hz;
    h->time_start_unix_s = (double)s->first.time_ms / 1e3;
    return cph_raw_finish(data);
}

cph_status cph_kraken_open(cph_data *data)
{
    cph_raw *raw;
    const cph_status status = cph_raw_make(data, 1, &raw);
    if (status != CPH_OK)
        return status;
    scan *const s = calloc(1, sizeof *s);
    if (s == NULL)
        return cph_h5_fail(&data->h5, CPH_ERR_MEMORY, NULL, "no memory");
    *s = (scan){.data = data, .raw = raw, .ended = !data->h5.follow};
    raw->scan = s;
    raw->grow = grow;
    return open_frames(data, s);
}
