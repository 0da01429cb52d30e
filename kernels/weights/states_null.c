/* SPDX-License-Identifier: MIT */
/* Nulls: least squares before rounding, a search over the states after it. */
#include <math.h>
#include <stdbool.h>

#include "kernels/weights/states_search.h"

enum { NEWTON_STEPS = 32 };

/* Of the mean diagonal of the normal equations: nulls that coincide, or that phases alone cannot
 * make (mirror images of one another about the look direction), move nothing far. */
#define RIDGE 1e-9

static const cph_c64 *null_row(const cph_states_search *s, size_t j)
{
    return s->config->null_vector + j * s->config->elements;
}

/* ---- least squares ---- */

static double null_power(const cph_states_search *s, const cph_c64 *c)
{
    double power = 0.0;
    for (size_t j = 0; j < s->config->nulls; j++) {
        const cph_c64 *v = null_row(s, j);
        cph_c64 sum = {0.0, 0.0};
        for (size_t n = 0; n < s->config->elements; n++) {
            const cph_c64 z = cph_c64_mul(c[n], v[n]);
            sum.re += z.re;
            sum.im += z.im;
        }
        s->response[j] = sum;
        power += s->config->inr[j] * cph_c64_power(sum);
    }
    return power;
}

/* Unit ways for c_n to go: round the circle, and where amplitude is free too, outward. */
static cph_c64 way(const cph_c64 *c, size_t n, size_t k)
{
    const double size = sqrt(cph_c64_power(c[n]));
    if (size == 0.0)
        return (cph_c64){0.0, 0.0};
    const cph_c64 unit = {c[n].re / size, c[n].im / size};
    return k == 0 ? (cph_c64){-unit.im, unit.re} : unit;
}

/* What a step of length one along a way does to the response: part 0 of a null is Re, 1 is Im, of
 * sqrt(inr_j) times it. */
static double coefficient(const cph_states_search *s, size_t row, size_t n, cph_c64 step)
{
    const cph_c64 z = cph_c64_mul(step, null_row(s, row / 2)[n]);
    return sqrt(s->config->inr[row / 2]) * (row % 2 == 0 ? z.re : z.im);
}

/* B B^T, its diagonal raised by the ridge, and the right side -F, sqrt(inr) times. */
static void normal_equations(const cph_states_search *s, const cph_c64 *c, size_t ways)
{
    const size_t rows = 2 * s->config->nulls, ld = rows + 1;
    double trace = 0.0;
    for (size_t i = 0; i < rows; i++) {
        for (size_t k = 0; k <= i; k++) {
            double sum = 0.0;
            for (size_t n = 0; n < ways * s->config->elements; n++) {
                const cph_c64 step = way(c, n / ways, n % ways);
                sum += coefficient(s, i, n / ways, step) * coefficient(s, k, n / ways, step);
            }
            s->system[i * ld + k] = sum;
        }
        trace += s->system[i * ld + i];
        const cph_c64 f = s->response[i / 2];
        s->system[i * ld + rows] = -sqrt(s->config->inr[i / 2]) * (i % 2 == 0 ? f.re : f.im);
    }
    for (size_t i = 0; i < rows; i++)
        s->system[i * ld + i] += RIDGE * trace / (double)rows;
}

/* Cholesky in the lower triangle; the solution replaces the right side. The ridge keeps the pivots
 * above 0. */
static void solve(double *m, size_t rows)
{
    const size_t ld = rows + 1;
    for (size_t i = 0; i < rows; i++) {
        for (size_t k = 0; k <= i; k++) {
            double sum = m[i * ld + k];
            for (size_t q = 0; q < k; q++)
                sum -= m[i * ld + q] * m[k * ld + q];
            m[i * ld + k] = k == i ? sqrt(sum) : sum / m[k * ld + k];
        }
        for (size_t q = 0; q < i; q++)
            m[i * ld + rows] -= m[i * ld + q] * m[q * ld + rows];
        m[i * ld + rows] /= m[i * ld + i];
    }
    for (size_t i = rows; i-- > 0;) {
        for (size_t q = i + 1; q < rows; q++)
            m[i * ld + rows] -= m[q * ld + i] * m[q * ld + rows];
        m[i * ld + rows] /= m[i * ld + i];
    }
}

/* to = c after `share` of the step: turned where only phases are free, else moved. */
static void stepped(const cph_states_search *s, const cph_c64 *c, size_t ways, double share,
                    cph_c64 *to)
{
    for (size_t n = 0; n < s->config->elements; n++) {
        const double size = sqrt(cph_c64_power(c[n]));
        const cph_c64 round = way(c, n, 0), out = way(c, n, 1);
        const double along = share * s->shift[ways * n];
        const double angle = size > 0.0 ? along / size : 0.0;
        if (ways == 1) {
            to[n] = cph_c64_mul(c[n], (cph_c64){cos(angle), sin(angle)});
            continue;
        }
        const double outward = share * s->shift[ways * n + 1];
        to[n] = (cph_c64){c[n].re + along * round.re + outward * out.re,
                          c[n].im + along * round.im + outward * out.im};
    }
}

