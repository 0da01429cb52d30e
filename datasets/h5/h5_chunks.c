/* SPDX-License-Identifier: MIT */
/* Chunks: fetched one after the other under a lock, as HDF5 would have it anyway, undone and put
 * into the box by as many threads as there are. Each chunk is looked up by itself (HDF5's lists of
 * chunks take time by the square of their number). Of chunks that a box takes a part of, as many
 * are kept undone as a row of the first axis crosses, at most 64 MiB or one: the next box may ask
 * for the rest. */
#include <stdlib.h>
#include <string.h>

#include "datasets/h5/h5_chunks.h"
#include "kernels/core/exec.h"
#include "kernels/core/size.h"

enum { KEPT_BYTES = 64 << 20, TOOLS_BYTES = 512 << 10 };
enum { WORKER_CHUNKS = 6, WORKERS_BYTES = 64 << 20 };

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
    cph_h5_worker *grown = realloc(k->worker, count * sizeof *grown);
    if (grown == NULL)
        return false;
    memset(grown + k->workers, 0, (count - k->workers) * sizeof *grown);
    k->worker = grown;
    k->workers = count;
    return true;
}

/* ---- what is kept ---- */

/* With the lock. */
static cph_h5_kept *find_kept(const cph_h5_job *j, const cph_h5_piece *p)
{
    for (size_t i = 0; i < j->k->kepts; i++) {
        cph_h5_kept *one = &j->k->kept[i];
        if (one->data != NULL && one->index == p->index && one->rows == j->dim[0]) {
            one->read = j->k->reads;
            return one;
        }
    }
    return NULL;
}

/* Gives the worker's chunk for the oldest one, but for those that this read uses. With the lock. */
static void keep(const cph_h5_job *j, cph_h5_worker *w, const cph_h5_piece *p)
{
    cph_h5_kept *oldest = NULL;
    for (size_t i = 0; i < j->k->kepts; i++) {
        cph_h5_kept *one = &j->k->kept[i];
        if ((one->data == NULL || one->read < j->k->reads) &&
            (oldest == NULL || one->read < oldest->read))
            oldest = one;
    }
    if (oldest == NULL)
        return;
    char *const free_one = oldest->data;
    *oldest =
        (cph_h5_kept){.data = w->whole, .index = p->index, .rows = j->dim[0], .read = j->k->reads};
    w->whole = free_one;
}

/* ---- all of a box ---- */

/* With the lock. */
static void take_error(cph_h5_job *j, const cph_h5_piece *p, cph_status status,
                       const cph_error *error)
{
    if (p->order >= j->failed)
        return;
    j->failed = p->order;
    j->status = status;
    j->error = *error;
}

static void work_on(cph_h5_job *j, cph_h5_worker *w, cph_h5_piece *p)
{
    cph_error error = {CPH_OK, ""};
    bool through = false;
    const cph_h5_kept *have = p->partial ? find_kept(j, p) : NULL;
    cph_status status = have == NULL ? cph_h5_piece_fetch(j, w, p, &error) : CPH_OK;
    pthread_mutex_unlock(&j->lock);
    if (have != NULL)
        cph_h5_box_put(j->box, have->data, 0, p->origin, j->k->chunk, p->low, p->high);
    else if (status == CPH_OK)
        status = cph_h5_piece_undo(j, w, p, &through, &error);
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
    cph_h5_job *j = context;
    (void)begin;
    (void)end;
    cph_h5_quiet();
    pthread_mutex_lock(&j->lock);
    while (j->next < j->count && j->failed == j->count) {
        cph_h5_piece p = cph_h5_piece_at(j, j->next++);
        work_on(j, &j->k->worker[index], &p);
    }
    pthread_mutex_unlock(&j->lock);
}

/* Axes of the file: the set may have grown, or hide a trailing axis of two. */
static void lay_grid(cph_h5_job *j, const cph_h5_raw *raw)
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
    cph_h5_job j = {.h5 = h5, .set = set, .k = k, .box = box};
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
