/* SPDX-License-Identifier: MIT */
/** @file colormap.h
 *  Colours for numbers, safe for colour-blind eyes: lightness alone tells the order. */
#ifndef CPH_CLI_COLORMAP_H
#define CPH_CLI_COLORMAP_H

/** sRGB, each part in [0, 1]. */
typedef struct cph_rgb {
    double r, g, b;
} cph_rgb;

/** t in [0, 1] (clamped) to a colour. */
typedef cph_rgb cph_colormap(double t);

/** Dark violet through blue and green to light yellow; even steps of lightness. */
cph_colormap cph_colormap_sequential;

/** t and t + 1 are the same colour: 0.5 is the lightest, 0 and 1 the darkest; below the middle
 *  blue, above it orange. Phase -180..180 degrees at t = 0..1. */
cph_colormap cph_colormap_cyclic;

/** CIE L* of a colour, 0 (black) to 100 (white), by the linear light of sRGB. */
double cph_rgb_lightness(cph_rgb colour);

#endif
