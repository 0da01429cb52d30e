/* SPDX-License-Identifier: MIT */
/** @file bank.h
 *  The channelizer beside the bare transforms of the same batch and beside liquid-dsp's. */
#ifndef COPHASE_BENCH_BANK_H
#define COPHASE_BENCH_BANK_H

#include "bench/stats.h"
#include "cophase/channelize.h"

typedef struct bench_bank {
    size_t elements, channels, oversample;
    cph_type type;
    size_t points;             /**< of a batch, about: times x elements x channels */
    size_t times;              /**< of the output: a batch is times x elements transforms */
    cph_channelize_info info;  /**< the prototype is gone */
    double error_of_bound;     /**< of outputs drawn by the seed, against sums in double */
    bench_spread ours, fftw;   /**< s a batch */
    bench_spread liquid;       /**< of firpfbch (S = 1) or firpfbch2, floats, an object an element;
                                    count 0 where liquid-dsp is not installed */
    bench_spread ratio;        /**< ours over fftw, pairs of one round */
    bench_spread liquid_ratio; /**< liquid over ours */
} bench_bank;

/** In: elements, channels, oversample, type, points. One thread; rounds until `seconds` are spent,
 * five at least. UNSUPPORTED without FFTW, MEMORY. */
CPH_MUST_CHECK cph_status bench_bank_run(bench_bank *b, double seconds, uint64_t seed);

/** liquid-dsp's analysis bank, taken from the shared library where that is installed. */
typedef struct bench_liquid bench_liquid;
/** NULL where it cannot be had. */
bench_liquid *bench_liquid_open(size_t elements, size_t channels, size_t oversample,
                                const float *prototype, size_t taps);
/** x[element][times step + i], y[time][element][channel]. */
void bench_liquid_run(bench_liquid *liquid, cph_c32 *x, size_t times, cph_c32 *y);
void bench_liquid_close(bench_liquid *liquid);

#endif
