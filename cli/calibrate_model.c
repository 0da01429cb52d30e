/* SPDX-License-Identifier: MIT */
/* cophase calibrate --method model: gains from point sources in known directions. */
#include "cli/calibrate_method.h"
#include "kernels/core/fail.h"

static cph_gain_problem problem_of(const cph_calibrate_bench *b, const cph_selection *selection,
                                   const double *direction)
{
    const cph_calibrate_options *o = b->o;
    const double f = b->dump.freq_hz;
    return (cph_gain_problem){.elements = selection->elements,
                              .r = b->dump.r,
                              .ld = selection->elements,
                              .has_diagonal = b->dump.has_diagonal,
                              .position = selection->position,
                              .freq_hz = f,
                              .sources = o->sources,
                              .direction = direction,
                              .flux = cph_calibrate_has_flux(o) ? o->flux : NULL,
                              .min_baseline_wl = cph_length_wavelengths(o->min_baseline, f),
                              .max_baseline_wl = cph_length_wavelengths(o->max_baseline, f),
                              .samples = b->dump.samples};
}

static cph_status solve_dump(void *context, const cph_calibrate_bench *b,
                             const cph_calibrated *made, cph_calibrate_row *row,
                             cph_gain_solution *found)
{
    (void)context;
    const cph_selection *selection = row->selection;
    const cph_gain_problem problem = problem_of(b, selection, made->direction);
    cph_gain_options options = cph_gain_defaults();
    options.reference = cph_calibrate_reference(b, row);
    options.weak_below = cph_calibrate_weak_below(b->o);
    options.tolerance = b->o->tolerance;
    if (b->o->max_iterations > 0)
        options.max_iterations = (unsigned)b->o->max_iterations;
    cph_status status = cph_calibrate_reference_check(b, row, b->flag);
    if (status != CPH_OK)
        return status;
    status = cph_gains_solve(&problem, &options, found, &row->error);
    /* Fluxes and limits were checked before: it has turned out to be weak or dead. */
    return status == CPH_ERR_ARGUMENT && options.reference != SIZE_MAX
               ? cph_fail(&row->error, CPH_ERR_TOO_FEW,
                          "the reference element %zu has next to no gain", b->o->reference)
               : status;
}

static cph_exit solve(cph_calibrate_bench *b, cph_calibrated *made)
{
    return cph_calibrate_each(b, made, solve_dump, NULL);
}

static cph_exit check(const cph_calibrate_options *o)
{
    return o->sources > 0 ? CPH_EXIT_DONE
                          : cph_report_line(o->cli.name, CPH_EXIT_USAGE,
                                            "no source: expected --source DIRECTION, as in "
                                            "--source azel:20,10");
}

const cph_calibrate_method cph_calibrate_model = {
    .name = "model",
    .input = CPH_TAKES_CAPTURE | CPH_TAKES_COVARIANCE | CPH_NEEDS_POSITIONS | CPH_NEEDS_FREQUENCY,
    .options = CPH_OF_SOURCES CPH_OF_COVARIANCES CPH_OF_GAUGES
    " min-baseline max-baseline tolerance max-iterations",
    .check = check,
    .solve = solve};
