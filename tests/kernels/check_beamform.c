/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/core/sample.h"
#include "tests/kernels/check.h"

static size_t ld_weights(const check_case *c)
{
    return c->config.elements + 2 * c->config.pad;
}
static size_t ld_samples(const check_case *c)
{
    return c->config.elements + c->config.pad;
}
static size_t ld_beams(const check_case *c)
{
    return c->config.beams + c->config.pad;
}

static cph_status run(check_case *c)
{
    return cph_beamform_run(c->plan, NULL, c->samples, ld_samples(c), c->config.times,
                            (cph_c32 *)(void *)c->output->data, ld_beams(c));
}

/* (2 N + 4) 2^-24 times the sums of magnitudes, a part each. */
static cph_c64 bound(const check_case *c, size_t t, size_t b)
{
    const cph_c32 *const w = (const cph_c32 *)c->weights + b * ld_weights(c);
    const double unit = (2.0 * (double)c->config.elements + 4.0) * 0x1p-24;
    cph_c64 sum = {0.0, 0.0};
    for (size_t n = 0; n < c->config.elements; n++) {
        const cph_c64 x = cph_sample(c->type, c->samples, t * ld_samples(c) + n);
        const double wre = fabs((double)w[n].re), wim = fabs((double)w[n].im);
        sum.re += wre * fabs(x.re) + wim * fabs(x.im);
        sum.im += wre * fabs(x.im) + wim * fabs(x.re);
    }
    return (cph_c64){unit * sum.re, unit * sum.im};
}

static double error(check_case *c)
{
    const size_t times = c->config.times, beams = c->config.beams, ld = ld_beams(c);
    const cph_c32 *const y = (const void *)c->output->data;
    cph_c64 *const exact = check_room(times * beams, sizeof *exact);
    double worst = check_gaps(y, times, beams, ld, sizeof *y) ? 0.0 : INFINITY;
    cph_beamform_ref(c->type, c->config.elements, beams, c->weights, ld_weights(c), c->samples,
                     ld_samples(c), times, exact, beams);
    for (size_t t = 0; t < times; t++)
        for (size_t b = 0; b < beams; b++) {
            const cph_c64 value = {(double)y[t * ld + b].re, (double)y[t * ld + b].im};
            worst = fmax(worst, check_ratio_c64(value, exact[t * beams + b], bound(c, t, b)));
        }
    free(exact);
    return worst;
}

static void make(check_case *c, cph_type type, cph_beamform_fn *variant)
{
    const size_t n = c->config.elements, times = c->config.times, beams = c->config.beams;
    const size_t size = cph_type_size(type);
    const size_t in = times == 0 ? 0 : ((times - 1) * ld_samples(c) + n) * size;
    const size_t out = times == 0 ? 0 : ((times - 1) * ld_beams(c) + beams) * sizeof(cph_c32);
    void *const samples = check_memory(c, in, size / 2)->data;
    cph_c32 *const weights =
        (void *)check_memory(c, ((beams - 1) * ld_weights(c) + n) * sizeof *weights, sizeof(float))
            ->data;
    check_fill(c, type, samples, times, n, ld_samples(c));
    for (size_t b = 0; b < beams; b++)
        for (size_t i = 0; i < n; i++)
            weights[b * ld_weights(c) + i] = (cph_c32){(float)check_draw(c), (float)check_draw(c)};
    c->type = type;
    c->samples = samples;
    c->weights = weights;
    c->output = check_memory(c, out, sizeof(float));
    const cph_beamform_config config = {
        .elements = n, .beams = beams, .type = type, .exec = c->config.exec};
    size_t bytes = 0;
    cph_beamform_plan *plan = NULL;
    cph_status status = cph_beamform_plan_size(&config, &bytes);
    check_buffer *const memory = check_aligned(c, bytes);
    if (status == CPH_OK)
        status = cph_beamform_init_variant(&config, weights, ld_weights(c), variant, memory->data,
                                           bytes, &plan);
    CHECK(status == CPH_OK, "a plan of %zu elements, %zu beams is made", n, beams);
    c->plan = plan;
    c->run = run;
    c->threaded = true;
    c->error = error;
    c->operations = 8.0 * (double)n * (double)beams * (double)times;
    c->bytes = (double)(in + out);
}

void check_case_beamform_c8(check_case *c)
{
    make(c, CPH_C8, CHECK_VARIANT(c, beamform_c8));
}
void check_case_beamform_c16(check_case *c)
{
    make(c, CPH_C16, CHECK_VARIANT(c, beamform_c16));
}
void check_case_beamform_c32(check_case *c)
{
    make(c, CPH_C32, CHECK_VARIANT(c, beamform_c32));
}

