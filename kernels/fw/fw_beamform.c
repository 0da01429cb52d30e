/* SPDX-License-Identifier: MIT */
#include "cophase/fw_beamform.h"

#include "kernels/core/size.h"
#include "kernels/fw/fw_dot.h"

#if CPH_FW_BEAMFORM

/* The coefficients follow: groups of four beams [n][4] where sums are of 32 bits and Helium is not
 * there, then what is left over beam by beam [n]. */
struct cph_fw_beamform {
    int32_t multiplier; /* below 2^31, with a shift of at least 33: scaled up from what was asked */
    uint32_t half;      /* 2^(shift-1) without its lower word */
    uint16_t shift;     /* beyond 32 */
    uint16_t elements, beams;
    uint8_t wide, groups; /* sums of 64 bits; whether four beams go together */
};

static bool fw_beamform_valid(const cph_fw_beamform_config *config)
{
    return config != NULL && config->elements >= 1 &&
           config->elements <= CPH_FW_BEAMFORM_ELEMENTS && config->beams >= 1 &&
           config->beams <= CPH_FW_BEAMFORM_BEAMS && config->sample_max >= 1 &&
           config->sample_max <= 32768 && config->multiplier >= 1 && config->shift >= 3 &&
           config->shift <= 62 &&
           (config->shift > 32 || config->multiplier >> (config->shift - 2) == 0);
}

cph_status cph_fw_beamform_size(const cph_fw_beamform_config *config, size_t *bytes)
{
    if (bytes == NULL || !fw_beamform_valid(config))
        return CPH_ERR_ARGUMENT;
    *bytes = sizeof(cph_fw_beamform) + config->elements * config->beams * sizeof(cph_c16);
    return CPH_OK;
}

static uint32_t fw_amount(int32_t value)
{
    return (uint32_t)(value < 0 ? -value : value);
}

/* The largest over beams of sum |re c| + |im c|: at most 4096 * 2^16. */
static uint32_t fw_beamform_sum(const cph_fw_beamform_config *config, const cph_c16 *c, size_t ld)
{
    uint32_t largest = 0;
    for (size_t b = 0; b < config->beams; b++) {
        uint32_t sum = 0;
        for (size_t n = 0; n < config->elements; n++)
            sum += fw_amount(c[b * ld + n].re) + fw_amount(c[b * ld + n].im);
        largest = sum > largest ? sum : largest;
    }
    return largest;
}

static void fw_beamform_pack(const cph_fw_beamform *plan, const cph_c16 *c, size_t ld,
                             cph_c16 *packed)
{
    const size_t elements = plan->elements, fours = plan->groups ? plan->beams & ~(size_t)3 : 0;
    for (size_t b = 0; b < plan->beams; b++) {
        const size_t step = b < fours ? 4 : 1;
        cph_c16 *const to =
            packed + (b < fours ? (b & ~(size_t)3) * elements + b % 4 : b * elements);
        for (size_t n = 0; n < elements; n++)
            to[n * step] = c[b * ld + n];
    }
}

cph_status cph_fw_beamform_init(const cph_fw_beamform_config *config, const cph_c16 *coefficient,
                                size_t ld, void *memory, size_t bytes, cph_fw_beamform **plan)
{
    size_t needed;
    const cph_status status = cph_fw_beamform_size(config, &needed);
    if (status != CPH_OK)
        return status;
    if (coefficient == NULL || ld < config->elements || memory == NULL || plan == NULL ||
        (uintptr_t)memory % _Alignof(cph_fw_beamform) != 0)
        return CPH_ERR_ARGUMENT;
    if (!cph_size_matrix(config->beams, ld, config->elements, sizeof *coefficient))
        return CPH_ERR_OVERFLOW;
    const unsigned shift = config->shift > 32 ? config->shift : 33;
    /* below 2^31; a 64-bit shift would be a call on 32-bit RISC-V and on Cortex-M0 */
    const uint32_t multiplier = (uint32_t)config->multiplier << (shift - config->shift);
    const uint64_t bound =
        (uint64_t)fw_beamform_sum(config, coefficient, ld) * (uint32_t)config->sample_max;
    if ((bound * (multiplier >> 16)) >> 46 != 0 || (bound * multiplier) >> 62 != 0)
        return CPH_ERR_OVERFLOW;
    if (bytes < needed)
        return CPH_ERR_MEMORY;
    cph_fw_beamform *const made = memory;
    const bool wide = bound >> 31 != 0;
    *made = (cph_fw_beamform){.multiplier = (int32_t)multiplier,
                              .half = (uint32_t)1 << (shift - 33),
                              .shift = (uint16_t)(shift - 32),
                              .elements = (uint16_t)config->elements,
                              .beams = (uint16_t)config->beams,
                              .wide = wide,
                              .groups = !wide && !CPH_FW_HELIUM};
    fw_beamform_pack(made, coefficient, ld, (cph_c16 *)(made + 1));
    *plan = made;
    return CPH_OK;
}

