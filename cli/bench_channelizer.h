/* SPDX-License-Identifier: MIT */
/** @file bench_channelizer.h
 *  The channelizer's shapes, beside the bare transforms and liquid-dsp. */
#ifndef CPH_CLI_BENCH_CHANNELIZER_H
#define CPH_CLI_BENCH_CHANNELIZER_H

#include "cli/options.h"

/** Times them, each for some `seconds`; prints a table or JSON. LIMIT: one is not within its bound.
 */
cph_exit cph_bench_channelizer(const cph_cli *cli, double seconds, size_t seed);

#endif
