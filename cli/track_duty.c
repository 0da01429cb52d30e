/* SPDX-License-Identifier: MIT */
/* What is radiated near the horizon: the beam in the middle of each piece of a slot, over all
 * directions. */
#include <math.h>

#include "cli/pattern_mask.h"
#include "cli/track_bench.h"
#include "kernels/core/vec3.h"
#include "kernels/track/look.h"

static const double degree = M_PI / 180.0;

typedef struct sums {
    double all, below, peak; /* power times solid angle; the most below */
} sums;

/* A ring of the sky: CPH_LOOKS directions at a time. */
static cph_status add_ring(cph_track_bench *bench, const cph_track_column *column,
                           const double turn[9], double el, double step, sums *s)
{
    const cph_track_scene *const scene = bench->scene;
    const cph_element_pattern *const element = &scene->options->element.pattern;
    const size_t n = scene->elements, points = (size_t)ceil(2.0 * M_PI / step);
    const double weight = cos(el) * step * 2.0 * M_PI / (double)points;
    for (size_t i = 0; i < points; i += CPH_LOOKS) {
        double u[CPH_LOOKS][3];
        const size_t many = points - i < CPH_LOOKS ? points - i : CPH_LOOKS;
        for (size_t k = 0; k < many; k++) {
            double enu[3];
            cph_direction_sky_to_enu(2.0 * M_PI * (double)(i + k) / (double)points, el, enu);
            cph_rotate_back3(turn, enu, u[k]);
        }
        const cph_status status =
            cph_steer_run(scene->steer, 1, &column->freq_hz, many, u[0], bench->steering, n);
        if (status != CPH_OK)
            return status;
        for (size_t k = 0; k < many; k++) {
            const double power = cph_element_power(element, u[k]) *
                                 cph_look_power(n, bench->c, bench->steering + k * n);
            s->all += weight * power;
            if (el < 0.0 || el >= scene->options->duty_below)
                continue;
            s->below += weight * power;
            s->peak = fmax(s->peak, power);
        }
    }
    return CPH_OK;
}

/* Power toward u. */
static cph_status look_at(cph_track_bench *bench, const cph_track_column *column, const double u[3],
                          double *power)
{
    const cph_track_scene *const scene = bench->scene;
    const cph_status status =
        cph_steer_run(scene->steer, 1, &column->freq_hz, 1, u, bench->steering, scene->elements);
    if (status == CPH_OK)
        *power = cph_element_power(&scene->options->element.pattern, u) *
                 cph_look_power(scene->elements, bench->c, bench->steering);
    return status;
}

/* Under the elevation, turned as the array is (array to ENU). */
static cph_status find_density(const cph_track_bench *bench, const cph_track_column *column,
                               const double turn[9], const double u[3], cph_density *density,
                               cph_error *error)
{
    const cph_track_scene *const scene = bench->scene;
    const double diameter =
        cph_mask_diameter_wl(&column->subject.array, column->subject.position, column->freq_hz);
    cph_mask mask;
    const cph_density_scan scan = {.look = {u[0], u[1], u[2]},
                                   .up = {turn[6], turn[7], turn[8]},
                                   .below_rad = scene->options->duty_below,
                                   .step_rad = fmin(0.25 / diameter, scene->options->duty_below),
                                   .density_dbw = scene->options->quiet.density_dbw,
                                   .mask = &mask,
                                   .elements = scene->elements,
                                   .steer = scene->steer,
                                   .freq_hz = column->freq_hz,
                                   .element = &scene->options->element.pattern,
                                   .c = bench->c,
                                   .room = bench->room};
    cph_status status = cph_density_mask(&column->subject.array, column->subject.position,
                                         column->freq_hz, &mask, error);
    if (status == CPH_OK)
        status = cph_density_find(&scan, density);
    return status == CPH_OK
               ? status
               : cph_fail(error, status, "--eirp-density: %s", cph_status_name(status));
}

cph_status cph_track_duty(cph_track_bench *bench, size_t k, double time_unix_s, const double u[3],
                          cph_track_radiated *radiated, cph_error *error)
{
    const cph_track_column *const column = &bench->scene->column[k];
    double turn[9], toward = 0.0;
    sums s = {0.0, 0.0, 0.0};
    /* The elevation's edge is one of the rings'; a third of a beamwidth, one degree at most. */
    const double most = fmin(degree, column->width_rad / 3.0),
                 top = bench->scene->options->duty_below;
    const size_t below = (size_t)ceil(top / most), above = (size_t)ceil((M_PI / 2 - top) / most),
                 under = (size_t)ceil(M_PI / 2 / most);
    const struct {
        double low, high;
        size_t rings;
    } zone[] = {{-M_PI / 2, 0.0, under}, {0.0, top, below}, {top, M_PI / 2, above}};
    cph_status status = cph_attitude_at(&bench->scene->attitude, time_unix_s, turn);
    if (status == CPH_OK)
        status = look_at(bench, column, u, &toward);
    for (size_t z = 0; z < sizeof zone / sizeof zone[0]; z++)
        for (size_t i = 0; status == CPH_OK && i < zone[z].rings; i++) {
            const double step = (zone[z].high - zone[z].low) / (double)zone[z].rings;
            status =
                add_ring(bench, column, turn, zone[z].low + ((double)i + 0.5) * step, step, &s);
        }
    if (status != CPH_OK)
        return cph_fail(error, status, "what is radiated at time %.3f: %s", time_unix_s,
                        cph_status_name(status));
    *radiated = (cph_track_radiated){.share = s.below / s.all,
                                     .gain = 4.0 * M_PI * s.peak / s.all,
                                     .look = 4.0 * M_PI * toward / s.all};
    return cph_density_asked(&bench->scene->options->quiet)
               ? find_density(bench, column, turn, u, &radiated->density, error)
               : CPH_OK;
}
