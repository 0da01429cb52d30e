/* SPDX-License-Identifier: MIT */
#include "cophase/repair.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "cophase/pattern.h"
#include "cophase/steer.h"
#include "cophase/weights.h"
#include "kernels/adaptive/cholesky.h"
#include "kernels/adaptive/gram.h"
#include "kernels/core/c64.h"
#include "kernels/core/size.h"
#include "kernels/core/vec3.h"
#include "kernels/weights/repair_directions.h"

/* Directions at a time. */
enum { BLOCK = 64, MOST_ROUNDS = 64 };
/* Of the weight of a direction, what the highest sidelobe leaves to one without any. */
static const double least_share = 1e-3;
/* Taper loss is weighed against sidelobes: as much as doubles |f|^2 counts as this part of the mean
 * sidelobe before. */
static const double loss_share = 0.1;
/* More than this beside what the live elements had is too much. */
static const double most_loss_db = 1.5;

typedef struct repair {
    const cph_repair_config *config;
    size_t n, live, count; /* elements, those without a flag, directions */
    double *direction;     /* [count][3] */
    double *share, *power; /* [count] s_k, |f^H a|^2 */
    cph_c64 *a, *f, *best; /* [N] */
    cph_c64 *rows;         /* [BLOCK][live] */
    cph_c64 *r, *x;        /* [live][live], [live] */
    size_t *index;         /* [live] */
    double loading;        /* of the form */
    void *memory;
} repair;

static cph_status reserve(repair *s)
{
    size_t bytes = 0, square, block, at[9];
    if (!cph_size_mul(s->live, s->live, &square) || !cph_size_mul(s->live, BLOCK, &block) ||
        !cph_size_place(&bytes, s->count, sizeof *s->share, &at[0]) ||
        !cph_size_place(&bytes, s->count, sizeof *s->power, &at[1]) ||
        !cph_size_place(&bytes, s->n, sizeof *s->a, &at[2]) ||
        !cph_size_place(&bytes, s->n, sizeof *s->best, &at[3]) ||
        !cph_size_place(&bytes, block, sizeof *s->rows, &at[4]) ||
        !cph_size_place(&bytes, square, sizeof *s->r, &at[5]) ||
        !cph_size_place(&bytes, s->live, sizeof *s->x, &at[6]) ||
        !cph_size_place(&bytes, s->live, sizeof *s->index, &at[7]) || bytes == 0)
        return CPH_ERR_OVERFLOW;
    s->memory = calloc(1, bytes);
    if (s->memory == NULL)
        return CPH_ERR_MEMORY;
    s->share = cph_size_at(s->memory, at[0]);
    s->power = cph_size_at(s->memory, at[1]);
    s->a = cph_size_at(s->memory, at[2]);
    s->best = cph_size_at(s->memory, at[3]);
    s->rows = cph_size_at(s->memory, at[4]);
    s->r = cph_size_at(s->memory, at[5]);
    s->x = cph_size_at(s->memory, at[6]);
    s->index = cph_size_at(s->memory, at[7]);
    for (size_t n = 0, live = 0; n < s->n; n++)
        if (s->config->flag == NULL || s->config->flag[n] == 0)
            s->index[live++] = n;
    for (size_t k = 0; k < s->count; k++)
        s->share[k] = 1.0;
    return CPH_OK;
}

/* s->a toward direction k; positions and directions were checked. */
static void steer(repair *s, size_t k)
{
    if (cph_steer_c64(s->n, s->config->position, s->config->freq_hz, s->direction + 3 * k, s->a) !=
        CPH_OK)
        memset(s->a, 0, s->n * sizeof *s->a);
}

/* ---- one round ---- */

static double sum_of(size_t n, const double *x)
{
    double sum = 0.0;
    for (size_t k = 0; k < n; k++)
        sum += x[k];
    return sum;
}

/* r = sum s_k a a^H / sum s_k + loading, of the live elements. */
static void make_form(repair *s)
{
    const double total = sum_of(s->count, s->share);
    memset(s->r, 0, s->live * s->live * sizeof *s->r);
    for (size_t first = 0; first < s->count; first += BLOCK) {
        const size_t some = cph_size_min(BLOCK, s->count - first);
        for (size_t k = 0; k < some; k++) {
            const double size = sqrt(s->share[first + k] / total);
            steer(s, first + k);
            for (size_t i = 0; i < s->live; i++)
                s->rows[k * s->live + i] = cph_c64_scale(size, cph_c64_conj(s->a[s->index[i]]));
        }
        cph_gram_add(some, s->live, s->rows, s->r);
    }
    for (size_t i = 0; i < s->live; i++)
        s->r[i * s->live + i].re += s->loading;
}

