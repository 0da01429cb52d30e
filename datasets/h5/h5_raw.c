/* SPDX-License-Identifier: MIT */
/* Boxes: what of a file goes where in memory, and who reads. */
#include "datasets/h5/h5_raw.h"

#include <stdlib.h>
#include <string.h>

#include "kernels/core/size.h"

/* ---- boxes ---- */

/* Axes from the returned one on are whole in the part, in what holds it and in the box: what is
 * next to each other in one is so in all. The axis itself need not be whole. */
static size_t joined_axes(const cph_h5_box *box, const size_t *dim, const size_t *low,
                          const size_t *high)
{
    size_t axis = box->rank > 0 ? box->rank - 1 : 0;
    while (axis > 0 && high[axis] - low[axis] == box->count[axis] &&
           high[axis] - low[axis] == dim[axis])
        axis--;
    return axis;
}

/* A walk over the rows of a part: the axes before `axis`. */
typedef struct walk {
    size_t axis, run; /* elements of a row */
    size_t at[CPH_H5_AXES];
} walk;

static walk walk_begin(const cph_h5_box *box, size_t axis, const size_t *low, const size_t *high)
{
    walk w = {.axis = axis, .run = 1};
    memcpy(w.at, low, box->rank * sizeof *low);
    for (size_t d = axis; d < box->rank; d++)
        w.run *= high[d] - low[d];
    return w;
}

/* The next row; false after the last. */
static bool walk_on(walk *w, const size_t *low, const size_t *high)
{
    for (size_t d = w->axis; d-- > 0;) {
        if (++w->at[d] < high[d])
            return true;
        w->at[d] = low[d];
    }
    return false;
}

/* The place of an element in an array of dim[] elements from origin[] on. */
static size_t place(size_t rank, const size_t *at, const size_t *origin, const size_t *dim)
{
    size_t index = 0;
    for (size_t d = 0; d < rank; d++)
        index = index * dim[d] + (at[d] - origin[d]);
    return index;
}

static char *target(const cph_h5_box *box, const size_t *at)
{
    return box->out + place(box->rank, at, box->start, box->count) * box->cast->to;
}

void cph_h5_box_put(const cph_h5_box *box, const char *in, size_t skip, const size_t *origin,
                    const size_t *dim, const size_t *low, const size_t *high)
{
    walk w = walk_begin(box, joined_axes(box, dim, low, high), low, high);
    do {
        const char *from = in + (place(box->rank, w.at, origin, dim) - skip) * box->cast->from;
        cph_h5_cast_run(box->cast, from, w.run, target(box, w.at));
    } while (walk_on(&w, low, high));
}

void cph_h5_box_clear(const cph_h5_box *box, const size_t *low, const size_t *high)
{
    size_t extent[CPH_H5_AXES];
    for (size_t d = 0; d < box->rank; d++)
        extent[d] = high[d] - low[d];
    walk w = walk_begin(box, joined_axes(box, extent, low, high), low, high);
    do
        memset(target(box, w.at), 0, w.run * box->cast->to);
    while (walk_on(&w, low, high));
}

char *cph_h5_box_direct(const cph_h5_box *box, const size_t *low, const size_t *high)
{
    size_t extent[CPH_H5_AXES];
    for (size_t d = 0; d < box->rank; d++)
        extent[d] = high[d] - low[d];
    if (!box->cast->copy)
        return NULL;
    return joined_axes(box, extent, low, high) == 0 ? target(box, low) : NULL;
}

/* ---- opening ---- */

/* Whether HDF5 reads this file through a file descriptor, which then serves as well. */
static bool is_plain_file(const cph_h5 *h5)
{
    const hid_t access = H5Fget_access_plist(h5->file);
    const bool plain = access >= 0 && H5Pget_driver(access) == H5FD_SEC2;
    if (access >= 0)
        H5Pclose(access);
    return plain || h5->cut;
}

/* Fills what the layout is read by; false when that is not known here. */
static bool take_layout(const cph_h5 *h5, const cph_h5_set *set, hid_t plist, cph_h5_raw *raw)
{
    const H5D_layout_t layout = H5Pget_layout(plist);
    if (layout == H5D_CHUNKED) {
        raw->chunks = cph_h5_chunks_open(set, plist, raw);
        return raw->chunks != NULL;
    }
    raw->offset = layout == H5D_CONTIGUOUS ? H5Dget_offset(set->id) : HADDR_UNDEF;
    return raw->offset != HADDR_UNDEF && H5Pget_external_count(plist) == 0 && is_plain_file(h5);
}

cph_h5_raw *cph_h5_raw_open(const cph_h5 *h5, const cph_h5_set *set, hid_t plist)
{
    if (h5->by_hdf5 || set->rank == 0 || (!set->is_number && set->type_class != H5T_COMPOUND))
        return NULL;
    cph_h5_raw *raw = calloc(1, sizeof *raw);
    if (raw == NULL)
        return NULL;
    raw->rank = set->rank;
    raw->size = set->type_size;
    raw->last = set->dim[set->rank - 1];
    if (take_layout(h5, set, plist, raw))
        return raw;
    cph_h5_raw_close(raw);
    return NULL;
}

void cph_h5_raw_close(cph_h5_raw *raw)
{
    if (raw == NULL)
        return;
    cph_h5_chunks_close(raw->chunks);
    free(raw);
}
