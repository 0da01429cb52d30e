/* SPDX-License-Identifier: MIT */
#include "cli/steering.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/coupled.h"
#include "cli/geometry.h"
#include "cophase/pattern.h"
#include "cophase/steer.h"
#include "kernels/core/c64.h"
#include "kernels/core/size.h"

/* What all beams share, and room for one of them. */
typedef struct workshop {
    double *taper; /* [tapers][N] those that differ */
    size_t *which; /* [beams] of them */
    cph_c64 *a;    /* [N] */
    cph_c64 *w;    /* [N] */
    cph_c64 *seen; /* [N] */
    cph_c64 *undo; /* [N][N] of the channel at hand, or NULL */
    cph_nulls *nulls;
} workshop;

/* After some eight the highest sidelobe falls no more. */
enum { REPAIR_ROUNDS = 8 };

/* One null is left 1e-6 / N of its amplitude: more than any array keeps. */
static const double null_depth = 1e6;

static void workshop_free(workshop *shop)
{
    free(shop->taper);
    free(shop->which);
    free(shop->a);
    free(shop->w);
    free(shop->seen);
    free(shop->undo);
}

static const cph_taper *taper_of(const cph_steering *steering, size_t beam)
{
    static const cph_taper uniform = {.kind = CPH_TAPER_UNIFORM};
    const cph_named_taper *own = steering->directions->item[beam].taper;
    return own != NULL ? &own->taper : steering->taper != NULL ? steering->taper : &uniform;
}

static bool is_difference(const cph_steering *steering, size_t beam)
{
    return taper_of(steering, beam)->kind == CPH_TAPER_BAYLISS;
}

/* Which taper each beam has; first[] receives a beam of each. Returns how many there are. */
static size_t sort_tapers(const cph_steering *steering, size_t *which, size_t *first)
{
    size_t tapers = 0;
    for (size_t b = 0; b < steering->directions->count; b++) {
        size_t k = b > 0 ? which[b - 1] : 0; /* most have that of the one before */
        if (k >= tapers || taper_of(steering, first[k]) != taper_of(steering, b))
            for (k = 0; k < tapers; k++)
                if (taper_of(steering, first[k]) == taper_of(steering, b))
                    break;
        if (k == tapers)
            first[tapers++] = b;
        which[b] = k;
    }
    return tapers;
}

static cph_status make_tapers(const cph_steering *steering, workshop *shop, size_t *first,
                              cph_error *error)
{
    const cph_array *array = steering->array;
    const size_t n = array->elements, tapers = sort_tapers(steering, shop->which, first);
    size_t bytes;
    shop->taper = cph_size_mul(n, tapers, &bytes) ? calloc(bytes + 1, sizeof *shop->taper) : NULL;
    if (shop->taper == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "out of memory: %zu tapers", tapers);
    for (size_t k = 0; k < tapers; k++) {
        const cph_taper *taper = taper_of(steering, first[k]);
        double *t = shop->taper + k * n;
        if (taper->kind == CPH_TAPER_UNIFORM) {
            for (size_t i = 0; i < n; i++)
                t[i] = 1.0;
            continue;
        }
        const cph_status status = cph_taper_array(taper, n, steering->position, array->pitch_m, t);
        if (status == CPH_ERR_ARGUMENT && taper->kind == CPH_TAPER_BAYLISS && taper->axis == 1)
            return cph_fail(error, status,
                            "taper bayliss:axis=y: the array has no extent along y to make a "
                            "difference along");
        if (status != CPH_OK)
            return cph_fail(error, status, "taper %s: %s", cph_taper_name(taper->kind),
                            cph_status_name(status));
    }
    return CPH_OK;
}

static cph_status workshop_fill(const cph_steering *steering, workshop *shop, cph_error *error)
{
    const size_t n = steering->array->elements, beams = steering->directions->count;
    size_t *first = calloc(beams + 1, sizeof *first);
    shop->a = calloc(n, sizeof *shop->a);
    shop->w = calloc(n, sizeof *shop->w);
    shop->seen = calloc(n, sizeof *shop->seen);
    shop->which = calloc(beams + 1, sizeof *shop->which);
    const cph_status status = first == NULL || shop->a == NULL || shop->w == NULL ||
                                      shop->seen == NULL || shop->which == NULL
                                  ? cph_fail(error, CPH_ERR_MEMORY, "out of memory")
                                  : make_tapers(steering, shop, first, error);
    free(first);
    return status;
}

/* Again over the live elements, into shop->w. */
static cph_status repair(const cph_steering *steering, const workshop *shop, const double u[3],
                         size_t beam, size_t channel, const cph_c64 *gain,
                         const unsigned char *flag)
{
    const size_t n = steering->array->elements;
    const cph_repair_config config = {.elements = n,
                                      .position = steering->position,
                                      .freq_hz = steering->freq_hz[channel],
                                      .look = {u[0], u[1], u[2]},
                                      .gain = gain,
                                      .flag = flag,
                                      .taper = shop->taper + shop->which[beam] * n,
                                      .rounds = REPAIR_ROUNDS};
    return cph_weights_repair(&config, shop->w, &shop->nulls->repaired[beam]);
}

