/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cophase/array.h"
#include "kernels/core/sample.h"
#include "kernels/core/size.h"
#include "tests/kernels/check.h"

/* ---- apply_c32 ---- */

static cph_status run(check_case *c)
{
    const size_t n = c->config.elements, parts = (2 * n + 15) / 16 * 16;
    const cph_coefficients coefficients = {c->weights, (const float *)c->weights + parts};
    ((cph_apply_fn *)c->kernel)(n, &coefficients, c->samples, (void *)c->output->data);
    return CPH_OK;
}

static double error(check_case *c)
{
    const size_t n = c->config.elements, parts = (2 * n + 15) / 16 * 16;
    const float *const straight = c->weights, *const crossed = straight + parts;
    const cph_c32 *const out = (const void *)c->output->data;
    double worst = 0.0;
    for (size_t i = 0; i < n; i++) {
        const cph_c64 x = cph_sample(CPH_C32, c->samples, i);
        const double re = (double)straight[2 * i], im = (double)crossed[2 * i + 1];
        const cph_c64 exact = {re * x.re - im * x.im, re * x.im + im * x.re};
        const cph_c64 bound = {0x1p-23 * (fabs(re * x.re) + fabs(im * x.im)),
                               0x1p-23 * (fabs(re * x.im) + fabs(im * x.re))};
        worst = fmax(
            worst, check_ratio_c64((cph_c64){(double)out[i].re, (double)out[i].im}, exact, bound));
    }
    return worst;
}

void check_case_apply_c32(check_case *c)
{
    const size_t n = c->config.elements, parts = (2 * n + 15) / 16 * 16;
    void *const samples = check_memory(c, n * sizeof(cph_c32), sizeof(float))->data;
    float *const coefficients = (void *)check_aligned(c, 2 * parts * sizeof(float))->data;
    check_fill(c, CPH_C32, samples, 1, n, n);
    for (size_t i = 0; i < n; i++) {
        const float re = (float)check_draw(c), im = (float)check_draw(c);
        coefficients[2 * i] = coefficients[2 * i + 1] = re;
        coefficients[parts + 2 * i] = -im;
        coefficients[parts + 2 * i + 1] = im;
    }
    c->samples = samples;
    c->weights = coefficients;
    c->output = check_memory(c, n * sizeof(cph_c32), sizeof(float));
    c->kernel = check_variant(c, CPH_KERNEL_apply_c32);
    c->run = run;
    c->error = error;
    c->operations = 6.0 * (double)n;
    c->bytes = (double)(2 * n * sizeof(cph_c32));
}

/* ---- grids ---- */

enum { TIMES = 3, MOST = 40 };

typedef struct scene {
    cph_lattice_config config;
    int32_t site[MOST][2];
    cph_c32 coefficient[2 * MOST];
    size_t ld_samples, ld_beams;
    void *samples;
    cph_c32 *beams;
} scene;

static double draw(cph_random *random)
{
    return 2.0 * cph_random_uniform(random) - 1.0;
}

static void draw_samples(scene *s, cph_random *random)
{
    const size_t count = TIMES * s->config.channels * s->ld_samples;
    s->samples = check_room(count, cph_type_size(s->config.type));
    for (size_t i = 0; i < count; i++) {
        const double re = 100.0 * draw(random), im = 100.0 * draw(random);
        if (s->config.type == CPH_C8)
            ((cph_c8 *)s->samples)[i] = (cph_c8){(int8_t)re, (int8_t)im};
        else if (s->config.type == CPH_C16)
            ((cph_c16 *)s->samples)[i] = (cph_c16){(int16_t)(300 * re), (int16_t)(300 * im)};
        else
            ((cph_c32 *)s->samples)[i] = (cph_c32){(float)re, (float)im};
    }
}

/* Sites of a slanted patch with holes, around (0, 0) and beyond the grid; one element is left out,
 * and its float samples are not numbers. */
static void draw_scene(scene *s, uint64_t seed, size_t channels, size_t p, size_t q, cph_type type)
{
    cph_random random;
    cph_random_seed(&random, seed, p * 1000 + q);
    *s = (scene){.config = {.elements = 0,
                            .site = s->site[0],
                            .channels = channels,
                            .coefficient = s->coefficient,
                            .beams_a = p,
                            .beams_b = q,
                            .type = type,
                            .weight_bits = 32,
                            .quick = true}};
    size_t n = 0;
    for (int32_t j = -2; j <= 3; j++)
        for (int32_t i = -3 - j / 2; i <= 3 - j / 2 && n < MOST; i++) {
            if (cph_random_uniform(&random) < 0.2)
                continue;
            s->site[n][0] = i;
            s->site[n++][1] = j;
        }
    s->config.elements = n;
    for (size_t i = 0; i < channels * n; i++)
        s->coefficient[i] = (cph_c32){(float)draw(&random), (float)draw(&random)};
    s->ld_samples = n + 3;
    s->ld_beams = p * q + 1;
    draw_samples(s, &random);
    for (size_t c = 0; c < channels; c++)
        s->coefficient[c * n + 4] = (cph_c32){0.0f, 0.0f};
    for (size_t row = 0; type == CPH_C32 && row < TIMES * channels; row++)
        ((cph_c32 *)s->samples)[row * s->ld_samples + 4] = (cph_c32){NAN, 1.0f};
    s->beams = check_room(TIMES * channels * s->ld_beams, sizeof *s->beams);
}

