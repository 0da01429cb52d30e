/* SPDX-License-Identifier: MIT */
/* Writing a pointing table, in HDF5 or text; both become a file when they are complete. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "datasets/import/csv.h"
#include "datasets/native/write.h"
#include "datasets/pointing/pointing.h"

enum { BOX = 8192, SETS = CPH_POINTING_NUMBERS + 1 /* the last: satellites */ };

struct cph_pointing_writer {
    cph_writer *file;
    FILE *text; /* NULL: HDF5 */
    cph_pointing_rows rows;
    hid_t set[SETS];
    size_t held; /* rows in value and number */
    double value[CPH_POINTING_NUMBERS][BOX];
    uint32_t number[BOX];
};

/* ---- text ---- */

/* Decimals of what each column has. */
static const int decimals[CPH_POINTING_NUMBERS] = {
    [CPH_POINTING_TIME] = 6,  [CPH_POINTING_AZ] = 7,         [CPH_POINTING_EL] = 7,
    [CPH_POINTING_RANGE] = 3, [CPH_POINTING_RANGE_RATE] = 6,
};

static int64_t unit_of(int places)
{
    int64_t unit = 1;
    for (int i = 0; i < places; i++)
        unit *= 10;
    return unit;
}

/* Whatever the locale; |value| * 10^places is below 2^63 by the limits of rows. */
static void put_decimal(FILE *file, double value, int places)
{
    const int64_t unit = unit_of(places);
    const long long all = llround(value * (double)unit), size = all < 0 ? -all : all;
    fprintf(file, "%s%lld.%0*lld", all < 0 ? "-" : "", size / unit, places, size % unit);
}

static cph_status text_complete(cph_writer *w)
{
    FILE *const file = w->state;
    errno = 0;
    const bool done = fflush(file) == 0 && ferror(file) == 0 && fsync(fileno(file)) == 0;
    return done ? CPH_OK
                : cph_h5_error(w->error, CPH_ERR_IO, w->partial, NULL, "cannot be written: %s",
                               strerror(errno != 0 ? errno : EIO));
}

static void text_close(cph_writer *w)
{
    if (w->state != NULL)
        fclose(w->state);
    w->state = NULL;
}

static void text_remove(cph_writer *w)
{
    unlink(w->partial);
}

static void text_free(cph_writer *w)
{
    (void)w;
}

static const cph_foreign text_file = {
    .complete = text_complete, .close = text_close, .remove = text_remove, .free = text_free};

static cph_status create_text(const char *path, const cph_write_options *options,
                              cph_pointing_writer *w, cph_error *error)
{
    cph_status status;
    cph_writer *const file = cph_writer_make(path, CPH_KIND_POINTING, options, &status, error);
    if (file == NULL)
        return status;
    status = cph_output_clear(file->partial, options != NULL ? options->inputs : NULL, error);
    if (status == CPH_OK && (w->text = fopen(file->partial, "wxe")) == NULL)
        status = cph_h5_error(error, CPH_ERR_IO, file->partial, NULL, "cannot be created: %s",
                              strerror(errno));
    if (status != CPH_OK) {
        cph_writer_abort(file);
        return status;
    }
    file->foreign = &text_file;
    file->state = w->text;
    w->file = file;
    fputs(CPH_POINTING_EXAMPLE "\n", w->text);
    return CPH_OK;
}

static void put_text(cph_pointing_writer *w, const cph_pointing_raw *raw)
{
    const double value[CPH_POINTING_NUMBERS] = {raw->time_unix_s, raw->az_deg, raw->el_deg,
                                                raw->range_m, raw->range_rate_m_s};
    put_decimal(w->text, value[0], decimals[0]);
    fputc(',', w->text);
    cph_csv_put(w->text, cph_pointing_names_at(&w->rows.names, raw->satellite));
    for (size_t i = 1; i < CPH_POINTING_NUMBERS; i++) {
        fputc(',', w->text);
        if (!isnan(value[i]))
            put_decimal(w->text, value[i], decimals[i]);
    }
    fputc('\n', w->text);
}

/* What a reader will see of it. */
static double rounded(double value, int places)
{
    const double unit = (double)unit_of(places);
    return isfinite(value) && fabs(value) < 1e15 ? round(value * unit) / unit : value;
}

/* ---- HDF5 ---- */

