/* SPDX-License-Identifier: MIT */
/* How much memory a solution takes: the system, and beside it at most what its error bars do. */
#include <stdint.h>

#include "calib/sandwich.h"
#include "calib/system.h"
#include "kernels/core/size.h"

/* More make products of sizes that 64 bits don't hold; cph_gains_solve has this limit, too. */
enum { ELEMENTS_MOST = INT16_MAX, SOURCES_MOST = 1 << 20 };
/* Vectors over elements in all steps together, and what a step allocates beside arrays that grow
 * with elements or sources: a tile, rounding of layouts. */
enum { VECTORS = 128, REST = 1 << 17 };

/* Matrices of calib/system.c, and its vectors. */
static size_t of_system(const cph_gain_problem *problem)
{
    const size_t n = problem->elements, sources = problem->sources;
    const size_t entry =
        2 * sizeof(cph_c64) + 2 * sizeof(double) + (problem->model != NULL ? sizeof(cph_c64) : 0);
    return entry * n * n + (sizeof(cph_c64) + 2 * sizeof(double)) * sources * n;
}

/* Fluxes and offsets, at most. */
static size_t extras_of(const cph_gain_problem *problem)
{
    const bool fit = problem->flux == NULL && problem->sources > (problem->model == NULL);
    return (fit ? problem->sources : 0) + (problem->fit_directions ? 2 * problem->sources : 0);
}

/* calib/sigma.c: products of the model's covariances and what they are made of, of which R stays
 * where there are extras, then H and V, functionals, and what the sandwich takes. */
static size_t of_errors(const cph_gain_problem *problem, bool sigmas)
{
    const size_t n = problem->elements, extras = extras_of(problem);
    const size_t order = extras > 0 ? 2 * n + extras : n;
    const size_t matrix = n * n * sizeof(cph_c64), wishart = problem->has_diagonal ? 1 : 0;
    const size_t products = (3 + wishart) * matrix;
    const size_t left = (extras > 0 ? 2 + wishart : 2) * matrix;
    size_t bytes = 0, functionals = 0;
    if (sigmas)
        functionals = (n + 3 * problem->sources) * (2 * order + 1) * sizeof(double);
    if (!cph_sandwich_bytes(order, &bytes))
        return SIZE_MAX / 2;
    bytes += left + 2 * order * order * sizeof(double) + functionals;
    return bytes > products ? bytes : products;
}

size_t cph_gains_memory(const cph_gain_problem *problem, bool sigmas)
{
    const size_t n = problem->elements, sources = problem->sources;
    if (n > ELEMENTS_MOST || sources > SOURCES_MOST)
        return SIZE_MAX;
    return of_system(problem) + of_errors(problem, sigmas) + VECTORS * n * sizeof(cph_c64) +
           8 * sources * (3 * sources + 8) * sizeof(double) + REST;
}
