/* SPDX-License-Identifier: MIT */
/* Visibilities of a UVH5 file: some channels of a dump at a time; flags; counts of samples. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "datasets/import/uvh5.h"
#include "kernels/core/size.h"

enum { WINDOW_BYTES = 8 << 20, SURVEY_BYTES = 1 << 20 };

cph_status cph_uvh5_box(cph_data *data, const cph_h5_set *set, hid_t type, size_t first,
                        size_t rows, size_t channel, size_t channels, void *value)
{
    const cph_h5_complex *bulk = &data->bulk;
    const bool windows = bulk->set.rank == 4;
    const size_t products = ((const cph_uvh5 *)data->layout)->products;
    const size_t from[4] = {first, windows ? 0 : channel, windows ? channel : 0, 0};
    const size_t box[4] = {rows, windows ? 1 : channels, windows ? channels : products, products};
    return set == NULL ? cph_h5_complex_read(&data->h5, bulk, type, from, box, value)
                       : cph_h5_set_read(&data->h5, set, type, from, box, value);
}

/* Rows of the dump that follow each other in the file from `at` on. */
static size_t run_of(const cph_uvh5 *u, size_t at, size_t end)
{
    size_t count = 1;
    while (at + count < end && u->order[at + count] == u->order[at] + count)
        count++;
    return count;
}

/* ---- a window: channels of a dump ---- */

/* Room for the rows of a dump, channels as memory allows. */
static cph_status reserve(cph_data *data, cph_uvh5 *u, size_t rows)
{
    size_t bytes = 0, spectrum = 0;
    if (!cph_size_mul(rows, u->products * sizeof *u->value, &spectrum) || spectrum == 0)
        return cph_h5_fail(&data->h5, CPH_ERR_OVERFLOW, data->bulk.set.name, "is too large");
    u->windows = cph_size_min(WINDOW_BYTES / spectrum, data->header.channels);
    u->windows = u->windows == 0 ? 1 : u->windows;
    free(u->value);
    u->value = cph_size_mul(spectrum, u->windows, &bytes) ? malloc(bytes) : NULL;
    return u->value != NULL ? CPH_OK
                            : cph_h5_fail(&data->h5, CPH_ERR_MEMORY, data->bulk.set.name,
                                          "no memory for a dump of %zu baselines", rows);
}

/* What is flagged is NaN. */
static cph_status strike(cph_data *data, const cph_uvh5 *u, size_t first, size_t rows,
                         size_t channel, size_t channels, cph_c64 *value, unsigned char *scratch)
{
    if (u->flags.id < 0)
        return CPH_OK;
    const size_t count = rows * channels * u->products;
    const cph_status status =
        cph_uvh5_box(data, &u->flags, H5T_NATIVE_UCHAR, first, rows, channel, channels, scratch);
    for (size_t i = 0; status == CPH_OK && i < count; i++)
        if (scratch[i] != 0)
            value[i] = (cph_c64){NAN, NAN};
    return status;
}

static cph_status fill(cph_data *data, const cph_uvh5 *u, unsigned char *scratch)
{
    const size_t begin = u->begin[u->window_time], end = u->begin[u->window_time + 1];
    cph_status status = CPH_OK;
    for (size_t at = begin, count = 0; status == CPH_OK && at < end; at += count) {
        count = run_of(u, at, end);
        cph_c64 *value = u->value + (at - begin) * u->windows * u->products;
        status = cph_uvh5_box(data, NULL, H5T_NATIVE_DOUBLE, u->order[at], count, u->window_channel,
                              u->windows, value);
        if (status == CPH_OK)
            status =
                strike(data, u, u->order[at], count, u->window_channel, u->windows, value, scratch);
    }
    return status;
}

static cph_status load(cph_data *data, cph_uvh5 *u, size_t time, size_t channel)
{
    const size_t rows = u->begin[time + 1] - u->begin[time];
    if (u->value != NULL && time == u->window_time && channel >= u->window_channel &&
        channel < u->window_channel + u->windows)
        return CPH_OK;
    cph_status status = reserve(data, u, rows);
    if (status != CPH_OK || u->value == NULL)
        return status;
    u->window_time = time;
    u->window_channel = channel;
    u->windows = cph_size_min(u->windows, data->header.channels - channel);
    unsigned char *scratch = malloc(rows * u->windows * u->products + 1);
    if (scratch == NULL)
        status = cph_h5_fail(&data->h5, CPH_ERR_MEMORY, data->bulk.set.name, "no memory");
    else
        status = fill(data, u, scratch);
    free(scratch);
    if (status != CPH_OK) {
        free(u->value);
        u->value = NULL;
    }
    return status;
}

/* ---- the matrix ---- */

/* The place in `order` of the baseline of two antennas in a dump, or CPH_UVH5_NONE. */
static size_t find(const cph_uvh5 *u, size_t time, size_t p, size_t q)
{
    const size_t low = p < q ? p : q, high = p < q ? q : p;
    size_t from = u->begin[time], to = u->begin[time + 1];
    while (from < to) {
        const size_t middle = from + (to - from) / 2;
        const size_t *end = u->row[u->order[middle]].antenna;
        const size_t a = end[0] < end[1] ? end[0] : end[1], b = end[0] < end[1] ? end[1] : end[0];
        if (a == low && b == high)
            return middle;
        if (a < low || (a == low && b < high))
            from = middle + 1;
        else
            to = middle;
    }
    return CPH_UVH5_NONE;
}

