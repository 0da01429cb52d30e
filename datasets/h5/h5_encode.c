/* SPDX-License-Identifier: MIT */
/* Bitshuffle with LZ4, writing side; h5_blocks.c says how it lies in the file. */
#include <limits.h>
#include <lz4.h>
#include <string.h>

#include "datasets/h5/h5_filters.h"
#include "kernels/convert/unshuffle_bits.h"
#include "kernels/core/size.h"

enum { HEADER = 12, LENGTH = 4, EIGHT = 8 };

static void put_big_endian(unsigned char *out, uint64_t value, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        out[i] = (unsigned char)(value >> 8 * (bytes - 1 - i));
}

/* The way back of unshuffle_bits; count is a multiple of 8. */
static void shuffle_bits(const unsigned char *in, size_t size, size_t count, unsigned char *out)
{
    const size_t row = count / EIGHT;
    for (size_t b = 0; b < size; b++)
        for (size_t k = 0; k < row; k++) {
            uint64_t x = 0;
            for (size_t i = 0; i < EIGHT; i++)
                x |= (uint64_t)in[(EIGHT * k + i) * size + b] << 8 * i;
            x = transpose_bits(x);
            for (size_t j = 0; j < EIGHT; j++)
                out[(EIGHT * b + j) * row + k] = (unsigned char)(x >> 8 * j);
        }
}

static size_t block_numbers(const cph_h5_filter *filter)
{
    const size_t given = filter->parameter[3];
    return given > 0 ? given : cph_h5_bitshuffle_block(filter->parameter[2]);
}

bool cph_h5_encodes(const cph_h5_filter *filter, size_t bytes)
{
    const size_t size = filter->parameter[2];
    return filter->id == CPH_H5_BITSHUFFLE && filter->parameter[CPH_H5_BITSHUFFLE_CODE] == 2 &&
           size > 0 && bytes % size == 0 && filter->parameter[3] % EIGHT == 0 &&
           bytes <= UINT32_MAX && block_numbers(filter) <= LZ4_MAX_INPUT_SIZE / size;
}

size_t cph_h5_encode_room(const cph_h5_filter *filter, size_t bytes)
{
    const size_t block = block_numbers(filter) * filter->parameter[2];
    const size_t each = LENGTH + (size_t)LZ4_compressBound((int)block);
    return HEADER + (bytes / block + 1) * each + (size_t)filter->parameter[2] * EIGHT;
}

size_t cph_h5_encode(const cph_h5_filter *filter, cph_h5_tools *tools, const unsigned char *in,
                     size_t bytes, unsigned char *out)
{
    const size_t size = filter->parameter[2], block = block_numbers(filter);
    unsigned char *const bits = cph_h5_room(tools, 0, block * size);
    size_t left = bytes / size, at = HEADER;
    if (bits == NULL)
        return 0;
    put_big_endian(out, bytes, 8);
    put_big_endian(out + 8, block * size, 4);
    for (size_t now = 0; left >= EIGHT; left -= now, in += now * size) {
        now = cph_size_min(block, left - left % EIGHT);
        shuffle_bits(in, size, now, bits);
        const int whole = (int)(now * size);
        const int made = LZ4_compress_default((const char *)bits, (char *)out + at + LENGTH, whole,
                                              LZ4_compressBound(whole));
        put_big_endian(out + at, (uint64_t)made, LENGTH);
        at += LENGTH + (size_t)made;
    }
    memcpy(out + at, in, left * size);
    return at + left * size;
}
