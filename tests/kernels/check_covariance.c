/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/core/sample.h"
#include "kernels/core/size.h"
#include "tests/kernels/check.h"

static size_t ld_of(const check_case *c)
{
    return c->config.elements + c->config.pad;
}

static void *draw_samples(check_case *c, cph_type type, size_t times)
{
    const size_t n = c->config.elements, size = cph_type_size(type);
    const size_t bytes = times == 0 ? 0 : ((times - 1) * ld_of(c) + n) * size;
    void *const samples = check_memory(c, bytes, size / 2)->data;
    check_fill(c, type, samples, times, n, ld_of(c));
    c->type = type;
    c->samples = samples;
    return samples;
}

/* ---- the panel of the last elements ---- */

/* Variants of the tier of a case, by form and type. */
static cph_covariance_kernels variants_of(const check_case *c, cph_covariance_form form,
                                          cph_type type)
{
    switch (form) {
    case CPH_FORM_C8_I8:
        return (cph_covariance_kernels){form, CHECK_VARIANT(c, covariance_pack_c8_i8),
                                        CHECK_VARIANT(c, covariance_c8_i8)};
    case CPH_FORM_C8_I16:
        return (cph_covariance_kernels){form, CHECK_VARIANT(c, covariance_pack_c8_i16),
                                        CHECK_VARIANT(c, covariance_c8_i16)};
    case CPH_FORM_C16_I16:
        return (cph_covariance_kernels){form, CHECK_VARIANT(c, covariance_pack_c16_i16),
                                        CHECK_VARIANT(c, covariance_c16_i16)};
    default:
        return (cph_covariance_kernels){form,
                                        type == CPH_C8 ? CHECK_VARIANT(c, covariance_pack_c8_f32)
                                        : type == CPH_C16
                                            ? CHECK_VARIANT(c, covariance_pack_c16_f32)
                                            : CHECK_VARIANT(c, covariance_pack_c32_f32),
                                        CHECK_VARIANT(c, covariance_f32)};
    }
}

static size_t panel_times(const check_case *c)
{
    return cph_size_min(c->config.times, CPH_BLOCK_C16);
}
static size_t panel_start(const check_case *c)
{
    return (c->config.elements - 1) / CPH_PANEL_ELEMENTS * CPH_PANEL_ELEMENTS;
}

static cph_status run_pack(check_case *c)
{
    cph_covariance_pack_fn *const pack = (cph_covariance_pack_fn *)c->kernel;
    const char *const first = (const char *)c->samples + panel_start(c) * cph_type_size(c->type);
    pack(&(cph_covariance_rows){.samples = first,
                                .ld = ld_of(c),
                                .times = panel_times(c),
                                .elements = c->config.elements - panel_start(c)},
         c->output->data);
    return CPH_OK;
}

/* What the header says of the four numbers of an element and a time, by form. */
static bool packed_i8(const void *panel, size_t times, size_t t, size_t i, cph_c64 x)
{
    const int8_t *const at = (const int8_t *)panel + 64 + t / 2 * 64 + 8 * i + t % 2 * 2;
    const bool last = t + 1 == times && t % 2 == 0;
    return at[0] == x.re && at[1] == x.im && at[4] == -1 - x.im && at[5] == x.re &&
           (!last || (at[2] == 0 && at[3] == 0 && at[6] == -1 && at[7] == 0));
}
static bool packed_i16(const void *panel, size_t times, size_t t, size_t i, cph_c64 x)
{
    const int16_t *const at = (const int16_t *)panel + (t * CPH_PANEL_ELEMENTS + i) * 4;
    (void)times;
    return at[0] == x.re && at[1] == x.im && at[2] == -x.im && at[3] == x.re;
}
static bool packed_c16(const void *panel, size_t times, size_t t, size_t i, cph_c64 x)
{
    const int16_t *const high = (const int16_t *)panel + t * 64 + 4 * i, *const low = high + 32;
    const cph_c16 *const rows = (const cph_c16 *)panel + times * 32 + t * CPH_PANEL_ELEMENTS;
    const double parts[4] = {x.re, x.im, -x.im, x.re};
    bool good = rows[i].re == x.re && rows[i].im == x.im;
    for (size_t k = 0; k < 4; k++)
        good =
            good && 256 * high[k] + low[k] == parts[k] && abs(low[k]) <= 128 && abs(high[k]) <= 128;
    return good;
}
static bool packed_f32(const void *panel, size_t times, size_t t, size_t i, cph_c64 x)
{
    const float re = (float)x.re, im = (float)x.im;
    const size_t twos = (times + 1) / 2, line = 16, two = t / 2 * line + 2 * i + t % 2;
    const float *const first = panel, *const columns = first + 2 * twos * line;
    const float *const rows = columns + twos * line;
    const bool last = t + 1 == times && t % 2 == 0;
    return first[t * line + 2 * i] == re && first[t * line + 2 * i + 1] == im &&
           columns[two] == re - im && rows[two] == re + im &&
           (!last ||
            (first[(t + 1) * line + 2 * i] == 0.0f && first[(t + 1) * line + 2 * i + 1] == 0.0f &&
             columns[two + 1] == 0.0f && rows[two + 1] == 0.0f));
}

