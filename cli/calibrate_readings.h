/* SPDX-License-Identifier: MIT */
/** @file calibrate_readings.h
 *  What the methods of `cophase calibrate` share that take readings (FORMAT.md: rev, coded), and
 *  their options. */
#ifndef CPH_CLI_CALIBRATE_READINGS_H
#define CPH_CLI_CALIBRATE_READINGS_H

#include "cli/calibrate_method.h"
#include "cophase/estimate.h"
#include "cophase/readings.h"

/** Of methods that take --source: one. */
cph_exit cph_readings_one_source(const cph_calibrate_options *o);

/** cph_input_open for a file or table of one kind of readings: no data, one solution. Takes the
 *  array from --array where it is given. */
cph_exit cph_readings_open(const cph_calibrate_options *o, cph_kind kind, cph_input *input);

/** Readings of the input, states as --states has them; free in every case. */
cph_exit cph_readings_load_rev(const cph_calibrate_options *o, cph_rev_readings *r);
/** Codes too where they are not Sylvester's signs: NULL then. */
cph_exit cph_readings_load_coded(const cph_calibrate_options *o, cph_coded_readings *r);

/** Means [K][signs] over the repeats of state s. */
void cph_readings_average(const cph_coded_readings *r, size_t s, cph_c64 *mean);

/** Square root of the noise power of such a mean: as the file says, or by the scatter of repeats;
 *  0: nothing tells. */
double cph_readings_noise(const cph_coded_readings *r);

/** What a true element would give, [all elements]: of --source, else of the file; NULL: 1. */
cph_exit cph_readings_signal(const cph_calibrate_bench *b, const cph_calibrated *made,
                             const cph_c64 *of_file, cph_c64 **signal);

/** A gain of every element of the file, on the heap; zeroed, none flagged. */
bool cph_readings_estimate(size_t elements, cph_gain_estimate *estimate);
void cph_readings_estimate_free(cph_gain_estimate *estimate);

/** Makes a row's solution of estimates [all elements]: flags of its selection, what is low, the
 *  gauge; keeps it, or fails the row. */
cph_exit cph_readings_finish(cph_calibrate_bench *b, const cph_gain_estimate *estimate,
                             double chi2_dof, double dof, cph_calibrate_row *row,
                             cph_calibrated *made);

#endif
