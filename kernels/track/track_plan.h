/* SPDX-License-Identifier: MIT */
/** @file track_plan.h
 *  What a cph_track_plan holds. Private to kernels/track/. */
#ifndef COPHASE_TRACK_PLAN_H
#define COPHASE_TRACK_PLAN_H

#include "cophase/steer.h"
#include "cophase/track.h"
#include "kernels/core/kernels.h"
#include "kernels/track/track_table.h"

enum { CPH_TRACK_PARTS = 10 };

typedef struct cph_track_kernels {
    cph_track_respond_fn *respond;
    cph_track_bend_fn *bend;
    cph_track_scan_fn *scan;
} cph_track_kernels;

/** Rows of floats are ld apart, 0 from N on; an element that is not driven has 0 in all of them.
 *  Gains and null vectors are kept over their largest modulus, coefficients likewise, so that no
 *  unit of theirs matters to floats. */
struct cph_track_plan {
    size_t elements, ld, driven;
    double freq_hz;
    double *position;    /**< [N][3] */
    cph_c64 *gain;       /**< [N] over gain_scale; 0 where flagged */
    double gain_scale;   /**< largest |g| */
    unsigned char *live; /**< [N] driven: neither flagged nor without taper */
    cph_steer_plan *steer;
    cph_track_kernels kernels;

    float *aim; /**< [2][ld] c toward u is conj(a(u)) times this: in the units of the states */
    double aim_power;  /**< sum |aim|^2 / share */
    double ideal_gain; /**< |sum c g a|^2 / sum |c|^2 of conventional weights, g over gain_scale */
    float *share;      /**< [ld] 1 / |g|^2 without states (h = conj(g) w gives way), else 1 */
    float *low, *high; /**< [ld] amplitudes that states allow */
    bool has_states;
    double rounded; /**< what rounding to states leaves of the look's power, about; 1 without */
    cph_track_table table;

    size_t nulls, nulls_max;
    double vector_scale; /**< largest |v| */
    cph_c64 *vector;     /**< [J][N] over vector_scale */
    float *v;            /**< [J][2][ld] the same */
    double *inr;         /**< [J] times vector_scale^2 */
    float *null_power;   /**< [ld] sum_j inr_j |v_jn|^2 */
    cph_c64 *factor;     /**< [J][J] Cholesky: sum_n share_n v_in conj(v_jn) */
    cph_c64 *spare;      /**< [J][J] */

    size_t workspace;             /**< bytes */
    size_t part[CPH_TRACK_PARTS]; /**< where those of a workspace lie */
};

/** A workspace in parts. */
typedef struct cph_track_work {
    cph_c32 *a;        /**< [ld] steering vector */
    float *c;          /**< [2][ld] coefficients wanted */
    uint32_t *state;   /**< [N] */
    float *cost;       /**< [moves][ld] what a change adds but for cross terms */
    float *step;       /**< [moves][2][ld] by how much it changes s */
    double *sum;       /**< [J][2] responses of c */
    cph_c64 *response; /**< [J] sum_n s_n v_jn */
    cph_c64 *solution; /**< [J] */
    float *y;          /**< [J][2] */
    uint32_t *best;    /**< [N] the best of the states that were chosen from */
} cph_track_work;

/** Lays workspaces out; false when they are too large. */
bool cph_track_lay_out(cph_track_plan *plan);

/** response [J] = sum_n s_n v_jn of work->state. */
void cph_track_respond_states(const cph_track_plan *plan, const cph_track_work *work);

/** Changes states for the nulls as cph_track_update says; work->c holds what they stand for and
 *  work->response what they give, then and afterwards. Returns the changes. */
size_t cph_track_search(const cph_track_plan *plan, const cph_track_work *work);

/** The state of an element as a number; 0 where it is not driven. */
static inline cph_c64 cph_track_value(const cph_track_plan *plan, const cph_track_work *work,
                                      size_t n)
{
    const uint32_t state = work->state[n];
    return state == CPH_STATE_OFF ? (cph_c64){0.0, 0.0} : plan->table.value[state];
}

#endif
