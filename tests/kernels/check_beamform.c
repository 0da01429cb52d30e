/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/core/sample.h"
#include "tests/kernels/check.h"

/* ---- shapes ---- */

static size_t channels_of(const check_case *c)
{
    return c->config.channels == 0 ? 1 : c->config.channels;
}
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
static const cph_c32 *weights_of(const check_case *c, size_t beam, size_t channel)
{
    return (const cph_c32 *)c->weights + (beam * channels_of(c) + channel) * ld_weights(c);
}

static cph_status run(check_case *c)
{
    return cph_beamform_run(c->plan, c->workspace, c->samples, ld_samples(c), c->config.times,
                            c->output->data, ld_beams(c));
}

/* ---- the oracle of integers ---- */

/* What cph_beamform_init says of integer weights. */
typedef struct kept {
    float scale;
    int32_t limit;
} kept;

static kept keep(const check_case *c, unsigned bits, size_t beam, size_t channel)
{
    const cph_c32 *const w = weights_of(c, beam, channel);
    float largest = 0.0f;
    for (size_t n = 0; n < c->config.elements; n++)
        largest = fmaxf(largest, fmaxf(fabsf(w[n].re), fabsf(w[n].im)));
    const int32_t limit = bits == 8 ? 127 : 32512;
    return (kept){largest / (float)limit, limit};
}

static int64_t quantised(kept k, float w)
{
    return k.scale == 0.0f ? 0 : (int64_t)rintf(w / k.scale);
}

typedef struct sum {
    int64_t re, im;
} sum;

static sum exact_sum(const check_case *c, kept k, const cph_c32 *w, size_t row)
{
    sum s = {0, 0};
    for (size_t n = 0; n < c->config.elements; n++) {
        const cph_c64 x = cph_sample(c->type, c->samples, row * ld_samples(c) + n);
        const int64_t re = quantised(k, w[n].re), im = quantised(k, w[n].im);
        s.re += re * (int64_t)x.re + im * (int64_t)x.im;
        s.im += re * (int64_t)x.im - im * (int64_t)x.re;
    }
    return s;
}

static float to_float(int64_t s, float scale)
{
    const int64_t lo = (int64_t)((uint64_t)s & 0xffff), hi = (s - lo) / 65536;
    return ((float)hi * 65536.0f + (float)lo) * scale;
}

/* (s m + 2^(k-1)) >> k with m 2^-k = scale rounded to as many bits as keep the largest sum times
 * m below 2^62, at most 31, and k at most 62. */
static int64_t to_integer(const check_case *c, int64_t s, kept k, int64_t high)
{
    const double wanted = (double)c->config.output_scale * (double)k.scale;
    const double sample = c->type == CPH_C8 ? 128.0 : 32768.0;
    const double largest = 2.0 * (double)c->config.elements * sample * k.limit;
    int bits = 31, exponent;
    while (ldexp(1.0, 62 - bits) <= largest)
        bits--;
    const double fraction = frexp(wanted, &exponent);
    int shift = bits - exponent;
    int64_t m = (int64_t)floor(ldexp(fraction, bits) + 0.5);
    if (shift > 62) {
        shift = 62;
        m = (int64_t)floor(ldexp(wanted, shift) + 0.5);
    }
    /* floor(a / 2^k) without a shift of a negative number */
    const int64_t a = s * m + (INT64_C(1) << (shift - 1)), unit = INT64_C(1) << shift;
    const int64_t y = a >= 0 ? a / unit : -((-a + unit - 1) / unit);
    return y < -high - 1 ? -high - 1 : y > high ? high : y;
}

static bool part_equals(const check_case *c, size_t part, int64_t s, kept k)
{
    const unsigned char *const data = c->output->data;
    if (c->config.output_scale == 0.0f) {
        const float y = ((const float *)(const void *)data)[part];
        return y == to_float(s, k.scale);
    }
    return c->config.output == CPH_C8
               ? ((const int8_t *)data)[part] == to_integer(c, s, k, INT8_MAX)
               : ((const int16_t *)(const void *)data)[part] == to_integer(c, s, k, INT16_MAX);
}

