/* SPDX-License-Identifier: MIT */
/** @file taper_profile.h
 *  A taper made ready to be evaluated along one axis of N points. */
#ifndef COPHASE_WEIGHTS_TAPER_PROFILE_H
#define COPHASE_WEIGHTS_TAPER_PROFILE_H

#include <stdbool.h>

#include "cophase/weights.h"

typedef struct cph_taper_profile {
    double (*value)(const struct cph_taper_profile *profile, double s);
    cph_taper taper;
    size_t terms;
    double *term; /**< [terms] coefficients */
    double *rate; /**< [terms] of a circular Taylor taper: pi mu_m */
} cph_taper_profile;

/** Makes *profile of a checked taper for N >= 1 points; free it with cph_taper_profile_free.
 *  Errors: ARGUMENT (too many points), MEMORY. */
cph_status cph_taper_profile_make(const cph_taper *taper, size_t points,
                                  cph_taper_profile *profile);
void cph_taper_profile_free(cph_taper_profile *profile);

/** Whether only the distance from the middle of an array counts. */
bool cph_taper_is_radial(const cph_taper *taper);

#endif
