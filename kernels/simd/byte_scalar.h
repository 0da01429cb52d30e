/* SPDX-License-Identifier: MIT */
/** @file byte_scalar.h
 *  One number, plain C: see byte.h. */
#ifndef COPHASE_SIMD_BYTE_SCALAR_H
#define COPHASE_SIMD_BYTE_SCALAR_H

#include "kernels/simd/byte.h"

typedef struct vb {
    unsigned char byte[4];
} vb;

V_INLINE size_t vb_bytes(size_t part)
{
    return part;
}
V_INLINE vb vb_zero(void)
{
    return (vb){{0}};
}
V_INLINE vb vb_load(size_t part, const void *p)
{
    vb a = vb_zero();
    memcpy(a.byte, p, part);
    return a;
}
V_INLINE void vb_store(size_t part, void *p, vb a)
{
    memcpy(p, a.byte, part);
}
V_INLINE vb vb_load_part(size_t part, const void *p, size_t bytes)
{
    return bytes == 0 ? vb_zero() : vb_load(part, p);
}
V_INLINE void vb_store_part(size_t part, void *p, vb a, size_t bytes)
{
    if (bytes > 0)
        vb_store(part, p, a);
}
V_INLINE vb vb_swap(size_t part, vb a)
{
    vb b = vb_zero();
    V_UNROLL for (size_t i = 0; i < part; i++) b.byte[i] = a.byte[part - 1 - i];
    return b;
}
V_INLINE void vb_zip(size_t part, vb a, vb b, vb *low, vb *high)
{
    (void)part;
    *low = a;
    *high = b;
}
V_INLINE void vb_unzip(size_t part, vb low, vb high, vb *a, vb *b)
{
    (void)part;
    *a = low;
    *b = high;
}

#endif
