/* SPDX-License-Identifier: MIT */
/* The reads of data.h: ranges are checked here, layouts read what is asked. */
#include <stdlib.h>
#include <string.h>

#include "datasets/data.h"
#include "datasets/real_samples.h"
#include "kernels/core/exec.h"
#include "kernels/core/size.h"

/* Rows are gathered through a buffer of about this size. */
enum { GATHER_BYTES = 1 << 20 };

static cph_status not_held(cph_data *data, const char *what)
{
    return cph_h5_fail(&data->h5, CPH_ERR_FORMAT, NULL, "is a %s, expected %s",
                       cph_kind_name(data->header.kind), what);
}

static cph_status out_of_range(cph_data *data, const char *axis, size_t value, size_t count)
{
    return cph_h5_fail(&data->h5, CPH_ERR_ARGUMENT, data->bulk.set.name,
                       "%s %zu is out of range, it has %zu", axis, value, count);
}

static cph_status check_elements(cph_data *data, const size_t *element, size_t elements,
                                 size_t axis)
{
    if (element == NULL)
        return elements == axis ? CPH_OK : out_of_range(data, "element count", elements, axis);
    for (size_t i = 0; i < elements; i++)
        if (element[i] >= axis)
            return out_of_range(data, "element", element[i], axis);
    return CPH_OK;
}

static bool consecutive(const size_t *element, size_t elements)
{
    for (size_t i = 1; i < elements; i++)
        if (element[i] != element[i - 1] + 1)
            return false;
    return true;
}

/* The span of the axis that a list covers, and the rows that are gathered at a time. */
typedef struct gather {
    size_t first, span, size, rows;
    const size_t *element;
    size_t elements;
} gather;

static gather plan_gather(const size_t *element, size_t elements, size_t size, size_t times)
{
    size_t low = element[0], high = element[0];
    for (size_t i = 1; i < elements; i++) {
        low = element[i] < low ? element[i] : low;
        high = element[i] > high ? element[i] : high;
    }
    size_t span = high - low + 1, row = span * size;
    size_t rows = row > 0 && row < GATHER_BYTES ? GATHER_BYTES / row : 1;
    return (gather){.first = low,
                    .span = span,
                    .size = size,
                    .rows = cph_size_min(rows, times),
                    .element = element,
                    .elements = elements};
}

/* `size` is a constant of each call below, so that the copy is one move. */
static inline void pick_sized(const gather *g, size_t rows, const char *from, char *to, size_t size)
{
    for (size_t t = 0; t < rows; t++, from += g->span * size)
        for (size_t i = 0; i < g->elements; i++, to += size)
            memcpy(to, from + (g->element[i] - g->first) * size, size);
}

static void pick(const gather *g, size_t rows, const char *from, char *to)
{
    switch (g->size) {
    case sizeof(cph_c8):
        pick_sized(g, rows, from, to, sizeof(cph_c8));
        break;
    case sizeof(cph_c16):
        pick_sized(g, rows, from, to, sizeof(cph_c16));
        break;
    default:
        pick_sized(g, rows, from, to, sizeof(cph_c32));
        break;
    }
}

static cph_status read_gathered(cph_data *data, size_t start, size_t times, size_t channel,
                                const gather *g, char *samples)
{
    char *rows = malloc(g->rows * g->span * g->size + 1);
    if (rows == NULL)
        return cph_h5_fail(&data->h5, CPH_ERR_MEMORY, data->bulk.set.name, "no memory");
    cph_status status = CPH_OK;
    for (size_t done = 0; done < times && status == CPH_OK;) {
        size_t now = cph_size_min(g->rows, times - done);
        status = data->reader->samples(data, start + done, now, channel, g->first, g->span, rows);
        if (status == CPH_OK)
            pick(g, now, rows, samples + done * g->elements * g->size);
        done += now;
    }
    free(rows);
    return status;
}

/* All of a range that was checked, in the file's own numbers. */
static cph_status read_listed(cph_data *data, size_t start, size_t times, size_t channel,
                              const size_t *element, size_t elements, void *samples)
{
    if (element == NULL)
        return data->reader->samples(data, start, times, channel, 0, elements, samples);
    if (consecutive(element, elements))
        return data->reader->samples(data, start, times, channel, element[0], elements, samples);
    gather g = plan_gather(element, elements, cph_type_size(data->header.type), times);
    return read_gathered(data, start, times, channel, &g, samples);
}

/* The same where times were left out. */
cph_status cph_data_read_listed(cph_data *data, size_t start, size_t times, size_t channel,
                                const size_t *element, size_t elements, void *samples)
{
    const size_t row = elements * cph_type_size(data->header.type);
    cph_status status = CPH_OK;
    for (size_t done = 0, now = 0; status == CPH_OK && done < times; done += now) {
        size_t at = 0;
        now = cph_data_kept_run(data, start + done, times - done, &at);
        status =
            read_listed(data, at, now, channel, element, elements, (char *)samples + done * row);
    }
    return status;
}

