/* SPDX-License-Identifier: MIT */
/* SHA-512, FIPS 180-4, sections 4.1.3, 4.2.3, 5.1.2, 5.3.5 and 6.4; names of variables are those of
 * the standard. */
#include "datasets/import/sha512.h"

#include <stdio.h>
#include <string.h>

/* First 64 bits of the fractions of the square roots of the first 8 primes. */
static const uint64_t start[8] = {0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b,
                                  0xa54ff53a5f1d36f1, 0x510e527fade682d1, 0x9b05688c2b3e6c1f,
                                  0x1f83d9abfb41bd6b, 0x5be0cd19137e2179};

/* The same of the cube roots of the first 80. */
static const uint64_t constant[80] = {
    0x428a2f98d728ae22, 0x7137449123ef65cd, 0xb5c0fbcfec4d3b2f, 0xe9b5dba58189dbbc,
    0x3956c25bf348b538, 0x59f111f1b605d019, 0x923f82a4af194f9b, 0xab1c5ed5da6d8118,
    0xd807aa98a3030242, 0x12835b0145706fbe, 0x243185be4ee4b28c, 0x550c7dc3d5ffb4e2,
    0x72be5d74f27b896f, 0x80deb1fe3b1696b1, 0x9bdc06a725c71235, 0xc19bf174cf692694,
    0xe49b69c19ef14ad2, 0xefbe4786384f25e3, 0x0fc19dc68b8cd5b5, 0x240ca1cc77ac9c65,
    0x2de92c6f592b0275, 0x4a7484aa6ea6e483, 0x5cb0a9dcbd41fbd4, 0x76f988da831153b5,
    0x983e5152ee66dfab, 0xa831c66d2db43210, 0xb00327c898fb213f, 0xbf597fc7beef0ee4,
    0xc6e00bf33da88fc2, 0xd5a79147930aa725, 0x06ca6351e003826f, 0x142929670a0e6e70,
    0x27b70a8546d22ffc, 0x2e1b21385c26c926, 0x4d2c6dfc5ac42aed, 0x53380d139d95b3df,
    0x650a73548baf63de, 0x766a0abb3c77b2a8, 0x81c2c92e47edaee6, 0x92722c851482353b,
    0xa2bfe8a14cf10364, 0xa81a664bbc423001, 0xc24b8b70d0f89791, 0xc76c51a30654be30,
    0xd192e819d6ef5218, 0xd69906245565a910, 0xf40e35855771202a, 0x106aa07032bbd1b8,
    0x19a4c116b8d2d0c8, 0x1e376c085141ab53, 0x2748774cdf8eeb99, 0x34b0bcb5e19b48a8,
    0x391c0cb3c5c95a63, 0x4ed8aa4ae3418acb, 0x5b9cca4f7763e373, 0x682e6ff3d6b2b8a3,
    0x748f82ee5defb2fc, 0x78a5636f43172f60, 0x84c87814a1f0ab72, 0x8cc702081a6439ec,
    0x90befffa23631e28, 0xa4506cebde82bde9, 0xbef9a3f7b2c67915, 0xc67178f2e372532b,
    0xca273eceea26619c, 0xd186b8c721c0c207, 0xeada7dd6cde0eb1e, 0xf57d4f7fee6ed178,
    0x06f067aa72176fba, 0x0a637dc5a2c898a6, 0x113f9804bef90dae, 0x1b710b35131c471b,
    0x28db77f523047d84, 0x32caab7b40c72493, 0x3c9ebe0a15c9bebc, 0x431d67c49c100d4c,
    0x4cc5d4becb3e42b6, 0x597f299cfc657e2a, 0x5fcb6fab3ad6faec, 0x6c44198c4a475817};

static uint64_t turn(uint64_t x, unsigned right)
{
    return x >> right | x << (64 - right);
}

