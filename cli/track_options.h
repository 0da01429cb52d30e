/* SPDX-License-Identifier: MIT */
/** @file track_options.h
 *  The command line of `cophase track` (track_options.c). A column is a path at a frequency. */
#ifndef CPH_CLI_TRACK_OPTIONS_H
#define CPH_CLI_TRACK_OPTIONS_H

#include "cli/described.h"
#include "cli/image_options.h"
#include "cli/options.h"
#include "cli/quiet_options.h"
#include "cli/states_options.h"
#include "cli/track_null_options.h"
#include "cophase/schedule.h"

enum { CPH_TRACK_COLUMNS_MAX = 64 };

typedef struct cph_track_options {
    cph_cli cli; /**< input: the table; calibration: of receive gains */
    const char *array;
    cph_array_spec spec;
    cph_array_file file; /**< of an array described in text; else empty */
    cph_element_choice element;
    cph_states_options states;
    size_t columns;
    struct {
        cph_gain_path path;
        double freq_hz;
    } column[CPH_TRACK_COLUMNS_MAX];                                 /**< receive first */
    const char *calibration[CPH_GAIN_PATHS], *truth[CPH_GAIN_PATHS]; /**< files or NULL */
    cph_taper taper[CPH_GAIN_PATHS];
    const char *taper_text[CPH_GAIN_PATHS]; /**< NULL: uniform */
    const char *attitude, *horizon;         /**< as written, or NULL */
    cph_schedule_config schedule;
    cph_track_null_options null;
    cph_quiet_choice quiet;
    double duty_below; /**< radians: what is radiated under it is told; 0: is not */
    double rate_hz;    /**< updates a second; 0: as seldom as a tenth of a beamwidth allows */
    const char *images, *target; /**< a folder, and which chips; or NULL */
    size_t target_format;        /**< of cph_export_image_format */
    const char *plot_sky, *plot_gain;
} cph_track_options;

/** Everything given on the command line checked as far as it can be without a file. */
cph_exit cph_track_parse(int argc, char **argv, cph_track_options *options);

/** Settings of the chips of --target. */
cph_image_options cph_track_image(const cph_track_options *options);

#endif
