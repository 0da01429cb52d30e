/* SPDX-License-Identifier: MIT */
/* Directions of learned waves, and whether one is in the beam. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cophase/jammer.h"
#include "cophase/steer.h"
#include "kernels/core/c64.h"
#include "kernels/core/size.h"

/* Points a beam wide, and halvings of the grid's step after it. */
enum { POINTS_A_BEAM = 3, HALVINGS = 16, MOST_SIDE = 4096 };

typedef struct finder {
    size_t elements, left; /* vectors of the span that are left */
    const cph_jammer_search *search;
    unsigned char *dead; /* [N] flagged: 0 in every vector */
    double *position;    /* [N][3], 0 of the dead, which may be anywhere */
    size_t skies;        /* times that the whole sky was searched */
    cph_c64 *span;       /* [J][N] orthonormal */
    cph_c64 *wave;       /* [N] */
    cph_c64 *along;      /* [J] of the wave in the span */
} finder;

/* The largest extent of what is not flagged in waves, along x, y or z; flag [N], NULL for none. */
static double extent(size_t elements, const double *position, const unsigned char *flag,
                     double freq_hz)
{
    double most = 0.0;
    for (size_t axis = 0; axis < 3; axis++) {
        double low = INFINITY, high = -INFINITY;
        for (size_t n = 0; n < elements; n++) {
            if (flag != NULL && flag[n] != 0)
                continue;
            low = fmin(low, position[3 * n + axis]);
            high = fmax(high, position[3 * n + axis]);
        }
        most = fmax(most, high - low);
    }
    return most * freq_hz / CPH_SPEED_OF_LIGHT;
}

/* Share of g a(u) that lies in the span; -1 below the horizon. */
static double share_at(const finder *f, const double u[2])
{
    const double rest = 1.0 - u[0] * u[0] - u[1] * u[1];
    const double direction[3] = {u[0], u[1], sqrt(fmax(rest, 0.0))};
    double power = 0.0, inside = 0.0;
    if (rest < 0.0 ||
        cph_steer_c64(f->elements, f->position, f->search->freq_hz, direction, f->wave) != CPH_OK)
        return -1.0;
    for (size_t n = 0; n < f->elements; n++) {
        if (f->dead[n] != 0)
            f->wave[n] = (cph_c64){0.0, 0.0};
        else if (f->search->gain != NULL)
            f->wave[n] = cph_c64_mul(f->wave[n], f->search->gain[n]);
        power += cph_c64_power(f->wave[n]);
    }
    for (size_t j = 0; j < f->left; j++) {
        f->along[j] = cph_c64_inner(f->elements, f->span + j * f->elements, f->wave);
        inside += cph_c64_power(f->along[j]);
    }
    return power > 0.0 ? inside / power : -1.0;
}

/* Points along an axis of the whole sky. */
static size_t side_of(const finder *f)
{
    const double beams = 2.0 * extent(f->elements, f->position, f->dead, f->search->freq_hz) + 1.0;
    return (size_t)fmin(ceil(beams * POINTS_A_BEAM), MOST_SIDE) + 1;
}

static double try_point(const finder *f, const double at[2], double best, double u[2])
{
    const double share = share_at(f, at);
    if (!(share > best))
        return best;
    u[0] = at[0];
    u[1] = at[1];
    return share;
}

/* From u up to the top that it is on the slope of. */
static double climb(const finder *f, double best, double u[2])
{
    double step = 2.0 / (double)(side_of(f) - 1);
    for (int halvings = 0; halvings < HALVINGS;) {
        const double from[2] = {u[0], u[1]};
        for (size_t i = 0; i < 9; i++) {
            const double at[2] = {from[0] + step * ((double)(i % 3) - 1.0),
                                  from[1] + step * ((double)(i / 3) - 1.0)};
            best = try_point(f, at, best, u);
        }
        if (u[0] == from[0] && u[1] == from[1]) {
            step /= 2.0;
            halvings++;
        }
    }
    return share_at(f, u); /* and what it has along the span */
}

/* The top on whose slope the best point of a grid over the sky is. */
static double search_sky(finder *f, double u[2])
{
    const size_t side = side_of(f);
    const double step = 2.0 / (double)(side - 1);
    double best = -1.0;
    f->skies++;
    for (size_t i = 0; i < side * side; i++) {
        const double at[2] = {step * (double)(i % side) - 1.0, step * (double)(i / side) - 1.0};
        best = try_point(f, at, best, u);
    }
    return climb(f, best, u);
}

