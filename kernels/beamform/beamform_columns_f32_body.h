/* SPDX-License-Identifier: MIT */
/* Body of beamform_columns_TYPE_f32 over a vec_*.h, which the variant includes before.
 *
 * Beams are a float matrix product: parts [times][2 N] of samples by weights [2 N][16 a group],
 * because planes P and Q of a step are the rows that re x and im x are multiplied with. Sums come
 * out as re, im, re, im, ... of neighbouring beams: nothing is shuffled.
 *
 * Blocks of parts keep a tile's weights (4 vectors x CPH_BEAMFORM_PARTS) near the first cache while
 * all times go over them; the beams themselves hold the sums in between. */
#ifndef COPHASE_BEAMFORM_COLUMNS_F32_BODY_H
#define COPHASE_BEAMFORM_COLUMNS_F32_BODY_H

#include "kernels/core/kernels.h"
#include "kernels/core/size.h"
#include "kernels/simd/tile_f32.h"
#include "kernels/simd/vec_sample.h"

/* NEAR_BYTES: weights of so many are near enough to be fetched when they are needed. */
enum {
    NEAR_BYTES = 2 * 1024 * 1024,
    ASK_PARTS = 16, /* after so many parts more is asked for: a line of floats */
    GROUP_VECTORS = (int)CPH_BEAMFORM_COLUMN_COUNT / (int)V_LANES
};

/* What the tiles of one strip of columns and one block of parts have in common. */
struct strip {
    const float *samples; /* from the first part of the block on */
    size_t ld_samples;    /* floats */
    const float *weights[TILE_VECTORS];
    size_t parts;
    float *beams; /* from the first column on */
    size_t ld_beams;
    size_t last;      /* columns of the last vector that exist */
    bool continues;   /* the beams hold the sums of the parts before */
    size_t ahead;     /* floats to the weights of the next strip; 0: they need not be asked for */
    size_t channel;   /* floats to the weights of the next channel; 0: likewise */
    const char *next; /* samples that follow those of the first time; NULL: not to be asked for */
    size_t next_row, next_part; /* bytes of a time and of a part */
};

V_INLINE vf load_sums(const float *from, size_t columns)
{
    return columns < V_LANES ? vf_load_part_f32(from, columns) : vf_load_f32(from);
}

V_INLINE void store_sums(float *to, vf sums, size_t columns)
{
    if (columns < V_LANES)
        vf_store_part_f32(to, sums, columns);
    else
        vf_store_f32(to, sums);
}

/* Asks for the share of the next strip's weights that falls to times [t, t + rows). */
V_INLINE void ask_ahead(const struct strip *s, size_t t, size_t rows, size_t times, size_t vectors)
{
    const size_t end = (t + rows) * s->parts / times;
    for (size_t k = t * s->parts / times; k < end; k++)
        V_UNROLL for (size_t j = 0; j < vectors; j += GROUP_VECTORS)
            __builtin_prefetch(s->weights[j] + s->ahead + k * CPH_BEAMFORM_COLUMN_COUNT, 0, 2);
}

/* Asks for what follows parts [k, k + some) of a tile: samples, and the first tile for weights. */
V_INLINE void ask_tile(const struct strip *s, size_t t, size_t k, size_t some, size_t rows,
                       size_t vectors)
{
    for (size_t i = 0; i < rows && s->next != NULL; i++)
        __builtin_prefetch(s->next + (t + i) * s->next_row + k * s->next_part);
    if (t > 0 || s->channel == 0)
        return;
    for (size_t i = k; i < k + some; i++)
        V_UNROLL for (size_t j = 0; j < vectors; j += GROUP_VECTORS)
            __builtin_prefetch(s->weights[j] + s->channel + i * CPH_BEAMFORM_COLUMN_COUNT);
}

V_INLINE void add_parts(const struct strip *s, tile_f32 *tile, size_t t, size_t rows,
                        size_t vectors)
{
    for (size_t k = 0, some; k < s->parts; k += some) {
        const float *weights[TILE_VECTORS];
        some = cph_size_min(ASK_PARTS, s->parts - k);
        V_UNROLL for (size_t j = 0; j < vectors; j++) weights[j] =
            s->weights[j] + k * CPH_BEAMFORM_COLUMN_COUNT;
        ask_tile(s, t, k, some, rows, vectors);
        tile_f32_add(tile, rows, vectors, s->samples + t * s->ld_samples + k, s->ld_samples, 1,
                     weights, CPH_BEAMFORM_COLUMN_COUNT, some);
    }
}

V_INLINE void run_tile(const struct strip *s, size_t t, size_t rows, size_t vectors)
{
    float *const beams = s->beams + t * s->ld_beams;
    tile_f32 tile;
    tile_f32_zero(&tile, rows, vectors);
    if (s->continues)
        V_UNROLL for (size_t i = 0; i < rows; i++) V_UNROLL for (size_t j = 0; j < vectors; j++)
            tile.sum[i][j] =
            load_sums(beams + i * s->ld_beams + j * V_LANES, j + 1 < vectors ? V_LANES : s->last);
    add_parts(s, &tile, t, rows, vectors);
    V_UNROLL for (size_t i = 0; i < rows; i++) V_UNROLL for (size_t j = 0; j < vectors; j++)
        store_sums(beams + i * s->ld_beams + j * V_LANES, tile.sum[i][j],
                   j + 1 < vectors ? V_LANES : s->last);
}

/* All times of a strip of `vectors` (a constant) vectors: tiles of the most rows, then 8, 4, 2, 1.
 */
