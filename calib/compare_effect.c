/* SPDX-License-Identifier: MIT */
/* What a change of the gains does to a beam: with the weights of before, and made again. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "calib/compare.h"
#include "cophase/states.h"
#include "kernels/core/size.h"
#include "kernels/core/vec3.h"

typedef struct bench {
    const cph_compare_config *config;
    const cph_comparison *comparison;
    const cph_compare_view *view;
    double *position; /* [N][3], 0 where unknown */
    cph_c64 *weights; /* [N] of the beam at hand */
    cph_c64 *gain;    /* [N] its elements */
    cph_c64 *change;  /* [N] B / A; modulus alone where A has none */
    bool *has[2];     /* [N] of before, of after */
} bench;

static double decibel(double ratio)
{
    return 10.0 * log10(ratio);
}

static double taper_at(const bench *b, size_t n)
{
    return b->view->taper != NULL ? b->view->taper[n] : 1.0;
}

static cph_c64 steering(const bench *b, size_t n)
{
    const double path = cph_dot3(b->position + 3 * n, b->view->look);
    const double angle = 2.0 * M_PI * b->config->freq_hz / CPH_SPEED_OF_LIGHT * path;
    return (cph_c64){cos(angle), sin(angle)};
}

/* ---- the elements ---- */

static void fill(bench *b)
{
    const cph_gain_estimate *const e[2] = {b->config->before, b->config->after};
    const double common =
        b->view->relative ? exp(-b->comparison->amplitude.term[CPH_COMPARE_COMMON]) : 1.0;
    double mean = 0.0, count = 0.0;
    for (size_t n = 0; n < b->config->elements; n++) {
        const bool placed = cph_compare_has_place(b->config->position, n);
        for (size_t k = 0; k < 2; k++)
            b->has[k][n] = placed && cph_compare_has_gain(e[k], n);
        for (size_t i = 0; i < 3; i++)
            b->position[3 * n + i] = placed ? b->config->position[3 * n + i] : 0.0;
        if (b->has[0][n]) {
            mean += hypot(e[0]->gain[n].re, e[0]->gain[n].im);
            count += 1.0;
        }
    }
    for (size_t n = 0; n < b->config->elements; n++) {
        b->change[n] = (cph_c64){0.0, 0.0};
        if (!b->has[1][n])
            continue;
        const cph_c64 old = b->has[0][n] ? e[0]->gain[n] : (cph_c64){mean / count, 0.0};
        b->change[n] = cph_c64_scale(common / cph_c64_power(old), cph_c64_mulc(e[1]->gain[n], old));
    }
}

/* Weights of unit response over the elements that `has`, noise that they let through where an
 * element's weight is divided by `by` (NULL: 1), and taper loss. */
static cph_status weigh(bench *b, const bool *has, const cph_c64 *by, double *noise_db,
                        double *taper_db)
{
    double sum = 0.0, square = 0.0, noise = 0.0, count = 0.0;
    for (size_t n = 0; n < b->config->elements; n++) {
        if (!has[n])
            continue;
        const double t = taper_at(b, n);
        sum += t;
        square += t * t;
        noise += by != NULL ? t * t / cph_c64_power(by[n]) : t * t;
        count += 1.0;
    }
    if (!(fabs(sum) > 0.0))
        return CPH_ERR_TOO_FEW;
    for (size_t n = 0; n < b->config->elements; n++)
        b->weights[n] =
            has[n] ? cph_c64_scale(taper_at(b, n) / sum, steering(b, n)) : (cph_c64){0.0, 0.0};
    *noise_db = decibel(noise / (sum * sum));
    *taper_db = decibel(count * square / (sum * sum));
    return CPH_OK;
}

static double rms_of(const double *sigma, const bool *has, size_t elements)
{
    double sum = 0.0, count = 0.0;
    for (size_t n = 0; n < elements; n++)
        if (has[n]) {
            sum += sigma[n] * sigma[n];
            count += 1.0;
        }
    return sqrt(sum / count);
}

static double floor_of(const bench *b, const bool *has, double phase, double amplitude,
                       double taper_db)
{
    size_t count = 0;
    for (size_t n = 0; n < b->config->elements; n++)
        count += has[n];
    return cph_states_floor_db(count, phase, amplitude) + taper_db;
}

/* ---- the beams ---- */

