/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "calib/gains.h"
#include "calib/samples.h"
#include "kernels/core/fail.h"
#include "kernels/core/size.h"

static cph_status check_flux(const cph_gain_problem *problem, cph_error *error)
{
    for (size_t i = 0; problem->flux != NULL && i < problem->sources; i++)
        if (!(problem->flux[i] >= 0.0) || !isfinite(problem->flux[i]))
            return cph_fail(error, CPH_ERR_ARGUMENT, "flux %g of source %zu: expected a power",
                            problem->flux[i], i);
    return CPH_OK;
}

cph_status cph_gain_check(const cph_gain_problem *p, const cph_gain_options *o,
                          const cph_gain_solution *s, cph_error *error)
{
    if (p == NULL || o == NULL || s == NULL || p->r == NULL || p->position == NULL ||
        s->gain == NULL || s->phase_sigma == NULL || s->amplitude_sigma == NULL ||
        s->flag == NULL || (p->sources > 0 && (p->direction == NULL || s->flux == NULL)))
        return cph_fail(error, CPH_ERR_ARGUMENT, "a pointer is null");
    if (p->elements == 0 || (p->sources == 0 && p->model == NULL) || p->ld < p->elements)
        return cph_fail(error, CPH_ERR_ARGUMENT, "%zu elements, %zu sources, stride %zu",
                        p->elements, p->sources, p->ld);
    if (!cph_size_matrix(p->elements, p->ld, p->elements, sizeof *p->r) || p->elements > INT16_MAX)
        return cph_fail(error, CPH_ERR_OVERFLOW, "%zu elements are too many", p->elements);
    if (!(p->freq_hz > 0.0) || !isfinite(p->freq_hz))
        return cph_fail(error, CPH_ERR_ARGUMENT, "frequency %g Hz", p->freq_hz);
    if (!(p->samples >= 0.0) || !(p->min_baseline_wl >= 0.0) || !(p->max_baseline_wl >= 0.0) ||
        !(o->tolerance >= 0.0) || !(o->robust >= 0.0) || !(o->weak_below >= 0.0))
        return cph_fail(error, CPH_ERR_ARGUMENT, "samples and limits must be 0 or more");
    if (o->rule > CPH_GAIN_STUDENT || !isfinite(o->student_nu) ||
        (o->student_nu < 1.0 && o->student_nu != 0.0))
        return cph_fail(error, CPH_ERR_ARGUMENT,
                        "robust rule %d with %g degrees of freedom: expected 1 or more",
                        (int)o->rule, o->student_nu);
    if (o->reference != SIZE_MAX &&
        (o->reference >= p->elements || s->flag[o->reference] != CPH_FLAG_NONE))
        return cph_fail(error, CPH_ERR_ARGUMENT, "reference element %zu is flagged or absent",
                        o->reference);
    const cph_status status = cph_samples_check(p->samples, error);
    return status == CPH_OK ? check_flux(p, error) : status;
}
