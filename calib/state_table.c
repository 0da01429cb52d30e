/* SPDX-License-Identifier: MIT */
/* A table of states from responses of all elements: one matrix of rank one, without the elements
 * that are none of it. */
#include "cophase/state_table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "calib/median.h"
#include "kernels/core/c64.h"
#include "kernels/core/fail.h"
#include "kernels/core/size.h"

enum { ITERATIONS_MOST = 200, ROUNDS_MOST = 10, READMIT_ROUNDS = 3, JUDGED_LEAST = 3, BITS = 32 };

/* Rounding that readings went through is no inconsistency. */
static const double settled = 1e-15, rounding = 1e-11, stands_out = 5.0, beyond_chance = 4.0;

typedef struct solver {
    const cph_state_table_config *config;
    cph_c64 *value, *offset; /* [S], [N] */
    double *weight;          /* [N] 1 / variance; 1 where it is not known */
    double *residual;        /* [N] weighted sum of squares */
    double *power;           /* [N] weighted sum of |y|^2 */
    double *scratch;         /* [N] */
    unsigned char *flag;     /* [N] */
    uint32_t *stuck;         /* [N] */
    size_t used;
    unsigned iterations;
    cph_error *error;
} solver;

static cph_c64 response(const solver *v, size_t n, size_t s)
{
    return v->config->response[n * v->config->ld + s];
}

static bool used(const solver *v, size_t n)
{
    return v->flag[n] == CPH_FLAG_NONE;
}

/* An element whose responses are there, good or not. */
static bool readable(const solver *v, size_t n)
{
    return v->flag[n] == CPH_FLAG_NONE || v->flag[n] == CPH_FLAG_INCONSISTENT;
}

/* ---- the fit ---- */

/* Medians over elements of the ratio to rest, parts by themselves. */
static void start(solver *v)
{
    const cph_state_table_config *const c = v->config;
    v->value[0] = (cph_c64){1.0, 0.0};
    for (size_t s = 1; s < c->states; s++) {
        double part[2];
        for (size_t i = 0; i < 2; i++) {
            size_t count = 0;
            for (size_t n = 0; n < c->elements; n++) {
                if (!used(v, n))
                    continue;
                const cph_c64 rest = response(v, n, 0);
                const cph_c64 z =
                    cph_c64_scale(1.0 / cph_c64_power(rest), cph_c64_mulc(response(v, n, s), rest));
                v->scratch[count++] = i == 0 ? z.re : z.im;
            }
            part[i] = cph_median(v->scratch, count);
        }
        v->value[s] = (cph_c64){part[0], part[1]};
    }
}

static double table_power(const solver *v)
{
    double sum = 0.0;
    for (size_t s = 0; s < v->config->states; s++)
        sum += cph_c64_power(v->value[s]);
    return sum;
}

/* Best offset of element n under the table: sum conj(t) y / sum |t|^2. */
static cph_c64 best_offset(const solver *v, size_t n, double power)
{
    cph_c64 sum = {0.0, 0.0};
    for (size_t s = 0; s < v->config->states; s++)
        sum = cph_c64_add(sum, cph_c64_mulc(response(v, n, s), v->value[s]));
    return cph_c64_scale(1.0 / power, sum);
}

static void take_offsets(solver *v)
{
    const double power = table_power(v);
    for (size_t n = 0; n < v->config->elements; n++)
        if (readable(v, n))
            v->offset[n] = best_offset(v, n, power);
}

static void take_residuals(solver *v)
{
    for (size_t n = 0; n < v->config->elements; n++) {
        v->residual[n] = 0.0;
        for (size_t s = 0; readable(v, n) && s < v->config->states; s++)
            v->residual[n] +=
                v->weight[n] * cph_c64_power(cph_c64_sub(response(v, n, s),
                                                         cph_c64_mul(v->offset[n], v->value[s])));
    }
}

/* sum w |o|^2 over used elements. */
static double offset_power(const solver *v)
{
    double sum = 0.0;
    for (size_t n = 0; n < v->config->elements; n++)
        sum += used(v, n) ? v->weight[n] * cph_c64_power(v->offset[n]) : 0.0;
    return sum;
}

