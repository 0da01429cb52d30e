/* SPDX-License-Identifier: MIT */
/* All of the C library that the core may call: core-check offers nothing else under this name. */
#ifndef COPHASE_FREESTANDING_STRING_H
#define COPHASE_FREESTANDING_STRING_H

#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t bytes);
void *memset(void *to, int byte, size_t bytes);

#endif
