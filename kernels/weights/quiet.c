/* SPDX-License-Identifier: MIT */
#include "cophase/quiet.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cophase/steer.h"
#include "kernels/core/c64.h"
#include "kernels/core/fail.h"
#include "kernels/core/size.h"
#include "kernels/core/vec3.h"
#include "kernels/weights/quiet.h"

static double decibels(double power)
{
    return 10.0 * log10(power);
}

static bool is_unit(const double u[3])
{
    return fabs(cph_norm3(u) - 1.0) < 1e-6;
}

/* ---- plan ---- */

static cph_status check(const cph_quiet_config *c, cph_error *error)
{
    if (c == NULL || c->elements == 0 || c->position == NULL || !(c->freq_hz > 0.0) ||
        !isfinite(c->freq_hz) || !is_unit(c->up))
        return cph_fail(error, CPH_ERR_ARGUMENT, "quiet: bad argument");
    if (!(c->from_rad >= -0.5 * M_PI && c->from_rad < c->below_rad && c->below_rad <= 0.5 * M_PI))
        return cph_fail(error, CPH_ERR_ARGUMENT,
                        "a region from %g to %g degrees of elevation: expected rising, within "
                        "-90 to 90",
                        c->from_rad * 180.0 / M_PI, c->below_rad * 180.0 / M_PI);
    return c->element != NULL ? cph_element_check(c->element, error) : CPH_OK;
}

static cph_status take_live(const cph_quiet_config *c, cph_quiet *plan, cph_error *error)
{
    double middle[3] = {0.0, 0.0, 0.0}, farthest = 0.0;
    plan->index = calloc(c->elements, sizeof *plan->index);
    plan->position = calloc(c->elements, 3 * sizeof *plan->position);
    if (plan->index == NULL || plan->position == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "out of memory");
    for (size_t n = 0; n < c->elements; n++) {
        const double *r = c->position + 3 * n;
        if (c->flag != NULL && c->flag[n] != 0)
            continue;
        if (!isfinite(r[0] + r[1] + r[2]))
            return cph_fail(error, CPH_ERR_NOT_FINITE, "element %zu: its position is not finite",
                            n);
        memcpy(plan->position + 3 * plan->used, r, 3 * sizeof *r);
        plan->index[plan->used++] = n;
    }
    if (plan->used == 0)
        return cph_fail(error, CPH_ERR_TOO_FEW, "all %zu elements are flagged", c->elements);
    for (size_t n = 0; n < plan->used; n++)
        cph_add3(middle, 1.0 / (double)plan->used, plan->position + 3 * n, middle);
    for (size_t n = 0; n < plan->used; n++) {
        double d[3];
        cph_add3(plan->position + 3 * n, -1.0, middle, d);
        farthest = fmax(farthest, cph_norm3(d));
    }
    plan->extent_rad = 4.0 * M_PI * farthest * c->freq_hz / CPH_SPEED_OF_LIGHT;
    return CPH_OK;
}

/* How many nodes the region takes: its azimuths by the degree around, its elevations by that over
 * their span. */
static cph_status lay_nodes(cph_quiet *plan, cph_error *error)
{
    static const double most = 1e6;
    enum { ELEMENT_DEGREE = 32 };
    const double around = plan->extent_rad + 6.0 * cbrt(plan->extent_rad) + ELEMENT_DEGREE;
    const double phase = 0.5 * plan->extent_rad * (plan->below - plan->from);
    const double along = phase + 6.0 * cbrt(phase) + ELEMENT_DEGREE;
    if (!(around < most))
        return cph_fail(error, CPH_ERR_OVERFLOW, "the array is too large for its wavelength");
    plan->turns = (size_t)around + 1;
    plan->rings = (size_t)(0.5 * along) + 1;
    return CPH_OK;
}

/* North is the array's y as far as it is level, x where y is upright. */
static void lay_frame(cph_quiet *plan)
{
    static const double axes[2][3] = {{0.0, 1.0, 0.0}, {1.0, 0.0, 0.0}};
    const size_t axis = fabs(plan->up[1]) < 0.9 ? 0 : 1;
    (void)cph_reject3(axes[axis], plan->up, plan->north);
    (void)cph_unit3(plan->north);
    cph_cross3(plan->north, plan->up, plan->east);
}

