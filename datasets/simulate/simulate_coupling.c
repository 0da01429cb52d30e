/* SPDX-License-Identifier: MIT */
/* What the elements of an array hear of each other. */
#include <math.h>
#include <stdlib.h>

#include "cophase/random.h"
#include "cophase/simulate.h"
#include "kernels/core/c64.h"

/* Beside the streams of captures, readings and scans. */
#define STREAM_EDGES  (UINT64_MAX - 5)
#define STREAM_COUPLE (UINT64_MAX - 6)

/* c(d) = c(-d); not finite for d = 0. */
static cph_c64 coupling(const double d[3], double k)
{
    static const double at_half = 0.1, falls = 1.5, along = 0.4, across = 0.2;
    const double way = sqrt(d[0] * d[0] + d[1] * d[1] + d[2] * d[2]);
    const double twice = 2.0 * atan2(d[1], d[0]);
    const double size =
        at_half * pow(k * way / M_PI, -falls) * (1.0 + along * cos(twice) + across * sin(twice));
    const double angle = -k * way;
    const double re = size * cos(angle), im = size * sin(angle);
    return (cph_c64){re, im};
}

static cph_c64 deviation(const cph_sim_edge *edge, size_t k, size_t n, cph_random *random)
{
    if (edge == NULL || edge->at == NULL || (edge->at[k] == 0 && edge->at[n] == 0))
        return (cph_c64){1.0, 0.0};
    const cph_c64 z = cph_random_normal(random); /* parts of variance 1/2 */
    const double size = pow(10.0, M_SQRT2 * z.re * edge->error_db / 20.0);
    const double angle = M_SQRT2 * z.im * edge->error_rad;
    const double re = size * cos(angle), im = size * sin(angle);
    return (cph_c64){re, im};
}

static cph_c64 through(cph_c64 receive, cph_c64 c, cph_c64 transmit)
{
    return cph_c64_finite(receive) && cph_c64_finite(transmit)
               ? cph_c64_mul(receive, cph_c64_mul(c, transmit))
               : (cph_c64){0.0, 0.0};
}

/* Both ways of every pair; the sum of their powers. */
static double couple(const cph_sim_meter *meter, const cph_sim_edge *edge, const double *position,
                     cph_coupling_readings *r)
{
    const size_t n = r->array.elements;
    const double wavenumber = 2.0 * M_PI * r->freq_hz / CPH_SPEED_OF_LIGHT;
    double power = 0.0;
    cph_random random;
    cph_random_seed(&random, meter->seed, STREAM_EDGES);
    for (size_t a = 0; a < n; a++) {
        r->s[a * n + a] = (cph_c64){NAN, NAN};
        for (size_t b = 0; b < a; b++) {
            const double *const p = position + 3 * a, *const q = position + 3 * b;
            const double d[3] = {p[0] - q[0], p[1] - q[1], p[2] - q[2]};
            const cph_c64 c = cph_c64_mul(coupling(d, wavenumber), deviation(edge, a, b, &random));
            r->s[a * n + b] = through(r->truth[a], c, r->truth_transmit[b]);
            r->s[b * n + a] = through(r->truth[b], c, r->truth_transmit[a]);
            power += cph_c64_power(r->s[a * n + b]) + cph_c64_power(r->s[b * n + a]);
        }
    }
    return power;
}

static cph_status fill(const cph_sim_meter *meter, const cph_sim_edge *edge, const double *position,
                       cph_coupling_readings *r)
{
    const size_t n = r->array.elements;
    const double power = couple(meter, edge, position, r);
    if (!isfinite(power))
        return CPH_ERR_NOT_FINITE;
    cph_random random;
    cph_random_seed(&random, meter->seed, STREAM_COUPLE);
    r->sigma = n > 1 ? meter->noise * sqrt(power / (double)n / (double)(n - 1)) : 0.0;
    for (size_t i = 0; i < n * n; i++)
        r->s[i] = cph_c64_add(r->s[i], cph_c64_scale(r->sigma, cph_random_normal(&random)));
    return CPH_OK;
}

static bool is_rms(double value)
{
    return value >= 0.0 && isfinite(value);
}

cph_status cph_simulate_coupling(const cph_sim_meter *meter, const cph_sim_edge *edge,
                                 cph_coupling_readings *readings)
{
    cph_coupling_readings *const r = readings;
    if (meter == NULL || !is_rms(meter->noise) || r == NULL || r->s == NULL || r->truth == NULL ||
        r->truth_transmit == NULL || !(r->freq_hz > 0.0) || isinf(r->freq_hz) ||
        (edge != NULL && (!is_rms(edge->error_db) || !is_rms(edge->error_rad))))
        return CPH_ERR_ARGUMENT;
    double *const position = calloc(r->array.elements, 3 * sizeof *position);
    if (position == NULL)
        return CPH_ERR_MEMORY;
    cph_status status = cph_array_positions(&r->array, position);
    if (status == CPH_OK)
        status = fill(meter, edge, position, r);
    free(position);
    return status;
}
