/* SPDX-License-Identifier: MIT */
/** @file byte.h
 *  Moving numbers without a look at their values. Every byte_*.h defines vb, a vector of numbers of
 *  `part` bytes (1, 2 or 4, a constant of the call), and
 *
 *      vb_bytes(part)                      its size
 *      vb_zero()
 *      vb_load(part, p), vb_store          any alignment
 *      vb_load_part(part, p, bytes)        whole numbers, the others are 0; vb_store_part
 *      vb_swap(part, a)                    each number's bytes in the other order
 *      vb_zip(part, a, b, &low, &high)     a0 b0 a1 b1 ..., the lower and the upper half
 *      vb_unzip(part, low, high, &a, &b)   the reverse
 *
 *  and where a vector holds more than a number
 *
 *      vb_transpose_bits(a)                bit i of byte j of each 8 bytes becomes bit j of byte i
 */
#ifndef COPHASE_SIMD_BYTE_H
#define COPHASE_SIMD_BYTE_H

#include <string.h>

#include "kernels/simd/vec.h"

#endif
