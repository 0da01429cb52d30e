/* SPDX-License-Identifier: MIT */
/** @file health.h
 *  How each element of an input is doing: its power, its samples at full scale, and what is wrong
 *  with it. */
#ifndef CPH_CLI_HEALTH_H
#define CPH_CLI_HEALTH_H

#include "cli/look.h"

typedef struct cph_health_row {
    uint32_t number;          /**< of the element or beam */
    char name[CPH_NAME_SIZE]; /**< "" when it has none */
    char polarization;        /**< 0 when the array has one */
    double power_db;          /**< of the signal, a sample; of a calibration |g|^2; NaN unknown */
    double relative_db;       /**< to the median of the good ones of its polarisation */
    double full_scale_share;  /**< of an integer capture's samples; else NaN */
    unsigned char flag;       /**< cph_flag */
    bool unused;              /**< weights: no beam uses it */
    const cph_vitals *vitals; /**< of samples, else NULL */
    const double *spectrum;   /**< [look.columns] of samples, NULL where there is none */
    bool unjudged;     /**< of samples that are too few to suspect it, or to call it weak or hot */
    unsigned suspects; /**< of samples that are not flagged: cph_health_suspect */
} cph_health_row;

typedef struct cph_health {
    size_t rows;
    cph_health_row *row; /**< [rows], in the file's order */
    cph_look look;       /**< of captures and beams */
} cph_health;

/** Whether it is a capture or beams. */
bool cph_health_has_samples(const cph_input *input);

/** Captures and beams are looked at (look.h), `all` of the chosen range or some places; covariances
 *  give their diagonal, averaged over dumps and channels; calibrations the gains of their
 *  solutions. */
cph_exit cph_health_measure(const cph_input *input, bool all, cph_health *health);
void cph_health_free(cph_health *health);

/** Elements without a flag. */
size_t cph_health_good(const cph_health *health);

/** Elements without a flag that have suspects. */
size_t cph_health_suspected(const cph_health *health);

/** Whether there are samples, and too few to judge any element by. */
bool cph_health_too_few(const cph_health *health);

/** What is wrong, in a word; NULL when nothing is. */
const char *cph_health_reason(const cph_health_row *row);

#endif
