/* SPDX-License-Identifier: MIT */
/* States of the least of a form that keep to a price: what is asked for, and what of it is kept. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/core/c64.h"
#include "kernels/weights/quiet.h"

double cph_quiet_least(cph_quiet_job *j, const cph_quiet_form *form, double loss, double *bound)
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

double cph_quiet_loss_db(size_t n, const cph_c64 *v, const cph_c64 *y)
{
    const double response = cph_c64_power(cph_c64_inner(n, v, y));
    return fmax(10.0 * log10((double)n * cph_c64_inner(n, y, y).re / response), 0.0);
}

/* ---- what is kept ---- */

/* The best of what was tried. */
typedef struct best {
    cph_c64 *y, *x;
    uint32_t *state;
    double level, loss_db;
    cph_quiet_asked asked;
} best;

typedef struct search {
    cph_quiet_job *job;
    const cph_quiet_form *form;
    cph_quiet_worst *worst; /* of that criterion; else NULL */
    cph_quiet_memory *memory;
    cph_quiet_task task;
    double base_db, plain_db; /* what the amplitudes of gains lose; what plain states do */
    best best;
} search;

static void search_free(search *s)
{
    free(s->best.y);
    free(s->best.x);
    free(s->best.state);
}

static cph_status search_make(cph_quiet_job *j, const cph_quiet_form *form,
                              cph_quiet_memory *memory, search *s)
{
    const size_t n = form->n;
    *s = (search){.job = j, .form = form, .memory = memory};
    s->task = (cph_quiet_task){
        .form = form, .v = j->v, .gain = j->g, .memory = memory, .y = j->y, .state = j->state};
    s->base_db = cph_quiet_amplitude_loss_db(memory, n, j->g);
    s->best = (best){.y = calloc(n, sizeof *s->best.y),
                     .x = calloc(n, sizeof *s->best.x),
                     .state = calloc(n, sizeof *s->best.state),
                     .level = INFINITY,
                     .loss_db = INFINITY};
    return s->best.y != NULL && s->best.x != NULL && s->best.state != NULL ? CPH_OK
                                                                           : CPH_ERR_MEMORY;
}

/* Loss that states may have at a price. No states may keep to it: then what plain ones lose. */
static double most_db_of(const search *s, double price_db)
{
    return fmax(s->base_db + price_db, s->plain_db);
}

/* Of what the job holds, over the response to the look. */
static double cost_of(const search *s)
{
    cph_quiet_job *const j = s->job;
    return cph_quiet_cost(s->form, j->y, j->b) /
           cph_c64_power(cph_c64_inner(s->form->n, j->v, j->y));
}

/* The criterion of that. */
static double level_of(const search *s)
{
    return s->worst != NULL ? cph_quiet_worst_level(s->worst, s->job->y) : cost_of(s);
}

/* Keeps what the job holds where it is the quietest that keeps to the price, or, while nothing
 * does, what loses least. Returns what it loses. */
static double offer(search *s)
{
    const size_t n = s->form->n;
    cph_quiet_job *const j = s->job;
    const double loss_db = cph_quiet_loss_db(n, j->v, j->y);
    const double most_db = most_db_of(s, j->request->price_db);
    const bool holds = loss_db <= most_db, held = s->best.loss_db <= most_db;
    if (!isfinite(loss_db) || (held && !holds) || (!holds && !(loss_db < s->best.loss_db)))
        return loss_db;
    const double level = level_of(s);
    if (holds && held && !(level < s->best.level))
        return loss_db;
    memcpy(s->best.y, j->y, n * sizeof *j->y);
    memcpy(s->best.x, s->memory->x, n * sizeof *j->y);
    memcpy(s->best.state, j->state, n * sizeof *j->state);
    s->best.level = level;
    s->best.loss_db = loss_db;
    s->best.asked = s->memory->asked;
    return loss_db;
}

