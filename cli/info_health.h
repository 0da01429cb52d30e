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

/** 20 lg of the rms over the largest value of an integer type; NaN of floats. */
double cph_info_rms_dbfs(const cph_data_header *header, const cph_health_row *row);

/** 10 lg of the power of the offset over that of the rest; NaN unknown. */
double cph_info_dc_db(const cph_health_row *row);

#endif
