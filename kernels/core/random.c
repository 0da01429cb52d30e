/* SPDX-License-Identifier: MIT */
#include "cophase/random.h"

#include <math.h>

/* splitmix64 (Steele, Lea & Flood, OOPSLA 2014). */
static uint64_t splitmix(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static uint64_t rotate_left(uint64_t x, int k)
{
    return (x << k) | (x >> (64 - k));
}

void cph_random_seed(cph_random *random, uint64_t seed, uint64_t stream)
{
    /* The seed is mixed before the stream joins, so that (1, 2) and (2, 1) are strangers. */
    uint64_t mixed = seed;
    uint64_t state = splitmix(&mixed) ^ stream;
    for (size_t i = 0; i < 4; i++)
        random->s[i] = splitmix(&state);
}

uint64_t cph_random_u64(cph_random *random)
{
    uint64_t *s = random->s;
    uint64_t result = rotate_left(s[0] + s[3], 23) + s[0], t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate_left(s[3], 45);
    return result;
}

double cph_random_uniform(cph_random *random)
{
    return (double)(cph_random_u64(random) >> 11) * 0x1p-53;
}

cph_c64 cph_random_normal(cph_random *random)
{
    /* Box & Muller 1958, with the power -log(1 - uniform) of mean 1. */
    double radius = sqrt(-log(1.0 - cph_random_uniform(random)));
    double s, c;
    sincos(2.0 * M_PI * cph_random_uniform(random), &s, &c);
    return (cph_c64){radius * c, radius * s};
}