static void claim_arguments(void)
{
    enum { N = 3, B = 2 };
    const cph_beamform_config config = {.elements = N, .beams = B, .type = CPH_C8};
    const cph_beamform_config no_type = {.elements = N, .beams = B, .type = CPH_TYPE_COUNT};
    const cph_beamform_config huge = {.elements = SIZE_MAX / 2, .beams = B, .type = CPH_C8};
    const cph_c8 x[N] = {{0, 0}};
    cph_c32 w[B * N] = {{0, 0}}, y[B];
    size_t bytes = 0;
    cph_beamform_plan *plan = NULL;
    memset(y, CHECK_GUARD, sizeof y);
    CHECK(cph_beamform_plan_size(&no_type, &bytes) == CPH_ERR_ARGUMENT, "the type is known");
    CHECK(cph_beamform_plan_size(&huge, &bytes) == CPH_ERR_OVERFLOW && bytes == 0,
          "a size that does not fit is refused");
    CHECK(cph_beamform_create(&config, w, N - 1, &plan) == CPH_ERR_ARGUMENT, "ldw covers N");
    w[B * N - 1].im = INFINITY;
    CHECK(cph_beamform_create(&config, w, N, &plan) == CPH_ERR_NOT_FINITE && plan == NULL,
          "weights are finite");
    w[B * N - 1].im = 0.0f;
    if (cph_beamform_create(&config, w, N, &plan) != CPH_OK)
        return;
    CHECK(cph_beamform_run(NULL, NULL, x, N, 1, y, B) == CPH_ERR_ARGUMENT, "a plan is needed");
    CHECK(cph_beamform_run(plan, NULL, NULL, N, 1, y, B) == CPH_ERR_ARGUMENT, "samples are needed");
    CHECK(cph_beamform_run(plan, NULL, x, N - 1, 1, y, B) == CPH_ERR_ARGUMENT, "ld covers N");
    CHECK(cph_beamform_run(plan, NULL, x, N, 1, y, B - 1) == CPH_ERR_ARGUMENT, "ld covers B");
    CHECK(cph_beamform_run(plan, NULL, x, N, SIZE_MAX / 4, y, B) == CPH_ERR_OVERFLOW,
          "times that do not fit are refused");
    CHECK(cph_beamform_run(plan, NULL, NULL, N, 0, NULL, B) == CPH_OK, "no times are fine");
    CHECK(check_untouched(y, sizeof y, CHECK_GUARD), "wrong arguments leave the output alone");
    cph_beamform_destroy(plan);
}

/* y = w^H x: a weight of j takes the phase of a sample of j away. */
static void claim_conjugation(void)
{
    const cph_beamform_config config = {.elements = 1, .beams = 1, .type = CPH_C8};
    const cph_c32 w = {0.0f, 1.0f};
    const cph_c8 x = {0, 5};
    cph_c32 y = {0};
    cph_beamform_plan *plan = NULL;
    CHECK(cph_beamform_create(&config, &w, 1, &plan) == CPH_OK &&
              cph_beamform_run(plan, NULL, &x, 1, 1, &y, 1) == CPH_OK && y.re == 5.0f &&
              y.im == 0.0f,
          "conj(j) 5j = 5, got %g %g", (double)y.re, (double)y.im);
    cph_beamform_destroy(plan);
}

/* An element that is flagged (no weight in any beam) may hold NaN; one that is used may not, and
 * then only its own time suffers. */
static void claim_flagged(cph_isa isa)
{
    enum { N = 19, B = 3, T = 4, DEAD = 7, BAD_TIME = 2, BAD_ELEMENT = 17 };
    cph_beamform_fn *const variant = CPH_VARIANT(beamform_c32, isa);
    const cph_beamform_config config = {.elements = N, .beams = B, .type = CPH_C32};
    cph_c32 w[B * N], x[T * N], y[T * B];
    size_t bytes = 0;
    cph_beamform_plan *plan = NULL;
    for (size_t i = 0; i < (size_t)B * N; i++)
        w[i] = i % N == DEAD ? (cph_c32){0, 0} : (cph_c32){1, 0};
    for (size_t i = 0; i < (size_t)T * N; i++)
        x[i] = i % N == DEAD ? (cph_c32){NAN, INFINITY} : (cph_c32){2, -1};
    x[BAD_TIME * N + BAD_ELEMENT].im = NAN;
    if (variant == NULL || cph_beamform_plan_size(&config, &bytes) != CPH_OK)
        return;
    check_case c = {.config = {.isa = isa}};
    void *const memory = check_aligned(&c, bytes)->data;
    const bool ran =
        cph_beamform_init_variant(&config, w, N, variant, memory, bytes, &plan) == CPH_OK &&
        cph_beamform_run(plan, NULL, x, N, T, y, B) == CPH_OK;
    CHECK(ran, "a plan with a flagged element runs");
    for (size_t i = 0; ran && i < (size_t)T * B; i++) {
        const bool bad = i / B == BAD_TIME;
        CHECK(bad ? isnan(y[i].im) : y[i].re == 2.0f * (N - 1) && y[i].im == -1.0f * (N - 1),
              "%s: beam %zu of time %zu is %g %g", cph_isa_name(isa), i % B, i / B, (double)y[i].re,
              (double)y[i].im);
    }
    check_close(&c);
}

void check_claims_beamform(void)
{
    claim_arguments();
    claim_conjugation();
    for (unsigned isa = 0; isa < CPH_ISA_COUNT; isa++)
        claim_flagged((cph_isa)isa);
}
