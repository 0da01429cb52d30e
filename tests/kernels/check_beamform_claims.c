/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/kernels/check.h"

static void claim_arguments(void)
{
    enum { N = 3, B = 2 };
    const cph_beamform_config config = {.elements = N, .beams = B, .type = CPH_C8};
    const cph_beamform_config no_type = {.elements = N, .beams = B, .type = CPH_TYPE_COUNT};
    const cph_beamform_config no_bits = {
        .elements = N, .beams = B, .type = CPH_C8, .weight_bits = 12};
    const cph_beamform_config no_output = {
        .elements = N, .beams = B, .type = CPH_C8, .output = CPH_C32, .output_scale = 1.0f};
    const cph_beamform_config huge = {.elements = SIZE_MAX / 2, .beams = B, .type = CPH_C8};
    const cph_c8 x[N] = {{0, 0}};
    cph_c32 w[B * N] = {{0, 0}}, y[B];
    size_t bytes = 0;
    cph_beamform_plan *plan = NULL;
    memset(y, CHECK_GUARD, sizeof y);
    CHECK(cph_beamform_plan_size(&no_type, &bytes) == CPH_ERR_ARGUMENT, "the type is known");
    CHECK(cph_beamform_plan_size(&no_bits, &bytes) == CPH_ERR_ARGUMENT, "12 bits are no choice");
    CHECK(cph_beamform_plan_size(&no_output, &bytes) == CPH_ERR_ARGUMENT,
          "integer beams are of an integer type");
    CHECK(cph_beamform_plan_size(&huge, &bytes) == CPH_ERR_OVERFLOW && bytes == 0,
          "a size that does not fit is refused");
    CHECK(cph_beamform_create(&config, w, N - 1, &plan) == CPH_ERR_ARGUMENT, "ldw covers N");
    w[B * N - 1].im = INFINITY;
    CHECK(cph_beamform_create(&config, w, N, &plan) == CPH_ERR_NOT_FINITE && plan == NULL,
          "weights are finite");
    w[B * N - 1].im = 0.0f;
    if (cph_beamform_create(&config, w, N, &plan) != CPH_OK)
        return;
    check_case c = {.config = {.place = CHECK_AT_END}};
    void *const work = check_aligned(&c, cph_beamform_workspace_size(plan))->data;
    CHECK(cph_beamform_run(NULL, NULL, x, N, 1, y, B) == CPH_ERR_ARGUMENT, "a plan is needed");
    CHECK(cph_beamform_run(plan, work, NULL, N, 1, y, B) == CPH_ERR_ARGUMENT, "samples are needed");
    CHECK(cph_beamform_run(plan, work, x, N - 1, 1, y, B) == CPH_ERR_ARGUMENT, "ld covers N");
    CHECK(cph_beamform_run(plan, work, x, N, 1, y, B - 1) == CPH_ERR_ARGUMENT, "ld covers B");
    CHECK(cph_beamform_run(plan, work, x, N, SIZE_MAX / 4, y, B) == CPH_ERR_OVERFLOW,
          "times that do not fit are refused");
    CHECK(cph_beamform_run(plan, NULL, NULL, N, 0, NULL, B) == CPH_OK, "no times are fine");
    CHECK(check_untouched(y, sizeof y, CHECK_GUARD), "wrong arguments leave the output alone");
    cph_beamform_destroy(plan);
    check_close(&c);
}

/* y = w^H x: a weight of j takes the phase of a sample of j away. */
static void claim_conjugation(void)
{
    const cph_beamform_config config = {.elements = 1, .beams = 1, .type = CPH_C8};
    const cph_c32 w = {0.0f, 1.0f};
    const cph_c8 x = {0, 5};
    cph_c32 y = {0};
    cph_beamform_plan *plan = NULL;
    check_case c = {.config = {.place = CHECK_AT_END}};
    CHECK(cph_beamform_create(&config, &w, 1, &plan) == CPH_OK, "a plan of one beam is made");
    void *const work = check_aligned(&c, cph_beamform_workspace_size(plan))->data;
    CHECK(cph_beamform_run(plan, work, &x, 1, 1, &y, 1) == CPH_OK && fabsf(y.re - 5.0f) < 2e-6f &&
              y.im == 0.0f,
          "conj(j) 5j = 5, got %g %g", (double)y.re, (double)y.im);
    cph_beamform_destroy(plan);
    check_close(&c);
}

