/* SPDX-License-Identifier: MIT */
/* Covariances: /covariance [time, channel, element, element]. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "datasets/native/native.h"
#include "kernels/core/size.h"

enum { ROWS_BYTES = 1 << 20 };

/* Rows [row, row + rows) of one matrix, all columns. */
static cph_status read_rows(cph_data *data, size_t time, size_t channel, size_t row, size_t rows,
                            cph_c64 *out)
{
    const size_t from[4] = {time, channel, row, 0};
    const size_t box[4] = {1, 1, rows, data->header.axis_elements};
    return cph_h5_complex_read(&data->h5, &data->bulk, H5T_NATIVE_DOUBLE, from, box, out);
}

/* Row `row` of the file goes to the places in r that ask for it. */
static void pick_row(const size_t *element, size_t elements, size_t row, const cph_c64 *from,
                     cph_c64 *r)
{
    for (size_t i = 0; i < elements; i++)
        for (size_t j = 0; element[i] == row && j < elements; j++)
            r[i * elements + j] = from[element[j]];
}

static cph_status read_covariance(cph_data *data, size_t time, size_t channel,
                                  const size_t *element, size_t elements, cph_c64 *r)
{
    size_t n = data->header.axis_elements;
    if (element == NULL)
        return read_rows(data, time, channel, 0, n, r);
    size_t step = ROWS_BYTES / (n * sizeof *r);
    step = step == 0 ? 1 : cph_size_min(step, n);
    cph_c64 *rows = malloc(step * n * sizeof *rows);
    if (rows == NULL)
        return cph_h5_fail(&data->h5, CPH_ERR_MEMORY, "/covariance", "no memory");
    cph_status status = CPH_OK;
    for (size_t row = 0; row < n && status == CPH_OK; row += step) {
        size_t now = cph_size_min(step, n - row);
        status = read_rows(data, time, channel, row, now, rows);
        for (size_t k = 0; status == CPH_OK && k < now; k++)
            pick_row(element, elements, row + k, rows + k * n, r);
    }
    free(rows);
    return status;
}

static const cph_reader reader = {.covariance = read_covariance,
                                  .truth = cph_native_truth,
                                  .truth_delays = cph_native_truth_delays,
                                  .truth_sources = cph_native_truth_sources};

static cph_status read_diagonal(cph_data *data)
{
    char diagonal[16];
    cph_status status =
        cph_h5_text(&data->h5, "/covariance", "diagonal", diagonal, sizeof diagonal);
    data->header.has_diagonal = diagonal[0] == '\0' || strcmp(diagonal, "present") == 0;
    if (status != CPH_OK || data->header.has_diagonal || strcmp(diagonal, "absent") == 0)
        return status;
    return cph_h5_fail(&data->h5, CPH_ERR_FORMAT, "/covariance",
                       "attribute diagonal is \"%s\", expected present or absent", diagonal);
}

static cph_status open_bulk(cph_data *data)
{
    static const char axes[] = "time, channel, element, element";
    cph_h5_complex *c = &data->bulk;
    cph_status status = cph_h5_complex_open(&data->h5, "/covariance", false, c);
    if (status != CPH_OK)
        return status;
    const size_t expect[4] = {0, 0, 0, c->set.rank == 4 ? c->set.dim[2] : 0};
    status = cph_h5_set_shape(&data->h5, &c->set, 4, expect, axes);
    if (status == CPH_OK)
        status = cph_native_check_convention(&data->h5, "/covariance", CPH_CONVENTION_COVARIANCE);
    if (status == CPH_OK)
        status = read_diagonal(data);
    if (status == CPH_OK)
        status = cph_data_make_axes(data, c->set.dim[0], c->set.dim[1]);
    if (status == CPH_OK)
        status = cph_data_make_array(data, "/covariance", c->set.dim[2], c->set.dim[2]);
    return status;
}

cph_status cph_native_open_covariance(cph_data *data)
{
    cph_data_header *h = &data->header;
    size_t bytes = sizeof(cph_c64);
    cph_status status = open_bulk(data);
    for (size_t i = 0; status == CPH_OK && i < 4; i++)
        if (!cph_size_mul(bytes, data->bulk.set.dim[i], &bytes))
            status = cph_h5_fail(&data->h5, CPH_ERR_OVERFLOW, "/covariance", "is too large");
    if (status == CPH_OK)
        status = cph_native_read_array(data);
    if (status == CPH_OK)
        status = cph_native_read_channels(data);
    if (status == CPH_OK)
        status = cph_native_optional(&data->h5, "/time_unix_s", 1, &h->times, h->time_unix_s);
    if (status == CPH_OK)
        status = cph_native_scalar(&data->h5, "/integration_s", &h->integration_s);
    if (status == CPH_OK)
        status = cph_native_scalar(&data->h5, "/n_samples", &h->n_samples);
    h->sample_bytes = bytes;
    data->reader = &reader;
    return status;
}
