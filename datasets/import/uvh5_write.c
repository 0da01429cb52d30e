/* SPDX-License-Identifier: MIT */
/* A UVH5 file copied, its visibilities and flags changed on the way. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "datasets/import/uvh5.h"
#include "datasets/native/write.h"
#include "kernels/core/size.h"

struct cph_visibility {
    cph_data *source;
    hid_t flags, boolean; /* the data set written, and its type; negative when not open */
    size_t most;          /* rows of a block */
    size_t from, rows;    /* of the block at hand */
    size_t *time;         /* [most] */
    size_t *input;        /* [most][products][2] */
    cph_c64 *value;       /* [most][channels][products] */
    unsigned char *flag;  /* the same */
};

void cph_visibility_free(struct cph_visibility *v)
{
    if (v == NULL)
        return;
    if (v->flags >= 0)
        H5Dclose(v->flags);
    if (v->boolean >= 0)
        H5Tclose(v->boolean);
    free(v->time);
    free(v->input);
    free(v->value);
    free(v->flag);
    free(v);
}

/* ---- what is written anew ---- */

/* visdata, as wide as it was, and flags. */
static bool create_sets(cph_writer *w, const cph_h5_complex *from)
{
    const bool wide = from->part_class == H5T_FLOAT && from->part_size > sizeof(float);
    struct cph_visibility *v = w->visibility;
    w->rank = from->set.rank;
    memcpy(w->dim, from->set.dim, w->rank * sizeof *w->dim);
    w->type[0] = cph_h5_pair_type(wide ? H5T_IEEE_F64LE : H5T_IEEE_F32LE, "r", "i");
    w->type[1] = cph_h5_pair_type(H5T_NATIVE_DOUBLE, "r", "i");
    if (!cph_bulk_create(w, "/Data/visdata", false))
        return false;
    v->boolean = cph_h5_boolean_type();
    hid_t space = H5Dget_space(w->set), plist = H5Dget_create_plist(w->set);
    v->flags =
        H5Dcreate2(w->file, "/Data/flags", v->boolean, space, H5P_DEFAULT, plist, H5P_DEFAULT);
    H5Pclose(plist);
    H5Sclose(space);
    return v->flags >= 0;
}

/* What is copied as it is, and data sets for the rest. */
static cph_status copy_file(cph_writer *w, const char *applied)
{
    static const char *const root[] = {"/Data", NULL}, *const data[] = {"/Data/visdata",
                                                                        "/Data/flags", NULL};
    cph_data *source = w->visibility->source;
    const cph_h5 to = {.file = w->file, .path = w->path, .error = w->error};
    hid_t group = H5Gcreate2(w->file, "/Data", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    cph_status status = cph_writer_check(w, group >= 0 && H5Gclose(group) >= 0, "/Data");
    source->h5.error = w->error;
    if (status == CPH_OK)
        status = cph_h5_copy(&source->h5, "/", root, &to);
    if (status == CPH_OK)
        status = cph_h5_copy(&source->h5, "/Data", data, &to);
    source->h5.error = NULL;
    if (status != CPH_OK)
        return status;
    return cph_writer_check(w,
                            (applied == NULL || cph_h5_put_text(w->file, CPH_APPLIED, applied)) &&
                                create_sets(w, &source->bulk),
                            "/Data");
}

static bool reserve(struct cph_visibility *v, size_t max_memory)
{
    const cph_uvh5 *u = v->source->layout;
    const size_t spectrum = v->source->header.channels * u->products;
    const size_t row = spectrum * (sizeof *v->value + 1) + (2 * u->products + 1) * sizeof(size_t);
    v->most = cph_size_min(max_memory / row, u->rows);
    v->most = v->most == 0 ? 1 : v->most;
    v->time = calloc(v->most, sizeof *v->time);
    v->input = calloc(v->most, 2 * u->products * sizeof *v->input);
    v->value = calloc(v->most, spectrum * sizeof *v->value);
    v->flag = calloc(v->most, spectrum);
    return v->time != NULL && v->input != NULL && v->value != NULL && v->flag != NULL;
}

static struct cph_visibility *visibility_make(cph_data *source, size_t max_memory)
{
    struct cph_visibility *v = calloc(1, sizeof *v);
    if (v == NULL)
        return NULL;
    *v = (struct cph_visibility){.source = source, .flags = -1, .boolean = -1};
    if (reserve(v, max_memory))
        return v;
    cph_visibility_free(v);
    return NULL;
}

cph_status cph_visibility_create(const char *path, cph_data *source, const char *applied,
                                 size_t max_memory, const cph_write_options *options,
                                 cph_writer **writer, cph_error *error)
{
    if (path == NULL || source == NULL || writer == NULL)
        return cph_h5_error(error, CPH_ERR_ARGUMENT, "cph_visibility_create", NULL,
                            "null argument");
    if (strcmp(source->header.format, "uvh5") != 0)
        return cph_h5_error(error, CPH_ERR_UNSUPPORTED, source->path, NULL,
                            "is of layout %s, expected uvh5", source->header.format);
    cph_writer *w = NULL;
    cph_h5_quiet();
    cph_status status = cph_writer_begin(path, CPH_KIND_FOREIGN, options, &w, error);
    if (status != CPH_OK)
        return status;
    w->visibility = visibility_make(source, max_memory);
    status = w->visibility == NULL
                 ? cph_writer_fail(w, CPH_ERR_MEMORY, "/Data/visdata", "no memory for its rows")
                 : copy_file(w, applied);
    if (status == CPH_OK)
        *writer = w;
    else
        cph_writer_abort(w);
    return status;
}

/* ---- rows ---- */

static bool put_rows(cph_writer *w)
{
    const struct cph_visibility *v = w->visibility;
    const size_t spectrum = v->source->header.channels * w->dim[w->rank - 1];
    hsize_t start[4] = {v->from, 0, 0, 0}, count[4] = {v->rows, 0, 0, 0};
    for (size_t i = 1; i < w->rank; i++)
        count[i] = w->dim[i];
    for (size_t i = 0; i < v->rows * spectrum; i++)
        v->flag[i] = v->flag[i] != 0; /* what the type names */
    hid_t memory = H5Screate_simple((int)w->rank, count, NULL), space = H5Dget_space(v->flags);
    const bool done = cph_bulk_put(w, start, count, v->value) &&
                      H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, count, NULL) >= 0 &&
                      H5Dwrite(v->flags, v->boolean, memory, space, H5P_DEFAULT, v->flag) >= 0;
    H5Sclose(space);
    H5Sclose(memory);
    return done;
}

