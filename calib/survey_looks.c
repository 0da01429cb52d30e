/* SPDX-License-Identifier: MIT */
/* Phases of looks against those of positions. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "calib/survey.h"
#include "kernels/core/c64.h"
#include "kernels/core/fail.h"
#include "kernels/core/size.h"
#include "kernels/core/vec3.h"

/* Rank one converges in one round; noise in some more. */
enum { ROUNDS = 12 };
static const double unit_within = 1e-6;

static cph_c64 phasor(cph_c64 z)
{
    const double size = sqrt(cph_c64_power(z));
    return size > 0.0 ? cph_c64_scale(1.0 / size, z) : (cph_c64){1.0, 0.0};
}

/* ---- checks ---- */

static cph_status check_looks(const cph_survey_config *c, cph_error *error)
{
    for (size_t s = 0; s < c->looks; s++) {
        const double length = cph_norm3(c->direction + 3 * s);
        if (!(fabs(length - 1.0) < unit_within))
            return cph_fail(error, isfinite(length) ? CPH_ERR_ARGUMENT : CPH_ERR_NOT_FINITE,
                            "the direction of look %zu has length %g: expected 1", s, length);
        if (!(c->freq_hz[s] > 0.0) || !isfinite(c->freq_hz[s]))
            return cph_fail(error, CPH_ERR_ARGUMENT, "the frequency of look %zu is %g Hz", s,
                            c->freq_hz[s]);
    }
    for (size_t n = 0; n < c->elements; n++) {
        if (!isfinite(cph_norm3(c->position + 3 * n)))
            return cph_fail(error, CPH_ERR_NOT_FINITE, "the position of element %zu is not finite",
                            n);
        if (c->gain != NULL && (!cph_c64_finite(c->gain[n]) || cph_c64_power(c->gain[n]) == 0.0))
            return cph_fail(error, CPH_ERR_NOT_FINITE,
                            "the gain of element %zu is zero or not finite", n);
    }
    return CPH_OK;
}

static cph_status check(const cph_survey_config *c, size_t fewest, cph_error *error)
{
    size_t count;
    if (c == NULL || c->elements == 0 || c->looks == 0 || c->direction == NULL ||
        c->freq_hz == NULL || c->response == NULL || c->position == NULL || !(c->sigma >= 0.0) ||
        !isfinite(c->sigma))
        return cph_fail(error, CPH_ERR_ARGUMENT,
                        "looks, positions and arrays for the answer are needed");
    if (!cph_size_mul(c->elements, c->looks, &count) ||
        !cph_size_mul(count, sizeof(cph_c64), &count) || c->looks > INT16_MAX)
        return cph_fail(error, CPH_ERR_OVERFLOW, "%zu looks at %zu elements do not fit", c->looks,
                        c->elements);
    if (c->looks < fewest)
        return cph_fail(error, CPH_ERR_TOO_FEW, "%zu looks: at least %zu are needed", c->looks,
                        fewest);
    return check_looks(c, error);
}

/* ---- opening ---- */

static size_t count_bands(const cph_survey_config *c, size_t *band)
{
    size_t bands = 0;
    for (size_t s = 0; s < c->looks; s++) {
        size_t before = 0;
        while (c->freq_hz[before] < c->freq_hz[s] || c->freq_hz[before] > c->freq_hz[s])
            before++;
        band[s] = before < s ? band[before] : bands++;
    }
    return bands;
}