static bool sums_are(const check_case *c, size_t i)
{
    const int32_t *const head = (const void *)c->output->data;
    double all = 0.0, real = 0.0;
    for (size_t t = 0; t < panel_times(c) && panel_start(c) + i < c->config.elements; t++) {
        const cph_c64 x = cph_sample(c->type, c->samples, t * ld_of(c) + panel_start(c) + i);
        all += x.re + x.im;
        real += x.re;
    }
    return head[2 * i] == all && head[2 * i + 1] == real;
}

static double error_pack(check_case *c)
{
    static bool (*const packed[CPH_FORM_COUNT])(const void *, size_t, size_t, size_t,
                                                cph_c64) = {[CPH_FORM_C8_I8] = packed_i8,
                                                            [CPH_FORM_C8_I16] = packed_i16,
                                                            [CPH_FORM_C16_I16] = packed_c16,
                                                            [CPH_FORM_F32] = packed_f32};
    const size_t times = panel_times(c);
    for (size_t t = 0; t < times; t++)
        for (size_t i = 0; i < CPH_PANEL_ELEMENTS; i++) {
            const size_t n = panel_start(c) + i;
            const cph_c64 x = n < c->config.elements
                                  ? cph_sample(c->type, c->samples, t * ld_of(c) + n)
                                  : (cph_c64){0.0, 0.0};
            if (!packed[c->count](c->output->data, times, t, i, x))
                return INFINITY;
        }
    for (size_t i = 0; i < CPH_PANEL_ELEMENTS && c->count == CPH_FORM_C8_I8; i++)
        if (!sums_are(c, i))
            return INFINITY;
    return 0.0;
}

static void make_pack(check_case *c, cph_covariance_form form, cph_type type)
{
    draw_samples(c, type, panel_times(c));
    c->count = form;
    c->output = check_aligned(c, cph_covariance_panel_bytes(form, panel_times(c)));
    c->kernel = (cph_any_fn *)variants_of(c, form, type).pack;
    c->run = run_pack;
    c->error = error_pack;
    const double samples = (double)(panel_times(c) * CPH_PANEL_ELEMENTS);
    c->operations = 2.0 * samples;
    c->bytes = samples * (double)cph_type_size(type) + (double)c->output->bytes;
}

/* ---- the whole matrix ---- */

static cph_status run(check_case *c)
{
    cph_status status = cph_covariance_reset(c->plan, c->sums);
    if (status == CPH_OK)
        status = cph_covariance_add(c->plan, c->workspace, c->samples, ld_of(c), c->config.times,
                                    c->sums);
    return status == CPH_OK ? cph_covariance_get(c->plan, c->sums, 1.0,
                                                 (cph_c64 *)(void *)c->output->data, ld_of(c))
                            : status;
}

/* Integers are exact. Of floats, with p = a + ib, q = c + id: sums of n products a c, b d have n +
 * 1 roundings where nothing is fused; those of n / 2 products (a + b)(c - d) as many and two of
 * their factors; then one where two are added. Doubles are left one. The upper triangle is a copy.
 */
static cph_c64 bound(const check_case *c, size_t p, size_t q)
{
    if (c->type != CPH_C32)
        return (cph_c64){0.0, 0.0};
    const double block = (double)cph_size_min(c->config.times, CPH_DRAIN_FLOAT);
    double own = 0.0, mixed = 0.0;
    for (size_t t = 0; t < c->config.times; t++) {
        const cph_c64 x = cph_sample(c->type, c->samples, t * ld_of(c) + p);
        const cph_c64 y = cph_sample(c->type, c->samples, t * ld_of(c) + q);
        own += fabs(x.re * y.re) + fabs(x.im * y.im);
        mixed += p >= q ? fabs((x.re + x.im) * (y.re - y.im)) : fabs((y.re + y.im) * (x.re - x.im));
    }
    const double re = (block + 3.0) * 0x1p-24 * own;
    return (cph_c64){re, re + (ceil(block / 2.0) + 5.0) * 0x1p-24 * mixed};
}

