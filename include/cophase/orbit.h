/* SPDX-License-Identifier: MIT */
/** @file orbit.h
 *  Satellites on circular orbits, as a site on Earth sees them: for simulations, not for operation.
 *  Orbits turn about Earth's axis and run as its oblateness makes them on average (J2), nothing
 *  else disturbs them; Earth is WGS 84 (the site), turns by GMST with UT1 taken for UTC, and has no
 *  refraction. */
#ifndef COPHASE_ORBIT_H
#define COPHASE_ORBIT_H

#include "cophase/types.h"

CPH_BEGIN_DECLS

/** Equatorial radius of WGS 84, from which altitudes of orbits count, metres. */
#define CPH_EARTH_RADIUS_M 6378137.0

/** A Walker delta constellation: `planes` orbits whose nodes are evenly apart around the equator,
 *  per_plane satellites evenly apart in each; from plane to plane they are phasing / (planes
 *  per_plane) of a turn ahead (J. G. Walker, "Satellite constellations", JBIS 37, 1984). At J2000
 *  (Unix 946728000) satellite 0 of plane 0 crosses the equator northward at right ascension 0. */
typedef struct cph_shell {
    double altitude_m, inclination_rad;
    size_t planes, per_plane;
    double phasing;
} cph_shell;

/** Where somebody stands: geodetic, WGS 84. */
typedef struct cph_site {
    double latitude_rad, longitude_rad, altitude_m;
} cph_site;

/** What is seen. */
typedef struct cph_look {
    double az_rad, el_rad; /**< sky; az in [0, 2 pi) */
    double range_m;
    double range_rate_m_s; /**< its derivative by time; positive: receding */
} cph_look;

/** Greenwich mean sidereal time, radians in [0, 2 pi), and its rate (may be NULL), radians a
 *  second (IAU 1982; D. Vallado, "Fundamentals of Astrodynamics and Applications", 4th ed.,
 *  section 3.5), of UT1 taken for UTC. */
CPH_API double cph_sidereal_rad(double time_unix_s, double *rate_rad_s);

/** Rates of a shell: of a satellite along its orbit from node to node, and of nodes, radians a
 *  second (secular effect of J2 on circular orbits; Vallado, section 9.6). */
CPH_API void cph_shell_rates(const cph_shell *shell, double *along_rad_s, double *node_rad_s);

/** A satellite, plane and number in it, as the site sees it. ARGUMENT: a shell or site that is
 *  none, a satellite that it lacks, a time that is not finite. */
CPH_MUST_CHECK CPH_API cph_status cph_satellite_look(const cph_shell *shell, size_t plane,
                                                     size_t number, const cph_site *site,
                                                     double time_unix_s, cph_look *look);

/** Whose passes over a site are followed; an object of its own. */
typedef struct cph_passes cph_passes;

/** Satellites of all shells, in order of shells, planes and numbers, that come to least_el_rad or
 *  higher. ARGUMENT (as above; a site above an orbit), OVERFLOW, MEMORY. */
CPH_MUST_CHECK CPH_API cph_status cph_passes_create(const cph_shell *shell, size_t shells,
                                                    const cph_site *site, double least_el_rad,
                                                    cph_passes **passes);
/** All of them. */
CPH_API size_t cph_passes_satellites(const cph_passes *passes);
/** Which shell, plane and number satellite `index` is. */
CPH_API void cph_passes_which(const cph_passes *passes, size_t index, size_t *shell, size_t *plane,
                              size_t *number);
/** Who is up at a time, not before that of the call before: index[count] rising, look[count], room
 *  for all satellites. Each of the others is passed over for as long as it cannot be up: the angle
 *  at the centre of Earth changes by no more than the sum of the rates. ARGUMENT. */
CPH_MUST_CHECK CPH_API cph_status cph_passes_at(cph_passes *passes, double time_unix_s,
                                                size_t *index, cph_look *look, size_t *count);
CPH_API void cph_passes_destroy(cph_passes *passes);

CPH_END_DECLS

#endif
