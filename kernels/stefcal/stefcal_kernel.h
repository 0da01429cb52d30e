/* SPDX-License-Identifier: MIT */
/** @file stefcal_kernel.h
 *  Contract of the kernel stefcal_c32: all gains once, each with the others held (StEFCal: Salvini
 *  & Wijnholds, A&A 571 A97, 2014).
 *
 *  The gain of p that minimises sum_q w_pq |R_pq - g_p M_pq conj(g_q)|^2 is, with z_q = M_pq
 *  conj(g_q),
 *
 *      sum_q w R_pq conj(z_q) / sum_q w |z_q|^2 = sum_q G_pq g_q / sum_q P_pq |g_q|^2,
 *
 *  G = w R conj(M), P = w |M|^2. Data, model and weights stay while gains change, so that the two
 *  products are taken once, in double, and kept as float; an iteration is a product of G and one of
 *  P with a vector. Autocorrelations are left out: diagonals are 0.
 *
 *  Both are Hermitian, and what is read of memory is what an iteration costs: in tiles above the
 *  diagonal each entry serves its row and its column; tiles on the diagonal are whole.
 *
 *      rows of tiles: CPH_STEFCAL_TILE rows, the last one what is left; each
 *      tiles: CPH_STEFCAL_TILE columns, the diagonal; then CPH_STEFCAL_ABOVE columns each, and
 *             what is left; each, row after row,
 *      lines: re G [16], im G [16], P [16] of CPH_STEFCAL_LANES neighbours q; beyond n zeros */
#ifndef COPHASE_STEFCAL_KERNEL_H
#define COPHASE_STEFCAL_KERNEL_H

#include <stdbool.h>

#include "cophase/types.h"
#include "kernels/core/size.h"

enum {
    CPH_STEFCAL_LANES = 16,
    CPH_STEFCAL_PARTS = 3,
    CPH_STEFCAL_IM = CPH_STEFCAL_LANES,                       /**< where a line has its im, */
    CPH_STEFCAL_POWER = 2 * CPH_STEFCAL_LANES,                /**< and its P */
    CPH_STEFCAL_LINE = CPH_STEFCAL_PARTS * CPH_STEFCAL_LANES, /**< floats */
    CPH_STEFCAL_TILE = 32,
    CPH_STEFCAL_ABOVE = 64
};

/** n in whole lines. */
static inline size_t cph_stefcal_padded(size_t n)
{
    return (n + CPH_STEFCAL_LANES - 1) / CPH_STEFCAL_LANES * CPH_STEFCAL_LANES;
}

/** Where the tiles of the rows from `row` (a multiple of CPH_STEFCAL_TILE, <= n) on begin, in
 *  floats: those before have CPH_STEFCAL_TILE rows, each from its diagonal tile to the end. */
static inline size_t cph_stefcal_row_at(size_t n, size_t row)
{
    const size_t tiles = row / CPH_STEFCAL_TILE, lanes = CPH_STEFCAL_LANES;
    const size_t skipped = (tiles * tiles - tiles) / 2 * CPH_STEFCAL_TILE;
    return (tiles * cph_stefcal_padded(n) - skipped) / lanes * CPH_STEFCAL_TILE * CPH_STEFCAL_LINE;
}

/** Floats of the tiles of n elements; false where that many cannot be addressed. */
bool cph_stefcal_floats(size_t n, size_t *floats);

/** Floats of work for n elements. */
static inline size_t cph_stefcal_work_floats(size_t n)
{
    return cph_stefcal_padded(n) + (size_t)CPH_STEFCAL_TILE * CPH_STEFCAL_LINE;
}

/** Where the entry (p, q), p <= q < n, is; im and P stand CPH_STEFCAL_IM and CPH_STEFCAL_POWER
 *  behind. Below the diagonal there is one only within diagonal tiles. */
size_t cph_stefcal_place(size_t n, size_t p, size_t q);

/** Tiles from r, m (complex) and weight, all [n][n] of which p < q is read; weight NULL: 1. Entries
 *  of weight <= 0 are not read: they are 0. m and weight are multiplied by the scales, which should
 *  make entries about 1: neither they nor gains' sums are kept from float's limits. The scale of m
 *  divides gains squared. Errors: a rounding to float an entry. tiles are aligned to 64 bytes and
 *  overlap nothing. */
void cph_stefcal_pack(size_t n, const cph_c64 *r, const cph_c64 *m, double scale_m,
                      const double *weight, double scale_weight, float *tiles);

/** Gains are planar: re [cph_stefcal_padded(n)], then im; beyond n zeros.
 *
 *  next = keep g + (1 - keep) x, 0 <= keep < 1, x the gain of each element with the others held at
 *  g; power [cph_stefcal_padded(n)] = its denominator, sum_q P_pq |g_q|^2; where that is 0 the gain
 *  stays. n >= 1. All are aligned to 64 bytes and nothing overlaps. (keep is 0 and 1/2 in turn:
 *  without averages a rank-1 model would take scale s to 1/s for ever.)
 *
 *  Error, of the tiles as they are, to first order in u = 2^-24, since sums come in any order: of
 *  power (n + 4) u power; of a part of the numerator (2 n + 1) u sum (|re G| |re g| + |im G| |im
 *  g|) or, of the other, with parts crossed; of x what follows, and u |x|; of next 3 u of its two
 *  terms. Results that must be finer are polished in double. */
typedef void cph_stefcal_fn(size_t n, const float *tiles, const float *g, float keep, float *next,
                            float *power, float *work);

/** The oracle, in double: the largest error of next and power in units of the bounds; infinite
 *  where beyond n there is something. */
double cph_stefcal_error_ref(size_t n, const float *tiles, const float *g, float keep,
                             const float *next, const float *power);

#endif
