/* SPDX-License-Identifier: MIT */
/** @file calibrate_options.h
 *  The command line of `cophase calibrate`. */
#ifndef CPH_CLI_CALIBRATE_OPTIONS_H
#define CPH_CLI_CALIBRATE_OPTIONS_H

#include "cli/band_options.h"
#include "cli/calibrate_grid.h"
#include "cli/direction_table.h"
#include "cli/drift_options.h"
#include "cli/known_waveform.h"
#include "cli/model_options.h"
#include "cli/near_field_options.h"
#include "cli/options.h"
#include "cli/readings_options.h"
#include "cli/reciprocity_options.h"
#include "cli/redundant_options.h"

enum { CPH_CALIBRATE_GIVEN = 64 };

struct cph_calibrate_method;

typedef enum cph_gauge { CPH_GAUGE_MEAN, CPH_GAUGE_REFERENCE, CPH_GAUGE_NONE } cph_gauge;

typedef struct cph_calibrate_options {
    cph_cli cli;
    const struct cph_calibrate_method *method; /**< --method (calibrate_method.h) */
    const char *given[CPH_CALIBRATE_GIVEN];    /**< long names of options that not all methods
                                                    take, as far as they were given */
    size_t givens;
    const char *solver_of; /**< the method whose --solver was given, or NULL */
    cph_grid_choice grid;
    cph_model_choice model;
    cph_redundant_choice redundant;
    cph_band_choice band;
    cph_waveform_choice waveform;
    cph_drift_choice drift;
    cph_readings_options readings;
    cph_near_field_choice near_field;
    const char *model_path;   /**< --model or NULL */
    const char *sources_path; /**< --sources or NULL */
    const char *backward;     /**< --backward or NULL */
    cph_texts texts;          /**< of its lines */
    size_t sources;           /**< S, at least 1 for a model */
    cph_direction *direction; /**< [S] */
    double *flux;             /**< [S] powers above 0, or all of them NaN: to be fitted */
    double *stokes;           /**< [S][3] Q, U and V over I in the X, Y frame, 0 unless given */
    bool polarised;           /**< any of them is not 0 */
    cph_length min_baseline, max_baseline; /**< value 0: no limit */
    bool gauge_given;                      /**< --gauge */
    cph_gauge gauge;                       /**< MEAN unless given */
    size_t reference;                      /**< element number, or SIZE_MAX: another gauge */
    double weak_below;                     /**< below 0: the solver's own */
    double tolerance;                      /**< 0: the solver's own */
    size_t max_iterations;                 /**< 0: the solver's own */
    double samples;                        /**< 0: what the input says */
    double fill_gap_hz;                    /**< --fill-channels; 0: not given */
} cph_calibrate_options;

/** Defaults, then the command line. Free in every case. */
cph_exit cph_calibrate_parse(int argc, char **argv, cph_calibrate_options *options);
void cph_calibrate_options_free(cph_calibrate_options *options);

/** In a parser of options that not all methods take: notes that the one with this key of its list
 *  was given. Other keys do nothing. */
void cph_calibrate_note(cph_calibrate_options *options, const struct argp_option *list, int key);

/** Whether fluxes were given. */
bool cph_calibrate_has_flux(const cph_calibrate_options *options);

#endif
