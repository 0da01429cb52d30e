/* SPDX-License-Identifier: MIT */
/* What the compiler may ask for where there is no C library. Compiled so that it does not find
 * itself in the loops. */
#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t bytes);
void *memset(void *to, int value, size_t bytes);

void *memcpy(void *restrict to, const void *restrict from, size_t bytes)
{
    unsigned char *const t = to;
    const unsigned char *const f = from;
    for (size_t i = 0; i < bytes; i++)
        t[i] = f[i];
    return to;
}

void *memset(void *to, int value, size_t bytes)
{
    unsigned char *const t = to;
    for (size_t i = 0; i < bytes; i++)
        t[i] = (unsigned char)value;
    return to;
}
