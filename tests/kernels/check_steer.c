/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/core/size.h"
#include "tests/kernels/check.h"

static const double freq_hz = 11.7e9;

static cph_status run(check_case *c)
{
    return cph_steer_run(c->plan, freq_hz, c->config.beams, c->weights,
                         (cph_c32 *)(void *)c->output->data, c->config.elements + c->config.pad);
}

static double error(check_case *c)
{
    const size_t n = c->config.elements, ld = n + c->config.pad;
    const cph_c32 *const a = (const void *)c->output->data;
    cph_c64 *const exact = check_room(n, sizeof *exact);
    double worst = check_gaps(a, c->config.beams, n, ld, sizeof *a) ? 0.0 : INFINITY;
    for (size_t d = 0; d < c->config.beams; d++) {
        const double *const u = (const double *)c->weights + 3 * d;
        if (cph_steer_c64(n, c->samples, freq_hz, u, exact) != CPH_OK)
            worst = INFINITY;
        for (size_t i = 0; i < n; i++) {
            const cph_c64 value = {(double)a[d * ld + i].re, (double)a[d * ld + i].im};
            worst = fmax(worst, check_ratio_c64(value, exact[i], (cph_c64){2e-7, 2e-7}));
        }
    }
    free(exact);
    return worst;
}

/* Positions within 50 m; at full scale 14 km, 5.5e5 turns an axis. One hot: one element off the
 * origin. */
static void draw_positions(check_case *c, double *position)
{
    const size_t values = 3 * c->config.elements;
    const double reach = c->config.pattern == CHECK_FULL_SCALE ? 14e3 : 50.0;
    for (size_t i = 0; i < values; i++)
        position[i] = c->config.pattern == CHECK_ONE_HOT ? 0.0 : reach * check_draw(c);
    if (c->config.pattern == CHECK_ONE_HOT && values > 0)
        position[cph_random_u64(&c->random) % values] = -17.3;
}

static void draw_directions(check_case *c, double *direction)
{
    for (size_t d = 0; d < c->config.beams; d++) {
        const double u = 0.7 * check_draw(c), v = 0.7 * check_draw(c);
        direction[3 * d] = u;
        direction[3 * d + 1] = v;
        direction[3 * d + 2] = sqrt(1.0 - u * u - v * v);
    }
}

void check_case_steer_c32(check_case *c)
{
    const size_t n = c->config.elements, d = c->config.beams;
    double *const position =
        (void *)check_memory(c, 3 * n * sizeof *position, sizeof *position)->data;
    double *const direction =
        (void *)check_memory(c, 3 * d * sizeof *direction, sizeof *direction)->data;
    draw_positions(c, position);
    draw_directions(c, direction);
    c->samples = position;
    c->weights = direction;
    const size_t out = ((d - 1) * (n + c->config.pad) + n) * sizeof(cph_c32);
    c->output = check_memory(c, out, sizeof(float));
    const cph_steer_config config = {.elements = n, .position = position, .exec = c->config.exec};
    size_t bytes = 0;
    cph_steer_plan *plan = NULL;
    cph_status status = cph_steer_plan_size(&config, &bytes);
    check_buffer *const memory = check_aligned(c, bytes);
    if (status == CPH_OK)
        status = cph_steer_init_variant(&config, CHECK_VARIANT(c, steer_c32), memory->data, bytes,
                                        &plan);
    CHECK(status == CPH_OK, "a steering plan of %zu elements is made", n);
    c->plan = plan;
    c->run = run;
    c->threaded = true;
    c->error = error;
    c->operations = 30.0 * (double)n * (double)d;
    c->bytes = (double)(out + 3 * n * sizeof(double));
}

static void claim_arguments(void)
{
    const double position[6] = {0}, up[3] = {0, 0, 1}, bad[3] = {0, NAN, 1};
    _Alignas(CPH_ALIGNMENT) unsigned char memory[1024];
    size_t bytes = 0;
    cph_steer_plan *plan = NULL;
    const cph_steer_config config = {.elements = 2, .position = position};
    const cph_steer_config none = {.position = position};
    const cph_steer_config huge = {.elements = SIZE_MAX / 3, .position = position};
    const cph_steer_config nan = {.elements = 1, .position = bad};
    cph_c32 a[2];
    memset(a, CHECK_GUARD, sizeof a);
    CHECK(cph_steer_plan_size(&none, &bytes) == CPH_ERR_ARGUMENT, "no elements are refused");
    CHECK(cph_steer_plan_size(&huge, &bytes) == CPH_ERR_OVERFLOW && bytes == 0,
          "a size that does not fit is refused");
    CHECK(cph_steer_create(&nan, &plan) == CPH_ERR_NOT_FINITE && plan == NULL,
          "positions are finite");
    CHECK(cph_steer_init(&config, memory + 1, sizeof memory - 1, &plan) == CPH_ERR_ARGUMENT,
          "memory is aligned");
    if (cph_steer_create(&config, &plan) != CPH_OK)
        return;
    CHECK(cph_steer_run(NULL, 1e9, 1, up, a, 2) == CPH_ERR_ARGUMENT, "a plan is needed");
    CHECK(cph_steer_run(plan, 1e9, 1, up, a, 1) == CPH_ERR_ARGUMENT, "ld covers the elements");
    CHECK(cph_steer_run(plan, NAN, 1, up, a, 2) == CPH_ERR_ARGUMENT, "the frequency is finite");
    CHECK(cph_steer_run(plan, 1e9, 1, bad, a, 2) == CPH_ERR_NOT_FINITE, "directions are finite");
    CHECK(cph_steer_run(plan, 1e9, SIZE_MAX / 16, up, a, 2) == CPH_ERR_OVERFLOW,
          "directions that do not fit are refused");
    CHECK(cph_steer_run(plan, 1e9, 0, NULL, NULL, 2) == CPH_OK, "no directions are fine");
    CHECK(check_untouched(a, sizeof a, CHECK_GUARD), "wrong arguments leave the output alone");
    cph_steer_destroy(plan);
}

/* A source on the +x side reaches an element at +x first: its phase is ahead. */
static void claim_sign(void)
{
    const double wavelength = 0.25, position[6] = {0, 0, 0, wavelength / 4, 0, 0};
    const double direction[3] = {1, 0, 0};
    cph_c32 a[2] = {0};
    cph_c64 b[2] = {0};
    cph_steer_plan *plan = NULL;
    const cph_steer_config config = {.elements = 2, .position = position};
    const double freq = CPH_SPEED_OF_LIGHT / wavelength;
    if (cph_steer_create(&config, &plan) != CPH_OK)
        return;
    CHECK(cph_steer_run(plan, freq, 1, direction, a, 2) == CPH_OK &&
              cph_steer_c64(2, position, freq, direction, b) == CPH_OK,
          "a quarter wavelength is steered");
    CHECK(a[0].re == 1.0f && a[0].im == 0.0f, "the origin has phase 0");
    CHECK(fabsf(a[1].re) < 2e-7f && fabsf(a[1].im - 1.0f) < 2e-7f, "+x is +j for a source at +x");
    CHECK(fabs(b[1].re) < 1e-14 && fabs(b[1].im - 1.0) < 1e-14, "the double one agrees");
    cph_steer_destroy(plan);
}

void check_claims_steer(void)
{
    claim_arguments();
    claim_sign();
}
