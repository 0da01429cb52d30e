/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/core/size.h"
#include "tests/kernels/check.h"

/* Samples that make the weights seen: one of them is 1, the others 0. */
static const float one_c32 = 1.0f;
static const double freq_hz[2] = {11.7e9, 10.9e9};

/* What a plan keeps, by the number of times. */
static const struct kind {
    cph_type type;
    unsigned weight_bits;
    cph_beamform_arithmetic arithmetic;
} kinds[] = {{CPH_C8, 8, CPH_BEAMFORM_I8},    {CPH_C8, 8, CPH_BEAMFORM_I16},
             {CPH_C8, 16, CPH_BEAMFORM_I16},  {CPH_C16, 8, CPH_BEAMFORM_I16},
             {CPH_C16, 16, CPH_BEAMFORM_I16}, {CPH_C8, 32, CPH_BEAMFORM_F32},
             {CPH_C32, 32, CPH_BEAMFORM_F32}, {CPH_C8, 8, CPH_BEAMFORM_BF16},
             {CPH_C8, 16, CPH_BEAMFORM_BF16}};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

static const struct kind *kind_of(const check_case *c)
{
    return &kinds[(c->config.times + c->config.elements) % KINDS];
}
static size_t channels_of(const check_case *c)
{
    return c->config.channels == 0 ? 1 : c->config.channels;
}
static size_t first_of(const check_case *c)
{
    return c->config.beams / 3;
}
static size_t count_of(const check_case *c)
{
    return c->config.beams - first_of(c) - (c->config.beams > 4 ? 1 : 0);
}

/* Everything a case needs, in its first buffer. */
enum { INPUTS };
typedef struct inputs {
    double *position, *direction;  /* [N][3], [B][3] */
    cph_c32 *coefficient, *before; /* [C][N], [B][C][N] */
} inputs;

static inputs inputs_of(const check_case *c)
{
    const size_t n = c->config.elements, b = c->config.beams;
    inputs in;
    in.position = (void *)c->buffer[INPUTS].data;
    in.direction = in.position + 3 * n;
    in.coefficient = (cph_c32 *)(void *)(in.direction + 3 * b);
    in.before = in.coefficient + channels_of(c) * n;
    return in;
}

static cph_status run(check_case *c)
{
    const inputs in = inputs_of(c);
    return cph_retarget_run(c->plan, c->sums, first_of(c), count_of(c),
                            in.direction + 3 * first_of(c));
}

/* The kept weight, conjugated: the beam of a sample of 1. */
static void see(const check_case *c, size_t channel, size_t n, void *sample, void *workspace,
                cph_c32 *beams)
{
    const size_t elements = c->config.elements, channels = channels_of(c);
    const cph_type type = kind_of(c)->type;
    memset(sample, 0, channels * elements * cph_type_size(type));
    const size_t at = channel * elements + n;
    if (type == CPH_C8)
        ((cph_c8 *)sample)[at].re = 1;
    else if (type == CPH_C16)
        ((cph_c16 *)sample)[at].re = 1;
    else
        ((cph_c32 *)sample)[at].re = one_c32;
    memset(beams, CHECK_GUARD, channels * c->config.beams * sizeof *beams);
    if (cph_beamform_run(c->sums, workspace, sample, elements, 1, beams, c->config.beams) != CPH_OK)
        memset(beams, CHECK_GUARD, channels * c->config.beams * sizeof *beams);
}

static double largest_of(const cph_c32 *w, size_t count, bool parts)
{
    double largest = 0.0;
    for (size_t n = 0; n < count; n++) {
        const double re = fabs((double)w[n].re), im = fabs((double)w[n].im);
        largest = fmax(largest, parts ? fmax(re, im) : hypot(re, im));
    }
    return largest;
}

static bool is_moved(const check_case *c, size_t beam)
{
    return beam >= first_of(c) && beam < first_of(c) + count_of(c);
}

/* What the unit of a beam's weights follows from: largest part as packed, largest |c| as pointed.
 */
