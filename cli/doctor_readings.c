/* SPDX-License-Identifier: MIT */
#include "cli/doctor_readings.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/geometry.h"
#include "kernels/core/vec3.h"

static const double quarter = M_PI / 2.0, degree = M_PI / 180.0;
static const double sidereal_hour = 15.041068 * M_PI / 180.0;
enum { HOURS = 12 };

/* ---- angles ---- */

/* Another reading of two angles: of kinds in `of`, as a direction of kind `as`,
 * angle i = offset[i] + factor[i] * angle[from[i]]. */
static const struct {
    const char *what;
    unsigned of;
    cph_direction_kind as;
    unsigned char from[2];
    double factor[2], quarters[2];
} rereadings[] = {
#define SKY      (1u << CPH_DIRECTION_SKY)
#define AZEL     (1u << CPH_DIRECTION_AZEL)
#define THETAPHI (1u << CPH_DIRECTION_THETAPHI)
#define UV       (1u << CPH_DIRECTION_UV)
    {"azimuth counts the other way", SKY, CPH_DIRECTION_SKY, {0, 1}, {-1, 1}, {0, 0}},
    {"azimuth counts the other way", AZEL, CPH_DIRECTION_AZEL, {0, 1}, {-1, 1}, {0, 0}},
    {"azimuth counts from south", SKY, CPH_DIRECTION_SKY, {0, 1}, {1, 1}, {2, 0}},
    {"azimuth counts from south through east", SKY, CPH_DIRECTION_SKY, {0, 1}, {-1, 1}, {2, 0}},
    {"azimuth counts from east through north", SKY, CPH_DIRECTION_SKY, {0, 1}, {-1, 1}, {1, 0}},
    {"azimuth counts from east through south", SKY, CPH_DIRECTION_SKY, {0, 1}, {1, 1}, {1, 0}},
    {"the elevation is a zenith angle", SKY, CPH_DIRECTION_SKY, {0, 1}, {1, -1}, {0, 1}},
    {"the elevation is an angle from y", AZEL, CPH_DIRECTION_AZEL, {0, 1}, {1, -1}, {0, 1}},
    {"elevation stands before azimuth", SKY, CPH_DIRECTION_SKY, {1, 0}, {1, 1}, {0, 0}},
    {"elevation stands before azimuth", AZEL, CPH_DIRECTION_AZEL, {1, 0}, {1, 1}, {0, 0}},
    {"it is azel:", SKY | THETAPHI, CPH_DIRECTION_AZEL, {0, 1}, {1, 1}, {0, 0}},
    {"it is sky:", AZEL | THETAPHI, CPH_DIRECTION_SKY, {0, 1}, {1, 1}, {0, 0}},
    {"it is thetaphi:", SKY | AZEL, CPH_DIRECTION_THETAPHI, {0, 1}, {1, 1}, {0, 0}},
    {"it is thetaphi: with phi first", SKY | AZEL, CPH_DIRECTION_THETAPHI, {1, 0}, {1, 1}, {0, 0}},
    {"phi stands before theta", THETAPHI, CPH_DIRECTION_THETAPHI, {1, 0}, {1, 1}, {0, 0}},
    {"phi counts the other way", THETAPHI, CPH_DIRECTION_THETAPHI, {0, 1}, {1, -1}, {0, 0}},
    {"phi counts from y toward x", THETAPHI, CPH_DIRECTION_THETAPHI, {0, 1}, {1, -1}, {0, 1}},
    {"theta is an elevation", THETAPHI, CPH_DIRECTION_THETAPHI, {0, 1}, {-1, 1}, {1, 0}},
    {"v stands before u", UV, CPH_DIRECTION_UV, {1, 0}, {1, 1}, {0, 0}},
#undef SKY
#undef AZEL
#undef THETAPHI
#undef UV
};
enum { REREADINGS = sizeof rereadings / sizeof rereadings[0] };

static bool applies(const cph_directions *sources, unsigned of)
{
    for (size_t s = 0; s < sources->count; s++)
        if ((of & 1u << sources->item[s].kind) != 0)
            return true;
    return false;
}

/* A source of another kind stays where it is. */
static cph_status reread(const cph_direction *source, size_t how, const cph_array *array,
                         double u[3])
{
    cph_direction meant = *source;
    if ((rereadings[how].of & 1u << source->kind) != 0) {
        meant.kind = rereadings[how].as;
        for (int i = 0; i < 2; i++)
            meant.angle[i] = rereadings[how].quarters[i] * quarter +
                             rereadings[how].factor[i] * source->angle[rereadings[how].from[i]];
    }
    return cph_direction_resolve(&meant, array, u, NULL);
}

/* ---- other ways ---- */

static cph_status in_radians(const cph_direction *source, const cph_array *array, double u[3])
{
    cph_direction meant = *source;
    if (source->kind != CPH_DIRECTION_UV)
        for (int i = 0; i < 2; i++)
            meant.angle[i] = source->angle[i] / degree;
    return cph_direction_resolve(&meant, array, u, NULL);
}

