/* SPDX-License-Identifier: MIT */
/** @file doctor.h
 *  What the parts of the search for a convention share. */
#ifndef CPH_CALIB_DOCTOR_H
#define CPH_CALIB_DOCTOR_H

#include "cophase/doctor.h"
#include "kernels/core/c64.h"

enum { CPH_DOCTOR_SOURCES = 16 };

/** What one row, or one pair, gets to by chance; over how many there are of them. */
#define CPH_DOCTOR_CHANCE 1e-3

/** Channels in use, packed. */
typedef struct cph_doctor_data {
    const cph_doctor_problem *problem;
    size_t n;
    size_t *channel; /**< [n] of the problem */
    cph_c64 *c;      /**< [n][n] R, normalised where it has a diagonal; diagonal 0 */
    double *power;   /**< [n] sum over a row of |c|^2 */
    double total;    /**< sum of power */
    void *memory;
} cph_doctor_data;

/** Checks the problem and packs it. Errors as cph_doctor_run. */
CPH_MUST_CHECK cph_status cph_doctor_pack(const cph_doctor_problem *problem, cph_doctor_data *data,
                                          cph_error *error);
void cph_doctor_unpack(cph_doctor_data *data);

/** Whether sizes and pointers make sense. */
bool cph_doctor_valid(const cph_doctor_problem *problem);

/** Fills list [cph_doctor_count], what was given first, later ones with more changes not always. */
void cph_doctor_list(const cph_doctor_problem *problem, cph_convention *list);

/** The place in the table of positions (or, of gains) of a channel. */
size_t cph_doctor_place(const cph_doctor_problem *problem, const cph_convention *convention,
                        size_t channel);

/** The factor of a channel's gain in the model, conjugation included; 0 where unknown. */
cph_c64 cph_doctor_gain(const cph_doctor_problem *problem, const cph_convention *convention,
                        size_t channel);

/** v [S][n]: effective steering vectors, 0 where position or gain is unknown. */
void cph_doctor_vectors(const cph_doctor_data *data, const cph_convention *convention, cph_c64 *v);

/** The cosine of C with the best model of rank S, 1 at most, and the largest eigenvalue of C over
 *  |C|. Errors as cph_eigen_largest. */
CPH_MUST_CHECK cph_status cph_doctor_attainable(const cph_doctor_data *data, double *score,
                                                double *largest);

/** At least the probability that n elements of arbitrary phases reach the score. */
double cph_doctor_chance(size_t n, size_t sources, double largest, double score);

/** y [S][n] = C v. */
void cph_doctor_apply(const cph_doctor_data *data, const cph_c64 *v, cph_c64 *y);

/** Phases of channels against the model of all others, rms; and what noise makes of them, 0 where
 *  that is unknown. */
typedef struct cph_doctor_phases {
    double rms, noise;
} cph_doctor_phases;

/** Cosine between C and its model with fitted powers (NULL, or [S]: receives them); leave_out [n]
 *  and phases (may be NULL) receive that without each channel, and its phases. */
double cph_doctor_fit(const cph_doctor_data *data, const cph_c64 *v, const cph_c64 *y, double *flux,
                      double *leave_out, cph_doctor_phases *phases);

/** Orders rows by score, finds which are the same, how far they are apart, and the verdict.
 *  leave_out [rows][n] in the order of row[] on entry, which has convention, score and chance of
 *  itself; result->rows and attainable are set. MEMORY. */
CPH_MUST_CHECK cph_status cph_doctor_rank(size_t n, const double *leave_out, cph_doctor_row *row,
                                          cph_doctor_result *result);

#endif
