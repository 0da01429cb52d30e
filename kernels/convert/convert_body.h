/* SPDX-License-Identifier: MIT */
/* Bodies of convert_TYPE_c32 and convert_c32_TYPE over a vec_*.h, which the variant includes
 * before. */
#ifndef COPHASE_CONVERT_BODY_H
#define COPHASE_CONVERT_BODY_H

#include "kernels/core/kernels.h"
#include "kernels/simd/vec_sample.h"

V_INLINE void convert_to_body(cph_type type, const void *in, size_t count, float scale,
                              cph_c32 *out)
{
    const size_t parts = 2 * count, whole = parts - parts % V_LANES;
    float *const to = (float *)out;
    for (size_t i = 0; i < whole; i += V_LANES)
        vf_store_f32(to + i, vf_mul(vf_load_sample(type, in, i, 0), vf_set1(scale)));
    if (whole < parts)
        vf_store_part_f32(to + whole,
                          vf_mul(vf_load_sample(type, in, whole, parts - whole), vf_set1(scale)),
                          parts - whole);
}

struct limits {
    float low, high;
};

/* Nearest integer within the limits; sets the lanes of *clipped that were beyond. Clamping to one
 * step beyond the limits first keeps the sum with 1.5 * 2^23 in the range where it rounds. */
V_INLINE vi quantise(vf value, struct limits limit, unsigned *clipped)
{
    const vf low = vf_set1(limit.low), high = vf_set1(limit.high), one = vf_set1(1.0f);
    const vf magic = vf_set1(0x1.8p23f);
    value = vf_keep(vf_equal(value, value), value);
    value = vf_max(vf_sub(low, one), vf_min(vf_add(high, one), value));
    const vf nearest = vf_sub(vf_add(value, magic), magic);
    const vf inside = vf_max(low, vf_min(high, nearest));
    *clipped = ~vm_bits(vf_equal(nearest, inside)) & ((1u << V_LANES) - 1);
    return vi_from_vf(inside);
}

/* Whole samples a step: one part is less than a sample where there is one lane. */
enum { STEP_VECTORS = V_LANES < 2 ? 2 : 1, STEP_PARTS = STEP_VECTORS * V_LANES };

/* Converts STEP_PARTS parts, or the first `part` of them when that is not 0, and returns how many
 * samples saturated: a sample is a pair of neighbouring bits. */
V_INLINE uint64_t convert_step(cph_type type, const float *in, void *out, size_t i, size_t part,
                               float scale)
{
    const struct limits limit = type == CPH_C8 ? (struct limits){INT8_MIN, INT8_MAX}
                                               : (struct limits){INT16_MIN, INT16_MAX};
    unsigned bits = 0;
    V_UNROLL for (size_t v = 0; v < STEP_VECTORS; v++)
    {
        const size_t at = i + v * V_LANES;
        const vf x = part ? vf_load_part_f32(in + at, part) : vf_load_f32(in + at);
        unsigned clipped;
        const vi y = quantise(vf_mul(x, vf_set1(scale)), limit, &clipped);
        bits |= clipped << v * V_LANES;
        if (type == CPH_C8)
            vi_store_i8((int8_t *)out + at, y, part ? part : V_LANES);
        else
            vi_store_i16((int16_t *)out + at, y, part ? part : V_LANES);
    }
    return (uint64_t)__builtin_popcount((bits | bits >> 1) & 0x55555555u);
}

V_INLINE uint64_t convert_from_body(cph_type type, const cph_c32 *in, size_t count, float scale,
                                    void *out)
{
    const size_t parts = 2 * count, whole = parts - parts % STEP_PARTS;
    const float *const from = (const float *)in;
    uint64_t clipped = 0;
    for (size_t i = 0; i < whole; i += STEP_PARTS)
        clipped += convert_step(type, from, out, i, 0, scale);
    if (whole < parts)
        clipped += convert_step(type, from, out, whole, parts - whole, scale);
    return clipped;
}

#endif
