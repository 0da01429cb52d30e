/* SPDX-License-Identifier: MIT */
/* Captures and beams: /samples [time, (channel,) element], /beams [time, (channel,) beam]. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "datasets/native/native.h"
#include "kernels/core/size.h"

hid_t cph_data_part(cph_type type)
{
    return type == CPH_C8    ? H5T_NATIVE_SCHAR
           : type == CPH_C16 ? H5T_NATIVE_SHORT
                             : H5T_NATIVE_FLOAT;
}

cph_type cph_data_sample_type(const cph_h5_complex *c)
{
    size_t bits = 8 * c->part_size + (c->part_signed ? 0 : 1);
    if (c->part_class == H5T_FLOAT || bits > 16)
        return CPH_C32;
    return bits > 8 ? CPH_C16 : CPH_C8;
}

static cph_status read_samples(cph_data *data, size_t start, size_t times, size_t channel,
                               size_t first, size_t count, void *samples)
{
    const cph_h5_complex *c = &data->bulk;
    hid_t part = cph_data_part(data->header.type);
    if (c->set.rank == 2) {
        const size_t from[2] = {start, first}, box[2] = {times, count};
        return cph_h5_complex_read(&data->h5, c, part, from, box, samples);
    }
    const size_t from[3] = {start, channel, first}, box[3] = {times, 1, count};
    return cph_h5_complex_read(&data->h5, c, part, from, box, samples);
}

static const cph_reader reader = {.samples = read_samples,
                                  .truth = cph_native_truth,
                                  .truth_delays = cph_native_truth_delays,
                                  .truth_sources = cph_native_truth_sources,
                                  .grow = cph_data_grow_rows};

static cph_status read_scale(cph_data *data, const char *name)
{
    double scale = NAN;
    cph_status status = cph_h5_number(&data->h5, name, "scale", &scale);
    if (status != CPH_OK)
        return status;
    if (!isnan(scale) && (!(scale > 0.0) || isinf(scale)))
        return cph_h5_fail(&data->h5, CPH_ERR_FORMAT, name,
                           "attribute scale is %g, expected a positive number", scale);
    data->header.scale = isnan(scale) ? 1.0 : scale;
    return CPH_OK;
}

static cph_status read_lost_value(cph_data *data, const char *name)
{
    cph_data_header *h = &data->header;
    const cph_status status = cph_h5_number(&data->h5, name, "lost_value", &h->lost_value);
    h->has_lost_value = isfinite(h->lost_value) && data->bulk.part_class == H5T_INTEGER;
    return status;
}

static cph_status read_independent(cph_data *data, const char *name)
{
    double share = NAN;
    const cph_status status = cph_h5_number(&data->h5, name, "independent", &share);
    if (status != CPH_OK || isnan(share))
        return status;
    if (!(share > 0.0 && share <= 1.0))
        return cph_h5_fail(&data->h5, CPH_ERR_FORMAT, name,
                           "attribute independent is %g, expected above 0, at most 1", share);
    data->header.independent = share;
    return CPH_OK;
}

/* Samples of an inverted spectrum are conjugates of what the conventions mean. */
static cph_status check_spectrum(const cph_h5 *h5)
{
    char spectrum[16];
    cph_status status = cph_h5_text(h5, "/", "spectrum", spectrum, sizeof spectrum);
    if (status != CPH_OK || spectrum[0] == '\0' || strcmp(spectrum, "upright") == 0)
        return status;
    bool inverted = strcmp(spectrum, "inverted") == 0;
    return cph_h5_fail(h5, inverted ? CPH_ERR_UNSUPPORTED : CPH_ERR_FORMAT, "/",
                       "attribute spectrum is \"%s\", expected upright", spectrum);
}

static cph_status read_sampling(cph_data *data, const char *name, bool *real)
{
    char sampling[16];
    cph_status status = cph_h5_text(&data->h5, name, "sampling", sampling, sizeof sampling);
    *real = strcmp(sampling, "real") == 0;
    if (status != CPH_OK || *real || sampling[0] == '\0' || strcmp(sampling, "complex") == 0)
        return status;
    return cph_h5_fail(&data->h5, CPH_ERR_FORMAT, name,
                       "attribute sampling is \"%s\", expected real or complex", sampling);
}

