/* SPDX-License-Identifier: MIT */
/* What redundancy leaves open, by a model of the sky: null vector c of the gains changes log u of a
 * group by -(B c), which the model tells. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "calib/redundant.h"
#include "calib/tiles.h"
#include "kernels/core/c64.h"
#include "kernels/core/size.h"

static double sign_of(cph_redundant_part part)
{
    return part == CPH_AMPLITUDES ? 1.0 : -1.0;
}

/* The null vectors that change u: all but the overall phase. */
static const double *moving(const cph_redundant_set *s, cph_redundant_part part, size_t *count)
{
    *count = part == CPH_AMPLITUDES ? s->amplitude_nulls : s->phase_nulls - 1;
    return part == CPH_AMPLITUDES ? s->amplitude_null : s->phase_null + s->n;
}

/* Change along a group's baselines of a vector [n]; the same for each when it is a null vector. */
static double along(const cph_redundant_set *s, cph_redundant_part part, size_t k, const double *x)
{
    const cph_redundant_baseline *b = &s->baseline[s->start[k]];
    return x[b->first] + sign_of(part) * x[b->second];
}

static cph_c64 model_of(const cph_redundant_solver *v, size_t k)
{
    const cph_redundant_set *s = v->set;
    const cph_redundant_problem *o = v->problem;
    cph_c64 sum = {0.0, 0.0};
    for (size_t b = s->start[k]; b < s->start[k + 1]; b++) {
        const size_t p = s->element[s->baseline[b].first], q = s->element[s->baseline[b].second];
        sum = cph_c64_add(sum,
                          p < q ? o->model[p * o->ld + q] : cph_c64_conj(o->model[q * o->ld + p]));
    }
    return cph_c64_scale(1.0 / (double)(s->start[k + 1] - s->start[k]), sum);
}

/* Whether a group's u can be held against the model: a group of one baseline of an open element
 * cannot. */
static bool tells(const cph_redundant_solver *v, size_t k, cph_c64 model)
{
    const cph_redundant_baseline *b = &v->set->baseline[v->set->start[k]];
    return cph_c64_power(model) > 0.0 && cph_c64_power(v->u[k]) > 0.0 && !v->set->open[b->first] &&
           !v->set->open[b->second];
}

/* matrix [c][c] = (B V)^T Omega (B V), right [c] = (B V)^T Omega y with y = log(u / model) of the
 * part (NULL: not wanted); Omega_k = sum of v->w. */
static void add_groups(const cph_redundant_solver *v, cph_redundant_part part, double *matrix,
                       double *right)
{
    const cph_redundant_set *s = v->set;
    size_t count;
    const double *basis = moving(s, part, &count);
    for (size_t k = 0; k < s->groups; k++) {
        const cph_c64 model = model_of(v, k);
        if (!tells(v, k, model))
            continue;
        const cph_c64 ratio = cph_c64_mulc(v->u[k], model);
        const double y = part == CPH_AMPLITUDES
                             ? 0.5 * log(cph_c64_power(v->u[k]) / cph_c64_power(model))
                             : atan2(ratio.im, ratio.re);
        double omega = 0.0;
        for (size_t b = s->start[k]; b < s->start[k + 1]; b++)
            omega += v->w[b];
        for (size_t i = 0; i < count; i++) {
            const double at = omega * along(s, part, k, basis + i * s->n);
            for (size_t j = 0; j < count; j++)
                matrix[i * count + j] += at * along(s, part, k, basis + j * s->n);
            if (right != NULL)
                right[i] += at * y;
        }
    }
}

/* Directions of open elements alone are pinned: nothing is known of them, nor asked. */
static void pin_open(const cph_redundant_set *s, cph_redundant_part part, double *matrix)
{
    size_t count;
    const double *basis = moving(s, part, &count);
    double scale = 0.0;
    for (size_t i = 0; i < count; i++)
        scale += matrix[i * count + i] / (double)count;
    for (size_t p = 0; p < s->n; p++)
        for (size_t i = 0; s->open[p] && i < count; i++)
            for (size_t j = 0; j < count; j++)
                matrix[i * count + j] += scale * basis[i * s->n + p] * basis[j * s->n + p];
}

