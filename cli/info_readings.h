/* SPDX-License-Identifier: MIT */
/** @file info_readings.h
 *  What `cophase info` says of calibration readings. */
#ifndef CPH_CLI_INFO_READINGS_H
#define CPH_CLI_INFO_READINGS_H

#include "cli/json.h"
#include "cli/options.h"
#include "cophase/data.h"

typedef struct cph_info_readings {
    cph_kind kind;  /**< REV or CODED; any other: the rest is 0 */
    size_t rows;    /**< sweeps, or codes */
    size_t states;  /**< of a sweep its steps; of codes those of the shifters */
    size_t repeats; /**< coded: how often each is read */
    bool pairs;     /**< coded: each code and its opposite */
    bool groups;    /**< rev: sweeps turn several elements */
    bool signal;    /**< whether it says what elements give at the meter */
    double sigma;   /**< of a reading, NaN where the file does not say */
} cph_info_readings;

/** Reads what there is to say; nothing of files of other kinds. */
cph_exit cph_info_readings_read(const cph_cli *cli, cph_kind kind, cph_info_readings *readings);

/** Lines of text; none for another kind. */
void cph_info_readings_print(const cph_info_readings *readings);

/** An object, or null for another kind. */
json_t *cph_info_readings_json(const cph_info_readings *readings);

#endif
