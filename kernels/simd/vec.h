/* SPDX-License-Identifier: MIT */
/** @file vec.h
 *  What every vec_*.h defines: V_LANES, V_REGISTERS (vector registers there are) and, for that many
 *  lanes, vf (float), vi (int32), vd (double) and vm (a mask, a lane on or off) with the same
 *  operations. A body is written once over them; a variant includes the vec_*.h of its instruction
 *  set and calls the body.
 *
 *      vf_set1 vf_add vf_mul ...       lane by lane; vf_fma(a, b, c) = a b + c, vf_fnma: c - a b
 *      vi_add ...                      integers wrap
 *      vi_test(a, bit), vf_equal(a, b) a mask: lanes that have the bit, that are equal
 *      vf_above(a, b)                  a mask: a > b, off where one is NaN
 *      vf_select(mask, a, b)           mask ? a : b; vf_keep(mask, a): else 0
 *      vm_bits(mask)                   bit i is lane i
 *      vf_and(bits, a)                 bits of a vi, all ones or zeros a lane
 *      vf_flip(bits, a)                a with its sign flipped where bit 31 of a vi is set
 *      vf_load_f32(p), _i16, _i8       V_LANES values, any alignment of the value
 *      vf_load_part_f32(p, n), ...     n < V_LANES values are read, the other lanes are 0
 *      vf_load_pair(p, lane)           p[0], p[1], p[0], ... from lane `lane` of a row on
 *      vf_load_swapped(p, lane)        p[1], p[0], p[3], ... where p is lane `lane` of a row
 *      vf_store_pairs(p, re, im)       interleaved, from lanes in pair order
 *      vf_store_pairs_part(.., n)      the first n < V_LANES pairs
 *      vi_store_i16(p, a, n), _i8      the first n lanes, which fit the type
 *      vf_sum(a)                       over the lanes; vf_sum_alternating(a): even less odd ones
 *      vf_sum_each(a)                  lane i is vf_sum of a[i], of V_LANES vectors
 *      vf_transpose(a)                 lane i of a[k] and lane k of a[i] change places
 *      vf_transpose_pairs(a)           the same of V_LANES / 2 vectors of pairs of lanes
 *      vi_sum4(a, to)                  to[i] = sum over the lanes of a[i], i < 4
 *      vf_swap_pairs(a)                lanes 1, 0, 3, 2, ...; not where there is one lane
 *      vf_in_register(a)               a, not to be loaded once more for a second use
 *      vi_load_bytes(p, n)             n bytes, zeros behind, n < a vector's
 *      vi_load_pairs_i8(p), _part_     V_LANES int8 samples, widened: a lane is (int16 re, im)
 *      vi_requantise(hi, lo, m, k, low) v_requantise of sums hi * 65536 + lo
 *      vi_dot16(sum, x, w)             sum + the products of two int16 a lane
 *      vi_dot8(sum, x, w)              of four int8 a lane; only in sets with such products. x goes
 *                                      through vi_dot8_sample, a sum begins at vi_dot8_start(-128
 *                                      sum w), or its lanes' total gets it by vi_dot8_bias
 *      vi_bf16_pairs(a)                int16 pairs, of at most 8 bits, as pairs of BF16
 *      vi_dot_bf16(sum, x, w)          sum, the bits of a float, + the products of two BF16 a
 *                                      lane, and vf_from_bits(a), a vi seen as float: only in sets
 *                                      with such products
 *      vd_set2(a, b)                   a in the lower half of the lanes, b in the upper
 *      vd_low(x)                       the low halves of the bits as a vi in pair order, which is
 *                                      any order of lanes that vf_store_pairs undoes
 *      vd_turns(x)                     the fraction of x as a 32-bit angle, 2^32 = one turn; pair
 *                                      order
 *
 *  All functions are static inline: nothing compiled with wide instructions gets a shared name. */
#ifndef COPHASE_SIMD_VEC_H
#define COPHASE_SIMD_VEC_H

#include <stddef.h>
#include <stdint.h>

/* Bodies are specialised by constant arguments: that needs inlining, and loops over registers that
 * are unrolled, at any level of optimisation. With checks at every access gcc takes ten times as
 * long to unroll, and nobody waits for such kernels. */
#define V_INLINE static inline __attribute__((always_inline))
#ifdef __clang__
#define V_UNROLL _Pragma("clang loop unroll(full)")
#elif defined __SANITIZE_ADDRESS__
#define V_UNROLL
#else
#define V_UNROLL _Pragma("GCC unroll 16")
#endif
/* For what would otherwise be there once a tile. */
#define V_OUTLINE static __attribute__((noinline, unused))

/* (sum m + 2^(k-1)) >> k, an arithmetic shift, saturated to [low, -1 - low]. */
V_INLINE int32_t v_requantise(int64_t sum, int32_t m, int32_t k, int32_t low)
{
    const int64_t y = (sum * m + ((int64_t)1 << (k - 1))) >> k;
    return y < low ? low : y > -1 - low ? -1 - low : (int32_t)y;
}

/* Added to a fraction of a turn, the low half of the sum's bits counts 2^-32 turn: an ulp here. */
#define V_TURN 0x1.8p20

#endif
