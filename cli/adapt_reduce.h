/* SPDX-License-Identifier: MIT */
/** @file adapt_reduce.h
 *  Room for weights that adapt subarrays or beams, and the stream that goes through them. */
#ifndef CPH_CLI_ADAPT_REDUCE_H
#define CPH_CLI_ADAPT_REDUCE_H

#include "cli/adapt_shop.h"

typedef struct cph_reducer {
    cph_shop *shop;
    size_t most, rows;   /**< rows of T: room for, and those of the beam at hand */
    cph_c64 *t;          /**< [most][N], orthonormal; holds the memory of all */
    cph_c64 *s;          /**< [rows][rows] T^H R T */
    cph_c64 *b;          /**< [constraints][rows] T^H v */
    cph_c64 *z;          /**< [rows] */
    double *direction;   /**< [most][3] of --beamspace */
    unsigned char *flag; /**< [most] rows that are zero */
} cph_reducer;

/** Gains and flags of a capture's channel, from a pass over its levels; shop->dump without r. */
cph_exit cph_reducer_levels(cph_shop *shop);

/** reducer->s: of the capture, streamed through T, or of the dump. */
cph_exit cph_reducer_sum(cph_reducer *reducer);

#endif
