/* SPDX-License-Identifier: MIT */
/** @file quiet.h
 *  Parts of weights that radiate little into a region. */
#ifndef COPHASE_WEIGHTS_QUIET_H
#define COPHASE_WEIGHTS_QUIET_H

#include <math.h>

#include "cophase/quiet.h"
#include "kernels/core/vec3.h"
#include "kernels/track/track_table.h"

/** A form y^H Q y = sum_i |sum_n factor[n][i] y_n|^2 = sum_i value[i] |e_i^H y|^2, e_i orthonormal:
 *  factor[n][i] = sqrt(value[i]) conj(e_i[n]). */
typedef struct cph_quiet_form {
    size_t n, rank;
    cph_c64 *factor; /**< [n][rank] */
    double *value;   /**< [rank] above 0, ascending */
    double diagonal; /**< mean of Q's */
    double *own;     /**< [n] Q's diagonal */
    size_t seen;     /**< how many of the rank a search over states counts */
    cph_c32 *row;    /**< [n][seen] those of the factor */
} cph_quiet_form;

typedef struct cph_quiet_point {
    double at, weight;
} cph_quiet_point;

struct cph_quiet {
    size_t elements, used;
    size_t *index;              /**< [used] into the caller's */
    double *position;           /**< [used][3] */
    double freq_hz, extent_rad; /**< k times a bound of the longest distance */
    bool has_element;
    cph_element_pattern element;
    double up[3], east[3], north[3]; /**< of the region */
    double from, below;
    size_t rings, turns;          /**< quadrature */
    cph_quiet_point *ring, *turn; /**< [rings] elevations, weights of sum at most their span;
                                       [turns] over an arc, from -1 to 1, of sum 2 */
    double edge;                  /**< sine of the elevation over the array where elements end; -1
                                       where they do not */
    const cph_exec *exec;
    cph_quiet_form form;
};

static inline const cph_element_pattern *cph_quiet_element(const cph_quiet *plan)
{
    return plan->has_element ? &plan->element : NULL;
}

static inline bool cph_quiet_is_unit(const double u[3])
{
    return fabs(cph_norm3(u) - 1.0) < 1e-6;
}

/** Unit vector at an elevation and an azimuth of the region. */
void cph_quiet_direction(const cph_quiet *plan, double elevation, double azimuth, double u[3]);

/** How many nodes the region takes, and where: its azimuths by the degree of |response|^2 around,
 *  its elevations by that over their span. Where elements end within the region, elevations are
 *  split where the edge touches their ring, and azimuths are those of the arc that is radiated
 *  to. Errors: OVERFLOW, MEMORY. */
CPH_MUST_CHECK cph_status cph_quiet_lay_nodes(cph_quiet *plan, cph_error *error);
/** Node i of the quadrature of rings x turns: its direction, and its weight over 4 pi. */
double cph_quiet_node(const cph_quiet *plan, size_t i, double u[3]);

/** Samples at twice the density that determines a response of the array: `even` of rings x turns
 *  and, of an array that leans and has elements that end, a few more about that edge. */
typedef struct cph_quiet_grid {
    size_t rings, turns, even, count;
} cph_quiet_grid;
cph_quiet_grid cph_quiet_samples(const cph_quiet *plan);
/** Elevation and azimuth of sample i. */
void cph_quiet_place(const cph_quiet *plan, const cph_quiet_grid *grid, size_t i, double at[2]);
void cph_quiet_sample(const cph_quiet *plan, const cph_quiet_grid *grid, size_t i, double u[3]);

/** x [n] = scale f(u) a(u). */
cph_status cph_quiet_row(const cph_quiet *plan, const double u[3], double scale, cph_c64 *x);

/** Lower triangle of Q into q [n][n] (zeroed), the mean of its diagonal. */
cph_status cph_quiet_gram(const cph_quiet *plan, cph_c64 *q, double *diagonal);
/** The form of Q, whose lower triangle is q; `diagonal` is the caller's to set. MISSING where Q is
 *  0. Free with cph_quiet_form_free, also on failure. */
cph_status cph_quiet_factor(size_t n, cph_c64 *q, const cph_exec *exec, cph_quiet_form *form);
void cph_quiet_form_free(cph_quiet_form *form);
/** Fills own, seen and row. What is not counted is below CPH_QUIET_UNSEEN of the mean diagonal:
 *  weights in nothing else would radiate 60 dB less into the region than those of random phases. */
CPH_MUST_CHECK cph_status cph_quiet_form_rows(cph_quiet_form *form);
#define CPH_QUIET_UNSEEN 1e-6
/** t [seen] = sum_n row[n] y_n. */
void cph_quiet_row_sum(const cph_quiet_form *form, const cph_c64 *y, cph_c32 *t);
/** sum conj(row[n]) t */
cph_c64 cph_quiet_row_along(const cph_quiet_form *form, size_t n, const cph_c32 *t);
/** t += row[n] by */
void cph_quiet_row_add(const cph_quiet_form *form, size_t n, cph_c64 by, cph_c32 *t);
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

