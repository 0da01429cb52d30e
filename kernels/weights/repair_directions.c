/* SPDX-License-Identifier: MIT */
#include "kernels/weights/repair_directions.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "cophase/steer.h"
#include "kernels/core/c64.h"
#include "kernels/core/size.h"

/* Samples of a wavelength over the extent: along sidelobes, and on the way to the first null. */
static const double per_lobe = 4.0, per_walk = 64.0;
/* Shorter than this many wavelengths nothing changes along an axis. */
static const double no_extent = 0.125;

typedef struct axis {
    double step; /* of samples; 0: none along it */
    double half; /* of the main lobe; infinite where there is no null */
} axis;

static double extent_of(const cph_repair_config *config, size_t along)
{
    double least = INFINITY, most = -INFINITY;
    for (size_t n = 0; n < config->elements; n++) {
        least = fmin(least, config->position[3 * n + along]);
        most = fmax(most, config->position[3 * n + along]);
    }
    return (most - least) * config->freq_hz / CPH_SPEED_OF_LIGHT;
}

/* Whether a grid across the sphere has few enough samples: in double, before any is counted. */
static bool is_bounded(const cph_repair_config *config)
{
    static const double most = 1e7;
    return (ceil(2.0 * per_lobe * extent_of(config, 0)) + 1.0) *
               (ceil(2.0 * per_lobe * extent_of(config, 1)) + 1.0) <
           most;
}

/* The unit vector at u, v on the look's side; false beyond the horizon. */
static bool visible(const double look[3], double u, double v, double at[3])
{
    const double rest = 1.0 - u * u - v * v;
    if (!(rest >= 0.0))
        return false;
    at[0] = u;
    at[1] = v;
    at[2] = copysign(sqrt(rest), look[2]);
    return true;
}

static double power_at(const cph_repair_config *config, const cph_c64 *f, const double u[3],
                       cph_c64 *a)
{
    cph_c64 sum = {0.0, 0.0};
    if (cph_steer_c64(config->elements, config->position, config->freq_hz, u, a) != CPH_OK)
        return NAN;
    for (size_t n = 0; n < config->elements; n++)
        sum = cph_c64_add(sum, cph_c64_mulc(a[n], f[n]));
    return cph_c64_power(sum);
}

/* How far the power falls from the look on, one way along an axis. */
static double walk(const cph_repair_config *config, const cph_c64 *f, size_t along, double step,
                   cph_c64 *a)
{
    double at[3], last = INFINITY;
    for (size_t k = 0;; k++) {
        const double shift = (double)k * step;
        if (!visible(config->look, config->look[0] + (along == 0 ? shift : 0.0),
                     config->look[1] + (along == 1 ? shift : 0.0), at))
            return fabs(shift);
        const double power = power_at(config, f, at, a);
        if (!(power < last))
            return fabs(shift - step);
        last = power;
    }
}

static axis measure(const cph_repair_config *config, const cph_c64 *f, size_t along, cph_c64 *a)
{
    const double extent = extent_of(config, along);
    if (!(extent > no_extent))
        return (axis){.step = 0.0, .half = INFINITY};
    const double up = walk(config, f, along, 1.0 / (per_walk * extent), a);
    const double down = walk(config, f, along, -1.0 / (per_walk * extent), a);
    return (axis){.step = 1.0 / (per_lobe * extent),
                  .half = fmax(fmax(up, down), 1.0 / (per_walk * extent))};
}

/* Samples of the grid about the look, or with no room how many there are. */
static size_t sample(const double look[3], const axis along[2], double *direction)
{
    const long most[2] = {along[0].step > 0.0 ? (long)ceil(2.0 / along[0].step) : 0,
                          along[1].step > 0.0 ? (long)ceil(2.0 / along[1].step) : 0};
    size_t count = 0;
    for (long j = -most[1]; j <= most[1]; j++)
        for (long i = -most[0]; i <= most[0]; i++) {
            const double du = (double)i * along[0].step, dv = (double)j * along[1].step;
            double at[3];
            if (hypot(du / along[0].half, dv / along[1].half) < 1.0 ||
                !visible(look, look[0] + du, look[1] + dv, at))
                continue;
            for (size_t k = 0; direction != NULL && k < 3; k++)
                direction[3 * count + k] = at[k];
            count++;
        }
    return count;
}

cph_status cph_repair_directions(const cph_repair_config *config, const cph_c64 *f,
                                 double **direction, size_t *count)
{
    if (!is_bounded(config))
        return CPH_ERR_OVERFLOW;
    cph_c64 *a = reallocarray(NULL, config->elements, sizeof *a);
    if (a == NULL)
        return CPH_ERR_MEMORY;
    const axis along[2] = {measure(config, f, 0, a), measure(config, f, 1, a)};
    free(a);
    const size_t made = sample(config->look, along, NULL);
    double *const list = reallocarray(NULL, made + 1, 3 * sizeof *list);
    if (list == NULL)
        return CPH_ERR_MEMORY;
    *count = sample(config->look, along, list);
    *direction = list;
    return CPH_OK;
}
