/* SPDX-License-Identifier: MIT */
/** @file quiet.h
 *  Parts of weights that radiate little into a region. */
#ifndef COPHASE_WEIGHTS_QUIET_H
#define COPHASE_WEIGHTS_QUIET_H

#include "cophase/quiet.h"

/** A form y^H Q y = sum_i |sum_n factor[n][i] y_n|^2 = sum_i value[i] |e_i^H y|^2, e_i orthonormal:
 *  factor[n][i] = sqrt(value[i]) conj(e_i[n]). */
typedef struct cph_quiet_form {
    size_t n, rank;
    cph_c64 *factor; /**< [n][rank] */
    double *value;   /**< [rank] above 0, ascending */
    double diagonal; /**< mean of Q's */
} cph_quiet_form;

struct cph_quiet {
    size_t elements, used;
    size_t *index;              /**< [used] into the caller's */
    double *position;           /**< [used][3] */
    double freq_hz, extent_rad; /**< k times a bound of the longest distance */
    bool has_element;
    cph_element_pattern element;
    double up[3], east[3], north[3]; /**< of the region */
    double from, below;
    size_t rings, turns; /**< quadrature */
    const cph_exec *exec;
    cph_quiet_form form;
};

static inline const cph_element_pattern *cph_quiet_element(const cph_quiet *plan)
{
    return plan->has_element ? &plan->element : NULL;
}

/** Unit vector at an elevation and an azimuth of the region. */
void cph_quiet_direction(const cph_quiet *plan, double elevation, double azimuth, double u[3]);

/** Node i of the quadrature of rings x turns: its direction, and its weight over 4 pi. */
double cph_quiet_node(const cph_quiet *plan, size_t i, double u[3]);

/** Samples at twice the density that determines a response of the array, `count` in all. */
typedef struct cph_quiet_grid {
    size_t rings, turns, count;
} cph_quiet_grid;
cph_quiet_grid cph_quiet_samples(const cph_quiet *plan);
void cph_quiet_sample(const cph_quiet *plan, const cph_quiet_grid *grid, size_t i, double u[3]);

/** x [n] = scale f(u) a(u). */
cph_status cph_quiet_row(const cph_quiet *plan, const double u[3], double scale, cph_c64 *x);

/** Lower triangle of Q into q [n][n] (zeroed), the mean of its diagonal. */
cph_status cph_quiet_gram(const cph_quiet *plan, cph_c64 *q, double *diagonal);
/** The form of Q, whose lower triangle is q; `diagonal` is the caller's to set. MISSING where Q is
 *  0. Free with cph_quiet_form_free, also on failure. */
cph_status cph_quiet_factor(size_t n, cph_c64 *q, const cph_exec *exec, cph_quiet_form *form);
void cph_quiet_form_free(cph_quiet_form *form);
/** c [m][n] = a [m][k] times b [k][n], or (adjoint) times the adjoint of b [n][k]. */
void cph_quiet_product(size_t m, size_t n, size_t k, const cph_c64 *a, const cph_c64 *b,
                       bool adjoint, cph_c64 *c);

/** The least mu at which N |y|^2 / |v^H y|^2 of y = (Q + mu I)^-1 v does not exceed `loss`, nor
 *  below `least`; power [rank] = |e_i^H v|^2, outside what is left of |v|^2 = N. *bound: what Q
 *  cannot be less than at that loss. *found: the loss there. */
double cph_quiet_mu(size_t n, size_t rank, const double *value, const double *power, double outside,
                    double loss, double least, double *found, double *bound);
/** Share of the largest eigenvalue below which mu does not go. */
#define CPH_QUIET_LEAST_MU 1e-13

/** z [rank] = e_i^H v, power [rank]; returns |v|^2 - sum power, at least 0. */
double cph_quiet_project(const cph_quiet_form *form, const cph_c64 *v, cph_c64 *z, double *power);
/** y = scale v + sum_i e_i (b_i - scale z_i): b inside, scale v outside. */
void cph_quiet_expand(const cph_quiet_form *form, const cph_c64 *v, const cph_c64 *z,
                      const cph_c64 *b, double scale, cph_c64 *y);
/** Divides by v^H y; false where that is 0. */
bool cph_quiet_normalise(size_t n, const cph_c64 *v, cph_c64 *y);
/** y^H Q y; t [rank] receives sum_n factor[n] y_n. */
double cph_quiet_cost(const cph_quiet_form *form, const cph_c64 *y, cph_c64 *t);

/** The criterion WORST: y of v^H y = 1 and the form that it is the least of. */
cph_status cph_quiet_worst(const cph_quiet *plan, const cph_c64 *v, double loss, double error_rms,
                           cph_c64 *y, cph_quiet_form *form, cph_quiet_result *result);

/** Sets worst_db and worst_at of y [used] with v^H y = 1; `toward` is the element's power to the
 *  look. */
cph_status cph_quiet_highest(const cph_quiet *plan, const cph_c64 *y, double toward,
                             cph_quiet_level *level);

/** y [n] of v^H y = 1 becomes what states radiate (through gain [n]), state [n]. mu: what |y|^2 is
 *  worth; hold: how much more than usual (1) the response to the look is. */
cph_status cph_quiet_states(const cph_quiet_form *form, const cph_c64 *v, const cph_c64 *gain,
                            const cph_states *states, double price_db, double mu, double hold,
                            cph_c64 *y, uint32_t *state, size_t *sweeps);

/** What amplitudes |gain| [n] lose at equal phases, where states have little else than phases; else
 *  0. */
double cph_quiet_amplitude_loss_db(const cph_states *states, size_t n, const cph_c64 *gain);

#endif
