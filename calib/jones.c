/* SPDX-License-Identifier: MIT */
/* The pipeline: gains of X and Y apart, rows of J in turn, what is open, refinement, errors. */
#include "calib/jones.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "calib/estimate_parts.h"
#include "calib/samples.h"
#include "kernels/core/fail.h"
#include "kernels/core/size.h"

/* rad: phases with larger errors may be any. */
static const double any_phase = 1.0;

cph_jones_options cph_jones_defaults(void)
{
    const cph_gain_options gains = cph_gain_defaults();
    return (cph_jones_options){.max_iterations = gains.max_iterations,
                               .robust = gains.robust,
                               .weak_below = gains.weak_below,
                               .reference = SIZE_MAX};
}

static bool is_complete(const cph_jones_problem *p, const cph_jones_options *o,
                        const cph_jones_solution *s)
{
    return p != NULL && o != NULL && s != NULL && p->r != NULL && s->jones != NULL &&
           s->jones_sigma != NULL && s->leakage != NULL && s->leakage_sigma != NULL &&
           cph_estimate_complete(&s->estimate) &&
           (p->sources == 0 ? p->model != NULL : p->direction != NULL) &&
           (p->position != NULL ||
            (p->sources == 0 && !(p->min_baseline_wl > 0.0) && !(p->max_baseline_wl > 0.0)));
}

static cph_status check(const cph_jones_problem *p, const cph_jones_options *o,
                        const cph_jones_solution *s, cph_error *error)
{
    if (!is_complete(p, o, s))
        return cph_fail(error, CPH_ERR_ARGUMENT,
                        "a covariance, sources with positions or a model, and arrays for the "
                        "answer are needed");
    if (p->antennas == 0 || p->ld / 2 < p->antennas)
        return cph_fail(error, CPH_ERR_ARGUMENT, "%zu antennas of two inputs, stride %zu",
                        p->antennas, p->ld);
    if (p->antennas > INT16_MAX / 2 ||
        !cph_size_matrix(2 * p->antennas, p->ld, 2 * p->antennas, sizeof *p->r))
        return cph_fail(error, CPH_ERR_OVERFLOW, "%zu antennas are too many", p->antennas);
    if (!(p->samples >= 0.0) || !(p->min_baseline_wl >= 0.0) || !(p->max_baseline_wl >= 0.0) ||
        !(o->tolerance >= 0.0) || !(o->weak_below >= 0.0) || !isfinite(o->y_phase))
        return cph_fail(error, CPH_ERR_ARGUMENT, "samples and limits must be 0 or more");
    if (!(o->robust >= 0.0) || o->rule > CPH_GAIN_STUDENT || !isfinite(o->student_nu) ||
        (o->student_nu < 1.0 && o->student_nu != 0.0))
        return cph_fail(error, CPH_ERR_ARGUMENT,
                        "robust rule %d of %g sigma with %g degrees of freedom: expected 1 or more",
                        (int)o->rule, o->robust, o->student_nu);
    return cph_samples_check(p->samples, error);
}

/* Both inputs of the reference must be live. */
static cph_status check_reference(const cph_jones_problem *p, const cph_jones_options *o,
                                  const unsigned char *flag, cph_error *error)
{
    const size_t n = o->reference;
    return n == SIZE_MAX || (n < p->antennas && flag[2 * n] == CPH_FLAG_NONE &&
                             flag[2 * n + 1] == CPH_FLAG_NONE)
               ? CPH_OK
               : cph_fail(error, CPH_ERR_ARGUMENT, "reference antenna %zu is flagged or absent", n);
}

/* Mean of |g|. */
static double scale_of(const cph_jones_system *s)
{
    double sum = 0.0;
    for (size_t i = 0; i < s->m; i++)
        sum += s->root[i] * sqrt(cph_c64_power(s->jones[2 * i + cph_jones_side(s, i)]));
    return sum / (double)s->m;
}

