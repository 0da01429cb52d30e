/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/kernels/check.h"

/* Bytes of a number: the shapes of a kernel take them in turn. */
static size_t size_of(const check_case *c)
{
    static const size_t sizes[] = {2, 4, 1, 8, 16, 3, 12, 6, 24, 5};
    return sizes[c->config.seed % (sizeof sizes / sizeof sizes[0])];
}

static size_t count_of(const check_case *c)
{
    return c->config.elements * c->config.times;
}

static cph_status run(check_case *c)
{
    ((cph_unshuffle_fn *)c->kernel)(c->samples, size_of(c), c->count, c->output->data);
    return CPH_OK;
}

static double error_of(const check_case *c, cph_unshuffle_fn *oracle)
{
    const size_t bytes = c->count * size_of(c);
    void *const exact = check_room(bytes, 1);
    oracle(c->samples, size_of(c), c->count, exact);
    const bool same = bytes == 0 || memcmp(exact, c->output->data, bytes) == 0;
    free(exact);
    return same ? 0.0 : INFINITY;
}

static double error_bytes(check_case *c)
{
    return error_of(c, cph_unshuffle_ref);
}

static double error_bits(check_case *c)
{
    return error_of(c, cph_unshuffle_bits_ref);
}

static void make(check_case *c, size_t count, enum cph_kernel_index kernel)
{
    const size_t bytes = count * size_of(c);
    unsigned char *const planes = check_memory(c, bytes, 1)->data;
    for (size_t i = 0; i < bytes; i++)
        planes[i] = (unsigned char)cph_random_u64(&c->random);
    c->samples = planes;
    c->count = count;
    c->output = check_memory(c, bytes, 1);
    c->kernel = check_variant(c, kernel);
    c->run = run;
    c->bytes = 2.0 * (double)bytes;
}

void check_case_unshuffle(check_case *c)
{
    make(c, count_of(c), CPH_KERNEL_unshuffle);
    c->error = error_bytes;
}

void check_case_unshuffle_bits(check_case *c)
{
    make(c, 8 * count_of(c), CPH_KERNEL_unshuffle_bits);
    c->error = error_bits;
}
