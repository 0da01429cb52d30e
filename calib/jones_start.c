/* SPDX-License-Identifier: MIT */
/* Gains of X and Y apart: each is an array of its own under the model's part of its polarisation.
 */
#include <stdlib.h>

#include "calib/jones.h"
#include "kernels/core/fail.h"
#include "kernels/core/size.h"

/* One polarisation; [N] and [N][N]. */
typedef struct part {
    size_t n, side;
    cph_c64 *r, *model, *gain;
    double *position, *weight, *phase_sigma, *amplitude_sigma;
    unsigned char *flag;
} part;

static void extract(const cph_jones_problem *p, const cph_c64 *model, const unsigned char *flag,
                    part *t)
{
    const size_t n = t->n, own = 3 * t->side;
    for (size_t i = 0; i < n; i++) {
        t->flag[i] = flag[2 * i + t->side];
        for (size_t k = 0; k < n; k++) {
            t->r[i * n + k] = p->r[(2 * i + t->side) * p->ld + 2 * k + t->side];
            t->model[i * n + k] = model[4 * (i * n + k) + own];
            t->weight[i * n + k] = cph_jones_weight(p, 2 * i + t->side, 2 * k + t->side);
        }
    }
}

static cph_status solve(const cph_jones_problem *p, const cph_jones_options *o, part *t,
                        cph_error *error)
{
    cph_error why = {CPH_OK, ""};
    cph_gain_options options = cph_gain_defaults();
    options.weak_below = o->weak_below;
    options.robust =
        o->robust; /* by Huber's rule: Student's may take a wrong start for the right */
    const cph_gain_problem problem = {.elements = t->n,
                                      .r = t->r,
                                      .ld = t->n,
                                      .has_diagonal = p->has_diagonal,
                                      .position = t->position,
                                      .freq_hz = 1.0, /* of no consequence without sources */
                                      .model = t->model,
                                      .weight = t->weight,
                                      .samples = p->samples};
    cph_gain_solution solution = {.gain = t->gain,
                                  .phase_sigma = t->phase_sigma,
                                  .amplitude_sigma = t->amplitude_sigma,
                                  .flag = t->flag};
    const cph_status status = cph_gains_solve(&problem, &options, &solution, &why);
    return status == CPH_OK
               ? CPH_OK
               : cph_fail(error, status, "inputs %c by themselves: %s", "XY"[t->side], why.message);
}

cph_status cph_jones_start(const cph_jones_problem *problem, const cph_jones_options *options,
                           const cph_c64 *model, unsigned char *flag, cph_c64 *gain,
                           cph_error *error)
{
    const size_t n = problem->antennas;
    size_t square, bytes = 0, at[4];
    if (!cph_size_mul(n, n, &square) ||
        !cph_size_place(&bytes, square, 2 * sizeof(cph_c64), &at[0]) ||
        !cph_size_place(&bytes, n, sizeof(cph_c64), &at[1]) ||
        !cph_size_place(&bytes, square + 5 * n, sizeof(double), &at[2]) ||
        !cph_size_place(&bytes, n, 1, &at[3]) || bytes == 0)
        return cph_fail(error, CPH_ERR_OVERFLOW, "%zu antennas do not fit", n);
    void *const memory = calloc(1, bytes);
    if (memory == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "no memory for %zu antennas", n);
    part t = {.n = n,
              .r = cph_size_at(memory, at[0]),
              .gain = cph_size_at(memory, at[1]),
              .weight = cph_size_at(memory, at[2]),
              .flag = cph_size_at(memory, at[3])};
    t.model = t.r + square;
    t.position = t.weight + square; /* all in one place: only limits of length would look */
    t.phase_sigma = t.position + 3 * n;
    t.amplitude_sigma = t.phase_sigma + n;
    cph_status status = CPH_OK;
    for (t.side = 0; t.side < 2 && status == CPH_OK; t.side++) {
        extract(problem, model, flag, &t);
        status = solve(problem, options, &t, error);
        for (size_t i = 0; i < n && status == CPH_OK; i++) {
            flag[2 * i + t.side] = t.flag[i];
            gain[2 * i + t.side] = t.gain[i];
        }
    }
    free(memory);
    return status;
}
