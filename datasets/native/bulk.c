/* SPDX-License-Identifier: MIT */
/* The data set of a file that is written piece by piece. */
#include "datasets/h5/h5_filters.h"
#include "datasets/native/write.h"
#include "kernels/core/size.h"

enum { CHUNK_BYTES = 1 << 20, SLOTS = 1021 };

/* The whole last axis, then as much of each axis before it as fits. Returns a chunk's bytes. */
static size_t choose_chunks(cph_writer *w, bool grows)
{
    size_t bytes = H5Tget_size(w->type[0]);
    for (size_t i = w->rank; i-- > 0;) {
        size_t room = CHUNK_BYTES / bytes > 0 ? CHUNK_BYTES / bytes : 1;
        bool last = i + 1 == w->rank, open = grows && i == 0;
        size_t length = !open ? w->dim[i] : w->expected > 0 ? w->expected : room;
        w->chunk[i] = last ? w->dim[i] : cph_size_min(room, length);
        bytes *= w->chunk[i]; /* at most 1 MiB or one last axis, which fits */
    }
    return bytes;
}

/* Small numbers that compress little: more of deflate's effort gains nothing. */
static bool set_filters(const cph_writer *w, hid_t plist)
{
    enum { EFFORT = 1, LZ4 = 2 };
    const unsigned bitshuffle[] = {0, 4, (unsigned)H5Tget_size(w->type[0]), 0, LZ4};
    if (w->compression == CPH_COMPRESSION_DEFLATE)
        return H5Pset_shuffle(plist) >= 0 && H5Pset_deflate(plist, EFFORT) >= 0;
    if (w->compression != CPH_COMPRESSION_BITSHUFFLE)
        return true;
    cph_h5_use_filters();
    return H5Pset_filter(plist, CPH_H5_BITSHUFFLE, H5Z_FLAG_MANDATORY,
                         sizeof bitshuffle / sizeof bitshuffle[0], bitshuffle) >= 0;
}

/* The set that an interrupted command made. */
static bool reopen(cph_writer *w, const char *name, bool grows, hid_t access)
{
    w->set = H5Dopen2(w->file, name, access);
    if (w->set < 0 || !cph_partial_check(w, grows))
        return false;
    for (size_t i = 0; w->seen != NULL && i < w->before * w->dim[1]; i++)
        w->seen[i] = 1;
    w->written = grows ? w->before : 0;
    w->kept = false;
    return true;
}

bool cph_bulk_create(cph_writer *w, const char *name, bool grows)
{
    hsize_t dim[4], most[4], chunk[4];
    size_t bytes = choose_chunks(w, grows);
    for (size_t i = 0; i < w->rank; i++) {
        dim[i] = grows && i == 0 ? 0 : w->dim[i];
        most[i] = grows && i == 0 ? H5S_UNLIMITED : w->dim[i];
        chunk[i] = w->chunk[i];
    }
    hid_t space = H5Screate_simple((int)w->rank, dim, most);
    hid_t plist = H5Pcreate(H5P_DATASET_CREATE), access = H5Pcreate(H5P_DATASET_ACCESS);
    H5Pset_chunk(plist, (int)w->rank, chunk);
    H5Pset_obj_track_times(plist, false); /* the same content gives the same bytes */
    H5Pset_chunk_cache(access, SLOTS, 2 * bytes + CHUNK_BYTES, 1.0);
    bool done = set_filters(w, plist);
    if (w->resumed)
        done = reopen(w, name, grows, access);
    else
        w->set = H5Dcreate2(w->file, name, w->type[0], space, H5P_DEFAULT, plist, access);
    H5Pclose(access);
    H5Pclose(plist);
    H5Sclose(space);
    return done && w->set >= 0;
}

bool cph_bulk_put(cph_writer *w, const hsize_t *start, const hsize_t *count, const void *value)
{
    hid_t memory = H5Screate_simple((int)w->rank, count, NULL), space = H5Dget_space(w->set);
    bool done = H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, count, NULL) >= 0 &&
                H5Dwrite(w->set, w->type[1], memory, space, H5P_DEFAULT, value) >= 0;
    H5Sclose(space);
    H5Sclose(memory);
    return done;
}