static cph_status read_samples(cph_data *data, size_t start, size_t times, size_t channel,
                               const size_t *element, size_t elements, void *samples)
{
    const cph_data_header *h = cph_data_header_of(data);
    if (data->reader->samples == NULL)
        return not_held(data, "a capture");
    size_t axis = h->kind == CPH_KIND_BEAMS ? h->beams : h->axis_elements;
    if (start > h->times || times > h->times - start)
        return out_of_range(data, "time", start + times, h->times);
    if (channel >= h->channels)
        return out_of_range(data, "channel", channel, h->channels);
    cph_status status = check_elements(data, element, elements, axis);
    if (status != CPH_OK || times == 0 || elements == 0)
        return status;
    if (data->view == NULL)
        return cph_data_read_listed(data, start, times, channel, element, elements, samples);
    size_t *list = NULL;
    if (cph_view_elements(data->view, element, elements, &list) != CPH_OK)
        return cph_h5_fail(&data->h5, CPH_ERR_MEMORY, data->bulk.set.name, "no memory");
    status = data->view->real != NULL
                 ? cph_real_read(data, start, times, list, elements, samples)
                 : cph_data_read_listed(data, start, times, data->view->channel[channel], list,
                                        elements, samples);
    free(list);
    return status;
}

cph_status cph_data_read_samples(cph_data *data, size_t start, size_t times, size_t channel,
                                 const size_t *element, size_t elements, void *samples,
                                 cph_error *error)
{
    if (data == NULL || (samples == NULL && times > 0 && elements > 0))
        return cph_h5_error(error, CPH_ERR_ARGUMENT, "cph_data_read_samples", NULL,
                            "null argument");
    cph_h5_quiet();
    data->h5.error = error;
    cph_status status = read_samples(data, start, times, channel, element, elements, samples);
    data->h5.error = NULL;
    return status;
}

void cph_data_set_exec(cph_data *data, const cph_exec *exec)
{
    if (exec != NULL)
        data->exec = *exec;
    data->h5.exec = exec != NULL ? &data->exec : NULL;
}

size_t cph_data_scratch_bytes(const cph_data *data)
{
    return cph_h5_set_scratch(&data->bulk.set, cph_exec_threads(data->h5.exec));
}

static cph_status read_covariance(cph_data *data, size_t time, size_t channel,
                                  const size_t *element, size_t elements, cph_c64 *r)
{
    const cph_data_header *h = &data->header;
    if (data->reader->covariance == NULL)
        return not_held(data, "a covariance");
    if (time >= h->times)
        return out_of_range(data, "time", time, h->times);
    if (channel >= h->channels)
        return out_of_range(data, "channel", channel, h->channels);
    cph_status status = check_elements(data, element, elements, h->array.elements);
    size_t at = 0;
    (void)cph_data_kept_run(data, time, 1, &at);
    return status == CPH_OK && elements > 0
               ? data->reader->covariance(data, at, channel, element, elements, r)
               : status;
}

cph_status cph_data_read_covariance(cph_data *data, size_t time, size_t channel,
                                    const size_t *element, size_t elements, cph_c64 *r,
                                    cph_error *error)
{
    if (data == NULL || (r == NULL && elements > 0))
        return cph_h5_error(error, CPH_ERR_ARGUMENT, "cph_data_read_covariance", NULL,
                            "null argument");
    cph_h5_quiet();
    data->h5.error = error;
    cph_status status = read_covariance(data, time, channel, element, elements, r);
    data->h5.error = NULL;
    return status;
}

cph_data *cph_data_open_kind(const char *path, cph_kind kind, cph_status *status, cph_error *error)
{
    cph_data *data = NULL;
    *status = cph_data_open(path, NULL, &data, error);
    if (*status != CPH_OK)
        return NULL;
    if (data->header.kind == kind) {
        data->h5.error = error;
        return data;
    }
    *status = cph_h5_error(error, CPH_ERR_FORMAT, path, NULL, "is a %s file, expected %s",
                           cph_kind_name(data->header.kind), cph_kind_name(kind));
    cph_data_close(data);
    return NULL;
}

cph_status cph_calibration_read(const char *path, cph_calibration *calibration, cph_error *error)
{
    cph_calibration made;
    if (calibration == NULL)
        return cph_h5_error(error, CPH_ERR_ARGUMENT, "cph_calibration_read", NULL, "null argument");
    cph_status status;
    cph_data *data = cph_data_open_kind(path, CPH_KIND_CALIBRATION, &status, error);
    if (data == NULL)
        return status;
    const cph_data_header *h = &data->header;
    status = cph_calibration_create(&h->array, h->times, h->channels, &made);
    if (status != CPH_OK) {
        status = cph_h5_fail(&data->h5, status, NULL, "no memory for its gains");
    } else {
        cph_h5_quiet();
        status = data->reader->calibration(data, &made);
        if (status == CPH_OK)
            *calibration = made;
        else
            cph_calibration_free(&made);
    }
    cph_data_close(data);
    return status;
}

cph_status cph_weights_read(const char *path, cph_weights *weights, cph_error *error)
{
    cph_weights made;
    if (weights == NULL)
        return cph_h5_error(error, CPH_ERR_ARGUMENT, "cph_weights_read", NULL, "null argument");
    cph_status status;
    cph_data *data = cph_data_open_kind(path, CPH_KIND_WEIGHTS, &status, error);
    if (data == NULL)
        return status;
    const cph_data_header *h = &data->header;
    status = cph_weights_create(&h->array, h->beams, h->channels, &made);
    if (status != CPH_OK) {
        status = cph_h5_fail(&data->h5, status, NULL, "no memory for its weights");
    } else {
        cph_h5_quiet();
        status = data->reader->weights(data, &made);
        if (status == CPH_OK)
            *weights = made;
        else
            cph_weights_free(&made);
    }
    cph_data_close(data);
    return status;
}
