/* SPDX-License-Identifier: MIT */
/** @file h5_chunks.h
 *  What stands behind reads of chunks: those of a box, and what is done with each. */
#ifndef CPH_H5_CHUNKS_H
#define CPH_H5_CHUNKS_H

#include <pthread.h>

#include "datasets/h5/h5_raw.h"

/** A chunk that is kept. */
typedef struct cph_h5_kept {
    char *data; /**< NULL: none */
    size_t index;
    size_t rows;   /**< of the data set when it was read: more may have been written since */
    uint64_t read; /**< the last one that used it */
} cph_h5_kept;

/** Of one thread. */
typedef struct cph_h5_worker {
    cph_h5_tools tools;
    char *stored, *whole;
    size_t stored_bytes;
} cph_h5_worker;

typedef struct cph_h5_chunks {
    size_t rank, size, bytes; /**< of an element, of a chunk */
    size_t chunk[CPH_H5_AXES];
    cph_h5_filters filters;
    bool plain_edges;    /**< chunks beyond the end have no filters */
    unsigned char *fill; /**< an element of what was never written; NULL: zeros */
    cph_h5_worker *worker;
    size_t workers;
    cph_h5_kept *kept;
    size_t kepts;
    uint64_t reads;
} cph_h5_chunks;

/** One read of a box. */
typedef struct cph_h5_job {
    const cph_h5 *h5;
    const cph_h5_set *set;
    cph_h5_chunks *k;
    const cph_h5_box *box;
    size_t dim[CPH_H5_AXES];                             /**< of the data set */
    size_t first[CPH_H5_AXES], grid[CPH_H5_AXES], count; /**< chunks of the box */
    pthread_mutex_t lock; /**< of all below, of what is kept, and of HDF5 */
    size_t next, failed;  /**< failed: the lowest one; count: none */
    cph_status status;
    cph_error error;
} cph_h5_job;

/** A chunk of a job. */
typedef struct cph_h5_piece {
    size_t index; /**< in the data set's grid of chunks */
    size_t order; /**< in the job */
    size_t origin[CPH_H5_AXES], low[CPH_H5_AXES], high[CPH_H5_AXES]; /**< elements */
    bool edge;    /**< it reaches beyond the data set */
    bool partial; /**< the box has not all of it */
    bool there;   /**< in the box already */
    hsize_t stored;
    uint32_t mask;
} cph_h5_piece;

/** The chunk that is number `order` of a job. */
cph_h5_piece cph_h5_piece_at(const cph_h5_job *j, size_t order);
/** Fetches what is stored, without filters straight to its place; p->stored is 0 where nothing was
 *  ever written. With the lock. */
CPH_MUST_CHECK cph_status cph_h5_piece_fetch(const cph_h5_job *j, cph_h5_worker *w, cph_h5_piece *p,
                                             cph_error *error);
/** A chunk straight into the box, or through the worker's own, where it then is. */
CPH_MUST_CHECK cph_status cph_h5_piece_undo(const cph_h5_job *j, cph_h5_worker *w,
                                            const cph_h5_piece *p, bool *through, cph_error *error);

#endif