/* An element that is flagged (no weight in any beam) may hold NaN; one that is used may not, and
 * then only its own time suffers. */
static void claim_flagged(const cph_beamform_choice *choice)
{
    enum { N = 19, B = 3, T = 4, DEAD = 7, BAD_TIME = 2, BAD_ELEMENT = 17 };
    const cph_beamform_config config = {.elements = N, .beams = B, .type = CPH_C32};
    cph_c32 w[B * N], x[T * N], y[T * B];
    size_t bytes = 0;
    cph_beamform_plan *plan = NULL;
    for (size_t i = 0; i < (size_t)B * N; i++)
        w[i] = i % N == DEAD ? (cph_c32){0, 0} : (cph_c32){1, 0};
    for (size_t i = 0; i < (size_t)T * N; i++)
        x[i] = i % N == DEAD ? (cph_c32){NAN, INFINITY} : (cph_c32){2, -1};
    x[BAD_TIME * N + BAD_ELEMENT].im = NAN;
    if (cph_beamform_size_choice(&config, choice, &bytes) != CPH_OK)
        return;
    check_case c = {.config = {.isa = choice->isa}};
    void *const memory = check_aligned(&c, bytes)->data;
    const bool made =
        cph_beamform_init_choice(&config, choice, w, N, memory, bytes, &plan) == CPH_OK;
    void *const workspace = check_aligned(&c, cph_beamform_workspace_size(plan))->data;
    const bool ran = made && cph_beamform_run(plan, workspace, x, N, T, y, B) == CPH_OK;
    CHECK(ran, "a plan with a flagged element runs");
    for (size_t i = 0; ran && i < (size_t)T * B; i++) {
        const bool bad = i / B == BAD_TIME;
        CHECK(bad ? isnan(y[i].im) : y[i].re == 2.0f * (N - 1) && y[i].im == -1.0f * (N - 1),
              "%s: beam %zu of time %zu is %g %g", cph_isa_name(choice->isa), i % B, i / B,
              (double)y[i].re, (double)y[i].im);
    }
    check_close(&c);
}

/* A plan whose weights are replaced is the plan that is made of them; beams left alone stay. */
static void claim_set_weights(cph_type type, cph_beamform_regime regime)
{
    enum { N = 11, B = 5, C = 2, T = 3, FIRST = 1, COUNT = 3, ROWS = B * C };
    const cph_beamform_config config = {
        .elements = N, .beams = B, .channels = C, .type = type, .weight_bits = 8};
    const cph_beamform_choice choice = {CPH_ISA_COUNT - 1, regime, CPH_BEAMFORM_ANY};
    check_case c = {.config = {.isa = CPH_ISA_SCALAR}};
    cph_c32 before[ROWS * N], after[ROWS * N], y[2][T * C * B];
    size_t bytes = 0;
    cph_beamform_plan *plan[2];
    void *memory[2];
    cph_random_seed(&c.random, 7, 0);
    for (size_t i = 0; i < (size_t)ROWS * N; i++) {
        const size_t beam = i / N / C;
        before[i] = (cph_c32){(float)check_draw(&c), (float)check_draw(&c)};
        after[i] = beam >= FIRST && beam < FIRST + COUNT
                       ? (cph_c32){3.0f * (float)check_draw(&c), (float)check_draw(&c)}
                       : before[i];
    }
    if (cph_beamform_size_choice(&config, &choice, &bytes) != CPH_OK)
        return;
    void *const samples = check_room((size_t)T * C * N, cph_type_size(type));
    check_fill(&c, type, samples, (size_t)T * C, N, N);
    for (size_t i = 0; i < 2; i++) {
        memory[i] = check_aligned(&c, bytes)->data;
        CHECK(cph_beamform_init_choice(&config, &choice, i == 0 ? after : before, N, memory[i],
                                       bytes, &plan[i]) == CPH_OK,
              "a plan is made");
    }
    CHECK(cph_beamform_set_weights(plan[1], FIRST, COUNT, after + (size_t)FIRST * C * N, N) ==
              CPH_OK,
          "weights are replaced");
    void *const workspace = check_aligned(&c, cph_beamform_workspace_size(plan[0]))->data;
    for (size_t i = 0; i < 2; i++)
        CHECK(cph_beamform_run(plan[i], workspace, samples, N, T, y[i], B) == CPH_OK, "it runs");
    CHECK(memcmp(y[0], y[1], sizeof y[0]) == 0, "replaced weights of type %d give the same beams",
          (int)type);
    CHECK(cph_beamform_set_weights(plan[1], 1, B, after, N) == CPH_ERR_ARGUMENT,
          "beams beyond the plan's are refused");
    free(samples);
    check_close(&c);
}

