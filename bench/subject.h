/* SPDX-License-Identifier: MIT */
/** @file subject.h
 *  One path through one kernel family: prepared for a case, run, verified. */
#ifndef COPHASE_BENCH_SUBJECT_H
#define COPHASE_BENCH_SUBJECT_H

#include "bench/bench.h"
#include "cophase/random.h"
#include "kernels/core/kernels.h"

/** Inputs of a case, shared by all its paths, and one output that they take turns with. Samples
 *  are a ring of blocks, a block a call: where the case is cold, the next block was last touched a
 *  whole ring ago. Outputs are reused, as the next stage of a pipeline would consume them. */
typedef struct bench_data {
    bench_case c;
    uint64_t seed;
    char *samples;
    size_t blocks, block_bytes;
    cph_c32 *weights; /**< [beam][channel][element]; kept exactly at the case's weight bits. Of MVDR
                           the look vectors, of StEFCal the steering vectors of a source; samples
                           are matrices then. */
    double *position; /**< [element][3] m */
    double *direction; /**< [beam][3] */
    void *output;
    size_t output_bytes;
} bench_data;

bool bench_data_open(bench_data *data, const bench_case *c, size_t ring_bytes, uint64_t seed);
void bench_data_close(bench_data *data);

typedef struct bench_subject {
    const bench_data *data;
    size_t times;   /**< of a call; at most the case's */
    cph_isa isa;    /**< the highest tier it may use */
    bool automatic; /**< the compiler's vectorisers instead of the library */
    const cph_exec *exec;
    cph_beamform_regime regime;
    size_t block;           /**< of the ring, for the next call */
    void *state[3];         /**< the family's own: plan, workspace, sums; freed with `free` */
    cph_any_fn *variant[2]; /**< the family's own */
} bench_subject;

/** The lowest frequency that steering is timed at. */
#define BENCH_STEER_HZ 11.7e9

/** What a family does for the harness; BENCH_KERNELS rows. */
typedef struct bench_family {
    const char *rows; /**< its kernels in kernels.def begin like this */
    /** Makes plan and memory. */
    cph_status (*open)(bench_subject *s);
    /** One call on samples; what it leaves is in data->output or the subject's sums. */
    cph_status (*run)(bench_subject *s, const void *samples);
    /** Largest error of the output of the last call, in units of the contract's bound: of all of
     *  it, or of a part drawn from `random`. */
    double (*error)(bench_subject *s, const void *samples, bool all, cph_random *random);
} bench_family;
extern const bench_family bench_family_beamform, bench_family_covariance, bench_family_steer,
    bench_family_convert, bench_family_mvdr, bench_family_stefcal;
const bench_family *bench_family_of(bench_kernel kernel);

/** Fills in the family's own; on failure the subject is closed. In: data, times, isa, automatic,
 *  exec, regime (a choice of beamform plans). */
cph_status bench_subject_open(bench_subject *s);
void bench_subject_close(bench_subject *s);

/** One call on the next block of the ring. */
cph_status bench_subject_run(bench_subject *s);

/** Verifies a part, drawn from the seed, of one call's output, the output having been filled with
 *  what is no number. Infinite where the call fails. */
double bench_subject_error(bench_subject *s, bool all);

/** The best variant of a kernel up to a tier. */
cph_any_fn *bench_variant(enum cph_kernel_index kernel, cph_isa limit);

/** Times of a call whose whole output is verified in reasonable time. */
size_t bench_verified_times(const bench_case *c);

#endif
