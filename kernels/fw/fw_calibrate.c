/* SPDX-License-Identifier: MIT */
#include "cophase/fw_calibrate.h"

#include "kernels/core/size.h"
#include "kernels/fw/fw_mac.h"

#if CPH_FW_CALIBRATE

static bool fw_calibrate_within(int64_t part, int64_t limit)
{
    return part >= -limit && part <= limit;
}

/* Whether all parts are at most 2^62 / order, order a power of two. */
static bool fw_calibrate_fit(size_t count, const cph_fw_gain *x, size_t order)
{
    int64_t limit = INT64_C(1) << 62;
    for (; order > 1; order >>= 1)
        limit >>= 1;
    for (size_t i = 0; i < count; i++)
        if (!fw_calibrate_within(x[i].re, limit) || !fw_calibrate_within(x[i].im, limit))
            return false;
    return true;
}

cph_status cph_fw_correlate(size_t elements, const cph_c16 *samples, size_t ld, size_t times,
                            const cph_c16 *waveform, cph_fw_gain *gain)
{
    if (elements < 1 || elements > CPH_FW_ELEMENTS_MAX || samples == NULL || ld < elements ||
        waveform == NULL || gain == NULL || (uintptr_t)samples % 4 != 0 ||
        (uintptr_t)waveform % 4 != 0)
        return CPH_ERR_ARGUMENT;
    if (times > (size_t)1 << 30 || !cph_size_matrix(times, ld, elements, sizeof *samples) ||
        !fw_calibrate_fit(elements, gain, 1))
        return CPH_ERR_OVERFLOW;
    for (size_t n = 0; n < elements; n++) {
        uint64_t re = 0, im = 0;
        const cph_c16 *x = samples + n, *s = waveform;
        for (size_t t = times; t > 0; t--, x += ld - 1) {
            fw_pair a, b;
            fw_load1(&x, &a);
            fw_load1(&s, &b);
            re = fw_re64_conj(a, b, re);
            im = fw_im64_conj(a, b, im);
        }
        gain[n].re += (int64_t)re;
        gain[n].im += (int64_t)im;
    }
    return CPH_OK;
}

cph_status cph_fw_hadamard(size_t order, cph_fw_gain *x)
{
    if (x == NULL || order < 1 || order > CPH_FW_HADAMARD_ORDER || (order & (order - 1)) != 0)
        return CPH_ERR_ARGUMENT;
    if (!fw_calibrate_fit(order, x, order))
        return CPH_ERR_OVERFLOW;
    for (size_t half = 1; half < order; half *= 2)
        for (size_t i = 0; i < order; i++)
            if ((i & half) == 0) {
                const cph_fw_gain a = x[i], b = x[i + half];
                x[i] = (cph_fw_gain){a.re + b.re, a.im + b.im};
                x[i + half] = (cph_fw_gain){a.re - b.re, a.im - b.im};
            }
    return CPH_OK;
}

/* g = length * 2^exponent at the angle; length from 2^28 to below 2^30, or 0. */
typedef struct fw_calibrate_polar {
    uint32_t angle, length;
    int32_t exponent;
} fw_calibrate_polar;

static uint64_t fw_calibrate_larger(cph_fw_gain g)
{
    const uint64_t re = g.re < 0 ? 0 - (uint64_t)g.re : (uint64_t)g.re;
    const uint64_t im = g.im < 0 ? 0 - (uint64_t)g.im : (uint64_t)g.im;
    return re > im ? re : im;
}

/* The exponent at which the larger part is from 2^28 to below 2^29. */
static int32_t fw_calibrate_exponent(uint64_t larger)
{
    int32_t exponent = 0;
    for (; larger >= UINT64_C(1) << 29; larger >>= 1)
        exponent++;
    for (; larger > 0 && larger < UINT64_C(1) << 28; larger <<= 1)
        exponent--;
    return exponent;
}

/* One shift at a time: a 64-bit shift by a variable is a call on 32-bit RISC-V. */
static int32_t fw_calibrate_scaled(int64_t part, int32_t exponent)
{
    for (; exponent > 0; exponent--)
        part >>= 1;
    for (; exponent < 0; exponent++)
        part *= 2;
    return (int32_t)part;
}

/* Turned onto the axis by steps of atan 2^-i; their table is in binary angle. */
static fw_calibrate_polar fw_calibrate_turn(cph_fw_gain g)
{
    static const uint32_t step[28] = {536870912, 316933406, 167458907, 85004756, 42667331, 21354465,
                                      10679838,  5340245,   2670163,   1335087,  667544,   333772,
                                      166886,    83443,     41722,     20861,    10430,    5215,
                                      2608,      1304,      652,       326,      163,      81,
                                      41,        20,        10,        5};
    const int32_t exponent = fw_calibrate_exponent(fw_calibrate_larger(g));
    int32_t x = fw_calibrate_scaled(g.re, exponent), y = fw_calibrate_scaled(g.im, exponent);
    uint32_t angle = 0;
    if (x == 0 && y == 0)
        return (fw_calibrate_polar){0, 0, 0};
    if (x < 0) {
        x = -x;
        y = -y;
        angle = UINT32_C(1) << 31;
    }
    for (unsigned i = 0; i < 28; i++) {
        const int32_t dx = x >> i, dy = y >> i;
        if (y > 0) {
            x += dy;
            y -= dx;
            angle += step[i];
        } else {
            x -= dy;
            y += dx;
            angle -= step[i];
        }
    }
    /* The turns made it longer by the product of sqrt(1 + 2^-2i). */
    const uint64_t length = (uint64_t)(uint32_t)x * 0x9B74EDA8u;
    return (fw_calibrate_polar){angle, (uint32_t)(length >> 32), exponent};
}

