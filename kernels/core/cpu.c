/* SPDX-License-Identifier: MIT */
#include "kernels/core/cpu.h"

#ifdef __x86_64__

#include <cpuid.h>

/* What CPUID and XCR0 say; the sources are Intel SDM vol. 2 (CPUID) and vol. 1 ch. 13 (XCR0). */
struct features {
    unsigned leaf1_ecx, leaf7_ebx, xcr0;
};

enum { LEAF1_FMA = 1u << 12, LEAF1_OSXSAVE = 1u << 27, LEAF1_AVX = 1u << 28 };
enum { LEAF7_AVX2 = 1u << 5 };
enum { XCR0_SSE_AVX = 0x6 };

static const struct features needed[CPH_ISA_COUNT] = {
    [CPH_ISA_AVX2] = {LEAF1_FMA | LEAF1_OSXSAVE | LEAF1_AVX, LEAF7_AVX2, XCR0_SSE_AVX},
};

static struct features machine(void)
{
    struct features f = {0};
    unsigned a, b, c, d;
    if (__get_cpuid(1, &a, &b, &c, &d))
        f.leaf1_ecx = c;
    if (__get_cpuid_count(7, 0, &a, &b, &c, &d))
        f.leaf7_ebx = b;
    if (f.leaf1_ecx & LEAF1_OSXSAVE)
        __asm__("xgetbv" : "=a"(f.xcr0), "=d"(d) : "c"(0));
    return f;
}

static bool covers(const struct features *has, const struct features *need)
{
    return (need->leaf1_ecx & ~has->leaf1_ecx) == 0 && (need->leaf7_ebx & ~has->leaf7_ebx) == 0 &&
           (need->xcr0 & ~has->xcr0) == 0;
}

unsigned cph_cpu_tiers(void)
{
    const struct features has = machine();
    unsigned tiers = 0;
    for (unsigned isa = 0; isa < CPH_ISA_COUNT; isa++)
        if (covers(&has, &needed[isa]))
            tiers |= 1u << isa;
    return tiers;
}

#else

unsigned cph_cpu_tiers(void)
{
    return 1u << CPH_ISA_SCALAR;
}

#endif
