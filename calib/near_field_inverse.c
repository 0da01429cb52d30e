/* SPDX-License-Identifier: MIT */
/* A scanned field as the sum of elements at known positions, inverted. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "calib/estimate_parts.h"
#include "calib/invert.h"
#include "calib/near_field.h"
#include "kernels/core/fail.h"
#include "kernels/core/size.h"

/* Below it, what is known before says more of an element than the data do. */
static const double least_resolution = 0.5;
/* Standard deviations; of power, below which residuals are those of rounding. */
static const double chance = 5.0, rounding = 1e-20;

typedef struct solver {
    const cph_near_field_scan *scan;
    const cph_near_field_options *options;
    size_t live, samples, rows; /* rows: samples, and live where regularised */
    size_t *element;            /* [live] */
    size_t *sample;             /* [samples] */
    cph_c64 *a;                 /* [rows][live] */
    cph_c64 *inverse;           /* [live][rows] */
    cph_c64 *g;                 /* [live] */
    cph_c64 *left;              /* [samples] */
    double weight, condition;
} solver;

static bool is_measured(const cph_near_field_scan *s, size_t i)
{
    return cph_c64_finite(s->field[i]);
}

static void fill(solver *v, const unsigned char *flag)
{
    const cph_near_field_scan *const s = v->scan;
    const double k = cph_near_field_wavenumber(s);
    double power = 0.0;
    for (size_t n = 0, p = 0; n < s->elements; n++)
        if (flag[n] == CPH_FLAG_NONE)
            v->element[p++] = n;
    for (size_t i = 0, row = 0; i < s->columns * s->rows; i++)
        if (is_measured(s, i))
            v->sample[row++] = i;
    for (size_t row = 0; row < v->samples; row++)
        for (size_t p = 0; p < v->live; p++) {
            const cph_c64 a = cph_near_field_response(s, k, v->sample[row], v->element[p]);
            v->a[row * v->live + p] = a;
            power += cph_c64_power(a) / (double)v->live;
        }
    v->weight = sqrt(v->options->regularisation * power);
    for (size_t p = 0; v->rows > v->samples && p < v->live; p++)
        v->a[(v->samples + p) * v->live + p].re = v->weight;
}

static void apply(solver *v)
{
    const cph_c64 *const near = v->options->near;
    for (size_t p = 0; p < v->live; p++) {
        const cph_c64 *const row = v->inverse + p * v->rows;
        cph_c64 sum = {0.0, 0.0};
        for (size_t i = 0; i < v->samples; i++)
            sum = cph_c64_add(sum, cph_c64_mul(row[i], v->scan->field[v->sample[i]]));
        for (size_t q = 0; near != NULL && v->rows > v->samples && q < v->live; q++)
            sum = cph_c64_add(sum, cph_c64_scale(v->weight, cph_c64_mul(row[v->samples + q],
                                                                        near[v->element[q]])));
        v->g[p] = sum;
    }
}

/* What the elements leave of each sample; its power in all. */
static double find_residual(solver *v)
{
    double sum = 0.0;
    for (size_t i = 0; i < v->samples; i++) {
        cph_c64 left = v->scan->field[v->sample[i]];
        for (size_t p = 0; p < v->live; p++)
            left = cph_c64_sub(left, cph_c64_mul(v->a[i * v->live + p], v->g[p]));
        v->left[i] = left;
        sum += cph_c64_power(left);
    }
    return sum;
}

/* Neighbours along x. White residuals correlate by 1/sqrt(pairs) of chance, and by as much as the
 * elements took of the samples' freedom. What regularisation leaves is no noise by itself. */
static void correlate(const solver *v, double power, cph_near_field_solution *s)
{
    cph_c64 sum = {0.0, 0.0};
    double pairs = 0.0, field = 0.0;
    for (size_t i = 0; i < v->samples; i++)
        field += cph_c64_power(v->scan->field[v->sample[i]]);
    for (size_t i = 1; i < v->samples; i++)
        if (v->sample[i] == v->sample[i - 1] + 1 && v->sample[i] % v->scan->columns != 0) {
            sum = cph_c64_add(sum, cph_c64_mulc(v->left[i], v->left[i - 1]));
            pairs += 1.0;
        }
    const double samples = (double)v->samples, live = (double)v->live;
    const bool any =
        v->rows == v->samples && pairs > 0.0 && power > rounding * field && samples > live;
    s->correlation = any ? sqrt(cph_c64_power(sum)) / pairs / (power / samples) : (double)NAN;
    s->coherent = any && s->correlation > chance / sqrt(pairs) + live / (samples - live);
}

/* How much of element p the data tell. */
static double resolution(const solver *v, size_t p)
{
    double sum = 0.0;
    for (size_t i = 0; i < v->samples; i++)
        sum += cph_c64_mul(v->inverse[p * v->rows + i], v->a[i * v->live + p]).re;
    return sum;
}

static double norm(const solver *v, size_t p)
{
    double sum = 0.0;
    for (size_t i = 0; i < v->samples; i++)
        sum += cph_c64_power(v->inverse[p * v->rows + i]);
    return sum;
}

