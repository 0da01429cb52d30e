/* SPDX-License-Identifier: MIT */
/* Groups and data sets of one file written to another. Not by H5Ocopy: HDF5 1.10 crashes in it
 * where the source is damaged, and in listing attributes, which therefore stay behind. */
#include <stdlib.h>
#include <string.h>

#include "datasets/h5/h5.h"
#include "kernels/core/size.h"

enum { PATH_BYTES = 512, NAME_BYTES = 256, DEPTH_MAX = 8, OBJECTS_MAX = 65536 };

typedef struct walk {
    const cph_h5 *from, *to;
    const char *const *left_out;
    size_t objects; /* seen so far: a damaged file can hold a group in itself */
} walk;

/* What is copied: its memory type is its own, so that nothing is converted. */
static bool is_copied(hid_t type)
{
    return cph_h5_is_number(type) || cph_h5_is_pair(type) || H5Tget_class(type) == H5T_STRING;
}

static bool is_variable(hid_t type)
{
    return H5Tget_class(type) == H5T_STRING && H5Tis_variable_str(type) > 0;
}

/* A block of `count` items; strings of any length in it are on the heap. */
static void block_free(hid_t type, size_t count, void *block)
{
    if (is_variable(type))
        cph_h5_heap_free(count, block);
    else
        free(block);
}

static cph_status fail_write(const walk *w, const char *object)
{
    return cph_h5_fail_call(w->to, object, "cannot be written");
}

/* ---- data sets ---- */

/* In chunks where they were, and compressed where they were, but by deflate. */
static hid_t make_plist(const cph_h5_set *set, hid_t source)
{
    enum { DEFLATE = 4 };
    hid_t was = H5Dget_create_plist(source), plist = H5Pcreate(H5P_DATASET_CREATE);
    hsize_t chunk[CPH_H5_RANK];
    bool chunked = H5Pget_layout(was) == H5D_CHUNKED && set->rank > 0;
    H5Pset_obj_track_times(plist, false); /* the same content gives the same bytes */
    for (size_t i = 0; i < set->rank; i++) {
        chunk[i] = cph_size_min(set->chunk[i], set->dim[i]);
        chunked = chunked && chunk[i] > 0;
    }
    if (chunked)
        H5Pset_chunk(plist, (int)set->rank, chunk);
    if (chunked && H5Pget_nfilters(was) > 0) {
        H5Pset_shuffle(plist);
        H5Pset_deflate(plist, DEFLATE);
    }
    H5Pclose(was);
    return plist;
}

/* Rows [first, first + rows) of the first axis, or the one item of a scalar: `items` in all. */
static cph_status copy_rows(const walk *w, const cph_h5_set *set, hid_t type, hid_t target,
                            const size_t rows[2], size_t items)
{
    hsize_t start[CPH_H5_RANK] = {rows[0]}, count[CPH_H5_RANK] = {rows[1]};
    for (size_t i = 1; i < set->rank; i++)
        count[i] = set->dim[i];
    void *block = calloc(items + 1, set->type_size);
    if (block == NULL)
        return cph_h5_fail(w->from, CPH_ERR_MEMORY, set->name, "no memory for %zu items", items);
    hid_t memory =
        set->rank > 0 ? H5Screate_simple((int)set->rank, count, NULL) : H5Screate(H5S_SCALAR);
    hid_t space = H5Dget_space(set->id);
    const bool chosen =
        set->rank == 0 || H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, count, NULL) >= 0;
    cph_status status = CPH_OK;
    if (chosen && is_variable(type))
        status = cph_h5_heap_read(w->from, set->name, set->id, memory, space, items, block);
    else if (!chosen || H5Dread(set->id, type, memory, space, H5P_DEFAULT, block) < 0)
        status = cph_h5_fail_call(w->from, set->name, "cannot be read");
    if (status == CPH_OK && H5Dwrite(target, type, memory, space, H5P_DEFAULT, block) < 0)
        status = fail_write(w, set->name);
    H5Sclose(space);
    H5Sclose(memory);
    block_free(type, items, block);
    return status;
}

/* Some MiB at a time, chunk by chunk. */
static cph_status copy_values(const walk *w, const cph_h5_set *set, hid_t type, hid_t target)
{
    enum { BLOCK_BYTES = 4 << 20 };
    size_t row = 1; /* items; fits: the claimed size was checked */
    for (size_t i = 1; i < set->rank; i++)
        row *= set->dim[i];
    const size_t all = set->rank == 0 ? 1 : set->dim[0];
    if (row == 0 || all == 0)
        return CPH_OK;
    const size_t chunk = set->rank == 0 || set->chunk[0] == 0 ? 1 : set->chunk[0];
    const size_t chunks = BLOCK_BYTES / set->type_size / row / chunk;
    const size_t step = chunk * (chunks == 0 ? 1 : chunks);
    cph_status status = CPH_OK;
    for (size_t i = 0; status == CPH_OK && i < all; i += step) {
        const size_t rows[2] = {i, cph_size_min(step, all - i)};
        status = copy_rows(w, set, type, target, rows, rows[1] * row);
    }
    return status;
}

