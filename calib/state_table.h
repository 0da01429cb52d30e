/* SPDX-License-Identifier: MIT */
/** @file state_table.h
 *  What the fit of a table of states and the judgement of its elements share. */
#ifndef CPH_CALIB_STATE_TABLE_H
#define CPH_CALIB_STATE_TABLE_H

#include <stdbool.h>

#include "cophase/state_table.h"
#include "kernels/core/c64.h"

/** One problem on its way. */
typedef struct cph_state_solver {
    const cph_state_table_config *config;
    cph_c64 *value, *offset; /* [S], [N] */
    double *weight;          /* [N] 1 / variance; 1 where it is not known */
    double *residual;        /* [N] weighted sum of squares */
    double *power;           /* [N] weighted sum of |y|^2 */
    double *scratch;         /* [N] */
    unsigned char *flag;     /* [N] */
    uint32_t *stuck;         /* [N] */
    size_t used;
    unsigned iterations;
    cph_error *error;
} cph_state_solver;

/** Of element n in state s. */
static inline cph_c64 cph_state_response(const cph_state_solver *v, size_t n, size_t s)
{
    return v->config->response[n * v->config->ld + s];
}

/** Whether element n makes the table. */
static inline bool cph_state_used(const cph_state_solver *v, size_t n)
{
    return v->flag[n] == CPH_FLAG_NONE;
}

/** An element whose responses are there, good or not. */
static inline bool cph_state_readable(const cph_state_solver *v, size_t n)
{
    return v->flag[n] == CPH_FLAG_NONE || v->flag[n] == CPH_FLAG_INCONSISTENT;
}

/** Weighted power of the offsets of the elements that make the table. */
double cph_state_offset_power(const cph_state_solver *v);

/** Real degrees of freedom of element n: what the table takes goes by its share in `all`, the power
 *  of offsets. */
double cph_state_dof(const cph_state_solver *v, size_t n, double all);

/** Variance of a weighted part, by the median element. */
double cph_state_variance(const cph_state_solver *v, double all);

/** Flags what stands out, and takes back (readmit) what no longer does; whether anything changed.
 */
bool cph_state_judge(cph_state_solver *v, bool readmit);

/** The bit that explains each inconsistent element as well as others are, if there is one. */
void cph_state_find_stuck(cph_state_solver *v);

#endif