static cph_status find_form(cph_quiet *plan, cph_error *error)
{
    const size_t n = plan->used;
    double diagonal = 0.0;
    if (n == 0 || !cph_size_matrix(n, n, n, sizeof(cph_c64)))
        return cph_fail(error, CPH_ERR_OVERFLOW, "too many elements");
    cph_c64 *q = calloc(n, n * sizeof *q);
    cph_status status = q != NULL ? cph_quiet_gram(plan, q, &diagonal) : CPH_ERR_MEMORY;
    if (status == CPH_OK)
        status = cph_quiet_factor(n, q, plan->exec, &plan->form);
    plan->form.diagonal = diagonal;
    free(q);
    if (status == CPH_ERR_MISSING)
        return cph_fail(error, status, "the elements radiate nothing under that elevation");
    return status == CPH_OK ? CPH_OK : cph_fail(error, status, "%s", cph_status_name(status));
}

cph_status cph_quiet_create(const cph_quiet_config *config, cph_quiet **plan, cph_error *error)
{
    if (plan == NULL)
        return cph_fail(error, CPH_ERR_ARGUMENT, "quiet: bad argument");
    cph_status status = check(config, error);
    if (status != CPH_OK)
        return status;
    cph_quiet *made = calloc(1, sizeof *made);
    if (made == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "out of memory");
    made->elements = config->elements;
    made->freq_hz = config->freq_hz;
    made->from = config->from_rad;
    made->below = config->below_rad;
    made->exec = config->exec;
    made->has_element = config->element != NULL;
    if (config->element != NULL)
        made->element = *config->element;
    memcpy(made->up, config->up, sizeof made->up);
    lay_frame(made);
    status = take_live(config, made, error);
    if (status == CPH_OK)
        status = lay_nodes(made, error);
    if (status == CPH_OK)
        status = find_form(made, error);
    if (status == CPH_OK)
        *plan = made;
    else
        cph_quiet_destroy(made);
    return status;
}

void cph_quiet_destroy(cph_quiet *plan)
{
    if (plan == NULL)
        return;
    free(plan->index);
    free(plan->position);
    cph_quiet_form_free(&plan->form);
    free(plan);
}

cph_quiet_size cph_quiet_sizes(const cph_quiet *plan)
{
    return (cph_quiet_size){plan->used, plan->rings * plan->turns, plan->form.rank};
}

/* ---- weights ---- */

/* Room of one call; live elements. */
typedef struct job {
    const cph_quiet *plan;
    const cph_quiet_request *request;
    double loss, toward; /* linear; the element's power toward the look */
    double mu;           /* of y */
    cph_c64 *v;          /* conj of the steering vector to the look */
    cph_c64 *g, *y;
    uint32_t *state;
    cph_c64 *z, *b; /* [rank] */
    double *power;  /* [rank] */
} job;

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
        if (!cph_c64_finite(j->g[i]) || !(cph_c64_power(j->g[i]) > 0.0))
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

