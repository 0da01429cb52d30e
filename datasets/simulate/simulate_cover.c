/* SPDX-License-Identifier: MIT */
/* What lies over an array: cloth, film, a radome, rain on it. */
#include <math.h>
#include <stdlib.h>

#include "cophase/random.h"
#include "cophase/simulate.h"
#include "kernels/core/c64.h"
#include "kernels/core/size.h"

/* A stream of the seed that neither samples nor gains, delays and faults use. */
#define STREAM_COVER (UINT64_MAX - 2)
#define TURN         6.28318530717958647693

enum { WAVES = 256 }; /* of a field that varies over the aperture */

static bool in_range(double value, double least, double most)
{
    return value >= least && value <= most; /* not NaN */
}

static bool is_sound(const cph_sim_cover *c)
{
    const double most_db = 100.0, most_rad = 1e3;
    return in_range(c->loss_db[0], 0.0, most_db) &&
           in_range(c->loss_db[1], c->loss_db[0], most_db) &&
           in_range(c->phase_rad, 0.0, most_rad) && in_range(c->grain_m, 0.0, 1e6) &&
           in_range(c->tilt_rad, 0.0, 0.25 * TURN) && in_range(c->toward_rad, -TURN, TURN) &&
           in_range(c->ripple_db, 0.0, most_db) && in_range(c->ripple_m, 0.0, 1e6) &&
           (c->ripple_db == 0.0 || c->ripple_m > 0.0) && in_range(c->wet_db, 0.0, most_db) &&
           in_range(c->wet_rad, -most_rad, most_rad) && in_range(c->wet_share, 0.0, 1.0);
}

static double normal(cph_random *random)
{
    return M_SQRT2 * cph_random_normal(random).re;
}

/* A Gaussian field of unit variance at the elements: of its own in each, or, with a grain, that of
 * waves with normal wave vectors of variance 1/grain^2, whose correlation is exp(-d^2 / 2 grain^2).
 */
static void draw_field(cph_random *random, double grain, size_t elements, const double *position,
                       double *field)
{
    for (size_t n = 0; grain == 0.0 && n < elements; n++)
        field[n] = normal(random);
    for (size_t n = 0; grain > 0.0 && n < elements; n++)
        field[n] = 0.0;
    for (size_t wave = 0; grain > 0.0 && wave < WAVES; wave++) {
        const double kx = normal(random) / grain, ky = normal(random) / grain;
        const double phase = TURN * cph_random_uniform(random);
        for (size_t n = 0; n < elements; n++)
            field[n] +=
                sqrt(2.0 / WAVES) * cos(kx * position[3 * n] + ky * position[3 * n + 1] + phase);
    }
}

static int descending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x < y) - (x > y);
}

/* The level that `share` of the field's values reach. */
static double level_of(const double *field, size_t elements, double share, double *sorted)
{
    const size_t wet = (size_t)llround(share * (double)elements);
    for (size_t n = 0; n < elements; n++)
        sorted[n] = field[n];
    qsort(sorted, elements, sizeof *sorted, descending);
    return wet > 0 ? sorted[wet - 1] : INFINITY;
}

/* field: [2][N] lag and wetness, [N] work space. */
static void lay(const cph_sim_cover *c, size_t elements, const double *position, double freq_hz,
                double lag_scale, double *field, cph_c64 *factor)
{
    double *const lag = field, *const wetness = field + elements;
    cph_random random;
    cph_random_seed(&random, c->seed, STREAM_COVER);
    for (size_t n = 0; n < elements; n++)
        factor[n].re =
            c->loss_db[0] + (c->loss_db[1] - c->loss_db[0]) * cph_random_uniform(&random);
    draw_field(&random, c->grain_m, elements, position, lag);
    draw_field(&random, c->grain_m, elements, position, wetness);
    const double wet = level_of(wetness, elements, c->wet_share, field + 2 * elements);
    const double k = TURN * freq_hz / CPH_SPEED_OF_LIGHT * sin(c->tilt_rad);
    for (size_t n = 0; n < elements; n++) {
        const double along =
            position[3 * n] * cos(c->toward_rad) + position[3 * n + 1] * sin(c->toward_rad);
        double loss_db = factor[n].re, phase = k * along - lag_scale * c->phase_rad * lag[n];
        if (c->ripple_db > 0.0)
            loss_db += c->ripple_db * cos(TURN * along / c->ripple_m);
        if (wetness[n] >= wet) {
            loss_db += c->wet_db;
            phase -= lag_scale * c->wet_rad;
        }
        const double amplitude = pow(10.0, -loss_db / 20.0);
        factor[n] = cph_c64_scale(amplitude, (cph_c64){cos(phase), sin(phase)});
    }
}

cph_status cph_simulate_cover(const cph_sim_cover *cover, size_t elements, const double *position,
                              double freq_hz, double reference_hz, cph_c64 *factor)
{
    size_t values;
    if (cover == NULL || position == NULL || factor == NULL || elements == 0 || !is_sound(cover) ||
        !(freq_hz > 0.0) || !(reference_hz > 0.0) || !isfinite(freq_hz / reference_hz))
        return CPH_ERR_ARGUMENT;
    for (size_t n = 0; n < elements; n++)
        if (!isfinite(position[3 * n]) || !isfinite(position[3 * n + 1]))
            return CPH_ERR_NOT_FINITE;
    if (!cph_size_mul(elements, 3, &values))
        return CPH_ERR_OVERFLOW;
    double *const field = calloc(values, sizeof *field);
    if (field == NULL)
        return CPH_ERR_MEMORY;
    lay(cover, elements, position, freq_hz, freq_hz / reference_hz, field, factor);
    free(field);
    return CPH_OK;
}
