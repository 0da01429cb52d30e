/* SPDX-License-Identifier: MIT */
/* Files of a Digital RF channel: rf@SECONDS.MS.h5 of a span of time, in folders of an hour; and its
 * metadata. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "datasets/import/digital_rf.h"
#include "datasets/import/digital_rf_write.h"

enum { FOLDER_S = 3600, CHUNK_BYTES = 1 << 20, DATE_SIZE = 40 };

/* ---- time ---- */

__extension__ typedef unsigned __int128 wide;

/* Milliseconds from 1970 to a sample, rounded down. */
static uint64_t ms_of(const cph_drf_writer *o, uint64_t sample)
{
    return (uint64_t)((wide)sample * o->denominator * 1000 / o->numerator);
}

/* The first sample that is not before a millisecond. */
static uint64_t sample_at(const cph_drf_writer *o, uint64_t ms)
{
    const wide step = (wide)o->denominator * 1000;
    return (uint64_t)(((wide)ms * o->numerator + step - 1) / step);
}

double cph_drf_number(cph_drf_writer *o, const cph_data_header *h)
{
    const double whole = floor(h->time_start_unix_s);
    const wide all = (wide)(uint64_t)whole * o->numerator;
    const long double rest_s =
        (long double)(h->time_start_unix_s - whole) + (long double)h->time_start_rest_s;
    /* Behind the last sample that is not after the whole second, in samples over the denominator.
     */
    const long double behind =
        (long double)(uint64_t)(all % o->denominator) + rest_s * (long double)o->numerator;
    const long double step = floorl(behind / (long double)o->denominator + 0.5L);
    o->first = (uint64_t)(all / o->denominator) + (uint64_t)(int64_t)step;
    return (double)((step * (long double)o->denominator - behind) / (long double)o->numerator);
}

static void date_of(uint64_t seconds, char text[DATE_SIZE])
{
    const time_t whole = (time_t)(seconds / FOLDER_S * FOLDER_S);
    struct tm parts = {0};
    (void)gmtime_r(&whole, &parts);
    (void)strftime(text, DATE_SIZE, "%Y-%m-%dT%H-%M-%S", &parts);
}

/* ---- what all files say ---- */

static bool put_attr(hid_t object, const char *name, hid_t type, uint64_t value)
{
    hid_t space = H5Screate(H5S_SCALAR);
    hid_t attr = H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    bool done = attr >= 0 && H5Awrite(attr, H5T_NATIVE_UINT64, &value) >= 0;
    if (attr >= 0)
        done = H5Aclose(attr) >= 0 && done;
    H5Sclose(space);
    return done;
}

