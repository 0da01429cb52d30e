/* SPDX-License-Identifier: MIT */
/* Two calibrations of one array: what they have in common, and how the change lies over it. */
#include "calib/compare.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "calib/estimate_parts.h"
#include "calib/median.h"
#include "kernels/core/fail.h"
#include "kernels/core/size.h"
#include "kernels/core/vec3.h"

static const double least_sigma = 0.1; /* of the median: a reference element's is 0 */

/* Elements that both have, side by side. */
typedef struct pair {
    size_t n;
    size_t *element;  /* [n] */
    double *position; /* [n][3] */
    cph_c64 *phasor;  /* [n] of B / A */
    double *level;    /* [n] ln |B / A| */
    double *sigma[2]; /* [n] of phase and of level */
    bool known[2];
    double variance[2]; /* mean, of the standard errors as given */
    double *residual;   /* [n] */
    double *scratch;
} pair;

/* ---- gathering ---- */

static cph_status pair_open(size_t elements, pair *p, void **memory)
{
    size_t bytes = 0, at[8];
    const size_t size[8] = {sizeof(size_t),  3 * sizeof(double),
                            sizeof(cph_c64), sizeof(double),
                            sizeof(double),  sizeof(double),
                            sizeof(double),  (2 + CPH_COMPARE_TERMS) * sizeof(double)};
    for (size_t k = 0; k < 8; k++)
        if (!cph_size_place(&bytes, elements, size[k], &at[k]))
            return CPH_ERR_OVERFLOW;
    if ((*memory = malloc(bytes)) == NULL)
        return CPH_ERR_MEMORY;
    *p = (pair){.element = cph_size_at(*memory, at[0]),
                .position = cph_size_at(*memory, at[1]),
                .phasor = cph_size_at(*memory, at[2]),
                .level = cph_size_at(*memory, at[3]),
                .sigma = {cph_size_at(*memory, at[4]), cph_size_at(*memory, at[5])},
                .residual = cph_size_at(*memory, at[6]),
                .scratch = cph_size_at(*memory, at[7])};
    return CPH_OK;
}

static void gather(const cph_compare_config *config, pair *p, cph_comparison *c)
{
    const cph_gain_estimate *const a = config->before, *const b = config->after;
    for (size_t n = 0; n < config->elements; n++) {
        c->lost += cph_compare_has_gain(a, n) && !cph_compare_has_gain(b, n);
        c->recovered += !cph_compare_has_gain(a, n) && cph_compare_has_gain(b, n);
        if (!cph_compare_has_gain(a, n) || !cph_compare_has_gain(b, n) ||
            !cph_compare_has_place(config->position, n))
            continue;
        const cph_c64 turn = cph_c64_mulc(b->gain[n], a->gain[n]);
        const double size = hypot(turn.re, turn.im);
        memcpy(p->position + 3 * p->n, config->position + 3 * n, 3 * sizeof(double));
        p->phasor[p->n] = cph_c64_scale(1.0 / size, turn);
        p->level[p->n] =
            log(hypot(b->gain[n].re, b->gain[n].im) / hypot(a->gain[n].re, a->gain[n].im));
        p->sigma[0][p->n] = hypot(a->phase_sigma[n], b->phase_sigma[n]);
        p->sigma[1][p->n] = hypot(a->amplitude_sigma[n], b->amplitude_sigma[n]);
        p->element[p->n++] = n;
    }
    c->used = p->n;
}

/* Standard errors as weights need them: above 0, or 1 where some are not known. */
static void prepare_sigma(pair *p, size_t part)
{
    double *const sigma = p->sigma[part];
    double sum = 0.0;
    p->known[part] = true;
    for (size_t i = 0; i < p->n; i++) {
        p->known[part] = p->known[part] && isfinite(sigma[i]);
        sum += sigma[i] * sigma[i];
        p->residual[i] = sigma[i];
    }
    const double median = p->known[part] ? cph_median(p->residual, p->n) : 0.0;
    p->known[part] = median > 0.0;
    p->variance[part] = p->known[part] ? sum / (double)p->n : (double)NAN;
    for (size_t i = 0; i < p->n; i++)
        sigma[i] = p->known[part] ? fmax(sigma[i], least_sigma * median) : 1.0;
}

