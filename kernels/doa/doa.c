/* SPDX-License-Identifier: MIT */
/* The covariance of the live elements over their noise, decomposed. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/adaptive/adaptive_plan.h"
#include "kernels/adaptive/hermitian.h"
#include "kernels/core/c64.h"
#include "kernels/core/fail.h"
#include "kernels/core/size.h"
#include "kernels/core/vec3.h"
#include "kernels/doa/doa_frame.h"

static cph_status check(const cph_doa_config *config, cph_error *error)
{
    if (config->elements == 0 || config->covariance == NULL || config->position == NULL ||
        !cph_size_matrix(config->elements, config->ld, config->elements, sizeof(cph_c64)))
        return cph_fail(error, CPH_ERR_ARGUMENT, "%zu elements, rows %zu apart: no covariance",
                        config->elements, config->ld);
    if (!(config->freq_hz > 0.0 && isfinite(config->freq_hz)) || !(config->samples >= 0.0))
        return cph_fail(error, CPH_ERR_ARGUMENT,
                        "%g Hz, %g snapshots: expected a frequency above 0, and 0 or more",
                        config->freq_hz, config->samples);
    return CPH_OK;
}

static cph_status reserve(const cph_doa_config *config, size_t live, cph_doa **made, size_t **index,
                          cph_error *error)
{
    size_t bytes = sizeof **made, square, at[7];
    const bool vectors = !config->values_only;
    if (!cph_size_mul(live, live, &square) ||
        !cph_size_place(&bytes, live, sizeof(size_t), &at[0]) ||
        !cph_size_place(&bytes, config->elements, 3 * sizeof(double), &at[1]) ||
        !cph_size_place(&bytes, live, 3 * sizeof(double), &at[2]) ||
        !cph_size_place(&bytes, live, sizeof(cph_c64), &at[3]) ||
        !cph_size_place(&bytes, live, sizeof(double), &at[4]) ||
        !cph_size_place(&bytes, square, sizeof(cph_c64), &at[5]) ||
        !cph_size_place(&bytes, vectors ? square : 0, sizeof(cph_c64), &at[6]))
        return cph_fail(error, CPH_ERR_OVERFLOW, "a covariance of %zu elements", live);
    cph_doa *memory = calloc(1, bytes);
    if (memory == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "a covariance of %zu elements: out of memory", live);
    *index = cph_size_at(memory, at[0]);
    memory->index = *index;
    memory->everywhere = cph_size_at(memory, at[1]);
    memory->frame.position = cph_size_at(memory, at[2]);
    memory->frame.gain = cph_size_at(memory, at[3]);
    memory->value = cph_size_at(memory, at[4]);
    memory->r = cph_size_at(memory, at[5]);
    memory->vector = vectors ? cph_size_at(memory, at[6]) : NULL;
    memory->elements = config->elements;
    memory->frame.n = live;
    memory->frame.freq_hz = config->freq_hz;
    memory->samples = config->samples;
    memory->exec = config->exec;
    *made = memory;
    return CPH_OK;
}

/* Positions and gains; gains over the root of the noise powers. */
static cph_status take_elements(const cph_doa_config *config, cph_doa *d, size_t *index,
                                cph_error *error)
{
    cph_doa_frame *f = &d->frame;
    cph_status status =
        cph_live_take(config->elements, config->gain, config->flag, index, f->gain, error);
    memcpy(d->everywhere, config->position, 3 * config->elements * sizeof(double));
    for (size_t i = 0; i < f->n && status == CPH_OK; i++) {
        const double *r = config->position + 3 * index[i];
        const double power = config->noise != NULL ? config->noise[index[i]] : 1.0;
        if (!isfinite(cph_norm3(r)))
            return cph_fail(error, CPH_ERR_NOT_FINITE,
                            "position of element %zu is not finite: expected a flag there",
                            index[i]);
        if (!(power > 0.0 && isfinite(power)))
            return cph_fail(error, CPH_ERR_ARGUMENT,
                            "noise power of element %zu is %g: expected one above 0", index[i],
                            power);
        memcpy(f->position + 3 * i, r, 3 * sizeof *r);
        f->gain[i] = cph_c64_scale(1.0 / sqrt(power), f->gain[i]);
    }
    return status == CPH_OK ? cph_doa_measure(f, error) : status;
}

