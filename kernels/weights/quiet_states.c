/* SPDX-License-Identifier: MIT */
/* What hardware can radiate at the least of a form: one element after the other, each to its exact
 * minimum with the others held. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cophase/random.h"
#include "kernels/core/c64.h"
#include "kernels/weights/quiet.h"

/* The response to the look is worth this share of an element's own curvature: N of them move it
 * by a few parts in a thousand while the errors of N elements are made up for. */
static const double look_share = 0.1;

/* cost = |sum factor y|^2 + mu |y|^2 + weight |v^H y - aim|^2, aim of the response to the look. */
typedef struct search {
    const cph_quiet_form *form;
    const cph_c64 *v;
    cph_c64 *y;
    cph_c32 *t; /* [seen] sum row[n] y_n */
    cph_c64 look, aim;
    double weight, mu;
    double pull; /* beyond the response that is wanted, as a share of it */
} search;

static void start(search *s)
{
    cph_quiet_row_sum(s->form, s->y, s->t);
    s->look = cph_c64_inner(s->form->n, s->v, s->y);
}

/* Where the cost of element n alone is least. `hold`: whether the look counts. */
static cph_c64 best_place(const search *s, size_t n, bool hold)
{
    double curve = s->mu + s->form->own[n];
    cph_c64 slope =
        cph_c64_add(cph_c64_scale(s->mu, s->y[n]), cph_quiet_row_along(s->form, n, s->t));
    if (hold) {
        const double own = cph_c64_power(s->v[n]) * s->weight;
        const cph_c64 off = cph_c64_sub(s->look, s->aim);
        curve += own;
        slope = cph_c64_add(slope, cph_c64_scale(s->weight, cph_c64_mul(s->v[n], off)));
    }
    return curve > 0.0 ? cph_c64_sub(s->y[n], cph_c64_scale(1.0 / curve, slope)) : s->y[n];
}

static void move(search *s, size_t n, cph_c64 to)
{
    const cph_c64 by = cph_c64_sub(to, s->y[n]);
    cph_quiet_row_add(s->form, n, by, s->t);
    s->look = cph_c64_add(s->look, cph_c64_mulc(by, s->v[n]));
    s->y[n] = to;
}

static double cost_of(const search *s)
{
    double cost = 0.0;
    for (size_t i = 0; i < s->form->seen; i++)
        cost += (double)s->t[i].re * (double)s->t[i].re + (double)s->t[i].im * (double)s->t[i].im;
    return cost;
}

/* ---- phases alone ---- */

/* Phases at amplitudes |gain|, the response to the look not below `least`: where it is, it is drawn
 * back along its own phase, to as much more than that as it takes (the multiplier of an augmented
 * Lagrangian). */
static size_t descend_phases(search *s, const cph_c64 *gain, double least, size_t sweeps)
{
    static const double settled = 2e-3;
    double before = INFINITY;
    for (size_t sweep = 0; sweep < sweeps; sweep++) {
        const double wanted = least * (1.0 + s->pull);
        for (size_t n = 0; n < s->form->n; n++) {
            const double response = sqrt(cph_c64_power(s->look));
            const bool hold = response < wanted && response > 0.0;
            if (hold)
                s->aim = cph_c64_scale(wanted / response, s->look);
            const cph_c64 place = best_place(s, n, hold);
            const double size = sqrt(cph_c64_power(place));
            if (size > 0.0)
                move(s, n, cph_c64_scale(sqrt(cph_c64_power(gain[n])) / size, place));
        }
        const double cost = cost_of(s);
        s->pull = fmax(s->pull + 1.0 - sqrt(cph_c64_power(s->look)) / least, 0.0);
        if (cost > before * (1.0 - settled))
            return sweep + 1;
        before = cost;
    }
    return sweeps;
}

/* The phases of y at amplitudes |gain|, a little astray: equal phases of a symmetric array are a
 * saddle. */
static void take_phases(size_t n, const cph_c64 *gain, cph_c64 *y)
{
    static const double astray = 0.02;
    cph_random random;
    cph_random_seed(&random, 1, 0);
    for (size_t i = 0; i < n; i++) {
        const double angle = atan2(y[i].im, y[i].re) + astray * cph_random_normal(&random).re;
        const double size = sqrt(cph_c64_power(gain[i]));
        y[i] = cph_c64_scale(size, (cph_c64){cos(angle), sin(angle)});
    }
}

/* ---- states ---- */

/* What drives an element of that gain to radiate y. */
static cph_c64 driving(cph_c64 y, cph_c64 gain)
{
    return cph_c64_mul(y, cph_c64_inverse(gain));
}

