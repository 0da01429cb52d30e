/* SPDX-License-Identifier: MIT */
/** @file fw_mac.h
 *  Products of pairs of 16-bit numbers: two a time with the DSP instructions of Cortex-M4, M7 and
 *  M33, plain C elsewhere. Sums are unsigned: modulo 2^32 or 2^64 everywhere. */
#ifndef COPHASE_FW_MAC_H
#define COPHASE_FW_MAC_H

#include <stddef.h>
#include <stdint.h>

#include "cophase/types.h"

#if defined(__ARM_FEATURE_MVE) && !defined(__ARM_BIG_ENDIAN)
#define CPH_FW_HELIUM 1
#else
#define CPH_FW_HELIUM 0
#endif
#if defined(__ARM_FEATURE_DSP) && defined(__thumb2__) && __ARM_ARCH_PROFILE == 'M' &&              \
    !defined(__ARM_BIG_ENDIAN)
#define CPH_FW_DUAL_MAC 1
#else
#define CPH_FW_DUAL_MAC 0
#endif

#if CPH_FW_DUAL_MAC
#include <arm_acle.h>

/* A sample in a register: re in the lower half. */
typedef uint32_t fw_pair;

/* *word = the next one and those after it; *x moves on. x is 4-byte aligned. gcc makes no LDRD of
 * two loads for the M4. */
static inline void fw_load1(const cph_c16 **x, fw_pair *a)
{
    __asm__ volatile("ldr %0, [%1], #4" : "=r"(*a), "+r"(*x) : : "memory");
}
static inline void fw_load2(const cph_c16 **x, fw_pair *a, fw_pair *b)
{
    __asm__ volatile("ldrd %0, %1, [%2], #8" : "=r"(*a), "=r"(*b), "+r"(*x) : : "memory");
}

/* LDM wants ascending registers, which only names give: one set for samples, one for coefficients.
 */
static inline void fw_load4_samples(const cph_c16 **x, fw_pair word[4])
{
    register uint32_t a __asm__("r0");
    register uint32_t b __asm__("r1");
    register uint32_t c __asm__("r2");
    register uint32_t d __asm__("r3");
    __asm__ volatile("ldmia %4!, {%0, %1, %2, %3}"
                     : "=r"(a), "=r"(b), "=r"(c), "=r"(d), "+r"(*x)
                     :
                     : "memory");
    word[0] = a, word[1] = b, word[2] = c, word[3] = d;
}
static inline void fw_load4_weights(const cph_c16 **x, fw_pair word[4])
{
    register uint32_t a __asm__("r4");
    register uint32_t b __asm__("r5");
    register uint32_t c __asm__("r6");
    register uint32_t d __asm__("r8");
    __asm__ volatile("ldmia %4!, {%0, %1, %2, %3}"
                     : "=r"(a), "=r"(b), "=r"(c), "=r"(d), "+r"(*x)
                     :
                     : "memory");
    word[0] = a, word[1] = b, word[2] = c, word[3] = d;
}

/* *to = value, at most 32767 and at least -32768. Written out lest the compiler puts two halves
 * together before it stores them. */
static inline void fw_store16(int32_t value, int16_t *to)
{
    int32_t saturated;
    __asm__("ssat %0, #16, %2\n\tstrh %0, %1" : "=&r"(saturated), "=m"(*to) : "r"(value));
}

/* sum + Re(x y), + Im(x y). */
static inline uint32_t fw_re32(fw_pair x, fw_pair y, uint32_t sum)
{
    return (uint32_t)__smlsd((int16x2_t)x, (int16x2_t)y, (int32_t)sum);
}
static inline uint32_t fw_im32(fw_pair x, fw_pair y, uint32_t sum)
{
    return (uint32_t)__smladx((int16x2_t)x, (int16x2_t)y, (int32_t)sum);
}
static inline uint64_t fw_re64(fw_pair x, fw_pair y, uint64_t sum)
{
    return (uint64_t)__smlsld((int16x2_t)x, (int16x2_t)y, (int64_t)sum);
}
static inline uint64_t fw_im64(fw_pair x, fw_pair y, uint64_t sum)
{
    return (uint64_t)__smlaldx((int16x2_t)x, (int16x2_t)y, (int64_t)sum);
}

