/* SPDX-License-Identifier: MIT */
/* The model of all pairs of antennas, and live inputs packed and normalised. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "calib/jones.h"
#include "calib/median.h"
#include "cophase/steer.h"
#include "kernels/core/fail.h"
#include "kernels/core/size.h"

/* Larger than this times what powers allow, a correlation is no correlation. */
static const double impossible = 2.0;
/* Of the powers: R may differ by so much from its adjoint. */
static const double askew = 1e-3;

/* b [2][2] of Stokes parameters; NULL: unpolarised, of power 1. */
static void coherency(const double *stokes, cph_c64 *b)
{
    static const double plain[4] = {1.0, 0.0, 0.0, 0.0};
    const double *const s = stokes == NULL ? plain : stokes;
    b[0] = (cph_c64){s[0] + s[1], 0.0};
    b[1] = (cph_c64){s[2], s[3]};
    b[2] = (cph_c64){s[2], -s[3]};
    b[3] = (cph_c64){s[0] - s[1], 0.0};
}

static void add_source(size_t n, const cph_c64 *a, const double *stokes, cph_c64 *model)
{
    cph_c64 b[4];
    coherency(stokes, b);
    for (size_t p = 0; p < n; p++)
        for (size_t q = 0; q < n; q++)
            for (size_t c = 0; p != q && c < 4; c++) {
                cph_c64 *const m = model + 4 * (p * n + q) + c;
                *m = cph_c64_add(*m, cph_c64_mul(cph_c64_mulc(a[p], a[q]), b[c]));
            }
}

static void add_given(const cph_jones_problem *p, cph_c64 *model)
{
    const size_t n = p->antennas;
    for (size_t i = 0; i < n; i++)
        for (size_t k = i + 1; k < n; k++)
            for (size_t c = 0; c < 4; c++) {
                const cph_c64 z = p->model[(2 * i + c / 2) * p->ld + 2 * k + c % 2];
                model[4 * (i * n + k) + c] = z;
                model[4 * (k * n + i) + 2 * (c % 2) + c / 2] = cph_c64_conj(z);
            }
}

cph_status cph_jones_model(const cph_jones_problem *problem, cph_c64 *model, cph_error *error)
{
    const size_t n = problem->antennas;
    cph_status status = CPH_OK;
    cph_c64 *const a = calloc(n, sizeof *a);
    if (a == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "no memory for %zu antennas", n);
    if (problem->model != NULL)
        add_given(problem, model);
    for (size_t s = 0; s < problem->sources && status == CPH_OK; s++) {
        status =
            cph_steer_c64(n, problem->position, problem->freq_hz, problem->direction + 3 * s, a);
        if (status == CPH_OK)
            add_source(n, a, problem->stokes == NULL ? NULL : problem->stokes + 4 * s, model);
        else
            status = cph_fail(error, status, "steering vector of source %zu: %s", s,
                              cph_status_name(status));
    }
    free(a);
    for (size_t i = 0; i < 4 * n * n && status == CPH_OK; i++)
        if (!cph_c64_finite(model[i]))
            status =
                cph_fail(error, CPH_ERR_NOT_FINITE,
                         "the model of antennas %zu and %zu is not finite", i / 4 / n, i / 4 % n);
    return status;
}

static cph_status allocate(cph_jones_system *s, size_t inputs)
{
    s->input = calloc(inputs, sizeof *s->input);
    s->root = calloc(inputs, sizeof *s->root);
    s->r = calloc(inputs * inputs, sizeof *s->r);
    s->given = calloc(inputs * inputs, sizeof *s->given);
    s->weight = calloc(inputs * inputs, sizeof *s->weight);
    s->square = calloc(inputs * inputs, sizeof *s->square);
    s->jones = calloc(inputs, 2 * sizeof *s->jones);
    return s->input == NULL || s->root == NULL || s->r == NULL || s->given == NULL ||
                   s->weight == NULL || s->square == NULL || s->jones == NULL
               ? cph_fail(s->error, CPH_ERR_MEMORY, "no memory for %zu inputs", inputs)
               : CPH_OK;
}

void cph_jones_free(cph_jones_system *s)
{
    free(s->input);
    free(s->root);
    free(s->r);
    free(s->given);
    free(s->weight);
    free(s->square);
    free(s->jones);
}

/* Without powers: the median modulus of what is in use, for units of R may be any; 1 where there is
 * none. modulus [inputs^2] is scratch. */
static double common_power(const cph_jones_problem *p, const unsigned char *flag, double *modulus)
{
    size_t count = 0;
    for (size_t i = 0; i < 2 * p->antennas; i++)
        for (size_t k = i + 1; k < 2 * p->antennas; k++) {
            const double power = cph_c64_power(p->r[i * p->ld + k]);
            if (flag[i] == CPH_FLAG_NONE && flag[k] == CPH_FLAG_NONE && isfinite(power) &&
                cph_jones_weight(p, i, k) > 0.0)
                modulus[count++] = sqrt(power);
        }
    const double median = count > 0 ? cph_median(modulus, count) : 0.0;
    return median > 0.0 ? median : 1.0;
}