/** Samples of the region as y's of the span that it sees a share of, and their weights. */
typedef struct cph_quiet_worst cph_quiet_worst;
/** The criterion WORST: y of v^H y = 1. *found is to be freed (NULL is fine), also on failure. */
cph_status cph_quiet_worst_find(const cph_quiet *plan, const cph_c64 *v, double loss,
                                double error_rms, cph_c64 *y, cph_quiet_worst **found,
                                cph_quiet_result *result);
void cph_quiet_worst_free(cph_quiet_worst *s);
/** The highest of y on the samples, over |v^H y|^2. */
double cph_quiet_worst_level(cph_quiet_worst *s, const cph_c64 *y);
/** The form that what was found is the least of. */
cph_status cph_quiet_worst_form(cph_quiet_worst *s, cph_quiet_form *form);
/** Samples weighted (`first`: evenly before) by y's amplitudes there once more; their form. */
cph_status cph_quiet_worst_again(cph_quiet_worst *s, bool first, const cph_c64 *y,
                                 cph_quiet_form *form);

/** Sets worst_db and worst_at of y [used] with v^H y = 1; `toward` is the element's power to the
 *  look. */
cph_status cph_quiet_highest(const cph_quiet *plan, const cph_c64 *y, double toward,
                             cph_quiet_level *level);

/** What was asked for. */
typedef struct cph_quiet_asked {
    double price_db, top_db; /**< of what states are made from, and at most */
    double most_db;          /**< loss that states may have */
    double mu, hold;         /**< what |y|^2 is worth; how much more than usual, 1, the response to
                                  the look is. 0: nothing was */
    double scale, pull;      /**< of y to states; what of the response is asked for beyond 1 */
} cph_quiet_asked;

struct cph_quiet_memory {
    size_t elements;
    const cph_states *states;
    cph_track_table table;
    double unit; /**< largest amplitude of the states, 1 in the table */
    bool even;   /**< all have it */
    bool found;
    cph_quiet_asked asked;
    cph_c64 *x;      /**< [live elements] y less the steering vector's phase, before states */
    double price_db; /**< of the request that the search was for, as its gains and elements */
    size_t live;
    size_t *index; /**< [live] */
    cph_c64 *gain; /**< [live] */
};

/** Room of one call; live elements. */
typedef struct cph_quiet_job {
    const cph_quiet *plan;
    const cph_quiet_request *request;
    double loss, toward; /**< linear; the element's power toward the look */
    double mu;           /**< of y */
    cph_c64 *v;          /**< conj of the steering vector to the look */
    cph_c64 *g, *y;
    uint32_t *state;
    cph_c64 *z, *b; /**< [rank] */
    double *power;  /**< [rank] */
} cph_quiet_job;

/** j->y of the least of a form at a loss (linear), its mu; returns the form there. */
double cph_quiet_least(cph_quiet_job *j, const cph_quiet_form *form, double loss, double *bound);
/** N |y|^2 / |v^H y|^2 */
double cph_quiet_loss_db(size_t n, const cph_c64 *v, const cph_c64 *y);
/** States into j->state, what they radiate into j->y. `worst`: of the least of that criterion, NULL
 *  of INTEGRATED. */
cph_status cph_quiet_find_states(cph_quiet_job *j, cph_quiet_worst *worst,
                                 cph_quiet_result *result);
/** The same from the request's memory. */
cph_status cph_quiet_follow_states(cph_quiet_job *j, cph_quiet_result *result);

/** What a memory holds is of this price, these gains and elements. */
void cph_quiet_memory_keep(cph_quiet_memory *memory, const cph_quiet_job *j);
bool cph_quiet_memory_holds(const cph_quiet_memory *memory, const cph_quiet_job *j);

/** One search. */
typedef struct cph_quiet_task {
    const cph_quiet_form *form;
    const cph_c64 *v, *gain;  /**< [n] */
    cph_quiet_memory *memory; /**< asked: price, mu and hold are those to be used */
    cph_c64 *y;               /**< [n] in: v^H y = 1, out: what states radiate through gain */
    uint32_t *state;          /**< [n] */
    double slope;             /**< y^H (Q + mu I) y, y in */
    size_t sweeps;            /**< counts on */
} cph_quiet_task;

/** From y on. */
cph_status cph_quiet_states(cph_quiet_task *task);
/** From the memory on, where states are phases y is not read; a few sweeps. */
cph_status cph_quiet_follow(cph_quiet_task *task);
/** From the states that there are, whose response to the look stays; a few sweeps. */
cph_status cph_quiet_refine(cph_quiet_task *task);
/** The states nearest to y, no search. */
cph_status cph_quiet_nearest_states(cph_quiet_task *task);

/** What amplitudes |gain| [n] lose at equal phases, where states have little else than phases; else
 *  0. */
double cph_quiet_amplitude_loss_db(const cph_quiet_memory *memory, size_t n, const cph_c64 *gain);

#endif
