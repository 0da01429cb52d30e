/* SPDX-License-Identifier: MIT */
#include "kernels/convert/pack_kernel.h"

/* Byte b of part p (0: re, 1: im) of sample i: where it lies in the layout and which it is. */
struct place {
    size_t plane, byte;
};

static struct place place_of(size_t part, cph_sample_form form, size_t i, size_t p, size_t b)
{
    const size_t at = form.swap ? part - 1 - b : b;
    if (form.layout == CPH_INTERLEAVED)
        return (struct place){0, (2 * i + p) * part + at};
    return (struct place){p, i * part + at};
}

void cph_unpack_ref(cph_type type, cph_sample_form form, const void *re, const void *im,
                    size_t count, void *out)
{
    const unsigned char *const plane[2] = {re, im};
    const size_t part = cph_type_size(type) / 2;
    unsigned char *to = out;
    for (size_t i = 0; i < count; i++)
        for (size_t p = 0; p < 2; p++)
            for (size_t b = 0; b < part; b++) {
                const struct place place = place_of(part, form, i, p, b);
                const int zero = form.layout == CPH_REAL && p == 1;
                *to++ = zero ? 0 : plane[place.plane][place.byte];
            }
}

void cph_pack_ref(cph_type type, cph_sample_form form, const void *in, size_t count, void *re,
                  void *im)
{
    unsigned char *const plane[2] = {re, im};
    const size_t part = cph_type_size(type) / 2;
    const unsigned char *from = in;
    for (size_t i = 0; i < count; i++)
        for (size_t p = 0; p < 2; p++)
            for (size_t b = 0; b < part; b++, from++) {
                const struct place place = place_of(part, form, i, p, b);
                if (form.layout != CPH_REAL || p == 0)
                    plane[place.plane][place.byte] = *from;
            }
}
