/* SPDX-License-Identifier: MIT */
/* Borealis rawacf, array files: lag products of the main and the interferometer array. At lag 0
 * they are a covariance; at others, of two times, they are none. Stored is conj(x_main) x_intf, as
 * products of the samples (bfiq) of the same recording show. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "datasets/data.h"

enum { RANK = 4, MAIN = 0, INTERFEROMETER, CROSS, SETS };
static const char *const names[SETS] = {"/main_acfs", "/intf_acfs", "/xcfs"};
static const char lags_name[] = "/lags", sequences_name[] = "/num_sequences";
static const char stamps_name[] = "/sqn_timestamps", integration_name[] = "/int_time";

typedef struct lags {
    cph_h5_complex set[SETS];
    size_t records, beams, ranges, zero; /* zero: index of lag 0 */
} lags;

bool cph_borealis_lags_probe(const cph_h5 *h5)
{
    return cph_h5_exists(h5, names[MAIN]) && cph_h5_exists(h5, names[CROSS]) &&
           cph_h5_exists(h5, lags_name);
}

static void close_layout(cph_data *data)
{
    lags *l = data->layout;
    for (size_t k = 0; k < SETS; k++)
        cph_h5_set_close(&l->set[k].set);
    free(l);
    data->layout = NULL;
}

static cph_status read_covariance(cph_data *data, size_t time, size_t channel,
                                  const size_t *element, size_t elements, cph_c64 *r)
{
    const lags *l = data->layout;
    const size_t one[RANK] = {1, 1, 1, 1};
    const size_t at[RANK] = {time / l->ranges / l->beams, time / l->ranges % l->beams,
                             time % l->ranges, l->zero};
    cph_c64 v[SETS];
    cph_status status = CPH_OK;
    (void)channel;
    for (size_t k = 0; status == CPH_OK && k < SETS; k++)
        status = cph_h5_complex_read(&data->h5, &l->set[k], H5T_NATIVE_DOUBLE, at, one, &v[k]);
    if (status != CPH_OK)
        return status;
    const cph_c64 whole[2][2] = {{{v[MAIN].re, 0.0}, {v[CROSS].re, -v[CROSS].im}},
                                 {{v[CROSS].re, v[CROSS].im}, {v[INTERFEROMETER].re, 0.0}}};
    for (size_t i = 0; i < elements; i++)
        for (size_t j = 0; j < elements; j++)
            r[i * elements + j] =
                whole[element == NULL ? i : element[i]][element == NULL ? j : element[j]];
    return CPH_OK;
}

static const cph_reader reader = {.covariance = read_covariance, .close = close_layout};

static cph_status open_sets(cph_data *data, lags *l)
{
    size_t expect[RANK] = {0};
    cph_status status = CPH_OK;
    for (size_t k = 0; status == CPH_OK && k < SETS; k++) {
        status = cph_h5_complex_open(&data->h5, names[k], false, &l->set[k]);
        if (status == CPH_OK)
            status = cph_h5_set_shape(&data->h5, &l->set[k].set, RANK, expect,
                                      "record, beam, range, lag");
        memcpy(expect, l->set[k].set.dim, sizeof expect);
    }
    l->records = expect[0];
    l->beams = expect[1];
    l->ranges = expect[2];
    return status;
}

/* The first lag of a pulse with itself. */
static cph_status find_zero(cph_data *data, lags *l)
{
    const size_t count = l->set[MAIN].set.dim[RANK - 1], dim[2] = {count, 2};
    double *pulse = cph_data_unknown(2 * count + 1);
    if (pulse == NULL)
        return cph_h5_fail(&data->h5, CPH_ERR_MEMORY, lags_name, "no memory");
    cph_status status = cph_h5_doubles(&data->h5, lags_name, 2, dim, pulse);
    for (l->zero = 0; status == CPH_OK && l->zero < count; l->zero++)
        if (pulse[2 * l->zero] == pulse[2 * l->zero + 1])
            break;
    free(pulse);
    if (status == CPH_OK && l->zero == count)
        status = cph_h5_fail(&data->h5, CPH_ERR_FORMAT, lags_name,
                             "has no lag 0, at which lag products are a covariance");
    return status;
}

