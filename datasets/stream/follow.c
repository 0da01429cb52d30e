/* SPDX-License-Identifier: MIT */
/* Captures that are still being written: who looks when, and when there is an end. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "datasets/data.h"
#include "datasets/real_samples.h"
#include "kernels/core/size.h"

static const long look_ns = 50000000L;

double cph_follow_now_s(void)
{
    struct timespec now = {0};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static bool patient(const cph_following *f)
{
    return cph_follow_now_s() - f->grown_s < f->asked.patience_s;
}

cph_status cph_follow_make(cph_data *data, const cph_follow *asked, double since_s)
{
    data->following = calloc(1, sizeof *data->following);
    if (data->following == NULL)
        return cph_h5_fail(&data->h5, CPH_ERR_MEMORY, NULL, "no memory");
    data->following->asked = *asked;
    data->following->grown_s = since_s;
    return CPH_OK;
}

bool cph_follow_sleep(const cph_data *data, cph_status *status)
{
    const cph_following *f = data->following;
    const struct timespec pause = {.tv_nsec = look_ns};
    *status = CPH_OK;
    if (f->asked.go_on != NULL && !f->asked.go_on(f->asked.context))
        *status = cph_h5_fail(&data->h5, CPH_ERR_INTERRUPTED, NULL, "interrupted");
    if (*status != CPH_OK || !patient(f))
        return false;
    (void)nanosleep(&pause, NULL);
    return true;
}

cph_status cph_follow_file(const cph_h5 *h5, const char *path, int fd, uint64_t before,
                           uint64_t *bytes)
{
    struct stat named, open;
    if (fstat(fd, &open) != 0)
        return cph_h5_error(h5->error, CPH_ERR_IO, path, NULL, "cannot be followed: %s",
                            strerror(errno));
    if (stat(path, &named) != 0 || named.st_dev != open.st_dev || named.st_ino != open.st_ino)
        return cph_h5_error(h5->error, CPH_ERR_FORMAT, path, NULL,
                            "was removed or replaced while it was followed");
    *bytes = (uint64_t)open.st_size;
    if (*bytes >= before)
        return CPH_OK;
    return cph_h5_error(h5->error, CPH_ERR_FORMAT, path, NULL,
                        "was cut off while it was followed, to %llu of %llu bytes",
                        (unsigned long long)*bytes, (unsigned long long)before);
}

/* ---- what is there ---- */

cph_status cph_data_set_times(cph_data *data, size_t times)
{
    cph_data_header *h = &data->header;
    const size_t axis = h->kind == CPH_KIND_BEAMS ? h->beams : h->axis_elements;
    size_t bytes = 0;
    if (!cph_size_mul(times, h->channels, &bytes) || !cph_size_mul(bytes, axis, &bytes) ||
        !cph_size_mul(bytes, cph_type_size(h->type), &bytes))
        return cph_h5_fail(&data->h5, CPH_ERR_OVERFLOW, data->bulk.set.name, "is too large");
    h->times = times;
    h->sample_bytes = bytes;
    return CPH_OK;
}

/* The view's header after the file's has grown. */
static cph_status grow_view(cph_data *data)
{
    cph_data_view *v = data->view;
    if (v == NULL)
        return CPH_OK;
    if (v->real != NULL)
        return cph_real_grow(data);
    v->header.times = data->header.times;
    v->header.gaps = data->header.gaps;
    v->header.gap = data->header.gap;
    v->header.sample_bytes = v->header.times * v->header.channels * v->header.axis_elements *
                             cph_type_size(v->header.type); /* no more than all */
    return CPH_OK;
}

/* A writer is gone when the file says so that was seen to be written: files of those who never set
 * HDF5's mark end with patience. */
static bool is_closed(cph_data *data)
{
    cph_following *f = data->following;
    const bool open = data->h5.file >= 0 && cph_h5_is_written(&data->h5);
    f->written = f->written || open;
    return f->written && !open;
}

cph_status cph_follow_begin(cph_data *data)
{
    (void)is_closed(data);
    data->following->grown_s = cph_follow_now_s();
    if (data->reader->grow == NULL)
        return CPH_OK;
    const cph_status status = cph_data_set_times(data, 0);
    return status == CPH_OK ? data->reader->grow(data, false) : status;
}

static uint64_t shown_span(const cph_data *data)
{
    return cph_data_span(cph_data_header_of(data));
}

/* Whether the writer is gone is asked first: then nothing can come after the look. */
static cph_status look(cph_data *data)
{
    cph_following *f = data->following;
    const size_t before = data->header.times, gaps = data->header.gaps;
    const bool closed = is_closed(data);
    cph_status status = data->reader->grow(data, false);
    if (status == CPH_OK && data->header.times > before) {
        f->grown_s = cph_follow_now_s();
    } else if (status == CPH_OK && (closed || !patient(f))) {
        f->end = closed ? CPH_FOLLOW_CLOSED : CPH_FOLLOW_QUIET;
        status = data->reader->grow(data, true);
    }
    if (data->view != NULL)
        memcpy(data->view->header.remark, data->header.remark, sizeof data->header.remark);
    const bool grown = data->header.times != before || data->header.gaps != gaps;
    return status == CPH_OK && grown ? grow_view(data) : status;
}

/* Until the span is above `global`, or there is an end. */
static cph_status wait_for(cph_data *data, uint64_t global)
{
    const cph_following *f = data->following;
    if (data->reader->grow == NULL)
        return cph_h5_fail(&data->h5, CPH_ERR_UNSUPPORTED, NULL,
                           "has a layout (%s) that cannot be followed while it is written",
                           data->header.format);
    cph_status status = CPH_OK;
    while (status == CPH_OK && shown_span(data) <= global && f->end == CPH_FOLLOW_ON) {
        status = look(data);
        if (status == CPH_OK && shown_span(data) <= global && f->end == CPH_FOLLOW_ON)
            (void)cph_follow_sleep(data, &status);
    }
    return status;
}

cph_status cph_data_await(cph_data *data, uint64_t global, cph_error *error)
{
    if (data == NULL)
        return cph_h5_error(error, CPH_ERR_ARGUMENT, "cph_data_await", NULL, "null argument");
    if (data->following == NULL)
        return CPH_OK;
    cph_h5_quiet();
    data->h5.error = error;
    const cph_status status = wait_for(data, global);
    data->h5.error = NULL;
    return status;
}

cph_follow_end cph_data_follow_end(const cph_data *data)
{
    return data->following != NULL ? data->following->end : CPH_FOLLOW_CLOSED;
}

/* ---- HDF5 ---- */

/* Chunks are looked up one by one (h5_chunks.c), through the same cache of metadata that H5Dread
 * uses, which checks them and reads again what is half written; so fetching them as they are stored
 * is as safe. What is kept of a chunk counts for the number of rows that it was read at. */
cph_status cph_data_grow_rows(cph_data *data, bool last)
{
    const bool written = data->following->written;
    const uint64_t before = written && !cph_h5_is_written(&data->h5) ? 0 : data->h5.bytes;
    size_t rows = 0;
    /* A writer that closes its file may give back what it had reserved. */
    cph_status status = cph_follow_file(&data->h5, data->h5.path, cph_h5_descriptor(&data->h5),
                                        before, &data->h5.bytes);
    if (status == CPH_OK)
        status = cph_h5_set_refresh(&data->h5, &data->bulk.set, last, &rows);
    if (status != CPH_OK || rows <= data->header.times)
        return status;
    return cph_data_set_times(data, rows);
}
