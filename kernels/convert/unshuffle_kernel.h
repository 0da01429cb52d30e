/* SPDX-License-Identifier: MIT */
/** @file unshuffle_kernel.h
 *  Contracts of the kernels unshuffle and unshuffle_bits, which put numbers together again that a
 *  file keeps in planes because planes compress better. Values are not looked at. */
#ifndef COPHASE_UNSHUFFLE_KERNEL_H
#define COPHASE_UNSHUFFLE_KERNEL_H

#include <stddef.h>

/** out[i * size + b] of `count` numbers of `size` bytes (at least 1). in and out must not overlap;
 *  any alignment.
 *
 *  unshuffle (HDF5's filter 2): byte b of number i is in[b * count + i].
 *
 *  unshuffle_bits (bitshuffle, one block; Masui et al., Astronomy and Computing 12, 181, 2015):
 *  count is a multiple of 8, and bit j of byte b of number i is bit i % 8 of
 *  in[(8 * b + j) * (count / 8) + i / 8], bit 0 being the lowest. */
typedef void cph_unshuffle_fn(const void *in, size_t size, size_t count, void *out);

/** The oracles, byte by byte and bit by bit. */
void cph_unshuffle_ref(const void *in, size_t size, size_t count, void *out);
void cph_unshuffle_bits_ref(const void *in, size_t size, size_t count, void *out);

#endif
