/* SPDX-License-Identifier: MIT */
/** @file write.h
 *  The project's own layout, writing side: what all kinds share. A file is written as NAME.partial
 *  and renamed when it is complete. */
#ifndef CPH_NATIVE_WRITE_H
#define CPH_NATIVE_WRITE_H

#include "datasets/data.h"
#include "datasets/h5/h5_sink.h"
#include "datasets/native/output.h"

struct cph_writer {
    char *path, *partial;
    cph_error *error; /**< of the running call */
    cph_h5_sink sink;
    hid_t file;
    cph_kind kind;
    hid_t set;     /**< the data set that grows; negative where all is written at once */
    hid_t type[2]; /**< of its items in the file and in memory */
    size_t rank, dim[4], chunk[4];
    size_t elements; /**< of the array, for /truth */
    cph_compression compression;
    bool truth;           /**< /truth is there */
    size_t row_bytes;     /**< capture, beams: bytes of one time as it is handed over */
    size_t written;       /**< capture, beams: times so far */
    size_t expected;      /**< capture, beams: times announced, 0 unknown */
    cph_type sample_type; /**< capture, beams */
    void *real;           /**< real sampling: the real parts of one chunk; else NULL */
    unsigned char *seen;  /**< covariance: [time][channel] was put */
    bool kept;            /**< the file is another command's until its mark is taken away */
    bool resumed;         /**< the file was there: options->resume */
    size_t before;        /**< resumed: its times, or dumps that are whole */
    uint64_t tally;       /**< cph_writer_tally */
    struct cph_visibility *visibility; /**< UVH5: what is copied; else NULL */
};

/** Frees it; NULL is fine. */
void cph_visibility_free(struct cph_visibility *visibility);

/** For cph_writer_begin: a layout of others, whose root says nothing but the history. */
#define CPH_KIND_FOREIGN CPH_KIND_COUNT

/** Checks the output and its inputs, creates NAME.partial with root attributes and history.
 *  EXISTS, IO, MEMORY. */
CPH_MUST_CHECK cph_status cph_writer_begin(const char *path, cph_kind kind,
                                           const cph_write_options *options, cph_writer **writer,
                                           cph_error *error);
/** CPH_OK when done is true and nothing was refused so far; else fills the error. */
CPH_MUST_CHECK cph_status cph_writer_check(cph_writer *writer, bool done, const char *what);

CPH_MUST_CHECK cph_status cph_writer_fail(cph_writer *writer, cph_status status, const char *object,
                                          const char *text);

/** Creates writer->set from rank, dim and type, in chunks of about 1 MiB that hold the whole last
 *  axis; a set that grows has no times yet. */
bool cph_bulk_create(cph_writer *writer, const char *name, bool grows);
/** Opens PATH.partial to go on with, when it is what this command left. MISSING, FORMAT, IO. */
CPH_MUST_CHECK cph_status cph_partial_open(cph_writer *writer, const cph_write_options *options);
/** Whether writer->set is as the command makes it, and holds the times that the mark says. */
bool cph_partial_check(const cph_writer *writer, bool grows);
/** Marks the file as one to go on with. */
bool cph_partial_mark(const cph_writer *writer);

/** Writes the box [start, start + count) of it. */
bool cph_bulk_put(cph_writer *writer, const hsize_t *start, const hsize_t *count,
                  const void *value);

/** The history of the inputs (each line once, in order), then `line`; NULL when there is none or no
 *  memory. */
char *cph_history_gather(const char *const *inputs, const char *line);

/** /array; nothing when there are no elements. */
bool cph_native_put_array(hid_t file, const cph_array *array);
/** Attributes of the root that a header knows. */
bool cph_native_put_root(hid_t file, const cph_data_header *header);
/** /channel_freq_hz and the like, where any is known. */
bool cph_native_put_known(hid_t file, const char *name, size_t count, const double *value);

#endif
