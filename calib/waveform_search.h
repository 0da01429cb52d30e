/* SPDX-License-Identifier: MIT */
/** @file waveform_search.h
 *  Parts of the search for a known waveform. */
#ifndef CPH_CALIB_WAVEFORM_SEARCH_H
#define CPH_CALIB_WAVEFORM_SEARCH_H

#include "calib/interpolate.h"
#include "cophase/waveform.h"

enum { CPH_WAVEFORM_NEAR = 2 * (CPH_INTERPOLATE_SIDE + 1) + 1 };

/** The waveform as it is. */
typedef struct cph_waveform_shape {
    double *before; /**< [L + 1] energy of the items before */
    double energy;
    double frequency; /**< mean angular frequency, rad a sample */
    double bandwidth; /**< rms angular frequency about it */
} cph_waveform_shape;

/** An element near the peak of its correlation. */
typedef struct cph_waveform_peak {
    cph_c64 near[CPH_WAVEFORM_NEAR]; /**< correlation at lags about the peak, in double */
    double power;                    /**< energy of the samples that the waveform covers there */
    double weight;                   /**< in the sum over elements of a common delay */
} cph_waveform_peak;

/** Where the waveform lies when it starts at this lag: items [from, to) are heard. */
typedef struct cph_waveform_place {
    ptrdiff_t lag;
    size_t from, to;
    double energy, slope, bend; /**< of what is heard, and how it changes with the lag */
} cph_waveform_place;

/** Energy heard at an offset from the lag. */
static inline double cph_waveform_energy(const cph_waveform_place *place, double offset)
{
    return place->energy + offset * (place->slope + 0.5 * offset * place->bend);
}

/** Energies and moments; before [L + 1] is the caller's. Errors: NOT_FINITE, SINGULAR. */
CPH_MUST_CHECK cph_status cph_waveform_measure(const cph_waveform_config *config,
                                               cph_waveform_shape *shape, cph_error *error);

cph_waveform_place cph_waveform_place_at(const cph_waveform_config *config,
                                         const cph_waveform_shape *shape, ptrdiff_t lag);

/** Correlation of element n near a place, and its power there. */
void cph_waveform_look(const cph_waveform_config *config, const cph_waveform_place *place, size_t n,
                       cph_waveform_peak *peak);

/** The offset from the lag, within a sample either way, that maximises sum weight |c|^2 over the
 *  energy heard, *height (may be NULL) there. */
double cph_waveform_refine(const cph_waveform_place *place, size_t count,
                           const cph_waveform_peak *peak, double *height);

/** Correlation at an offset from the lag. */
cph_c64 cph_waveform_between(const cph_waveform_peak *peak, double offset);

#endif
