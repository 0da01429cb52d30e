/* SPDX-License-Identifier: MIT */
/** @file sha256.h
 *  SHA-256 (FIPS 180-4), for the checksums of inputs in a file's history. */
#ifndef CPH_CLI_SHA256_H
#define CPH_CLI_SHA256_H

#include <stddef.h>
#include <stdint.h>

typedef struct cph_sha256 {
    uint32_t state[8];
    uint64_t bytes;
    unsigned char pending[64];
} cph_sha256;

void cph_sha256_start(cph_sha256 *hash);
void cph_sha256_add(cph_sha256 *hash, const void *data, size_t bytes);
/** Lower-case hexadecimal, terminated. */
void cph_sha256_end(cph_sha256 *hash, char text[65]);

#endif
