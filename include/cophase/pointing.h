/* SPDX-License-Identifier: MIT */
/** @file pointing.h
 *  Tables of where satellites (or whatever moves over the sky) are: read and written row by row, so
 *  that memory does not grow with rows. Text (CSV) or HDF5 of kind pointing; FORMAT.md has both.
 *  Errors are reported as data.h says; those of text name the line, those of HDF5 data set and row.
 *  Not thread-safe per object. */
#ifndef COPHASE_POINTING_H
#define COPHASE_POINTING_H

#include <stdbool.h>

#include "cophase/data_write.h"
#include "cophase/types.h"

CPH_BEGIN_DECLS

enum {
    CPH_POINTING_SATELLITES_MAX = 65536, /**< of one table */
    CPH_POINTING_NAME_SIZE = 64          /**< bytes of a name, with the zero at its end */
};

/** Rows come in order of time (equal times are those of several satellites), each satellite's own
 *  times rise. */
typedef struct cph_pointing_row {
    double time_unix_s;    /**< in [-1e11, 1e11] */
    uint32_t satellite;    /**< its number in the table, from 0 */
    double az_rad;         /**< sky: from north through east, in [0, 2 pi) when read */
    double el_rad;         /**< from the horizon, in [-pi/2, pi/2] */
    double range_m;        /**< from the site, above 0; NaN unknown */
    double range_rate_m_s; /**< positive: receding; NaN unknown */
} cph_pointing_row;

typedef struct cph_pointing cph_pointing;

/** Whether the file is such a table: HDF5 of that kind, or text whose first line names columns
 *  satellite and az_deg or el_deg; it may lack others, or name one twice. What comes through a pipe
 *  cannot be looked at twice, and is taken for one. */
CPH_API bool cph_pointing_probe(const char *path);

/** Opens a table; text may come from a pipe. IO, MEMORY, FORMAT (no first line with names, no rows:
 *  said here or by the first cph_pointing_next), MISSING (a column). Close with cph_pointing_close.
 */
CPH_MUST_CHECK CPH_API cph_status cph_pointing_open(const char *path, cph_pointing **pointing,
                                                    cph_error *error);
/** The next row; *more becomes false, and *row stays, at the end. FORMAT: a row that is none, a
 * time that goes back, an angle out of range ...; after an error the table is at its end. *row and
 * *more are unchanged on error. */
CPH_MUST_CHECK CPH_API cph_status cph_pointing_next(cph_pointing *pointing, cph_pointing_row *row,
                                                    bool *more, cph_error *error);
/** Satellites known so far: of text those that were read, in order of appearance; of HDF5 all. */
CPH_API size_t cph_pointing_satellites(const cph_pointing *pointing);
/** Name of one of them; it stays where it is until the table is closed. "" for another number. */
CPH_API const char *cph_pointing_name(const cph_pointing *pointing, uint32_t satellite);
/** Where the last row stood, for messages: "line 17" or "row 17". Until the next call. */
CPH_API const char *cph_pointing_place(cph_pointing *pointing);
/** NULL is fine. */
CPH_API void cph_pointing_close(cph_pointing *pointing);

typedef struct cph_pointing_writer cph_pointing_writer;

/** PATH.partial until it is finished: HDF5 where the name ends in .h5 or .hdf5, else text, in which
 *  times have 1 us, angles 1e-7 degrees, ranges 1 mm, range rates 1 um/s. Of `options` (may be
 * NULL) history and inputs count. EXISTS, IO, MEMORY. */
CPH_MUST_CHECK CPH_API cph_status cph_pointing_writer_create(const char *path,
                                                             const cph_write_options *options,
                                                             cph_pointing_writer **writer,
                                                             cph_error *error);
/** Appends a row of the satellite called `name`, without blanks around it (row->satellite does not
 *  count). ARGUMENT for what no reader takes (then nothing is written), IO, MEMORY. */
CPH_MUST_CHECK CPH_API cph_status cph_pointing_writer_put(cph_pointing_writer *writer,
                                                          const cph_pointing_row *row,
                                                          const char *name, cph_error *error);
/** Rows so far. */
CPH_API uint64_t cph_pointing_writer_rows(const cph_pointing_writer *writer);
/** Completes the file and puts it in place; frees the writer in every case, and removes the
 *  partial file on failure. ARGUMENT where it has no row. */
CPH_MUST_CHECK CPH_API cph_status cph_pointing_writer_finish(cph_pointing_writer *writer,
                                                             cph_error *error);
/** Gives up: removes the partial file. NULL is fine. */
CPH_API void cph_pointing_writer_abandon(cph_pointing_writer *writer);

CPH_END_DECLS

#endif
