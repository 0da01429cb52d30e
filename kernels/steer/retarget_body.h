/* SPDX-License-Identifier: MIT */
/* Bodies of retarget_rows and retarget_columns over a vec_*.h of several lanes, which the variant
 * includes before. Weights pass as floats f: their parts interleaved, in units of the plan. */
#ifndef COPHASE_STEER_RETARGET_BODY_H
#define COPHASE_STEER_RETARGET_BODY_H

#include <string.h>

#include "kernels/steer/steer_body.h"

enum { RETARGET_COLUMNS = CPH_BEAMFORM_COLUMN_COUNT };

static const int32_t sign_of_even[RETARGET_COLUMNS] = {INT32_MIN, 0, INT32_MIN, 0, INT32_MIN, 0,
                                                       INT32_MIN, 0, INT32_MIN, 0, INT32_MIN, 0,
                                                       INT32_MIN, 0, INT32_MIN, 0};
static const int32_t sign_of_odd[RETARGET_COLUMNS] = {0, INT32_MIN, 0, INT32_MIN, 0, INT32_MIN,
                                                      0, INT32_MIN, 0, INT32_MIN, 0, INT32_MIN,
                                                      0, INT32_MIN, 0, INT32_MIN};

/* Nearest integers of |f| < 2^22, ties to even. */
V_INLINE vi nearest(vf f)
{
    const vf magic = vf_set1(0x1.8p23f);
    return vi_from_vf(vf_sub(vf_add(f, magic), magic));
}

/* q = 256 high + low. */
V_INLINE vi high_plane(vi q)
{
    return vi_shift_right(vi_add(q, vi_set1(128)), 8);
}
V_INLINE vi low_plane(vi q)
{
    return vi_sub(q, vi_shift_left(high_plane(q), 8));
}

/* ---- rows ---- */

/* V_LANES parts from `part` on of a stream; sum adds them up. */
V_INLINE void put_stream(const cph_beamform_plan *plan, cph_beamform_arithmetic arithmetic,
                         unsigned char *stream, size_t part, vf f, vi *sum)
{
    if (arithmetic == CPH_BEAMFORM_F32) {
        vf_store_f32((float *)(void *)stream + part, f);
        return;
    }
    const vi q = nearest(f);
    int16_t *const at = (int16_t *)(void *)stream + part;
    if (arithmetic == CPH_BEAMFORM_I8) {
        *sum = vi_add(*sum, q);
        vi_store_i8((int8_t *)stream + part, q, V_LANES);
    } else if (plan->planes == 1) {
        vi_store_i16(at, q, V_LANES);
    } else {
        vi_store_i16(at, high_plane(q), V_LANES);
        vi_store_i16(at + plan->row_bytes / sizeof *at, low_plane(q), V_LANES);
    }
}

/* Phasors of PHASOR_UNROLL vectors of elements from i on. */
V_INLINE void element_phasors(const cph_retarget_source *s, size_t i, wave_lanes k, bool near,
                              float *a)
{
    vi angle[PHASOR_UNROLL];
    vf re[PHASOR_UNROLL], im[PHASOR_UNROLL];
    if (near)
        angles(PHASOR_UNROLL, s->r, i, k, true, angle);
    else
        angles(PHASOR_UNROLL, s->r, i, k, false, angle);
    phasors(PHASOR_UNROLL, angle, re, im);
    V_UNROLL for (int u = 0; u < PHASOR_UNROLL; u++)
        vf_store_pairs(a + (size_t)u * 2 * V_LANES, re[u], im[u]);
}

