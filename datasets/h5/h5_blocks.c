/* SPDX-License-Identifier: MIT */
/* The filters that cut a chunk into blocks, and the two compressors that they use.
 *
 * LZ4 (filter 32004): bytes of the whole (8), bytes of a block (4), then each block as its
 * compressed bytes (4) and those; the last block is shorter, and a block whose compressed bytes are
 * as many as its own is stored as it is.
 *
 * Bitshuffle (filter 32008): numbers of parameter[2] bytes in blocks of parameter[3] numbers (0: as
 * many as have 8 KiB), each block a transposed matrix of bits. The last block is shorter; fewer
 * than 8 numbers that are left stay as they are. Parameter[4] says how blocks are compressed: not
 * at all (0), by LZ4 (2) or by Zstandard (3). Compressed, there is a header as that of filter
 * 32004, whose block counts, and bytes in front of each block.
 *
 * All numbers of headers have the highest byte first. */
#include <limits.h>
#include <lz4.h>
#include <string.h>
#include <zstd.h>

#include "datasets/h5/h5_filters.h"
#include "kernels/core/kernels.h"
#include "kernels/core/size.h"

enum { HEADER = 12, LENGTH = 4, EIGHT = 8, BLOCK_BYTES = 8192, BLOCK_LEAST = 128, BLOCK_ROOM = 2 };

uint64_t cph_h5_big_endian(const unsigned char *in, size_t bytes)
{
    uint64_t value = 0;
    for (size_t i = 0; i < bytes; i++)
        value = value << 8 | in[i];
    return value;
}

/* ---- compressors ---- */

cph_status cph_h5_block_lz4(const cph_h5_step *s)
{
    if (s->in_bytes > INT_MAX || s->out_bytes > INT_MAX)
        return cph_h5_step_fail(s, "has an LZ4 block of %zu bytes, too large", s->out_bytes);
    const int made = LZ4_decompress_safe((const char *)s->in, (char *)s->out, (int)s->in_bytes,
                                         (int)s->out_bytes);
    if (made < 0)
        return cph_h5_step_fail(s, "is damaged: an LZ4 block of %zu bytes does not make %zu",
                                s->in_bytes, s->out_bytes);
    return (size_t)made == s->out_bytes
               ? CPH_OK
               : cph_h5_step_fail(s, "has an LZ4 block that makes %d bytes, expected %zu", made,
                                  s->out_bytes);
}

cph_status cph_h5_block_zstd(const cph_h5_step *s)
{
    if (s->tools->zstd == NULL)
        s->tools->zstd = ZSTD_createDCtx();
    if (s->tools->zstd == NULL)
        return CPH_ERR_MEMORY;
    const size_t made =
        ZSTD_decompressDCtx(s->tools->zstd, s->out, s->out_bytes, s->in, s->in_bytes);
    if (ZSTD_isError(made))
        return cph_h5_step_fail(s,
                                "is damaged: a Zstandard frame of %zu bytes does not make %zu: "
                                "%s",
                                s->in_bytes, s->out_bytes, ZSTD_getErrorName(made));
    return made == s->out_bytes
               ? CPH_OK
               : cph_h5_step_fail(s, "has a Zstandard frame that makes %zu bytes, expected %zu",
                                  made, s->out_bytes);
}

cph_status cph_h5_undo_zstd(const cph_h5_step *s)
{
    return cph_h5_block_zstd(s);
}

/* ---- blocks ---- */

/* The header: what the whole must be, and *block, the bytes of a block. */
static cph_status read_header(const cph_h5_step *s, size_t *block)
{
    if (s->in_bytes < HEADER)
        return cph_h5_step_fail(s, "has %zu bytes, too few for a header of blocks", s->in_bytes);
    const uint64_t whole = cph_h5_big_endian(s->in, 8);
    *block = (size_t)cph_h5_big_endian(s->in + 8, 4);
    return whole == s->out_bytes
               ? CPH_OK
               : cph_h5_step_fail(s, "says that it makes %llu bytes, expected %zu",
                                  (unsigned long long)whole, s->out_bytes);
}

/* The next block's compressed bytes: *at goes past their length. */
static cph_status read_length(const cph_h5_step *s, size_t *at, size_t *length)
{
    if (s->in_bytes - *at < LENGTH)
        return cph_h5_step_fail(s, "ends where a block should begin, at byte %zu", *at);
    *length = (size_t)cph_h5_big_endian(s->in + *at, LENGTH);
    *at += LENGTH;
    return *length <= s->in_bytes - *at
               ? CPH_OK
               : cph_h5_step_fail(s, "ends within a block, %zu of whose %zu bytes are there",
                                  s->in_bytes - *at, *length);
}

