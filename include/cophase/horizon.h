/* SPDX-License-Identifier: MIT */
/** @file horizon.h
 *  What stands around an array: the least elevation that is free, over sky azimuth. */
#ifndef COPHASE_HORIZON_H
#define COPHASE_HORIZON_H

#include "cophase/types.h"

CPH_BEGIN_DECLS

/** Owns both arrays. Azimuths do not fall, span at most a turn, and stand for the circle: between
 *  the last and the first it goes on straight, too. Two at one azimuth are an edge. */
typedef struct cph_horizon {
    size_t points;
    double *az_rad, *el_rad; /**< [points] */
} cph_horizon;

/** Copies. ARGUMENT (no points, angles not finite, azimuths that fall or span more than a turn,
 *  elevations beyond a right angle), MEMORY. */
CPH_MUST_CHECK CPH_API cph_status cph_horizon_make(size_t points, const double *az_rad,
                                                   const double *el_rad, cph_horizon *horizon);
/** The least free elevation at an azimuth: straight between points, at an edge (within 1e-12
 *  rad) the higher. NaN for an azimuth that is not finite; -pi/2 without points. */
CPH_API double cph_horizon_at(const cph_horizon *horizon, double az_rad);
CPH_API void cph_horizon_free(cph_horizon *horizon);

/** A table `az_deg,el_deg` (FORMAT.md). Free with cph_horizon_free. IO, MEMORY, FORMAT, MISSING (a
 *  column): file, line, value and what was expected. */
CPH_MUST_CHECK CPH_API cph_status cph_horizon_read(const char *path, cph_horizon *horizon,
                                                   cph_error *error);

CPH_END_DECLS

#endif
