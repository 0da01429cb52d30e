/* SPDX-License-Identifier: MIT */
/* A covariance as UVH5 (Memo: UVH5 file format, version 1.0). A row is a pair of antennas at one
 * time, first <= second; visdata is conj(x_first) x_second, hence R_pq with p of the second, q of
 * the first, and the first letter of a product is the first antenna's. What is missing is 0 and
 * flagged. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "datasets/import/uvh5_make.h"

/* ---- one matrix ---- */

/* Entries of one pair: XX, XY, YX, YY of (first, second), or the one product there is. */
static void fill_pair(const cph_uvh5_writer *u, const cph_c64 *r, size_t pair)
{
    const size_t *first = u->input + u->pair[2 * pair] * u->pols;
    const size_t *second = u->input + u->pair[2 * pair + 1] * u->pols;
    for (size_t k = 0; k < u->products; k++) {
        const size_t q = first[k / u->pols], p = second[k % u->pols];
        const size_t at = pair * u->products + k;
        cph_c64 v = {NAN, NAN};
        if (p != SIZE_MAX && q != SIZE_MAX)
            v = r[p * u->inputs + q];
        const bool there = isfinite(v.re) && isfinite(v.im);
        u->value[at] = there ? v : (cph_c64){0.0, 0.0};
        u->flag[at] = !there;
        u->weight[at] = there ? (float)u->count : 0.0F;
    }
}

static bool put_beside(hid_t set, hid_t type, const hsize_t *start, const hsize_t *count,
                       const void *value)
{
    hid_t memory = H5Screate_simple(3, count, NULL), space = H5Dget_space(set);
    const bool done = H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, count, NULL) >= 0 &&
                      H5Dwrite(set, type, memory, space, H5P_DEFAULT, value) >= 0;
    H5Sclose(space);
    H5Sclose(memory);
    return done;
}

static cph_status put_matrix(cph_writer *w, size_t time, size_t channel, const cph_c64 *r)
{
    const cph_uvh5_writer *u = w->state;
    const hsize_t start[3] = {time * u->pairs, channel, 0}, count[3] = {u->pairs, 1, u->products};
    for (size_t i = 0; i < u->pairs; i++)
        fill_pair(u, r, i);
    return cph_writer_check(w,
                            cph_bulk_put(w, start, count, u->value) &&
                                put_beside(u->flags, u->boolean, start, count, u->flag) &&
                                put_beside(u->nsamples, H5T_NATIVE_FLOAT, start, count, u->weight),
                            "/Data/visdata");
}

/* In the order in which inputs are read: X of all antennas, then Y. */
static cph_status put_truth(cph_writer *w, const cph_c64 *gain, const char *const *source,
                            size_t sources)
{
    const cph_uvh5_writer *u = w->state;
    cph_c64 *sorted = calloc(u->antennas, u->pols * sizeof *sorted);
    if (sorted == NULL)
        return cph_writer_fail(w, CPH_ERR_MEMORY, "/truth", "no memory");
    for (size_t n = 0; n < u->antennas; n++)
        for (size_t pol = 0; pol < u->pols; pol++) {
            const size_t input = u->input[n * u->pols + pol];
            sorted[pol * u->antennas + n] = input != SIZE_MAX ? gain[input] : (cph_c64){NAN, NAN};
        }
    w->elements = u->antennas * u->pols;
    const bool done = cph_native_put_truth(w, sorted, source, sources);
    free(sorted);
    return cph_writer_check(w, done, "/truth");
}

/* The same, behind it. */
static cph_status put_delays(cph_writer *w, const double *delay_s)
{
    const cph_uvh5_writer *u = w->state;
    double *sorted = cph_data_unknown(w->elements);
    if (sorted == NULL)
        return cph_writer_fail(w, CPH_ERR_MEMORY, "/truth", "no memory");
    for (size_t n = 0; n < u->antennas; n++)
        for (size_t pol = 0; pol < u->pols; pol++)
            if (u->input[n * u->pols + pol] != SIZE_MAX)
                sorted[pol * u->antennas + n] = delay_s[u->input[n * u->pols + pol]];
    const bool done = cph_native_put_delays(w, sorted);
    free(sorted);
    return cph_writer_check(w, done, "/truth/delay_s");
}

/* ---- the file ---- */

static void close_sets(cph_writer *w)
{
    cph_uvh5_writer *u = w->state;
    if (u->flags >= 0)
        H5Dclose(u->flags);
    if (u->nsamples >= 0)
        H5Dclose(u->nsamples);
    if (u->boolean >= 0)
        H5Tclose(u->boolean);
    u->flags = u->nsamples = u->boolean = -1;
}