/* One step, halved until the nulls get deeper; false when none does. */
static bool newton_step(const cph_states_search *s, cph_c64 *c, size_t ways, double *power)
{
    const size_t n = s->config->elements, rows = 2 * s->config->nulls, ld = rows + 1;
    normal_equations(s, c, ways);
    solve(s->system, rows);
    for (size_t i = 0; i < ways * n; i++) {
        const cph_c64 step = way(c, i / ways, i % ways);
        s->shift[i] = 0.0;
        for (size_t r = 0; r < rows; r++)
            s->shift[i] += coefficient(s, r, i / ways, step) * s->system[r * ld + rows];
    }
    for (int halvings = 0; halvings < 10; halvings++) {
        stepped(s, c, ways, exp2(-halvings), s->target);
        const double now = null_power(s, s->target);
        if (now >= *power)
            continue;
        *power = now;
        for (size_t i = 0; i < n; i++)
            c[i] = s->target[i];
        return true;
    }
    return false;
}

void cph_states_null_targets(cph_states_search *s, cph_c64 *c, bool amplitudes)
{
    double power = null_power(s, c);
    for (int step = 0; step < NEWTON_STEPS && power > 0.0; step++)
        if (!newton_step(s, c, amplitudes ? 2 : 1, &power))
            break;
}

/* ---- coordinate search on the states ---- */

static void sum_response(const cph_states_search *s)
{
    const cph_c64 *value = s->config->states->value;
    for (size_t j = 0; j < s->config->nulls; j++) {
        const cph_c64 *v = null_row(s, j);
        cph_c64 sum = {0.0, 0.0};
        for (size_t n = 0; n < s->config->elements; n++) {
            if (s->state[n] == CPH_STATE_OFF)
                continue;
            const cph_c64 z = cph_c64_mul(value[s->state[n]], v[n]);
            sum.re += z.re;
            sum.im += z.im;
        }
        s->response[j] = sum;
    }
}

/* sum_j inr_j |response_j + d v_jn|^2 */
static double jamming(const cph_states_search *s, size_t n, cph_c64 d)
{
    double sum = 0.0;
    for (size_t j = 0; j < s->config->nulls; j++) {
        const cph_c64 z = cph_c64_mul(d, null_row(s, j)[n]), f = s->response[j];
        sum += s->config->inr[j] * cph_c64_power((cph_c64){f.re + z.re, f.im + z.im});
    }
    return sum;
}

/* Gives element n the state of least cost; false when it has it. */
static bool improve(const cph_states_search *s, size_t n)
{
    const cph_states *states = s->config->states;
    const cph_c64 now = states->value[s->state[n]];
    const double error = cph_states_distance2(now, s->target[n]);
    const double jammed = jamming(s, n, (cph_c64){0.0, 0.0});
    /* a change must gain more than the roundings of the sums */
    double best = -1e-12 * (error + jammed);
    uint32_t choice = s->state[n];
    for (size_t i = 0; i < states->count; i++) {
        const double more = cph_states_distance2(states->value[i], s->target[n]) - error;
        if (more >= jammed + best) /* even with all nulls perfect */
            continue;
        const cph_c64 d = {states->value[i].re - now.re, states->value[i].im - now.im};
        const double change = more + jamming(s, n, d) - jammed;
        if (change < best) {
            best = change;
            choice = (uint32_t)i;
        }
    }
    if (choice == s->state[n])
        return false;
    const cph_c64 to = states->value[choice];
    for (size_t j = 0; j < s->config->nulls; j++) {
        const cph_c64 z = cph_c64_mul((cph_c64){to.re - now.re, to.im - now.im}, null_row(s, j)[n]);
        s->response[j].re += z.re;
        s->response[j].im += z.im;
    }
    s->state[n] = choice;
    return true;
}

size_t cph_states_descend(cph_states_search *s)
{
    size_t sweeps = 0;
    bool changed = s->config->nulls > 0;
    while (changed && sweeps < CPH_STATES_SWEEPS) {
        changed = false;
        sum_response(s);
        for (size_t n = 0; n < s->config->elements; n++)
            if (s->state[n] != CPH_STATE_OFF && improve(s, n))
                changed = true;
        sweeps++;
    }
    return sweeps;
}

double cph_states_cost(cph_states_search *s)
{
    double cost = 0.0;
    sum_response(s);
    for (size_t n = 0; n < s->config->elements; n++)
        if (s->state[n] != CPH_STATE_OFF)
            cost += cph_states_distance2(s->config->states->value[s->state[n]], s->target[n]);
    return cost + jamming(s, 0, (cph_c64){0.0, 0.0});
}
