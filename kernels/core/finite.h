/* SPDX-License-Identifier: MIT */
/** @file finite.h
 *  Classes of floats from their bits: the core has no math.h. */
#ifndef COPHASE_CORE_FINITE_H
#define COPHASE_CORE_FINITE_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static inline bool cph_finite_f32(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return (bits & 0x7f800000u) != 0x7f800000u;
}

#endif
