/* SPDX-License-Identifier: MIT */
/* A table of states from responses of all elements: one matrix of rank one, without the elements
 * that are none of it. */
#include "cophase/state_table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "calib/median.h"
#include "calib/state_table.h"
#include "kernels/core/c64.h"
#include "kernels/core/fail.h"
#include "kernels/core/size.h"

enum { ITERATIONS_MOST = 200, ROUNDS_MOST = 10, READMIT_ROUNDS = 3, JUDGED_LEAST = 3 };

static const double settled = 1e-15, beyond_chance = 4.0;

/* ---- the fit ---- */

/* Medians over elements of the ratio to rest, parts by themselves. */
static void start(cph_state_solver *v)
{
    const cph_state_table_config *const c = v->config;
    v->value[0] = (cph_c64){1.0, 0.0};
    for (size_t s = 1; s < c->states; s++) {
        double part[2];
        for (size_t i = 0; i < 2; i++) {
            size_t count = 0;
            for (size_t n = 0; n < c->elements; n++) {
                if (!cph_state_used(v, n))
                    continue;
                const cph_c64 rest = cph_state_response(v, n, 0);
                const cph_c64 z = cph_c64_scale(1.0 / cph_c64_power(rest),
                                                cph_c64_mulc(cph_state_response(v, n, s), rest));
                v->scratch[count++] = i == 0 ? z.re : z.im;
            }
            part[i] = cph_median(v->scratch, count);
        }
        v->value[s] = (cph_c64){part[0], part[1]};
    }
}

static double table_power(const cph_state_solver *v)
{
    double sum = 0.0;
    for (size_t s = 0; s < v->config->states; s++)
        sum += cph_c64_power(v->value[s]);
    return sum;
}

/* Best offset of element n under the table: sum conj(t) y / sum |t|^2. */
static cph_c64 best_offset(const cph_state_solver *v, size_t n, double power)
{
    cph_c64 sum = {0.0, 0.0};
    for (size_t s = 0; s < v->config->states; s++)
        sum = cph_c64_add(sum, cph_c64_mulc(cph_state_response(v, n, s), v->value[s]));
    return cph_c64_scale(1.0 / power, sum);
}

static void take_offsets(cph_state_solver *v)
{
    const double power = table_power(v);
    for (size_t n = 0; n < v->config->elements; n++)
        if (cph_state_readable(v, n))
            v->offset[n] = best_offset(v, n, power);
}

static void take_residuals(cph_state_solver *v)
{
    for (size_t n = 0; n < v->config->elements; n++) {
        v->residual[n] = 0.0;
        for (size_t s = 0; cph_state_readable(v, n) && s < v->config->states; s++)
            v->residual[n] +=
                v->weight[n] * cph_c64_power(cph_c64_sub(cph_state_response(v, n, s),
                                                         cph_c64_mul(v->offset[n], v->value[s])));
    }
}

/* sum w |o|^2 over used elements. */
double cph_state_offset_power(const cph_state_solver *v)
{
    double sum = 0.0;
    for (size_t n = 0; n < v->config->elements; n++)
        sum += cph_state_used(v, n) ? v->weight[n] * cph_c64_power(v->offset[n]) : 0.0;
    return sum;
}

/* Best table under the offsets, over its first; how far it moved, relative. */
static double take_values(cph_state_solver *v)
{
    const cph_state_table_config *const c = v->config;
    double moved = 0.0, power = 0.0;
    cph_c64 rest = {1.0, 0.0};
    for (size_t s = 0; s < c->states; s++) {
        cph_c64 sum = {0.0, 0.0};
        for (size_t n = 0; n < c->elements; n++)
            if (cph_state_used(v, n))
                sum = cph_c64_add(
                    sum, cph_c64_scale(v->weight[n],
                                       cph_c64_mulc(cph_state_response(v, n, s), v->offset[n])));
        if (s == 0)
            rest = cph_c64_scale(1.0 / cph_c64_power(sum), cph_c64_conj(sum));
        const cph_c64 value = s == 0 ? (cph_c64){1.0, 0.0} : cph_c64_mul(sum, rest);
        moved += cph_c64_power(cph_c64_sub(value, v->value[s]));
        power += cph_c64_power(value);
        v->value[s] = value;
    }
    return sqrt(moved / power);
}

