/* SPDX-License-Identifier: MIT */
/* One chunk: where it is, what is stored of it, and how that comes into a box. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "datasets/h5/h5_chunks.h"
#include "kernels/core/size.h"

enum { STORED_MORE = 64 << 10 };

cph_h5_piece cph_h5_piece_at(const cph_h5_job *j, size_t order)
{
    const cph_h5_chunks *k = j->k;
    cph_h5_piece p = {.order = order};
    size_t at[CPH_H5_AXES] = {0};
    for (size_t d = k->rank, rest = order; d-- > 0; rest /= j->grid[d])
        at[d] = j->first[d] + rest % j->grid[d];
    for (size_t d = 0; d < k->rank; d++) {
        const size_t end = j->box->start[d] + j->box->count[d];
        p.origin[d] = at[d] * k->chunk[d];
        const size_t reach = p.origin[d] + k->chunk[d], within = cph_size_min(reach, j->dim[d]);
        p.low[d] = p.origin[d] > j->box->start[d] ? p.origin[d] : j->box->start[d];
        p.high[d] = cph_size_min(reach, end);
        p.edge = p.edge || reach > j->dim[d];
        p.partial = p.partial || p.low[d] > p.origin[d] || p.high[d] < within;
        p.index = p.index * ((j->dim[d] + k->chunk[d] - 1) / k->chunk[d]) + at[d];
    }
    return p;
}

/* "chunk at [1024, 0]" */
static void name_piece(const cph_h5_job *j, const cph_h5_piece *p, char *text, size_t size)
{
    size_t used = (size_t)snprintf(text, size, "chunk at [");
    for (size_t d = 0; d < j->k->rank && used < size; d++)
        used +=
            (size_t)snprintf(text + used, size - used, "%s%zu", d > 0 ? ", " : "", p->origin[d]);
    if (used < size)
        snprintf(text + used, size - used, "]");
}

/* Memory for what is stored; NULL: none. */
static char *room_for(cph_h5_worker *w, size_t bytes)
{
    if (w->stored == NULL || w->stored_bytes < bytes) {
        free(w->stored);
        w->stored = malloc(bytes + 1);
        w->stored_bytes = w->stored != NULL ? bytes : 0;
    }
    return w->stored;
}

/* HDF5 1.10 calls it an error when one chunk of many was never written; it comes from the data set
 * itself then, where a damaged list of chunks fails further within. */
static herr_t look_innermost(unsigned index, const H5E_error2_t *entry, void *of_set)
{
    if (index == 0)
        *(bool *)of_set = entry->maj_num == H5E_DATASET;
    return 0;
}

static bool was_never_written(void)
{
    bool of_set = false;
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, look_innermost, &of_set);
    return of_set;
}

/* Where the box has the chunk as it is; NULL: nowhere. */
static char *place_of(const cph_h5_job *j, const cph_h5_piece *p)
{
    return p->edge || p->partial ? NULL : cph_h5_box_direct(j->box, p->low, p->high);
}

cph_status cph_h5_piece_fetch(const cph_h5_job *j, cph_h5_worker *w, cph_h5_piece *p,
                              cph_error *error)
{
    cph_h5 h5 = *j->h5;
    char name[CPH_H5_WHY];
    hsize_t offset[CPH_H5_AXES];
    name_piece(j, p, name, sizeof name);
    h5.error = error;
    for (size_t d = 0; d < j->k->rank; d++)
        offset[d] = p->origin[d];
    if (H5Dget_chunk_storage_size(j->set->id, offset, &p->stored) < 0) {
        p->stored = 0;
        return was_never_written() ? CPH_OK : cph_h5_fail_call(&h5, j->set->name, name);
    }
    if (p->stored == 0)
        return CPH_OK;
    if (p->stored > 2 * j->k->bytes + STORED_MORE)
        return cph_h5_fail(&h5, CPH_ERR_FORMAT, j->set->name,
                           "%s: takes %llu bytes in the file, for %zu", name,
                           (unsigned long long)p->stored, j->k->bytes);
    const bool plain = j->k->filters.count == 0 && p->stored == j->k->bytes;
    char *to = plain ? place_of(j, p) : NULL;
    p->there = to != NULL;
    to = p->there ? to : room_for(w, (size_t)p->stored);
    if (to == NULL)
        return cph_h5_fail(&h5, CPH_ERR_MEMORY, j->set->name, "no memory for a chunk");
    if (H5Dread_chunk(j->set->id, H5P_DEFAULT, offset, &p->mask, to) < 0)
        return cph_h5_fail_call(&h5, j->set->name, name);
    if (p->edge && j->k->plain_edges)
        p->mask = UINT32_MAX;
    return CPH_OK;
}

/* Elements of the fill value all over a chunk. */
static void fill_whole(const cph_h5_chunks *k, char *whole)
{
    for (size_t i = 0; i < k->bytes; i += k->size)
        memcpy(whole + i, k->fill, k->size);
}

cph_status cph_h5_piece_undo(const cph_h5_job *j, cph_h5_worker *w, const cph_h5_piece *p,
                             bool *through, cph_error *error)
{
    const cph_h5_chunks *k = j->k;
    char why[CPH_H5_WHY] = "", name[CPH_H5_WHY];
    char *out = place_of(j, p);
    *through = out == NULL;
    if (p->there)
        return CPH_OK;
    if (p->stored == 0 && k->fill == NULL) {
        cph_h5_box_clear(j->box, p->low, p->high);
        *through = false;
        return CPH_OK;
    }
    if (out == NULL && w->whole == NULL)
        w->whole = malloc(k->bytes);
    out = out == NULL ? w->whole : out;
    cph_status status = out == NULL ? CPH_ERR_MEMORY : CPH_OK;
    if (status == CPH_OK && p->stored == 0)
        fill_whole(k, out);
    else if (status == CPH_OK)
        status = cph_h5_filters_undo(&k->filters, p->mask, &w->tools, w->stored, (size_t)p->stored,
                                     out, k->bytes, why);
    if (status == CPH_OK) {
        if (*through)
            cph_h5_box_put(j->box, w->whole, 0, p->origin, k->chunk, p->low, p->high);
        return CPH_OK;
    }
    name_piece(j, p, name, sizeof name);
    return cph_h5_error(error, status, j->h5->path, j->set->name, "%s %s", name,
                        status == CPH_ERR_MEMORY ? "has no memory" : why);
}