static bool create_set(cph_pointing_writer *w, size_t number)
{
    const hsize_t none = 0, most = H5S_UNLIMITED, chunk = BOX;
    const bool numbers = number < CPH_POINTING_NUMBERS;
    const hid_t space = H5Screate_simple(1, &none, &most), plist = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_chunk(plist, 1, &chunk);
    H5Pset_shuffle(plist);
    H5Pset_deflate(plist, 1);
    H5Pset_obj_track_times(plist, false); /* the same content gives the same bytes */
    w->set[number] = H5Dcreate2(
        w->file->file, numbers ? cph_pointing_sets[number] : CPH_POINTING_SATELLITE,
        numbers ? H5T_IEEE_F64LE : H5T_STD_U32LE, space, H5P_DEFAULT, plist, H5P_DEFAULT);
    H5Pclose(plist);
    H5Sclose(space);
    return w->set[number] >= 0;
}

static cph_status create_hdf5(const char *path, const cph_write_options *options,
                              cph_pointing_writer *w, cph_error *error)
{
    cph_status status = cph_writer_begin(path, CPH_KIND_POINTING, options, &w->file, error);
    for (size_t i = 0; status == CPH_OK && i < SETS; i++)
        status = cph_writer_check(w->file, create_set(w, i), CPH_POINTING_SATELLITE);
    return status;
}

/* Appends what is held. */
static bool flush_set(cph_pointing_writer *w, size_t number)
{
    const hsize_t count = w->held, start = w->rows.count - w->held, all = w->rows.count;
    const bool numbers = number < CPH_POINTING_NUMBERS;
    if (H5Dset_extent(w->set[number], &all) < 0)
        return false;
    const hid_t memory = H5Screate_simple(1, &count, NULL), space = H5Dget_space(w->set[number]);
    const bool done =
        H5Sselect_hyperslab(space, H5S_SELECT_SET, &start, NULL, &count, NULL) >= 0 &&
        H5Dwrite(w->set[number], numbers ? H5T_NATIVE_DOUBLE : H5T_NATIVE_UINT32, memory, space,
                 H5P_DEFAULT, numbers ? (const void *)w->value[number] : w->number) >= 0;
    H5Sclose(space);
    H5Sclose(memory);
    return done;
}

static cph_status flush(cph_pointing_writer *w)
{
    bool done = true;
    for (size_t i = 0; i < SETS && w->held > 0 && done; i++)
        done = flush_set(w, i);
    w->held = 0;
    return cph_writer_check(w->file, done, CPH_POINTING_SATELLITE);
}

static cph_status put_hdf5(cph_pointing_writer *w, const cph_pointing_raw *raw)
{
    const double value[CPH_POINTING_NUMBERS] = {raw->time_unix_s, raw->az_deg, raw->el_deg,
                                                raw->range_m, raw->range_rate_m_s};
    for (size_t i = 0; i < CPH_POINTING_NUMBERS; i++)
        w->value[i][w->held] = value[i];
    w->number[w->held++] = raw->satellite;
    return w->held == BOX ? flush(w) : CPH_OK;
}

/* Names, as wide as the longest. */
static cph_status put_names(cph_pointing_writer *w)
{
    const cph_pointing_names *const names = &w->rows.names;
    const size_t count = names->count;
    size_t size = 1;
    for (uint32_t i = 0; i < count; i++) {
        const size_t length = strlen(cph_pointing_names_at(names, i));
        size = length >= size ? length + 1 : size;
    }
    char *const text = calloc(count + 1, size);
    if (text == NULL)
        return cph_writer_fail(w->file, CPH_ERR_MEMORY, CPH_POINTING_SATELLITE_NAME, "no memory");
    for (uint32_t i = 0; i < count; i++) {
        const char *const name = cph_pointing_names_at(names, i);
        memcpy(text + i * size, name, strlen(name) + 1);
    }
    const bool done =
        cph_h5_put_strings(w->file->file, CPH_POINTING_SATELLITE_NAME, 1, &count, size, text);
    free(text);
    return cph_writer_check(w->file, done, CPH_POINTING_SATELLITE_NAME);
}

/* ---- both ---- */

static bool is_hdf5_name(const char *path)
{
    const char *const dot = strrchr(path, '.');
    return dot != NULL && (strcasecmp(dot, ".h5") == 0 || strcasecmp(dot, ".hdf5") == 0);
}

cph_status cph_pointing_writer_create(const char *path, const cph_write_options *options,
                                      cph_pointing_writer **writer, cph_error *error)
{
    if (path == NULL || writer == NULL)
        return cph_h5_error(error, CPH_ERR_ARGUMENT, "cph_pointing_writer_create", NULL,
                            "null argument");
    cph_h5_quiet();
    cph_write_options own = {.history = NULL};
    if (options != NULL) {
        own.history = options->history;
        own.inputs = options->inputs;
    }
    cph_pointing_writer *w = calloc(1, sizeof *w);
    if (w == NULL)
        return cph_h5_error(error, CPH_ERR_MEMORY, path, NULL, "no memory");
    for (size_t i = 0; i < SETS; i++)
        w->set[i] = -1;
    const cph_status status =
        is_hdf5_name(path) ? create_hdf5(path, &own, w, error) : create_text(path, &own, w, error);
    if (status == CPH_OK)
        *writer = w;
    else
        cph_pointing_writer_abandon(w);
    return status;
}

