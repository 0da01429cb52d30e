/* SPDX-License-Identifier: MIT */
/** @file calibrate_redundant.h
 *  `cophase calibrate --method redundant`. */
#ifndef CPH_CLI_CALIBRATE_REDUNDANT_H
#define CPH_CLI_CALIBRATE_REDUNDANT_H

#include "cli/calibrate_solve.h"
#include "cli/json.h"

/** What one solution after the other uses. Zero-initialise. */
typedef struct cph_redundant_desk {
    cph_redundant_plan *plan; /**< of the layout and limits below */
    const cph_selection *selection;
    double limit_m[3]; /**< tolerance, shortest and longest baseline */
    cph_c64 *model;    /**< [elements][elements] of the sources, where there are any */
} cph_redundant_desk;

/** Solves a row's dump on its selection; found as from cph_gains_solve (dof in real numbers;
 *  second_eigenvalue and residual_excess NaN). Fills row->redundant and row->chi2, and row->error
 *  where there is no solution. */
cph_status cph_calibrate_redundant(cph_redundant_desk *desk, const cph_calibrate_options *options,
                                   const cph_dump *dump, const double *direction,
                                   cph_calibrate_row *row, cph_gain_solution *found);
void cph_redundant_desk_free(cph_redundant_desk *desk);

/** Groups, degeneracies and chi-squares of a row. */
json_t *cph_calibrate_redundant_json(const cph_calibrate_row *row);

/** A line of them. */
void cph_calibrate_redundant_print(const cph_calibrate_row *row);

#endif
