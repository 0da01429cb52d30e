/* SPDX-License-Identifier: MIT */
/** @file data_write.h
 *  Files being written: captures and beams, covariances, visibilities. Errors are reported as
 *  data.h says. */
#ifndef COPHASE_DATA_WRITE_H
#define COPHASE_DATA_WRITE_H

#include "cophase/data.h"

CPH_BEGIN_DECLS

/** A file being written as PATH.partial. */
typedef struct cph_writer cph_writer;

/** How samples and beams are compressed. Both are lossless. */
typedef enum cph_compression {
    CPH_COMPRESSION_NONE,
    CPH_COMPRESSION_DEFLATE, /**< shuffled bytes, deflate: every program that reads HDF5 knows it */
    CPH_COMPRESSION_BITSHUFFLE /**< shuffled bits, LZ4: others need the plugin of bitshuffle */
} cph_compression;

/** Layouts that captures (beams as captures) and covariances are written in; FORMAT.md says how. */
typedef enum cph_file_layout {
    CPH_FILE_NATIVE,     /**< of every kind */
    CPH_FILE_DIGITAL_RF, /**< a folder of files; captures whose start and rate are known */
    CPH_FILE_SIGMF,      /**< NAME.sigmf-meta and NAME.sigmf-data, or NAME.sigmf-collection with a
                              recording an element; captures whose rate is known */
    CPH_FILE_UVH5,       /**< covariances whose array, site, times and frequencies are known */
    CPH_FILE_LAYOUTS
} cph_file_layout;

/** "native", "digital-rf", "sigmf", "uvh5"; "unknown". */
CPH_API const char *cph_file_layout_name(cph_file_layout layout);

typedef struct cph_write_options {
    const char *history;         /**< this command's JSON object, one line; NULL: none */
    const char *const *inputs;   /**< paths that the output must not be (NULL-terminated), or NULL;
                                      their own history lines are carried over */
    cph_compression compression; /**< of captures and beams */
    bool resume; /**< captures, beams, covariances: goes on with the PATH.partial that this command
                      left when it was suspended. What would be the same, history included, must
                      be: FORMAT when it is not, MISSING when there is none; it is left as it is
                      then. Native files alone */
    cph_file_layout layout; /**< of captures and beams; an output in another layout than the native
                            one must not be there yet (EXISTS) */
} cph_write_options;

/** Capture: header gives kind CAPTURE (or BEAMS with beams set), type, scale, channels, array and
 *  times (0 when unknown); numbers that are NaN or 0 are left out. With real_sampling samples are
 *  handed over as {x, 0} and stored as x. Refuses an output that exists and is not a regular file,
 * or that is one of the inputs (EXISTS). MISSING and FORMAT for what options->layout cannot do
 * without, or cannot hold. */
CPH_MUST_CHECK CPH_API cph_status cph_capture_create(const char *path,
                                                     const cph_data_header *header,
                                                     const cph_write_options *options,
                                                     cph_writer **writer, cph_error *error);
/** Appends [times][channels][elements or beams] samples of the header's type. */
CPH_MUST_CHECK CPH_API cph_status cph_capture_append(cph_writer *writer, const void *samples,
                                                     size_t times, cph_error *error);
/** The gaps as far as they are known by now, where the header did not know them all; a gap must be
 *  told before what is behind it is appended. Copied. ARGUMENT, MEMORY. */
CPH_MUST_CHECK CPH_API cph_status cph_capture_gaps(cph_writer *writer, const cph_data_gap *gap,
                                                   size_t gaps, cph_error *error);
/** How many gaps it was told of. */
CPH_API size_t cph_capture_gaps_told(const cph_writer *writer);
/** Reads back times [start, start + times) of what was appended, as they were handed over (not of
 *  real sampling). ARGUMENT, IO. */
CPH_MUST_CHECK CPH_API cph_status cph_capture_look(cph_writer *writer, size_t start, size_t times,
                                                   void *samples, cph_error *error);
/** Times of a capture or beams that were written so far, dumps of a covariance from the first one
 *  on that are whole: where a resumed file is gone on with. */
CPH_API size_t cph_writer_times(const cph_writer *writer);
/** By how many seconds the first sample stands later in the file than the header says: not 0 where
 *  a layout counts samples from an epoch on, and the start is not at one. */
