/* SPDX-License-Identifier: MIT */
/** @file model_sheet.h
 *  Rows of `cophase calibrate --method model` that are solved together. */
#ifndef CPH_CLI_MODEL_SHEET_H
#define CPH_CLI_MODEL_SHEET_H

#include "cli/calibrate_method.h"

/** On the heap, NULL at first. */
typedef struct cph_model_matrices {
    cph_c64 *r;     /**< [elements][elements] the covariance */
    cph_c64 *model; /**< [elements][elements] of the sky alone, with --model */
} cph_model_matrices;

typedef struct cph_model_sheet {
    size_t rows;                 /**< at most */
    cph_exec exec;               /**< as many threads as solvers may stand side by side */
    size_t elements, sources;    /**< of each */
    cph_gain_problem *problem;   /**< [rows] but for what a row has of its own */
    cph_gain_solution *solution; /**< [rows] arrays are set: with --json for noise and directions
                                      too */
    cph_model_matrices *matrix;  /**< [rows] */
    size_t held;                 /**< bytes of all those, one covariance left out */
    cph_status *status;          /**< [rows] */
    cph_error *error;            /**< [rows] */
    unsigned char *flag;         /**< [rows][elements], of the solutions */
    double *memory;
} cph_model_sheet;

/** As many rows of so many, and threads, as the memory has room for: one where it has room for
 * none, which is said (4) where --max-memory gave it. */
cph_exit cph_model_sheet_create(const cph_calibrate_options *options, const cph_input *input,
                                size_t rows, size_t elements, cph_model_sheet *sheet);
void cph_model_sheet_free(cph_model_sheet *sheet);

/** What solution i of the sheet says beside gains: into row->extra and row->line. */
void cph_model_sheet_say(const cph_model_sheet *sheet, size_t i,
                         const cph_calibrate_options *options, cph_calibrate_row *row);

#endif