/* Opens the data set and fills what its shape and type say; *last is the size of its last axis. */
static cph_status open_bulk(cph_data *data, const char *name, const char *axes, size_t *last)
{
    static const size_t any[3] = {0};
    cph_data_header *h = &data->header;
    cph_h5_complex *c = &data->bulk;
    bool real = false;
    cph_status status = check_spectrum(&data->h5);
    if (status == CPH_OK && cph_h5_exists(&data->h5, name))
        status = read_sampling(data, name, &real);
    if (status == CPH_OK)
        status = cph_h5_complex_open(&data->h5, name, real, c);
    if (status == CPH_OK)
        status = cph_h5_set_shape(&data->h5, &c->set, c->set.rank == 2 ? 2 : 3, any, axes);
    if (status == CPH_OK)
        status = read_scale(data, name);
    if (status == CPH_OK)
        status = read_lost_value(data, name);
    if (status == CPH_OK)
        status = read_independent(data, name);
    if (status != CPH_OK)
        return status;
    h->type = cph_data_sample_type(c);
    h->real_sampling = c->form == CPH_H5_REAL;
    *last = c->set.dim[c->set.rank - 1];
    return cph_data_make_axes(data, c->set.dim[0], c->set.rank == 3 ? c->set.dim[1] : 1);
}

static cph_status note_gaps(cph_data *data, const char *name, size_t count, const uint64_t *pair)
{
    cph_status status = CPH_OK;
    for (size_t i = 0; status == CPH_OK && i < count; i++)
        status = cph_data_add_gap(data, name, pair[2 * i], pair[2 * i + 1]);
    return status;
}

/* /gaps {sample, global_sample}, which begins anew behind each loss. */
static cph_status read_gaps(cph_data *data)
{
    static const char name[] = "/gaps";
    if (!cph_h5_exists(&data->h5, name))
        return CPH_OK;
    cph_h5_set set;
    cph_status status = cph_h5_set_open(&data->h5, name, &set);
    if (status != CPH_OK)
        return status;
    const size_t count = set.rank == 1 ? set.dim[0] : 0;
    hid_t type = H5Dget_type(set.id);
    hid_t memory = cph_h5_pair_type(H5T_NATIVE_UINT64, "sample", "global_sample");
    uint64_t *pair = calloc(count + 1, 2 * sizeof *pair);
    if (set.rank != 1 || !cph_h5_is_pair(type) || H5Tget_member_index(type, "sample") < 0 ||
        H5Tget_member_index(type, "global_sample") < 0)
        status = cph_h5_fail(&data->h5, CPH_ERR_FORMAT, name,
                             "is something else, expected a list of {sample, global_sample}");
    else if (pair == NULL)
        status = cph_h5_fail(&data->h5, CPH_ERR_MEMORY, name, "no memory for %zu gaps", count);
    else if (H5Dread(set.id, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, pair) < 0)
        status = cph_h5_fail_call(&data->h5, name, "cannot be read");
    else
        status = note_gaps(data, name, count, pair);
    free(pair);
    H5Tclose(memory);
    H5Tclose(type);
    cph_h5_set_close(&set);
    return status;
}

static cph_status finish(cph_data *data, size_t last)
{
    cph_data_header *h = &data->header;
    size_t bytes;
    if (!cph_size_mul(h->times, h->channels, &bytes) || !cph_size_mul(bytes, last, &bytes) ||
        !cph_size_mul(bytes, cph_type_size(h->type), &bytes))
        return cph_h5_fail(&data->h5, CPH_ERR_OVERFLOW, data->bulk.set.name, "is too large");
    h->sample_bytes = bytes;
    data->reader = &reader;
    const cph_status status = read_gaps(data);
    return status == CPH_OK ? cph_native_read_channels(data) : status;
}

cph_status cph_native_open_capture(cph_data *data)
{
    size_t elements = 0;
    cph_status status =
        open_bulk(data, "/samples", "time, element or time, channel, element", &elements);
    if (status == CPH_OK)
        status = cph_data_make_array(data, "/samples", elements, elements);
    if (status == CPH_OK)
        status = cph_native_read_array(data);
    return status == CPH_OK ? finish(data, elements) : status;
}

cph_status cph_native_open_beams(cph_data *data)
{
    size_t beams = 0;
    cph_status status = open_bulk(data, "/beams", "time, beam or time, channel, beam", &beams);
    if (status != CPH_OK)
        return status;
    data->header.beams = beams;
    return finish(data, beams);
}