static void fill(cph_survey_looks *l, const unsigned char *flag)
{
    const cph_survey_config *const c = l->config;
    const size_t looks = c->looks;
    const double speed = 2.0 * M_PI / CPH_SPEED_OF_LIGHT;
    for (size_t s = 0; s < looks; s++)
        l->unit = fmax(l->unit, speed * c->freq_hz[s]);
    for (size_t s = 0; s < looks; s++)
        for (size_t k = 0; k < 3; k++)
            l->wave[3 * s + k] = speed * c->freq_hz[s] / l->unit * c->direction[3 * s + k];
    for (size_t n = 0, p = 0; n < c->elements; n++) {
        if (flag != NULL && flag[n] != CPH_FLAG_NONE)
            continue;
        l->element[p] = n;
        for (size_t k = 0; k < 3; k++)
            l->nominal[3 * p + k] = l->unit * c->position[3 * n + k];
        for (size_t s = 0; s < looks; s++) {
            cph_c64 y = c->response[s * c->elements + n];
            if (!cph_c64_finite(y) || cph_c64_power(y) == 0.0)
                continue;
            l->weight[p * looks + s] = 2.0 * cph_c64_power(y);
            if (c->gain != NULL)
                y = cph_c64_mulc(y, phasor(c->gain[n]));
            l->y[p * looks + s] = y;
            l->phases++;
        }
        p++;
    }
}

cph_status cph_survey_open(const cph_survey_config *config, const unsigned char *flag,
                           size_t fewest_looks, cph_survey_looks *looks, cph_error *error)
{
    const cph_status status = check(config, fewest_looks, error);
    if (status != CPH_OK)
        return status;
    size_t live = 0, cells, gains, bytes = 0, at[10];
    for (size_t n = 0; n < config->elements; n++)
        live += flag == NULL || flag[n] == CPH_FLAG_NONE;
    if (live < 2)
        return cph_fail(error, CPH_ERR_TOO_FEW, "%zu unflagged elements: at least 2 are needed",
                        live);
    if (!cph_size_mul(live, config->looks, &cells) || !cph_size_mul(live, config->looks, &gains) ||
        !cph_size_place(&bytes, live, sizeof(size_t), &at[0]) ||
        !cph_size_place(&bytes, config->looks, sizeof(size_t), &at[1]) ||
        !cph_size_place(&bytes, 3 * config->looks, sizeof(double), &at[2]) ||
        !cph_size_place(&bytes, 3 * live, sizeof(double), &at[3]) ||
        !cph_size_place(&bytes, cells, sizeof(cph_c64), &at[4]) ||
        !cph_size_place(&bytes, cells, sizeof(double), &at[5]) ||
        !cph_size_place(&bytes, gains, sizeof(cph_c64), &at[6]) ||
        !cph_size_place(&bytes, config->looks, sizeof(cph_c64), &at[7]) ||
        !cph_size_place(&bytes, cells, sizeof(double), &at[8]) ||
        !cph_size_place(&bytes, cells, sizeof(cph_c64), &at[9]) || bytes == 0)
        return cph_fail(error, CPH_ERR_OVERFLOW, "%zu elements do not fit", live);
    looks->memory = calloc(1, bytes);
    if (looks->memory == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "no memory for %zu elements", live);
    looks->config = config;
    looks->live = live;
    looks->element = cph_size_at(looks->memory, at[0]);
    looks->band = cph_size_at(looks->memory, at[1]);
    looks->wave = cph_size_at(looks->memory, at[2]);
    looks->nominal = cph_size_at(looks->memory, at[3]);
    looks->y = cph_size_at(looks->memory, at[4]);
    looks->weight = cph_size_at(looks->memory, at[5]);
    looks->gain = cph_size_at(looks->memory, at[6]);
    looks->turn = cph_size_at(looks->memory, at[7]);
    looks->residual = cph_size_at(looks->memory, at[8]);
    looks->rest = cph_size_at(looks->memory, at[9]);
    looks->error = error;
    looks->bands = count_bands(config, looks->band);
    if (config->gain != NULL)
        looks->bands = 0;
    fill(looks, flag);
    return CPH_OK;
}

void cph_survey_close(cph_survey_looks *looks)
{
    free(looks->memory);
}

/* ---- residuals ---- */

static void take_positions(cph_survey_looks *l, const double *r)
{
    for (size_t p = 0; p < l->live; p++)
        for (size_t s = 0; s < l->config->looks; s++) {
            const size_t i = p * l->config->looks + s;
            const double phase = cph_dot3(l->wave + 3 * s, r + 3 * p);
            l->rest[i] = cph_c64_mulc(l->y[i], (cph_c64){cos(phase), sin(phase)});
        }
}