static double squares(size_t n, const cph_c64 *w)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += cph_c64_power(w[i]);
    return sum;
}

/* The nulls into shop->w, and what they cost. */
static cph_status put_nulls(const cph_steering *steering, const workshop *shop, size_t beam,
                            const cph_c64 *gain, const unsigned char *flag, cph_error *why)
{
    const cph_nulls *nulls = shop->nulls;
    const size_t n = steering->array->elements;
    const double before = squares(n, shop->w);
    const cph_status status = cph_weights_null(n, shop->a, gain, flag, nulls->first[nulls->count],
                                               nulls->c, null_depth, shop->w, why);
    if (status == CPH_OK && !is_difference(steering, beam))
        nulls->loss[beam] = fmax(nulls->loss[beam], squares(n, shop->w) / before);
    return status;
}

/* What levels of nulls are relative to: 0 for the look's power, but that is a null of a difference
 * beam: its peak's. */
static cph_status find_reference(const cph_steering *steering, const double u[3], size_t beam,
                                 size_t channel, const cph_c64 *gain, const cph_c64 *w,
                                 double *reference)
{
    cph_pattern_metrics metrics;
    *reference = 0.0;
    if (!is_difference(steering, beam))
        return CPH_OK;
    const cph_pattern_input input = {.elements = steering->array->elements,
                                     .position = steering->position,
                                     .freq_hz = steering->freq_hz[channel],
                                     .weights = w,
                                     .gain = gain,
                                     .look = {u[0], u[1], u[2]}};
    const cph_status status = cph_pattern_analyse(&input, &metrics);
    if (status == CPH_OK)
        *reference = pow(10.0, metrics.peak_power_db / 10.0);
    return status;
}

/* One beam, one channel, into shop->w. */
static cph_status steer(const cph_steering *steering, const workshop *shop, const double u[3],
                        size_t beam, size_t channel, const cph_c64 *gain, const unsigned char *flag,
                        cph_error *error)
{
    const size_t n = steering->array->elements;
    const double *taper = shop->taper + shop->which[beam] * n;
    const double freq_hz = steering->freq_hz[channel];
    const cph_nulls *nulls = shop->nulls;
    cph_status status = cph_steer_c64(n, steering->position, freq_hz, u, shop->a);
    if (status == CPH_OK)
        status = cph_weights_conventional(n, shop->a, gain, flag, taper, shop->w);
    if (status == CPH_OK && nulls->repaired != NULL)
        status = repair(steering, shop, u, beam, channel, gain, flag);
    if (status == CPH_ERR_TOO_FEW)
        return cph_fail(error, status,
                        "no beam at %.6g Hz: all %zu elements are flagged, or 0 in the taper",
                        freq_hz, n);
    cph_error why = {.message = ""};
    if (status == CPH_ERR_ARGUMENT && nulls->repaired != NULL)
        (void)cph_fail(&why, status, "--repair is for beams of some response toward their look");
    else if (status == CPH_ERR_OVERFLOW && nulls->repaired != NULL)
        (void)cph_fail(&why, status, "--repair: the array is too many wavelengths across");
    else if (status != CPH_OK)
        (void)cph_fail(&why, status, "%s", cph_status_name(status));
    else if (nulls->count > 0)
        status = put_nulls(steering, shop, beam, gain, flag, &why);
    return status == CPH_OK
               ? CPH_OK
               : cph_fail(error, status, "weights at %.6g Hz: %s", freq_hz, why.message);
}

/* What the beam w, as it is stored, passes in the nulls. */
static cph_status measure(const cph_steering *steering, const workshop *shop, const double u[3],
                          size_t beam, size_t channel, const cph_c64 *gain,
                          const unsigned char *flag, const cph_c64 *coupling, const cph_c32 *w,
                          cph_error *error)
{
    double reference = 0.0;
    const cph_status status = find_reference(steering, u, beam, channel, gain, shop->w, &reference);
    if (status != CPH_OK)
        return cph_fail(error, status, "the peak at %.6g Hz: %s", steering->freq_hz[channel],
                        cph_status_name(status));
    if (coupling == NULL) {
        cph_nulls_measure(shop->nulls, beam, reference, shop->a, gain, flag, w);
        return CPH_OK;
    }
    /* As it comes out, of elements that do not couple; flagged ones do. */
    const size_t n = steering->array->elements;
    cph_c32 *const seen = calloc(n + 1, sizeof *seen);
    if (seen == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "out of memory");
    for (size_t i = 0; i < n; i++)
        shop->w[i] = (cph_c64){(double)w[i].re, (double)w[i].im};
    cph_coupled_seen(n, coupling, shop->w, shop->seen);
    for (size_t i = 0; i < n; i++)
        seen[i] = (cph_c32){(float)shop->seen[i].re, (float)shop->seen[i].im};
    cph_nulls_measure(shop->nulls, beam, reference, shop->a, NULL, NULL, seen);
    free(seen);
    return CPH_OK;
}

