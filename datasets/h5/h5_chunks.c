/* SPDX-License-Identifier: MIT */
/* Chunks: fetched one after the other under a lock, as HDF5 would have it anyway, undone and put
 * into the box by as many threads as there are. Each chunk is looked up by itself (HDF5's lists of
 * chunks take time by the square of their number). Of chunks that a box takes a part of, as many
 * are kept undone as a row of the first axis crosses, at most 64 MiB or one: the next box may ask
 * for the rest. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "datasets/h5/h5_raw.h"
#include "kernels/core/exec.h"
#include "kernels/core/size.h"

enum { KEPT_BYTES = 64 << 20, STORED_MORE = 64 << 10, TOOLS_BYTES = 512 << 10 };
enum { WORKER_CHUNKS = 6, WORKERS_BYTES = 64 << 20 };

/* A chunk that is kept. */
typedef struct kept {
    char *data; /* NULL: none */
    size_t index;
    size_t rows;   /* of the data set when it was read: more may have been written since */
    uint64_t read; /* the last one that used it */
} kept;

/* Of one thread. */
typedef struct worker {
    cph_h5_tools tools;
    char *stored, *whole;
    size_t stored_bytes;
} worker;

typedef struct cph_h5_chunks {
    size_t rank, size, bytes; /* of an element, of a chunk */
    size_t chunk[CPH_H5_AXES];
    cph_h5_filters filters;
    bool plain_edges;    /* chunks beyond the end have no filters */
    unsigned char *fill; /* an element of what was never written; NULL: zeros */
    worker *worker;
    size_t workers;
    kept *kept;
    size_t kepts;
    uint64_t reads;
} cph_h5_chunks;

/* One read of a box. */
typedef struct job {
    const cph_h5 *h5;
    const cph_h5_set *set;
    cph_h5_chunks *k;
    const cph_h5_box *box;
    size_t dim[CPH_H5_AXES];                             /* of the data set */
    size_t first[CPH_H5_AXES], grid[CPH_H5_AXES], count; /* chunks of the box */
    pthread_mutex_t lock; /* of all below, of what is kept, and of HDF5 */
    size_t next, failed;  /* failed: the lowest one; count: none */
    cph_status status;
    cph_error error;
} job;

/* A chunk of a job. */
typedef struct piece {
    size_t index; /* in the data set's grid of chunks */
    size_t order; /* in the job */
    size_t origin[CPH_H5_AXES], low[CPH_H5_AXES], high[CPH_H5_AXES]; /* elements */
    bool edge;    /* it reaches beyond the data set */
    bool partial; /* the box has not all of it */
    bool there;   /* in the box already */
    hsize_t stored;
    uint32_t mask;
} piece;

/* ---- opening ---- */

static void take_fill(cph_h5_chunks *k, const cph_h5_set *set, hid_t plist)
{
    H5D_fill_value_t defined = H5D_FILL_VALUE_UNDEFINED;
    if (H5Pfill_value_defined(plist, &defined) < 0 || defined != H5D_FILL_VALUE_USER_DEFINED)
        return;
    k->fill = calloc(1, k->size + 1);
    const hid_t type = H5Dget_type(set->id);
    if (k->fill != NULL && H5Pget_fill_value(plist, type, k->fill) < 0) {
        free(k->fill);
        k->fill = NULL;
    }
    H5Tclose(type);
}

/* Chunks that a row of the first axis crosses, as far as they fit; at least one. */
static size_t worth_keeping(const cph_h5_chunks *k, const cph_h5_set *set)
{
    size_t count = 1;
    for (size_t d = 1; d < k->rank; d++)
        if (!cph_size_mul(count, (set->dim[d] + k->chunk[d] - 1) / k->chunk[d], &count))
            return 1;
    return count > 0 && count <= KEPT_BYTES / k->bytes ? count : 1;
}

