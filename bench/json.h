/* SPDX-License-Identifier: MIT */
/** @file json.h
 *  Results as JSON, format "cophase-bench" version 1 (README.md has the keys). */
#ifndef COPHASE_BENCH_JSON_H
#define COPHASE_BENCH_JSON_H

#include <jansson.h>

#include "bench/roof.h"

enum { BENCH_FORMAT_VERSION = 1 };

/** A row of "cases". */
json_t *bench_json_case(const bench_result *result);

/** The whole; takes over the reference to `cases`. */
json_t *bench_json(const bench_options *options, const bench_roof *roof, json_t *cases);

#endif
