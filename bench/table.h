/* SPDX-License-Identifier: MIT */
/** @file table.h
 *  Results for people, on standard output as they come. */
#ifndef COPHASE_BENCH_TABLE_H
#define COPHASE_BENCH_TABLE_H

#include "bench/roof.h"

void bench_print_roof(const bench_options *options, const bench_roof *roof);
void bench_print_case(const bench_result *result);
/** How the clock held, and the geometric means over all cases. */
void bench_print_end(const bench_roof *roof, double log_sum, size_t compared, size_t lost);

#endif
