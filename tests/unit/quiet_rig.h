/* SPDX-License-Identifier: MIT */
/** @file quiet_rig.h
 *  Discs whose weights radiate little under 20 degrees. */
#ifndef CPH_TESTS_QUIET_RIG_H
#define CPH_TESTS_QUIET_RIG_H

#include "cophase/element.h"
#include "cophase/quiet.h"
#include "cophase/random.h"

enum { QUIET_DISC = 91 };
#define QUIET_FREQ CPH_SPEED_OF_LIGHT /* a wavelength is a metre */

extern const cph_element_pattern quiet_cosine;
extern const double quiet_look45[3]; /* 45 degrees up */

/** A level disc with a pitch of 0.6. */
void quiet_lay_disc(double position[QUIET_DISC * 3]);

/** Sizes of 0.8 to 1.2, any phase. */
void quiet_any_gains(cph_random *random, size_t n, cph_c64 *gain);

cph_quiet *quiet_make(const cph_quiet_config *config);

/** Of cosine elements, up along z. */
cph_quiet *quiet_plan_of_disc(const double *position, const unsigned char *flag);

cph_quiet_level quiet_measure(const cph_quiet *plan, const double look[3], const cph_c64 *gain,
                              const cph_c64 *w, bool worst);

#endif