static cph_status alternate(cph_state_solver *v)
{
    for (unsigned i = 0; i < ITERATIONS_MOST; i++) {
        take_offsets(v);
        const double moved = take_values(v);
        v->iterations++;
        if (!isfinite(moved))
            return cph_fail(v->error, CPH_ERR_SINGULAR,
                            "the responses at rest are 0, or have nothing in common");
        if (moved <= settled)
            break;
    }
    take_offsets(v);
    take_residuals(v);
    return CPH_OK;
}

static cph_status solve(cph_state_solver *v)
{
    start(v);
    take_offsets(v);
    take_residuals(v);
    if (v->used >= JUDGED_LEAST)
        (void)cph_state_judge(v, false);
    cph_status status = alternate(v);
    for (unsigned round = 0; status == CPH_OK && round < ROUNDS_MOST; round++) {
        if (v->used < JUDGED_LEAST || !cph_state_judge(v, round < READMIT_ROUNDS))
            break;
        status = alternate(v);
    }
    if (status == CPH_OK)
        cph_state_find_stuck(v);
    return status;
}

/* ---- the answer ---- */

static void deliver_states(const cph_state_solver *v, double variance, cph_state_table_solution *s)
{
    const cph_state_table_config *const c = v->config;
    const double all = cph_state_offset_power(v);
    for (size_t k = 0; k < c->states; k++) {
        const double power = cph_c64_power(v->value[k]);
        const double part = k == 0 ? 0.0 : sqrt(0.5 * variance * (1.0 + power) / all / power);
        double sum = 0.0;
        for (size_t n = 0; n < c->elements; n++)
            if (cph_state_used(v, n)) {
                const cph_c64 model = cph_c64_mul(v->offset[n], v->value[k]);
                sum += cph_c64_power(cph_c64_sub(cph_state_response(v, n, k), model)) /
                       cph_c64_power(model);
            }
        s->value[k] = v->value[k];
        s->phase_sigma[k] = s->amplitude_sigma[k] = part;
        s->spread[k] = sqrt(sum / (double)v->used);
    }
}

static void deliver(const cph_state_solver *v, cph_state_table_solution *s)
{
    const cph_state_table_config *const c = v->config;
    const double all = cph_state_offset_power(v), nothing = (double)NAN;
    const double dof = 2.0 * ((double)v->used - 1.0) * ((double)c->states - 1.0);
    double sum = 0.0, given = 0.0;
    for (size_t n = 0; n < c->elements; n++)
        if (cph_state_used(v, n)) {
            sum += v->residual[n];
            given += 1.0 / v->weight[n] / (double)v->used;
        }
    /* Residuals count a complex response, dof its two parts. */
    const double found = dof > 0.0 ? 2.0 * sum / dof : nothing;
    const bool known = c->sigma != NULL;
    const bool more = found > 1.0 + beyond_chance * sqrt(2.0 / dof);
    s->chi2_dof = known ? found : nothing;
    s->sigma = sqrt(known ? given : found);
    s->iterations = v->iterations;
    deliver_states(v, known && !more ? 1.0 : found, s);
    for (size_t n = 0; n < c->elements; n++) {
        const double own = cph_state_dof(v, n, all);
        s->offset[n] = cph_state_used(v, n) ? v->offset[n] : (cph_c64){nothing, nothing};
        s->chi2[n] = cph_state_readable(v, n) && own > 0.0
                         ? 2.0 * v->residual[n] / own / (known ? 1.0 : found)
                         : nothing;
        s->flag[n] = v->flag[n];
        s->stuck[n] = v->stuck[n];
    }
}

/* ---- the call ---- */

