/* SPDX-License-Identifier: MIT */
/* Body of fir_TYPE over a vec_*.h, which the variant includes before: FIR_TIMES rows of the output
 * at once, so that a row of the input is loaded and made float once for all of them. */
#ifndef COPHASE_CHANNELIZE_FIR_BODY_H
#define COPHASE_CHANNELIZE_FIR_BODY_H

#include <stdbool.h>

#include "kernels/core/kernels.h"
#include "kernels/simd/vec_sample.h"

enum { FIR_TIMES = 8, FIR_AHEAD = 6 };

/* A lane has a coefficient of its own, or all have one. */
V_INLINE vf fir_coefficient(bool each, const float *c, size_t part)
{
    if (!each)
        return vf_set1(*c);
    return part ? vf_load_part_f32(c, part) : vf_load_f32(c);
}

/* Row j of the input goes with tap j - b into row b of the output, which begins with tap 0: rows
 * [0, first) of the output see it. */
V_INLINE void fir_row(bool each, vf x, const float *c, size_t ld, size_t begin, size_t end,
                      size_t j, size_t part, vf *sum)
{
    V_UNROLL
    for (size_t b = begin; b < end; b++) {
        const vf h = fir_coefficient(each, c + (j - b) * ld, part);
        sum[b] = j == b ? vf_mul(x, h) : vf_fma(x, h, sum[b]);
    }
}

/* V_LANES parts, or `part` of them, of `times` rows; times <= taps. */
V_INLINE vf fir_load(cph_type type, bool each, const cph_fir *f, const void *x, size_t i,
                     size_t part)
{
    /* Rows lie far apart, so that no prefetcher of the machine's own sees them as streams. */
    const size_t ahead = each ? 256 : FIR_AHEAD * f->run_step;
    __builtin_prefetch((const char *)x + (i + ahead) * cph_type_size(type) / 2);
    return vf_load_sample(type, x, i, part);
}

V_INLINE void fir_strip(cph_type type, bool each, size_t times, const cph_fir *f, const void *x,
                        const float *c, size_t at, size_t part, float *out)
{
    const size_t ld = f->ld_coefficient;
    vf sum[FIR_TIMES];
    size_t i = at;
    V_UNROLL
    for (size_t j = 0; j < times; j++, i += f->step)
        fir_row(each, fir_load(type, each, f, x, i, part), c, ld, 0, j + 1, j, part, sum);
    for (size_t j = times; j < f->taps; j++, i += f->step) {
        const vf row = fir_load(type, each, f, x, i, part);
        V_UNROLL
        for (size_t b = 0; b < times; b++)
            sum[b] = vf_fma(row, fir_coefficient(each, c + (j - b) * ld, part), sum[b]);
    }
    V_UNROLL
    for (size_t d = 1; d < times; d++, i += f->step) {
        const vf row = fir_load(type, each, f, x, i, part);
        V_UNROLL
        for (size_t b = d; b < times; b++)
            sum[b] =
                vf_fma(row, fir_coefficient(each, c + (f->taps - 1 + d - b) * ld, part), sum[b]);
    }
    V_UNROLL
    for (size_t b = 0; b < times; b++) {
        if (part)
            vf_store_part_f32(out + b * f->ld_out, sum[b], part);
        else
            vf_store_f32(out + b * f->ld_out, sum[b]);
    }
}

/* Rows [time, time + times). */
V_INLINE void fir_times(cph_type type, size_t times, const cph_fir *f, const void *x, size_t time,
                        float *out)
{
    float *const rows = out + time * f->ld_out;
    const size_t first = time * f->step;
    if (f->length == 1 && f->run_step == 1) {
        size_t r = 0;
        for (; f->runs - r >= V_LANES; r += V_LANES)
            fir_strip(type, true, times, f, x, f->coefficient + r, first + r, 0, rows + r);
        if (r < f->runs)
            fir_strip(type, true, times, f, x, f->coefficient + r, first + r, f->runs - r,
                      rows + r);
        return;
    }
    for (size_t r = 0; r < f->runs; r++) {
        const size_t at = first + r * f->run_step;
        const float *const c = f->coefficient + r;
        float *const to = rows + r * f->length;
        size_t i = 0;
        for (; f->length - i >= V_LANES; i += V_LANES)
            fir_strip(type, false, times, f, x, c, at + i, 0, to + i);
        if (i < f->length)
            fir_strip(type, false, times, f, x, c, at + i, f->length - i, to + i);
    }
}

V_INLINE void fir_body(cph_type type, const cph_fir *f, const void *x, float *out)
{
    size_t time = 0;
    if (f->taps >= FIR_TIMES)
        for (; f->times - time >= FIR_TIMES; time += FIR_TIMES)
            fir_times(type, FIR_TIMES, f, x, time, out);
    if (f->taps >= FIR_TIMES / 2)
        for (; f->times - time >= FIR_TIMES / 2; time += FIR_TIMES / 2)
            fir_times(type, FIR_TIMES / 2, f, x, time, out);
    for (; time < f->times; time++)
        fir_times(type, 1, f, x, time, out);
}

#endif