/* The least of `count` numbers above 0; NaN where there are none. */
static cph_status least(const cph_data *data, const char *name, size_t count, double *value)
{
    double *all = cph_data_unknown(count + 1);
    *value = NAN;
    if (all == NULL)
        return cph_h5_fail(&data->h5, CPH_ERR_MEMORY, name, "no memory");
    const cph_status status = cph_native_optional(&data->h5, name, 1, &count, all);
    for (size_t i = 0; status == CPH_OK && i < count; i++)
        if (all[i] > 0.0 && isfinite(all[i]))
            *value = fmin(*value, all[i]);
    free(all);
    return status;
}

/* Middles of the records, from the first to the last of their sequences. */
static void take_times(cph_data *data, const lags *l, const double *stamp, size_t sequences)
{
    const size_t dumps = l->beams * l->ranges;
    for (size_t r = 0; r < l->records; r++) {
        double first = NAN, last = NAN;
        for (size_t s = 0; s < sequences; s++) {
            first = fmin(first, stamp[r * sequences + s]);
            last = fmax(last, stamp[r * sequences + s]);
        }
        for (size_t d = 0; d < dumps; d++)
            data->header.time_unix_s[r * dumps + d] = 0.5 * (first + last);
    }
}

static cph_status read_times(cph_data *data, const lags *l)
{
    cph_h5_set set;
    if (!cph_h5_exists(&data->h5, stamps_name))
        return CPH_OK;
    cph_status status = cph_h5_set_open(&data->h5, stamps_name, &set);
    if (status != CPH_OK)
        return status;
    const size_t sequences = set.rank == 2 ? set.dim[1] : 1, dim[2] = {l->records, sequences};
    cph_h5_set_close(&set);
    double *stamp = cph_data_unknown(l->records * sequences + 1);
    if (stamp == NULL)
        return cph_h5_fail(&data->h5, CPH_ERR_MEMORY, stamps_name, "no memory");
    status = cph_h5_doubles(&data->h5, stamps_name, 2, dim, stamp);
    if (status == CPH_OK)
        take_times(data, l, stamp, sequences);
    free(stamp);
    return status;
}

static cph_status read_header(cph_data *data, const lags *l)
{
    static const char *const element_names[] = {"main", "intf"};
    cph_data_header *h = &data->header;
    cph_status status = cph_data_make_axes(data, l->records * l->beams * l->ranges, 1);
    if (status == CPH_OK)
        status = cph_data_make_array(data, names[MAIN], 2, 2);
    for (size_t n = 0; status == CPH_OK && n < 2; n++)
        memcpy(h->array.element[n].name, element_names[n], strlen(element_names[n]) + 1);
    if (status == CPH_OK)
        status = cph_h5_number(&data->h5, "/", "freq", &h->center_freq_hz);
    h->center_freq_hz *= 1e3; /* kHz */
    if (status == CPH_OK)
        status = least(data, sequences_name, l->records, &h->n_samples);
    if (status == CPH_OK)
        status = least(data, integration_name, l->records, &h->integration_s);
    return status == CPH_OK ? read_times(data, l) : status;
}

cph_status cph_borealis_lags_open(cph_data *data)
{
    lags *l = calloc(1, sizeof *l);
    if (l == NULL)
        return cph_h5_fail(&data->h5, CPH_ERR_MEMORY, NULL, "no memory");
    for (size_t k = 0; k < SETS; k++)
        l->set[k].set.id = -1;
    data->header.kind = CPH_KIND_COVARIANCE;
    data->header.has_diagonal = true;
    data->layout = l;
    data->reader = &reader;
    cph_status status = open_sets(data, l);
    if (status == CPH_OK)
        status = find_zero(data, l);
    if (status == CPH_OK)
        status = read_header(data, l);
    if (status == CPH_OK)
        data->header.sample_bytes = data->header.times * SETS * l->set[MAIN].set.type_size;
    return status;
}
