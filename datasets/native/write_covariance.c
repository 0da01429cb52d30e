/* SPDX-License-Identifier: MIT */
/* Covariances, written one matrix at a time. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "datasets/native/native.h"
#include "datasets/native/write.h"
#include "kernels/core/size.h"

/* Where it is known. */
static bool put_one(const cph_writer *w, const char *name, double value)
{
    return !(value > 0.0) || isinf(value) || cph_h5_put_doubles(w->file, name, 0, NULL, &value);
}

static bool put_head(cph_writer *w, const cph_data_header *header)
{
    if (w->resumed)
        return cph_bulk_create(w, "/covariance", w->open_end);
    return put_one(w, "/integration_s", header->integration_s) &&
           put_one(w, "/n_samples", header->n_samples) &&
           cph_bulk_create(w, "/covariance", w->open_end) &&
           cph_h5_put_text(w->set, "axes", "time,channel,element,element") &&
           cph_h5_put_text(w->set, "convention", CPH_CONVENTION_COVARIANCE) &&
           cph_h5_put_text(w->set, "diagonal", header->has_diagonal ? "present" : "absent") &&
           cph_native_put_root(w->file, header) &&
           cph_native_put_known(w->file, "/channel_freq_hz", w->dim[1], header->channel_freq_hz) &&
           cph_native_put_known(w->file, "/time_unix_s", w->dim[0], header->time_unix_s) &&
           cph_native_put_array(w->file, &header->array);
}

static cph_status start(cph_writer *w, const cph_data_header *header)
{
    size_t n = header->array.elements;
    const size_t dim[4] = {header->times, header->channels, n, n};
    w->rank = 4;
    memcpy(w->dim, dim, sizeof dim);
    w->elements = n;
    w->type[0] = cph_h5_pair_type(H5T_IEEE_F64LE, "r", "i");
    w->type[1] = cph_h5_pair_type(H5T_NATIVE_DOUBLE, "r", "i");
    w->open_end = header->times == 0;
    if (w->open_end)
        w->dim[0] = w->before;
    w->seen = calloc(w->dim[0] + 1, header->channels);
    if (w->seen == NULL || !cph_size_matrix(n, n, n, sizeof(cph_c64)))
        return cph_writer_fail(w, CPH_ERR_MEMORY, "/covariance", "is too large");
    return cph_writer_check(w, put_head(w, header), "/covariance");
}

cph_status cph_covariance_create_file(const char *path, const cph_data_header *header,
                                      const cph_write_options *options, cph_writer **writer,
                                      cph_error *error)
{
    const bool native = options == NULL || options->layout != CPH_FILE_UVH5;
    if (path == NULL || header == NULL || writer == NULL || (header->times == 0 && !native) ||
        header->channels == 0 || header->array.elements == 0)
        return cph_h5_error(error, CPH_ERR_ARGUMENT, "cph_covariance_create_file", NULL,
                            "expected a path and a header with times, channels and elements");
    cph_writer *w = NULL;
    cph_h5_quiet();
    if (!native)
        return cph_uvh5_create(path, header, options, writer, error);
    cph_status status = cph_writer_begin(path, CPH_KIND_COVARIANCE, options, &w, error);
    if (status == CPH_OK)
        status = start(w, header);
    if (status == CPH_OK)
        *writer = w;
    else
        cph_writer_abort(w);
    return status;
}

/* One dump more, nothing of it put. */
static cph_status lengthen(cph_writer *w)
{
    const size_t before = w->dim[0] * w->dim[1];
    const hsize_t extent[4] = {w->dim[0] + 1, w->dim[1], w->dim[2], w->dim[3]};
    unsigned char *seen = reallocarray(w->seen, w->dim[0] + 2, w->dim[1]);
    if (seen == NULL)
        return cph_writer_fail(w, CPH_ERR_MEMORY, "/covariance", "no memory");
    memset(seen + before, 0, 2 * w->dim[1]);
    w->seen = seen;
    w->dim[0]++;
    return cph_writer_check(w, H5Dset_extent(w->set, extent) >= 0, "/covariance");
}

cph_status cph_covariance_put(cph_writer *writer, size_t time, size_t channel, const cph_c64 *r,
                              cph_error *error)
{
    if (writer == NULL || writer->seen == NULL || r == NULL || channel >= writer->dim[1] ||
        (time >= writer->dim[0] && !(writer->open_end && time == writer->dim[0])))
        return cph_h5_error(error, CPH_ERR_ARGUMENT, "cph_covariance_put", NULL,
                            "expected a covariance's writer, and a time and channel of it");
    const hsize_t start[4] = {time, channel, 0, 0};
    const hsize_t count[4] = {1, 1, writer->dim[2], writer->dim[3]};
    cph_h5_quiet();
    writer->error = error;
    cph_status status = time == writer->dim[0] ? lengthen(writer) : CPH_OK;
    if (status == CPH_OK)
        status =
            writer->foreign != NULL
                ? writer->foreign->covariance(writer, time, channel, r)
                : cph_writer_check(writer, cph_bulk_put(writer, start, count, r), "/covariance");
    if (status == CPH_OK)
        writer->seen[time * writer->dim[1] + channel] = 1;
    return status;
}

cph_status cph_covariance_put_times(cph_writer *writer, double integration_s,
                                    const double *time_unix_s, cph_error *error)
{
    if (writer == NULL || !writer->open_end || time_unix_s == NULL || writer->dim[0] == 0)
        return cph_h5_error(error, CPH_ERR_ARGUMENT, "cph_covariance_put_times", NULL,
                            "expected the writer of a covariance without times, and dumps");
    cph_h5_quiet();
    writer->error = error;
    return cph_writer_check(
        writer,
        put_one(writer, "/integration_s", integration_s) &&
            cph_native_put_known(writer->file, "/time_unix_s", writer->dim[0], time_unix_s),
        "/time_unix_s");
}

cph_status cph_covariance_put_samples(cph_writer *writer, double n_samples, cph_error *error)
{
    if (writer == NULL || writer->seen == NULL || !(n_samples > 0.0) || isinf(n_samples))
        return cph_h5_error(error, CPH_ERR_ARGUMENT, "cph_covariance_put_samples", NULL,
                            "expected a covariance's writer and a positive number");
    cph_h5_quiet();
    writer->error = error;
    bool done = cph_h5_put_doubles(writer->file, "/n_samples", 0, NULL, &n_samples);
    return cph_writer_check(writer, done, "/n_samples");
}
