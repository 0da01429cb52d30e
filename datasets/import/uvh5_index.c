/* SPDX-License-Identifier: MIT */
/* Rows of a UVH5 file in order of time and baseline, and the antennas that they are of. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "datasets/import/uvh5.h"

static const double unix_epoch_jd = 2440587.5;
static const double seconds_per_day = 86400.0;
/* Rows of one dump differ by no more: 1 ms, or this share of the integration time. */
static const double same_time_s = 1e-3;
static const double same_time_share = 0.1;

static const char *const antenna_names[2] = {"/Header/ant_1_array", "/Header/ant_2_array"};

/* ---- antennas ---- */

static int by_value(const void *left, const void *right)
{
    const double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

/* Numbers of both ends [2][rows], whole. */
static cph_status read_ends(cph_data *data, size_t rows, double *end)
{
    for (size_t k = 0; k < 2; k++) {
        const cph_status status =
            cph_h5_doubles(&data->h5, antenna_names[k], 1, &rows, end + k * rows);
        if (status != CPH_OK)
            return status;
        for (size_t i = 0; i < rows; i++) {
            const double number = end[k * rows + i];
            if (!(number >= 0.0 && number < UINT32_MAX && number == floor(number)))
                return cph_h5_fail(&data->h5, CPH_ERR_FORMAT, antenna_names[k],
                                   "row %zu is %g, expected the number of an antenna", i, number);
        }
    }
    return CPH_OK;
}

/* number [count]: those that occur, rising. */
static size_t keep_unique(double *number, size_t count)
{
    size_t kept = 0;
    qsort(number, count, sizeof *number, by_value);
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || number[i] != number[kept - 1])
            number[kept++] = number[i];
    return kept;
}

static void take_ends(cph_uvh5 *u, const double *end, const double *number)
{
    for (size_t i = 0; i < 2 * u->rows; i++) {
        const double *at = bsearch(&end[i], number, u->antennas, sizeof *number, by_value);
        u->row[i % u->rows].antenna[i / u->rows] = at == NULL ? 0 : (size_t)(at - number);
    }
}

static cph_status make_inputs(cph_data *data, cph_uvh5 *u, const double *number)
{
    static const char letters[2] = {'X', 'Y'};
    size_t inputs = 0;
    for (size_t pol = 0; pol < 2; pol++) {
        const bool used = u->product_of[pol][0] != CPH_UVH5_NONE ||
                          u->product_of[pol][1] != CPH_UVH5_NONE ||
                          u->product_of[1 - pol][pol] != CPH_UVH5_NONE;
        u->input_of[pol] = used ? inputs : CPH_UVH5_NONE;
        inputs += used ? u->antennas : 0;
    }
    cph_status status = cph_data_make_array(data, antenna_names[0], inputs, u->antennas);
    for (size_t pol = 0; status == CPH_OK && pol < 2; pol++)
        for (size_t n = 0; u->input_of[pol] != CPH_UVH5_NONE && n < u->antennas; n++) {
            cph_element *element = &data->header.array.element[cph_uvh5_input(u, n, pol)];
            element->number = (uint32_t)number[n];
            element->polarization = letters[pol];
        }
    return status;
}

static cph_status read_antennas(cph_data *data, cph_uvh5 *u)
{
    double *end = calloc(u->rows, 4 * sizeof *end);
    if (end == NULL)
        return cph_h5_fail(&data->h5, CPH_ERR_MEMORY, antenna_names[0], "no memory");
    double *number = end + 2 * u->rows;
    cph_status status = read_ends(data, u->rows, end);
    if (status == CPH_OK) {
        memcpy(number, end, 2 * u->rows * sizeof *end);
        u->antennas = keep_unique(number, 2 * u->rows);
        take_ends(u, end, number);
        status = make_inputs(data, u, number);
    }
    free(end);
    return status;
}

/* ---- times ---- */

typedef struct stamp {
    double unix_s;
    size_t row;
} stamp;

static int by_time(const void *left, const void *right)
{
    const stamp *a = left, *b = right;
    return a->unix_s != b->unix_s ? (a->unix_s > b->unix_s) - (a->unix_s < b->unix_s)
                                  : (a->row > b->row) - (a->row < b->row);
}

