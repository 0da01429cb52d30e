/* SPDX-License-Identifier: MIT */
/* Integers to integers of another scale, by the one rule for requantisation. */
#include <math.h>

#include "cophase/convert.h"
#include "kernels/core/size.h"

enum { MULTIPLIER_BITS = 30, SHIFT_MOST = 62 };

cph_status cph_requantisation_make(double ratio, cph_requantisation *plan)
{
    int exponent = 0;
    if (plan == NULL || !(ratio > 0.0) || isinf(ratio))
        return CPH_ERR_ARGUMENT;
    const double fraction = frexp(ratio, &exponent); /* in [0.5, 1) */
    const int shift = MULTIPLIER_BITS - exponent;
    if (shift < 1 || shift > SHIFT_MOST)
        return CPH_ERR_ARGUMENT;
    plan->multiplier = (int32_t)lround(ldexp(fraction, MULTIPLIER_BITS));
    plan->shift = (unsigned)shift;
    return CPH_OK;
}

typedef struct limits {
    int64_t multiplier, half, low, high;
    unsigned shift;
} limits;

/* A part; *cut becomes true where it is beyond the limits. */
static inline int64_t requantise(int64_t x, const limits *l, bool *cut)
{
    const int64_t y = (x * l->multiplier + l->half) >> l->shift;
    *cut = *cut || y < l->low || y > l->high;
    return y < l->low ? l->low : y > l->high ? l->high : y;
}

static inline int64_t part_of(cph_type type, const void *samples, size_t i)
{
    return type == CPH_C8 ? ((const int8_t *)samples)[i] : ((const int16_t *)samples)[i];
}

static inline void put_part(cph_type type, void *samples, size_t i, int64_t y)
{
    if (type == CPH_C8)
        ((int8_t *)samples)[i] = (int8_t)y;
    else
        ((int16_t *)samples)[i] = (int16_t)y;
}

/* The types are constants in each call below, so that loads and stores are plain moves. */
static inline uint64_t run(cph_type from, const void *in, size_t count, const limits *l,
                           cph_type to, void *out)
{
    uint64_t clipped = 0;
    for (size_t i = 0; i < count; i++) {
        bool cut = false;
        put_part(to, out, 2 * i, requantise(part_of(from, in, 2 * i), l, &cut));
        put_part(to, out, 2 * i + 1, requantise(part_of(from, in, 2 * i + 1), l, &cut));
        clipped += cut;
    }
    return clipped;
}

static bool is_integer(cph_type type)
{
    return type == CPH_C8 || type == CPH_C16;
}

cph_status cph_requantise(const cph_requantisation *plan, cph_type from, const void *in,
                          size_t count, cph_type to, void *out, uint64_t *clipped)
{
    if (plan == NULL || !is_integer(from) || !is_integer(to) || plan->shift < 1 ||
        plan->shift > SHIFT_MOST || (count > 0 && (in == NULL || out == NULL)))
        return CPH_ERR_ARGUMENT;
    if (count > PTRDIFF_MAX / sizeof(cph_c16))
        return CPH_ERR_OVERFLOW;
    const int64_t high = to == CPH_C8 ? INT8_MAX : INT16_MAX;
    const limits l = {.multiplier = plan->multiplier,
                      .half = (int64_t)1 << (plan->shift - 1),
                      .low = -1 - high,
                      .high = high,
                      .shift = plan->shift};
    uint64_t cut;
    if (from == CPH_C8)
        cut = to == CPH_C8 ? run(CPH_C8, in, count, &l, CPH_C8, out)
                           : run(CPH_C8, in, count, &l, CPH_C16, out);
    else
        cut = to == CPH_C8 ? run(CPH_C16, in, count, &l, CPH_C8, out)
                           : run(CPH_C16, in, count, &l, CPH_C16, out);
    if (clipped != NULL)
        *clipped = cut;
    return CPH_OK;
}
