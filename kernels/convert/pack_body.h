/* SPDX-License-Identifier: MIT */
/* Bodies of unpack_TYPE and pack_TYPE over a byte_*.h, which the variant includes before. `part`,
 * the layout and the order are constants where they are looked at. */
#ifndef COPHASE_PACK_BODY_H
#define COPHASE_PACK_BODY_H

#include "kernels/core/kernels.h"
#include "kernels/core/size.h"

/* `bytes` of the vector: all where that is 0. */
V_INLINE vb load_some(size_t part, const char *p, size_t bytes)
{
    return bytes ? vb_load_part(part, p, bytes) : vb_load(part, p);
}
V_INLINE void store_some(size_t part, char *p, vb a, size_t bytes)
{
    if (bytes)
        vb_store_part(part, p, a, bytes);
    else
        vb_store(part, p, a);
}
V_INLINE vb ordered(size_t part, bool swap, vb a)
{
    return swap ? vb_swap(part, a) : a;
}

/* Interleaved parts, either way. */
V_INLINE void move_parts(size_t part, bool swap, const char *in, size_t bytes, char *out)
{
    const size_t step = vb_bytes(part), whole = bytes - bytes % step;
    for (size_t i = 0; i < whole; i += step)
        vb_store(part, out + i, ordered(part, swap, vb_load(part, in + i)));
    if (whole < bytes) {
        const size_t rest = bytes - whole;
        const vb a = vb_load_part(part, in + whole, rest);
        vb_store_part(part, out + whole, ordered(part, swap, a), rest);
    }
}

/* A vector's width of re and of im, or `rest` bytes of each where that is not 0. */
V_INLINE void join_step(size_t part, bool swap, const char *re, const char *im, size_t rest,
                        char *out)
{
    const size_t step = vb_bytes(part);
    vb low, high;
    const vb a = load_some(part, re, rest);
    const vb b = im == NULL ? vb_zero() : load_some(part, im, rest);
    vb_zip(part, ordered(part, swap, a), ordered(part, swap, b), &low, &high);
    store_some(part, out, low, rest ? cph_size_min(2 * rest, step) : 0);
    if (rest == 0)
        vb_store(part, out + step, high);
    else if (2 * rest > step)
        vb_store_part(part, out + step, high, 2 * rest - step);
}

V_INLINE void join(size_t part, bool swap, const char *re, const char *im, size_t count, char *out)
{
    const size_t step = vb_bytes(part), bytes = count * part, whole = bytes - bytes % step;
    for (size_t i = 0; i < whole; i += step)
        join_step(part, swap, re + i, im == NULL ? NULL : im + i, 0, out + 2 * i);
    if (whole < bytes)
        join_step(part, swap, re + whole, im == NULL ? NULL : im + whole, bytes - whole,
                  out + 2 * whole);
}

V_INLINE void split_step(size_t part, bool swap, const char *in, size_t rest, char *re, char *im)
{
    const size_t step = vb_bytes(part);
    vb a, b, high = vb_zero();
    const vb low = load_some(part, in, rest ? cph_size_min(2 * rest, step) : 0);
    if (rest == 0)
        high = vb_load(part, in + step);
    else if (2 * rest > step)
        high = vb_load_part(part, in + step, 2 * rest - step);
    vb_unzip(part, low, high, &a, &b);
    store_some(part, re, ordered(part, swap, a), rest);
    if (im != NULL)
        store_some(part, im, ordered(part, swap, b), rest);
}

V_INLINE void split(size_t part, bool swap, const char *in, size_t count, char *re, char *im)
{
    const size_t step = vb_bytes(part), bytes = count * part, whole = bytes - bytes % step;
    for (size_t i = 0; i < whole; i += step)
        split_step(part, swap, in + 2 * i, 0, re + i, im == NULL ? NULL : im + i);
    if (whole < bytes)
        split_step(part, swap, in + 2 * whole, bytes - whole, re + whole,
                   im == NULL ? NULL : im + whole);
}

V_INLINE void unpack_layout(size_t part, cph_layout layout, bool swap, const void *re,
                            const void *im, size_t count, void *out)
{
    switch (layout) {
    case CPH_PLANAR:
        join(part, swap, re, im, count, out);
        break;
    case CPH_REAL:
        join(part, swap, re, NULL, count, out);
        break;
    default:
        move_parts(part, swap, re, 2 * count * part, out);
    }
}

V_INLINE void unpack_body(cph_type type, cph_sample_form form, const void *re, const void *im,
                          size_t count, void *out)
{
    const size_t part = cph_type_size(type) / 2;
    if (form.swap && part > 1)
        unpack_layout(part, form.layout, true, re, im, count, out);
    else
        unpack_layout(part, form.layout, false, re, im, count, out);
}

V_INLINE void pack_layout(size_t part, cph_layout layout, bool swap, const void *in, size_t count,
                          void *re, void *im)
{
    switch (layout) {
    case CPH_PLANAR:
        split(part, swap, in, count, re, im);
        break;
    case CPH_REAL:
        split(part, swap, in, count, re, NULL);
        break;
    default:
        move_parts(part, swap, in, 2 * count * part, re);
    }
}

V_INLINE void pack_body(cph_type type, cph_sample_form form, const void *in, size_t count, void *re,
                        void *im)
{
    const size_t part = cph_type_size(type) / 2;
    if (form.swap && part > 1)
        pack_layout(part, form.layout, true, in, count, re, im);
    else
        pack_layout(part, form.layout, false, in, count, re, im);
}

#endif