/* Rows in order of time, cut into dumps. */
static cph_status cut_dumps(cph_data *data, cph_uvh5 *u, const stamp *sorted)
{
    const double step = data->header.integration_s * same_time_share;
    const double apart = isnan(step) ? same_time_s : step;
    size_t times = 0;
    double start = NAN;
    for (size_t i = 0; i < u->rows; i++) {
        if (i == 0 || sorted[i].unix_s - start > apart) {
            start = sorted[i].unix_s;
            u->begin[times++] = i;
        }
        u->order[i] = sorted[i].row;
        u->row[sorted[i].row].time = times - 1;
    }
    u->begin[times] = u->rows;
    const cph_status status = cph_data_make_axes(data, times, data->header.channels);
    for (size_t t = 0; status == CPH_OK && t < times; t++)
        data->header.time_unix_s[t] = sorted[u->begin[t]].unix_s;
    return status;
}

static cph_status read_times(cph_data *data, cph_uvh5 *u)
{
    static const char name[] = "/Header/time_array";
    double *day = calloc(u->rows, sizeof *day);
    stamp *sorted = calloc(u->rows, sizeof *sorted);
    cph_status status = CPH_ERR_MEMORY;
    if (day == NULL || sorted == NULL)
        (void)cph_h5_fail(&data->h5, status, name, "no memory");
    else
        status = cph_h5_doubles(&data->h5, name, 1, &u->rows, day);
    for (size_t i = 0; status == CPH_OK && i < u->rows; i++) {
        sorted[i] = (stamp){(day[i] - unix_epoch_jd) * seconds_per_day, i};
        if (!isfinite(day[i]))
            status = cph_h5_fail(&data->h5, CPH_ERR_FORMAT, name,
                                 "row %zu is %g, expected a Julian date", i, day[i]);
    }
    if (status == CPH_OK) {
        qsort(sorted, u->rows, sizeof *sorted, by_time);
        status = cut_dumps(data, u, sorted);
    }
    free(day);
    free(sorted);
    return status;
}

/* ---- baselines of a dump ---- */

/* The antennas of a row, the smaller index first. */
static void ends_of(const cph_uvh5_row *row, size_t end[2])
{
    const size_t a = row->antenna[0], b = row->antenna[1];
    end[0] = a < b ? a : b;
    end[1] = a < b ? b : a;
}

static int by_baseline(const void *left, const void *right, void *context)
{
    const cph_uvh5 *u = context;
    size_t a[2], b[2];
    ends_of(&u->row[*(const size_t *)left], a);
    ends_of(&u->row[*(const size_t *)right], b);
    const size_t k = a[0] != b[0] ? 0 : 1;
    return (a[k] > b[k]) - (a[k] < b[k]);
}

/* Sorts the baselines of each dump; counts autocorrelations and what is missing. */
static cph_status sort_dumps(cph_data *data, cph_uvh5 *u)
{
    cph_data_header *h = &data->header;
    const double pairs = 0.5 * (double)u->antennas * ((double)u->antennas - 1.0);
    double missing = 0.0;
    h->has_diagonal = true;
    for (size_t t = 0; t < h->times; t++) {
        const size_t count = u->begin[t + 1] - u->begin[t];
        size_t *order = u->order + u->begin[t], autos = 0;
        qsort_r(order, count, sizeof *order, by_baseline, u);
        for (size_t i = 0; i < count; i++) {
            const cph_uvh5_row *row = &u->row[order[i]];
            autos += row->antenna[0] == row->antenna[1];
            if (i > 0 && by_baseline(&order[i - 1], &order[i], u) == 0)
                return cph_h5_fail(&data->h5, CPH_ERR_FORMAT, antenna_names[0],
                                   "rows %zu and %zu are of one baseline at one time", order[i - 1],
                                   order[i]);
        }
        h->has_diagonal = h->has_diagonal && autos == u->antennas;
        missing += pairs - (double)(count - autos);
    }
    h->missing = (size_t)missing;
    return CPH_OK;
}

cph_status cph_uvh5_index(cph_data *data, cph_uvh5 *u)
{
    u->row = calloc(u->rows, sizeof *u->row);
    u->order = calloc(u->rows, sizeof *u->order);
    u->begin = calloc(u->rows + 1, sizeof *u->begin);
    if (u->row == NULL || u->order == NULL || u->begin == NULL)
        return cph_h5_fail(&data->h5, CPH_ERR_MEMORY, antenna_names[0], "no memory for %zu rows",
                           u->rows);
    cph_status status = read_antennas(data, u);
    if (status == CPH_OK)
        status = read_times(data, u);
    return status == CPH_OK ? sort_dumps(data, u) : status;
}
