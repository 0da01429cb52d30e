/* SPDX-License-Identifier: MIT */
/* MVDR and LCMV on a factored covariance, R' = L L^H. With Z = L^-1 C = Q [T; 0] (Householder) the
 * weights are L^-H Q [T^-H conj(response); 0]: C^H R'^-1 C, whose condition is the square of Z's,
 * is never formed. */
#include <stdlib.h>
#include <string.h>

#include "cophase/steer.h"
#include "kernels/adaptive/adaptive_plan.h"
#include "kernels/adaptive/cholesky.h"
#include "kernels/adaptive/reflect.h"
#include "kernels/core/c64.h"
#include "kernels/core/fail.h"
#include "kernels/core/size.h"
#include "kernels/core/vec3.h"

/* A constraint this near to those before it would leave fewer than six digits. */
static const double dependent = 1e-10;

static cph_status reserve(const cph_adaptive *adaptive, cph_constraints *k)
{
    const size_t n = adaptive->live;
    size_t bytes = 0, count, at[3];
    if (!cph_size_mul(k->count, n, &count) ||
        !cph_size_place(&bytes, count, sizeof *k->v, &at[0]) ||
        !cph_size_place(&bytes, k->count * k->count, sizeof *k->triangle, &at[1]) ||
        !cph_size_place(&bytes, n, sizeof *k->target, &at[2]))
        return CPH_ERR_OVERFLOW;
    void *memory = calloc(1, bytes);
    if (memory == NULL)
        return CPH_ERR_MEMORY;
    k->v = cph_size_at(memory, at[0]);
    k->triangle = cph_size_at(memory, at[1]);
    k->target = cph_size_at(memory, at[2]);
    return CPH_OK;
}

static cph_status take_one(const cph_adaptive *adaptive, size_t which, const cph_c64 *c, cph_c64 *v,
                           cph_error *error)
{
    double power = 0.0;
    for (size_t n = 0; n < adaptive->live; n++) {
        v[n] = cph_c64_mul(adaptive->gain[n], c[adaptive->index[n]]);
        power += cph_c64_power(v[n]);
    }
    if (!isfinite(power))
        return cph_fail(error, CPH_ERR_NOT_FINITE, "look vector %zu is not finite", which);
    if (power == 0.0)
        return cph_fail(error, CPH_ERR_ARGUMENT, "look vector %zu is zero on all live elements",
                        which);
    return CPH_OK;
}

static cph_status check(const cph_adaptive *adaptive, size_t count, const cph_c64 *c,
                        const cph_c64 *response, cph_error *error)
{
    if (adaptive == NULL || c == NULL || response == NULL || count == 0)
        return cph_fail(error, CPH_ERR_ARGUMENT, "no covariance or no constraint");
    if (count > adaptive->live)
        return cph_fail(error, CPH_ERR_TOO_FEW, "%zu constraints are more than %zu live elements",
                        count, adaptive->live);
    return CPH_OK;
}

cph_status cph_constraints_take(const cph_adaptive *adaptive, size_t count, const cph_c64 *c,
                                const cph_c64 *response, cph_constraints *k, cph_error *error)
{
    cph_status status = check(adaptive, count, c, response, error);
    if (status != CPH_OK)
        return status;
    cph_constraints made = {.count = count};
    status = reserve(adaptive, &made);
    if (status != CPH_OK) {
        (void)cph_fail(error, status, "%zu constraints: %s", count, cph_status_name(status));
        return status;
    }
    for (size_t j = 0; status == CPH_OK && j < count; j++) {
        status =
            take_one(adaptive, j, c + j * adaptive->elements, made.v + j * adaptive->live, error);
        if (status == CPH_OK && !cph_c64_finite(response[j]))
            status = cph_fail(error, CPH_ERR_NOT_FINITE, "response %zu is not finite", j);
        made.target[j] = cph_c64_conj(response[j]);
    }
    if (status != CPH_OK)
        cph_constraints_free(&made);
    *k = made;
    return status;
}

void cph_constraints_free(cph_constraints *k)
{
    free(k->v);
    *k = (cph_constraints){0};
}

cph_status cph_constraints_solve(const cph_adaptive *adaptive, cph_constraints *k, cph_error *error)
{
    const size_t n = adaptive->live, count = k->count;
    size_t which = 0;
    if (!cph_reflect_factor(n, count, dependent, k->v, k->triangle, &which))
        return cph_fail(error, CPH_ERR_SINGULAR, "constraint %zu depends on those before it",
                        which);
    for (size_t i = 0; i < count; i++) {
        cph_c64 sum = k->target[i];
        for (size_t j = 0; j < i; j++)
            sum = cph_c64_sub(sum, cph_c64_mulc(k->target[j], k->triangle[j * count + i]));
        const cph_c64 end = k->triangle[i * count + i]; /* the divisor's conjugate */
        k->target[i] = cph_c64_scale(1.0 / cph_c64_power(end), cph_c64_mul(sum, end));
    }
    cph_reflect_apply(n, count, k->v, k->target);
    return CPH_OK;
}

void cph_adaptive_scatter(const cph_adaptive *adaptive, const cph_c64 *x, cph_c64 *w)
{
    memset(w, 0, adaptive->elements * sizeof *w);
    for (size_t n = 0; n < adaptive->live; n++)
        w[adaptive->index[n]] = x[n];
}

cph_status cph_adaptive_lcmv(const cph_adaptive *adaptive, size_t constraints, const cph_c64 *c,
                             const cph_c64 *response, cph_c64 *w, double *power, cph_error *error)
{
    cph_constraints k = {0};
    cph_status status = cph_constraints_take(adaptive, constraints, c, response, &k, error);
    if (status != CPH_OK)
        return status;
    for (size_t j = 0; j < constraints; j++)
        cph_cholesky_forward(adaptive->live, adaptive->factor, k.v + j * adaptive->live);
    status = cph_constraints_solve(adaptive, &k, error);
    if (status == CPH_OK) {
        double least = 0.0;
        for (size_t n = 0; n < adaptive->live; n++)
            least += cph_c64_power(k.target[n]);
        cph_cholesky_backward(adaptive->live, adaptive->factor, k.target);
        cph_adaptive_scatter(adaptive, k.target, w);
        if (power != NULL)
            *power = least;
    }
    cph_constraints_free(&k);
    return status;
}

cph_status cph_adaptive_mvdr(const cph_adaptive *adaptive, const cph_c64 *a, cph_c64 *w,
                             double *power, cph_error *error)
{
    const cph_c64 unit = {1.0, 0.0};
    return cph_adaptive_lcmv(adaptive, 1, a, &unit, w, power, error);
}

cph_status cph_constraint_derivative(size_t elements, const double *position, double freq_hz,
                                     const double direction[3], const double tangent[3], cph_c64 *c)
{
    const double wavenumber = 2.0 * M_PI * freq_hz / CPH_SPEED_OF_LIGHT;
    if (elements == 0 || position == NULL || direction == NULL || tangent == NULL || c == NULL)
        return CPH_ERR_ARGUMENT;
    if (!isfinite(cph_norm3(tangent)))
        return CPH_ERR_NOT_FINITE;
    cph_status status = cph_steer_c64(elements, position, freq_hz, direction, c);
    for (size_t n = 0; status == CPH_OK && n < elements; n++) {
        const double slope = wavenumber * cph_dot3(tangent, position + 3 * n);
        c[n] = (cph_c64){-slope * c[n].im, slope * c[n].re};
    }
    return status;
}
