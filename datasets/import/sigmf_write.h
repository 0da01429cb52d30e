/* SPDX-License-Identifier: MIT */
/** @file sigmf_write.h
 *  Recordings of SigMF that are being written, and what is said of them. */
#ifndef CPH_IMPORT_SIGMF_WRITE_H
#define CPH_IMPORT_SIGMF_WRITE_H

#include <sha512.h>
#include <stdio.h>

#include "datasets/import/sigmf.h"
#include "datasets/native/write.h"

/** A file that is written as NAME.partial. */
typedef struct cph_sigmf_file {
    char *path, *partial; /**< on the heap */
} cph_sigmf_file;

typedef struct cph_sigmf_recording {
    cph_sigmf_file data, meta;
    FILE *samples;  /**< data.partial, NULL before and after it is written */
    SHA512_CTX sum; /**< of the samples so far */
} cph_sigmf_recording;

/** When and at which frequency samples were taken. */
typedef struct cph_sigmf_clock {
    double freq_hz, rate_hz;
    double start_unix_s, start_rest_s; /**< as cph_data_header has them */
} cph_sigmf_clock;

/** A recording of all channels, or a collection of one each. */
typedef struct cph_sigmf_writer {
    cph_sigmf_recording *recording; /**< [recordings] */
    size_t recordings;
    cph_sigmf_file list;   /**< the collection's; NULL paths: there is none */
    void *column;          /**< room for the samples of one recording; NULL where there is one */
    json_t *about;         /**< of a simulation, names: for the recording, or else the collection */
    json_t *global;        /**< of each recording */
    cph_sigmf_clock clock; /**< the same */
    json_t *captures;      /**< likewise, once all gaps are known */
} cph_sigmf_writer;

/* ---- metadata; false: no memory ---- */

/** What recordings of `channels` channels each say of themselves. */
CPH_MUST_CHECK bool cph_sigmf_put_global(const cph_writer *w, json_t *global,
                                         const cph_data_header *header, size_t channels);
/** A segment, and one behind each loss. */
CPH_MUST_CHECK bool cph_sigmf_put_captures(json_t *captures, const cph_sigmf_clock *clock,
                                           const cph_data_gap *gap, size_t gaps);
/** Names of elements, "" among them; numbers where they are not 0, 1, 2, or it is a collection,
 * whose recordings may be read alone; polarisations where there are any. */
CPH_MUST_CHECK bool cph_sigmf_put_elements(json_t *about, const cph_array *array, bool collection);
CPH_MUST_CHECK bool cph_sigmf_put_truth(json_t *about, size_t elements, const cph_c64 *gain,
                                        const char *const *source, size_t sources);
CPH_MUST_CHECK bool cph_sigmf_put_delays(json_t *about, size_t elements, const double *delay_s);

/* ---- files ---- */

/** Writes every recording's metadata, with the sum of its samples, then the collection's with the
 *  sums of those. */
CPH_MUST_CHECK cph_status cph_sigmf_write_meta(cph_writer *w, const cph_sigmf_writer *o);
/** What the system said of a file. */
CPH_MUST_CHECK cph_status cph_sigmf_refused(const cph_writer *w, const char *path);

#endif