/* The data set on the other side; with a null data space where `empty`. */
static cph_status make_set(const walk *w, const cph_h5_set *set, hid_t source, bool empty,
                           hid_t *target)
{
    hsize_t dim[CPH_H5_RANK];
    for (size_t i = 0; i < set->rank; i++)
        dim[i] = set->dim[i];
    hid_t held = H5Dget_type(source), type = H5Tcopy(held), plist = make_plist(set, source);
    hid_t space = set->rank > 0 ? H5Screate_simple((int)set->rank, dim, NULL)
                                : H5Screate(empty ? H5S_NULL : H5S_SCALAR);
    *target = H5Dcreate2(w->to->file, set->name, type, space, H5P_DEFAULT, plist, H5P_DEFAULT);
    H5Sclose(space);
    H5Pclose(plist);
    H5Tclose(held);
    cph_status status = CPH_OK;
    if (*target < 0)
        status = fail_write(w, set->name);
    else if (!empty)
        status = copy_values(w, set, type, *target);
    H5Tclose(type);
    return status;
}

static cph_status copy_opened(const walk *w, const cph_h5_set *set, hid_t source, bool empty)
{
    hid_t type = H5Dget_type(source), target = -1;
    hid_t base = H5Tget_class(type) == H5T_ENUM ? H5Tget_super(type) : H5Tcopy(type);
    cph_status status = CPH_OK;
    if (!is_copied(base))
        status = cph_h5_fail(w->from, CPH_ERR_UNSUPPORTED, set->name,
                             "cannot be copied: holds neither numbers nor text");
    else
        status = make_set(w, set, source, empty, &target);
    if (target >= 0)
        H5Dclose(target);
    H5Tclose(base);
    H5Tclose(type);
    return status;
}

static cph_status copy_set(const walk *w, const char *name)
{
    hid_t id = H5Dopen2(w->from->file, name, H5P_DEFAULT);
    if (id < 0)
        return cph_h5_fail_call(w->from, name, "cannot be opened");
    hid_t space = H5Dget_space(id);
    const bool empty = H5Sget_simple_extent_type(space) == H5S_NULL;
    H5Sclose(space);
    cph_h5_set set = {.id = -1, .name = name};
    cph_status status = empty ? CPH_OK : cph_h5_set_open(w->from, name, &set);
    if (status == CPH_OK)
        status = copy_opened(w, &set, empty ? id : set.id, empty);
    cph_h5_set_close(&set);
    H5Dclose(id);
    return status;
}

/* ---- groups ---- */

static cph_status copy_links(walk *w, const char *group, unsigned depth);

static cph_status copy_group(walk *w, const char *name, unsigned depth)
{
    hid_t target = H5Gcreate2(w->to->file, name, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    if (target < 0 || H5Gclose(target) < 0)
        return fail_write(w, name);
    return copy_links(w, name, depth + 1);
}

static cph_status copy_object(walk *w, const char *name, unsigned depth)
{
    H5O_info_t about;
    if (depth > DEPTH_MAX || ++w->objects > OBJECTS_MAX)
        return cph_h5_fail(w->from, CPH_ERR_FORMAT, name, "is nested too deeply, or one too many");
    if (!cph_h5_exists(w->from, name) ||
        H5Oget_info_by_name2(w->from->file, name, &about, H5O_INFO_BASIC, H5P_DEFAULT) < 0)
        return cph_h5_fail_call(w->from, name, "cannot be opened");
    if (about.type == H5O_TYPE_GROUP)
        return copy_group(w, name, depth);
    if (about.type == H5O_TYPE_DATASET)
        return copy_set(w, name);
    return cph_h5_fail(w->from, CPH_ERR_FORMAT, name, "is neither group nor data set");
}

static cph_status copy_links(walk *w, const char *group, unsigned depth)
{
    H5G_info_t about = {.nlinks = 0};
    if (H5Gget_info_by_name(w->from->file, group, &about, H5P_DEFAULT) < 0)
        return cph_h5_fail_call(w->from, group, "cannot be read");
    cph_status status = CPH_OK;
    for (hsize_t i = 0; status == CPH_OK && i < about.nlinks; i++) {
        char link[NAME_BYTES] = "", name[PATH_BYTES];
        const ssize_t length = H5Lget_name_by_idx(w->from->file, group, H5_INDEX_NAME, H5_ITER_INC,
                                                  i, link, sizeof link, H5P_DEFAULT);
        const int wrote =
            snprintf(name, sizeof name, "%s%s%s", group, group[1] == '\0' ? "" : "/", link);
        if (length <= 0 || (size_t)length >= sizeof link || wrote < 0 ||
            (size_t)wrote >= sizeof name)
            return cph_h5_fail(w->from, CPH_ERR_FORMAT, group, "has a link without a usable name");
        bool skip = false;
        for (const char *const *left = w->left_out; *left != NULL; left++)
            skip = skip || strcmp(name, *left) == 0;
        if (!skip)
            status = copy_object(w, name, depth);
    }
    return status;
}

cph_status cph_h5_copy(const cph_h5 *from, const char *group, const char *const *left_out,
                       const cph_h5 *to)
{
    walk w = {.from = from, .to = to, .left_out = left_out};
    return copy_links(&w, group, 0);
}