/* The pattern of b->weights through b->gain, looked for about `look`; losses without noise. */
static cph_status measure(const bench *b, const double look[3], cph_compare_beam *beam)
{
    cph_pattern_metrics metrics;
    cph_c64 response;
    cph_pattern_input input = {.elements = b->config->elements,
                               .position = b->position,
                               .freq_hz = b->config->freq_hz,
                               .weights = b->weights,
                               .gain = b->gain,
                               .exec = b->view->exec};
    memcpy(input.look, look, sizeof input.look);
    cph_status status = cph_pattern_analyse(&input, &metrics);
    if (status == CPH_OK)
        status = cph_pattern_response(&input, 1, b->view->look, &response);
    if (status != CPH_OK)
        return status;
    *beam = (cph_compare_beam){.loss_db = -decibel(cph_c64_power(response)),
                               .peak_loss_db = -metrics.peak_power_db,
                               .directivity_db = metrics.directivity_db,
                               .psll_db = metrics.psll_db};
    memcpy(beam->peak, metrics.peak, sizeof beam->peak);
    return CPH_OK;
}

static void relate(const cph_compare_beam *before, cph_compare_beam *beam)
{
    beam->shift_rad = cph_angle3(before->peak, beam->peak);
    beam->sidelobe_rise_db = beam->psll_db - before->psll_db;
}

static void all_ones(bench *b)
{
    for (size_t n = 0; n < b->config->elements; n++)
        b->gain[n] = (cph_c64){1.0, 0.0};
}

/* Before, and the same weights after. */
static cph_status look_back(bench *b, cph_compare_effect *e, double *noise_db)
{
    const cph_gain_estimate *const before = b->config->before;
    const size_t n = b->config->elements;
    double taper_db = 0.0;
    cph_compare_pointing to;
    cph_status status = weigh(b, b->has[0], NULL, noise_db, &taper_db);
    all_ones(b);
    if (status == CPH_OK)
        status = measure(b, b->view->look, &e->before);
    if (status == CPH_OK)
        status = cph_compare_point(b->comparison, b->config->freq_hz, b->view->look, &to);
    if (status != CPH_OK)
        return status;
    e->before.floor_db = floor_of(b, b->has[0], rms_of(before->phase_sigma, b->has[0], n),
                                  rms_of(before->amplitude_sigma, b->has[0], n), taper_db);
    memcpy(b->gain, b->change, n * sizeof *b->gain);
    status = measure(b, isnan(to.shift_rad) ? b->view->look : to.direction, &e->kept);
    e->kept.floor_db = floor_of(b, b->has[0], b->comparison->phase.residual_rms,
                                b->comparison->amplitude.residual_rms, taper_db);
    return status;
}

static cph_status look_anew(bench *b, double noise_before_db, cph_compare_effect *e)
{
    const cph_gain_estimate *const after = b->config->after;
    const size_t n = b->config->elements;
    double noise_db = 0.0, taper_db = 0.0;
    cph_status status = weigh(b, b->has[1], b->change, &noise_db, &taper_db);
    all_ones(b);
    if (status == CPH_OK)
        status = measure(b, b->view->look, &e->renewed);
    if (status != CPH_OK)
        return status;
    e->renewed.loss_db += noise_db - noise_before_db;
    e->renewed.peak_loss_db += noise_db - noise_before_db;
    e->renewed.floor_db = floor_of(b, b->has[1], rms_of(after->phase_sigma, b->has[1], n),
                                   rms_of(after->amplitude_sigma, b->has[1], n), taper_db);
    return CPH_OK;
}

cph_status cph_compare_predict(const cph_compare_config *config, const cph_comparison *comparison,
                               const cph_compare_view *view, cph_compare_effect *effect)
{
    const size_t size[6] = {3 * sizeof(double), sizeof(cph_c64), sizeof(cph_c64),
                            sizeof(cph_c64),    sizeof(bool),    sizeof(bool)};
    size_t bytes = 0, at[6];
    if (config == NULL || comparison == NULL || view == NULL || effect == NULL ||
        config->elements == 0 || comparison->used == 0)
        return CPH_ERR_ARGUMENT;
    for (size_t k = 0; k < 6; k++)
        if (!cph_size_place(&bytes, config->elements, size[k], &at[k]))
            return CPH_ERR_OVERFLOW;
    void *const memory = malloc(bytes);
    if (memory == NULL)
        return CPH_ERR_MEMORY;
    bench b = {.config = config,
               .comparison = comparison,
               .view = view,
               .position = cph_size_at(memory, at[0]),
               .weights = cph_size_at(memory, at[1]),
               .gain = cph_size_at(memory, at[2]),
               .change = cph_size_at(memory, at[3]),
               .has = {cph_size_at(memory, at[4]), cph_size_at(memory, at[5])}};
    cph_compare_effect made = {0};
    double noise_db = 0.0;
    fill(&b);
    cph_status status = look_back(&b, &made, &noise_db);
    if (status == CPH_OK)
        status = look_anew(&b, noise_db, &made);
    free(memory);
    if (status != CPH_OK)
        return status;
    relate(&made.before, &made.before);
    relate(&made.before, &made.kept);
    relate(&made.before, &made.renewed);
    *effect = made;
    return CPH_OK;
}
