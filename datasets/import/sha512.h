/* SPDX-License-Identifier: MIT */
/** @file sha512.h
 *  SHA-512 (FIPS 180-4), by which SigMF tells whether files are what they were. */
#ifndef CPH_IMPORT_SHA512_H
#define CPH_IMPORT_SHA512_H

#include <stddef.h>
#include <stdint.h>

enum { CPH_SHA512_BLOCK = 128, CPH_SHA512_TEXT = 129 };

typedef struct cph_sha512 {
    uint64_t hash[8];
    uint64_t bytes;                        /**< so far */
    unsigned char block[CPH_SHA512_BLOCK]; /**< the last bytes % CPH_SHA512_BLOCK of them */
} cph_sha512;

void cph_sha512_begin(cph_sha512 *sum);
/** Any number of bytes, 2^61 in all. */
void cph_sha512_add(cph_sha512 *sum, const void *bytes, size_t count);
/** The sum of all that was added, as 128 small hexadecimal digits; begin anew afterwards. */
void cph_sha512_end(cph_sha512 *sum, char text[CPH_SHA512_TEXT]);

#endif
