/* SPDX-License-Identifier: MIT */
/** @file track_kernel.h
 *  Contracts of the kernels track_respond, track_bend and track_scan. Complex rows are two rows of
 *  floats, parts re and im, `ld` apart; n, ld and begin are multiples of CPH_TRACK_PADDING, rows
 *  aligned to 64 bytes, what pads them 0. Null vectors v are [J][2][ld]. */
#ifndef COPHASE_TRACK_KERNEL_H
#define COPHASE_TRACK_KERNEL_H

#include <stddef.h>

enum {
    CPH_TRACK_PADDING = 16,
    CPH_TRACK_CHUNK = 2048 /**< elements whose products are summed in floats */
};

/** sum[2 j], sum[2 j + 1] = parts of sum_n c_n v_jn, c [2][ld]. Each part is within
 *  (2 min(n, CPH_TRACK_CHUNK) + 2) 2^-24 of the sum of the moduli |c_n| |v_jn| (a chain of that
 * many roundings at most; chunks are added in double). */
typedef void cph_track_respond_fn(size_t n, size_t nulls, size_t ld, const float *c, const float *v,
                                  double *sum);

/** How coefficients may give way. */
typedef enum cph_track_bend {
    CPH_TRACK_FREE, /**< c -= x */
    CPH_TRACK_MOVE, /**< the same, then |c| is brought within [low, high] */
    CPH_TRACK_TURN  /**< c -= 2 (x - c Re(x conj(c)) / |c|^2), then as MOVE: with low = high
                         the phase alone gives way */
} cph_track_bend;

/** c [2][ld] -= x_n = share_n sum_j y_j conj(v_jn), y [J][2], as `bend` says. share, low, high
 * [ld]; low and high are read but for FREE. Where c is 0 before the last step it stays 0. Of FREE a
 * part is within (2 J + 3) 2^-24 (|c_n| + share_n sum_j |y_j| |v_jn|) of exact. */
typedef void cph_track_bend_fn(size_t n, size_t nulls, size_t ld, cph_track_bend bend,
                               const float *y, const float *v, const float *share, const float *low,
                               const float *high, float *c);

/** A change of an element, and what it adds to the cost. */
typedef struct cph_track_best {
    float change;
    size_t element, move;
} cph_track_best;

/** The least of cost[m][n] + 2 Re(step[m][n] sum_j y_j v_jn) over begin <= n < end and m < moves;
 *  of equal ones that of the first element, of these the first move. cost [moves][ld], step
 *  [moves][2][ld], y [J][2]. Each value is within (2 J + 4) 2^-24 (|cost| + 2 |step| sum |y_j|
 *  |v_jn|) of exact. Values are finite, or +infinity. */
typedef void cph_track_scan_fn(size_t begin, size_t end, size_t nulls, size_t ld, const float *y,
                               const float *v, size_t moves, const float *cost, const float *step,
                               cph_track_best *best);

#endif
