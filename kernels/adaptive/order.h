/* SPDX-License-Identifier: MIT */
/** @file order.h
 *  How many waves the eigenvalues of a covariance show. */
#ifndef COPHASE_ADAPTIVE_ORDER_H
#define COPHASE_ADAPTIVE_ORDER_H

#include "cophase/types.h"

/** The k that makes K (n - k) log(arithmetic over geometric mean of the n - k least) +
 *  price k (2 n - k) least (Wax & Kailath, IEEE TASSP 33 p. 387, 1985: a price of 1 is AIC, one of
 *  log(K) / 2 MDL); of equal ones the smaller. value [n] ascending, the largest above 0. */
size_t cph_order_count(size_t n, const double *value, double samples, double price);

#endif
