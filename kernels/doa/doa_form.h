/* SPDX-License-Identifier: MIT */
/** @file doa_form.h
 *  What a spectrum is made of: squared lengths of products with the steering vector. */
#ifndef COPHASE_DOA_FORM_H
#define COPHASE_DOA_FORM_H

#include "kernels/doa/doa_frame.h"
#include "kernels/steer/sweep.h"

typedef enum cph_doa_kind {
    CPH_DOA_POWER,   /**< s / norm^2 */
    CPH_DOA_INVERSE, /**< 1 / s */
    CPH_DOA_NULL,    /**< norm / (norm - s) */
    CPH_DOA_REST     /**< s / (norm - t): 0 where next to nothing of v is left */
} cph_doa_kind;

/** s = sum |q_k v|^2 over the first rows, t over the others. */
typedef struct cph_doa_form {
    cph_doa_kind kind;
    size_t rows, first;
    double norm; /**< of the frame */
    cph_c64 *q;  /**< [rows][n], multiplied as it stands */
} cph_doa_form;

/** Of a spectrum; free with cph_doa_form_free. Errors as of cph_doa_image. */
CPH_MUST_CHECK cph_status cph_doa_form_create(const cph_doa *doa, const cph_doa_spectrum *spectrum,
                                              cph_doa_form *form, cph_error *error);
/** Room for `rows` rows, at least 1. Errors: MEMORY, OVERFLOW. */
CPH_MUST_CHECK cph_status cph_doa_form_reserve(const cph_doa *doa, size_t rows, cph_doa_form *form,
                                               cph_error *error);
void cph_doa_form_free(cph_doa_form *form);

double cph_doa_form_value(const cph_doa_form *form, double s, double t);

/** value[i] of each direction, by all threads of doa->exec. */
CPH_MUST_CHECK cph_status cph_doa_form_sweep(const cph_doa *doa, const cph_doa_form *form,
                                             size_t count, cph_sweep_direction *direction,
                                             const void *context, double *value, cph_error *error);

/** Moves u to the top of the value (of POWER, INVERSE and NULL) that it is near to, by Newton's
 *  method; *value there. Errors: MEMORY, OVERFLOW. */
CPH_MUST_CHECK cph_status cph_doa_form_climb(const cph_doa *doa, const cph_doa_form *form,
                                             double u[3], double *value, cph_error *error);

/** A grid of directions: of cph_scan_image, or along a line. */
typedef struct cph_doa_points {
    const cph_doa_frame *frame;
    size_t grid;
    double radius;
    bool line;
} cph_doa_points;

size_t cph_doa_points_count(const cph_doa_points *points);
/** A cph_sweep_direction of it. */
bool cph_doa_points_at(const void *context, size_t index, double u[3]);
/** ARGUMENT and OVERFLOW. */
CPH_MUST_CHECK cph_status cph_doa_points_check(const cph_doa_points *points, cph_error *error);

/** The `most` highest tops of the value on a grid, highest first: grid points, or near them.
 *  Errors: as of cph_doa_image. */
CPH_MUST_CHECK cph_status cph_doa_points_tops(const cph_doa *doa, const cph_doa_form *form,
                                              const cph_doa_points *points, size_t most,
                                              double *direction, size_t *found, cph_error *error);

#endif