bool cph_drf_put_properties(hid_t object, const cph_writer *w, const cph_drf_writer *o)
{
    const size_t part = cph_type_size(w->sample_type) / 2;
    const struct {
        const char *name;
        hid_t type;
        uint64_t value;
    } rows[] = {
        {"H5Tget_class", H5T_STD_U64LE, w->sample_type == CPH_C32 ? H5T_FLOAT : H5T_INTEGER},
        {"H5Tget_size", H5T_STD_U64LE, part},
        {"H5Tget_order", H5T_STD_U64LE, H5T_ORDER_LE},
        {"H5Tget_precision", H5T_STD_U64LE, 8 * part},
        {"H5Tget_offset", H5T_STD_U64LE, 0},
        {"subdir_cadence_secs", H5T_STD_U64LE, FOLDER_S},
        {"file_cadence_millisecs", H5T_STD_U64LE, o->cadence_ms},
        {"sample_rate_numerator", H5T_STD_U64LE, o->numerator},
        {"sample_rate_denominator", H5T_STD_U64LE, o->denominator},
        {"is_complex", H5T_STD_I32LE, w->real == NULL},
        {"num_subchannels", H5T_STD_I32LE, w->dim[1]},
        {"is_continuous", H5T_STD_I32LE, o->continuous},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (!put_attr(object, rows[i].name, rows[i].type, rows[i].value))
            return false;
    return cph_h5_put_text(object, "epoch", "1970-01-01T00:00:00Z") &&
           cph_h5_put_text(object, "digital_rf_version", "2.6.0") &&
           cph_h5_put_text(object, "digital_rf_time_description",
                           "Samples are counted from the epoch on, in UTC without leap seconds.");
}

/* ---- files ---- */

/* CPH_OK when done is true and the system refused nothing of the open file. */
cph_status cph_drf_check(const cph_writer *w, const cph_drf_writer *o, bool done)
{
    if (o->sink.error != 0)
        return cph_h5_error(w->error, CPH_ERR_IO, o->path, NULL, "cannot be written: %s",
                            strerror(o->sink.error));
    return done ? CPH_OK : cph_h5_error(w->error, CPH_ERR_IO, o->path, NULL, "cannot be written");
}

/* Ends the open file, whatever became of it. */
bool cph_drf_end(cph_writer *w, cph_drf_writer *o, bool whole)
{
    const size_t dim[2] = {o->stretches, 2};
    bool done = true;
    if (o->file < 0)
        return true;
    if (whole)
        done = cph_h5_put_set(o->file, CPH_DRF_INDEX, 2, dim, H5T_STD_U64LE, H5T_NATIVE_UINT64,
                              o->index, NULL);
    if (w->set >= 0)
        done = H5Dclose(w->set) >= 0 && done;
    done = H5Fclose(o->file) >= 0 && done;
    w->set = o->file = -1;
    cph_h5_sink_close(&o->sink);
    return done;
}

/* FOLDER/DATE/name on the heap, its folder being there then; NULL when that fails. */
static char *make_place(const char *folder, uint64_t seconds, const char *name)
{
    char date[DATE_SIZE], *path = NULL;
    date_of(seconds, date);
    if (asprintf(&path, "%s/%s", folder, date) < 0)
        return NULL;
    const bool there = mkdir(path, 0777) == 0 || errno == EEXIST;
    free(path);
    if (!there || asprintf(&path, "%s/%s/%s", folder, date, name) < 0)
        return NULL;
    return path;
}

static bool create_set(cph_writer *w, const cph_drf_writer *o)
{
    const hsize_t none[2] = {0, w->dim[1]}, most[2] = {H5S_UNLIMITED, w->dim[1]};
    const size_t row = w->dim[1] * H5Tget_size(w->type[0]);
    const uint64_t rows = o->end - o->next;
    const hsize_t fit = row < CHUNK_BYTES ? CHUNK_BYTES / row : 1;
    const hsize_t chunk[2] = {rows < fit ? rows : fit, w->dim[1]};
    hid_t space = H5Screate_simple(2, none, most), plist = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_chunk(plist, 2, chunk);
    H5Pset_obj_track_times(plist, false); /* the same content gives the same bytes */
    w->set =
        H5Dcreate2(o->file, CPH_DRF_SAMPLES, w->type[0], space, H5P_DEFAULT, plist, H5P_DEFAULT);
    H5Pclose(plist);
    H5Sclose(space);
    return w->set >= 0;
}

/* Names the recording: files of one have the same. */
static void name_recording(const cph_drf_writer *o, char text[33])
{
    uint64_t h = 0xcbf29ce484222325u ^ o->first;
    for (size_t i = 0; i < 4; i++) {
        h = (h ^ (h >> 29) ^ o->numerator) * 0x9e3779b97f4a7c15u + o->denominator;
        snprintf(text + 8 * i, 9, "%08x", (unsigned)(h >> 32));
    }
}

static bool put_about(const cph_writer *w, const cph_drf_writer *o)
{
    char name[33];
    const uint64_t start_s = ms_of(o, o->first) / 1000;
    name_recording(o, name);
    return cph_drf_put_properties(w->set, w, o) &&
           put_attr(w->set, "sequence_num", H5T_STD_I32LE, o->files) &&
           put_attr(w->set, "init_utc_timestamp", H5T_STD_U64LE, start_s) &&
           put_attr(w->set, "computer_time", H5T_STD_U64LE, start_s) &&
           cph_h5_put_text(w->set, "uuid_str", name);
}

/* The file that a sample belongs into. */
cph_status cph_drf_begin(cph_writer *w, cph_drf_writer *o, uint64_t sample)
{
    const uint64_t ms = ms_of(o, sample) / o->cadence_ms * o->cadence_ms;
    char name[48];
    snprintf(name, sizeof name, "rf@%llu.%03llu.h5", (unsigned long long)(ms / 1000),
             (unsigned long long)(ms % 1000));
    free(o->path);
    o->path = make_place(o->folder, ms / 1000, name);
    if (o->path == NULL)
        return cph_h5_error(w->error, CPH_ERR_IO, o->folder, name, "cannot be created: %s",
                            strerror(errno));
    o->end = sample_at(o, ms + o->cadence_ms);
    o->next = sample;
    o->rows = o->stretches = 0;
    o->file = cph_h5_sink_create(&o->sink, o->path);
    if (o->file < 0)
        return cph_h5_error(w->error, CPH_ERR_IO, o->path, NULL, "cannot be created: %s",
                            strerror(o->sink.error));
    const bool done = create_set(w, o) && put_about(w, o);
    o->files++;
    return cph_drf_check(w, o, done);
}

/* ---- the receiver ---- */

/* Names of what a metadata file holds of each sample. */
static bool put_fields(hid_t file)
{
    static const char column[128] = "center_frequencies";
    const hsize_t one = 1;
    hid_t text = H5Tcopy(H5T_C_S1), row = H5Tcreate(H5T_COMPOUND, sizeof column);
    H5Tset_size(text, sizeof column);
    H5Tset_strpad(text, H5T_STR_NULLPAD);
    H5Tinsert(row, "column", 0, text);
    hid_t space = H5Screate_simple(1, &one, NULL), plist = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_obj_track_times(plist, false);
    hid_t set = H5Dcreate2(file, "/fields", row, space, H5P_DEFAULT, plist, H5P_DEFAULT);
    bool done = set >= 0 && H5Dwrite(set, row, H5S_ALL, H5S_ALL, H5P_DEFAULT, column) >= 0;
    if (set >= 0)
        done = H5Dclose(set) >= 0 && done;
    H5Pclose(plist);
    H5Sclose(space);
    H5Tclose(row);
    H5Tclose(text);
    return done;
}

static bool put_metadata_properties(const cph_writer *w, const cph_drf_writer *o)
{
    (void)w;
    return put_attr(o->file, "subdir_cadence_secs", H5T_STD_I64LE, FOLDER_S) &&
           put_attr(o->file, "file_cadence_secs", H5T_STD_I64LE, 1) &&
           put_attr(o->file, "sample_rate_numerator", H5T_STD_I64LE, o->numerator) &&
           put_attr(o->file, "sample_rate_denominator", H5T_STD_I64LE, o->denominator) &&
           cph_h5_put_text(o->file, "file_name", "metadata") &&
           cph_h5_put_text(o->file, "digital_metadata_version", "2.5") && put_fields(o->file);
}

/* One frequency for every sub-channel, from the first sample on. */
static bool put_frequencies(const cph_writer *w, const cph_drf_writer *o)
{
    char name[32];
    double *freq = cph_data_unknown(w->dim[1]);
    for (size_t n = 0; freq != NULL && n < w->dim[1]; n++)
        freq[n] = o->freq_hz;
    snprintf(name, sizeof name, "/%llu", (unsigned long long)o->first);
    hid_t group = H5Gcreate2(o->file, name, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    bool done = freq != NULL && group >= 0 &&
                cph_h5_put_doubles(group, "center_frequencies", 1, &w->dim[1], freq);
    if (group >= 0)
        done = H5Gclose(group) >= 0 && done;
    free(freq);
    return done;
}

/* A file of metadata whose path is on the heap and is taken over. */
static cph_status put_file(cph_writer *w, cph_drf_writer *o, char *path,
                           bool (*put)(const cph_writer *w, const cph_drf_writer *o))
{
    free(o->path);
    o->path = path;
    if (path == NULL)
        return cph_h5_error(w->error, CPH_ERR_IO, o->folder, "metadata", "cannot be created: %s",
                            strerror(errno));
    o->file = cph_h5_sink_create(&o->sink, path);
    const bool done = o->file >= 0 && put(w, o);
    const bool ended = cph_drf_end(w, o, false);
    return cph_drf_check(w, o, done && ended);
}

cph_status cph_drf_put_metadata(cph_writer *w, cph_drf_writer *o)
{
    char *folder = NULL, *path = NULL, name[48];
    if (isnan(o->freq_hz))
        return CPH_OK;
    if (asprintf(&folder, "%s/metadata", o->folder) < 0)
        return cph_writer_fail(w, CPH_ERR_MEMORY, NULL, "no memory");
    const uint64_t second = ms_of(o, o->first) / 1000;
    snprintf(name, sizeof name, "metadata@%llu.h5", (unsigned long long)second);
    if (mkdir(folder, 0777) != 0 || asprintf(&path, "%s/dmd_properties.h5", folder) < 0)
        path = NULL;
    cph_status status = put_file(w, o, path, put_metadata_properties);
    if (status == CPH_OK)
        status = put_file(w, o, make_place(folder, second, name), put_frequencies);
    free(folder);
    return status;
}
