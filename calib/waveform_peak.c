/* SPDX-License-Identifier: MIT */
/* The correlation about its peak: in double, and between lags. */
#include <math.h>
#include <stdlib.h>

#include "calib/correlate.h"
#include "calib/waveform_search.h"
#include "kernels/core/c64.h"
#include "kernels/core/fail.h"

enum { MIDDLE = CPH_WAVEFORM_NEAR / 2, GRID = 4, STEPS = 40 };

/* s' at sample t, from the items within reach. */
static cph_c64 derivative(const cph_waveform_config *c, ptrdiff_t t)
{
    const ptrdiff_t side = CPH_INTERPOLATE_SIDE, length = (ptrdiff_t)c->length;
    const ptrdiff_t from = t > side ? t - side : 0;
    const ptrdiff_t to = t + side < length ? t + side + 1 : length;
    cph_c64 sum = {0.0, 0.0};
    for (ptrdiff_t k = from; k < to; k++) {
        const double slope = cph_interpolate_slope((double)(t - k));
        sum.re += slope * (double)c->waveform[k].re;
        sum.im += slope * (double)c->waveform[k].im;
    }
    return sum;
}

/* With S the spectrum: sum |s'|^2 is that of w^2 |S|^2, sum Im(s' conj(s)) that of w |S|^2. */
static void measure_moments(const cph_waveform_config *c, cph_waveform_shape *shape)
{
    const ptrdiff_t side = CPH_INTERPOLATE_SIDE, length = (ptrdiff_t)c->length;
    double first = 0.0, second = 0.0;
    for (ptrdiff_t t = -side; t < length + side; t++) {
        const cph_c64 slope = derivative(c, t);
        second += cph_c64_power(slope);
        if (t < 0 || t >= length)
            continue;
        const cph_c64 s = {c->waveform[t].re, c->waveform[t].im};
        first += cph_c64_mulc(slope, s).im;
    }
    shape->frequency = first / shape->energy;
    shape->bandwidth =
        sqrt(fmax(second / shape->energy - shape->frequency * shape->frequency, 0.0));
}

cph_status cph_waveform_measure(const cph_waveform_config *config, cph_waveform_shape *shape,
                                cph_error *error)
{
    shape->before[0] = 0.0;
    for (size_t t = 0; t < config->length; t++) {
        const cph_c64 s = {config->waveform[t].re, config->waveform[t].im};
        if (!cph_c64_finite(s))
            return cph_fail(error, CPH_ERR_NOT_FINITE, "item %zu of the waveform is not finite", t);
        shape->before[t + 1] = shape->before[t] + cph_c64_power(s);
    }
    shape->energy = shape->before[config->length];
    if (!(shape->energy > 0.0))
        return cph_fail(error, CPH_ERR_SINGULAR, "the waveform has no energy");
    measure_moments(config, shape);
    return CPH_OK;
}

static cph_waveform_place part_heard(const cph_waveform_config *config,
                                     const cph_waveform_shape *shape, ptrdiff_t lag)
{
    const ptrdiff_t times = (ptrdiff_t)config->times, length = (ptrdiff_t)config->length;
    cph_waveform_place p = {.lag = lag};
    if (lag >= times || lag <= -length)
        return p;
    p.from = lag < 0 ? (size_t)-lag : 0;
    p.to = (size_t)(times - lag < length ? times - lag : length);
    p.energy = shape->before[p.to] - shape->before[p.from];
    return p;
}

cph_waveform_place cph_waveform_place_at(const cph_waveform_config *config,
                                         const cph_waveform_shape *shape, ptrdiff_t lag)
{
    cph_waveform_place p = part_heard(config, shape, lag);
    const double before = part_heard(config, shape, lag - 1).energy;
    const double after = part_heard(config, shape, lag + 1).energy;
    p.slope = 0.5 * (after - before);
    p.bend = after - 2.0 * p.energy + before;
    return p;
}

