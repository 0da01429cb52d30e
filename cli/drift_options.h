/* SPDX-License-Identifier: MIT */
/** @file drift_options.h
 *  What `calibrate --method drift` is asked for. */
#ifndef CPH_CLI_DRIFT_OPTIONS_H
#define CPH_CLI_DRIFT_OPTIONS_H

#include <argp.h>

typedef struct cph_drift_choice {
    const char *temperatures; /**< file or NULL */
    double ahead_s;           /**< 0: nothing is predicted */
    double interval_s;        /**< between solutions; 0: their own times */
} cph_drift_choice;

/** --temperatures --ahead --interval */
extern const struct argp cph_argp_drift;

#endif
