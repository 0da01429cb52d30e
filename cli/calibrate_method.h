/* SPDX-License-Identifier: MIT */
/** @file calibrate_method.h
 *  The methods of `cophase calibrate` (calibrate_methods.def), and what they work with. */
#ifndef CPH_CLI_CALIBRATE_METHOD_H
#define CPH_CLI_CALIBRATE_METHOD_H

#include "cli/calibrate_solve.h"
#include "cophase/estimate.h"

/** What solutions of one command line are made with. */
typedef struct cph_calibrate_bench {
    const cph_calibrate_options *o;
    const cph_input *input;
    size_t reference[2]; /**< index in each selection, or SIZE_MAX */
    /* of the solution at hand: */
    cph_dump dump;
    unsigned char *flag; /**< [N] */
    cph_c64 *gain;       /**< [N] */
    double *sigma;       /**< [2 N]: phase, amplitude */
    double *scratch;     /**< [N] */
} cph_calibrate_bench;

/** Options of methods that take covariances; of those that take sources; of those whose gauge can
 * be chosen (they name "gauge=none", too, where gains mean something without one). Methods that
 * use powers of sources name "flux=", those that use their polarisation "q_over_i=". */
#define CPH_OF_COVARIANCES " time channels solution-interval flag-interference samples"
#define CPH_OF_SOURCES     " source sources"
#define CPH_OF_GAUGES      " gauge reference weak-below"

typedef struct cph_calibrate_method {
    const char *name;
    unsigned input;      /**< kinds it takes and what it needs, for cph_input_open; positions are
                              needed where sources are given, too */
    const char *options; /**< long names, blanks between them, of those in
                              cph_calibrate_options.given that it takes */
    bool gaps;           /**< single baselines may be missing */
    /** Says what else is wrong with the command line; NULL: nothing can be. */
    cph_exit (*check)(const cph_calibrate_options *o);
    /** Opens what cph_input_open cannot, with a header and selections; NULL: it can. */
    cph_exit (*open)(const cph_calibrate_options *o, cph_input *input);
    /** Fills every row by cph_calibrate_keep or cph_calibrate_fail. May change the gauge's name. */
    cph_exit (*solve)(cph_calibrate_bench *bench, cph_calibrated *made);
    /** In place of solving, writing a calibration and saying so; NULL: all three. */
    cph_exit (*run)(const cph_calibrate_options *o, const cph_input *input);
} cph_calibrate_method;

/** The default. */
const cph_calibrate_method *cph_calibrate_method_first(void);

/** One of the table, by its name. */
cph_status cph_calibrate_method_find(const char *name, const cph_calibrate_method **method,
                                     cph_error *error);

/** Whether the method takes an option. */
bool cph_calibrate_method_takes(const cph_calibrate_method *method, const char *option);

/** The methods that take an option, commas between them. */
void cph_calibrate_method_list(const char *option, size_t size, char *text);

/* ---- for the methods ---- */

/** A solution of bench->dump on row->selection. found: as for cph_gains_solve; its flags hold what
 *  is known of the elements. Where it fails row->error says why. */
typedef cph_status cph_calibrate_solver(void *context, const cph_calibrate_bench *bench,
                                        const cph_calibrated *made, cph_calibrate_row *row,
                                        cph_gain_solution *found);

/** Solves dump after dump, with progress. What is wrong with the data of one is said in its row;
 *  what stops the verb is returned. */
cph_exit cph_calibrate_each(cph_calibrate_bench *bench, cph_calibrated *made,
                            cph_calibrate_solver *solve, void *context);

/** Covariance of a row in bench->dump, what is known of the elements in bench->flag; time and
 *  frequency into the row and the calibration. */
cph_exit cph_calibrate_load(cph_calibrate_bench *bench, cph_calibrate_row *row,
                            cph_calibrated *made);

/** Arrays of the bench for a row's solution. */
cph_gain_solution cph_calibrate_found(cph_calibrate_bench *bench, const cph_calibrate_row *row);

/** A row is solved. */
void cph_calibrate_keep(const cph_calibrate_bench *bench, const cph_gain_solution *found,
                        cph_calibrate_row *row, cph_calibrated *made);

/** A row has no gains (row->error says why); bench->flag remains the reason where it has one. */
void cph_calibrate_fail(const cph_calibrate_bench *bench, cph_calibrate_row *row,
                        cph_calibrated *made);

/** The reference element of a row's selection, or SIZE_MAX; TOO_FEW, said, where it is flagged. */
size_t cph_calibrate_reference(const cph_calibrate_bench *bench, const cph_calibrate_row *row);
cph_status cph_calibrate_reference_check(const cph_calibrate_bench *bench, cph_calibrate_row *row,
                                         const unsigned char *flag);

/** --weak-below, or the library's own. */
double cph_calibrate_weak_below(const cph_calibrate_options *options);

/** Gains of independent errors as they were found: flags what is too low, brings the rest into the
 *  gauge of the command line. Errors in row->error. */
cph_status cph_calibrate_settle(const cph_calibrate_bench *bench, cph_calibrate_row *row,
                                cph_gain_estimate *estimate);

/** "mean phase 0, " and the words for the amplitude, as the command line has it. */
void cph_calibrate_gauge_name(const cph_calibrate_options *options, const char *amplitude,
                              size_t size, char *text);

/** Says where --gauge, --reference and the method don't go together. */
cph_exit cph_calibrate_gauge_check(const cph_calibrate_options *options);

/** Prepares what every method needs: rows, the calibration, directions, references. */
cph_exit cph_calibrate_prepare(cph_calibrate_bench *bench, cph_calibrated *made);
void cph_calibrate_bench_free(cph_calibrate_bench *bench);

#endif