/* r over the noise, both triangles. */
static cph_status take_covariance(const cph_doa_config *config, cph_doa *d, cph_error *error)
{
    const size_t n = d->frame.n;
    const cph_status status =
        cph_live_covariance(config->covariance, config->ld, n, d->index, d->r, error);
    if (status != CPH_OK)
        return status;
    for (size_t p = 0; p < n; p++) {
        d->r[p * n + p].im = 0.0;
        for (size_t q = 0; q <= p; q++) {
            const double power = config->noise != NULL
                                     ? sqrt(config->noise[d->index[p]] * config->noise[d->index[q]])
                                     : 1.0;
            d->r[p * n + q] = cph_c64_scale(1.0 / power, d->r[p * n + q]);
            d->r[q * n + p] = cph_c64_conj(d->r[p * n + q]);
        }
    }
    return CPH_OK;
}

/* Largest first; LAPACK has it the other way round. */
static cph_status decompose(cph_doa *d, cph_error *error)
{
    const size_t n = d->frame.n;
    if (d->vector != NULL)
        memcpy(d->vector, d->r, n * n * sizeof *d->r);
    const cph_status status = d->vector == NULL ? cph_hermitian_values(n, d->r, d->value)
                                                : cph_hermitian_eigen(n, d->vector, d->value);
    if (status != CPH_OK)
        return cph_fail(error, status, "eigenvectors of %zu elements: %s", n,
                        cph_status_name(status));
    for (size_t k = 0; k < n / 2; k++) {
        const double value = d->value[k];
        d->value[k] = d->value[n - 1 - k];
        d->value[n - 1 - k] = value;
        for (size_t i = 0; i < n && d->vector != NULL; i++) {
            cph_c64 *const a = d->vector + k * n, *const b = d->vector + (n - 1 - k) * n;
            const cph_c64 swap = a[i];
            a[i] = b[i];
            b[i] = swap;
        }
    }
    return d->value[0] > 0.0 ? CPH_OK
                             : cph_fail(error, CPH_ERR_SINGULAR, "the covariance has no power");
}

cph_status cph_doa_create(const cph_doa_config *config, cph_doa **doa, cph_error *error)
{
    cph_doa *made = NULL;
    size_t *index = NULL;
    if (config == NULL || doa == NULL)
        return cph_fail(error, CPH_ERR_ARGUMENT, "no configuration, or nowhere to put the result");
    cph_status status = check(config, error);
    if (status != CPH_OK)
        return status;
    const size_t live = cph_live_count(config->elements, config->flag);
    if (live < 2)
        return cph_fail(error, CPH_ERR_TOO_FEW,
                        "%zu of %zu elements are flagged: expected at least 2 good ones",
                        config->elements - live, config->elements);
    status = reserve(config, live, &made, &index, error);
    if (made == NULL)
        return status;
    status = take_elements(config, made, index, error);
    if (status == CPH_OK)
        status = take_covariance(config, made, error);
    if (status == CPH_OK)
        status = decompose(made, error);
    if (status == CPH_OK)
        *doa = made;
    else
        cph_doa_destroy(made);
    return status;
}

void cph_doa_destroy(cph_doa *doa)
{
    free(doa);
}

const double *cph_doa_eigenvalues(const cph_doa *doa, size_t *live)
{
    if (live != NULL)
        *live = doa->frame.n;
    return doa->value;
}

bool cph_doa_line(const cph_doa *doa, double axis[3])
{
    const bool is_line = doa->frame.aperture.dims == 1;
    if (is_line && axis != NULL)
        memcpy(axis, doa->frame.aperture.axis[0], 3 * sizeof *axis);
    return is_line;
}

bool cph_doa_within(const cph_doa *doa, double radius, const double direction[3])
{
    double axis[3];
    if (radius >= 1.0)
        return true;
    if (cph_doa_line(doa, axis))
        return fabs(cph_dot3(axis, direction)) < radius;
    return direction[0] * direction[0] + direction[1] * direction[1] < radius * radius;
}

bool cph_doa_on_rim(const cph_doa *doa, const double direction[3])
{
    return cph_doa_off_rim(&doa->frame, direction) < 1e-6;
}

size_t cph_doa_grid(const cph_doa *doa)
{
    const double lobe = cph_aperture_lobe(&doa->frame.aperture);
    const size_t half = (size_t)fmin(fmax(ceil(4.0 / lobe), 100.0), 1000.0);
    return 2 * half + 1;
}
