/* SPDX-License-Identifier: MIT */
/** @file vec.h
 *  What every vec_*.h defines: V_LANES and, for that many lanes, vf (float), vi (int32) and vd
 *  (double) with the same operations. A body is written once over them; a variant includes the
 *  vec_*.h of its instruction set and calls the body.
 *
 *      vf_zero  vf_set1  vf_add  vf_sub  vf_mul  vf_fma(a, b, c) = a b + c  vf_neg_if(mask, a)
 *      vf_select(mask, a, b) = mask ? a : b, masks are vi of all ones or zeros
 *      vf_load_TYPE(p), vf_load_part_TYPE(p, n): lanes from float, int16, int8; n < V_LANES lanes
 *      are read, the rest are 0; vf_store, vf_store_part likewise
 *      vf_store_pairs(p, re, im), vf_store_pairs_part(p, re, im, n): interleaved, n pairs
 *      vi_*: integers wrap
 *      vd_turns(x): the fraction of x as a 32-bit angle, 2^32 = one turn, to nearest
 *
 *  All functions are static inline: nothing compiled with wide instructions gets a shared name. */
#ifndef COPHASE_SIMD_VEC_H
#define COPHASE_SIMD_VEC_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Bodies are specialised by constant arguments, which needs inlining even without optimisation
 * for speed. */
#define V_INLINE static inline __attribute__((always_inline))

#endif