/* Variances of the parts of slope [2] d row, a linear complex function of the change of row i. */
static void spread(const cph_jones_system *s, const double *covariance, size_t i,
                   const cph_c64 *slope, double *re, double *im)
{
    const size_t order = CPH_JONES_ROW * s->m;
    const double real[CPH_JONES_ROW] = {slope[0].re, -slope[0].im, slope[1].re, -slope[1].im},
                 imaginary[CPH_JONES_ROW] = {slope[0].im, slope[0].re, slope[1].im, slope[1].re};
    *re = *im = 0.0;
    for (size_t a = 0; a < CPH_JONES_ROW; a++)
        for (size_t b = 0; b < CPH_JONES_ROW; b++) {
            const double v = covariance[(CPH_JONES_ROW * i + a) * order + CPH_JONES_ROW * i + b];
            *re += real[a] * v * real[b];
            *im += imaginary[a] * v * imaginary[b];
        }
    /* The reference's phase varies by rounding alone. */
    *re = fmax(*re, 0.0);
    *im = fmax(*im, 0.0);
}

static void deliver_row(const cph_jones_system *s, const double *covariance, size_t i, double scale,
                        cph_jones_solution *out)
{
    const size_t n = s->input[i], a = cph_jones_side(s, i), b = 1 - a;
    const cph_c64 *const j = s->jones + 2 * i;
    const cph_c64 inverse = cph_jones_inverse(j[a]), d = cph_c64_mul(j[b], inverse);
    cph_c64 slope[2];
    double re, im;
    for (size_t c = 0; c < 2; c++) {
        slope[c] = (cph_c64){s->root[i] / scale, 0.0};
        slope[1 - c] = (cph_c64){0.0, 0.0};
        spread(s, covariance, i, slope, &re, &im);
        out->jones[2 * n + c] = cph_c64_scale(s->root[i] / scale, j[c]);
        out->jones_sigma[2 * n + c] = sqrt(re + im);
    }
    slope[a] = inverse;
    slope[b] = (cph_c64){0.0, 0.0};
    spread(s, covariance, i, slope, &re, &im);
    out->estimate.gain[n] = out->jones[2 * n + a];
    out->estimate.amplitude_sigma[n] = sqrt(re);
    out->estimate.phase_sigma[n] = sqrt(im);
    out->estimate.flag[n] = CPH_FLAG_NONE;
    slope[a] = cph_c64_scale(-1.0, cph_c64_mul(d, inverse));
    slope[b] = inverse;
    spread(s, covariance, i, slope, &re, &im);
    out->leakage[n] = d;
    out->leakage_sigma[n] = sqrt(re + im);
}

static void drop_row(size_t n, cph_flag flag, cph_jones_solution *out)
{
    const cph_c64 nothing = {(double)NAN, (double)NAN};
    cph_estimate_drop(&out->estimate, n, flag);
    out->jones[2 * n] = out->jones[2 * n + 1] = out->leakage[n] = nothing;
    out->jones_sigma[2 * n] = out->jones_sigma[2 * n + 1] = out->leakage_sigma[n] = (double)NAN;
}

static void deliver_phase(const cph_jones_system *s, const double *covariance,
                          cph_jones_solution *out)
{
    out->xy_phase = out->xy_phase_sigma = (double)NAN;
    if (covariance == NULL || !s->xy_known)
        return;
    cph_jones_xy_phase(s, covariance, &out->xy_phase, &out->xy_phase_sigma);
    if (!(out->xy_phase_sigma <= any_phase))
        out->xy_phase = (double)NAN;
}