static double error_integer(check_case *c)
{
    const size_t channels = channels_of(c), rows = c->config.times * channels;
    for (size_t b = 0; b < c->config.beams; b++)
        for (size_t row = 0; row < rows; row++) {
            const cph_c32 *const w = weights_of(c, b, row % channels);
            const kept k = keep(c, c->weight_bits, b, row % channels);
            const sum s = exact_sum(c, k, w, row);
            const size_t part = 2 * (row * ld_beams(c) + b);
            if (!part_equals(c, part, s.re, k) || !part_equals(c, part + 1, s.im, k))
                return INFINITY;
        }
    return 0.0;
}

/* ---- the bound of floats ---- */

/* (2 N + 4) 2^-24 times the sums of magnitudes, a part each. */
static cph_c64 bound(const check_case *c, const cph_c32 *w, size_t row)
{
    const double unit = (2.0 * (double)c->config.elements + 4.0) * 0x1p-24;
    cph_c64 total = {0.0, 0.0};
    for (size_t n = 0; n < c->config.elements; n++) {
        const cph_c64 x = cph_sample(c->type, c->samples, row * ld_samples(c) + n);
        const double wre = fabs((double)w[n].re), wim = fabs((double)w[n].im);
        total.re += wre * fabs(x.re) + wim * fabs(x.im);
        total.im += wre * fabs(x.im) + wim * fabs(x.re);
    }
    return (cph_c64){unit * total.re, unit * total.im};
}

/* Beams of integers add half a step and the rounding of the product with output_scale. */
static double part_ratio(const check_case *c, size_t part, double exact, double within)
{
    const unsigned char *const data = c->output->data;
    const double scale = (double)c->config.output_scale;
    if (scale == 0.0)
        return check_ratio((double)((const float *)(const void *)data)[part], exact, within);
    const bool narrow = c->config.output == CPH_C8;
    const double high = narrow ? INT8_MAX : INT16_MAX;
    const double value =
        narrow ? ((const int8_t *)data)[part] : ((const int16_t *)(const void *)data)[part];
    return check_ratio(value, fmax(-high - 1.0, fmin(high, scale * exact)),
                       0.5 + scale * (within + fabs(exact) * 0x1p-23));
}

static double error_float(check_case *c)
{
    const size_t channels = channels_of(c), times = c->config.times, beams = c->config.beams;
    cph_c64 *const exact = check_room(times * beams, sizeof *exact);
    double worst = 0.0;
    for (size_t channel = 0; channel < channels; channel++) {
        const size_t row_bytes = ld_samples(c) * cph_type_size(c->type);
        cph_beamform_ref(c->type, c->config.elements, beams, weights_of(c, 0, channel),
                         channels * ld_weights(c), (const char *)c->samples + channel * row_bytes,
                         channels * ld_samples(c), times, exact, beams);
        for (size_t t = 0; t < times; t++)
            for (size_t b = 0; b < beams; b++) {
                const size_t row = t * channels + channel, part = 2 * (row * ld_beams(c) + b);
                const cph_c64 y = exact[t * beams + b];
                const cph_c64 within = bound(c, weights_of(c, b, channel), row);
                worst = fmax(worst, part_ratio(c, part, y.re, within.re));
                worst = fmax(worst, part_ratio(c, part + 1, y.im, within.im));
            }
    }
    free(exact);
    return worst;
}

/* ---- cases ---- */

static cph_type output_of(const check_case *c)
{
    return c->config.output_scale == 0.0f ? CPH_C32 : c->config.output;
}

static double error(check_case *c)
{
    if (!check_gaps(c->output->data, c->config.times * channels_of(c), c->config.beams, ld_beams(c),
                    cph_type_size(output_of(c))))
        return INFINITY;
    return c->weight_bits == 32 ? error_float(c) : error_integer(c);
}

/* At full scale all parts but a few are -1 (and the samples lowest): sums as large as can be. */
static void draw_weights(check_case *c, cph_c32 *weights, size_t rows)
{
    const bool full = c->config.pattern == CHECK_FULL_SCALE && c->type != CPH_C32;
    for (size_t row = 0; row < rows; row++)
        for (size_t n = 0; n < c->config.elements; n++) {
            const float re = (float)check_draw(c), im = (float)check_draw(c);
            weights[row * ld_weights(c) + n] =
                full ? (cph_c32){re < 0.9f ? -1.0f : 1.0f, im < 0.9f ? -1.0f : 1.0f}
                     : (cph_c32){re, im};
        }
}

