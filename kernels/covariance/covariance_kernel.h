/* SPDX-License-Identifier: MIT */
/** @file covariance_kernel.h
 *  Contract of the kernels covariance_pack_TYPE_FORM and covariance_FORM.
 *
 *  Elements are taken eight at a time: a panel holds a block of times of eight neighbours in the
 *  layout of its form, for both sides of the product. The side of p ("rows") is broadcast against
 *  vectors along q ("columns"), in which every element has two neighbouring columns, so that sums
 *  come out as pairs re, im:
 *
 *      column 2q      (re q, im q)      . (re p, im p) = re of p conj(q)
 *      column 2q + 1  (-im q, re q)     . (re p, im p) = im of p conj(q)
 *
 *  Layouts, for `times` times, of 64-byte lines; elements that a panel lacks are zeros. Rows are
 *  the even columns but for c16 and f32.
 *
 *  c8_i8   int32 sums[8][2] of re + im and of re, over the times; then a line of int8
 *          columns[16][4] for every two times: (re, im, re', im') and (~im, re, ~im', re'). -x is
 *          ~x + 1, which the sums make good. A time that the last line lacks is 0.
 *  c8_i16  int16 columns[16][2] a time.
 *  c16_i16 int16 high[16][2], low[16][2] a time, column = 256 high + low, -128 <= low <= 127; then
 *          int16 rows[8][2] a time.
 *  f32     for every two times: first of all float (re, im)[8] of the one, then of the other;
 * behind them columns (re - im of the one, of the other)[8]; behind these rows (re + im)[8][2]. A
 * time that the last two lack is 0.
 *
 *  f32 takes three real products where four would be written: with p = a + ib, q = c + id
 *
 *      first sums   (sum a c, sum b d)           re p conj(q) = sum a c + sum b d
 *      second sums  sum (a + b)(c - d)           im p conj(q) = that - sum a c + sum b d
 *
 *  the second ones over even and odd times apart. (Gauss; N. Higham, Accuracy and Stability of
 *  Numerical Algorithms, 2nd ed., 23.2.4: the error is small beside |p||q|, not beside each part.)
 */
#ifndef COPHASE_COVARIANCE_KERNEL_H
#define COPHASE_COVARIANCE_KERNEL_H

#include "cophase/covariance.h"
#include "cophase/dispatch.h"

enum {
    CPH_PANEL_ELEMENTS = 8,
    CPH_PANEL_PARTS = 2 * CPH_PANEL_ELEMENTS,
    CPH_TILE_LANES = CPH_PANEL_ELEMENTS * CPH_PANEL_PARTS,
    CPH_TILE_PANELS = 3 /**< panels of columns that a call takes at most */
};

typedef enum cph_covariance_form {
    CPH_FORM_C8_I8,
    CPH_FORM_C8_I16,
    CPH_FORM_C16_I16,
    CPH_FORM_F32,
    CPH_FORM_COUNT
} cph_covariance_form;

/** Times that sums hold before they are drained into 64 bits: of int8 in 32 bits, where a time adds
 *  at most 2^15 to a part (bits below 2^31 are right whatever wraps on the way); of floats, where
 *  it is the length of the float sums. Sums of c16 have 64 bits: nothing is left to drain. */
enum { CPH_DRAIN_INT = 1 << 15, CPH_DRAIN_FLOAT = 512 };

/** Most times of a block, by form: see the kernels. */
enum { CPH_BLOCK_INT = 1024, CPH_BLOCK_C16 = 248, CPH_BLOCK_FLOAT = 512 };

/** What a panel is made of: `elements` (1 to 8) columns of samples[t * ld + n] for `times` times.
 *  Samples are aligned to the sample; only those columns are read. weight is NULL, or (form f32
 *  alone) multiplies both parts of each time's samples. lead (form f32 alone) is 0, or 1: before
 *  them the panel has a time of zeros. */
typedef struct cph_covariance_rows {
    const void *samples;
    size_t ld, times, elements, lead;
    const float *weight;
} cph_covariance_rows;

/** Packs a panel, aligned to 64 bytes. */
typedef void cph_covariance_pack_fn(const cph_covariance_rows *rows, void *panel);

/** A tile: 8 rows times `panels` (1 to CPH_TILE_PANELS) panels of columns, which lie
 *  `panel_bytes` apart. sums are the 8 x 16 lanes of a tile [row][column], tile after tile: int32
 *  for c8, int64 for c16; for f32 float first[8][16] (pairs of a column q), then second[8][16]
 *  (pairs of times, even and odd). Rows from `live` (1 to 8) on are zeros, which may be left out.
 *  `ahead` is NULL, or what is asked for ahead on the way: a line for every time, `ahead_step`
 *  bytes apart. */
typedef struct cph_covariance_tile {
    const void *rows, *columns;
    size_t panel_bytes, panels, times, live;
    const void *ahead;
    size_t ahead_step;
    void *sums;
    double *drained; /**< f32: NULL, or where re and im go, [row][q][2] a tile; sums are 0 then */
} cph_covariance_tile;

/** Adds sum_t p[t] conj(q[t]) to the sums. Integers are exact (modulo 2^32 for c8); a float sum has
 *  a rounding a time, in the order of the times whatever the calls are, as long as a panel begins
 *  at an even one. A call of c16 takes at most CPH_BLOCK_C16 times (2^23 a time stay below 2^31);
 *  of f32 it may take none. */
typedef void cph_covariance_fn(const cph_covariance_tile *tile);

/** The variants for one form. */
typedef struct cph_covariance_kernels {
    cph_covariance_form form;
    cph_covariance_pack_fn *pack;
    cph_covariance_fn *add;
} cph_covariance_kernels;

/** Bytes of a panel of `times` times, times <= the form's block. */
size_t cph_covariance_panel_bytes(cph_covariance_form form, size_t times);

/** The oracle: r[p * ld_r + q] = sum_t w(t) x_p conj(y_q) in double (exact below 2^53 without
 *  weights), p < n, q < m. weight may be NULL. */
void cph_covariance_ref(cph_type type, size_t times, const float *weight, const void *x,
                        size_t ld_x, size_t n, const void *y, size_t ld_y, size_t m, cph_c64 *r,
                        size_t ld_r);

/** cph_covariance_init for given variants. */
cph_status cph_covariance_init_variant(const cph_covariance_config *config,
                                       const cph_covariance_kernels *variants, void *memory,
                                       size_t bytes, cph_covariance_plan **plan);

/** cph_covariance_init for the best form and variants that do not exceed the tier `limit`. */
cph_status cph_covariance_init_choice(const cph_covariance_config *config, cph_isa limit,
                                      void *memory, size_t bytes, cph_covariance_plan **plan);

#endif
