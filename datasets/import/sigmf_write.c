/* SPDX-License-Identifier: MIT */
/* A capture as a recording of SigMF: BASE.sigmf-data, and BASE.sigmf-meta that says what it is; or,
 * named BASE.sigmf-collection, as one of each element, BASE-0 and so on. Where times were lost a
 * capture segment begins. The metadata come last. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "datasets/import/sigmf_write.h"
#include "kernels/core/size.h"

static const char META[] = CPH_SIGMF_META, DATA[] = CPH_SIGMF_DATA, LIST[] = CPH_SIGMF_COLLECTION;

/* ---- samples ---- */

static bool put_items(cph_sigmf_recording *r, const void *items, size_t bytes)
{
    SHA512Update(&r->sum, items, bytes);
    return fwrite(items, 1, bytes, r->samples) == bytes;
}

/* The items of one element, one behind the other. */
static void take_column(const char *items, size_t item, size_t row, size_t times, char *column)
{
    for (size_t t = 0; t < times; t++)
        memcpy(column + t * item, items + t * row, item);
}

/* Times of all elements as the files have them. */
static cph_status put_times(const cph_writer *w, const cph_sigmf_writer *o, const char *items,
                            size_t row, size_t times)
{
    const size_t item = row / o->recordings;
    for (size_t i = 0; i < o->recordings; i++) {
        const char *from = items;
        if (o->column != NULL) {
            take_column(items + i * item, item, row, times, o->column);
            from = o->column;
        }
        if (!put_items(&o->recording[i], from, times * item))
            return cph_sigmf_refused(w, o->recording[i].data.partial);
    }
    return CPH_OK;
}

static cph_status append(cph_writer *w, const char *samples, size_t times)
{
    const cph_sigmf_writer *o = w->state;
    const size_t most = cph_capture_items_most(w);
    const size_t row = w->real != NULL ? w->row_bytes / 2 : w->row_bytes;
    cph_status status = CPH_OK;
    for (size_t done = 0, now; done < times && status == CPH_OK; done += now) {
        now = cph_size_min(times - done, most);
        const void *items = cph_capture_items(w, samples + done * w->row_bytes, now);
        if (items == NULL)
            return cph_writer_fail(w, CPH_ERR_ARGUMENT, NULL, "samples cannot be packed");
        status = put_times(w, o, items, row, now);
        w->written += now;
    }
    return status;
}

static cph_status put_truth(cph_writer *w, const cph_c64 *gain, const char *const *source,
                            size_t sources)
{
    const cph_sigmf_writer *o = w->state;
    return cph_sigmf_put_truth(o->about, w->elements, gain, source, sources)
               ? CPH_OK
               : cph_writer_fail(w, CPH_ERR_MEMORY, NULL, "no memory");
}

static cph_status put_delays(cph_writer *w, const double *delay_s)
{
    const cph_sigmf_writer *o = w->state;
    return cph_sigmf_put_delays(o->about, w->elements, delay_s)
               ? CPH_OK
               : cph_writer_fail(w, CPH_ERR_MEMORY, NULL, "no memory");
}

/* ---- files ---- */

static cph_status complete(cph_writer *w)
{
    cph_sigmf_writer *o = w->state;
    for (size_t i = 0; i < o->recordings; i++) {
        FILE *samples = o->recording[i].samples;
        const bool whole = fflush(samples) == 0 && fsync(fileno(samples)) == 0;
        const bool closed = fclose(samples) == 0;
        o->recording[i].samples = NULL;
        if (!whole || !closed)
            return cph_sigmf_refused(w, o->recording[i].data.partial);
    }
    if (!cph_sigmf_put_captures(o->captures, &o->clock, w->gap, w->gaps))
        return cph_writer_fail(w, CPH_ERR_MEMORY, NULL, "no memory for its metadata");
    return cph_sigmf_write_meta(w, o);
}

static void close_files(cph_writer *w)
{
    cph_sigmf_writer *o = w->state;
    for (size_t i = 0; i < o->recordings; i++) {
        if (o->recording[i].samples != NULL)
            fclose(o->recording[i].samples);
        o->recording[i].samples = NULL;
    }
}

