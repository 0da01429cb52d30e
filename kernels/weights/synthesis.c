/* SPDX-License-Identifier: MIT */
/* Mask-constrained weights: rounds of a look over the mask, cuts where it is exceeded, and the
 * least taper loss under the cuts. */
#include "cophase/synthesis.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cophase/steer.h"
#include "kernels/core/c64.h"
#include "kernels/core/fail.h"
#include "kernels/core/vec3.h"
#include "kernels/weights/synthesis_dual.h"
#include "kernels/weights/synthesis_field.h"

/* How far the mask may be exceeded, and how much the loss may be above its bound, as shares of
 * them: under limits that refer to the beam before, and to the beam itself. */
static const double exceeded_by[2] = {5e-4, 1.2e-3}, dearer_by[2] = {5e-4, 2e-3};
/* Limits are raised by this share beyond what is shown to be infeasible: nearer to that,
 * multipliers grow without bound. */
static const double raised_by = 5e-4;
/* Tops this far below the mask are climbed. */
static const double climbed_from = 0.8;
/* A peak this far from where the look's own lobe tops is another lobe's. */
static const double same_peak = 1e-3;

/* Live elements alone: n of them. */
typedef struct job {
    const cph_synthesis_config *config;
    size_t n;
    size_t *index;             /* [n] into the config's */
    double *position;          /* [n][3] */
    cph_c64 *a;                /* [n] steering vector of the look */
    cph_c64 *h;                /* [n] of a cut */
    cph_c64 *x;                /* [n] conj(w) g a */
    cph_c64 *w;                /* [n] conj(x) a: weights over unit gains */
    double power;              /* |x|^2 */
    double referred;           /* |x|^2 of the beam that limits refer to; 0: none */
    double t, most;            /* limits are t times the mask; |x|^2 allowed */
    double bound;              /* below this t nothing is feasible */
    size_t rounds, references; /* looks; beams that limits referred to */
    cph_synthesis_dual dual;
    cph_synthesis_field field;
    cph_pattern_model model;
} job;

static void job_free(job *j)
{
    free(j->index);
    free(j->position);
    free(j->a);
    free(j->h);
    free(j->x);
    free(j->w);
    cph_synthesis_dual_free(&j->dual);
    cph_synthesis_field_free(&j->field);
    cph_pattern_model_free(&j->model);
}

/* ---- set up ---- */

static cph_status check(const cph_synthesis_config *c, cph_error *error)
{
    static const double most_loss = 60.0;
    if (c == NULL || c->elements == 0 || c->position == NULL || c->level == NULL ||
        !(c->freq_hz > 0.0) || !isfinite(c->freq_hz) || !(fabs(cph_norm3(c->look) - 1.0) < 1e-6) ||
        c->from_rad < 0.0 || c->from_rad > M_PI)
        return cph_fail(error, CPH_ERR_ARGUMENT, "synthesis: bad argument");
    if (!(c->max_loss_db > 0.0 && c->max_loss_db <= most_loss))
        return cph_fail(error, CPH_ERR_ARGUMENT,
                        "a taper loss of at most %g dB: expected above 0, at most %g",
                        c->max_loss_db, most_loss);
    if (c->element != NULL && cph_element_check(c->element, error) != CPH_OK)
        return CPH_ERR_ARGUMENT;
    if (!(cph_element_power(c->element, c->look) > 0.0))
        return cph_fail(error, CPH_ERR_ARGUMENT, "the elements radiate nothing toward the look");
    return CPH_OK;
}

static cph_status reserve(const cph_synthesis_config *c, job *j, cph_error *error)
{
    j->index = calloc(c->elements, sizeof *j->index);
    j->position = calloc(c->elements, 3 * sizeof *j->position);
    j->a = calloc(c->elements, sizeof *j->a);
    j->h = calloc(c->elements, sizeof *j->h);
    j->x = calloc(c->elements, sizeof *j->x);
    j->w = calloc(c->elements, sizeof *j->w);
    return j->index != NULL && j->position != NULL && j->a != NULL && j->h != NULL &&
                   j->x != NULL && j->w != NULL
               ? CPH_OK
               : cph_fail(error, CPH_ERR_MEMORY, "out of memory");
}