/* Streams (wr, wi) and, of integers, (-wi, wr), up to the padding of 64 bytes. */
V_INLINE void put_beam(cph_beamform_plan *plan, cph_beamform_arithmetic arithmetic, size_t channel,
                       size_t beam, const cph_steer_wave *wave, const cph_retarget_source *s)
{
    enum { STEP = PHASOR_UNROLL * V_LANES };
    _Alignas(64) float a[2 * STEP];
    const wave_lanes k = {vd_set1(wave->k[0]), vd_set1(wave->k[1]), vd_set1(wave->k[2])};
    const vf inverse = vf_set1(s->inverse);
    const vi odd = vi_load(sign_of_odd);
    const bool floats = arithmetic == CPH_BEAMFORM_F32;
    const size_t bytes = plan->planes * plan->row_bytes;
    unsigned char *const re =
        plan->weights + channel * plan->channel_bytes + (floats ? 1 : 2) * beam * bytes;
    const size_t end =
        (2 * plan->elements + RETARGET_COLUMNS - 1) & ~(size_t)(RETARGET_COLUMNS - 1);
    vi sum_re = vi_set1(0), sum_im = vi_set1(0);
    for (size_t part = 0; part < end; part += (size_t)2 * STEP) {
        element_phasors(s, part / 2, k, wave->near, a);
        for (size_t j = 0; j < (size_t)2 * STEP && part + j < end; j += V_LANES) {
            const vf x = vf_load_f32(a + j), straight = vf_load_f32(s->c.straight + part + j);
            const vf crossed = vf_load_f32(s->c.crossed + part + j);
            const vf w = vf_fma(vf_swap_pairs(x), crossed, vf_mul(x, straight));
            const vf f = vf_mul(w, inverse);
            put_stream(plan, arithmetic, re, part + j, f, &sum_re);
            if (!floats)
                put_stream(plan, arithmetic, re + bytes, part + j, vf_swap_pairs(vf_flip(odd, f)),
                           &sum_im);
        }
    }
    if (arithmetic == CPH_BEAMFORM_I8) {
        int32_t *const start = plan->start + channel * plan->columns + 2 * beam;
        const vi sums[4] = {sum_re, sum_im, vi_set1(0), vi_set1(0)};
        int32_t total[4];
        vi_sum4(sums, total);
        start[0] = -128 * total[0];
        start[1] = -128 * total[1];
    }
}

V_INLINE void retarget_rows_body(cph_beamform_plan *plan, size_t channel, size_t first,
                                 size_t count, const cph_steer_wave *wave,
                                 const cph_retarget_source *s)
{
    for (size_t b = 0; b < count; b++)
        if (plan->arithmetic == CPH_BEAMFORM_I8)
            put_beam(plan, CPH_BEAMFORM_I8, channel, first + b, wave + b, s);
        else if (plan->arithmetic == CPH_BEAMFORM_I16)
            put_beam(plan, CPH_BEAMFORM_I16, channel, first + b, wave + b, s);
        else
            put_beam(plan, CPH_BEAMFORM_F32, channel, first + b, wave + b, s);
}

/* ---- columns ---- */

enum {
    BLOCK_ELEMENTS = 8,
    BLOCK_PHASORS = BLOCK_ELEMENTS * CPH_BEAMFORM_GROUP,
    BLOCK_PARTS = 2 * BLOCK_PHASORS
};

/* Waves of a group, twice: a vector of 16 lanes takes two elements. */
typedef struct group_waves {
    double x[2 * CPH_BEAMFORM_GROUP], y[2 * CPH_BEAMFORM_GROUP], z[2 * CPH_BEAMFORM_GROUP];
    bool near;
} group_waves;

