/* SPDX-License-Identifier: MIT */
/** @file track.h
 *  The data sets of kind track: one table that the writer and the reader go by. */
#ifndef CPH_DATASETS_TRACK_H
#define CPH_DATASETS_TRACK_H

#include "cophase/track_log.h"
#include "datasets/h5/h5.h"

typedef enum cph_track_type {
    CPH_TRACK_F64,
    CPH_TRACK_F32, /**< doubles in memory, 32 bits in the file */
    CPH_TRACK_U32,
    CPH_TRACK_I64,
    CPH_TRACK_U8
} cph_track_type;

/** What stands behind the row's axis. */
typedef enum cph_track_shape {
    CPH_TRACK_SCALAR,
    CPH_TRACK_VECTOR,  /**< 3 */
    CPH_TRACK_COLUMNS, /**< C */
    CPH_TRACK_NULLS,   /**< C, J */
    CPH_TRACK_PRICES,  /**< C where there are nulls */
    CPH_TRACK_APART    /**< J */
} cph_track_shape;

typedef struct cph_track_field {
    const char *name;
    cph_track_type type;
    cph_track_shape shape;
    size_t from; /**< of the row handed over: a number, the vector, or a pointer to columns */
    size_t to;   /**< of the log read: a pointer to rows */
    bool late;   /**< doubles that a log may lack, and a row: NULL */
} cph_track_field;

/** A piece as it is stored. */
typedef struct cph_track_piece_row {
    int64_t slot;
    double start_unix_s, end_unix_s, standby_unix_s, mean_el_deg;
    uint32_t satellite;
    unsigned char reason;
} cph_track_piece_row;

enum { CPH_TRACK_ROW_FIELDS = 22, CPH_TRACK_PIECE_FIELDS = 7 };
extern const cph_track_field cph_track_row_fields[CPH_TRACK_ROW_FIELDS];
extern const cph_track_field cph_track_piece_fields[CPH_TRACK_PIECE_FIELDS];

/** Bytes of an item in memory, and HDF5's type of it there and in the file. */
size_t cph_track_item_size(cph_track_type type);
hid_t cph_track_memory_type(cph_track_type type);
hid_t cph_track_file_type(cph_track_type type);
/** Axes behind the row's, into dim[2]; how many. */
size_t cph_track_axes(cph_track_shape shape, size_t columns, size_t nulls, size_t dim[2]);

/** What all rows share, and how many there are: log's members but those of [rows] and [pieces]. */
CPH_MUST_CHECK cph_status cph_track_read_head(const cph_h5 *h5, cph_track_log *log);
/** FORMAT: a satellite of row `number` of `set` that is neither one of the names nor none. */
CPH_MUST_CHECK cph_status cph_track_check_satellite(const cph_h5 *h5, const char *set,
                                                    size_t number, uint32_t satellite,
                                                    size_t satellites);
/** FORMAT: a time or direction of row `number` that is not finite, a vector that is not one long.
 */
CPH_MUST_CHECK cph_status cph_track_check_place(const cph_h5 *h5, size_t number,
                                                const cph_track_row *row);
/** FORMAT: a satellite or a reason that is none. `number` is the piece's, for the message. */
CPH_MUST_CHECK cph_status cph_track_piece_of(const cph_h5 *h5, const cph_track_piece_row *row,
                                             size_t number, size_t satellites,
                                             cph_schedule_piece *piece);

#endif