static double unit_of(const check_case *c, size_t beam, size_t channel)
{
    const inputs in = inputs_of(c);
    const size_t n = c->config.elements;
    return is_moved(c, beam)
               ? largest_of(in.coefficient + channel * n, n, false)
               : largest_of(in.before + (beam * channels_of(c) + channel) * n, n, true);
}

/* The weight that belongs there. */
static cph_c64 expected(const check_case *c, size_t beam, size_t channel, size_t n)
{
    const inputs in = inputs_of(c);
    const size_t elements = c->config.elements;
    if (!is_moved(c, beam)) {
        const cph_c32 w = in.before[(beam * channels_of(c) + channel) * elements + n];
        return (cph_c64){(double)w.re, (double)w.im};
    }
    const cph_c32 k = in.coefficient[channel * elements + n];
    cph_c64 a;
    if (cph_steer_c64(1, in.position + 3 * n, freq_hz[channel], in.direction + 3 * beam, &a) !=
        CPH_OK)
        return (cph_c64){NAN, NAN};
    return (cph_c64){(double)k.re * a.re - (double)k.im * a.im,
                     (double)k.re * a.im + (double)k.im * a.re};
}

static double error(check_case *c)
{
    const size_t channels = channels_of(c), beams = c->config.beams;
    void *const sample = check_room(channels * c->config.elements, sizeof(cph_c32));
    cph_c32 *const y = check_room(channels * beams, sizeof *y);
    check_case scratch = {.config = c->config};
    void *const workspace = check_aligned(&scratch, cph_beamform_workspace_size(c->sums))->data;
    const double limit = kind_of(c)->weight_bits == 8 ? 127.0 : 32512.0;
    const double step = kind_of(c)->weight_bits == 32 ? 0.0 : 0.5 / limit;
    double worst = 0.0, *const unit = check_room(channels * beams, sizeof *unit);
    for (size_t i = 0; i < channels * beams; i++)
        unit[i] = unit_of(c, i % beams, i / beams);
    for (size_t channel = 0; channel < channels; channel++)
        for (size_t n = 0; n < c->config.elements; n++) {
            see(c, channel, n, sample, workspace, y);
            for (size_t b = 0; b < beams; b++) {
                const cph_c64 w = expected(c, b, channel, n);
                const cph_c32 kept = y[channel * beams + b];
                const double within =
                    6e-7 * hypot(w.re, w.im) + (step + 2e-7) * unit[channel * beams + b];
                worst = fmax(worst, check_ratio_c64((cph_c64){(double)kept.re, -(double)kept.im}, w,
                                                    (cph_c64){within, within}));
            }
        }
    free(unit);
    check_close(&scratch);
    free(sample);
    free(y);
    return worst;
}

static void draw(check_case *c)
{
    const size_t n = c->config.elements, b = c->config.beams, channels = channels_of(c);
    const inputs in = inputs_of(c);
    const double reach = c->config.pattern == CHECK_FULL_SCALE ? 14e3 : 5.0;
    for (size_t i = 0; i < 3 * n; i++)
        in.position[i] = reach * check_draw(c);
    for (size_t i = 0; i < b; i++) {
        const double u = 0.7 * check_draw(c), v = 0.7 * check_draw(c);
        in.direction[3 * i] = u;
        in.direction[3 * i + 1] = v;
        in.direction[3 * i + 2] = sqrt(1.0 - u * u - v * v);
    }
    for (size_t i = 0; i < channels * n; i++)
        in.coefficient[i] = (cph_c32){(float)check_draw(c), (float)check_draw(c)};
    if (c->config.pattern == CHECK_ONE_HOT && n > 1)
        in.coefficient[n / 2] = (cph_c32){0.0f, 0.0f};
    for (size_t i = 0; i < b * channels * n; i++)
        in.before[i] = (cph_c32){(float)check_draw(c), (float)check_draw(c)};
}

