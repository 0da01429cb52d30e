/* SPDX-License-Identifier: MIT */
/** @file range_check.h
 *  Whether the ranges of a pointing table change as its range rates say: a unit or sign that is
 *  wrong in one of them goes into Doppler shifts. */
#ifndef CPH_CLI_RANGE_CHECK_H
#define CPH_CLI_RANGE_CHECK_H

#include <stddef.h>
#include <stdint.h>

#include "cophase/pointing.h"

typedef struct cph_range_last {
    double time_unix_s, range_m, range_rate_m_s;
} cph_range_last;

/** Zero-initialise; free with cph_range_check_free. */
typedef struct cph_range_check {
    cph_range_last *last; /**< [room] each satellite's last row; time -inf: none */
    size_t room;
    int digits[2];       /**< ranges and rates are whole multiples of 10^this, of 1e6 to 1e-6 */
    uint64_t pairs, off; /**< rows with one before; of those that disagree */
    char place[64], name[CPH_POINTING_NAME_SIZE]; /**< of the first one */
    double seconds, moved_m, expected_m;
} cph_range_check;

/** The next row of the table, whose place and names are the table's. With rates v and w, t apart,
 *  the range changes by (v + w) t / 2 within |w - v| t / 2 while the rate rises or falls all the
 *  time, and by what the columns are rounded to. Half of the way is left to rates that do not:
 *  a sign that is wrong is off by twice the way, thousands by nearly all of it. MEMORY. */
cph_status cph_range_check_row(cph_range_check *check, cph_pointing *table,
                               const cph_pointing_row *row);

/** Says on stderr what was found, if anything. */
void cph_range_check_say(const cph_range_check *check, const char *name, const char *path);
void cph_range_check_free(cph_range_check *check);

#endif