static cph_c64 *gain_of(const cph_survey_looks *l, size_t p, size_t s)
{
    return l->gain + (l->bands == 0 ? p : p * l->bands + l->band[s]);
}

/* Gains from the first look of each band that has the element, so that a first round is right
 * without noise, whatever the looks' phases. */
static void start(cph_survey_looks *l)
{
    const size_t looks = l->config->looks;
    const size_t gains = l->live * (l->bands == 0 ? 1 : l->bands);
    for (size_t i = 0; i < gains; i++)
        l->gain[i] = (cph_c64){l->bands == 0 ? 1.0 : 0.0, 0.0};
    for (size_t p = 0; l->bands > 0 && p < l->live; p++)
        for (size_t s = 0; s < looks; s++) {
            cph_c64 *const g = gain_of(l, p, s);
            if (cph_c64_power(*g) == 0.0)
                *g = l->rest[p * looks + s];
        }
    for (size_t i = 0; i < gains; i++)
        l->gain[i] = phasor(l->gain[i]);
}

/* The looks' phases for the gains, then the gains for these. */
static void alternate(cph_survey_looks *l)
{
    const size_t looks = l->config->looks, gains = l->live * (l->bands == 0 ? 1 : l->bands);
    for (size_t s = 0; s < looks; s++) {
        cph_c64 sum = {0.0, 0.0};
        for (size_t p = 0; p < l->live; p++)
            sum = cph_c64_add(
                sum, cph_c64_scale(sqrt(l->weight[p * looks + s]),
                                   cph_c64_mulc(l->rest[p * looks + s], *gain_of(l, p, s))));
        l->turn[s] = phasor(sum);
    }
    if (l->bands == 0)
        return;
    memset(l->gain, 0, gains * sizeof *l->gain);
    for (size_t p = 0; p < l->live; p++)
        for (size_t s = 0; s < looks; s++) {
            cph_c64 *const g = gain_of(l, p, s);
            *g = cph_c64_add(*g, cph_c64_scale(sqrt(l->weight[p * looks + s]),
                                               cph_c64_mulc(l->rest[p * looks + s], l->turn[s])));
        }
    for (size_t i = 0; i < gains; i++)
        l->gain[i] = phasor(l->gain[i]);
}

double cph_survey_compare(cph_survey_looks *looks, const double *r)
{
    double sum = 0.0;
    take_positions(looks, r);
    start(looks);
    for (int round = 0; round < ROUNDS; round++)
        alternate(looks);
    for (size_t p = 0; p < looks->live; p++)
        for (size_t s = 0; s < looks->config->looks; s++) {
            const size_t i = p * looks->config->looks + s;
            const cph_c64 z =
                cph_c64_mulc(cph_c64_mulc(looks->rest[i], *gain_of(looks, p, s)), looks->turn[s]);
            looks->residual[i] = looks->weight[i] > 0.0 ? atan2(z.im, z.re) : 0.0;
            sum += looks->weight[i] * (1.0 - cos(looks->residual[i]));
        }
    return sum;
}

double cph_survey_judge(const cph_survey_looks *looks, size_t fitted, cph_survey_fit *fit)
{
    double sum = 0.0;
    fit->largest_rad = 0.0;
    for (size_t i = 0; i < looks->live * looks->config->looks; i++) {
        sum += looks->weight[i] * looks->residual[i] * looks->residual[i];
        fit->largest_rad = fmax(fit->largest_rad, fabs(looks->residual[i]));
    }
    fit->phases = looks->phases;
    fit->dof = (double)looks->phases - (double)fitted;
    const double given = looks->config->sigma;
    const double found = fit->dof > 0.0 ? sum / fit->dof : (double)NAN;
    const double power = given > 0.0 ? given * given : found;
    fit->sigma = sqrt(power);
    fit->chi2_dof = given > 0.0 ? found / power : (double)NAN;
    return power;
}
