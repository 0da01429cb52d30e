/* SPDX-License-Identifier: MIT */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/core/sample.h"
#include "tests/kernels/check.h"

static size_t ld_of(const check_case *c)
{
    return c->config.elements + c->config.pad;
}

/* What a level held before: sums must be added to it. */
static const cph_level before = {
    .power = 5.0, .sum = {-3.0, 7.0}, .count = 2, .full_scale = 1, .not_finite = 1};

static void start(cph_level *level, size_t elements)
{
    for (size_t n = 0; n < elements; n++)
        level[n] = before;
}

static cph_status run(check_case *c)
{
    cph_level *const level = (void *)c->output->data;
    start(level, c->config.elements);
    ((cph_level_fn *)c->kernel)(c->config.elements, c->config.times, c->samples, ld_of(c), level);
    return CPH_OK;
}

/* (2 T + 2) 2^-53 of the terms' magnitudes, and the rounding of two additions to the level. */
static cph_level bound(const check_case *c, size_t n, const cph_level *exact)
{
    cph_level sums = {0};
    if (c->type != CPH_C32)
        return sums;
    for (size_t t = 0; t < c->config.times; t++) {
        const cph_c64 x = cph_sample(c->type, c->samples, t * ld_of(c) + n);
        if (!isfinite(x.re) || !isfinite(x.im))
            continue;
        sums.power += x.re * x.re + x.im * x.im;
        sums.sum.re += fabs(x.re);
        sums.sum.im += fabs(x.im);
    }
    const double unit = (2.0 * (double)c->config.times + 2.0) * 0x1p-53, add = 2 * 0x1p-53;
    return (cph_level){.power = unit * sums.power + add * exact->power,
                       .sum = {unit * sums.sum.re + add * fabs(exact->sum.re),
                               unit * sums.sum.im + add * fabs(exact->sum.im)}};
}

static double error(check_case *c)
{
    const size_t elements = c->config.elements;
    const cph_level *const level = (const void *)c->output->data;
    cph_level *const exact = check_room(elements, sizeof *exact);
    start(exact, elements);
    cph_level_ref(c->type, elements, c->config.times, c->samples, ld_of(c), exact);
    double worst = 0.0;
    for (size_t n = 0; n < elements; n++) {
        const cph_level b = bound(c, n, &exact[n]);
        worst = fmax(worst, check_ratio(level[n].power, exact[n].power, b.power));
        worst = fmax(worst, check_ratio_c64(level[n].sum, exact[n].sum, b.sum));
        if (level[n].count != exact[n].count || level[n].full_scale != exact[n].full_scale ||
            level[n].not_finite != exact[n].not_finite)
            worst = INFINITY;
    }
    free(exact);
    return worst;
}

/* A few samples that are not finite, or whose square is not a float. */
static void sprinkle(check_case *c, cph_c32 *samples, size_t count)
{
    static const float special[] = {NAN, INFINITY, -INFINITY, FLT_MAX, -FLT_MAX};
    for (size_t i = 0; i < count; i++) {
        const uint64_t pick = cph_random_u64(&c->random) % 64;
        if (pick < sizeof special / sizeof *special)
            samples[i].re = special[pick];
        else if (pick < 2 * sizeof special / sizeof *special)
            samples[i].im = special[pick - sizeof special / sizeof *special];
    }
}

static void make(check_case *c, cph_type type, enum cph_kernel_index kernel)
{
    const size_t n = c->config.elements, times = c->config.times, size = cph_type_size(type);
    const size_t count = times == 0 ? 0 : (times - 1) * ld_of(c) + n;
    void *const samples = check_memory(c, count * size, size / 2)->data;
    check_fill(c, type, samples, times, n, ld_of(c));
    if (type == CPH_C32 && c->config.pattern == CHECK_RANDOM && c->config.place != CHECK_ALIGNED)
        sprinkle(c, samples, count);
    c->type = type;
    c->samples = samples;
    c->output = check_memory(c, n * sizeof(cph_level), sizeof(double));
    c->kernel = check_variant(c, kernel);
    c->run = run;
    c->error = error;
    c->operations = 8.0 * (double)n * (double)times;
    c->bytes = (double)(n * times * size);
}

void check_case_level_c8(check_case *c)
{
    make(c, CPH_C8, CPH_KERNEL_level_c8);
}
void check_case_level_c16(check_case *c)
{
    make(c, CPH_C16, CPH_KERNEL_level_c16);
}
void check_case_level_c32(check_case *c)
{
    make(c, CPH_C32, CPH_KERNEL_level_c32);
}

static void claim_values(void)
{
    const cph_c8 x[6] = {{3, -4}, {127, 0}, {9, 9}, {1, 2}, {-128, 1}, {9, 9}};
    const cph_c32 z[2] = {{NAN, 1.0f}, {2.0f, -1.0f}};
    const cph_c16 limits[3] = {{0, INT16_MAX}, {INT16_MIN, 5}, {-INT16_MAX, 0}};
    cph_level level[2] = {{0}}, floats = {0}, wide = {0};
    CHECK(cph_level_add(CPH_C8, 2, 2, x, 3, level) == CPH_OK && level[0].power == 30.0 &&
              level[0].sum.re == 4.0 && level[0].sum.im == -2.0 && level[0].count == 2 &&
              level[0].full_scale == 0,
          "levels add up element by element");
    CHECK(level[1].full_scale == 2 && level[1].power == 127.0 * 127.0 + 128.0 * 128.0 + 1.0,
          "both limits of the type are full scale");
    CHECK(cph_level_add(CPH_C32, 1, 2, z, 1, &floats) == CPH_OK && floats.not_finite == 1 &&
              floats.count == 2 && floats.power == 5.0 && floats.sum.re == 2.0,
          "NaN is counted and left out");
    CHECK(cph_level_add(CPH_C16, 1, 3, limits, 1, &wide) == CPH_OK && wide.full_scale == 2,
          "int16 has its own limits, and one less is inside");
    CHECK(cph_level_add(CPH_C8, 2, 2, x, 1, level) == CPH_ERR_ARGUMENT && level[0].count == 2,
          "wrong arguments leave the levels alone");
}

/* Every sum at its largest, for longer than any narrow one lasts. */
static void claim_full_scale(void)
{
    enum { TIMES = 70000 };
    cph_c16 *const x = check_room(TIMES, sizeof *x);
    for (size_t t = 0; t < TIMES; t++)
        x[t] = (cph_c16){INT16_MIN, INT16_MIN};
    for (unsigned isa = 0; isa < CPH_ISA_COUNT; isa++) {
        cph_level_fn *const kernel = CPH_VARIANT(level_c16, (cph_isa)isa);
        cph_level level = {0};
        if (kernel == NULL)
            continue;
        kernel(1, TIMES, x, 1, &level);
        CHECK(level.power == TIMES * 0x1p31 && level.sum.re == TIMES * -0x1p15 &&
                  level.sum.im == level.sum.re && level.full_scale == TIMES,
              "%s: sums of %d samples at full scale are exact", cph_isa_name((cph_isa)isa), TIMES);
    }
    free(x);
}

void check_claims_level(void)
{
    claim_values();
    claim_full_scale();
}
