/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <string.h>

#include "kernels/adaptive/cholesky.h"
#include "kernels/core/c64.h"
#include "kernels/core/size.h"
#include "kernels/track/track_plan.h"

/* Steps of phases toward nulls at most, and where rounding to states leaves more than they do: this
 * much of an element's power, a null. */
enum { TURNS = 8 };
static const double turned_enough = 1e-4;

/* Elements of which rounding to states may do more to a sidelobe than what it was, and how much
 * better than a plain beam that of more is to be. */
enum { FEW = 256 };
static const double far = 16.0;

bool cph_track_lay_out(cph_track_plan *plan)
{
    const size_t n = plan->elements, ld = plan->ld, most = plan->nulls_max;
    const size_t moves = plan->table.moves;
    const struct {
        size_t count, size;
    } part[CPH_TRACK_PARTS] = {{ld, sizeof(cph_c32)},           {2 * ld, sizeof(float)},
                               {n, sizeof(uint32_t)},           {moves * ld, sizeof(float)},
                               {2 * moves * ld, sizeof(float)}, {2 * most, sizeof(double)},
                               {most, sizeof(cph_c64)},         {most, sizeof(cph_c64)},
                               {2 * most, sizeof(float)},       {n, sizeof(uint32_t)}};
    plan->workspace = 0;
    for (size_t i = 0; i < CPH_TRACK_PARTS; i++)
        if (!cph_size_place(&plan->workspace, part[i].count, part[i].size, &plan->part[i]))
            return false;
    return true;
}

static cph_track_work work_at(const cph_track_plan *plan, void *memory)
{
    const size_t *const at = plan->part;
    return (cph_track_work){.a = cph_size_at(memory, at[0]),
                            .c = cph_size_at(memory, at[1]),
                            .state = cph_size_at(memory, at[2]),
                            .cost = cph_size_at(memory, at[3]),
                            .step = cph_size_at(memory, at[4]),
                            .sum = cph_size_at(memory, at[5]),
                            .response = cph_size_at(memory, at[6]),
                            .solution = cph_size_at(memory, at[7]),
                            .y = cph_size_at(memory, at[8]),
                            .best = cph_size_at(memory, at[9])};
}

size_t cph_track_workspace_size(const cph_track_plan *plan)
{
    return plan->workspace;
}

/* c = conj(a) aim */
static void set_aim(const cph_track_plan *p, const cph_track_work *w)
{
    const float *const re = p->aim, *const im = p->aim + p->ld;
    for (size_t n = 0; n < p->elements; n++) {
        w->c[n] = w->a[n].re * re[n] + w->a[n].im * im[n];
        w->c[p->ld + n] = w->a[n].re * im[n] - w->a[n].im * re[n];
    }
    for (size_t n = p->elements; n < p->ld; n++)
        w->c[n] = w->c[p->ld + n] = 0.0f;
}

/* Responses of c to the nulls, and y that takes them away: sum_n share v_i conj(v_j) y_j = F_i.
 * Returns the look's power that goes with them; *left_over: sum |F|^2. */
static double solve(const cph_track_plan *p, const cph_track_work *w, double *left_over)
{
    double taken = 0.0;
    *left_over = 0.0;
    p->kernels.respond(p->ld, p->nulls, p->ld, w->c, p->v, w->sum);
    for (size_t j = 0; j < p->nulls; j++) {
        w->solution[j] = (cph_c64){w->sum[2 * j], w->sum[2 * j + 1]};
        *left_over += cph_c64_power(w->solution[j]);
    }
    cph_cholesky_forward(p->nulls, p->factor, w->solution);
    for (size_t j = 0; j < p->nulls; j++)
        taken += cph_c64_power(w->solution[j]);
    cph_cholesky_backward(p->nulls, p->factor, w->solution);
    for (size_t j = 0; j < p->nulls; j++) {
        w->y[2 * j] = (float)w->solution[j].re;
        w->y[2 * j + 1] = (float)w->solution[j].im;
    }
    return taken;
}

/* What jammers leave of the look by w->sum, as a share of its signal to noise ratio. */
static double let_through(const cph_track_plan *p, const cph_track_work *w)
{
    double jamming = 0.0;
    for (size_t j = 0; j < p->nulls; j++)
        jamming += p->inr[j] * cph_c64_power((cph_c64){w->sum[2 * j], w->sum[2 * j + 1]});
    return p->aim_power / (p->aim_power + jamming);
}

