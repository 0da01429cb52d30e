/* SPDX-License-Identifier: MIT */
/* Weights of the least of a form, and what weights radiate. */
#include "cophase/quiet.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cophase/steer.h"
#include "kernels/core/c64.h"
#include "kernels/core/fail.h"
#include "kernels/core/vec3.h"
#include "kernels/weights/quiet.h"

static double decibels(double power)
{
    return 10.0 * log10(power);
}

/* ---- weights ---- */

typedef cph_quiet_job job;

static void job_free(job *j)
{
    free(j->v);
    free(j->g);
    free(j->y);
    free(j->state);
    free(j->z);
    free(j->b);
    free(j->power);
}

static cph_status job_make(job *j)
{
    const size_t n = j->plan->used, rank = j->plan->form.rank;
    j->v = calloc(n, sizeof *j->v);
    j->g = calloc(n, sizeof *j->g);
    j->y = calloc(n, sizeof *j->y);
    j->state = calloc(n, sizeof *j->state);
    j->z = calloc(rank, sizeof *j->z);
    j->b = calloc(rank, sizeof *j->b);
    j->power = calloc(rank, sizeof *j->power);
    return j->v != NULL && j->g != NULL && j->y != NULL && j->state != NULL && j->z != NULL &&
                   j->b != NULL && j->power != NULL
               ? CPH_OK
               : CPH_ERR_MEMORY;
}

static cph_status find_look(job *j, const double look[3], const cph_c64 *gain)
{
    const cph_quiet *plan = j->plan;
    const cph_status status = cph_steer_c64(plan->used, plan->position, plan->freq_hz, look, j->v);
    j->toward = cph_element_power(cph_quiet_element(plan), look);
    for (size_t i = 0; i < plan->used && status == CPH_OK; i++) {
        j->v[i] = cph_c64_conj(j->v[i]);
        j->g[i] = gain != NULL ? gain[plan->index[i]] : (cph_c64){1.0, 0.0};
        if (!cph_c64_finite(j->g[i]))
            return CPH_ERR_NOT_FINITE;
    }
    return status;
}

/* Whether the memory, if any, is of this kind of request. */
static bool fits(const cph_quiet_request *r, size_t elements)
{
    return r->memory == NULL ||
           (r->memory->states == r->states && r->memory->elements == elements &&
            r->criterion == CPH_QUIET_INTEGRATED);
}

/* Sums over elements are in single precision while states are searched. */
static cph_status check_gains(const job *j, cph_error *error)
{
    static const double least = 1e-30, most = 1e30;
    for (size_t i = 0; i < j->plan->used && j->request->gain != NULL; i++) {
        const cph_c64 gain = j->request->gain[j->plan->index[i]];
        const double size = hypot(gain.re, gain.im);
        if (!(size >= least && size <= most))
            return cph_fail(error, CPH_ERR_NOT_FINITE,
                            "element %zu: a gain of size %g, expected %g to %g", j->plan->index[i],
                            size, least, most);
    }
    return CPH_OK;
}

static cph_status check_request(const job *j, cph_error *error)
{
    static const double most_db = 20.0, degree = M_PI / 180.0;
    const cph_quiet_request *r = j->request;
    const double elevation = asin(fmin(fmax(cph_dot3(r->look, j->plan->up), -1.0), 1.0));
    if (!cph_quiet_is_unit(r->look) || !(r->error_rms >= 0.0 && isfinite(r->error_rms)) ||
        (unsigned)r->criterion >= CPH_QUIET_CRITERIA || !fits(r, j->plan->elements))
        return cph_fail(error, CPH_ERR_ARGUMENT, "quiet: bad argument");
    if (!(r->price_db > 0.0 && r->price_db <= most_db))
        return cph_fail(error, CPH_ERR_ARGUMENT,
                        "a price of %g dB: expected above 0 and at most %g", r->price_db, most_db);
    if (elevation >= j->plan->from && elevation <= j->plan->below)
        return cph_fail(error, CPH_ERR_ARGUMENT,
                        "the beam points to %.2f degrees of elevation, within what is to be quiet "
                        "(%.2f to %.2f)",
                        elevation / degree, j->plan->from / degree, j->plan->below / degree);
    if (!(cph_element_power(cph_quiet_element(j->plan), r->look) > 0.0))
        return cph_fail(error, CPH_ERR_ARGUMENT, "the elements radiate nothing toward the look");
    return check_gains(j, error);
}

