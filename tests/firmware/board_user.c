/* SPDX-License-Identifier: MIT */
/* AArch64 and RISC-V under a user-mode emulator: a bare _start and two system calls of Linux (both
 * processors have the same numbers). */
#include "tests/firmware/fw_board.h"

enum { SYSTEM_WRITE = 64, SYSTEM_EXIT = 93 };

static long system_call(long number, long a, long b, long c)
{
#if defined(__aarch64__)
    register long r8 __asm__("x8") = number;
    register long r0 __asm__("x0") = a;
    register long r1 __asm__("x1") = b;
    register long r2 __asm__("x2") = c;
    __asm__ volatile("svc 0" : "+r"(r0) : "r"(r8), "r"(r1), "r"(r2) : "memory");
#else
    register long r8 __asm__("a7") = number;
    register long r0 __asm__("a0") = a;
    register long r1 __asm__("a1") = b;
    register long r2 __asm__("a2") = c;
    __asm__ volatile("ecall" : "+r"(r0) : "r"(r8), "r"(r1), "r"(r2) : "memory");
#endif
    return r0;
}

static struct {
    size_t used;
    char text[4096];
} line;

static void put(char c)
{
    line.text[line.used++] = c;
    if (c != '\n' && line.used < sizeof line.text)
        return;
    (void)system_call(SYSTEM_WRITE, 1, (long)(intptr_t)line.text, (long)line.used);
    line.used = 0;
}

void fw_start(void);

void fw_start(void)
{
    fw_sink sink = {.put = put};
    fw_run(&sink);
    for (;;)
        (void)system_call(SYSTEM_EXIT, 0, 0, 0);
}

#if defined(__riscv)
__asm__(".globl _start\n_start:\n.option push\n.option norelax\nla gp, __global_pointer$\n"
        ".option pop\nandi sp, sp, -16\ncall fw_start\n");
#else
__asm__(".globl _start\n_start:\nbl fw_start\n");
#endif
