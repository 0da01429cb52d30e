/* SPDX-License-Identifier: MIT */
/* Who is up over a site, time after time. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/core/size.h"
#include "kernels/core/vec3.h"
#include "kernels/orbit/orbit.h"

typedef struct shell_state {
    cph_shell shell;
    cph_motion motion;
    size_t first;       /* index of its first satellite */
    double reach_rad;   /* angle at the centre of Earth beyond which none is up */
    double closing_rad; /* most by which it changes in a second */
} shell_state;

struct cph_passes {
    cph_observer observer;
    double least_el_rad, last_s;
    size_t shells, satellites;
    shell_state *shell;
    double *not_before_s; /* [satellites] when each can be up */
};

/* Vertical and the line to the centre are at most 0.1924 degrees apart on the ellipsoid. */
static const double deflection_rad = 0.0034;

static double reach_of(const cph_observer *observer, const cph_motion *motion, double least_el_rad)
{
    const double el = fmax(least_el_rad - deflection_rad, -M_PI_2);
    return acos(fmin(1.0, observer->distance_m * cos(el) / motion->radius_m)) - el;
}

static cph_status count_all(const cph_shell *shell, size_t shells, size_t *satellites)
{
    *satellites = 0;
    for (size_t i = 0; i < shells; i++) {
        size_t more = 0;
        if (!cph_shell_valid(&shell[i]))
            return CPH_ERR_ARGUMENT;
        if (!cph_size_mul(shell[i].planes, shell[i].per_plane, &more) ||
            more > SIZE_MAX / sizeof(double) - *satellites)
            return CPH_ERR_OVERFLOW;
        *satellites += more;
    }
    return CPH_OK;
}

cph_status cph_passes_create(const cph_shell *shell, size_t shells, const cph_site *site,
                             double least_el_rad, cph_passes **passes)
{
    size_t satellites = 0;
    if (shell == NULL || shells == 0 || !cph_site_valid(site) || passes == NULL ||
        !(fabs(least_el_rad) <= M_PI_2))
        return CPH_ERR_ARGUMENT;
    const cph_status status = count_all(shell, shells, &satellites);
    if (status != CPH_OK)
        return status;
    const cph_observer observer = cph_observer_of(site);
    for (size_t i = 0; i < shells; i++)
        if (observer.distance_m >= CPH_EARTH_RADIUS_M + shell[i].altitude_m)
            return CPH_ERR_ARGUMENT;
    cph_passes *p = calloc(1, sizeof *p);
    if (p == NULL)
        return CPH_ERR_MEMORY;
    *p = (cph_passes){.observer = observer,
                      .least_el_rad = least_el_rad,
                      .last_s = -INFINITY,
                      .shells = shells,
                      .satellites = satellites,
                      .shell = calloc(shells, sizeof *p->shell),
                      .not_before_s = calloc(satellites + 1, sizeof *p->not_before_s)};
    if (p->shell == NULL || p->not_before_s == NULL) {
        cph_passes_destroy(p);
        return CPH_ERR_MEMORY;
    }
    for (size_t i = 0, first = 0; i < shells; i++) {
        shell_state *const s = &p->shell[i];
        *s = (shell_state){.shell = shell[i], .motion = cph_motion_of(&shell[i]), .first = first};
        s->reach_rad = reach_of(&observer, &s->motion, least_el_rad);
        first += shell[i].planes * shell[i].per_plane;
    }
    for (size_t i = 0; i < satellites; i++)
        p->not_before_s[i] = -INFINITY;
    *passes = p;
    return CPH_OK;
}

size_t cph_passes_satellites(const cph_passes *passes)
{
    return passes->satellites;
}

void cph_passes_which(const cph_passes *passes, size_t index, size_t *shell, size_t *plane,
                      size_t *number)
{
    size_t i = 0;
    while (i + 1 < passes->shells && passes->shell[i + 1].first <= index)
        i++;
    const size_t in_shell = index - passes->shell[i].first;
    *shell = i;
    *plane = in_shell / passes->shell[i].shell.per_plane;
    *number = in_shell % passes->shell[i].shell.per_plane;
}

/* Whether satellite `in_shell` is up; if not, when it is looked at again. */
static bool look_at(const cph_passes *p, const shell_state *s, size_t in_shell,
                    const cph_spin *spin, double time_unix_s, double *again_s, cph_look *look)
{
    double node, along, place[3], velocity[3];
    cph_satellite_start(&s->shell, in_shell / s->shell.per_plane, in_shell % s->shell.per_plane,
                        &node, &along);
    cph_satellite_state(&s->motion, spin, node, along, place, velocity);
    const double cosine =
        cph_dot3(place, p->observer.place) / (s->motion.radius_m * p->observer.distance_m);
    const double beyond = acos(fmax(-1.0, fmin(1.0, cosine))) - s->reach_rad;
    if (beyond > 0.0) {
        *again_s = time_unix_s + beyond / s->closing_rad;
        return false;
    }
    *look = cph_observer_look(&p->observer, place, velocity);
    return look->el_rad >= p->least_el_rad;
}

cph_status cph_passes_at(cph_passes *passes, double time_unix_s, size_t *index, cph_look *look,
                         size_t *count)
{
    if (passes == NULL || index == NULL || look == NULL || count == NULL ||
        !isfinite(time_unix_s) || time_unix_s < passes->last_s)
        return CPH_ERR_ARGUMENT;
    const cph_spin spin = cph_spin_at(time_unix_s);
    size_t found = 0;
    passes->last_s = time_unix_s;
    for (size_t i = 0; i < passes->shells; i++) {
        shell_state *const s = &passes->shell[i];
        const size_t satellites = s->shell.planes * s->shell.per_plane;
        s->closing_rad = s->motion.along_rad_s + fabs(s->motion.node_rad_s - spin.rate_rad_s);
        for (size_t k = 0; k < satellites; k++) {
            double *const again_s = &passes->not_before_s[s->first + k];
            if (time_unix_s < *again_s ||
                !look_at(passes, s, k, &spin, time_unix_s, again_s, &look[found]))
                continue;
            index[found++] = s->first + k;
        }
    }
    *count = found;
    return CPH_OK;
}

void cph_passes_destroy(cph_passes *passes)
{
    if (passes == NULL)
        return;
    free(passes->shell);
    free(passes->not_before_s);
    free(passes);
}