/* Phasors of a block of elements, [element][8 beams]: lane i is beam i % 8 of element i / 8. */
V_INLINE void block_phasors(const group_waves *k, const cph_steer_points *r, size_t n, bool near,
                            float *a)
{
    for (size_t v = 0; v < BLOCK_PHASORS; v += (size_t)PHASOR_UNROLL * V_LANES) {
        vi angle[PHASOR_UNROLL];
        vf re[PHASOR_UNROLL], im[PHASOR_UNROLL];
        V_UNROLL for (int u = 0; u < PHASOR_UNROLL; u++)
        {
            const size_t at = v + (size_t)u * V_LANES, lane = at % CPH_BEAMFORM_GROUP;
            const size_t low = n + at / CPH_BEAMFORM_GROUP;
            const size_t high = n + (at + V_LANES / 2) / CPH_BEAMFORM_GROUP;
            vd sum = vd_fma(vd_set2(r->z[low], r->z[high]), vd_load(k->z + lane),
                            vd_set1(near ? PHASOR_NEAR : 0.0));
            sum = vd_fma(vd_set2(r->y[low], r->y[high]), vd_load(k->y + lane), sum);
            sum = vd_fma(vd_set2(r->x[low], r->x[high]), vd_load(k->x + lane), sum);
            angle[u] = phasor_angle(near, sum);
        }
        phasors(PHASOR_UNROLL, angle, re, im);
        V_UNROLL for (int u = 0; u < PHASOR_UNROLL; u++)
            vf_store_pairs(a + 2 * (v + (size_t)u * V_LANES), re[u], im[u]);
    }
}

/* Weights of an element, V_LANES parts from column i on. */
V_INLINE vf column_weights(const cph_retarget_source *s, size_t n, const float *a, size_t i,
                           const float *factor)
{
    const vf x = vf_load_f32(a + i), re = vf_set1(s->c.straight[2 * n]);
    const vf im = vf_flip(vi_load(sign_of_even), vf_set1(s->c.crossed[2 * n + 1]));
    return vf_mul(vf_fma(vf_swap_pairs(x), im, vf_mul(x, re)), vf_load_f32(factor + i));
}

/* Two numbers of a column as int16. */
V_INLINE vi pack_i16(vi first, vi second)
{
    return vi_add(vi_and(first, vi_set1(0xffff)), vi_shift_left(second, 16));
}
V_INLINE vi pack_pair(cph_beamform_arithmetic arithmetic, vi first, vi second)
{
    const vi pair = pack_i16(first, second);
    return arithmetic == CPH_BEAMFORM_BF16 ? vi_bf16_pairs(pair) : pair;
}
V_INLINE vi pack_i8(vi first, vi second)
{
    const vi byte = vi_set1(0xff);
    return vi_add(vi_and(first, byte), vi_shift_left(vi_and(second, byte), 8));
}

/* A step of the columns: element e of the block, and for int8 the one behind it. Re columns hold
 * (wr, wi), im columns (-wi, wr): first and second of f with odd lanes negated, of f swapped. */
V_INLINE void put_step(const cph_beamform_plan *plan, cph_beamform_arithmetic arithmetic,
                       const cph_retarget_source *s, size_t n, const float *a, const float *factor,
                       int32_t *sum, unsigned char *to)
{
    for (size_t i = 0; i < RETARGET_COLUMNS; i += V_LANES) {
        const vi odd = vi_load(sign_of_odd);
        const vf f = column_weights(s, n, a, i, factor);
        const vf first = vf_flip(odd, f), second = vf_swap_pairs(f);
        unsigned char *const at = to + 4 * i;
        if (arithmetic == CPH_BEAMFORM_F32) {
            vf_store_f32((float *)(void *)at, first);
            vf_store_f32((float *)(void *)(at + CPH_BEAMFORM_VECTOR), second);
            continue;
        }
        const vi p = nearest(first), q = nearest(second);
        if (arithmetic == CPH_BEAMFORM_I8) {
            const vf g = column_weights(s, n + 1, a + RETARGET_COLUMNS, i, factor);
            const vi p2 = nearest(vf_flip(odd, g)), q2 = nearest(vf_swap_pairs(g));
            vi_store(at, vi_add(vi_and(pack_i8(p, q), vi_set1(0xffff)),
                                vi_shift_left(pack_i8(p2, q2), 16)));
            vi_store(sum + i, vi_add(vi_load(sum + i), vi_add(vi_add(p, q), vi_add(p2, q2))));
        } else if (plan->planes == 1) {
            vi_store(at, pack_pair(arithmetic, p, q));
        } else {
            vi_store(at, pack_pair(arithmetic, high_plane(p), high_plane(q)));
            vi_store(at + CPH_BEAMFORM_VECTOR, pack_pair(arithmetic, low_plane(p), low_plane(q)));
        }
    }
}

