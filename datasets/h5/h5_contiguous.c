/* SPDX-License-Identifier: MIT */
/* Contiguous data by pread: pieces of rows, on as many threads as there are. */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "datasets/h5/h5_raw.h"
#include "kernels/core/exec.h"
#include "kernels/core/size.h"

/* Of rows that are longer than a piece, and of which the box has a small part, that is read alone.
 */
enum { SPARSE = 8 };

typedef struct job {
    const cph_h5 *h5;
    const cph_h5_set *set;
    const cph_h5_box *box;
    int file;
    size_t dim[CPH_H5_AXES];
    size_t row_bytes;     /* in the file */
    size_t first, span;   /* bytes of a row between the first and the last that the box has */
    bool solid;           /* it has all between them */
    size_t rows, pieces;  /* rows of a piece */
    pthread_mutex_t lock; /* of all below */
    size_t next, failed;  /* failed: the lowest one; pieces: none */
    cph_status status;
    cph_error error;
} job;

static bool plan(job *j)
{
    const cph_h5_box *box = j->box;
    const size_t size = box->cast->from;
    size_t first = 0, last = 0, row = 1, count = 1;
    for (size_t d = 0; d < box->rank; d++) {
        j->dim[d] = d < j->set->rank ? j->set->dim[d] : j->set->raw->last;
        if (box->count[d] == 0)
            return false;
    }
    for (size_t d = 1; d < box->rank; d++) {
        first = first * j->dim[d] + box->start[d];
        last = last * j->dim[d] + box->start[d] + box->count[d] - 1;
        row *= j->dim[d]; /* fits: the claimed size was checked */
        count *= box->count[d];
    }
    j->row_bytes = row * size;
    j->first = first * size;
    j->span = (last - first + 1) * size;
    j->solid = last - first + 1 == count;
    j->rows = CPH_H5_PIECE / j->row_bytes;
    if (j->rows < 2 || j->row_bytes / SPARSE > j->span + CPH_H5_PIECE / SPARSE)
        j->rows = 1;
    j->pieces = (box->count[0] + j->rows - 1) / j->rows;
    return true;
}

static cph_status read_bytes(const job *j, size_t row, char *out, size_t bytes, cph_error *error)
{
    const uint64_t from = j->set->raw->offset + (uint64_t)row * j->row_bytes + j->first;
    for (size_t got = 0; got < bytes;) {
        const ssize_t now = pread(j->file, out + got, bytes - got, (off_t)(from + got));
        if (now < 0 && errno == EINTR)
            continue;
        if (now < 0)
            return cph_h5_error(error, CPH_ERR_IO, j->h5->path, j->set->name,
                                "cannot be read at row %zu: %s", row, strerror(errno));
        if (now == 0)
            return cph_h5_error(error, CPH_ERR_FORMAT, j->h5->path, j->set->name,
                                "the file ends within row %zu", row + got / j->row_bytes);
        got += (size_t)now;
    }
    return CPH_OK;
}

/* Rows [low[0], high[0]): straight into the box, or by way of *room. */
static cph_status read_rows(const job *j, const size_t *low, const size_t *high, char **room,
                            cph_error *error)
{
    const size_t rows = high[0] - low[0], bytes = (rows - 1) * j->row_bytes + j->span;
    const bool whole = j->solid && (rows == 1 || j->span == j->row_bytes);
    size_t origin[CPH_H5_AXES] = {low[0]};
    char *direct = whole ? cph_h5_box_direct(j->box, low, high) : NULL;
    if (direct != NULL)
        return read_bytes(j, low[0], direct, bytes, error);
    if (*room == NULL)
        *room = malloc((j->rows - 1) * j->row_bytes + j->span);
    if (*room == NULL)
        return cph_h5_error(error, CPH_ERR_MEMORY, j->h5->path, j->set->name,
                            "no memory for a row of %zu bytes", j->span);
    const cph_status status = read_bytes(j, low[0], *room, bytes, error);
    if (status == CPH_OK)
        cph_h5_box_put(j->box, *room, j->first / j->box->cast->from, origin, j->dim, low, high);
    return status;
}

/* With the lock. */
static void take_error(job *j, size_t i, cph_status status, const cph_error *error)
{
    if (i >= j->failed)
        return;
    j->failed = i;
    j->status = status;
    j->error = *error;
}

static void work(void *context, size_t begin, size_t end, size_t worker)
{
    job *j = context;
    size_t low[CPH_H5_AXES] = {0}, high[CPH_H5_AXES] = {0};
    char *room = NULL;
    (void)begin;
    (void)end;
    (void)worker;
    for (size_t d = 0; d < j->box->rank; d++) {
        low[d] = j->box->start[d];
        high[d] = low[d] + j->box->count[d];
    }
    const size_t first = low[0], last = high[0];
    pthread_mutex_lock(&j->lock);
    while (j->next < j->pieces && j->failed == j->pieces) {
        cph_error error = {CPH_OK, ""};
        const size_t i = j->next++;
        low[0] = first + i * j->rows;
        high[0] = cph_size_min(low[0] + j->rows, last);
        pthread_mutex_unlock(&j->lock);
        const cph_status status = read_rows(j, low, high, &room, &error);
        pthread_mutex_lock(&j->lock);
        if (status != CPH_OK)
            take_error(j, i, status, &error);
    }
    pthread_mutex_unlock(&j->lock);
    free(room);
}

cph_status cph_h5_contiguous_read(const cph_h5 *h5, const cph_h5_set *set, const cph_h5_box *box)
{
    job j = {.h5 = h5, .set = set, .box = box};
    int *file = NULL;
    if (!plan(&j))
        return CPH_OK;
    j.failed = j.pieces;
    if (H5Fget_vfd_handle(h5->file, H5P_DEFAULT, (void **)&file) < 0 || file == NULL)
        return cph_h5_fail_call(h5, set->name, "cannot be read");
    j.file = *file;
    if (pthread_mutex_init(&j.lock, NULL) != 0)
        return cph_h5_fail(h5, CPH_ERR_MEMORY, set->name, "no memory for a lock");
    cph_exec_run(h5->exec, cph_size_min(cph_exec_threads(h5->exec), j.pieces), work, &j);
    pthread_mutex_destroy(&j.lock);
    if (j.status != CPH_OK && h5->error != NULL)
        *h5->error = j.error;
    return j.status;
}