/* The message schedule W: 16 big-endian words of the block, then what they become. */
static void spread(const unsigned char block[CPH_SHA512_BLOCK], uint64_t w[80])
{
    for (size_t t = 0; t < 16; t++) {
        w[t] = 0;
        for (size_t i = 0; i < 8; i++)
            w[t] = w[t] << 8 | block[8 * t + i];
    }
    for (size_t t = 16; t < 80; t++) {
        const uint64_t s0 = turn(w[t - 15], 1) ^ turn(w[t - 15], 8) ^ w[t - 15] >> 7;
        const uint64_t s1 = turn(w[t - 2], 19) ^ turn(w[t - 2], 61) ^ w[t - 2] >> 6;
        w[t] = s1 + w[t - 7] + s0 + w[t - 16];
    }
}

/* Round t; instead of moving a to h along, they stand a place further back each round. */
static inline void turn_round(uint64_t v[8], const uint64_t w[80], unsigned t)
{
    const uint64_t a = v[-t & 7], b = v[(1 - t) & 7], c = v[(2 - t) & 7];
    const uint64_t e = v[(4 - t) & 7], f = v[(5 - t) & 7], g = v[(6 - t) & 7];
    const uint64_t sum0 = turn(a, 28) ^ turn(a, 34) ^ turn(a, 39);
    const uint64_t sum1 = turn(e, 14) ^ turn(e, 18) ^ turn(e, 41);
    const uint64_t choice = (e & f) ^ (~e & g), majority = (a & b) ^ (a & c) ^ (b & c);
    const uint64_t t1 = v[(7 - t) & 7] + sum1 + choice + constant[t] + w[t];
    v[(3 - t) & 7] += t1;
    v[(7 - t) & 7] = t1 + sum0 + majority;
}

static void take_block(uint64_t hash[8], const unsigned char block[CPH_SHA512_BLOCK])
{
    uint64_t w[80], v[8];
    spread(block, w);
    memcpy(v, hash, sizeof v);
    for (unsigned t = 0; t < 80; t += 8) { /* after eight, all stand where they stood */
        turn_round(v, w, t);
        turn_round(v, w, t + 1);
        turn_round(v, w, t + 2);
        turn_round(v, w, t + 3);
        turn_round(v, w, t + 4);
        turn_round(v, w, t + 5);
        turn_round(v, w, t + 6);
        turn_round(v, w, t + 7);
    }
    for (size_t i = 0; i < 8; i++)
        hash[i] += v[i];
}

void cph_sha512_begin(cph_sha512 *sum)
{
    memcpy(sum->hash, start, sizeof sum->hash);
    sum->bytes = 0;
}

void cph_sha512_add(cph_sha512 *sum, const void *bytes, size_t count)
{
    const unsigned char *from = bytes;
    while (count > 0) {
        const size_t held = (size_t)(sum->bytes % CPH_SHA512_BLOCK), room = CPH_SHA512_BLOCK - held;
        const size_t now = count < room ? count : room;
        if (now == CPH_SHA512_BLOCK) {
            take_block(sum->hash, from);
        } else {
            memcpy(sum->block + held, from, now);
            if (now == room)
                take_block(sum->hash, sum->block);
        }
        sum->bytes += now;
        from += now;
        count -= now;
    }
}

void cph_sha512_end(cph_sha512 *sum, char text[CPH_SHA512_TEXT])
{
    static const unsigned char padding[CPH_SHA512_BLOCK] = {0x80};
    const size_t held = (size_t)(sum->bytes % CPH_SHA512_BLOCK), before = CPH_SHA512_BLOCK - 16;
    const uint64_t bits = 8 * sum->bytes;
    unsigned char length[16] = {0}; /* of 128 bits, big-endian */
    for (size_t i = 0; i < 8; i++)
        length[15 - i] = (unsigned char)(bits >> 8 * i);
    cph_sha512_add(sum, padding, held < before ? before - held : before + CPH_SHA512_BLOCK - held);
    cph_sha512_add(sum, length, sizeof length);
    for (size_t i = 0; i < 8; i++)
        snprintf(text + 16 * i, CPH_SHA512_TEXT - 16 * i, "%016llx",
                 (unsigned long long)sum->hash[i]);
}
