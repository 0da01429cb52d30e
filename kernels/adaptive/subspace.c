/* SPDX-License-Identifier: MIT */
#include "cophase/subspace.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/adaptive/adaptive_plan.h"
#include "kernels/adaptive/hermitian.h"
#include "kernels/adaptive/order.h"
#include "kernels/core/c64.h"
#include "kernels/core/fail.h"
#include "kernels/core/size.h"

/* Less of the look than this is a wave that comes from it. */
static const double least_left = 1e-6;

struct cph_subspace {
    cph_adaptive frame; /* elements, live ones and gains */
    cph_c64 *vector;    /* [live][live] eigenvectors, ascending */
    double *value;      /* [live] */
    size_t waves;       /* the last ones */
    double protect;
};

static cph_status check(const cph_subspace_config *config, cph_error *error)
{
    if (config->elements == 0 || config->covariance == NULL ||
        !cph_size_matrix(config->elements, config->ld, config->elements, sizeof(cph_c64)))
        return cph_fail(error, CPH_ERR_ARGUMENT, "%zu elements, rows %zu apart: no covariance",
                        config->elements, config->ld);
    if ((unsigned)config->rule >= CPH_SUBSPACE_COUNT || !(config->samples >= 0.0) ||
        !(config->protect > 0.0 && config->protect <= 1.0))
        return cph_fail(error, CPH_ERR_ARGUMENT,
                        "rule %d, %g snapshots, protection %g: expected a rule, 0 or more, and one "
                        "above 0, at most 1",
                        (int)config->rule, config->samples, config->protect);
    if (config->rule == CPH_SUBSPACE_THRESHOLD &&
        !(config->threshold > 1.0 && isfinite(config->threshold)))
        return cph_fail(error, CPH_ERR_ARGUMENT, "a threshold of %g: expected one above 1",
                        config->threshold);
    if (config->rule == CPH_SUBSPACE_MDL && config->samples == 0.0)
        return cph_fail(error, CPH_ERR_MISSING,
                        "counting waves needs the number of snapshots; give the number of waves");
    return CPH_OK;
}

static cph_status check_live(const cph_subspace_config *config, size_t live, cph_error *error)
{
    if (live == 0)
        return cph_fail(error, CPH_ERR_TOO_FEW, "all %zu elements are flagged", config->elements);
    if (config->rule == CPH_SUBSPACE_GIVEN && config->waves >= live)
        return cph_fail(error, CPH_ERR_TOO_FEW, "%zu waves leave nothing of %zu live elements",
                        config->waves, live);
    if (config->rule == CPH_SUBSPACE_MDL && config->samples < (double)live)
        return cph_fail(error, CPH_ERR_TOO_FEW,
                        "%g snapshots of %zu live elements do not count waves; give their number "
                        "or a threshold",
                        config->samples, live);
    return CPH_OK;
}

static cph_status reserve(const cph_subspace_config *config, size_t live, cph_subspace **made,
                          cph_error *error)
{
    size_t bytes = sizeof **made, square, at[4];
    if (!cph_size_mul(live, live, &square) ||
        !cph_size_place(&bytes, live, sizeof(size_t), &at[0]) ||
        !cph_size_place(&bytes, live, sizeof(cph_c64), &at[1]) ||
        !cph_size_place(&bytes, square, sizeof(cph_c64), &at[2]) ||
        !cph_size_place(&bytes, live, sizeof(double), &at[3]))
        return cph_fail(error, CPH_ERR_OVERFLOW, "a covariance of %zu elements", live);
    cph_subspace *memory = calloc(1, bytes);
    if (memory == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "a covariance of %zu elements: out of memory", live);
    size_t *index = cph_size_at(memory, at[0]);
    cph_c64 *gain = cph_size_at(memory, at[1]);
    memory->vector = cph_size_at(memory, at[2]);
    memory->value = cph_size_at(memory, at[3]);
    memory->protect = config->protect;
    memory->frame =
        (cph_adaptive){.elements = config->elements, .live = live, .index = index, .gain = gain};
    *made = memory;
    return cph_live_take(config->elements, config->gain, config->flag, index, gain, error);
}

/* ---- how many ---- */

static size_t above_floor(size_t n, const double *value, double samples, double threshold)
{
    const size_t rank = samples > 0.0 && samples < (double)n ? (size_t)samples : n;
    /* Not below what rounding leaves where the true eigenvalue is 0. */
    const double rounding = (double)n * DBL_EPSILON * fmax(value[n - 1], 0.0);
    const double floor_value = fmax(value[n - 1 - rank / 2], rounding);
    size_t count = 0;
    while (count + 1 < n && value[n - 1 - count] > threshold * floor_value)
        count++;
    return count;
}

