/* SPDX-License-Identifier: MIT */
/* Captures and beams, written block by block. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cophase/convert.h"
#include "datasets/native/write.h"
#include "kernels/core/size.h"

/* Items as the file and as memory have them; the parts alone for real sampling. */
static void set_types(cph_writer *w, cph_type type, bool real)
{
    const hid_t parts[CPH_TYPE_COUNT][2] = {
        [CPH_C8] = {H5T_STD_I8LE, H5T_NATIVE_SCHAR},
        [CPH_C16] = {H5T_STD_I16LE, H5T_NATIVE_SHORT},
        [CPH_C32] = {H5T_IEEE_F32LE, H5T_NATIVE_FLOAT},
    };
    for (size_t i = 0; i < 2; i++)
        w->type[i] = real ? H5Tcopy(parts[type][i]) : cph_h5_pair_type(parts[type][i], "r", "i");
}

/* False when the header has no shape, or one that does not fit. */
static bool take_shape(cph_writer *w, const cph_data_header *header)
{
    bool beams = header->kind == CPH_KIND_BEAMS;
    size_t channels = header->channels == 0 ? 1 : header->channels;
    size_t last = beams                        ? header->beams
                  : header->array.elements > 0 ? header->array.elements
                                               : header->axis_elements;
    w->elements = header->array.elements;
    w->expected = header->times;
    w->rank = beams || channels > 1 ? 3 : 2;
    w->dim[1] = channels;
    w->dim[w->rank - 1] = last;
    return cph_size_mul(last, channels, &w->row_bytes) &&
           cph_size_mul(w->row_bytes, cph_type_size(header->type), &w->row_bytes) &&
           w->row_bytes > 0 && w->row_bytes < (size_t)PTRDIFF_MAX;
}

/* /gaps {sample, global_sample} */
bool cph_native_put_gaps(const cph_writer *w)
{
    if (w->gaps == 0)
        return true;
    _Static_assert(sizeof(cph_data_gap) == 2 * sizeof(uint64_t), "a pair, in this order");
    hid_t type = cph_h5_pair_type(H5T_STD_U64LE, "sample", "global_sample");
    hid_t memory = cph_h5_pair_type(H5T_NATIVE_UINT64, "sample", "global_sample");
    bool done = cph_h5_put_set(w->file, "/gaps", 1, &w->gaps, type, memory, w->gap, NULL);
    H5Tclose(memory);
    H5Tclose(type);
    return done;
}

static bool put_head(cph_writer *w, const cph_data_header *header)
{
    bool beams = w->kind == CPH_KIND_BEAMS;
    const char *axes = w->rank == 2 ? "time,element"
                       : beams      ? "time,channel,beam"
                                    : "time,channel,element";
    double scale = header->scale > 0.0 && isfinite(header->scale) ? header->scale : 1.0;
    if (!cph_bulk_create(w, beams ? "/beams" : "/samples", true))
        return false;
    if (w->resumed)
        return true;
    return cph_h5_put_text(w->set, "axes", axes) && cph_h5_put_number(w->set, "scale", scale) &&
           (w->real == NULL || cph_h5_put_text(w->set, "sampling", "real")) &&
           (!header->has_lost_value ||
            cph_h5_put_number(w->set, "lost_value", header->lost_value)) &&
           (!(header->independent > 0.0) ||
            cph_h5_put_number(w->set, "independent", header->independent)) &&
           cph_native_put_root(w->file, header) &&
           cph_native_put_known(w->file, "/channel_freq_hz", w->rank == 2 ? 0 : w->dim[1],
                                header->channel_freq_hz) &&
           cph_native_put_array(w->file, &header->array);
}

static bool take_gaps(cph_writer *w, const cph_data_gap *gap, size_t gaps)
{
    cph_data_gap *more = gaps > 0 ? reallocarray(w->gap, gaps, sizeof *more) : NULL;
    if (more == NULL)
        return gaps == 0;
    memcpy(more, gap, gaps * sizeof *more);
    w->gap = more;
    w->gaps = gaps;
    return true;
}

enum { CHUNK_MAX = 1 << 20 };

cph_status cph_capture_shape(cph_writer *w, const cph_data_header *header)
{
    bool real = header->kind == CPH_KIND_CAPTURE && header->real_sampling;
    if (!take_shape(w, header))
        return cph_writer_fail(w, CPH_ERR_ARGUMENT, NULL, "has no elements or beams, or too many");
    w->sample_type = header->type;
    if (!take_gaps(w, header->gap, header->gaps))
        return cph_writer_fail(w, CPH_ERR_MEMORY, NULL, "no memory for gaps");
    set_types(w, header->type, real);
    if (real) {
        /* A chunk holds at most 1 MiB, or one time. */
        w->real = malloc(w->row_bytes > CHUNK_MAX ? w->row_bytes : CHUNK_MAX);
        if (w->real == NULL)
            return cph_writer_fail(w, CPH_ERR_MEMORY, NULL, "no memory");
    }
    return CPH_OK;
}