/* The state nearest to z, the present one where none is nearer. */
static uint32_t nearest(const cph_quiet_memory *memory, cph_c64 z, uint32_t now)
{
    const cph_track_table *const table = &memory->table;
    const cph_c64 *const value = table->value;
    z = cph_c64_scale(1.0 / memory->unit, z);
    cph_c64 inside = z;
    if (memory->even) { /* all at 1: the nearest one is that of the phase */
        const double size = sqrt(cph_c64_power(z));
        inside = size > 0.0 ? cph_c64_scale(1.0 / size, z) : value[now];
    }
    const uint32_t to = cph_track_nearest(table, inside);
    return cph_c64_power(cph_c64_sub(value[to], z)) < cph_c64_power(cph_c64_sub(value[now], z))
               ? to
               : now;
}

static size_t descend_states(search *s, const cph_c64 *gain, const cph_quiet_memory *memory,
                             size_t sweeps, uint32_t *state)
{
    const cph_states *const states = memory->states;
    bool changed = true;
    size_t sweep = 0;
    for (size_t n = 0; n < s->form->n; n++)
        s->y[n] = cph_c64_mul(gain[n], states->value[state[n]]);
    start(s);
    s->aim = cph_c64_scale(1.0 + s->pull, s->look);
    for (; sweep < sweeps && changed; sweep++) {
        changed = false;
        for (size_t n = 0; n < s->form->n; n++) {
            const cph_c64 place = driving(best_place(s, n, true), gain[n]);
            const uint32_t to = nearest(memory, place, state[n]);
            changed = changed || to != state[n];
            if (to != state[n])
                move(s, n, cph_c64_mul(gain[n], states->value[to]));
            state[n] = to;
        }
    }
    return sweep;
}

/* The nearest states to y, an element that y leaves out at the least state: w [n] is room. */
static cph_status choose(const cph_quiet_task *task, cph_c64 *w)
{
    const size_t n = task->form->n;
    const cph_states_config config = {.states = task->memory->states, .elements = n, .weights = w};
    for (size_t i = 0; i < n; i++)
        w[i] = cph_c64_conj(driving(task->y[i], task->gain[i]));
    const cph_status status = cph_states_choose(&config, task->state, w, NULL);
    for (size_t i = 0; i < n && status == CPH_OK; i++)
        if (task->state[i] == CPH_STATE_OFF)
            task->state[i] = nearest(task->memory, (cph_c64){0.0, 0.0}, 0);
    return status;
}

/* How states stand to y: the factor of least squares, in size. */
static double scale_of(const cph_quiet_task *task)
{
    cph_c64 cross = {0.0, 0.0};
    double power = 0.0;
    for (size_t i = 0; i < task->form->n; i++) {
        const cph_c64 z = driving(task->y[i], task->gain[i]);
        cross = cph_c64_add(cross, cph_c64_mulc(task->memory->states->value[task->state[i]], z));
        power += cph_c64_power(z);
    }
    return power > 0.0 ? sqrt(cph_c64_power(cross)) / power : 1.0;
}

/* The same at the scale that memory has. */
static void choose_again(const cph_quiet_task *task)
{
    const cph_quiet_memory *const memory = task->memory;
    const double least = memory->table.least * memory->unit;
    for (size_t i = 0; i < task->form->n; i++) {
        const cph_c64 z = cph_c64_scale(memory->asked.scale, driving(task->y[i], task->gain[i]));
        const double size = sqrt(cph_c64_power(z));
        const double to = fmin(fmax(size, least), memory->unit);
        task->state[i] = nearest(memory, size > 0.0 ? cph_c64_scale(to / size, z) : z, 0);
    }
}

static double total_amplitude(size_t n, const cph_c64 *gain)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += sqrt(cph_c64_power(gain[i]));
    return sum;
}

double cph_quiet_amplitude_loss_db(const cph_quiet_memory *memory, size_t n, const cph_c64 *gain)
{
    double power = 0.0;
    const double amplitude = total_amplitude(n, gain);
    for (size_t i = 0; i < n; i++)
        power += cph_c64_power(gain[i]);
    return memory->table.phases ? 10.0 * log10((double)n * power / (amplitude * amplitude)) : 0.0;
}

/* ---- searches ---- */

/* Where y is the least of y^H (Q + mu I) y at v^H y = 1 its slope is `slope` v: a response held to
 * slope / weight more than it is has the same, and y stays. */
static search search_of(const cph_quiet_task *task)
{
    const cph_quiet_asked *const asked = &task->memory->asked;
    const double weight = asked->hold * look_share * task->form->diagonal;
    return (search){.form = task->form,
                    .v = task->v,
                    .y = task->y,
                    .mu = asked->mu,
                    .weight = weight,
                    .pull = task->memory->table.phases ? asked->pull : task->slope / weight,
                    .t = calloc(task->form->seen, sizeof(cph_c32))};
}

/* y is of phases; they are kept. */
static void search_phases(cph_quiet_task *task, search *s, size_t sweeps)
{
    const size_t n = task->form->n;
    cph_quiet_memory *const memory = task->memory;
    start(s);
    task->sweeps += descend_phases(
        s, task->gain, pow(10.0, -memory->asked.price_db / 20.0) * total_amplitude(n, task->gain),
        sweeps);
    for (size_t i = 0; i < n; i++)
        memory->x[i] = cph_c64_mulc(task->y[i], task->v[i]);
    memory->asked.pull = s->pull;
}

