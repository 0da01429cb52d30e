/* SPDX-License-Identifier: MIT */
/* A peak loop of one instruction set. In: PEAK_NAME, PEAK_VECTOR (the accumulators' type),
 * PEAK_ZERO, PEAK_OPERANDS (declares what is multiplied), PEAK_STEP(accumulator), PEAK_OPERATIONS
 * (of one step) and the constraint PEAK_REGISTER. Twelve chains cover two units of six cycles'
 * latency. */
#include <stddef.h>

#define PEAK_EACH(X)  X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11)
#define PEAK_START(k) PEAK_VECTOR sum##k = PEAK_ZERO;
/* The barrier keeps every step: the compiler knows what a chain of equal ones comes to. */
#define PEAK_TURN(k)                                                                               \
    sum##k = PEAK_STEP(sum##k);                                                                    \
    __asm__ volatile("" : "+" PEAK_REGISTER(sum##k));

double PEAK_NAME(size_t n)
{
    PEAK_EACH(PEAK_START)
    PEAK_OPERANDS;
    for (size_t i = 0; i < n; i++) {
        PEAK_EACH(PEAK_TURN)
    }
    return (double)n * 12.0 * PEAK_OPERATIONS;
}

#undef PEAK_EACH
#undef PEAK_START
#undef PEAK_TURN
#undef PEAK_NAME
#undef PEAK_VECTOR
#undef PEAK_ZERO
#undef PEAK_OPERANDS
#undef PEAK_OPERATIONS
#undef PEAK_STEP
#undef PEAK_REGISTER
