/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>

#include "cophase/jammer.h"
#include "kernels/adaptive/hermitian.h"
#include "kernels/core/c64.h"
#include "kernels/core/size.h"

typedef struct spreader {
    size_t elements, points;
    double power;   /* |v|^2 */
    cph_c64 *moved; /* [points][N] */
    cph_c64 *gram;  /* [points][points], then eigenvectors, a row each */
    double *value;  /* [points] */
} spreader;

/* Products over |v|^2, eigenvectors ascending. */
static cph_status decompose(spreader *s)
{
    const size_t n = s->elements, points = s->points;
    for (size_t p = 0; p < points; p++)
        for (size_t q = 0; q <= p; q++)
            s->gram[p * points + q] =
                cph_c64_scale(1.0 / s->power, cph_c64_inner(n, s->moved + p * n, s->moved + q * n));
    return cph_hermitian_eigen(points, s->gram, s->value);
}

/* The largest share of a point that the `count` strongest do not hold: of point p eigenvector k
 * holds value_k |q_kp|^2. */
static double outside(const spreader *s, size_t count)
{
    double worst = 0.0;
    for (size_t p = 0; p < s->points; p++) {
        double rest = 0.0;
        for (size_t k = 0; k + count < s->points; k++)
            rest += fmax(s->value[k], 0.0) * cph_c64_power(s->gram[k * s->points + p]);
        worst = fmax(worst, rest);
    }
    return worst;
}

/* Eigenvectors in elements: sum_p v_p q_kp, sized as v is. */
static void put(const spreader *s, double inr, size_t count, cph_c64 *out, double *out_inr)
{
    for (size_t k = 0; k < count; k++) {
        const size_t row = s->points - 1 - k;
        const cph_c64 *const q = s->gram + row * s->points;
        const double scale = 1.0 / sqrt(s->value[row]);
        for (size_t n = 0; n < s->elements; n++) {
            cph_c64 sum = {0.0, 0.0};
            for (size_t p = 0; p < s->points; p++)
                sum = cph_c64_add(sum, cph_c64_mul(s->moved[p * s->elements + n], q[p]));
            out[k * s->elements + n] = cph_c64_scale(scale, sum);
        }
        out_inr[k] = inr * s->value[row] / (double)s->points;
    }
}

static cph_status run(spreader *s, double below, size_t room, double inr, cph_c64 *out,
                      double *out_inr, size_t *count, double *left)
{
    const cph_status status = decompose(s);
    if (status != CPH_OK)
        return status;
    size_t needed = 1;
    while (needed < s->points && outside(s, needed) > below)
        needed++;
    *count = needed;
    if (needed > room)
        return CPH_ERR_TOO_FEW;
    put(s, inr, needed, out, out_inr);
    if (left != NULL)
        *left = outside(s, needed);
    return CPH_OK;
}

/* Room for all of it. */
static cph_status reserve(spreader *s)
{
    size_t square, items;
    if (!cph_size_mul(s->points, s->points, &square) ||
        !cph_size_mul(s->points, s->elements, &items) ||
        !cph_size_matrix(s->points, s->elements, s->elements, sizeof *s->moved))
        return CPH_ERR_OVERFLOW;
    s->moved = calloc(items, sizeof *s->moved);
    s->gram = calloc(square, sizeof *s->gram);
    s->value = calloc(s->points, sizeof *s->value);
    return s->moved != NULL && s->gram != NULL && s->value != NULL ? CPH_OK : CPH_ERR_MEMORY;
}

static cph_status shift_all(const spreader *s, const cph_jammer_points *config)
{
    for (size_t p = 0; p < s->points; p++) {
        const cph_status status =
            cph_jammer_shift(s->elements, config->position, config->freq_hz, config->vector,
                             config->du + 3 * p, s->moved + p * s->elements);
        if (status != CPH_OK)
            return status;
    }
    return CPH_OK;
}

static bool sound(const cph_jammer_points *config)
{
    return config->position != NULL && config->vector != NULL && config->points > 0 &&
           config->du != NULL && config->below > 0.0 && config->below < 1.0 && config->inr > 0.0 &&
           config->freq_hz > 0.0;
}

cph_status cph_jammer_spread(const cph_jammer_points *config, size_t room, cph_c64 *out,
                             double *out_inr, size_t *count, double *left)
{
    if (config == NULL || !sound(config) || out == NULL || out_inr == NULL || count == NULL)
        return CPH_ERR_ARGUMENT;
    spreader s = {.elements = config->elements, .points = config->points};
    s.power = cph_c64_inner(s.elements, config->vector, config->vector).re;
    if (s.power == 0.0)
        return CPH_ERR_SINGULAR;
    cph_status status = reserve(&s);
    if (status == CPH_OK)
        status = isfinite(config->inr) ? shift_all(&s, config) : CPH_ERR_NOT_FINITE;
    if (status == CPH_OK)
        status = run(&s, config->below, room, config->inr, out, out_inr, count, left);
    free(s.moved);
    free(s.gram);
    free(s.value);
    return status;
}