/* Of the errors of gains, for residuals of power `found`. */
static double error_power(const solver *v, double dof, double found,
                          const cph_near_field_solution *s)
{
    const double given = v->scan->sigma * v->scan->sigma;
    const bool as_given = given > 0.0 && !(found > given * (1.0 + chance / sqrt(dof)));
    const double power = as_given ? given : found;
    return s->coherent ? power * (double)v->samples / (double)v->live : power;
}

static void deliver(solver *v, cph_near_field_solution *s)
{
    double effective = 0.0;
    for (size_t p = 0; p < v->live; p++)
        effective += resolution(v, p);
    const double dof = (double)v->samples - effective, given = v->scan->sigma;
    /* Short of one, what is left of rounding would be taken for noise. */
    const double sum = find_residual(v), found = dof >= 0.5 ? sum / dof : (double)NAN;
    correlate(v, sum, s);
    const double power = error_power(v, dof, found, s);
    s->samples = v->samples;
    s->sigma = given > 0.0 ? given : sqrt(found);
    s->chi2_dof = given > 0.0 ? found / (given * given) : (double)NAN;
    s->condition = v->condition;
    for (size_t n = 0, p = 0; n < v->scan->elements; n++) {
        if (p == v->live || v->element[p] != n) {
            cph_estimate_drop(&s->estimate, n, (cph_flag)s->estimate.flag[n]);
            if (s->resolution != NULL)
                s->resolution[n] = (double)NAN;
            continue;
        }
        const double told = resolution(v, p);
        if (s->resolution != NULL)
            s->resolution[n] = told;
        if (told >= least_resolution)
            cph_estimate_keep(&s->estimate, n, v->g[p], 0.5 * power * norm(v, p));
        else
            cph_estimate_drop(&s->estimate, n, CPH_FLAG_UNSOLVED);
        p++;
    }
}

static cph_status check(const cph_near_field_scan *scan, const cph_near_field_options *o,
                        const cph_near_field_solution *s, solver *v, cph_error *error)
{
    if (o == NULL || s == NULL || !(o->regularisation >= 0.0) || !isfinite(o->regularisation))
        return cph_fail(error, CPH_ERR_ARGUMENT, "a regularisation of 0 or more is needed");
    const cph_status status = cph_near_field_check(scan, &s->estimate, &v->live, error);
    if (status != CPH_OK)
        return status;
    for (size_t i = 0; i < scan->columns * scan->rows; i++)
        v->samples += is_measured(scan, i);
    for (size_t n = 0; o->near != NULL && n < scan->elements; n++)
        if (!cph_c64_finite(o->near[n]))
            return cph_fail(error, CPH_ERR_NOT_FINITE,
                            "the excitation to be near to of element %zu is not finite", n);
    if (v->samples == 0 || (v->samples < v->live && o->regularisation == 0.0))
        return cph_fail(error, CPH_ERR_TOO_FEW,
                        "%zu finite samples for %zu elements, without regularisation", v->samples,
                        v->live);
    v->rows = o->regularisation > 0.0 ? v->samples + v->live : v->samples;
    return CPH_OK;
}

static cph_status run(solver *v, cph_near_field_solution *solution, cph_error *error)
{
    fill(v, solution->estimate.flag);
    const cph_status status = cph_pseudo_inverse(v->rows, v->live, v->a, v->inverse, &v->condition);
    if (status != CPH_OK)
        return cph_fail(error, status,
                        status == CPH_ERR_SINGULAR
                            ? "%zu samples do not tell %zu elements apart: regularise"
                            : "no room for %zu samples of %zu elements",
                        v->samples, v->live);
    apply(v);
    deliver(v, solution);
    return CPH_OK;
}

cph_status cph_near_field_solve(const cph_near_field_scan *scan,
                                const cph_near_field_options *options,
                                cph_near_field_solution *solution, cph_error *error)
{
    solver v = {.scan = scan, .options = options};
    const cph_status status = check(scan, options, solution, &v, error);
    if (status != CPH_OK)
        return status;
    size_t count, bytes = 0, at[6];
    if (!cph_size_mul(v.rows, v.live, &count) ||
        !cph_size_place(&bytes, count, sizeof(cph_c64), &at[0]) ||
        !cph_size_place(&bytes, count, sizeof(cph_c64), &at[1]) ||
        !cph_size_place(&bytes, v.live, sizeof(cph_c64), &at[2]) ||
        !cph_size_place(&bytes, v.live, sizeof(size_t), &at[3]) ||
        !cph_size_place(&bytes, v.samples, sizeof(size_t), &at[4]) ||
        !cph_size_place(&bytes, v.samples, sizeof(cph_c64), &at[5]) || bytes == 0)
        return cph_fail(error, CPH_ERR_OVERFLOW, "%zu samples do not fit", v.samples);
    void *const memory = calloc(1, bytes);
    if (memory == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "no memory for %zu samples", v.samples);
    v.a = cph_size_at(memory, at[0]);
    v.inverse = cph_size_at(memory, at[1]);
    v.g = cph_size_at(memory, at[2]);
    v.element = cph_size_at(memory, at[3]);
    v.sample = cph_size_at(memory, at[4]);
    v.left = cph_size_at(memory, at[5]);
    const cph_status done = run(&v, solution, error);
    free(memory);
    return done;
}
