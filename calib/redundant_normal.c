/* SPDX-License-Identifier: MIT */
/* Normal equations of log amplitudes and phases, with those of u taken out. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "calib/redundant.h"
#include "calib/tiles.h"

/* One group's part; mean [n] is zero and stays so. touched: room for 2 members' elements. */
static void add_group(const cph_redundant_set *s, size_t k, double sign, const double *weight,
                      double *normal, double *mean, size_t *touched)
{
    double total = 0.0;
    size_t count = 0, n = s->n;
    for (size_t b = s->start[k]; b < s->start[k + 1]; b++) {
        const size_t p = s->baseline[b].first, q = s->baseline[b].second;
        const double w = weight == NULL ? 1.0 : weight[b];
        normal[p * n + p] += w;
        normal[q * n + q] += w;
        normal[p * n + q] += sign * w;
        normal[q * n + p] += sign * w;
        mean[p] += w;
        mean[q] += sign * w;
        touched[count++] = p;
        touched[count++] = q;
        total += w;
    }
    /* An element stands in at most two baselines of a group: once among `first`, once among
     * `second`. It must be subtracted once. */
    size_t single = 0;
    for (size_t i = 0; i < count; i++)
        if (mean[touched[i]] != 0.0) {
            mean[n + single] = mean[touched[i]];
            mean[touched[i]] = 0.0;
            touched[single++] = touched[i];
        }
    for (size_t i = 0; total > 0.0 && i < single; i++)
        for (size_t j = 0; j < single; j++)
            normal[touched[i] * n + touched[j]] -= mean[n + i] * mean[n + j] / total;
}

static double sign_of(cph_redundant_part part)
{
    return part == CPH_AMPLITUDES ? 1.0 : -1.0;
}

cph_status cph_redundant_normal(const cph_redundant_set *set, cph_redundant_part part,
                                const double *weight, double *normal)
{
    double *mean = calloc(set->n, 2 * sizeof *mean);
    size_t *touched = calloc(set->n, 2 * sizeof *touched);
    const bool ok = mean != NULL && touched != NULL;
    memset(normal, 0, set->n * set->n * sizeof *normal);
    for (size_t k = 0; ok && k < set->groups; k++)
        if (set->start[k + 1] - set->start[k] > 1)
            add_group(set, k, sign_of(part), weight, normal, mean, touched);
    free(mean);
    free(touched);
    return ok ? CPH_OK : CPH_ERR_MEMORY;
}

static const double *null_space(const cph_redundant_set *set, cph_redundant_part part,
                                size_t *count)
{
    *count = part == CPH_AMPLITUDES ? set->amplitude_nulls : set->phase_nulls;
    return part == CPH_AMPLITUDES ? set->amplitude_null : set->phase_null;
}

/* normal += scale times the projection on the null space. */
static void add_pins(const cph_redundant_set *set, cph_redundant_part part, double scale,
                     double *normal)
{
    size_t count, n = set->n;
    const double *basis = null_space(set, part, &count);
    for (size_t v = 0; v < count; v++)
        for (size_t p = 0; p < n; p++)
            for (size_t q = 0; q < n; q++)
                normal[p * n + q] += scale * basis[v * n + p] * basis[v * n + q];
}

cph_status cph_redundant_invert(const cph_redundant_set *set, cph_redundant_part part,
                                double *normal)
{
    double mean = 0.0;
    for (size_t p = 0; p < set->n; p++)
        mean += normal[p * set->n + p] / (double)set->n;
    if (!(mean > 0.0) || !isfinite(mean))
        return CPH_ERR_SINGULAR;
    add_pins(set, part, mean, normal);
    cph_status status = cph_tiles_invert(set->n, normal);
    if (status == CPH_OK)
        add_pins(set, part, -1.0 / mean, normal);
    return status;
}

void cph_redundant_apply(const cph_redundant_set *set, cph_redundant_part part,
                         const double *inverse, const double *weight, const double *wy,
                         double *scratch, double *x)
{
    const double sign = sign_of(part);
    memset(scratch, 0, set->n * sizeof *scratch);
    for (size_t k = 0; k < set->groups; k++) {
        double sum = 0.0, total = 0.0;
        for (size_t b = set->start[k]; b < set->start[k + 1]; b++) {
            sum += wy[b];
            total += weight[b];
        }
        const double mean = total > 0.0 ? sum / total : 0.0;
        for (size_t b = set->start[k]; b < set->start[k + 1]; b++) {
            const double part_of = wy[b] - weight[b] * mean;
            scratch[set->baseline[b].first] += part_of;
            scratch[set->baseline[b].second] += sign * part_of;
        }
    }
    for (size_t p = 0; p < set->n; p++) {
        x[p] = 0.0;
        for (size_t q = 0; q < set->n; q++)
            x[p] += inverse[p * set->n + q] * scratch[q];
    }
}
