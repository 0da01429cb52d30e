/* SPDX-License-Identifier: MIT */
/** @file track_log.h
 *  What a tracking terminal did: a file of kind track (FORMAT.md has its layout), written row by
 *  row, so that memory does not grow with rows. Errors are reported as data.h says. */
#ifndef COPHASE_TRACK_LOG_H
#define COPHASE_TRACK_LOG_H

#include <stdbool.h>

#include "cophase/array.h"
#include "cophase/data.h"
#include "cophase/data_write.h"
#include "cophase/schedule.h"

CPH_BEGIN_DECLS

/** Bytes of a name, with the zero at its end. */
#define CPH_TRACK_NAME_SIZE 64

/** What all rows share. A column is a path at a frequency. */
typedef struct cph_track_head {
    size_t columns;            /**< C, at least 1 */
    const cph_gain_path *path; /**< [C] */
    const double *freq_hz;     /**< [C] */
    size_t nulls;              /**< J */
    const char *const *null;   /**< [J] what each is called */
    cph_schedule_config schedule;
} cph_track_head;

/** A beam from one time to another. Angles in degrees as in files, levels in dB; NaN: unknown, or
 *  none. */
typedef struct cph_track_row {
    double time_unix_s, end_unix_s; /**< its weights stand from here to there */
    uint32_t satellite;
    int64_t slot;
    unsigned char standby; /**< 1: beside the one that serves, before a hand-over */
    double az_deg, el_deg; /**< sky, in the middle of that time, as all that follows */
    double direction[3];   /**< unit vector, array frame */
    double scan_deg;       /**< from boresight */
    double range_m, range_rate_m_s;
    double margin_deg;      /**< above floor and obstruction */
    const double *gain_db;  /**< [C] least of start, middle and end: over an isotropic element */
    const double *ideal_db; /**< [C] of the array without errors, states, nulls, dead elements */
    const double *loss_db;  /**< [C] ideal less gain */
    const double *pointing_loss_db; /**< [C] of it for pointing beside the satellite, at most */
    const double *doppler_hz;   /**< [C] receive: shift of what arrives; transmit: what to add */
    const double *sinr_loss_db; /**< [C] against the same pass without jammers */
    const double *null_off_deg; /**< [J] angle between it and the satellite; NaN: it is not there */
    const double *null_db;      /**< [C][J] response in a null over that toward the satellite */
    const double *null_price_db;  /**< [C] gain that nulls cost; NULL: not known, here and below */
    const double *null_likely_db; /**< [C][J] what 95 % of draws of the gains' errors are below */
} cph_track_row;

typedef struct cph_track_writer cph_track_writer;

/** PATH.partial until it is finished. options: history and inputs count; may be NULL. EXISTS, IO,
 *  MEMORY, ARGUMENT. */
CPH_MUST_CHECK CPH_API cph_status cph_track_writer_create(const char *path, const cph_array *array,
                                                          const cph_track_head *head,
                                                          const cph_write_options *options,
                                                          cph_track_writer **writer,
                                                          cph_error *error);
CPH_MUST_CHECK CPH_API cph_status cph_track_writer_put(cph_track_writer *writer,
                                                       const cph_track_row *row, cph_error *error);
/** A piece of slot `slot`. */
CPH_MUST_CHECK CPH_API cph_status cph_track_writer_piece(cph_track_writer *writer, int64_t slot,
                                                         const cph_schedule_piece *piece,
                                                         cph_error *error);
CPH_API uint64_t cph_track_writer_rows(const cph_track_writer *writer);
/** Names of all satellites by their numbers; completes the file and frees the writer in every case,
 *  and removes the partial file on failure. */
CPH_MUST_CHECK CPH_API cph_status cph_track_writer_finish(cph_track_writer *writer,
                                                          size_t satellites,
                                                          const char *const *name,
                                                          cph_error *error);
/** Gives up: removes the partial file. NULL is fine. */
CPH_API void cph_track_writer_abandon(cph_track_writer *writer);

/** The same in memory. Free with cph_track_log_free. */
typedef struct cph_track_log {
    size_t rows, columns, nulls, pieces, satellites;
    double *time_unix_s, *end_unix_s; /**< [rows], as all up to margin_deg */
    uint32_t *satellite;
    int64_t *slot;
    unsigned char *standby;
    double *az_deg, *el_deg, *direction /**< [rows][3] */, *scan_deg, *range_m, *range_rate_m_s,
        *margin_deg;
    double *gain_db, *ideal_db, *loss_db, *pointing_loss_db, *doppler_hz,
        *sinr_loss_db;      /**< [rows][columns] */
    double *null_off_deg;   /**< [rows][nulls] */
    double *null_db;        /**< [rows][columns][nulls] */
    double *null_price_db;  /**< [rows][columns] where there are nulls; NULL: not there */
    double *null_likely_db; /**< [rows][columns][nulls]; NULL: not there */
    cph_gain_path *path;    /**< [columns] */
    double *freq_hz;        /**< [columns] */
    char (*null)[CPH_TRACK_NAME_SIZE]; /**< [nulls] */
    char (*name)[CPH_TRACK_NAME_SIZE]; /**< [satellites] */
    int64_t *piece_slot;               /**< [pieces] */
    cph_schedule_piece *piece;         /**< [pieces] */
    cph_schedule_config schedule;      /**< join_s: 0 */
} cph_track_log;

/** FORMAT as of cph_track_reader_next, IO, MEMORY, MISSING; *log is unchanged on error. */
CPH_MUST_CHECK CPH_API cph_status cph_track_log_read(const char *path, cph_track_log *log,
                                                     cph_error *error);
CPH_API void cph_track_log_free(cph_track_log *log);

/** Whether the file is one of kind track. */
CPH_API bool cph_track_log_probe(const char *path);

/** A log row by row, in memory that does not grow with rows. */
typedef struct cph_track_reader cph_track_reader;

/** IO, MEMORY, FORMAT, MISSING. Close with cph_track_reader_close. */
CPH_MUST_CHECK CPH_API cph_status cph_track_reader_open(const char *path, cph_track_reader **reader,
                                                        cph_error *error);
/** Sizes, columns, nulls, satellites and the schedule; members of [rows] and [pieces] are NULL. The
 *  reader's. */
CPH_API const cph_track_log *cph_track_reader_log(const cph_track_reader *reader);
/** Of the file, with its array; without elements where it has none. */
CPH_API const cph_data_header *cph_track_reader_header(const cph_track_reader *reader);
/** The next row; *more becomes false, and *row stays, at the end. What the row points to is the
 *  reader's, until the next call. FORMAT: a time or direction that is not finite, too, a vector of
 *  it that is not one long (to 1e-6), and a satellite that has no name. */
CPH_MUST_CHECK CPH_API cph_status cph_track_reader_next(cph_track_reader *reader,
                                                        cph_track_row *row, bool *more,
                                                        cph_error *error);
/** The next piece and its slot, likewise. */
CPH_MUST_CHECK CPH_API cph_status cph_track_reader_piece(cph_track_reader *reader, int64_t *slot,
                                                         cph_schedule_piece *piece, bool *more,
                                                         cph_error *error);
/** NULL is fine. */
CPH_API void cph_track_reader_close(cph_track_reader *reader);

CPH_END_DECLS

#endif