/* Two elements, weights 1 and 0.3 j: 0.3 * 127 = 38.1 is kept as 38, 0.1 / 127 off. Beams of floats
 * of c16 samples keep the 32 bits that 16 ask for at least; beams of integers, 16. */
static void claim_described(void)
{
    const cph_c32 w[2] = {{1.0f, 0.0f}, {0.0f, 0.3f}};
    static const struct expected {
        cph_type type;
        unsigned asked, kept;
        float output_scale;
        double error, floor_db;
    } expected[] = {{CPH_C8, 8, 8, 0.0f, 0.1 / 127, -64.35557}, /* 20 log10(0.1 / 127 / 1.3) */
                    {CPH_C8, 16, 16, 0.0f, 0.4 / 32512, -100.47889},
                    {CPH_C8, 0, 16, 0.0f, 0.4 / 32512, -100.47889},
                    {CPH_C16, 8, 8, 0.0f, 0.1 / 127, -64.35557},
                    {CPH_C16, 16, 32, 0.0f, 0.0, -INFINITY},
                    {CPH_C16, 16, 16, 1.0f, 0.4 / 32512, -100.47889},
                    {CPH_C16, 32, 32, 0.0f, 0.0, -INFINITY},
                    {CPH_C32, 8, 32, 0.0f, 0.0, -INFINITY}};
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        const struct expected *const e = &expected[i];
        const cph_beamform_config config = {.elements = 2,
                                            .beams = 1,
                                            .type = e->type,
                                            .weight_bits = e->asked,
                                            .output = CPH_C16,
                                            .output_scale = e->output_scale};
        cph_beamform_plan *plan = NULL;
        cph_beamform_info info = {0};
        const bool told = cph_beamform_create(&config, w, 2, &plan) == CPH_OK &&
                          cph_beamform_describe(plan, &info) == CPH_OK;
        CHECK(told && info.weight_bits == e->kept && info.weight_bytes > 0 &&
                  fabs(info.weight_error - e->error) <= 1e-2 * e->error &&
                  (info.null_floor_db == e->floor_db ||
                   fabs(info.null_floor_db - e->floor_db) < 0.05),
              "%u bits: kept %u, error %g, floor %g dB", e->asked, info.weight_bits,
              info.weight_error, info.null_floor_db);
        cph_beamform_destroy(plan);
    }
}

void check_claims_beamform(void)
{
    static const cph_type types[] = {CPH_C8, CPH_C16, CPH_C32};
    claim_arguments();
    claim_conjugation();
    claim_described();
    for (unsigned regime = CPH_BEAMFORM_ROWS; regime <= CPH_BEAMFORM_COLUMNS; regime++) {
        for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
            claim_set_weights(types[i], (cph_beamform_regime)regime);
        for (unsigned isa = 0; isa < CPH_ISA_COUNT; isa++)
            if (cph_isa_available((cph_isa)isa))
                claim_flagged(&(cph_beamform_choice){(cph_isa)isa, (cph_beamform_regime)regime,
                                                     CPH_BEAMFORM_ANY});
    }
}
