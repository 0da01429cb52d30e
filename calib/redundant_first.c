/* SPDX-License-Identifier: MIT */
/* firstcal: the delays and offsets that make phases of a band small. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "calib/median.h"
#include "calib/redundant.h"
#include "kernels/core/c64.h"
#include "kernels/core/fail.h"
#include "kernels/core/size.h"

/* Strides between the members of a group whose cross-spectra are taken, and rounds of weighting. */
enum { STRIDES = 3, ROUNDS = 6 };

/* Median absolute deviation to standard deviation; a pair counts by half at this many; and the
 * least of them, in parts of the inverse bandwidth (below it no weighting is wanted). */
static const double mad_to_sigma = 1.4826, half_weight = 4.0, least_spread = 1e-6;
/* Channels may be off an equal spacing by so much of it. */
static const double uneven = 1e-3;

#define TURN 6.28318530717958647693

/* Equal baselines b and c: the delay of R_b conj(R_c) is that of their four elements. */
typedef struct pair {
    size_t element[4]; /* + - - + */
    double turns;      /* delay in turns per channel */
    double weight;
} pair;

typedef struct work {
    const cph_redundant_band *band;
    const cph_redundant_set *set;
    cph_c64 *data;  /* [C][baselines] */
    double *weight; /* [baselines] */
    pair *pairs;
    size_t count;
    double *normal; /* [n][n] */
    double *right;  /* [n] */
    double *turns;  /* [n] delays in turns per channel */
    double *rest;   /* [2][pairs] */
    cph_c64 *g;     /* [n] */
    cph_c64 *cross; /* [C] */
} work;

static double power_of(const work *w, size_t b)
{
    double power = 0.0;
    for (size_t c = 0; c < w->band->channels; c++)
        power += cph_c64_power(w->data[c * w->set->baselines + b]);
    return power;
}

static void fill(work *w)
{
    const cph_redundant_set *s = w->set;
    const cph_redundant_band *o = w->band;
    for (size_t c = 0; c < o->channels; c++)
        for (size_t b = 0; b < s->baselines; b++) {
            const size_t i = s->element[s->baseline[b].first],
                         j = s->element[s->baseline[b].second];
            const size_t p = i < j ? i : j, q = i + j - p;
            const cph_c64 r = o->r[(c * s->elements + p) * o->ld + q];
            if (cph_c64_finite(r))
                w->data[c * s->baselines + b] = i < j ? r : cph_c64_conj(r);
        }
    /* Strong elements have strong noise: all baselines of a mean power count alike. */
    double *sum = w->right;
    for (size_t b = 0; b < s->baselines; b++) {
        const double power = power_of(w, b);
        sum[s->baseline[b].first] += power;
        sum[s->baseline[b].second] += power;
    }
    for (size_t b = 0; b < s->baselines; b++) {
        const double both = sqrt(sum[s->baseline[b].first] * sum[s->baseline[b].second]);
        w->weight[b] = both > 0.0 ? 1.0 / both : 0.0;
    }
}

/* Sum over channels of S(c + lag) conj(S(c)). */
static cph_c64 lagged(const work *w, size_t lag)
{
    cph_c64 sum = {0.0, 0.0};
    for (size_t c = 0; c + lag < w->band->channels; c++)
        sum = cph_c64_add(sum, cph_c64_mulc(w->cross[c + lag], w->cross[c]));
    return sum;
}

/* Phase step per channel of the cross-spectrum in turns: of neighbours, then over 2, 4, ...
 * channels, each of which the one before tells within its half turn. *coherence: 0 to 1. */
static double find_delay(const work *w, double *coherence)
{
    cph_c64 sum = lagged(w, 1);
    double power = 0.0, turns = atan2(sum.im, sum.re) / TURN;
    for (size_t c = 0; c < w->band->channels; c++)
        power += cph_c64_power(w->cross[c]);
    *coherence = power > 0.0 ? hypot(sum.re, sum.im) / power : 0.0;
    for (size_t lag = 2; lag <= w->band->channels / 2; lag *= 2) {
        sum = lagged(w, lag);
        const double angle = TURN * (double)lag * turns;
        sum = cph_c64_mul(sum, (cph_c64){cos(angle), -sin(angle)});
        turns += atan2(sum.im, sum.re) / (TURN * (double)lag);
    }
    return turns;
}

static void add_pair(work *w, size_t b, size_t c)
{
    const cph_redundant_set *s = w->set;
    double coherence;
    for (size_t k = 0; k < w->band->channels; k++)
        w->cross[k] =
            cph_c64_scale(w->weight[b] * w->weight[c], cph_c64_mulc(w->data[k * s->baselines + b],
                                                                    w->data[k * s->baselines + c]));
    const double turns = find_delay(w, &coherence);
    w->pairs[w->count++] = (pair){.element = {s->baseline[b].first, s->baseline[b].second,
                                              s->baseline[c].first, s->baseline[c].second},
                                  .turns = turns,
                                  .weight = coherence * coherence};
}