static double error(check_case *c)
{
    const size_t n = c->config.elements, ld = ld_of(c);
    const cph_c64 *const r = (const void *)c->output->data;
    cph_c64 *const exact = check_room(n * n, sizeof *exact);
    double worst = check_gaps(r, n, n, ld, sizeof *r) ? 0.0 : INFINITY;
    cph_covariance_ref(c->type, c->config.times, NULL, c->samples, ld, n, c->samples, ld, n, exact,
                       n);
    for (size_t p = 0; p < n; p++)
        for (size_t q = 0; q < n; q++)
            worst = fmax(worst, check_ratio_c64(r[p * ld + q], exact[p * n + q], bound(c, p, q)));
    free(exact);
    return worst;
}

static void make(check_case *c, cph_covariance_form form, cph_type type)
{
    const size_t n = c->config.elements, times = c->config.times;
    const cph_covariance_kernels variants = variants_of(c, form, type);
    draw_samples(c, type, times);
    c->output = check_memory(c, ((n - 1) * ld_of(c) + n) * sizeof(cph_c64), sizeof(double));
    const cph_covariance_config config = {.elements = n, .type = type, .exec = c->config.exec};
    size_t bytes = 0;
    cph_covariance_plan *plan = NULL;
    cph_status status = cph_covariance_plan_size(&config, &bytes);
    check_buffer *const memory = check_aligned(c, bytes);
    if (status == CPH_OK)
        status = cph_covariance_init_variant(&config, &variants, memory->data, bytes, &plan);
    CHECK(status == CPH_OK, "a covariance plan of %zu elements is made", n);
    c->plan = plan;
    c->workspace = check_aligned(c, cph_covariance_workspace_size(plan))->data;
    c->sums = check_aligned(c, cph_covariance_sums_size(plan))->data;
    c->run = run;
    c->threaded = true;
    c->error = error;
    c->operations = 4.0 * (double)n * (double)(n + 1) * (double)times;
    c->bytes = (double)(n * times * cph_type_size(type));
}

