/* SPDX-License-Identifier: MIT */
/** @file character.h
 *  Text of files and file names, which may hold anything. */
#ifndef CPH_CLI_CHARACTER_H
#define CPH_CLI_CHARACTER_H

#include <stddef.h>

/** Bytes of the character of UTF-8 that terminated text begins with; 0: none that can be shown (a
 *  control character, a byte that is no character, the end). */
size_t cph_character(const char *text);

#endif
