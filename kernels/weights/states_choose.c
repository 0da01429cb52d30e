/* SPDX-License-Identifier: MIT */
/* The choice of a state an element: scale, rounding, error feedback, trials of the common phase. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/core/size.h"
#include "kernels/weights/states_search.h"

/* Trials of the scale within a factor of two. */
enum { SCALES = 16 };

/* ---- checks ---- */

static cph_status check_nulls(const cph_states_config *config, size_t driven)
{
    if (config->nulls == 0)
        return CPH_OK;
    if (config->null_vector == NULL || config->inr == NULL)
        return CPH_ERR_ARGUMENT;
    if (config->nulls > driven / 2)
        return CPH_ERR_TOO_FEW;
    if (!cph_size_matrix(config->nulls, config->elements, config->elements, sizeof(cph_c64)))
        return CPH_ERR_OVERFLOW;
    for (size_t j = 0; j < config->nulls; j++)
        if (!(config->inr[j] > 0.0) || !isfinite(config->inr[j]))
            return CPH_ERR_ARGUMENT;
    return cph_c64_all_finite(config->nulls * config->elements, config->null_vector)
               ? CPH_OK
               : CPH_ERR_NOT_FINITE;
}

static cph_status check(const cph_states_config *config)
{
    size_t driven = 0;
    const cph_states *states = config->states;
    if (config->elements == 0 || config->weights == NULL || states == NULL ||
        states->value == NULL || states->count == 0 || states->count > CPH_STATES_MAX)
        return CPH_ERR_ARGUMENT;
    if (!cph_c64_all_finite(config->elements, config->weights) ||
        !cph_c64_all_finite(states->count, states->value))
        return CPH_ERR_NOT_FINITE;
    for (size_t n = 0; n < config->elements; n++)
        driven += !cph_c64_is_zero(config->weights[n]);
    return driven > 0 ? check_nulls(config, driven) : CPH_ERR_TOO_FEW;
}

static bool driven(const cph_states_search *s, size_t n)
{
    return cph_c64_power(s->wanted[n]) > 0.0; /* a ratio to the largest: above 1e-154 */
}

/* Whether a null vector lies within the half-power beam of the wanted weights w (nearer to a
 * matched vector than half in power): sum conj(w) v against the bound of Cauchy and Schwarz. */
static bool null_in_the_beam(const cph_states_search *s)
{
    const cph_states_config *config = s->config;
    for (size_t j = 0; j < config->nulls; j++) {
        const cph_c64 *v = config->null_vector + j * config->elements;
        cph_c64 sum = {0.0, 0.0};
        double own = 0.0, its = 0.0;
        for (size_t n = 0; n < config->elements; n++) {
            const cph_c64 z = cph_c64_mul(s->wanted[n], v[n]);
            sum.re += z.re;
            sum.im += z.im;
            own += cph_c64_power(s->wanted[n]);
            its += driven(s, n) ? cph_c64_power(v[n]) : 0.0;
        }
        if (cph_c64_power(sum) >= 0.5 * own * its)
            return true;
    }
    return false;
}

/* ---- targets in the units of the states ---- */

static void find_amplitudes(cph_states_search *s)
{
    const cph_states *states = s->config->states;
    s->least = INFINITY;
    for (size_t i = 0; i < states->count; i++) {
        const double size = sqrt(cph_c64_power(states->value[i]));
        s->least = fmin(s->least, size);
        s->largest = fmax(s->largest, size);
    }
}

static uint32_t nearest(const cph_states *states, cph_c64 z)
{
    uint32_t best = 0;
    double least = INFINITY;
    for (size_t i = 0; i < states->count; i++) {
        const double distance = cph_states_distance2(states->value[i], z);
        if (distance < least) {
            least = distance;
            best = (uint32_t)i;
        }
    }
    return best;
}

/* base = aim, the largest of it at `scale`, clipped to what the states have. Returns how well
 * the nearest states match the aim: |<s, c>|^2 / |s|^2. *fit: the factor that brings base
 * nearest to them. */
static double scaled_base(const cph_states_search *s, double scale, double *fit)
{
    cph_c64 cross = {0.0, 0.0};
    double chosen = 0.0, along = 0.0, power = 0.0;
    for (size_t n = 0; n < s->config->elements; n++) {
        const cph_c64 c = s->aim[n];
        const double size = sqrt(cph_c64_power(c));
        if (size == 0.0)
            continue;
        const double to = fmin(fmax(size * scale, s->least), s->largest) / size;
        const cph_c64 z = {to * c.re, to * c.im};
        const cph_c64 near = s->config->states->value[nearest(s->config->states, z)];
        s->base[n] = z;
        cross.re += near.re * c.re + near.im * c.im;
        cross.im += near.im * c.re - near.re * c.im;
        chosen += cph_c64_power(near);
        along += near.re * z.re + near.im * z.im;
        power += cph_c64_power(z);
    }
    *fit = along > 0.0 ? along / power : 1.0;
    return chosen > 0.0 ? cph_c64_power(cross) / chosen : 0.0;
}

