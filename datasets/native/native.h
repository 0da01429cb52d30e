/* SPDX-License-Identifier: MIT */
/** @file native.h
 *  The project's own layout (FORMAT.md), reading side. */
#ifndef CPH_NATIVE_NATIVE_H
#define CPH_NATIVE_NATIVE_H

#include "datasets/data.h"

/** What the attribute `convention` of a kind's data set must say. */
#define CPH_CONVENTION_COVARIANCE  "E[x x^H]"
#define CPH_CONVENTION_CALIBRATION "observed = gain * true"
#define CPH_CONVENTION_WEIGHTS     "y = w^H x"

/** What /gain's attribute `time_factor` says of gains as they are in memory, and of their
 *  conjugates. */
#define CPH_TIME_FACTOR           "exp(+j 2 pi f t)"
#define CPH_TIME_FACTOR_CONJUGATE "exp(-j 2 pi f t)"

/** Attribute of the root of data: the time factor of gains that do not say theirs. */
#define CPH_GAIN_TIME_FACTOR "gain_time_factor"

/** Sets header.gains_conjugate by what `object` says of itself. FORMAT for other words. */
CPH_MUST_CHECK cph_status cph_native_take_gain_factor(cph_data *data, const char *object,
                                                      const char *text);
/** The same of its attribute, where there is one. */
CPH_MUST_CHECK cph_status cph_native_read_gain_factor(cph_data *data, const char *object);

/** Opens header, array, reader and bulk of one kind. */
cph_status cph_native_open_capture(cph_data *data);
cph_status cph_native_open_beams(cph_data *data);
cph_status cph_native_open_covariance(cph_data *data);
cph_status cph_native_open_calibration(cph_data *data);
cph_status cph_native_open_weights(cph_data *data);
cph_status cph_native_open_rev(cph_data *data);
cph_status cph_native_open_coded(cph_data *data);
cph_status cph_native_open_near_field(cph_data *data);
cph_status cph_native_open_coupling(cph_data *data);
cph_status cph_native_open_pointing(cph_data *data);
cph_status cph_native_open_track(cph_data *data);

/** Fills header.array from /array; what is absent stays unknown. */
cph_status cph_native_read_array(cph_data *data);

/** /channel_freq_hz where present. */
cph_status cph_native_read_channels(cph_data *data);

/** MISSING or FORMAT unless object's attribute `convention` is `expected`. */
cph_status cph_native_check_convention(const cph_h5 *h5, const char *object, const char *expected);

/** A scalar, or the smallest of several; NaN where the data set is absent. */
cph_status cph_native_scalar(const cph_h5 *h5, const char *name, double *value);

#endif
