/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/kernels/check.h"

static size_t samples_of(const check_case *c)
{
    return c->config.elements * c->config.times;
}

static double equal_bytes(const void *a, const void *b, size_t bytes)
{
    return bytes == 0 || memcmp(a, b, bytes) == 0 ? 0.0 : INFINITY;
}

static cph_status run_to(check_case *c)
{
    cph_convert_to_fn *const convert = (cph_convert_to_fn *)c->kernel;
    convert(c->samples, samples_of(c), c->scale, (cph_c32 *)(void *)c->output->data);
    return CPH_OK;
}

static double error_to(check_case *c)
{
    cph_c32 *const exact = check_room(samples_of(c), sizeof *exact);
    cph_convert_to_c32_ref(c->type, c->samples, samples_of(c), c->scale, exact);
    const double ratio = equal_bytes(exact, c->output->data, c->output->bytes);
    free(exact);
    return ratio;
}

static void make_to(check_case *c, cph_type type, enum cph_kernel_index kernel)
{
    const size_t count = samples_of(c), size = cph_type_size(type);
    void *const samples = check_memory(c, count * size, size / 2)->data;
    check_fill(c, type, samples, 1, count, count);
    c->type = type;
    c->samples = samples;
    c->scale = 0.0077f;
    c->output = check_memory(c, count * sizeof(cph_c32), sizeof(float));
    c->kernel = check_variant(c, kernel);
    c->run = run_to;
    c->error = error_to;
    c->operations = 2.0 * (double)count;
    c->bytes = (double)(count * (size + sizeof(cph_c32)));
}

static cph_status run_from(check_case *c)
{
    cph_convert_from_fn *const convert = (cph_convert_from_fn *)c->kernel;
    c->count = convert(c->samples, samples_of(c), c->scale, c->output->data);
    return CPH_OK;
}

static double error_from(check_case *c)
{
    void *const exact = check_room(samples_of(c), cph_type_size(c->type));
    const uint64_t clipped =
        cph_convert_from_c32_ref(c->type, c->samples, samples_of(c), c->scale, exact);
    const double ratio = equal_bytes(exact, c->output->data, c->output->bytes);
    free(exact);
    return clipped == c->count ? ratio : INFINITY;
}

/* Half integers (ties) about the range of the type and beyond, and what is not a number. */
static float draw_half(check_case *c, double reach)
{
    static const float special[] = {NAN, INFINITY, -INFINITY, 3e38f, -3e38f, -0.0f};
    const uint64_t pick = cph_random_u64(&c->random) % 64;
    return pick < sizeof special / sizeof *special ? special[pick]
                                                   : (float)floor(reach * check_draw(c));
}

static void make_from(check_case *c, cph_type type, enum cph_kernel_index kernel)
{
    const size_t count = samples_of(c), size = cph_type_size(type);
    cph_c32 *const samples = (void *)check_memory(c, count * sizeof *samples, sizeof(float))->data;
    const double reach = (type == CPH_C8 ? 0x1p8 : 0x1p16) * 1.1;
    check_fill(c, CPH_C32, samples, 1, count, count);
    if (c->config.pattern == CHECK_RANDOM)
        for (size_t i = 0; i < count; i++)
            samples[i] = (cph_c32){draw_half(c, reach), draw_half(c, reach)};
    c->type = type;
    c->samples = samples;
    c->scale = 0.5f;
    c->output = check_memory(c, count * size, size / 2);
    c->kernel = check_variant(c, kernel);
    c->run = run_from;
    c->error = error_from;
    c->operations = 2.0 * (double)count;
    c->bytes = (double)(count * (size + sizeof(cph_c32)));
}

void check_case_convert_c8_c32(check_case *c)
{
    make_to(c, CPH_C8, CPH_KERNEL_convert_c8_c32);
}
void check_case_convert_c16_c32(check_case *c)
{
    make_to(c, CPH_C16, CPH_KERNEL_convert_c16_c32);
}
void check_case_convert_c32_c32(check_case *c)
{
    make_to(c, CPH_C32, CPH_KERNEL_convert_c32_c32);
}
void check_case_convert_c32_c8(check_case *c)
{
    make_from(c, CPH_C8, CPH_KERNEL_convert_c32_c8);
}
void check_case_convert_c32_c16(check_case *c)
{
    make_from(c, CPH_C16, CPH_KERNEL_convert_c32_c16);
}

static void claim_values(void)
{
    const cph_c32 x[4] = {{0.5f, 1.5f}, {-2.5f, 127.5f}, {-128.5f, NAN}, {127.49f, -200.0f}};
    const cph_c8 expected[4] = {{0, 2}, {-2, 127}, {-128, 0}, {127, -128}};
    cph_c8 y[4];
    uint64_t clipped = 0;
    CHECK(cph_convert_from_c32(CPH_C8, x, 4, 1.0f, y, &clipped) == CPH_OK &&
              memcmp(y, expected, sizeof y) == 0,
          "ties go to even, NaN to 0, the rest to the limits");
    CHECK(clipped == 2, "127.5 and -200 saturate, -128.5 does not: %d", (int)clipped);
    cph_c32 z[4];
    CHECK(cph_convert_to_c32(CPH_C8, y, 4, -0.25f, z) == CPH_OK && z[2].re == 32.0f &&
              z[0].im == -0.5f && z[3].im == 32.0f,
          "scaling keeps the order of parts and samples");
    CHECK(cph_convert_from_c32(CPH_C32, x, 4, 2.0f, z, NULL) == CPH_OK && z[1].re == -5.0f &&
              z[1].im == 255.0f,
          "c32 to c32 scales and does not round");
}

static void claim_arguments(void)
{
    const cph_c32 x = {1, 2};
    cph_c32 y;
    uint64_t clipped = 77;
    memset(&y, CHECK_GUARD, sizeof y);
    CHECK(cph_convert_to_c32(CPH_TYPE_COUNT, &x, 1, 1.0f, &y) == CPH_ERR_ARGUMENT,
          "the type is known");
    CHECK(cph_convert_to_c32(CPH_C32, NULL, 1, 1.0f, &y) == CPH_ERR_ARGUMENT, "input is needed");
    CHECK(cph_convert_to_c32(CPH_C32, &x, SIZE_MAX, 1.0f, &y) == CPH_ERR_OVERFLOW,
          "a count that does not fit is refused");
    CHECK(cph_convert_from_c32(CPH_C8, &x, 1, NAN, &y, &clipped) == CPH_ERR_ARGUMENT,
          "the scale is finite");
    CHECK(cph_convert_from_c32(CPH_C8, NULL, 0, 1.0f, NULL, NULL) == CPH_OK, "nothing is fine");
    CHECK(check_untouched(&y, sizeof y, CHECK_GUARD) && clipped == 77,
          "wrong arguments leave the outputs alone");
}

void check_claims_convert(void)
{
    claim_values();
    claim_arguments();
}