/* f = r^-1 a / (a^H r^-1 a), a toward the look. */
static cph_status solve(repair *s)
{
    size_t row = 0;
    double response = 0.0;
    cph_status status =
        cph_steer_c64(s->n, s->config->position, s->config->freq_hz, s->config->look, s->a);
    if (status != CPH_OK)
        return status;
    if (cph_cholesky_factor(s->live, s->r, &row) != 1.0)
        return CPH_ERR_SINGULAR;
    for (size_t i = 0; i < s->live; i++)
        s->x[i] = s->a[s->index[i]];
    cph_cholesky_forward(s->live, s->r, s->x);
    for (size_t i = 0; i < s->live; i++)
        response += cph_c64_power(s->x[i]);
    cph_cholesky_backward(s->live, s->r, s->x);
    for (size_t i = 0; i < s->live; i++)
        s->f[s->index[i]] = cph_c64_scale(1.0 / response, s->x[i]);
    return CPH_OK;
}

/* s->power of the beam f; returns the highest. */
static double measure(repair *s, const cph_c64 *f)
{
    double highest = 0.0;
    for (size_t k = 0; k < s->count; k++) {
        cph_c64 sum = {0.0, 0.0};
        steer(s, k);
        for (size_t n = 0; n < s->n; n++)
            sum = cph_c64_add(sum, cph_c64_mulc(s->a[n], f[n]));
        s->power[k] = cph_c64_power(sum);
        highest = fmax(highest, s->power[k]);
    }
    return highest;
}

static void weigh_again(repair *s, double highest)
{
    double most = 0.0;
    for (size_t k = 0; k < s->count; k++)
        most = fmax(most, s->share[k]);
    for (size_t k = 0; k < s->count; k++)
        s->share[k] = s->share[k] * sqrt(s->power[k] / highest) + least_share * most;
}

/* ---- all of them ---- */

static double decibel(double power)
{
    return power > 0.0 ? 10.0 * log10(power) : NAN;
}

static double mean_db(const repair *s)
{
    return s->count > 0 ? decibel(sum_of(s->count, s->power) / (double)s->count) : NAN;
}

static double loss_db(const repair *s, const cph_c64 *f)
{
    double sum = 0.0;
    for (size_t n = 0; n < s->n; n++)
        sum += cph_c64_power(f[n]);
    return decibel((double)s->live * sum);
}

/* The highest sidelobe of the beam f: its very top, which samples miss by up to 0.7 dB. */
static cph_status find_peak(const repair *s, const cph_c64 *f, double *peak_db)
{
    cph_pattern_input input = {.elements = s->n,
                               .position = s->config->position,
                               .freq_hz = s->config->freq_hz,
                               .weights = f};
    cph_pattern_metrics metrics;
    memcpy(input.look, s->config->look, sizeof input.look);
    const cph_status status = cph_pattern_analyse(&input, &metrics);
    if (status == CPH_OK)
        *peak_db = metrics.psll_db;
    return status;
}

/* Keeps f where its peaks are the lowest. A main lobe that has grown wider is no sidelobe, but
 * counts here. */
static cph_status keep_lower(repair *s, size_t round, double sampled_db, double *lowest_db,
                             cph_repair_result *made)
{
    double peak_db = NAN;
    const double loss = loss_db(s, s->f);
    if (!(sampled_db < *lowest_db) || loss > made->loss_before_db + most_loss_db)
        return CPH_OK;
    const cph_status status = find_peak(s, s->f, &peak_db);
    if (status != CPH_OK || fmax(peak_db, sampled_db) >= *lowest_db)
        return status;
    *lowest_db = fmax(peak_db, sampled_db);
    memcpy(s->best, s->f, s->n * sizeof *s->f);
    made->after_db = peak_db;
    made->mean_after_db = mean_db(s);
    made->loss_after_db = loss;
    made->rounds = round;
    return CPH_OK;
}

/* best: the conventional beam of the live elements, then the one with the lowest peak. */
static cph_status run(repair *s, cph_repair_result *made)
{
    double lowest_db = decibel(measure(s, s->best));
    cph_status status = find_peak(s, s->best, &made->before_db);
    if (status != CPH_OK)
        return status;
    lowest_db = fmax(lowest_db, made->before_db);
    made->after_db = made->before_db;
    made->mean_before_db = made->mean_after_db = mean_db(s);
    made->loss_before_db = made->loss_after_db = loss_db(s, s->best);
    if (s->live == s->n || s->count == 0)
        return CPH_OK;
    s->loading = loss_share * (double)s->live * sum_of(s->count, s->power) / (double)s->count;
    memset(s->f, 0, s->n * sizeof *s->f);
    for (size_t round = 1; round <= s->config->rounds && made->after_db > made->intact_db;
         round++) {
        make_form(s);
        status = solve(s);
        if (status != CPH_OK)
            return status;
        const double highest = measure(s, s->f);
        status = keep_lower(s, round, decibel(highest), &lowest_db, made);
        if (status != CPH_OK)
            return status;
        weigh_again(s, highest);
    }
    return CPH_OK;
}