uint32_t cph_fw_angle(cph_fw_gain gain)
{
    return fw_calibrate_turn(gain).angle;
}

/* The value that half of the lengths above 0 do not exceed. */
static uint16_t fw_calibrate_median(size_t count, const uint16_t *length, size_t live)
{
    uint32_t low = 1, high = 65535;
    while (low < high) {
        const uint32_t middle = (low + high) / 2;
        size_t below = 0;
        for (size_t n = 0; n < count; n++)
            below += length[n] > 0 && length[n] <= middle;
        if (below >= (live + 1) / 2)
            high = middle;
        else
            low = middle + 1;
    }
    return (uint16_t)low;
}

static cph_status fw_calibrate_check(const cph_fw_calibrate_config *config, const cph_fw_gain *gain,
                                     uint64_t *largest)
{
    if (!fw_calibrate_fit(config->elements, gain, 1))
        return CPH_ERR_OVERFLOW;
    *largest = 0;
    for (size_t n = 0; n < config->elements; n++) {
        const uint64_t larger = fw_calibrate_larger(gain[n]);
        *largest = larger > *largest ? larger : *largest;
    }
    return *largest == 0 ? CPH_ERR_TOO_FEW : CPH_OK;
}

/* To 16 bits of the longest, whose exponent is given. */
static uint32_t fw_calibrate_length(fw_calibrate_polar p, int32_t exponent)
{
    const int32_t shift = 14 + exponent - p.exponent;
    return shift < 32 && p.length > 0 ? p.length >> shift : 0;
}

/* Whether the reference is dead: without length, or so short that the median is above what length
 * would not be weak against it. Outputs are not there yet, so lengths are found twice. */
static bool fw_calibrate_lost(const cph_fw_calibrate_config *config, const cph_fw_gain *gain,
                              int32_t exponent)
{
    if (config->reference >= config->elements)
        return false;
    const uint32_t own = fw_calibrate_length(fw_calibrate_turn(gain[config->reference]), exponent);
    const uint32_t most = config->weak > 0 ? (own << 15) / config->weak : UINT32_MAX;
    size_t live = 0, below = 0;
    for (size_t n = 0; n < config->elements; n++) {
        const uint32_t length = fw_calibrate_length(fw_calibrate_turn(gain[n]), exponent);
        live += length > 0;
        below += length > 0 && length <= most;
    }
    return own == 0 || below < (live + 1) / 2;
}

/* Phases, and in amplitude lengths to 16 bits of the longest; how many are not 0. */
static size_t fw_calibrate_lengths(const cph_fw_calibrate_config *config, const cph_fw_gain *gain,
                                   int32_t exponent, uint32_t *phase, uint16_t *amplitude)
{
    const uint32_t angle =
        config->reference < config->elements ? cph_fw_angle(gain[config->reference]) : 0;
    size_t live = 0;
    for (size_t n = 0; n < config->elements; n++) {
        const fw_calibrate_polar p = fw_calibrate_turn(gain[n]);
        phase[n] = angle - p.angle;
        amplitude[n] = (uint16_t)fw_calibrate_length(p, exponent);
        live += amplitude[n] > 0;
    }
    return live;
}

cph_status cph_fw_calibrate(const cph_fw_calibrate_config *config, const cph_fw_gain *gain,
                            uint32_t *phase, uint16_t *amplitude, uint32_t *dead)
{
    uint64_t largest;
    if (config == NULL || config->elements < 1 || config->elements > CPH_FW_ELEMENTS_MAX ||
        config->reference > config->elements || config->weak > 32768 || config->full_scale < 1 ||
        config->full_scale > 32768 || gain == NULL || phase == NULL || amplitude == NULL ||
        dead == NULL)
        return CPH_ERR_ARGUMENT;
    const cph_status status = fw_calibrate_check(config, gain, &largest);
    if (status != CPH_OK)
        return status;
    const int32_t exponent = fw_calibrate_exponent(largest);
    if (fw_calibrate_lost(config, gain, exponent))
        return CPH_ERR_MISSING;
    const size_t live = fw_calibrate_lengths(config, gain, exponent, phase, amplitude);
    const uint32_t median = fw_calibrate_median(config->elements, amplitude, live);
    uint32_t least = 65535;
    for (size_t n = 0; n < config->elements; n++) {
        if ((uint32_t)amplitude[n] << 15 < median * config->weak)
            amplitude[n] = 0;
        if (amplitude[n] > 0 && amplitude[n] < least)
            least = amplitude[n];
    }
    for (size_t n = 0; n < config->elements; n++) {
        const uint32_t bit = UINT32_C(1) << n % 32, length = amplitude[n];
        dead[n / 32] = (n % 32 == 0 ? 0 : dead[n / 32]) | (length == 0 ? bit : 0);
        phase[n] = length == 0 ? 0 : phase[n];
        const uint32_t value = length == 0 ? 0 : (config->full_scale * least + length / 2) / length;
        amplitude[n] = (uint16_t)value;
    }
    return CPH_OK;
}

#endif
