/* SPDX-License-Identifier: MIT */
/* The one way to elements of a data set: past HDF5 where that is possible. */
#include <string.h>

#include "datasets/h5/h5_raw.h"

/* What HDF5 takes: all axes of the file. */
typedef struct request {
    const cph_h5_set *set;
    hid_t type; /* in memory */
    size_t rank, start[CPH_H5_AXES], count[CPH_H5_AXES];
    char *out;
} request;

/* HDF5 does not say by number which filter it lacks. Right after its failure. */
static cph_status fail_read(const cph_h5 *h5, const cph_h5_set *set)
{
    char name[64] = "";
    const cph_status status = cph_h5_fail_call(h5, set->name, "cannot be read");
    const hid_t plist = H5Dget_create_plist(set->id);
    const int count = status == CPH_ERR_UNSUPPORTED ? H5Pget_nfilters(plist) : 0;
    for (int i = 0; i < count; i++) {
        unsigned flags = 0;
        size_t parameters = 0;
        const H5Z_filter_t id =
            H5Pget_filter2(plist, (unsigned)i, &flags, &parameters, NULL, sizeof name, name, NULL);
        if (H5Zfilter_avail(id) > 0)
            continue;
        (void)cph_h5_fail(
            h5, status, set->name,
            "cannot be read: its filter %d%s%s%s is not installed as a plugin of HDF5", id,
            name[0] != '\0' ? " (" : "", name, name[0] != '\0' ? ")" : "");
        break;
    }
    H5Pclose(plist);
    return status;
}

static cph_status read_library(const cph_h5 *h5, const request *r)
{
    hsize_t from[CPH_H5_AXES] = {0}, box[CPH_H5_AXES] = {0};
    for (size_t d = 0; d < r->rank; d++) {
        from[d] = r->start[d];
        box[d] = r->count[d];
    }
    const hid_t space = H5Dget_space(r->set->id);
    const hid_t memory =
        r->rank > 0 ? H5Screate_simple((int)r->rank, box, NULL) : H5Screate(H5S_SCALAR);
    bool done =
        r->rank == 0 || H5Sselect_hyperslab(space, H5S_SELECT_SET, from, NULL, box, NULL) >= 0;
    done = done && H5Dread(r->set->id, r->type, memory, space, H5P_DEFAULT, r->out) >= 0;
    const cph_status status = done ? CPH_OK : fail_read(h5, r->set);
    H5Sclose(memory);
    H5Sclose(space);
    return status;
}

static cph_status read_raw(const cph_h5 *h5, const request *r, const cph_h5_cast *cast)
{
    cph_h5_box box = {.rank = r->rank, .cast = cast, .out = r->out};
    memcpy(box.start, r->start, sizeof box.start);
    memcpy(box.count, r->count, sizeof box.count);
    return r->set->raw->chunks != NULL ? cph_h5_chunks_read(h5, r->set, &box)
                                       : cph_h5_contiguous_read(h5, r->set, &box);
}

cph_status cph_h5_box_read(const cph_h5 *h5, const cph_h5_set *set, hid_t memory_type,
                           const size_t *start, const size_t *count, void *out)
{
    request r = {.set = set, .type = memory_type, .rank = set->rank, .out = out};
    cph_h5_cast cast;
    for (size_t d = 0; d < set->rank; d++) {
        r.start[d] = start[d];
        r.count[d] = count[d];
    }
    if (set->inner > 0)
        r.count[r.rank++] = set->inner;
    const hid_t file = H5Dget_type(set->id);
    const bool raw = set->raw != NULL && cph_h5_cast_make(file, memory_type, &cast);
    H5Tclose(file);
    if (raw)
        return read_raw(h5, &r, &cast);
    return read_library(h5, &r);
}

size_t cph_h5_set_scratch(const cph_h5_set *set, size_t threads)
{
    if (set->raw == NULL)
        return 0;
    return set->raw->chunks != NULL ? cph_h5_chunks_scratch(set->raw->chunks, threads)
                                    : threads * CPH_H5_PIECE;
}
