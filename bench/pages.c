/* SPDX-License-Identifier: MIT */
#include "bench/pages.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "kernels/core/heap.h"

void *bench_memory(size_t bytes)
{
    const size_t huge = (size_t)1 << 21;
    size_t padded;
    if (bytes < huge)
        return cph_heap_aligned(bytes);
    if (!cph_size_align(bytes, huge, &padded))
        return NULL;
    void *const memory = aligned_alloc(huge, padded);
    if (memory != NULL)
        (void)madvise(memory, padded, MADV_HUGEPAGE); /* refused: pages are as they are */
    return memory;
}

bool bench_on_huge_pages(size_t bytes)
{
    static const char key[] = "AnonHugePages:";
    char line[256];
    double kilobytes = 0.0;
    FILE *const file = fopen("/proc/self/smaps_rollup", "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, key, sizeof key - 1) == 0)
            kilobytes = strtod(line + sizeof key - 1, NULL);
    if (file != NULL)
        fclose(file);
    return bytes > 0 && 2.0 * 1024.0 * kilobytes >= (double)bytes;
}
