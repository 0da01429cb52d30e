/* SPDX-License-Identifier: MIT */
/* UVH5, the layout of pyuvdata (Memo: UVH5 file format, La Plante et al.), read in place.
 *
 * /Data/visdata [row, (window,) channel, product], a row being one baseline at one time, in any
 * order. Presented as a covariance: first all X inputs of the antennas with data, then all Y.
 * visdata is conj(x_1) x_2 of ant_1 and ant_2 (pyuvdata, Conventions), the first letter of a
 * product the polarisation of ant_1: R_pq with p = ant_2, q = ant_1. Recorded data of HERA agree:
 * while the sky moves west, the phase of every baseline with ant_2 east of ant_1 falls, so that of
 * a wave from s is +2 pi f (r_2 - r_1).s/c. Gains that go with such files enter as g_1 conj(g_2)
 * all the same: they are for the time factor exp(-j w t), and conjugate to ours. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "datasets/import/uvh5.h"

static const char vis_name[] = "/Data/visdata";

/* Codes of AIPS memo 117. */
enum { CODE_XX = -5, CODE_YX = -8 };
static const size_t pols_of[CPH_UVH5_PRODUCTS][2] = {{0, 0}, {1, 1}, {0, 1}, {1, 0}};

bool cph_uvh5_probe(const cph_h5 *h5)
{
    return cph_h5_exists(h5, vis_name) && cph_h5_exists(h5, "/Header");
}

static void close_layout(cph_data *data)
{
    cph_uvh5 *u = data->layout;
    cph_h5_set_close(&u->flags);
    cph_h5_set_close(&u->nsamples);
    free(u->row);
    free(u->order);
    free(u->begin);
    free(u->value);
    free(u);
    data->layout = NULL;
}

static const cph_reader reader = {.covariance = cph_uvh5_covariance,
                                  .truth = cph_native_truth, /* in the order of the inputs */
                                  .truth_delays = cph_native_truth_delays,
                                  .truth_sources = cph_native_truth_sources,
                                  .close = close_layout};

/* Version 0.1 has an axis of spectral windows, of one. */
static cph_status open_bulk(cph_data *data, cph_uvh5 *u)
{
    cph_h5_complex *c = &data->bulk;
    cph_status status = cph_h5_complex_open(&data->h5, vis_name, false, c);
    if (status != CPH_OK)
        return status;
    const bool windows = c->set.rank == 4;
    static const size_t with[4] = {0, 1, 0, 0}, without[3] = {0, 0, 0};
    status = cph_h5_set_shape(&data->h5, &c->set, windows ? 4 : 3, windows ? with : without,
                              windows ? "row, window, channel, product" : "row, channel, product");
    if (status != CPH_OK)
        return status;
    u->rows = c->set.dim[0];
    u->products = c->set.dim[c->set.rank - 1];
    data->header.channels = c->set.dim[c->set.rank - 2];
    return CPH_OK;
}

static cph_status open_beside(cph_data *data, const char *name, cph_h5_set *set)
{
    if (!cph_h5_exists(&data->h5, name))
        return CPH_OK;
    cph_status status = cph_h5_set_open(&data->h5, name, set);
    return status == CPH_OK ? cph_h5_set_shape(&data->h5, set, data->bulk.set.rank,
                                               data->bulk.set.dim, "as /Data/visdata")
                            : status;
}

static cph_status read_products(cph_data *data, cph_uvh5 *u)
{
    static const char name[] = "/Header/polarization_array";
    double code[CPH_UVH5_PRODUCTS];
    if (u->products > CPH_UVH5_PRODUCTS)
        return cph_h5_fail(&data->h5, CPH_ERR_FORMAT, vis_name, "has %zu products, expected 1 to 4",
                           u->products);
    cph_status status = cph_h5_doubles(&data->h5, name, 1, &u->products, code);
    memset(u->product_of, 0xff, sizeof u->product_of); /* CPH_UVH5_NONE */
    for (size_t k = 0; status == CPH_OK && k < u->products; k++) {
        if (!(code[k] <= CODE_XX && code[k] >= CODE_YX && code[k] == floor(code[k])))
            return cph_h5_fail(&data->h5, CPH_ERR_UNSUPPORTED, name,
                               "product %zu is %g, expected -5 (XX), -6 (YY), -7 (XY) or -8 (YX)",
                               k, code[k]);
        const size_t *pol = pols_of[(size_t)(CODE_XX - code[k])];
        if (u->product_of[pol[0]][pol[1]] != CPH_UVH5_NONE)
            return cph_h5_fail(&data->h5, CPH_ERR_FORMAT, name, "has %g twice", code[k]);
        u->product_of[pol[0]][pol[1]] = k;
        memcpy(u->pol[k], pol, sizeof u->pol[k]);
    }
    return status;
}

/* Phases must be those of the antennas where they stand. */
static cph_status check_phase(cph_data *data, const char *name, const char *wanted)
{
    char text[24];
    const cph_status status = cph_h5_strings(&data->h5, name, 1, sizeof text, text);
    if (status != CPH_OK || strcmp(text, wanted) == 0)
        return status;
    return cph_h5_fail(&data->h5, CPH_ERR_UNSUPPORTED, name,
                       "is \"%s\": phases are turned to follow a place in the sky, expected %s",
                       text, wanted);
}