cph_status cph_quiet_states(cph_quiet_task *task)
{
    enum { PHASE_SWEEPS = 200 };
    const size_t n = task->form->n;
    cph_c64 *w = calloc(n, sizeof *w);
    search s = search_of(task);
    cph_status status = w != NULL && s.t != NULL ? CPH_OK : CPH_ERR_MEMORY;
    if (status == CPH_OK && task->memory->table.phases) {
        take_phases(n, task->gain, task->y);
        search_phases(task, &s, PHASE_SWEEPS);
    }
    if (status == CPH_OK)
        status = choose(task, w);
    if (status == CPH_OK) {
        task->memory->asked.scale = scale_of(task);
        task->sweeps +=
            descend_states(&s, task->gain, task->memory, CPH_STATES_SWEEPS, task->state);
    }
    free(w);
    free(s.t);
    return status;
}

cph_status cph_quiet_refine(cph_quiet_task *task)
{
    search s = search_of(task);
    if (s.t == NULL)
        return CPH_ERR_MEMORY;
    s.pull = task->slope / s.weight;
    task->sweeps += descend_states(&s, task->gain, task->memory, CPH_QUIET_SWEEPS, task->state);
    free(s.t);
    return CPH_OK;
}

cph_status cph_quiet_nearest_states(cph_quiet_task *task)
{
    const size_t n = task->form->n;
    cph_c64 *w = calloc(n, sizeof *w);
    const cph_status status = w != NULL ? choose(task, w) : CPH_ERR_MEMORY;
    for (size_t i = 0; i < n && status == CPH_OK; i++)
        task->y[i] = cph_c64_mul(task->gain[i], task->memory->states->value[task->state[i]]);
    free(w);
    return status;
}

cph_status cph_quiet_follow(cph_quiet_task *task)
{
    const cph_quiet_memory *const memory = task->memory;
    search s = search_of(task);
    if (s.t == NULL)
        return CPH_ERR_MEMORY;
    if (memory->table.phases) {
        for (size_t i = 0; i < task->form->n; i++)
            task->y[i] = cph_c64_mul(memory->x[i], task->v[i]);
        search_phases(task, &s, CPH_QUIET_SWEEPS);
    }
    choose_again(task);
    task->sweeps += descend_states(&s, task->gain, memory, CPH_QUIET_SWEEPS, task->state);
    free(s.t);
    return CPH_OK;
}

/* ---- memory ---- */

cph_status cph_quiet_memory_create(size_t elements, const cph_states *states,
                                   cph_quiet_memory **memory)
{
    if (elements == 0 || states == NULL || memory == NULL)
        return CPH_ERR_ARGUMENT;
    cph_quiet_memory *const made = calloc(1, sizeof *made);
    if (made == NULL)
        return CPH_ERR_MEMORY;
    made->elements = elements;
    made->states = states;
    made->x = calloc(elements, sizeof *made->x);
    made->index = calloc(elements, sizeof *made->index);
    made->gain = calloc(elements, sizeof *made->gain);
    const cph_status status = made->x != NULL && made->index != NULL && made->gain != NULL
                                  ? cph_track_table_make(states, &made->table)
                                  : CPH_ERR_MEMORY;
    for (size_t i = 0; i < states->count && status == CPH_OK; i++)
        made->unit = fmax(made->unit, sqrt(cph_c64_power(states->value[i])));
    made->even = made->table.least > 1.0 - 1e-12;
    if (status == CPH_OK)
        *memory = made;
    else
        cph_quiet_memory_destroy(made);
    return status;
}

void cph_quiet_memory_keep(cph_quiet_memory *memory, const cph_quiet_job *j)
{
    memory->price_db = j->request->price_db;
    memory->live = j->plan->used;
    memcpy(memory->index, j->plan->index, memory->live * sizeof *memory->index);
    memcpy(memory->gain, j->g, memory->live * sizeof *memory->gain);
}

bool cph_quiet_memory_holds(const cph_quiet_memory *memory, const cph_quiet_job *j)
{
    return memory->found && memory->price_db == j->request->price_db &&
           memory->live == j->plan->used &&
           memcmp(memory->index, j->plan->index, memory->live * sizeof *memory->index) == 0 &&
           memcmp(memory->gain, j->g, memory->live * sizeof *memory->gain) == 0;
}

void cph_quiet_memory_forget(cph_quiet_memory *memory)
{
    memory->found = false;
}

void cph_quiet_memory_destroy(cph_quiet_memory *memory)
{
    if (memory == NULL)
        return;
    cph_track_table_free(&memory->table);
    free(memory->x);
    free(memory->index);
    free(memory->gain);
    free(memory);
}