/* Base at the scale that the states match best, from their largest amplitude down to half of it:
 * a vector modulator has its largest amplitude at some phases only. */
static cph_status make_base(const cph_states_search *s)
{
    double largest = 0.0, best = -1.0, best_scale = 0.0, fit;
    if (s->largest == 0.0)
        return CPH_ERR_ARGUMENT;
    for (size_t n = 0; n < s->config->elements; n++)
        largest = fmax(largest, sqrt(cph_c64_power(s->aim[n])));
    for (int step = 0; step <= SCALES; step++) {
        const double scale = s->largest / largest * exp2(-(double)step / SCALES);
        const double match = scaled_base(s, scale, &fit);
        if (match > best * (1.0 + 1e-12)) {
            best = match;
            best_scale = scale;
        }
    }
    (void)scaled_base(s, best_scale, &fit);
    for (size_t n = 0; n < s->config->elements; n++)
        s->base[n] = (cph_c64){fit * s->base[n].re, fit * s->base[n].im};
    return CPH_OK;
}

/* Nulls go into the aim where states have amplitudes to choose from, for half the loss; else into
 * the phases of the base. */
static cph_status make_targets(cph_states_search *s)
{
    const bool nulls = s->config->nulls > 0, amplitudes = s->largest > 2.0 * s->least;
    if (nulls && amplitudes)
        cph_states_null_targets(s, s->aim, true);
    cph_status status = make_base(s);
    if (status == CPH_OK && nulls && !amplitudes)
        cph_states_null_targets(s, s->base, false);
    return status;
}

/* ---- one trial ---- */

static void round_all(const cph_states_search *s)
{
    for (size_t n = 0; n < s->config->elements; n++)
        s->state[n] = driven(s, n) ? nearest(s->config->states, s->target[n]) : CPH_STATE_OFF;
}

/* The largest error that rounding alone makes. */
static double rounding_error(const cph_states_search *s)
{
    double worst = 0.0;
    for (size_t n = 0; n < s->config->elements; n++)
        if (s->state[n] != CPH_STATE_OFF)
            worst = fmax(worst,
                         cph_states_distance2(s->config->states->value[s->state[n]], s->target[n]));
    return sqrt(worst);
}

/* After round_all: rounds again, each element taking over what is left of the one before. The error
 * is carried in the frame of the element's own phase, where a wave from the look direction sums
 * all errors alike, and is limited: what no state can take would pile up. */
static void round_with_feedback(const cph_states_search *s)
{
    const cph_states *states = s->config->states;
    const double limit = rounding_error(s);
    cph_c64 carry = {0.0, 0.0};
    for (size_t n = 0; n < s->config->elements; n++) {
        const double size = sqrt(cph_c64_power(s->target[n]));
        if (s->state[n] == CPH_STATE_OFF || size == 0.0)
            continue;
        const cph_c64 turn = {s->target[n].re / size, s->target[n].im / size};
        const cph_c64 add = cph_c64_mul(carry, turn);
        const cph_c64 z = {s->target[n].re + add.re, s->target[n].im + add.im};
        s->state[n] = nearest(states, z);
        const cph_c64 to = states->value[s->state[n]];
        carry = cph_c64_mul((cph_c64){z.re - to.re, z.im - to.im}, (cph_c64){turn.re, -turn.im});
        const double left = sqrt(cph_c64_power(carry));
        if (left > limit)
            carry = (cph_c64){carry.re * limit / left, carry.im * limit / left};
    }
}

/* Golden-section multiples of a turn: evenly spread within any step that states may have. */
static void turn_targets(const cph_states_search *s, size_t trial)
{
    const double angle = 2.0 * M_PI * fmod(0.61803398874989485 * (double)trial, 1.0);
    for (size_t n = 0; n < s->config->elements; n++)
        s->target[n] = cph_c64_mul(s->base[n], (cph_c64){cos(angle), sin(angle)});
}

/* ---- trials ---- */