/* Of the wave that is left with the largest share. */
static double find_one(finder *f, double u[2])
{
    double near[2] = {0.0, 0.0}, best = -1.0;
    for (size_t i = 0; i < f->search->seeds; i++)
        best = try_point(f, f->search->seed + 3 * i, best, u);
    if (best > 0.0) {
        best = climb(f, best, u);
        if (best >= f->search->least)
            return best;
    }
    memcpy(near, u, sizeof near);
    const double sky = search_sky(f, u);
    if (!(best > sky))
        return sky;
    memcpy(u, near, sizeof near);
    return share_at(f, u); /* and what it has along the span */
}

/* The span without the wave's part in it: a reflection takes its coordinates `along` to the last
 * axis, which goes. v [N]: scratch. */
static void take_out(finder *f, cph_c64 *v)
{
    const size_t n = f->elements, last = f->left - 1;
    double power = 0.0;
    for (size_t j = 0; j < f->left; j++)
        power += cph_c64_power(f->along[j]);
    memset(v, 0, n * sizeof *v);
    for (size_t j = 0; j < f->left; j++)
        for (size_t i = 0; i < n; i++)
            v[i] = cph_c64_add(v[i], cph_c64_mul(f->along[j], f->span[j * n + i]));
    for (size_t i = 0; i < n; i++)
        v[i] = cph_c64_scale(1.0 / sqrt(power), v[i]);
    /* Householder: h = along / |along| + phase of its last entry on the last axis */
    const double edge = sqrt(cph_c64_power(f->along[last]));
    const cph_c64 phase =
        edge > 0.0 ? cph_c64_scale(1.0 / edge, f->along[last]) : (cph_c64){1.0, 0.0};
    const double half = 1.0 + edge / sqrt(power); /* |h|^2 / 2 */
    cph_c64 *const axis = f->span + last * n;
    for (size_t j = 0; j < last; j++) {
        const cph_c64 part = cph_c64_scale(1.0 / (sqrt(power) * half), cph_c64_conj(f->along[j]));
        for (size_t i = 0; i < n; i++) {
            const cph_c64 whole = cph_c64_add(v[i], cph_c64_mul(phase, axis[i]));
            f->span[j * n + i] = cph_c64_sub(f->span[j * n + i], cph_c64_mul(part, whole));
        }
    }
    f->left--;
}

/* v = the part of the wave in what was learned, |v|^2 = size. */
static void project(const cph_jammers *j, const cph_c64 *wave, double size, cph_c64 *v)
{
    const size_t n = j->elements;
    memset(v, 0, n * sizeof *v);
    for (size_t k = 0; k < j->count; k++) {
        const cph_c64 *const e = j->vector + k * n, along = cph_c64_inner(n, e, wave);
        for (size_t i = 0; i < n; i++)
            v[i] = cph_c64_add(v[i], cph_c64_mul(along, e[i]));
    }
    const double scale = sqrt(size / cph_c64_inner(n, v, v).re);
    for (size_t i = 0; i < n; i++)
        v[i] = cph_c64_scale(scale, v[i]);
}

/* Of a vector that mixes learned ones: powers add up by its parts. */
static double mixed_inr(const cph_jammers *j, const cph_c64 *v, double size)
{
    double sum = 0.0;
    for (size_t k = 0; k < j->count; k++)
        sum += j->inr[k] *
               cph_c64_power(cph_c64_inner(j->elements, j->vector + k * j->elements, v)) /
               (size * size);
    return sum;
}

/* Who is live, and where; NOT_FINITE where one of them is nowhere. */
static cph_status place_live(finder *f, const cph_jammers *j)
{
    const double *const from = f->search->position;
    for (size_t n = 0; n < f->elements; n++) {
        f->dead[n] = 1;
        for (size_t k = 0; k < j->count && f->dead[n] != 0; k++)
            f->dead[n] = cph_c64_is_zero(j->vector[k * f->elements + n]);
        for (size_t axis = 0; axis < 3 && f->dead[n] == 0; axis++) {
            if (!isfinite(from[3 * n + axis]))
                return CPH_ERR_NOT_FINITE;
            f->position[3 * n + axis] = from[3 * n + axis];
        }
    }
    return CPH_OK;
}

