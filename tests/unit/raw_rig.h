/* SPDX-License-Identifier: MIT */
/** @file raw_rig.h
 *  Files of plain samples whose values tell time, element and part apart. */
#ifndef CPH_TESTS_RAW_RIG_H
#define CPH_TESTS_RAW_RIG_H

#include <stdio.h>

#include "data_fixture.h"

/** A file that is written byte by byte. */
FILE *raw_create(const char *name);
/** The same with text in it. */
void raw_text(const char *name, const char *text);

/** Writes a sample's parts as SigMF's `type` has them ("ci16_be"): fixture_value of time, element,
 *  part; of real types the first part alone. */
void raw_put(FILE *file, const char *type, size_t time, size_t element);
/** Times [first, first + times) of all elements, time by time. */
void raw_put_rows(FILE *file, const char *type, size_t first, size_t times, size_t elements);

/** All samples, some elements of some times, and a stream in little memory: all as written. */
void raw_check(const char *path, cph_type type, bool real, size_t times, size_t elements);

#endif