/* File k: samples and metadata of the recordings in turn, then the collection's; NULL behind them.
 */
static const cph_sigmf_file *file_of(const cph_sigmf_writer *o, size_t k)
{
    if (k < 2 * o->recordings)
        return k % 2 == 0 ? &o->recording[k / 2].data : &o->recording[k / 2].meta;
    return k == 2 * o->recordings && o->list.path != NULL ? &o->list : NULL;
}

static cph_status check_absent(const cph_writer *w, const char *path)
{
    struct stat about;
    return lstat(path, &about) != 0 ? CPH_OK
                                    : cph_h5_error(w->error, CPH_ERR_EXISTS, path, NULL,
                                                   "exists, expected the name of a new recording");
}

static cph_status check_outputs(const cph_writer *w, const cph_sigmf_writer *o)
{
    cph_status status = CPH_OK;
    const cph_sigmf_file *file;
    for (size_t k = 0; status == CPH_OK && (file = file_of(o, k)) != NULL; k++) {
        status = check_absent(w, file->path);
        if (status == CPH_OK)
            status = check_absent(w, file->partial);
    }
    return status;
}

static cph_status place(cph_writer *w)
{
    const cph_sigmf_writer *o = w->state;
    const cph_sigmf_file *file;
    cph_status status = CPH_OK;
    for (size_t k = 0; status == CPH_OK && (file = file_of(o, k)) != NULL; k++)
        status = check_absent(w, file->path);
    for (size_t k = 0; status == CPH_OK && (file = file_of(o, k)) != NULL; k++)
        if (rename(file->partial, file->path) != 0)
            status = cph_h5_error(w->error, CPH_ERR_IO, file->path, NULL,
                                  "cannot be put in place: %s", strerror(errno));
    return status;
}

static void remove_files(cph_writer *w)
{
    const cph_sigmf_writer *o = w->state;
    const cph_sigmf_file *file;
    for (size_t k = 0; (file = file_of(o, k)) != NULL; k++)
        (void)unlink(file->partial);
}

static void free_state(cph_writer *w)
{
    cph_sigmf_writer *o = w->state;
    close_files(w);
    for (size_t i = 0; i < o->recordings; i++) {
        free(o->recording[i].data.path);
        free(o->recording[i].data.partial);
        free(o->recording[i].meta.path);
        free(o->recording[i].meta.partial);
    }
    free(o->recording);
    free(o->list.path);
    free(o->list.partial);
    free(o->column);
    json_decref(o->about);
    json_decref(o->global);
    json_decref(o->captures);
    free(o);
    w->state = NULL;
}

static const cph_foreign sigmf = {
    .append = append,
    .truth = put_truth,
    .truth_delays = put_delays,
    .complete = complete,
    .close = close_files,
    .place = place,
    .remove = remove_files,
    .free = free_state,
};

/* ---- opening ---- */

static bool ends_with(const char *path, const char *end)
{
    const size_t length = strlen(path), tail = strlen(end);
    return length > tail && strcmp(path + length - tail, end) == 0;
}

/* False: no memory. */
static bool name_file(cph_sigmf_file *file, const char *base, size_t length, const char *end)
{
    file->path = cph_sigmf_join(base, length, end);
    file->partial =
        file->path != NULL ? cph_sigmf_join(file->path, strlen(file->path), ".partial") : NULL;
    return file->partial != NULL;
}

static bool name_recording(cph_sigmf_recording *r, const char *base, size_t length)
{
    return name_file(&r->data, base, length, DATA) && name_file(&r->meta, base, length, META);
}

/* BASE-007 of up to 1000: names stand in the order of elements. */
static bool name_stream(cph_sigmf_writer *o, size_t i, const char *base, size_t length)
{
    char end[32];
    const int digits = snprintf(end, sizeof end, "%zu", o->recordings - 1);
    snprintf(end, sizeof end, "-%0*zu", digits, i);
    char *name = cph_sigmf_join(base, length, end);
    const bool done = name != NULL && name_recording(&o->recording[i], name, strlen(name));
    free(name);
    return done;
}

