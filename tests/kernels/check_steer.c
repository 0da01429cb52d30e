/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cophase/array.h"
#include "kernels/core/size.h"
#include "tests/kernels/check.h"

static const double freq_hz[2] = {11.7e9, 10.95e9};

static size_t frequencies(const check_case *c)
{
    return 1 + c->config.times % 2;
}
static size_t ld_vectors(const check_case *c)
{
    return c->config.elements + c->config.pad;
}

static cph_status run(check_case *c)
{
    return cph_steer_run(c->plan, frequencies(c), freq_hz, c->config.beams, c->weights,
                         (cph_c32 *)(void *)c->output->data, ld_vectors(c));
}

/* In units of `bound`. */
static double error(check_case *c, double bound)
{
    const size_t n = c->config.elements, ld = ld_vectors(c), freqs = frequencies(c);
    const cph_c32 *const a = (const void *)c->output->data;
    cph_c64 *const exact = check_room(n, sizeof *exact);
    double worst = check_gaps(a, c->config.beams * freqs, n, ld, sizeof *a) ? 0.0 : INFINITY;
    for (size_t v = 0; v < c->config.beams * freqs; v++) {
        const double *const u = (const double *)c->weights + 3 * (v / freqs);
        if (cph_steer_c64(n, c->samples, freq_hz[v % freqs], u, exact) != CPH_OK)
            worst = INFINITY;
        for (size_t i = 0; i < n; i++) {
            const cph_c64 value = {(double)a[v * ld + i].re, (double)a[v * ld + i].im};
            worst = fmax(worst, check_ratio_c64(value, exact[i], (cph_c64){bound, bound}));
        }
    }
    free(exact);
    return worst;
}

static double error_points(check_case *c)
{
    return error(c, 2e-7);
}
static double error_lattice(check_case *c)
{
    return error(c, 5e-7);
}

/* Positions within 50 m; at full scale 14 km, 5.5e5 turns an axis. One hot: one element off the
 * origin. */
static void draw_points(check_case *c, double *position)
{
    const size_t values = 3 * c->config.elements;
    const double reach = c->config.pattern == CHECK_FULL_SCALE ? 14e3 : 50.0;
    for (size_t i = 0; i < values; i++)
        position[i] = c->config.pattern == CHECK_ONE_HOT ? 0.0 : reach * check_draw(c);
    if (c->config.pattern == CHECK_ONE_HOT && values > 0)
        position[cph_random_u64(&c->random) % values] = -17.3;
}

/* Rows of a slanted lattice, every second one shifted by half a step; 14 km wide at full scale. One
 * hot: one element stands beside its place. */