V_INLINE void run_strip(const struct strip *s, size_t times, size_t vectors)
{
    const size_t most = tile_f32_rows(vectors);
    size_t t = 0;
    for (; t + most <= times; t += most) {
        if (s->ahead != 0)
            ask_ahead(s, t, most, times, vectors);
        run_tile(s, t, most, vectors);
    }
    if (most > 8 && times - t >= 8) {
        run_tile(s, t, 8, vectors);
        t += 8;
    }
    if (times - t >= 4) {
        run_tile(s, t, 4, vectors);
        t += 4;
    }
    if (times - t >= 2) {
        run_tile(s, t, 2, vectors);
        t += 2;
    }
    if (t < times)
        run_tile(s, t, 1, vectors);
}

/* Samples that follow parts [begin, end): the next parts of a row; of the next channel, or else of
 * the next times, the first. */
V_INLINE const char *next_samples(const cph_beamform_plan *plan, const cph_beamform_block *block,
                                  size_t end)
{
    const size_t size = cph_type_size(plan->type), row = block->ld * size;
    const char *const samples = block->samples;
    if (end < 2 * plan->elements)
        return samples + end * size / 2;
    return samples + (plan->channels > 1 ? row / plan->channels : block->times * row);
}

/* Parts [begin, end) of all times and columns; samples from part `begin` on. */
V_INLINE void run_parts(const cph_beamform_plan *plan, const cph_beamform_block *block,
                        const float *samples, size_t ld_samples, size_t begin, size_t end)
{
    const float *const weights =
        (const void *)(plan->weights + block->channel * plan->channel_bytes);
    const size_t group = 2 * plan->elements * CPH_BEAMFORM_COLUMN_COUNT, columns = 2 * plan->beams;
    const size_t all = (columns + V_LANES - 1) / V_LANES;
    /* Where a strip is one group, the first tile over it is no small part of the work. */
    const bool many = plan->channel_bytes > NEAR_BYTES && (int)TILE_VECTORS == (int)GROUP_VECTORS;
    struct strip s = {
        .samples = samples,
        .ld_samples = ld_samples,
        .parts = end - begin,
        .ld_beams = 2 * block->ld_beams,
        .continues = begin > 0,
        .channel = block->channel + 1 < plan->channels ? plan->channel_bytes / sizeof(float) : 0,
        .next = next_samples(plan, block, end),
        .next_row = block->ld * cph_type_size(plan->type),
        .next_part = cph_type_size(plan->type) / 2};
    for (size_t v = 0, vectors; v < all; v += vectors) {
        vectors = tile_f32_vectors(all - v);
        for (size_t j = 0; j < vectors; j++)
            s.weights[j] = weights + (v + j) / GROUP_VECTORS * group +
                           begin * CPH_BEAMFORM_COLUMN_COUNT + (v + j) % GROUP_VECTORS * V_LANES;
        s.beams = (float *)block->beams + v * V_LANES;
        s.ahead = many && v + vectors < all ? vectors * group / GROUP_VECTORS : 0;
        s.last = columns - (v + vectors - 1) * V_LANES;
        if (vectors == 1)
            run_strip(&s, block->times, 1);
        else if (vectors == 2)
            run_strip(&s, block->times, 2);
        else if (TILE_VECTORS > 2 && vectors == 3)
            run_strip(&s, block->times, 3);
        else if (TILE_VECTORS > 2)
            run_strip(&s, block->times, 4);
        s.next = NULL;
    }
}

/* Parts [begin, end) of all times as floats into the workspace. */
V_INLINE void widen(cph_type type, const cph_beamform_block *block, size_t begin, size_t end)
{
    const size_t parts = end - begin, whole = parts - parts % V_LANES;
    const char *from = (const char *)block->samples + begin * (cph_type_size(type) / 2);
    float *to = block->workspace;
    for (size_t t = 0; t < block->times; t++) {
        for (size_t i = 0; i < whole; i += V_LANES)
            vf_store_f32(to + i, vf_load_sample(type, from, i, 0));
        if (whole < parts)
            vf_store_f32(to + whole, vf_load_sample(type, from, whole, parts - whole));
        to += CPH_BEAMFORM_PARTS;
        from += block->ld * cph_type_size(type);
    }
}

/* Blocks of parts. Float samples of an element without weight are not read, because NaN times 0 is
 * not 0: blocks end where such an element stands. */
V_INLINE void columns_f32_body(const cph_beamform_plan *plan, cph_type type,
                               const cph_beamform_block *block)
{
    const size_t parts = 2 * plan->elements;
    if (type != CPH_C32) {
        for (size_t k = 0, end; k < parts; k = end) {
            end = cph_size_min(k + CPH_BEAMFORM_PARTS, parts);
            widen(type, block, k, end);
            run_parts(plan, block, block->workspace, CPH_BEAMFORM_PARTS, k, end);
        }
        return;
    }
    const uint32_t *const live = plan->live_mask + block->channel * plan->mask_stride;
    for (size_t k = 0, end; k < parts; k = end) {
        const size_t most = cph_size_min(k + CPH_BEAMFORM_PARTS, parts);
        for (end = k; end < most && live[end] != 0;)
            end++;
        /* The first block stores sums, though of nothing. */
        if (end > k || k == 0)
            run_parts(plan, block, (const float *)block->samples + k, 2 * block->ld, k, end);
        while (end < parts && live[end] == 0)
            end++;
    }
}

#endif