static cph_status check_catalog(cph_data *data, const char *catalog)
{
    cph_status status = CPH_OK;
    H5G_info_t about = {.nlinks = 0};
    if (H5Gget_info_by_name(data->h5.file, catalog, &about, H5P_DEFAULT) < 0)
        return cph_h5_fail_call(&data->h5, catalog, "cannot be read");
    for (hsize_t i = 0; status == CPH_OK && i < about.nlinks; i++) {
        char entry[32] = "", name[96];
        if (H5Lget_name_by_idx(data->h5.file, catalog, H5_INDEX_NAME, H5_ITER_INC, i, entry,
                               sizeof entry, H5P_DEFAULT) < 0)
            return cph_h5_fail_call(&data->h5, catalog, "cannot be read");
        snprintf(name, sizeof name, "%s/%s/cat_type", catalog, entry);
        status = check_phase(data, name, "unprojected");
    }
    return status;
}

static cph_status check_phases(cph_data *data)
{
    static const char type[] = "/Header/phase_type", catalog[] = "/Header/phase_center_catalog";
    if (cph_h5_exists(&data->h5, catalog))
        return check_catalog(data, catalog);
    return check_phase(data, type, "drift");
}

/* A number, or one for each of `count`: the smallest. NaN where absent. */
static cph_status smallest(const cph_data *data, const char *name, size_t count, double *value)
{
    *value = NAN;
    if (!cph_h5_exists(&data->h5, name))
        return CPH_OK;
    double *all = cph_data_unknown(count);
    if (all == NULL)
        return cph_h5_fail(&data->h5, CPH_ERR_MEMORY, name, "no memory");
    cph_h5_set set;
    cph_status status = cph_h5_set_open(&data->h5, name, &set);
    const size_t rank = status == CPH_OK && set.rank == 0 ? 0 : 1;
    if (status == CPH_OK) {
        cph_h5_set_close(&set);
        status = cph_h5_doubles(&data->h5, name, rank, &count, all);
    }
    for (size_t i = 0; status == CPH_OK && i < (rank == 0 ? 1 : count); i++)
        *value = fmin(*value, all[i]);
    free(all);
    if (status == CPH_OK && !(*value > 0.0))
        *value = NAN;
    return status;
}

static cph_status read_channels(cph_data *data)
{
    static const char name[] = "/Header/freq_array";
    cph_data_header *h = &data->header;
    cph_h5_set set;
    cph_status status = cph_h5_set_open(&data->h5, name, &set);
    if (status != CPH_OK)
        return status;
    const size_t rank = set.rank == 2 ? 2 : 1, dim[2] = {1, h->channels};
    cph_h5_set_close(&set);
    status = cph_h5_doubles(&data->h5, name, rank, rank == 2 ? dim : dim + 1, h->channel_freq_hz);
    for (size_t c = 0; status == CPH_OK && c < h->channels; c++)
        if (!(h->channel_freq_hz[c] > 0.0) || isinf(h->channel_freq_hz[c]))
            status = cph_h5_fail(&data->h5, CPH_ERR_FORMAT, name,
                                 "channel %zu is %g, expected a frequency in Hz", c,
                                 h->channel_freq_hz[c]);
    return status;
}

static cph_status read_header(cph_data *data, cph_uvh5 *u)
{
    cph_data_header *h = &data->header;
    double width = NAN;
    cph_status status = read_products(data, u);
    if (status == CPH_OK)
        status = check_phases(data);
    if (status == CPH_OK)
        status = smallest(data, "/Header/integration_time", u->rows, &h->integration_s);
    if (status == CPH_OK)
        status = cph_uvh5_index(data, u);
    if (status == CPH_OK)
        status = read_channels(data);
    if (status == CPH_OK)
        status = smallest(data, "/Header/channel_width", h->channels, &width);
    h->n_samples = width * h->integration_s;
    return status;
}

cph_status cph_uvh5_open(cph_data *data)
{
    cph_data_header *h = &data->header;
    h->kind = CPH_KIND_COVARIANCE;
    h->gains_conjugate = true;
    cph_uvh5 *u = calloc(1, sizeof *u);
    if (u == NULL)
        return cph_h5_fail(&data->h5, CPH_ERR_MEMORY, NULL, "no memory");
    u->flags.id = u->nsamples.id = -1;
    data->layout = u;
    data->reader = &reader;
    cph_status status = open_bulk(data, u);
    if (status == CPH_OK)
        status = open_beside(data, "/Data/flags", &u->flags);
    if (status == CPH_OK)
        status = open_beside(data, "/Data/nsamples", &u->nsamples);
    if (status == CPH_OK)
        status = read_header(data, u);
    if (status == CPH_OK)
        status = cph_uvh5_array(data);
    if (status == CPH_OK)
        status = cph_uvh5_survey(data, u);
    h->sample_bytes = u->rows * h->channels * u->products * data->bulk.set.type_size;
    return status;
}