cph_h5_chunks *cph_h5_chunks_open(const cph_h5_set *set, hid_t plist, const cph_h5_raw *raw)
{
    cph_h5_chunks *k = calloc(1, sizeof *k);
    unsigned options = 0;
    if (k == NULL)
        return NULL;
    k->rank = raw->rank;
    k->size = k->bytes = raw->size;
    bool fits = k->size > 0 && cph_h5_filters_of(plist, &k->filters);
    for (size_t d = 0; d < k->rank; d++) {
        k->chunk[d] = set->chunk[d];
        fits = fits && k->chunk[d] > 0 && cph_size_mul(k->bytes, k->chunk[d], &k->bytes);
    }
    /* Parts of chunks without filters are read by themselves, where a chunk is large. */
    fits = fits && k->bytes < UINT32_MAX && (k->filters.count > 0 || k->bytes <= KEPT_BYTES);
    if (fits) {
        k->kepts = worth_keeping(k, set);
        k->kept = calloc(k->kepts, sizeof *k->kept);
    }
    if (k->kept == NULL) {
        free(k);
        return NULL;
    }
    k->plain_edges = H5Pget_chunk_opts(plist, &options) >= 0 &&
                     (options & H5D_CHUNK_DONT_FILTER_PARTIAL_CHUNKS) != 0;
    take_fill(k, set, plist);
    return k;
}

void cph_h5_chunks_close(cph_h5_chunks *k)
{
    if (k == NULL)
        return;
    for (size_t i = 0; i < k->workers; i++) {
        cph_h5_tools_free(&k->worker[i].tools);
        free(k->worker[i].stored);
        free(k->worker[i].whole);
    }
    for (size_t i = 0; i < k->kepts; i++)
        free(k->kept[i].data);
    free(k->worker);
    free(k->kept);
    free(k->fill);
    free(k);
}

/* What a worker may take: a chunk has less than 4 GiB. */
static uint64_t worker_bytes(const cph_h5_chunks *k)
{
    return (uint64_t)WORKER_CHUNKS * k->bytes + TOOLS_BYTES;
}

/* Workers that WORKERS_BYTES hold, at least one. */
static size_t choose_workers(const cph_h5_chunks *k, size_t threads)
{
    const uint64_t most = WORKERS_BYTES / worker_bytes(k);
    return most < threads ? (size_t)(most > 0 ? most : 1) : threads;
}

size_t cph_h5_chunks_scratch(const cph_h5_chunks *k, size_t threads)
{
    const uint64_t total =
        choose_workers(k, threads) * worker_bytes(k) + (uint64_t)k->kepts * k->bytes;
    return total < SIZE_MAX ? (size_t)total : SIZE_MAX;
}

static bool have_workers(cph_h5_chunks *k, size_t count)
{
    if (count <= k->workers)
        return true;
    worker *grown = realloc(k->worker, count * sizeof *grown);
    if (grown == NULL)
        return false;
    memset(grown + k->workers, 0, (count - k->workers) * sizeof *grown);
    k->worker = grown;
    k->workers = count;
    return true;
}

/* ---- one chunk ---- */

