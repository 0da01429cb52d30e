/* SPDX-License-Identifier: MIT */
/** @file covariance_strip.h
 *  The register tile of all forms, over a vec_*.h and a covariance_dot_*.h, which are included
 *  before. A line of columns is LINE_VECTORS vectors; a lane of a row is broadcast against up to
 *  SUB_VECTORS of them, for SUB_ROWS rows, whose sums stay in registers. What differs between
 *  forms is in covariance_dot_*.h:
 *
 *      vl                          a vector of sums
 *      LINE_TIMES                  times of a line of the first product
 *      PRODUCTS                    products of lines with sums of their own, each with
 *      dot_product(k, times)       where in a panel and in a tile's sums it is
 *      dot_columns(p)              a vector of columns
 *      dot_row(p, lane)            what is multiplied with columns from `lane` on, of a row at p
 *      ROW_BYTES                   from a row to the next one
 *      dot(sum, columns, row)      sum + products
 *      dot_begin(open, rows, row, lane)  open sums of a row, with what they lack
 *      dot_end(open, sum)          puts them back */
#ifndef COPHASE_COVARIANCE_STRIP_H
#define COPHASE_COVARIANCE_STRIP_H

#include "kernels/core/kernels.h"
#include "kernels/covariance/covariance_line.h"
#include "kernels/simd/pair.h"

/* Registers: sums, a vector of columns each, a row's lane, a product. */
enum {
    LINE_VECTORS = CPH_PANEL_PARTS / V_LANES,
    SUB_ROWS = V_LANES == 16  ? 8
               : V_LANES == 1 ? 2
                              : 4,
    FEW_ROWS = 2,
    SUB_VECTORS = V_LANES == 16  ? CPH_TILE_PANELS
                  : V_LANES == 4 ? 4
                                 : 2
};

struct sums {
    vl sum[SUB_ROWS][SUB_VECTORS];
};

/* Vectors of columns at w[v], rows from `rows`, both for `lines` lines. */
struct strip {
    const char *rows, *w[SUB_VECTORS];
    size_t row_bytes, row_step, w_step, lines;
    const char *ahead; /* asked for, time by time */
    size_t ahead_step;
};

/* Without anything to ask for, it is the first line of the rows again, which is there. */
V_INLINE void ask_ahead(struct strip *s, const cph_covariance_tile *tile, bool first)
{
    const bool asks = first && tile->ahead != NULL;
    s->ahead = asks ? tile->ahead : tile->rows;
    s->ahead_step = asks ? tile->ahead_step : 0;
}

/* The sums come in with a value that is not a constant: compilers keep arrays that begin as
 * constants in memory. */
V_INLINE void add_strip(const struct strip *s, size_t count, size_t vectors, struct sums *sums)
{
    const char *rows = s->rows, *ahead = s->ahead, *w[SUB_VECTORS];
    V_UNROLL for (size_t v = 0; v < vectors; v++) w[v] = s->w[v];
    for (size_t k = 0; k < s->lines; k++, rows += s->row_step) {
        V_UNROLL for (size_t t = 0; t < LINE_TIMES; t++, ahead += s->ahead_step)
            v_prefetch_far(ahead);
        vl x[SUB_VECTORS];
        V_UNROLL for (size_t v = 0; v < vectors; v++)
        {
            x[v] = dot_columns(w[v]);
            w[v] += s->w_step;
        }
        V_UNROLL for (size_t i = 0; i < count; i++) V_UNROLL for (size_t v = 0; v < vectors; v++)
            sums->sum[i][v] =
            dot(sums->sum[i][v], x[v], dot_row(rows + i * s->row_bytes, v * V_LANES));
    }
}

/* Of product k: rows [row, row + count) times vectors [first, first + vectors) of the tile's
 * columns. */
V_INLINE void add_rows(const cph_covariance_tile *tile, size_t k, size_t row, size_t count,
                       size_t first, size_t vectors)
{
    const size_t sum_bytes = 4;
    const struct product product = dot_product(k, tile->times);
    struct strip s = {.rows = (const char *)tile->rows + product.rows + ROW_BYTES * row,
                      .row_bytes = ROW_BYTES,
                      .row_step = LINE,
                      .w_step = LINE,
                      .lines = product.lines};
    char *to[SUB_VECTORS];
    struct sums sums;
    ask_ahead(&s, tile, k == 0 && row == 0 && first == 0);
    V_UNROLL for (size_t v = 0; v < vectors; v++)
    {
        const size_t panel = (first + v) / LINE_VECTORS;
        const size_t lane = (first + v) % LINE_VECTORS * V_LANES;
        const size_t at = (panel * PRODUCTS + k) * CPH_TILE_LANES + row * CPH_PANEL_PARTS + lane;
        s.w[v] =
            (const char *)tile->columns + panel * tile->panel_bytes + product.columns + 4 * lane;
        to[v] = (char *)tile->sums + sum_bytes * at;
    }
    V_UNROLL for (size_t i = 0; i < count; i++) V_UNROLL for (size_t v = 0; v < vectors; v++)
        sums.sum[i][v] = dot_begin(to[v] + sum_bytes * CPH_PANEL_PARTS * i, tile->rows, row + i,
                                   (first + v) % LINE_VECTORS * V_LANES);
    add_strip(&s, count, vectors, &sums);
    V_UNROLL for (size_t i = 0; i < count; i++) V_UNROLL for (size_t v = 0; v < vectors; v++)
        dot_end(to[v] + sum_bytes * CPH_PANEL_PARTS * i, sums.sum[i][v]);
}

/* Of product k: `count` rows from `row` on of all columns. */
V_INLINE void add_row_group(const cph_covariance_tile *tile, size_t k, size_t row, size_t count)
{
    const size_t vectors = tile->panels * LINE_VECTORS;
    size_t v = 0;
    for (; v + SUB_VECTORS <= vectors; v += SUB_VECTORS)
        add_rows(tile, k, row, count, v, SUB_VECTORS);
    if (V_LANES == 16 && vectors - v == 2) /* a line of the others is whole strips */
        add_rows(tile, k, row, count, v, 2);
    else if (V_LANES == 16 && vectors - v == 1)
        add_rows(tile, k, row, count, v, 1);
}

/* A last panel of few rows costs less than a whole one: two rows are as many as their sums' latency
 * leaves time for. */
V_INLINE void add_tile(const cph_covariance_tile *tile)
{
    for (size_t k = 0; k < PRODUCTS; k++) {
        if (V_LANES == 16 && tile->live <= FEW_ROWS)
            add_row_group(tile, k, 0, FEW_ROWS);
        else
            for (size_t row = 0; row < tile->live; row += SUB_ROWS)
                add_row_group(tile, k, row, SUB_ROWS);
    }
}

#endif
