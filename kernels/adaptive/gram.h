/* SPDX-License-Identifier: MIT */
/** @file gram.h
 *  Sums of outer products in double. */
#ifndef COPHASE_ADAPTIVE_GRAM_H
#define COPHASE_ADAPTIVE_GRAM_H

#include "cophase/types.h"

/** r [n][n] += X^H X of x [rows][n]; the upper triangle is not touched. */
void cph_gram_add(size_t rows, size_t n, const cph_c64 *x, cph_c64 *r);

#endif