static piece piece_at(const job *j, size_t order)
{
    const cph_h5_chunks *k = j->k;
    piece p = {.order = order};
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
static void name_piece(const job *j, const piece *p, char *text, size_t size)
{
    size_t used = (size_t)snprintf(text, size, "chunk at [");
    for (size_t d = 0; d < j->k->rank && used < size; d++)
        used +=
            (size_t)snprintf(text + used, size - used, "%s%zu", d > 0 ? ", " : "", p->origin[d]);
    if (used < size)
        snprintf(text + used, size - used, "]");
}

/* Memory for what is stored; NULL: none. */
static char *room_for(worker *w, size_t bytes)
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
static char *place_of(const job *j, const piece *p)
{
    return p->edge || p->partial ? NULL : cph_h5_box_direct(j->box, p->low, p->high);
}

/* Fetches what is stored, without filters straight to its place; p->stored is 0 where nothing was
 * ever written. With the lock. */
static cph_status fetch(const job *j, worker *w, piece *p, cph_error *error)
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

/* A chunk straight into the box, or through the worker's own, where it then is. */
static cph_status undo(const job *j, worker *w, const piece *p, bool *through, cph_error *error)
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

/* ---- what is kept ---- */

/* With the lock. */
static kept *find_kept(const job *j, const piece *p)
{
    for (size_t i = 0; i < j->k->kepts; i++) {
        kept *one = &j->k->kept[i];
        if (one->data != NULL && one->index == p->index && one->rows == j->dim[0]) {
            one->read = j->k->reads;
            return one;
        }
    }
    return NULL;
}

/* Gives the worker's chunk for the oldest one, but for those that this read uses. With the lock. */
static void keep(const job *j, worker *w, const piece *p)
{
    kept *oldest = NULL;
    for (size_t i = 0; i < j->k->kepts; i++) {
        kept *one = &j->k->kept[i];
        if ((one->data == NULL || one->read < j->k->reads) &&
            (oldest == NULL || one->read < oldest->read))
            oldest = one;
    }
    if (oldest == NULL)
        return;
    char *const free_one = oldest->data;
    *oldest = (kept){.data = w->whole, .index = p->index, .rows = j->dim[0], .read = j->k->reads};
    w->whole = free_one;
}

/* ---- all of a box ---- */

/* With the lock. */
static void take_error(job *j, const piece *p, cph_status status, const cph_error *error)
{
    if (p->order >= j->failed)
        return;
    j->failed = p->order;
    j->status = status;
    j->error = *error;
}

static void work_on(job *j, worker *w, piece *p)
{
    cph_error error = {CPH_OK, ""};
    bool through = false;
    const kept *have = p->partial ? find_kept(j, p) : NULL;
    cph_status status = have == NULL ? fetch(j, w, p, &error) : CPH_OK;
    pthread_mutex_unlock(&j->lock);
    if (have != NULL)
        cph_h5_box_put(j->box, have->data, 0, p->origin, j->k->chunk, p->low, p->high);
    else if (status == CPH_OK)
        status = undo(j, w, p, &through, &error);
    pthread_mutex_lock(&j->lock);
    if (status != CPH_OK)
        take_error(j, p, status, &error);
    else if (through && p->partial)
        keep(j, w, p);
}

/* The next chunk that nobody has, until there is none. After an error no further one is begun:
 * those before it were, so that the first in the file is the one that is told. */
static void work(void *context, size_t begin, size_t end, size_t index)
{
    job *j = context;
    (void)begin;
    (void)end;
    cph_h5_quiet();
    pthread_mutex_lock(&j->lock);
    while (j->next < j->count && j->failed == j->count) {
        piece p = piece_at(j, j->next++);
        work_on(j, &j->k->worker[index], &p);
    }
    pthread_mutex_unlock(&j->lock);
}

/* Axes of the file: the set may have grown, or hide a trailing axis of two. */
static void lay_grid(job *j, const cph_h5_raw *raw)
{
    j->count = 1;
    for (size_t d = 0; d < j->k->rank; d++) {
        const size_t first = j->box->start[d] / j->k->chunk[d];
        const size_t last = (j->box->start[d] + j->box->count[d] - 1) / j->k->chunk[d];
        j->dim[d] = d < j->set->rank ? j->set->dim[d] : raw->last;
        j->first[d] = first;
        j->grid[d] = last - first + 1;
        j->count *= j->grid[d]; /* no more than elements of the box */
    }
}

cph_status cph_h5_chunks_read(const cph_h5 *h5, const cph_h5_set *set, const cph_h5_box *box)
{
    cph_h5_chunks *k = set->raw->chunks;
    job j = {.h5 = h5, .set = set, .k = k, .box = box};
    for (size_t d = 0; d < box->rank; d++)
        if (box->count[d] == 0)
            return CPH_OK;
    lay_grid(&j, set->raw);
    j.failed = j.count;
    k->reads++;
    const size_t workers = cph_size_min(choose_workers(k, cph_exec_threads(h5->exec)), j.count);
    if (!have_workers(k, workers) || pthread_mutex_init(&j.lock, NULL) != 0)
        return cph_h5_fail(h5, CPH_ERR_MEMORY, set->name, "no memory for its chunks");
    cph_exec_run(h5->exec, workers, work, &j);
    pthread_mutex_destroy(&j.lock);
    if (j.status != CPH_OK && h5->error != NULL)
        *h5->error = j.error;
    return j.status;
}