static void *make_beams(check_case *c, cph_beamform_regime regime)
{
    const size_t n = c->config.elements;
    const struct kind *const kind = kind_of(c);
    const cph_beamform_config config = {.elements = n,
                                        .beams = c->config.beams,
                                        .channels = channels_of(c),
                                        .type = kind->type,
                                        .weight_bits = kind->weight_bits};
    const bool only_columns = kind->arithmetic == CPH_BEAMFORM_BF16;
    const cph_beamform_choice choice = {.isa = c->config.isa,
                                        .regime = regime,
                                        .arithmetic = only_columns && regime == CPH_BEAMFORM_ROWS
                                                          ? CPH_BEAMFORM_I16
                                                          : kind->arithmetic};
    size_t bytes = 0;
    cph_beamform_plan *beams = NULL;
    cph_status status = cph_beamform_size_choice(&config, &choice, &bytes);
    c->output = check_aligned(c, bytes);
    if (status == CPH_OK)
        status = cph_beamform_init_choice(&config, &choice, inputs_of(c).before, n, c->output->data,
                                          bytes, &beams);
    CHECK(status == CPH_OK, "a plan of %zu elements to point is made: %s", n,
          cph_status_name(status));
    return beams;
}

static void make(check_case *c, cph_beamform_regime regime)
{
    const size_t n = c->config.elements, b = c->config.beams, channels = channels_of(c);
    const size_t input =
        3 * (n + b) * sizeof(double) + (channels * n + b * channels * n) * sizeof(cph_c32);
    c->weights = check_memory(c, input, sizeof(double))->data;
    draw(c);
    c->sums = make_beams(c, regime);
    const inputs in = inputs_of(c);
    const cph_retarget_config config = {.elements = n,
                                        .position = in.position,
                                        .channels = channels,
                                        .freq_hz = freq_hz,
                                        .coefficient = in.coefficient,
                                        .exec = c->config.exec};
    const cph_retarget_kernels kernels = {.rows = CHECK_VARIANT(c, retarget_rows),
                                          .columns = CHECK_VARIANT(c, retarget_columns)};
    size_t bytes = 0;
    cph_retarget_plan *plan = NULL;
    cph_status status = cph_retarget_plan_size(&config, &bytes);
    check_buffer *const memory = check_aligned(c, bytes);
    if (status == CPH_OK)
        status = cph_retarget_init_variant(&config, kernels, memory->data, bytes, &plan);
    CHECK(status == CPH_OK, "a plan that points beams of %zu elements is made", n);
    c->plan = plan;
    c->run = run;
    c->error = error;
    c->operations = 40.0 * (double)(n * count_of(c) * channels);
    c->bytes = (double)(n * count_of(c) * channels * 8);
}

void check_case_retarget_rows(check_case *c)
{
    make(c, CPH_BEAMFORM_ROWS);
}
void check_case_retarget_columns(check_case *c)
{
    make(c, CPH_BEAMFORM_COLUMNS);
}

/* ---- claims ---- */

/* A beam of full response follows a source: the answer is 1 in the look direction, and what is kept
 * is as good as said. */
