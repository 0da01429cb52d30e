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

static size_t panel_times(const check_case *c)
{
    return cph_size_min(c->config.times, CPH_COVARIANCE_BLOCK);
}
static size_t panel_start(const check_case *c)
{
    return (c->config.elements - 1) / CPH_PANEL_ELEMENTS * CPH_PANEL_ELEMENTS;
}

static cph_status run_pack(check_case *c)
{
    cph_covariance_pack_fn *const pack = (cph_covariance_pack_fn *)c->kernel;
    const char *const first = (const char *)c->samples + panel_start(c) * cph_type_size(c->type);
    pack(first, ld_of(c), panel_times(c), c->config.elements - panel_start(c), c->output->data);
    return CPH_OK;
}

static double part_of_panel(const check_case *c, size_t i)
{
    const void *const panel = c->output->data;
    return c->type == CPH_C16 ? ((const double *)panel)[i] : (double)((const float *)panel)[i];
}

static double error_pack(check_case *c)
{
    for (size_t t = 0; t < panel_times(c); t++)
        for (size_t i = 0; i < CPH_PANEL_ELEMENTS; i++) {
            const size_t n = panel_start(c) + i, at = t * CPH_PANEL_PARTS + 2 * i;
            const cph_c64 x = n < c->config.elements
                                  ? cph_sample(c->type, c->samples, t * ld_of(c) + n)
                                  : (cph_c64){0.0, 0.0};
            if (part_of_panel(c, at) != x.re || part_of_panel(c, at + 1) != x.im)
                return INFINITY;
        }
    return 0.0;
}

static void make_pack(check_case *c, cph_type type, enum cph_kernel_index kernel)
{
    const size_t part = type == CPH_C16 ? sizeof(double) : sizeof(float);
    draw_samples(c, type, panel_times(c));
    c->output = check_aligned(c, panel_times(c) * CPH_PANEL_PARTS * part);
    c->kernel = check_variant(c, kernel);
    c->run = run_pack;
    c->error = error_pack;
    const double samples = (double)(panel_times(c) * CPH_PANEL_ELEMENTS);
    c->operations = 2.0 * samples;
    c->bytes = samples * (double)(cph_type_size(type) + 2 * part);
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

/* Integers are exact. Float sums of a block have a rounding a time and two at the end. */
static cph_c64 bound(const check_case *c, size_t p, size_t q)
{
    if (c->type != CPH_C32)
        return (cph_c64){0.0, 0.0};
    const double unit = (double)(cph_size_min(c->config.times, CPH_COVARIANCE_BLOCK) + 2) * 0x1p-24;
    cph_c64 sum = {0.0, 0.0};
    for (size_t t = 0; t < c->config.times; t++) {
        const cph_c64 x = cph_sample(c->type, c->samples, t * ld_of(c) + p);
        const cph_c64 y = cph_sample(c->type, c->samples, t * ld_of(c) + q);
        sum.re += fabs(x.re * y.re) + fabs(x.im * y.im);
        sum.im += fabs(x.im * y.re) + fabs(x.re * y.im);
    }
    return (cph_c64){unit * sum.re, unit * sum.im};
}

static double error(check_case *c)
{
    const size_t n = c->config.elements, ld = ld_of(c);
    const cph_c64 *const r = (const void *)c->output->data;
    cph_c64 *const exact = check_room(n * n, sizeof *exact);
    double worst = check_gaps(r, n, n, ld, sizeof *r) ? 0.0 : INFINITY;
    cph_covariance_ref(c->type, n, c->samples, ld, c->config.times, exact, n);
    for (size_t p = 0; p < n; p++)
        for (size_t q = 0; q < n; q++)
            worst = fmax(worst, check_ratio_c64(r[p * ld + q], exact[p * n + q], bound(c, p, q)));
    free(exact);
    return worst;
}

static void make(check_case *c, cph_type type, const cph_covariance_kernels *variants)
{
    const size_t n = c->config.elements, times = c->config.times;
    draw_samples(c, type, times);
    c->output = check_memory(c, ((n - 1) * ld_of(c) + n) * sizeof(cph_c64), sizeof(double));
    const cph_covariance_config config = {.elements = n, .type = type, .exec = c->config.exec};
    size_t bytes = 0;
    cph_covariance_plan *plan = NULL;
    cph_status status = cph_covariance_plan_size(&config, &bytes);
    check_buffer *const memory = check_aligned(c, bytes);
    if (status == CPH_OK)
        status = cph_covariance_init_variant(&config, variants, memory->data, bytes, &plan);
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

#define CASES(type, TYPE)                                                                          \
    void check_case_covariance_pack_##type(check_case *c)                                          \
    {                                                                                              \
        make_pack(c, CPH_##TYPE, CPH_KERNEL_covariance_pack_##type);                               \
    }                                                                                              \
    void check_case_covariance_##type(check_case *c)                                               \
    {                                                                                              \
        const cph_covariance_kernels variants = {CHECK_VARIANT(c, covariance_pack_##type),         \
                                                 CHECK_VARIANT(c, covariance_##type)};             \
        make(c, CPH_##TYPE, &variants);                                                            \
    }
CASES(c8, C8)
CASES(c16, C16)
CASES(c32, C32)

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
    const cph_covariance_config none = {.elements = 0, .type = CPH_C8};
    const cph_covariance_config huge = {.elements = SIZE_MAX / 2, .type = CPH_C8};
    struct small s;
    const cph_c16 x[2] = {{1, 2}, {3, 4}};
    cph_c64 r[4];
    size_t bytes = 0;
    memset(r, CHECK_GUARD, sizeof r);
    CHECK(cph_covariance_plan_size(&none, &bytes) == CPH_ERR_ARGUMENT, "no elements are refused");
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