/* c out of the nulls; *plain: what they leave before, by let_through. False when they take more
 * than half of the look. */
static bool bend(const cph_track_plan *p, const cph_track_work *w, double *left, double *plain)
{
    const cph_track_bend how = !p->has_states    ? CPH_TRACK_FREE
                               : p->table.phases ? CPH_TRACK_TURN
                                                 : CPH_TRACK_MOVE;
    const int most = p->has_states ? TURNS : 2; /* the second for the rounding of the first */
    const double enough =
        p->has_states ? turned_enough * (double)p->nulls * p->aim_power / (double)p->driven : 0.0;
    double power, before;
    *left = 1.0 - solve(p, w, &before) / p->aim_power;
    *plain = let_through(p, w);
    if (!(*left >= 0.5))
        return false;
    for (int i = 0; i < most && before > enough; i++) {
        p->kernels.bend(p->ld, p->nulls, p->ld, how, w->y, p->v, p->share, p->low, p->high, w->c);
        if (i + 1 == most)
            break;
        (void)solve(p, w, &power);
        if (power >= before && p->has_states)
            break;
        before = power;
    }
    return true;
}

void cph_track_respond_states(const cph_track_plan *plan, const cph_track_work *work)
{
    for (size_t j = 0; j < plan->nulls; j++) {
        const cph_c64 *const v = plan->vector + j * plan->elements;
        cph_c64 sum = {0.0, 0.0};
        for (size_t n = 0; n < plan->elements; n++)
            sum = cph_c64_add(sum, cph_c64_mul(cph_track_value(plan, work, n), v[n]));
        work->response[j] = sum;
    }
}

/* The same of coefficients that are any. */
static void respond_floats(const cph_track_plan *p, const cph_track_work *w)
{
    for (size_t j = 0; j < p->nulls; j++) {
        const cph_c64 *const v = p->vector + j * p->elements;
        cph_c64 sum = {0.0, 0.0};
        for (size_t n = 0; n < p->elements; n++) {
            const cph_c64 c = {(double)w->c[n], (double)w->c[p->ld + n]};
            sum = cph_c64_add(sum, cph_c64_mul(c, v[n]));
        }
        w->response[j] = sum;
    }
}

/* What an element is given. */
static cph_c64 coefficient(const cph_track_plan *p, const cph_track_work *w, size_t n)
{
    return p->has_states ? cph_track_value(p, w, n)
                         : (cph_c64){(double)w->c[n], (double)w->c[p->ld + n]};
}

/* *look = sum c g a, *power = sum |c|^2 */
static void look_at(const cph_track_plan *p, const cph_track_work *w, cph_c64 *look, double *power)
{
    *look = (cph_c64){0.0, 0.0};
    *power = 0.0;
    for (size_t n = 0; n < p->elements; n++) {
        const cph_c64 c = coefficient(p, w, n);
        const cph_c64 a = {(double)w->a[n].re, (double)w->a[n].im};
        *look = cph_c64_add(*look, cph_c64_mul(c, cph_c64_mul(p->gain[n], a)));
        *power += cph_c64_power(c);
    }
}

/* sum_j inr_j |R_j|^2 */
static double jamming_of(const cph_track_plan *p, const cph_track_work *w)
{
    double jamming = 0.0;
    for (size_t j = 0; j < p->nulls; j++)
        jamming += p->inr[j] * cph_c64_power(w->response[j]);
    return jamming;
}

static void report(const cph_track_plan *p, const cph_track_work *w, cph_c64 look, double power,
                   double *null_db, cph_track_result *result)
{
    const double gain = cph_c64_power(look), relative = p->vector_scale / p->gain_scale;
    for (size_t j = 0; j < p->nulls && null_db != NULL; j++)
        null_db[j] = 10.0 * log10(cph_c64_power(w->response[j]) / gain) + 20.0 * log10(relative);
    result->gain_db = 10.0 * log10(gain / power / p->ideal_gain);
    result->jamming = jamming_of(p, w) / power;
    result->dim = p->nulls > 0 && !(gain / power >= 0.5 * p->rounded * p->ideal_gain);
}

/* ---- states ---- */

/* States nearest to c, and what they respond to the nulls. */
static void round_off(const cph_track_plan *p, const cph_track_work *w)
{
    for (size_t n = 0; n < p->elements; n++) {
        const cph_c64 z = {(double)w->c[n], (double)w->c[p->ld + n]};
        w->state[n] = p->live[n] ? cph_track_nearest(&p->table, z) : CPH_STATE_OFF;
    }
    cph_track_respond_states(p, w);
}