static cph_status start(cph_writer *w, const cph_data_header *header)
{
    const cph_status status = cph_capture_shape(w, header);
    return status == CPH_OK ? cph_writer_check(w, put_head(w, header), "/samples") : status;
}

cph_status cph_foreign_check(const cph_data_header *header, const char *path, const char *what,
                             cph_error *error)
{
    if (header->channels > 1)
        return cph_h5_error(error, CPH_ERR_FORMAT, path, NULL,
                            "would hold %zu channels, %s has one; expected --channels with one",
                            header->channels, what);
    if (!(header->sample_rate_hz > 0.0) || isinf(header->sample_rate_hz))
        return cph_h5_error(error, CPH_ERR_MISSING, path, NULL,
                            "cannot be made: %s needs a sample rate, which is unknown", what);
    return CPH_OK;
}

cph_status cph_capture_create(const char *path, const cph_data_header *header,
                              const cph_write_options *options, cph_writer **writer,
                              cph_error *error)
{
    if (path == NULL || header == NULL || writer == NULL ||
        (header->kind != CPH_KIND_CAPTURE && header->kind != CPH_KIND_BEAMS) ||
        (unsigned)header->type >= CPH_TYPE_COUNT)
        return cph_h5_error(error, CPH_ERR_ARGUMENT, "cph_capture_create", NULL,
                            "expected a path and the header of a capture or of beams");
    cph_writer *w = NULL;
    cph_h5_quiet();
    if (options != NULL && options->layout == CPH_FILE_DIGITAL_RF)
        return cph_digital_rf_create(path, header, options, writer, error);
    if (options != NULL && options->layout == CPH_FILE_SIGMF)
        return cph_sigmf_create(path, header, options, writer, error);
    cph_status status = cph_writer_begin(path, header->kind, options, &w, error);
    if (status == CPH_OK) {
        w->compression = options != NULL ? options->compression : CPH_COMPRESSION_NONE;
        status = start(w, header);
    }
    if (status == CPH_OK)
        *writer = w;
    else
        cph_writer_abort(w);
    return status;
}

size_t cph_capture_items_most(const cph_writer *w)
{
    return w->row_bytes < CHUNK_MAX ? CHUNK_MAX / w->row_bytes : 1;
}

const void *cph_capture_items(const cph_writer *w, const void *samples, size_t times)
{
    if (w->real == NULL)
        return samples;
    const size_t count = times * w->dim[1] * (w->rank == 3 ? w->dim[2] : 1);
    const cph_samples_out out = {
        .format = {.type = w->sample_type, .layout = CPH_REAL}, .re = w->real, .ld = count};
    return cph_samples_pack(samples, count, count, 1, &out) == CPH_OK ? w->real : NULL;
}

/* One chunk's worth of times at once, so that a full disk is noticed early. */
static cph_status append(cph_writer *w, const char *samples, size_t times)
{
    cph_status status = CPH_OK;
    for (size_t done = 0; done < times && status == CPH_OK;) {
        size_t now = cph_size_min(w->chunk[0] - w->written % w->chunk[0], times - done);
        const char *from = samples + done * w->row_bytes;
        const hsize_t first[3] = {w->written, 0, 0}, count[3] = {now, w->dim[1], w->dim[2]};
        const hsize_t extent[3] = {w->written + now, w->dim[1], w->dim[2]};
        const void *const items = cph_capture_items(w, from, now);
        bool put = items != NULL && H5Dset_extent(w->set, extent) >= 0 &&
                   cph_bulk_put(w, first, count, items);
        status = cph_writer_check(w, put, "/samples");
        done += now;
        w->written += now;
    }
    return status;
}

cph_status cph_capture_append(cph_writer *writer, const void *samples, size_t times,
                              cph_error *error)
{
    if (writer == NULL || writer->row_bytes == 0 || (samples == NULL && times > 0))
        return cph_h5_error(error, CPH_ERR_ARGUMENT, "cph_capture_append", NULL,
                            "expected a capture's writer and samples");
    cph_h5_quiet();
    writer->error = error;
    return writer->foreign != NULL ? writer->foreign->append(writer, samples, times)
                                   : append(writer, samples, times);
}

