/* SPDX-License-Identifier: MIT */
/** @file lobes.h
 *  What surrounds the main lobe of a pattern: first nulls, mean sidelobe level, grating lobes. */
#ifndef COPHASE_LOBES_H
#define COPHASE_LOBES_H

#include "cophase/pattern.h"

CPH_BEGIN_DECLS

/** Around the main lobe of an analysed pattern. The first null on a side is where the power,
 * followed from the peak along the great circle of a principal plane, first stops falling (or the
 * end of the visible region, where it has fallen by 60 dB); the main lobe reaches as far in every
 * plane through the peak, that of a line all around its axis. */
typedef struct cph_pattern_lobes {
    double null_rad[2][2]; /**< [plane][side] from the peak to the first null, planes as hpbw_rad
                                has them, side 0 against the plane's tangent, 1 along it; NaN
                                where the visible region ends before, and beyond `planes` */
    double null_db[2][2];  /**< the level there relative to the peak: how far it is filled */
    double mean_db;        /**< mean power over the visible region outside the main lobe (both of a
                                difference beam), relative to the peak, by solid angle; of a line
                                the half-space on the side of `look`; NaN when nothing is left */
    double mean_sphere_db; /**< the same over the whole sphere. A plane of isotropic elements has
                              its main lobe's mirror image there, which counts as a sidelobe */
} cph_pattern_lobes;

/** Measures what `metrics` (of cph_pattern_analyse for the same input) has around its main lobe.
 *  Angles to 1e-7 rad; means of a line by quadrature over the cosine along it, within 1e-3
 *  dB (3e-3 dB where elements differ); others by the midpoint rule with four steps a lobe or finer,
 * in float: within 0.05 dB, for means down to -80 dB. Errors: as cph_pattern_analyse; lobes
 * unchanged on error. */
CPH_MUST_CHECK CPH_API cph_status cph_pattern_lobes_measure(const cph_pattern_input *input,
                                                            const cph_pattern_metrics *metrics,
                                                            cph_pattern_lobes *lobes);

/** A local maximum of the power. */
typedef struct cph_pattern_lobe {
    double at[3];    /**< unit vector */
    double power_db; /**< relative to the peak of the main lobe */
} cph_pattern_lobe;

/** The lobes besides the main one (and its twin) that are not lower than above_db relative to its
 *  peak, highest first: with above_db = -3 the grating lobes. lobe [most]; *count is how many there
 *  are, and may exceed `most`. Errors: as cph_pattern_analyse; ARGUMENT for above_db not from -80
 * to 0. */
CPH_MUST_CHECK CPH_API cph_status cph_pattern_lobes_list(const cph_pattern_input *input,
                                                         const cph_pattern_metrics *metrics,
                                                         double above_db, size_t most,
                                                         cph_pattern_lobe *lobe, size_t *count);

CPH_END_DECLS

#endif