void cph_waveform_look(const cph_waveform_config *config, const cph_waveform_place *place, size_t n,
                       cph_waveform_peak *peak)
{
    const ptrdiff_t times = (ptrdiff_t)config->times, length = (ptrdiff_t)config->length;
    const cph_c32 *const x = config->samples + n;
    for (ptrdiff_t i = 0; i < CPH_WAVEFORM_NEAR; i++) {
        const ptrdiff_t lag = place->lag + i - MIDDLE;
        const ptrdiff_t from = lag < 0 ? -lag : 0;
        const ptrdiff_t to = times - lag < length ? times - lag : length;
        peak->near[i] = from < to ? cph_correlate_at((size_t)from, (size_t)to, config->waveform,
                                                     lag, x, config->ld)
                                  : (cph_c64){0.0, 0.0};
    }
    peak->power = 0.0;
    for (size_t t = place->from; t < place->to; t++) {
        const cph_c32 z = x[(size_t)((ptrdiff_t)t + place->lag) * config->ld];
        peak->power += (double)z.re * (double)z.re + (double)z.im * (double)z.im;
    }
    peak->weight = 1.0;
}

typedef double tap_of(double distance);

/* Weights or slopes of the lags at an offset. */
static void fill_taps(tap_of *of, double offset, double *tap)
{
    for (int i = 0; i < CPH_WAVEFORM_NEAR; i++)
        tap[i] = of(offset - (double)(i - MIDDLE));
}

static cph_c64 interpolate(const cph_waveform_peak *peak, const double *tap)
{
    cph_c64 sum = {0.0, 0.0};
    for (size_t i = 0; i < CPH_WAVEFORM_NEAR; i++)
        sum = cph_c64_add(sum, cph_c64_scale(tap[i], peak->near[i]));
    return sum;
}

cph_c64 cph_waveform_between(const cph_waveform_peak *peak, double offset)
{
    double tap[CPH_WAVEFORM_NEAR];
    fill_taps(cph_interpolate_weight, offset, tap);
    return interpolate(peak, tap);
}

/* The places, elements and weights whose sum of |c|^2 / energy is to be largest. */
typedef struct hill {
    const cph_waveform_place *place;
    size_t count;
    const cph_waveform_peak *peak;
} hill;

/* *rise (may be NULL): its derivative. */
static double height_at(const hill *h, double offset, double *rise)
{
    double tap[CPH_WAVEFORM_NEAR], slope[CPH_WAVEFORM_NEAR], sum = 0.0, change = 0.0;
    const double energy = cph_waveform_energy(h->place, offset);
    fill_taps(cph_interpolate_weight, offset, tap);
    if (rise != NULL)
        fill_taps(cph_interpolate_slope, offset, slope);
    for (size_t i = 0; i < h->count; i++) {
        const cph_c64 c = interpolate(&h->peak[i], tap);
        sum += h->peak[i].weight * cph_c64_power(c);
        if (rise != NULL)
            change += 2.0 * h->peak[i].weight * cph_c64_mulc(interpolate(&h->peak[i], slope), c).re;
    }
    if (rise != NULL)
        *rise = (change - sum * (h->place->slope + offset * h->place->bend) / energy) / energy;
    return sum / energy;
}

/* Where the rise between low (above 0) and high (below) is 0: false position (Illinois). */
static double summit(const hill *h, double low, double high, double at_low, double at_high)
{
    double x = 0.5 * (low + high);
    int side = 0;
    for (int i = 0; i < STEPS && high - low > 1e-12; i++) {
        double rise;
        x = (low * at_high - high * at_low) / (at_high - at_low);
        (void)height_at(h, x, &rise);
        if (fabs(rise) <= 1e-14 * fabs(at_high - at_low))
            break;
        if (rise > 0.0) {
            low = x;
            at_low = rise;
            at_high *= side > 0 ? 0.5 : 1.0;
            side = 1;
        } else {
            high = x;
            at_high = rise;
            at_low *= side < 0 ? 0.5 : 1.0;
            side = -1;
        }
    }
    return x;
}

double cph_waveform_refine(const cph_waveform_place *place, size_t count,
                           const cph_waveform_peak *peak, double *height)
{
    const hill h = {place, count, peak};
    double best = 0.0, most = -1.0, rise[2];
    for (int i = -GRID; i <= GRID; i++) {
        const double value = height_at(&h, (double)i / GRID, NULL);
        if (value > most) {
            most = value;
            best = (double)i / GRID;
        }
    }
    const double low = best - 1.0 / GRID, high = best + 1.0 / GRID;
    (void)height_at(&h, low, &rise[0]);
    (void)height_at(&h, high, &rise[1]);
    if (rise[0] > 0.0 && rise[1] < 0.0)
        best = summit(&h, low, high, rise[0], rise[1]);
    if (height != NULL)
        *height = height_at(&h, best, NULL);
    return best;
}
