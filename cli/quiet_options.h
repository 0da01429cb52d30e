/* SPDX-License-Identifier: MIT */
/** @file quiet_options.h
 *  What transmit beams are to be quiet in, and at what price: --quiet-below --quiet-from
 *  --quiet-price, and --eirp-density, as an argp child of verbs that make weights. Its input is a
 * cph_quiet_choice, which the parent hands over. */
#ifndef CPH_CLI_QUIET_OPTIONS_H
#define CPH_CLI_QUIET_OPTIONS_H

#include <stdbool.h>

#include "cli/options.h"

typedef struct cph_quiet_choice {
    bool asked, has_from, has_density;
    double below_rad, from_rad; /**< elevations; from_rad is 0 where it is not given */
    double price_db;            /**< 0: not given */
    double density_dbw;         /**< EIRP density of the look in 4 kHz */
} cph_quiet_choice;

extern const struct argp cph_argp_quiet;

/** Whether beams are to be quiet. */
static inline bool cph_quiet_asked(const cph_quiet_choice *choice)
{
    return choice->asked;
}

/** Whether beams are held against a mask of EIRP density. */
static inline bool cph_density_asked(const cph_quiet_choice *choice)
{
    return choice->has_density;
}

/** The price, as given or 1 dB. */
static inline double cph_quiet_price_db(const cph_quiet_choice *choice)
{
    return choice->price_db > 0.0 ? choice->price_db : 1.0;
}

#endif
