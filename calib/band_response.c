/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "cophase/band.h"
#include "kernels/core/c64.h"
#include "kernels/core/size.h"

static bool live(const cph_response_config *c, size_t n)
{
    return c->flag == NULL || c->flag[n] == 0;
}

/* <x_n y*> and <y y*> of one channel. */
typedef struct moments {
    cph_c64 cross;
    double power;
} moments;

static moments against_element(const cph_response_config *c, const cph_c64 *r, size_t n)
{
    return (moments){r[n * c->ld + c->reference], r[c->reference * c->ld + c->reference].re};
}

/* y = sum over others of x_m conj(u_m), u the model's phasor. */
static moments against_mean(const cph_response_config *c, const cph_c64 *r, const cph_c64 *model,
                            size_t n)
{
    moments sum = {{0.0, 0.0}, 0.0};
    for (size_t m = 0; m < c->elements; m++) {
        const double size = hypot(model[m].re, model[m].im);
        if (m == n || !live(c, m) || !(size > 0.0))
            continue;
        const cph_c64 u = cph_c64_scale(1.0 / size, model[m]);
        cph_c64 along = {0.0, 0.0};
        sum.cross = cph_c64_add(sum.cross, cph_c64_mul(r[n * c->ld + m], u));
        for (size_t k = 0; k < c->elements; k++) {
            const double other = hypot(model[k].re, model[k].im);
            if (k != n && live(c, k) && other > 0.0)
                along = cph_c64_add(
                    along, cph_c64_scale(1.0 / other, cph_c64_mul(r[m * c->ld + k], model[k])));
        }
        sum.power += cph_c64_mulc(along, u).re;
    }
    return sum;
}

cph_status cph_band_response(const cph_response_config *config, cph_c64 *response,
                             double *coherence)
{
    const cph_response_config *const c = config;
    size_t rows;
    if (c == NULL || response == NULL || coherence == NULL || c->r == NULL || c->channels == 0 ||
        c->elements == 0 ||
        (c->model == NULL && (c->reference >= c->elements || !live(c, c->reference))))
        return CPH_ERR_ARGUMENT;
    if (!cph_size_mul(c->channels, c->elements, &rows) ||
        !cph_size_matrix(rows, c->ld, c->elements, sizeof *c->r))
        return CPH_ERR_OVERFLOW;
    for (size_t f = 0; f < c->channels; f++) {
        const cph_c64 *const r = c->r + f * c->elements * c->ld;
        for (size_t n = 0; n < c->elements; n++) {
            const moments y = c->model == NULL ? against_element(c, r, n)
                                               : against_mean(c, r, c->model + f * c->elements, n);
            const double own = r[n * c->ld + n].re;
            const bool usable = live(c, n) && own > 0.0 && y.power > 0.0;
            const double nothing = (double)NAN;
            response[f * c->elements + n] =
                usable ? cph_c64_scale(1.0 / y.power, y.cross) : (cph_c64){nothing, nothing};
            coherence[f * c->elements + n] =
                usable ? fmin(cph_c64_power(y.cross) / (own * y.power), 1.0) : 0.0;
        }
    }
    return CPH_OK;
}