static cph_status take_live(const cph_synthesis_config *c, job *j, cph_error *error)
{
    for (size_t n = 0; n < c->elements; n++) {
        const double *r = c->position + 3 * n;
        const cph_c64 g = c->gain != NULL ? c->gain[n] : (cph_c64){1.0, 0.0};
        if (c->flag != NULL && c->flag[n] != 0)
            continue;
        if (!isfinite(r[0] + r[1] + r[2]) || !cph_c64_finite(g) || !(cph_c64_power(g) > 0.0))
            return cph_fail(error, CPH_ERR_NOT_FINITE,
                            "element %zu: its position or gain is not finite, or its gain is 0", n);
        memcpy(j->position + 3 * j->n, r, 3 * sizeof *r);
        j->index[j->n++] = n;
    }
    if (j->n == 0)
        return cph_fail(error, CPH_ERR_TOO_FEW, "all %zu elements are flagged", c->elements);
    j->dual.elements = j->n;
    j->dual.exec = c->exec;
    j->t = 1.0;
    j->most = pow(10.0, c->max_loss_db / 10.0) / (double)j->n;
    j->power = 1.0 / (double)j->n;
    for (size_t i = 0; i < j->n; i++)
        j->x[i] = (cph_c64){j->power, 0.0};
    const cph_status status = cph_steer_c64(j->n, j->position, c->freq_hz, c->look, j->a);
    return status == CPH_OK ? CPH_OK : cph_fail(error, status, "%s", cph_status_name(status));
}

/* ---- a round ---- */

static cph_pattern_input input_of(job *j)
{
    cph_pattern_input input = {.elements = j->n,
                               .position = j->position,
                               .freq_hz = j->config->freq_hz,
                               .weights = j->w,
                               .element = j->config->element,
                               .exec = j->config->exec};
    memcpy(input.look, j->config->look, sizeof input.look);
    for (size_t i = 0; i < j->n; i++)
        j->w[i] = cph_c64_mul(cph_c64_conj(j->x[i]), j->a[i]);
    return input;
}

static cph_status make_model(job *j)
{
    const cph_pattern_input input = input_of(j);
    cph_pattern_model_free(&j->model);
    const cph_status status = cph_pattern_model_init(&input, &j->model);
    if (status == CPH_OK)
        cph_aperture_measure(j->model.elements, j->model.position, j->model.wavelength,
                             j->config->look, &j->model.aperture);
    return status;
}

/* Cut i toward u: h_n = conj(f a_n conj(a_n(look))) times the response's phase. */
static cph_status set_cut(job *j, size_t i, const double u[3], cph_c64 response, double limit)
{
    const double magnitude = hypot(response.re, response.im);
    const double f = sqrt(cph_element_power(j->config->element, u)) / magnitude;
    const cph_status status = cph_steer_c64(j->n, j->position, j->config->freq_hz, u, j->h);
    for (size_t k = 0; k < j->n && status == CPH_OK; k++)
        j->h[k] = cph_c64_scale(f, cph_c64_mul(response, cph_c64_mulc(j->a[k], j->h[k])));
    if (status == CPH_OK)
        cph_synthesis_dual_set(&j->dual, i, u, j->h, limit);
    return status;
}

/* After the limits have moved: cuts on the edge go with it, the others stay where they are. */
static cph_status move_cuts(job *j)
{
    const double on_edge = 0.01 * cph_aperture_lobe(&j->field.aperture);
    cph_status status = CPH_OK;
    for (size_t i = 0; i < j->dual.cuts && status == CPH_OK; i++) {
        double u[3];
        cph_c64 response = {0.0, 0.0};
        memcpy(u, j->dual.cut[i].u, sizeof u);
        if (j->dual.cut[i].place[0] < on_edge) {
            cph_synthesis_field_direction(&j->field, j->dual.cut[i].place, u);
            status = cph_pattern_responses(&j->model, 1, u, &response);
        }
        if (!(hypot(response.re, response.im) > 0.0)) /* no phase to limit it along */
            memcpy(u, j->dual.cut[i].u, sizeof u);
        const double limit = cph_synthesis_field_limit(&j->field, u);
        if (status == CPH_OK && isfinite(limit) && hypot(response.re, response.im) > 0.0)
            status = set_cut(j, i, u, response, limit);
        else if (isfinite(limit))
            j->dual.cut[i].limit = limit;
        else /* limits nothing any more: to be forgotten */
            j->dual.slope[i] = -INFINITY;
        if (!isfinite(limit))
            j->dual.mu[i] = j->dual.proof[i] = 0.0;
    }
    return status;
}

