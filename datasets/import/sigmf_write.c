/* SPDX-License-Identifier: MIT */
/* A capture as a recording of SigMF: BASE.sigmf-data, and BASE.sigmf-meta that says what it is. An
 * element is a channel; where times were lost a capture segment begins. The metadata come last. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "datasets/import/sigmf.h"
#include "datasets/native/write.h"

static const char META[] = ".sigmf-meta", DATA[] = ".sigmf-data";

typedef struct sigmf_writer {
    char *meta, *meta_partial; /* paths; of the samples those of the writer */
    FILE *data;                /* BASE.sigmf-data.partial */
    json_t *global, *captures;
} sigmf_writer;

/* ---- metadata ---- */

static const char *datatype_of(const cph_writer *w)
{
    static const char *const names[CPH_TYPE_COUNT][2] = {
        [CPH_C8] = {"ci8", "ri8"},
        [CPH_C16] = {"ci16_le", "ri16_le"},
        [CPH_C32] = {"cf32_le", "rf32_le"},
    };
    return names[w->sample_type][w->real != NULL];
}

/* Only what is known. */
static bool put_number(json_t *object, const char *key, double value)
{
    return !isfinite(value) || json_object_set_new(object, key, json_real(value)) == 0;
}

static bool put_count(json_t *object, const char *key, uint64_t value)
{
    return json_object_set_new(object, key, json_integer((json_int_t)value)) == 0;
}

static bool put_text(json_t *object, const char *key, const char *value)
{
    return json_object_set_new(object, key, json_string(value)) == 0;
}

static bool put_global(const cph_writer *w, json_t *global, const cph_data_header *h)
{
    json_t *ours =
        json_pack("[{s:s, s:s, s:b}]", "name", "cophase", "version", "1.0.0", "optional", 1);
    return put_text(global, "core:datatype", datatype_of(w)) &&
           put_text(global, "core:version", "1.0.0") &&
           put_count(global, "core:num_channels", w->dim[1]) &&
           put_number(global, "core:sample_rate", h->sample_rate_hz) &&
           put_text(global, "core:recorder", "cophase convert") &&
           json_object_set_new(global, "core:extensions", ours) == 0 &&
           put_number(global, "cophase:scale", h->scale > 0.0 ? h->scale : 1.0) &&
           put_number(global, "cophase:if_freq_hz", h->if_freq_hz) &&
           put_number(global, "cophase:lost_value", h->has_lost_value ? h->lost_value : NAN);
}

/* Nine digits of a second tell 64-bit numbers of this century apart. */
static bool put_time(json_t *capture, double unix_s)
{
    char date[40], text[64];
    struct tm parts;
    if (!isfinite(unix_s))
        return true;
    double whole = floor(unix_s);
    long fraction = lround((unix_s - whole) * 1e9);
    if (fraction == 1000000000L) {
        whole += 1.0;
        fraction = 0;
    }
    const time_t seconds = (time_t)whole;
    if (gmtime_r(&seconds, &parts) == NULL ||
        strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &parts) == 0)
        return false;
    snprintf(text, sizeof text, "%s.%09ldZ", date, fraction);
    return put_text(capture, "core:datetime", text);
}

/* The segment of samples from `sample` on, `global` where none was lost. */
static bool add_capture(json_t *captures, const cph_data_header *h, uint64_t sample,
                        uint64_t global)
{
    json_t *capture = json_object();
    const double freq_hz = h->channel_freq_hz != NULL && isfinite(h->channel_freq_hz[0])
                               ? h->channel_freq_hz[0]
                               : h->center_freq_hz;
    const bool done = put_count(capture, "core:sample_start", sample) &&
                      put_count(capture, "core:global_index", global) &&
                      put_number(capture, "core:frequency", freq_hz) &&
                      put_time(capture, h->time_start_unix_s + (double)global / h->sample_rate_hz);
    return json_array_append_new(captures, capture) == 0 && done;
}