/* g moves along null vectors by what u and the model differ. */
static cph_status meet(cph_redundant_solver *v, cph_redundant_part part)
{
    const cph_redundant_set *s = v->set;
    size_t count;
    const double *basis = moving(s, part, &count);
    if (count == 0)
        return CPH_OK;
    double *matrix = calloc(count, (count + 1) * sizeof *matrix);
    if (matrix == NULL)
        return CPH_ERR_MEMORY;
    double *right = matrix + count * count;
    add_groups(v, part, matrix, right);
    pin_open(s, part, matrix);
    const cph_status status = cph_tiles_invert(count, matrix);
    for (size_t p = 0; status == CPH_OK && p < s->n; p++) {
        double by = 0.0;
        for (size_t i = 0; i < count; i++)
            for (size_t j = 0; j < count; j++)
                by += basis[i * s->n + p] * matrix[i * count + j] * right[j];
        const cph_c64 factor =
            part == CPH_AMPLITUDES ? (cph_c64){exp(by), 0.0} : (cph_c64){cos(by), sin(by)};
        v->g[p] = cph_c64_mul(v->g[p], factor);
    }
    free(matrix);
    return status;
}

static cph_status check_model(const cph_redundant_solver *v)
{
    double sum = 0.0;
    for (size_t k = 0; k < v->set->groups; k++) {
        const cph_c64 model = model_of(v, k);
        if (!cph_c64_finite(model))
            return CPH_ERR_NOT_FINITE;
        sum += cph_c64_power(model);
    }
    return sum > 0.0 ? CPH_OK : CPH_ERR_SINGULAR;
}

cph_status cph_redundant_meet(cph_redundant_solver *v)
{
    const cph_redundant_set *s = v->set;
    double step[3] = {0};
    cph_status status = check_model(v);
    if (status != CPH_OK)
        return status;
    for (size_t d = 0; d < s->slopes; d++) {
        const cph_c64 ratio = cph_c64_mulc(v->u[s->step[d]], model_of(v, s->step[d]));
        step[d] = atan2(ratio.im, ratio.re);
    }
    cph_redundant_turn(v, step);
    (void)cph_redundant_fit(v, v->g);
    for (int part = CPH_AMPLITUDES; status == CPH_OK && part <= CPH_PHASES; part++)
        status = meet(v, (cph_redundant_part)part);
    return status;
}

/* ---- how the gauge follows the data ---- */

/* k [c][n] = matrix^-1 (B V)^T sum of W a over groups. */
static void follow(const cph_redundant_solver *v, cph_redundant_part part,
                   cph_redundant_binding *binding)
{
    const cph_redundant_set *s = v->set;
    const size_t count = binding->count;
    for (size_t k = 0; k < s->groups; k++) {
        if (!tells(v, k, model_of(v, k)))
            continue;
        for (size_t i = 0; i < count; i++) {
            double at = 0.0;
            for (size_t j = 0; j < count; j++)
                at += binding->g[i * count + j] * along(s, part, k, binding->v + j * s->n);
            binding->s[i * s->groups + k] = at;
            for (size_t b = s->start[k]; b < s->start[k + 1]; b++) {
                binding->k[i * s->n + s->baseline[b].first] += at * v->w[b];
                binding->k[i * s->n + s->baseline[b].second] += sign_of(part) * at * v->w[b];
            }
        }
    }
}

static void bind_mean(const cph_redundant_solver *v, cph_redundant_binding *binding)
{
    double sum = 0.0;
    for (size_t p = 0; p < v->set->n; p++) {
        binding->v[p] = 1.0;
        sum += binding->k[p] = v->set->open[p] ? 0.0 : sqrt(cph_c64_power(v->g[p]));
    }
    for (size_t p = 0; p < v->set->n; p++)
        binding->k[p] /= sum;
}

cph_status cph_redundant_bind(const cph_redundant_solver *v, cph_redundant_part part,
                              cph_redundant_binding *binding)
{
    const cph_redundant_set *s = v->set;
    const bool model = v->problem->model != NULL;
    size_t count;
    const double *basis = moving(s, part, &count);
    if (!model)
        count = part == CPH_AMPLITUDES;
    *binding = (cph_redundant_binding){.count = count};
    binding->v = calloc(count * s->n + 1, sizeof *binding->v);
    binding->k = calloc(count * s->n + 1, sizeof *binding->k);
    binding->g = model ? calloc(count * count + 1, sizeof *binding->g) : NULL;
    binding->s = model ? calloc(count * s->groups + 1, sizeof *binding->s) : NULL;
    if (binding->v == NULL || binding->k == NULL ||
        (model && (binding->g == NULL || binding->s == NULL)))
        return CPH_ERR_MEMORY;
    if (!model) {
        if (count > 0)
            bind_mean(v, binding);
        return CPH_OK;
    }
    if (count == 0)
        return CPH_OK;
    memcpy(binding->v, basis, count * s->n * sizeof *basis);
    add_groups(v, part, binding->g, NULL);
    pin_open(s, part, binding->g);
    const cph_status status = cph_tiles_invert(count, binding->g);
    if (status == CPH_OK)
        follow(v, part, binding);
    return status;
}

void cph_redundant_unbind(cph_redundant_binding *binding)
{
    free(binding->v);
    free(binding->k);
    free(binding->g);
    free(binding->s);
}
