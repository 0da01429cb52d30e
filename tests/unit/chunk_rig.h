/* SPDX-License-Identifier: MIT */
/** @file chunk_rig.h
 *  Chunked data sets made chunk by chunk: filters applied by obvious loops, so that any row of them
 *  can be made, left out by a mask, and damaged. */
#ifndef CPH_TESTS_CHUNK_RIG_H
#define CPH_TESTS_CHUNK_RIG_H

#include "cophase/random.h"
#include "data_fixture.h"
#include "datasets/h5/h5_filters.h"

enum { RIG_RANK = 3 };

/** Bytes that an encoder may need for `bytes`. */
size_t rig_room(size_t bytes);
/** Applies the filters that the mask leaves; out has rig_room(bytes). Returns the bytes made. */
size_t rig_apply(const cph_h5_filters *filters, uint32_t mask, const unsigned char *in,
                 size_t bytes, unsigned char *out);
/** Bytes that compress but don't repeat. */
void rig_draw(cph_random *random, unsigned char *out, size_t bytes);

/** A data set "x" and what it holds, in the file's own bytes. */
typedef struct rig_set {
    hid_t type; /**< of an element, in the file */
    size_t rank, dim[RIG_RANK], chunk[RIG_RANK];
    cph_h5_filters filters;
    const void *fill;               /**< an element, or NULL */
    bool plain_edges;               /**< chunks that reach beyond the end have no filters */
    uint32_t (*mask)(size_t chunk); /**< NULL: 0 */
    bool (*absent)(size_t chunk);   /**< not written; NULL: none */
    unsigned char *value;           /**< [dim], made by rig_write; freed by rig_free */
    void (*hurt)(size_t chunk, unsigned char *stored, size_t *bytes); /**< NULL: none */
} rig_set;

void rig_write(const char *path, rig_set *set, cph_random *random);
void rig_free(rig_set *set);
size_t rig_elements(const rig_set *set);

#endif