static bool add_captures(json_t *captures, const cph_data_header *h)
{
    bool done = add_capture(captures, h, 0, 0);
    for (size_t i = 0; done && i < h->gaps; i++)
        done = add_capture(captures, h, h->gap[i].sample, h->gap[i].global);
    return done;
}

static cph_status put_truth(cph_writer *w, const cph_c64 *gain, const char *const *source,
                            size_t sources)
{
    const sigmf_writer *o = w->state;
    json_t *gains = json_array(), *lines = json_array();
    bool done = true;
    for (size_t n = 0; done && n < w->elements; n++)
        done = json_array_append_new(gains, isfinite(gain[n].re) && isfinite(gain[n].im)
                                                ? json_pack("[f, f]", gain[n].re, gain[n].im)
                                                : json_null()) == 0;
    for (size_t i = 0; done && i < sources; i++)
        done = json_array_append_new(lines, json_string(source[i])) == 0;
    done = json_object_set_new(o->global, "cophase:truth_gain", gains) == 0 && done;
    done = json_object_set_new(o->global, "cophase:truth_source", lines) == 0 && done;
    return done ? CPH_OK : cph_writer_fail(w, CPH_ERR_MEMORY, NULL, "no memory");
}

/* ---- files ---- */

static cph_status refused(const cph_writer *w, const char *path)
{
    return cph_h5_error(w->error, CPH_ERR_IO, path, NULL, "cannot be written: %s", strerror(errno));
}

static cph_status append(cph_writer *w, const char *samples, size_t times)
{
    const sigmf_writer *o = w->state;
    const size_t most = cph_capture_items_most(w);
    const size_t row = w->real != NULL ? w->row_bytes / 2 : w->row_bytes;
    for (size_t done = 0, now; done < times; done += now) {
        now = times - done < most ? times - done : most;
        const void *items = cph_capture_items(w, samples + done * w->row_bytes, now);
        if (items == NULL || fwrite(items, row, now, o->data) != now)
            return refused(w, w->partial);
        w->written += now;
    }
    return CPH_OK;
}

static cph_status write_meta(const cph_writer *w, const sigmf_writer *o)
{
    json_t *meta =
        json_pack("{s:O, s:O, s:[]}", "global", o->global, "captures", o->captures, "annotations");
    FILE *file = meta != NULL ? fopen(o->meta_partial, "wxe") : NULL;
    bool done = file != NULL && json_dumpf(meta, file, JSON_INDENT(2)) == 0 &&
                fputc('\n', file) != EOF && fflush(file) == 0 && fsync(fileno(file)) == 0;
    if (file != NULL)
        done = fclose(file) == 0 && done;
    json_decref(meta);
    return done ? CPH_OK : refused(w, o->meta_partial);
}

static cph_status complete(cph_writer *w)
{
    sigmf_writer *o = w->state;
    const bool whole = fflush(o->data) == 0 && fsync(fileno(o->data)) == 0;
    const bool closed = fclose(o->data) == 0;
    o->data = NULL;
    return whole && closed ? write_meta(w, o) : refused(w, w->partial);
}

static void close_files(cph_writer *w)
{
    sigmf_writer *o = w->state;
    if (o->data != NULL)
        fclose(o->data);
    o->data = NULL;
}

static cph_status check_absent(const cph_writer *w, const char *path)
{
    struct stat about;
    return lstat(path, &about) != 0 ? CPH_OK
                                    : cph_h5_error(w->error, CPH_ERR_EXISTS, path, NULL,
                                                   "exists, expected the name of a new recording");
}

static cph_status check_outputs(const cph_writer *w, const sigmf_writer *o)
{
    const char *const paths[] = {w->path, w->partial, o->meta, o->meta_partial};
    cph_status status = CPH_OK;
    for (size_t i = 0; status == CPH_OK && i < sizeof paths / sizeof paths[0]; i++)
        status = check_absent(w, paths[i]);
    return status;
}