/* Best table under the offsets, over its first; how far it moved, relative. */
static double take_values(solver *v)
{
    const cph_state_table_config *const c = v->config;
    double moved = 0.0, power = 0.0;
    cph_c64 rest = {1.0, 0.0};
    for (size_t s = 0; s < c->states; s++) {
        cph_c64 sum = {0.0, 0.0};
        for (size_t n = 0; n < c->elements; n++)
            if (used(v, n))
                sum = cph_c64_add(sum, cph_c64_scale(v->weight[n], cph_c64_mulc(response(v, n, s),
                                                                                v->offset[n])));
        if (s == 0)
            rest = cph_c64_scale(1.0 / cph_c64_power(sum), cph_c64_conj(sum));
        const cph_c64 value = s == 0 ? (cph_c64){1.0, 0.0} : cph_c64_mul(sum, rest);
        moved += cph_c64_power(cph_c64_sub(value, v->value[s]));
        power += cph_c64_power(value);
        v->value[s] = value;
    }
    return sqrt(moved / power);
}

static cph_status alternate(solver *v)
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

/* ---- who stands out ---- */

/* Wilson and Hilferty's mean and deviation of the cube root of chi-square over its dof. */
static double cube_deviate(double ratio, double dof)
{
    const double variance = 2.0 / (9.0 * dof);
    return (cbrt(ratio) - (1.0 - variance)) / sqrt(variance);
}

/* Real degrees of freedom of element n: what the table takes goes by its share in it. */
static double dof_of(const solver *v, size_t n, double all)
{
    const double share = used(v, n) ? v->weight[n] * cph_c64_power(v->offset[n]) / all : 0.0;
    return 2.0 * ((double)v->config->states - 1.0) * fmax(1.0 - share, 0.0);
}

/* Variance of a weighted part, by the median element. */
static double typical(const solver *v, double all)
{
    size_t count = 0;
    double dofs = 0.0;
    for (size_t n = 0; n < v->config->elements; n++) {
        const double dof = dof_of(v, n, all);
        if (!used(v, n) || !(dof > 0.0))
            continue;
        v->scratch[count++] = v->residual[n] / dof;
        dofs += dof;
    }
    const double dof = dofs / (double)count, third = 1.0 - 2.0 / (9.0 * dof);
    return cph_median(v->scratch, count) / (third * third * third);
}

static bool is_off(double residual, double power, double dof, double variance)
{
    if (residual <= rounding * rounding * power)
        return false;
    return !(variance > 0.0) || cube_deviate(residual / dof / variance, dof) > stands_out;
}

/* Flags what stands out, and takes back what no longer does; whether anything changed. */
static bool judge(solver *v, bool readmit)
{
    const double all = offset_power(v), variance = typical(v, all);
    size_t left = v->used;
    bool changed = false;
    for (size_t n = 0; n < v->config->elements; n++) {
        const double dof = dof_of(v, n, all);
        if (!readable(v, n) || !(dof > 0.0))
            continue;
        const bool off = is_off(v->residual[n], v->power[n], dof, variance);
        if (off == !used(v, n) || (!off && !readmit) || (off && left <= 2))
            continue;
        v->flag[n] = off ? CPH_FLAG_INCONSISTENT : CPH_FLAG_NONE;
        left = off ? left - 1 : left + 1;
        changed = true;
    }
    v->used = left;
    return changed;
}

/* ---- stuck bits ---- */

static size_t find_code(const cph_state_table_config *c, uint32_t code)
{
    size_t s = 0;
    while (s < c->states && c->code[s] != code)
        s++;
    return s;
}

/* The state in which element n is instead of s, were the bit stuck at value; S: not known. */
static size_t forced(const cph_state_table_config *c, size_t s, uint32_t bit, uint32_t value)
{
    return find_code(c, value != 0 ? c->code[s] | bit : c->code[s] & ~bit);
}

/* Residual of element n, were the bit stuck at value, and (healthy) were it not, over states whose
 * forced ones are known; how many. */
static size_t try_stuck(const solver *v, size_t n, uint32_t bit, uint32_t value, double *residual,
                        double *healthy)
{
    const cph_state_table_config *const c = v->config;
    cph_c64 sum = {0.0, 0.0};
    double power = 0.0;
    size_t count = 0;
    for (size_t s = 0; s < c->states; s++) {
        const size_t at = forced(c, s, bit, value);
        if (at == c->states)
            continue;
        sum = cph_c64_add(sum, cph_c64_mulc(response(v, n, s), v->value[at]));
        power += cph_c64_power(v->value[at]);
        count++;
    }
    const cph_c64 offset = cph_c64_scale(1.0 / power, sum);
    *residual = *healthy = 0.0;
    for (size_t s = 0; s < c->states; s++) {
        const size_t at = forced(c, s, bit, value);
        const cph_c64 y = response(v, n, s);
        if (at == c->states)
            continue;
        *residual +=
            v->weight[n] * cph_c64_power(cph_c64_sub(y, cph_c64_mul(offset, v->value[at])));
        *healthy +=
            v->weight[n] * cph_c64_power(cph_c64_sub(y, cph_c64_mul(v->offset[n], v->value[s])));
    }
    return count;
}

