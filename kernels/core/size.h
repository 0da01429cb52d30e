/* SPDX-License-Identifier: MIT */
/** @file size.h
 *  Size arithmetic that notices overflow. */
#ifndef COPHASE_CORE_SIZE_H
#define COPHASE_CORE_SIZE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Plans, workspaces and their parts start at multiples of this many bytes (a cache line). */
enum { CPH_ALIGNMENT = 64 };

/** *product = a * b; false, and *product untouched, when it does not fit. */
static inline bool cph_size_mul(size_t a, size_t b, size_t *product)
{
    if (b != 0 && a > SIZE_MAX / b)
        return false;
    *product = a * b;
    return true;
}

/** *sum = a + b; false, and *sum untouched, when it does not fit. */
static inline bool cph_size_add(size_t a, size_t b, size_t *sum)
{
    if (a > SIZE_MAX - b)
        return false;
    *sum = a + b;
    return true;
}

/** *up = the smallest multiple of `unit` (a power of two) that is not below a. */
static inline bool cph_size_align(size_t a, size_t unit, size_t *up)
{
    size_t padded;
    if (!cph_size_add(a, unit - 1, &padded))
        return false;
    *up = padded & ~(unit - 1);
    return true;
}

/** Appends `count` items of `size` bytes to a layout of *total bytes: *offset is where they start
 *  (a multiple of CPH_ALIGNMENT), *total grows past them. False, both untouched, on overflow. */
static inline bool cph_size_place(size_t *total, size_t count, size_t size, size_t *offset)
{
    size_t start, bytes, end;
    if (!cph_size_align(*total, CPH_ALIGNMENT, &start) || !cph_size_mul(count, size, &bytes) ||
        !cph_size_add(start, bytes, &end))
        return false;
    *offset = start;
    *total = end;
    return true;
}

/** Whether rows of `columns` items at a stride of `ld` items, `rows` of them, of `size` bytes an
 *  item, can be addressed: ld is at least columns and the whole fits in memory (PTRDIFF_MAX). */
static inline bool cph_size_matrix(size_t rows, size_t ld, size_t columns, size_t size)
{
    size_t items, bytes;
    if (rows == 0)
        return ld >= columns;
    return ld >= columns && cph_size_mul(rows - 1, ld, &items) &&
           cph_size_add(items, columns, &items) && cph_size_mul(items, size, &bytes) &&
           bytes <= PTRDIFF_MAX;
}

/** Whether memory for a plan, sums or a workspace is there and starts where it must. */
static inline bool cph_size_aligned(const void *memory)
{
    return memory != NULL && (uintptr_t)memory % CPH_ALIGNMENT == 0;
}

/** The part of a layout that starts at `offset`. */
static inline void *cph_size_at(void *memory, size_t offset)
{
    return (char *)memory + offset;
}

static inline size_t cph_size_min(size_t a, size_t b)
{
    return a < b ? a : b;
}

#endif