static void take_best(search *s)
{
    const size_t n = s->form->n;
    memcpy(s->job->y, s->best.y, n * sizeof *s->best.y);
    memcpy(s->memory->x, s->best.x, n * sizeof *s->best.x);
    memcpy(s->job->state, s->best.state, n * sizeof *s->best.state);
    s->memory->asked = s->best.asked;
}

/* ---- a search ---- */

/* Of the price, asked for at least: at none there is the plain beam, which is tried anyway. */
static const double least_share = 0.02;

/* The plain beam's states: nothing to follow. */
static cph_status try_plain(search *s)
{
    cph_quiet_job *const j = s->job;
    for (size_t i = 0; i < s->form->n; i++)
        j->y[i] = cph_c64_scale(1.0 / (double)s->form->n, j->v[i]);
    s->memory->asked = (cph_quiet_asked){.hold = 0.0};
    const cph_status status = cph_quiet_nearest_states(&s->task);
    if (status != CPH_OK)
        return status;
    s->plain_db = cph_quiet_loss_db(s->form->n, j->v, j->y);
    (void)offer(s);
    return CPH_OK;
}

/* States lose a little more than what they are made from: that is asked to lose less until they
 * keep to the price. */
static cph_status try_price(search *s, double price_db)
{
    enum { ATTEMPTS = 7 };
    static const int patient = 2;      /* attempts before that */
    static const double spare = 1.25;  /* a little less than what was over, lest it is so again */
    static const double stiffer = 4.0; /* hold goes up to 256 times in the attempts that are left */
    cph_quiet_job *const j = s->job;
    cph_quiet_asked *const asked = &s->memory->asked;
    const double most_db = most_db_of(s, price_db);
    double bound;
    *asked = (cph_quiet_asked){
        .price_db = price_db, .top_db = price_db, .most_db = most_db, .hold = 1.0};
    for (int i = 0; i < ATTEMPTS; i++) {
        const double cost = cph_quiet_least(j, s->form, pow(10.0, asked->price_db / 10.0), &bound);
        asked->mu = j->mu;
        s->task.slope = cost + j->mu * cph_c64_inner(s->form->n, j->y, j->y).re;
        cph_status status = cph_quiet_states(&s->task);
        if (status != CPH_OK)
            return status;
        const double over_db = offer(s) - most_db;
        if (!(over_db > 0.0))
            break;
        asked->price_db = fmax(asked->price_db - spare * over_db, least_share * price_db);
        asked->hold *= i >= patient ? stiffer : 1.0; /* a stiff look slows the search */
    }
    return CPH_OK;
}

/* What states cannot follow makes a beam of less response louder: lower prices are tried too. */
static cph_status make_states(search *s)
{
    static const double lower_db[] = {0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0};
    const double price_db = s->job->request->price_db;
    s->memory->found = false;
    cph_status status = try_plain(s);
    for (size_t i = 0; i < sizeof lower_db / sizeof lower_db[0] && status == CPH_OK; i++)
        if (lower_db[i] < price_db)
            status = try_price(s, lower_db[i]);
    if (status == CPH_OK)
        status = try_price(s, price_db);
    if (status != CPH_OK)
        return status;
    take_best(s);
    s->memory->found = s->best.asked.hold > 0.0;
    return CPH_OK;
}

/* ---- the criterion WORST ---- */

/* Lawson's weights are of what any weights radiate, at the levels of which states leave something
 * else: samples are weighed by the levels of the states, again and again. */