/* Degrees; of text what is left of it there. */
static cph_pointing_raw raw_of(const cph_pointing_writer *w, const cph_pointing_row *row)
{
    cph_pointing_raw raw = {.time_unix_s = row->time_unix_s,
                            .az_deg = row->az_rad / M_PI * 180.0,
                            .el_deg = row->el_rad / M_PI * 180.0,
                            .range_m = row->range_m,
                            .range_rate_m_s = row->range_rate_m_s};
    double *const value[CPH_POINTING_NUMBERS] = {&raw.time_unix_s, &raw.az_deg, &raw.el_deg,
                                                 &raw.range_m, &raw.range_rate_m_s};
    for (size_t i = 0; w->text != NULL && i < CPH_POINTING_NUMBERS; i++)
        *value[i] = rounded(*value[i], decimals[i]);
    return raw;
}

cph_status cph_pointing_writer_put(cph_pointing_writer *writer, const cph_pointing_row *row,
                                   const char *name, cph_error *error)
{
    if (writer == NULL || row == NULL || name == NULL)
        return cph_h5_error(error, CPH_ERR_ARGUMENT, "cph_pointing_writer_put", NULL,
                            "null argument");
    cph_pointing_fault fault;
    const char *why = NULL;
    bool added = false;
    cph_pointing_raw raw = raw_of(writer, row);
    cph_status status =
        cph_pointing_names_find(&writer->rows.names, name, &raw.satellite, &added, &why);
    writer->file->error = error;
    if (status != CPH_OK)
        return cph_h5_error(error, status == CPH_ERR_FORMAT ? CPH_ERR_ARGUMENT : status,
                            writer->file->path, NULL, "satellite %.70s %s", name, why);
    if (cph_pointing_rows_take(&writer->rows, &raw, &fault) != CPH_OK) {
        if (added)
            cph_pointing_names_drop(&writer->rows.names);
        return cph_h5_error(error, CPH_ERR_ARGUMENT, writer->file->path, NULL, "satellite %s: %s",
                            name, fault.text);
    }
    if (writer->text == NULL) {
        cph_h5_quiet();
        return put_hdf5(writer, &raw);
    }
    put_text(writer, &raw);
    if (ferror(writer->text) != 0)
        status = cph_h5_error(error, CPH_ERR_IO, writer->file->partial, NULL,
                              "cannot be written: %s", strerror(errno));
    return status;
}

uint64_t cph_pointing_writer_rows(const cph_pointing_writer *writer)
{
    return writer->rows.count;
}

static bool close_sets(cph_pointing_writer *w)
{
    bool done = true;
    for (size_t i = 0; i < SETS; i++) {
        if (w->set[i] >= 0)
            done = H5Dclose(w->set[i]) >= 0 && done;
        w->set[i] = -1;
    }
    return done;
}

static void writer_free(cph_pointing_writer *w)
{
    cph_pointing_names_free(&w->rows.names);
    free(w);
}

cph_status cph_pointing_writer_finish(cph_pointing_writer *writer, cph_error *error)
{
    if (writer == NULL)
        return cph_h5_error(error, CPH_ERR_ARGUMENT, "cph_pointing_writer_finish", NULL,
                            "null argument");
    cph_h5_quiet();
    cph_writer *const file = writer->file;
    file->error = error;
    cph_status status = writer->rows.count > 0 ? CPH_OK
                                               : cph_h5_error(error, CPH_ERR_ARGUMENT, file->path,
                                                              NULL, "has no rows, expected some");
    if (status == CPH_OK && writer->text == NULL) {
        status = flush(writer);
        if (status == CPH_OK)
            status = put_names(writer);
        if (status == CPH_OK)
            status = cph_writer_check(file, close_sets(writer), CPH_POINTING_SATELLITE);
    }
    if (status != CPH_OK) {
        cph_pointing_writer_abandon(writer);
        return status;
    }
    writer_free(writer);
    return cph_writer_commit(file, error);
}

void cph_pointing_writer_abandon(cph_pointing_writer *writer)
{
    if (writer == NULL)
        return;
    cph_h5_quiet();
    (void)close_sets(writer);
    cph_writer_abort(writer->file);
    writer_free(writer);
}
