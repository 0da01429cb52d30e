/* SPDX-License-Identifier: MIT */
/** @file bits.h
 *  Floating numbers seen as bits: the core has no math.h. */
#ifndef COPHASE_CORE_BITS_H
#define COPHASE_CORE_BITS_H

#include <stdbool.h>
#include <stdint.h>

static inline uint32_t cph_bits_f32(float value)
{
    const union {
        float value;
        uint32_t bits;
    } u = {.value = value};
    return u.bits;
}

static inline uint64_t cph_bits_f64(double value)
{
    const union {
        double value;
        uint64_t bits;
    } u = {.value = value};
    return u.bits;
}

static inline bool cph_finite_f32(float value)
{
    return (cph_bits_f32(value) & 0x7f800000u) != 0x7f800000u;
}

#endif
