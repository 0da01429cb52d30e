/* SPDX-License-Identifier: MIT */
/** @file peak.h
 *  Loops that do nothing but arithmetic in registers, or nothing but loads and stores: what the
 *  roof is measured with. */
#ifndef COPHASE_BENCH_PEAK_H
#define COPHASE_BENCH_PEAK_H

#include <stddef.h>

#include "kernels/core/isa.h"

/** Runs `n` turns of independent multiply-adds; returns how many operations that were (two a
 *  multiply-add). Products of one set are of one kind of number. */
typedef double bench_peak_fn(size_t n);

/** Reads `bytes` (a multiple of 1024, aligned to 64) in order, which the processor prefetches
 * better than instructions do; returns something that depends on them. */
typedef unsigned bench_read_fn(const void *from, size_t bytes);
/** Copies them. */
typedef void bench_copy_fn(const void *from, void *to, size_t bytes);

bench_peak_fn bench_fma_scalar, bench_int16_scalar;
bench_read_fn bench_read_scalar;
bench_copy_fn bench_copy_scalar;
CPH_IF_avx2(extern bench_peak_fn bench_fma_avx2, bench_int16_avx2;
            extern bench_read_fn bench_read_avx2; extern bench_copy_fn bench_copy_avx2;)
    CPH_IF_avx512(extern bench_peak_fn bench_fma_avx512, bench_int16_avx512;
                  extern bench_read_fn bench_read_avx512; extern bench_copy_fn bench_copy_avx512;)
        CPH_IF_avx512bf16(extern bench_peak_fn bench_bf16_avx512bf16;)
            CPH_IF_avx512vnni(extern bench_peak_fn bench_int16_avx512vnni, bench_int8_avx512vnni;)
                CPH_IF_neon(extern bench_peak_fn bench_fma_neon, bench_int16_neon;)
                    CPH_IF_neondot(extern bench_peak_fn bench_int8_neondot;)

#endif
