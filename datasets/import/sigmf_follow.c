/* SPDX-License-Identifier: MIT */
/* SigMF that is still being written: samples come, and metadata are written again, with captures
 * that begin behind what was read. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "datasets/import/sigmf.h"

/* What the metadata were when they were read. */
typedef struct seen {
    struct timespec written;
    off_t bytes;
    ino_t file;
    bool ahead; /* they speak of samples that were not there yet */
} seen;

static bool is_same(const seen *s, const struct stat *now)
{
    return s->file == now->st_ino && s->bytes == now->st_size &&
           s->written.tv_sec == now->st_mtim.tv_sec && s->written.tv_nsec == now->st_mtim.tv_nsec;
}

static bool same_number(double a, double b)
{
    return (isnan(a) && isnan(b)) || a == b;
}

/* What all samples share stays. */
static cph_status check_header(const cph_sigmf *r)
{
    const cph_raw *raw = r->data->layout;
    const cph_data_header *h = &r->data->header;
    const struct {
        const char *key;
        bool same;
    } rows[] = {{"core:datatype", cph_raw_item_same(&r->item, &raw->item)},
                {"core:num_channels", r->channels == raw->elements},
                {"core:sample_rate", same_number(r->rate_hz, h->sample_rate_hz)},
                {"cophase:scale", same_number(r->scale, h->scale)},
                {"core:frequency",
                 isnan(r->frequency_hz) || same_number(r->frequency_hz, h->center_freq_hz)}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (!rows[i].same)
            return cph_sigmf_fail(r, rows[i].key, "changed while it was followed");
    return CPH_OK;
}

/* Whether segments go on with those that there were. */
static bool goes_on(const cph_raw *raw, const cph_raw_segment *was, size_t count)
{
    bool same = raw->segments >= count;
    for (size_t i = 0; same && i < count; i++) {
        const cph_raw_segment *now = &raw->segment[i];
        same = now->first == was[i].first && now->lost == was[i].lost &&
               now->offset == was[i].offset &&
               (i + 1 < count ? now->times == was[i].times : now->times >= was[i].times);
    }
    return same;
}

/* The segments anew; unchanged on error. */
static cph_status take_again(cph_sigmf *r)
{
    cph_raw *raw = r->data->layout;
    cph_raw_segment *const was = raw->segment;
    const size_t count = raw->segments;
    raw->segment = NULL;
    raw->segments = 0;
    r->row = cph_raw_row(raw);
    cph_status status = cph_sigmf_take_segments(r);
    if (status == CPH_OK)
        status = check_header(r);
    if (status == CPH_OK && !goes_on(raw, was, count))
        status = cph_sigmf_fail(r, "captures",
                                "say something else of samples that were read already, expected "
                                "what is new behind them");
    if (status == CPH_OK) {
        free(was);
        return CPH_OK;
    }
    free(raw->segment);
    raw->segment = was;
    raw->segments = count;
    return status;
}

static cph_status grow(cph_data *data, bool last)
{
    cph_raw *raw = data->layout;
    seen *const s = raw->scan;
    struct stat now = {0};
    cph_sigmf r;
    char *const base = cph_sigmf_join(data->path, strlen(data->path) - strlen(CPH_SIGMF_META), "");
    char *const path = base != NULL ? cph_sigmf_join(base, strlen(base), CPH_SIGMF_META) : NULL;
    const bool there = path != NULL && stat(path, &now) == 0;
    free(path);
    if (there && !s->ahead && is_same(s, &now)) {
        free(base);
        return cph_raw_lengthen(data, last);
    }
    /* What cannot be read is half written. */
    cph_error *const error = data->h5.error;
    data->h5.error = last ? error : NULL;
    cph_status status = cph_sigmf_read(data, 0, base, &r);
    data->h5.error = error;
    if (status == CPH_OK)
        status = take_again(&r);
    else if (!last && (status == CPH_ERR_FORMAT || status == CPH_ERR_IO)) {
        cph_sigmf_free(&r);
        return cph_raw_lengthen(data, last);
    }
    if (status == CPH_OK)
        *s = (seen){
            .written = now.st_mtim, .bytes = now.st_size, .file = now.st_ino, .ahead = r.ahead};
    if (status == CPH_OK && last)
        cph_raw_remark_end(data, 0, r.left);
    cph_sigmf_free(&r);
    return status;
}

cph_status cph_sigmf_follow(cph_data *data)
{
    cph_raw *raw = data->layout;
    raw->scan = calloc(1, sizeof(seen));
    raw->grow = grow;
    return raw->scan != NULL ? CPH_OK : cph_h5_fail(&data->h5, CPH_ERR_MEMORY, NULL, "no memory");
}
