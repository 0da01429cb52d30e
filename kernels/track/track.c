/* SPDX-License-Identifier: MIT */
#include "cophase/track.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/core/c64.h"
#include "kernels/core/fail.h"
#include "kernels/core/heap.h"
#include "kernels/track/track_plan.h"

/* ---- what is asked ---- */

static cph_status check(const cph_track_config *config, cph_error *error)
{
    if (config->elements == 0 || config->elements > CPH_TRACK_ELEMENTS_MAX ||
        config->position == NULL || config->nulls_max > CPH_TRACK_NULLS_MAX ||
        !(config->freq_hz > 0.0))
        return cph_fail(error, CPH_ERR_ARGUMENT,
                        "%zu elements, up to %zu nulls, %g Hz: expected 1 to %d elements with "
                        "positions, at most %d nulls and a frequency above 0",
                        config->elements, config->nulls_max, config->freq_hz,
                        CPH_TRACK_ELEMENTS_MAX, CPH_TRACK_NULLS_MAX);
    if (!isfinite(config->freq_hz))
        return cph_fail(error, CPH_ERR_NOT_FINITE, "the frequency is not finite");
    return CPH_OK;
}

static double taper_of(const cph_track_config *config, size_t n)
{
    return config->taper != NULL ? config->taper[n] : 1.0;
}

static cph_status check_element(const cph_track_config *config, size_t n, cph_error *error)
{
    const double taper = taper_of(config, n), *const r = config->position + 3 * n;
    const cph_c64 g = config->gain != NULL ? config->gain[n] : (cph_c64){1.0, 0.0};
    if (config->flag != NULL && config->flag[n] != 0)
        return CPH_OK;
    if (!isfinite(r[0]) || !isfinite(r[1]) || !isfinite(r[2]))
        return cph_fail(error, CPH_ERR_NOT_FINITE, "element %zu: its position is not finite", n);
    if (!cph_c64_finite(g) || !(hypot(g.re, g.im) > 0.0) || !isfinite(taper))
        return cph_fail(error, CPH_ERR_NOT_FINITE,
                        "element %zu: gain %g%+gj, taper %g; expected finite ones, the gain not 0",
                        n, g.re, g.im, taper);
    if (taper < 0.0)
        return cph_fail(error, CPH_ERR_ARGUMENT,
                        "element %zu: a taper of %g, expected none below 0", n, taper);
    return CPH_OK;
}

/* ---- memory ---- */

static cph_status reserve(const cph_track_config *config, cph_track_plan **made, cph_error *error)
{
    const size_t n = config->elements, most = config->nulls_max;
    const size_t ld = (n + CPH_TRACK_PADDING - 1) / CPH_TRACK_PADDING * CPH_TRACK_PADDING;
    struct {
        size_t count, size, at;
    } part[] = {{3 * n, sizeof(double), 0},
                {n, sizeof(cph_c64), 0},
                {n, 1, 0},
                {2 * ld, sizeof(float), 0},
                {ld, sizeof(float), 0},
                {ld, sizeof(float), 0},
                {ld, sizeof(float), 0},
                {most * n, sizeof(cph_c64), 0},
                {2 * most * ld, sizeof(float), 0},
                {most, sizeof(double), 0},
                {ld, sizeof(float), 0},
                {most * most, sizeof(cph_c64), 0},
                {most * most, sizeof(cph_c64), 0}};
    enum { PARTS = sizeof part / sizeof part[0] };
    size_t bytes = sizeof(cph_track_plan);
    for (size_t i = 0; i < PARTS; i++)
        if (!cph_size_place(&bytes, part[i].count, part[i].size, &part[i].at))
            return cph_fail(error, CPH_ERR_OVERFLOW, "%zu elements and %zu nulls", n, most);
    cph_track_plan *const p = cph_heap_aligned(bytes);
    if (p == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "%zu elements and %zu nulls: out of memory", n,
                        most);
    memset(p, 0, bytes);
    *p = (cph_track_plan){
        .elements = n,
        .ld = ld,
        .nulls_max = most,
        .freq_hz = config->freq_hz,
        .has_states = config->states != NULL,
        .rounded = 1.0,
        .position = cph_size_at(p, part[0].at),
        .gain = cph_size_at(p, part[1].at),
        .live = cph_size_at(p, part[2].at),
        .aim = cph_size_at(p, part[3].at),
        .share = cph_size_at(p, part[4].at),
        .low = cph_size_at(p, part[5].at),
        .high = cph_size_at(p, part[6].at),
        .vector = cph_size_at(p, part[7].at),
        .v = cph_size_at(p, part[8].at),
        .inr = cph_size_at(p, part[9].at),
        .null_power = cph_size_at(p, part[10].at),
        .factor = cph_size_at(p, part[11].at),
        .spare = cph_size_at(p, part[12].at),
        .kernels = {CPH_BOUND(track_respond), CPH_BOUND(track_bend), CPH_BOUND(track_scan)}};
    *made = p;
    return CPH_OK;
}

