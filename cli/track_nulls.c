/* SPDX-License-Identifier: MIT */
/* Nulls of a run: what a beam is kept from hearing, or sending to. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/track_bench.h"
#include "cophase/adaptive.h"
#include "cophase/jammer.h"
#include "kernels/core/c64.h"
#include "kernels/core/vec3.h"

/* A null that is to cover less of its width and way than this covers its middle alone. */
static const double least_part = 0.1;
/* Of what a jammer leaves over an element's noise, summed over the array. */
static const double left_over = 1e-2;

/* What the null covers: its width about the middle, and where it goes meanwhile. Half a wavelength
 * over the aperture is apart enough for the span. */
static cph_status cover(cph_track_jammers *j, const cph_track_column *column, size_t n,
                        size_t *points, cph_error *error)
{
    const double *const middle = j->u[n][1];
    const double spacing = fmin(0.25 * column->width_rad, 1.0);
    *points = 1;
    const cph_status status =
        cph_sector_points(middle, j->scene->options->null.width, spacing,
                          CPH_TRACK_NULL_POINTS - CPH_TRACK_NULL_TIMES, j->du, points);
    if (status != CPH_OK)
        return cph_fail(error, CPH_ERR_ARGUMENT,
                        "--null-width: %.3g degrees are more than this array can null",
                        j->scene->options->null.width * 180.0 / M_PI);
    for (size_t i = 0; i < CPH_TRACK_NULL_TIMES; i += 2) {
        double off[3];
        cph_add3(j->u[n][i], -1.0, middle, off);
        if (cph_norm3(off) > 1e-9)
            memcpy(j->du + 3 * (*points)++, j->u[n][i], sizeof off);
    }
    for (size_t p = 0; p < *points; p++) {
        cph_add3(j->du + 3 * p, -1.0, middle, j->du + 3 * p);
        for (size_t i = 0; i < 3; i++)
            j->du[3 * p + i] *= j->part[n];
    }
    return CPH_OK;
}

/* Of the middle, and what its jammer has over an element's noise. */
static cph_status middle_of(cph_track_jammers *j, const cph_track_column *column, size_t n,
                            cph_c64 *v, double *inr)
{
    const cph_track_scene *const scene = j->scene;
    *inr = scene->options->null.inr;
    if (n < scene->first[CPH_TRACK_WAVE])
        return cph_track_vector(column->plan, j->u[n][1], v);
    *inr = cph_track_wave_of(scene, n)->inr;
    return cph_track_jammers_wave(j, n, 1, v);
}

/* Vectors of one null behind those that are there. */
static cph_status add_null(cph_track_jammers *j, const cph_track_column *column, size_t n,
                           size_t *count, cph_error *error)
{
    const cph_track_scene *const scene = j->scene;
    const size_t elements = scene->elements, room = CPH_TRACK_NULLS_MAX - *count;
    cph_c64 *const at = j->vector + *count * elements;
    size_t points = 1, made = 1;
    double inr = 0.0;
    cph_status status = room > 0 ? CPH_OK : CPH_ERR_TOO_FEW;
    if (status == CPH_OK && j->placed[n] && j->part[n] > 0.0)
        status = cover(j, column, n, &points, error);
    if (status == CPH_OK)
        status = middle_of(j, column, n, at, &inr);
    if (status == CPH_OK)
        j->inr[*count] = inr;
    if (status == CPH_OK && points > 1) {
        memcpy(j->wave, at, elements * sizeof *at);
        const cph_jammer_points around = {.elements = elements,
                                          .position = scene->position,
                                          .freq_hz = column->freq_hz,
                                          .vector = j->wave,
                                          .inr = inr,
                                          .points = points,
                                          .du = j->du,
                                          .below = left_over / (inr * (double)elements)};
        status = cph_jammer_spread(&around, room, at, j->inr + *count, &made, NULL);
    }
    *count += made;
    return status;
}

/* Nulls that overlap: each vector less its part in the span of those before, of which those that
 * are left with next to nothing are nulled already. Returns how many stay. */
static size_t part_vectors(cph_track_jammers *j, size_t count)
{
    const size_t n = j->scene->elements;
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        cph_c64 *const v = j->vector + i * n;
        const double size = cph_c64_inner(n, v, v).re;
        for (size_t pass = 0; pass < 2; pass++) /* twice is enough for rounding */
            for (size_t k = 0; k < kept; k++) {
                const cph_c64 *const base = j->vector + k * n;
                const cph_c64 part =
                    cph_c64_scale(1.0 / cph_c64_inner(n, base, base).re, cph_c64_inner(n, base, v));
                for (size_t e = 0; e < n; e++)
                    v[e] = cph_c64_sub(v[e], cph_c64_mul(part, base[e]));
            }
        if (!(cph_c64_inner(n, v, v).re > left_over / (j->inr[i] * (double)n) * size))
            continue;
        if (kept < i)
            memcpy(j->vector + kept * n, v, n * sizeof *v);
        j->inr[kept++] = j->inr[i];
    }
    return kept;
}

static bool is_set(const cph_track_jammers *j, const cph_track_column *column, size_t n)
{
    return j->there[n] && !j->left_out[n] && cph_track_jammers_nulls(j, column, n);
}

void cph_track_jammers_begin(cph_track_jammers *j)
{
    for (size_t n = 0; n < j->scene->places; n++) {
        j->left_out[n] = false;
        j->part[n] = 1.0;
    }
}

/* All that is there and not left out. *vectors: of their nulls, or those that there was room for.
 */