static cph_status take_inputs(cph_jones_system *s, const unsigned char *flag, const cph_c64 *start)
{
    const cph_jones_problem *const p = s->problem;
    const double common = p->has_diagonal ? 1.0 : common_power(p, flag, s->square);
    for (size_t i = 0; i < 2 * p->antennas; i++) {
        if (flag[i] != CPH_FLAG_NONE)
            continue;
        const double power = p->has_diagonal ? p->r[i * p->ld + i].re : common;
        if (!isfinite(power) || !(power > 0.0))
            return cph_fail(s->error, CPH_ERR_NOT_FINITE, "input %zu has the power %g", i, power);
        s->input[s->m] = i;
        s->root[s->m] = sqrt(power);
        s->jones[2 * s->m + i % 2] = cph_c64_scale(1.0 / sqrt(power), start[i]);
        s->m++;
    }
    return CPH_OK;
}

static bool within_limits(const cph_jones_problem *p, size_t n, size_t m)
{
    double sum = 0.0;
    if (!(p->min_baseline_wl > 0.0) && !(p->max_baseline_wl > 0.0))
        return true;
    for (size_t c = 0; c < 3; c++) {
        const double side = p->position[3 * n + c] - p->position[3 * m + c];
        sum += side * side;
    }
    const double length = sqrt(sum) * p->freq_hz / CPH_SPEED_OF_LIGHT;
    return length >= p->min_baseline_wl &&
           !(p->max_baseline_wl > 0.0 && length > p->max_baseline_wl);
}

double cph_jones_weight(const cph_jones_problem *p, size_t i, size_t k)
{
    return i / 2 == k / 2 || !within_limits(p, i / 2, k / 2) ? 0.0
           : p->weight == NULL                               ? 1.0
                                                             : p->weight[i * 2 * p->antennas + k];
}

static cph_status take_pair(cph_jones_system *s, size_t i, size_t k)
{
    const cph_jones_problem *const p = s->problem;
    const size_t a = s->input[i], b = s->input[k];
    const double w = cph_jones_weight(p, a, b), scale = 1.0 / (s->root[i] * s->root[k]);
    if (!(w > 0.0))
        return CPH_OK;
    const cph_c64 r = cph_c64_scale(scale, p->r[a * p->ld + b]),
                  back = cph_c64_scale(scale, p->r[b * p->ld + a]);
    if (!cph_c64_finite(r) || !cph_c64_finite(back))
        return cph_fail(s->error, CPH_ERR_NOT_FINITE,
                        "the covariance of inputs %zu and %zu is not finite", a, b);
    if (p->has_diagonal && !(cph_c64_power(r) <= impossible * impossible)) {
        if (s->outliers++ == 0 || cph_c64_power(r) > s->worst_power) {
            s->worst_power = cph_c64_power(r);
            s->worst[0] = a;
            s->worst[1] = b;
        }
        return CPH_OK;
    }
    const double size = p->has_diagonal ? 1.0 : cph_c64_power(r) + cph_c64_power(back);
    if (cph_c64_power(cph_c64_sub(r, cph_c64_conj(back))) > askew * askew * size)
        return cph_fail(s->error, CPH_ERR_ARGUMENT,
                        "R is not Hermitian: inputs %zu and %zu correlate as %g%+gj, and back as "
                        "%g%+gj",
                        a, b, r.re, r.im, back.re, back.im);
    s->r[i * s->m + k] = r;
    s->r[k * s->m + i] = cph_c64_conj(r);
    s->given[i * s->m + k] = s->given[k * s->m + i] = w;
    s->baselines++;
    s->weights += w;
    s->total += w * cph_c64_power(r);
    return CPH_OK;
}

/* Y is turned against X to where polarised emission shows up as the model has it, leakage apart. */
static void turn_start(cph_jones_system *s)
{
    cph_c64 sum = {0.0, 0.0};
    for (size_t i = 0; i < s->m; i++)
        for (size_t k = 0; k < s->m; k++) {
            if (cph_jones_side(s, i) != 0 || cph_jones_side(s, k) != 1)
                continue;
            cph_c64 z[2];
            cph_jones_heard(cph_jones_block(s, i, k), s->jones + 2 * k, z);
            const cph_c64 expected = cph_jones_meet(s->jones + 2 * i, z);
            sum = cph_c64_add(sum, cph_c64_scale(s->weight[i * s->m + k],
                                                 cph_c64_mulc(expected, s->r[i * s->m + k])));
        }
    const double size = hypot(sum.re, sum.im);
    for (size_t i = 0; i < s->m && size > 0.0; i++)
        if (cph_jones_side(s, i) == 1)
            s->jones[2 * i + 1] = cph_c64_scale(1.0 / size, cph_c64_mul(s->jones[2 * i + 1], sum));
}

cph_status cph_jones_pack(cph_jones_system *s, const unsigned char *flag, const cph_c64 *start)
{
    const size_t inputs = 2 * s->problem->antennas;
    cph_status status = allocate(s, inputs);
    s->nu = (double)INFINITY;
    s->worst[0] = s->worst[1] = SIZE_MAX;
    if (status == CPH_OK)
        status = take_inputs(s, flag, start);
    for (size_t i = 0; i < s->m && status == CPH_OK; i++)
        for (size_t k = i + 1; k < s->m && status == CPH_OK; k++)
            status = take_pair(s, i, k);
    if (status == CPH_OK && !(s->total > 0.0))
        status = cph_fail(s->error, CPH_ERR_SINGULAR, "the data correlate nowhere");
    if (status == CPH_OK) {
        memcpy(s->weight, s->given, inputs * inputs * sizeof *s->weight);
        turn_start(s);
    }
    return status;
}
