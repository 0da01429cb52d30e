/* SPDX-License-Identifier: MIT */
/** @file covariance_line.h
 *  Lines of panels, for those who pack them and those who multiply them. */
#ifndef COPHASE_COVARIANCE_LINE_H
#define COPHASE_COVARIANCE_LINE_H

#include "kernels/covariance/covariance_kernel.h"

enum { LINE = 64 /* bytes */ };

/* Lines of rows and of columns that are multiplied: bytes from a panel's start on. */
struct product {
    size_t rows, columns, lines;
};

/* Of form f32, for `times` times: (re, im) with itself, then (re + im) with (re - im). */
static inline struct product covariance_product_f32(size_t k, size_t times)
{
    const size_t twos = (times + 1) / 2;
    return k == 0 ? (struct product){0, 0, 2 * twos}
                  : (struct product){3 * twos * LINE, 2 * twos * LINE, twos};
}

#endif
