/* SPDX-License-Identifier: MIT */
/** @file export.h
 *  Calibrations and weights in the formats of others: tables, LOFAR's, C, images for chips. */
#ifndef CPH_CLI_EXPORT_H
#define CPH_CLI_EXPORT_H

#include <stdio.h>

#include "cli/image_options.h"
#include "cli/options.h"
#include "cophase/data.h"
#include "cophase/solutions.h"
#include "cophase/states.h"

/** Whose codes a table of states has. */
typedef enum cph_export_chip {
    CPH_EXPORT_CHIP_UNKNOWN,
    CPH_EXPORT_CHIP_ADAR1000,
    CPH_EXPORT_CHIP_OTHER
} cph_export_chip;

typedef struct cph_export_options {
    cph_cli cli;
    size_t format;       /**< index of a format of the verb */
    size_t time;         /**< solution; all of them in CSV */
    size_t channel;      /**< one; all of them in CSV and for LOFAR */
    bool has_channel;    /**< it was given */
    bool has_time;       /**< likewise */
    const char *prefix;  /**< --name: of what C defines */
    size_t mode;         /**< LOFAR's RCU mode 1 to 7; 0: not given */
    const char *station; /**< for LOFAR's header; or NULL */
    cph_ranges beams;    /**< of weights; none: all */
    cph_export_chip chip;
    cph_image_options image;
} cph_export_options;

/** What became of a beam. */
typedef struct cph_exported_beam {
    size_t beam; /**< of the weights */
    cph_states_result result;
} cph_exported_beam;

/** What was written. */
typedef struct cph_exported {
    size_t rows;     /**< gains of elements, flagged ones included */
    size_t flagged;  /**< of them; of weights: elements that no beam drives */
    size_t filled;   /**< of them: filled in from other channels, not measured */
    size_t subbands; /**< CalTable: that have gains, of 512; else 0 */
    size_t beams;    /**< of weights and images; else 0 */
    /* of images, else 0 and NULL */
    cph_exported_beam *beam; /**< [beams]; the verb's to free */
    size_t beam_bytes, bytes;
    uint32_t crc; /**< of the whole */
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

/** Weights at options->channel: `index` [count] are the beams of them to be written. */
typedef struct cph_export_beams {
    const cph_weights *weights;
    const size_t *index;
    size_t count;
    bool calibration; /**< made by cph_coefficients_beam */
} cph_export_beams;

/** The same of beams. */
typedef cph_status cph_export_beams_write(const cph_export_options *options,
                                          const cph_export_beams *beams, FILE *file,
                                          cph_exported *done, cph_error *error);

/** Arrays for a C program: coefficients conj(w). */
cph_export_beams_write cph_export_beams_header;

/** The same as binary angles and amplitudes, and the arcs of --states, for the firmware profile. */
cph_export_beams_write cph_export_fw_table;

/** An image of cophase/fw_image.h. */
cph_export_beams_write cph_export_image;

/** What --target names; of the chips it names, 0 where it names none. */
const char *cph_export_format(const cph_export_options *options);
cph_fw_layout cph_export_layout(const cph_export_options *options);

/** The format of an image by the name that --target has; ARGUMENT for any other word. */
cph_status cph_export_image_format(const char *name, size_t *format, cph_error *error);

/** One of the two inputs; the other one is NULL. */
typedef struct cph_export_subject {
    const cph_calibration *calibration;
    const cph_export_beams *beams;
} cph_export_subject;

/** Prints what was written, as text or JSON. */
cph_exit cph_export_tell(const cph_export_options *options, const cph_export_subject *subject,
                         const cph_exported *done);

/** conj(w) of an element of beam index[beam], in double. */
cph_c64 cph_export_coefficient(const cph_export_options *options, const cph_export_beams *beams,
                               size_t beam, size_t element);

/** Elements that no beam drives, of those from 32 `word` on: how many, and *bits, element n at bit
 *  n % 32. */
size_t cph_export_dead(const cph_export_options *options, const cph_export_beams *beams,
                       size_t word, uint32_t *bits);

/** Upper case of --name. */
void cph_export_upper(const char *prefix, char upper[64]);

/** Whether a gain is no measurement but was filled in from other channels. */
bool cph_export_filled(const cph_calibration *calibration, size_t at);

/** Text from a file or command line as it may stand in a line and in a C comment. */
void cph_export_words(FILE *file, const char *text);

/** The last part of a path. */
const char *cph_export_name(const char *path);

#endif