/* What the multipliers show of the limits as they are. */
static void find_bound(job *j)
{
    j->bound = cph_synthesis_dual_excess(&j->dual, j->most);
    j->t = fmax(1.0, j->bound * (1.0 + raised_by));
}

/* The first beams move what angles refer to; then it stays, and the slack covers where the peak is:
 * where the edge crosses a steep flank, moving it on would never end. */
static void place_centre(job *j)
{
    enum { MOVES = 3 };
    static const double least = 1e-6, spare = 1.5;
    cph_synthesis_field *f = &j->field;
    double apart[3];
    cph_add3(f->metrics.peak, -1.0, f->centre.peak, apart);
    if (j->references++ < MOVES) {
        f->centre = f->metrics;
    } else if (cph_norm3(apart) > fmax(f->slack, least)) {
        f->slack = spare * cph_norm3(apart);
    }
}

/* Peak and directivity of the beam as it is: what limits refer to from now on. */
static cph_status refer(job *j, cph_error *error)
{
    const cph_pattern_input input = input_of(j);
    double own[3], apart[3];
    for (size_t i = 0; i < j->dual.cuts; i++)
        cph_synthesis_field_place(&j->field, j->dual.cut[i].u, j->dual.cut[i].place);
    cph_status status = cph_pattern_analyse(&input, &j->field.metrics);
    if (status != CPH_OK)
        return cph_fail(error, status, "pattern: %s", cph_status_name(status));
    memcpy(own, j->config->look, sizeof own);
    cph_pattern_climb(&j->model, own);
    cph_add3(own, -1.0, j->field.metrics.peak, apart);
    if (cph_norm3(apart) > same_peak)
        return cph_fail(error, CPH_ERR_ARGUMENT,
                        "another lobe is higher than the one toward the look: no mask about it");
    if (!(j->referred > 0.0)) {
        j->field.centre = j->field.metrics;
        status = cph_synthesis_field_init(&j->field, &j->model);
        if (status != CPH_OK)
            return cph_fail(error, status, "mask: %s",
                            status == CPH_ERR_ARGUMENT ? "a single place has no beam"
                                                       : cph_status_name(status));
    }
    place_centre(j);
    j->referred = j->power;
    cph_synthesis_field_refer(&j->field);
    status = move_cuts(j);
    if (status != CPH_OK)
        return cph_fail(error, status, "synthesis: %s", cph_status_name(status));
    find_bound(j);
    return CPH_OK;
}

static cph_status add_cuts(job *j)
{
    const double least = j->t * (1.0 + 0.5 * exceeded_by[0]);
    size_t count = 0;
    while (count < j->field.tops && j->field.top[count].ratio > least)
        count++;
    cph_status status = cph_synthesis_dual_reserve(&j->dual, count);
    for (size_t i = 0; i < count && status == CPH_OK; i++)
        status = set_cut(j, j->dual.cuts, j->field.top[i].u, j->field.top[i].response,
                         j->field.top[i].limit);
    return status;
}

/* Weights under the cuts; where none are, limits are raised to what must be exceeded. */
static void solve(job *j)
{
    enum { RAISES = 100 };
    for (int i = 0; i < RAISES && !cph_synthesis_dual_solve(&j->dual, j->t, j->most); i++)
        find_bound(j);
    j->power = cph_synthesis_dual_weights(&j->dual, j->x);
}

/* Whether limits refer to the beam as it is. */
static bool is_fresh(const job *j)
{
    return j->power == j->referred;
}

static bool is_settled(const job *j)
{
    const size_t kind = is_fresh(j) ? 1 : 0;
    return (j->field.tops == 0 || j->field.top[0].ratio <= j->t * (1.0 + exceeded_by[kind])) &&
           j->power <= cph_synthesis_dual_least(&j->dual, j->t) * (1.0 + dearer_by[kind]);
}