unsigned cph_fw_beamform_bits(const cph_fw_beamform *plan)
{
    return plan == NULL ? 0 : plan->wide ? 64 : 32;
}

/* sat16((product + half) >> shift) of the product's upper word: the lower has no part in it. */
static inline void fw_beamform_out(const cph_fw_beamform *plan, uint64_t product, int16_t *y)
{
    fw_store16((int32_t)((uint32_t)(product >> 32) + plan->half) >> plan->shift, y);
}

static inline void fw_beamform_out32(const cph_fw_beamform *plan, fw_sum32 sum, cph_c16 *y)
{
    const int64_t m = plan->multiplier;
    fw_beamform_out(plan, (uint64_t)((int32_t)sum.re * m), &y->re);
    fw_beamform_out(plan, (uint64_t)((int32_t)sum.im * m), &y->im);
}

static inline void fw_beamform_out64(const cph_fw_beamform *plan, fw_sum64 sum, cph_c16 *y)
{
    const uint64_t m = (uint64_t)plan->multiplier;
    fw_beamform_out(plan, sum.re * m, &y->re);
    fw_beamform_out(plan, sum.im * m, &y->im);
}

/* Calls of their own: inlined, the sums would lose their registers to what is around them. */
static __attribute__((noinline)) fw_sum32 fw_beamform_dot(const cph_c16 *x, const cph_c16 *c,
                                                          size_t n)
{
    return fw_dot32(x, c, n);
}

/* T times of beams whose coefficients start at c: of four, of one, of one with wide sums. */
typedef struct fw_beamform_view {
    const cph_c16 *x;
    cph_c16 *y;
    size_t ld, ld_beams, times;
} fw_beamform_view;

#if !CPH_FW_HELIUM
static __attribute__((noinline)) fw_sums fw_beamform_dots(const cph_c16 *x, const cph_c16 *c,
                                                          size_t n)
{
    return fw_dot32_four(x, c, n);
}

static void fw_beamform_four(const cph_fw_beamform *plan, fw_beamform_view v, const cph_c16 *c)
{
    const cph_fw_beamform p = *plan; /* whose fields the beams cannot be */
    for (; v.times > 0; v.times--, v.x += v.ld, v.y += v.ld_beams) {
        const fw_sums sum = fw_beamform_dots(v.x, c, p.elements);
        fw_beamform_out32(&p, sum.a, &v.y[0]);
        fw_beamform_out32(&p, sum.b, &v.y[1]);
        fw_beamform_out32(&p, sum.c, &v.y[2]);
        fw_beamform_out32(&p, sum.d, &v.y[3]);
    }
}
#endif

static void fw_beamform_one(const cph_fw_beamform *plan, fw_beamform_view v, const cph_c16 *c)
{
    const cph_fw_beamform p = *plan;
    for (; v.times > 0; v.times--, v.x += v.ld, v.y += v.ld_beams)
        fw_beamform_out32(&p, fw_beamform_dot(v.x, c, p.elements), v.y);
}

static void fw_beamform_wide(const cph_fw_beamform *plan, fw_beamform_view v, const cph_c16 *c)
{
    const cph_fw_beamform p = *plan; /* whose fields the beams cannot be */
    for (; v.times > 0; v.times--, v.x += v.ld, v.y += v.ld_beams)
        fw_beamform_out64(&p, fw_dot64(v.x, c, p.elements), v.y);
}

cph_status cph_fw_beamform_run(const cph_fw_beamform *plan, const cph_c16 *samples, size_t ld,
                               size_t times, cph_c16 *beams, size_t ld_beams)
{
    if (plan == NULL || samples == NULL || beams == NULL || ld < plan->elements ||
        ld_beams < plan->beams || (uintptr_t)samples % 4 != 0)
        return CPH_ERR_ARGUMENT;
    if (!cph_size_matrix(times, ld, plan->elements, sizeof *samples) ||
        !cph_size_matrix(times, ld_beams, plan->beams, sizeof *beams))
        return CPH_ERR_OVERFLOW;
    fw_beamform_view v = {samples, beams, ld, ld_beams, times};
    const cph_c16 *c = (const cph_c16 *)(plan + 1);
    size_t left = plan->beams;
#if !CPH_FW_HELIUM
    for (; plan->groups && left >= 4; left -= 4, v.y += 4, c += 4 * (size_t)plan->elements)
        fw_beamform_four(plan, v, c);
#endif
    for (; left > 0; left--, v.y++, c += plan->elements)
        (plan->wide ? fw_beamform_wide : fw_beamform_one)(plan, v, c);
    return CPH_OK;
}

#endif
