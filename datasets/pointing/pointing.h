/* SPDX-License-Identifier: MIT */
/** @file pointing.h
 *  What stands behind cph_pointing: a source of rows, the satellites seen, and what must hold of
 *  every row, read or written. */
#ifndef CPH_DATASETS_POINTING_H
#define CPH_DATASETS_POINTING_H

#include "cophase/pointing.h"
#include "datasets/h5/h5.h"

/** A row as it is in files. */
typedef struct cph_pointing_raw {
    double time_unix_s;
    uint32_t satellite;
    double az_deg, el_deg, range_m, range_rate_m_s;
} cph_pointing_raw;

/* ---- names (names.c) ---- */

enum { CPH_POINTING_BLOCK = 1024 };

/** Satellites by name, at most CPH_POINTING_SATELLITES_MAX. */
typedef struct cph_pointing_names {
    size_t count;
    char (*block[CPH_POINTING_SATELLITES_MAX / CPH_POINTING_BLOCK])[CPH_POINTING_NAME_SIZE];
    uint32_t *slot; /**< [slots] number + 1 by hash, 0 free; slots a power of two above count */
    size_t slots;
    double *last_s; /**< [slots / 2] time of each one's last row, NaN none */
} cph_pointing_names;

/** Number of a name, which becomes known by it; blanks around it are no part of it, as files lose
 *  them. *added (may be NULL) says whether it was not yet known.
 *  FORMAT: why it cannot be one goes into *why, static text. MEMORY. */
CPH_MUST_CHECK cph_status cph_pointing_names_find(cph_pointing_names *names, const char *text,
                                                  uint32_t *number, bool *added, const char **why);
/** Forgets the name that became known last. */
void cph_pointing_names_drop(cph_pointing_names *names);
/** "" for a number that is none. */
const char *cph_pointing_names_at(const cph_pointing_names *names, uint32_t number);
void cph_pointing_names_free(cph_pointing_names *names);

/* ---- what holds of rows (rows.c) ---- */

typedef struct cph_pointing_rows {
    cph_pointing_names names;
    uint64_t count; /**< rows that were taken */
    double last_s;
} cph_pointing_rows;

/** Why a row is none: without file and place. */
typedef struct cph_pointing_fault {
    char text[200];
} cph_pointing_fault;

/** Takes a row behind those before, its satellite one of the names; FORMAT: *fault says why not,
 *  and nothing has changed. */
CPH_MUST_CHECK cph_status cph_pointing_rows_take(cph_pointing_rows *rows,
                                                 const cph_pointing_raw *raw,
                                                 cph_pointing_fault *fault);

/* ---- where rows come from ---- */

typedef struct cph_pointing_source {
    const char *place; /**< "line" or "row" */
    /** The next row, *number becomes its place; *more: false at the end. */
    cph_status (*next)(cph_pointing *pointing, cph_pointing_raw *raw, bool *more, cph_error *error);
    void (*close)(cph_pointing *pointing);
} cph_pointing_source;

struct cph_pointing {
    char *path;
    const cph_pointing_source *source;
    void *state;  /**< of the source; NULL where it could not be made */
    size_t place; /**< of the last row: line, or row */
    bool ended;
    char words[32];
    cph_pointing_rows rows;
};

/** pointing->source and state. `table` is open: what it is, and with it what it has, is the
 * source's from here on. */
struct cph_named_table;
CPH_MUST_CHECK cph_status cph_pointing_open_text(cph_pointing *pointing,
                                                 struct cph_named_table *table, cph_error *error);
CPH_MUST_CHECK cph_status cph_pointing_open_hdf5(cph_pointing *pointing, cph_error *error);

/** The first line that text has. */
#define CPH_POINTING_EXAMPLE "time_unix_s,satellite,az_deg,el_deg,range_m,range_rate_m_s"

/** Data sets of the kind: of rows, and names. */
enum {
    CPH_POINTING_TIME,
    CPH_POINTING_AZ,
    CPH_POINTING_EL,
    CPH_POINTING_RANGE,
    CPH_POINTING_RANGE_RATE,
    CPH_POINTING_NUMBERS
};
extern const char *const cph_pointing_sets[CPH_POINTING_NUMBERS];
#define CPH_POINTING_SATELLITE      "/satellite"
#define CPH_POINTING_SATELLITE_NAME "/satellite_name"

#endif
