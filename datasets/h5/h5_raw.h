/* SPDX-License-Identifier: MIT */
/** @file h5_raw.h
 *  Boxes of data sets read past HDF5's filters and conversions: chunks are fetched as they are
 *  stored and undone on several threads, contiguous data come by pread. */
#ifndef CPH_H5_H5_RAW_H
#define CPH_H5_H5_RAW_H

#include "datasets/h5/h5_filters.h"

/* ---- numbers (h5_cast.c) ---- */

/** How elements of a file become elements in memory. */
typedef struct cph_h5_cast {
    size_t from, to; /**< bytes of an element in the file, in memory */
    size_t parts;    /**< numbers of an element: 1 or 2 */
    size_t at[2];    /**< where they are in an element of the file */
    int in, out;     /**< what they are: rows of a table in h5_cast.c */
    bool swap;       /**< their bytes are in the other order */
    bool copy;       /**< nothing is to be done but copying */
} cph_h5_cast;

/** False for types that HDF5 must convert. `file` is a number, an enumeration of numbers or a pair;
 *  `memory` a number or a packed pair of the same. */
bool cph_h5_cast_make(hid_t file, hid_t memory, cph_h5_cast *cast);
/** `count` elements, next to each other; any alignment. */
void cph_h5_cast_run(const cph_h5_cast *cast, const void *in, size_t count, void *out);

/* ---- boxes (h5_raw.c) ---- */

/* PIECE: bytes of contiguous data that a thread takes at a time, or one row. */
enum { CPH_H5_AXES = CPH_H5_RANK + 1, CPH_H5_PIECE = 1 << 20 };

/** A box of a data set in memory, and the part of it that is worked on. All axes of the file. */
typedef struct cph_h5_box {
    size_t rank;
    size_t start[CPH_H5_AXES], count[CPH_H5_AXES]; /**< of the whole box */
    const cph_h5_cast *cast;
    char *out; /**< [count], packed */
} cph_h5_box;

/** Copies elements [low, high) of the file from `in`, which holds the box of dim[] elements from
 *  origin[] on but for its first `skip` elements, into the box. */
void cph_h5_box_put(const cph_h5_box *box, const char *in, size_t skip, const size_t *origin,
                    const size_t *dim, const size_t *low, const size_t *high);
/** Makes them zero. */
void cph_h5_box_clear(const cph_h5_box *box, const size_t *low, const size_t *high);
/** Whether they lie in memory as `in` of cph_h5_box_put would have them, packed, with dim = high -
 *  low; then where. NULL: no. */
char *cph_h5_box_direct(const cph_h5_box *box, const size_t *low, const size_t *high);

/** What is kept of a data set that is read so. */
typedef struct cph_h5_raw {
    size_t rank;
    size_t size;    /**< of an element in the file */
    size_t last;    /**< of the axes that the set does not count: the trailing one of two */
    haddr_t offset; /**< contiguous: where the data begin */
    struct cph_h5_chunks *chunks; /**< chunked; else NULL */
} cph_h5_raw;

/** NULL when HDF5 must read the set: other layouts, other filters; or no memory. */
cph_h5_raw *cph_h5_raw_open(const cph_h5 *h5, const cph_h5_set *set, hid_t plist);
void cph_h5_raw_close(cph_h5_raw *raw);

/* ---- the ways (h5_chunks.c, h5_contiguous.c) ---- */

struct cph_h5_chunks *cph_h5_chunks_open(const cph_h5_set *set, hid_t plist, const cph_h5_raw *raw);
void cph_h5_chunks_close(struct cph_h5_chunks *k);
CPH_MUST_CHECK cph_status cph_h5_chunks_read(const cph_h5 *h5, const cph_h5_set *set,
                                             const cph_h5_box *box);
/** Bytes that a read takes on `threads` threads beside its output: at most 6 chunks and 512 KiB a
 *  thread, of which no more work than 64 MiB hold (at least one), and the chunks that are kept
 *  because only a part of them was asked for. */
size_t cph_h5_chunks_scratch(const struct cph_h5_chunks *k, size_t threads);
CPH_MUST_CHECK cph_status cph_h5_contiguous_read(const cph_h5 *h5, const cph_h5_set *set,
                                                 const cph_h5_box *box);

#endif
