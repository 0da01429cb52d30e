/* SPDX-License-Identifier: MIT */
/* Body of unshuffle over a byte_*.h, which the variant includes before. `size` is a constant where
 * vectors are put together. */
#ifndef COPHASE_UNSHUFFLE_BODY_H
#define COPHASE_UNSHUFFLE_BODY_H

#include "kernels/convert/unshuffle_kernel.h"
#include "kernels/core/size.h"

/* Numbers of the most bytes that vectors put together: a vector a byte. */
enum { UNSHUFFLE_MOST = 16 };

/* Vectors of one half are zipped with those of the other. After as many stages as `size` has bits,
 * `size` planes are `size` vectors of whole numbers:
 *   a a a a  \  a c a c  \  a b c d
 *   b b b b   > a c a c   > a b c d
 *   c c c c  /  b d b d  /  a b c d
 *   d d d d     b d b d     a b c d */
V_INLINE void zip_stage(size_t size, const vb *v, vb *w)
{
    V_UNROLL for (size_t k = 0; k < size / 2; k++)
        vb_zip(1, v[k], v[k + size / 2], &w[2 * k], &w[2 * k + 1]);
}

V_INLINE void zip_planes(size_t size, vb *v)
{
    vb w[UNSHUFFLE_MOST];
    zip_stage(size, v, w);
    if (size == 4 || size == 16) {
        zip_stage(size, w, v);
        if (size == 4)
            return;
        zip_stage(size, v, w);
        zip_stage(size, w, v);
        return;
    }
    if (size == 8) {
        zip_stage(size, w, v);
        zip_stage(size, v, w);
    }
    V_UNROLL for (size_t k = 0; k < size; k++) v[k] = w[k];
}

/* Numbers [begin, end), one after the other. */
V_INLINE void unshuffle_rest(const char *in, size_t size, size_t count, size_t begin, size_t end,
                             char *out)
{
    for (size_t b = 0; b < size; b++)
        for (size_t i = begin; i < end; i++)
            out[i * size + b] = in[b * count + i];
}

V_INLINE void unshuffle_sized(size_t size, const char *in, size_t count, char *out)
{
    const size_t step = vb_bytes(1), whole = count - count % step;
    vb v[UNSHUFFLE_MOST];
    for (size_t i = 0; i < whole; i += step) {
        V_UNROLL for (size_t b = 0; b < size; b++) v[b] = vb_load(1, in + b * count + i);
        zip_planes(size, v);
        V_UNROLL for (size_t k = 0; k < size; k++) vb_store(1, out + i * size + k * step, v[k]);
    }
    unshuffle_rest(in, size, count, whole, count, out);
}

/* Any size: as many numbers at a time as stay in the first-level cache. */
V_INLINE void unshuffle_any(size_t size, const char *in, size_t count, char *out)
{
    enum { PIECE_BYTES = 8192 };
    const size_t piece = size < PIECE_BYTES ? PIECE_BYTES / size : 1;
    for (size_t i = 0; i < count; i += piece)
        unshuffle_rest(in, size, count, i, cph_size_min(i + piece, count), out);
}

V_INLINE void unshuffle_body(const void *in, size_t size, size_t count, void *out)
{
    switch (size) {
    case 1:
        if (count > 0)
            memcpy(out, in, count);
        break;
    case 2:
        unshuffle_sized(2, in, count, out);
        break;
    case 4:
        unshuffle_sized(4, in, count, out);
        break;
    case 8:
        unshuffle_sized(8, in, count, out);
        break;
    case 16:
        unshuffle_sized(16, in, count, out);
        break;
    default:
        unshuffle_any(size, in, count, out);
    }
}

#endif