static void claim_tracking(void)
{
    enum { N = 24 };
    const double freq = 10e9, wavelength = CPH_SPEED_OF_LIGHT / freq;
    double position[3 * N] = {0};
    cph_c32 zero[2 * N] = {{0, 0}};
    cph_c16 x[N], y[2];
    cph_c64 a[N];
    cph_beamform_plan *beams = NULL;
    cph_retarget_plan *plan = NULL;
    cph_beamform_info info;
    for (size_t n = 0; n < N; n++)
        position[3 * n] = 0.5 * wavelength * (double)n;
    const cph_beamform_config to = {
        .elements = N, .beams = 2, .type = CPH_C16, .output = CPH_C16, .output_scale = 1.0f};
    const cph_retarget_config from = {.elements = N, .position = position, .freq_hz = &freq};
    if (cph_beamform_create(&to, zero, N, &beams) != CPH_OK ||
        cph_retarget_create(&from, &plan) != CPH_OK)
        return;
    check_case c = {.config = {.isa = CPH_ISA_SCALAR}};
    void *const workspace = check_aligned(&c, cph_beamform_workspace_size(beams))->data;
    for (int step = 0; step < 5; step++) {
        const double u = -0.6 + 0.3 * step, direction[3] = {u, 0.0, sqrt(1.0 - u * u)};
        const bool ran = cph_retarget_run(plan, beams, 1, 1, direction) == CPH_OK &&
                         cph_steer_c64(N, position, freq, direction, a) == CPH_OK;
        for (size_t n = 0; n < N; n++)
            x[n] = (cph_c16){(int16_t)lrint(20000.0 * a[n].re), (int16_t)lrint(20000.0 * a[n].im)};
        CHECK(ran && cph_beamform_run(beams, workspace, x, N, 1, y, 2) == CPH_OK &&
                  abs(y[1].re - 20000) <= 3 && abs(y[1].im) <= 3 && y[0].re == 0,
              "a beam pointed at u = %g answers %d %d of 20000", u, y[1].re, y[1].im);
    }
    CHECK(cph_beamform_describe(beams, &info) == CPH_OK && info.weight_error < 3e-5 &&
              info.null_floor_db < -90.0,
          "16 bits keep 2e-5 of a weight and not %g, a null of %g dB", info.weight_error,
          info.null_floor_db);
    check_close(&c);
    cph_beamform_destroy(beams);
    cph_retarget_destroy(plan);
}

static void claim_arguments(void)
{
    const double position[6] = {0}, freq = 1e9, up[3] = {0, 0, 1}, bad[3] = {0, NAN, 1};
    const cph_c32 w[3] = {{0.5f, 0.0f}, {0.25f, 0.0f}, {0, 0}}, nan = {NAN, 0.0f};
    cph_beamform_plan *beams = NULL, *other = NULL;
    cph_retarget_plan *plan = NULL;
    const cph_beamform_config to = {.elements = 2, .beams = 1, .type = CPH_C8};
    const cph_beamform_config three = {.elements = 3, .beams = 1, .type = CPH_C8};
    cph_retarget_config from = {.elements = 2, .position = position};
    CHECK(cph_retarget_create(&from, &plan) == CPH_ERR_ARGUMENT, "a frequency is needed");
    from.freq_hz = &freq;
    from.elements = 1;
    from.coefficient = &nan;
    CHECK(cph_retarget_create(&from, &plan) == CPH_ERR_NOT_FINITE && plan == NULL,
          "coefficients are finite");
    from.elements = 2;
    from.coefficient = NULL;
    if (cph_retarget_create(&from, &plan) != CPH_OK ||
        cph_beamform_create(&to, w, 2, &beams) != CPH_OK ||
        cph_beamform_create(&three, w, 3, &other) != CPH_OK)
        return;
    const size_t bytes = sizeof *beams;
    cph_beamform_plan *const before = check_room(1, bytes);
    memcpy(before, beams, bytes);
    CHECK(cph_retarget_run(plan, other, 0, 1, up) == CPH_ERR_ARGUMENT, "elements agree");
    CHECK(cph_retarget_run(plan, beams, 1, 1, up) == CPH_ERR_ARGUMENT, "the beams exist");
    CHECK(cph_retarget_run(plan, beams, 0, 1, bad) == CPH_ERR_NOT_FINITE, "directions are finite");
    CHECK(cph_retarget_run(plan, beams, 0, 0, NULL) == CPH_OK, "no beams are fine");
    CHECK(memcmp(before, beams, bytes) == 0 && beams->scale[0] == 0.5f / 32512.0f,
          "wrong arguments leave the plan alone");
    free(before);
    cph_beamform_destroy(beams);
    cph_beamform_destroy(other);
    cph_retarget_destroy(plan);
}

void check_claims_retarget(void)
{
    claim_tracking();
    claim_arguments();
}
