/* SPDX-License-Identifier: MIT */
/** @file heap.h
 *  Memory of the heap for plans (host). */
#ifndef COPHASE_CORE_HEAP_H
#define COPHASE_CORE_HEAP_H

#include <stdlib.h>

#include "kernels/core/size.h"

/** `bytes` aligned to CPH_ALIGNMENT, to be freed with free; NULL when there is no more. */
static inline void *cph_heap_aligned(size_t bytes)
{
    size_t padded;
    return cph_size_align(bytes, CPH_ALIGNMENT, &padded) ? aligned_alloc(CPH_ALIGNMENT, padded)
                                                         : NULL;
}

#endif