static cph_status set_all(cph_track_jammers *j, const cph_track_column *column, size_t *vectors,
                          cph_error *why)
{
    cph_status status = CPH_OK;
    size_t count = 0;
    for (size_t n = 0; status == CPH_OK && n < j->scene->places; n++) {
        if (!is_set(j, column, n))
            continue;
        status = add_null(j, column, n, &count, why);
    }
    *vectors = count;
    if (status == CPH_OK)
        status = cph_track_set_nulls(column->plan, count, j->vector, j->inr, why);
    if (status == CPH_ERR_SINGULAR)
        status = cph_track_set_nulls(column->plan, part_vectors(j, count), j->vector, j->inr, why);
    return status;
}

/* The weakest wave, which gives way where there is no room for all, or nothing is left of the beam;
 * false: there is none. */
static bool drop_wave(cph_track_jammers *j, const cph_track_column *column)
{
    const cph_track_scene *const scene = j->scene;
    size_t weakest = SIZE_MAX;
    for (size_t n = scene->first[CPH_TRACK_WAVE]; n < scene->places; n++)
        if (is_set(j, column, n) &&
            (weakest == SIZE_MAX ||
             cph_track_wave_of(scene, n)->inr < cph_track_wave_of(scene, weakest)->inr))
            weakest = n;
    if (weakest == SIZE_MAX)
        return false;
    j->left_out[weakest] = true;
    j->crowded++;
    return true;
}

/* A vector is a degree of freedom. */
static cph_status too_many(const cph_track_jammers *j, const cph_track_column *column,
                           size_t vectors, cph_error *error)
{
    const cph_track_null_options *const o = &j->scene->options->null;
    const size_t used = column->subject.used;
    const char *const path = o->jammers != NULL ? o->jammers : "";
    const char *const colon = o->jammers != NULL ? ": " : "";
    char nulls[128];
    size_t count = 0;
    for (size_t n = 0; n < j->scene->places; n++)
        count += is_set(j, column, n);
    (void)snprintf(nulls, sizeof nulls, "%zu nulls of %.3g degrees at time %.3f", count,
                   o->width * 180.0 / M_PI, j->last_unix_s);
    if (vectors > CPH_TRACK_NULLS_MAX)
        return cph_fail(error, CPH_ERR_TOO_FEW,
                        "%s%s%s take more than %d degrees of freedom, which are the most for nulls",
                        path, colon, nulls, (int)CPH_TRACK_NULLS_MAX);
    return cph_fail(error, CPH_ERR_TOO_FEW,
                    "%s%s%s take %zu degrees of freedom of %zu elements: expected at most half",
                    path, colon, nulls, vectors, used);
}

cph_status cph_track_jammers_set(cph_track_jammers *j, const cph_track_column *column,
                                 cph_error *error)
{
    cph_error why = {.message = ""};
    size_t vectors = 0;
    cph_status status = set_all(j, column, &vectors, &why);
    while (status == CPH_ERR_TOO_FEW && drop_wave(j, column)) {
        why.message[0] = '\0';
        status = set_all(j, column, &vectors, &why);
    }
    if (status == CPH_ERR_TOO_FEW)
        return too_many(j, column, vectors, error);
    return status == CPH_OK
               ? status
               : cph_fail(error, status, "nulls: %s",
                          why.message[0] != '\0' ? why.message : cph_status_name(status));
}

/* Of those whose direction is not known any may be in the lobe. */
bool cph_track_jammers_yield(cph_track_jammers *j, const cph_track_column *column,
                             const double u[3])
{
    const cph_track_scene *const scene = j->scene;
    bool changed = false;
    for (size_t n = 0; n < scene->places; n++) {
        if (!is_set(j, column, n) ||
            (j->placed[n] && !cph_jammer_in_lobe(scene->elements, scene->position, column->freq_hz,
                                                 column->subject.flag, u, j->u[n][1])))
            continue;
        j->left_out[n] = true;
        changed = true;
    }
    return changed;
}

/* Whether the null covers more than its middle. */
static bool is_wide(const cph_track_jammers *j, size_t n)
{
    const double(*const u)[3] = (const double(*)[3])j->u[n];
    return j->placed[n] && j->part[n] > 0.0 &&
           (j->scene->options->null.width > 0.0 || memcmp(u[0], u[2], sizeof u[0]) != 0);
}

/* The null next to the look, of all or of wide ones; SIZE_MAX: there is none. */
static size_t nearest(const cph_track_jammers *j, const cph_track_column *column, const double u[3],
                      bool wide)
{
    double least = INFINITY;
    size_t at = SIZE_MAX;
    for (size_t n = 0; n < j->scene->places; n++) {
        double off[3];
        if (!is_set(j, column, n) || (wide && !is_wide(j, n)))
            continue;
        cph_add3(j->u[n][1], -1.0, u, off);
        if (!(cph_norm3(off) < least))
            continue;
        least = cph_norm3(off);
        at = n;
    }
    return at;
}

bool cph_track_jammers_narrow(cph_track_jammers *j, const cph_track_column *column,
                              const double u[3])
{
    size_t at = nearest(j, column, u, true);
    if (at != SIZE_MAX) {
        j->narrowed += j->part[at] == 1.0;
        j->part[at] = 0.5 * j->part[at] < least_part ? 0.0 : 0.5 * j->part[at];
        return true;
    }
    if (drop_wave(j, column))
        return true;
    at = nearest(j, column, u, false);
    if (at == SIZE_MAX)
        return false;
    j->beside++;
    j->left_out[at] = true;
    return true;
}
