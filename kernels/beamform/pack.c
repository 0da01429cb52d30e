/* SPDX-License-Identifier: MIT */
/* Weights into the packed forms of beamform_kernel.h. */
#include "kernels/beamform/beamform_kernel.h"
#include "kernels/core/bits.h"
#include "kernels/core/mem.h"
#include "kernels/core/size.h"

static float larger(float a, float b)
{
    return a > b ? a : b;
}

static float magnitude(float a)
{
    return a < 0.0f ? -a : a;
}

/* ---- quantisation ---- */

static int32_t largest_weight(const cph_beamform_plan *plan)
{
    return plan->weight_bits == 8 ? 127 : 127 * 256;
}

/* Nearest integer, ties to even: 1.5 * 2^23 leaves no bit for a fraction. */
static int32_t quantise(float w, float scale, int32_t limit)
{
    if (scale == 0.0f)
        return 0;
    float q = w / scale;
    q = q > (float)limit ? (float)limit : q < (float)-limit ? (float)-limit : q;
    return (int32_t)(q + 0x1.8p23f - 0x1.8p23f);
}

/* Root of a >= 0 to about 1e-7, relative; a guess from the bits, then Newton's steps. */
static float root(float a)
{
    if (a < 0x1p-100f)
        return 0.0f;
    const union {
        uint32_t bits;
        float value;
    } guess = {.bits = (cph_bits_f32(a) >> 1) + 0x1fbd1df5u};
    float x = guess.value;
    for (int i = 0; i < 3; i++)
        x = 0.5f * (x + a / x);
    return x;
}

/* How far the kept weights of a beam and channel are from those given, in units that keep squares
 * small: the largest part is 1. */
static void note_quality(cph_beamform_plan *plan, size_t index, const cph_c32 *w, float largest,
                         float scale)
{
    float worst = 0.0f, errors = 0.0f, top = 0.0f, sum = 0.0f;
    for (size_t n = 0; n < plan->elements && largest > 0.0f; n++) {
        const int32_t limit = largest_weight(plan);
        const float re = (float)quantise(w[n].re, scale, limit) * scale - w[n].re;
        const float im = (float)quantise(w[n].im, scale, limit) * scale - w[n].im;
        const float ere = re / largest, eim = im / largest;
        const float wre = w[n].re / largest, wim = w[n].im / largest;
        const float error = ere * ere + eim * eim, power = wre * wre + wim * wim;
        worst = larger(worst, error);
        errors += error;
        top = larger(top, power);
        sum += root(power);
    }
    plan->weight_error[index] = top > 0.0f ? root(worst / top) : 0.0f;
    plan->null_floor[index] = sum > 0.0f ? errors / (sum * sum) : 0.0f;
}

/* ---- places ---- */

/* Two bytes of int16 q; a plane of int8 parts. */
static void put_i16(const cph_beamform_plan *plan, void *at, size_t plane_bytes, int32_t first,
                    int32_t second)
{
    int16_t pair[2] = {(int16_t)first, (int16_t)second};
    if (plan->planes == 2) {
        const int32_t high[2] = {(first + 128) >> 8, (second + 128) >> 8};
        const int16_t low[2] = {(int16_t)(first - 256 * high[0]),
                                (int16_t)(second - 256 * high[1])};
        memcpy((char *)at + plane_bytes, low, sizeof low);
        pair[0] = (int16_t)high[0];
        pair[1] = (int16_t)high[1];
    }
    memcpy(at, pair, sizeof pair);
}

static void put_i8(void *at, int32_t first, int32_t second)
{
    const int8_t pair[2] = {(int8_t)first, (int8_t)second};
    memcpy(at, pair, sizeof pair);
}

/* In COLUMNS, by way of the int16 pairs of the planes. */
static void put_bf16(const cph_beamform_plan *plan, unsigned char *at, int32_t first,
                     int32_t second)
{
    put_i16(plan, at, CPH_BEAMFORM_VECTOR, first, second);
    for (unsigned p = 0; p < plan->planes; p++, at += CPH_BEAMFORM_VECTOR) {
        int16_t pair[2];
        memcpy(pair, at, sizeof pair);
        const uint16_t top[2] = {(uint16_t)(cph_bits_f32(pair[0]) >> 16),
                                 (uint16_t)(cph_bits_f32(pair[1]) >> 16)};
        memcpy(at, top, sizeof top);
    }
}

