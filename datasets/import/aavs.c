/* SPDX-License-Identifier: MIT */
/* The correlator files of the SKA-Low prototype stations (AAVS, pydaq), read in place.
 *
 * /correlation_matrix/data [time, channel, baseline, product], baselines a <= b in the order of
 * numpy's triu_indices. The array is presented as two inputs an antenna: first all X, then all Y.
 * What the four products hold was settled on recorded data: only this reading of the second and
 * third makes the matrix of all inputs positive definite, and a wave from s then has the phase
 * +2 pi f (r_a - r_b).s/c in all of them. The names on the file's side, XX XY YX YY, have the cross
 * products the other way round. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "datasets/data.h"
#include "kernels/core/size.h"

enum { PRODUCTS = 4 };
static const double channel_spacing_hz = 781250.0;
/* Coarse channels are oversampled by 32/27, so that one is 925926 Hz wide. */
static const double channel_width_hz = 781250.0 * 32.0 / 27.0;
static const char set_name[] = "/correlation_matrix/data";

/* Product that holds p_a conj(q_b), a <= b, for polarisations p and q (0: X, 1: Y). */
static const size_t product_of[2][2] = {{0, 2}, {1, 3}};

bool cph_aavs_probe(const cph_h5 *h5)
{
    return cph_h5_exists(h5, set_name) && cph_h5_exists(h5, "/root");
}

/* R_pq of two inputs from the upper triangle; R is Hermitian bit for bit. */
static cph_c64 entry(const cph_c64 *v, size_t antennas, size_t p, size_t q)
{
    size_t a = p % antennas, b = q % antennas, pol_a = p / antennas, pol_b = q / antennas;
    /* An antenna's own cross product stands there twice, rounded apart: one is taken. */
    if (a > b || (a == b && pol_a > pol_b)) {
        cph_c64 mirrored = entry(v, antennas, q, p);
        return (cph_c64){mirrored.re, -mirrored.im};
    }
    size_t baseline = a * antennas - a * (a + 1) / 2 + b;
    return v[baseline * PRODUCTS + product_of[pol_a][pol_b]];
}

static cph_status read_covariance(cph_data *data, size_t time, size_t channel,
                                  const size_t *element, size_t elements, cph_c64 *r)
{
    const cph_h5_complex *c = &data->bulk;
    const size_t from[4] = {time, channel, 0, 0}, box[4] = {1, 1, c->set.dim[2], PRODUCTS};
    cph_c64 *v = calloc(c->set.dim[2], PRODUCTS * sizeof *v);
    if (v == NULL)
        return cph_h5_fail(&data->h5, CPH_ERR_MEMORY, set_name, "no memory");
    cph_status status = cph_h5_complex_read(&data->h5, c, H5T_NATIVE_DOUBLE, from, box, v);
    for (size_t i = 0; status == CPH_OK && i < elements; i++)
        for (size_t j = 0; j < elements; j++)
            r[i * elements + j] =
                entry(v, data->header.axis_elements, element == NULL ? i : element[i],
                      element == NULL ? j : element[j]);
    free(v);
    return status;
}

static const cph_reader reader = {.covariance = read_covariance};

/* n of n (n + 1) / 2 baselines, or 0. */
static size_t antennas_of(size_t baselines)
{
    size_t n = (size_t)((sqrt(8.0 * (double)baselines + 1.0) - 1.0) / 2.0 + 0.5);
    return n <= CPH_ELEMENTS_MAX && n * (n + 1) / 2 == baselines ? n : 0;
}

static cph_status make_inputs(cph_data *data, size_t antennas)
{
    cph_status status = cph_data_make_array(data, set_name, 2 * antennas, antennas);
    for (size_t i = 0; status == CPH_OK && i < 2 * antennas; i++) {
        data->header.array.element[i].number = (uint32_t)(i % antennas);
        data->header.array.element[i].polarization = i < antennas ? 'X' : 'Y';
    }
    return status;
}

static cph_status open_bulk(cph_data *data)
{
    static const size_t expect[4] = {0, 0, 0, PRODUCTS};
    cph_h5_complex *c = &data->bulk;
    cph_status status = cph_h5_complex_open(&data->h5, set_name, false, c);
    if (status == CPH_OK)
        status =
            cph_h5_set_shape(&data->h5, &c->set, 4, expect, "time, channel, baseline, product");
    if (status != CPH_OK)
        return status;
    size_t antennas = antennas_of(c->set.dim[2]);
    if (antennas == 0)
        return cph_h5_fail(&data->h5, CPH_ERR_FORMAT, set_name,
                           "has %zu baselines, expected n (n + 1) / 2 of n antennas",
                           c->set.dim[2]);
    status = cph_data_make_axes(data, c->set.dim[0], c->set.dim[1]);
    return status == CPH_OK ? make_inputs(data, antennas) : status;
}

static cph_status read_frequency(cph_data *data)
{
    cph_data_header *h = &data->header;
    double id = NAN;
    cph_status status = cph_h5_number(&data->h5, "/root", "channel_id", &id);
    if (status == CPH_OK && id < 0.0)
        return cph_h5_fail(&data->h5, CPH_ERR_FORMAT, "/root",
                           "attribute channel_id is %g, expected a channel number", id);
    for (size_t c = 0; c < h->channels; c++)
        h->channel_freq_hz[c] = (id + (double)c) * channel_spacing_hz;
    return status;
}

/* The time stamps of the data set start each dump; those of the attributes start the recording. */
static cph_status read_times(cph_data *data)
{
    cph_data_header *h = &data->header;
    const size_t dim[2] = {h->times, 1};
    cph_status status =
        cph_native_optional(&data->h5, "/sample_timestamps/data", 2, dim, h->time_unix_s);
    if (status == CPH_OK)
        status = cph_h5_number(&data->h5, "/root", "tsamp", &h->integration_s);
    if (status != CPH_OK)
        return status;
    if (!(h->integration_s > 0.0))
        h->integration_s = NAN;
    h->n_samples = h->integration_s * channel_width_hz;
    for (size_t t = 0; t < h->times; t++)
        h->time_unix_s[t] += isnan(h->integration_s) ? 0.0 : 0.5 * h->integration_s;
    return CPH_OK;
}

cph_status cph_aavs_open(cph_data *data)
{
    cph_data_header *h = &data->header;
    h->kind = CPH_KIND_COVARIANCE;
    h->has_diagonal = true;
    data->reader = &reader;
    cph_status status = open_bulk(data);
    if (status == CPH_OK)
        status = read_frequency(data);
    if (status == CPH_OK)
        status = read_times(data);
    if (status == CPH_OK)
        h->sample_bytes =
            h->times * h->channels * data->bulk.set.dim[2] * PRODUCTS * data->bulk.set.type_size;
    return status;
}