static cph_status look(job *j)
{
    j->rounds++;
    const cph_status status = make_model(j);
    return status == CPH_OK ? cph_synthesis_field_scan(&j->field, &j->model, climbed_from * j->t)
                            : status;
}

static cph_status run_rounds(job *j, cph_error *error)
{
    enum { ROUNDS = 100, EARLY = 2, REFERENCES = 9 };
    cph_status status = make_model(j);
    if (status == CPH_OK && (status = refer(j, error)) != CPH_OK)
        return status;
    while (status == CPH_OK) {
        status = look(j);
        if (status != CPH_OK)
            break;
        const bool settled = is_settled(j), last = j->rounds >= ROUNDS;
        if (is_fresh(j) && (settled || last || j->references == REFERENCES))
            break;
        if (settled || last || j->rounds == EARLY) {
            if ((status = refer(j, error)) != CPH_OK)
                return status;
            if (settled || last)
                continue;
        }
        status = add_cuts(j);
        if (status == CPH_OK)
            solve(j);
    }
    if (status == CPH_OK && j->field.tops == 0) /* far below: how far is worth telling */
        status = cph_synthesis_field_scan(&j->field, &j->model, 0.0);
    return status == CPH_OK ? CPH_OK
                            : cph_fail(error, status, "synthesis: %s", cph_status_name(status));
}

/* ---- result ---- */

static double decibels(double power)
{
    return 10.0 * log10(power);
}

static void conclude(const job *j, cph_synthesis_result *result)
{
    const double n = (double)j->n;
    const cph_synthesis_field *f = &j->field;
    cph_synthesis_result made = {.worst = {.margin_db = NAN, .limit_db = NAN, .angle_rad = NAN},
                                 .margin_bound_db = NAN,
                                 .taper_loss_db = decibels(n * j->power),
                                 .loss_bound_db = NAN,
                                 .directivity_db = f->metrics.directivity_db,
                                 .from_rad = INFINITY,
                                 .used = j->n,
                                 .directions = f->count,
                                 .rounds = j->rounds,
                                 .iterations = j->dual.iterations};
    memcpy(made.peak, f->metrics.peak, sizeof made.peak);
    if (f->tops > 0)
        made.worst = cph_synthesis_field_margin(f, &f->top[0]);
    cph_synthesis_field_inner(f, &j->model, &made.inner);
    made.met = !(made.worst.margin_db < 0.0);
    if (made.met)
        made.loss_bound_db = decibels(n * fmin(cph_synthesis_dual_least(&j->dual, 1.0), j->power));
    else
        made.margin_bound_db = -2.0 * decibels(fmax(j->bound, 1.0) * (1.0 - CPH_SYNTHESIS_RESERVE));
    for (size_t i = 0; i < CPH_SYNTHESIS_TURNS; i++)
        made.from_rad = fmin(made.from_rad, f->edge[i]); /* fmin passes over NaN */
    made.from_rad = fmax(made.from_rad - f->slack, 0.0);
    for (size_t i = 0; i < j->dual.cuts; i++)
        made.active += j->dual.mu[i] > 0.0;
    *result = made;
}

cph_status cph_synthesis_run(const cph_synthesis_config *config, cph_c64 *w,
                             cph_synthesis_result *result, cph_error *error)
{
    job j = {.config = config, .field = {.config = config}};
    cph_status status = w == NULL || result == NULL
                            ? cph_fail(error, CPH_ERR_ARGUMENT, "synthesis: bad argument")
                            : check(config, error);
    if (status == CPH_OK)
        status = reserve(config, &j, error);
    if (status == CPH_OK)
        status = take_live(config, &j, error);
    if (status == CPH_OK)
        status = run_rounds(&j, error);
    if (status == CPH_OK) {
        conclude(&j, result);
        memset(w, 0, config->elements * sizeof *w);
        for (size_t i = 0; i < j.n; i++) {
            const size_t n = j.index[i];
            const cph_c64 g = config->gain != NULL ? config->gain[n] : (cph_c64){1.0, 0.0};
            /* conj(x) a / conj(g) */
            w[n] = cph_c64_scale(1.0 / cph_c64_power(g), cph_c64_mul(j.w[i], g));
        }
    }
    job_free(&j);
    return status;
}