static cph_status refine_worst(search *s)
{
    /* Each round takes an eigendecomposition: 0.8 s of 1280 elements. */
    enum { ROUNDS = 8, FEW = 4, MANY = 512 };
    const size_t n = s->form->n, rounds = n < MANY ? ROUNDS : FEW;
    cph_quiet_job *const j = s->job;
    const double most_db = most_db_of(s, j->request->price_db);
    double over = 0.0;
    cph_status status = CPH_OK;
    memcpy(j->y, s->best.y, n * sizeof *j->y);
    memcpy(j->state, s->best.state, n * sizeof *j->state);
    s->memory->asked = (cph_quiet_asked){.hold = 1.0};
    for (size_t round = 0; round < rounds && status == CPH_OK; round++) {
        cph_quiet_form form = {0};
        const cph_quiet_form *const region = s->form;
        status = cph_quiet_worst_again(s->worst, round == 0, j->y, &form);
        if (status == CPH_OK) {
            s->form = s->task.form = &form;
            s->task.slope = cost_of(s) + over * form.diagonal;
            status = cph_quiet_refine(&s->task);
        }
        if (status == CPH_OK)
            over = fmax(over + pow(10.0, (offer(s) - most_db) / 20.0) - 1.0, 0.0);
        s->form = s->task.form = region;
        cph_quiet_form_free(&form);
    }
    return status;
}

/* From the states of the least integral, and those of Lawson's weights. */
static cph_status make_worst(search *s)
{
    const cph_quiet_form *const region = s->form;
    cph_quiet_form form = {0};
    cph_status status = make_states(s); /* first: plain states say what may be lost at all */
    if (status == CPH_OK)
        status = cph_quiet_worst_form(s->worst, &form);
    if (status == CPH_OK) {
        s->form = s->task.form = &form;
        status = try_price(s, s->job->request->price_db);
        s->form = s->task.form = region;
    }
    cph_quiet_form_free(&form);
    if (status == CPH_OK)
        status = refine_worst(s);
    if (status == CPH_OK)
        take_best(s);
    return status;
}

/* With a memory of its own where the caller has none. */
cph_status cph_quiet_find_states(cph_quiet_job *j, cph_quiet_worst *worst, cph_quiet_result *result)
{
    const cph_quiet_form *const form = &j->plan->form;
    cph_quiet_memory *own = NULL, *memory = j->request->memory;
    search s = {0};
    cph_status status =
        memory != NULL ? CPH_OK : cph_quiet_memory_create(form->n, j->request->states, &own);
    if (status == CPH_OK)
        status = search_make(j, form, memory != NULL ? memory : own, &s);
    s.worst = worst;
    if (status == CPH_OK)
        status = worst != NULL ? make_worst(&s) : make_states(&s);
    if (status == CPH_OK && memory != NULL)
        cph_quiet_memory_keep(memory, j);
    result->sweeps += s.task.sweeps;
    search_free(&s);
    cph_quiet_memory_destroy(own);
    return status;
}

/* ---- from what the last search found ---- */

/* What is asked for follows the loss. */
cph_status cph_quiet_follow_states(cph_quiet_job *j, cph_quiet_result *result)
{
    enum { ATTEMPTS = 2 };
    static const double far_db = 0.1;   /* the price is kept to within this */
    static const double near_db = 0.05; /* half of it: another attempt is in time still */
    static const double share = 0.5;    /* of the error: the loss has a noise of its own */
    const cph_quiet_form *const form = &j->plan->form;
    cph_quiet_memory *const memory = j->request->memory;
    cph_quiet_asked *const asked = &memory->asked;
    search s = {0};
    double bound, over_db = 0.0;
    cph_status status = search_make(j, form, memory, &s);
    *result = (cph_quiet_result){.bound_db = NAN, .float_db = NAN, .loss_db = NAN};
    for (int i = 0; i < ATTEMPTS && status == CPH_OK; i++) {
        if (!memory->even) {
            const double cost = cph_quiet_least(j, form, pow(10.0, asked->price_db / 10.0), &bound);
            asked->mu = j->mu;
            s.task.slope = cost + j->mu * cph_c64_inner(form->n, j->y, j->y).re;
        }
        status = cph_quiet_follow(&s.task);
        over_db = cph_quiet_loss_db(form->n, j->v, j->y) - asked->most_db;
        asked->price_db = fmin(fmax(asked->price_db - share * over_db, least_share * asked->top_db),
                               asked->top_db);
        if (!(over_db > near_db))
            break;
    }
    if (status == CPH_OK && over_db > far_db)
        status = make_states(&s);
    result->sweeps = s.task.sweeps;
    search_free(&s);
    return status;
}
