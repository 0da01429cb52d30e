/* SPDX-License-Identifier: MIT */
/** @file sky_cairo.h
 *  Lines of the sky on a map over (u, v). */
#ifndef CPH_CLI_SKY_CAIRO_H
#define CPH_CLI_SKY_CAIRO_H

#include "cli/plot/axes_cairo.h"

/** The rim of the visible half-space, and inside it: with array_to_enu [9] (row-major) circles of
 *  30 and 60 degrees elevation, lines of azimuth every 45 degrees, and N, E, S, W; without (NULL)
 *  circles of 30 and 60 degrees from boresight. */
void cph_sky_grid(cairo_t *cr, const cph_axes *axes, const double *array_to_enu);

#endif
