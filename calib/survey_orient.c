/* SPDX-License-Identifier: MIT */
/* How the whole array is turned, from looks at known sources. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "calib/survey.h"
#include "kernels/core/fail.h"
#include "kernels/core/size.h"
#include "kernels/core/vec3.h"

enum { AXES = 3, ITERATIONS = 60, HALVINGS = 10 };
static const double tolerance = 1e-12, rotation_within = 1e-6, most_turns = 1e5;

typedef struct turner {
    cph_survey_looks looks;
    cph_survey_equations equations;
    double rotation[9];
    double *nominal; /* [live][3] about their mean */
    double *r;       /* [live][3] turned */
    double radius;   /* of the farthest, in radians of phase */
    cph_survey_fit fit;
} turner;

static const double identity[9] = {1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0};

/* out = a b */
static void multiply(const double a[9], const double b[9], double out[9])
{
    for (size_t i = 0; i < 3; i++)
        for (size_t j = 0; j < 3; j++)
            out[3 * i + j] = a[3 * i] * b[j] + a[3 * i + 1] * b[3 + j] + a[3 * i + 2] * b[6 + j];
}

/* By Rodrigues' formula: 1 + sin(t) K + (1 - cos(t)) K^2. */
static void rotation_of(const double w[3], double out[9])
{
    const double angle = cph_norm3(w);
    double k[9], square[9];
    if (!(angle > 0.0)) {
        memcpy(out, identity, sizeof identity);
        return;
    }
    const double u[3] = {w[0] / angle, w[1] / angle, w[2] / angle};
    memcpy(k, (const double[9]){0.0, -u[2], u[1], u[2], 0.0, -u[0], -u[1], u[0], 0.0}, sizeof k);
    multiply(k, k, square);
    for (size_t i = 0; i < 9; i++)
        out[i] = identity[i] + sin(angle) * k[i] + 2.0 * pow(sin(0.5 * angle), 2.0) * square[i];
}

/* Through the unit quaternion of the largest component, good at half a turn too. */
static void vector_of(const double m[9], double w[3])
{
    const double trace = m[0] + m[4] + m[8];
    const double q[4] = {1.0 + trace, 1.0 + 2.0 * m[0] - trace, 1.0 + 2.0 * m[4] - trace,
                         1.0 + 2.0 * m[8] - trace};
    double p[4];
    size_t best = 0;
    for (size_t i = 1; i < 4; i++)
        if (q[i] > q[best])
            best = i;
    const double twist[3] = {m[7] - m[5], m[2] - m[6], m[3] - m[1]};
    p[best] = q[best];
    for (size_t i = 0; i < 3; i++) {
        if (best == 0) {
            p[i + 1] = twist[i];
        } else if (i + 1 != best) {
            const size_t j = best - 1;
            p[i + 1] = m[3 * i + j] + m[3 * j + i];
        }
    }
    if (best != 0)
        p[0] = twist[best - 1];
    const double sign = p[0] < 0.0 ? -1.0 : 1.0, length = cph_norm3(p + 1);
    const double angle = 2.0 * atan2(length, sign * p[0]);
    for (size_t i = 0; i < 3; i++)
        w[i] = length > 0.0 ? sign * p[i + 1] / length * angle : 0.0;
}

static void turn_all(turner *v, const double rotation[9])
{
    for (size_t p = 0; p < v->looks.live; p++)
        for (size_t i = 0; i < 3; i++)
            v->r[3 * p + i] = cph_dot3(rotation + 3 * i, v->nominal + 3 * p);
}

static double cost(turner *v, const double rotation[9])
{
    turn_all(v, rotation);
    return cph_survey_compare(&v->looks, v->r);
}

static void row(const void *context, size_t p, size_t s, double *local, double *global)
{
    const turner *const v = context;
    memset(local, 0, v->equations.local * sizeof *local);
    memset(global, 0, v->equations.global * sizeof *global);
    if (v->looks.bands > 0)
        local[v->looks.band[s]] = 1.0;
    /* wave . (w x r) = w . (r x wave) */
    cph_cross3(v->r + 3 * p, v->looks.wave + 3 * s, global);
    global[AXES + s] = 1.0;
}

/* Turns before the start by every vector of a grid within the radius. */
static cph_status search(turner *v, double within)
{
    const double step = v->radius > 0.0 ? 1.0 / v->radius : within;
    const double side = 2.0 * floor(within / step) + 1.0;
    double best = INFINITY, start[9], found[9];
    if (!(side * side * side <= most_turns))
        return cph_fail(
            v->looks.error, CPH_ERR_ARGUMENT,
            "a search within %g rad of an array of %g rad of phase is too wide: expected "
            "%g turns at most",
            within, v->radius, most_turns);
    memcpy(start, v->rotation, sizeof start);
    memcpy(found, v->rotation, sizeof found);
    const int half = (int)floor(within / step);
    for (int i = -half; i <= half; i++)
        for (int j = -half; j <= half; j++)
            for (int k = -half; k <= half; k++) {
                const double w[3] = {step * i, step * j, step * k};
                double turn[9], tried[9];
                if (cph_norm3(w) > within)
                    continue;
                rotation_of(w, turn);
                multiply(turn, start, tried);
                const double now = cost(v, tried);
                if (now < best) {
                    best = now;
                    memcpy(found, tried, sizeof found);
                }
            }
    memcpy(v->rotation, found, sizeof found);
    return CPH_OK;
}