#define CASE(name, make_case, form, type)                                                          \
    void check_case_covariance_##name(check_case *c)                                               \
    {                                                                                              \
        make_case(c, CPH_FORM_##form, CPH_##type);                                                 \
    }
CASE(pack_c8_i8, make_pack, C8_I8, C8)
CASE(pack_c8_i16, make_pack, C8_I16, C8)
CASE(pack_c16_i16, make_pack, C16_I16, C16)
CASE(pack_c8_f32, make_pack, F32, C8)
CASE(pack_c16_f32, make_pack, F32, C16)
CASE(pack_c32_f32, make_pack, F32, C32)
CASE(c8_i8, make, C8_I8, C8)
CASE(c8_i16, make, C8_I16, C8)
CASE(c16_i16, make, C16_I16, C16)
CASE(f32, make, F32, C32)

/* ---- claims ---- */

struct small {
    cph_covariance_plan *plan;
    void *workspace;
    cph_covariance_sums *sums;
    check_case memory;
};

static bool make_small(struct small *s, size_t elements, cph_type type)
{
    const cph_covariance_config config = {.elements = elements, .type = type};
    *s = (struct small){0};
    if (cph_covariance_create(&config, &s->plan) != CPH_OK)
        return false;
    s->workspace = check_aligned(&s->memory, cph_covariance_workspace_size(s->plan))->data;
    s->sums = (void *)check_aligned(&s->memory, cph_covariance_sums_size(s->plan))->data;
    return cph_covariance_reset(s->plan, s->sums) == CPH_OK;
}

static void free_small(struct small *s)
{
    cph_covariance_destroy(s->plan);
    check_close(&s->memory);
}

/* R = E[x x^H]: with x_1 ahead of x_0 by a quarter turn, R_10 is +j. Two calls add up. */
static void claim_sign(void)
{
    struct small s;
    const cph_c8 x[2] = {{2, 0}, {0, 3}};
    cph_c64 r[4] = {{0.0, 0.0}};
    const bool made = make_small(&s, 2, CPH_C8);
    CHECK(made && cph_covariance_add(s.plan, s.workspace, x, 2, 1, s.sums) == CPH_OK &&
              cph_covariance_add(s.plan, s.workspace, x, 2, 1, s.sums) == CPH_OK &&
              cph_covariance_times(s.plan, s.sums) == 2 &&
              cph_covariance_get(s.plan, s.sums, 0.5, r, 2) == CPH_OK,
          "two calls add up");
    CHECK(made && r[2].re == 0.0 && r[2].im == 6.0 && r[1].re == 0.0 && r[1].im == -6.0,
          "R_10 = +6j, R_01 = -6j");
    CHECK(made && r[0].re == 4.0 && r[3].re == 9.0 && r[0].im == 0.0 && r[3].im == 0.0,
          "the diagonal is real");
    free_small(&s);
}

static void claim_nan(void)
{
    struct small s;
    const cph_c32 x[3] = {{1, 0}, {NAN, 0}, {0, 1}};
    cph_c64 r[9] = {{0.0, 0.0}};
    const bool made = make_small(&s, 3, CPH_C32);
    CHECK(made && cph_covariance_add(s.plan, s.workspace, x, 3, 1, s.sums) == CPH_OK &&
              cph_covariance_get(s.plan, s.sums, 1.0, r, 3) == CPH_OK && isnan(r[1].re) &&
              isnan(r[5].re) && isnan(r[4].re) && r[2].im == -1.0 && r[8].re == 1.0,
          "NaN stays in its row and column");
    free_small(&s);
}

static void claim_arguments(void)
{
    const cph_covariance_config keep = {
        .elements = 1, .type = CPH_C8, .average_times = 1, .average_keep = 1.5};
    const cph_covariance_config none = {.elements = 0, .type = CPH_C8};
    const cph_covariance_config huge = {.elements = SIZE_MAX / 2, .type = CPH_C8};
    struct small s;
    const cph_c16 x[2] = {{1, 2}, {3, 4}};
    cph_c64 r[4];
    size_t bytes = 0;
    memset(r, CHECK_GUARD, sizeof r);
    CHECK(cph_covariance_plan_size(&none, &bytes) == CPH_ERR_ARGUMENT, "no elements are refused");
    CHECK(cph_covariance_plan_size(&keep, &bytes) == CPH_ERR_ARGUMENT,
          "an average keeps at most 1");
    CHECK(cph_covariance_plan_size(&huge, &bytes) == CPH_ERR_OVERFLOW && bytes == 0,
          "a size that does not fit is refused");
    if (!make_small(&s, 2, CPH_C16))
        return;
    CHECK(cph_covariance_add(s.plan, NULL, x, 2, 1, s.sums) == CPH_ERR_ARGUMENT,
          "a workspace is needed");
    CHECK(cph_covariance_add(s.plan, s.workspace, x, 1, 1, s.sums) == CPH_ERR_ARGUMENT,
          "ld covers the elements");
    CHECK(cph_covariance_add(s.plan, s.workspace, x, 2, SIZE_MAX / 4, s.sums) == CPH_ERR_OVERFLOW,
          "times that do not fit are refused");
    CHECK(cph_covariance_add(s.plan, s.workspace, x, 2, (size_t)UINT32_MAX + 1, s.sums) ==
              CPH_ERR_OVERFLOW,
          "more times than stay exact are refused");
    CHECK(cph_covariance_add_cross(s.plan, s.workspace, x, 2, x, 2, 1, NULL, s.sums) ==
                  CPH_ERR_ARGUMENT &&
              cph_covariance_add_weighted(s.plan, s.workspace, x, 2, 1, (const float[]){1.0f},
                                          s.sums) == CPH_ERR_ARGUMENT,
          "a plain plan takes neither y nor weights");
    CHECK(cph_covariance_add(s.plan, s.workspace, NULL, 2, 0, s.sums) == CPH_OK &&
              cph_covariance_times(s.plan, s.sums) == 0,
          "no times are fine");
    CHECK(cph_covariance_get(s.plan, s.sums, NAN, r, 2) == CPH_ERR_ARGUMENT &&
              cph_covariance_get(s.plan, s.sums, 1.0, r, 1) == CPH_ERR_ARGUMENT &&
              check_untouched(r, sizeof r, CHECK_GUARD),
          "wrong arguments leave the output alone");
    free_small(&s);
}

void check_claims_covariance(void)
{
    claim_sign();
    claim_nan();
    claim_arguments();
}
