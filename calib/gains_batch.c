/* SPDX-License-Identifier: MIT */
/* Gains of many times and channels: runs of neighbouring channels on threads, each run one solution
 * after the other, started where its neighbour ended. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cophase/calib.h"
#include "kernels/core/c64.h"
#include "kernels/core/exec.h"
#include "kernels/core/fail.h"

/* Channels in a run: fixed, so that results don't depend on the threads. */
enum { RUN = 8 };
/* A solution that explains less than this much of what its neighbour does was led astray by it. */
static const double as_good = 0.95;

typedef struct batch {
    size_t times, channels;
    const cph_gain_problem *problem;
    const cph_gain_options *options;
    cph_gain_solution *solution;
    cph_status *status;
    cph_error *error; /* or NULL */
} batch;

/* The solution that one starts from: of the time before, or else the channel before; SIZE_MAX: none
 * of use. */
static size_t neighbour(const batch *b, size_t t, size_t c)
{
    size_t at = t * b->channels + c;
    size_t before = t > 0 ? at - b->channels : c % RUN > 0 ? at - 1 : SIZE_MAX;
    if (before == SIZE_MAX || b->problem[at].start != NULL || b->status[before] != CPH_OK ||
        b->solution[before].stop != CPH_STOP_CONVERGED ||
        b->problem[before].elements != b->problem[at].elements)
        return SIZE_MAX;
    return before;
}

/* Gains of a solution in units of R; those of flagged elements are as large as the others. */
static void fill_start(const cph_gain_problem *problem, const cph_gain_solution *from,
                       cph_c64 *start)
{
    double unit = 1.0, sum = 0.0;
    size_t live = 0;
    if (problem->flux == NULL && problem->model == NULL && from->flux[0] > 0.0)
        unit = sqrt(from->flux[0]);
    for (size_t n = 0; n < problem->elements; n++)
        if (cph_c64_finite(from->gain[n])) {
            sum += unit * sqrt(cph_c64_power(from->gain[n]));
            live++;
        }
    for (size_t n = 0; n < problem->elements; n++)
        start[n] = cph_c64_finite(from->gain[n])
                       ? cph_c64_scale(unit, from->gain[n])
                       : (cph_c64){live > 0 ? sum / (double)live : 1.0, 0.0};
}

static bool is_good(const batch *b, size_t at, size_t before)
{
    const cph_gain_solution *found = &b->solution[at];
    return b->status[at] == CPH_OK && found->stop == CPH_STOP_CONVERGED &&
           found->explained_after >= as_good * b->solution[before].explained_after;
}

static void solve(const batch *b, size_t at, const cph_c64 *start)
{
    cph_gain_problem problem = b->problem[at];
    if (start != NULL)
        problem.start = start;
    b->status[at] = cph_gains_solve(&problem, b->options, &b->solution[at],
                                    b->error == NULL ? NULL : &b->error[at]);
    if (b->status[at] == CPH_OK && b->error != NULL)
        b->error[at].status = CPH_OK;
}

/* start and flag [N] are scratch. */
static void solve_one(const batch *b, size_t t, size_t c, cph_c64 *start, unsigned char *flag)
{
    size_t at = t * b->channels + c, before = neighbour(b, t, c);
    if (before == SIZE_MAX) {
        solve(b, at, NULL);
        return;
    }
    size_t elements = b->problem[at].elements;
    memcpy(flag, b->solution[at].flag, elements);
    fill_start(&b->problem[at], &b->solution[before], start);
    solve(b, at, start);
    if (is_good(b, at, before))
        return;
    memcpy(b->solution[at].flag, flag, elements);
    solve(b, at, NULL);
}

static size_t most_elements(const batch *b)
{
    size_t most = 0;
    for (size_t i = 0; i < b->times * b->channels; i++)
        most = b->problem[i].elements > most ? b->problem[i].elements : most;
    return most;
}

static void solve_runs(void *job, size_t begin, size_t end, size_t worker)
{
    const batch *b = job;
    const size_t most = most_elements(b);
    (void)worker;
    cph_c64 *start = calloc(most + 1, sizeof *start);
    unsigned char *flag = calloc(most + 1, 1);
    for (size_t run = begin; run < end; run++)
        for (size_t t = 0; t < b->times; t++)
            for (size_t c = run * RUN; c < b->channels && c < (run + 1) * RUN; c++)
                if (start != NULL && flag != NULL)
                    solve_one(b, t, c, start, flag);
                else
                    b->status[t * b->channels + c] =
                        cph_fail(b->error == NULL ? NULL : &b->error[t * b->channels + c],
                                 CPH_ERR_MEMORY, "no memory for %zu gains", most);
    free(start);
    free(flag);
}

cph_status cph_gains_batch(const cph_exec *exec, size_t times, size_t channels,
                           const cph_gain_problem *problem, const cph_gain_options *options,
                           cph_gain_solution *solution, cph_status *status, cph_error *error)
{
    if (problem == NULL || options == NULL || solution == NULL || status == NULL)
        return CPH_ERR_ARGUMENT;
    batch job = {times, channels, problem, options, solution, status, error};
    cph_exec_run(exec, channels / RUN + (channels % RUN > 0), solve_runs, &job);
    return CPH_OK;
}