static bool complete(const cph_state_table_config *c, const cph_state_table_solution *s)
{
    return c != NULL && s != NULL && c->response != NULL && c->elements >= 1 && c->states >= 2 &&
           s->value != NULL && s->phase_sigma != NULL && s->amplitude_sigma != NULL &&
           s->spread != NULL && s->offset != NULL && s->chi2 != NULL && s->flag != NULL &&
           s->stuck != NULL;
}

/* Weights and flags; what cannot be read is left out. */
static cph_status prepare(cph_state_solver *v, const unsigned char *flag)
{
    const cph_state_table_config *const c = v->config;
    for (size_t n = 0; n < c->elements; n++) {
        v->flag[n] = flag[n];
        v->weight[n] = 1.0;
        if (flag[n] != CPH_FLAG_NONE)
            continue;
        if (c->sigma != NULL && !(isfinite(c->sigma[n]) && c->sigma[n] > 0.0))
            return cph_fail(v->error, CPH_ERR_NOT_FINITE,
                            "the noise of element %zu is %g, expected a number above 0", n,
                            c->sigma[n]);
        v->weight[n] = c->sigma != NULL ? 1.0 / (c->sigma[n] * c->sigma[n]) : 1.0;
        for (size_t s = 0; s < c->states; s++) {
            const cph_c64 y = cph_state_response(v, n, s);
            v->power[n] += v->weight[n] * cph_c64_power(y);
            if (!cph_c64_finite(y))
                v->flag[n] = CPH_FLAG_NOT_FINITE;
        }
        if (cph_state_used(v, n) && !(cph_c64_power(cph_state_response(v, n, 0)) > 0.0))
            v->flag[n] = CPH_FLAG_DEAD;
        v->used += cph_state_used(v, n);
    }
    return v->used > 0
               ? CPH_OK
               : cph_fail(v->error, CPH_ERR_TOO_FEW, "no element of %zu is left", c->elements);
}

cph_status cph_state_table_solve(const cph_state_table_config *config,
                                 cph_state_table_solution *solution, cph_error *error)
{
    if (!complete(config, solution))
        return cph_fail(error, CPH_ERR_ARGUMENT,
                        "responses of two states and more, and arrays for the answer, are needed");
    const size_t n = config->elements;
    size_t bytes = 0, at[8];
    if (!cph_size_matrix(n, config->ld, config->states, sizeof *config->response) ||
        !cph_size_place(&bytes, config->states, sizeof(cph_c64), &at[0]) ||
        !cph_size_place(&bytes, n, sizeof(cph_c64), &at[1]) ||
        !cph_size_place(&bytes, n, sizeof(double), &at[2]) ||
        !cph_size_place(&bytes, n, sizeof(double), &at[3]) ||
        !cph_size_place(&bytes, n, sizeof(double), &at[4]) ||
        !cph_size_place(&bytes, n, sizeof(double), &at[5]) ||
        !cph_size_place(&bytes, n, sizeof(uint32_t), &at[6]) ||
        !cph_size_place(&bytes, n, 1, &at[7]) || bytes == 0)
        return cph_fail(error, CPH_ERR_OVERFLOW, "%zu elements do not fit", n);
    void *const memory = calloc(1, bytes);
    if (memory == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "no memory for %zu elements", n);
    cph_state_solver v = {.config = config,
                          .value = cph_size_at(memory, at[0]),
                          .offset = cph_size_at(memory, at[1]),
                          .weight = cph_size_at(memory, at[2]),
                          .residual = cph_size_at(memory, at[3]),
                          .power = cph_size_at(memory, at[4]),
                          .scratch = cph_size_at(memory, at[5]),
                          .stuck = cph_size_at(memory, at[6]),
                          .flag = cph_size_at(memory, at[7]),
                          .error = error};
    cph_status status = prepare(&v, solution->flag);
    if (status == CPH_OK)
        status = solve(&v);
    if (status == CPH_OK)
        deliver(&v, solution);
    free(memory);
    return status;
}