static cph_status check(const cph_repair_config *config, const cph_c64 *w)
{
    if (config == NULL || w == NULL || config->elements == 0 || config->position == NULL ||
        config->rounds == 0 || config->rounds > MOST_ROUNDS ||
        !(fabs(cph_norm3(config->look) - 1.0) < 1e-6))
        return CPH_ERR_ARGUMENT;
    for (size_t i = 0; i < 3 * config->elements; i++)
        if (!isfinite(config->position[i]))
            return CPH_ERR_NOT_FINITE;
    return CPH_OK;
}

/* Sum over sum of moduli of the tapers of those without a flag. */
static double evenness(const cph_repair_config *config, const unsigned char *flag)
{
    double sum = 0.0, size = 0.0;
    for (size_t n = 0; n < config->elements; n++) {
        const double t = config->taper != NULL ? config->taper[n] : 1.0;
        if (flag != NULL && flag[n] != 0)
            continue;
        sum += t;
        size += fabs(t);
    }
    return size > 0.0 ? sum / size : 0.0;
}

/* The conventional weights of a [N], of unit response also where tapers are negative. */
static cph_status make_beam(const cph_repair_config *config, const unsigned char *flag, cph_c64 *w,
                            const cph_c64 *a)
{
    const double response = evenness(config, flag);
    const cph_status status =
        cph_weights_conventional(config->elements, a, NULL, flag, config->taper, w);
    if (status != CPH_OK)
        return status;
    if (!(fabs(response) > 1e-9))
        return CPH_ERR_ARGUMENT;
    for (size_t n = 0; n < config->elements; n++)
        w[n] = cph_c64_scale(1.0 / response, w[n]);
    return CPH_OK;
}

/* f [N] of the intact beam, live [N] of what is left of it. */
static cph_status make_beams(const cph_repair_config *config, cph_c64 *f, cph_c64 *live)
{
    cph_status status =
        cph_steer_c64(config->elements, config->position, config->freq_hz, config->look, f);
    if (status == CPH_OK)
        status = make_beam(config, config->flag, live, f);
    if (status == CPH_OK)
        status = make_beam(config, NULL, f, f);
    return status;
}

/* w = f / conj(g); NOT_FINITE, w untouched, where a live gain is no number. */
static cph_status put_gains(const repair *s, cph_c64 *w)
{
    const cph_c64 *gain = s->config->gain;
    for (size_t i = 0; gain != NULL && i < s->live; i++)
        if (!cph_c64_finite(gain[s->index[i]]) || cph_c64_power(gain[s->index[i]]) == 0.0)
            return CPH_ERR_NOT_FINITE;
    memset(w, 0, s->n * sizeof *w);
    for (size_t i = 0; i < s->live; i++) {
        const size_t n = s->index[i];
        w[n] = gain == NULL
                   ? s->best[n]
                   : cph_c64_scale(1.0 / cph_c64_power(gain[n]), cph_c64_mul(s->best[n], gain[n]));
    }
    return CPH_OK;
}

static cph_status work(repair *s, const cph_c64 *live, cph_c64 *w, cph_repair_result *result)
{
    cph_repair_result made = {.intact_db = NAN};
    cph_status status = reserve(s);
    if (status != CPH_OK)
        return status;
    memcpy(s->best, live, s->n * sizeof *live);
    status = find_peak(s, s->f, &made.intact_db);
    if (status == CPH_OK)
        status = run(s, &made);
    if (status == CPH_OK)
        status = put_gains(s, w);
    made.live = s->live;
    made.directions = s->count;
    if (status == CPH_OK && result != NULL)
        *result = made;
    return status;
}

cph_status cph_weights_repair(const cph_repair_config *config, cph_c64 *w,
                              cph_repair_result *result)
{
    cph_status status = check(config, w);
    if (status != CPH_OK)
        return status;
    repair s = {.config = config, .n = config->elements};
    for (size_t n = 0; n < s.n; n++)
        s.live += config->flag == NULL || config->flag[n] == 0;
    cph_c64 *f = calloc(s.n + 1, 2 * sizeof *f);
    if (f == NULL)
        return CPH_ERR_MEMORY;
    s.f = f;
    status = s.live > 0 ? make_beams(config, f, f + s.n) : CPH_ERR_TOO_FEW;
    if (status == CPH_OK)
        status = cph_repair_directions(config, f, &s.direction, &s.count);
    if (status == CPH_OK)
        status = work(&s, f + s.n, w, result);
    free(s.memory);
    free(s.direction);
    free(f);
    return status;
}
