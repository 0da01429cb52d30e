/* SPDX-License-Identifier: MIT */
/** @file random.h
 *  A small reproducible generator for simulations and tests (not for secrets). */
#ifndef COPHASE_RANDOM_H
#define COPHASE_RANDOM_H

#include "cophase/types.h"

CPH_BEGIN_DECLS

/** xoshiro256++ (Blackman & Vigna, ACM TOMS 47, 2021), seeded by splitmix64. */
typedef struct cph_random {
    uint64_t s[4];
} cph_random;

/** Independent streams for different (seed, stream) pairs. */
CPH_API void cph_random_seed(cph_random *random, uint64_t seed, uint64_t stream);
CPH_API uint64_t cph_random_u64(cph_random *random);
/** Uniform in [0, 1), 53 bits. */
CPH_API double cph_random_uniform(cph_random *random);
/** Two independent normal values of variance 1/2 each: a circular complex normal of unit power. */
CPH_API cph_c64 cph_random_normal(cph_random *random);

CPH_END_DECLS

#endif
