/* SPDX-License-Identifier: MIT */
/** @file orbit.h
 *  What orbits of a shell and their passes share. */
#ifndef CPH_KERNELS_ORBIT_H
#define CPH_KERNELS_ORBIT_H

#include <stdbool.h>

#include "cophase/orbit.h"

/** A site, made ready. */
typedef struct cph_observer {
    double place[3];   /**< earth-centred, metres */
    double to_enu[9];  /**< from earth-centred axes, by rows */
    double distance_m; /**< from the centre */
} cph_observer;

/** A shell, made ready. */
typedef struct cph_motion {
    double radius_m, cos_inclination, sin_inclination;
    double along_rad_s, node_rad_s;
} cph_motion;

/** Sidereal time at one time. */
typedef struct cph_spin {
    double since_s; /**< J2000 */
    double angle_rad, rate_rad_s;
} cph_spin;

bool cph_shell_valid(const cph_shell *shell);
bool cph_site_valid(const cph_site *site);

cph_observer cph_observer_of(const cph_site *site);
cph_motion cph_motion_of(const cph_shell *shell);
cph_spin cph_spin_at(double time_unix_s);

/** A satellite whose node and place along the orbit at J2000 are given: its position and velocity
 *  in axes that turn with Earth. */
void cph_satellite_state(const cph_motion *motion, const cph_spin *spin, double node_rad,
                         double along_rad, double place[3], double velocity[3]);

/** What the observer sees of it. */
cph_look cph_observer_look(const cph_observer *observer, const double place[3],
                           const double velocity[3]);

/** Node and place along the orbit at J2000. */
void cph_satellite_start(const cph_shell *shell, size_t plane, size_t number, double *node_rad,
                         double *along_rad);

#endif
