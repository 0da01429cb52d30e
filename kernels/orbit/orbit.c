/* SPDX-License-Identifier: MIT */
/* Circular orbits over a turning, oblate Earth. */
#include "kernels/orbit/orbit.h"

#include <math.h>

#include "cophase/array.h"
#include "kernels/core/vec3.h"

static const double turn = 2.0 * M_PI;
static const double gravity = 3.986004418e14;   /* WGS 84, m^3/s^2 */
static const double oblateness = 1.08262668e-3; /* J2 */
static const double flattening = 1.0 / 298.257223563;
static const double j2000_unix_s = 946728000.0;

bool cph_shell_valid(const cph_shell *shell)
{
    return shell != NULL && shell->altitude_m > 0.0 && isfinite(shell->altitude_m) &&
           shell->inclination_rad >= 0.0 && shell->inclination_rad <= M_PI && shell->planes > 0 &&
           shell->per_plane > 0 && isfinite(shell->phasing);
}

bool cph_site_valid(const cph_site *site)
{
    return site != NULL && fabs(site->latitude_rad) <= M_PI_2 &&
           fabs(site->longitude_rad) <= turn && fabs(site->altitude_m) < CPH_EARTH_RADIUS_M;
}

double cph_sidereal_rad(double time_unix_s, double *rate_rad_s)
{
    /* seconds of time, by Julian centuries of UT1 from J2000 */
    static const double term[4] = {67310.54841, 876600.0 * 3600.0 + 8640184.812866, 0.093104,
                                   -6.2e-6};
    static const double century_s = 36525.0 * 86400.0, second = 2.0 * M_PI / 86400.0;
    const double t = (time_unix_s - j2000_unix_s) / century_s;
    const double seconds = term[0] + t * (term[1] + t * (term[2] + t * term[3]));
    if (rate_rad_s != NULL)
        *rate_rad_s = (term[1] + t * (2.0 * term[2] + t * 3.0 * term[3])) / century_s * second;
    const double angle = fmod(seconds, 86400.0) * second;
    return angle < 0.0 ? angle + turn : angle;
}

cph_spin cph_spin_at(double time_unix_s)
{
    cph_spin spin = {.since_s = time_unix_s - j2000_unix_s};
    spin.angle_rad = cph_sidereal_rad(time_unix_s, &spin.rate_rad_s);
    return spin;
}

void cph_shell_rates(const cph_shell *shell, double *along_rad_s, double *node_rad_s)
{
    const double radius = CPH_EARTH_RADIUS_M + shell->altitude_m;
    const double free_rad_s = sqrt(gravity / radius) / radius;
    const double share = CPH_EARTH_RADIUS_M / radius, c = cos(shell->inclination_rad);
    const double effect = 1.5 * oblateness * share * share * free_rad_s;
    /* perigee 2 - 5/2 sin^2 i and mean anomaly 1 - 3/2 sin^2 i, of which only the sum is seen */
    *along_rad_s = free_rad_s + effect * (4.0 * c * c - 1.0);
    *node_rad_s = -effect * c;
}

cph_motion cph_motion_of(const cph_shell *shell)
{
    cph_motion motion = {.radius_m = CPH_EARTH_RADIUS_M + shell->altitude_m,
                         .cos_inclination = cos(shell->inclination_rad),
                         .sin_inclination = sin(shell->inclination_rad)};
    cph_shell_rates(shell, &motion.along_rad_s, &motion.node_rad_s);
    return motion;
}

cph_observer cph_observer_of(const cph_site *site)
{
    const double sf = sin(site->latitude_rad), cf = cos(site->latitude_rad);
    const double sl = sin(site->longitude_rad), cl = cos(site->longitude_rad);
    const double square = flattening * (2.0 - flattening); /* of the eccentricity */
    const double normal = CPH_EARTH_RADIUS_M / sqrt(1.0 - square * sf * sf);
    cph_observer o = {.place = {(normal + site->altitude_m) * cf * cl,
                                (normal + site->altitude_m) * cf * sl,
                                (normal * (1.0 - square) + site->altitude_m) * sf},
                      .to_enu = {-sl, cl, 0.0, -sf * cl, -sf * sl, cf, cf * cl, cf * sl, sf}};
    o.distance_m = cph_norm3(o.place);
    return o;
}

void cph_satellite_start(const cph_shell *shell, size_t plane, size_t number, double *node_rad,
                         double *along_rad)
{
    const double planes = (double)shell->planes, each = (double)shell->per_plane;
    *node_rad = turn * (double)plane / planes;
    *along_rad = turn * ((double)number / each + shell->phasing * (double)plane / (planes * each));
}

void cph_satellite_state(const cph_motion *motion, const cph_spin *spin, double node_rad,
                         double along_rad, double place[3], double velocity[3])
{
    const double along = along_rad + motion->along_rad_s * spin->since_s;
    const double node = node_rad + motion->node_rad_s * spin->since_s - spin->angle_rad;
    const double su = sin(along), cu = cos(along), sn = sin(node), cn = cos(node);
    const double r = motion->radius_m, ci = motion->cos_inclination, si = motion->sin_inclination;
    const double node_rate = motion->node_rad_s - spin->rate_rad_s;
    place[0] = r * (cu * cn - su * ci * sn);
    place[1] = r * (cu * sn + su * ci * cn);
    place[2] = r * su * si;
    velocity[0] = r * motion->along_rad_s * (-su * cn - cu * ci * sn) - node_rate * place[1];
    velocity[1] = r * motion->along_rad_s * (-su * sn + cu * ci * cn) + node_rate * place[0];
    velocity[2] = r * motion->along_rad_s * cu * si;
}

cph_look cph_observer_look(const cph_observer *observer, const double place[3],
                           const double velocity[3])
{
    double way[3], enu[3];
    cph_look look;
    cph_add3(place, -1.0, observer->place, way);
    look.range_m = cph_norm3(way);
    look.range_rate_m_s = cph_dot3(way, velocity) / look.range_m;
    for (size_t i = 0; i < 3; i++)
        enu[i] = cph_dot3(observer->to_enu + 3 * i, way);
    cph_direction_enu_to_sky(enu, &look.az_rad, &look.el_rad);
    return look;
}

cph_status cph_satellite_look(const cph_shell *shell, size_t plane, size_t number,
                              const cph_site *site, double time_unix_s, cph_look *look)
{
    if (!cph_shell_valid(shell) || !cph_site_valid(site) || plane >= shell->planes ||
        number >= shell->per_plane || look == NULL || !isfinite(time_unix_s))
        return CPH_ERR_ARGUMENT;
    const cph_motion motion = cph_motion_of(shell);
    const cph_observer observer = cph_observer_of(site);
    const cph_spin spin = cph_spin_at(time_unix_s);
    double node, along, place[3], velocity[3];
    cph_satellite_start(shell, plane, number, &node, &along);
    cph_satellite_state(&motion, &spin, node, along, place, velocity);
    *look = cph_observer_look(&observer, place, velocity);
    return CPH_OK;
}
