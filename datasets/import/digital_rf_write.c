/* SPDX-License-Identifier: MIT */
/* A capture as a channel of Digital RF: NAME.partial is a folder that becomes NAME when it is
 * complete. Samples are counted from 1970 on; each goes into the file of its time, and what was
 * lost is left out, which /rf_data_index tells. drf_properties.h5 holds what the layout has no
 * place for, too: scale, array, truth, history. */
#include <errno.h>
#include <ftw.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "datasets/import/digital_rf_write.h"
#include "kernels/core/size.h"

/* ---- samples ---- */

/* Notes the start of a stretch where the next row is one. */
static bool note_stretch(cph_drf_writer *o, uint64_t sample)
{
    if (o->rows > 0 && sample == o->next)
        return true;
    if (o->stretches == o->room) {
        const size_t room = 2 * o->room + 8;
        uint64_t *more = reallocarray(o->index, room, 2 * sizeof *more);
        if (more == NULL)
            return false;
        o->index = more;
        o->room = room;
    }
    o->index[2 * o->stretches] = sample;
    o->index[2 * o->stretches + 1] = o->rows;
    o->stretches++;
    return true;
}

static bool put_rows(cph_writer *w, cph_drf_writer *o, const char *samples, size_t times)
{
    const void *items = cph_capture_items(w, samples, times);
    const hsize_t start[2] = {o->rows, 0}, count[2] = {times, w->dim[1]};
    const hsize_t extent[2] = {o->rows + times, w->dim[1]};
    return items != NULL && H5Dset_extent(w->set, extent) >= 0 &&
           cph_bulk_put(w, start, count, items);
}

/* Times of one file that follow each other; *times becomes how many there were. */
static cph_status append_run(cph_writer *w, cph_drf_writer *o, const char *samples, size_t *times)
{
    for (; o->gap_at < w->gaps && w->gap[o->gap_at].sample <= w->written; o->gap_at++)
        o->lost = w->gap[o->gap_at].global - w->gap[o->gap_at].sample;
    const uint64_t sample = o->first + w->written + o->lost;
    cph_status status = CPH_OK;
    if (o->file >= 0 && sample >= o->end)
        status = cph_drf_check(w, o, cph_drf_end(w, o, true));
    if (status == CPH_OK && o->file < 0)
        status = cph_drf_begin(w, o, sample);
    if (status != CPH_OK)
        return status;
    if (!note_stretch(o, sample))
        return cph_writer_fail(w, CPH_ERR_MEMORY, NULL, "no memory");
    size_t now = cph_size_min(*times, cph_capture_items_most(w));
    if (o->end - sample < now)
        now = (size_t)(o->end - sample);
    if (o->gap_at < w->gaps && w->gap[o->gap_at].sample - w->written < now)
        now = (size_t)(w->gap[o->gap_at].sample - w->written);
    status = cph_drf_check(w, o, put_rows(w, o, samples, now));
    o->rows += now;
    o->next = sample + now;
    w->written += now;
    *times = now;
    return status;
}

static cph_status append(cph_writer *w, const char *samples, size_t times)
{
    cph_status status = CPH_OK;
    for (size_t done = 0, now; done < times && status == CPH_OK; done += now) {
        now = times - done;
        status = append_run(w, w->state, samples + done * w->row_bytes, &now);
    }
    return status;
}

/* ---- the folder ---- */

static cph_status complete(cph_writer *w)
{
    cph_drf_writer *o = w->state;
    const cph_status status = cph_drf_check(w, o, cph_drf_end(w, o, true));
    return status == CPH_OK ? cph_drf_put_metadata(w, o) : status;
}

static void close_files(cph_writer *w)
{
    (void)cph_drf_end(w, w->state, false);
}

/* The properties last: a folder without them is no channel. */
static cph_status place(cph_writer *w)
{
    const cph_drf_writer *o = w->state;
    struct stat about;
    if (lstat(w->path, &about) == 0)
        return cph_h5_error(w->error, CPH_ERR_EXISTS, w->path, NULL,
                            "was made by another command meanwhile");
    if (rename(w->partial, o->final) == 0 && rename(o->folder, w->path) == 0)
        return CPH_OK;
    return cph_h5_error(w->error, CPH_ERR_IO, w->path, NULL, "cannot be put in place: %s",
                        strerror(errno));
}