static void put_f32(void *at, float first, float second)
{
    const float pair[2] = {first, second};
    memcpy(at, pair, sizeof pair);
}

static void put_rows(cph_beamform_plan *plan, unsigned char *channel, size_t beam, size_t n,
                     const cph_beamform_weight *w)
{
    const size_t stream = plan->planes * plan->row_bytes;
    unsigned char *const re = channel + 2 * beam * stream, *const im = re + stream;
    switch (plan->arithmetic) {
    case CPH_BEAMFORM_I8:
        put_i8(re + 2 * n, w->re, w->im);
        put_i8(im + 2 * n, -w->im, w->re);
        break;
    case CPH_BEAMFORM_I16:
        put_i16(plan, re + 4 * n, plan->row_bytes, w->re, w->im);
        put_i16(plan, im + 4 * n, plan->row_bytes, -w->im, w->re);
        break;
    default:
        put_f32(channel + beam * plan->row_bytes + 8 * n, w->value.re, w->value.im);
    }
}

static void put_columns(cph_beamform_plan *plan, unsigned char *channel, size_t beam, size_t n,
                        const cph_beamform_weight *w)
{
    const size_t step_bytes = (size_t)plan->planes * CPH_BEAMFORM_VECTOR;
    unsigned char *const re = channel + beam / CPH_BEAMFORM_GROUP * plan->steps * step_bytes +
                              beam % CPH_BEAMFORM_GROUP * 8;
    unsigned char *at;
    switch (plan->arithmetic) {
    case CPH_BEAMFORM_I8:
        at = re + n / 2 * step_bytes + n % 2 * 2;
        put_i8(at, w->re, w->im);
        put_i8(at + 4, -w->im, w->re);
        break;
    case CPH_BEAMFORM_BF16:
        at = re + n * step_bytes;
        put_bf16(plan, at, w->re, w->im);
        put_bf16(plan, at + 4, -w->im, w->re);
        break;
    case CPH_BEAMFORM_I16:
        at = re + n * step_bytes;
        put_i16(plan, at, CPH_BEAMFORM_VECTOR, w->re, w->im);
        put_i16(plan, at + 4, CPH_BEAMFORM_VECTOR, -w->im, w->re);
        break;
    default:
        at = re + n * step_bytes;
        put_f32(at, w->value.re, -w->value.im);
        put_f32(at + CPH_BEAMFORM_VECTOR, w->value.im, w->value.re);
    }
}

void cph_beamform_put(cph_beamform_plan *plan, size_t channel, size_t beam, size_t n,
                      const cph_beamform_weight *w)
{
    unsigned char *const weights = plan->weights + channel * plan->channel_bytes;
    if (plan->regime == CPH_BEAMFORM_ROWS)
        put_rows(plan, weights, beam, n, w);
    else
        put_columns(plan, weights, beam, n, w);
}

/* ---- requantisation ---- */

uint64_t cph_beamform_largest_sum(const cph_beamform_plan *plan)
{
    const uint64_t sample = plan->type == CPH_C8 ? 128 : 32768;
    return 2 * (uint64_t)plan->elements * sample * (uint64_t)largest_weight(plan);
}

/* a > 0 as mantissa * 2^exponent with a mantissa of 24 bits, the highest set. */
static uint64_t mantissa(float a, int *exponent)
{
    const uint32_t bits = cph_bits_f32(a), field = bits >> 23 & 0xff;
    uint32_t m = (bits & 0x7fffffu) | (field != 0 ? 1u << 23 : 0u);
    *exponent = (field != 0 ? (int)field : 1) - 150;
    for (; m >> 23 == 0; m <<= 1)
        --*exponent;
    return m;
}

enum { MOST_BITS = 31, LARGEST_PRODUCT = 62, MOST_SHIFT = 62 };

/* m 2^-k = output_scale * scale, m rounded half up to as many bits as the largest sum allows. */
static void requantise_by(cph_beamform_plan *plan, size_t column, float scale)
{
    int bits = MOST_BITS, ea, eb, k;
    while (cph_beamform_largest_sum(plan) >> (LARGEST_PRODUCT - bits) != 0)
        bits--;
    uint64_t m = 0;
    if (scale == 0.0f) {
        k = 1;
    } else {
        m = mantissa(plan->output_scale, &ea) * mantissa(scale, &eb);
        k = -(ea + eb);
        int drop = (m >> 47 != 0 ? 48 : 47) - bits;
        if (k - drop > MOST_SHIFT)
            drop = k - MOST_SHIFT;
        m = drop < 50 ? (m + ((uint64_t)1 << (drop - 1))) >> drop : 0;
        k -= drop;
        if (m >> bits != 0) {
            m >>= 1;
            k--;
        }
        if (k < 1) {
            m = ((uint64_t)1 << bits) - 1;
            k = 1;
        }
    }
    plan->multiplier[column] = plan->multiplier[column + 1] = (int32_t)m;
    plan->shift[column] = plan->shift[column + 1] = k;
}