static size_t count_waves(const cph_subspace_config *config, size_t n, const double *value)
{
    switch (config->rule) {
    case CPH_SUBSPACE_THRESHOLD:
        return above_floor(n, value, config->samples, config->threshold);
    case CPH_SUBSPACE_MDL:
        return cph_order_count(n, value, config->samples, 0.5 * log(config->samples));
    default:
        return config->waves;
    }
}

static cph_status decompose(const cph_subspace_config *config, cph_subspace *s, cph_error *error)
{
    cph_status status = cph_live_covariance(config->covariance, config->ld, s->frame.live,
                                            s->frame.index, s->vector, error);
    if (status != CPH_OK)
        return status;
    status = cph_hermitian_eigen(s->frame.live, s->vector, s->value);
    if (status != CPH_OK)
        return cph_fail(error, status, "eigenvectors of %zu elements: %s", s->frame.live,
                        cph_status_name(status));
    s->waves = count_waves(config, s->frame.live, s->value);
    return CPH_OK;
}

cph_status cph_subspace_create(const cph_subspace_config *config, cph_subspace **subspace,
                               cph_error *error)
{
    cph_subspace *made = NULL;
    if (config == NULL || subspace == NULL)
        return cph_fail(error, CPH_ERR_ARGUMENT, "no configuration, or nowhere to put a subspace");
    cph_status status = check(config, error);
    if (status != CPH_OK)
        return status;
    const size_t live = cph_live_count(config->elements, config->flag);
    status = check_live(config, live, error);
    if (status == CPH_OK)
        status = reserve(config, live, &made, error);
    if (made == NULL)
        return status;
    if (status == CPH_OK)
        status = decompose(config, made, error);
    if (status == CPH_OK)
        *subspace = made;
    else
        cph_subspace_destroy(made);
    return status;
}

void cph_subspace_destroy(cph_subspace *subspace)
{
    free(subspace);
}

size_t cph_subspace_waves(const cph_subspace *subspace, size_t *live)
{
    if (live != NULL)
        *live = subspace->frame.live;
    return subspace->waves;
}

/* ---- looks ---- */

/* v becomes P v; returns how many waves were the signal's own. */
static size_t project(const cph_subspace *s, double size, const cph_c64 *v, cph_c64 *left)
{
    const size_t n = s->frame.live;
    size_t own = 0;
    memcpy(left, v, n * sizeof *v);
    for (size_t k = n - s->waves; k < n; k++) {
        const cph_c64 *e = s->vector + k * n;
        if (cph_c64_power(cph_c64_inner(n, e, v)) > s->protect * size) {
            own++;
            continue;
        }
        /* of what is left of v: rounding does not add up */
        const cph_c64 along = cph_c64_inner(n, e, left);
        for (size_t i = 0; i < n; i++)
            left[i] = cph_c64_sub(left[i], cph_c64_mul(along, e[i]));
    }
    return own;
}

cph_status cph_subspace_weights(const cph_subspace *subspace, const cph_c64 *a, cph_c64 *w,
                                size_t *kept, cph_error *error)
{
    const cph_c64 unit = {1.0, 0.0};
    cph_constraints k = {0};
    if (subspace == NULL || w == NULL)
        return cph_fail(error, CPH_ERR_ARGUMENT, "no subspace, or nowhere to put weights");
    cph_status status = cph_constraints_take(&subspace->frame, 1, a, &unit, &k, error);
    if (status != CPH_OK)
        return status;
    const size_t n = subspace->frame.live;
    const double size = cph_c64_inner(n, k.v, k.v).re;
    const size_t own = project(subspace, size, k.v, k.target);
    const double left = cph_c64_inner(n, k.target, k.target).re;
    if (!(left > least_left * size)) {
        status = cph_fail(error, CPH_ERR_SINGULAR,
                          "the %zu waves leave less than -60 dB toward the look direction",
                          subspace->waves - own);
    } else {
        for (size_t i = 0; i < n; i++)
            k.target[i] = cph_c64_scale(1.0 / left, k.target[i]);
        cph_adaptive_scatter(&subspace->frame, k.target, w);
        if (kept != NULL)
            *kept = own;
    }
    cph_constraints_free(&k);
    return status;
}
