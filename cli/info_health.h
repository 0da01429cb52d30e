/* SPDX-License-Identifier: MIT */
/** @file info_health.h
 *  What `cophase info` says of how elements are doing. */
#ifndef CPH_CLI_INFO_HEALTH_H
#define CPH_CLI_INFO_HEALTH_H

#include "cli/health.h"
#include "cli/json.h"

/** Members `good`, `suspected`, `health` and, of samples, `looked_at` and `spectrum`. */
void cph_info_health_json(const cph_data_header *header, const cph_health *health, json_t *object);

/** A table: of samples every element unless they are many, else what is flagged. */
void cph_info_health_print(const cph_data_header *header, const cph_health *health);

/** What samples show of an element, in units of the signal, degrees and dB; NaN: unknown. */
enum {
    CPH_INFO_RMS,
    CPH_INFO_RMS_DBFS, /**< over the largest value of an integer type; of floats NaN */
    CPH_INFO_PEAK_DBFS,
    CPH_INFO_DC_RE,
    CPH_INFO_DC_IM,
    CPH_INFO_DC_SIGMA,
    CPH_INFO_DC_DB, /**< power of the offset over that of the rest */
    CPH_INFO_IQ_GAIN,
    CPH_INFO_IQ_GAIN_SIGMA,
    CPH_INFO_IQ_PHASE,
    CPH_INFO_IQ_PHASE_SIGMA,
    CPH_INFO_IMAGE,
    CPH_INFO_KURTOSIS_RE,
    CPH_INFO_KURTOSIS_IM,
    CPH_INFO_KURTOSIS_SIGMA,
    CPH_INFO_EFFECTIVE,
    CPH_INFO_NUMBERS
};

/** number[CPH_INFO_NUMBERS] of a row with vitals. */
void cph_info_numbers(const cph_data_header *header, const cph_health_row *row, double *number);

#endif