static void free_state(cph_writer *w)
{
    cph_uvh5_writer *u = w->state;
    free(u->input);
    free(u->number);
    free(u->enu);
    free(u->ecef);
    free(u->pair);
    free(u->value);
    free(u->flag);
    free(u->weight);
    free(u);
    w->state = NULL;
}

static const cph_foreign uvh5 = {
    .covariance = put_matrix,
    .truth = put_truth,
    .truth_delays = put_delays,
    .close = close_sets,
    .free = free_state,
};

/* A data set of visdata's shape and chunks. */
static hid_t create_beside(const cph_writer *w, const char *name, hid_t type)
{
    hid_t space = H5Dget_space(w->set), plist = H5Dget_create_plist(w->set);
    hid_t set = H5Dcreate2(w->file, name, type, space, H5P_DEFAULT, plist, H5P_DEFAULT);
    H5Pclose(plist);
    H5Sclose(space);
    return set;
}

static bool create_sets(cph_writer *w, cph_uvh5_writer *u, const cph_data_header *h)
{
    hid_t group = H5Gcreate2(w->file, "/Data", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    if (group < 0 || H5Gclose(group) < 0)
        return false;
    w->rank = 3;
    w->dim[0] = u->pairs * h->times;
    w->dim[1] = h->channels;
    w->dim[2] = u->products;
    w->type[0] = cph_h5_pair_type(H5T_IEEE_F64LE, "r", "i");
    w->type[1] = cph_h5_pair_type(H5T_NATIVE_DOUBLE, "r", "i");
    if (!cph_bulk_create(w, "/Data/visdata", false))
        return false;
    u->boolean = cph_h5_boolean_type();
    u->flags = create_beside(w, "/Data/flags", u->boolean);
    u->nsamples = create_beside(w, "/Data/nsamples", H5T_IEEE_F32LE);
    w->dim[0] = h->times; /* of matrices from here on */
    return u->flags >= 0 && u->nsamples >= 0;
}

static cph_status reserve(cph_writer *w, cph_uvh5_writer *u, const cph_data_header *h)
{
    double width;
    const size_t entries = u->pairs * u->products;
    cph_uvh5_width(h, &width, &u->count);
    u->value = calloc(entries + 1, sizeof *u->value);
    u->flag = calloc(entries + 1, sizeof *u->flag);
    u->weight = calloc(entries + 1, sizeof *u->weight);
    return u->value != NULL && u->flag != NULL && u->weight != NULL
               ? CPH_OK
               : cph_writer_fail(w, CPH_ERR_MEMORY, NULL, "no memory");
}

static cph_status start(cph_writer *w, const cph_data_header *h, const cph_write_options *options)
{
    struct stat about;
    cph_uvh5_writer *u = calloc(1, sizeof *u);
    if (u == NULL)
        return cph_writer_fail(w, CPH_ERR_MEMORY, NULL, "no memory");
    u->flags = u->nsamples = u->boolean = -1;
    w->state = u;
    w->foreign = &uvh5;
    w->elements = h->array.elements;
    w->seen = calloc(h->times, h->channels);
    cph_status status = cph_uvh5_plan(u, h, w->path, w->error);
    if (status == CPH_OK && lstat(w->path, &about) == 0)
        status = cph_h5_error(w->error, CPH_ERR_EXISTS, w->path, NULL,
                              "exists, expected the name of a new file");
    if (status == CPH_OK)
        status = reserve(w, u, h);
    if (status == CPH_OK && w->seen == NULL)
        status = cph_writer_fail(w, CPH_ERR_MEMORY, NULL, "no memory");
    if (status == CPH_OK)
        status = cph_writer_create(w, options);
    if (status != CPH_OK)
        return status;
    return cph_writer_check(
        w,
        (h->applied == NULL || cph_h5_put_text(w->file, CPH_APPLIED, h->applied)) &&
            cph_uvh5_put_header(w->file, u, h) && create_sets(w, u, h),
        "/Header");
}

cph_status cph_uvh5_create(const char *path, const cph_data_header *header,
                           const cph_write_options *options, cph_writer **writer, cph_error *error)
{
    cph_status status;
    cph_writer *w = cph_writer_make(path, CPH_KIND_FOREIGN, options, &status, error);
    if (w == NULL)
        return status;
    status = start(w, header, options);
    if (status == CPH_OK)
        *writer = w;
    else
        cph_writer_abort(w);
    return status;
}