/* The orientation applied backwards: u = M enu. */
static cph_status transposed(const cph_direction *source, const cph_array *array, double u[3])
{
    double enu[3];
    if (source->kind != CPH_DIRECTION_SKY)
        return cph_direction_resolve(source, array, u, NULL);
    cph_direction_sky_to_enu(source->angle[0], source->angle[1], enu);
    return cph_direction_array_to_enu(array, enu, u);
}

static cph_status unturned(const cph_direction *source, const cph_array *array, double u[3])
{
    if (source->kind != CPH_DIRECTION_SKY)
        return cph_direction_resolve(source, array, u, NULL);
    cph_direction_sky_to_enu(source->angle[0], source->angle[1], u);
    return CPH_OK;
}

/* Where the sky has turned to after so many hours: backwards about the pole (Rodrigues). */
static cph_status later(const cph_direction *source, const cph_array *array, double hours,
                        double u[3])
{
    double enu[3], across[3], turned[3];
    if (source->kind != CPH_DIRECTION_SKY)
        return cph_direction_resolve(source, array, u, NULL);
    cph_direction_sky_to_enu(source->angle[0], source->angle[1], enu);
    const double latitude = array->latitude_deg * degree;
    const double c = cos(hours * sidereal_hour), s = -sin(hours * sidereal_hour);
    const double pole[3] = {0.0, cos(latitude), sin(latitude)};
    const double along = cph_dot3(pole, enu);
    cph_cross3(pole, enu, across);
    for (int i = 0; i < 3; i++)
        turned[i] = c * enu[i] + s * across[i] + (1.0 - c) * along * pole[i];
    return cph_direction_enu_to_array(array, turned, u);
}

/* ---- the list ---- */

typedef struct writer {
    const cph_directions *sources;
    const cph_array *array;
    cph_readings *list;
} writer;

static double *place(const writer *w, size_t source)
{
    return w->list->direction + 3 * (w->list->count * w->sources->count + source);
}

static void put(const writer *w, const char *what)
{
    snprintf(w->list->what[w->list->count++], CPH_READING_TEXT, "%s", what);
}

static void put_rereadings(const writer *w)
{
    for (size_t how = 0; how < REREADINGS; how++) {
        cph_status status = applies(w->sources, rereadings[how].of) ? CPH_OK : CPH_ERR_MISSING;
        for (size_t s = 0; s < w->sources->count && status == CPH_OK; s++)
            status = reread(&w->sources->item[s], how, w->array, place(w, s));
        if (status == CPH_OK)
            put(w, rereadings[how].what);
    }
}

static void put_function(const writer *w, const char *what, unsigned of,
                         cph_status (*read)(const cph_direction *, const cph_array *, double[3]))
{
    cph_status status = applies(w->sources, of) ? CPH_OK : CPH_ERR_MISSING;
    for (size_t s = 0; s < w->sources->count && status == CPH_OK; s++)
        status = read(&w->sources->item[s], w->array, place(w, s));
    if (status == CPH_OK)
        put(w, what);
}

static void put_hours(const writer *w)
{
    if (!applies(w->sources, 1u << CPH_DIRECTION_SKY) || !isfinite(w->array->latitude_deg))
        return;
    for (int hours = 1 - HOURS; hours <= HOURS; hours++) {
        char what[CPH_READING_TEXT];
        cph_status status = hours == 0 ? CPH_ERR_MISSING : CPH_OK;
        for (size_t s = 0; s < w->sources->count && status == CPH_OK; s++)
            status = later(&w->sources->item[s], w->array, hours, place(w, s));
        snprintf(what, sizeof what, "the sky is that of %d h %s", abs(hours),
                 hours < 0 ? "earlier" : "later");
        if (status == CPH_OK)
            put(w, what);
    }
}

cph_status cph_readings_make(const cph_directions *sources, const cph_array *array,
                             cph_readings *readings, cph_error *error)
{
    enum { MOST = 1 + REREADINGS + 3 + 2 * HOURS };
    *readings = (cph_readings){.direction = calloc(MOST * sources->count, 3 * sizeof(double)),
                               .what = calloc(MOST, sizeof *readings->what)};
    const writer w = {sources, array, readings};
    if (readings->direction == NULL || readings->what == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "no memory");
    for (size_t s = 0; s < sources->count; s++) {
        const cph_status status =
            cph_direction_resolve(&sources->item[s], array, place(&w, s), error);
        if (status != CPH_OK)
            return status;
    }
    put(&w, "as written");
    put_rereadings(&w);
    put_function(&w, "angles are in radians", ~(1u << CPH_DIRECTION_UV), in_radians);
    if (array->has_array_to_enu && array->frame == CPH_FRAME_ARRAY) {
        put_function(&w, "array_to_enu is its transpose", 1u << CPH_DIRECTION_SKY, transposed);
        put_function(&w, "array_to_enu is not to be applied", 1u << CPH_DIRECTION_SKY, unturned);
    }
    put_hours(&w);
    return CPH_OK;
}

void cph_readings_free(cph_readings *readings)
{
    free(readings->direction);
    free(readings->what);
    *readings = (cph_readings){0};
}
