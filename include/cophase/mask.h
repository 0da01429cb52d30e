/* SPDX-License-Identifier: MIT */
/** @file mask.h
 *  Limits on what an antenna radiates off its axis: levels in dBi over the angle from the beam. */
#ifndef COPHASE_MASK_H
#define COPHASE_MASK_H

#include <stdbool.h>

#include "cophase/types.h"

CPH_BEGIN_DECLS

typedef enum cph_mask_kind {
    CPH_MASK_25_209, /**< 47 CFR 25.209(a)(2): Ku band, plane tangent to the GSO arc */
    CPH_MASK_25_218, /**< 47 CFR 25.218(f)(1): Ku band, digital, EIRP density in dBW / 4 kHz */
    CPH_MASK_S465,   /**< Rec. ITU-R S.465-6 */
    CPH_MASK_S580,   /**< Rec. ITU-R S.580-6, D / lambda of 50 and more */
    CPH_MASK_S1528,  /**< Rec. ITU-R S.1528-0 for a LEO satellite: L_S -6.75 dB, L_F 5 dBi */
    CPH_MASK_S1855,  /**< Rec. ITU-R S.1855-0, D / lambda of 15 and more, plane of the GSO arc */
    CPH_MASK_COUNT
} cph_mask_kind;

/** level + log log10(angle) + linear angle + square angle^2 over from < angle <= to (the first
 *  segment also at `from`), degrees. */
typedef struct cph_mask_segment {
    double from_deg, to_deg, level, log, linear, square;
} cph_mask_segment;

#define CPH_MASK_SEGMENTS 256

typedef struct cph_mask {
    size_t segments; /**< 1 and up, ascending, without gaps */
    cph_mask_segment segment[CPH_MASK_SEGMENTS];
    bool density;  /**< levels are dBW / 4 kHz: gain plus the density into the antenna */
    bool in_scope; /**< the text speaks of antennas of this size */
    /** Up to relax_db more over relax_share of the angles at and beyond relax_from_deg, both sides
     *  up to 180 degrees; 0: nothing is relaxed. */
    double relax_db, relax_share, relax_from_deg;
} cph_mask;

/** What masks depend on. */
typedef struct cph_mask_antenna {
    double diameter_wl; /**< D / lambda, > 0 */
    double peak_dbi;
    double hpbw_deg; /**< in the plane of interest, > 0 (S.1528 alone) */
} cph_mask_antenna;

/** "25.209", "S.465"...; NULL outside the enumeration. */
CPH_API const char *cph_mask_name(cph_mask_kind kind);
/** Where it is written; NULL outside the enumeration. */
CPH_API const char *cph_mask_source(cph_mask_kind kind);

/** The mask for an antenna. Where the text begins at an angle that depends on D / lambda, so does
 *  the mask; sizes that the text leaves out get the formula for the nearest that it has, and
 *  in_scope is false. Errors: ARGUMENT. */
CPH_MUST_CHECK CPH_API cph_status cph_mask_make(cph_mask_kind kind, const cph_mask_antenna *antenna,
                                                cph_mask *mask);

/** Straight lines between `points` >= 2 (at most CPH_MASK_SEGMENTS + 1) corners, ascending angles
 *  in [0, 180] degrees, levels in dBi. Errors: ARGUMENT, NOT_FINITE. */
CPH_MUST_CHECK CPH_API cph_status cph_mask_from_points(size_t points, const double *angle_deg,
                                                       const double *level, cph_mask *mask);

/** The limit at an angle from the beam, degrees; NaN where the mask says nothing. */
CPH_API double cph_mask_level(const cph_mask *mask, double angle_deg);

CPH_END_DECLS

#endif