static cph_status place(cph_writer *w)
{
    const sigmf_writer *o = w->state;
    cph_status status = check_absent(w, w->path);
    if (status == CPH_OK)
        status = check_absent(w, o->meta);
    if (status != CPH_OK)
        return status;
    return rename(w->partial, w->path) == 0 && rename(o->meta_partial, o->meta) == 0
               ? CPH_OK
               : cph_h5_error(w->error, CPH_ERR_IO, w->path, NULL, "cannot be put in place: %s",
                              strerror(errno));
}

static void remove_files(cph_writer *w)
{
    const sigmf_writer *o = w->state;
    (void)unlink(w->partial);
    (void)unlink(o->meta_partial);
}

static void free_state(cph_writer *w)
{
    sigmf_writer *o = w->state;
    free(o->meta);
    free(o->meta_partial);
    json_decref(o->global);
    json_decref(o->captures);
    free(o);
    w->state = NULL;
}

static const cph_foreign sigmf = {
    .append = append,
    .truth = put_truth,
    .complete = complete,
    .close = close_files,
    .place = place,
    .remove = remove_files,
    .free = free_state,
};

/* ---- opening ---- */

static cph_status make_state(cph_writer *w, const cph_data_header *h)
{
    sigmf_writer *o = calloc(1, sizeof *o);
    if (o == NULL)
        return cph_writer_fail(w, CPH_ERR_MEMORY, NULL, "no memory");
    w->state = o;
    o->meta = cph_sigmf_join(w->path, strlen(w->path) - strlen(DATA), META);
    o->global = json_object();
    o->captures = json_array();
    if (o->meta != NULL)
        o->meta_partial = cph_sigmf_join(o->meta, strlen(o->meta), ".partial");
    if (o->meta_partial == NULL || !put_global(w, o->global, h) || !add_captures(o->captures, h))
        return cph_writer_fail(w, CPH_ERR_MEMORY, NULL, "no memory for its metadata");
    const cph_status status = check_outputs(w, o);
    if (status != CPH_OK)
        return status;
    o->data = fopen(w->partial, "wxe");
    return o->data != NULL ? CPH_OK : refused(w, w->partial);
}

static cph_status start(cph_writer *w, const cph_data_header *h)
{
    cph_status status = cph_capture_shape(w, h);
    if (status != CPH_OK)
        return status;
    w->dim[1] = w->dim[w->rank - 1]; /* elements or beams */
    status = make_state(w, h);
    if (status == CPH_OK)
        w->foreign = &sigmf; /* from here on there is something to remove */
    else if (w->state != NULL)
        free_state(w);
    return status;
}

/* BASE.sigmf-data of BASE.sigmf-meta or of itself, on the heap; NULL for other names. */
static char *data_path(const char *path)
{
    const char *const ends[] = {META, DATA};
    const size_t length = strlen(path);
    for (size_t i = 0; i < 2; i++) {
        const size_t tail = strlen(ends[i]);
        if (length > tail && strcmp(path + length - tail, ends[i]) == 0)
            return cph_sigmf_join(path, length - tail, DATA);
    }
    return NULL;
}

cph_status cph_sigmf_create(const char *path, const cph_data_header *header,
                            const cph_write_options *options, cph_writer **writer, cph_error *error)
{
    cph_writer *w = NULL;
    char *data = data_path(path);
    if (data == NULL)
        return cph_h5_error(error, CPH_ERR_ARGUMENT, path, NULL,
                            "is no name of a recording, expected it to end in %s", META);
    cph_status status = cph_foreign_check(header, path, "SigMF", error);
    if (status == CPH_OK)
        w = cph_writer_make(data, header->kind, options, &status, error);
    free(data);
    if (w == NULL)
        return status;
    status = start(w, header);
    if (status == CPH_OK)
        *writer = w;
    else
        cph_writer_abort(w);
    return status;
}
