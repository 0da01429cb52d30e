/* SPDX-License-Identifier: MIT */
/** @file blas.h
 *  Calls of a BLAS that give what a case asks for. */
#ifndef COPHASE_BENCH_BLAS_H
#define COPHASE_BENCH_BLAS_H

#include "bench/openblas.h"

/** Operands in fp32, in the layouts that the calls like. */
typedef struct bench_operands {
    bench_kernel kernel;
    size_t elements, beams, channels, times;
    size_t blocks, block, block_samples; /**< ring of samples; the next block */
    cph_c32 *samples;                    /**< [time][channel][element]; matrices of MVDR and
                                            StEFCal */
    cph_c32 *weights;                    /**< w [beam][channel][element]; look or steering
                                            vectors of these */
    cph_c32 *conjugated;                 /**< the same, conj(w) */
    cph_c32 *turned; /**< conj(w) as [channel][element][beam]; a matrix for MVDR, one a
                        channel for StEFCal */
    cph_c32 *output;
    cph_c32 *model, *row;  /**< of StEFCal [channel][element][element], [element] */
    float *power, *square; /**< [channel][element][element], [2][element] */
    size_t capacity;       /**< samples that memory is there for */
} bench_operands;

typedef struct bench_call {
    const char *name;
    bench_kernel kernel;
    size_t most_beams; /**< 0: any number */
    void (*run)(const bench_operands *o, const cph_c32 *samples, float beta);
    /** Where the output has (time, beam) of channel 0, or R's (p, q) up to conjugation. */
    size_t (*at)(const bench_operands *o, size_t row, size_t column);
} bench_call;

/** w [C][N] by a factorisation of each matrix of `samples`, which is copied first: CPOTRF, CPOTRS.
 */
void bench_solve_upper(const bench_operands *o, const cph_c32 *samples, float beta);
void bench_solve_lower(const bench_operands *o, const cph_c32 *samples, float beta);
/** Whether the output is MVDR's. */
bool bench_solve_right(const bench_operands *o);

/** Model and products of StEFCal from the samples and weights, whose diagonals become 0. */
void bench_gains_fill(const bench_operands *o);
/** Gains [C][N] by o->times iterations: CGEMV and SGEMV or CHEMV and SSYMV with products that are
 *  there, CDOTC of rows from model and data. */
void bench_gains_gemv(const bench_operands *o, const cph_c32 *samples, float beta);
void bench_gains_hemv(const bench_operands *o, const cph_c32 *samples, float beta);
void bench_gains_rows(const bench_operands *o, const cph_c32 *samples, float beta);
/** Whether an iteration of the call is right. */
bool bench_gains_right(const bench_operands *o, const bench_call *call);

/** The table of calls; NULL beyond the last. */
const bench_call *bench_call_at(unsigned index);

bool bench_operands_open(bench_operands *o, const bench_request *request);
void bench_operands_close(bench_operands *o);

/** Runs a call on the next block. */
void bench_call_run(bench_operands *o, const bench_call *call);

/** Whether the call's output is the product, by some elements of it in double. */
bool bench_call_right(bench_operands *o, const bench_call *call);

#endif