/* Beams [low, high) of a group; `whole` when its other beams do not exist: what is not written is
 * 0.
 */
typedef struct group_range {
    size_t index, low, high;
    bool whole;
} group_range;

V_INLINE void put_group(cph_beamform_plan *plan, cph_beamform_arithmetic arithmetic, size_t channel,
                        group_range g, const group_waves *k, const cph_retarget_source *s)
{
    _Alignas(64) float a[BLOCK_PARTS], factor[RETARGET_COLUMNS];
    _Alignas(64) int32_t sum[RETARGET_COLUMNS] = {0};
    const size_t per_step = arithmetic == CPH_BEAMFORM_I8 ? 2 : 1;
    const size_t bytes = plan->planes * (size_t)CPH_BEAMFORM_VECTOR;
    unsigned char *const group =
        plan->weights + channel * plan->channel_bytes + g.index * plan->steps * bytes;
    for (size_t i = 0; i < RETARGET_COLUMNS; i++)
        factor[i] = i >= 2 * g.low && i < 2 * g.high ? s->inverse : 0.0f;
    for (size_t n = 0; n < plan->elements; n += BLOCK_ELEMENTS) {
        if (k->near)
            block_phasors(k, &s->r, n, true, a);
        else
            block_phasors(k, &s->r, n, false, a);
        for (size_t e = 0; e < BLOCK_ELEMENTS && n + e < plan->elements; e += per_step) {
            _Alignas(64) unsigned char step[2 * CPH_BEAMFORM_VECTOR];
            unsigned char *const to = group + (n + e) / per_step * bytes;
            put_step(plan, arithmetic, s, n + e, a + e * RETARGET_COLUMNS, factor, sum,
                     g.whole ? to : step);
            for (size_t p = 0; p < plan->planes && !g.whole; p++)
                memcpy(to + p * CPH_BEAMFORM_VECTOR + 8 * g.low,
                       step + p * CPH_BEAMFORM_VECTOR + 8 * g.low, 8 * (g.high - g.low));
        }
    }
    int32_t *const start = plan->start + channel * plan->columns + g.index * RETARGET_COLUMNS;
    for (size_t i = 2 * g.low; i < 2 * g.high && arithmetic == CPH_BEAMFORM_I8; i++)
        start[i] = -128 * sum[i];
}

V_INLINE void retarget_columns_body(cph_beamform_plan *plan, size_t channel, size_t first,
                                    size_t count, const cph_steer_wave *wave,
                                    const cph_retarget_source *s)
{
    const size_t index = first / CPH_BEAMFORM_GROUP, low = first % CPH_BEAMFORM_GROUP;
    const size_t beams = plan->beams - index * CPH_BEAMFORM_GROUP;
    const group_range g = {.index = index,
                           .low = low,
                           .high = low + count,
                           .whole = low == 0 && (count == CPH_BEAMFORM_GROUP || count == beams)};
    group_waves k = {.near = true};
    for (size_t b = 0; b < count; b++) {
        k.x[low + b] = k.x[low + b + CPH_BEAMFORM_GROUP] = wave[b].k[0];
        k.y[low + b] = k.y[low + b + CPH_BEAMFORM_GROUP] = wave[b].k[1];
        k.z[low + b] = k.z[low + b + CPH_BEAMFORM_GROUP] = wave[b].k[2];
        k.near = k.near && wave[b].near;
    }
    if (plan->arithmetic == CPH_BEAMFORM_I8)
        put_group(plan, CPH_BEAMFORM_I8, channel, g, &k, s);
    else if (plan->arithmetic == CPH_BEAMFORM_I16)
        put_group(plan, CPH_BEAMFORM_I16, channel, g, &k, s);
    else if (plan->arithmetic == CPH_BEAMFORM_BF16)
        put_group(plan, CPH_BEAMFORM_BF16, channel, g, &k, s);
    else
        put_group(plan, CPH_BEAMFORM_F32, channel, g, &k, s);
}

#endif