static void draw_lattice(check_case *c, double *position)
{
    const size_t n = c->config.elements, width = n < 5 ? n : 3 + n / 3;
    const double pitch = c->config.pattern == CHECK_FULL_SCALE ? 14e3 / (double)n : 0.013;
    const double origin[3] = {pitch * check_draw(c), 0.3, -0.2}, a[3] = {pitch, 0.1 * pitch, 0.0};
    const double b[3] = {-0.07 * pitch, 0.866 * pitch, 0.01 * pitch};
    for (size_t i = 0; i < n; i++)
        for (size_t axis = 0; axis < 3; axis++) {
            const double column = (double)(i % width) + (i / width % 2 == 1 ? 0.5 : 0.0);
            position[3 * i + axis] =
                origin[axis] + column * a[axis] + (double)(i / width) * b[axis];
        }
    if (c->config.pattern == CHECK_ONE_HOT && n > 0)
        position[cph_random_u64(&c->random) % (3 * n)] += 0.4 * pitch;
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

static void make(check_case *c, bool lattice)
{
    const size_t n = c->config.elements, d = c->config.beams, vectors = d * frequencies(c);
    double *const position =
        (void *)check_memory(c, 3 * n * sizeof *position, sizeof *position)->data;
    double *const direction =
        (void *)check_memory(c, 3 * d * sizeof *direction, sizeof *direction)->data;
    if (lattice)
        draw_lattice(c, position);
    else
        draw_points(c, position);
    draw_directions(c, direction);
    c->samples = position;
    c->weights = direction;
    const size_t out = ((vectors - 1) * ld_vectors(c) + n) * sizeof(cph_c32);
    c->output = check_memory(c, out, sizeof(float));
    const cph_steer_config config = {
        .elements = n, .position = position, .exec = c->config.exec, .lattice = lattice};
    const cph_steer_kernels kernels = {.points = CHECK_VARIANT(c, steer_c32),
                                       .rows = CHECK_VARIANT(c, steer_rows_c32)};
    size_t bytes = 0;
    cph_steer_plan *plan = NULL;
    cph_status status = cph_steer_plan_size(&config, &bytes);
    check_buffer *const memory = check_aligned(c, bytes);
    if (status == CPH_OK)
        status = cph_steer_init_variant(&config, kernels, memory->data, bytes, &plan);
    CHECK(status == CPH_OK, "a steering plan of %zu elements is made", n);
    c->plan = plan;
    c->run = run;
    c->threaded = true;
    c->error = lattice ? error_lattice : error_points;
    c->operations = 30.0 * (double)n * (double)vectors;
    c->bytes = (double)(out + 3 * n * sizeof(double));
}

void check_case_steer_c32(check_case *c)
{
    make(c, false);
}
void check_case_steer_rows_c32(check_case *c)
{
    make(c, true);
}

static void claim_arguments(void)
{
    const double position[6] = {0}, up[3] = {0, 0, 1}, bad[3] = {0, NAN, 1};
    const double freq = 1e9, nan_freq[2] = {1e9, NAN};
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
    CHECK(cph_steer_run(NULL, 1, &freq, 1, up, a, 2) == CPH_ERR_ARGUMENT, "a plan is needed");
    CHECK(cph_steer_run(plan, 1, &freq, 1, up, a, 1) == CPH_ERR_ARGUMENT, "ld covers the elements");
    CHECK(cph_steer_run(plan, 2, nan_freq, 1, up, a, 2) == CPH_ERR_NOT_FINITE,
          "frequencies are finite");
    CHECK(cph_steer_run(plan, 1, &freq, 1, bad, a, 2) == CPH_ERR_NOT_FINITE,
          "directions are finite");
    CHECK(cph_steer_run(plan, 1, &freq, SIZE_MAX / 16, up, a, 2) == CPH_ERR_OVERFLOW,
          "directions that do not fit are refused");
    CHECK(cph_steer_run(plan, 1, &freq, 0, NULL, NULL, 2) == CPH_OK, "no directions are fine");
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
    CHECK(cph_steer_run(plan, 1, &freq, 1, direction, a, 2) == CPH_OK &&
              cph_steer_c64(2, position, freq, direction, b) == CPH_OK,
          "a quarter wavelength is steered");
    CHECK(a[0].re == 1.0f && a[0].im == 0.0f, "the origin has phase 0");
    CHECK(fabsf(a[1].re) < 2e-7f && fabsf(a[1].im - 1.0f) < 2e-7f, "+x is +j for a source at +x");
    CHECK(fabs(b[1].re) < 1e-14 && fabs(b[1].im - 1.0) < 1e-14, "the double one agrees");
    cph_steer_destroy(plan);
}

/* A disc falls into its rows; elements without order into none, and are steered all the same. */
static void claim_rows(void)
{
    enum { N = 1280 };
    cph_array disc;
    double position[3 * N], step[3];
    cph_steer_row rows[N];
    if (cph_array_disc(N, 0.0125, &disc) != CPH_OK)
        return;
    CHECK(cph_array_positions(&disc, position) == CPH_OK, "a disc has positions");
    cph_array_free(&disc);
    size_t heights = 1;
    for (size_t n = 1; n < N; n++)
        heights += position[3 * n + 1] > position[3 * n - 2] + 1e-6;
    const size_t count = cph_steer_find_rows(N, position, step, rows);
    CHECK(count == heights, "a disc of %zu rows is cut into %zu", heights, count);
    CHECK(fabs(step[0] - 0.0125) < 1e-15 && step[1] == 0.0 && step[2] == 0.0,
          "their step is the pitch");
    position[(size_t)3 * 640] += 1e-9;
    CHECK(cph_steer_find_rows(N, position, step, rows) == heights + 2,
          "an element out of place stands alone");
}

/* The row of a direction and frequency is [direction][frequency], and the phase goes with the
 * frequency: a wave from +x at an element 1/8 wavelength off, and 1/4 at twice the frequency. */
static void claim_frequencies(void)
{
    const double position[3] = {0.125, 0, 0},
                 freq[2] = {CPH_SPEED_OF_LIGHT, 2 * CPH_SPEED_OF_LIGHT};
    const double direction[6] = {1, 0, 0, -1, 0, 0};
    const float half = 0.70710678f;
    const cph_c32 expected[4] = {{half, half}, {0, 1}, {half, -half}, {0, -1}};
    cph_c32 a[4] = {0};
    cph_steer_plan *plan = NULL;
    const cph_steer_config config = {.elements = 1, .position = position, .lattice = true};
    if (cph_steer_create(&config, &plan) != CPH_OK)
        return;
    CHECK(cph_steer_run(plan, 2, freq, 2, direction, a, 1) == CPH_OK,
          "two frequencies are steered");
    for (size_t i = 0; i < 4; i++)
        CHECK(fabsf(a[i].re - expected[i].re) < 2e-7f && fabsf(a[i].im - expected[i].im) < 2e-7f,
              "phasor %zu is %g %g", i, (double)a[i].re, (double)a[i].im);
    cph_steer_destroy(plan);
}

/* Beyond 2^20 turns the phase still is that of its sum in double. */
static void claim_far(void)
{
    const double position[3] = {3e6 + 0.375, 0, 0}, direction[3] = {1, 0, 0};
    const double freq = CPH_SPEED_OF_LIGHT;
    cph_c32 a = {0};
    cph_steer_plan *plan = NULL;
    if (cph_steer_create(&(cph_steer_config){.elements = 1, .position = position}, &plan) != CPH_OK)
        return;
    CHECK(cph_steer_run(plan, 1, &freq, 1, direction, &a, 1) == CPH_OK &&
              fabsf(a.re + 0.70710678f) < 2e-7f && fabsf(a.im - 0.70710678f) < 2e-7f,
          "3/8 turn after 3e6 turns is %g %g", (double)a.re, (double)a.im);
    cph_steer_destroy(plan);
}

void check_claims_steer(void)
{
    claim_arguments();
    claim_sign();
    claim_rows();
    claim_frequencies();
    claim_far();
}
