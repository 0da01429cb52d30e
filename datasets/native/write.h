/* SPDX-License-Identifier: MIT */
/** @file write.h
 *  The project's own layout, writing side: what all kinds share. A file is written as NAME.partial
 *  and renamed when it is complete. */
#ifndef CPH_NATIVE_WRITE_H
#define CPH_NATIVE_WRITE_H

#include "cophase/data_write.h"
#include "datasets/data.h"
#include "datasets/h5/h5_sink.h"
#include "datasets/native/output.h"

/** How a file is written that is no native one, in the order of the calls. NULL: as native ones. */
typedef struct cph_foreign {
    /** Stores `times` times, and counts them in writer->written. */
    cph_status (*append)(cph_writer *writer, const char *samples, size_t times);
    cph_status (*covariance)(cph_writer *writer, size_t time, size_t channel, const cph_c64 *r);
    /** As cph_capture_truth. */
    cph_status (*truth)(cph_writer *writer, const cph_c64 *gain, const char *const *source,
                        size_t sources);
    /** As cph_capture_truth_delays, after it. */
    cph_status (*truth_delays)(cph_writer *writer, const double *delay_s);
    /** All was handed over: completes everything but writer->file. */
    cph_status (*complete)(cph_writer *writer);
    void (*close)(cph_writer *writer);       /**< what is open; again changes nothing */
    cph_status (*place)(cph_writer *writer); /**< puts it where it belongs */
    void (*remove)(cph_writer *writer);      /**< else: what was written */
    void (*free)(cph_writer *writer);        /**< writer->state */
} cph_foreign;

struct cph_writer {
    const cph_foreign *foreign; /**< NULL: native */
    void *state;                /**< of it */
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
    bool open_end;        /**< covariance: dim[0] grows with what is put */
    bool kept;            /**< the file is another command's until its mark is taken away */
    bool resumed;         /**< the file was there: options->resume */
    size_t before;        /**< resumed: its times, or dumps that are whole */
    uint64_t tally;       /**< cph_writer_tally */
    double start_shift_s; /**< cph_writer_start_shift */
    cph_data_gap *gap;    /**< [gaps] of captures and beams, as far as they are known */
    size_t gaps;
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
/** A writer with path and partial that has created nothing yet; cph_writer_abort frees it. NULL
 * with *status set when refused: EXISTS, MEMORY. */
cph_writer *cph_writer_make(const char *path, cph_kind kind, const cph_write_options *options,
                            cph_status *status, cph_error *error);
/** Creates writer->partial as an HDF5 file with what every root says. */
CPH_MUST_CHECK cph_status cph_writer_create(cph_writer *writer, const cph_write_options *options);

/** Captures and beams: shape, types, gaps, and room to make real samples real. ARGUMENT, MEMORY. */
CPH_MUST_CHECK cph_status cph_capture_shape(cph_writer *writer, const cph_data_header *header);
/** The most times that cph_capture_items takes. */
size_t cph_capture_items_most(const cph_writer *writer);
/** Samples as the file has them: complex ones as they are, of real sampling the real parts,
 *  packed, until the next call. NULL: that failed. */
const void *cph_capture_items(const cph_writer *writer, const void *samples, size_t times);
/** FORMAT or MISSING for what no layout of plain samples holds: channels, an unknown rate. `what`
 *  names the layout. */
CPH_MUST_CHECK cph_status cph_foreign_check(const cph_data_header *header, const char *path,
                                            const char *what, cph_error *error);

/** Other layouts (datasets/import), after the checks of cph_capture_create and
 *  cph_covariance_create_file. */
CPH_MUST_CHECK cph_status cph_uvh5_create(const char *path, const cph_data_header *header,
                                          const cph_write_options *options, cph_writer **writer,
                                          cph_error *error);
CPH_MUST_CHECK cph_status cph_digital_rf_create(const char *path, const cph_data_header *header,
                                                const cph_write_options *options,
                                                cph_writer **writer, cph_error *error);
CPH_MUST_CHECK cph_status cph_sigmf_create(const char *path, const cph_data_header *header,
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

/** /gaps, which a file gets when it is complete; nothing when there are none. */
bool cph_native_put_gaps(const cph_writer *w);
/** /truth: gain [writer->elements], and lines of text. */
bool cph_native_put_truth(cph_writer *writer, const cph_c64 *gain, const char *const *source,
                          size_t sources);
/** /truth/delay_s [writer->elements] */
bool cph_native_put_delays(cph_writer *writer, const double *delay_s);
/** /array; nothing when there are no elements. */
bool cph_native_put_array(hid_t file, const cph_array *array);
/** Attributes of the root that a header knows. */
bool cph_native_put_root(hid_t file, const cph_data_header *header);
/** When a capture began, where it is known: of the root or of a group. */
bool cph_native_put_start(hid_t object, const cph_data_header *header);
/** Which calibration was applied, and which time factor gains of others have. */
bool cph_native_put_gain_marks(hid_t object, const cph_data_header *header);
/** /channel_freq_hz and the like, where any is known. */
bool cph_native_put_known(hid_t file, const char *name, size_t count, const double *value);

#endif