CPH_API double cph_writer_start_shift(const cph_writer *writer);
/** A number that is kept while the file is suspended, at first 0. */
CPH_API uint64_t *cph_writer_tally(cph_writer *writer);
/** Adds /truth: gain [array.elements], and one text line per source. */
CPH_MUST_CHECK CPH_API cph_status cph_capture_truth(cph_writer *writer, const cph_c64 *gain,
                                                    const char *const *source, size_t sources,
                                                    cph_error *error);
/** Adds /truth/delay_s [array.elements] to a /truth that is there. ARGUMENT, IO. */
CPH_MUST_CHECK CPH_API cph_status cph_capture_truth_delays(cph_writer *writer,
                                                           const double *delay_s, cph_error *error);
/** Completes the file and renames it into place; frees the writer in every case, and removes
 *  the partial file on failure. */
CPH_MUST_CHECK CPH_API cph_status cph_writer_commit(cph_writer *writer, cph_error *error);
/** Gives up: removes the partial file. NULL is fine. */
CPH_API void cph_writer_abort(cph_writer *writer);
/** Gives up but leaves PATH.partial as a valid file with the attribute `partial` (after SIGINT, or
 *  where an input that is followed broke off); of layouts of others what there is. */
CPH_API void cph_writer_suspend(cph_writer *writer);

/** Covariance [time][channel][N][N]: written one dump at a time, times = header->times; 0: as many
 *  as are put, one behind the other, in a native file, whose times cph_covariance_put_times tells.
 */
CPH_MUST_CHECK CPH_API cph_status cph_covariance_create_file(const char *path,
                                                             const cph_data_header *header,
                                                             const cph_write_options *options,
                                                             cph_writer **writer, cph_error *error);
CPH_MUST_CHECK CPH_API cph_status cph_covariance_put(cph_writer *writer, size_t time,
                                                     size_t channel, const cph_c64 *r,
                                                     cph_error *error);

/** Says when the dumps of a header without times are, time_unix_s [cph_writer_times] in the middle,
 *  and how long (NaN: unknown); once, before the file is complete. ARGUMENT, IO. */
CPH_MUST_CHECK CPH_API cph_status cph_covariance_put_times(cph_writer *writer, double integration_s,
                                                           const double *time_unix_s,
                                                           cph_error *error);

/** Says how many samples stand behind each entry, where the header did not know it yet; once. */
CPH_MUST_CHECK CPH_API cph_status cph_covariance_put_samples(cph_writer *writer, double n_samples,
                                                             cph_error *error);

/** Rows of a UVH5 file, to be changed in place. */
typedef struct cph_visibility_block {
    size_t rows; /**< 0: there are no more */
    size_t channels, products;
    const size_t *time;  /**< [rows] index into the header's time_unix_s */
    const size_t *input; /**< [rows][products][2] p and q of the header's inputs: a visibility is
                              E[x_p conj(x_q)] */
    cph_c64 *visibility; /**< [rows][channels][products], whatever flags say */
    unsigned char *flag; /**< the same; not 0: flagged */
} cph_visibility_block;

/** A copy of the UVH5 file `source`, whose visibilities and flags may be changed on the way; the
 *  other numbers and texts are copied as they are, without attributes. Visibilities are
 *  written as 32-bit floats (64 where they have more than 32 already), flags as booleans. `applied`
 *  (may be NULL) says which calibration is divided out. Blocks take up to max_memory bytes, and not
 *  less than a row. source must outlive the writer. UNSUPPORTED where it is no UVH5 file or has
 *  data sets of other kinds; FORMAT where it is damaged. */
CPH_MUST_CHECK CPH_API cph_status cph_visibility_create(const char *path, cph_data *source,
                                                        const char *applied, size_t max_memory,
                                                        const cph_write_options *options,
                                                        cph_writer **writer, cph_error *error);
/** Stores what the block of the call before holds now, and reads the next rows. */
CPH_MUST_CHECK CPH_API cph_status cph_visibility_next(cph_writer *writer,
                                                      cph_visibility_block *block,
                                                      cph_error *error);

CPH_END_DECLS

#endif