void cph_track_destroy(cph_track_plan *plan)
{
    if (plan == NULL)
        return;
    cph_steer_destroy(plan->steer);
    cph_track_table_free(&plan->table);
    free(plan);
}

/* ---- elements ---- */

/* A flagged element may be anywhere, and stands at 0 where it is nowhere. */
static void take_positions(const cph_track_config *config, cph_track_plan *p)
{
    memcpy(p->position, config->position, 3 * p->elements * sizeof *p->position);
    for (size_t n = 0; n < p->elements; n++) {
        double *const r = p->position + 3 * n;
        if (!isfinite(r[0]) || !isfinite(r[1]) || !isfinite(r[2]))
            r[0] = r[1] = r[2] = 0.0;
    }
}

/* Gains over the largest; which elements are driven. */
static cph_status take_elements(const cph_track_config *config, cph_track_plan *p, cph_error *error)
{
    cph_status status = CPH_OK;
    for (size_t n = 0; n < p->elements && status == CPH_OK; n++) {
        status = check_element(config, n, error);
        if (status != CPH_OK || (config->flag != NULL && config->flag[n] != 0))
            continue;
        p->gain[n] = config->gain != NULL ? config->gain[n] : (cph_c64){1.0, 0.0};
        p->gain_scale = fmax(p->gain_scale, hypot(p->gain[n].re, p->gain[n].im));
        p->live[n] = taper_of(config, n) > 0.0;
        p->driven += p->live[n];
    }
    if (status != CPH_OK)
        return status;
    if (p->driven == 0)
        return cph_fail(error, CPH_ERR_TOO_FEW, "all %zu elements are flagged or without taper",
                        p->elements);
    for (size_t n = 0; n < p->elements; n++)
        p->gain[n] = (cph_c64){p->gain[n].re / p->gain_scale, p->gain[n].im / p->gain_scale};
    take_positions(config, p);
    return CPH_OK;
}

/* k [N] = t / g over the largest: c = conj(a) k. */
static void coefficients(const cph_track_config *config, cph_track_plan *p, cph_c64 *k)
{
    double largest = 0.0, response = 0.0, power = 0.0;
    for (size_t n = 0; n < p->elements; n++) {
        k[n] = (cph_c64){0.0, 0.0};
        if (p->live[n])
            k[n] = cph_c64_scale(taper_of(config, n) / cph_c64_power(p->gain[n]),
                                 cph_c64_conj(p->gain[n]));
        largest = fmax(largest, sqrt(cph_c64_power(k[n])));
    }
    for (size_t n = 0; n < p->elements; n++) {
        k[n] = cph_c64_scale(1.0 / largest, k[n]);
        response += cph_c64_mul(k[n], p->gain[n]).re;
        power += cph_c64_power(k[n]);
    }
    p->ideal_gain = response * response / power;
}

/* ---- scale ---- */

/* Trials of the scale within a factor of two. */
enum { SCALES = 16 };

/* z = k, its largest at `scale`, within the amplitudes of the states. */
static cph_c64 scaled(const cph_track_table *t, cph_c64 k, double scale)
{
    const double size = sqrt(cph_c64_power(k));
    const double to = fmin(fmax(size * scale, t->least), t->largest);
    return size > 0.0 ? cph_c64_scale(to / size, k) : k;
}

/* How well states match k at a scale, |<s, k>|^2 / |s|^2, where phases are as good as random: those
 * of golden sections, which no steering repeats. *fit: the factor that brings them nearest. */