/* Rings through each group at strides 1, 2, 4. */
static void find_pairs(work *w)
{
    const cph_redundant_set *s = w->set;
    for (size_t k = 0; k < s->groups; k++) {
        const size_t first = s->start[k], members = s->start[k + 1] - first;
        for (size_t i = 0, stride = 1; i < STRIDES && 2 * stride <= members; i++, stride *= 2)
            for (size_t m = 0; m < (2 * stride == members ? stride : members); m++)
                add_pair(w, first + m, first + (m + stride) % members);
    }
}

static const double signs[4] = {1.0, -1.0, -1.0, 1.0};

static double rest_of(const work *w, const pair *p)
{
    double rest = p->turns;
    for (int i = 0; i < 4; i++)
        rest -= signs[i] * w->turns[p->element[i]];
    return rest;
}

/* Least squares with the weights factor [pairs] on top of the coherence. */
static cph_status fit(work *w, const double *factor)
{
    const size_t n = w->set->n;
    memset(w->normal, 0, n * n * sizeof *w->normal);
    memset(w->right, 0, n * sizeof *w->right);
    for (size_t k = 0; k < w->count; k++) {
        const pair *p = &w->pairs[k];
        const double weight = p->weight * factor[k];
        for (int i = 0; i < 4; i++) {
            w->right[p->element[i]] += weight * signs[i] * p->turns;
            for (int j = 0; j < 4; j++)
                w->normal[p->element[i] * n + p->element[j]] += weight * signs[i] * signs[j];
        }
    }
    const cph_status status = cph_redundant_invert(w->set, CPH_PHASES, w->normal);
    for (size_t p = 0; status == CPH_OK && p < n; p++) {
        w->turns[p] = 0.0;
        for (size_t q = 0; q < n; q++)
            w->turns[p] += w->normal[p * n + q] * w->right[q];
    }
    return status;
}

/* Weights 1 / (1 + (rest / scale)^2)^2 (Geman & McClure, 1987): an outlier has none, yet no
 * equation is lost. */
static double weigh(work *w, double *factor)
{
    double *size = w->rest + w->count;
    for (size_t k = 0; k < w->count; k++)
        size[k] = fabs(rest_of(w, &w->pairs[k]));
    const double scale = fmax(half_weight * mad_to_sigma * cph_median(size, w->count),
                              least_spread / (double)w->band->channels);
    for (size_t k = 0; k < w->count; k++) {
        const double x = rest_of(w, &w->pairs[k]) / scale;
        factor[k] = 1.0 / ((1.0 + x * x) * (1.0 + x * x));
    }
    return scale;
}

static cph_status find_delays(work *w, cph_redundant_first *first)
{
    double scale = 0.0, sum = 0.0;
    cph_status status = CPH_OK;
    for (size_t k = 0; k < w->count; k++)
        w->rest[k] = 1.0;
    for (int i = 0; status == CPH_OK && i < ROUNDS; i++) {
        status = fit(w, w->rest);
        if (status == CPH_OK)
            scale = weigh(w, w->rest);
    }
    first->left_out = 0;
    for (size_t k = 0; status == CPH_OK && k < w->count; k++) {
        const double rest = rest_of(w, &w->pairs[k]);
        const bool out = fabs(rest) > 2.0 * scale;
        first->left_out += out;
        sum += out ? 0.0 : rest * rest;
    }
    const size_t kept = w->count - first->left_out;
    first->rms_s = kept > 0 ? sqrt(sum / (double)kept) : 0.0;
    return status;
}

/* Takes the delays out of the data, then walks. */
static cph_status find_offsets(work *w)
{
    const cph_redundant_set *s = w->set;
    const double middle = 0.5 * (double)(w->band->channels - 1);
    for (size_t b = 0; b < s->baselines; b++) {
        const double turns = w->turns[s->baseline[b].first] - w->turns[s->baseline[b].second];
        for (size_t c = 0; c < w->band->channels; c++) {
            const double angle = TURN * ((double)c - middle) * turns;
            cph_c64 *r = &w->data[c * s->baselines + b];
            *r = cph_c64_mul(*r, (cph_c64){cos(angle), -sin(angle)});
        }
    }
    const cph_status status = cph_redundant_walk(s, w->band->channels, w->data, w->weight, w->g);
    if (status == CPH_OK) {
        const cph_redundant_problem problem = {0};
        cph_redundant_solver v = {.problem = &problem, .set = s, .g = w->g, .x = w->right};
        cph_redundant_fix_phases(&v, false);
    }
    return status;
}

