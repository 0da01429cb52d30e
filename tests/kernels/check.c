/* SPDX-License-Identifier: MIT */
#include "tests/kernels/check.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kernels/core/sample.h"
#include "kernels/core/size.h"

static check_counts counts;

void check_that(bool holds, const char *file, int line, const char *format, ...)
{
    counts.passed += holds;
    counts.failed += !holds;
    if (holds)
        return;
    va_list arguments;
    va_start(arguments, format);
    printf("%s:%d: not so: ", file, line);
    vprintf(format, arguments);
    printf("\n");
    va_end(arguments);
}

check_counts check_counted(void)
{
    return counts;
}

const check_kernel check_kernels[CPH_KERNEL_ROWS] = {
#define CPH_KERNEL(k, type, sets, summary) {#k, CPH_KERNEL_##k, check_case_##k},
#include "kernels/kernels.def"
#undef CPH_KERNEL
};

void check_open(check_case *c, const check_kernel *kernel, const check_config *config)
{
    *c = (check_case){.config = *config};
    cph_random_seed(&c->random, config->seed, (uint64_t)kernel->index);
    kernel->make(c);
}

void check_close(check_case *c)
{
    for (size_t i = 0; i < c->buffers; i++)
        munmap(c->buffer[i].pages, c->buffer[i].page_bytes);
    c->buffers = 0;
}

static void die(const char *what)
{
    perror(what);
    exit(1);
}

void *check_room(size_t count, size_t bytes)
{
    void *const room = calloc(count + 1, bytes);
    if (room == NULL)
        die("calloc");
    return room;
}

static check_buffer *map(check_case *c, size_t bytes, size_t item, check_place place)
{
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    const size_t inner = (bytes + 64 + item + page - 1) / page * page;
    check_buffer *const b = &c->buffer[c->buffers++];
    if (c->buffers > CHECK_BUFFERS)
        die("a case has too many buffers");
    b->bytes = bytes;
    b->page_bytes = inner + 2 * page;
    b->pages = mmap(NULL, b->page_bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (b->pages == MAP_FAILED || mprotect(b->pages + page, inner, PROT_READ | PROT_WRITE) != 0)
        die("mmap");
    memset(b->pages + page, CHECK_GUARD, inner);
    const size_t offset[] = {[CHECK_AT_END] = inner - bytes,
                             [CHECK_AT_START] = 0,
                             [CHECK_ODD] = 64 + item,
                             [CHECK_ALIGNED] = 64};
    b->data = b->pages + page + offset[place];
    return b;
}

check_buffer *check_memory(check_case *c, size_t bytes, size_t item)
{
    return map(c, bytes, item, c->config.place);
}

check_buffer *check_aligned(check_case *c, size_t bytes)
{
    size_t padded = 0;
    if (!cph_size_align(bytes, CPH_ALIGNMENT, &padded))
        die("size");
    return map(c, padded, CPH_ALIGNMENT, CHECK_AT_END);
}

bool check_untouched(const void *data, size_t bytes, unsigned char value)
{
    const unsigned char *const byte = data;
    for (size_t i = 0; i < bytes; i++)
        if (byte[i] != value)
            return false;
    return true;
}

static bool all_guard(const unsigned char *from, const unsigned char *to)
{
    return from >= to || check_untouched(from, (size_t)(to - from), CHECK_GUARD);
}

bool check_guards(const check_case *c)
{
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    for (size_t i = 0; i < c->buffers; i++) {
        const check_buffer *const b = &c->buffer[i];
        if (!all_guard(b->pages + page, b->data) ||
            !all_guard(b->data + b->bytes, b->pages + b->page_bytes - page))
            return false;
    }
    return true;
}

bool check_gaps(const void *data, size_t rows, size_t columns, size_t ld, size_t item)
{
    const unsigned char *const bytes = data;
    for (size_t row = 0; row + 1 < rows; row++)
        if (!all_guard(bytes + (row * ld + columns) * item, bytes + (row + 1) * ld * item))
            return false;
    return true;
}

double check_draw(check_case *c)
{
    return 2.0 * cph_random_uniform(&c->random) - 1.0;
}

/* The limits of a type; for floats a large number whose square and sums stay finite. */
static double limit(cph_type type, bool low)
{
    const double limits[CPH_TYPE_COUNT][2] = {[CPH_C8] = {INT8_MAX, INT8_MIN},
                                              [CPH_C16] = {INT16_MAX, INT16_MIN},
                                              [CPH_C32] = {1e15, -1e15}};
    return limits[type][low];
}

static double draw_part(check_case *c, cph_type type)
{
    const double x = check_draw(c);
    if (c->config.pattern == CHECK_FULL_SCALE)
        return limit(type, x < 0.9);
    return type == CPH_C32 ? x : floor(x * -limit(type, true));
}

static void set(cph_type type, void *samples, size_t i, double re, double im)
{
    if (type == CPH_C8)
        ((cph_c8 *)samples)[i] = (cph_c8){(int8_t)re, (int8_t)im};
    else if (type == CPH_C16)
        ((cph_c16 *)samples)[i] = (cph_c16){(int16_t)re, (int16_t)im};
    else
        ((cph_c32 *)samples)[i] = (cph_c32){(float)re, (float)im};
}

void check_fill(check_case *c, cph_type type, void *samples, size_t rows, size_t columns, size_t ld)
{
    const bool one_hot = c->config.pattern == CHECK_ONE_HOT;
    for (size_t row = 0; row < rows; row++)
        for (size_t i = 0; i < columns; i++) {
            const double re = one_hot ? 0.0 : draw_part(c, type);
            set(type, samples, row * ld + i, re, one_hot ? 0.0 : draw_part(c, type));
        }
    if (one_hot && rows * columns > 0) {
        const size_t at = (size_t)(cph_random_u64(&c->random) % (rows * columns));
        set(type, samples, at / columns * ld + at % columns, 3.0, -101.0);
    }
}

double check_ratio(double value, double exact, double bound)
{
    if (value == exact)
        return 0.0;
    const double ratio = fabs(value - exact) / bound;
    return isnan(ratio) ? INFINITY : ratio;
}

double check_ratio_c64(cph_c64 value, cph_c64 exact, cph_c64 bound)
{
    return fmax(check_ratio(value.re, exact.re, bound.re),
                check_ratio(value.im, exact.im, bound.im));
}

cph_any_fn *check_variant(const check_case *c, enum cph_kernel_index kernel)
{
    unsigned isa = (unsigned)c->config.isa;
    while (isa > 0 && cph_kernel_variant(kernel, (cph_isa)isa) == NULL)
        isa--;
    return cph_kernel_variant(kernel, (cph_isa)isa);
}