static cph_status get_rows(struct cph_visibility *v)
{
    cph_data *source = v->source;
    const cph_uvh5 *u = source->layout;
    const size_t channels = source->header.channels;
    cph_status status =
        cph_uvh5_box(source, NULL, H5T_NATIVE_DOUBLE, v->from, v->rows, 0, channels, v->value);
    memset(v->flag, 0, v->rows * channels * u->products);
    if (status == CPH_OK && u->flags.id >= 0)
        status = cph_uvh5_box(source, &u->flags, H5T_NATIVE_UCHAR, v->from, v->rows, 0, channels,
                              v->flag);
    for (size_t i = 0; i < v->rows; i++) {
        const cph_uvh5_row *row = &u->row[v->from + i];
        v->time[i] = row->time;
        for (size_t k = 0; k < u->products; k++) {
            size_t *input = v->input + 2 * (i * u->products + k);
            /* conj(x_1) x_2; visdata of the pair (p, q) = (2, 1) */
            input[0] = cph_uvh5_input(u, row->antenna[1], u->pol[k][1]);
            input[1] = cph_uvh5_input(u, row->antenna[0], u->pol[k][0]);
        }
    }
    return status;
}

cph_status cph_visibility_next(cph_writer *writer, cph_visibility_block *block, cph_error *error)
{
    if (writer == NULL || writer->visibility == NULL || block == NULL)
        return cph_h5_error(error, CPH_ERR_ARGUMENT, "cph_visibility_next", NULL,
                            "expected the writer of a UVH5 file");
    struct cph_visibility *v = writer->visibility;
    const cph_uvh5 *u = v->source->layout;
    cph_h5_quiet();
    writer->error = v->source->h5.error = error;
    cph_status status = CPH_OK;
    if (v->rows > 0)
        status = cph_writer_check(writer, put_rows(writer), "/Data/visdata");
    v->from += v->rows;
    v->rows = cph_size_min(v->most, u->rows - v->from);
    if (status == CPH_OK && v->rows > 0)
        status = get_rows(v);
    v->source->h5.error = NULL;
    if (status == CPH_OK)
        *block = (cph_visibility_block){.rows = v->rows,
                                        .channels = v->source->header.channels,
                                        .products = u->products,
                                        .time = v->time,
                                        .input = v->input,
                                        .visibility = v->value,
                                        .flag = v->flag};
    return status;
}
