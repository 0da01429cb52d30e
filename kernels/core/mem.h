/* SPDX-License-Identifier: MIT */
/** @file mem.h
 *  The two functions of the C library that the core asks for; a freestanding compiler has no
 *  string.h to declare them. */
#ifndef COPHASE_CORE_MEM_H
#define COPHASE_CORE_MEM_H

#ifdef CPH_CORE
#include <stddef.h>
void *memcpy(void *restrict to, const void *restrict from, size_t bytes);
void *memset(void *to, int value, size_t bytes);
#else
#include <string.h>
#endif

#endif