static void close_scene(scene *s)
{
    free(s->samples);
    free(s->beams);
}

/* y of beam (p, q) by the definition, and the sum of magnitudes. */
static cph_c64 beam_of(const scene *s, size_t row, double p, double q, double *sum)
{
    const cph_lattice_config *const config = &s->config;
    cph_c64 y = {0.0, 0.0};
    *sum = 0.0;
    for (size_t n = 0; n < config->elements; n++) {
        const cph_c32 c = s->coefficient[row % config->channels * config->elements + n];
        const double angle = 2.0 * M_PI *
                             (p * s->site[n][0] / (double)config->beams_a +
                              q * s->site[n][1] / (double)config->beams_b);
        const double re = (double)c.re * cos(angle) - (double)c.im * sin(angle);
        const double im = (double)c.re * sin(angle) + (double)c.im * cos(angle);
        const cph_c64 x = cph_sample(config->type, s->samples, row * s->ld_samples + n);
        if (re == 0.0 && im == 0.0)
            continue;
        y.re += re * x.re + im * x.im;
        y.im += re * x.im - im * x.re;
        *sum += hypot(re, im) * hypot(x.re, x.im);
    }
    return y;
}

/* Runs a plan of the scene; false when there is none. */
static bool run_scene(scene *s, cph_lattice_method method, const cph_exec *exec)
{
    cph_lattice_plan *plan = NULL;
    s->config.method = method;
    s->config.exec = exec;
    if (cph_lattice_create(&s->config, &plan) != CPH_OK)
        return false;
    check_case c = {.config = {.isa = CPH_ISA_SCALAR}};
    void *const workspace = check_aligned(&c, cph_lattice_workspace_size(plan))->data;
    const bool ran = cph_lattice_run(plan, workspace, s->samples, s->ld_samples, TIMES, s->beams,
                                     s->ld_beams) == CPH_OK;
    CHECK(check_guards(&c), "a grid of beams stays in its workspace");
    check_close(&c);
    cph_lattice_destroy(plan);
    return ran;
}

static double worst_beam(const scene *s)
{
    const size_t p = s->config.beams_a, q = s->config.beams_b;
    const double unit = s->config.method == CPH_LATTICE_FFT
                            ? 0x1p-22 * (2.0 + log2((double)(p * q)))
                            : 0x1p-23 * (2.0 * (double)s->config.elements + 5.0);
    double worst = 0.0;
    for (size_t row = 0; row < TIMES * s->config.channels; row++)
        for (size_t b = 0; b < p * q; b++) {
            double sum;
            const cph_c64 y = beam_of(s, row, (double)(b % p) - (double)(p / 2),
                                      (double)(b / p) - (double)(q / 2), &sum);
            const cph_c32 got = s->beams[row * s->ld_beams + b];
            worst = fmax(worst, check_ratio_c64((cph_c64){(double)got.re, (double)got.im}, y,
                                                (cph_c64){unit * sum, unit * sum}));
        }
    return worst;
}

/* Grids larger than the array, smaller than it (elements fall together), odd, of one row, and of
 * sizes that go round the end. */
static void claim_grids(uint64_t seed)
{
    static const size_t sizes[][2] = {{16, 8}, {4, 3}, {9, 10}, {12, 1}, {1, 7}, {1, 1}, {7, 16}};
    scene s;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        for (size_t type = 0; type < CPH_TYPE_COUNT; type++) {
            const size_t channels = 1 + i % 2;
            draw_scene(&s, seed + i, channels, sizes[i][0], sizes[i][1], (cph_type)type);
            for (unsigned method = CPH_LATTICE_FFT; method <= CPH_LATTICE_DIRECT; method++) {
                const bool ran = run_scene(&s, (cph_lattice_method)method, NULL);
                const bool expected = method == CPH_LATTICE_DIRECT || CPH_HAVE_FFTW;
                const double worst = ran ? worst_beam(&s) : 0.0;
                CHECK(
                    ran == expected && worst <= 1.0,
                    "%zu x %zu beams of type %zu by method %u: ran %d, error %g of the bound; seed "
                    "%llu",
                    sizes[i][0], sizes[i][1], type, method, ran, worst, (unsigned long long)seed);
            }
            close_scene(&s);
        }
}