static void plan(check_case *c, const cph_beamform_choice *choice)
{
    const cph_beamform_config config = {.elements = c->config.elements,
                                        .beams = c->config.beams,
                                        .channels = c->config.channels,
                                        .type = c->type,
                                        .weight_bits = c->weight_bits,
                                        .output = c->config.output,
                                        .output_scale = c->config.output_scale,
                                        .exec = c->config.exec};
    size_t bytes = 0;
    cph_beamform_plan *made = NULL;
    cph_status status = cph_beamform_size_choice(&config, choice, &bytes);
    check_buffer *const memory = check_aligned(c, bytes);
    if (status == CPH_OK)
        status = cph_beamform_init_choice(&config, choice, c->weights, ld_weights(c), memory->data,
                                          bytes, &made);
    CHECK(status == CPH_OK, "a plan of %zu elements, %zu beams is made", c->config.elements,
          c->config.beams);
    c->plan = made;
    c->workspace = check_aligned(c, cph_beamform_workspace_size(made))->data;
}

static void make(check_case *c, cph_type type, unsigned bits, cph_beamform_arithmetic arithmetic,
                 cph_beamform_regime regime)
{
    const size_t n = c->config.elements, beams = c->config.beams, channels = channels_of(c);
    const size_t rows = c->config.times * channels, size = cph_type_size(type);
    const size_t item = cph_type_size(output_of(c));
    const size_t in = rows == 0 ? 0 : ((rows - 1) * ld_samples(c) + n) * size;
    const size_t out = rows == 0 ? 0 : ((rows - 1) * ld_beams(c) + beams) * item;
    void *const samples = check_memory(c, in, size / 2)->data;
    cph_c32 *const weights =
        (void *)check_memory(c, ((beams * channels - 1) * ld_weights(c) + n) * sizeof *weights,
                             sizeof(float))
            ->data;
    c->type = type;
    c->weight_bits = bits;
    check_fill(c, type, samples, rows, n, ld_samples(c));
    draw_weights(c, weights, beams * channels);
    c->samples = samples;
    c->weights = weights;
    c->output = check_memory(c, out, item / 2);
    plan(c, &(cph_beamform_choice){c->config.isa, regime, arithmetic});
    c->run = run;
    c->threaded = true;
    c->error = error;
    c->operations = 8.0 * (double)n * (double)beams * (double)rows;
    c->bytes = (double)(in + out);
}

static unsigned integer_bits(const check_case *c)
{
    return c->config.weight_bits == 8 ? 8 : 16;
}

#define CASE(k, type, bits, arithmetic, regime)                                                    \
    void check_case_##k(check_case *c)                                                             \
    {                                                                                              \
        make(c, CPH_##type, bits, CPH_BEAMFORM_##arithmetic, CPH_BEAMFORM_##regime);               \
    }
CASE(beamform_rows_c8_i8, C8, 8, I8, ROWS)
CASE(beamform_rows_c8_i16, C8, integer_bits(c), I16, ROWS)
CASE(beamform_rows_c16_i16, C16, integer_bits(c), I16, ROWS)
CASE(beamform_rows_c8_f32, C8, 32, F32, ROWS)
CASE(beamform_rows_c16_f32, C16, 32, F32, ROWS)
CASE(beamform_rows_c32_f32, C32, 32, F32, ROWS)
CASE(beamform_columns_c8_i8, C8, 8, I8, COLUMNS)
CASE(beamform_columns_c8_i16, C8, integer_bits(c), I16, COLUMNS)
CASE(beamform_columns_c8_bf16, C8, integer_bits(c), BF16, COLUMNS)
CASE(beamform_columns_c16_i16, C16, integer_bits(c), I16, COLUMNS)
CASE(beamform_columns_c8_f32, C8, 32, F32, COLUMNS)
CASE(beamform_columns_c16_f32, C16, 32, F32, COLUMNS)
CASE(beamform_columns_c32_f32, C32, 32, F32, COLUMNS)
#undef CASE