/* Weights of elements that do not couple become those of elements that do. */
static void couple(const cph_steering *steering, const workshop *shop)
{
    const size_t n = steering->array->elements;
    for (size_t i = 0; i < n; i++) {
        shop->seen[i] = (cph_c64){0.0, 0.0};
        for (size_t m = 0; m < n; m++)
            shop->seen[i] =
                cph_c64_add(shop->seen[i], cph_c64_mul(shop->undo[i * n + m], shop->w[m]));
    }
    for (size_t i = 0; i < n; i++)
        shop->w[i] = shop->seen[i];
}

/* For the channel's coupling. */
static cph_status prepare_coupling(const cph_steering *steering, workshop *shop, size_t channel,
                                   cph_error *error)
{
    const size_t n = steering->array->elements;
    free(shop->undo);
    shop->undo = NULL;
    if (steering->coupling == NULL)
        return CPH_OK;
    const cph_status status =
        cph_coupled_undo(n, steering->coupling + channel * n * n, &shop->undo);
    return status == CPH_OK
               ? CPH_OK
               : cph_fail(error, status, "the coupling at %.6g Hz cannot be undone: %s",
                          steering->freq_hz[channel], cph_status_name(status));
}

static cph_status steer_all(const cph_steering *steering, workshop *shop, cph_weights *weights,
                            cph_error *error)
{
    const size_t n = steering->array->elements, channels = steering->channels;
    cph_status status = CPH_OK;
    for (size_t c = 0; status == CPH_OK && c < channels; c++) {
        const cph_c64 *coupling =
            steering->coupling != NULL ? steering->coupling + c * n * n : NULL;
        const cph_c64 *gain =
            steering->gain != NULL && coupling == NULL ? steering->gain + c * n : NULL;
        const unsigned char *flag = steering->flag != NULL ? steering->flag + c * n : NULL;
        status = cph_nulls_tune(shop->nulls, steering->position, steering->freq_hz[c]);
        if (status != CPH_OK)
            return cph_fail(error, status, "nulls at %.6g Hz: %s", steering->freq_hz[c],
                            cph_status_name(status));
        status = prepare_coupling(steering, shop, c, error);
        for (size_t b = 0; status == CPH_OK && b < weights->beams; b++) {
            cph_c32 *w = weights->weights + (b * channels + c) * n;
            status = steer(steering, shop, weights->direction + 3 * b, b, c, gain, flag, error);
            if (status == CPH_OK && coupling != NULL)
                couple(steering, shop);
            for (size_t i = 0; status == CPH_OK && i < n; i++)
                w[i] = (cph_c32){(float)shop->w[i].re, (float)shop->w[i].im};
            if (status == CPH_OK && shop->nulls->count > 0)
                status = measure(steering, shop, weights->direction + 3 * b, b, c, gain, flag,
                                 coupling, w, error);
        }
    }
    return status;
}

cph_status cph_steering_label(const cph_directions *directions, const double *freq_hz,
                              cph_weights *weights, cph_error *error)
{
    for (size_t b = 0; b < directions->count; b++) {
        const cph_status status = cph_direction_resolve(&directions->item[b], &weights->array,
                                                        weights->direction + 3 * b, error);
        if (status != CPH_OK)
            return status;
        snprintf(weights->name[b], CPH_NAME_SIZE, "%s", directions->item[b].text);
    }
    for (size_t c = 0; c < weights->channels; c++)
        weights->channel_freq_hz[c] = freq_hz[c];
    return CPH_OK;
}

double cph_steering_top(size_t channels, const double *freq_hz)
{
    double top = freq_hz[0];
    for (size_t c = 1; c < channels; c++)
        top = fmax(top, freq_hz[c]);
    return top;
}

static cph_status fill(const cph_steering *steering, workshop *shop, cph_weights *weights,
                       cph_error *error)
{
    const cph_method none = {.kind = CPH_METHOD_CONVENTIONAL};
    cph_status status = cph_steering_label(steering->directions, steering->freq_hz, weights, error);
    if (status == CPH_OK)
        status = cph_nulls_make(steering->method != NULL ? steering->method : &none,
                                steering->array, steering->position,
                                cph_steering_top(steering->channels, steering->freq_hz),
                                weights->beams, shop->nulls, error);
    return status == CPH_OK ? steer_all(steering, shop, weights, error) : status;
}

cph_status cph_steering_weights(const cph_steering *steering, cph_weights *weights,
                                cph_nulls *nulls, cph_error *error)
{
    cph_nulls own = {0};
    workshop shop = {.nulls = nulls != NULL ? nulls : &own};
    cph_weights made;
    cph_status status = workshop_fill(steering, &shop, error);
    if (status == CPH_OK) {
        status = cph_weights_create(steering->array, steering->directions->count,
                                    steering->channels, &made);
        if (status != CPH_OK)
            (void)cph_fail(error, status, "weights: %s", cph_status_name(status));
        else if ((status = fill(steering, &shop, &made, error)) != CPH_OK)
            cph_weights_free(&made);
        else
            *weights = made;
    }
    cph_nulls_free(&own);
    workshop_free(&shop);
    return status;
}
