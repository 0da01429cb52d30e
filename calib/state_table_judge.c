/* SPDX-License-Identifier: MIT */
/* Elements that are none of a table of states: who stands out, and whose bit is stuck. */
#include <math.h>

#include "calib/median.h"
#include "calib/state_table.h"

enum { BITS = 32 };

/* Rounding that readings went through is no inconsistency. */
static const double rounding = 1e-11, stands_out = 5.0;

/* ---- who stands out ---- */

/* Wilson and Hilferty's mean and deviation of the cube root of chi-square over its dof. */
static double cube_deviate(double ratio, double dof)
{
    const double variance = 2.0 / (9.0 * dof);
    return (cbrt(ratio) - (1.0 - variance)) / sqrt(variance);
}

double cph_state_dof(const cph_state_solver *v, size_t n, double all)
{
    const double share =
        cph_state_used(v, n) ? v->weight[n] * cph_c64_power(v->offset[n]) / all : 0.0;
    return 2.0 * ((double)v->config->states - 1.0) * fmax(1.0 - share, 0.0);
}

/* Variance of a weighted part, by the median element. */
double cph_state_variance(const cph_state_solver *v, double all)
{
    size_t count = 0;
    double dofs = 0.0;
    for (size_t n = 0; n < v->config->elements; n++) {
        const double dof = cph_state_dof(v, n, all);
        if (!cph_state_used(v, n) || !(dof > 0.0))
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
bool cph_state_judge(cph_state_solver *v, bool readmit)
{
    const double all = cph_state_offset_power(v), variance = cph_state_variance(v, all);
    size_t left = v->used;
    bool changed = false;
    for (size_t n = 0; n < v->config->elements; n++) {
        const double dof = cph_state_dof(v, n, all);
        if (!cph_state_readable(v, n) || !(dof > 0.0))
            continue;
        const bool off = is_off(v->residual[n], v->power[n], dof, variance);
        if (off == !cph_state_used(v, n) || (!off && !readmit) || (off && left <= 2))
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
static size_t try_stuck(const cph_state_solver *v, size_t n, uint32_t bit, uint32_t value,
                        double *residual, double *healthy)
{
    const cph_state_table_config *const c = v->config;
    cph_c64 sum = {0.0, 0.0};
    double power = 0.0;
    size_t count = 0;
    for (size_t s = 0; s < c->states; s++) {
        const size_t at = forced(c, s, bit, value);
        if (at == c->states)
            continue;
        sum = cph_c64_add(sum, cph_c64_mulc(cph_state_response(v, n, s), v->value[at]));
        power += cph_c64_power(v->value[at]);
        count++;
    }
    const cph_c64 offset = cph_c64_scale(1.0 / power, sum);
    *residual = *healthy = 0.0;
    for (size_t s = 0; s < c->states; s++) {
        const size_t at = forced(c, s, bit, value);
        const cph_c64 y = cph_state_response(v, n, s);
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
static bool is_stuck(const cph_state_solver *v, size_t n, uint32_t bit, uint32_t value,
                     double variance, double *residual)
{
    double healthy;
    const size_t count = try_stuck(v, n, bit, value, residual, &healthy);
    const double dof = 2.0 * ((double)count - 1.0);
    return 2 * count >= v->config->states && count >= 2 && *residual < healthy &&
           !is_off(*residual, v->power[n], dof, variance);
}

/* The bit that explains an inconsistent element as well as others are. */
static void find_stuck(cph_state_solver *v, size_t n, double variance)
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

void cph_state_find_stuck(cph_state_solver *v)
{
    const double variance = cph_state_variance(v, cph_state_offset_power(v));
    for (size_t n = 0; n < v->config->elements; n++) {
        v->stuck[n] = CPH_STUCK_NONE;
        if (v->flag[n] == CPH_FLAG_INCONSISTENT && v->config->code != NULL)
            find_stuck(v, n, variance);
    }
}