static cph_status check_request(const job *j, cph_error *error)
{
    static const double most_db = 20.0, degree = M_PI / 180.0;
    const cph_quiet_request *r = j->request;
    const double elevation = asin(fmin(fmax(cph_dot3(r->look, j->plan->up), -1.0), 1.0));
    if (!is_unit(r->look) || !(r->error_rms >= 0.0 && isfinite(r->error_rms)) ||
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
    return CPH_OK;
}

/* y of the least of a form at a loss (linear). */
static double least_of(job *j, const cph_quiet_form *form, double loss, double *bound)
{
    const double error = j->request->error_rms;
    double found;
    const double outside = cph_quiet_project(form, j->v, j->z, j->power);
    const double mu = j->mu = cph_quiet_mu(form->n, form->rank, form->value, j->power, outside,
                                           loss, error * error * form->diagonal, &found, bound);
    for (size_t i = 0; i < form->rank; i++)
        j->b[i] = cph_c64_scale(mu / (form->value[i] + mu), j->z[i]);
    cph_quiet_expand(form, j->v, j->z, j->b, 1.0, j->y);
    (void)cph_quiet_normalise(form->n, j->v, j->y);
    return cph_quiet_cost(form, j->y, j->b);
}

static double loss_of(size_t n, const cph_c64 *v, const cph_c64 *y)
{
    double power = 0.0;
    for (size_t i = 0; i < n; i++)
        power += cph_c64_power(y[i]);
    return fmax(decibels((double)n * power / cph_c64_power(cph_c64_inner(n, v, y))), 0.0);
}

static cph_quiet_task task_of(job *j, const cph_quiet_form *form, cph_quiet_memory *memory)
{
    return (cph_quiet_task){
        .form = form, .v = j->v, .gain = j->g, .memory = memory, .y = j->y, .state = j->state};
}

/* Loss that states may have. */
static double most_loss_db(const job *j, const cph_quiet_form *form, const cph_quiet_memory *memory)
{
    return j->request->price_db + cph_quiet_amplitude_loss_db(memory, form->n, j->g);
}

static const double least_share = 0.02; /* of the price, asked for */

/* States lose a little more than what they are made from: that is asked to lose less until they
 * keep to the price. */
static cph_status make_states(job *j, const cph_quiet_form *form, cph_quiet_memory *memory,
                              cph_quiet_result *result)
{
    enum { ATTEMPTS = 7 };
    static const int patient = 2;
    static const double spare = 1.25, stiffer = 4.0;
    const double price_db = j->request->price_db, most_db = most_loss_db(j, form, memory);
    cph_quiet_task task = task_of(j, form, memory);
    double bound;
    memory->price_db = price_db;
    memory->hold = 1.0;
    for (int i = 0; i < ATTEMPTS; i++) {
        (void)least_of(j, form, pow(10.0, memory->price_db / 10.0), &bound);
        memory->mu = j->mu;
        const cph_status status = cph_quiet_states(&task);
        if (status != CPH_OK)
            return status;
        const double over_db = loss_of(form->n, j->v, j->y) - most_db;
        if (!(over_db > 0.0))
            break;
        memory->price_db = fmax(memory->price_db - spare * over_db, least_share * price_db);
        memory->hold *= i >= patient ? stiffer : 1.0; /* a stiff look slows the search */
    }
    memory->found = true;
    result->sweeps = task.sweeps;
    return CPH_OK;
}

/* From what the last search found: what is asked for follows the loss. */
static cph_status follow_states(job *j, cph_quiet_result *result)
{
    enum { ATTEMPTS = 2 };
    static const double near_db = 0.05, share = 0.5;
    const cph_quiet_form *const form = &j->plan->form;
    cph_quiet_memory *const memory = j->request->memory;
    const double price_db = j->request->price_db, most_db = most_loss_db(j, form, memory);
    cph_quiet_task task = task_of(j, form, memory);
    double bound;
    *result = (cph_quiet_result){.bound_db = NAN, .float_db = NAN, .loss_db = NAN};
    for (int i = 0; i < ATTEMPTS; i++) {
        if (!memory->table.phases) {
            (void)least_of(j, form, pow(10.0, memory->price_db / 10.0), &bound);
            memory->mu = j->mu;
        }
        const cph_status status = cph_quiet_follow(&task);
        if (status != CPH_OK)
            return status;
        const double over_db = loss_of(form->n, j->v, j->y) - most_db;
        memory->price_db =
            fmin(fmax(memory->price_db - share * over_db, least_share * price_db), price_db);
        if (!(over_db > near_db))
            break;
    }
    result->sweeps = task.sweeps;
    return CPH_OK;
}

/* With a memory of its own where the caller has none. */
static cph_status search_states(job *j, const cph_quiet_form *form, cph_quiet_result *result)
{
    cph_quiet_memory *own = NULL;
    if (j->request->memory != NULL)
        return make_states(j, form, j->request->memory, result);
    cph_status status = cph_quiet_memory_create(form->n, j->request->states, &own);
    if (status == CPH_OK)
        status = make_states(j, form, own, result);
    cph_quiet_memory_destroy(own);
    return status;
}

static cph_status find(job *j, cph_quiet_result *result)
{
    const cph_quiet *plan = j->plan;
    cph_quiet_form own = {0};
    cph_status status = CPH_OK;
    if (j->request->criterion == CPH_QUIET_INTEGRATED) {
        double bound;
        result->float_db = decibels(least_of(j, &plan->form, j->loss, &bound));
        result->bound_db = bound > 0.0 ? decibels(bound) : -INFINITY;
    } else {
        status = cph_quiet_worst(plan, j->v, j->loss, j->request->error_rms, j->y, &own, result);
    }
    result->float_db -= decibels(j->toward);
    result->bound_db -= decibels(j->toward);
    if (status == CPH_OK) {
        result->loss_db = loss_of(plan->used, j->v, j->y);
        if (j->request->states != NULL)
            status = search_states(j, own.factor != NULL ? &own : &plan->form, result);
    }
    cph_quiet_form_free(&own);
    return status;
}

static cph_status run(job *j, cph_quiet_result *result)
{
    const cph_quiet_memory *const memory = j->request->memory;
    const cph_status status =
        memory != NULL && memory->found ? follow_states(j, result) : find(j, result);
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
    return status == CPH_OK ? CPH_OK
                            : cph_fail(error, status, "quiet: %s", cph_status_name(status));
}

/* ---- what weights radiate ---- */

cph_status cph_quiet_measure(const cph_quiet *plan, const double look[3], const cph_c64 *gain,
                             const cph_c64 *w, bool worst, cph_quiet_level *level)
{
    job j = {.plan = plan};
    if (plan == NULL || look == NULL || w == NULL || level == NULL || !is_unit(look))
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
        made.loss_db = loss_of(n, j.v, j.y);
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
