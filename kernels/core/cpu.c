/* SPDX-License-Identifier: MIT */
#include "kernels/core/cpu.h"

#if defined(__x86_64__)

#include <cpuid.h>

/* What CPUID and XCR0 say; the sources are Intel SDM vol. 2 (CPUID) and vol. 1 ch. 13 (XCR0). */
struct features {
    unsigned leaf1_ecx, leaf7_ebx, leaf7_ecx, leaf7_1_eax, xcr0;
};

enum { LEAF1_FMA = 1u << 12, LEAF1_OSXSAVE = 1u << 27, LEAF1_AVX = 1u << 28 };
#define LEAF7_VL (1u << 31) /* not an int, so no enumerator */
enum { LEAF7_AVX2 = 1u << 5, LEAF7_F = 1u << 16, LEAF7_DQ = 1u << 17, LEAF7_BW = 1u << 30 };
enum { LEAF7_VNNI = 1u << 11, LEAF7_1_BF16 = 1u << 5 };
enum { XCR0_SSE_AVX = 0x6, XCR0_AVX512 = 0xe6 };

#define NEED_AVX2                                                                                  \
    .leaf1_ecx = LEAF1_FMA | LEAF1_OSXSAVE | LEAF1_AVX, .leaf7_ebx = LEAF7_AVX2,                   \
    .xcr0 = XCR0_SSE_AVX
#define NEED_AVX512                                                                                \
    .leaf1_ecx = LEAF1_FMA | LEAF1_OSXSAVE | LEAF1_AVX,                                            \
    .leaf7_ebx = LEAF7_AVX2 | LEAF7_F | LEAF7_DQ | LEAF7_BW | LEAF7_VL, .xcr0 = XCR0_AVX512
static const struct features needed[CPH_ISA_COUNT] = {
    [CPH_ISA_AVX2] = {NEED_AVX2},
    [CPH_ISA_AVX512] = {NEED_AVX512},
    [CPH_ISA_AVX512BF16] = {NEED_AVX512, .leaf7_1_eax = LEAF7_1_BF16},
    [CPH_ISA_AVX512VNNI] = {NEED_AVX512, .leaf7_ecx = LEAF7_VNNI},
};

static struct features machine(void)
{
    struct features f = {0};
    unsigned a, b, c, d;
    if (__get_cpuid(1, &a, &b, &c, &d))
        f.leaf1_ecx = c;
    if (__get_cpuid_count(7, 0, &a, &b, &c, &d)) {
        f.leaf7_ebx = b;
        f.leaf7_ecx = c;
        if (a >= 1 && __get_cpuid_count(7, 1, &a, &b, &c, &d))
            f.leaf7_1_eax = a;
    }
    if (f.leaf1_ecx & LEAF1_OSXSAVE)
        __asm__("xgetbv" : "=a"(f.xcr0), "=d"(d) : "c"(0));
    return f;
}

static bool covers(const struct features *has, const struct features *need)
{
    return (need->leaf1_ecx & ~has->leaf1_ecx) == 0 && (need->leaf7_ebx & ~has->leaf7_ebx) == 0 &&
           (need->leaf7_ecx & ~has->leaf7_ecx) == 0 &&
           (need->leaf7_1_eax & ~has->leaf7_1_eax) == 0 && (need->xcr0 & ~has->xcr0) == 0;
}

unsigned cph_cpu_tiers(void)
{
    const struct features has = machine();
    unsigned tiers = 0;
    for (unsigned isa = 0; isa < CPH_ISA_COUNT; isa++)
        if (isa == CPH_ISA_SCALAR || (needed[isa].xcr0 != 0 && covers(&has, &needed[isa])))
            tiers |= 1u << isa;
    return tiers;
}

#elif defined(__aarch64__) && defined(__linux__)

#include <sys/auxv.h>

/* HWCAP bits of the AArch64 Linux ABI (Documentation/arch/arm64/elf_hwcaps). */
enum { HWCAP_BIT_ASIMD = 1u << 1, HWCAP_BIT_ASIMDDP = 1u << 20 };

unsigned cph_cpu_tiers(void)
{
    const unsigned long has = getauxval(AT_HWCAP);
    unsigned tiers = 1u << CPH_ISA_SCALAR;
    if (has & HWCAP_BIT_ASIMD)
        tiers |= 1u << CPH_ISA_NEON;
    if ((has & HWCAP_BIT_ASIMD) && (has & HWCAP_BIT_ASIMDDP))
        tiers |= 1u << CPH_ISA_NEONDOT;
    return tiers;
}

#else

unsigned cph_cpu_tiers(void)
{
    return 1u << CPH_ISA_SCALAR;
}

#endif