/* Whether element n is as if the bit were always `value`; its residual. */
static bool is_stuck(const solver *v, size_t n, uint32_t bit, uint32_t value, double variance,
                     double *residual)
{
    double healthy;
    const size_t count = try_stuck(v, n, bit, value, residual, &healthy);
    const double dof = 2.0 * ((double)count - 1.0);
    return 2 * count >= v->config->states && count >= 2 && *residual < healthy &&
           !is_off(*residual, v->power[n], dof, variance);
}

/* The bit that explains an inconsistent element as well as others are. */
static void find_stuck(solver *v, size_t n, double variance)
{
    double best = INFINITY;
    uint32_t any = 0;
    for (size_t s = 0; s < v->config->states; s++)
        any |= v->config->code[s];
    for (uint32_t b = 0; b < BITS; b++) {
        if ((any >> b & 1u) == 0)
            continue;
        double residual[2];
        const bool low = is_stuck(v, n, 1u << b, 0, variance, &residual[0]);
        const bool high = is_stuck(v, n, 1u << b, 1, variance, &residual[1]);
        const double least = low && high ? fmin(residual[0], residual[1])
                             : low       ? residual[0]
                             : high      ? residual[1]
                                         : INFINITY;
        if (!(least < best))
            continue;
        best = least;
        v->stuck[n] = CPH_STUCK_VALUES * b + (low && high ? (uint32_t)CPH_STUCK_EITHER : high);
    }
}

static void find_all_stuck(solver *v)
{
    const double variance = typical(v, offset_power(v));
    for (size_t n = 0; n < v->config->elements; n++) {
        v->stuck[n] = CPH_STUCK_NONE;
        if (v->flag[n] == CPH_FLAG_INCONSISTENT && v->config->code != NULL)
            find_stuck(v, n, variance);
    }
}

static cph_status solve(solver *v)
{
    start(v);
    take_offsets(v);
    take_residuals(v);
    if (v->used >= JUDGED_LEAST)
        (void)judge(v, false);
    cph_status status = alternate(v);
    for (unsigned round = 0; status == CPH_OK && round < ROUNDS_MOST; round++) {
        if (v->used < JUDGED_LEAST || !judge(v, round < READMIT_ROUNDS))
            break;
        status = alternate(v);
    }
    if (status == CPH_OK)
        find_all_stuck(v);
    return status;
}

/* ---- the answer ---- */

static void deliver_states(const solver *v, double variance, cph_state_table_solution *s)
{
    const cph_state_table_config *const c = v->config;
    const double all = offset_power(v);
    for (size_t k = 0; k < c->states; k++) {
        const double power = cph_c64_power(v->value[k]);
        const double part = k == 0 ? 0.0 : sqrt(0.5 * variance * (1.0 + power) / all / power);
        double sum = 0.0;
        for (size_t n = 0; n < c->elements; n++)
            if (used(v, n)) {
                const cph_c64 model = cph_c64_mul(v->offset[n], v->value[k]);
                sum += cph_c64_power(cph_c64_sub(response(v, n, k), model)) / cph_c64_power(model);
            }
        s->value[k] = v->value[k];
        s->phase_sigma[k] = s->amplitude_sigma[k] = part;
        s->spread[k] = sqrt(sum / (double)v->used);
    }
}

static void deliver(const solver *v, cph_state_table_solution *s)
{
    const cph_state_table_config *const c = v->config;
    const double all = offset_power(v), nothing = (double)NAN;
    const double dof = 2.0 * ((double)v->used - 1.0) * ((double)c->states - 1.0);
    double sum = 0.0, given = 0.0;
    for (size_t n = 0; n < c->elements; n++)
        if (used(v, n)) {
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
        const double own = dof_of(v, n, all);
        s->offset[n] = used(v, n) ? v->offset[n] : (cph_c64){nothing, nothing};
        s->chi2[n] = readable(v, n) && own > 0.0
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
static cph_status prepare(solver *v, const unsigned char *flag)
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
            const cph_c64 y = response(v, n, s);
            v->power[n] += v->weight[n] * cph_c64_power(y);
            if (!cph_c64_finite(y))
                v->flag[n] = CPH_FLAG_NOT_FINITE;
        }
        if (used(v, n) && !(cph_c64_power(response(v, n, 0)) > 0.0))
            v->flag[n] = CPH_FLAG_DEAD;
        v->used += used(v, n);
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
    solver v = {.config = config,
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