/* Of search->state: lower is better. `weights` [N] is room. */
static cph_status score_of(cph_states_search *s, cph_c64 *weights, double *score, double *psll_db)
{
    cph_pattern_metrics metrics;
    *psll_db = NAN;
    *score = cph_states_cost(s);
    if (s->config->pattern == NULL)
        return CPH_OK;
    cph_states_weights(s, s->state, weights);
    cph_pattern_input input = *s->config->pattern;
    input.elements = s->config->elements;
    input.weights = weights;
    cph_status status = cph_pattern_analyse(&input, &metrics);
    if (status != CPH_OK)
        return status;
    *psll_db = metrics.psll_db;
    *score = isnan(metrics.psll_db) ? -INFINITY : metrics.psll_db; /* no sidelobe at all */
    return CPH_OK;
}

static cph_status run_trials(cph_states_search *s, cph_c64 *weights, cph_states_result *result)
{
    const size_t trials = s->config->trials > 0 ? s->config->trials : 1;
    double least = INFINITY;
    for (size_t i = 0; i < 2 * trials; i++) {
        const bool feedback = i % 2 == 1;
        double score, psll_db;
        if (feedback && !s->config->feedback)
            continue;
        turn_targets(s, i / 2);
        round_all(s);
        if (feedback)
            round_with_feedback(s);
        const size_t sweeps = cph_states_descend(s);
        cph_status status = score_of(s, weights, &score, &psll_db);
        if (status != CPH_OK)
            return status;
        if (i > 0 && !(score < least))
            continue;
        least = score;
        memcpy(s->best, s->state, s->config->elements * sizeof *s->best);
        *result = (cph_states_result){.psll_db = psll_db, .feedback = feedback, .sweeps = sweeps};
    }
    return CPH_OK;
}

static void search_free(cph_states_search *s)
{
    free(s->wanted);
    free(s->aim);
    free(s->base);
    free(s->target);
    free(s->state);
    free(s->best);
    free(s->response);
    free(s->shift);
    free(s->system);
}

static cph_status search_make(const cph_states_config *config, cph_states_search *s)
{
    const size_t n = config->elements, rows = 2 * config->nulls; /* at most n */
    size_t entries;
    if (!cph_size_mul(rows, rows + 1, &entries))
        return CPH_ERR_OVERFLOW;
    *s = (cph_states_search){.config = config,
                             .wanted = calloc(n, sizeof *s->wanted),
                             .aim = calloc(n, sizeof *s->aim),
                             .base = calloc(n, sizeof *s->base),
                             .target = calloc(n, sizeof *s->target),
                             .state = calloc(n, sizeof *s->state),
                             .best = calloc(n, sizeof *s->best),
                             .response = calloc(config->nulls + 1, sizeof *s->response),
                             .shift = calloc(n, 2 * sizeof *s->shift),
                             .system = calloc(entries + 1, sizeof *s->system)};
    if (s->wanted == NULL || s->aim == NULL || s->base == NULL || s->target == NULL ||
        s->state == NULL || s->best == NULL || s->response == NULL || s->shift == NULL ||
        s->system == NULL) {
        search_free(s);
        return CPH_ERR_MEMORY;
    }
    for (size_t i = 0; i < n; i++)
        s->scale = fmax(s->scale, fmax(fabs(config->weights[i].re), fabs(config->weights[i].im)));
    for (size_t i = 0; i < n; i++)
        s->wanted[i] =
            (cph_c64){config->weights[i].re / s->scale, -config->weights[i].im / s->scale};
    for (size_t i = 0; i < n; i++)
        s->driven += driven(s, i);
    memcpy(s->aim, s->wanted, n * sizeof *s->aim);
    find_amplitudes(s);
    return CPH_OK;
}

cph_status cph_states_choose(const cph_states_config *config, uint32_t *state, cph_c64 *quantised,
                             cph_states_result *result)
{
    cph_states_search search;
    cph_states_result made = {0};
    if (config == NULL || state == NULL || quantised == NULL)
        return CPH_ERR_ARGUMENT;
    cph_status status = check(config);
    if (status != CPH_OK)
        return status;
    status = search_make(config, &search);
    if (status != CPH_OK)
        return status;
    cph_c64 *weights = calloc(config->elements, sizeof *weights);
    if (weights == NULL)
        status = CPH_ERR_MEMORY;
    else if (null_in_the_beam(&search))
        status = CPH_ERR_SINGULAR;
    else if ((status = make_targets(&search)) == CPH_OK)
        status = run_trials(&search, weights, &made);
    if (status == CPH_OK && !cph_states_form_the_beam(&search))
        status = CPH_ERR_SINGULAR;
    if (status == CPH_OK) {
        cph_states_measure(&search, &made);
        cph_states_weights(&search, search.best, quantised);
        memcpy(state, search.best, config->elements * sizeof *state);
        if (result != NULL)
            *result = made;
    }
    free(weights);
    search_free(&search);
    return status;
}