/* ---- telling ---- */

/* Root mean square over the elements of the terms from first to last. */
static double rms_of(const cph_compare_basis *b, const cph_compare_fit *fit, size_t first,
                     size_t last)
{
    double sum = 0.0;
    for (size_t i = 0; i < b->n; i++) {
        double value = 0.0;
        for (size_t k = 0; k < b->count; k++)
            if (b->term[k] >= first && b->term[k] <= last)
                value += fit->value[k] * b->column[k * b->n + i];
        sum += value * value;
    }
    return sqrt(sum / (double)b->n);
}

static void tell(const pair *p, size_t part, const cph_compare_basis *b, const cph_compare_fit *fit,
                 cph_compare_part *out)
{
    const double dof = (double)b->n - (double)b->count;
    for (size_t term = 0; term < CPH_COMPARE_TERMS; term++)
        out->term[term] = out->sigma[term] = (double)NAN;
    for (size_t k = 0; k < b->count; k++) {
        out->term[b->term[k]] = fit->value[k];
        out->sigma[b->term[k]] = sqrt(fit->cov[k][k]);
    }
    out->tilt_rms = rms_of(b, fit, CPH_COMPARE_TILT, CPH_COMPARE_DEFOCUS - 1);
    out->curvature_rms = rms_of(b, fit, CPH_COMPARE_DEFOCUS, CPH_COMPARE_TERMS - 1);
    out->residual_rms = fit->residual_rms;
    out->noise_rms = sqrt(p->variance[part] * fmax(dof, 0.0) / (double)b->n);
    out->chi2_dof = p->known[part] && dof > 0.0 ? fit->chi2 / dof : (double)NAN;
}

/* rad/m along the array's axes, with its covariance. */
static void tell_slope(const cph_compare_basis *b, const cph_compare_fit *fit, cph_comparison *c)
{
    memset(c->slope, 0, sizeof c->slope);
    memset(c->slope_cov, 0, sizeof c->slope_cov);
    for (size_t k = 0; k < b->count; k++) {
        if (b->term[k] < CPH_COMPARE_TILT || b->term[k] >= CPH_COMPARE_DEFOCUS)
            continue;
        const double *const axis = c->axis[b->term[k] - CPH_COMPARE_TILT];
        cph_add3(c->slope, fit->value[k] / c->radius_m, axis, c->slope);
        for (size_t m = 0; m < b->count; m++) {
            if (b->term[m] < CPH_COMPARE_TILT || b->term[m] >= CPH_COMPARE_DEFOCUS)
                continue;
            const double *const other = c->axis[b->term[m] - CPH_COMPARE_TILT];
            for (size_t i = 0; i < 3; i++)
                cph_add3(c->slope_cov[i], axis[i] * fit->cov[k][m] / (c->radius_m * c->radius_m),
                         other, c->slope_cov[i]);
        }
    }
}

static void spread(const pair *p, size_t elements, double *out)
{
    for (size_t n = 0; n < elements && out != NULL; n++)
        out[n] = (double)NAN;
    for (size_t i = 0; i < p->n && out != NULL; i++)
        out[p->element[i]] = p->residual[i];
}

/* ---- the whole ---- */

/* Sums of squares if nothing but a common factor had changed. */
static cph_status test_change(const pair *p, const cph_compare_data data[2], cph_comparison *c)
{
    double chi2 = 0.0;
    for (size_t part = 0; part < 2; part++) {
        cph_compare_fit fit = {.chi2 = 0.0};
        cph_c64 sum = {0.0, 0.0};
        for (size_t i = 0; i < p->n && part == 0; i++)
            sum = cph_c64_add(sum, p->phasor[i]);
        fit.value[0] = part == 0 ? atan2(sum.im, sum.re) : 0.0;
        const cph_status status = cph_compare_refine(&data[part], 1, p->scratch, p->residual, &fit);
        if (status != CPH_OK)
            return status;
        chi2 += fit.chi2;
    }
    c->dof = 2.0 * ((double)p->n - 1.0);
    c->chi2_dof = p->known[0] && p->known[1] ? chi2 / c->dof : (double)NAN;
    return CPH_OK;
}