/* sum + Re(x conj(y)), + Im(x conj(y)). */
static inline uint32_t fw_re32_conj(fw_pair x, fw_pair y, uint32_t sum)
{
    return (uint32_t)__smlad((int16x2_t)x, (int16x2_t)y, (int32_t)sum);
}
static inline uint32_t fw_im32_conj(fw_pair x, fw_pair y, uint32_t sum)
{
    return (uint32_t)__smlsdx((int16x2_t)y, (int16x2_t)x, (int32_t)sum);
}
static inline uint64_t fw_re64_conj(fw_pair x, fw_pair y, uint64_t sum)
{
    return (uint64_t)__smlald((int16x2_t)x, (int16x2_t)y, (int64_t)sum);
}
static inline uint64_t fw_im64_conj(fw_pair x, fw_pair y, uint64_t sum)
{
    return (uint64_t)__smlsldx((int16x2_t)y, (int16x2_t)x, (int64_t)sum);
}

#else

typedef struct fw_pair {
    int32_t re, im;
} fw_pair;

static inline void fw_load1(const cph_c16 **x, fw_pair *a)
{
    a->re = (*x)->re;
    a->im = (*x)->im;
    ++*x;
}
static inline void fw_load2(const cph_c16 **x, fw_pair *a, fw_pair *b)
{
    fw_load1(x, a);
    fw_load1(x, b);
}
static inline void fw_load4_samples(const cph_c16 **x, fw_pair word[4])
{
    fw_load2(x, &word[0], &word[1]);
    fw_load2(x, &word[2], &word[3]);
}
static inline void fw_load4_weights(const cph_c16 **x, fw_pair word[4])
{
    fw_load4_samples(x, word);
}

static inline void fw_store16(int32_t value, int16_t *to)
{
    *to = (int16_t)(value > 32767 ? 32767 : value < -32768 ? -32768 : value);
}

static inline uint32_t fw_re32(fw_pair x, fw_pair y, uint32_t sum)
{
    return sum + (uint32_t)(x.re * y.re) - (uint32_t)(x.im * y.im);
}
static inline uint32_t fw_im32(fw_pair x, fw_pair y, uint32_t sum)
{
    return sum + (uint32_t)(x.re * y.im) + (uint32_t)(x.im * y.re);
}
static inline uint64_t fw_re64(fw_pair x, fw_pair y, uint64_t sum)
{
    return sum + (uint64_t)(int64_t)(x.re * y.re) - (uint64_t)(int64_t)(x.im * y.im);
}
static inline uint64_t fw_im64(fw_pair x, fw_pair y, uint64_t sum)
{
    return sum + (uint64_t)(int64_t)(x.re * y.im) + (uint64_t)(int64_t)(x.im * y.re);
}

static inline uint32_t fw_re32_conj(fw_pair x, fw_pair y, uint32_t sum)
{
    return sum + (uint32_t)(x.re * y.re) + (uint32_t)(x.im * y.im);
}
static inline uint32_t fw_im32_conj(fw_pair x, fw_pair y, uint32_t sum)
{
    return sum + (uint32_t)(x.im * y.re) - (uint32_t)(x.re * y.im);
}
static inline uint64_t fw_re64_conj(fw_pair x, fw_pair y, uint64_t sum)
{
    return sum + (uint64_t)(int64_t)(x.re * y.re) + (uint64_t)(int64_t)(x.im * y.im);
}
static inline uint64_t fw_im64_conj(fw_pair x, fw_pair y, uint64_t sum)
{
    return sum + (uint64_t)(int64_t)(x.im * y.re) - (uint64_t)(int64_t)(x.re * y.im);
}
#endif

#endif