static void claim_grid_threads(uint64_t seed)
{
    scene s = {0};
    cph_exec exec;
    draw_scene(&s, seed, 2, 8, 6, CPH_C16);
    const size_t bytes = (size_t)TIMES * 2 * s.ld_beams * sizeof *s.beams;
    cph_c32 *const serial = check_room(bytes, 1);
    cph_exec_openmp(&exec, 3);
    for (unsigned method = CPH_LATTICE_AUTO; method <= CPH_LATTICE_DIRECT; method += 2) {
        CHECK(run_scene(&s, (cph_lattice_method)method, NULL), "a grid runs serially");
        memcpy(serial, s.beams, bytes);
        memset(s.beams, 0, bytes);
        CHECK(run_scene(&s, (cph_lattice_method)method, &exec) &&
                  memcmp(serial, s.beams, bytes) == 0,
              "three threads give the same beams");
    }
    free(serial);
    close_scene(&s);
}

/* ---- directions ---- */

/* What beam b answers to a wave from its own direction: |y| = N, whatever the lattice. */
static void claim_looks(const cph_array *array, const char *name)
{
    enum { P = 12, Q = 11, N_MOST = 64 };
    const double freq_hz = 10.7e9;
    double position[3 * N_MOST], u[3];
    int32_t site[2 * N_MOST];
    cph_c64 a[N_MOST];
    cph_c32 x[N_MOST], y[P * Q];
    cph_lattice lattice;
    cph_lattice_plan *plan = NULL;
    const size_t n = array->elements;
    if (cph_array_positions(array, position) != CPH_OK)
        return;
    CHECK(cph_lattice_find(n, position, &lattice, site) == CPH_OK, "%s is a lattice", name);
    const cph_lattice_config config = {
        .elements = n, .site = site, .beams_a = P, .beams_b = Q, .type = CPH_C32, .quick = true};
    if (cph_lattice_create(&config, &plan) != CPH_OK)
        return;
    check_case c = {.config = {.isa = CPH_ISA_SCALAR}};
    void *const workspace = check_aligned(&c, cph_lattice_workspace_size(plan))->data;
    size_t visible = 0;
    for (size_t b = 0; b < (size_t)P * Q; b++) {
        if (cph_lattice_direction(&lattice, P, Q, freq_hz, b, u) != CPH_OK)
            continue;
        visible++;
        if (cph_steer_c64(n, position, freq_hz, u, a) != CPH_OK)
            return;
        for (size_t i = 0; i < n; i++)
            x[i] = (cph_c32){(float)a[i].re, (float)a[i].im};
        const bool ran = cph_lattice_run(plan, workspace, x, n, 1, y, (size_t)P * Q) == CPH_OK;
        const double power = hypot((double)y[b].re, (double)y[b].im);
        CHECK(ran && fabs(power / (double)n - 1.0) < 1e-4 && u[2] >= 0.0 &&
                  fabs(u[0] * u[0] + u[1] * u[1] + u[2] * u[2] - 1.0) < 1e-12,
              "%s: beam %zu answers %g of %zu to a wave from %g %g %g", name, b, power, n, u[0],
              u[1], u[2]);
    }
    CHECK(visible > (size_t)P * Q / 4 && visible < (size_t)P * Q, "%s: %zu beams look somewhere",
          name, visible);
    check_close(&c);
    cph_lattice_destroy(plan);
}

static void claim_directions(void)
{
    const double wavelength = CPH_SPEED_OF_LIGHT / 10.7e9;
    cph_array array;
    double u[3];
    if (cph_array_disc(61, 0.55 * wavelength, &array) == CPH_OK) {
        claim_looks(&array, "a disc");
        cph_array_free(&array);
    }
    if (cph_array_ura(9, 5, 0.52 * wavelength, &array) == CPH_OK) {
        claim_looks(&array, "a rectangle");
        cph_array_free(&array);
    }
    /* One step of a quarter of the grid along x is u = (1/4) / 0.5. */
    const cph_lattice lattice = {.a = {0.5 * wavelength, 0, 0}, .b = {0, 0.5 * wavelength, 0}};
    CHECK(cph_lattice_direction(&lattice, 8, 4, 10.7e9, 2 * 8 + 4 + 2, u) == CPH_OK &&
              fabs(u[0] - 0.5) < 1e-12 && fabs(u[1]) < 1e-12 && u[2] > 0.0,
          "p = 2 of 8 looks at u = 0.5 and not %g %g", u[0], u[1]);
    CHECK(cph_lattice_direction(&lattice, 8, 8, 10.7e9, 0, u) == CPH_ERR_MISSING,
          "the corner of the grid looks nowhere");
}

