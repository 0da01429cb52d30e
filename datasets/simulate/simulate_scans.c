/* SPDX-License-Identifier: MIT */
/* The field that a probe finds in front of an array that radiates. */
#include <math.h>
#include <stdlib.h>

#include "cophase/random.h"
#include "cophase/simulate.h"
#include "kernels/core/c64.h"

/* Beside the streams of captures and readings. */
#define STREAM_SCANS (UINT64_MAX - 4)

/* Spherical waves of the elements at a place, by the angle of each way from z. */
static cph_c64 field_at(const cph_near_field_readings *r, const double *position, double k,
                        const double place[3])
{
    cph_c64 sum = {0.0, 0.0};
    for (size_t n = 0; n < r->array.elements; n++) {
        const double *const p = position + 3 * n;
        const double x = place[0] - p[0], y = place[1] - p[1], z = place[2] - p[2];
        const double way = sqrt(x * x + y * y + z * z);
        const double size = pow(z / way, r->probe_cosine + r->element_cosine) / way;
        const cph_c64 wave = {size * cos(k * way), -size * sin(k * way)};
        if (cph_c64_finite(r->truth[n]))
            sum = cph_c64_add(sum, cph_c64_mul(r->truth[n], wave));
    }
    return sum;
}

static cph_status check_heights(const cph_near_field_readings *r, const double *position)
{
    for (size_t n = 0; n < r->array.elements; n++)
        if (!(position[3 * n + 2] < r->height_m))
            return CPH_ERR_ARGUMENT;
    return CPH_OK;
}

static cph_status fill(const cph_sim_meter *meter, const double *position,
                       cph_near_field_readings *r)
{
    const size_t count = r->rows * r->columns;
    const double k = 2.0 * M_PI * r->freq_hz / CPH_SPEED_OF_LIGHT;
    double power = 0.0;
    for (size_t i = 0; i < count; i++) {
        const double place[3] = {r->origin_m[0] + (double)(i % r->columns) * r->spacing_m[0],
                                 r->origin_m[1] + (double)(i / r->columns) * r->spacing_m[1],
                                 r->height_m};
        r->field[i] = field_at(r, position, k, place);
        power += cph_c64_power(r->field[i]);
    }
    if (!isfinite(power))
        return CPH_ERR_NOT_FINITE;
    cph_random random;
    cph_random_seed(&random, meter->seed, STREAM_SCANS);
    r->sigma = meter->noise * sqrt(power / (double)count);
    for (size_t i = 0; i < count; i++)
        r->field[i] = cph_c64_add(r->field[i], cph_c64_scale(r->sigma, cph_random_normal(&random)));
    return CPH_OK;
}

cph_status cph_simulate_field(const cph_sim_meter *meter, cph_near_field_readings *readings)
{
    cph_near_field_readings *const r = readings;
    if (meter == NULL || !(meter->noise >= 0.0) || isinf(meter->noise) || r == NULL ||
        r->field == NULL || r->truth == NULL || !(r->spacing_m[0] > 0.0) ||
        !(r->spacing_m[1] > 0.0) || !(r->freq_hz > 0.0) || isinf(r->freq_hz))
        return CPH_ERR_ARGUMENT;
    double *const position = calloc(r->array.elements, 3 * sizeof *position);
    if (position == NULL)
        return CPH_ERR_MEMORY;
    cph_status status = cph_array_positions(&r->array, position);
    if (status == CPH_OK)
        status = check_heights(r, position);
    if (status == CPH_OK)
        status = fill(meter, position, r);
    free(position);
    return status;
}