static cph_status find(job *j, cph_quiet_result *result)
{
    const cph_quiet *plan = j->plan;
    cph_quiet_worst *worst = NULL;
    cph_status status = CPH_OK;
    if (j->request->criterion == CPH_QUIET_INTEGRATED) {
        double bound;
        result->float_db = decibels(cph_quiet_least(j, &plan->form, j->loss, &bound));
        result->bound_db = bound > 0.0 ? decibels(bound) : -INFINITY;
    } else {
        status =
            cph_quiet_worst_find(plan, j->v, j->loss, j->request->error_rms, j->y, &worst, result);
    }
    result->float_db -= decibels(j->toward);
    result->bound_db -= decibels(j->toward);
    if (status == CPH_OK) {
        result->loss_db = cph_quiet_loss_db(plan->used, j->v, j->y);
        if (j->request->states != NULL)
            status = cph_quiet_find_states(j, worst, result);
    }
    cph_quiet_worst_free(worst);
    return status;
}

static cph_status run(job *j, cph_quiet_result *result)
{
    const cph_quiet_memory *const memory = j->request->memory;
    const cph_status status = memory != NULL && cph_quiet_memory_holds(memory, j)
                                  ? cph_quiet_follow_states(j, result)
                                  : find(j, result);
    return status == CPH_OK && !cph_quiet_normalise(j->plan->used, j->v, j->y) ? CPH_ERR_SINGULAR
                                                                               : status;
}

/* w = conj(y / g): of states, a common factor times those. */
static void hand_over(const job *j, cph_c64 *w, uint32_t *state)
{
    memset(w, 0, j->plan->elements * sizeof *w);
    for (size_t n = 0; n < j->plan->elements && state != NULL; n++)
        state[n] = CPH_STATE_OFF;
    for (size_t i = 0; i < j->plan->used; i++) {
        const size_t n = j->plan->index[i];
        w[n] = cph_c64_scale(1.0 / cph_c64_power(j->g[i]),
                             cph_c64_mul(cph_c64_conj(j->y[i]), j->g[i]));
        if (state != NULL && j->request->states != NULL)
            state[n] = j->state[i];
    }
}

cph_status cph_quiet_weights(const cph_quiet *plan, const cph_quiet_request *request, cph_c64 *w,
                             uint32_t *state, cph_quiet_result *result, cph_error *error)
{
    job j = {.plan = plan, .request = request};
    cph_quiet_result made = {0};
    if (plan == NULL || request == NULL || w == NULL || (state == NULL && request->states != NULL))
        return cph_fail(error, CPH_ERR_ARGUMENT, "quiet: bad argument");
    cph_status status = check_request(&j, error);
    if (status != CPH_OK)
        return status;
    j.loss = pow(10.0, request->price_db / 10.0);
    status = job_make(&j);
    if (status == CPH_OK)
        status = find_look(&j, request->look, request->gain);
    if (status == CPH_OK)
        status = run(&j, &made);
    if (status == CPH_OK) {
        hand_over(&j, w, state);
        if (result != NULL)
            *result = made;
    }
    job_free(&j);
    if (status == CPH_ERR_MISSING)
        return cph_fail(error, status,
                        "the elements radiate nothing to any sample of what is to be quiet");
    return status == CPH_OK ? CPH_OK
                            : cph_fail(error, status, "quiet: %s", cph_status_name(status));
}

/* ---- what weights radiate ---- */

cph_status cph_quiet_measure(const cph_quiet *plan, const double look[3], const cph_c64 *gain,
                             const cph_c64 *w, bool worst, cph_quiet_level *level)
{
    job j = {.plan = plan};
    if (plan == NULL || look == NULL || w == NULL || level == NULL || !cph_quiet_is_unit(look))
        return CPH_ERR_ARGUMENT;
    const size_t n = plan->used;
    cph_quiet_level made = {.worst_db = NAN, .worst_at = {NAN, NAN, NAN}};
    double largest = 0.0;
    cph_status status = job_make(&j);
    if (status == CPH_OK)
        status = find_look(&j, look, gain);
    for (size_t i = 0; i < n && status == CPH_OK; i++) {
        j.y[i] = cph_c64_mulc(j.g[i], w[plan->index[i]]);
        status = cph_c64_finite(j.y[i]) ? CPH_OK : CPH_ERR_NOT_FINITE;
    }
    if (status == CPH_OK && (!cph_quiet_normalise(n, j.v, j.y) || !(j.toward > 0.0)))
        status = CPH_ERR_ARGUMENT;
    for (size_t i = 0; i < n && status == CPH_OK; i++)
        largest = fmax(largest, cph_c64_power(j.y[i]));
    if (status == CPH_OK) {
        made.loss_db = cph_quiet_loss_db(n, j.v, j.y);
        made.limited_loss_db = fmax(decibels((double)n * (double)n * largest), 0.0);
        made.integrated_db = decibels(cph_quiet_cost(&plan->form, j.y, j.b) / j.toward);
        if (worst)
            status = cph_quiet_highest(plan, j.y, j.toward, &made);
    }
    if (status == CPH_OK)
        *level = made;
    job_free(&j);
    return status;
}
