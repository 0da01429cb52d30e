/* SPDX-License-Identifier: MIT */
/** @file isa.h
 *  Instruction sets as tokens. A new one is a row in CPH_ISA_LIST, a CPH_IF_*, its value in
 *  cph_isa, a row in cpu.c and the flags of its suffix. */
#ifndef COPHASE_CORE_ISA_H
#define COPHASE_CORE_ISA_H

/* token, value of cph_isa without its prefix; in rising order of preference */
#define CPH_ISA_LIST(X)                                                                            \
    X(scalar, SCALAR)                                                                              \
    X(avx2, AVX2)                                                                                  \
    X(avx512, AVX512)                                                                              \
    X(avx512bf16, AVX512BF16)                                                                      \
    X(avx512vnni, AVX512VNNI)                                                                      \
    X(neon, NEON)                                                                                  \
    X(neondot, NEONDOT)

/* CPH_IF_token(text) is `text` where the build has the set's variants, else nothing. Firmware
 * compiles the set that it binds, so the core has the scalar one alone. */
#define CPH_IF_scalar(...) __VA_ARGS__
#if defined(__x86_64__) && !defined(CPH_CORE)
#define CPH_IF_avx2(...)       __VA_ARGS__
#define CPH_IF_avx512(...)     __VA_ARGS__
#define CPH_IF_avx512bf16(...) __VA_ARGS__
#define CPH_IF_avx512vnni(...) __VA_ARGS__
#else
#define CPH_IF_avx2(...)
#define CPH_IF_avx512(...)
#define CPH_IF_avx512bf16(...)
#define CPH_IF_avx512vnni(...)
#endif
#if defined(__aarch64__) && !defined(CPH_CORE)
#define CPH_IF_neon(...)    __VA_ARGS__
#define CPH_IF_neondot(...) __VA_ARGS__
#else
#define CPH_IF_neon(...)
#define CPH_IF_neondot(...)
#endif

/* CPH_EACH_SET(M, k, (a, b)) is M(k, a) M(k, b), for up to seven sets. */
#define CPH_EACH_SET(M, k, sets)                         CPH_EACH_OPEN(M, k, CPH_STRIP sets)
#define CPH_STRIP(...)                                   __VA_ARGS__
#define CPH_EACH_OPEN(...)                               CPH_EACH_PICK(__VA_ARGS__, 7, 6, 5, 4, 3, 2, 1, 0)(__VA_ARGS__)
#define CPH_EACH_PICK(M, k, a, b, c, d, e, f, g, n, ...) CPH_EACH_##n
#define CPH_EACH_1(M, k, a)                              M(k, a)
#define CPH_EACH_2(M, k, a, ...)                         M(k, a) CPH_EACH_1(M, k, __VA_ARGS__)
#define CPH_EACH_3(M, k, a, ...)                         M(k, a) CPH_EACH_2(M, k, __VA_ARGS__)
#define CPH_EACH_4(M, k, a, ...)                         M(k, a) CPH_EACH_3(M, k, __VA_ARGS__)
#define CPH_EACH_5(M, k, a, ...)                         M(k, a) CPH_EACH_4(M, k, __VA_ARGS__)
#define CPH_EACH_6(M, k, a, ...)                         M(k, a) CPH_EACH_5(M, k, __VA_ARGS__)
#define CPH_EACH_7(M, k, a, ...)                         M(k, a) CPH_EACH_6(M, k, __VA_ARGS__)

#endif