/* ---- a beam of a channel ---- */

void cph_beamform_set_unit(cph_beamform_plan *plan, size_t beam, size_t channel, float unit)
{
    const size_t column = channel * plan->columns + 2 * beam;
    plan->scale[column] = plan->scale[column + 1] = unit;
    if (plan->output != CPH_C32)
        requantise_by(plan, column, unit);
}

static void pack_integers(cph_beamform_plan *plan, size_t beam, size_t c, const cph_c32 *w)
{
    const int32_t limit = largest_weight(plan);
    float largest = 0.0f;
    for (size_t n = 0; n < plan->elements; n++)
        largest = larger(largest, larger(magnitude(w[n].re), magnitude(w[n].im)));
    const float scale = largest / (float)limit;
    int32_t re = 0, im = 0;
    for (size_t n = 0; n < plan->elements; n++) {
        const cph_beamform_weight q = {.re = quantise(w[n].re, scale, limit),
                                       .im = quantise(w[n].im, scale, limit)};
        cph_beamform_put(plan, c, beam, n, &q);
        re += q.re + q.im;
        im += q.re - q.im;
    }
    cph_beamform_set_unit(plan, beam, c, scale);
    if (plan->arithmetic == CPH_BEAMFORM_I8) {
        int32_t *const start = plan->start + c * plan->columns + 2 * beam;
        start[0] = -128 * re;
        start[1] = -128 * im;
    }
    note_quality(plan, beam * plan->channels + c, w, largest, scale);
}

static void pack_floats(cph_beamform_plan *plan, size_t beam, size_t c, const cph_c32 *w)
{
    for (size_t n = 0; n < plan->elements; n++)
        cph_beamform_put(plan, c, beam, n, &(cph_beamform_weight){.value = w[n]});
}

/* ---- live elements ---- */

static bool is_live(const cph_beamform_plan *plan, size_t c, size_t n)
{
    const unsigned char *const channel = plan->weights + c * plan->channel_bytes;
    const bool in_rows = plan->regime == CPH_BEAMFORM_ROWS;
    const size_t step_bytes = (size_t)plan->planes * CPH_BEAMFORM_VECTOR;
    for (size_t b = 0; b < plan->beams; b++) {
        float w[2];
        if (in_rows) {
            memcpy(w, channel + b * plan->row_bytes + 8 * n, sizeof w);
        } else {
            const size_t group = b / CPH_BEAMFORM_GROUP * plan->steps;
            const unsigned char *const at =
                channel + (group + n) * step_bytes + b % CPH_BEAMFORM_GROUP * 8;
            memcpy(w, at, sizeof w);
        }
        if (w[0] != 0.0f || w[1] != 0.0f)
            return true;
    }
    return false;
}

void cph_beamform_mark_live(cph_beamform_plan *plan)
{
    plan->some_dead = false;
    for (size_t c = 0; c < plan->channels && plan->live_mask != NULL; c++)
        for (size_t n = 0; n < plan->elements; n++) {
            uint32_t *const mask = plan->live_mask + c * plan->mask_stride + 2 * n;
            mask[0] = mask[1] = is_live(plan, c, n) ? UINT32_MAX : 0;
            plan->some_dead = plan->some_dead || mask[0] == 0;
        }
}

void cph_beamform_pack(cph_beamform_plan *plan, size_t first, size_t count, const cph_c32 *weights,
                       size_t ldw)
{
    for (size_t b = 0; b < count; b++)
        for (size_t c = 0; c < plan->channels; c++) {
            const cph_c32 *const w = weights + (b * plan->channels + c) * ldw;
            if (plan->arithmetic == CPH_BEAMFORM_F32)
                pack_floats(plan, first + b, c, w);
            else
                pack_integers(plan, first + b, c, w);
        }
    cph_beamform_mark_live(plan);
}