static cph_status find_all(finder *f, cph_jammers *j, cph_c64 *found, double *inr,
                           double *direction, double *share)
{
    const size_t n = j->elements;
    const double size = cph_c64_inner(n, j->vector, j->vector).re;
    for (size_t i = 0; i < j->count * n; i++)
        f->span[i] = cph_c64_scale(1.0 / sqrt(size), j->vector[i]);
    for (size_t k = 0; k < j->count; k++) {
        double u[2] = {0.0, 0.0};
        share[k] = find_one(f, u);
        if (!(share[k] > 0.0))
            return CPH_ERR_NOT_FINITE;
        direction[3 * k] = u[0];
        direction[3 * k + 1] = u[1];
        direction[3 * k + 2] = sqrt(fmax(1.0 - u[0] * u[0] - u[1] * u[1], 0.0));
        take_out(f, found + k * n);
        project(j, f->wave, size, found + k * n);
        inr[k] = mixed_inr(j, found + k * n, size);
    }
    for (size_t k = 0; k < j->count; k++) {
        j->error[k] *= sqrt(j->inr[k] / inr[k]);
        j->inr[k] = inr[k];
    }
    memcpy(j->vector, found, j->count * n * sizeof *found);
    return CPH_OK;
}

static cph_status check(const cph_jammers *jammers, const cph_jammer_search *search)
{
    if (jammers == NULL || search == NULL || search->position == NULL || !(search->freq_hz > 0.0) ||
        (search->seeds > 0 &&
         (search->seed == NULL || !(search->least > 0.0 && search->least <= 1.0))))
        return CPH_ERR_ARGUMENT;
    for (size_t i = 0; i < 3 * search->seeds; i++)
        if (!isfinite(search->seed[i]))
            return CPH_ERR_NOT_FINITE;
    return CPH_OK;
}

cph_status cph_jammers_find(cph_jammers *jammers, const cph_jammer_search *search,
                            double *direction, double *share, size_t *skies)
{
    cph_status status = check(jammers, search);
    if (skies != NULL)
        *skies = 0;
    if (status != CPH_OK || jammers->count == 0)
        return status;
    if (direction == NULL || share == NULL)
        return CPH_ERR_ARGUMENT;
    const size_t n = jammers->elements, count = jammers->count;
    finder f = {.elements = n,
                .left = count,
                .search = search,
                .dead = calloc(n, sizeof *f.dead),
                .position = calloc(n, 3 * sizeof *f.position),
                .span = calloc(count * n, sizeof *f.span),
                .wave = calloc(n, sizeof *f.wave),
                .along = calloc(count, sizeof *f.along)};
    cph_c64 *const found = calloc(count * n, sizeof *found);
    double *const inr = calloc(5 * count, sizeof *inr); /* and direction, share */
    status = CPH_ERR_MEMORY;
    if (f.dead != NULL && f.position != NULL && f.span != NULL && f.wave != NULL &&
        f.along != NULL && found != NULL && inr != NULL)
        status = place_live(&f, jammers);
    if (status == CPH_OK)
        status = find_all(&f, jammers, found, inr, inr + count, inr + 4 * count);
    if (status == CPH_OK) {
        memcpy(direction, inr + count, 3 * count * sizeof *direction);
        memcpy(share, inr + 4 * count, count * sizeof *share);
    }
    if (skies != NULL)
        *skies = f.skies;
    free(f.dead);
    free(f.position);
    free(f.span);
    free(f.wave);
    free(f.along);
    free(found);
    free(inr);
    return status;
}

bool cph_jammer_in_lobe(size_t elements, const double *position, double freq_hz,
                        const unsigned char *flag, const double u[3], const double v[3])
{
    const double turns = freq_hz / CPH_SPEED_OF_LIGHT;
    const double way = hypot(v[0] - u[0], v[1] - u[1]);
    const double beams = way * (extent(elements, position, flag, freq_hz) + 1.0);
    const size_t steps = (size_t)fmin(ceil(16.0 * beams), MOST_SIDE) + 1;
    double before = INFINITY;
    for (size_t i = 0; i <= steps; i++) {
        const double part = (double)i / (double)steps;
        cph_c64 sum = {0.0, 0.0};
        for (size_t n = 0; n < elements; n++) {
            if (flag != NULL && flag[n] != 0)
                continue;
            double path = 0.0;
            for (size_t axis = 0; axis < 3; axis++)
                path += position[3 * n + axis] * part * (v[axis] - u[axis]);
            const double angle = 2.0 * M_PI * remainder(turns * path, 1.0);
            sum = cph_c64_add(sum, (cph_c64){cos(angle), sin(angle)});
        }
        if (cph_c64_power(sum) > before * (1.0 + 1e-9))
            return false;
        before = cph_c64_power(sum);
    }
    return true;
}
