/* SPDX-License-Identifier: MIT */
/** @file vec_sample.h
 *  Samples of any type as floats, over a vec_*.h that is included before. */
#ifndef COPHASE_SIMD_VEC_SAMPLE_H
#define COPHASE_SIMD_VEC_SAMPLE_H

#include "cophase/types.h"

/* Parts [i, i + V_LANES) of a row of samples (re, im, re, ...), or only [i, i + part) and zeros
 * when part is not 0. `type` is a constant, so one case remains. */
V_INLINE vf vf_load_sample(cph_type type, const void *row, size_t i, size_t part)
{
    switch (type) {
    case CPH_C8: {
        const int8_t *const p = (const int8_t *)row + i;
        return part ? vf_load_part_i8(p, part) : vf_load_i8(p);
    }
    case CPH_C16: {
        const int16_t *const p = (const int16_t *)row + i;
        return part ? vf_load_part_i16(p, part) : vf_load_i16(p);
    }
    default: {
        const float *const p = (const float *)row + i;
        return part ? vf_load_part_f32(p, part) : vf_load_f32(p);
    }
    }
}

#endif
