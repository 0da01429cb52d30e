/* SPDX-License-Identifier: MIT */
/** @file sigmf.h
 *  A recording of SigMF: what its metadata say. */
#ifndef CPH_IMPORT_SIGMF_H
#define CPH_IMPORT_SIGMF_H

#include "datasets/import/json_file.h"
#include "datasets/import/raw.h"
#include "datasets/native/native.h"

/** Free with cph_sigmf_free in every case. */
typedef struct cph_sigmf {
    cph_data *data;
    size_t index; /**< of its file */
    char *base;   /**< path without ending */
    char *path;   /**< of the metadata */
    json_t *meta;
    const json_t *global, *captures;
    cph_raw_item item;
    uint64_t channels, offset, trailing;
    double rate_hz, frequency_hz, start_unix_s, start_rest_s, scale, if_freq_hz, lost_value,
        wave_speed_m_s, independent;          /**< NaN unknown */
    const char *applied, *gain_factor, *kind; /**< in `meta`; NULL where it does not say */
    /* while segments are gone through */
    size_t segments; /**< so far */
    size_t row, times;
    uint64_t headers; /**< bytes of them so far */
    uint64_t left;    /**< bytes behind the last whole time */
    bool ahead;       /**< followed: captures begin where there are no samples yet */
} cph_sigmf;

/** How files of a recording, and of a collection, are called. */
#define CPH_SIGMF_META       ".sigmf-meta"
#define CPH_SIGMF_DATA       ".sigmf-data"
#define CPH_SIGMF_COLLECTION ".sigmf-collection"

#define cph_sigmf_fail(r, key, ...)                                                                \
    cph_h5_error((r)->data->h5.error, CPH_ERR_FORMAT, (r)->path, key, __VA_ARGS__)

/** `length` bytes of stem, then end, on the heap. */
char *cph_sigmf_join(const char *stem, size_t length, const char *end);

/** Reads the metadata of the recording that is called `base`, on the heap and taken over. */
CPH_MUST_CHECK cph_status cph_sigmf_read(cph_data *data, size_t index, char *base, cph_sigmf *r);
void cph_sigmf_free(cph_sigmf *r);

/** What `object` has under `key`; left as it is where it has nothing. FORMAT: it is no number, or
 *  no whole one. */
CPH_MUST_CHECK cph_status cph_sigmf_number(const cph_sigmf *r, const json_t *object,
                                           const char *key, double *value);
CPH_MUST_CHECK cph_status cph_sigmf_count(const cph_sigmf *r, const json_t *object, const char *key,
                                          uint64_t *value);

/** Opens its samples as file r->index of data->layout, and adds its segments, or checks that they
 *  are those of the first file. */
CPH_MUST_CHECK cph_status cph_sigmf_take(cph_sigmf *r, size_t elements, cph_raw_order order);
/** Adds all segments (sigmf_segments.c): one ends where the next one has a header, or where samples
 *  were lost. r->row is set. */
CPH_MUST_CHECK cph_status cph_sigmf_take_segments(cph_sigmf *r);
/** Of a recording that is followed: metadata that change are read again. */
CPH_MUST_CHECK cph_status cph_sigmf_follow(cph_data *data);
/** What Cophase says of samples in the global object. */
#define CPH_SIGMF_APPLIED     "cophase:" CPH_APPLIED
#define CPH_SIGMF_GAIN_FACTOR "cophase:" CPH_GAIN_TIME_FACTOR
#define CPH_SIGMF_KIND        "cophase:kind"
/** What it says of the elements in `about`, the global object or a collection: a list with an item
 *  each, NULL behind the last key; and the truth of a simulation. */
extern const char *const cph_sigmf_lists[];
#define CPH_SIGMF_NAMES         "cophase:element_names"
#define CPH_SIGMF_NUMBERS       "cophase:element_numbers"
#define CPH_SIGMF_POLARIZATIONS "cophase:element_polarizations"
#define CPH_SIGMF_TRUTH_GAIN    "cophase:truth_gain"
#define CPH_SIGMF_TRUTH_DELAY   "cophase:truth_delay_s"
#define CPH_SIGMF_TRUTH_SOURCE  "cophase:truth_source"
CPH_MUST_CHECK cph_status cph_sigmf_take_elements(const cph_sigmf *r, const json_t *about);
CPH_MUST_CHECK cph_status cph_sigmf_take_truth(const cph_sigmf *r, const json_t *about);
/** Fills the header. */
CPH_MUST_CHECK cph_status cph_sigmf_finish(const cph_sigmf *r, const json_t *about);

CPH_MUST_CHECK cph_status cph_sigmf_open_collection(cph_data *data);

#endif
