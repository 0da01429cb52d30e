/* SPDX-License-Identifier: MIT */
/** @file export.h
 *  Calibrations in the formats of others. */
#ifndef CPH_CLI_EXPORT_H
#define CPH_CLI_EXPORT_H

#include <stdio.h>

#include "cli/options.h"
#include "cophase/data.h"
#include "cophase/solutions.h"

typedef struct cph_export_options {
    cph_cli cli;
    size_t format;       /**< index of a format of the verb */
    size_t time;         /**< solution; all of them in CSV */
    size_t channel;      /**< C header */
    bool has_channel;    /**< it was given */
    bool has_time;       /**< likewise */
    const char *prefix;  /**< --name: of what the C header defines */
    size_t mode;         /**< LOFAR's RCU mode 1 to 7; 0: not given */
    const char *station; /**< for LOFAR's header; or NULL */
} cph_export_options;

/** What was written. */
typedef struct cph_exported {
    size_t rows;     /**< gains of elements, flagged ones included */
    size_t flagged;  /**< of them */
    size_t filled;   /**< of them: filled in from other channels, not measured */
    size_t subbands; /**< CalTable: that have gains, of 512; else 0 */
} cph_exported;

/** Writes `calibration` into an open file. Errors, one line each in *error: FORMAT, MISSING (it
 *  does not have what the format needs), MEMORY. What the file holds after an error is for nobody.
 */
typedef cph_status cph_export_write(const cph_export_options *options,
                                    const cph_calibration *calibration, FILE *file,
                                    cph_exported *done, cph_error *error);

/** A line an element, solution and channel, every digit of every number. */
cph_export_write cph_export_csv;

/** LOFAR's station calibration table: corrections c = 1/g, 512 subbands of X and Y of every dipole,
 *  as the station's beam server reads them (StatCal of LOFAR's BeamServer). */
cph_export_write cph_export_caltable;

/** Arrays for a C program: the coefficients 1/g that hardware applies, numbers and flags. */
cph_export_write cph_export_header;

/** The factor that undoes a gain, 1/g; 0 where it is flagged. */
cph_c64 cph_export_correction(const cph_calibration *calibration, size_t at);

/** Whether a gain is no measurement but was filled in from other channels. */
bool cph_export_filled(const cph_calibration *calibration, size_t at);

/** Text from a file or command line as it may stand in a line and in a C comment. */
void cph_export_words(FILE *file, const char *text);

/** The last part of a path. */
const char *cph_export_name(const char *path);

#endif
