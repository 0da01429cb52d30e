/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/kernels/check.h"

static size_t samples_of(const check_case *c)
{
    return c->config.elements * c->config.times;
}

/* The shapes of a kernel take the layouts and byte orders in turn. */
static cph_sample_form form_of(const check_case *c)
{
    return (cph_sample_form){.layout = (cph_layout)(c->config.seed % CPH_LAYOUT_COUNT),
                             .swap = c->config.seed / CPH_LAYOUT_COUNT % 2 == 0};
}

/* Bytes of the first and of the second plane. */
static size_t plane_bytes(const check_case *c, size_t plane)
{
    const size_t bytes = samples_of(c) * cph_type_size(c->type) / 2;
    const cph_layout layout = form_of(c).layout;
    return layout == CPH_INTERLEAVED ? (plane == 0 ? 2 * bytes : 0)
           : layout == CPH_REAL      ? (plane == 0 ? bytes : 0)
                                     : bytes;
}

static void *draw_bytes(check_case *c, size_t bytes, size_t item)
{
    unsigned char *const data = check_memory(c, bytes, item)->data;
    for (size_t i = 0; i < bytes; i++)
        data[i] = (unsigned char)cph_random_u64(&c->random);
    return data;
}

static cph_status run_unpack(check_case *c)
{
    ((cph_unpack_fn *)c->kernel)(form_of(c), c->samples, c->weights, samples_of(c),
                                 c->output->data);
    return CPH_OK;
}

static double error_unpack(check_case *c)
{
    const size_t bytes = samples_of(c) * cph_type_size(c->type);
    void *const exact = check_room(bytes, 1);
    cph_unpack_ref(c->type, form_of(c), c->samples, c->weights, samples_of(c), exact);
    const bool same = bytes == 0 || memcmp(exact, c->output->data, bytes) == 0;
    free(exact);
    return same ? 0.0 : INFINITY;
}

static void make_unpack(check_case *c, cph_type type, enum cph_kernel_index kernel)
{
    const size_t item = cph_type_size(type) / 2;
    c->type = type;
    c->samples = draw_bytes(c, plane_bytes(c, 0), item);
    c->weights = form_of(c).layout == CPH_PLANAR ? draw_bytes(c, plane_bytes(c, 1), item) : NULL;
    c->output = check_memory(c, samples_of(c) * 2 * item, item);
    c->kernel = check_variant(c, kernel);
    c->run = run_unpack;
    c->error = error_unpack;
    c->bytes = (double)(plane_bytes(c, 0) + plane_bytes(c, 1) + c->output->bytes);
}

static cph_status run_pack(check_case *c)
{
    ((cph_pack_fn *)c->kernel)(form_of(c), c->samples, samples_of(c), c->output->data, c->sums);
    return CPH_OK;
}

static double error_pack(check_case *c)
{
    const size_t first = plane_bytes(c, 0), second = plane_bytes(c, 1);
    unsigned char *const exact = check_room(first + second, 1);
    cph_pack_ref(c->type, form_of(c), c->samples, samples_of(c), exact, exact + first);
    const bool same = (first == 0 || memcmp(exact, c->output->data, first) == 0) &&
                      (second == 0 || memcmp(exact + first, c->sums, second) == 0);
    free(exact);
    return same ? 0.0 : INFINITY;
}

static void make_pack(check_case *c, cph_type type, enum cph_kernel_index kernel)
{
    const size_t item = cph_type_size(type) / 2;
    c->type = type;
    c->samples = draw_bytes(c, samples_of(c) * 2 * item, item);
    c->output = check_memory(c, plane_bytes(c, 0), item);
    c->sums =
        form_of(c).layout == CPH_PLANAR ? check_memory(c, plane_bytes(c, 1), item)->data : NULL;
    c->kernel = check_variant(c, kernel);
    c->run = run_pack;
    c->error = error_pack;
    c->bytes = (double)(plane_bytes(c, 0) + plane_bytes(c, 1) + samples_of(c) * 2 * item);
}

void check_case_unpack_c8(check_case *c)
{
    make_unpack(c, CPH_C8, CPH_KERNEL_unpack_c8);
}
void check_case_unpack_c16(check_case *c)
{
    make_unpack(c, CPH_C16, CPH_KERNEL_unpack_c16);
}
void check_case_unpack_c32(check_case *c)
{
    make_unpack(c, CPH_C32, CPH_KERNEL_unpack_c32);
}
void check_case_pack_c8(check_case *c)
{
    make_pack(c, CPH_C8, CPH_KERNEL_pack_c8);
}
void check_case_pack_c16(check_case *c)
{
    make_pack(c, CPH_C16, CPH_KERNEL_pack_c16);
}
void check_case_pack_c32(check_case *c)
{
    make_pack(c, CPH_C32, CPH_KERNEL_pack_c32);
}