/* What has no row, then what has; errors NULL: a solver that ran away has none. */
static void deliver(const cph_jones_system *s, const unsigned char *flag,
                    const cph_jones_errors *errors, cph_jones_solution *out)
{
    const double scale = s->options->relative ? scale_of(s) : 1.0;
    for (size_t n = 0; n < 2 * s->problem->antennas; n++)
        drop_row(n, flag[n] != CPH_FLAG_NONE ? (cph_flag)flag[n] : CPH_FLAG_UNSOLVED, out);
    out->open = s->open;
    out->named = s->named;
    out->baselines = s->baselines;
    cph_jones_find_outliers(s, &out->outliers, out->outlier);
    out->student_nu = s->nu;
    out->refinements = errors == NULL ? 0 : errors->refinements;
    out->chi2_dof = errors == NULL ? (double)NAN : errors->chi2;
    out->dof = errors == NULL ? (double)NAN : errors->dof;
    out->explained_after =
        errors == NULL ? (double)NAN : 1.0 - cph_jones_residual(s, s->given, s->jones) / s->total;
    deliver_phase(s, errors == NULL ? NULL : errors->covariance, out);
    for (size_t i = 0; i < s->m && errors != NULL; i++)
        deliver_row(s, errors->covariance, i, scale, out);
}

static cph_status solve(cph_jones_system *s, const unsigned char *flag, const cph_c64 *start,
                        cph_jones_solution *out)
{
    cph_jones_errors errors = {.covariance = NULL};
    unsigned iterations = 0;
    cph_stop stop = CPH_STOP_ITERATIONS;
    cph_status status = cph_jones_pack(s, flag, start);
    const double before = status == CPH_OK ? cph_jones_residual(s, s->given, s->jones) : 0.0;
    if (status == CPH_OK)
        status = cph_jones_find_open(s);
    if (status == CPH_OK)
        status = cph_jones_alternate(s, &iterations, &stop);
    const bool diverged = stop == CPH_STOP_DIVERGED;
    const bool refine = stop == CPH_STOP_CONVERGED || stop == CPH_STOP_STALLED;
    if (status == CPH_OK && !diverged)
        status = cph_jones_refine(s, refine, &errors);
    if (status == CPH_OK) {
        deliver(s, flag, diverged ? NULL : &errors, out);
        out->iterations = iterations;
        out->stop = !refine ? stop : errors.settled ? CPH_STOP_CONVERGED : CPH_STOP_STALLED;
        out->explained_before = 1.0 - before / s->total;
    }
    free(errors.covariance);
    return status;
}

cph_status cph_jones_solve(const cph_jones_problem *problem, const cph_jones_options *options,
                           cph_jones_solution *solution, cph_error *error)
{
    cph_status status = check(problem, options, solution, error);
    size_t blocks, bytes = 0, at[3];
    if (status != CPH_OK)
        return status;
    const size_t inputs = 2 * problem->antennas;
    if (!cph_size_mul(inputs, inputs, &blocks) ||
        !cph_size_place(&bytes, blocks, sizeof(cph_c64), &at[0]) ||
        !cph_size_place(&bytes, inputs, sizeof(cph_c64), &at[1]) ||
        !cph_size_place(&bytes, inputs, 1, &at[2]) || bytes == 0)
        return cph_fail(error, CPH_ERR_OVERFLOW, "%zu inputs do not fit", inputs);
    void *const memory = calloc(1, bytes);
    if (memory == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "no memory for %zu inputs", inputs);
    cph_jones_system s = {.problem = problem, .options = options, .error = error};
    s.model = cph_size_at(memory, at[0]);
    cph_c64 *const start = cph_size_at(memory, at[1]);
    unsigned char *const flag = cph_size_at(memory, at[2]);
    memcpy(flag, solution->estimate.flag, inputs);
    status = cph_jones_model(problem, s.model, error);
    if (status == CPH_OK)
        status = cph_jones_start(problem, options, s.model, flag, start, error);
    if (status == CPH_OK)
        status = check_reference(problem, options, flag, error);
    if (status == CPH_OK)
        status = solve(&s, flag, start, solution);
    cph_jones_free(&s);
    free(memory);
    return status;
}
