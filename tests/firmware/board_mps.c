/* SPDX-License-Identifier: MIT */
/* Arm's MPS boards under an emulator: semihosting for the console, SysTick (which under -icount
 * counts instructions) for the price. Sections lie where link_mps.ld puts them; the emulator loads
 * .data in place. */
#include "tests/firmware/fw_board.h"

extern uint32_t fw_bss_start[], fw_bss_end[], fw_stack_top[];

#define REGISTER(address) (*(volatile uint32_t *)(uintptr_t)(address))

enum { SYS_WRITEC = 3, SYS_EXIT = 0x18, EXIT_DONE = 0x20026, EXIT_FAULT = 0x20023 };

static void semihost(uint32_t operation, uint32_t argument)
{
    register uint32_t r0 __asm__("r0") = operation;
    register uint32_t r1 __asm__("r1") = argument;
    __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
}

static void put(char c)
{
    semihost(SYS_WRITEC, (uint32_t)(uintptr_t)&c);
}

static uint32_t ticks(void)
{
    return 0xffffffU - REGISTER(0xe000e018);
}

void fw_reset(void);
void fw_fault(void);

void fw_fault(void)
{
    semihost(SYS_EXIT, EXIT_FAULT);
    for (;;) {
    }
}

void fw_reset(void)
{
    for (uintptr_t word = (uintptr_t)fw_bss_start; word < (uintptr_t)fw_bss_end; word += 4)
        REGISTER(word) = 0;
    REGISTER(0xe000ed88) |= 0xfU << 20; /* coprocessors 10 and 11: floating point, Helium */
    __asm__ volatile("dsb\n\tisb" ::: "memory");
    REGISTER(0xe000e014) = 0xffffff; /* reload */
    REGISTER(0xe000e018) = 0;
    REGISTER(0xe000e010) = 5; /* on, processor clock */
    fw_sink sink = {.put = put, .ticks = ticks, .ticks_mask = 0xffffff};
    fw_run(&sink);
    semihost(SYS_EXIT, EXIT_DONE);
    for (;;) {
    }
}

typedef struct fw_vectors {
    uint32_t *stack;
    void (*handler[15])(void);
} fw_vectors;

__attribute__((section(".vectors"), used)) static const fw_vectors vectors = {
    .stack = fw_stack_top,
    .handler = {fw_reset, fw_fault, fw_fault, fw_fault, fw_fault, fw_fault, fw_fault, fw_fault,
                fw_fault, fw_fault, fw_fault, fw_fault, fw_fault, fw_fault, fw_fault}};