static int remove_one(const char *path, const struct stat *about, int kind, struct FTW *where)
{
    (void)about, (void)kind, (void)where;
    return remove(path);
}

static void remove_folder(cph_writer *w)
{
    const cph_drf_writer *o = w->state;
    (void)nftw(o->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

static void free_state(cph_writer *w)
{
    cph_drf_writer *o = w->state;
    free(o->folder);
    free(o->final);
    free(o->path);
    free(o->index);
    free(o);
    w->state = NULL;
}

static const cph_foreign digital_rf = {
    .append = append,
    .complete = complete,
    .close = close_files,
    .place = place,
    .remove = remove_folder,
    .free = free_state,
};

/* ---- opening ---- */

/* num/den is the rate, to the last bit: the first convergent of its continued fraction that is. */
static bool find_ratio(double rate, uint64_t *num, uint64_t *den)
{
    double rest = rate, n[2] = {1.0, 0.0}, d[2] = {0.0, 1.0};
    for (size_t i = 0; i < 64; i++) {
        const double whole = floor(rest);
        const double up = whole * n[0] + n[1], down = whole * d[0] + d[1];
        if (!(up <= 0x1p53) || !(down <= 0x1p53))
            return false;
        n[1] = n[0];
        d[1] = d[0];
        n[0] = up;
        d[0] = down;
        if (up / down == rate || rest == whole)
            break;
        rest = 1.0 / (rest - whole);
    }
    *num = (uint64_t)n[0];
    *den = (uint64_t)d[0];
    return *num > 0 && n[0] / d[0] == rate;
}

/* The longest time of a file that stays below FILE_BYTES. */
static uint64_t choose_cadence(double rate_hz, double row_bytes)
{
    enum { FILE_BYTES = 64 << 20 };
    static const uint64_t choices[] = {1000, 500, 200, 100, 50, 20, 10, 5, 2, 1};
    size_t i = 0;
    while (i + 1 < sizeof choices / sizeof choices[0] &&
           rate_hz * row_bytes * (double)choices[i] > 1e3 * FILE_BYTES)
        i++;
    return choices[i];
}

/* What the layout has no place for. */
static bool put_own(cph_writer *w, const cph_data_header *header)
{
    hid_t group = H5Gcreate2(w->file, "/cophase", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    if (group < 0)
        return false;
    const struct {
        const char *name;
        double value;
        bool put;
    } rows[] = {{"scale", header->scale, header->scale > 0.0 && header->scale != 1.0},
                {"if_freq_hz", header->if_freq_hz, isfinite(header->if_freq_hz)},
                {"independent", header->independent, header->independent > 0.0},
                {"wave_speed_m_s", header->wave_speed_m_s, header->wave_speed_m_s > 0.0}};
    bool done = true;
    for (size_t i = 0; done && i < sizeof rows / sizeof rows[0]; i++)
        done = !rows[i].put || cph_h5_put_number(group, rows[i].name, rows[i].value);
    done = done && cph_native_put_start(group, header) &&
           cph_native_put_gain_marks(group, header) &&
           (header->kind == CPH_KIND_CAPTURE ||
            cph_h5_put_text(group, "kind", cph_kind_name(header->kind)));
    return H5Gclose(group) >= 0 && done && cph_native_put_array(w->file, &header->array);
}

static cph_status check_header(const cph_data_header *h, const char *path, cph_error *error)
{
    static const char name[] = "Digital RF";
    const cph_status status = cph_foreign_check(h, path, name, error);
    if (status != CPH_OK)
        return status;
    if (!(h->time_start_unix_s >= 0.0) || h->time_start_unix_s * h->sample_rate_hz > 0x1p62)
        return cph_h5_error(error, CPH_ERR_MISSING, path, NULL,
                            "cannot be made: Digital RF counts samples from 1970 on, and when the "
                            "first one was is unknown");
    const double lowest = h->type == CPH_C8 ? INT8_MIN : INT16_MIN;
    if (h->has_lost_value && h->type != CPH_C32 && h->lost_value != lowest)
        return cph_h5_error(error, CPH_ERR_FORMAT, path, NULL,
                            "cannot be made: samples that are %g stand for lost times, in Digital "
                            "RF those that are %g",
                            h->lost_value, lowest);
    return CPH_OK;
}

static bool fill_state(cph_drf_writer *o, cph_writer *w, const cph_data_header *h)
{
    if (!find_ratio(h->sample_rate_hz, &o->numerator, &o->denominator))
        return false;
    o->cadence_ms = choose_cadence(h->sample_rate_hz, (double)w->row_bytes);
    w->start_shift_s = cph_drf_number(o, h);
    o->freq_hz = h->channel_freq_hz != NULL && isfinite(h->channel_freq_hz[0])
                     ? h->channel_freq_hz[0]
                     : h->center_freq_hz;
    o->continuous = h->has_lost_value;
    return true;
}

static cph_status make_state(cph_writer *w, const cph_data_header *h)
{
    cph_drf_writer *o = calloc(1, sizeof *o);
    if (o == NULL)
        return cph_writer_fail(w, CPH_ERR_MEMORY, NULL, "no memory");
    o->file = -1;
    o->sink = (cph_h5_sink){.fd = -1, .driver = -1};
    w->state = o;
    o->folder = strdup(w->partial);
    free(w->partial);
    if (asprintf(&w->partial, "%s.partial/tmp.drf_properties.h5", w->path) < 0)
        w->partial = NULL;
    if (asprintf(&o->final, "%s.partial/drf_properties.h5", w->path) < 0)
        o->final = NULL;
    if (o->folder == NULL || w->partial == NULL || o->final == NULL)
        return cph_writer_fail(w, CPH_ERR_MEMORY, NULL, "no memory");
    return fill_state(o, w, h) ? CPH_OK
                               : cph_writer_fail(w, CPH_ERR_FORMAT, NULL,
                                                 "cannot be made: its sample rate is no fraction "
                                                 "of whole numbers, as Digital RF has it");
}

static cph_status make_folder(cph_writer *w, const cph_drf_writer *o)
{
    struct stat about;
    if (lstat(w->path, &about) == 0)
        return cph_h5_error(w->error, CPH_ERR_EXISTS, w->path, NULL,
                            "exists, expected the name of a folder to be made");
    if (mkdir(o->folder, 0777) == 0)
        return CPH_OK;
    return errno == EEXIST
               ? cph_h5_error(w->error, CPH_ERR_EXISTS, o->folder, NULL,
                              "exists, perhaps of an interrupted command: expected none")
               : cph_h5_error(w->error, CPH_ERR_IO, o->folder, NULL, "cannot be created: %s",
                              strerror(errno));
}

static cph_status start(cph_writer *w, const cph_data_header *h, const cph_write_options *options)
{
    cph_status status = cph_capture_shape(w, h);
    if (status != CPH_OK)
        return status;
    w->dim[1] = w->dim[w->rank - 1]; /* elements or beams */
    w->rank = 2;
    status = make_state(w, h);
    if (status == CPH_OK)
        status = make_folder(w, w->state);
    if (status != CPH_OK) {
        if (w->state != NULL)
            free_state(w);
        return status;
    }
    w->foreign = &digital_rf; /* from here on there is something to remove */
    status = cph_writer_create(w, options);
    return status == CPH_OK
               ? cph_writer_check(w, cph_drf_put_properties(w->file, w, w->state) && put_own(w, h),
                                  "/")
               : status;
}

cph_status cph_digital_rf_create(const char *path, const cph_data_header *header,
                                 const cph_write_options *options, cph_writer **writer,
                                 cph_error *error)
{
    cph_status status = check_header(header, path, error);
    if (status != CPH_OK)
        return status;
    cph_writer *w = cph_writer_make(path, CPH_KIND_FOREIGN, options, &status, error);
    if (w == NULL)
        return status;
    status = start(w, header, options);
    if (status == CPH_OK)
        *writer = w;
    else
        cph_writer_abort(w);
    return status;
}