cph_status cph_capture_gaps(cph_writer *writer, const cph_data_gap *gap, size_t gaps,
                            cph_error *error)
{
    if (writer == NULL || writer->row_bytes == 0 || gap == NULL || gaps < writer->gaps)
        return cph_h5_error(error, CPH_ERR_ARGUMENT, "cph_capture_gaps", NULL,
                            "expected a capture's writer and its gaps, those told before among "
                            "them");
    writer->error = error;
    return take_gaps(writer, gap, gaps)
               ? CPH_OK
               : cph_writer_fail(writer, CPH_ERR_MEMORY, NULL, "no memory for gaps");
}

size_t cph_capture_gaps_told(const cph_writer *writer)
{
    return writer != NULL ? writer->gaps : 0;
}

cph_status cph_capture_look(cph_writer *writer, size_t start, size_t times, void *samples,
                            cph_error *error)
{
    if (writer == NULL || samples == NULL || writer->row_bytes == 0 || writer->real != NULL ||
        writer->foreign != NULL || start > writer->written || times > writer->written - start)
        return cph_h5_error(error, CPH_ERR_ARGUMENT, "cph_capture_look", NULL,
                            "expected times that a capture's writer has written");
    const hsize_t first[3] = {start, 0, 0}, count[3] = {times, writer->dim[1], writer->dim[2]};
    cph_h5_quiet();
    writer->error = error;
    hid_t memory = H5Screate_simple((int)writer->rank, count, NULL);
    hid_t space = H5Dget_space(writer->set);
    const bool done =
        H5Sselect_hyperslab(space, H5S_SELECT_SET, first, NULL, count, NULL) >= 0 &&
        H5Dread(writer->set, writer->type[1], memory, space, H5P_DEFAULT, samples) >= 0;
    const cph_status status = cph_writer_check(writer, done, "/samples");
    H5Sclose(space);
    H5Sclose(memory);
    return status;
}

bool cph_native_put_truth(cph_writer *w, const cph_c64 *gain, const char *const *source,
                          size_t sources)
{
    hid_t type = cph_h5_pair_type(H5T_IEEE_F64LE, "r", "i");
    hid_t memory = cph_h5_pair_type(H5T_NATIVE_DOUBLE, "r", "i");
    hid_t group = H5Gcreate2(w->file, "/truth", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    bool done = group >= 0 &&
                cph_h5_put_set(w->file, "/truth/gain", 1, &w->elements, type, memory, gain, NULL);
    H5Tclose(memory);
    H5Tclose(type);
    if (group >= 0)
        done = H5Gclose(group) >= 0 && done;
    size_t size = 1;
    for (size_t i = 0; i < sources; i++)
        size = strlen(source[i]) + 1 > size ? strlen(source[i]) + 1 : size;
    char *text = calloc(sources + 1, size);
    for (size_t i = 0; text != NULL && i < sources; i++)
        memcpy(text + i * size, source[i], strlen(source[i]));
    done = done && text != NULL &&
           (sources == 0 || cph_h5_put_strings(w->file, "/truth/source", 1, &sources, size, text));
    free(text);
    return done;
}

bool cph_native_put_delays(cph_writer *w, const double *delay_s)
{
    return cph_h5_put_set(w->file, "/truth/delay_s", 1, &w->elements, H5T_IEEE_F64LE,
                          H5T_NATIVE_DOUBLE, delay_s, NULL);
}

cph_status cph_capture_truth(cph_writer *writer, const cph_c64 *gain, const char *const *source,
                             size_t sources, cph_error *error)
{
    if (writer == NULL || gain == NULL || (source == NULL && sources > 0) ||
        writer->elements == 0 || writer->truth)
        return cph_h5_error(error, CPH_ERR_ARGUMENT, "cph_capture_truth", NULL,
                            "expected the writer of a capture with elements, once");
    cph_h5_quiet();
    writer->error = error;
    writer->truth = true;
    if (writer->foreign != NULL && writer->foreign->truth != NULL)
        return writer->foreign->truth(writer, gain, source, sources);
    cph_status status =
        cph_writer_check(writer, cph_native_put_truth(writer, gain, source, sources), "/truth");
    return status;
}

cph_status cph_capture_truth_delays(cph_writer *writer, const double *delay_s, cph_error *error)
{
    if (writer == NULL || delay_s == NULL || !writer->truth)
        return cph_h5_error(error, CPH_ERR_ARGUMENT, "cph_capture_truth_delays", NULL,
                            "expected a writer that has a truth");
    cph_h5_quiet();
    writer->error = error;
    if (writer->foreign != NULL && writer->foreign->truth_delays != NULL)
        return writer->foreign->truth_delays(writer, delay_s);
    return cph_writer_check(writer, cph_native_put_delays(writer, delay_s), "/truth/delay_s");
}