cph_status cph_h5_undo_lz4(const cph_h5_step *s)
{
    size_t block = 0, at = HEADER, length = 0;
    cph_status status = read_header(s, &block);
    if (status == CPH_OK && block == 0)
        return cph_h5_step_fail(s, "has LZ4 blocks of 0 bytes");
    for (size_t made = 0; status == CPH_OK && made < s->out_bytes;) {
        const size_t now = cph_size_min(block, s->out_bytes - made);
        status = read_length(s, &at, &length);
        if (status != CPH_OK)
            break;
        cph_h5_step one = *s;
        one.in = s->in + at;
        one.in_bytes = length;
        one.out = s->out + made;
        one.out_bytes = now;
        if (length == now)
            memcpy(one.out, one.in, now);
        else
            status = cph_h5_block_lz4(&one);
        at += length;
        made += now;
    }
    return status;
}

/* ---- bitshuffle ---- */

typedef cph_status block_fn(const cph_h5_step *step);

/* Of parameter[4]; false for what is not known. */
static bool compression_of(const cph_h5_filter *filter, block_fn **undo)
{
    static block_fn *const table[] = {[2] = cph_h5_block_lz4, [3] = cph_h5_block_zstd};
    const unsigned code = filter->parameter[CPH_H5_BITSHUFFLE_CODE];
    if (code >= sizeof table / sizeof *table || code == 1)
        return false;
    *undo = table[code];
    return true;
}

size_t cph_h5_bitshuffle_block(size_t size)
{
    const size_t block = BLOCK_BYTES / size / EIGHT * EIGHT;
    return block > BLOCK_LEAST ? block : BLOCK_LEAST;
}

/* Numbers of a block. */
static cph_status block_of(const cph_h5_step *s, size_t size, bool compressed, size_t *block)
{
    cph_status status = CPH_OK;
    *block = s->filter->parameter[3];
    if (compressed) {
        status = read_header(s, block);
        *block /= size;
    }
    *block = *block == 0 ? cph_h5_bitshuffle_block(size) : *block;
    if (status == CPH_OK && *block % EIGHT != 0)
        status =
            cph_h5_step_fail(s, "has bitshuffle blocks of %zu numbers, no multiple of 8", *block);
    return status;
}

/* Where the block's bits are, and how many bytes they took. */
static cph_status block_bits(const cph_h5_step *s, block_fn *undo, size_t *at, size_t bytes,
                             const unsigned char **bits)
{
    size_t length = bytes;
    cph_status status = CPH_OK;
    if (undo != NULL)
        status = read_length(s, at, &length);
    else if (bytes > s->in_bytes - *at)
        status = cph_h5_step_fail(s, "ends within a block, at byte %zu", s->in_bytes);
    if (status != CPH_OK)
        return status;
    *bits = s->in + *at;
    *at += length;
    if (undo == NULL)
        return CPH_OK;
    cph_h5_step one = *s;
    one.in = *bits;
    one.in_bytes = length;
    one.out = cph_h5_room(s->tools, BLOCK_ROOM, bytes);
    one.out_bytes = bytes;
    *bits = one.out;
    return one.out != NULL ? undo(&one) : CPH_ERR_MEMORY;
}

cph_status cph_h5_undo_bitshuffle(const cph_h5_step *s)
{
    const size_t size = s->filter->parameter[2];
    block_fn *undo = NULL;
    size_t block = 0;
    if (size == 0 || s->out_bytes % size != 0)
        return cph_h5_step_fail(s, "has %zu bytes, no whole numbers of the filter's %zu",
                                s->out_bytes, size);
    if (!compression_of(s->filter, &undo))
        return cph_h5_step_fail(s, "is bitshuffled with compression %u, expected 0, 2 or 3",
                                s->filter->parameter[CPH_H5_BITSHUFFLE_CODE]);
    cph_status status = block_of(s, size, undo != NULL, &block);
    size_t at = undo != NULL ? HEADER : 0, left = s->out_bytes / size;
    unsigned char *out = s->out;
    for (size_t now = 0; status == CPH_OK && left >= EIGHT; left -= now, out += now * size) {
        const unsigned char *bits = NULL;
        now = cph_size_min(block, left - left % EIGHT);
        status = block_bits(s, undo, &at, now * size, &bits);
        if (status == CPH_OK)
            CPH_BOUND(unshuffle_bits)(bits, size, now, out);
    }
    if (status == CPH_OK && left * size > s->in_bytes - at)
        status = cph_h5_step_fail(s, "ends before its last %zu numbers", left);
    if (status == CPH_OK && left > 0)
        memcpy(out, s->in + at, left * size);
    return status;
}