/* One step, halved until the cost does not grow; its size, 0: none helps. */
static double advance(turner *v, double *had, double *wanted)
{
    const double *const x = v->equations.x;
    *wanted = cph_norm3(x);
    for (int h = 0; h < HALVINGS; h++) {
        const double scale = ldexp(1.0, -h), w[3] = {scale * x[0], scale * x[1], scale * x[2]};
        double turn[9], tried[9];
        rotation_of(w, turn);
        multiply(turn, v->rotation, tried);
        const double now = cost(v, tried);
        if (now <= *had) {
            *had = now;
            memcpy(v->rotation, tried, sizeof tried);
            return cph_norm3(w);
        }
    }
    return 0.0;
}

static void take_fitted(turner *v)
{
    const cph_survey_equations *const e = &v->equations;
    const size_t looks = v->looks.config->looks;
    for (size_t p = 0; p < v->looks.live; p++)
        for (size_t s = 0; s < looks; s++) {
            double *const left = &v->looks.residual[p * looks + s];
            double by[AXES];
            if (v->looks.weight[p * looks + s] == 0.0)
                continue;
            cph_cross3(v->r + 3 * p, v->looks.wave + 3 * s, by);
            *left -= cph_dot3(by, e->x) + e->x[AXES + s];
            if (v->looks.bands > 0)
                *left -= e->own[p * e->local + v->looks.band[s]];
        }
}

static cph_status iterate(turner *v)
{
    double had = cost(v, v->rotation), wanted = 0.0;
    v->fit.stop = CPH_STOP_ITERATIONS;
    for (v->fit.iterations = 1; v->fit.iterations <= ITERATIONS; v->fit.iterations++) {
        const cph_status status = cph_survey_equations_solve(&v->equations);
        if (status != CPH_OK)
            return status;
        if (advance(v, &had, &wanted) <= tolerance) {
            /* Phases are fitted, the cost is of phasors: they part by the cube of residuals. */
            v->fit.stop = wanted * v->radius < 0.1 ? CPH_STOP_CONVERGED : CPH_STOP_STALLED;
            break;
        }
    }
    (void)cost(v, v->rotation);
    const cph_status status = cph_survey_equations_solve(&v->equations);
    if (status == CPH_OK)
        take_fitted(v);
    return status;
}

static void deliver(turner *v, cph_survey_orientation *s)
{
    const cph_survey_equations *const e = &v->equations;
    const double power =
        cph_survey_judge(&v->looks, e->count * e->local + e->global - e->open, &v->fit);
    double last[9];
    rotation_of(e->x, last);
    multiply(last, v->rotation, s->rotation);
    vector_of(s->rotation, s->angle_rad);
    for (size_t i = 0; i < AXES; i++) {
        for (size_t j = 0; j < AXES; j++)
            s->covariance[3 * i + j] = power * e->inverse[i * e->global + j];
        s->sigma_rad[i] = sqrt(s->covariance[3 * i + i]);
    }
    s->fit = v->fit;
}

static void centre(turner *v)
{
    double mean[AXES] = {0.0};
    for (size_t p = 0; p < v->looks.live; p++)
        for (size_t k = 0; k < AXES; k++)
            mean[k] += v->looks.nominal[3 * p + k] / (double)v->looks.live;
    for (size_t p = 0; p < v->looks.live; p++) {
        for (size_t k = 0; k < AXES; k++)
            v->nominal[3 * p + k] = v->looks.nominal[3 * p + k] - mean[k];
        v->radius = fmax(v->radius, cph_norm3(v->nominal + 3 * p));
    }
}

static cph_status run(turner *v, double search_rad, cph_survey_orientation *solution)
{
    const cph_survey_looks *const l = &v->looks;
    v->equations = (cph_survey_equations){.looks = l,
                                          .local = l->bands,
                                          .global = AXES + l->config->looks,
                                          .open = l->bands,
                                          .row = row,
                                          .context = v};
    v->nominal = calloc(6 * l->live, sizeof *v->nominal);
    cph_status status = CPH_ERR_MEMORY;
    if (v->nominal != NULL) {
        v->r = v->nominal + 3 * l->live;
        centre(v);
        status = search_rad > 0.0 ? search(v, search_rad) : CPH_OK;
        if (status == CPH_ERR_ARGUMENT) {
            free(v->nominal);
            return status;
        }
        status = cph_survey_equations_open(&v->equations);
    }
    if (status == CPH_OK)
        status = iterate(v);
    if (status == CPH_OK)
        deliver(v, solution);
    free(v->nominal);
    cph_survey_equations_close(&v->equations);
    return status == CPH_OK
               ? status
               : cph_fail(l->error, status,
                          status == CPH_ERR_SINGULAR
                              ? "%zu looks at %zu elements leave turns about some axis open"
                              : "no memory for %zu looks at %zu elements",
                          l->config->looks, l->live);
}

cph_status cph_survey_orient(const cph_survey_config *config, const unsigned char *flag,
                             const double *start, double search_rad,
                             cph_survey_orientation *solution, cph_error *error)
{
    enum { FEWEST = 2 };
    if (config == NULL || solution == NULL || !(search_rad >= 0.0) ||
        (start != NULL && !cph_is_rotation3(start, rotation_within)))
        return cph_fail(error, CPH_ERR_ARGUMENT,
                        "a start that is a rotation, and a search of 0 or more, are needed");
    turner v = {.radius = 0.0};
    memcpy(v.rotation, start != NULL ? start : identity, sizeof v.rotation);
    cph_status status =
        cph_survey_open(config, flag, FEWEST + (config->gain == NULL ? 1 : 0), &v.looks, error);
    if (status == CPH_OK)
        status = run(&v, search_rad, solution);
    cph_survey_close(&v.looks);
    return status;
}