static double match(const cph_track_plan *p, const cph_c64 *k, double scale, double *fit)
{
    const double golden = 0.61803398874989485;
    cph_c64 cross = {0.0, 0.0};
    double chosen = 0.0, along = 0.0, power = 0.0;
    for (size_t n = 0; n < p->elements; n++) {
        if (!p->live[n])
            continue;
        const double angle = 2.0 * M_PI * fmod((double)n * golden, 1.0);
        const cph_c64 wanted = cph_c64_mul(k[n], (cph_c64){cos(angle), sin(angle)});
        const cph_c64 z = scaled(&p->table, wanted, scale);
        const cph_c64 near = p->table.value[cph_track_nearest(&p->table, z)];
        cross = cph_c64_add(cross, cph_c64_mulc(near, wanted));
        chosen += cph_c64_power(near);
        along += near.re * z.re + near.im * z.im;
        power += cph_c64_power(z);
    }
    *fit = along > 0.0 ? along / power : 1.0;
    return chosen > 0.0 ? cph_c64_power(cross) / chosen : 0.0;
}

/* The scale from the largest state down to half of it that states match best: a vector modulator
 * has its largest amplitude at some phases only. */
static double best_scale(cph_track_plan *p, const cph_c64 *k, double *fit)
{
    double best = -1.0, chosen = 1.0, power = 0.0, trial_fit;
    for (size_t n = 0; n < p->elements; n++)
        power += cph_c64_power(k[n]);
    for (int i = 0; i <= SCALES; i++) {
        const double scale = p->table.largest * exp2(-(double)i / SCALES);
        const double value = match(p, k, scale, &trial_fit);
        if (value > best * (1.0 + 1e-12)) {
            best = value;
            chosen = scale;
            *fit = trial_fit;
        }
    }
    p->rounded = best / power;
    return chosen;
}

/* Rows of floats from k. */
static void set_aim(cph_track_plan *p, const cph_c64 *k)
{
    double fit = 1.0;
    const double scale = p->has_states ? best_scale(p, k, &fit) : 1.0;
    for (size_t n = 0; n < p->elements; n++) {
        if (!p->live[n])
            continue;
        const cph_c64 z = p->has_states ? cph_c64_scale(fit, scaled(&p->table, k[n], scale)) : k[n];
        const double size = sqrt(cph_c64_power(z));
        const double share = p->has_states ? 1.0 : 1.0 / cph_c64_power(p->gain[n]);
        p->aim[n] = (float)z.re;
        p->aim[p->ld + n] = (float)z.im;
        p->share[n] = (float)share;
        p->low[n] = (float)(p->table.phases ? size : p->table.least);
        p->high[n] = (float)(p->table.phases ? size : p->table.largest);
        p->aim_power += cph_c64_power(z) / share;
    }
}

static cph_status take(const cph_track_config *config, cph_track_plan *p, cph_error *error)
{
    const cph_steer_config steer = {
        .elements = p->elements, .position = p->position, .lattice = true};
    cph_status status = take_elements(config, p, error);
    if (status != CPH_OK)
        return status;
    cph_c64 *const k = calloc(p->elements, sizeof *k);
    if (k == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "%zu elements: out of memory", p->elements);
    if (p->has_states)
        status = cph_track_table_make(config->states, &p->table);
    if (status == CPH_OK)
        status = cph_steer_create(&steer, &p->steer);
    if (status == CPH_OK) {
        coefficients(config, p, k);
        set_aim(p, k);
        if (!cph_track_lay_out(p))
            status = cph_fail(error, CPH_ERR_OVERFLOW, "%zu elements: too many", p->elements);
    } else {
        (void)cph_fail(error, status, "states or positions: %s", cph_status_name(status));
    }
    free(k);
    return status;
}

cph_status cph_track_create(const cph_track_config *config, cph_track_plan **plan, cph_error *error)
{
    cph_track_plan *made = NULL;
    if (config == NULL || plan == NULL)
        return cph_fail(error, CPH_ERR_ARGUMENT, "no configuration, or nowhere to put a plan");
    cph_status status = check(config, error);
    if (status == CPH_OK)
        status = reserve(config, &made, error);
    if (made == NULL)
        return status;
    status = take(config, made, error);
    if (status == CPH_OK)
        *plan = made;
    else
        cph_track_destroy(made);
    return status;
}

cph_status cph_track_vector(const cph_track_plan *plan, const double direction[3], cph_c64 *v)
{
    if (plan == NULL)
        return CPH_ERR_ARGUMENT;
    const cph_status status =
        cph_steer_c64(plan->elements, plan->position, plan->freq_hz, direction, v);
    for (size_t n = 0; status == CPH_OK && n < plan->elements; n++)
        v[n] = cph_c64_scale(plan->gain_scale, cph_c64_mul(v[n], plan->gain[n]));
    return status;
}