/* What the states give: response and power toward the look, and signal over noise and jammers over
 * that of ideal weights without jammers. */
typedef struct outcome {
    cph_c64 look;
    double power, ratio;
} outcome;

static outcome outcome_of(const cph_track_plan *p, const cph_track_work *w)
{
    outcome o;
    look_at(p, w, &o.look, &o.power);
    const double gain = cph_c64_power(o.look) / (o.power + jamming_of(p, w));
    o.ratio = o.power > 0.0 ? gain / p->ideal_gain : 0.0;
    return o;
}

/* Of the states found and those nearest to c before the search and of the plain beam, the best are
 * kept: with coarse states of few elements, a search that starts where nulls are may end where the
 * look is nulled as well. *best: those found. Whether they stay. */
static bool keep_best(const cph_track_plan *p, const cph_track_work *w, outcome *best)
{
    bool found = true;
    memcpy(w->best, w->state, p->elements * sizeof *w->best);
    for (int plain = 0; plain < 2; plain++) {
        if (plain == 1)
            set_aim(p, w);
        round_off(p, w);
        const outcome other = outcome_of(p, w);
        if (!(other.ratio > best->ratio))
            continue;
        *best = other;
        found = false;
        memcpy(w->best, w->state, p->elements * sizeof *w->best);
    }
    memcpy(w->state, w->best, p->elements * sizeof *w->best);
    cph_track_respond_states(p, w);
    return found;
}

/* Whether the plain beam or nothing but rounding may be better than the states that were found with
 * this ratio. Of many elements rounding leaves sidelobes about what they were: `plain` is then what
 * the plain beam has. */
static bool doubtful(const cph_track_plan *p, double ratio, double plain)
{
    return p->driven <= FEW || ratio < far * plain;
}

/* States for c and the nulls; *moves: how many were changed for them. */
static outcome choose(const cph_track_plan *p, const cph_track_work *w, double plain, size_t *moves)
{
    round_off(p, w);
    if (p->nulls > 0)
        *moves = cph_track_search(p, w);
    outcome best = outcome_of(p, w);
    if (p->nulls > 0 && doubtful(p, best.ratio, plain) && !keep_best(p, w, &best))
        *moves = 0;
    return best;
}

static void put(const cph_track_plan *p, const cph_track_work *w, cph_c64 look, cph_c32 *weights,
                uint32_t *state)
{
    /* w = conj(c / look), look in the units of the gains */
    const cph_c64 scale = cph_c64_scale(1.0 / (cph_c64_power(look) * p->gain_scale), look);
    for (size_t n = 0; n < p->elements && weights != NULL; n++) {
        const cph_c64 value = cph_c64_mulc(scale, coefficient(p, w, n));
        weights[n] = (cph_c32){(float)value.re, (float)value.im};
    }
    for (size_t n = 0; n < p->elements && state != NULL; n++)
        state[n] = p->has_states ? w->state[n] : CPH_STATE_OFF;
}

cph_status cph_track_update(const cph_track_plan *plan, void *workspace, const double direction[3],
                            cph_c32 *weights, uint32_t *state, double *null_db,
                            cph_track_result *result)
{
    cph_track_result made = {.left = 1.0};
    outcome best;
    double plain = 1.0;
    if (plan == NULL || direction == NULL || !cph_size_aligned(workspace))
        return CPH_ERR_ARGUMENT;
    const cph_track_work work = work_at(plan, workspace);
    const cph_status status =
        cph_steer_run(plan->steer, 1, &plan->freq_hz, 1, direction, work.a, plan->ld);
    if (status != CPH_OK)
        return status;
    set_aim(plan, &work);
    if (plan->nulls > 0 && !bend(plan, &work, &made.left, &plain))
        return CPH_ERR_SINGULAR;
    if (!plan->has_states)
        respond_floats(plan, &work);
    best = plan->has_states ? choose(plan, &work, plain, &made.moves) : outcome_of(plan, &work);
    if (!(cph_c64_power(best.look) > 1e-20 * best.power))
        return CPH_ERR_SINGULAR;
    report(plan, &work, best.look, best.power, null_db, &made);
    put(plan, &work, best.look, weights, state);
    if (result != NULL)
        *result = made;
    return CPH_OK;
}
