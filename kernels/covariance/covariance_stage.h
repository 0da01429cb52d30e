/* SPDX-License-Identifier: MIT */
/** @file covariance_stage.h
 *  Whole rows for packing: a panel that lacks elements is packed from a copy with zeros. */
#ifndef COPHASE_COVARIANCE_STAGE_H
#define COPHASE_COVARIANCE_STAGE_H

#include "kernels/core/kernels.h"
#include "kernels/core/mem.h"
#include "kernels/simd/pair.h"

enum {
    LINE = 64,         /* bytes */
    STAGED_TIMES = 32, /* even: int8 is packed two times at once */
    AHEAD = 16         /* rows that are asked for ahead: they are far apart */
};

/* Times [start, start + times) of a block, rows of CPH_PANEL_ELEMENTS samples. */
struct rows {
    const char *samples;
    size_t row_bytes, start, times;
    const float *weight; /* NULL, or of these times */
};

/* In pieces of constant size, which are cheaper than a call for so few bytes (even). */
V_INLINE void copy_row(char *to, const char *from, size_t bytes)
{
    size_t i = 0;
    for (; i + 8 <= bytes; i += 8)
        memcpy(to + i, from + i, 8);
    if (bytes & 4) {
        memcpy(to + i, from + i, 4);
        i += 4;
    }
    if (bytes & 2)
        memcpy(to + i, from + i, 2);
}

/* Calls pack (a constant) with rows of a block of `times` times. */
V_INLINE void pack_rows(void pack(const struct rows *rows, size_t times, char *panel),
                        cph_type type, const void *samples, size_t ld, size_t times,
                        size_t elements, const float *weight, char *panel)
{
    const size_t bytes = cph_type_size(type), staged_bytes = CPH_PANEL_ELEMENTS * bytes;
    if (elements == CPH_PANEL_ELEMENTS) {
        pack(&(struct rows){samples, ld * bytes, 0, times, weight}, times, panel);
        return;
    }
    _Alignas(64) char staged[sizeof(cph_c32) * STAGED_TIMES * CPH_PANEL_ELEMENTS];
    memset(staged, 0, STAGED_TIMES * staged_bytes);
    for (size_t start = 0; start < times; start += STAGED_TIMES) {
        const size_t left = times - start, some = left < STAGED_TIMES ? left : STAGED_TIMES;
        const char *const from = (const char *)samples + start * ld * bytes;
        for (size_t t = 0; t < some; t++)
            copy_row(staged + t * staged_bytes, from + t * ld * bytes, elements * bytes);
        pack(&(struct rows){staged, staged_bytes, start, some,
                            weight == NULL ? NULL : weight + start},
             times, panel);
    }
}

#endif