static bool name_files(cph_sigmf_writer *o, const char *path, bool collection)
{
    const size_t length = strlen(path) - strlen(collection ? LIST : DATA);
    bool done = !collection || name_file(&o->list, path, length, LIST);
    for (size_t i = 0; done && i < o->recordings; i++)
        done = collection ? name_stream(o, i, path, length)
                          : name_recording(&o->recording[i], path, length);
    return done;
}

static bool fill_state(cph_writer *w, cph_sigmf_writer *o, const cph_data_header *h,
                       bool collection)
{
    const size_t count = collection ? w->dim[1] : 1;
    o->recording = calloc(count, sizeof *o->recording);
    if (o->recording == NULL)
        return false;
    o->recordings = count;
    o->about = json_object();
    o->global = json_object();
    o->captures = json_array();
    o->clock = (cph_sigmf_clock){
        .freq_hz = h->channel_freq_hz != NULL && isfinite(h->channel_freq_hz[0])
                       ? h->channel_freq_hz[0]
                       : h->center_freq_hz,
        .rate_hz = h->sample_rate_hz,
        .start_unix_s = h->time_start_unix_s,
        .start_rest_s = h->time_start_rest_s,
    };
    if (collection)
        o->column = malloc(cph_capture_items_most(w) * (w->row_bytes / count));
    for (size_t i = 0; i < count; i++)
        SHA512Init(&o->recording[i].sum);
    return name_files(o, w->path, collection) && (!collection || o->column != NULL) &&
           cph_sigmf_put_global(w, o->global, h, w->dim[1] / count) &&
           (w->elements == 0 || cph_sigmf_put_elements(o->about, &h->array, collection));
}

static cph_status open_files(const cph_writer *w, cph_sigmf_writer *o)
{
    for (size_t i = 0; i < o->recordings; i++) {
        o->recording[i].samples = fopen(o->recording[i].data.partial, "wxe");
        if (o->recording[i].samples == NULL)
            return cph_sigmf_refused(w, o->recording[i].data.partial);
    }
    return CPH_OK;
}

static cph_status start(cph_writer *w, const cph_data_header *h, bool collection)
{
    cph_status status = check_absent(w, w->path); /* where a link leads, too */
    if (status == CPH_OK)
        status = cph_capture_shape(w, h);
    if (status != CPH_OK)
        return status;
    w->dim[1] = w->dim[w->rank - 1]; /* elements or beams */
    cph_sigmf_writer *o = calloc(1, sizeof *o);
    if (o == NULL)
        return cph_writer_fail(w, CPH_ERR_MEMORY, NULL, "no memory");
    w->state = o;
    status = fill_state(w, o, h, collection)
                 ? check_outputs(w, o)
                 : cph_writer_fail(w, CPH_ERR_MEMORY, NULL, "no memory for its metadata");
    if (status != CPH_OK) {
        free_state(w);
        return status;
    }
    w->foreign = &sigmf; /* from here on there is something to remove */
    return open_files(w, o);
}

/* The path that the writer is known by: that of the collection, or of the samples, whether they or
 * their metadata are named; on the heap. NULL for other names. */
static char *path_of(const char *path)
{
    if (ends_with(path, LIST) || ends_with(path, DATA))
        return strdup(path);
    return ends_with(path, META) ? cph_sigmf_join(path, strlen(path) - strlen(META), DATA) : NULL;
}

cph_status cph_sigmf_create(const char *path, const cph_data_header *header,
                            const cph_write_options *options, cph_writer **writer, cph_error *error)
{
    cph_writer *w = NULL;
    char *name = path_of(path);
    if (name == NULL)
        return cph_h5_error(error, CPH_ERR_ARGUMENT, path, NULL,
                            "is no name of a recording, expected it to end in %s, or %s of one an "
                            "element",
                            META, LIST);
    cph_status status = cph_foreign_check(header, path, "SigMF", error);
    if (status == CPH_OK)
        w = cph_writer_make(name, header->kind, options, &status, error);
    free(name);
    if (w == NULL)
        return status;
    status = start(w, header, ends_with(path, LIST));
    if (status == CPH_OK)
        *writer = w;
    else
        cph_writer_abort(w);
    return status;
}
