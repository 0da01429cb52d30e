/* SPDX-License-Identifier: MIT */
/** @file covariance_stage.h
 *  Whole rows for packing: a panel that lacks elements is packed from a copy with zeros. */
#ifndef COPHASE_COVARIANCE_STAGE_H
#define COPHASE_COVARIANCE_STAGE_H

#include "kernels/core/kernels.h"
#include "kernels/core/mem.h"
#include "kernels/covariance/covariance_line.h"
#include "kernels/simd/pair.h"

enum {
    STAGED_TIMES = 32, /* even: int8 is packed two times at once */
    AHEAD = 16         /* rows that are asked for ahead: they are far apart */
};

/* Times [start, start + times) of a panel of `all` times, rows of CPH_PANEL_ELEMENTS samples. */
struct rows {
    const char *samples;
    size_t row_bytes, start, times, all;
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

/* Times [start, start + some) of a panel of `all`, packed from a copy of what is there of them. */
V_INLINE void pack_staged(void pack(const struct rows *rows, char *panel),
                          const cph_covariance_rows *in, size_t bytes, size_t start, size_t some,
                          char *panel)
{
    _Alignas(64) char staged[sizeof(cph_c32) * STAGED_TIMES * CPH_PANEL_ELEMENTS];
    float weight[STAGED_TIMES] = {0};
    const size_t staged_bytes = CPH_PANEL_ELEMENTS * bytes, first = start == 0 ? in->lead : 0;
    memset(staged, 0, STAGED_TIMES * staged_bytes);
    for (size_t t = first; t < some; t++) {
        const size_t from = start + t - in->lead;
        copy_row(staged + t * staged_bytes, (const char *)in->samples + from * in->ld * bytes,
                 in->elements * bytes);
        if (in->weight != NULL)
            weight[t] = in->weight[from];
    }
    pack(&(struct rows){staged, staged_bytes, start, some, in->lead + in->times,
                        in->weight == NULL ? NULL : weight},
         panel);
}

/* Calls pack (a constant) with all rows. */
V_INLINE void pack_rows(void pack(const struct rows *rows, char *panel), cph_type type,
                        const cph_covariance_rows *in, char *panel)
{
    const size_t bytes = cph_type_size(type), all = in->lead + in->times;
    if (in->elements == CPH_PANEL_ELEMENTS && in->lead == 0) {
        pack(&(struct rows){in->samples, in->ld * bytes, 0, all, all, in->weight}, panel);
        return;
    }
    for (size_t start = 0; start < all; start += STAGED_TIMES) {
        const size_t left = all - start;
        pack_staged(pack, in, bytes, start, left < STAGED_TIMES ? left : STAGED_TIMES, panel);
    }
}

#endif
