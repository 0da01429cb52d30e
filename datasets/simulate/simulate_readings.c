/* SPDX-License-Identifier: MIT */
/* Readings of power meters and receivers while elements are turned or coded. */
#include <math.h>

#include "cophase/random.h"
#include "cophase/simulate.h"
#include "kernels/core/c64.h"

/* Beside the streams of captures (simulate.c), which sample numbers and the largest ones are. */
#define STREAM_READINGS (UINT64_MAX - 2)

static bool usable(const cph_sim_meter *meter)
{
    return meter != NULL && isfinite(meter->noise) && meter->noise >= 0.0 &&
           isfinite(meter->leak) && meter->leak >= 0.0;
}

/* What element n gives at the meter. */
static cph_c64 field_of(const cph_c64 *truth, const cph_c64 *signal, size_t n)
{
    if (!cph_c64_finite(truth[n]))
        return (cph_c64){0.0, 0.0};
    return signal != NULL ? cph_c64_mul(truth[n], signal[n]) : truth[n];
}

/* ---- power ---- */

/* The field of a sweep's elements; of all for sweep SIZE_MAX. */
static cph_c64 field_sum(const cph_rev_readings *r, size_t sweep)
{
    cph_c64 sum = {0.0, 0.0};
    const size_t elements = r->array.elements;
    for (size_t n = 0; n < elements; n++) {
        const bool in = sweep == SIZE_MAX ||
                        (r->member != NULL ? r->member[sweep * elements + n] != 0 : sweep == n);
        if (in)
            sum = cph_c64_add(sum, field_of(r->truth, r->signal, n));
    }
    return sum;
}

cph_status cph_simulate_power(const cph_sim_meter *meter, const cph_c64 *state,
                              cph_rev_readings *readings)
{
    if (!usable(meter) || readings == NULL || readings->power == NULL || readings->truth == NULL)
        return CPH_ERR_ARGUMENT;
    const cph_c64 *const s = state != NULL ? state : readings->state;
    const cph_c64 all = field_sum(readings, SIZE_MAX);
    const double rest = cph_c64_power(all);
    if (!isfinite(rest))
        return CPH_ERR_NOT_FINITE;
    if (rest == 0.0)
        return CPH_ERR_SINGULAR;
    const double sigma = meter->noise * rest;
    cph_random random;
    cph_random_seed(&random, meter->seed, STREAM_READINGS);
    for (size_t c = 0; c < readings->sweeps; c++) {
        const cph_c64 turned = field_sum(readings, c);
        const cph_c64 *const table = s + (readings->tables == 1 ? 0 : c * readings->steps);
        for (size_t m = 0; m < readings->steps; m++) {
            const cph_c64 step = {table[m].re - 1.0, table[m].im};
            const double noise = M_SQRT2 * cph_random_normal(&random).re;
            readings->power[c * readings->steps + m] =
                cph_c64_power(cph_c64_add(all, cph_c64_mul(turned, step))) + sigma * noise;
        }
    }
    readings->sigma = sigma;
    return CPH_OK;
}

/* ---- codes ---- */

/* Sylvester's sign of code k, element n; the opposite code's where `sign` is 1. */
static double sylvester(size_t k, size_t n, size_t sign)
{
    bool odd = sign != 0;
    for (size_t both = k & n; both != 0; both &= both - 1)
        odd = !odd;
    return odd ? -1.0 : 1.0;
}

static cph_c64 sum_of(const cph_coded_readings *r, const cph_c64 *code, const cph_c64 *response,
                      size_t state, size_t k, size_t sign)
{
    const size_t elements = r->array.elements;
    cph_c64 sum = {0.0, 0.0};
    for (size_t n = 0; n < elements; n++) {
        cph_c64 x = field_of(r->truth, r->signal, n);
        x = code != NULL ? cph_c64_mul(x, code[(k * r->signs + sign) * elements + n])
                         : cph_c64_scale(sylvester(k, n, sign), x);
        if (response != NULL)
            x = cph_c64_mul(x, response[state * elements + n]);
        else if (r->state != NULL)
            x = cph_c64_mul(x, r->state[state]);
        sum = cph_c64_add(sum, x);
    }
    return sum;
}

cph_status cph_simulate_codes(const cph_sim_meter *meter, const cph_c64 *code,
                              const cph_c64 *response, cph_coded_readings *readings)
{
    if (!usable(meter) || readings == NULL || readings->reading == NULL || readings->truth == NULL)
        return CPH_ERR_ARGUMENT;
    const cph_c64 *const codes = code != NULL ? code : readings->code;
    cph_random random;
    cph_random_seed(&random, meter->seed, STREAM_READINGS);
    const double phase = 2.0 * M_PI * cph_random_uniform(&random), size = sqrt(meter->leak);
    const cph_c64 leak = {size * cos(phase), size * sin(phase)};
    size_t at = 0;
    for (size_t s = 0; s < readings->states; s++)
        for (size_t k = 0; k < readings->codes; k++)
            for (size_t sign = 0; sign < readings->signs; sign++) {
                const cph_c64 sum =
                    cph_c64_add(sum_of(readings, codes, response, s, k, sign), leak);
                if (!cph_c64_finite(sum))
                    return CPH_ERR_NOT_FINITE;
                for (size_t i = 0; i < readings->repeats; i++)
                    readings->reading[at++] =
                        cph_c64_add(sum, cph_c64_scale(meter->noise, cph_random_normal(&random)));
            }
    readings->sigma = meter->noise;
    return CPH_OK;
}
