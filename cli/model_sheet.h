/* SPDX-License-Identifier: MIT */
/** @file model_sheet.h
 *  Rows of `cophase calibrate --method model` that are solved together. */
#ifndef CPH_CLI_MODEL_SHEET_H
#define CPH_CLI_MODEL_SHEET_H

#include "cli/calibrate_method.h"

typedef struct cph_model_sheet {
    size_t rows;                 /**< at most */
    size_t elements, sources;    /**< of each */
    cph_gain_problem *problem;   /**< [rows] r is set */
    cph_gain_solution *solution; /**< [rows] arrays are set, for noise and directions too */
    cph_status *status;          /**< [rows] */
    cph_error *error;            /**< [rows] */
    unsigned char *flag;         /**< [rows][elements], of the solutions */
    size_t reals;                /**< of a row */
    bool sky;                    /**< rows end with covariances of the sky */
    double *memory;
} cph_model_sheet;

/** As many rows of so many as fit the memory of the command line, one at least. */
cph_status cph_model_sheet_create(const cph_calibrate_options *options, size_t rows,
                                  size_t elements, cph_model_sheet *sheet);
void cph_model_sheet_free(cph_model_sheet *sheet);

/** Covariance [elements][elements] of row i, and of the sky alone with --model (else NULL). */
cph_c64 *cph_model_sheet_covariance(cph_model_sheet *sheet, size_t i);
cph_c64 *cph_model_sheet_sky(cph_model_sheet *sheet, size_t i);

/** What solution i of the sheet says beside gains: into row->extra and row->line. */
void cph_model_sheet_say(const cph_model_sheet *sheet, size_t i,
                         const cph_calibrate_options *options, cph_calibrate_row *row);

#endif