static cph_status check(const cph_redundant_plan *plan, const cph_redundant_band *band,
                        const cph_redundant_first *first, cph_error *error)
{
    size_t rows;
    if (band->r == NULL || band->freq_hz == NULL || first->delay_s == NULL || first->phase == NULL)
        return cph_fail(error, CPH_ERR_ARGUMENT, "a pointer is null");
    if (band->channels == 0 || band->ld < plan->elements)
        return cph_fail(error, CPH_ERR_ARGUMENT, "%zu channels, %zu elements, stride %zu",
                        band->channels, plan->elements, band->ld);
    if (!cph_size_mul(band->channels, plan->elements, &rows) ||
        !cph_size_matrix(rows, band->ld, plan->elements, sizeof *band->r))
        return cph_fail(error, CPH_ERR_OVERFLOW, "%zu channels are too many", band->channels);
    const double span = band->freq_hz[band->channels - 1] - band->freq_hz[0],
                 step = band->channels > 1 ? span / (double)(band->channels - 1) : 1.0;
    for (size_t c = 0; c < band->channels; c++)
        if (!(step > 0.0) ||
            !(fabs(band->freq_hz[c] - band->freq_hz[0] - (double)c * step) <= uneven * step))
            return cph_fail(error, CPH_ERR_ARGUMENT,
                            "channel %zu is at %g Hz: expected equally spaced, ascending ones", c,
                            band->freq_hz[c]);
    return CPH_OK;
}

static cph_status allocate(work *w)
{
    const cph_redundant_set *s = w->set;
    size_t cells, square;
    if (!cph_size_mul(w->band->channels, s->baselines, &cells) ||
        !cph_size_mul(s->n, s->n, &square))
        return CPH_ERR_OVERFLOW;
    w->data = calloc(cells + 1, sizeof *w->data);
    w->weight = calloc(s->baselines + 1, sizeof *w->weight);
    w->pairs = calloc(s->baselines + 1, STRIDES * sizeof *w->pairs);
    w->normal = calloc(square + 1, sizeof *w->normal);
    w->right = calloc(s->n + 1, sizeof *w->right);
    w->turns = calloc(s->n + 1, sizeof *w->turns);
    w->rest = calloc(s->baselines + 1, (size_t)2 * STRIDES * sizeof *w->rest);
    w->g = calloc(s->n + 1, sizeof *w->g);
    w->cross = calloc(w->band->channels, sizeof *w->cross);
    return w->data == NULL || w->weight == NULL || w->pairs == NULL || w->normal == NULL ||
                   w->right == NULL || w->turns == NULL || w->rest == NULL || w->g == NULL ||
                   w->cross == NULL
               ? CPH_ERR_MEMORY
               : CPH_OK;
}

static void release(work *w)
{
    free(w->data);
    free(w->weight);
    free(w->pairs);
    free(w->normal);
    free(w->right);
    free(w->turns);
    free(w->rest);
    free(w->g);
    free(w->cross);
}

static void deliver(const work *w, cph_redundant_first *first)
{
    const cph_redundant_set *s = w->set;
    const size_t last = w->band->channels - 1;
    const double *freq = w->band->freq_hz;
    const double step = last > 0 ? (freq[last] - freq[0]) / (double)last : 1.0;
    for (size_t i = 0, p = 0; i < s->elements; i++) {
        const bool live = p < s->n && s->element[p] == i, good = live && !s->open[p];
        first->delay_s[i] = good ? 0.0 - w->turns[p] / step : (double)NAN;
        first->phase[i] = good ? atan2(w->g[p].im, w->g[p].re) : (double)NAN;
        p += live;
    }
    first->centre_hz = 0.5 * (freq[0] + freq[last]);
    first->rms_s /= step;
}

static cph_status solve(work *w, cph_redundant_first *first, cph_error *error)
{
    cph_redundant_first found = *first;
    found.rms_s = 0.0;
    found.left_out = 0;
    cph_status status = allocate(w);
    if (status == CPH_OK) {
        fill(w);
        if (w->band->channels > 1) {
            find_pairs(w);
            status = find_delays(w, &found);
        }
    }
    if (status == CPH_OK)
        status = find_offsets(w);
    if (status != CPH_OK)
        return cph_fail(error, status,
                        status == CPH_ERR_SINGULAR ? "the covariances do not determine the delays"
                                                   : "%s",
                        cph_status_name(status));
    *first = found;
    deliver(w, first);
    return CPH_OK;
}

cph_status cph_redundant_firstcal(const cph_redundant_plan *plan, const cph_redundant_band *band,
                                  cph_redundant_first *first, cph_error *error)
{
    if (plan == NULL || band == NULL || first == NULL)
        return cph_fail(error, CPH_ERR_ARGUMENT, "a pointer is null");
    cph_status status = check(plan, band, first, error);
    if (status != CPH_OK)
        return status;
    cph_redundant_set set;
    work w = {.band = band, .set = &set};
    status = cph_redundant_select(&plan->all, band->flag, NULL, &set, error);
    if (status == CPH_OK)
        status = solve(&w, first, error);
    release(&w);
    cph_redundant_set_free(&set);
    return status;
}

void cph_redundant_first_gains(size_t elements, const cph_redundant_first *first, double freq_hz,
                               cph_c64 *gain)
{
    for (size_t i = 0; i < elements; i++) {
        const double angle =
            first->phase[i] - TURN * (freq_hz - first->centre_hz) * first->delay_s[i];
        gain[i] = (cph_c64){cos(angle), sin(angle)};
    }
}
