/* SPDX-License-Identifier: MIT */
/* The index of Digital RF's files: which stretch of samples is in which rows of which file, and
 * what is done about files that cannot be read. */
#include <stdio.h>
#include <stdlib.h>

#include "datasets/import/digital_rf.h"

static cph_status add_stretch(const cph_h5 *h5, cph_drf *drf, cph_drf_stretch next)
{
    const cph_drf_stretch *last = drf->stretches > 0 ? &drf->stretch[drf->stretches - 1] : NULL;
    if (last != NULL && next.since_epoch < last->since_epoch + last->times)
        return cph_h5_fail(h5, CPH_ERR_FORMAT, CPH_DRF_INDEX,
                           "has sample %llu where those before reach to %llu",
                           (unsigned long long)next.since_epoch,
                           (unsigned long long)(last->since_epoch + last->times - 1));
    if (drf->stretch == NULL || (drf->stretches & (drf->stretches + 1)) == 0) {
        cph_drf_stretch *more = reallocarray(drf->stretch, 2 * drf->stretches + 1, sizeof *more);
        if (more == NULL)
            return cph_h5_fail(h5, CPH_ERR_MEMORY, CPH_DRF_INDEX, "no memory");
        drf->stretch = more;
    }
    drf->stretch[drf->stretches++] = next;
    return CPH_OK;
}

/* The stretches of the open file: row i of its index to row i + 1. */
static cph_status take_index(cph_drf *drf, size_t file, const uint64_t *index, size_t count,
                             size_t *times)
{
    const size_t rows = drf->samples.set.dim[0];
    cph_status status = CPH_OK;
    for (size_t i = 0; status == CPH_OK && i < count; i++) {
        const uint64_t row = index[2 * i + 1], end = i + 1 < count ? index[2 * i + 3] : rows;
        if (row >= end || end > rows || (i == 0 && row != 0))
            return cph_h5_fail(&drf->open, CPH_ERR_FORMAT, CPH_DRF_INDEX,
                               "stretch %zu is rows %llu to %llu of %zu", i,
                               (unsigned long long)row, (unsigned long long)end, rows);
        const cph_drf_stretch next = {.file = file,
                                      .row = (size_t)row,
                                      .first = *times,
                                      .times = (size_t)(end - row),
                                      .since_epoch = index[2 * i]};
        status = add_stretch(&drf->open, drf, next);
        *times += next.times;
    }
    return status;
}

static cph_status read_index_of(cph_drf *drf, size_t file, const cph_h5_set *set, size_t *times)
{
    static const size_t expect[2] = {0, 2}, origin[2] = {0, 0};
    cph_status status = cph_h5_set_shape(&drf->open, set, 2, expect, "stretch, {sample, row}");
    if (status != CPH_OK)
        return status;
    uint64_t *index = calloc(set->dim[0] + 1, 2 * sizeof *index);
    if (index == NULL)
        return cph_h5_fail(&drf->open, CPH_ERR_MEMORY, CPH_DRF_INDEX, "no memory");
    status = cph_h5_set_read(&drf->open, set, H5T_NATIVE_UINT64, origin, set->dim, index);
    if (status == CPH_OK)
        status = take_index(drf, file, index, set->dim[0], times);
    free(index);
    return status;
}

static cph_status index_file(const cph_data *data, cph_drf *drf, size_t file, size_t *times)
{
    cph_h5_set set;
    cph_status status = cph_drf_use(data, drf, file);
    if (status == CPH_OK)
        status = cph_h5_set_open(&drf->open, CPH_DRF_INDEX, &set);
    if (status != CPH_OK)
        return status;
    status = read_index_of(drf, file, &set, times);
    cph_h5_set_close(&set);
    return status;
}

/* What of a file is damaged, and not of the machine. */
static bool is_unreadable(cph_status status)
{
    return status == CPH_ERR_FORMAT || status == CPH_ERR_IO || status == CPH_ERR_MISSING;
}

/* A file that cannot be read, noted and passed over: what it held is a gap. */
static cph_status pass_over(cph_data *data, cph_drf *drf, size_t file, size_t *times)
{
    const size_t stretches = drf->stretches, before = *times;
    cph_error *const error = data->h5.error;
    cph_error why = {.status = CPH_OK};
    data->h5.error = &why;
    cph_status status = index_file(data, drf, file, times);
    data->h5.error = error;
    if (status == CPH_OK)
        return CPH_OK;
    if (!is_unreadable(status)) {
        if (error != NULL)
            *error = why;
        return status;
    }
    drf->stretches = stretches;
    *times = before;
    char remark[sizeof why.message + 16];
    const int length =
        snprintf(remark, sizeof remark, "left out: %s", cph_data_inside(data, why.message));
    cph_h5_text_line(data->header.remark, sizeof data->header.remark, remark, (size_t)length);
    return CPH_OK;
}

cph_status cph_drf_index(cph_data *data, cph_drf *drf, size_t from, bool last, size_t *times)
{
    cph_error *const error = data->h5.error;
    cph_error why = {.status = CPH_OK};
    const bool waits = data->h5.follow && !last;
    cph_status status = CPH_OK;
    data->h5.error = waits ? &why : error;
    for (size_t i = from; status == CPH_OK && i < drf->files; i++) {
        const size_t stretches = drf->stretches, before = *times;
        status =
            data->h5.damaged ? pass_over(data, drf, i, times) : index_file(data, drf, i, times);
        if (status == CPH_OK || !waits || !is_unreadable(status))
            continue;
        cph_drf_forget(drf); /* it is another when it is whole */
        while (drf->files > i)
            free(drf->file[--drf->files]);
        drf->stretches = stretches;
        *times = before;
        status = CPH_OK;
    }
    data->h5.error = error;
    if (drf->files == 0 && why.status != CPH_OK)
        status = why.status;
    if (status != CPH_OK && waits && error != NULL)
        *error = why;
    return status;
}