/* R_pq of two inputs; Hermitian bit for bit. */
static cph_c64 entry(const cph_uvh5 *u, size_t time, size_t channel, size_t p, size_t q)
{
    static const cph_c64 missing = {NAN, NAN};
    const size_t pol_p = u->input_of[1] != CPH_UVH5_NONE && p >= u->input_of[1] ? 1 : 0;
    const size_t pol_q = u->input_of[1] != CPH_UVH5_NONE && q >= u->input_of[1] ? 1 : 0;
    const size_t a = p - u->input_of[pol_p], b = q - u->input_of[pol_q];
    const size_t at = find(u, time, a, b);
    if (at == CPH_UVH5_NONE)
        return missing;
    /* An antenna's own cross product may stand there twice: one is taken. */
    const size_t straight = u->product_of[pol_p][pol_q], across = u->product_of[pol_q][pol_p];
    const bool turned =
        a == b ? straight == CPH_UVH5_NONE || (pol_p > pol_q && across != CPH_UVH5_NONE)
               : u->row[u->order[at]].antenna[0] != a;
    const size_t product = turned ? across : straight;
    if (product == CPH_UVH5_NONE)
        return missing;
    const cph_c64 *dump = u->value + (at - u->begin[time]) * u->windows * u->products;
    const cph_c64 v = dump[(channel - u->window_channel) * u->products + product];
    if (p == q)
        return isnan(v.re) ? missing : (cph_c64){v.re, 0.0};
    return turned ? v : (cph_c64){v.re, -v.im}; /* visdata is conj(x_1) x_2 */
}

cph_status cph_uvh5_covariance(cph_data *data, size_t time, size_t channel, const size_t *element,
                               size_t elements, cph_c64 *r)
{
    cph_uvh5 *u = data->layout;
    const cph_status status = load(data, u, time, channel);
    for (size_t i = 0; status == CPH_OK && i < elements; i++)
        for (size_t j = 0; j < elements; j++)
            r[i * elements + j] = entry(u, time, channel, element == NULL ? i : element[i],
                                        element == NULL ? j : element[j]);
    return status;
}

/* ---- at opening ---- */

/* Marks the inputs of a row whose product has any channel unflagged. */
static void mark_alive(const cph_uvh5 *u, size_t row, size_t channels, const unsigned char *flag,
                       bool *alive)
{
    for (size_t k = 0; k < u->products; k++) {
        size_t c = 0;
        while (c < channels && flag[c * u->products + k] != 0)
            c++;
        for (size_t i = 0; c < channels && i < 2; i++)
            alive[cph_uvh5_input(u, u->row[row].antenna[i], u->pol[k][i])] = true;
    }
}

static bool all_of(const bool *value, size_t count)
{
    size_t i = 0;
    while (i < count && value[i])
        i++;
    return i == count;
}

/* Reads flags until every input was seen alive. */
static cph_status find_alive(cph_data *data, const cph_uvh5 *u, bool *alive)
{
    const size_t channels = data->header.channels, inputs = data->header.array.elements;
    const size_t spectrum = channels * u->products; /* fits: its claimed size was checked */
    const size_t step = SURVEY_BYTES / spectrum == 0 ? 1 : SURVEY_BYTES / spectrum;
    unsigned char *flag = malloc(step * spectrum);
    if (flag == NULL)
        return cph_h5_fail(&data->h5, CPH_ERR_MEMORY, u->flags.name, "no memory");
    cph_status status = CPH_OK;
    for (size_t row = 0; status == CPH_OK && row < u->rows && !all_of(alive, inputs);) {
        const size_t now = cph_size_min(step, u->rows - row);
        status = cph_uvh5_box(data, &u->flags, H5T_NATIVE_UCHAR, row, now, 0, channels, flag);
        for (size_t i = 0; status == CPH_OK && i < now; i++)
            mark_alive(u, row + i, channels, flag + i * spectrum, alive);
        row += now;
    }
    free(flag);
    return status;
}

/* The smallest count above 0 among the first rows; NaN where there is none: some correlators
 * leave them all 0. */
static cph_status least_count(cph_data *data, const cph_uvh5 *u, double *least)
{
    const size_t spectrum = data->header.channels * u->products;
    const size_t most = SURVEY_BYTES / sizeof(double) / spectrum;
    const size_t rows = cph_size_min(u->rows, most == 0 ? 1 : most);
    double *count = calloc(rows * spectrum + 1, sizeof *count);
    *least = NAN;
    if (count == NULL)
        return cph_h5_fail(&data->h5, CPH_ERR_MEMORY, u->nsamples.name, "no memory");
    const cph_status status = cph_uvh5_box(data, &u->nsamples, H5T_NATIVE_DOUBLE, 0, rows, 0,
                                           data->header.channels, count);
    for (size_t i = 0; status == CPH_OK && i < rows * spectrum; i++)
        if (count[i] > 0.0)
            *least = fmin(*least, count[i]);
    free(count);
    return status;
}

cph_status cph_uvh5_survey(cph_data *data, cph_uvh5 *u)
{
    cph_array *array = &data->header.array;
    double count = 1.0;
    cph_status status = u->nsamples.id >= 0 ? least_count(data, u, &count) : CPH_OK;
    data->header.n_samples *= count;
    if (status != CPH_OK || u->flags.id < 0)
        return status;
    bool *alive = calloc(array->elements, sizeof *alive);
    if (alive == NULL)
        return cph_h5_fail(&data->h5, CPH_ERR_MEMORY, u->flags.name, "no memory");
    status = find_alive(data, u, alive);
    for (size_t n = 0; status == CPH_OK && n < array->elements; n++)
        array->element[n].listed = !alive[n];
    free(alive);
    return status;
}