static void claim_find(void)
{
    double position[12] = {0, 0, 0, 1, 0, 0, 0.5, 0.9, 0, 1.5, 0.9, 0};
    int32_t site[8];
    cph_lattice l;
    CHECK(cph_lattice_find(4, position, &l, site) == CPH_OK && l.a[0] == 1.0 && l.a[1] == 0.0 &&
              l.b[1] == 0.9,
          "rows with an offset have a slanted second step");
    position[9] += 0.01;
    CHECK(cph_lattice_find(4, position, &l, site) == CPH_ERR_MISSING,
          "1 %% beside its site is off");
    for (size_t i = 0; i < 3; i++)
        position[9 + i] = position[i];
    CHECK(cph_lattice_find(4, position, &l, site) == CPH_ERR_MISSING,
          "two elements on one site are no lattice");
    CHECK(cph_lattice_find(2, position, &l, site) == CPH_OK && site[1] == 0 && site[3] == 0 &&
              l.b[1] == 1.0 && l.b[0] == 0.0,
          "a line has a second step across");
}

/* ---- the rule, arguments ---- */

static cph_lattice_method chosen(size_t elements, size_t p, size_t q)
{
    int32_t *const site = check_room(2 * elements, sizeof *site);
    cph_lattice_plan *plan = NULL;
    cph_lattice_info info = {.method = CPH_LATTICE_AUTO};
    for (size_t n = 0; n < elements; n++) {
        site[2 * n] = (int32_t)(n % p);
        site[2 * n + 1] = (int32_t)(n / p);
    }
    const cph_lattice_config config = {.elements = elements,
                                       .site = site,
                                       .beams_a = p,
                                       .beams_b = q,
                                       .type = CPH_C8,
                                       .quick = true};
    if (cph_lattice_create(&config, &plan) == CPH_OK)
        (void)!cph_lattice_describe(plan, &info);
    cph_lattice_destroy(plan);
    free(site);
    return info.method;
}

static void claim_rule(void)
{
    CHECK(chosen(2, 4, 4) == CPH_LATTICE_DIRECT, "two elements are summed directly");
    CHECK(chosen(1280, 64, 64) == (CPH_HAVE_FFTW ? CPH_LATTICE_FFT : CPH_LATTICE_DIRECT),
          "a large array and grid are transformed");
}

static void claim_arguments(void)
{
    const int32_t site[4] = {0, 0, 1, 0};
    const cph_c32 nan[2] = {{1.0f, 0.0f}, {NAN, 0.0f}}, x[2] = {{1.0f, 0.0f}, {1.0f, 0.0f}};
    cph_lattice_config config = {
        .elements = 2, .site = site, .beams_a = 4, .beams_b = 2, .type = CPH_C32, .quick = true};
    cph_lattice_plan *plan = NULL;
    cph_c32 y[8];
    memset(y, CHECK_GUARD, sizeof y);
    config.coefficient = nan;
    CHECK(cph_lattice_create(&config, &plan) == CPH_ERR_NOT_FINITE && plan == NULL,
          "coefficients are finite");
    config.coefficient = NULL;
    config.beams_b = SIZE_MAX / 2;
    CHECK(cph_lattice_create(&config, &plan) == CPH_ERR_OVERFLOW && plan == NULL,
          "a grid that does not fit is refused");
    config.beams_b = 0;
    CHECK(cph_lattice_create(&config, &plan) == CPH_ERR_ARGUMENT && plan == NULL,
          "a grid has beams");
    config.beams_b = 2;
    if (cph_lattice_create(&config, &plan) != CPH_OK)
        return;
    check_case c = {.config = {.isa = CPH_ISA_SCALAR}};
    void *const workspace = check_aligned(&c, cph_lattice_workspace_size(plan))->data;
    CHECK(cph_lattice_run(plan, workspace, x, 1, 1, y, 8) == CPH_ERR_ARGUMENT, "ld covers N");
    CHECK(cph_lattice_run(plan, workspace, x, 2, 1, y, 7) == CPH_ERR_ARGUMENT,
          "ld covers the grid");
    CHECK(cph_lattice_run(plan, workspace, x, 2, SIZE_MAX / 4, y, 8) == CPH_ERR_OVERFLOW,
          "times that do not fit are refused");
    CHECK(check_untouched(y, sizeof y, CHECK_GUARD), "wrong arguments leave the output alone");
    check_close(&c);
    cph_lattice_destroy(plan);
}

void check_claims_lattice(uint64_t seed)
{
    claim_grids(seed);
    claim_grid_threads(seed);
    claim_directions();
    claim_find();
    claim_rule();
    claim_arguments();
}