static cph_status solve(const cph_compare_config *config, pair *p, const cph_compare_basis *b,
                        cph_comparison *c)
{
    const double reach = config->reach > 0.0 ? config->reach : 1.0;
    const cph_compare_data data[2] = {
        {.basis = b, .z = p->phasor, .sigma = p->sigma[0], .known = p->known[0]},
        {.basis = b, .y = p->level, .sigma = p->sigma[1], .known = p->known[1]}};
    cph_compare_fit phase, amplitude = {.chi2 = 0.0};
    cph_status status = test_change(p, data, c);
    if (status == CPH_OK)
        status = cph_compare_refine(&data[1], b->count, p->scratch, p->residual, &amplitude);
    if (status != CPH_OK)
        return status;
    tell(p, 1, b, &amplitude, &c->amplitude);
    double *const level = p->level; /* no longer needed as it was */
    memcpy(level, p->residual, p->n * sizeof *level);
    status = cph_compare_search(&data[0], reach, p->scratch, p->residual, &phase);
    if (status != CPH_OK)
        return status;
    tell(p, 0, b, &phase, &c->phase);
    tell_slope(b, &phase, c);
    spread(p, config->elements, c->phase_residual);
    memcpy(p->residual, level, p->n * sizeof *level);
    spread(p, config->elements, c->amplitude_residual);
    return CPH_OK;
}

static cph_status compare(const cph_compare_config *config, pair *p, cph_comparison *c,
                          cph_error *error)
{
    cph_compare_basis basis;
    gather(config, p, c);
    if (p->n == 0)
        return cph_fail(error, CPH_ERR_TOO_FEW, "no element has a gain in both");
    cph_status status =
        cph_compare_lay(p->n, p->position, CPH_SPEED_OF_LIGHT / config->freq_hz, c, &basis);
    if (status != CPH_OK)
        return cph_fail(error, status, "no memory to compare %zu elements", p->n);
    if (p->n < c->dims + 2) {
        status =
            cph_fail(error, CPH_ERR_TOO_FEW,
                     "%zu elements have a gain in both, expected at least %zu", p->n, c->dims + 2);
    } else {
        prepare_sigma(p, 0);
        prepare_sigma(p, 1);
        status = solve(config, p, &basis, c);
        if (status != CPH_OK)
            (void)cph_fail(error, status, "%zu elements: %s", p->n, cph_status_name(status));
    }
    cph_compare_basis_free(&basis);
    return status;
}

cph_status cph_compare(const cph_compare_config *config, cph_comparison *comparison,
                       cph_error *error)
{
    if (config == NULL || comparison == NULL || config->elements == 0 || config->position == NULL ||
        !cph_estimate_complete(config->before) || !cph_estimate_complete(config->after))
        return cph_fail(error, CPH_ERR_ARGUMENT,
                        "a comparison needs two complete calibrations and positions");
    if (!(config->freq_hz > 0.0) || !isfinite(config->freq_hz) || !(config->reach >= 0.0))
        return cph_fail(error, CPH_ERR_ARGUMENT, "frequency %g Hz, reach %g: expected them above 0",
                        config->freq_hz, config->reach);
    pair p;
    void *memory = NULL;
    cph_status status = pair_open(config->elements, &p, &memory);
    if (status != CPH_OK)
        return cph_fail(error, status, "no memory to compare %zu elements", config->elements);
    cph_comparison made = {.phase_residual = comparison->phase_residual,
                           .amplitude_residual = comparison->amplitude_residual};
    status = compare(config, &p, &made, error);
    if (status == CPH_OK)
        *comparison = made;
    free(memory);
    return status;
}
